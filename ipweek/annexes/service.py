"""What may be done to the annex tables and their rows, and by whom. Knows nothing of HTTP or HTML."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from ipweek.accounts.models import Unit, User
from ipweek.accounts.schema import Person
from ipweek.annexes import checks, ops
from ipweek.annexes.models import Activity, AnnexTable, CellChange, Op
from ipweek.annexes.ops import ALIVE, GAP, POS, Change, Held, Written
from ipweek.annexes.readings import contact
from ipweek.annexes.schema import STATUSES
from ipweek.errors import Conflict, Forbidden, Invalid, NotFound
from ipweek.extensions import db
from ipweek.notice import schema
from ipweek.notice.models import AnnexSchema, Campaign
from ipweek.transaction import transaction

ANNEX_OF_LEVEL = {"office": 1, "city": 1, "district": 2}
"""Which annex a unit fills: city members, the office's own unit among them, annex 1; district offices annex 2."""

MOST_ROWS = 2_000


class CellConflict(Conflict):
    """The cell no longer holds what the person saw. Both values are kept for him to choose."""

    def __init__(self, activity_id: int, key: str, mine: str, theirs: str, who: str) -> None:
        super().__init__(f"这一格刚被{who or '他人'}改为“{theirs}”，请选择保留哪一个。")
        self.activity_id, self.key, self.mine, self.theirs, self.who = activity_id, key, mine, theirs, who


@dataclass(frozen=True)
class Edit:
    """What a person wants a cell to hold, and what he saw there before."""

    activity_id: int
    key: str
    value: str
    base: str


@dataclass(frozen=True)
class SheetRow:
    """One row for a page: its cells as this reader may see them."""

    id: int
    values: Mapping[str, str]
    owner_unit_id: int


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


# ---- doors ---------------------------------------------------------------------------------------------------


def get_table(table_id: int, *, by: Person) -> AnnexTable:
    """The table, if *by* may see it: his own unit's, any for the office and the leaders; otherwise NotFound."""
    table = db.session.scalar(
        select(AnnexTable)
        .where(AnnexTable.id == table_id)
        .options(joinedload(AnnexTable.unit), joinedload(AnnexTable.campaign), joinedload(AnnexTable.schema))
    )
    if table is None or not may_see(table.unit_id, by=by):
        raise NotFound
    return table


def may_see(unit_id: int, *, by: Person) -> bool:
    """Whether the tables of this unit are his to read."""
    if by.is_office or by.has("viewer"):
        return True
    return by.unit_id == unit_id and by.has("filler", "approver", "developer")


def may_edit(table: AnnexTable | Held, *, by: Person) -> bool:
    """Whether he may change cells now: a filler of the unit, while the table and its campaign are open."""
    campaign_status = table.campaign_status if isinstance(table, Held) else table.campaign.status
    return _is_filler_of(table, by=by) and STATUSES[table.status].is_open and campaign_status == "open"


def _is_filler_of(table: AnnexTable | Held, *, by: Person) -> bool:
    return by.unit_id == table.unit_id and by.has("filler")


def _hold(table_id: int | None, *, by: Person) -> Held:
    """Lock the table for a change by *by*. NotFound if it is not his to see, Forbidden or Conflict if not to change."""
    table = ops.hold(table_id) if table_id is not None else None
    if table is None or not may_see(table.unit_id, by=by):
        raise NotFound
    if not _is_filler_of(table, by=by):
        reason = "只有本单位的填报员可以修改这张表。"
        raise Forbidden(reason)
    if table.campaign_status != "open":
        reason = "本次活动已经关闭，不能再修改。如需补报，请联系联席会议办公室。"
        raise Conflict(reason)
    if not STATUSES[table.status].is_open:
        reason = f"这张表“{STATUSES[table.status].label}”，现在不能修改。{_WAY_BACK.get(table.status, '')}"
        raise Conflict(reason)
    return table


_WAY_BACK = {
    "unit_review": "如需修改，请先由本单位审核人退回，或撤回报送。",
    "submitted": "如需修改，请先撤回报送。",
    "approved": "如需修改，请联系联席会议办公室退回。",
    "archived": "本年度已归档。",
}


# ---- reading -------------------------------------------------------------------------------------------------


def sheet(table_id: int, *, by: Person) -> Sheet:
    """The whole table for a page. Phones are masked for readers who are neither of the unit nor of the office."""
    table = get_table(table_id, by=by)
    form = schema.from_json(table.schema.form)
    masked = not (by.is_office or by.unit_id == table.unit_id)
    found = [_seen(row, masked=masked) for row in rows_of(table)]
    header = _seen(header_of(table), masked=masked)
    context = context_of(table)
    findings = checks.check_table([(row.id, row.values) for row in found], header.values, context, nil_return=table.nil_return)
    by_cell: dict[tuple[int | None, str | None], list[checks.Finding]] = {}
    for finding in findings:
        by_cell.setdefault((finding.row_id, finding.column), []).append(finding)
    return Sheet(table, form, header, found, may_edit(table, by=by), by_cell, context)


def rows_of(table: AnnexTable) -> list[Activity]:
    """The rows that are there, in their order, without the header row."""
    query = select(Activity).where(Activity.table_id == table.id, Activity.alive, ~Activity.is_header)
    return list(db.session.scalars(query.order_by(Activity.pos, Activity.id)))


def header_of(table: AnnexTable) -> Activity:
    """The row that holds 单位名称 and 填表时间."""
    return db.session.scalars(select(Activity).where(Activity.table_id == table.id, Activity.is_header)).one()


def _seen(row: Activity, *, masked: bool) -> SheetRow:
    values = dict(row.values)
    if masked and "contact" in values:
        values["contact"] = contact.mask(values["contact"])
    return SheetRow(row.id, values, row.owner_unit_id)


def context_of(table: AnnexTable) -> checks.Context:
    """What the checks need to know beside the row: the form, the week, and the names of units."""
    campaign = table.campaign
    week = (campaign.starts_on, campaign.ends_on) if campaign.starts_on and campaign.ends_on else None
    names: set[str] = set()
    own: set[str] = set()
    for unit in db.session.scalars(select(Unit)):
        said = {unit.name, unit.short, *unit.aliases}
        names |= said
        if table.unit_id in {unit.id, unit.parent_id}:
            own |= said
    return checks.Context(schema.from_json(table.schema.form), week, campaign.year, frozenset(names), frozenset(own))


def tables_of(campaign: Campaign) -> list[AnnexTable]:
    """All tables of a campaign in official order, units loaded."""
    query = select(AnnexTable).join(Unit).where(AnnexTable.campaign_id == campaign.id)
    return list(db.session.scalars(query.options(joinedload(AnnexTable.unit)).order_by(AnnexTable.annex, Unit.sort_no, Unit.id)))


def tables_for(by: Person) -> list[AnnexTable]:
    """The person's own unit's tables, newest campaign first; drafts of campaigns are not shown."""
    query = (
        select(AnnexTable)
        .join(Campaign)
        .where(AnnexTable.unit_id == by.unit_id, Campaign.status.in_(("open", "closed")))
        .options(joinedload(AnnexTable.campaign), joinedload(AnnexTable.unit), joinedload(AnnexTable.schema))
    )
    return list(db.session.scalars(query.order_by(Campaign.year.desc(), AnnexTable.annex)))


def activity_counts(campaign: Campaign) -> dict[int, int]:
    """How many activities each table holds, by table id."""
    query = (
        select(Activity.table_id, func.count())
        .join(AnnexTable)
        .where(AnnexTable.campaign_id == campaign.id, Activity.alive, ~Activity.is_header)
        .group_by(Activity.table_id)
    )
    return dict(db.session.execute(query).tuples())


@dataclass(frozen=True)
class Entry:
    """One line of a history: who changed what, when and how."""

    at: object
    who: str
    via: str
    activity_id: int
    key: str
    old: str
    new: str


def history(table_id: int, *, by: Person, activity_id: int | None = None, key: str | None = None, limit: int = 200) -> list[Entry]:
    """The newest changes of a table, of one row, or of one cell, newest first."""
    table = get_table(table_id, by=by)
    query = (
        select(Op.at, User.name, Op.via, CellChange.activity_id, CellChange.key, CellChange.old, CellChange.new)
        .join_from(CellChange, Op)
        .join(User, User.id == Op.user_id)
        .where(Op.table_id == table.id)
    )
    if activity_id is not None:
        query = query.where(CellChange.activity_id == activity_id)
    if key is not None:
        query = query.where(CellChange.key == key)
    entries = [Entry(*row) for row in db.session.execute(query.order_by(CellChange.id.desc()).limit(limit))]
    if by.is_office or by.unit_id == table.unit_id:
        return entries
    return [replace(entry, old=contact.mask(entry.old), new=contact.mask(entry.new)) for entry in entries]


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


# ---- changing cells ------------------------------------------------------------------------------------------


def save_cell(activity_id: int, key: str, value: str, *, base: str, op_id: str, by: Person) -> Written:
    """Put *value* in one cell, or raise CellConflict if it no longer holds *base*.

    The same *op_id* twice is one op. A value that breaks a rule is kept and marked; only a text over
    checks.MAX_LENGTH code points is refused (Invalid), and control characters are cleaned away.
    """
    value = _storable(value)
    with transaction():
        table = _hold(ops.table_of(activity_id), by=by)
        return _save(table, [Edit(activity_id, key, value, base)], op_id=op_id, via="typed", by=by)


def save_cells(table_id: int, edits: Iterable[Edit], *, op_id: str, by: Person, via: str = "pasted") -> Written:
    """Put many values in one op, all or none: a CellConflict names the first cell that changed meanwhile."""
    cleaned = [replace(edit, value=_storable(edit.value)) for edit in edits]
    with transaction():
        return _save(_hold(table_id, by=by), cleaned, op_id=op_id, via=via, by=by)


def save_form(table_id: int, posted: Mapping[tuple[int, str], str], *, revision: int, op_id: str, by: Person) -> Written:
    """Take a whole table posted as one form, as it was seen at *revision*: only what the person changed is written."""
    cleaned = {cell: _storable(value) for cell, value in posted.items()}
    with transaction():
        table = _hold(table_id, by=by)
        before = ops.values_at(table, revision)
        known = ops.rows(table, {activity_id for activity_id, _ in cleaned})
        edits = []
        for (activity_id, key), value in cleaned.items():
            if activity_id not in known:
                raise NotFound
            base = before.get((activity_id, key), ops.cell(known[activity_id], key))
            if value != base.replace("\r\n", "\n"):
                edits.append(Edit(activity_id, key, value, base))
        return _save(table, edits, op_id=op_id, via="typed", by=by)


def _save(table: Held, edits: Sequence[Edit], *, op_id: str, via: str, by: Person) -> Written:
    if done := ops.find(op_id, table=table, user_id=by.id):
        return done
    known = ops.rows(table, {edit.activity_id for edit in edits})
    changes = []
    for edit in edits:
        row = known.get(edit.activity_id)
        if row is None or not row.alive or not _is_cell(table.form, row.is_header, edit.key):
            raise NotFound("这一行已被删除或不存在，请刷新页面。" if row is not None else NotFound().args[0])
        now = ops.cell(row, edit.key)
        if now == edit.value:
            continue  # somebody, or a lost answer's first try, wrote the same
        if now != edit.base:
            raise CellConflict(edit.activity_id, edit.key, edit.value, now, last_editor(edit.activity_id, edit.key))
        changes.append(Change(edit.activity_id, edit.key, now, edit.value))
    return ops.write(table, changes, user_id=by.id, via=via, client_id=op_id, known=known)


def _is_cell(form: schema.Annex, is_header: bool, key: str) -> bool:
    fields: Sequence[schema.Column | schema.HeaderField] = form.header_fields if is_header else form.columns
    return any(field.key == key for field in fields)


def _storable(value: str) -> str:
    cleaned, _ = checks.clean(value)
    if len(cleaned) > checks.MAX_LENGTH:
        reason = f"这一格有 {len(cleaned)} 个字，最多 {checks.MAX_LENGTH} 个字，没有保存。请删减后再试，原文仍在这一格里。"
        raise Invalid(reason)
    return cleaned


def last_editor(activity_id: int, key: str) -> str:
    """Who changed a cell last, by name; "" when nobody did."""
    query = (
        select(User.name)
        .join_from(CellChange, Op)
        .join(User, User.id == Op.user_id)
        .where(CellChange.activity_id == activity_id, CellChange.key == key)
        .order_by(CellChange.id.desc())
        .limit(1)
    )
    return db.session.scalar(query) or ""


# ---- rows ----------------------------------------------------------------------------------------------------


def add_row(table_id: int, *, after: int | None = None, values: Mapping[str, str] | None = None, op_id: str, by: Person) -> Written:
    """Add a row at the end, or after the row *after*; its id is in the first change."""
    cells = {key: _storable(value) for key, value in (values or {}).items()}
    with transaction():
        table = _hold(table_id, by=by)
        if done := ops.find(op_id, table=table, user_id=by.id):
            return done
        order = _order(table)
        if len(order) >= MOST_ROWS:
            reason = f"一张表最多 {MOST_ROWS} 行，没有新增。"
            raise Invalid(reason)
        changes = _make_place(order, after)
        made = ops.new_row(table, owner_unit_id=by.unit_id, pos=_place(order, after, changes), values={})
        first = [Change(made, ALIVE, "0", "1")]
        filled = [Change(made, key, "", value) for key, value in cells.items() if value]
        return ops.write(table, [*first, *filled, *changes], user_id=by.id, via="row", client_id=op_id)


def duplicate_row(activity_id: int, *, op_id: str, by: Person) -> Written:
    """Add a copy of the row under it."""
    table_id = ops.table_of(activity_id)
    with transaction():
        table = _hold(table_id, by=by)
        row = _row(table, activity_id)
        return add_row(table.id, after=activity_id, values=row.values, op_id=op_id, by=by)


def delete_row(activity_id: int, *, op_id: str, by: Person) -> Written:
    """Take the row out. It stays in the history, and an undo brings it back."""
    with transaction():
        table = _hold(ops.table_of(activity_id), by=by)
        if done := ops.find(op_id, table=table, user_id=by.id):
            return done
        _row(table, activity_id)
        return ops.write(table, [Change(activity_id, ALIVE, "1", "0")], user_id=by.id, via="row", client_id=op_id)


def move_row(activity_id: int, *, down: bool, op_id: str, by: Person) -> Written:
    """Change places with the row above, or below. At the end of the table nothing changes."""
    with transaction():
        table = _hold(ops.table_of(activity_id), by=by)
        if done := ops.find(op_id, table=table, user_id=by.id):
            return done
        _row(table, activity_id)
        order = _order(table)
        here = next(n for n, (row_id, _) in enumerate(order) if row_id == activity_id)
        there = here + (1 if down else -1)
        if not 0 <= there < len(order):
            return ops.write(table, [], user_id=by.id, via="row", client_id=op_id)
        (mine, my_pos), (other, other_pos) = order[here], order[there]
        if my_pos == other_pos:  # rows of one import may stand at one place: spread them first
            changes = _spread(_swapped(order, here, there))
        else:
            changes = [Change(mine, POS, str(my_pos), str(other_pos)), Change(other, POS, str(other_pos), str(my_pos))]
        return ops.write(table, changes, user_id=by.id, via="row", client_id=op_id)


def undo(table_id: int, *, op_id: str, by: Person, redo: bool = False) -> Written | None:
    """Take back the person's last change in this table (with *redo*: do it again); None when there is none."""
    with transaction():
        table = _hold(table_id, by=by)
        if done := ops.find(op_id, table=table, user_id=by.id):
            return done
        return ops.undo(table, user_id=by.id, client_id=op_id, redo=redo)


def _row(table: Held, activity_id: int) -> Activity:
    row = db.session.scalar(select(Activity).where(Activity.id == activity_id, Activity.table_id == table.id))
    if row is None or row.is_header or not row.alive:
        raise NotFound("这一行已被删除或不存在，请刷新页面。")
    return row


def _order(table: Held) -> list[tuple[int, int]]:
    """Row ids and positions, in order."""
    query = select(Activity.id, Activity.pos).where(Activity.table_id == table.id, Activity.alive, ~Activity.is_header)
    return list(db.session.execute(query.order_by(Activity.pos, Activity.id)).tuples())


def _make_place(order: Sequence[tuple[int, int]], after: int | None) -> list[Change]:
    """The moves that leave a gap behind *after*; none when there is one."""
    ids = [row_id for row_id, _ in order]
    if after is None or after not in ids or after == ids[-1]:
        return []
    here = ids.index(after)
    return _spread(order) if order[here + 1][1] - order[here][1] < 2 else []  # noqa: PLR2004 -- no whole number lies between


def _place(order: Sequence[tuple[int, int]], after: int | None, moved: Sequence[Change]) -> int:
    """The position for a new row behind *after*, or at the end."""
    places = {row_id: pos for row_id, pos in order} | {change.activity_id: int(change.new) for change in moved}
    ids = [row_id for row_id, _ in order]
    if after is None or after not in ids or after == ids[-1]:
        return max(places.values(), default=0) + GAP
    here = ids.index(after)
    return (places[ids[here]] + places[ids[here + 1]]) // 2


def _spread(order: Sequence[tuple[int, int]]) -> list[Change]:
    """The moves that put the rows, in this order, at even distances."""
    return [Change(row_id, POS, str(pos), str(n * GAP)) for n, (row_id, pos) in enumerate(order, 1) if pos != n * GAP]


def _swapped(order: Sequence[tuple[int, int]], here: int, there: int) -> list[tuple[int, int]]:
    swapped = list(order)
    swapped[here], swapped[there] = swapped[there], swapped[here]
    return swapped
