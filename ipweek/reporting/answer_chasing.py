"""催答复: which units have not answered what the office mended in their tables (代改). The rest is as for tables: see ``chasing``."""

from __future__ import annotations

from dataclasses import replace

from ipweek.annexes import service as annexes
from ipweek.annexes.models import AnnexTable
from ipweek.notice.deadline_text import DeadlineText
from ipweek.notice.models import Campaign
from ipweek.reporting import chase_words, chasing, mending
from ipweek.reporting.chasing import Candidate, Errand


def candidates(campaign: Campaign) -> list[Candidate]:
    """Every unit that was asked and has not answered, in official order. Asks no permission."""
    tables = annexes.tables_of(campaign)
    waiting = mending.unanswered(tables)
    due_at = {table_id: request.due for table_id, request in waiting.items()}

    def words(table: AnnexTable, _: DeadlineText) -> str:
        return chase_words.answer_letter(table.annex, deadline=waiting[table.id].deadline)

    asked = [table for table in tables if table.id in waiting]
    found = chasing.gather(campaign, asked, dict.fromkeys(waiting, "unanswered"), due_at, words, activities={}, prefix="mend_")
    return [replace(one, since=waiting[one.table.id].asked.at) for one in found]


ANSWERS = Errand(
    "answers",
    "代改答复",
    candidates,
    "mend_",
    "/mended",
    groups={"unanswered": "没有答复代改"},
    in_the_group=chase_words.answers_to_the_group,
    after_close=True,
)
