"""Files as a unit would send them, made at test time."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO

import openpyxl

from tests.make import ANNEX_2, CELLS

HEADINGS = [column.label for column in ANNEX_2.columns]
KEYS = [column.key for column in ANNEX_2.columns]


def row(**cells: str) -> list[str]:
    """A row of annex 2, all of its cells good; name only what the test is about."""
    return [{**CELLS, **cells}[key] for key in KEYS]


def annex_2(*rows: Sequence[str], unit: str = "闵行区", filled_on: str = "", more: Sequence[str] = ()) -> bytes:
    """An annex 2 as .xlsx: the unit and the headings (*more* behind them), then the rows."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "附件2"
    sheet.append(["附件2"])
    sheet.append([f"单位名称：{unit}区知识产权联席会议办公室".replace("区区", "区") + (f"　填表时间：{filled_on}" if filled_on else "")])
    sheet.append([*HEADINGS, *more])
    for cells in rows:
        sheet.append(list(cells))
    return saved(book)


def saved(book: openpyxl.Workbook) -> bytes:
    out = BytesIO()
    book.save(out)
    return out.getvalue()
