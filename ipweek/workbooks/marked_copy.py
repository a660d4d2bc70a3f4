"""A copy of somebody's .xlsx with remarks beside the doubtful cells. Runs in the parsing child; the gate has let the file in."""

from __future__ import annotations

import base64
import zipfile
from collections.abc import Sequence
from io import BytesIO
from typing import Any

from openpyxl import load_workbook
from openpyxl.comments import Comment
from openpyxl.drawing.spreadsheet_drawing import SpreadsheetDrawing
from openpyxl.styles import PatternFill
from openpyxl.worksheet._writer import WorksheetWriter
from openpyxl.worksheet.worksheet import Worksheet
from openpyxl.writer.excel import ExcelWriter

from ipweek.errors import Invalid
from ipweek.files import gate
from ipweek.files.limits import Limits

AUTHOR = "知识产权宣传周填报系统"
MOST = 2_000
"""Cells that are marked."""
_FILL = PatternFill("solid", fgColor="FFFFE699")


def mark(data: bytes, *, name: str, sheet: str, marks: Sequence[dict[str, Any]], limits: dict[str, int] | None = None) -> str:
    """The marked workbook, base64. *marks* are row, column (from 1) and message, on the *sheet* of that name."""
    gate.inspect(data, name, accept=frozenset({"xlsx"}), limits=Limits(**(limits or {})))
    workbook = load_workbook(BytesIO(data), keep_links=False)
    if sheet not in workbook.sheetnames:
        raise Invalid("这个文件不能加标记，请按预览页的提示在原文件中修改。")
    worksheet = workbook[sheet]
    said: dict[tuple[int, int], list[str]] = {}
    for each in marks[:MOST]:
        said.setdefault(_first_of_merge(worksheet, each["row"], each["column"]), []).append(each["message"])
    for (row, column), messages in said.items():
        cell = worksheet.cell(row, column)
        cell.fill = _FILL
        cell.comment = Comment("\n".join(dict.fromkeys(messages)), AUTHOR, height=90, width=260)
    return base64.b64encode(_saved(workbook)).decode()


def _first_of_merge(worksheet: Worksheet, row: int, column: int) -> tuple[int, int]:
    """Only the first cell of a merge can be written to."""
    for area in worksheet.merged_cells.ranges:
        if area.min_row <= row <= area.max_row and area.min_col <= column <= area.max_col:
            return area.min_row, area.min_col
    return row, column


class _InMemory(ExcelWriter):  # type: ignore[misc]  # openpyxl ships no types
    """The child may write no file, and openpyxl writes each sheet to a temporary one."""

    def write_worksheet(self, ws: Worksheet) -> None:
        ws._drawing = SpreadsheetDrawing()  # noqa: SLF001 -- as the class it replaces does
        ws._drawing.charts, ws._drawing.images = ws._charts, ws._images  # noqa: SLF001 -- the same
        written = BytesIO()
        writer = WorksheetWriter(ws, out=written)
        writer.write()
        ws._rels = writer._rels  # noqa: SLF001 -- the same
        self._archive.writestr(ws.path[1:], written.getvalue())
        self.manifest.append(ws)


def _saved(workbook: Any) -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, allowZip64=True) as archive:
        _InMemory(workbook, archive).write_data()
    return out.getvalue()
