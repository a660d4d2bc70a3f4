"""A report as a workbook: one sheet a block, real Excel charts beside their numbers, and never a formula."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from io import BytesIO
from typing import Any

from openpyxl import Workbook
from openpyxl.chart import BarChart, LineChart, Reference
from openpyxl.chart.axis import ChartLines
from openpyxl.chart.label import DataLabelList
from openpyxl.chart.shapes import GraphicalProperties
from openpyxl.drawing.line import LineProperties
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from ipweek.plugins import charts
from ipweek.wording import width

LINE = Side(style="thin", color="B8C0CC")
BOX = Border(left=LINE, right=LINE, top=LINE, bottom=LINE)
HEAD = PatternFill("solid", fgColor="EEF2F8")
SHADES = [None, "E8EFF9", "C9DAF3", "9DBCE8", "2F62B5", "1F4E9E"]
BLUE = "3C6FC0"
WIDEST = 60
_FORBIDDEN = re.compile(r"[\\/*?:\[\]]")


def workbook(title: str, blocks: Sequence[Mapping[str, Any]], *, told: Iterable[str] = ()) -> bytes:
    """The report as .xlsx. *told* are lines for a first sheet that says what this is."""
    book = Workbook()
    first = book.active
    first.title = _name("说明", set())
    taken = {first.title.lower()}
    for line in [title, *told]:
        _put(first, [line], border=False)
    first["A1"].font = Font(bold=True, size=14)
    first.column_dimensions["A"].width = WIDEST
    for number, block in enumerate(blocks, 1):
        if block["block"] == "note":
            _put(first, [block["text"]], border=False)
            first.cell(first.max_row, 1).alignment = Alignment(wrap_text=True, vertical="top")
            continue
        name = _name(f"{number} {block.get('title') or title}", taken)
        taken.add(name.lower())
        _DRAW[block["block"]](book.create_sheet(name), block)
    stream = BytesIO()
    book.save(stream)
    return stream.getvalue()


def table(title: str, headers: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    """One plain sheet."""
    return workbook(title, [{"block": "table", "title": title, "headers": list(headers), "rows": [list(row) for row in rows]}])


def _table(sheet: Worksheet, block: Mapping[str, Any]) -> None:
    _rows(sheet, block["headers"], block["rows"])


def _bars(sheet: Worksheet, block: Mapping[str, Any]) -> None:
    _rows(sheet, [block["title"], block["unit"] or "数值"], block["values"])
    if not block["values"]:
        return
    chart = BarChart()
    chart.type, chart.style = "bar", 10
    chart.y_axis.scaling.min = 0 if all(value >= 0 for _, value in block["values"]) else None
    chart.x_axis.scaling.orientation = "maxMin"  # the first name on top, as in the table
    chart.y_axis.crosses, chart.x_axis.tickLblPos = "max", "low"  # numbers below, names on the left of what is negative too
    _chart(sheet, chart, block["title"], columns=1, rows=len(block["values"]))
    chart.height = max(7.5, 0.75 * len(block["values"]))
    chart.legend = chart.y_axis.majorGridlines = None  # each bar says its number
    chart.dataLabels = DataLabelList(showVal=True, showSerName=False, showCatName=False, showLegendKey=False)
    chart.series[0].graphicalProperties.solidFill = BLUE


def _lines(sheet: Worksheet, block: Mapping[str, Any]) -> None:
    names = [name for name, _ in block["lines"]]
    rows = [[charts.day(point), *(values[place] for _, values in block["lines"])] for place, point in enumerate(block["points"])]
    _rows(sheet, [block["unit"] or "", *names], rows)
    if rows and names:
        chart = LineChart()
        _chart(sheet, chart, block["title"], columns=len(names), rows=len(rows))
        for series in chart.series:  # straight from point to point: nothing was counted between them
            series.smooth, series.marker.symbol = False, "circle"


def _chart(sheet: Worksheet, chart: BarChart | LineChart, title: str, *, columns: int, rows: int) -> None:
    numbers = [cell.value for line in sheet.iter_rows(min_row=2, min_col=2, max_col=columns + 1) for cell in line]
    lowest, highest, whole = min(numbers), max(numbers), all(isinstance(number, int) for number in numbers)
    chart.title, chart.width, chart.height = title, 20, 9
    chart.x_axis.delete = chart.y_axis.delete = False  # openpyxl hides them unless told
    chart.y_axis.majorGridlines = ChartLines(spPr=GraphicalProperties(ln=LineProperties(solidFill="D8DEE8")))
    chart.y_axis.number_format = "General"
    if lowest >= 0 and highest < 5 and whole:
        chart.y_axis.majorUnit, chart.y_axis.scaling.min = 1, 0
    chart.add_data(Reference(sheet, min_col=2, max_col=columns + 1, min_row=1, max_row=rows + 1), titles_from_data=True)
    chart.set_categories(Reference(sheet, min_col=1, min_row=2, max_row=rows + 1))
    sheet.add_chart(chart, f"{get_column_letter(columns + 3)}2")


def _daygrid(sheet: Worksheet, block: Mapping[str, Any]) -> None:
    days = [f"{charts.day(day)} {charts.weekday(day)}".strip() for day in block["days"]]
    _rows(sheet, [block["title"], *days], [[name, *(value or "" for value in values)] for name, values in block["rows"]])
    for down, (_, squares) in enumerate(charts.squares(block), 2):
        for right, square in enumerate(squares, 2):
            cell, shade = sheet.cell(down, right), SHADES[square.level]
            cell.alignment = Alignment(horizontal="center")
            if shade:
                cell.fill = PatternFill("solid", fgColor=shade)
                cell.font = Font(color="FFFFFF" if square.level >= 4 else "1C2430")


_DRAW = {"table": _table, "bars": _bars, "lines": _lines, "daygrid": _daygrid}


def _rows(sheet: Worksheet, headers: Sequence[Any], rows: Iterable[Sequence[Any]]) -> None:
    _put(sheet, headers)
    for cell in sheet[1]:
        cell.font, cell.fill = Font(bold=True), HEAD
        cell.alignment = Alignment(wrap_text=True, vertical="center", horizontal="center")
    for row in rows:
        _put(sheet, row)
    sheet.freeze_panes = "A2"
    for column in sheet.columns:
        longest = max((_width(str(cell.value or "")) for cell in column), default=0)
        sheet.column_dimensions[column[0].column_letter].width = min(WIDEST, max(8, longest + 3))
    sheet.page_setup.orientation, sheet.page_setup.fitToHeight = "landscape", 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.print_title_rows = "1:1"


def _put(sheet: Worksheet, row: Sequence[Any], *, border: bool = True) -> None:
    """Append a row whose texts stay texts: what begins like a formula is marked as quoted."""
    down = sheet.max_row + 1 if sheet.max_row > 1 or sheet["A1"].value is not None else 1
    for right, value in enumerate(row, 1):
        cell = sheet.cell(down, right, value)
        if isinstance(value, str):
            cell.value, cell.data_type = value, "s"
            cell.quotePrefix = value[:1] in "=+-@" and bool(value)
            cell.alignment = Alignment(wrap_text=True, vertical="top")
        elif isinstance(value, int | float):
            cell.number_format = "#,##0" if float(value).is_integer() else "#,##0.00"
        if border:
            cell.border = BOX


def _width(text: str) -> int:
    return max(map(width, text.split("\n")))


def _name(wanted: str, taken: set[str]) -> str:
    """A name for a sheet: without what Excel forbids, short, and unlike the others."""
    plain = _FORBIDDEN.sub(" ", wanted).strip("' ")[:28] or "表"
    name, number = plain, 2
    while name.lower() in taken:
        name, number = f"{plain[:25]} {number}", number + 1
    return name
