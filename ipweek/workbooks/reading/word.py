"""Reads the tables of a .docx that the gate has let in, with the lines around them.

Tracked insertions count, deletions do not; hidden text does not; text boxes are read where they are anchored. Own
code, since python-docx knows neither tracked rows nor text boxes nor content controls.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from io import BytesIO
from xml.etree.ElementTree import Element, fromstring

from ipweek.files.workbook import Cell, Sheet
from ipweek.workbooks.reading.grids import Grid

_GONE = {"del", "moveFrom", "rt", "instrText", "delText", "txbxContent", "pPr", "rPr", "sdtPr"}
_TRACKED = {"ins", "del", "moveFrom", "moveTo"}
_WIDEST = 64


@dataclass
class WordTables:
    """The tables of one document, nested ones too, and whether anything in it was tracked or hidden."""

    grids: list[Grid] = field(default_factory=list)
    is_tracked: bool = False
    has_hidden_text: bool = False


def from_document(data: bytes) -> WordTables:
    """Every table of the document's body."""
    with zipfile.ZipFile(BytesIO(data)) as archive:
        names = {name.lower(): name for name in archive.namelist()}
        main = next((name for key, name in names.items() if key in {"word/document.xml", "word/document2.xml"}), None)
        if main is None:
            return WordTables()
        root = fromstring(archive.read(main))  # noqa: S314 -- the gate lets no DTD through
    reader = _Reader()
    body = next((element for element in root if _name(element) == "body"), root)
    reader.blocks(body)
    reader.close()
    return reader.found


class _Reader:
    """Walks the body once, collecting lines until a table comes."""

    def __init__(self) -> None:
        self.found = WordTables()
        self.lines: list[str] = []
        self.last: Grid | None = None

    def close(self) -> None:
        if self.last:
            self.last.below = list(self.lines)

    def blocks(self, parent: Element) -> None:
        carried = ""
        for element in _blocks(parent):
            if _name(element) == "p":
                text = carried + self.paragraph(element)
                carried = text if _mark_is_deleted(element) else ""
                if not carried:
                    self.lines += [line for line in text.split("\n") if line.strip()]
                for box in _boxes(element):
                    self.blocks(box)
            else:
                self.table(element)
        self.lines += [line for line in carried.split("\n") if line.strip()]

    def table(self, element: Element) -> None:
        """One table: its cells become a sheet, tables in its cells come after it."""
        number = len(self.found.grids) + 1
        sheet = Sheet(f"第 {number} 个表格", is_hidden=False)
        above = self.lines
        continues = self.last is not None and not above
        self.close()
        self.lines = []
        nested: list[tuple[Element, list[str]]] = []
        merges = _Merges(sheet)
        row = 0
        for line in _children(element, "tr"):
            if self._row_is_gone(line):
                continue
            row += 1
            self._row(line, row, merges, nested)
        merges.close()
        grid = Grid(sheet, above, is_in_word=True, continues=continues, is_frame=bool(nested))
        self.found.grids.append(grid)
        self.last = grid
        for inner, lines in nested:
            self.lines = [*above, *lines]
            self.last = None
            self.table(inner)
        if nested:
            self.last = None
            self.lines = []

    def _row(self, line: Element, row: int, merges: _Merges, nested: list[tuple[Element, list[str]]]) -> None:
        column = 1 + _number(line, "trPr", "gridBefore")
        for cell in _children(line, "tc"):
            span = max(1, _number(cell, "tcPr", "gridSpan"))
            if column + span - 1 > _WIDEST:
                break
            if merges.place(cell, row, column, span):
                text = "" if self._has(cell, "tcPr", "cellDel") else self._cell(cell, nested)
                if text.strip():
                    merges.sheet.cells[row, column] = Cell(text)
            column += span

    def _cell(self, cell: Element, nested: list[tuple[Element, list[str]]]) -> str:
        """The paragraphs of a cell, a line each; a table in it as lines of text, and kept as a table of its own."""
        lines: list[str] = []
        carried = ""
        for element in _blocks(cell):
            if _name(element) == "tbl":
                nested.append((element, list(lines)))
                lines += self._flat(element)
                continue
            carried += self.paragraph(element)
            for box in _boxes(element):
                lines += [self.paragraph(inner) for inner in _blocks(box) if _name(inner) == "p"]
            if not _mark_is_deleted(element):
                lines.append(carried)
                carried = ""
        lines.append(carried)
        return "\n".join(line.strip() for line in lines if line.strip())

    def _flat(self, table: Element) -> list[str]:
        rows = [[self._cell(cell, []) for cell in _children(line, "tc")] for line in _children(table, "tr") if not self._row_is_gone(line)]
        return [" ".join(text for text in row if text) for row in rows]

    def _row_is_gone(self, line: Element) -> bool:
        self.found.is_tracked = self.found.is_tracked or self._has(line, "trPr", "ins")
        if gone := self._has(line, "trPr", "del"):
            self.found.is_tracked = True
        return gone

    def _has(self, element: Element, properties: str, name: str) -> bool:
        return any(_name(child) == name for child in _properties(element, properties))

    def paragraph(self, element: Element) -> str:
        pieces: list[str] = []
        self._runs(element, pieces)
        return "".join(pieces)

    def _runs(self, element: Element, pieces: list[str]) -> None:
        for child in element:
            name = _name(child)
            if name in _TRACKED:
                self.found.is_tracked = True
            if name == "t":
                pieces.append(child.text or "")
            elif name in {"tab", "ptab"}:
                pieces.append(" ")
            elif name in {"br", "cr"}:
                pieces.append("" if _value(child, "type") in {"page", "column"} else "\n")
            elif name == "noBreakHyphen":
                pieces.append("-")
            elif name == "AlternateContent":
                for choice in list(child)[:1]:
                    self._runs(choice, pieces)
            elif name == "r" and _is_hidden(child):
                self.found.has_hidden_text = True
            elif name not in _GONE and not (name == "sdt" and _is_placeholder(child)):
                self._runs(child, pieces)


class _Merges:
    """Follows the merged cells of one table down its rows."""

    def __init__(self, sheet: Sheet) -> None:
        self.sheet = sheet
        self.open: dict[int, tuple[int, int, int]] = {}  # column: first row, last row, last column

    def place(self, cell: Element, row: int, column: int, span: int) -> bool:
        """Note where the cell stands; False when it only continues the one above."""
        merge = next((child for child in _properties(cell, "tcPr") if _name(child) == "vMerge"), None)
        running = self.open.get(column)
        if merge is not None and _value(merge, "val") != "restart" and running and running[1] == row - 1:
            self.open[column] = (running[0], row, running[2])
            return False
        self._end(column)
        self.open[column] = (row, row, column + span - 1)
        return True

    def _end(self, column: int) -> None:
        first, last, right = self.open.pop(column, (0, 0, column))
        if last > first or right > column:
            self.sheet.merges.append((first, column, last, right))

    def close(self) -> None:
        for column in list(self.open):
            self._end(column)


def _name(element: Element) -> str:
    return element.tag.rpartition("}")[2]


def _value(element: Element, attribute: str) -> str:
    return next((value for key, value in element.items() if key.rpartition("}")[2] == attribute), "")


def _properties(element: Element, name: str) -> Iterator[Element]:
    return (inner for child in element if _name(child) == name for inner in child)


def _number(element: Element, properties: str, name: str) -> int:
    text = next((_value(child, "val") for child in _properties(element, properties) if _name(child) == name), "0")
    return min(int(text), _WIDEST + 1) if text.isascii() and text.isdigit() and len(text) < 9 else 0


def _blocks(parent: Element) -> Iterator[Element]:
    """Paragraphs and tables, through content controls and the like, but not into cells."""
    for child in parent:
        name = _name(child)
        if name in {"p", "tbl"}:
            yield child
        elif name in {"sdt", "sdtContent", "customXml", "smartTag", "ins", "moveTo"}:
            yield from _blocks(child)
        elif name == "AlternateContent":
            yield from (block for choice in list(child)[:1] for block in _blocks(choice))


def _children(parent: Element, wanted: str) -> Iterator[Element]:
    """The rows of a table or the cells of a row, through content controls."""
    for child in parent:
        if _name(child) == wanted:
            yield child
        elif _name(child) in {"sdt", "sdtContent", "customXml", "ins", "moveTo"}:
            yield from _children(child, wanted)


def _boxes(element: Element) -> Iterator[Element]:
    """Text boxes anchored in a paragraph; each is written twice, for new and for old programs: the first counts."""
    for child in element:
        name = _name(child)
        if name == "txbxContent":
            yield child
        elif name == "AlternateContent":
            yield from (box for choice in list(child)[:1] for box in _boxes(choice))
        elif name not in {"del", "moveFrom"}:
            yield from _boxes(child)


def _mark_is_deleted(paragraph: Element) -> bool:
    """Whether the end of the paragraph was deleted, so that the next one goes on in the same line."""
    return any(_name(mark) == "del" for inner in _properties(paragraph, "pPr") if _name(inner) == "rPr" for mark in inner)


def _is_hidden(run: Element) -> bool:
    return any(_name(mark) == "vanish" and _value(mark, "val") not in {"0", "false", "off"} for mark in _properties(run, "rPr"))


def _is_placeholder(control: Element) -> bool:
    """A content control that still shows 单击此处输入文字."""
    return any(_name(child) == "showingPlcHdr" for child in _properties(control, "sdtPr"))
