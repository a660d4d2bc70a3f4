"""代为修改: the office mends a small thing in a table that was sent, and its unit agrees or objects.

What is merged is always what the unit has sent or agreed to: with its agreement the table is frozen anew, with a receipt of
its own; without it every cell goes back to what was sent. Until then nothing can be decided. See docs/decisions.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from ipweek import clock, wording
from ipweek.accounts.schema import Person
from ipweek.annexes import due as dues
from ipweek.annexes import reach
from ipweek.annexes import service as annexes
from ipweek.annexes.models import AnnexTable
from ipweek.errors import Conflict, Forbidden, Invalid
from ipweek.extensions import db
from ipweek.notice import deadline_text, schema, workdays
from ipweek.notice.deadline_text import DeadlineText
from ipweek.notice.deadlines import Due
from ipweek.reporting import contents, messages, reasons, service, states
from ipweek.reporting.comparing import Differences
from ipweek.reporting.models import Move


@dataclass(frozen=True)
class Mended:
    """What the office changed in a table that was sent. ``content`` is the table as it would be."""

    table: AnnexTable
    sent: Move
    content: Mapping[str, Any]
    differences: Differences
    asked: Move | None
    """The request to the unit that waits for an answer."""
    deadline: DeadlineText | None
    """By when it is to be answered."""
    actions: frozenset[str]

    @property
    def form(self) -> schema.Annex:
        return schema.from_json(self.content["form"])

    @property
    def lines(self) -> list[tuple[str, str, str]]:
        """Each changed cell: its place in words, what was sent, what it would be."""
        return list(_lines(self.form, self.content, self.differences))


def read(table_id: int, *, by: Person) -> Mended | None:
    """What the office has changed, for the unit and the office; None where it has nothing in hand."""
    table = annexes.get_table(table_id, by=by)
    if not service.parts_of(table, by=by):
        raise Forbidden("代为修改的内容只供报送单位和市联席办查看。")
    if table.status != "submitted" or table.office_hand not in {reach.MENDING, reach.ASKED}:
        return None
    request = unanswered([table]).get(table.id)
    sent = service.submissions_in(service.record_of(table))[-1]
    return Mended(
        table,
        sent,
        contents.freeze(table, sent.at),
        contents.changed_since(table, sent),
        request.asked if request else None,
        request.deadline if request else None,
        service.actions_for(table, by=by),
    )


@dataclass(frozen=True)
class Request:
    """A request to a unit that waits for its answer, and by when it is to come."""

    asked: Move
    due: Due

    @property
    def deadline(self) -> DeadlineText:
        """By when, in words."""
        return deadline_text.to_answer(self.due.on, self.due.at, now=clock.now(), note=self.due.note)


def unanswered(tables: Iterable[AnnexTable]) -> dict[int, Request]:
    """The requests that wait for an answer, by table id, in one look at the database. Asks no permission."""
    waiting = [table.id for table in tables if table.office_hand == reach.ASKED]
    if not waiting:
        return {}
    moves = db.session.scalars(select(Move).where(Move.table_id.in_(waiting), Move.action == "ask_consent").order_by(Move.id))
    days = workdays.table()
    return {move.table_id: Request(move, dues.to_answer(move.at, days)) for move in moves}


# ---- the office ------------------------------------------------------------------------------------------------


def begin(table_id: int, *, submission: int, by: Person) -> Move:
    """Take a table that was sent in hand: its official cells are open to the office from now on."""
    with service.taking("mend", table_id, by=by, read=submission) as (table, _, _done):
        if table.nil_return:
            raise Conflict("零报送没有可以修改的内容。如需更正，请退回修改。")
        table.office_hand = reach.MENDING
        return service.note_move("mend", table, to=table.status, by=by)


def ask(table_id: int, why: str = "", *, by: Person) -> Move:
    """Put what was mended before the unit. Conflict where nothing was changed."""
    with service.taking("ask_consent", table_id, by=by) as (table, moves, _):
        found = contents.changed_since(table, service.submissions_in(moves)[-1])
        if not found:
            raise Conflict("还没有改动任何内容。请先在表里修改，再送单位确认；不改了就放弃修改。")
        table.office_hand = reach.ASKED
        count = len(found.cells) + len(found.header)
        done = service.note_move("ask_consent", table, to=table.status, why=reasons.tidy(why) or f"代改 {count} 格", by=by)
        due = dues.to_answer(done.at, workdays.table())
        words = (
            f"市联席办代为修改了附件{table.annex}的 {count} 格，请核对{f'，并在{wording.until(due.on)}前答复' if due.on else '并答复'}。"
        )
        messages.tell_unit(table, words, kind="ask_consent", link=f"/tables/{table.id}/mended")
        return done


def drop(table_id: int, *, by: Person) -> Move:
    """Leave it: every cell goes back to what was sent."""
    with service.taking("drop_mend", table_id, by=by) as (table, moves, _):
        was_asked = table.office_hand == reach.ASKED
        _end(table, moves, by=by)
        if was_asked:
            messages.tell_unit(table, f"市联席办放弃了对附件{table.annex}的修改，不用再答复。", kind="drop_mend")
        return service.note_move("drop_mend", table, to=table.status, by=by)


# ---- the unit --------------------------------------------------------------------------------------------------


def agree(table_id: int, *, revision: int, by: Person) -> Move:
    """The unit agrees to what it saw at *revision*: the table is frozen as it stands, with a receipt. Late stays what it was."""
    with service.taking("agree", table_id, by=by) as (table, moves, _):
        if not service.may_agree(table, by=by):
            raise Forbidden("本单位报送须经审核人同意，请由审核人核对、答复；有异议的，填报员也可以提出。")
        if table.revision != revision:
            raise Conflict("市联席办刚刚又有修改，没有办理。请核对下面的最新内容，再答复。")
        table.office_hand = states.NOTHING
        messages.settle(table.id, messages.OVER_WHEN_ANSWERED)
        last = service.submissions_in(moves)[-1]
        messages.tell_office(
            f"{table.unit.short}同意代为修改的附件{table.annex}，可以审核。",
            kind="agree",
            link=f"/tables/{table.id}/review",
            table_id=table.id,
        )
        return service.arrive("agree", table, moves, reasons=last.reasons, why="同意市联席办代为修改的内容", by=by)


def object_to(table_id: int, why: str, *, by: Person) -> Move:
    """The unit does not agree, with a reason: what was sent stays, and the office decides on that."""
    why = reasons.tidy(why)
    if not why:
        reason = "请写明不同意的理由，例如“地点以本单位报送的为准”。"
        raise Invalid(reason, fields={"why": reason})
    with service.taking("object", table_id, by=by) as (table, moves, _):
        _end(table, moves, by=by)
        words = f"{table.unit.short}不同意代为修改的附件{table.annex}：{why}。内容已恢复为单位报送的。"
        messages.tell_office(words, kind="object", link=f"/tables/{table.id}/review", table_id=table.id)
        return service.note_move("object", table, to=table.status, why=why, by=by)


# ---- inside ----------------------------------------------------------------------------------------------------


def _end(table: AnnexTable, moves: list[Move], *, by: Person) -> None:
    contents.put_back(table, service.submissions_in(moves)[-1], by=by)
    table.office_hand = states.NOTHING
    messages.settle(table.id, messages.OVER_WHEN_ANSWERED)


def _lines(form: schema.Annex, content: Mapping[str, Any], found: Differences) -> Iterable[tuple[str, str, str]]:
    for field in form.header_fields:
        if field.key in found.header:
            yield f"表头 {field.label}", found.header[field.key], content["header"].get(field.key, "")
    for number, row in enumerate(content["rows"], 1):
        for column in form.columns:
            if (row["id"], column.key) in found.cells:
                yield f"第 {number} 行 {column.label}", found.cells[row["id"], column.key], row["values"].get(column.key, "")
