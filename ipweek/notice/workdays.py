"""The office's day table: which days are worked, year by year, with the document that says so.

Seeded from chinesecalendar; later years come in by pasting the State Council's yearly notice (放假安排).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from ipweek import wording
from ipweek.accounts import audit
from ipweek.accounts.schema import Person
from ipweek.errors import Forbidden, Invalid
from ipweek.extensions import db
from ipweek.notice import calendar
from ipweek.notice.calendar import WorkCalendar
from ipweek.notice.holiday_notice import Holiday, read_holiday_notice
from ipweek.notice.models import Workday
from ipweek.transaction import transaction

STRAY = 5
"""Days of a year that its neighbours' notices may name (a New Year's holiday that begins in December): more make it known."""

FIRST, LAST = 2008, 2099


@dataclass(frozen=True)
class Day:
    """One day that differs from the plain week."""

    day: date
    works: bool
    source: str


@dataclass(frozen=True)
class Year:
    """What the table holds of one year. Of a year that is not known nothing can be computed."""

    year: int
    is_known: bool
    days: Sequence[Day]


def table() -> WorkCalendar:
    """The calendar as it stands: the seed, with what the office entered over it."""
    entered = [(day, works, source) for day, works, source in db.session.execute(select(Workday.day, Workday.works, Workday.source))]
    counts: dict[int, int] = {}
    for day, _, _ in entered:
        counts[day.year] = counts.get(day.year, 0) + 1
    return calendar.seeded().with_days(entered, {year for year, count in counts.items() if count > STRAY})


def year(number: int, *, by: Person) -> Year:
    """One year for the office's page."""
    may_keep(by)
    if not FIRST <= number <= LAST:
        reason = f"请选择 {FIRST} 至 {LAST} 之间的年份。"
        raise Invalid(reason)
    known = table()
    days = [Day(day, works, known.source(day)) for day, works in sorted(known.days.items()) if day.year == number]
    return Year(number, number in known.years, days)


def read(text: str, number: int, *, by: Person) -> list[Holiday]:
    """The days that a pasted 放假安排 names; Invalid with one sentence where none are found."""
    may_keep(by)
    return read_holiday_notice(text, number, table())


def keep(text: str, number: int, source: str, *, by: Person) -> int:
    """Put the days of a pasted notice in the table, in place of what stood there; how many they are."""
    source = source.strip()
    if not source:
        reason = "请填写放假安排的文号，例如 国办发明电〔2026〕7号。"
        raise Invalid(reason, fields={"source": reason})
    found = read(text, number, by=by)
    with transaction():
        for holiday in found:
            db.session.merge(Workday(day=holiday.day, works=holiday.works, source=source[:200]))
        audit.write("workday.import", by=by, object=f"year:{number}", detail=f"{source} {len(found)}天")
    return len(found)


def chosen(text: str, *, by: Person) -> date:
    """The day that the office chose on its page, ``2026-05-09``; Invalid for anything else."""
    may_keep(by)
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        reason = "请选择要更正的日期。"
        raise Invalid(reason) from error


def change(day: date, *, works: bool, source: str, by: Person) -> None:
    """Correct one day of a year that is known; the reason or document is kept with it."""
    may_keep(by)
    if not source.strip():
        reason = "请写明依据，例如 国办发明电〔2026〕7号。"
        raise Invalid(reason, fields={"source": reason})
    with transaction():
        if day.year not in table().years:
            reason = f"{day.year}年还没有放假安排，请先粘贴当年的放假安排通知。"
            raise Invalid(reason)
        db.session.merge(Workday(day=day, works=works, source=source.strip()[:200]))
        audit.write(
            "workday.change", by=by, object=f"day:{day}", detail=f"{wording.day(day)}{'上班' if works else '休息'}：{source.strip()}"
        )


def may_keep(by: Person) -> None:
    """Forbidden unless the table is his to keep: the office's."""
    if not by.is_office:
        raise Forbidden
