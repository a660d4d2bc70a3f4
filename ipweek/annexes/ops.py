"""The one way a cell changes: an op with its cell changes, written with the cells in one transaction.

Saving a cell is the hot path of the app, so what it says is SQLAlchemy Core, compiled once and run on the driver's own cursor
within the session's transaction (``statements``). Everything else is ORM. Nothing here asks permission: see ``service``.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import Text, bindparam, cast, insert, select, update

from ipweek import clock
from ipweek.annexes import checks
from ipweek.annexes.models import Activity, AnnexTable, CellChange, Op
from ipweek.annexes.reach import ALIVE, POS, WHOLE, Reach
from ipweek.annexes.schema import campaign_status_for
from ipweek.errors import Conflict, Refused
from ipweek.extensions import db, writing
from ipweek.notice import schema
from ipweek.notice.models import AnnexSchema, Campaign
from ipweek.statements import Opened, Statement

GAP = 1024
"""Between the positions of two new rows, so that one can be put between them without moving others."""

UNDO_DEPTH = 200
"""How many of a person's last ops in a table are looked through for undo and redo."""

_OP_ID = re.compile(r"[A-Za-z0-9_-]{8,40}")


class Change(NamedTuple):
    """One cell from *old* to *new*."""

    activity_id: int
    key: str
    old: str
    new: str


class Held(NamedTuple):
    """A table as it stands under its lock."""

    id: int
    unit_id: int
    campaign_id: int
    annex: int
    status: str
    revision: int
    form: schema.Annex
    year: int
    week: tuple[date, date] | None
    campaign_status: str
    office_hand: str = ""
    open_places: Sequence[str] | None = None
    reach: Reach = WHOLE
    """How far he who holds it reaches."""


class Written(NamedTuple):
    """What an op did. ``seq`` is None when nothing had to change."""

    table: Held
    """The table as it was under the lock."""
    seq: int | None
    revision: int
    at: datetime
    changes: Sequence[Change] = ()
    skipped: Sequence[Change] = ()
    """Of an undo: cells that somebody changed since, and that were left alone."""


_table, _activity, _op, _change = (model.__table__ for model in (AnnexTable, Activity, Op, CellChange))
_schema, _campaign = AnnexSchema.__table__, Campaign.__table__

_HOLD = (
    select(
        _table.c.id,
        _table.c.unit_id,
        _table.c.campaign_id,
        _table.c.annex,
        _table.c.status,
        _table.c.revision,
        cast(_schema.c.form, Text).label("form"),  # read once for all tables that share it: see _form
        _campaign.c.year,
        _campaign.c.starts_on,
        _campaign.c.ends_on,
        _campaign.c.status.label("campaign_status"),
        _table.c.late_until,
        _table.c.office_hand,
        _table.c.open_places,
    )
    .join_from(_table, _schema, _schema.c.id == _table.c.schema_id)
    .join(_campaign, _campaign.c.id == _table.c.campaign_id)
    .with_for_update(of=_table)
)
_HOLD_TABLE = Statement(_HOLD.where(_table.c.id == bindparam("table_id")))
_OF = select(_activity.c.table_id).where(_activity.c.id == bindparam("activity_id"))
_TABLE_OF = Statement(_OF)
_HOLD_TABLE_OF = Statement(_HOLD.where(_table.c.id == _OF.scalar_subquery()))
_ONE = select(_activity).where(_activity.c.table_id == bindparam("table_id"), _activity.c.id == bindparam("activity_id"))
_ROW = Statement(_ONE)
_ROW_AND_OP = Statement(
    _ONE.add_columns(_op.c.seq.label("done_as")).outerjoin_from(_activity, _op, _op.c.client_id == bindparam("client_id"))
)
_ROWS = select(_activity).where(_activity.c.table_id == bindparam("table_id"), _activity.c.id.in_(bindparam("ids", expanding=True)))
_FIND = Statement(select(_op).where(_op.c.client_id == bindparam("client_id")))
_CHANGES = select(_change).where(_change.c.op_seq == bindparam("seq")).order_by(_change.c.id)
_SINCE = (
    select(_change.c.activity_id, _change.c.key, _change.c.old)
    .join_from(_change, _op, _op.c.seq == _change.c.op_seq)
    .where(_op.c.table_id == bindparam("table_id"), _op.c.revision > bindparam("revision"))
    .order_by(_change.c.id)
)
_INSERT_OP = Statement(
    insert(_op)
    .values({name: bindparam(name) for name in ("client_id", "table_id", "revision", "user_id", "at", "via", "undoes")})
    .returning(_op.c.seq)
)
_INSERT_CHANGE = Statement(insert(_change).values({name: bindparam(name) for name in ("op_seq", *Change._fields)}))
_BESIDE_CELLS = ("alive", "pos", "starts_on", "ends_on", "people_min", "people_max", "accepted")
_STATE = ("values", *_BESIDE_CELLS)
_INSERT_ROW = insert(_activity).returning(_activity.c.id)
_UPDATE_ROW = Statement(
    update(_activity).where(_activity.c.id == bindparam("activity_id")).values({name: bindparam(name) for name in _STATE})
)
_UPDATE_CELLS = Statement(update(_activity).where(_activity.c.id == bindparam("activity_id")).values(values=bindparam("values")))
"""Of most saves: a column that is named is written into its indexes anew, changed or not."""
_ACCEPT = update(_activity).where(_activity.c.id == bindparam("activity_id")).values(accepted=bindparam("accepted"))
_CHANGED = (
    update(_table)
    .where(_table.c.id == bindparam("table_id"))
    .values(revision=bindparam("revision"), changed_at=bindparam("at"), nil_return=False)
)
_FIRST_CHANGE, _NEXT_CHANGE = Statement(_CHANGED.values(status="draft")), Statement(_CHANGED)
_MINE = (
    select(_op.c.seq, _op.c.via, _op.c.undoes)
    .where(_op.c.table_id == bindparam("table_id"), _op.c.user_id == bindparam("user_id"))
    .order_by(_op.c.revision.desc())  # the order of seq, within a table, and the index has it
    .limit(UNDO_DEPTH)
)
_OTHERS_SINCE = (
    select(_change.c.activity_id, _change.c.key)
    .join_from(_change, _op, _op.c.seq == _change.c.op_seq)
    .where(_op.c.table_id == bindparam("table_id"), _op.c.seq > bindparam("seq"), _op.c.user_id != bindparam("user_id"))
)


def check_op_id(client_id: str) -> str:
    """The id a browser gave its op: 8 to 40 letters, digits, ``-`` and ``_``. Anything else is a request of nobody's making."""
    if not _OP_ID.fullmatch(client_id):
        reason = "浏览器发来的内容不完整，请刷新页面后再试一次。"
        raise Refused(reason)
    return client_id


def table_of(activity_id: int) -> int | None:
    """The table a row belongs to, deleted rows included."""
    found = _TABLE_OF.first(_connection(), activity_id=activity_id)
    return found.table_id if found else None


def _connection() -> Opened:
    """The connection of the present transaction, or of the present read."""
    return writing.get() or db.session.connection()


@lru_cache(64)
def _form(stored: str) -> schema.Annex:
    return schema.from_json(json.loads(stored))


def hold(table_id: int) -> Held | None:
    """Lock the table and read it. Inside transaction() only."""
    return _held(_HOLD_TABLE.first(_connection(), table_id=table_id))


def hold_of(activity_id: int) -> Held | None:
    """Lock the table that a row belongs to, and read it. A row never changes its table."""
    return _held(_HOLD_TABLE_OF.first(_connection(), activity_id=activity_id))


def _held(found: Any) -> Held | None:
    if found is None:
        return None
    week = (found.starts_on, found.ends_on) if found.starts_on and found.ends_on else None
    return Held(
        found.id,
        found.unit_id,
        found.campaign_id,
        found.annex,
        found.status,
        found.revision,
        _form(found.form),
        found.year,
        week,
        campaign_status_for(found.campaign_status, found.late_until, clock.now()),
        found.office_hand,
        found.open_places,
    )


def find(client_id: str, *, table: Held, user_id: int) -> Written | None:
    """What the op with this id did, if it was done already; Conflict if the id is somebody else's, Invalid if it is none."""
    done = _FIND.first(_connection(), client_id=check_op_id(client_id))
    if done is None:
        return None
    if (done.table_id, done.user_id) != (table.id, user_id):
        reason = "这次修改的编号已被使用，没有保存。请刷新页面后再试一次。"
        raise Conflict(reason)
    return Written(table, done.seq, done.revision, done.at, changes_of(done.seq))


def changes_of(seq: int) -> list[Change]:
    """The cell changes of one op, in order."""
    return [Change(found.activity_id, found.key, found.old, found.new) for found in db.session.execute(_CHANGES, {"seq": seq})]


def rows(table: Held, ids: Collection[int]) -> dict[int, Any]:
    """The rows with these ids that belong to *table*, deleted ones included."""
    connection = _connection()
    if len(ids) == 1:
        found = _ROW.all(connection, table_id=table.id, activity_id=next(iter(ids)))
    else:
        found = list(db.session.execute(_ROWS, {"table_id": table.id, "ids": list(ids)}))
    return {row.id: row for row in found}


def rows_and_op(table: Held, ids: Collection[int], *, client_id: str, user_id: int) -> tuple[dict[int, Any], Written | None]:
    """What ``rows`` and ``find`` say: of one row, as most saves are, in one statement."""
    if len(ids) == 1:
        (activity_id,) = ids
        row = _ROW_AND_OP.first(_connection(), table_id=table.id, activity_id=activity_id, client_id=check_op_id(client_id))
        if row is not None and row.done_as is None:
            return {activity_id: row}, None
    return rows(table, ids), find(client_id, table=table, user_id=user_id)


def cell(row: Any, key: str) -> str:
    """What the cell holds now; ``_alive`` and ``_pos`` in their written form."""
    if key == ALIVE:
        return "1" if row.alive else "0"
    if key == POS:
        return str(row.pos)
    value: str = row.values.get(key, "")
    return value


def values_at(table: Held, revision: int) -> dict[tuple[int, str], str]:
    """What cells held at an earlier revision, of those that changed since."""
    held: dict[tuple[int, str], str] = {}
    for activity_id, key, old in db.session.execute(_SINCE, {"table_id": table.id, "revision": revision}):
        held.setdefault((activity_id, key), old)
    return held


def new_row(table: Held, *, owner_unit_id: int, pos: int, values: Mapping[str, str]) -> int:
    """The id of a new row that is not there yet: a change of ``_alive`` brings it, and its cells, in."""
    made: int = db.session.execute(
        _INSERT_ROW,
        {"table_id": table.id, "owner_unit_id": owner_unit_id, "is_header": False, "alive": False, "pos": pos, "values": dict(values)},
    ).scalar_one()
    return made


def accept(row: Activity, key: str, *, user_id: int) -> None:
    """Note who said that a doubtful cell is meant as it stands: no op, since no cell changes. Under the table's lock.

    The next change of this cell takes it back.
    """
    db.session.execute(_ACCEPT, {"activity_id": row.id, "accepted": {**(row.accepted or {}), key: user_id}})


def write(
    table: Held,
    changes: Sequence[Change],
    *,
    user_id: int,
    via: str,
    client_id: str,
    known: Mapping[int, Any] | None = None,
    undoes: int | None = None,
) -> Written:
    """Change the cells, log the op, and count the table's revision up by one.

    *known* are the rows as already read under the lock. The caller has compared ``old`` with them.
    """
    at = clock.now()
    if not changes:
        return Written(table, None, table.revision, at)
    connection, revision = _connection(), table.revision + 1
    known = known or rows(table, {change.activity_id for change in changes})
    in_cells: list[dict[str, Any]] = []
    in_more: list[dict[str, Any]] = []
    for state in _rows_after(table, changes, known):
        row = known[state["activity_id"]]
        (in_cells if all(state[name] == getattr(row, name) for name in _BESIDE_CELLS) else in_more).append(state)
    _UPDATE_CELLS.run_each(connection, in_cells)
    _UPDATE_ROW.run_each(connection, in_more)
    (_FIRST_CHANGE if table.status == "todo" else _NEXT_CHANGE).run(connection, table_id=table.id, revision=revision, at=at)
    op = {"client_id": client_id, "table_id": table.id, "revision": revision, "user_id": user_id, "at": at, "via": via, "undoes": undoes}
    seq: int = _INSERT_OP.first(connection, **op).seq
    _INSERT_CHANGE.run_each(connection, ({"op_seq": seq, **change._asdict()} for change in changes))
    return Written(table, seq, revision, at, tuple(changes))


def _rows_after(table: Held, changes: Sequence[Change], known: Mapping[int, Any]) -> list[dict[str, Any]]:
    """What the changed rows hold afterwards, readings included."""
    after: dict[int, dict[str, Any]] = {}
    for change in changes:
        row = known[change.activity_id]
        state = after.get(row.id)
        if state is None:
            state = after[row.id] = {
                "activity_id": row.id,
                "values": dict(row.values),
                "alive": row.alive,
                "pos": row.pos,
                "starts_on": row.starts_on,
                "ends_on": row.ends_on,
                "people_min": row.people_min,
                "people_max": row.people_max,
                "accepted": row.accepted,
            }
        if state["accepted"] and change.key in state["accepted"] and change.old != change.new:
            state["accepted"] = {key: by for key, by in state["accepted"].items() if key != change.key} or None
        if change.key == ALIVE:
            state["alive"] = change.new == "1"
        elif change.key == POS:
            state["pos"] = int(change.new)
        elif change.new:
            state["values"][change.key] = change.new
        else:
            state["values"].pop(change.key, None)
    touched = {change.activity_id for change in changes if change.key in {"event_time", "scale", ALIVE}}
    for activity_id in touched:
        state = after[activity_id]
        read = checks.readings_of(table.form, state["values"], table.week)
        state.update(starts_on=read.starts_on, ends_on=read.ends_on, people_min=read.people_min, people_max=read.people_max)
    return list(after.values())


def undo(table: Held, *, user_id: int, client_id: str, redo: bool = False) -> Written | None:
    """Take back the person's last op in this table, or with *redo* do it again; None when there is none.

    Cells that somebody changed since, and those that are no longer within his reach, are left alone and listed in ``skipped``.
    """
    seq = _next_to(table, user_id=user_id, redo=redo)
    if seq is None:
        return None
    done = changes_of(seq)
    wanted = done if redo else [Change(c.activity_id, c.key, c.new, c.old) for c in reversed(done)]
    known = rows(table, {change.activity_id for change in wanted})
    since = db.session.execute(_OTHERS_SINCE, {"table_id": table.id, "seq": seq, "user_id": user_id})
    others = {(activity_id, key) for activity_id, key in since}  # even where the same text stands there again: it is theirs now
    todo: list[Change] = []
    skipped: list[Change] = []
    for change in wanted:
        row = known[change.activity_id]
        is_open = table.reach.is_whole or (table.reach.is_his(row) and not table.reach.why_not(row, change.key))
        is_mine = cell(row, change.key) == change.old and (change.activity_id, change.key) not in others
        (todo if is_open and is_mine else skipped).append(change)
    via = "redo" if redo else "undo"
    if not todo:  # all of it was changed since: log it as taken back, so that the next press goes further
        todo = [change._replace(old=now, new=now) for change in wanted[:1] for now in [cell(known[change.activity_id], change.key)]]
    written = write(table, todo, user_id=user_id, via=via, client_id=client_id, known=known, undoes=seq)
    return Written(table, written.seq, written.revision, written.at, [c for c in todo if c.old != c.new], skipped)


def _next_to(table: Held, *, user_id: int, redo: bool) -> int | None:
    """The op that an undo (or redo) of this person would take, from the order in which he worked."""
    done: list[int] = []
    undone: list[int] = []
    mine = db.session.execute(_MINE, {"table_id": table.id, "user_id": user_id}).all()
    for op in reversed(mine):
        if op.via == "undo" and op.undoes in done:
            done.remove(op.undoes)
            undone.append(op.undoes)
        elif op.via == "redo" and op.undoes in undone:
            undone.remove(op.undoes)
            done.append(op.undoes)
        elif op.via not in {"undo", "redo"}:
            done.append(op.seq)
            undone.clear()
    stack = undone if redo else done
    return stack[-1] if stack else None
