"""A table as it lies on the page, from a worksheet or from Word: cells by row and column, merges, text around it."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from operator import itemgetter
from typing import Literal

from ipweek.files.workbook import Cell, Sheet, read_workbook

Kind = Literal["A", "B", "C", "D"]


@dataclass(frozen=True)
class Problem:
    """One remark for the person who sent the file. ``row`` is the row as he counts it in his file, 0 for the whole file."""

    row: int
    column: str
    kind: Kind
    message: str


@dataclass
class Grid:
    """One table on paper. ``sheet`` holds its cells and merges, ``above`` and ``below`` the text around it, line by line."""

    sheet: Sheet
    above: list[str] = field(default_factory=list)
    below: list[str] = field(default_factory=list)
    is_in_word: bool = False
    continues: bool = False
    """Whether nothing but blank lines stands between this table and the one before (a table split by Word)."""
    is_frame: bool = False
    """Whether further tables stand in its cells; their text is part of its own."""

    @property
    def name(self) -> str:
        return self.sheet.name

    @cached_property
    def covered(self) -> dict[tuple[int, int], tuple[int, int]]:
        return self.sheet.covered()

    @cached_property
    def last_row(self) -> int:
        return self.sheet.last_row

    @cached_property
    def last_column(self) -> int:
        return self.sheet.last_column

    @cached_property
    def _rows(self) -> dict[int, dict[int, Cell]]:
        rows: dict[int, dict[int, Cell]] = {}
        for (row, column), cell in sorted(self.sheet.cells.items(), key=itemgetter(0)):
            if (row, column) not in self.covered and (cell.text.strip() or cell.is_formula):
                rows.setdefault(row, {})[column] = cell
        return rows

    def own(self, row: int) -> dict[int, Cell]:
        """What is written in this very row, by column; what a merge brings from above is not."""
        return self._rows.get(row, {})

    def seen(self, row: int, column: int) -> str:
        """What stands at this place for the eye: what a merge covers shows its first cell."""
        return self.sheet.text(*self.covered.get((row, column), (row, column)))


def from_workbook(data: bytes) -> list[Grid]:
    """The sheets that have anything on them, visible ones first."""
    grids = [Grid(sheet) for sheet in read_workbook(data) if sheet.cells]
    return sorted(grids, key=lambda grid: grid.sheet.is_hidden)
