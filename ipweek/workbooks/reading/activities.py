"""Tells the activities of an annex table from its empty rows, sub-headings, totals and notes, and reads their cells."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Protocol

from ipweek.files import number_format
from ipweek.files.workbook import Cell
from ipweek.notice import schema
from ipweek.notice.schema import Annex
from ipweek.workbooks.reading import headings
from ipweek.workbooks.reading.grids import Grid, Kind, Problem
from ipweek.workbooks.reading.headings import Headings

ROW_ID = "系统行编号"
"""The heading of the column in which our own fill pack keeps the ids of its rows: what has one is an activity, whatever it says."""
LONGEST_TEXT = 4_000
"""Code points that a cell of the annex takes."""

_TOTAL = re.compile(r"(?:合\s*计|总\s*计|小\s*计|共\s*计|总\s*数|汇\s*总)\s*[:：]?\s*\S{0,12}")
_NOTE = re.compile(
    r"(?:注|备注|附注|说明|填[表报写]说明|填[表报写]要求)\s*\d*\s*[:：]"
    r"|(?:填\s*[表报]\s*人|填[表报]单位|报送单位|单位名称|制\s*表\s*人?|经\s*办\s*人|审\s*[核批]\s*人?|负\s*责\s*人|分管领导|单位负责人|联\s*系\s*人"
    r"|联系电话|电\s*话|填[表报](?:时间|日期)|报送(?:时间|日期)|日\s*期|单位（?盖章）?)\s*(?:[（(][^（）()]*[)）])?\s*[:：]"
)
_SECTION = re.compile(r"[（(]?[一二三四五六七八九十]{1,3}[）)]?\s*[、.．，)）]|第[一二三四五六七八九十]+[部类章]")
_UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff\u200b\u2060\ufeff\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_SERIAL = re.compile(r"[(（]?(?:\d{1,4}|[一二三四五六七八九十]{1,3})[)）.、．]?")
_FIRST_SERIAL, _LAST_SERIAL = 36_526, 73_050
"""1 January 2000 and 31 December 2099 as Excel counts days."""


class Reading(Protocol):
    """What the rows are added to."""

    rows: list[dict[str, str]]
    problems: list[Problem]
    row_numbers: list[int]
    others: list[dict[str, str]]


def read(grid: Grid, heading: Headings, forms: Sequence[Annex], reading: Reading, *, offset: int = 0) -> list[list[str]]:
    """Add the activities below *heading* to *reading*; returns the lines of notes, which may carry 填表时间.

    Rows are told to the person by their number plus *offset*.
    """
    rows = _Rows(grid, heading, forms, reading, offset)
    row = heading.last_row + 1
    while row <= grid.last_row:
        if not rows.is_known(row) and headings.is_heading(grid, row, heading, forms):
            again = _same(grid, row, heading, forms[0])
            if not again:
                rows.tell(row, "", "C", "{row}起是另一张表，没有读入。")
                break
            row += max(1, heading.height)
            continue
        rows.add(row)
        row += 1
    rows.close()
    return rows.notes


def _same(grid: Grid, row: int, heading: Headings, form: Annex) -> bool:
    """Whether the repeated heading has this table's columns in its places."""
    here = {column: headings.key_of(cell.text, form) for column, cell in grid.own(row).items()}
    return all(key is None or heading.columns.get(column) == key for column, key in here.items())


class _Rows:
    """Goes down the rows below one heading."""

    def __init__(self, grid: Grid, heading: Headings, forms: Sequence[Annex], reading: Reading, offset: int) -> None:
        self.grid = grid
        self.heading = heading
        self.form = forms[0]
        self.labels = {column.key: column.label for column in self.form.columns}
        self.reading = reading
        self.offset = offset
        self.id_column = next((column for column, label in heading.others.items() if label == ROW_ID), None)
        self.notes: list[list[str]] = []
        self.only_host: list[int] = []
        self.spread: dict[str, int] = {}  # label: the first row that a merge filled
        self.has_phone = False
        self.has_day = False
        self.others_told: set[int] = set()

    def tell(self, row: int, column: str, kind: Kind, message: str) -> None:
        """Add a problem; ``{row}`` in the message becomes 第 7 行, counted as the person counts."""
        number = row + self.offset
        self.reading.problems.append(Problem(number, column, kind, message.replace("{row}", f"第 {number} 行", 1)))

    def is_known(self, row: int) -> bool:
        """Whether the row carries an id of ours."""
        return self.id_column is not None and self.grid.sheet.text(row, self.id_column).strip().isdecimal()

    def add(self, row: int) -> None:
        written = self.grid.own(row)
        is_known = self.is_known(row)
        if not written or (not is_known and self._is_note_or_total(row, written)):
            return
        own = {column: cell for column, cell in written.items() if self._counts(column)}
        self._tell_strays(row, written, own)
        if not own or (not is_known and len(own) == 1 and self._is_lonely(row, *next(iter(own.items())))):
            return
        values: dict[str, str] = dict.fromkeys(self.labels.values(), "")
        for column, key in self.heading.columns.items():
            values[self.labels[key]] = self._cell(row, column, key)
        others = {label: text for column, label in self.heading.others.items() if (text := self._cell(row, column, ""))}
        self._add_phone(row, values)
        self._add_day(row, values)
        self.others_told.update(column for column in self.heading.others if column in own)
        if row in self.grid.sheet.hidden_rows:
            self.tell(row, "", "C", "{row}是隐藏的，已读入，请核对。")
        self.reading.rows.append(values)
        self.reading.row_numbers.append(row + self.offset)
        self.reading.others.append(others)

    def close(self) -> None:
        """What is said once for the whole table."""
        for label, row in self.spread.items():
            self.tell(row, label, "D", f"“{label}”的合并单元格已填入它所跨的各行。")
        for column, label in self.heading.others.items():
            if self.heading.first_row or column in self.others_told:
                kind: Kind = "C" if column in self.others_told else "D"
                plain = " ".join(label.split())
                self.tell(self.heading.first_row, plain, kind, f"附件里没有“{plain}”一列，这一列没有读入。")
        if self.only_host:
            said = "、".join(str(row + self.offset) for row in self.only_host[:5]) + ("等" if len(self.only_host) > 5 else "")
            self.tell(self.only_host[0], self.labels.get("host", ""), "D", f"第 {said} 行只有主办单位，没有读入。")
        if self.has_day:
            label = self.labels["event_time"]
            self.tell(self.heading.first_row, label, "D", f"日期单独成列，已并入“{label}”一列。")
        if self.has_phone:
            label = self.labels["contact"]
            self.tell(self.heading.first_row, label, "D", f"电话单独成列，已并入“{label}”一列。")

    def _counts(self, column: int) -> bool:
        known = self.heading.columns.keys() | self.heading.others.keys() | {self.heading.phone, self.heading.day}
        return column in known

    def _is_note_or_total(self, row: int, written: dict[int, Cell]) -> bool:
        texts = [cell.text.strip() for cell in written.values()]
        labelled = sum(_NOTE.match(text) is not None for text in texts)
        is_short = len(texts) <= max(3, len(self.labels) // 2) or 2 * labelled >= len(texts)  # a row of signatures is long
        if is_short and (_NOTE.match(texts[0]) or schema.bare(texts[0]) in {"注", "备注", "说明"}):
            self.notes.append(texts)
            return True
        if any(_TOTAL.fullmatch(text) for text in texts[:2]) and len(texts) <= max(3, len(self.labels) // 2):
            self.tell(row, "", "D", "{row}是合计，没有读入。")
            return True
        return False

    def _tell_strays(self, row: int, written: dict[int, Cell], own: dict[int, Cell]) -> None:
        """Say what stands where there is no heading; a serial number in front needs no word."""
        for column, cell in written.items():
            if column not in own and not _SERIAL.fullmatch(cell.text.strip()) and cell.text.strip():
                if own:
                    self.tell(row, "", "C", f"{{row}}第 {column} 列“{_short(cell.text)}”上面没有表头，没有读入。")
                else:
                    self.tell(row, "", "D", f"{{row}}“{_short(cell.text)}”不是活动，没有读入。")

    def _is_lonely(self, row: int, column: int, cell: Cell) -> bool:
        """A row with a single text: a sub-heading, a note, a host that a template printed; or the start of an activity."""
        key = self.heading.columns.get(column)
        wide = max((right - left + 1 for top, left, _, right in self.grid.sheet.merges if (top, left) == (row, column)), default=1)
        is_section = _SECTION.match(cell.text.strip()) and key != "content"
        if wide >= max(3, len(self.heading.columns) // 2) or is_section or column in self.heading.others:
            self.tell(row, "", "D", f"{{row}}“{_short(cell.text)}”不是活动，没有读入。")
            return True
        if key == "host":
            self.only_host.append(row)
        return key == "host"

    def _add_phone(self, row: int, values: dict[str, str]) -> None:
        if self.heading.phone is None:
            return
        phone = self._cell(row, self.heading.phone, "")
        label = self.labels["contact"]
        if phone and phone not in values[label]:
            values[label] = f"{values[label]} {phone}".strip()
            self.has_phone = True

    def _add_day(self, row: int, values: dict[str, str]) -> None:
        """The day stands in front of the hours where each has a column of its own."""
        if self.heading.day is None:
            return
        day = self._cell(row, self.heading.day, "event_time")
        label = self.labels["event_time"]
        if day and day not in values[label]:
            values[label] = f"{day} {values[label]}".strip()
            self.has_day = True

    def _cell(self, row: int, column: int, key: str) -> str:
        """The text that stands for this activity in this column, with what is to be said about it."""
        label = self.labels.get(key, self.heading.others.get(column, ""))
        origin = self.grid.covered.get((row, column))
        if origin:
            if origin[0] <= self.heading.last_row or origin[1] != column:
                self._tell_joined(row, label, origin)
                return ""
            if self.grid.sheet.text(*origin).strip():
                self.spread.setdefault(label, row)
        cell = self.grid.sheet.cells.get(origin or (row, column))
        return self._text(row, label, key, cell) if cell else ""

    def _tell_joined(self, row: int, label: str, origin: tuple[int, int]) -> None:
        """Say that one text stands over two columns; it was read into the first."""
        if origin[0] == row and origin[1] in self.heading.columns and self.grid.sheet.text(*origin).strip():
            left = self.labels[self.heading.columns[origin[1]]]
            self.tell(row, label, "C", f"{{row}}的“{left}”与“{label}”是合并的单元格，文字读入了“{left}”，请核对。")

    def _text(self, row: int, label: str, key: str, cell: Cell) -> str:
        text = cell.text.replace("\xa0", " ")
        seen = _UNSEEN.sub("", text).strip()
        place = f"{{row}}“{label}”"
        if _UNSEEN.search(text):
            self.tell(row, label, "D", f"{place}有看不见的控制字符，已清除。")
        if cell.is_error:
            self.tell(row, label, "C", f"{place}是出错的公式（{_short(seen)}），请填写实际内容。")
        elif cell.is_formula and not seen:
            self.tell(row, label, "C", f"{place}是公式，文件里没有保存它的结果，请填写实际内容。")
        elif cell.is_formula:
            self.tell(row, label, "D", f"{place}是公式，读入的是保存时的结果“{_short(seen)}”，请核对。")
        if len(seen) > LONGEST_TEXT:
            self.tell(row, label, "A", f"{place}有 {len(seen)} 字，超过 {LONGEST_TEXT} 字，请缩短。")
        if key == "event_time" and cell.number and not cell.is_date and (day := _day(cell.number)):
            self.tell(row, label, "D", f"{place}是日期序号 {seen}，已读作“{day}”，请核对。")
            return day
        return seen


def _short(text: str) -> str:
    """The start of a text, on one line, for a message."""
    line = " ".join(_UNSEEN.sub("", text).split())
    return line if len(line) <= 20 else f"{line[:20]}…"


def _day(number: str) -> str:
    """The date for a serial number that lost its format, such as 45402: 2024年4月20日."""
    value = Decimal(number)
    if not _FIRST_SERIAL <= value <= _LAST_SERIAL:
        return ""
    moment = number_format.moment_of(value)
    if moment is None:
        return ""
    clock = f" {moment.hour}:{moment.minute:02d}" if moment.hour or moment.minute else ""
    return f"{moment.year}年{moment.month}月{moment.day}日{clock}"
