"""Who changed which cell and when, over all tables: for the auditor, who sees no table otherwise. Phones are masked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from ipweek.accounts import names
from ipweek.accounts.models import Unit, User
from ipweek.accounts.schema import Person
from ipweek.annexes import local_columns, reach
from ipweek.annexes.models import Activity, AnnexTable, CellChange, Op
from ipweek.errors import Forbidden
from ipweek.extensions import db
from ipweek.notice import schema
from ipweek.notice.models import AnnexSchema, Campaign
from ipweek.plugins import service as plugins
from ipweek.private_numbers import mask

MOST = 200
"""Lines that a page shows."""


@dataclass(frozen=True)
class Asked:
    """What is looked for. 0 and "" leave it open; ``row`` counts from 1 as in the table, which needs a unit."""

    year: int = 0
    unit_id: int = 0
    row: int = 0
    column: str = ""
    username: str = ""


@dataclass(frozen=True)
class Line:
    """One change of one cell."""

    at: datetime
    who: str
    username: str
    unit: str
    year: int
    annex: int
    place: str
    what: str
    via: str
    old: str
    new: str


@dataclass(frozen=True)
class Trace:
    """The newest changes that fit, and what may be chosen."""

    lines: Sequence[Line]
    units: Sequence[tuple[int, str]]
    years: Sequence[int]
    columns: Sequence[tuple[str, str]]
    """Keys with their headings, of every form there was."""


def find(asked: Asked, *, by: Person) -> Trace:
    """The changes, newest first. The auditor's alone."""
    if not by.has("auditor"):
        raise Forbidden("单元格的修改记录由审计员查看；填报单位和市联席办请看各表的“修改记录”。")
    columns = _columns()
    query = (
        select(Op.at, User.name, User.username, Unit.short, Campaign.year, AnnexTable.annex, AnnexTable.id.label("table_id"), Op.via)
        .add_columns(CellChange.activity_id, CellChange.key, CellChange.old, CellChange.new)
        .join_from(CellChange, Op, Op.seq == CellChange.op_seq)
        .join(User, User.id == Op.user_id)
        .join(AnnexTable, AnnexTable.id == Op.table_id)
        .join(Unit, Unit.id == AnnexTable.unit_id)
        .join(Campaign, Campaign.id == AnnexTable.campaign_id)
        .order_by(CellChange.id.desc())
    )
    if asked.year:
        query = query.where(Campaign.year == asked.year)
    if asked.unit_id:
        query = query.where(AnnexTable.unit_id == asked.unit_id)
    if asked.column:
        query = query.where(CellChange.key == (asked.column if asked.column in dict(columns) else ""))
    if asked.username:
        query = query.where(User.username == names.key(asked.username))
    if asked.row:
        query = query.where(CellChange.activity_id.in_(_rows_numbered(asked)))
    found = db.session.execute(query.limit(MOST)).all()
    numbers = _numbers({change.table_id for change in found})
    local = plugins.labels({change.key for change in found if local_columns.is_local(change.key)})
    labels = {annex: dict(_columns(annex)) | local for annex in {change.annex for change in found}}
    lines = []
    for at, name, username, unit, year, annex, _, via, activity_id, key, old, new in found:
        what = {reach.POS: "移动了位置", reach.ALIVE: "新增该行" if new == "1" else "删除该行"}.get(key, "")
        row = numbers.get(activity_id, "已删除的行")
        place = row if what else f"{row} {labels[annex].get(key, key)}"
        before, after = (mask(text or "", in_contact=key == "contact") for text in (old, new))
        lines.append(Line(at, name, username, unit, year, annex, place, what, via, before, after))
    units = [(unit_id, short) for unit_id, short in db.session.execute(select(Unit.id, Unit.short).order_by(Unit.sort_no, Unit.id))]
    years = list(db.session.scalars(select(Campaign.year).distinct().order_by(Campaign.year.desc())))
    return Trace(lines, units, years, columns)


def _columns(annex: int | None = None) -> list[tuple[str, str]]:
    """Every official column there was, in this annex or in any, by its newest heading."""
    found: dict[str, str] = {}
    forms = select(AnnexSchema.form).order_by(AnnexSchema.id)
    for form in db.session.scalars(forms if annex is None else forms.where(AnnexSchema.annex == annex)):
        made = schema.from_json(form)
        found |= {column.key: column.label for column in made.columns} | {one.key: one.label for one in made.header_fields}
    return list(found.items())


def _numbers(tables: set[int]) -> dict[int, str]:
    """What the rows of these tables are called now, by their id."""
    query = select(Activity.id, Activity.table_id, Activity.is_header).where(Activity.table_id.in_(tables), Activity.alive)
    called: dict[int, str] = {}
    counts: dict[int, int] = {}
    for activity_id, table_id, is_header in db.session.execute(query.order_by(Activity.table_id, Activity.pos, Activity.id)):
        if is_header:
            called[activity_id] = "表头"
            continue
        counts[table_id] = counts.get(table_id, 0) + 1
        called[activity_id] = f"第 {counts[table_id]} 行"
    return called


def _rows_numbered(asked: Asked) -> list[int]:
    """The rows that have this number now, in the tables asked for."""
    tables = select(AnnexTable.id).join(Campaign, Campaign.id == AnnexTable.campaign_id)
    if asked.unit_id:
        tables = tables.where(AnnexTable.unit_id == asked.unit_id)
    if asked.year:
        tables = tables.where(Campaign.year == asked.year)
    called = _numbers(set(db.session.scalars(tables)))
    return [activity_id for activity_id, name in called.items() if name == f"第 {asked.row} 行"]
