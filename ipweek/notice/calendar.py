"""Working days as the State Council lays them down, make-up days (调休) included, and due dates by them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

from ipweek.errors import Invalid


class NoCalendar(Invalid):
    """There is no table of holidays for a year that is needed. The sentence says what the office should do."""

    def __init__(self, year: int) -> None:
        super().__init__(f"还没有{year}年的放假安排，暂时不能按工作日推算日期；市联席办补充放假安排后自动算出。")
        self.year = year


@dataclass(frozen=True)
class WorkCalendar:
    """Which days are worked. ``days`` holds the ones that a holiday notice names, ``years`` the years whose notice is known.

    ``sources`` tells the document behind a day. Any other day of a known year follows the week: Monday to Friday is worked.
    """

    days: Mapping[date, bool]
    years: frozenset[int]
    sources: Mapping[date, str]

    def is_workday(self, day: date) -> bool:
        """Whether *day* is worked; NoCalendar if its year is not known."""
        if day in self.days:
            return self.days[day]
        if day.year not in self.years:
            raise NoCalendar(day.year)
        return day.weekday() < 5

    def source(self, day: date) -> str:
        """The document that made *day* differ from the plain week, or an empty text."""
        return self.sources.get(day, "")

    def add_workdays(self, day: date, count: int) -> date:
        """The day *count* working days after *day*, which is not counted itself; before it if *count* is negative.

        Zero gives *day*. Raises NoCalendar where a year on the way is not known.
        """
        step = timedelta(days=1 if count > 0 else -1)
        left = abs(count)
        while left:
            day += step
            left -= self.is_workday(day)
        return day

    def workdays_between(self, first: date, last: date) -> int:
        """How many working days come after *first*, up to *last* and with it; 0 if *last* is not later."""
        return sum(self.is_workday(first + timedelta(days=n)) for n in range(1, (last - first).days + 1))

    def next_workday(self, day: date) -> date:
        """*day* itself if it is worked, else the next day that is (遇节假日顺延)."""
        while not self.is_workday(day):
            day += timedelta(days=1)
        return day

    def with_days(self, days: Iterable[tuple[date, bool, str]], years: Iterable[int] = ()) -> WorkCalendar:
        """This calendar with more (day, works, source) laid over it; *years* are known from now on."""
        table, sources = dict(self.days), dict(self.sources)
        for day, works, source in days:
            table[day], sources[day] = works, source
        return WorkCalendar(table, self.years | frozenset(years), sources)


NOTHING_KNOWN = WorkCalendar({}, frozenset(), {})


@cache
def seeded() -> WorkCalendar:
    """The calendar of the years that the library chinesecalendar covers, 2004 to 2026 at the time of writing."""
    from chinese_calendar import constants  # noqa: PLC0415 - its tables are large and most commands need none

    days = dict.fromkeys(constants.holidays, False) | dict.fromkeys(constants.workdays, True)
    ordinary = {day: works for day, works in days.items() if works != (day.weekday() < 5)}
    return WorkCalendar(ordinary, frozenset(day.year for day in constants.holidays), dict.fromkeys(ordinary, "chinesecalendar"))


_RULE = re.compile(r"^(\d{1,3}) (working days?|days?|weeks?|months?) (after|before) (starts_on|ends_on|issue_date)$")


def compute(
    rule: str, starts_on: date | None, ends_on: date | None, calendar: WorkCalendar, *, issue_date: date | None = None
) -> date | None:
    """The day that *rule* gives, such as ``5 working days after ends_on``, or None where the day it counts from is not known.

    Units are working days, days, weeks and months; directions after and before; anchors starts_on, ends_on and issue_date. The day of the
    event is not counted (民法典 art. 201). Raises ValueError for another rule, NoCalendar where the calendar has no data.
    """
    found = _RULE.match(rule)
    if found is None:
        raise ValueError(f"unknown rule: {rule}")
    anchor = {"starts_on": starts_on, "ends_on": ends_on, "issue_date": issue_date}[found[4]]
    if anchor is None:
        return None
    count = int(found[1]) * (1 if found[3] == "after" else -1)
    if found[2].startswith("working"):
        return calendar.add_workdays(anchor, count)
    if found[2].startswith("month"):
        return _months_on(anchor, count)
    return anchor + timedelta(days=count * (7 if found[2].startswith("week") else 1))


def _months_on(day: date, count: int) -> date:
    """The same day *count* months on, or the last of that month (民法典 art. 202)."""
    months = day.year * 12 + day.month - 1 + count
    first = date(months // 12, months % 12 + 1, 1)
    last = (first.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
    return min(first + timedelta(days=day.day - 1), last)
