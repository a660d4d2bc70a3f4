"""Handing out the fill pack of a table: what goes into it, and who may have it."""

from __future__ import annotations

from sqlalchemy import select

from ipweek import clock
from ipweek.accounts import audit
from ipweek.accounts.models import Unit
from ipweek.accounts.schema import Person
from ipweek.annexes import checks, local_columns
from ipweek.annexes import service as annexes
from ipweek.extensions import db
from ipweek.notice import schema
from ipweek.transaction import transaction
from ipweek.workbooks import fill_pack, import_service, service
from ipweek.workbooks.layout import Band


def hand_out(table_id: int, *, by: Person) -> tuple[str, bytes]:
    """The fill pack and its name, for those who may bring it back: who fills the table, while it is open."""
    table = import_service.to_import(table_id, by=by)
    form = service.official(schema.from_json(table.schema.form))
    header = annexes.header_of(table).values
    fields = local_columns.fields_of(table.unit_id)[: fill_pack.MOST_LOCAL]
    rows = [(row.id, local_columns.seen(row.values, fields)) for row in annexes.rows_for(table, by=by) if not checks.is_empty(row.values)]
    week = (table.campaign.starts_on, table.campaign.ends_on)
    sheet = fill_pack.Sheet(
        table.id,
        table.revision,
        form,
        Band(table.unit.slug, service.header_words(form, header, table.unit.name), ()),
        rows,
        header,
        _hosts(table.unit),
        (week[0], week[1]) if week[0] and week[1] else None,
        [values["contact"] for _, values in rows if values.get("contact")],
        fields,
    )
    data = fill_pack.build(sheet, made_at=clock.now())
    name = f"{table.unit.short}_附件{table.annex}_{table.campaign.year}年离线填报表.xlsx"
    with transaction():
        audit.write("table-downloaded", by=by, object=f"table:{table_id}", detail=name)
    return name, data


def _hosts(unit: Unit) -> list[str]:
    """The unit and its departments, as hosts are written."""
    query = select(Unit.name).where(Unit.parent_id == unit.id, Unit.is_active).order_by(Unit.sort_no, Unit.id)
    return [unit.name, *db.session.scalars(query)]
