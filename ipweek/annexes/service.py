"""What may be done to the annex tables and their rows, and by whom. Knows nothing of HTTP or HTML."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from ipweek import clock
from ipweek.accounts.models import Unit, User
from ipweek.accounts.schema import Person
from ipweek.annexes import checks, local_columns, reach
from ipweek.annexes.models import Activity, AnnexTable, CellChange, Op
from ipweek.annexes.ops import Held
from ipweek.annexes.reach import Reach
from ipweek.annexes.schema import campaign_status_for
from ipweek.errors import Invalid, NotFound
from ipweek.extensions import db
from ipweek.notice import schema
from ipweek.notice.models import AnnexSchema, Campaign
from ipweek.plugins import service as plugins
from ipweek.plugins.schema import Field
from ipweek.private_numbers import mask
from ipweek.transaction import transaction

ANNEX_OF_LEVEL = {"office": 1, "city": 1, "district": 2}
"""Which annex a unit fills: city members, the office's own unit among them, annex 1; district offices annex 2."""


@dataclass(frozen=True)
class SheetRow:
    """One row for a page: its cells as this reader may see them."""

    id: int
    values: Mapping[str, str]
    owner_unit_id: int
    accepted: Collection[str] = ()
    """The columns whose doubtful text somebody of the unit said to be meant as it stands."""
    is_header: bool = False


@dataclass(frozen=True)
class Sheet:
    """A whole table for a page: the form, the header row, the rows in order, and what the checks find."""

    table: AnnexTable
    form: schema.Annex
    header: SheetRow
    rows: Sequence[SheetRow]
    can_edit: bool
    findings: Mapping[tuple[int | None, str | None], Sequence[checks.Finding]]
    context: checks.Context
    fields: Sequence[Field] = ()
    """The district's own columns, where they were asked for."""
    reach: Reach = reach.WHOLE
    """What of it may be changed, while ``can_edit``."""
    part_of: int | None = None
    """The department whose rows alone these are."""


# ---- doors ---------------------------------------------------------------------------------------------------


def get_table(table_id: int, *, by: Person) -> AnnexTable:
    """The whole table, if *by* may see it: his own unit's, any for the office and the leaders; otherwise NotFound."""
    table = get_part(table_id, by=by)
    if not may_see(table.unit_id, by=by):
        raise NotFound
    return table


def get_part(table_id: int, *, by: Person) -> AnnexTable:
    """The same, and also for a department of the unit, which may see its own rows alone: who asks shows ``rows_for``."""
    table = db.session.scalar(
        select(AnnexTable)
        .where(AnnexTable.id == table_id)
        .options(joinedload(AnnexTable.unit), joinedload(AnnexTable.campaign), joinedload(AnnexTable.schema))
    )
    if table is None or not may_see_some(table.unit_id, by=by):
        raise NotFound
    return table


def is_asked(table: AnnexTable) -> bool:
    """Whether its unit has to report: not excused, and not dissolved before it sent anything."""
    return not table.is_excused and (table.unit.is_active or table.submitted_at is not None)


def may_see(unit_id: int, *, by: Person) -> bool:
    """Whether the tables of this unit are his to read."""
    if by.is_office or by.has("viewer"):
        return True
    return by.unit_id == unit_id and by.has("filler", "approver", "developer")


def may_see_some(unit_id: int, *, by: Person) -> bool:
    """Whether the tables of this unit, or his department's rows in them, are his to read."""
    return may_see(unit_id, by=by) or reach.is_part(unit_id, by=by)


def may_edit(table: AnnexTable | Held, *, by: Person) -> bool:
    """Whether he may change cells now: a filler of the unit or of its departments, or the office in its stead."""
    campaign_status = table.campaign_status if isinstance(table, Held) else campaign_status_of(table)
    return reach.is_writer(table, by=by) and not reach.why_closed(table, campaign_status, by=by)


def campaign_status_of(table: AnnexTable) -> str:
    """The campaign's status as it holds for this table now."""
    return campaign_status_for(table.campaign.status, table.late_until, clock.now())


def check_row(activity_id: int, table: AnnexTable, *, by: Person) -> None:
    """NotFound for a row that is not of the table, or not his to see; a deleted one may be his."""
    row = db.session.get(Activity, activity_id)
    part_of = reach.owner_seen(table.unit_id, by=by)
    if row is None or row.table_id != table.id or (part_of is not None and not row.is_header and row.owner_unit_id != part_of):
        raise NotFound


# ---- reading -------------------------------------------------------------------------------------------------


def sheet(table_id: int, *, by: Person, local: bool = False) -> Sheet:
    """The table for a page; for a department its own rows alone. Phones are masked for readers neither of the unit nor of the office.

    The official columns alone; with *local* also the district's own.
    """
    table = get_part(table_id, by=by)
    form = schema.from_json(table.schema.form)
    part_of = reach.owner_seen(table.unit_id, by=by)
    masked = not (by.is_office or by.unit_id == table.unit_id or part_of is not None)
    fields = plugins.fields_of(table.unit.slug) if local else []
    form = local_columns.with_fields(form, fields)
    found = [_seen(row, fields, masked=masked, local=local) for row in rows_for(table, by=by)]
    header = _seen(header_of(table), masked=masked)
    context = context_of(table)
    by_cell: dict[tuple[int | None, str | None], list[checks.Finding]] = {}
    findings: list[checks.Finding] = []
    if not masked:  # who only reads has nothing to mend, and a masked phone is no fault of the unit's
        findings += checks.check_table([(row.id, row.values) for row in found], header.values, context, nil_return=table.nil_return)
    for row in found if fields and not masked else ():
        findings += local_columns.findings(row.id, row.values, fields)
    for finding in findings:
        by_cell.setdefault((finding.row_id, finding.column), []).append(finding)
    can_edit = may_edit(table, by=by)
    how_far = reach.of(table, by=by) if can_edit else reach.WHOLE
    return Sheet(table, form, header, found, can_edit, by_cell, context, fields, how_far, part_of)


def departments_in(rows: Sequence[SheetRow], table: AnnexTable) -> dict[int, str]:
    """The short names of the departments that own *rows*, by the unit's number."""
    owners = {row.owner_unit_id for row in rows} - {table.unit_id}
    if not owners:
        return {}
    return {unit.id: unit.short for unit in db.session.execute(select(Unit.id, Unit.short).where(Unit.id.in_(owners)))}


def touched_since(table: AnnexTable, revision: int) -> set[int]:
    """The rows that an op after *revision* changed, deleted ones included."""
    query = select(CellChange.activity_id).join(Op, Op.seq == CellChange.op_seq).where(Op.table_id == table.id, Op.revision > revision)
    return set(db.session.scalars(query.distinct()))


def rows_of(table: AnnexTable) -> list[Activity]:
    """The rows that are there, in their order, without the header row. Asks no permission."""
    return _rows(table, None)


def rows_for(table: AnnexTable, *, by: Person) -> list[Activity]:
    """Those of them that he may see."""
    return _rows(table, reach.owner_seen(table.unit_id, by=by))


def _rows(table: AnnexTable, owner_unit_id: int | None) -> list[Activity]:
    query = select(Activity).where(Activity.table_id == table.id, Activity.alive, ~Activity.is_header)
    if owner_unit_id is not None:
        query = query.where(Activity.owner_unit_id == owner_unit_id)
    return list(db.session.scalars(query.order_by(Activity.pos, Activity.id)))


def header_of(table: AnnexTable) -> Activity:
    """The row that holds 单位名称 and 填表时间."""
    return db.session.scalars(select(Activity).where(Activity.table_id == table.id, Activity.is_header)).one()


def _seen(row: Activity, fields: Sequence[Field] = (), *, masked: bool, local: bool = False) -> SheetRow:
    values = local_columns.seen(row.values, fields) if local else local_columns.official(row.values)
    if masked:  # a phone may stand in any cell
        values = {key: mask(text, in_contact=key == "contact") for key, text in values.items()}
    return SheetRow(row.id, values, row.owner_unit_id, row.accepted or (), row.is_header)


def context_of(table: AnnexTable) -> checks.Context:
    """What the checks need to know beside the row: the form, the week, and the names of units."""
    campaign = table.campaign
    week = (campaign.starts_on, campaign.ends_on) if campaign.starts_on and campaign.ends_on else None
    return checks.Context(schema.from_json(table.schema.form), week, campaign.year, *_names(table.unit_id))


def context_of_cell(table: Held, key: str) -> checks.Context:
    """What the checks of one cell need to know: the names of units only where they are asked for."""
    names = _names(table.unit_id) if key in checks.ASK_FOR_NAMES else ()
    return checks.Context(table.form, table.week, table.year, *names)


def _names(unit_id: int) -> tuple[frozenset[str], frozenset[str]]:
    """The names of all units, and those of this one and its departments."""
    names: set[str] = set()
    own: set[str] = set()
    for unit in db.session.execute(select(Unit.id, Unit.parent_id, Unit.name, Unit.short, Unit.aliases)):  # rows: half the time of objects
        said = {unit.name, unit.short, *unit.aliases}
        names |= said
        if unit_id in {unit.id, unit.parent_id}:
            own |= said
    return frozenset(names), frozenset(own)


def tables_of(campaign: Campaign) -> list[AnnexTable]:
    """All tables of a campaign in official order, units loaded."""
    query = select(AnnexTable).join(Unit).where(AnnexTable.campaign_id == campaign.id)
    return list(db.session.scalars(query.options(joinedload(AnnexTable.unit)).order_by(AnnexTable.annex, Unit.sort_no, Unit.id)))


def tables_for(by: Person) -> list[AnnexTable]:
    """The tables that his unit fills, or has its department fill rows of, newest campaign first; drafts of campaigns are not shown."""
    own = [by.unit_id, *([by.parent_id] if by.parent_id is not None and reach.is_part(by.parent_id, by=by) else [])]
    query = (
        select(AnnexTable)
        .join(Campaign)
        .where(AnnexTable.unit_id.in_(own), Campaign.status.in_(("open", "closed")))
        .options(joinedload(AnnexTable.campaign), joinedload(AnnexTable.unit), joinedload(AnnexTable.schema))
    )
    return list(db.session.scalars(query.order_by(Campaign.year.desc(), AnnexTable.annex)))


def activity_counts(campaign: Campaign) -> dict[int, int]:
    """How many activities each table holds, by table id."""
    query = (
        select(Activity.table_id, func.count().label("count"))
        .join(AnnexTable)
        .where(AnnexTable.campaign_id == campaign.id, Activity.alive, ~Activity.is_header)
        .group_by(Activity.table_id)
    )
    return {table_id: int(count) for table_id, count in db.session.execute(query)}


@dataclass(frozen=True)
class Entry:
    """One line of a history: who changed what, when and how. ``id`` counts up with time."""

    id: int
    at: datetime
    who: str
    via: str
    activity_id: int
    key: str
    old: str
    new: str


def history(
    table_id: int, *, by: Person, activity_id: int | None = None, key: str | None = None, before: int | None = None, limit: int = 200
) -> list[Entry]:
    """The newest changes of a table, of one row, or of one cell, newest first; for a department those of its own rows.

    With *before*, those older than the entry of this id.
    """
    table = get_part(table_id, by=by)
    part_of = reach.owner_seen(table.unit_id, by=by)
    query = (
        select(CellChange.id, Op.at, User.name, Op.via, CellChange.activity_id, CellChange.key, CellChange.old, CellChange.new)
        .join_from(CellChange, Op)
        .join(User, User.id == Op.user_id)
        .where(Op.table_id == table.id)
    )
    if activity_id is not None:
        query = query.where(CellChange.activity_id == activity_id)
    if key is not None:
        query = query.where(CellChange.key == key)
    if part_of is not None:
        query = query.join(Activity, Activity.id == CellChange.activity_id).where(Activity.owner_unit_id == part_of)
    if before is not None:
        query = query.where(CellChange.id < before)
    entries = [Entry(*row) for row in db.session.execute(query.order_by(CellChange.id.desc()).limit(limit))]
    if by.is_office or by.unit_id == table.unit_id or part_of is not None:
        return entries
    return [_veiled(entry) for entry in entries]


def _veiled(entry: Entry) -> Entry:
    old, new = (mask(text, in_contact=entry.key == "contact") for text in (entry.old, entry.new))
    return replace(entry, old=old, new=new)


# ---- handing out ---------------------------------------------------------------------------------------------


def hand_out(campaign: Campaign) -> list[AnnexTable]:
    """Give every active unit that has none yet its table of *campaign*. May be done again at any time."""
    with transaction():
        have = set(db.session.scalars(select(AnnexTable.unit_id).where(AnnexTable.campaign_id == campaign.id)))
        annexes = {form.annex for form in campaign.annexes}
        units = db.session.scalars(select(Unit).where(Unit.is_active, Unit.level.in_(ANNEX_OF_LEVEL)).order_by(Unit.sort_no))
        return [make_table(campaign, unit) for unit in units if unit.id not in have and ANNEX_OF_LEVEL[unit.level] in annexes]


def make_table(campaign: Campaign, unit: Unit) -> AnnexTable:
    """The unit's empty table with its header row, 单位名称 filled in. Inside transaction()."""
    annex = ANNEX_OF_LEVEL[unit.level]
    form = latest_form(campaign, annex)
    table = AnnexTable(campaign_id=campaign.id, annex=annex, unit_id=unit.id, schema_id=form.id)
    db.session.add(table)
    db.session.flush()
    values = {"unit_name": unit.name} if any(f["key"] == "unit_name" for f in form.form["header_fields"]) else {}
    db.session.add(Activity(table_id=table.id, owner_unit_id=unit.id, is_header=True, values=values))
    db.session.flush()
    return table


def latest_form(campaign: Campaign, annex: int) -> AnnexSchema:
    """The newest version of an annex's form, or Invalid where the notice has no such annex."""
    forms = [form for form in campaign.annexes if form.annex == annex]
    if not forms:
        reason = f"这次通知没有附件{annex}，请先在通知核对页补上附件{annex}的表头。"
        raise Invalid(reason)
    return max(forms, key=lambda form: form.version)
