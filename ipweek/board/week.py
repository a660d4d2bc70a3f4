"""What happens on which day of the publicity week, over all units, as their tables say now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import select

from ipweek.accounts.models import Unit
from ipweek.accounts.schema import Person
from ipweek.annexes.models import Activity, AnnexTable
from ipweek.extensions import db
from ipweek.notice.models import Campaign
from ipweek.private_numbers import mask

IP_DAY = (4, 26)
"""世界知识产权日, each year."""
SHOWN = 5
"""Events of a day that stand open; the others unfold."""
LONGEST = 14
"""Days of a week that are drawn as columns; a longer one is no week."""


@dataclass(frozen=True)
class Event:
    """One activity, as a line of its day."""

    table_id: int
    unit: str
    name: str
    when: str
    venue: str
    is_first: bool
    """Whether it begins on this day."""


@dataclass(frozen=True)
class Day:
    """One day of the week with what goes on."""

    day: date
    events: Sequence[Event]

    @property
    def is_ip_day(self) -> bool:
        return (self.day.month, self.day.day) == IP_DAY


@dataclass(frozen=True)
class Week:
    """The days, and how many activities lie elsewhere. ``undated`` are those whose time could not be read as dates."""

    days: Sequence[Day]
    before: int
    after: int
    undated: int


def week(campaign: Campaign, *, by: Person) -> Week | None:
    """The campaign's week; None where its dates are not known. Who is not of the office sees no phone that stands in a name."""
    first, last = campaign.starts_on, campaign.ends_on
    if first is None or last is None or not 0 <= (last - first).days < LONGEST:
        return None
    query = (
        select(AnnexTable.id, Unit.short, Activity.starts_on, Activity.ends_on, Activity.values)
        .join(AnnexTable, AnnexTable.id == Activity.table_id)
        .join(Unit, Unit.id == AnnexTable.unit_id)
        .where(AnnexTable.campaign_id == campaign.id, Activity.alive, ~Activity.is_header, ~AnnexTable.is_excused)
        .order_by(Activity.starts_on, AnnexTable.annex, Unit.sort_no, Activity.pos)
    )
    days: list[list[Event]] = [[] for _ in range((last - first).days + 1)]
    before = after = undated = 0
    for table_id, unit, starts_on, ends_on, values in db.session.execute(query):
        name = values.get("event_name", "")
        if not name:
            continue
        if starts_on is None:
            undated += 1
            continue
        ends = ends_on or starts_on
        before += ends < first
        after += starts_on > last
        said = [values.get(key, "") for key in ("event_time", "venue")]
        shown = [name, *said] if by.is_office else [mask(text, in_contact=False) for text in (name, *said)]
        for number in range(max(0, (starts_on - first).days), min(len(days) - 1, (ends - first).days) + 1):
            days[number].append(Event(table_id, unit, shown[0], shown[1], shown[2], number == max(0, (starts_on - first).days)))
    return Week([_day(first + timedelta(days=number), events) for number, events in enumerate(days)], before, after, undated)


def _day(day: date, events: Sequence[Event]) -> Day:
    """What begins on the day before what goes on."""
    return Day(day, sorted(events, key=lambda event: not event.is_first))
