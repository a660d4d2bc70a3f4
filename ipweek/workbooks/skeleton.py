"""What openpyxl makes of an annex sheet: styles, title, headings, widths and page set-up; the rows stream in later."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import product

from openpyxl import Workbook
from openpyxl.cell import Cell
from openpyxl.styles import Alignment, Border, Font, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from ipweek.workbooks import layout
from ipweek.workbooks.layout import AnnexSheet, Columns

A4 = 9
MILLIMETRE = 1 / 25.4  # in inches, as page margins are stored
UNIT = 6.0
"""Points in one unit of column width."""
CHINESE = 134
"""The character set of the faces (GB 2312): a machine without the face takes another Chinese one."""
LONG_TEXT = 255
"""Older Excel shows longer text as ##### where the cell's format is text."""

_ESCAPE = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
_THIN = Side(style="thin", color="FF000000")
_BOX = Border(left=_THIN, right=_THIN, top=_THIN, bottom=_THIN)
_CELL_FORMAT = "@"


def font(face: str, size: float, *, bold: bool = False, color: str | None = None) -> Font:
    return Font(name=face, sz=size, b=bold, charset=CHINESE, color=color)


def new_workbook() -> Workbook:
    """An empty workbook whose own face makes column widths come out alike on every machine."""
    workbook = Workbook()
    workbook.remove(workbook.active)
    workbook._named_styles["Normal"].font = Font(name=layout.GRID_FACE, sz=12)  # noqa: SLF001 -- openpyxl has no public way to it
    workbook._fonts[0] = Font(name=layout.GRID_FACE, sz=12)  # noqa: SLF001 -- the font every unstyled cell has
    return workbook


def _wrapped(side: str, vertical: str = "center") -> Alignment:
    return Alignment(horizontal=side, vertical=vertical, wrap_text=True)


class Styles:
    """Numbers of the cell styles that streamed cells carry; all made beforehand, since the style sheet is written first."""

    def __init__(self, sheet: Worksheet) -> None:
        self._sheet = sheet
        self._body: dict[tuple[float, bool, bool, bool, bool], int] = {}
        for size, centred, spread in product(layout.BODY_SIZES, (False, True), (False, True)):
            made = self._cell(font(layout.BODY_FACE, size), _wrapped("center" if centred else "left", "top" if spread else "center"))
            for quoted, long in product((False, True), (False, True)):
                cell = Cell(self._sheet, row=1, column=1, style_array=made._style)  # noqa: SLF001 -- copied: setting the same again is slow
                cell.quotePrefix, cell.number_format = quoted, "General" if long else _CELL_FORMAT
                self._body[size, centred, quoted, long, spread] = int(cell.style_id)
        self.band = {size: self._number(font(layout.BAND_FACE, size, bold=True), _wrapped("left")) for size in layout.BODY_SIZES}
        """By size: the line above a unit's rows."""
        self.remark = {size: self._number(font(layout.BODY_FACE, size), _wrapped("center")) for size in layout.BODY_SIZES}
        """By size: a line across the table that is no activity, such as a nil return."""

    def body(self, size: float, *, centred: bool, quoted: bool = False, long: bool = False, spread: bool = False) -> int:
        """A cell of the table. *quoted* keeps a leading = as text also when the cell is edited; a *spread* one begins at the top."""
        return self._body[size, centred, quoted, long, spread]

    def _number(self, face: Font, alignment: Alignment) -> int:
        return int(self._cell(face, alignment).style_id)

    def _cell(self, face: Font, alignment: Alignment) -> Cell:
        """A cell that is never put on the sheet: only its style is wanted."""
        cell = Cell(self._sheet, row=1, column=1)
        cell.font, cell.alignment, cell.border, cell.number_format = face, alignment, _BOX, _CELL_FORMAT
        return cell


@dataclass
class Frame:
    """A sheet that waits for its rows: the first of them is ``next_row``."""

    worksheet: Worksheet
    columns: Columns
    styles: Styles
    next_row: int
    merges: list[str]

    @property
    def last_letter(self) -> str:
        return str(get_column_letter(len(self.columns.widths)))


def frame(workbook: Workbook, sheet: AnnexSheet, header_line: str = "", styles: Styles | None = None) -> Frame:
    """A new worksheet with everything of *sheet* but its bands. *header_line* stands above the headings.

    The *styles* of an earlier sheet of the same workbook serve this one too.
    """
    worksheet = workbook.create_sheet(sheet.name)
    columns = layout.set_columns(sheet.form)
    made = Frame(worksheet, columns, styles or Styles(worksheet), 1, [])
    for index, width in enumerate(columns.widths, 1):
        worksheet.column_dimensions[get_column_letter(index)].width = round(width / UNIT, 2)
    _line(made, sheet.name, layout.HEADING_FACE, layout.MARK_SIZE, mark=sheet.mark)
    _line(made, sheet.form.title, layout.TITLE_FACE, layout.TITLE_SIZE, centred=True, least=50.0)
    if header_line:
        _line(made, header_line, layout.BODY_FACE, columns.size, least=26.0)
    _headings(made, sheet)
    set_page(worksheet, mark=sheet.mark)
    worksheet.freeze_panes = f"A{made.next_row}"
    worksheet.print_title_rows = f"{made.next_row - 1}:{made.next_row - 1}"
    return made


def _line(made: Frame, text: str, face: str, size: float, *, centred: bool = False, least: float = 0.0, mark: str = "") -> None:
    """A line across the sheet, outside the table; *mark* stands at its right end."""
    row, count = made.next_row, len(made.columns.widths)
    cell = put_text(made.worksheet, row, 1, text)
    cell.font = font(face, size)
    cell.alignment = _wrapped("center" if centred else "left")
    across = count
    if mark and count > 3:
        across = count - 2
        corner = put_text(made.worksheet, row, across + 1, mark)
        corner.font = font(layout.HEADING_FACE, size, color=layout.MARK_COLOUR)
        corner.alignment = Alignment(horizontal="right", vertical="center")
        made.merges.append(f"{get_column_letter(across + 1)}{row}:{made.last_letter}{row}")
    if across > 1:
        made.merges.append(f"A{row}:{get_column_letter(across)}{row}")
    width = sum(made.columns.widths[:across])
    made.worksheet.row_dimensions[row].height = layout.line_height(text, width, size, least=least)
    made.next_row += 1


def _headings(made: Frame, sheet: AnnexSheet) -> None:
    size, width_of = made.columns.size, made.columns.widths
    height = 0.0
    for index, column in enumerate(sheet.form.columns, 1):
        cell = put_text(made.worksheet, made.next_row, index, column.label)
        cell.font = font(layout.HEADING_FACE, size)
        cell.alignment = _wrapped("center")
        cell.border = _BOX
        height = max(height, layout.line_height(column.label, width_of[index - 1], size, least=36.0))
    made.worksheet.row_dimensions[made.next_row].height = height
    made.next_row += 1


def set_page(worksheet: Worksheet, *, orientation: str = "landscape", mark: str = "") -> None:
    """A4, all columns on a page, page numbers below, *mark* beside them."""
    worksheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    worksheet.page_setup.orientation = orientation
    worksheet.page_setup.paperSize = A4
    worksheet.page_setup.fitToWidth = 1
    worksheet.page_setup.fitToHeight = 0  # as many as it takes
    worksheet.print_options.horizontalCentered = True
    margins = worksheet.page_margins
    margins.left = margins.right = round(20 * MILLIMETRE, 4)
    margins.top, margins.bottom = round(22 * MILLIMETRE, 4), round(20 * MILLIMETRE, 4)
    margins.header = margins.footer = round(10 * MILLIMETRE, 4)
    pages, corner = worksheet.oddFooter.center, worksheet.oddFooter.left
    pages.text, pages.font, pages.size = "第 &P 页 共 &N 页", "宋体,常规", 12
    if mark:
        corner.text, corner.font, corner.size, corner.color = mark, "黑体,常规", 12, layout.MARK_COLOUR[2:]


def put_text(worksheet: Worksheet, row: int, column: int, text: str) -> Cell:
    """A cell of text that stays text, whatever it begins with."""
    cell = worksheet.cell(row, column)
    cell.value = text or None
    if text:
        cell.data_type = "s"
        cell.quotePrefix = text[:1] in QUOTED
    cell.number_format = _CELL_FORMAT
    return cell


def put_typed(worksheet: Worksheet, row: int, column: int, text: str) -> Cell:
    """``put_text`` of what a person typed: ``_x000D_`` in it is no escape. Streamed cells have a way of their own."""
    return put_text(worksheet, row, column, _ESCAPE.sub("_x005F_", text))


QUOTED = frozenset("=+-@＝＋－＠'\t")
"""A text that begins so is taken for a formula when somebody edits the cell; it carries the quote prefix."""
