"""催报总结: whose summary is missing after the week, with what is said to each. The rest is as for tables: see ``chasing``."""

from __future__ import annotations

from sqlalchemy import select

from ipweek.annexes import due as dues
from ipweek.annexes import service as annexes
from ipweek.annexes.models import AnnexTable
from ipweek.extensions import db
from ipweek.notice import deadlines
from ipweek.notice.deadline_text import DeadlineText
from ipweek.notice.models import Campaign
from ipweek.reporting import chase_words, chasing, summaries
from ipweek.reporting.chasing import Candidate, Errand
from ipweek.reporting.models import Summary

_GROUPS = {"todo": "nothing", "draft": "unsent", "unit_review": "unsent", "returned": "returned"}


def candidates(campaign: Campaign) -> list[Candidate]:
    """Every unit that has not sent its summary, in official order; nobody while the week is not over. Asks no permission."""
    if not summaries.is_open(campaign):
        return []
    tables = [table for table in annexes.tables_of(campaign) if not table.is_excused and table.unit.is_active]
    stored = {one.table_id: one for one in db.session.scalars(select(Summary).where(Summary.table_id.in_([table.id for table in tables])))}
    groups = {table.id: _GROUPS.get(stored[table.id].status if table.id in stored else "todo", "") for table in tables}
    by_unit = deadlines.due_by_unit(campaign, "summary", [(table.unit_id, table.annex) for table in tables])
    due_at = {table.id: by_unit[table.unit_id] for table in tables}
    due_at |= {one.table_id: dues.after_return(one.return_due_at) for one in stored.values() if one.return_due_at}

    def words(table: AnnexTable, deadline: DeadlineText) -> str:
        one = stored.get(table.id)
        waits, why = (one.status == "unit_review", one.return_reason) if one else (False, "")
        return chase_words.summary_letter(groups[table.id], deadline=deadline, waits=waits, why=why)

    missing = [table for table in tables if groups[table.id]]
    return chasing.gather(campaign, missing, groups, due_at, words, activities={}, prefix="sum_")


SUMMARIES = Errand("summary", "活动总结", candidates, "sum_", "/summary")
