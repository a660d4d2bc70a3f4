"""From draft to accepted: every move of a table's state, each with its record and its line in the audit log."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime

from sqlalchemy import select

from ipweek import clock
from ipweek.accounts import audit
from ipweek.accounts.models import User
from ipweek.accounts.schema import Person
from ipweek.annexes import due as dues
from ipweek.annexes import ops, reach
from ipweek.annexes import service as annexes
from ipweek.annexes.models import AnnexTable, Op
from ipweek.errors import Conflict, Forbidden, Invalid, NotFound
from ipweek.extensions import db
from ipweek.reporting import contents, flags, messages, states
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
    with taking("submit", table_id, by=by, revision=revision) as (table, moves, done):
        if done:
            return done
        if table.revision != revision:
            reason = "这张表刚刚有人修改过，没有报送。请核对下面的最新内容，再确认报送。"
            raise Conflict(reason)
        flags.check_done(table)
        given = contents.reasons_for(contents.findings(table), reasons)
        table.nil_return = False
        return _send("submit", table, moves, reasons=given, by=by)


def nil_return(table_id: int, *, by: Person) -> Move:
    """Report that the unit holds no key event this year (零报送). Conflict while rows are filled."""
    with taking("nil_return", table_id, by=by) as (table, moves, done):
        if done:
            return done
        if filled := len(contents.filled_rows(table)):
            reason = f"表中还有 {filled} 项活动，不能零报送。请先删除这些活动，或者直接报送。"
            raise Conflict(reason)
        table.nil_return = True
        return _send("nil_return", table, moves, reasons={}, by=by)


def endorse(table_id: int, *, by: Person) -> Move:
    """The unit's approver agrees (同意报送), and the table goes to the office."""
    with taking("endorse", table_id, by=by) as (table, moves, _):
        sent = moves[-1]
        if sent.by_id == by.id:
            reason = "这张表由本人提出报送，须由本单位的另一位审核人同意。"
            raise Forbidden(reason)
        return arrive("endorse", table, moves, reasons=sent.reasons, by=by)


def send_back(table_id: int, why: str, *, by: Person) -> Move:
    """The unit's approver gives the table back to his filler, with a reason."""
    why = wording_of_reasons.tidy(why)
    if not why:
        reason = "请写明退回填报员的理由，例如“第 2 行时间请再核对”。"
        raise Invalid(reason, fields={"why": reason})
    with taking("send_back", table_id, by=by) as (table, _, _done):
        table.nil_return = False
        return note_move("send_back", table, to=_way_back("send_back", table), why=why, by=by)


def withdraw(table_id: int, *, by: Person) -> Move:
    """Take the table back while nothing is decided on it. What the office was mending in it goes back to what was sent."""
    with taking("withdraw", table_id, by=by) as (table, moves, _):
        if table.office_hand:
            contents.put_back(table, submissions_in(moves)[-1], by=by)
            messages.settle(table.id, messages.OVER_WHEN_ANSWERED)
        table.office_hand = states.NOTHING
        table.nil_return = False
        table.is_late = False
        table.submitted_at = None
        return note_move("withdraw", table, to=_way_back("withdraw", table), by=by)


# ---- the office ----------------------------------------------------------------------------------------------


def approve(table_id: int, *, submission: int, by: Person) -> Move:
    """Accept the table as it was sent. *submission* is the record of the submission that the person has read."""
    with taking("approve", table_id, by=by, read=submission) as (table, moves, _):
        if by.id in _senders(table, moves):
            reason = "这张表由本人填写或报送，请由办公室的另一位同事审核。"
            raise Forbidden(reason)
        return note_move("approve", table, to="approved", by=by)


def return_for_changes(
    table_id: int,
    why: str,
    *,
    submission: int,
    due: datetime | None = None,
    places: Sequence[Place] = (),
    opens_all: bool = False,
    by: Person,
) -> Move:
    """Give the table back to its unit with a reason and the *places* marked, to be sent again before the moment *due*.

    Where places are marked the unit may change these alone, unless it *opens_all*. Without *due* the unit's extension
    or the campaign's deadline holds as before. An approved table can be returned too.
    """
    why = wording_of_reasons.tidy(why) or (f"请修改标出的 {len(places)} 处" if places else "")
    if not why:
        reason = "请选择或填写退回理由，单位会看到这段话。"
        raise Invalid(reason, fields={"why": reason})
    if due is not None and due <= clock.now():
        reason = "重新报送的截止日期已经过去，请改为今天或以后的日期。"
        raise Invalid(reason, fields={"due": reason})
    with taking("return", table_id, by=by, read=submission) as (table, moves, _):
        table.return_reason = why
        table.return_due_at = due
        done = note_move("return", table, to="returned", why=why, by=by)
        snapshot = submissions_in(moves)[-1].snapshot
        if snapshot and places:
            flags.put(table, done, places, snapshot.content)
            done.only_marked = not opens_all
        flags.shut_the_rest(table)
        flags.tell_departments(table)
        return done


def open_all(table_id: int, *, by: Person) -> Move:
    """Let the unit change the whole table after a return that opened marked places alone."""
    with taking("open_all", table_id, by=by) as (table, _, _done):
        if table.open_places is None:
            raise Conflict("这张表已经整张放开，单位可以修改。")
        done = note_move("open_all", table, to=table.status, by=by)
        flags.shut_the_rest(table)
        messages.tell_unit(table, f"市联席办放开了附件{table.annex}的整张表，标出位置以外的内容也可以修改。", kind="open_all")
        return done


def take_back(table_id: int, *, by: Person) -> Move:
    """Undo the office's last decision on the same day, as long as the unit has not worked on it."""
    with taking("take_back", table_id, by=by) as (table, moves, _):
        why_not = cannot_take_back(table, moves)
        if why_not:
            raise Conflict(why_not)
        if moves[-1].action == "return":
            earlier = [move.why for move in moves[:-1] if move.action == "return"]
            table.return_reason = earlier[-1] if earlier else ""
            table.return_due_at = None
        done = note_move("take_back", table, to="submitted", by=by)
        flags.shut_the_rest(table)
        return done


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


# ---- the one way in --------------------------------------------------------------------------------------------


@contextmanager
def taking(
    action: str, table_id: int, *, by: Person, revision: int | None = None, read: int | None = None
) -> Iterator[tuple[AnnexTable, list[Move], Move | None]]:
    """The table under its lock with its moves, for *action*: whether he may see it, has a part in it, and it is possible now.

    Third comes the record where a submission (of *revision*; a nil return of whatever stands there) was done already. *read*
    is the submission on which he decides: Conflict where another one came meanwhile.
    """
    with transaction():
        table = hold(table_id, by=by)
        states.check_part(action, parts_of(table, by=by))
        moves = moves_of(table)
        done = _sent_already(action, table, moves, revision)
        if not done:
            _check_state(action, table, moves)
        if read is not None and read not in [move.id for move in submissions_in(moves)[-1:]]:
            reason = f"{table.unit.short}刚刚重新报送，内容可能有变，没有办理。请核对新内容后再决定。"
            raise Conflict(reason)
        yield table, moves, done


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
    if reach.is_typing(table, by=by):
        parts.add("stand_in")
    return frozenset(parts)


def actions_for(table: AnnexTable, *, by: Person) -> frozenset[str]:
    """What he may do with the table now."""
    parts, campaign_status = parts_of(table, by=by), annexes.campaign_status_of(table)
    found = states.possible(table.status, parts, campaign_status=campaign_status, hand=table.office_hand)
    return found - {"agree"} if "agree" in found and not may_agree(table, by=by) else found


def may_agree(table: AnnexTable, *, by: Person) -> bool:
    """Whether his word is the unit's, as it would be for sending: the approver's where there is one."""
    return by.has("approver") or not second_eye(table, by=by)


def second_eye(table: AnnexTable, *, by: Person) -> bool:
    """Whether somebody of the unit other than *by* approves before a table is sent."""
    people = db.session.execute(select(User.id, User.roles).where(User.unit_id == table.unit_id, User.is_active))
    return any("approver" in roles and user_id != by.id for user_id, roles in people)


# ---- inside --------------------------------------------------------------------------------------------------


def _check_state(action: str, table: AnnexTable, moves: Sequence[Move]) -> None:
    """Conflict unless *action* is possible now; if somebody was quicker, the sentence names him."""
    try:
        states.check_state(action, table.status, campaign_status=annexes.campaign_status_of(table), hand=table.office_hand)
    except Conflict as refused:
        last = moves[-1] if moves else None
        if last is None or last.to_status != table.status:
            raise
        who = f"{clock.in_shanghai(last.at):%H:%M} {last.by.name}已办理“{states.STEPS[last.action].label}”。"
        raise Conflict(f"{refused}（{who}）") from None


def _sent_already(action: str, table: AnnexTable, moves: Sequence[Move], revision: int | None) -> Move | None:
    """The submission of this revision that still holds: a double click, or a second tab."""
    if action not in {"submit", "nil_return"} or table.status not in {"unit_review", "submitted", "approved"}:
        return None
    if action == "nil_return":
        revision = table.revision if table.nil_return else -1
    sent = [move for move in moves if move.action in states.SUBMISSIONS]
    return sent[-1] if sent and sent[-1].revision == revision == table.revision else None


def _send(action: str, table: AnnexTable, moves: Sequence[Move], *, reasons: dict[str, str], by: Person) -> Move:
    """To the unit's approver where there is one, else to the office. What the office typed in, it sends as it is on paper."""
    is_typed = reach.is_typing(table, by=by)
    table.office_hand = states.NOTHING
    if not is_typed:
        table.typed_in = ""  # the unit itself stands for it
    to = "submitted" if is_typed else states.outcome(action, second_eye=second_eye(table, by=by))
    if is_typed:
        words = f"市联席办已按你单位的{table.typed_in}代填并报送附件{table.annex}，请核对；有出入的请撤回修改。"
        messages.tell_unit(table, words, kind="type_in", link=f"/tables/{table.id}/receipt")
    if to == "submitted":
        return arrive(action, table, moves, reasons=reasons, why=f"按单位的{table.typed_in}代填" if is_typed else "", by=by)
    return note_move(action, table, to=to, reasons=reasons, by=by)


def arrive(action: str, table: AnnexTable, moves: Sequence[Move], *, reasons: Mapping[str, str], why: str = "", by: Person) -> Move:
    """At the office: frozen, with a receipt. When it was sent, and whether that was late, is said by the submission alone."""
    at = clock.now()
    if action != "agree":
        due = dues.of(table)
        table.is_late = due is not None and due.is_past(at)
        table.submitted_at = at
        table.is_excused = False  # it was not asked, and sent all the same
    snapshot = Snapshot(table_id=table.id, revision=table.revision, at=at, content=contents.freeze(table, table.submitted_at or at))
    number = f"BS{table.campaign.year}-{table.id:04d}-{len(submissions_in(moves)) + 1}"
    return note_move(action, table, to="submitted", why=why, reasons=reasons, snapshot=snapshot, receipt_no=number, by=by)


def _way_back(action: str, table: AnnexTable) -> str:
    return states.outcome(action, was_returned=bool(table.return_reason))


def _senders(table: AnnexTable, moves: Sequence[Move]) -> set[int]:
    """Who had a hand in what waits: who sent it, and agreed to that or to what was mended since, and who typed it in."""
    last = [move for move in submissions_in(moves) if move.action != "agree"][-1]
    place = moves.index(last)
    typed = select(Op.user_id).where(Op.table_id == table.id, Op.via == "stand_in") if table.typed_in else None
    return {
        *(move.by_id for move in moves[place - (last.action == "endorse") :] if move.action in states.SUBMISSIONS),
        *(db.session.scalars(typed.distinct()) if typed is not None else ()),
    }


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
