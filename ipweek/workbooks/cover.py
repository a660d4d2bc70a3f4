"""The cover of the merged workbook: the facts, how much was merged, and who is not in it."""

from __future__ import annotations

from dataclasses import dataclass

from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, Side
from openpyxl.worksheet.worksheet import Worksheet

from ipweek.workbooks import layout, skeleton

NAME = "封面"
SIZE = 12.0
_WIDTHS = (86.0, 66.0, 66.0, 66.0, 66.0, 66.0, 66.0)
"""A4 upright."""
_INDENT = 12.0
_BOX = Border(*(Side(style="thin", color="FF000000") for _ in range(4)))
COUNTS = ("附件", "应报单位", "已汇总", "活动", "零报送", "未汇总", "本年免报")


@dataclass(frozen=True)
class Tally:
    """One annex in numbers, and the units that the annex sheet does not show, in official order."""

    annex: int
    asked: int
    merged: int
    activities: int
    nil_returns: tuple[str, ...] = ()
    missing: tuple[tuple[str, str], ...] = ()
    """(unit, the state its table is in)."""
    excused: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        return f"附件{self.annex}"

    @property
    def numbers(self) -> tuple[str, ...]:
        counted = (self.asked, self.merged, self.activities, len(self.nil_returns), len(self.missing), len(self.excused))
        return (self.name, *map(str, counted))


@dataclass(frozen=True)
class Cover:
    """Everything that stands on the cover. ``facts`` are (what, value); ``mark`` is 未定稿 or empty, ``note`` says why."""

    title: str
    facts: tuple[tuple[str, str], ...]
    tallies: tuple[Tally, ...]
    mark: str = ""
    note: str = ""


def add(workbook: Workbook, cover: Cover) -> None:
    """Put *cover* on a new sheet of *workbook*."""
    sheet = _Sheet(workbook.create_sheet(NAME))
    sheet.across(cover.mark or "", layout.HEADING_FACE, layout.MARK_SIZE, side="right", color=layout.MARK_COLOUR, least=25.0)
    sheet.across(cover.title, layout.TITLE_FACE, layout.TITLE_SIZE, side="center", least=64.0)
    if cover.note:
        sheet.across(cover.note, layout.BAND_FACE, SIZE, side="center", least=26.0)
    sheet.heading("一、基本情况")
    for label, value in cover.facts:
        sheet.fact(label, value)
    sheet.heading("二、汇总数量")
    sheet.cells(COUNTS, layout.HEADING_FACE)
    for tally in cover.tallies:
        sheet.cells(tally.numbers, layout.BODY_FACE)
    sheet.heading("三、未列入附件的单位")
    for tally in cover.tallies:
        missing = [f"{unit}（{state}）" for unit, state in tally.missing]
        for label, units in (("零报送", tally.nil_returns), ("未汇总", missing), ("本年免报", tally.excused)):
            sheet.fact(f"{tally.name}{label}", "、".join(units) if units else "无")
    skeleton.set_page(sheet.worksheet, orientation="portrait")


class _Sheet:
    """Fills a worksheet from the top."""

    def __init__(self, worksheet: Worksheet) -> None:
        self.worksheet = worksheet
        self.row = 0
        self.last = len(_WIDTHS)
        worksheet.sheet_view.showGridLines = False
        for index, width in enumerate(_WIDTHS):
            worksheet.column_dimensions["ABCDEFG"[index]].width = round(width / skeleton.UNIT, 2)

    def across(self, text: str, face: str, size: float, *, side: str, color: str | None = None, least: float = 0.0) -> None:
        self._next(layout.line_height(text, sum(_WIDTHS), size, least=least))
        self._put(1, text, skeleton.font(face, size, color=color), side)
        self._merge(1, self.last)

    def heading(self, text: str) -> None:
        self.across(text, layout.HEADING_FACE, 14.0, side="left", least=36.0)

    def fact(self, label: str, value: str) -> None:
        """A label and a value that takes the rest of the width; longer than Excel's highest row, it goes on below."""
        width = sum(_WIDTHS[1:]) - _INDENT
        for part, piece in enumerate(_pieces(value, width)):
            self._next(layout.line_height(piece, width, SIZE, least=layout.SHORTEST_ROW))
            self._put(1, "" if part else label, skeleton.font(layout.HEADING_FACE, SIZE), "center")
            self._put(2, piece, skeleton.font(layout.BODY_FACE, SIZE), "left")
            self._merge(2, self.last)
            self._border()

    def cells(self, texts: tuple[str, ...], face: str) -> None:
        self._next(layout.SHORTEST_ROW)
        for column, text in enumerate(texts, 1):
            self._put(column, text, skeleton.font(face, SIZE), "center")
        self._border()

    def _next(self, height: float) -> None:
        self.row += 1
        self.worksheet.row_dimensions[self.row].height = height

    def _put(self, column: int, text: str, font: Font, side: str) -> None:
        cell = skeleton.put_text(self.worksheet, self.row, column, text)
        cell.font = font
        cell.alignment = Alignment(horizontal=side, vertical="center", wrap_text=True, indent=int(side == "left" and column > 1))

    def _merge(self, first: int, last: int) -> None:
        self.worksheet.merge_cells(start_row=self.row, end_row=self.row, start_column=first, end_column=last)

    def _border(self) -> None:
        for column in range(1, self.last + 1):
            self.worksheet.cell(self.row, column).border = _BOX


def _pieces(value: str, width: float) -> list[str]:
    """*value* cut between names so that each piece fits a row."""
    pieces = [""]
    for name in value.split("、"):
        longer = f"{pieces[-1]}、{name}" if pieces[-1] else name
        if pieces[-1] and layout.line_height(longer, width, SIZE) > layout.LONGEST_ROW:
            pieces.append(name)
        else:
            pieces[-1] = longer
    return pieces
