"""通过 for all tables at once of which nothing is asked: a list to read, then one press."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select

from ipweek.accounts.schema import Person
from ipweek.annexes import service as annexes
from ipweek.annexes.models import AnnexTable
from ipweek.errors import Conflict, Forbidden, Invalid, NotFound
from ipweek.extensions import db
from ipweek.notice import service as notices
from ipweek.notice.models import Campaign
from ipweek.reporting import flags, review, service
from ipweek.reporting.models import Move


@dataclass(frozen=True)
class Clean:
    """A table that waits, and the submission in which the checks found nothing but hints."""

    table: AnnexTable
    submission: Move

    @property
    def activities(self) -> int:
        return len(self.submission.snapshot.content["rows"]) if self.submission.snapshot else 0


@dataclass(frozen=True)
class Waiting:
    """The tables that wait for the office: those that are clean, and how many want to be read one by one."""

    campaign: Campaign
    clean: Sequence[Clean]
    others: int


@dataclass(frozen=True)
class Done:
    """What came of the press: short names of units, and why some were left."""

    approved: Sequence[str]
    left: Sequence[str]


def waiting(campaign_id: int, *, by: Person) -> Waiting:
    """What may be approved at once: no finding of kind A, B or C, no reason given, never returned, not sent by the person himself."""
    if not by.is_office:
        raise Forbidden("只有市联席办的经办人和负责人可以审核。")
    campaign = notices.get(campaign_id, by=by)
    tables = [table for table in annexes.tables_of(campaign) if table.status == "submitted"]
    sent = _submissions([table.id for table in tables])
    found = [Clean(table, sent[table.id]) for table in tables if table.id in sent and _is_clean(table, sent[table.id], by=by)]
    return Waiting(campaign, found, len(tables) - len(found))


def approve(campaign_id: int, submissions: Mapping[int, int], *, by: Person) -> Done:
    """Approve the tables with the *submissions* that were read (table id: record id). What changed meanwhile is left."""
    asked = {one.table.id: one for one in waiting(campaign_id, by=by).clean if one.table.id in submissions}
    if not submissions:
        raise Invalid("没有选中要通过的表，请至少选择一张。")
    approved, left = [], []
    for table_id, submission in submissions.items():
        name = asked[table_id].table.unit.short if table_id in asked else ""
        try:
            if not name:
                raise Conflict("这张表已经办理，或者有需要逐项核对的内容，请单独审核。")
            service.approve(table_id, submission=submission, by=by)
            approved.append(name)
        except (Conflict, Forbidden, NotFound) as refused:
            left.append(f"{name or '有一张表'}没有通过：{refused}")
    return Done(approved, left)


def _submissions(tables: Sequence[int]) -> dict[int, Move]:
    """The newest submission of each table, its snapshot with it."""
    newest = select(func.max(Move.id)).where(Move.table_id.in_(tables), Move.snapshot_id.is_not(None)).group_by(Move.table_id)
    return {move.table_id: move for move in db.session.scalars(select(Move).where(Move.id.in_(newest)))}


def _is_clean(table: AnnexTable, sent: Move, *, by: Person) -> bool:
    if sent.snapshot is None or sent.reasons or table.return_reason or table.office_hand or sent.by_id == by.id:
        return False
    return not flags.of(table) and all(remark.kind == "D" for remark in review.remarks_on(table, sent.snapshot.content))
