"""On which terms a unit reports: excused this year, with more time, or after the close (补报). None of it changes the state."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select

from ipweek import clock, wording
from ipweek.accounts.models import Unit
from ipweek.accounts.schema import Person
from ipweek.annexes import due as dues
from ipweek.annexes import service as annexes
from ipweek.annexes.models import AnnexTable
from ipweek.errors import Conflict, Forbidden, Invalid
from ipweek.extensions import db
from ipweek.notice import deadlines
from ipweek.notice.deadline_text import DeadlineText
from ipweek.notice.deadlines import Due
from ipweek.notice.models import Deadline
from ipweek.reporting import messages, reasons, service, states, summaries
from ipweek.reporting.models import Move, Summary
from ipweek.transaction import transaction

NOT_SENT = frozenset({"todo", "draft", "unit_review", "returned"})
"""The states in which the table is with its unit."""


@dataclass(frozen=True)
class Terms:
    """A table's terms for the office's page. ``request`` is the unit's wish to send late that waits for an answer."""

    table: AnnexTable
    deadline: DeadlineText
    request: Move | None
    record: list[Move]
    day_to_mend: date | None
    owed: str
    """What the unit has not sent: 附件2, 活动总结, or nothing."""

    @property
    def may_excuse(self) -> bool:
        return self.table.status in NOT_SENT and not self.table.is_excused

    @property
    def may_extend(self) -> bool:
        return self.table.status in NOT_SENT and self.table.campaign.status == "open"

    @property
    def may_allow_late(self) -> bool:
        return bool(self.owed) and self.table.campaign.status == "closed"


def read(table_id: int, *, by: Person) -> Terms:
    """The terms as they stand, and what was decided about them. The office's alone."""
    table = _of_the_office(annexes.get_table(table_id, by=by), by=by)
    record = [move for move in service.record_of(table) if move.action not in states.EVERY and not move.action.startswith("sum_")]
    request = unanswered([table.id]).get(table.id)
    return Terms(table, dues.text(dues.of(table)), request, record[::-1], dues.day_to_mend(), owed([table]).get(table.id, ""))


# ---- the office ------------------------------------------------------------------------------------------------


def excuse(table_id: int, why: str, *, by: Person) -> Move:
    """本年免报: the unit is not asked this year. Only what is still with the unit."""
    why = reason_for(why, "免报")
    with transaction():
        table = _of_the_office(service.hold(table_id, by=by), by=by)
        if table.status not in NOT_SENT:
            raise Conflict("这个单位已经报送，不能再改为本年免报。")
        if table.is_excused:
            raise Conflict("这个单位已经是本年免报，不用再次办理。")
        table.is_excused = True
        messages.settle(table.id, ("chase",))
        return _note("excuse", table, why, f"本年不用报送附件{table.annex}：{why}。", by=by)


def ask_again(table_id: int, *, by: Person) -> Move:
    """Take 本年免报 back."""
    with transaction():
        table = _of_the_office(service.hold(table_id, by=by), by=by)
        if not table.is_excused:
            raise Conflict("这个单位没有免报，不用恢复。")
        table.is_excused = False
        return _note("ask_again", table, "", f"附件{table.annex}恢复报送，请按时办理。", by=by)


def extend(table_id: int, until: date, why: str, *, by: Person) -> Move:
    """延期: more time for this unit, to 24:00 of the day *until*. A returned table gets it instead of the day of its return."""
    why = reason_for(why, "延期")
    end = end_of(until)
    with transaction():
        table = _of_the_office(service.hold(table_id, by=by), by=by)
        if table.status not in NOT_SENT:
            raise Conflict("这个单位已经报送，不用延期。")
        if table.campaign.status != "open":
            raise Conflict("这次活动已经关闭，不能延期。可以改为同意补报。")
        require_more(table, "plan", dues.of(table), end)
        if table.status == "returned" and table.return_due_at:
            table.return_due_at = end
        else:
            deadlines.extend(deadline_of(table), db.session.get_one(Unit, table.unit_id), until=end, why=why, by=by)
        return _note("extend", table, f"延至{wording.until(until)}：{why}", f"附件{table.annex}延期至{wording.until(until)}。", by=by)


def allow_late(table_id: int, until: date, *, by: Person) -> Move:
    """同意补报: after the close the unit may fill and send to 24:00 of the day *until*. It is marked late."""
    end = end_of(until)
    with transaction():
        table = _of_the_office(service.hold(table_id, by=by), by=by)
        if table.campaign.status != "closed":
            raise Conflict("这次活动还没有关闭，单位可以直接报送，不用补报。")
        what = owed([table]).get(table.id)
        if not what:
            raise Conflict("这个单位已经报送，不用补报。")
        table.late_until = end
        words = f"市联席办同意补报{what}，请在{wording.until(until)}前报送。"
        return _note("allow_late", table, f"至{wording.until(until)}", words, by=by)


def refuse_late(table_id: int, why: str, *, by: Person) -> Move:
    """Answer no, with a reason."""
    why = reason_for(why, "不同意")
    with transaction():
        table = _of_the_office(service.hold(table_id, by=by), by=by)
        if not unanswered([table.id]):
            raise Conflict("没有等待答复的补报申请。")
        what = owed([table]).get(table.id, f"附件{table.annex}")
        return _note("refuse_late", table, why, f"市联席办没有同意补报{what}：{why}。", by=by)


# ---- the unit --------------------------------------------------------------------------------------------------


def ask_late(table_id: int, why: str, *, by: Person) -> Move:
    """申请补报: after the close, ask the office to be let send. A second request while one waits is the first one."""
    why = reason_for(why, "补报")
    with transaction():
        table = service.hold(table_id, by=by)
        states.check_part("submit", service.parts_of(table, by=by))
        if waiting := unanswered([table.id]).get(table.id):
            return waiting
        what = owed([table]).get(table.id)
        if not what or not is_shut(table):
            raise Conflict("这张表不用申请补报：活动还没有关闭，或者表已经报送。")
        words = f"{table.unit.short}申请补报{what}：{why}。"
        messages.tell_office(words, kind="ask_late", link=f"/tables/{table.id}/terms", table_id=table.id)
        return service.note_move("ask_late", table, to=table.status, why=why, by=by)


def is_shut(table: AnnexTable) -> bool:
    """Whether its unit can only send with the office's leave."""
    return table.campaign.status == "closed" and annexes.campaign_status_of(table) != "open"


def owed(tables: Collection[AnnexTable]) -> dict[int, str]:
    """What the units of these tables have not sent, by table id: the table, else after this year's week the summary."""
    found = {table.id: f"附件{table.annex}" for table in tables if table.status in NOT_SENT}
    after = [
        table.id
        for table in tables
        if table.id not in found
        and annexes.is_asked(table)
        and table.campaign.year == clock.today().year
        and summaries.is_open(table.campaign)
    ]
    if after:
        sent = set(db.session.scalars(select(Summary.table_id).where(Summary.table_id.in_(after), Summary.status.not_in(NOT_SENT))))
        found |= {table_id: "活动总结" for table_id in after if table_id not in sent}
    return found


def unanswered(tables: Collection[int]) -> dict[int, Move]:
    """The requests to send late that wait for an answer, by table id."""
    about = select(Move).where(Move.table_id.in_(tables), Move.action.in_(("ask_late", "allow_late", "refuse_late")))
    newest = {move.table_id: move for move in db.session.scalars(about.order_by(Move.id))}
    return {table_id: move for table_id, move in newest.items() if move.action == "ask_late"}


# ---- inside ----------------------------------------------------------------------------------------------------


def _of_the_office(table: AnnexTable, *, by: Person) -> AnnexTable:
    if not by.is_office:
        raise Forbidden("免报、延期和补报由市联席办的经办人和负责人办理。")
    return table


def reason_for(text: str, what: str) -> str:
    """*text* as the reason of a decision such as 延期, or Invalid where nothing is said."""
    why = reasons.tidy(text).rstrip("。")
    if not why:
        reason = f"请写明{what}的理由，单位会看到这段话。" if what != "补报" else "请写明申请补报的理由。"
        raise Invalid(reason, fields={"why": reason})
    return why


def require_more(table: AnnexTable, kind: str, now_due: Due | None, end: datetime) -> None:
    """Invalid where *end* gives the unit no more time. An extension may be corrected to an earlier day: to any after the campaign's own."""
    if now_due is not None and now_due.extended:
        now_due = deadlines.due_of(table.campaign, kind, annex=table.annex)
    if now_due is not None and now_due.at is not None and end <= now_due.at:
        reason = f"延期后的日期要晚于现在的截止日期{wording.day(now_due.on) if now_due.on else ''}。"
        raise Invalid(reason, fields={"until": reason})


def end_of(until: date) -> datetime:
    """The 24:00 of a day that is still to come, or Invalid."""
    end = dues.end_of(until)
    if end <= clock.now():
        reason = "这个日期已经过去，请改为今天或以后的日期。"
        raise Invalid(reason, fields={"until": reason})
    return end


def deadline_of(table: AnnexTable, kind: str = "plan") -> Deadline:
    """The campaign's deadline of this *kind* that holds for the table's unit."""
    those = [deadline for deadline in table.campaign.deadlines if deadline.kind == kind]
    own = [deadline for deadline in those if deadline.annex == table.annex] or [deadline for deadline in those if deadline.annex is None]
    if not own:
        what = "这张表" if kind == "plan" else "活动总结"
        raise Conflict(f"通知没有写明{what}的截止时间，请先在“通知与活动”里补上。")
    return own[0]


def _note(action: str, table: AnnexTable, why: str, words: str, *, by: Person) -> Move:
    messages.tell_unit(table, words, kind=action)
    return service.note_move(action, table, to=table.status, why=why, by=by)
