"""PDF files with a text layer. Letters are put in lines by where they stand on the page, and ruled boxes become tables."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from pypdf import PdfReader, apply_configuration
from pypdf.errors import PyPdfError
from pypdf.generic import ArrayObject, IndirectObject, StreamObject

from ipweek.notice.reader.document import Block, Cell, Document, Paragraph, Table, Unreadable, clean, made, too_long
from ipweek.notice.reader.pdf_text import Chunk, Shown, apart, effort, pieces

MAX_PAGES = 120
MAX_STREAM = 600_000
"""Bytes of one page's drawing, unpacked; all pages together may have four times as much. A page of a notice has some 50,000."""
MAX_OPERATIONS = 120_000
"""Orders to draw, of all pages together. A page of a notice has some 1,500."""
_LIMITS: dict[str, Any] = {
    "zlib_maximum_output_length": MAX_STREAM * 8,
    "lzw_maximum_output_length": MAX_STREAM * 4,
    "run_length_maximum_output_length": MAX_STREAM * 4,
    "array_based_stream_maximum_output_length": MAX_STREAM * 4,
    "stream_decoding_work_maximum_length": MAX_STREAM * 16,
    "stream_parsing_work_maximum_count": 300_000,
    "xform_maximum_invocations_per_extraction": 200,
}

_SCAN = "这份 PDF 是扫描件，没有可以读取的文字，请上传 .docx 格式的通知，或用文字识别后直接粘贴文字。"
_BROKEN = "这份 PDF 已损坏，无法读取，请另存为 .docx 后再上传，或直接粘贴文字。"
_LOCKED = "这份 PDF 加了密码，请去掉密码后再上传，或直接粘贴文字。"


def read_pdf(data: bytes, name: str) -> Document:
    """The document in *data*, or Unreadable for a scan, a locked, a damaged or a far too long file."""
    try:
        with apply_configuration(**_LIMITS):
            blocks = _blocks(PdfReader(io.BytesIO(data), strict=False))
    except Unreadable:
        raise
    except (MemoryError, PyPdfError) as broken:
        raise Unreadable(_BROKEN) from broken
    except Exception as broken:  # a damaged file makes the library raise almost anything
        raise Unreadable(_BROKEN) from broken
    letters = sum(len(block.text) if isinstance(block, Paragraph) else 20 for block in blocks)
    if letters < 20:
        raise Unreadable(_SCAN)
    return made("pdf", name, blocks)


def _blocks(reader: PdfReader) -> list[Block]:
    if reader.is_encrypted and not reader.decrypt(""):
        raise Unreadable(_LOCKED)
    if len(reader.pages) > MAX_PAGES:
        raise too_long()
    blocks: list[Block] = []
    runs_on = False
    reach: dict[int, float] = {}  # the right margin of the pages so far, by their width
    left = MAX_STREAM * 4
    done = 0
    for page in reader.pages:
        contents = page.get("/Contents")
        if contents is None:
            continue
        left -= _weight(contents.get_object())
        if left < 0:
            raise too_long()
        sheet = _Sheet(operations=done)
        page.extract_text(visitor_text=sheet.hear_text, visitor_operand_before=sheet.hear_operand)
        width = round(float(page.mediabox.width))
        new, reach[width] = sheet.blocks(reach.get(width, 0.0))
        for over, under in zip(blocks[-1:], new[:1], strict=False):
            if not (runs_on and sheet.starts_flush and isinstance(over, Paragraph) and isinstance(under, Paragraph)):
                continue
            if not _OWN_LINE.match(under.text):
                blocks[-1:], new[:1] = [], [Paragraph(_joined(over.text, under.text))]
        blocks += new
        runs_on = sheet.runs_on if new else runs_on
        done = sheet.operations
    return blocks


def _weight(contents: object) -> int:
    """The bytes of a page's drawing, unpacked."""
    parts: Sequence[object] = contents if isinstance(contents, ArrayObject) else [contents]
    total = 0
    for part in parts[:200]:
        stream = part.get_object() if isinstance(part, IndirectObject) else part
        if isinstance(stream, StreamObject):
            total += len(stream.get_data())
        if total > MAX_STREAM:
            raise too_long()
    return total


@dataclass
class _Sheet:
    """One page as it is drawn: the pieces of text, and the straight rules."""

    chunks: list[Chunk] = field(default_factory=list)
    across: list[tuple[float, float, float]] = field(default_factory=list)  # y, from x, to x
    upright: list[tuple[float, float, float]] = field(default_factory=list)  # x, from y, to y
    path: list[tuple[float, float, float, float]] = field(default_factory=list)
    boxes: list[tuple[float, float, float, float]] = field(default_factory=list)
    at: tuple[float, float] = (0.0, 0.0)
    starts: list[Shown] = field(default_factory=list)  # what was shown since the last piece of text was told
    operations: int = 0
    starts_flush: bool = False  # the first block is a line at the left margin, so it may go on with the page before
    runs_on: bool = False  # the last block ends at the right margin

    def hear_text(self, text: str, cm: Sequence[float], tm: Sequence[float], _font: object, size: float) -> None:
        starts, self.starts = self.starts, []
        text = clean(text).strip("\n")
        if not text.strip():
            return
        x = tm[4] * cm[0] + tm[5] * cm[2] + cm[4]
        y = tm[4] * cm[1] + tm[5] * cm[3] + cm[5]
        scale = abs(tm[3] * cm[3]) or abs(tm[0] * cm[0]) or 1.0
        if abs(tm[1]) > abs(tm[0]) * 0.3:  # slanted: a watermark
            return
        height = max(4.0, min(float(size or 10) * scale, 60.0))
        self.operations += effort(text, starts)
        self.chunks += apart(text, starts, y, height) or [Chunk(text, x, y, height)]

    def hear_operand(self, operator: bytes, operands: Sequence[object], cm: Sequence[float], tm: Sequence[float]) -> None:
        self.operations += 1
        if self.operations > MAX_OPERATIONS:
            raise too_long()
        match operator:
            case b"Tj" | b"TJ":
                self.starts.append(Shown(tm[4] * cm[0] + tm[5] * cm[2] + cm[4], pieces(operands[0])))
            case b"m":
                self.at = _placed(operands, cm)
            case b"l":
                to = _placed(operands, cm)
                self.path.append((*self.at, *to))
                self.at = to
            case b"re":
                (x, y), (x2, y2) = (
                    _placed(operands, cm),
                    _placed([_number(operands[0]) + _number(operands[2]), _number(operands[1]) + _number(operands[3])], cm),
                )
                self.boxes.append((min(x, x2), min(y, y2), max(x, x2), max(y, y2)))
            case b"S" | b"s" | b"B" | b"B*" | b"b" | b"b*":
                self._draw(with_outlines=True)
            case b"f" | b"F" | b"f*":
                self._draw(with_outlines=False)
            case b"n":
                self.path, self.boxes = [], []

    def _draw(self, *, with_outlines: bool) -> None:
        for x, y, x2, y2 in self.path:
            self._rule(x, y, x2, y2)
        for x, y, x2, y2 in self.boxes:
            if y2 - y < 3 or x2 - x < 3:
                self._rule(x, y, x2, y2)
            elif with_outlines:
                for rule in ((x, y, x2, y), (x, y2, x2, y2), (x, y, x, y2), (x2, y, x2, y2)):
                    self._rule(*rule)
        self.path, self.boxes = [], []

    def _rule(self, x: float, y: float, x2: float, y2: float) -> None:
        if len(self.across) + len(self.upright) > 20_000:
            raise too_long()
        if abs(y2 - y) < 3 <= abs(x2 - x):
            self.across.append(((y + y2) / 2, min(x, x2), max(x, x2)))
        elif abs(x2 - x) < 3 <= abs(y2 - y):
            self.upright.append(((x + x2) / 2, min(y, y2), max(y, y2)))

    def blocks(self, reach: float) -> tuple[list[Block], float]:
        """The page's lines and tables from top to bottom, and how far to the right its lines or earlier ones (*reach*) go."""
        placed: list[tuple[float, Block]] = []
        rest = self.chunks
        for left, bottom, right, top in self._frames():
            inside = [c for c in rest if left - 2 <= c.x <= right and bottom - 2 <= c.y + c.size * 0.3 <= top + 2]
            table = self._table(left, bottom, right, top, inside)
            if table is not None:
                rest = [c for c in rest if c not in inside]
                placed.append((top, table))
        lines = _lines(rest)
        if lines and re.fullmatch(r"[-–—·\s]*\d{1,3}[-–—·\s]*", lines[-1].text):
            lines.pop()  # the page's number
        margins = (min((line.left for line in lines), default=0.0), max([reach, *(line.right for line in lines)]))
        paragraphs = _paragraphs(lines, margins, [y for y, _ in placed])
        placed += [(line.y, Paragraph(line.text)) for line in paragraphs]
        placed.sort(key=lambda item: -item[0])
        if paragraphs and placed:
            self.starts_flush = placed[0][0] == paragraphs[0].y and paragraphs[0].left < margins[0] + 0.8 * paragraphs[0].size
            self.runs_on = placed[-1][0] == paragraphs[-1].y and _is_full(lines[-1], margins)
        return [block for _, block in placed], margins[1]

    def _frames(self) -> list[tuple[float, float, float, float]]:
        """The outlines of what may be tables: upright rules that touch the same rules across."""
        frames: list[list[float]] = []
        for x, low, high in sorted(self.upright, key=lambda rule: -rule[2])[:2_000]:
            touching = [f for f in frames if low <= f[3] + 3 and high >= f[1] - 3]
            box = [x, low, x, high]
            for frame in touching:
                frames.remove(frame)
                box = [min(box[0], frame[0]), min(box[1], frame[1]), max(box[2], frame[2]), max(box[3], frame[3])]
            frames.append(box)
        return [(a, b, c, d) for a, b, c, d in frames if c - a > 60 and d - b > 8]

    def _table(self, left: float, bottom: float, right: float, top: float, chunks: list[Chunk]) -> Table | None:
        xs = _steps([x for x, low, high in self.upright if left - 3 <= x <= right + 3 and low >= bottom - 4 and high <= top + 4])
        ys = _steps([y for y, low, high in self.across if bottom - 4 <= y <= top + 4 and high >= left and low <= right])[::-1]
        if len(xs) < 3 or len(ys) < 2 or len(xs) * len(ys) > 4_000:
            return None
        wide, tall = len(xs) - 1, len(ys) - 1
        owner = {(row, column): (row, column) for row in range(tall) for column in range(wide)}
        for row in range(tall):
            middle = (ys[row] + ys[row + 1]) / 2
            for column in range(wide):
                if column and not any(abs(x - xs[column]) < 3 and low - 1 <= middle <= high + 1 for x, low, high in self.upright):
                    owner[row, column] = owner[row, column - 1]
                centre = (xs[column] + xs[column + 1]) / 2
                if row and not any(abs(y - ys[row]) < 3 and low - 1 <= centre <= high + 1 for y, low, high in self.across):
                    owner[row, column] = owner[row - 1, column]
        held: dict[tuple[int, int], list[Chunk]] = {}
        for chunk in chunks:
            column = max((n for n in range(wide) if xs[n] - 2 <= chunk.x), default=0)
            row = max((n for n in range(tall) if chunk.y + chunk.size * 0.3 <= ys[n] + 1), default=0)
            held.setdefault(owner[row, column], []).append(chunk)
        rows: list[tuple[Cell, ...]] = []
        for row in range(tall):
            cells = []
            for column in range(wide):
                if owner[row, column] != (row, column):
                    continue
                mine = [spot for spot, first in owner.items() if first == (row, column)]
                text = "\n".join(line.text for line in _lines(held.get((row, column), [])))
                cells.append(Cell(text, max(c for _, c in mine) - column + 1, max(r for r, _ in mine) - row + 1))
            rows.append(tuple(cells))
        return Table(tuple(rows))


def _placed(operands: Sequence[object], cm: Sequence[float]) -> tuple[float, float]:
    x, y = _number(operands[0]), _number(operands[1])
    return x * cm[0] + y * cm[2] + cm[4], x * cm[1] + y * cm[3] + cm[5]


def _number(value: object) -> float:
    return float(value)  # type: ignore[arg-type]


def _steps(values: list[float]) -> list[float]:
    """*values* in order, those closer than three points taken as one."""
    steps: list[float] = []
    for value in sorted(values):
        if not steps or value - steps[-1] > 3:
            steps.append(value)
    return steps


@dataclass(frozen=True)
class _Printed:
    """A line of the page: its height, its ends, the size of its letters."""

    y: float
    left: float
    right: float
    size: float
    text: str


_OWN_LINE = re.compile(
    r"^(?:(?:单位名称|填[表报](?:单位|时间|日期|人)|(?:报送|上报|申报|推荐)单位)(?:（[^（）]{1,8}）)?\s?[:：]|[一二三四五六七八九十]{1,3}、|（[一二三四五六七八九十]{1,3}）|附\s?件\s?(?:[:：]|\d{0,2}\s?$)|联\s?系\s?人\s?[:：])"
)


_WORD = re.compile(r"[!-~]+")


def _is_full(line: _Printed, margins: tuple[float, float], following: str = "") -> bool:
    """Whether a line reaches from one margin to the other, but for the room that the *following* word, which can't be parted, lacked."""
    word = _WORD.match(following)
    room = (len(word[0]) * 0.55 if word else 0) * line.size
    return line.left < margins[0] + 6 * line.size and line.right + room > margins[1] - 3 * line.size


def _paragraphs(lines: list[_Printed], margins: tuple[float, float], tables: list[float]) -> list[_Printed]:
    """The lines that the page's width cut, whole again.

    A line that reaches the right margin goes on in the next one where that begins at the left margin, without an indent, in
    letters of the same size and with no table (*tables*: their heights) between.
    """
    whole: list[_Printed] = []
    for place, line in enumerate(lines):
        above = lines[place - 1] if place else None
        if (
            above is not None
            and _is_full(above, margins, line.text)
            and line.left < margins[0] + 0.8 * line.size
            and abs(above.size - line.size) < 0.1 * line.size
            and 0 < above.y - line.y < 2.6 * line.size
            and not any(line.y < y < above.y for y in tables)
            and not _OWN_LINE.match(line.text)
        ):
            first = whole.pop()
            whole.append(_Printed(first.y, first.left, line.right, line.size, _joined(first.text, line.text)))
        else:
            whole.append(line)
    return whole


def _joined(first: str, second: str) -> str:
    """Two parts of a line: words of Latin letters stay apart, but not those of an address."""
    apart = first[-1:].isascii() and first[-1:].isalpha() and second[:1].isascii() and second[:1].isalpha() and "@" not in first[-30:]
    return f"{first} {second}" if apart else first + second


def _lines(chunks: list[Chunk]) -> list[_Printed]:
    """The pieces put in lines, from top to bottom and left to right; wide gaps become two blanks."""
    lines: list[list[Chunk]] = []
    for chunk in sorted(chunks, key=lambda c: (-c.y, c.x)):
        if lines and abs(lines[-1][0].y - chunk.y) <= 0.4 * min(lines[-1][0].size, chunk.size):
            lines[-1].append(chunk)
        else:
            lines.append([chunk])
    texts: list[_Printed] = []
    for line in lines:
        text, right = "", None
        for chunk in sorted(line, key=lambda c: c.x):
            if right is not None:
                gap = (chunk.x - right) / chunk.size
                # Chinese letters are one size wide, so a narrow gap between them tells; others are only guessed.
                narrow = 0.15 if ord(text[-1]) > 0x2000 else 0.4
                text += "  " if gap > 1.2 else " " if gap > narrow else ""
            text += chunk.text.replace("\n", "")
            right = chunk.right
        texts.append(_Printed(line[0].y, min(c.x for c in line), right or 0.0, max(c.size for c in line), text.strip()))
    return texts
