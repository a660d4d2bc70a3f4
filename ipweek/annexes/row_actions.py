"""The rows of a table: bringing in, copying, taking out and moving them. Each is one op, which an undo takes back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sqlalchemy import select

from ipweek.accounts.schema import Person
from ipweek.annexes import cell_text, holding, ops, row_order
from ipweek.annexes.models import Activity
from ipweek.annexes.ops import Change, Held, Written
from ipweek.annexes.reach import ALIVE, POS
from ipweek.errors import Invalid
from ipweek.extensions import db
from ipweek.transaction import transaction

MOST_ROWS = 2_000
"""Of one table, whatever brings them in."""


def add_row(table_id: int, *, after: int | None = None, values: Mapping[str, str] | None = None, op_id: str, by: Person) -> Written:
    """Add a row at the end, or after the row *after*; its id is in the first change."""
    with transaction():
        table = holding.hold(table_id, by=by)
        if done := ops.find(op_id, table=table, user_id=by.id):
            return done
        holding.check_rows(table)
        order = order_of(table)
        check_room(len(order) + 1)
        if table.reach.owner_unit_id is not None and not row_order.has_room_behind(order, after):
            after = None  # others' rows stay where they are
        changes = row_order.make_place(order, after)
        made = ops.new_row(table, owner_unit_id=holding.owner(table), pos=row_order.place(order, after, changes), values={})
        first = [Change(made, ALIVE, "0", "1"), *filled(table, made, values or {})]
        return holding.write(table, [*first, *changes], op_id=op_id, via="row", by=by)


def duplicate_row(activity_id: int, *, op_id: str, by: Person) -> Written:
    """Add a copy of the row under it."""
    with transaction():
        table = holding.hold_of(activity_id, by=by)
        if done := ops.find(op_id, table=table, user_id=by.id):  # though the row may be gone since
            return done
        row = holding.row(table, activity_id)
        holding.check_rows(table)
        return add_row(table.id, after=activity_id, values=row.values, op_id=op_id, by=by)


def delete_row(activity_id: int, *, also: Iterable[int] = (), op_id: str, by: Person) -> Written:
    """Take the row out, and those of *also* with it, as one op. They stay in the history, and an undo brings them back."""
    with transaction():
        table = holding.hold_of(activity_id, by=by)
        if done := ops.find(op_id, table=table, user_id=by.id):
            return done
        rows = [holding.row(table, row_id) for row_id in dict.fromkeys((activity_id, *also))]
        holding.check(table, [(row, ALIVE) for row in rows])
        return holding.write(table, [Change(row.id, ALIVE, "1", "0") for row in rows], op_id=op_id, via="row", by=by)


def move_row(activity_id: int, *, down: bool, op_id: str, by: Person) -> Written:
    """Change places with the row above, or below. At the end of the table nothing changes."""
    with transaction():
        table = holding.hold_of(activity_id, by=by)
        if done := ops.find(op_id, table=table, user_id=by.id):
            return done
        holding.check(table, [(holding.row(table, activity_id), POS)])
        holding.check_rows(table)
        order = order_of(table, of=table.reach.owner_unit_id)
        here = next(n for n, (row_id, _) in enumerate(order) if row_id == activity_id)
        there = here + (1 if down else -1)
        if not 0 <= there < len(order):
            return holding.write(table, [], op_id=op_id, via="row", by=by)
        (mine, my_pos), (other, other_pos) = order[here], order[there]
        if my_pos == other_pos:  # rows of one import may stand at one place: spread them first
            changes = row_order.spread(row_order.swapped(order, here, there))
        else:
            changes = [Change(mine, POS, str(my_pos), str(other_pos)), Change(other, POS, str(other_pos), str(my_pos))]
        return holding.write(table, changes, op_id=op_id, via="row", by=by)


def place_row(activity_id: int, *, after: int | None, op_id: str, by: Person) -> Written:
    """Put the row behind the row *after*, or at the top. Where it stands there already nothing changes."""
    with transaction():
        table = holding.hold_of(activity_id, by=by)
        if done := ops.find(op_id, table=table, user_id=by.id):
            return done
        holding.check(table, [(holding.row(table, row_id), POS) for row_id in filter(None, (activity_id, after))])
        holding.check_rows(table)
        order = order_of(table, of=table.reach.owner_unit_id)
        ids = [row_id for row_id, _ in order]
        here = ids.index(activity_id)
        there = 0 if after is None else ids.index(after) + (ids.index(after) < here)
        if there == here or after == activity_id:
            return holding.write(table, [], op_id=op_id, via="row", by=by)
        return holding.write(
            table, row_order.moved(order, here, there, alone=table.reach.owner_unit_id is None), op_id=op_id, via="row", by=by
        )


def order_of(table: Held, of: int | None = None) -> list[tuple[int, int]]:
    """Row ids and positions, in order; only those *of* one department where it is named."""
    query = select(Activity.id, Activity.pos).where(Activity.table_id == table.id, Activity.alive, ~Activity.is_header)
    if of is not None:
        query = query.where(Activity.owner_unit_id == of)
    return [(row_id, pos) for row_id, pos in db.session.execute(query.order_by(Activity.pos, Activity.id))]


def check_room(count: int) -> None:
    """Invalid where a table would hold more than MOST_ROWS."""
    if count > MOST_ROWS:
        reason = f"一张表最多 {MOST_ROWS} 行，没有新增。"
        raise Invalid(reason)


def filled(table: Held, activity_id: int, values: Mapping[str, str]) -> list[Change]:
    """The changes that fill an empty row."""
    cleaned = {key: cell_text.storable(value) for key, value in values.items()}
    return [Change(activity_id, key, "", value) for key, value in cleaned.items() if value]
