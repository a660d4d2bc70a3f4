"""The rows of an annex sheet as XML, one band after the other, without ever holding them all.

Text is written into the cells themselves (inline strings): a table of shared strings would have to be kept in
memory to the end. openpyxl, LibreOffice, WPS and Excel read both alike.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import partial
from typing import NamedTuple

from openpyxl.utils import get_column_letter

from ipweek.workbooks import heights, layout
from ipweek.workbooks.layout import AnnexSheet, Band
from ipweek.workbooks.skeleton import LONG_TEXT, QUOTED, Frame

LONGEST_TEXT = 32_767
"""Excel's limit for a cell. Cells are stored up to 4,000 characters, so this is only a stop."""

UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
"""What XML 1.0 cannot hold at all."""
_BETWEEN = "│"
"""Stands between the texts of a row while they are looked at together."""
_LEADING = re.compile("│[=+\\-@＝＋－＠' \n]")
_ESCAPE = re.compile("(?<=_)(?=x[0-9A-Fa-f]{4}_)")
"""``_x000D_`` in a cell means a control character. Typed by a person it is written in two runs, cut here: Excel's own
way out (``_x005F_x000D_``) is not understood by every reader."""


class Placed(NamedTuple):
    """Where one row of a unit stands: its first sheet row, and where it comes from."""

    sheet: str
    row: int
    unit: str
    row_id: int


def clean(text: str) -> str:
    """*text* as a cell can hold it: LF for line breaks, nothing that XML refuses."""
    text = UNWRITABLE.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    return text if len(text) <= LONGEST_TEXT else text[: LONGEST_TEXT - 12] + "……（文字过长，未完）"


def _is_plain(joined: str) -> bool:
    """Whether all texts of a row, each after a ``_BETWEEN``, may be written as they stand (some that may are told apart)."""
    if not joined.replace("\n", "").isprintable() or _LEADING.search(joined):
        return False
    return not ("&" in joined or "<" in joined or ">" in joined or "_x" in joined or " │" in joined or "\n│" in joined)


def escape(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


class Rows:
    """Writes the bands of one sheet into its *frame*. Iterate ``xml()`` to its end; then ``merges`` and ``placed`` are complete."""

    def __init__(self, sheet: AnnexSheet, frame: Frame) -> None:
        self.sheet = sheet
        self.frame = frame
        self.merges = frame.merges
        self.placed: list[Placed] = []
        self.row = frame.next_row
        self._centred = [column.key in layout.CENTRED for column in sheet.form.columns]
        self._letters = [get_column_letter(index) for index in range(1, len(self._centred) + 1)]
        self._rooms = frame.columns.rooms(frame.columns.size)
        self._plain = [frame.styles.body(frame.columns.size, centred=centred) for centred in self._centred]

    def xml(self) -> Iterator[str]:
        """The ``<row>`` elements."""
        empty = True
        for band in self.sheet.bands:
            empty = False
            if not self.sheet.single:
                yield self._across(band.line, self.frame.styles.band[self.frame.columns.size], least=26.0)
            if band.nil_return:
                yield self._across(layout.NIL_RETURN, self.frame.styles.remark[self.frame.columns.size], least=layout.SHORTEST_ROW)
            yield from self._band(band)
        if empty:
            yield self._across(layout.NOTHING, self.frame.styles.remark[self.frame.columns.size], least=layout.SHORTEST_ROW)

    def _band(self, band: Band) -> Iterator[str]:
        size = self.frame.columns.size
        fits = int((layout.LONGEST_ROW - layout.PADDING) / layout.PITCH[size])
        heads = [f'" ht="{layout.row_height(count, size):g}" customHeight="1">' for count in range(fits + 1)]
        empty = [(f'<c r="{letter}', f'" s="{style}"/>') for letter, style in zip(self._letters, self._plain, strict=True)]
        filled = [(place, f'{style[:-2]} t="inlineStr"><is><t>') for place, style in empty]
        rooms, most_lines, ids = self._rooms, heights.most_lines, iter(band.row_ids)
        for values in band.rows:
            row_id = next(ids, None)
            if row_id is not None:
                self.placed.append(Placed(self.sheet.name, self.row, band.unit, row_id))
            count = most_lines(values, rooms)
            if count > fits:
                yield self._long(values)
                continue
            if max(map(len, values)) > LONG_TEXT or not _is_plain(f"│{_BETWEEN.join(values)}│"):
                cells = "".join(map(self._careful, self._letters, values, self._centred))
            else:
                cells = "".join(
                    [
                        f"{opened}{self.row}{styled}{text}</t></is></c>" if text else f"{bare}{self.row}{end}"
                        for (opened, styled), (bare, end), text in zip(filled, empty, values, strict=True)
                    ]
                )
            yield f'<row r="{self.row}{heads[count]}{cells}</row>'
            self.row += 1

    def _long(self, values: Sequence[str]) -> str:
        """A row that Excel cannot make high enough: in smaller letters, or over several merged sheet rows."""
        size, height, parts = layout.fit([clean(text) for text in values], self.frame.columns)
        first, rows = self.row, []
        for part in range(parts):
            careful = partial(self._careful, size=size, spread=parts > 1)
            cells = "".join(map(careful, self._letters, [""] * len(values) if part else values, self._centred))
            rows.append(f'<row r="{self.row}" ht="{height:g}" customHeight="1">{cells}</row>')
            self.row += 1
        if parts > 1:
            self.merges += [f"{letter}{first}:{letter}{self.row - 1}" for letter in self._letters]
        return "".join(rows)

    def _across(self, text: str, style: int, *, least: float) -> str:
        """A line over the whole width of the table."""
        number, last = self.row, self._letters[-1]
        text = clean(text)
        height = layout.line_height(text, self.frame.columns.total, self.frame.columns.size, least=least)
        rest = "".join(f'<c r="{letter}{number}" s="{style}"/>' for letter in self._letters[1:])
        if last != "A":
            self.merges.append(f"A{number}:{last}{number}")
        self.row += 1
        return f'<row r="{number}" ht="{height:g}" customHeight="1">{_cell(f"A{number}", text, style)}{rest}</row>'

    def _careful(self, letter: str, text: str, centred: bool, *, size: float = 0.0, spread: bool = False) -> str:  # noqa: FBT001 -- mapped
        """One cell of the row at hand, with whatever text."""
        text = clean(text)
        quoted = text.lstrip()[:1] in QUOTED
        style = self.frame.styles.body(
            size or self.frame.columns.size, centred=centred, quoted=quoted, long=len(text) > LONG_TEXT, spread=spread
        )
        return _cell(f"{letter}{self.row}", text, style)


def _cell(place: str, text: str, style: int) -> str:
    """One cell with whatever text."""
    if not text:
        return f'<c r="{place}" s="{style}"/>'
    runs = _ESCAPE.split(text)
    inside = _run(text) if len(runs) == 1 else "".join(f"<r>{_run(run)}</r>" for run in runs)
    return f'<c r="{place}" s="{style}" t="inlineStr"><is>{inside}</is></c>'


def _run(text: str) -> str:
    space = ' xml:space="preserve"' if text != text.strip() else ""
    return f"<t{space}>{escape(text)}</t>"
