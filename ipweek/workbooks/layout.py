"""The official look of the annexes in a workbook: what stands on a sheet, in which face, how wide and how high.

Faces and sizes follow GB/T 9704-2012 as offices apply it to tables. Fonts are only named, never carried.
Everything here is measured in points (1/72 inch) unless the name says otherwise.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from math import ceil

from ipweek.notice.schema import Annex
from ipweek.workbooks import heights

TITLE_FACE = "方正小标宋简体"
HEADING_FACE = "黑体"
BAND_FACE = "楷体_GB2312"
BODY_FACE = "仿宋_GB2312"
MARK_COLOUR = "FFC00000"
GRID_FACE = "Times New Roman"
"""The workbook's own face, at 12 points: a unit of column width is one of its digits, 6 points, on every machine
(Linux has a face of the same widths). No text is written in it."""

TITLE_SIZE = 22.0  # 二号
MARK_SIZE = 16.0  # 三号
BODY_SIZES = (12.0, 10.5, 9.0)  # 小四, 五号, 小五: the first at which the columns fit, a smaller one for very long rows
PITCH = {22.0: 34.0, 16.0: 25.0, 14.0: 22.0, 12.0: 18.0, 10.5: 16.0, 9.0: 13.5}
"""From line to line, enough for the tallest face that may stand in for a missing one (1.45 em)."""

PAGE_WIDTH = 728.0
"""Between the margins of A4 landscape (297 mm less 20 mm on either side)."""
LONGEST_ROW = 405.0
"""Excel draws no row higher than 409 points."""
SPREAD_ROW = 135.0
"""A row over several sheet rows is cut into pieces of about this height, so that a page is filled before it turns."""
PADDING = 7.0
"""Above and below the lines of a row, together."""
INSET = 5.0
"""What a cell keeps free left and right, together."""
SHORTEST_ROW = 30.0

COLUMN_EMS = {
    "host": 8.0,
    "event_name": 11.0,
    "event_time": 7.5,
    "venue": 8.5,
    "content": 18.0,
    "attendees": 7.5,
    "scale": 5.6,  # 活动规模 stands on one line and (参与人数) on the next
    "co_host": 9.0,
    "contact": 7.5,
}
"""How wide a column wants to be, in characters of its own text."""
OTHER_EMS = 9.0
FIXED = frozenset({"event_time", "scale", "contact"})
"""Columns of short words that gain nothing from more room and break badly with less."""
CENTRED = frozenset({"host", "event_time", "scale", "contact"})

NIL_RETURN = "本单位无重点活动（零报送）"
NOTHING = "（暂无已汇总的活动）"


@dataclass(frozen=True)
class Band:
    """One unit's part of an annex: its header fields as (label, value), then its rows in the order of the columns.

    ``row_ids`` name the rows where they come from, in the same order; they are never written.
    """

    unit: str
    header: tuple[tuple[str, str], ...]
    rows: Iterable[Sequence[str]]
    row_ids: Sequence[int] = ()
    nil_return: bool = False

    @property
    def line(self) -> str:
        """``单位名称：…　填表时间：…``."""
        return "　　".join(f"{label.rstrip(':：')}：{value}" for label, value in self.header)


@dataclass(frozen=True)
class AnnexSheet:
    """One annex with the bands of all its units, in official order.

    A ``single`` sheet is one unit's own table: its header fields stand above the headings, as the notice prints
    them, and not between the rows. ``mark`` (未定稿) is printed in the corner.
    """

    form: Annex
    bands: Iterable[Band]
    single: bool = False
    mark: str = ""

    @property
    def name(self) -> str:
        return f"附件{self.form.number}"


@dataclass(frozen=True)
class Columns:
    """How the columns of one annex are set: the size of their text, and each one's width."""

    size: float
    widths: tuple[float, ...]
    total: float = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "total", sum(self.widths))

    def rooms(self, size: float) -> list[float]:
        """How many em of text of *size* fit on a line of each column, with a little to spare."""
        return [room(width, size) for width in self.widths]


def room(width: float, size: float) -> float:
    """How many em of text of *size* fit on a line of a cell that is *width* wide.

    A printer's letters are up to a fiftieth wider than the screen's, hence the little that is kept back.
    """
    return (width - INSET) / size * 0.98


def set_columns(form: Annex, page_width: float = PAGE_WIDTH, sizes: Sequence[float] = BODY_SIZES[:2]) -> Columns:
    """The columns of *form*, filling the page: short ones as wide as they need, the others sharing the rest.

    The first of *sizes* serves at which all have the room they want, else the last.
    """
    ems = {column.key: COLUMN_EMS.get(column.key, OTHER_EMS) for column in form.columns}
    size = next((size for size in sizes if sum(ems.values()) * size <= page_width * 1.03), sizes[-1])
    fixed = sum(em for key, em in ems.items() if key in FIXED) * size
    flexible = sum(em for key, em in ems.items() if key not in FIXED) * size
    stretch = max(0.6, (page_width - fixed) / flexible) if flexible else 1.0
    return Columns(size, tuple(em * size * (1.0 if key in FIXED else stretch) for key, em in ems.items()))


def row_height(count: int, size: float) -> float:
    """The height of a row of *count* lines."""
    return max(SHORTEST_ROW, count * PITCH[size] + PADDING)


def line_height(text: str, width: float, size: float, *, least: float = 0.0) -> float:
    """The height of a line across the sheet, such as the title."""
    return max(least, heights.lines(text, room(width, size)) * PITCH[size] + PADDING)


def fit(values: Sequence[str], columns: Columns) -> tuple[float, float, int]:
    """(size, height, sheet rows) that show all of a row too long for Excel's highest one.

    First the text gets smaller; what is longer still is spread over several sheet rows, merged.
    """
    for size in (size for size in BODY_SIZES if size <= columns.size):
        needed = row_height(heights.most_lines(values, columns.rooms(size)), size)
        if needed <= LONGEST_ROW:
            return size, needed, 1
    size = BODY_SIZES[-1]
    needed = row_height(heights.most_lines(values, columns.rooms(size)), size)
    parts = ceil(needed / SPREAD_ROW)
    return size, ceil(needed / parts), parts
