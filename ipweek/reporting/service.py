"""From draft to accepted: every move of a table's state, each with its record and its line in the audit log."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select

from ipweek import clock
from ipweek.accounts import audit
from ipweek.accounts.models import User
from ipweek.accounts.schema import Person
from ipweek.annexes import checks, local_columns, ops
from ipweek.annexes import due as dues
from ipweek.annexes import service as annexes
from ipweek.annexes.checks import Finding
from ipweek.annexes.models import AnnexTable
from ipweek.errors import Conflict, Forbidden, Invalid, NotFound
from ipweek.extensions import db
from ipweek.reporting import flags, messages, states
from ipweek.reporting import reasons as wording_of_reasons
from ipweek.reporting.flags import Place
from ipweek.reporting.models import Move, Snapshot
from ipweek.reporting.states import Part
from ipweek.transaction import transaction

OF_THE_UNIT: tuple[Part, ...] = ("filler", "approver")
"""What a person can be to his own unit's table."""

# ---- the unit ------------------------------------------------------------------------------------------------


def submit(table_id: int, *, reasons: Mapping[str, str], revision: int, by: Person) -> Move:
    """Send the table as it was seen at *revision*, or let the unit's approver see it first.

    *reasons* are by finding id. Kind A refuses; B and C each want a reason; a table changed meanwhile is a
    Conflict. The same revision sent twice is one submission: the second gets the first one's record.
    """
    with transaction():
        table = hold(table_id, by=by)
        states.check_part("submit", parts_of(table, by=by))
        moves = moves_of(table)
        if done := _sent_already(table, moves, revision):
            return done
        _check_state("submit", table, moves)
        if table.revision != revision:
            reason = "这张表刚刚有人修改过，没有报送。请核对下面的最新内容，再确认报送。"
            raise Conflict(reason)
        flags.check_done(table)
        given = _reasons_for(_findings(table), reasons)
        table.nil_return = False
        return _send("submit", table, moves, reasons=given, by=by)


def nil_return(table_id: int, *, by: Person) -> Move:
    """Report that the unit holds no key event this year (零报送). Conflict while rows are filled."""
    with transaction():
        table = hold(table_id, by=by)
        states.check_part("nil_return", parts_of(table, by=by))
        moves = moves_of(table)
        if table.nil_return and (done := _sent_already(table, moves, table.revision)):
            return done
        _check_state("nil_return", table, moves)
        if filled := len(filled_rows(table)):
            reason = f"表中还有 {filled} 项活动，不能零报送。请先删除这些活动，或者直接报送。"
            raise Conflict(reason)
        table.nil_return = True
        return _send("nil_return", table, moves, reasons={}, by=by)


def endorse(table_id: int, *, by: Person) -> Move:
    """The unit's approver agrees (同意报送), and the table goes to the office."""
    with transaction():
        table = hold(table_id, by=by)
        states.check_part("endorse", parts_of(table, by=by))
        moves = moves_of(table)
        _check_state("endorse", table, moves)
        sent = moves[-1]
        if sent.by_id == by.id:
            reason = "这张表由本人提出报送，须由本单位的另一位审核人同意。"
            raise Forbidden(reason)
        return _arrive("endorse", table, moves, reasons=sent.reasons, by=by)


def send_back(table_id: int, why: str, *, by: Person) -> Move:
    """The unit's approver gives the table back to his filler, with a reason."""
    why = wording_of_reasons.tidy(why)
    if not why:
        reason = "请写明退回填报员的理由，例如“第 2 行时间请再核对”。"
        raise Invalid(reason, fields={"why": reason})
    with transaction():
        table = hold(table_id, by=by)
        states.check_part("send_back", parts_of(table, by=by))
        moves = moves_of(table)
        _check_state("send_back", table, moves)
        table.nil_return = False
        return note_move("send_back", table, to=_way_back("send_back", table), why=why, by=by)


def withdraw(table_id: int, *, by: Person) -> Move:
    """Take the table back while nothing is decided on it."""
    with transaction():
        table = hold(table_id, by=by)
        states.check_part("withdraw", parts_of(table, by=by))
        moves = moves_of(table)
        _check_state("withdraw", table, moves)
        table.nil_return = False
        table.is_late = False
        table.submitted_at = None
        return note_move("withdraw", table, to=_way_back("withdraw", table), by=by)


# ---- the office ----------------------------------------------------------------------------------------------


def approve(table_id: int, *, submission: int, by: Person) -> Move:
    """Accept the table as it was sent. *submission* is the record of the submission that the person has read."""
    with transaction():
        table, moves = _decide("approve", table_id, submission, by=by)
        if table.unit_id == by.unit_id and by.id in _senders(moves):
            reason = "这张表由本人报送，请由办公室的另一位同事审核。"
            raise Forbidden(reason)
        return note_move("approve", table, to="approved", by=by)


def return_for_changes(
    table_id: int, why: str, *, submission: int, due: datetime | None = None, places: Sequence[Place] = (), by: Person
) -> Move:
    """Give the table back to its unit with a reason and the *places* marked, to be sent again before the moment *due*.

    Without *due* the unit's extension or the campaign's deadline holds as before. An approved table can be
    returned too.
    """
    why = wording_of_reasons.tidy(why) or (f"请修改标出的 {len(places)} 处" if places else "")
    if not why:
        reason = "请选择或填写退回理由，单位会看到这段话。"
        raise Invalid(reason, fields={"why": reason})
    if due is not None and due <= clock.now():
        reason = "重新报送的截止日期已经过去，请改为今天或以后的日期。"
        raise Invalid(reason, fields={"due": reason})
    with transaction():
        table, moves = _decide("return", table_id, submission, by=by)
        table.return_reason = why
        table.return_due_at = due
        done = note_move("return", table, to="returned", why=why, by=by)
        snapshot = submissions_in(moves)[-1].snapshot
        if snapshot and places:
            flags.put(table, done, places, snapshot.content)
        return done


def take_back(table_id: int, *, by: Person) -> Move:
    """Undo the office's last decision on the same day, as long as the unit has not worked on it."""
    with transaction():
        table = hold(table_id, by=by)
        states.check_part("take_back", parts_of(table, by=by))
        moves = moves_of(table)
        _check_state("take_back", table, moves)
        why_not = cannot_take_back(table, moves)
        if why_not:
            raise Conflict(why_not)
        if moves[-1].action == "return":
            earlier = [move.why for move in moves[:-1] if move.action == "return"]
            table.return_reason = earlier[-1] if earlier else ""
            table.return_due_at = None
        return note_move("take_back", table, to="submitted", by=by)


def cannot_take_back(table: AnnexTable, moves: Sequence[Move]) -> str:
    """Why the last decision on the table stands; empty when it may be undone."""
    last = moves[-1] if moves else None
    if last is None or last.action not in states.DECISIONS:
        return "没有可以撤销的决定。"
    if clock.in_shanghai(last.at).date() != clock.today():
        return "决定只能在作出的当天撤销。如需修改，请退回修改或请单位重新报送。"
    if last.action == "return" and table.revision != last.revision:
        return states.because("take_back", "draft")
    return ""


# ---- reading -------------------------------------------------------------------------------------------------


def hold(table_id: int, *, by: Person) -> AnnexTable:
    """The table under its lock, as it stands now, if *by* may see it; otherwise NotFound."""
    if ops.hold(table_id) is None:
        raise NotFound
    db.session.flush()
    db.session.expire_all()  # ops writes past the session: nothing it holds may be older than the lock
    return annexes.get_table(table_id, by=by)


def moves_of(table: AnnexTable) -> list[Move]:
    """The changes of the table's state, oldest first, people loaded."""
    return [move for move in record_of(table) if move.action in states.STEPS]


def record_of(table: AnnexTable) -> list[Move]:
    """Everything that was decided about the table, what left its state as it was included, oldest first."""
    return list(db.session.scalars(select(Move).where(Move.table_id == table.id).order_by(Move.id)))


def submissions_in(moves: Sequence[Move]) -> list[Move]:
    """Those moves that brought the table to the office, each with its receipt and its snapshot."""
    return [move for move in moves if move.snapshot_id is not None]


def parts_of(table: AnnexTable, *, by: Person) -> frozenset[Part]:
    """What *by* is to this table."""
    parts: set[Part] = {"office"} if by.is_office else set()
    if by.unit_id == table.unit_id:
        parts |= {part for part in OF_THE_UNIT if by.has(part)}
    return frozenset(parts)


def second_eye(table: AnnexTable, *, by: Person) -> bool:
    """Whether somebody of the unit other than *by* approves before a table is sent."""
    people = db.session.execute(select(User.id, User.roles).where(User.unit_id == table.unit_id, User.is_active))
    return any("approver" in roles and user_id != by.id for user_id, roles in people)


def filled_rows(table: AnnexTable) -> list[tuple[int, dict[str, str]]]:
    """The rows that hold anything official, in order, by id. A district's own columns are its own affair."""
    rows = [(row.id, local_columns.official(row.values)) for row in annexes.rows_of(table)]
    return [(row_id, values) for row_id, values in rows if not checks.is_empty(values)]


def freeze(table: AnnexTable, at: datetime) -> dict[str, Any]:
    """The table as the office gets it, independent of whatever is renamed later."""
    return {
        "unit": {"slug": table.unit.slug, "name": table.unit.name, "short": table.unit.short},
        "annex": table.annex,
        "form": table.schema.form,
        "header": dict(annexes.header_of(table).values),
        "rows": [{"id": row_id, "values": values} for row_id, values in filled_rows(table)],
        "nil_return": table.nil_return,
        "submitted_at": clock.in_shanghai(at).isoformat(timespec="seconds"),
    }


# ---- inside --------------------------------------------------------------------------------------------------


def _check_state(action: str, table: AnnexTable, moves: Sequence[Move]) -> None:
    """Conflict unless *action* is possible now; if somebody was quicker, the sentence names him."""
    try:
        states.check_state(action, table.status, campaign_status=annexes.campaign_status_of(table))
    except Conflict as refused:
        last = moves[-1] if moves else None
        if last is None or last.to_status != table.status:
            raise
        who = f"{clock.in_shanghai(last.at):%H:%M} {last.by.name}已办理“{states.STEPS[last.action].label}”。"
        raise Conflict(f"{refused}（{who}）") from None


def _sent_already(table: AnnexTable, moves: Sequence[Move], revision: int) -> Move | None:
    """The submission of this revision that still holds: a double click, or a second tab."""
    if table.status not in {"unit_review", "submitted", "approved"}:
        return None
    sent = [move for move in moves if move.action in states.SUBMISSIONS]
    return sent[-1] if sent and sent[-1].revision == revision == table.revision else None


def _findings(table: AnnexTable) -> list[Finding]:
    context = annexes.context_of(table)
    rows = [(row.id, row.values) for row in annexes.rows_of(table)]
    return list(checks.check_table(rows, annexes.header_of(table).values, context, nil_return=False))


def _reasons_for(findings: Sequence[Finding], given: Mapping[str, str]) -> dict[str, str]:
    """The reasons to store, or Invalid naming each finding that stands in the way."""
    blocking = {finding.id: finding.message for finding in findings if finding.kind in checks.BLOCKING}
    if blocking:
        reason = f"有 {len(blocking)} 处需要修改，改好后才能报送。"
        raise Invalid(reason, fields=blocking)
    asked = [finding for finding in findings if finding.kind in checks.NEEDS_REASON]
    reasons = {finding.id: wording_of_reasons.tidy(given.get(finding.id, "")) for finding in asked}
    wanted = f"请写明理由（至少 {wording_of_reasons.SHORTEST} 个字，不能只写“无”或“核实无误”）。"
    poor = {key: wanted for key, text in reasons.items() if not wording_of_reasons.is_meaningful(text)}
    if poor:
        reason = f"还有 {len(poor)} 处需要写明理由，写好后才能报送。"
        raise Invalid(reason, fields=poor)
    return reasons


def _send(action: str, table: AnnexTable, moves: Sequence[Move], *, reasons: dict[str, str], by: Person) -> Move:
    """To the unit's approver where there is one, else to the office."""
    to = states.outcome(action, second_eye=second_eye(table, by=by))
    if to == "submitted":
        return _arrive(action, table, moves, reasons=reasons, by=by)
    return note_move(action, table, to=to, reasons=reasons, by=by)


def _arrive(action: str, table: AnnexTable, moves: Sequence[Move], *, reasons: Mapping[str, str], by: Person) -> Move:
    """At the office: frozen, with a receipt, and late if the clock says so at this moment."""
    at = clock.now()
    due = dues.of(table)
    table.is_late = due is not None and due.is_past(at)
    table.submitted_at = at
    table.is_excused = False  # it was not asked, and sent all the same
    snapshot = Snapshot(table_id=table.id, revision=table.revision, at=at, content=freeze(table, at))
    number = f"BS{table.campaign.year}-{table.id:04d}-{len(submissions_in(moves)) + 1}"
    return note_move(action, table, to="submitted", reasons=reasons, snapshot=snapshot, receipt_no=number, by=by)


def _way_back(action: str, table: AnnexTable) -> str:
    return states.outcome(action, was_returned=bool(table.return_reason))


def _decide(action: str, table_id: int, submission: int, *, by: Person) -> tuple[AnnexTable, list[Move]]:
    """The table and its record, if the office may take *action* on the submission that it has read."""
    table = hold(table_id, by=by)
    states.check_part(action, parts_of(table, by=by))
    moves = moves_of(table)
    _check_state(action, table, moves)
    sent = submissions_in(moves)
    if not sent or sent[-1].id != submission:
        reason = f"{table.unit.short}刚刚重新报送，内容可能有变，没有办理。请核对新内容后再决定。"
        raise Conflict(reason)
    return table, moves


def _senders(moves: Sequence[Move]) -> set[int]:
    """Who had a hand in the last submission."""
    last = submissions_in(moves)[-1]
    steps = moves[: moves.index(last) + 1][-2:] if last.action == "endorse" else [last]
    return {move.by_id for move in steps}


def note_move(
    action: str,
    table: AnnexTable,
    *,
    to: str,
    why: str = "",
    reasons: Mapping[str, str] | None = None,
    snapshot: Snapshot | None = None,
    receipt_no: str | None = None,
    by: Person,
) -> Move:
    """Write down what was decided, tell whom it concerns, and log it. *to* is the state afterwards."""
    move = Move(
        table_id=table.id,
        action=action,
        from_status=table.status,
        to_status=to,
        revision=table.revision,
        by_id=by.id,
        at=clock.now(),
        why=why,
        reasons=dict(reasons or {}),
        receipt_no=receipt_no,
        snapshot=snapshot,
    )
    before = moves_of(table)
    table.status = to
    db.session.add(move)
    db.session.flush()
    messages.tell_of(move, table, before)
    words = [
        f"{table.unit.short} 附件{table.annex}",
        states.LABELS[action],
        receipt_no or "",
        "逾期" if receipt_no and table.is_late else "",
        why,
    ]
    audit.write(f"table.{action}", by=by, object=f"table:{table.id}", detail=" ".join(word for word in words if word))
    return move
