"""When something is due: computed when it is read, never copied.

A unit's due moment is its extension's, else the campaign's; a rule (``5 working days after ends_on``) follows the
week and the day table. 4月12日前 includes the 12th until 24:00 in Shanghai.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from sqlalchemy import select

from ipweek import clock, wording
from ipweek.accounts import audit
from ipweek.accounts.models import Unit
from ipweek.accounts.schema import Person
from ipweek.clock import SHANGHAI
from ipweek.errors import Forbidden, Invalid
from ipweek.extensions import db
from ipweek.notice import calendar, deadline_text, workdays
from ipweek.notice.calendar import NoCalendar, WorkCalendar
from ipweek.notice.dates_file import Entry
from ipweek.notice.models import Campaign, Deadline, Extension
from ipweek.transaction import transaction

KINDS = deadline_text.KINDS


@dataclass(frozen=True)
class Due:
    """One due date as it stands. ``at`` is the first moment that is too late, or None where no date can be given."""

    kind: str
    annex: int | None
    phrase: str
    on: date | None
    time: time | None
    at: datetime | None
    note: str = ""
    """Why there is no date, and what the office should do."""
    extended: bool = False
    is_rest_day: bool = False
    """The notice's day is no working day. It is kept, and pointed out."""
    workdays: int | None = field(default=None, compare=False)
    """Working days left when it was read, today and its own day included; None where it is past or the calendar lacks a year."""
    lacks_year: int | None = None
    """The year whose holidays are not in the day table, where a date waits for them."""

    def is_past(self, now: datetime) -> bool:
        """Whether *now* is too late. Never so without a date."""
        return self.at is not None and now >= self.at


def dues(campaign: Campaign, days: WorkCalendar | None = None) -> list[Due]:
    """All deadlines of the campaign as they stand, the plan's first."""
    known = days or workdays.table()
    ranks = list(KINDS)
    return sorted((_due(deadline, campaign, known) for deadline in campaign.deadlines), key=lambda due: ranks.index(due.kind))


def due_of(campaign: Campaign, kind: str, *, annex: int | None = None, unit_id: int | None = None) -> Due | None:
    """When *kind* is due for this annex and unit; None where the notice asks for no such thing."""
    return due_by_unit(campaign, kind, [(unit_id, annex)])[unit_id]


def due_by_unit(campaign: Campaign, kind: str, units: list[tuple[int | None, int | None]]) -> dict[int | None, Due | None]:
    """The same for many (unit id, annex) pairs in one look at the database."""
    wanted = [deadline for deadline in campaign.deadlines if deadline.kind == kind]
    days = workdays.table()
    query = select(Extension).where(Extension.deadline_id.in_([deadline.id for deadline in wanted])).order_by(Extension.id)
    longer = {(extension.deadline_id, extension.unit_id): extension for extension in db.session.scalars(query)}
    answer: dict[int | None, Due | None] = {}
    plain = {deadline.id: _due(deadline, campaign, days) for deadline in wanted}
    for unit_id, annex in units:
        own = [deadline for deadline in wanted if deadline.annex == annex] or [deadline for deadline in wanted if deadline.annex is None]
        if not own:
            answer[unit_id] = None
            continue
        extension = longer.get((own[0].id, unit_id)) if unit_id is not None else None
        due = plain[own[0].id]
        has_more = extension is not None and (due.at is None or extension.until > due.at)  # the campaign's may have moved behind it since
        answer[unit_id] = _extended(own[0], extension, days) if extension and has_more else due
    return answer


def by_id(campaign: Campaign) -> dict[int, Due]:
    """Every deadline as it stands, by its id."""
    days = workdays.table()
    return {deadline.id: _due(deadline, campaign, days) for deadline in campaign.deadlines}


def remarks(campaign: Campaign) -> list[str]:
    """What is to be said of each deadline while a notice is checked, in the order of ``campaign.deadlines``.

    The day that a rule gives now, or why it gives none; what the reader found odd; that a day is no working day; before
    opening also that it is past.
    """
    days = workdays.table()
    is_draft = campaign.status == "draft"
    said = []
    for deadline in campaign.deadlines:
        due = _due(deadline, campaign, days)
        told = deadline.note
        if deadline.rule and due.on:
            told = f"现在推算为{wording.until(due.on, due.time, year=True)}。"
        elif deadline.rule:
            told = due.note
        if due.is_rest_day and "休息日" not in told:
            told = f"{told}这一天不是工作日，请确认是否需要顺延。"
        if is_draft and due.is_past(clock.now()):
            told = f"{told}这一天已经过去，请核对年份；不改的话，各单位一收到任务就已逾期。"
        said.append(told)
    return said


def workdays_left(campaign_dues: Sequence[Due], today: date) -> dict[Due, int]:
    """How many working days there are until each that is still to come, *today* and its own day included.

    Nothing is said of one without a date, of one past, or where the calendar lacks a year.
    """
    days = workdays.table()
    left = {due: _workdays(due.on, today, days) for due in campaign_dues}
    return {due: count for due, count in left.items() if count is not None}


def entries(campaign: Campaign) -> list[Entry]:
    """The week and every deadline that has a date, for a calendar."""
    found = []
    if campaign.starts_on and campaign.ends_on:
        found.append(Entry(f"week-{campaign.id}", f"知识产权宣传周：{campaign.theme}".rstrip("："), campaign.starts_on, campaign.ends_on))
    for number, due in enumerate(dues(campaign)):
        if due.on:
            title = f"{KINDS[due.kind]}报送截止（{wording.until(due.on, due.time)}）"
            found.append(Entry(f"due-{campaign.id}-{number}", title, due.on, due.on, due.phrase))
    return found


def _due(deadline: Deadline, campaign: Campaign, days: WorkCalendar) -> Due:
    on, note, lacks_year = deadline.due_on, deadline.note, None
    if deadline.rule:
        note = "宣传周的日期还没有确定，不能推算截止日期。"
        try:
            on = calendar.compute(deadline.rule, campaign.starts_on, campaign.ends_on, days, issue_date=campaign.issue_date)
        except NoCalendar as missing:
            on, note, lacks_year = None, str(missing), missing.year
    return Due(
        deadline.kind,
        deadline.annex,
        deadline.phrase,
        on,
        deadline.due_time,
        _end(on, deadline.due_time),
        "" if on else note,
        is_rest_day=on is not None and on.year in days.years and not days.is_workday(on),
        workdays=_workdays(on, clock.today(), days),
        lacks_year=lacks_year,
    )


def _extended(deadline: Deadline, extension: Extension, days: WorkCalendar) -> Due:
    on, at_time = last_of(extension.until)
    left = _workdays(on, clock.today(), days)
    return Due(deadline.kind, deadline.annex, deadline.phrase, on, at_time, extension.until, extended=True, workdays=left)


def _workdays(on: date | None, today: date, days: WorkCalendar) -> int | None:
    """Working days from *today* to *on*, both included."""
    if on is None or not today <= on <= today + timedelta(days=366) or not {today.year, on.year} <= days.years:
        return None
    return days.workdays_between(today - timedelta(days=1), on)


def last_of(too_late_at: datetime) -> tuple[date, time | None]:
    """The day and time of day that end at *too_late_at*; None for the time means 24:00."""
    local = clock.in_shanghai(too_late_at)
    if local.time() == time.min:
        return (local - timedelta(days=1)).date(), None
    return local.date(), local.time()


def _end(on: date | None, at: time | None) -> datetime | None:
    if on is None:
        return None
    if at is None:
        return datetime.combine(on + timedelta(days=1), time.min, SHANGHAI)
    return datetime.combine(on, at, SHANGHAI)


def extend(deadline: Deadline, unit: Unit, *, until: datetime, why: str, by: Person) -> Extension:
    """Give one unit more time, until the moment *until*. The office only; the reason is kept."""
    if not by.is_office:
        raise Forbidden
    if not why.strip():
        reason = "请填写延期的理由。"
        raise Invalid(reason, fields={"why": reason})
    with transaction():
        extension = Extension(deadline_id=deadline.id, unit_id=unit.id, until=until, why=why.strip(), by_id=by.id or None, at=clock.now())
        db.session.add(extension)
        audit.write("deadline.extend", by=by, object=f"unit:{unit.id}", detail=f"{until.isoformat()} {why.strip()}")
    return extension
