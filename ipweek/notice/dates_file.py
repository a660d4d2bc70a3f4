"""The dates of a campaign as an iCalendar file (RFC 5545), for people's own calendars. Pure: no site needed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta


@dataclass(frozen=True)
class Entry:
    """One thing in the calendar: all of its days, *last* included."""

    id: str
    title: str
    first: date
    last: date
    note: str = ""
    place: str = ""


def write(name: str, entries: Iterable[Entry], *, made_at: datetime) -> bytes:
    """The file. Names are plain text: icalendar escapes what would be syntax."""
    from icalendar import Calendar, Event  # noqa: PLC0415 -- takes long to load, and is asked for once a year

    made = Calendar()
    made.add("prodid", "-//ipweek//CN")
    made.add("version", "2.0")
    made.add("x-wr-calname", " ".join(name.split()))  # icalendar escapes no line breaks here
    for entry in entries:
        event = Event()
        event.add("uid", f"{entry.id}@ipweek")
        event.add("dtstamp", made_at)
        event.add("dtstart", entry.first)
        event.add("dtend", entry.last + timedelta(days=1))
        event.add("summary", entry.title)
        if entry.note:
            event.add("description", entry.note)
        if entry.place:
            event.add("location", entry.place)
        made.add_component(event)
    return bytes(made.to_ical())
