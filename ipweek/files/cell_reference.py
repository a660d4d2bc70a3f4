"""Cell references of a worksheet: ``B7`` as row 7, column 2, and ``A1:C3`` as its corners."""

from __future__ import annotations

import re
from functools import lru_cache

LAST_ROW = 1_048_576
LAST_COLUMN = 16_384

_CELL = re.compile(r"\$?([A-Za-z]{1,3})\$?([0-9]{1,7})")


@lru_cache(maxsize=4096)
def column_number(letters: str) -> int:
    """1 for A, 27 for AA."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return number


def column_letters(number: int) -> str:
    """A for 1, AA for 27."""
    letters = ""
    while number > 0:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def parse_cell(text: str) -> tuple[int, int] | None:
    """Row and column of ``B7``, counted from 1; None where the sheet has no such cell."""
    match = _CELL.fullmatch(text)
    if not match:
        return None
    row, column = int(match[2]), column_number(match[1])
    return (row, column) if 1 <= row <= LAST_ROW and column <= LAST_COLUMN else None


def parse_area(text: str) -> tuple[int, int, int, int] | None:
    """First row, first column, last row and last column of ``A1:C3`` (of ``B7`` too); None where there is no such area."""
    first, _, last = text.partition(":")
    start, end = parse_cell(first), parse_cell(last or first)
    if not start or not end or start[0] > end[0] or start[1] > end[1]:
        return None
    return (*start, *end)
