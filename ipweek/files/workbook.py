"""Reads the sheets of an .xlsx that the gate has let in: every cell as the person saw it.

Own code, since libraries refuse a whole workbook for one odd number, believe a wrong dimension, and give 45402 or
``2024-04-20 00:00:00`` where the person saw 4月20日. Formulas give their last result and are never computed.
"""

from __future__ import annotations

import posixpath
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from io import BytesIO
from urllib.parse import unquote
from xml.etree.ElementTree import Element, fromstring

from ipweek.files import number_format
from ipweek.files.cell_reference import column_letters, parse_area, parse_cell

Area = tuple[int, int, int, int]

_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")
_LONGEST_FORMAT = 200
_WIDEST = 64
_ERRORS = {"#REF!", "#N/A", "#VALUE!", "#NAME?", "#DIV/0!", "#NULL!", "#NUM!", "#SPILL!", "#CALC!"}


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell. ``text`` is what the person saw, ``number`` the stored number where it is one."""

    text: str
    number: str = ""
    is_date: bool = False
    is_formula: bool = False
    is_error: bool = False


@dataclass(slots=True)
class Sheet:
    """One worksheet. Cells stand by row and column from 1; empty ones are not there."""

    name: str
    is_hidden: bool
    cells: dict[tuple[int, int], Cell] = field(default_factory=dict)
    merges: list[Area] = field(default_factory=list)
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)

    def text(self, row: int, column: int) -> str:
        cell = self.cells.get((row, column))
        return cell.text if cell else ""

    def covered(self) -> dict[tuple[int, int], tuple[int, int]]:
        """Each place that a merge covers, but for its first, with the first: what is written there stands for all."""
        found = {}
        for top, left, bottom, right in self.merges:
            for row in range(top, bottom + 1):
                found.update({(row, column): (top, left) for column in range(left, right + 1)})
            del found[top, left]
        return found

    @property
    def last_row(self) -> int:
        return max((row for row, _ in self.cells), default=0)

    @property
    def last_column(self) -> int:
        return max((column for _, column in self.cells), default=0)


def place(row: int, column: int) -> str:
    """How a cell is named to a person, such as E7."""
    return f"{column_letters(column)}{row}"


def read_workbook(data: bytes) -> list[Sheet]:
    """The worksheets in their order. *data* must have passed the gate."""
    with zipfile.ZipFile(BytesIO(data)) as archive:
        return _Workbook(archive).sheets()


class _Workbook:
    """One workbook: what its sheets share."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self.archive = archive
        self.names = {name.lower(): name for name in archive.namelist()}
        main = self._targets("", "_rels/.rels").get("officeDocument", {})
        self.path = next(iter(main.values()), "xl/workbook.xml")
        self.root = self._xml(self.path)
        folder, name = posixpath.split(self.path)
        self.targets = self._targets(folder, f"{folder}/_rels/{name}.rels")
        properties = next(_all(self.root, "workbookPr"), None)
        self.is_1904 = properties is not None and properties.get("date1904", "0").lower() in {"1", "true", "on"}
        self.strings = self._strings()
        self.formats = self._formats()

    def sheets(self) -> list[Sheet]:
        found = []
        for element in _all(self.root, "sheet"):
            key = next((value for name, value in element.items() if name.endswith("}id")), "")
            path = self.targets.get("worksheet", {}).get(key)
            if path and path.lower() in self.names:
                sheet = Sheet(element.get("name", ""), element.get("state", "visible") != "visible")
                self._read(sheet, self._xml(path))
                found.append(sheet)
        return found

    def _xml(self, path: str) -> Element:
        raw = self.archive.read(self.names.get(path.lower(), path))
        return fromstring(raw)  # noqa: S314 -- the gate lets no DTD through

    def _targets(self, folder: str, path: str) -> dict[str, dict[str, str]]:
        """Paths of the parts that a part points to, by kind and id."""
        found: dict[str, dict[str, str]] = {}
        if path.lower() not in self.names:
            return found
        for element in _all(self._xml(path), "Relationship"):
            if element.get("TargetMode", "").lower() != "external":
                target = unquote(element.get("Target", ""))
                resolved = target.lstrip("/") if target.startswith("/") else posixpath.normpath(posixpath.join(folder, target))
                kind = element.get("Type", "").rpartition("/")[2]
                found.setdefault(kind, {})[element.get("Id", "")] = resolved
        return found

    def _part(self, kind: str) -> Element | None:
        path = next(iter(self.targets.get(kind, {}).values()), "")
        return self._xml(path) if path.lower() in self.names else None

    def _strings(self) -> list[str]:
        root = self._part("sharedStrings")
        return [_rich(item) for item in _all(root, "si")] if root is not None else []

    def _formats(self) -> list[str]:
        """The number format of each cell style."""
        root = self._part("styles")
        if root is None:
            return []
        codes = dict(number_format.BUILT_IN)
        for element in _all(root, "numFmt"):
            number = element.get("numFmtId", "")
            if number.isascii() and number.isdigit():
                codes[int(number[:6])] = element.get("formatCode", "General")[:_LONGEST_FORMAT]
        styles = next(_all(root, "cellXfs"), None)
        if styles is None:
            return []
        return [codes.get(_index(style.get("numFmtId", "0")), "General") for style in _all(styles, "xf")]

    def _read(self, sheet: Sheet, root: Element) -> None:
        row = 0
        for element in root.iter():
            name = _local(element.tag)
            if name == "row":
                row = _index(element.get("r", "")) or row + 1
                if element.get("hidden") in {"1", "true"}:
                    sheet.hidden_rows.add(row)
                self._row(sheet, row, element)
            elif name == "mergeCell":
                area = parse_area(element.get("ref", ""))
                if area and area[:2] != area[2:]:
                    sheet.merges.append(area)
            elif name == "col" and element.get("hidden") in {"1", "true"}:
                first, last = _index(element.get("min", "")), _index(element.get("max", ""))
                sheet.hidden_columns.update(range(first, min(last, _WIDEST) + 1))

    def _row(self, sheet: Sheet, row: int, element: Element) -> None:
        column = 0
        for child in element:
            if _local(child.tag) == "c":
                where = parse_cell(child.get("r", ""))
                column = where[1] if where else column + 1
                cell = self._cell(child)
                if cell and (cell.text.strip() or cell.is_formula):
                    sheet.cells[row, column] = cell

    def _cell(self, element: Element) -> Cell | None:
        kind = element.get("t", "n")
        value = text = ""
        is_formula = False
        for child in element:
            name = _local(child.tag)
            if name == "v":
                value = child.text or ""
            elif name == "f":
                is_formula = True
            elif name == "is":
                text = _rich(child)
        if kind == "s":
            index = _index(value)
            return Cell(self.strings[index] if index < len(self.strings) else "", is_formula=is_formula)
        if kind == "inlineStr":
            return Cell(text or _clean(value), is_formula=is_formula)
        if not value.strip():
            return Cell("", is_formula=True) if is_formula else None
        if kind == "b":
            return Cell("TRUE" if value.strip() == "1" else "FALSE", is_formula=is_formula)
        if kind == "e":
            return Cell(value, is_formula=is_formula, is_error=True)
        if kind == "d":
            return Cell(_iso(value), is_date=True, is_formula=is_formula)
        if kind == "str":
            return Cell(_clean(value), is_formula=is_formula, is_error=value in _ERRORS)
        style = _index(element.get("s", "0"))
        return self._number(value.strip(), self.formats[style] if style < len(self.formats) else "General", is_formula=is_formula)

    def _number(self, value: str, code: str, *, is_formula: bool) -> Cell:
        try:
            Decimal(value)
        except InvalidOperation:
            return Cell(value, is_formula=is_formula)
        shown = number_format.show(value, code, is_1904=self.is_1904)
        return Cell(shown, number=value, is_date=number_format.is_date(code), is_formula=is_formula)


def _all(element: Element, name: str) -> Iterator[Element]:
    """The elements of that local name below *element*: strict and transitional files differ in the namespace."""
    return (found for found in element.iter() if _local(found.tag) == name)


@lru_cache(maxsize=512)
def _local(tag: str) -> str:
    return tag.rpartition("}")[2]


def _rich(element: Element) -> str:
    """The text of a string item: plain or in runs, without the reading aids (拼音) above it."""
    pieces = []
    for child in element:
        name = _local(child.tag)
        if name == "t":
            pieces.append(_clean(child.text or ""))
        elif name == "r":  # each run by itself: an escape cut in two is typed text
            pieces += [_clean(run.text or "") for run in child if _local(run.tag) == "t"]
    return "".join(pieces)


def _clean(text: str) -> str:
    """Excel writes what XML cannot hold as ``_x000D_``; line breaks come in three kinds."""
    if "_x" in text:
        text = _ESCAPE.sub(lambda match: chr(int(match[1], 16)), text)
        text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _iso(value: str) -> str:
    """2024-04-20T00:00:00 as the person saw it: without the time that nobody typed."""
    day, _, clock = value.strip().rstrip("Z").partition("T")
    clock = re.sub(r"^00:00(?::00(?:\.0+)?)?$", "", clock.removesuffix(":00") if clock.count(":") > 1 else clock)
    return f"{day} {clock}".strip()


def _index(text: str) -> int:
    """A number of the file; 0 where it is none."""
    text = text.strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0
