"""活动总结: opens after the week, due by working days, with the same states as a table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from ipweek import clock, wording
from ipweek.accounts import audit
from ipweek.accounts.schema import Person
from ipweek.annexes import cell_text, checks, reach
from ipweek.annexes import due as dues
from ipweek.annexes import service as annexes
from ipweek.annexes.models import AnnexTable
from ipweek.annexes.readings import scale
from ipweek.annexes.schema import STATUSES
from ipweek.config import Settings
from ipweek.errors import Conflict, Forbidden, Invalid, NotFound
from ipweek.extensions import db
from ipweek.files import gate
from ipweek.files import service as files
from ipweek.notice import deadlines
from ipweek.notice.deadline_text import DeadlineText
from ipweek.notice.deadlines import Due
from ipweek.notice.models import Campaign
from ipweek.reporting import messages, reasons, service, states, summary_draft
from ipweek.reporting.models import Move, Summary, SummaryFile
from ipweek.reporting.summary_draft import Draft, Planned
from ipweek.transaction import transaction

ACCEPTS = frozenset({"docx", "pdf", "xlsx", "jpg", "png"})
MOST_FILES = 10


@dataclass(frozen=True)
class Shown:
    """A summary for its page. ``status`` is todo while nothing was saved."""

    table: AnnexTable
    status: str
    revision: int
    draft: Draft
    planned: Sequence[Planned]
    proposed: Mapping[str, int]
    """What the figures come to by the rows: events, people."""
    files: Sequence[SummaryFile]
    deadline: DeadlineText
    stored: Summary | None
    actions: frozenset[str]
    may_edit: bool
    closed_because: str

    @property
    def problems(self) -> list[str]:
        return summary_draft.problems(self.draft, self.planned)


def read(table_id: int, *, draft: Draft | None = None, by: Person) -> Shown:
    """The summary that belongs to the table; with *draft* as somebody typed it and could not save."""
    table = annexes.get_table(table_id, by=by)
    if not by.is_office and by.unit_id != table.unit_id:
        raise Forbidden("活动总结只供报送单位和市联席办查看。")
    stored = db.session.get(Summary, table.id)
    status = stored.status if stored else "todo"
    held = draft or _draft_of(stored)
    planned = _planned(table, held)
    why_closed = _closed_because(table, status)
    kept = list(db.session.scalars(select(SummaryFile).where(SummaryFile.table_id == table.id).order_by(SummaryFile.id)))
    return Shown(
        table,
        status,
        stored.revision if stored else 0,
        held,
        planned,
        _proposed(held, planned),
        kept,
        dues.text(due_of(table, stored)),
        stored,
        states.possible(status, service.parts_of(table, by=by), campaign_status=annexes.campaign_status_of(table)),
        not why_closed and reach.is_filler(table, by=by),
        why_closed,
    )


def is_open(campaign: Campaign) -> bool:
    """Whether the week is over."""
    return campaign.ends_on is not None and clock.today() > campaign.ends_on


# ---- the unit --------------------------------------------------------------------------------------------------


def save(table_id: int, draft: Draft, *, revision: int, by: Person) -> Summary:
    """Keep what was typed over what was seen at *revision*; Conflict when somebody saved meanwhile."""
    if said := summary_draft.too_long(draft):
        raise Invalid(said)
    with transaction():
        table, summary = _to_edit(table_id, by=by)
        if summary.revision != revision:
            raise Conflict("总结刚刚有人保存过，这次没有保存。您填写的内容还在下面，核对后再按“保存”会覆盖对方的内容。")
        own = {str(row.id) for row in annexes.rows_of(table)}
        summary.text = cell_text.clean(draft.text)[0]
        summary.figures = dict(draft.figures)
        summary.held = {key: dict(said) for key, said in draft.held.items() if key in own}
        summary.added = [dict(one) for one in draft.added]
        _changed(summary)
        return summary


def attach(table_id: int, data: bytes, name: str, *, by: Person, settings: Settings) -> None:
    """Add a file, by its content one of ACCEPTS."""
    with transaction():
        _room_for_a_file(_to_edit(table_id, by=by)[0])
    files.check_quota(by=by, settings=settings)
    kind = gate.inspect(data, name, accept=ACCEPTS, limits=files.limits_of(settings))
    kept = files.keep(data, name, kind=kind, purpose="attachment", by=by, settings=settings)
    with transaction():
        table, summary = _to_edit(table_id, by=by)
        _room_for_a_file(table)
        db.session.add(SummaryFile(table_id=table.id, file_id=kept.id))
        _changed(summary)


def detach(table_id: int, file_id: int, *, by: Person) -> None:
    """Take a file away from the summary. What was sent once stays kept."""
    with transaction():
        table, summary = _to_edit(table_id, by=by)
        found = db.session.scalar(select(SummaryFile).where(SummaryFile.table_id == table.id, SummaryFile.file_id == file_id))
        if found is None:
            raise NotFound
        db.session.delete(found)
        _changed(summary)


def submit(table_id: int, *, revision: int, by: Person) -> Summary:
    """Send it as it was seen at *revision*, or let the unit's approver see it first. The same twice is once."""
    with transaction():
        table = service.hold(table_id, by=by)
        states.check_part("submit", service.parts_of(table, by=by))
        summary = db.session.get(Summary, table.id)
        if summary is None:
            raise Invalid("总结还没有填写，请先填写并保存。")
        if summary.revision == revision and summary.status in {"unit_review", "submitted", "approved"}:
            return summary
        _check(table, summary, "submit")
        if summary.revision != revision:
            raise Conflict("总结刚刚有人修改过，没有报送。请核对最新内容，再确认报送。")
        draft = _draft_of(summary)
        if wrong := summary_draft.problems(draft, _planned(table, draft)):
            raise Invalid(f"有 {len(wrong)} 处需要修改，改好后才能报送。")
        if states.outcome("submit", second_eye=service.second_eye(table, by=by)) == "unit_review":
            words = "活动总结等待本单位审核人核对并同意报送。"
            messages.tell_unit(table, words, kind="sum_submit", link=_link(table), roles=("approver",))
            return _move("submit", table, summary, to="unit_review", by=by)
        return _arrive("submit", table, summary, by=by)


def endorse(table_id: int, *, by: Person) -> Summary:
    """The unit's approver agrees."""
    with transaction():
        table, summary = _decided("endorse", table_id, by=by)
        if _senders(table)[:1] == [by.id]:
            raise Forbidden("活动总结由本人提出报送，须由本单位的另一位审核人同意。")
        return _arrive("endorse", table, summary, by=by)


def withdraw(table_id: int, *, by: Person) -> Summary:
    """Take it back while nothing is decided on it."""
    with transaction():
        table, summary = _decided("withdraw", table_id, by=by)
        summary.is_late, summary.submitted_at = False, None
        messages.settle(table.id, ("sum_submit",))
        return _move("withdraw", table, summary, to=states.outcome("withdraw", was_returned=bool(summary.return_reason)), by=by)


# ---- the office ------------------------------------------------------------------------------------------------


def approve(table_id: int, *, revision: int, by: Person) -> Summary:
    """Accept it as it was read at *revision*."""
    with transaction():
        table, summary = _decided("approve", table_id, revision=revision, by=by)
        if by.id in _senders(table):
            raise Forbidden("活动总结由本人报送，请由办公室的另一位同事审核。")
        messages.tell_unit(table, "活动总结已审核通过。", kind="summary", link=_link(table))
        return _move("approve", table, summary, to="approved", by=by)


def return_for_changes(table_id: int, why: str, *, revision: int, due: datetime | None = None, by: Person) -> Summary:
    """Give it back with a reason, to be sent again before the moment *due*."""
    why = reasons.tidy(why)
    if not why:
        reason = "请填写退回理由，单位会看到这段话。"
        raise Invalid(reason, fields={"why": reason})
    if due is not None and due <= clock.now():
        reason = "重新报送的截止日期已经过去，请改为今天或以后的日期。"
        raise Invalid(reason, fields={"due": reason})
    with transaction():
        table, summary = _decided("return", table_id, revision=revision, by=by)
        summary.return_reason, summary.return_due_at = why, due
        words = f"活动总结被退回修改：{why}。请改好后重新报送。".replace("。。", "。")
        messages.tell_unit(table, words, kind="sum_return", link=_link(table))
        return _move("return", table, summary, to="returned", why=why, by=by)


# ---- inside ----------------------------------------------------------------------------------------------------


def _to_edit(table_id: int, *, by: Person) -> tuple[AnnexTable, Summary]:
    """The summary under its table's lock, for a change by its filler; made when nothing was saved yet."""
    table = service.hold(table_id, by=by)
    if not reach.is_filler(table, by=by):
        raise Forbidden("只有本单位的填报员可以填写活动总结。")
    summary = db.session.get(Summary, table.id)
    if why := _closed_because(table, summary.status if summary else "todo"):
        raise Conflict(why)
    if summary is None:
        summary = Summary(table_id=table.id, status="todo", revision=0, text="", figures={}, held={}, added=[], times_sent=0)
        db.session.add(summary)
        db.session.flush()
    return table, summary


def _closed_because(table: AnnexTable, status: str) -> str:
    """Why the summary cannot be changed now, and what to do; "" while it can."""
    campaign = table.campaign
    if annexes.campaign_status_of(table) != "open":
        return "本次活动已经关闭，不能再修改总结。如需补报，请联系市联席办。"
    if not is_open(campaign):
        return (
            f"宣传周结束后（{wording.day(campaign.ends_on)}之后）开放填写。"
            if campaign.ends_on
            else "宣传周的日期还没有确定，总结还不能填写。"
        )
    if not STATUSES[status].is_open:
        return f"活动总结“{STATUSES[status].label}”，现在不能修改。" + ("如需修改，请先撤回。" if status != "approved" else "")
    return ""


def _room_for_a_file(table: AnnexTable) -> None:
    if len(db.session.scalars(select(SummaryFile.id).where(SummaryFile.table_id == table.id)).all()) >= MOST_FILES:
        raise Invalid(f"最多上传 {MOST_FILES} 个附件，请先移除不需要的。")


def _changed(summary: Summary) -> None:
    summary.status = "draft" if summary.status == "todo" else summary.status
    summary.revision += 1
    summary.changed_at = clock.now()


def _decided(action: str, table_id: int, *, revision: int | None = None, by: Person) -> tuple[AnnexTable, Summary]:
    table = service.hold(table_id, by=by)
    states.check_part(action, service.parts_of(table, by=by))
    summary = db.session.get(Summary, table.id)
    if summary is None:
        raise Conflict("这个单位还没有填写活动总结。")
    _check(table, summary, action)
    if revision is not None and summary.revision != revision:
        raise Conflict(f"{table.unit.short}刚刚重新报送了总结，没有办理。请核对新内容后再决定。")
    return table, summary


def _check(table: AnnexTable, summary: Summary, action: str) -> None:
    if not is_open(table.campaign):
        raise Conflict(_closed_because(table, summary.status))
    status = annexes.campaign_status_of(table)
    if not states.is_possible(action, summary.status, states.STEPS[action].parts, campaign_status=status):
        raise Conflict(
            f"活动总结现在是“{STATUSES[summary.status].label}”，不能{states.STEPS[action].label}。"
            if status == "open"
            else _closed_because(table, summary.status)
        )


def _senders(table: AnnexTable) -> list[int]:
    """Who sent the summary last, and before him who wanted it sent, where the unit's approver had to agree; the newest first."""
    sent = select(Move).where(Move.table_id == table.id, Move.action.in_(("sum_submit", "sum_endorse"))).order_by(Move.id.desc()).limit(2)
    found = db.session.scalars(sent).all()
    return [move.by_id for move in (found if found and found[0].action == "sum_endorse" else found[:1])]


def _arrive(action: str, table: AnnexTable, summary: Summary, *, by: Person) -> Summary:
    at = clock.now()
    due = due_of(table, summary)
    draft = _draft_of(summary)
    planned = _planned(table, draft)
    summary.submitted_at, summary.is_late = at, due is not None and due.is_past(at)
    summary.times_sent += 1
    messages.settle(table.id, ("sum_return", "sum_chase", "sum_submit"))
    summary.sent = _frozen(table, summary, draft, planned)
    return _move(action, table, summary, to="submitted", by=by)


def _frozen(table: AnnexTable, summary: Summary, draft: Draft, planned: Sequence[Planned]) -> dict[str, Any]:
    """The summary as the office gets it: figures as typed, else as the rows come to."""
    proposed = _proposed(draft, planned)
    kept = db.session.scalars(select(SummaryFile).where(SummaryFile.table_id == table.id).order_by(SummaryFile.id))
    return {
        "unit": {"slug": table.unit.slug, "name": table.unit.name, "short": table.unit.short},
        "text": summary.text,
        "figures": {key: int(draft.figures[key]) if draft.figures.get(key) else proposed.get(key) for key in summary_draft.FIGURES},
        "events": summary_draft.count_events(draft, planned),
        "planned": [vars(one) for one in planned],
        "added": [dict(one) for one in draft.added],
        "files": [{"id": one.file_id, "name": one.file.name} for one in kept],
    }


def _move(action: str, table: AnnexTable, summary: Summary, *, to: str, why: str = "", by: Person) -> Summary:
    words = [states.STEPS[action].label, "逾期" if to == "submitted" and summary.is_late else "", why]
    note(table, action, summary.status, to=to, revision=summary.revision, why=why, detail=" ".join(filter(None, words)), by=by)
    summary.status = to
    return summary


def note(
    table: AnnexTable, action: str, status: str, *, to: str = "", revision: int = 0, why: str = "", detail: str = "", by: Person
) -> Move:
    """Write down what was decided about the summary, and log it. Inside transaction()."""
    move = Move(table_id=table.id, action=f"sum_{action}", from_status=status, to_status=to or status, revision=revision)
    move.by_id, move.at, move.why, move.reasons = by.id, clock.now(), why, {}
    db.session.add(move)
    audit.write(f"summary.{action}", by=by, object=f"table:{table.id}", detail=f"{table.unit.short} 活动总结 {detail or why}".strip())
    return move


def due_of(table: AnnexTable, summary: Summary | None) -> Due | None:
    """When the table's summary is due: after a return its own day, else its unit's."""
    if summary is not None and summary.return_due_at:
        return dues.after_return(summary.return_due_at)
    return deadlines.due_of(table.campaign, "summary", annex=table.annex, unit_id=table.unit_id)


def _draft_of(stored: Summary | None) -> Draft:
    return Draft(stored.text, stored.figures, stored.held, stored.added) if stored else Draft()


def _planned(table: AnnexTable, draft: Draft) -> list[Planned]:
    """The unit's own rows with what the draft says of each."""
    rows = [row for row in annexes.rows_of(table) if not checks.is_empty(row.values)]
    return [
        Planned(
            row.id,
            number,
            row.values.get("event_name", ""),
            row.values.get("event_time", ""),
            row.values.get("scale", ""),
            **{key: said for key, said in draft.held.get(str(row.id), {}).items() if key in {"how", "when", "people"}},
        )
        for number, row in enumerate(rows, 1)
    ]


def _proposed(draft: Draft, planned: Sequence[Planned]) -> dict[str, int]:
    """Events and people by the rows; of a head count that is a span, its lower end."""
    said = [one.people for one in planned if one.how in {"held", "moved"}] + [one.get("people", "") for one in draft.added]
    return {"events": summary_draft.count_events(draft, planned), "people": sum(scale.read(text).min or 0 for text in said if text)}


def _link(table: AnnexTable) -> str:
    return f"/tables/{table.id}/summary"
