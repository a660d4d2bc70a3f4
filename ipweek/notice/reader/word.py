"""Word files (.docx), read straight from their XML in document order, with text boxes and page headers.

Tracked insertions count as accepted, deletions as gone, hidden text as not there: what the printed page would show.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from dataclasses import dataclass, field
from xml.parsers import expat

from ipweek.notice.reader.document import (
    MAX_BLOCKS,
    MAX_CELLS,
    Block,
    Cell,
    Document,
    Paragraph,
    Place,
    Table,
    Unreadable,
    clean,
    made,
    too_long,
)

MAX_MAIN_PART = 12_000_000
"""Bytes of word/document.xml, unpacked."""
MAX_OTHER_PART = 2_000_000
MAX_DEPTH = 3_000
MAX_DIRECTORY = 1_000_000
"""Bytes of the zip's list of members: some ten thousand of them."""

_WORD = ("http://schemas.openxmlformats.org/wordprocessingml/2006/main", "http://purl.oclc.org/ooxml/wordprocessingml/main")
_BROKEN = "这个 Word 文件已损坏，无法读取，请用 Word 或 WPS 打开后另存为 .docx，或直接粘贴文字。"


def read_docx(data: bytes, name: str) -> Document:
    """The document in *data*, a zip whose members include word/document.xml, or Unreadable."""
    with open_zip(data) as package:
        names = set(package.namelist())
        numbering = _numbering(_part(package, "word/numbering.xml", MAX_OTHER_PART)) if "word/numbering.xml" in names else {}
        main = next((n for n in ("word/document.xml", "word/document2.xml") if n in names), None)
        if main is None:
            raise Unreadable(_BROKEN)
        headers = _page_parts(package, names, "header")
        body = _blocks(_part(package, main, MAX_MAIN_PART), numbering, "body")
        footers = _page_parts(package, names, "footer")
    return made("docx", name, [*headers, *body, *footers])


def open_zip(data: bytes) -> zipfile.ZipFile:
    """*data* as a zip whose directory is of a sane size, or Unreadable."""
    end = data.rfind(b"PK\x05\x06", max(0, len(data) - 70_000))
    if end < 0 or int.from_bytes(data[end + 12 : end + 16], "little") > MAX_DIRECTORY:
        raise Unreadable(_BROKEN)
    try:
        return zipfile.ZipFile(io.BytesIO(data))
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError) as broken:
        raise Unreadable(_BROKEN) from broken


def _part(package: zipfile.ZipFile, name: str, limit: int) -> bytes:
    """One member's bytes. What its directory says of its size is not believed."""
    try:
        with package.open(name) as part:
            data = part.read(limit + 1)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError, KeyError) as broken:
        raise Unreadable(_BROKEN) from broken
    if len(data) > limit:
        raise too_long()
    return data


def _page_parts(package: zipfile.ZipFile, names: set[str], kind: Place) -> list[Block]:
    """The texts of page headers or footers, each once; a part too large to be one is left out."""
    blocks: list[Block] = []
    for name in sorted(n for n in names if re.fullmatch(rf"word/{kind}\d{{0,3}}\.xml", n))[:12]:
        if package.getinfo(name).file_size <= MAX_OTHER_PART:
            blocks += [b for b in _blocks(_part(package, name, MAX_OTHER_PART), {}, kind) if b not in blocks]
    return [b if isinstance(b, Table) else Paragraph(b.text, kind) for b in blocks]


@dataclass
class _Row:
    cells: list[tuple[Cell, bool]] = field(default_factory=list)  # the cell, and whether it only continues the one above
    is_deleted: bool = False


@dataclass
class _Table:
    rows: list[_Row] = field(default_factory=list)
    nested: list[Block] = field(default_factory=list)


@dataclass
class _Cell:
    across: int = 1
    continues: bool = False
    is_deleted: bool = False


@dataclass
class _Paragraph:
    parts: list[str] = field(default_factory=list)
    mark_is_deleted: bool = False
    level: int = 0
    list_id: str = ""


class _Reader:
    """Hears the XML once, from the start to the end."""

    def __init__(self, numbering: dict[str, list[tuple[int, str, str]]], place: Place) -> None:
        self.place = place
        self.numbering = numbering
        self.counters: dict[tuple[str, int], int] = {}
        self.path: list[str] = []
        self.skipped_at = 0  # depth of the element whose inside is left out
        self.targets: list[list[Block]] = [[]]
        self.tables: list[_Table] = []
        self.cells: list[_Cell] = []
        self.paragraphs: list[_Paragraph] = []
        self.kept: dict[int, str] = {}  # text of a paragraph whose mark was deleted, by depth of target
        self.run: list[str] = []
        self.is_hidden = False
        self.takes_text = False
        self.count = 0
        self.paragraphs_seen = 0

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        namespace, _, local = tag.rpartition(" ")
        parent = self.path[-1] if self.path else ""
        self.path.append(local)
        if len(self.path) > MAX_DEPTH:
            raise too_long()
        if self.skipped_at:
            return
        if local == "Fallback":
            self.skipped_at = len(self.path)
        if namespace in _WORD:
            value = next((v for k, v in attributes.items() if k.endswith(" val")), None)
            self._start_word(local, parent, value)

    def _start_word(self, local: str, parent: str, value: str | None) -> None:  # noqa: C901, PLR0912 - one case for each tag reads best whole
        match local:
            case "p":
                self.paragraphs.append(_Paragraph())
            case "r":
                self.run, self.is_hidden = [], False
            case "t":
                self.takes_text = True
            case "tab" if parent == "r":
                self.run.append("\t")
            case "br" | "cr":
                self.run.append("\n")
            case "noBreakHyphen":
                self.run.append("-")
            case "vanish":
                self.is_hidden = value not in ("0", "false", "off")
            case "del" | "moveFrom" if parent == "rPr":
                if self.paragraphs and self.path[-3:-2] == ["pPr"]:
                    self.paragraphs[-1].mark_is_deleted = True
            case "del" if parent == "trPr":
                self.tables[-1].rows[-1].is_deleted = True
            case "del" | "moveFrom":
                self.skipped_at = len(self.path)
            case "cellDel" if self.cells:
                self.cells[-1].is_deleted = True
            case "txbxContent":
                self.targets.append([])
            case "tbl":
                self.tables.append(_Table())
            case "tr" if self.tables:
                self.tables[-1].rows.append(_Row())
            case "tc" if self.tables and self.tables[-1].rows:
                self.cells.append(_Cell())
                self.targets.append([])
                self.count += 1
                if self.count > MAX_CELLS:
                    raise too_long()
            case "gridSpan" if self.cells and value and value.isdecimal():
                self.cells[-1].across = max(1, min(int(value[:4]), 200))
            case "vMerge" if self.cells:
                self.cells[-1].continues = value != "restart"
            case "ilvl" if self.paragraphs and value and value.isdecimal():
                self.paragraphs[-1].level = int(value[:2])
            case "numId" if self.paragraphs and value:
                self.paragraphs[-1].list_id = value

    def end(self, tag: str) -> None:
        depth = len(self.path)
        self.path.pop()
        if self.skipped_at:
            if depth == self.skipped_at:
                self.skipped_at = 0
            return
        namespace, _, local = tag.rpartition(" ")
        if namespace in _WORD:
            self._end_word(local)

    def _end_word(self, local: str) -> None:
        match local:
            case "t":
                self.takes_text = False
            case "r" if self.paragraphs:
                if not self.is_hidden:
                    self.paragraphs[-1].parts += self.run
                self.run = []
            case "p" if self.paragraphs:
                self._end_paragraph(self.paragraphs.pop())
            case "txbxContent":
                boxed = self.targets.pop()
                self.targets[-1] += boxed
                self.run = []
            case "tc" if self.cells:
                self._end_cell(self.cells.pop(), self.targets.pop())
            case "tbl" if self.tables:
                table = self.tables.pop()
                self.targets[-1] += _finished(table)

    def text(self, data: str) -> None:
        if self.takes_text and not self.skipped_at:
            self.run.append(data)

    def _end_paragraph(self, paragraph: _Paragraph) -> None:
        self.paragraphs_seen += 1
        if self.paragraphs_seen > MAX_BLOCKS + MAX_CELLS:
            raise too_long()
        text = self.kept.pop(len(self.targets), "") + self._number(paragraph) + clean("".join(paragraph.parts))
        if paragraph.mark_is_deleted:
            self.kept[len(self.targets)] = text
        else:
            self.targets[-1].append(Paragraph(text, self.place))

    def _number(self, paragraph: _Paragraph) -> str:
        """The number that Word itself prints before a paragraph of a list."""
        levels = self.numbering.get(paragraph.list_id, [])
        if paragraph.level >= len(levels) or not "".join(paragraph.parts).strip():
            return ""
        start, form, text = levels[paragraph.level]
        key = (paragraph.list_id, paragraph.level)
        self.counters[key] = self.counters.get(key, start - 1) + 1
        for other in [k for k in self.counters if k[0] == paragraph.list_id and k[1] > paragraph.level]:
            del self.counters[other]
        if form in ("bullet", "none"):
            return ""

        def counted(match: re.Match[str]) -> str:
            level = min(int(match[1]) - 1, len(levels) - 1)
            return _spelled(self.counters.get((paragraph.list_id, level), levels[level][0]), levels[level][1])

        return re.sub(r"%([1-9])", counted, text)

    def _end_cell(self, cell: _Cell, blocks: list[Block]) -> None:
        if cell.is_deleted:
            return
        texts = [block.text.strip() for block in blocks if isinstance(block, Paragraph)]
        table = self.tables[-1]
        table.nested += [block for block in blocks if isinstance(block, Table)]
        table.rows[-1].cells.append((Cell("\n".join(text for text in texts if text), cell.across), cell.continues))


def _finished(table: _Table) -> list[Block]:
    """The table with its vertical merges counted; one of a single cell is only a frame around paragraphs."""
    rows = [row for row in table.rows if row.cells and not row.is_deleted]
    if len(rows) == 1 and len(rows[0].cells) == 1:
        return [*(Paragraph(line) for line in rows[0].cells[0][0].text.split("\n")), *table.nested]
    done: list[list[Cell]] = []
    above: dict[int, tuple[int, int]] = {}  # grid column: where the cell starts that a merge continues
    for number, row in enumerate(rows):
        done.append([])
        column = 0
        for cell, continues in row.cells:
            if continues and column in above:
                at, index = above[column]
                first = done[at][index]
                done[at][index] = Cell(first.text or cell.text, first.across, number - at + 1)
            else:
                above[column] = (number, len(done[-1]))
                done[-1].append(cell)
            column += cell.across
    return [Table(tuple(tuple(row) for row in done)), *table.nested]


def _blocks(part: bytes, numbering: dict[str, list[tuple[int, str, str]]], place: Place) -> list[Block]:
    reader = _Reader(numbering, place)
    _hear(part, reader.start, reader.end, reader.text)
    return [block for block in reader.targets[0] if isinstance(block, Table) or block.text.strip()]


def _hear(part: bytes, start: object, end: object | None, text: object | None) -> None:
    """Parse *part*; a document type declaration, which Word never writes, is refused, and with it every entity."""
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True

    def refuse(*_: object) -> None:
        raise Unreadable(_BROKEN)

    parser.StartDoctypeDeclHandler = refuse
    parser.StartElementHandler = start  # type: ignore[assignment]
    parser.EndElementHandler = end  # type: ignore[assignment]
    parser.CharacterDataHandler = text  # type: ignore[assignment]
    try:
        parser.Parse(part, True)
    except expat.ExpatError as broken:
        raise Unreadable(_BROKEN) from broken


def _numbering(part: bytes) -> dict[str, list[tuple[int, str, str]]]:
    """Word's lists by their number: for each level its first number, its form, and its text (such as ``%1、``)."""
    abstract: dict[str, list[list[str]]] = {}
    lists: dict[str, str] = {}
    at = ["", ""]  # the abstract list, the list

    def start(tag: str, attributes: dict[str, str]) -> None:
        local = tag.rpartition(" ")[2]
        named = {key.rpartition(" ")[2]: value for key, value in attributes.items()}
        value = named.get("val", "")
        match local:
            case "abstractNum":
                at[:] = [named.get("abstractNumId", ""), ""]
                abstract[at[0]] = []
            case "num":
                at[:] = ["", named.get("numId", "")]
            case "abstractNumId" if at[1]:
                lists[at[1]] = value
            case "lvl" if at[0]:
                abstract[at[0]].append(["1", "decimal", ""])
            case "start" | "numFmt" | "lvlText" if at[0] and abstract[at[0]]:
                abstract[at[0]][-1][("start", "numFmt", "lvlText").index(local)] = value

    _hear(part, start, None, None)
    return {
        number: [(int(first) if first.isdecimal() else 1, form, text) for first, form, text in abstract.get(name, [])]
        for number, name in lists.items()
    }


_DIGITS = "〇一二三四五六七八九"


def _spelled(number: int, form: str) -> str:
    if ("hinese" in form or "apanese" in form or form.startswith("ideograph")) and 0 < number < 100:
        tens, ones = divmod(number, 10)
        return ("" if tens == 0 else "十" if tens == 1 else _DIGITS[tens] + "十") + (_DIGITS[ones] if ones else "")
    return str(number)
