"""The departments that fill rows of their unit's table: who they are, how many rows each has, and who said that it is done (填完)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import delete, func, select

from ipweek import clock
from ipweek.accounts import audit
from ipweek.accounts.models import Unit
from ipweek.accounts.schema import Person
from ipweek.annexes import ops, reach, service
from ipweek.annexes.models import Activity, AnnexTable, Share
from ipweek.errors import Conflict, Forbidden, NotFound
from ipweek.extensions import db
from ipweek.transaction import transaction


@dataclass(frozen=True)
class Part:
    """One department's part of a table. ``done`` is None until it says that its rows are all there."""

    unit: Unit
    rows: int
    done: Share | None


def of(table: AnnexTable) -> Sequence[Part]:
    """The departments of the table's unit, in order: those that may fill now, and those that have rows in it. Asks no permission."""
    return of_all([table])[table.id]


def of_all(tables: Collection[AnnexTable]) -> dict[int, Sequence[Part]]:
    """The same for many tables in one look at the database, by table id."""
    units = db.session.scalars(
        select(Unit).where(Unit.parent_id.in_({table.unit_id for table in tables})).order_by(Unit.sort_no, Unit.id)
    ).all()
    if not units:
        return {table.id: () for table in tables}
    ids = [table.id for table in tables]
    counted = select(Activity.table_id, Activity.owner_unit_id, func.count().label("rows")).where(Activity.table_id.in_(ids))
    counted = counted.where(Activity.alive, ~Activity.is_header).group_by(Activity.table_id, Activity.owner_unit_id)
    rows = {(found.table_id, found.owner_unit_id): found.rows for found in db.session.execute(counted)}
    done = {(share.table_id, share.unit_id): share for share in db.session.scalars(select(Share).where(Share.table_id.in_(ids)))}
    return {
        table.id: [
            Part(unit, rows.get((table.id, unit.id), 0), done.get((table.id, unit.id)))
            for unit in units
            if unit.parent_id == table.unit_id and (unit.is_active or (table.id, unit.id) in rows)
        ]
        for table in tables
    }


def finish(table_id: int, *, by: Person) -> None:
    """填完: the department says that its rows are all there. Twice is once; a later change takes it back."""
    with transaction():
        table = _of_the_department(table_id, by=by)
        if db.session.get(Share, (table.id, by.unit_id)) is None:
            db.session.add(Share(table_id=table.id, unit_id=by.unit_id, done_at=clock.now(), done_by_id=by.id))
            audit.write("table.part_done", by=by, object=f"table:{table.id}", detail=f"{table.unit.short} {by.unit_short}")


def resume(table_id: int, *, by: Person) -> None:
    """Take 填完 back: there is more to come."""
    with transaction():
        table = _of_the_department(table_id, by=by)
        if db.session.get(Share, (table.id, by.unit_id)) is not None:
            reopen(table.id, by.unit_id)
            audit.write("table.part_more", by=by, object=f"table:{table.id}", detail=f"{table.unit.short} {by.unit_short}")


def reopen(table_id: int, unit_id: int) -> None:
    """The department changed a row: it is not done. Inside transaction()."""
    db.session.execute(delete(Share).where(Share.table_id == table_id, Share.unit_id == unit_id))


def _of_the_department(table_id: int, *, by: Person) -> AnnexTable:
    """The table under its lock, open to a filler of a department."""
    if ops.hold(table_id) is None:
        raise NotFound
    db.session.expire_all()
    table = service.get_part(table_id, by=by)
    if not reach.is_department(table, by=by):
        raise Forbidden("只有下属部门的填报员可以标记本部门已填完。")
    if why := reach.why_closed(table, service.campaign_status_of(table), by=by):
        raise Conflict(why)
    return table
