"""What the site does by itself: remind units shortly before their deadline and once after it.

Safe to run at any time, any number of times, on several nodes: each (table, kind, due day) is claimed by a row.
"""

from __future__ import annotations

from datetime import date

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from ipweek import clock
from ipweek.accounts import audit
from ipweek.accounts.schema import Person
from ipweek.extensions import db
from ipweek.notice import workdays
from ipweek.notice.calendar import NoCalendar, WorkCalendar
from ipweek.notice.models import Campaign
from ipweek.reporting import chasing
from ipweek.reporting.answer_chasing import ANSWERS
from ipweek.reporting.chasing import Candidate, Errand
from ipweek.reporting.models import Chase
from ipweek.reporting.summary_chasing import SUMMARIES
from ipweek.transaction import transaction

AHEAD = 2
"""Working days before the due day from which a unit is reminded."""


def remind(*, by: Person | str) -> list[str]:
    """Remind whoever is due; the short names of the units that were.

    Nothing on a day that is not worked, and nobody twice within a working day, whoever chased him.
    """
    days, today = workdays.table(), clock.today()
    if not _is_worked(today, days):
        return []
    running = list(db.session.scalars(select(Campaign.id).where(Campaign.status.in_(("open", "closed")))))
    errands = (chasing.TABLES, SUMMARIES, ANSWERS)
    told = [name for errand in errands for campaign_id in running for name in _remind(errand, campaign_id, today, days, by=by)]
    return list(dict.fromkeys(told))


def phase_of(one: Candidate, today: date, days: WorkCalendar) -> str:
    """``soon``, ``late``, or "" where there is nothing to say yet, or no date."""
    due = one.due
    if due is None or due.on is None:
        return ""
    if due.is_past(clock.now()):
        return "late"
    try:
        return "soon" if today >= days.add_workdays(due.on, -AHEAD) else ""
    except NoCalendar:
        return ""


def _due_in(errand: Errand, campaign_id: int, today: date, days: WorkCalendar) -> list[Candidate]:
    """Those who are to be reminded now and were not yet."""
    campaign = db.session.get_one(Campaign, campaign_id)
    if not errand.is_running(campaign):
        return []
    asked = select(Chase.table_id, Chase.kind, Chase.for_day).where(Chase.for_day.is_not(None))
    claimed = {tuple(row) for row in db.session.execute(asked)}
    return [
        one
        for one in errand.find(campaign)
        if not one.is_recent
        and not (one.since and chasing.is_recent(one.since, today, days))
        and (phase := phase_of(one, today, days))
        and one.due is not None
        and (one.table.id, errand.prefix + phase, one.due.on) not in claimed
    ]


def _remind(errand: Errand, campaign_id: int, today: date, days: WorkCalendar, *, by: Person | str) -> list[str]:
    """Remind those of one campaign who still have to be under their tables' locks; their short names."""
    asked = {one.table.id for one in _due_in(errand, campaign_id, today, days)}
    if not asked:
        return []
    told = []
    with transaction():
        chasing.hold(asked)
        for one in _due_in(errand, campaign_id, today, days):
            if one.table.id in asked and _claim(one, errand.prefix + phase_of(one, today, days)):
                chasing.tell(one.table, one.words, errand)
                told.append(one.table.unit.short)
        if told:
            audit.write("chase.remind", by=by, object=f"campaign:{campaign_id}", detail="、".join(told))
    return told


def _claim(one: Candidate, kind: str) -> bool:
    """Whether this run is the one that reminds: the row says so to all others."""
    try:
        with db.session.begin_nested():
            for_day = one.due.on if one.due else None
            db.session.add(Chase(table_id=one.table.id, kind=kind, at=clock.now(), words=one.words, for_day=for_day))
    except IntegrityError:  # another node was quicker: it tells them
        return False
    return True


def _is_worked(day: date, days: WorkCalendar) -> bool:
    try:
        return days.is_workday(day)
    except NoCalendar:
        return day.weekday() < 5
