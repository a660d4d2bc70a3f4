"""What the grid sends: cells named ``12.venue``, one JSON list of a paste, row actions. Malformed is 400, in one place."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ipweek import row_numbers
from ipweek.annexes.editing import Edit
from ipweek.annexes.row_actions import MOST_ROWS
from ipweek.errors import Refused

BROKEN = "浏览器发来的内容不完整，请刷新页面后再试一次。"

NEW = "new"
"""In place of a row's number: a row that is not there yet."""


@dataclass(frozen=True)
class WholeTable:
    """A whole table as posted without JavaScript."""

    cells: Mapping[tuple[int, str], str]
    new_rows: list[dict[str, str]]
    revision: int


def whole_table(sent: Mapping[str, str]) -> WholeTable:
    """The cells of a posted table; those taken from the other side of a clash are left out."""
    cells: dict[tuple[int, str], str] = {}
    new: dict[str, str] = {}
    for name, value in sent.items():
        row, dot, key = name.partition(".")
        if not dot or row.startswith("take-"):
            continue
        text = value.replace("\r\n", "\n")
        if row == NEW:
            new[key] = text
        elif sent.get(f"take-{name}") is None:
            cells[number(row), key] = text
    return WholeTable(cells, [new] if any(value.strip() for value in new.values()) else [], number(sent.get("revision", "")))


@dataclass(frozen=True)
class Block:
    """A rectangle of cells that was pasted, filled or cleared, and the rows it adds."""

    edits: list[Edit]
    new_rows: list[dict[str, str]]
    via: str


def block(text: str) -> Block:
    """What the field ``block`` says: ``{"edits": [[row, key, value, base], …], "rows": [{key: value}, …], "via": …}``."""
    try:
        said: Any = json.loads(text)
        edits = [Edit(_row(row), key, value, base) for row, key, value, base in said["edits"]]
        rows = [dict(row) for row in said["rows"]]
        via = said["via"]
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise Refused(BROKEN) from error
    words = [via, *(word for edit in edits for word in (edit.key, edit.value, edit.base))]
    words += [word for row in rows for item in row.items() for word in item]
    if not all(isinstance(word, str) for word in words) or via not in {"pasted", "filled", "imported"} or len(edits) > MOST_ROWS * 20:
        raise Refused(BROKEN)
    if len({(edit.activity_id, edit.key) for edit in edits}) < len(edits):
        raise Refused(BROKEN)
    return Block(edits, rows, via)


def _row(said: object) -> int:
    """A row's number as the page sends it: digits, or a whole number."""
    return number(str(said)) if type(said) in {str, int} else number("")


def cell(sent: Mapping[str, str]) -> tuple[str, str]:
    """The value of a cell and what stood there before. A form that lacks one of them is no form of ours."""
    if "value" not in sent or "base" not in sent:
        raise Refused(BROKEN)
    return sent["value"], sent["base"].replace("\r\n", "\n")


def number(text: str) -> int:
    """A number of ours in a form."""
    try:
        return row_numbers.number(text)
    except ValueError as error:
        raise Refused(BROKEN) from error
