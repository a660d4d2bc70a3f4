"""Taking over last year's rows: who holds the same events again need not type them again. A department takes over its own."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import or_, select
from sqlalchemy.orm import aliased

from ipweek.accounts import names
from ipweek.accounts.schema import Person
from ipweek.annexes import checks, editing, local_columns, reach, shares
from ipweek.annexes import service as annexes
from ipweek.annexes.models import Activity, AnnexTable
from ipweek.annexes.ops import Written
from ipweek.errors import Forbidden, Invalid
from ipweek.extensions import db
from ipweek.notice import schema
from ipweek.notice.models import Campaign

MOST_OFFERED = 100

LEFT_EMPTY = frozenset({"event_time"})
"""What is different every year: it is typed anew."""


@dataclass(frozen=True)
class OldRow:
    """One of last year's rows, as it would stand in this year's table."""

    id: int
    values: Mapping[str, str]
    when: str
    """When it was held."""
    is_there: bool
    """An event of this name stands in this year's table already."""
    department: str = ""
    """Short name of the department that filled it, where another than the reader's own unit did and can take it over itself."""

    @property
    def is_proposed(self) -> bool:
        """Whether it is one to take over, unless somebody says no."""
        return not self.is_there and not self.department


@dataclass(frozen=True)
class LastYear:
    """What can be taken over into ``table``. ``old`` is None where the unit has no earlier table."""

    table: AnnexTable
    form: schema.Annex
    old: AnnexTable | None
    rows: Sequence[OldRow]
    may_edit: bool
    is_part: bool = False
    """Of a department: its own rows alone."""

    @property
    def columns(self) -> Sequence[schema.Column]:
        """The columns of this year's table as its page shows them, the district's own included."""
        return local_columns.with_fields(self.form, local_columns.fields_of(self.table.unit_id)).columns

    @property
    def offered(self) -> Sequence[OldRow]:
        """Those that the table's page shows in grey under this year's rows."""
        return [row for row in self.rows if row.is_proposed][:MOST_OFFERED]


def read(table_id: int, *, by: Person) -> LastYear:
    """Last year's rows of the unit's same annex, for its fillers; for those of a department the rows that it filled itself."""
    table = annexes.get_part(table_id, by=by)
    is_part = reach.is_department(table, by=by)
    if not is_part and not reach.is_filler(table, by=by):
        raise Forbidden("只有本单位和下属部门的填报员可以带入去年的活动。")
    form = schema.from_json(table.schema.form)
    old = db.session.scalars(
        select(AnnexTable)
        .join(Campaign)
        .where(AnnexTable.unit_id == table.unit_id, AnnexTable.annex == table.annex, Campaign.year < table.campaign.year)
        .where(Campaign.status.in_(("open", "closed")))
        .order_by(Campaign.year.desc(), AnnexTable.id.desc())
        .limit(1)
    ).first()
    if old is None:
        return LastYear(table, form, None, (), annexes.may_edit(table, by=by), is_part)
    there = {names.key(row.values.get("event_name", "")) for row in annexes.rows_of(table)}
    departments = {} if is_part else {part.unit.id: part.unit.short for part in shares.of(table) if part.unit.is_active}
    keys = [column.key for column in form.columns if column.key not in LEFT_EMPTY]
    rows = [
        OldRow(
            row.id,
            {key: row.values[key] for key in keys if row.values.get(key)},
            row.values.get("event_time", ""),
            names.key(row.values.get("event_name", "")) in there,
            departments.get(row.owner_unit_id, ""),
        )
        for row in annexes.rows_for(old, by=by)
        if not checks.is_empty(row.values)
    ]
    return LastYear(table, form, old, rows, annexes.may_edit(table, by=by), is_part)


def take(table_id: int, chosen: Collection[int], *, op_id: str, by: Person) -> Written:
    """Put the *chosen* rows of last year at the end of the table, their time left empty, as one op that an undo takes back."""
    found = read(table_id, by=by)
    rows = [row.values for row in found.rows if row.id in chosen]
    if not rows:
        raise Invalid("没有选中要带入的活动，请至少选择一项。")
    return editing.save_cells(table_id, (), rows, op_id=op_id, via="imported", by=by)


def has_some(table: AnnexTable, *, by: Person) -> bool:
    """Whether there is an earlier table of the same unit and annex with rows in it that he may take over."""
    return bool(have_some([table], by=by))


def have_some(tables: Collection[AnnexTable], *, by: Person) -> set[int]:
    """Which of *tables*, by id, have an earlier one of the same unit and annex with rows of his unit, or of his department itself."""
    now, old, old_campaign, campaign = aliased(AnnexTable), aliased(AnnexTable), aliased(Campaign), aliased(Campaign)
    query = (
        select(now.id)
        .join(campaign, campaign.id == now.campaign_id)
        .join(old, (old.unit_id == now.unit_id) & (old.annex == now.annex))
        .join(old_campaign, old_campaign.id == old.campaign_id)
        .join(Activity, (Activity.table_id == old.id) & Activity.alive & ~Activity.is_header)
        .where(or_(now.unit_id == by.unit_id, Activity.owner_unit_id == by.unit_id))
        .where(now.id.in_([table.id for table in tables]), old_campaign.year < campaign.year, old_campaign.status.in_(("open", "closed")))
    )
    return set(db.session.scalars(query.distinct()))
