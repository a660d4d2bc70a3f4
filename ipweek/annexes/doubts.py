"""What is asked under a cell whose reading is doubtful, and the texts to choose from. Pure; nothing is stored here."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from ipweek.annexes.readings import contact, scale, time, venue
from ipweek.annexes.readings.date_sense import WEEKDAY_NAMES
from ipweek.annexes.readings.numerals import level
from ipweek.annexes.readings.scale import ScaleReading
from ipweek.annexes.readings.time import TimeReading

MUST_BE_MENDED = frozenset({"impossible", "order"})
"""Readings that a check of kind A speaks of: there is nothing to accept."""

_WEEKDAY = r"[（(]?\s*(?:周|星期|礼拜)?(?P<{}>[一二三四五六日天])\s*[）)]?"
_DAY = re.compile(
    rf"(?:{_WEEKDAY.format('ahead').replace(')?(?P', ')(?P')}\s*)?"
    r"(?:(?<!\d)(?P<month>\d{1,2})\s*月\s*)?(?<!\d)(?P<day>\d{1,2})\s*[日号]"
    rf"(?:\s*{_WEEKDAY.format('behind')})?"
)
"""A day with the weekday before or behind it."""


@dataclass(frozen=True)
class Doubt:
    """A text that can be understood in more than one way, or in none surely.

    ``choices`` are whole texts for the cell, ``answers`` how each of them is offered in a few words.
    """

    choices: tuple[str, ...] = ()
    answers: tuple[str, ...] = ()
    is_accepted: bool = False


@lru_cache(8192)
def of(key: str, text: str, week: tuple[date, date] | None) -> Doubt | None:
    """What is to be asked of the cell *key* with this *text*; None where nothing is doubtful, or where it must be mended anyway."""
    if key == "scale":
        size = scale.read(text)
        return _doubt(text, ((f"改为 {whole}", whole) for whole in _each_in_place(text, size))) if size.ask else None
    if key == "contact":
        people = contact.read(text)
        return _doubt(text, people.choices) if people.ask else None
    if key == "venue":
        place = venue.read(text)
        return _doubt(text, zip(map("改为 {}".format, place.either), place.choices, strict=True)) if place.ask else None
    if key != "event_time":
        return None
    when = time.read(text, week=week)
    if not when.ask or when.problem in MUST_BE_MENDED:
        return None
    wholes = [_beside_weekday(text, when, choice) for choice in when.choices] if when.problem == "weekday" else _each_in_place(text, when)
    return _doubt(text, zip(map("改为 {}".format, when.choices), wholes, strict=True))


def _doubt(text: str, offers: Iterable[tuple[str, str]]) -> Doubt:
    """The question with its answers and what each makes of the cell; an empty text stands for a place that is not sure."""
    kept = [(answer, whole) for answer, whole in offers if whole and whole != text]
    return Doubt(tuple(whole for _, whole in kept), tuple(answer for answer, _ in kept))


def _each_in_place(text: str, reading: ScaleReading | TimeReading) -> list[str]:
    return [_in_place(text, reading.doubtful, choice) for choice in reading.choices]


def _in_place(text: str, piece: str, choice: str) -> str:
    """*text* with *choice* where *piece* stands, all else kept; "" where that place is not sure."""
    if not piece:
        return ""
    alone = re.compile(rf"(?<!\d){re.escape(piece)}" + (r"(?!\d)" if piece[-1].isdecimal() else ""))
    for whole in (text, level(text)):
        if len(alone.findall(whole)) == 1:
            return alone.sub(lambda _: choice, whole)
    return ""


def _beside_weekday(text: str, reading: TimeReading, choice: str) -> str:
    """*text* with *choice* in the place of the first day whose weekday is wrong; "" where that place is not sure."""
    day, said = reading.wrong_weekdays[0]
    places = [
        match
        for match in _DAY.finditer(text)
        if int(match["day"]) == day.day
        and int(match["month"] or day.month) == day.month
        and (match["behind"] or match["ahead"] or "").replace("天", "日") == WEEKDAY_NAMES[said]
    ]
    if len(places) != 1:
        return _with_other_weekday(text, day, WEEKDAY_NAMES[said], choice)
    return text[: places[0].start()] + choice + text[places[0].end() :]


def _with_other_weekday(text: str, day: date, said: str, choice: str) -> str:
    """4月20日、21日（周六、周一）, where the weekdays stand apart: the wrong one is put right, or the day; "" where that is not sure."""
    other = _DAY.match(choice)
    if other is None:
        return ""
    if int(other["day"]) == day.day:
        return _in_place(text, f"周{said}", f"周{other['behind']}")
    return _in_place(text, f"{day.day}日", f"{other['day']}日")
