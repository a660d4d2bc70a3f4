"""A district's own export, local columns and all. The office's long sheet of them is part of the merged workbook."""

from __future__ import annotations

from ipweek.accounts import audit
from ipweek.accounts.schema import Person
from ipweek.annexes import local_columns
from ipweek.annexes import service as annexes
from ipweek.annexes.models import AnnexTable
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
        table = annexes.get_part(table_id, by=by)
        audit.write("local-downloaded", by=by, object=f"table:{table.id}", detail=f"{table.unit.short}，附件{table.annex}，含本地栏目")
    return table, data
