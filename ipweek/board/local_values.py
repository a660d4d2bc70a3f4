"""Local values as workbooks: a district's own export with its columns, and the office's long sheet of everybody's."""

from __future__ import annotations

from sqlalchemy import select

from ipweek import clock, wording
from ipweek.accounts import audit
from ipweek.accounts.models import Unit
from ipweek.accounts.schema import Person
from ipweek.annexes import local_columns
from ipweek.annexes import service as annexes
from ipweek.annexes.models import Activity, AnnexTable
from ipweek.errors import Forbidden
from ipweek.extensions import db
from ipweek.notice.models import Campaign
from ipweek.plugins import service as plugins
from ipweek.plugins import sheets
from ipweek.transaction import transaction


def own_export(table_id: int, *, by: Person) -> tuple[AnnexTable, bytes]:
    """One unit's table with its local columns at their places, and behind them those of plugins that are off."""
    sheet = annexes.sheet(table_id, by=by, local=True)
    columns = [(column.key, column.label) for column in sheet.form.columns]
    known = {key for key, _ in columns} | {cell for field in sheet.fields for cell in field.former_cells}
    off = sorted({key for row in sheet.rows for key in row.values if local_columns.is_local(key) and key not in known})
    labels = plugins.labels(off)
    columns += [(key, f"{labels[key]}（已停用）") for key in off]
    rows = [[number, *(row.values.get(key, "") for key, _ in columns)] for number, row in enumerate(sheet.rows, 1)]
    data = sheets.table(f"{sheet.table.unit.short} 附件{sheet.form.number}", ["序号", *(label for _, label in columns)], rows)
    with transaction():
        table = annexes.get_table(table_id, by=by)
        audit.write("local-downloaded", by=by, object=f"table:{table.id}", detail=f"{table.unit.short}，附件{table.annex}，含本地栏目")
    return table, data


def long_sheet(campaign: Campaign, *, by: Person) -> bytes:
    """Every local value of a campaign, one a line: unit, row, activity, column, value. The office's alone."""
    if not by.is_office:
        raise Forbidden("只有市联席办的经办人和负责人可以导出各区的本地栏目。")
    number, year = campaign.id, campaign.year
    query = (
        select(Unit.short, AnnexTable.annex, AnnexTable.id, Activity.values)
        .join_from(Activity, AnnexTable, AnnexTable.id == Activity.table_id)
        .join(Unit, Unit.id == AnnexTable.unit_id)
        .where(AnnexTable.campaign_id == number, Activity.alive, ~Activity.is_header)
        .order_by(AnnexTable.annex, Unit.sort_no, Unit.id, Activity.pos, Activity.id)
    )
    found, places = [], dict[int, int]()
    for short, annex, table_id, values in db.session.execute(query):
        places[table_id] = places.get(table_id, 0) + 1
        found += [
            (short, f"附件{annex}", places[table_id], values.get("event_name", ""), key, text)
            for key, text in sorted(values.items())
            if local_columns.is_local(key)
        ]
    labels = plugins.labels({key for *_, key, _ in found})
    now = {field.cell: field.label for plugin in plugins.every() for field in plugin.fields}
    headers = ["单位", "附件", "行", "活动名称", "本地栏目", "字段", "内容"]
    rows = [(short, annex, place, name, now.get(key, labels[key]), key, text) for short, annex, place, name, key, text in found]
    data = sheets.table(f"{year}年各单位本地栏目（{wording.plain_day(clock.today())}）", headers, rows)
    with transaction():
        audit.write("local-downloaded", by=by, object=f"campaign:{number}", detail=f"{year}年，各单位本地栏目，{len(rows)} 项")
    return data
