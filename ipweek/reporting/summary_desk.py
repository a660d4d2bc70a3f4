"""活动总结 as the office sees them: whose is there, and more time for one unit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from ipweek import wording
from ipweek.accounts.models import Unit
from ipweek.accounts.schema import Person
from ipweek.annexes import due as dues
from ipweek.annexes import service as annexes
from ipweek.annexes.models import AnnexTable
from ipweek.errors import Conflict, Forbidden, Invalid
from ipweek.extensions import db
from ipweek.notice import deadlines
from ipweek.notice import service as notices
from ipweek.notice.deadlines import Due
from ipweek.notice.models import Campaign
from ipweek.reporting import messages, service, summaries, terms
from ipweek.reporting.models import Move, Summary, SummaryFile
from ipweek.transaction import transaction

SHOWN: Mapping[str, tuple[str, ...]] = {
    "unsent": ("todo", "draft", "unit_review"),
    "submitted": ("submitted",),
    "returned": ("returned",),
    "approved": ("approved",),
}
"""The filters, with the states of each."""
WORDS = {"unsent": "待报送", "submitted": "待审核", "returned": "退回修改", "approved": "已通过"}


@dataclass(frozen=True)
class Line:
    """One unit's summary in the office's list."""

    table: AnnexTable
    status: str
    is_late: bool
    due: Due | None
    events: int
    files: int


@dataclass(frozen=True)
class Desk:
    """All summaries of a campaign. ``lines`` are those that the filter leaves."""

    campaign: Campaign
    lines: Sequence[Line]
    totals: Mapping[str, int]
    show: str

    @property
    def missing(self) -> int:
        """How many have not been sent, or not again."""
        return self.totals["unsent"] + self.totals["returned"]


def desk(campaign_id: int, *, show: str = "", by: Person) -> Desk:
    """All summaries of a campaign, for the office; units that are not asked have none."""
    if not by.is_office:
        raise Forbidden("各单位的活动总结由市联席办查看。")
    campaign = notices.get(campaign_id, by=by)
    tables = [table for table in annexes.tables_of(campaign) if annexes.is_asked(table)]
    ids = [table.id for table in tables]
    stored = {one.table_id: one for one in db.session.scalars(select(Summary).where(Summary.table_id.in_(ids)))}
    kept = [one.table_id for one in db.session.scalars(select(SummaryFile).where(SummaryFile.table_id.in_(ids)))]
    due_at = deadlines.due_by_unit(campaign, "summary", [(table.unit_id, table.annex) for table in tables])
    lines = []
    for table in tables:
        one = stored.get(table.id)
        due = dues.after_return(one.return_due_at) if one and one.return_due_at else due_at.get(table.unit_id)
        events = int((one.sent or {}).get("events", 0)) if one else 0
        lines.append(Line(table, one.status if one else "todo", bool(one and one.is_late), due, events, kept.count(table.id)))
    totals = {key: sum(line.status in states for line in lines) for key, states in SHOWN.items()}
    show = show if show in SHOWN else ""
    return Desk(campaign, [line for line in lines if not show or line.status in SHOWN[show]], totals, show)


def extend(table_id: int, until: date | None, why: str, *, by: Person) -> Move:
    """延期: more time for this unit's summary, to 24:00 of the day *until*, with the reason that it reads."""
    with transaction():
        table = service.hold(table_id, by=by)
        if not by.is_office:
            raise Forbidden("总结的延期由市联席办的经办人和负责人办理。")
        if until is None:
            raise Invalid("请填写截止日期，写成 2024-05-15 这样。")
        why, end = terms.reason_for(why, "延期"), terms.end_of(until)
        one = db.session.get(Summary, table.id)
        status = one.status if one else "todo"
        if status not in terms.NOT_SENT:
            raise Conflict("这个单位的总结已经报送，不用延期。")
        if table.campaign.status != "open":
            raise Conflict("这次活动已经关闭，不能延期。")
        terms.require_more(table, "summary", summaries.due_of(table, one), end)
        if one is not None and one.return_due_at:
            one.return_due_at = end
        else:
            unit = db.session.get_one(Unit, table.unit_id)
            deadlines.extend(terms.deadline_of(table, "summary"), unit, until=end, why=why, by=by)
        messages.tell_unit(table, f"活动总结延期至{wording.until(until)}。", kind="extend", link=f"/tables/{table.id}/summary")
        return summaries.note(table, "extend", status, why=f"延至{wording.until(until)}：{why}", by=by)
