"""活动总结 on the unit's list of tasks: from the end of the week, each of its tables asks for one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from ipweek.accounts.schema import Person
from ipweek.annexes import due as dues
from ipweek.annexes import service as annexes
from ipweek.annexes.models import AnnexTable
from ipweek.annexes.schema import STATUSES
from ipweek.extensions import db
from ipweek.notice import deadlines
from ipweek.notice.deadline_text import DeadlineText
from ipweek.reporting import service, states, summaries
from ipweek.reporting.models import Summary


@dataclass(frozen=True)
class SummaryTask:
    """One summary of the unit. ``actions`` are those the person may take now."""

    table: AnnexTable
    status: str
    is_late: bool
    why: str
    """The reason of a return."""
    deadline: DeadlineText
    actions: frozenset[str]

    @property
    def is_open(self) -> bool:
        """Whether the unit still has something to do."""
        return STATUSES[self.status].is_open or self.status == "unit_review"


def mine(tables: Sequence[AnnexTable], *, by: Person) -> list[SummaryTask]:
    """The summaries that go with those of *tables* which are the person's own unit's; none before the week is over."""
    asked = [
        table
        for table in tables
        if table.unit_id == by.unit_id
        and not table.is_excused
        and annexes.campaign_status_of(table) == "open"
        and summaries.is_open(table.campaign)
    ]
    stored = {one.table_id: one for one in db.session.scalars(select(Summary).where(Summary.table_id.in_([table.id for table in asked])))}
    found = []
    for table in asked:
        one = stored.get(table.id)
        status = one.status if one else "todo"
        due = (
            dues.after_return(one.return_due_at)
            if one and one.return_due_at
            else deadlines.due_of(table.campaign, "summary", annex=table.annex, unit_id=table.unit_id)
        )
        actions = states.possible(status, service.parts_of(table, by=by), campaign_status="open")
        found.append(SummaryTask(table, status, bool(one and one.is_late), one.return_reason if one else "", dues.text(due), actions))
    return found
