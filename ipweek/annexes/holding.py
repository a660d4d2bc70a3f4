"""A table in somebody's hand: whether he may change it now, how far he reaches, and the gate that every change passes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.engine import Row

from ipweek.accounts.schema import Person
from ipweek.annexes import ops, reach, service, shares
from ipweek.annexes.models import Activity
from ipweek.annexes.ops import Change, Held, Written
from ipweek.annexes.reach import WHOLE
from ipweek.errors import Conflict, Forbidden, NotFound
from ipweek.extensions import db

GONE = "这一行已被删除或不存在，请刷新页面。"


def hold(table_id: int, *, by: Person) -> Held:
    """Lock the table for a change by *by*. NotFound if it is not his to see, Forbidden or Conflict if not to change."""
    return _to_change(ops.hold(table_id), by=by)


def hold_of(activity_id: int, *, by: Person) -> Held:
    """The same for the table that a row belongs to."""
    table = _to_change(ops.hold_of(activity_id), by=by)
    if table.reach.owner_unit_id is not None and not table.reach.is_his(ops.rows(table, [activity_id])[activity_id]):
        raise NotFound(GONE)
    return table


def _to_change(table: Held | None, *, by: Person) -> Held:
    if table is None or not service.may_see_some(table.unit_id, by=by):
        raise NotFound
    if not reach.is_writer(table, by=by):
        reason = "只有本单位的填报员可以修改这张表。"
        raise Forbidden(reason)
    if why := reach.why_closed(table, table.campaign_status, by=by):
        raise Conflict(why)
    return table._replace(reach=how_far) if (how_far := reach.of(table, by=by)) is not WHOLE else table


def check(table: Held, changes: Iterable[tuple[Row[Any] | Activity, str]]) -> None:
    """Every change of a row passes here: NotFound for a row that is not his, Conflict for a cell that is closed to him."""
    if table.reach.is_whole:
        return
    for row, key in changes:
        if not table.reach.is_his(row):
            raise NotFound(GONE)
        if why := table.reach.why_not(row, key):
            raise Conflict(why)


def check_rows(table: Held) -> None:
    """Conflict where he may bring in no rows and move none."""
    if why := table.reach.why_no_rows():
        raise Conflict(why)


def write(
    table: Held, changes: Sequence[Change], *, op_id: str, via: str, by: Person, known: Mapping[int, Row[Any]] | None = None
) -> Written:
    """Log the changes."""
    _not_done(table, changes)
    return ops.write(table, changes, user_id=by.id, via=table.reach.via or via, client_id=op_id, known=known)


def undo(table: Held, *, op_id: str, redo: bool, by: Person) -> Written | None:
    """Take back his last change, or do it again: a change like any other."""
    done = ops.undo(table, user_id=by.id, client_id=op_id, redo=redo)
    _not_done(table, done.changes if done else ())
    return done


def _not_done(table: Held, changes: Sequence[Change]) -> None:
    """A department that changes a row is not done with it."""
    if table.reach.owner_unit_id is not None and changes:
        shares.reopen(table.id, table.reach.owner_unit_id)


def row(table: Held, activity_id: int) -> Activity:
    """A row of activities that is there and that he may see, or NotFound."""
    found = db.session.scalar(select(Activity).where(Activity.id == activity_id, Activity.table_id == table.id))
    if found is None or found.is_header or not found.alive or not table.reach.is_his(found):
        raise NotFound(GONE)
    return found


def owner(table: Held) -> int:
    """Whose a new row is: the department's that brings it in, else the unit's."""
    return table.unit_id if table.reach.owner_unit_id is None else table.reach.owner_unit_id
