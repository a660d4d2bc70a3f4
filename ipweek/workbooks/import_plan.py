"""What a file would change in a table, cell by cell, before anything is written. Pure.

With a fill pack three texts are compared: what the pack was handed out with (base), the file (theirs) and the
table now (ours). What only one side changed is plain; what both changed is a conflict, and somebody chooses.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from ipweek.annexes import cell_text, checks
from ipweek.notice.schema import Annex
from ipweek.workbooks.matching import Match, match, plain

State = Literal["same", "new", "changed", "kept", "conflict"]
Kind = Literal["new", "changed", "same", "unreadable"]

_DOUBTFUL = frozenset("ABC")
"""Kinds of a reader's remark that a person should look at."""


@dataclass(frozen=True)
class Cell:
    """One cell: ``value`` is the file's, ``old`` the table's.

    kept: the table's text stays, since the file's cell is blank, or only the table was changed since the fill pack.
    """

    key: str
    state: State
    value: str
    old: str = ""


@dataclass(frozen=True)
class Line:
    """One row of the file. ``place`` counts the file's activities from 0, ``row`` is where it stands in the file."""

    place: int
    row: int
    kind: Kind
    cells: tuple[Cell, ...]
    ours: int | None
    """The id of the table's row, …"""
    number: int | None
    """… and where that stands now, from 1."""
    is_certain: bool
    """Whether the two are one row without doubt."""
    remarks: tuple[str, ...] = ()
    """What the reader says of this row, and what is odd about it."""

    @property
    def is_doubtful(self) -> bool:
        return not self.is_certain or bool(self.remarks)

    @property
    def is_open(self) -> bool:
        """Whether there is anything to take."""
        return self.kind in {"new", "changed"}

    @property
    def values(self) -> dict[str, str]:
        """What the file says, without blanks."""
        return {cell.key: cell.value for cell in self.cells if cell.value}

    @property
    def after(self) -> dict[str, str]:
        """The row as it would be: what is kept stays, the rest is the file's."""
        return {cell.key: cell.old if cell.state == "kept" else cell.value for cell in self.cells}


@dataclass(frozen=True)
class Plan:
    """What the whole file would do."""

    lines: tuple[Line, ...]
    header: Cell | None
    """填表时间, where the file says another one."""
    unit_name: str
    """The unit that the file names; empty where it names none."""
    left_out: tuple[Mapping[str, Any], ...]
    """What was not read, or is to be said of the file as a whole: the reader's remarks with row, column, kind, message."""
    absent: tuple[int, ...]
    """Numbers of the table's rows that the file does not have; they stay as they are."""
    is_pack: bool
    kept: int = 0
    """Cells that are blank in the file and filled in the table."""

    def count(self, kind: str) -> int:
        if kind == "doubtful":
            return sum(line.is_doubtful and line.is_open for line in self.lines)
        return sum(line.kind == kind for line in self.lines)

    @property
    def conflicts(self) -> int:
        return sum(cell.state == "conflict" for line in self.lines for cell in line.cells)

    @property
    def is_nothing(self) -> bool:
        """Whether there is nothing to import."""
        return self.header is None and not any(line.is_open for line in self.lines)


@dataclass(frozen=True)
class Chosen:
    """What the person ticked, by place in the file."""

    rows: frozenset[int] = frozenset()
    as_new: frozenset[int] = frozenset()
    """Doubtful rows that shall be added instead of changing the one they were paired with."""
    theirs: frozenset[tuple[int, str]] = frozenset()
    """Conflicts where the file's text is taken."""
    header: bool = True


@dataclass(frozen=True)
class Decided:
    """What is to be written: cells as (row id, key, value, what stood there), and new rows."""

    cells: Sequence[tuple[int, str, str, str]]
    new_rows: Sequence[Mapping[str, str]]

    def __bool__(self) -> bool:
        return bool(self.cells or self.new_rows)


@dataclass(frozen=True)
class Pack:
    """What a fill pack was handed out with: its rows by id."""

    base: Mapping[int, Mapping[str, str]] = field(default_factory=dict)
    header: Mapping[str, str] = field(default_factory=dict)
    ids: Sequence[int | None] = ()
    """For each activity of the file the row id beside it."""


def plan(
    reading: Mapping[str, Any],
    form: Annex,
    ours: Sequence[tuple[int, Mapping[str, str]]],
    header: Mapping[str, str],
    *,
    pack: Pack | None = None,
) -> Plan:
    """*reading* is the reader's JSON, *ours* the table's rows in order, *header* its header fields."""
    labels = {column.label: column.key for column in form.columns}
    theirs = [{labels[label]: plain(text) for label, text in row.items() if label in labels} for row in reading["rows"]]
    numbers = {row_id: number for number, (row_id, _) in enumerate(ours, 1)}
    filled = {row_id: values for row_id, values in ours if not checks.is_empty(values)}
    matches = match(theirs, filled, _usable_ids(pack))
    remarks: dict[int, list[Mapping[str, Any]]] = {}
    for problem in reading["problems"]:
        remarks.setdefault(problem["row"], []).append(problem)
    rows = reading["source"]["rows"]
    lines = []
    for place, (values, found, row) in enumerate(zip(theirs, matches, rows, strict=True)):
        said = tuple(problem["message"] for problem in remarks.get(row, ()) if problem["kind"] in _DOUBTFUL)
        base, said = _base(pack, place, found, said)
        old = filled[found.ours] if found.ours is not None else {}
        cells = tuple(
            _cell(key, value, old.get(key, ""), base.get(key, "") if base is not None else None, is_new=found.ours is None)
            for key, value in values.items()
        )
        number = numbers.get(found.ours) if found.ours is not None else None
        lines.append(Line(place, row, _kind(cells, found), cells, found.ours, number, found.is_certain, said))
    paired = {found.ours for found in matches}
    known = set(rows)
    return Plan(
        tuple(lines),
        _header(reading, form, header, pack),
        reading["unit_name"],
        tuple(problem for problem in reading["problems"] if problem["row"] not in known or problem["kind"] == "D"),
        tuple(numbers[row_id] for row_id in filled if row_id not in paired),
        pack is not None,
        sum(cell.state == "kept" and not cell.value for line in lines for cell in line.cells),
    )


def _usable_ids(pack: Pack | None) -> Sequence[int | None]:
    """The ids beside the rows; a copied row carries its original's, so only the first of each counts."""
    seen: set[int] = set()
    found: list[int | None] = []
    for row_id in pack.ids if pack else ():
        found.append(None if row_id in seen else row_id)
        if row_id is not None:
            seen.add(row_id)
    return found


def _base(pack: Pack | None, place: int, found: Match, said: tuple[str, ...]) -> tuple[Mapping[str, str] | None, tuple[str, ...]]:
    """What the pack held of this row, None where it is none of the pack's; and the remarks, with what is odd about that."""
    row_id = pack.ids[place] if pack and place < len(pack.ids) else None
    if pack is None or row_id is None or row_id not in pack.base:
        return None, said
    if found.ours is None:
        return None, (*said, "这一行在系统里已被删除，导入会作为新的一行。")
    return (pack.base[row_id] if found.ours == row_id else None), said


def _kind(cells: Sequence[Cell], found: Match) -> Kind:
    if any(len(cell.value) > cell_text.MAX_LENGTH for cell in cells):
        return "unreadable"
    if found.ours is None:
        return "new"
    return "changed" if any(cell.state in {"changed", "conflict"} for cell in cells) else "same"


def _cell(key: str, value: str, old: str, base: str | None, *, is_new: bool) -> Cell:
    if is_new:
        return Cell(key, "new" if value else "same", value)
    if value == plain(old):
        return Cell(key, "same", value, old)
    if not value:  # a blank never wipes
        return Cell(key, "kept", "", old)
    if base is not None and value == plain(base):  # only the table was changed since
        return Cell(key, "kept", value, old)
    if base is not None and plain(old) != plain(base):
        return Cell(key, "conflict", value, old)
    return Cell(key, "changed", value, old)


def _header(reading: Mapping[str, Any], form: Annex, header: Mapping[str, str], pack: Pack | None) -> Cell | None:
    if not any(each.key == "filled_on" for each in form.header_fields):
        return None
    base = pack.header.get("filled_on", "") if pack else None
    found = _cell("filled_on", plain(reading["filled_on"]), header.get("filled_on", ""), base, is_new=False)
    return found if found.state in {"changed", "conflict"} and len(found.value) <= cell_text.MAX_LENGTH else None


def all_of(made: Plan) -> Chosen:
    """What is ticked before anybody touched it: everything there is to add and to change; of a conflict the table's text stays."""
    return Chosen(frozenset(line.place for line in made.lines if line.is_open), header=made.header is not None)


def decide(made: Plan, chosen: Chosen, header_row: int) -> Decided:
    """What of *made* is written when the person chose so."""
    cells: list[tuple[int, str, str, str]] = []
    new: list[Mapping[str, str]] = []
    if made.header is not None and chosen.header:
        cells.append((header_row, "filled_on", made.header.value, made.header.old))
    for line in made.lines:
        if line.place not in chosen.rows or not line.is_open:
            continue
        if line.ours is None or (not line.is_certain and line.place in chosen.as_new):
            new.append(line.values)
            continue
        wanted = [
            cell for cell in line.cells if cell.state == "changed" or (cell.state == "conflict" and (line.place, cell.key) in chosen.theirs)
        ]
        cells += [(line.ours, cell.key, cell.value, cell.old) for cell in wanted]
    return Decided(cells, new)
