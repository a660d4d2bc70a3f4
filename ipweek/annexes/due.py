"""When a table is due: its own date after a return, else its unit's extension, else the campaign's deadline."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

from ipweek import clock, wording
from ipweek.annexes.models import AnnexTable
from ipweek.clock import SHANGHAI
from ipweek.notice import calendar, deadline_text, deadlines, workdays
from ipweek.notice.calendar import WorkCalendar
from ipweek.notice.deadline_text import DeadlineText
from ipweek.notice.deadlines import Due
from ipweek.notice.models import Campaign

DAYS_TO_MEND = 2
"""Working days that a returned table gets, unless the office enters another day."""
DAYS_TO_ANSWER = 2
"""Working days that a unit gets to answer what the office mended in its table (代改), as for a table that came back."""


def of(table: AnnexTable) -> Due | None:
    """The table's due moment as it stands; None where the notice asks for no date."""
    return of_all(table.campaign, [table])[table.id]


def of_all(campaign: Campaign, tables: Sequence[AnnexTable]) -> dict[int, Due | None]:
    """The same for many tables of one campaign in one look at the database, by table id."""
    return with_the_campaigns(campaign, tables)[1]


def with_the_campaigns(campaign: Campaign, tables: Sequence[AnnexTable]) -> tuple[Due | None, dict[int, Due | None]]:
    """The campaign's own deadline for tables, and each table's by its id."""
    by_unit = deadlines.due_by_unit(campaign, "plan", [(None, None), *((table.unit_id, table.annex) for table in tables)])
    by_table = {table.id: after_return(table.return_due_at) if table.return_due_at else by_unit[table.unit_id] for table in tables}
    return by_unit[None], by_table


def after_return(too_late_at: datetime) -> Due:
    """A returned table's own deadline, which stands over all others."""
    on, at_time = deadlines.last_of(too_late_at)
    return Due("plan", None, "退回修改后重新报送", on, at_time, too_late_at)


def to_answer(asked_at: datetime, days: WorkCalendar) -> Due:
    """When a unit that was asked then about what the office mended has to answer; without a date where the calendar has no data."""
    try:
        on = days.add_workdays(clock.in_shanghai(asked_at).date(), DAYS_TO_ANSWER)
    except calendar.NoCalendar as missing:
        note = f"还没有{missing.year}年的放假安排，没有推算答复期限"
        return Due("other", None, "", None, None, None, note, lacks_year=missing.year)
    return Due("other", None, "", on, None, end_of(on))


def text(due: Due | None, *, now: datetime | None = None) -> DeadlineText:
    """What a page says about *due*."""
    moment = now or clock.now()
    if due is None:
        return deadline_text.of(None, None, None, now=moment)
    return deadline_text.of(due.on, due.time, due.at, now=moment, note=due.note, workdays=due.workdays)


def text_of(table: AnnexTable, due: Due | None) -> DeadlineText:
    """What the table's own page says about its *due*: after the close, the leave to send late that it has."""
    now = clock.now()
    if table.campaign.status == "closed" and table.late_until is not None and table.late_until > now:
        on, at_time = deadlines.last_of(table.late_until)
        return deadline_text.after_the_close(wording.until(on, at_time), table.late_until - now)
    return text(due, now=now)


def end_of(day: date) -> datetime:
    """The first moment after *day* in Shanghai: its 24:00."""
    return datetime.combine(day + timedelta(days=1), time.min, SHANGHAI)


def day_to_mend() -> date | None:
    """The day the office is offered for a return; None where the calendar has no data."""
    try:
        return workdays.table().add_workdays(clock.today(), DAYS_TO_MEND)
    except calendar.NoCalendar:
        return None
