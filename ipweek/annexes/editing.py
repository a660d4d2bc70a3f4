"""Changing the cells of a table: who may, what is refused, and what a conflict is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.engine import Row

from ipweek.accounts.models import User
from ipweek.accounts.schema import Person
from ipweek.annexes import cell_text, doubts, holding, local_columns, ops, row_actions
from ipweek.annexes.models import CellChange, Op
from ipweek.annexes.ops import GAP, Change, Held, Written
from ipweek.annexes.reach import ALIVE
from ipweek.errors import Conflict, Invalid, NotFound
from ipweek.extensions import db
from ipweek.notice import schema
from ipweek.plugins import values as local_values
from ipweek.plugins.schema import Field
from ipweek.transaction import transaction


@dataclass(frozen=True)
class Clash:
    """Two values for one cell: what the person wrote, what stands there now, and who wrote that and when."""

    mine: str
    theirs: str
    who: str
    at: datetime | None


class CellConflict(Conflict):
    """The cell no longer holds what the person saw. Both values are kept for him to choose."""

    def __init__(self, activity_id: int, key: str, clash: Clash) -> None:
        super().__init__(f"这一格刚被{clash.who or '他人'}改为“{clash.theirs}”，请选择保留哪一个。")
        self.activity_id, self.key, self.clash = activity_id, key, clash


class Edit(NamedTuple):
    """What a person wants a cell to hold, and what he saw there before."""

    activity_id: int
    key: str
    value: str
    base: str


def save_cell(activity_id: int, key: str, value: str, *, base: str, op_id: str, by: Person) -> Written:
    """Put *value* in one cell, or raise CellConflict if it no longer holds *base*.

    The same *op_id* twice is one op. A value that breaks a rule is kept and marked; only a text over
    cell_text.MAX_LENGTH code points is refused (Invalid), and control characters are cleaned away.
    """
    edit = _cleaned(Edit(activity_id, key, value, base))
    with transaction():
        return _save(holding.hold_of(activity_id, by=by), [edit], (), op_id=op_id, via="typed", by=by)


def accept(activity_id: int, key: str, value: str, *, by: Person) -> Held:
    """Say that a doubtful *value* is meant as it stands: it is not asked again until this cell changes.

    Conflict where nothing is doubtful, or where the cell no longer holds *value*.
    """
    with transaction():
        table = holding.hold_of(activity_id, by=by)
        row = holding.row(table, activity_id)
        holding.check(table, [(row, key)])
        if table.form.column(key) is None or doubts.of(key, value, table.week) is None:
            reason = "这一格没有需要确认的内容，请刷新页面后再看。"
            raise Conflict(reason)
        if row.values.get(key, "") != value:
            reason = "这一格的内容刚被改过，请按现在的内容再看一次。"
            raise Conflict(reason)
        ops.accept(row, key, user_id=by.id)
        return table


def save_cells(
    table_id: int, edits: Iterable[Edit], new_rows: Sequence[Mapping[str, str]] = (), *, op_id: str, by: Person, via: str = "pasted"
) -> Written:
    """Put many values, and rows at the end of the table, in one op, all or none.

    A CellConflict names the first cell that changed meanwhile.
    """
    cleaned = [_cleaned(edit) for edit in edits]
    with transaction():
        return _save(holding.hold(table_id, by=by), cleaned, new_rows, op_id=op_id, via=via, by=by)


def import_rows(
    table_id: int, edits: Iterable[Edit], new_rows: Sequence[Mapping[str, str]] = (), *, revision: int, op_id: str, by: Person
) -> Written:
    """Take what a file says into the table as it was seen at *revision*: changed cells and new rows in one op, all or none.

    Conflict when the table changed since. An undo takes all of it back.
    """
    cleaned = [_cleaned(edit) for edit in edits]
    with transaction():
        table = holding.hold(table_id, by=by)
        if done := ops.find(op_id, table=table, user_id=by.id):
            return done
        if table.revision != revision:
            reason = "预览之后，这张表又有修改，没有导入。下面是按最新内容重新比对的结果，请核对后再确认导入。"
            raise Conflict(reason)
        return _save(table, cleaned, new_rows, op_id=op_id, via="imported", by=by)


def save_form(
    table_id: int,
    posted: Mapping[tuple[int, str], str],
    new_rows: Sequence[Mapping[str, str]] = (),
    *,
    revision: int,
    op_id: str,
    by: Person,
) -> Written:
    """Take a whole table posted as one form, as it was seen at *revision*: only what the person changed is written.

    All or nothing: a CellConflict names the first cell that changed meanwhile; ``against`` then says all of them.
    """
    cleaned = {cell: cell_text.storable(value) for cell, value in posted.items()}
    with transaction():
        table = holding.hold(table_id, by=by)
        if done := ops.find(op_id, table=table, user_id=by.id):
            return done
        if revision > table.revision:
            reason = "页面上的内容与系统里的对不上，没有保存。请刷新页面后再填写。"
            raise Conflict(reason)
        edits = [
            Edit(activity_id, key, value, base)
            for (activity_id, key), value, base, _ in _compare(table, cleaned, revision)
            if value != base.replace("\r\n", "\n")
        ]
        return _save(table, edits, new_rows, op_id=op_id, via="typed", by=by)


def against(table_id: int, posted: Mapping[tuple[int, str], str], *, revision: int, by: Person) -> Against:
    """How a form that could not be saved stands against the table now. Reads only."""
    with transaction():
        table = holding.hold(table_id, by=by)
        shown, clashes = {}, {}
        for cell, value, base, now in _compare(table, {cell: cell_text.clean(value)[0] for cell, value in posted.items()}, revision):
            shown[cell] = now if value == base else value
            if value not in {base, now} and now != base:
                clashes[cell] = _clash(*cell, value, now)
        return Against(shown, clashes, table.revision)


@dataclass(frozen=True)
class Against:
    """What to show of a posted form: the person's own changes over the newest values, and where the two clash."""

    values: Mapping[tuple[int, str], str]
    clashes: Mapping[tuple[int, str], Clash]
    revision: int


def _compare(table: Held, posted: Mapping[tuple[int, str], str], revision: int) -> list[tuple[tuple[int, str], str, str, str]]:
    """Each posted cell with its value, what the person saw at *revision*, and what it holds now."""
    before = ops.values_at(table, revision)
    known = ops.rows(table, {activity_id for activity_id, _ in posted})
    if any(activity_id not in known or not table.reach.is_his(known[activity_id]) for activity_id, _ in posted):
        raise NotFound
    fields = _local_fields(table, (key for _, key in posted))
    found = []
    for cell, value in posted.items():
        now = _held(known[cell[0]], cell[1], fields)
        found.append((cell, value, before.get(cell, now), now))
    return found


def _save(table: Held, edits: Sequence[Edit], new_rows: Sequence[Mapping[str, str]], *, op_id: str, via: str, by: Person) -> Written:
    known, done = ops.rows_and_op(table, {edit.activity_id for edit in edits}, client_id=op_id, user_id=by.id)
    fields = _local_fields(table, (edit.key for edit in edits))
    if done is not None:
        _check_same(done, edits, known, fields)
        return done
    changes = []
    for edit in edits:
        row = known.get(edit.activity_id)
        if row is None or not row.alive or not _is_cell(table.form, edit.key, fields, is_header=row.is_header):
            raise NotFound(holding.GONE if row is not None else NotFound().args[0])
        if not table.reach.is_his(row):
            raise NotFound(holding.GONE)
        now = _held(row, edit.key, fields)
        if now == edit.value:
            continue  # somebody, or a lost answer's first try, wrote the same
        if now != edit.base:
            raise CellConflict(edit.activity_id, edit.key, _clash(edit.activity_id, edit.key, edit.value, now))
        changes += _changes(row, edit, fields)
    holding.check(table, ((known[change.activity_id], change.key) for change in changes))
    if new_rows:
        changes += _new_rows(table, new_rows)
        return holding.write(table, changes, op_id=op_id, via=via, by=by)
    return holding.write(table, changes, op_id=op_id, via=via, by=by, known=known)


def _check_same(done: Written, edits: Sequence[Edit], known: Mapping[int, Row[Any]], fields: Mapping[str, Field]) -> None:
    """Conflict if the op of this id did something else: then it is no second try, and what was sent now is not stored."""
    wrote = {(change.activity_id, change.key): change.new for change in done.changes}
    for edit in edits:
        row = known.get(edit.activity_id)
        held = wrote.get((edit.activity_id, edit.key))
        if held is None and row is not None:
            held = _held(row, edit.key, fields)  # it needed no change then
        if held != edit.value:
            reason = "这次修改的编号已被使用，没有保存。请刷新页面后再试一次。"
            raise Conflict(reason)


def _local_fields(table: Held, keys: Iterable[str]) -> Mapping[str, Field]:
    """The district's own columns by their cells, looked up only when one of *keys* is of that kind."""
    if not any(local_columns.is_local(key) for key in keys):
        return {}
    return {field.cell: field for field in local_columns.fields_of(table.unit_id)}


def _held(row: Row[Any], key: str, fields: Mapping[str, Field]) -> str:
    """What a page shows in the cell: of a renamed local column what its earlier key holds."""
    return local_values.held(fields[key], row.values) if key in fields else ops.cell(row, key)


def _changes(row: Row[Any], edit: Edit, fields: Mapping[str, Field]) -> list[Change]:
    """The change of the cell; of a renamed local column that is emptied, its earlier keys are emptied too."""
    keys = [edit.key, *(fields[edit.key].former_cells if edit.key in fields and not edit.value else ())]
    wanted = [Change(row.id, key, ops.cell(row, key), edit.value if key == edit.key else "") for key in keys]
    return [change for change in wanted if change.old != change.new]


def _new_rows(table: Held, new_rows: Sequence[Mapping[str, str]]) -> list[Change]:
    """The changes that bring in rows with these cells at the end of the table."""
    holding.check_rows(table)
    fields = _local_fields(table, (key for values in new_rows for key in values))
    if not all(_is_cell(table.form, key, fields, is_header=False) for values in new_rows for key in values):
        raise NotFound
    order = row_actions.order_of(table)
    row_actions.check_room(len(order) + len(new_rows))
    place = max((pos for _, pos in order), default=0)
    changes = []
    for values in new_rows:
        place += GAP
        made = ops.new_row(table, owner_unit_id=holding.owner(table), pos=place, values={})
        changes.append(Change(made, ALIVE, "0", "1"))
        changes += row_actions.filled(table, made, values)
    return changes


def _is_cell(form: schema.Annex, key: str, local: Mapping[str, Field], *, is_header: bool) -> bool:
    if local_columns.is_local(key) and key not in local:
        reason = "这一列是本单位的本地栏目，现在没有启用，没有保存。请刷新页面；已填的内容都还在。"
        raise Invalid(reason)
    fields: Sequence[schema.Column | schema.HeaderField] = form.header_fields if is_header else form.columns
    return any(field.key == key for field in fields) or (key in local and not is_header)


def _cleaned(edit: Edit) -> Edit:
    """The edit as it can be stored. The base too: a page that holds the text before it was cleaned is not at odds with it."""
    return Edit(edit.activity_id, edit.key, cell_text.storable(edit.value), cell_text.clean(edit.base)[0])


def _clash(activity_id: int, key: str, mine: str, theirs: str) -> Clash:
    query = (
        select(User.name, Op.at)
        .join_from(CellChange, Op)
        .join(User, User.id == Op.user_id)
        .where(CellChange.activity_id == activity_id, CellChange.key == key)
        .order_by(CellChange.id.desc())
        .limit(1)
    )
    last = db.session.execute(query).first()
    who, at = (last.name, last.at) if last else ("", None)
    return Clash(mine, theirs, who, at)


def undo(table_id: int, *, op_id: str, by: Person, redo: bool = False) -> Written | None:
    """Take back the person's last change in this table (with *redo*: do it again); None when there is none."""
    with transaction():
        table = holding.hold(table_id, by=by)
        if done := ops.find(op_id, table=table, user_id=by.id):
            return done
        return holding.undo(table, op_id=op_id, redo=redo, by=by)
