"""Web pages (.html) as saved from a site: the text a reader sees, with the tables, without scripts and styles."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from lxml import etree

from ipweek.notice.reader.document import MAX_CELLS, Block, Cell, Document, Paragraph, Table, Unreadable, clean, made, too_long

MAX_NESTED = 100
"""Tables within tables."""

_UNSEEN = frozenset(
    {"script", "style", "noscript", "template", "select", "textarea", "button", "svg", "iframe", "object", "map", "nav", "form_"}
)
_INLINE = frozenset(
    [
        "a",
        "abbr",
        "acronym",
        "b",
        "bdi",
        "big",
        "cite",
        "code",
        "del",
        "em",
        "font",
        "i",
        "img",
        "input",
        "ins",
        "kbd",
        "label",
        "mark",
        "nobr",
        "q",
        "s",
        "samp",
        "small",
        "span",
        "strike",
        "strong",
        "sub",
        "sup",
        "tt",
        "u",
        "wbr",
    ]
)
_EMPTY = frozenset(["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr"])


def read_html(data: bytes, name: str) -> Document:
    """The page in *data*, in the encoding that it names or that fits."""
    page = _Page()
    parser = etree.HTMLParser(target=page, encoding=_encoding(data), huge_tree=True, recover=True, no_network=True)
    try:
        parser.feed(data)
        parser.close()
    except (etree.LxmlError, LookupError, AssertionError) as broken:
        raise Unreadable("这个网页文件无法读取，请复制网页上的通知文字，直接粘贴。") from broken
    return made("html", name, page.done(), page_title=page.page_title)


def _encoding(data: bytes) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    if data.startswith(b"\xef\xbb\xbf"):
        return "utf-8"
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return "gb18030"
    return "utf-8"


@dataclass
class _Open:
    rows: list[list[Cell]] = field(default_factory=list)
    nested: list[Block] = field(default_factory=list)
    across: int = 1
    down: int = 1


class _Page:
    """Hears the page's tags in order; lxml calls it."""

    def __init__(self) -> None:
        self.targets: list[list[Block]] = [[]]
        self.tables: list[_Open] = []
        self.depths: list[int] = []  # of targets, where each open table started
        self.line: list[str] = []
        self.unseen = 0
        self.in_title = False
        self.page_title = ""
        self.count = 0

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if self.unseen:
            self.unseen += tag not in _EMPTY
            return
        style = re.sub(r"\s", "", attributes.get("style", "")).lower() if attributes else ""
        if tag not in _EMPTY and (tag in _UNSEEN or "display:none" in style or "hidden" in attributes):
            self.unseen = 1
        elif tag == "title":
            self.in_title = True
        elif tag == "br":
            self._break()
        elif tag == "table":
            self._break()
            if len(self.tables) >= MAX_NESTED:
                raise too_long()
            self.tables.append(_Open())
            self.depths.append(len(self.targets))
        elif tag == "tr" and self.tables:
            self._close_cell()
            self.tables[-1].rows.append([])
        elif tag in ("td", "th") and self.tables:
            self._open_cell(attributes)
        elif tag not in _INLINE:
            self._break()

    def end(self, tag: str) -> None:
        if self.unseen:
            self.unseen -= tag not in _EMPTY
            return
        if tag == "title":
            self.in_title = False
        elif tag in ("td", "th", "tr") and self.tables:
            self._close_cell()
        elif tag == "table" and self.tables:
            self._close_table()
        elif tag not in _INLINE:
            self._break()

    def data(self, text: str) -> None:
        if self.in_title:
            self.page_title = (self.page_title + text)[:500]
        elif not self.unseen:
            self.line.append(text)

    def comment(self, text: str) -> None:
        """Comments are not part of the page."""

    def pi(self, target: str, data: str | None = None) -> None:
        """Nor are processing instructions."""

    def close(self) -> None:
        while self.tables:
            self._close_table()
        self._break()

    def done(self) -> list[Block]:
        while self.tables:
            self._close_table()
        self._break()
        return self.targets[0]

    def _break(self) -> None:
        text = re.sub(r"[ \t\n]+", " ", clean("".join(self.line))).strip()
        self.line = []
        if text:
            self.targets[-1].append(Paragraph(text))

    def _open_cell(self, attributes: dict[str, str]) -> None:
        self._close_cell()
        self.count += 1
        if self.count > MAX_CELLS:
            raise too_long()
        table = self.tables[-1]
        if not table.rows:
            table.rows.append([])
        table.across, table.down = (_span(attributes, name) for name in ("colspan", "rowspan"))
        self.targets.append([])

    def _close_cell(self) -> None:
        if len(self.targets) <= self.depths[-1]:
            self._break()
            return
        self._break()
        blocks = self.targets.pop()
        table = self.tables[-1]
        texts = [block.text for block in blocks if isinstance(block, Paragraph)]
        table.nested += [block for block in blocks if isinstance(block, Table)]
        if any(isinstance(block, Table) for block in blocks) or len(texts) > 12:
            # A cell that holds the page itself: its paragraphs are the text.
            table.nested[len(table.nested) :] = []
            table.nested = [*table.nested[: -sum(isinstance(b, Table) for b in blocks) or None], *blocks]
            texts = []
        table.rows[-1].append(Cell("\n".join(texts), table.across, table.down))

    def _close_table(self) -> None:
        self._close_cell()
        table = self.tables.pop()
        self.depths.pop()
        rows = [row for row in table.rows if any(cell.text for cell in row)] if all(len(r) <= 1 for r in table.rows) else table.rows
        if rows and all(len(row) <= 1 for row in rows):  # only a frame
            self.targets[-1] += [Paragraph(line) for row in rows for cell in row for line in cell.text.split("\n")]
        elif rows and any(cell.text for row in rows for cell in row):
            self.targets[-1].append(Table(tuple(tuple(row) for row in rows if row)))
        self.targets[-1] += table.nested


def _span(attributes: dict[str, str], name: str) -> int:
    value = attributes.get(name, "1").strip()
    return max(1, min(int(value[:3]), 200)) if value.isdecimal() and value.isascii() else 1
