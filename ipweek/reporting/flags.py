"""The places that the office marks in a table it returns: each is done when its text changes, or when the unit says why not."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from ipweek import clock
from ipweek.accounts import audit
from ipweek.accounts.schema import Person
from ipweek.annexes import ops, reach
from ipweek.annexes import service as annexes
from ipweek.annexes.models import Activity, AnnexTable
from ipweek.errors import Conflict, Forbidden, Invalid, NotFound
from ipweek.extensions import db
from ipweek.notice import schema
from ipweek.reporting import messages, reasons
from ipweek.reporting.models import Flag, Move
from ipweek.transaction import transaction

HEADER = 0
"""Stands for the header row where a page names a place."""
MOST = 200


@dataclass(frozen=True)
class Place:
    """A cell to be marked, or with no *key* a whole row. ``row_id`` is HEADER for a header field."""

    row_id: int
    key: str
    note: str = ""


@dataclass(frozen=True)
class Flagged:
    """A marked place as it stands now."""

    flag: Flag
    words: str
    """Where it is: ``第 3 行 活动地点``."""
    is_changed: bool
    is_gone: bool
    """The row was deleted."""

    @property
    def is_done(self) -> bool:
        return self.is_changed or self.is_gone or bool(self.flag.answer)

    @property
    def state(self) -> str:
        if self.is_gone:
            return "已删除"
        return "已改" if self.is_changed else "已说明" if self.flag.answer else "待处理"

    @property
    def cell(self) -> str:
        """The name of its field in the grid; "" for a row."""
        return f"{self.flag.activity_id}.{self.flag.key}" if self.flag.key else ""


def put(table: AnnexTable, returned: Move, places: Iterable[Place], content: Mapping[str, Any]) -> int:
    """Mark *places* of what was sent (*content*, a snapshot's); how many. Inside transaction(). Invalid for a place that is not there."""
    form = schema.from_json(content["form"])
    columns = {"", *(column.key for column in form.columns)}
    fields = {field.key for field in form.header_fields}
    rows = {row["id"]: row["values"] for row in content["rows"]}
    wanted = {(place.row_id, place.key): place for place in places}
    if len(wanted) > MOST:
        raise Invalid(f"一次最多标出 {MOST} 处，其余请写在理由里。")
    for place in wanted.values():
        is_header = place.row_id == HEADER
        if (place.key not in fields) if is_header else (place.row_id not in rows or place.key not in columns):
            raise Invalid("标出的位置不在这张表里，请刷新页面后重新标出。")
        db.session.add(
            Flag(
                table_id=table.id,
                move_id=returned.id,
                activity_id=annexes.header_of(table).id if is_header else place.row_id,
                key=place.key,
                note=reasons.tidy(place.note),
                was=_text(content["header"] if is_header else rows[place.row_id], place.key, columns),
            )
        )
    return len(wanted)


def seen(table: AnnexTable, *, by: Person) -> list[Flagged]:
    """The places marked in the return that holds, as far as he sees their rows."""
    return of(table, owner_unit_id=reach.owner_seen(table.unit_id, by=by))


def of(table: AnnexTable, *, owner_unit_id: int | None = None) -> list[Flagged]:
    """The places marked in the return that holds, in the order of the rows; of one unit's rows where it is named. Asks no permission."""
    returned = _return_that_holds(table)
    if returned is None:
        return []
    flags = list(db.session.scalars(select(Flag).where(Flag.move_id == returned).order_by(Flag.id)))
    if not flags:
        return []
    form = schema.from_json(table.schema.form)
    columns = {"", *(column.key for column in form.columns)}
    labels = {column.key: column.label for column in form.columns} | {field.key: field.label for field in form.header_fields}
    header = annexes.header_of(table)
    rows = annexes.rows_of(table)
    if owner_unit_id is not None:
        rows = [row for row in rows if row.owner_unit_id == owner_unit_id]
        own = set(db.session.scalars(select(Activity.id).where(Activity.table_id == table.id, Activity.owner_unit_id == owner_unit_id)))
        flags = [flag for flag in flags if flag.activity_id in own]
    numbers = {header.id: 0} | {row.id: number for number, row in enumerate(rows, 1)}
    values = {row.id: row.values for row in (header, *rows)}
    found = []
    for flag in sorted(flags, key=lambda one: numbers.get(one.activity_id, len(numbers))):
        number = numbers.get(flag.activity_id)
        row = "已删除的行" if number is None else f"第 {number} 行" if number else "表头"
        is_gone = number is None
        changed = not is_gone and _text(values[flag.activity_id], flag.key, columns) != flag.was
        found.append(Flagged(flag, f"{row} {labels.get(flag.key, '整行') if flag.key else '整行'}", changed, is_gone))
    return found


def shut_the_rest(table: AnnexTable) -> None:
    """Open to the unit what the return that holds opens: the marked places alone, or all. Inside transaction()."""
    db.session.flush()
    held = returned(table)
    opened = select(Move.id).where(Move.table_id == table.id, Move.action == "open_all", Move.id > (held.id if held else 0))
    if held is None or not held.only_marked or db.session.scalar(opened.limit(1)):
        table.open_places = None
        return
    marked = db.session.scalars(select(Flag).where(Flag.move_id == held.id).order_by(Flag.id))
    table.open_places = [f"{flag.activity_id}.{flag.key}" for flag in marked]


def tell_departments(table: AnnexTable) -> None:
    """Tell the departments on whose rows places were marked. Inside transaction()."""
    db.session.flush()
    counts: Counter[int] = Counter()
    for one in of(table):
        owner = db.session.get_one(Activity, one.flag.activity_id).owner_unit_id
        counts[owner] += owner != table.unit_id
    for owner, count in counts.items():
        if count:
            words = f"{table.unit.short}的附件{table.annex}被退回修改，本部门填写的活动有 {count} 处要改。"
            messages.tell(messages.people_of(owner, ["filler"]), words, kind="return", link=f"/tables/{table.id}", table_id=table.id)


def check_done(table: AnnexTable) -> None:
    """Invalid while a marked place was neither changed nor answered."""
    left = [one for one in of(table) if not one.is_done]
    if left:
        reason = f"退回时标出的还有 {len(left)} 处没有处理：{'、'.join(one.words for one in left[:5])}。请修改，或在“退回单”里写明情况。"
        raise Invalid(reason)


def slip(table_id: int, *, by: Person) -> tuple[AnnexTable, Sequence[Flagged]]:
    """The table and its marked places, for its unit and the office (退回单)."""
    table = annexes.get_part(table_id, by=by)
    if not by.is_office and table.unit_id not in {by.unit_id, by.parent_id}:
        raise Forbidden("退回单只供报送单位和市联席办查看。")
    return table, seen(table, by=by)


def returned(table: AnnexTable) -> Move | None:
    """The return that holds. Asks no permission."""
    number = _return_that_holds(table)
    return db.session.get(Move, number) if number is not None else None


def answer(flag_id: int, text: str, *, by: Person) -> Flag:
    """Say why a marked place stays as it is. The filler's, while the table is with the unit."""
    said = reasons.tidy(text)
    with transaction():
        flag = db.session.get(Flag, flag_id)
        if flag is None:
            raise NotFound
        ops.hold(flag.table_id)
        db.session.expire_all()
        table = annexes.get_part(flag.table_id, by=by)
        part_of = reach.owner_seen(table.unit_id, by=by)
        if part_of is not None and db.session.get_one(Activity, flag.activity_id).owner_unit_id != part_of:
            raise NotFound
        if not (reach.is_filler(table, by=by) or reach.is_department(table, by=by)):
            raise Forbidden("只有本单位的填报员可以说明退回的位置。")
        if table.status != "returned" or flag.move_id != _return_that_holds(table):
            raise Conflict("这张表现在没有被退回，不用再说明。")
        if not said:
            reason = "请写明为什么不改，例如“活动由两区合办，地点无误”。"
            raise Invalid(reason, fields={"answer": reason})
        flag.answer, flag.answered_by_id, flag.answered_at = said, by.id, clock.now()
        audit.write("table.answer", by=by, object=f"table:{table.id}", detail=said)
        return flag


def table_of(flag_id: int) -> int:
    """The table that a flag is in, or NotFound."""
    flag = db.session.get(Flag, flag_id)
    if flag is None:
        raise NotFound
    return flag.table_id


def _return_that_holds(table: AnnexTable) -> int | None:
    """The newest return that was not taken back."""
    decided = select(Move).where(Move.table_id == table.id, Move.action.in_(("return", "take_back"))).order_by(Move.id)
    held: list[int] = []
    for move in db.session.scalars(decided):
        if move.action == "return":
            held.append(move.id)
        elif move.from_status == "returned" and held:
            held.pop()
    return held[-1] if held else None


def _text(values: Mapping[str, str], key: str, columns: Iterable[str]) -> str:
    """What stands in the cell; of a row, all of its official cells."""
    if key:
        return values.get(key, "")
    official = {name: values[name] for name in sorted(columns) if values.get(name)}
    return json.dumps(official, ensure_ascii=False)
