"""Streams the XML parts of a package through expat with limits: sheets, shared strings, documents, relationships.

What a part is, is told by its root element, not by its name. Nothing is kept but counts.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Mapping
from xml.parsers import expat

from ipweek.errors import Invalid
from ipweek.files.cell_reference import column_letters, parse_area, parse_cell
from ipweek.files.limits import Limits, TooLarge

_NUMBER = re.compile(r"\s*[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,4})?\s*", re.ASCII)
_INDEX = re.compile(r"\s*\d{1,9}\s*", re.ASCII)
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?Z?)?|T?\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?Z?", re.ASCII)
_LONGEST_NUMBER = 64
_LONGEST_MARKUP = 1 << 20  # bytes of XML without the end of a tag: one huge attribute
_WIDEST_SPAN = 64  # Word itself stops at 63 columns

Attributes = Mapping[str, str]


class Damaged(Exception):
    """The inside of a package is not what Excel, Word or WPS write; the text says in a few Chinese words what."""


class Seen:
    """What the parts of one package have come to so far."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.elements = 0
        self.characters = 0
        self.relationships: list[tuple[str, str, str, bool]] = []  # source part, kind, target, is external
        self.sheet_ids: dict[str, str] = {}  # relationship id: the sheet's name
        self.sheet_targets: dict[str, str] = {}  # relationship id: target, of the workbook
        self.string_lengths: list[int] | None = None
        self.strings_used: Counter[int] = Counter()
        self.document_rows = 0

    def sheet(self, part: str) -> str:
        """How to name a sheet to the person who sent it, such as 工作表“附件2”."""
        for key, name in self.sheet_ids.items():
            if part.endswith(self.sheet_targets.get(key, "?").lstrip("/.")):
                return f"工作表“{name[:31]}”"
        return "工作表"

    def add_characters(self, count: int) -> None:
        self.characters += count
        if self.characters > self.limits.text_characters:
            raise TooLarge("文件里的文字过多，没有接收，请删去无关的工作表和内容，另存后再上传。")

    def finish(self) -> None:
        """Add up the shared strings as often as cells use them."""
        lengths = self.string_lengths or []
        for index, times in self.strings_used.items():
            if index >= len(lengths):
                raise Damaged("单元格引用了不存在的文字")
            self.add_characters(lengths[index] * times)


class PartReader:
    """Reads one XML part piece by piece; complains as soon as a limit is passed."""

    def __init__(self, name: str, seen: Seen, *, must_be_xml: bool) -> None:
        self.name = name
        self.seen = seen
        self.limits = seen.limits
        self.must_be_xml = must_be_xml
        self.has_failed = False
        self.depth = 0
        self.fed = 0
        self.elements_left = seen.limits.elements - seen.elements
        self.element: Callable[[str, Attributes], None] = self._root
        self.end: Callable[[str], None] | None = None
        self.parser = expat.ParserCreate()
        self.parser.buffer_text = True
        self.parser.StartDoctypeDeclHandler = self._doctype
        self.parser.EntityDeclHandler = self._doctype
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.hear_text(_ignore_text)

    def hear_text(self, text: Callable[[str], None]) -> None:
        self.parser.CharacterDataHandler = text

    def feed(self, chunk: bytes) -> None:
        if self.has_failed:
            return
        self.fed += len(chunk)
        try:
            self.parser.Parse(chunk, False)
        except expat.ExpatError as error:
            self._failed(error)
        except (LookupError, UnicodeError) as error:
            raise Damaged("文字编码少见") from error
        if self.fed - self.parser.CurrentByteIndex > _LONGEST_MARKUP:
            raise Damaged("有过长的标记")

    def close(self) -> None:
        self.seen.elements = self.limits.elements - self.elements_left
        if self.has_failed:
            return
        try:
            self.parser.Parse(b"", True)
        except expat.ExpatError as error:
            self._failed(error)

    def _failed(self, error: expat.ExpatError) -> None:
        """VML of old versions and pictures in SVG may be untidy; readers do not open them."""
        if self.must_be_xml:
            raise Damaged("有一部分不完整") from error
        self.has_failed = True

    def _doctype(self, *_args: object) -> None:
        raise Damaged("含有外部定义")

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self.depth += 1
        self.elements_left -= 1
        if self.depth > self.limits.depth:
            raise Damaged("嵌套过深")
        if self.elements_left < 0:
            raise TooLarge("文件内容过多，没有接收，请把需要的内容复制到新文件，保存后再上传。")
        self.element(name.rpartition(":")[2] if ":" in name else name, attributes)

    def _end(self, name: str) -> None:
        self.depth -= 1
        if self.end:
            self.end(name.rpartition(":")[2] if ":" in name else name)

    def _root(self, name: str, attributes: Attributes) -> None:
        reader = _READERS.get(name)
        self.element = reader(self).element if reader else _ignore


def _ignore(_name: str, _attributes: Attributes) -> None:
    """Other parts are only counted."""


def _ignore_text(_text: str) -> None:
    """The same for text."""


class _Sheet:
    """A worksheet: where its cells stand, what its numbers are, what its merges cover."""

    def __init__(self, part: PartReader) -> None:
        self.part = part
        self.seen = part.seen
        self.limits = part.limits
        self.rows = self.cells = self.merges = self.merged = 0
        self.row = self.column = 0
        self.kind = "n"
        self.value = ""
        self.length = 0
        self.inside = False  # in v or t of a cell
        part.end = self._end
        part.hear_text(self._text)

    def element(self, name: str, attributes: Attributes) -> None:
        if name == "c":
            self._cell(attributes)
        elif name in {"v", "t"}:
            self.inside = True
        elif name == "row":
            self._row(attributes)
        elif name == "mergeCell":
            self._merge(attributes)

    def _row(self, attributes: Attributes) -> None:
        self.rows += 1
        if self.rows > self.limits.row_elements:
            raise TooLarge(f"{self._sheet}有大量空行（格式刷到了底），请把有内容的行复制到新表，保存后再上传。")
        text = attributes.get("r")
        if text is None:
            self.row += 1
        else:
            place = parse_cell(f"A{text}")
            if not place:
                raise Damaged("行号超出范围")
            self.row = place[0]
        self.column = 0

    def _cell(self, attributes: Attributes) -> None:
        self.cells += 1
        if self.cells > self.limits.cells:
            raise TooLarge(f"{self._sheet}的单元格过多，请只保留附件表格，另存后再上传。")
        reference = attributes.get("r")
        if reference is None:
            self.column += 1
        else:
            place = parse_cell(reference)
            if not place:
                raise Damaged("单元格位置超出范围")
            self.row, self.column = place
        self.kind = attributes.get("t", "n")
        self.value = ""
        self.length = 0

    def _merge(self, attributes: Attributes) -> None:
        area = parse_area(attributes.get("ref", ""))
        if not area:
            raise Damaged("合并单元格的范围不对")
        self.merges += 1
        self.merged += (area[2] - area[0] + 1) * (area[3] - area[1] + 1)
        if self.merges > self.limits.merges or self.merged > self.limits.merged_cells:
            raise TooLarge(f"{self._sheet}的合并单元格过多或过大，请取消多余的合并，另存后再上传。")

    def _text(self, text: str) -> None:
        if self.inside:
            self.length += len(text)
            if self.length > self.limits.cell_characters:
                raise TooLarge(f"{self._place}的文字超过 {self.limits.cell_characters} 字，请缩短后再上传。")
            if self.length <= _LONGEST_NUMBER:
                self.value += text

    def _end(self, name: str) -> None:
        if name in {"v", "t"}:
            self.inside = False
        elif name == "c" and self.length:
            self._written()

    def _written(self) -> None:
        """A cell with something in it is complete."""
        if self.row > self.limits.rows:
            raise TooLarge(f"{self._place}还有内容，表格不能超过 {self.limits.rows} 行，请删去无关内容，另存后再上传。")
        if self.column > self.limits.columns:
            raise TooLarge(f"{self._place}还有内容，表格不能超过 {self.limits.columns} 列，请删去无关内容，另存后再上传。")
        if self.kind == "s":
            if not _INDEX.fullmatch(self.value):
                raise Damaged("单元格引用了不存在的文字")
            self.seen.strings_used[int(self.value)] += 1
            return
        self.seen.add_characters(self.length)
        if self.kind == "n" and not self._is_number():
            raise Invalid(f"{self._place}的数值不正常，系统读不出，请重新填写这一格，保存后再上传。")
        if self.kind == "d" and not _MOMENT.fullmatch(self.value.strip()):
            raise Invalid(f"{self._place}的日期不正常，系统读不出，请重新填写这一格，保存后再上传。")

    def _is_number(self) -> bool:
        text = self.value
        if not text.strip() and self.length <= _LONGEST_NUMBER:
            return True
        return self.length <= _LONGEST_NUMBER and bool(_NUMBER.fullmatch(text)) and math.isfinite(float(text))

    @property
    def _sheet(self) -> str:
        return self.seen.sheet(self.part.name)

    @property
    def _place(self) -> str:
        return f"{self._sheet}的 {column_letters(self.column)}{self.row}"


class _SharedStrings:
    """The texts that cells point to: how many, how long."""

    def __init__(self, part: PartReader) -> None:
        self.seen = part.seen
        self.limits = part.limits
        if self.seen.string_lengths is not None:
            raise Damaged("文字表重复")
        self.lengths: list[int] = []
        self.seen.string_lengths = self.lengths
        part.hear_text(self._text)

    def element(self, name: str, _attributes: Attributes) -> None:
        if name == "si":
            self.lengths.append(0)
            if len(self.lengths) > self.limits.cells:
                raise TooLarge("文件里的文字过多，没有接收，请删去无关的工作表和内容，另存后再上传。")

    def _text(self, text: str) -> None:
        if self.lengths:
            self.lengths[-1] += len(text)
            if self.lengths[-1] > self.limits.cell_characters:
                raise TooLarge(f"有单元格的文字超过 {self.limits.cell_characters} 字，请缩短后再上传。")


class _Document:
    """A Word document: its table rows and how far its cells span."""

    def __init__(self, part: PartReader) -> None:
        self.seen = part.seen
        self.limits = part.limits
        part.hear_text(self._text)

    def element(self, name: str, attributes: Attributes) -> None:
        if name == "tr":
            self.seen.document_rows += 1
            if self.seen.document_rows > self.limits.rows:
                raise TooLarge(f"文件里的表格超过 {self.limits.rows} 行，请删去无关的表格，另存后再上传。")
        elif name in {"gridSpan", "gridBefore", "gridAfter"}:
            value = next((text for key, text in attributes.items() if key.rpartition(":")[2] == "val"), "1")
            if not _INDEX.fullmatch(value) or int(value) > _WIDEST_SPAN:
                raise Damaged("表格的合并范围不对")

    def _text(self, text: str) -> None:
        self.seen.add_characters(len(text))


class _Relationships:
    """Where the parts point to."""

    def __init__(self, part: PartReader) -> None:
        self.part = part
        self.seen = part.seen

    def element(self, name: str, attributes: Attributes) -> None:
        if name != "Relationship":
            return
        kind = attributes.get("Type", "").rpartition("/")[2]
        target = attributes.get("Target", "")
        is_external = attributes.get("TargetMode", "").lower() == "external"
        self.seen.relationships.append((self.part.name, kind, target, is_external))
        if kind == "worksheet":
            self.seen.sheet_targets[attributes.get("Id", "")] = target


class _Workbook:
    """The names of the sheets."""

    def __init__(self, part: PartReader) -> None:
        self.seen = part.seen

    def element(self, name: str, attributes: Attributes) -> None:
        if name == "sheet":
            key = next((text for key, text in attributes.items() if key.endswith(":id")), "")
            self.seen.sheet_ids[key] = attributes.get("name", "")


_READERS: dict[str, Callable[[PartReader], _Sheet | _SharedStrings | _Document | _Relationships | _Workbook]] = {
    "worksheet": _Sheet,
    "sst": _SharedStrings,
    "document": _Document,
    "Relationships": _Relationships,
    "workbook": _Workbook,
}
