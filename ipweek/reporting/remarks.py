"""What the checks found, said with the number of the row, for the pages of reporting. Standard library only."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from ipweek.annexes import checks
from ipweek.annexes.checks import Finding


@dataclass(frozen=True)
class Remark:
    """One finding as a page says it. ``row_id`` is 0 for the header fields and the table as a whole."""

    id: str
    kind: str
    row_id: int
    column: str
    words: str


def remarks(findings: Iterable[Finding], numbers: Mapping[int, int]) -> list[Remark]:
    """*findings* in the order of their rows; *numbers* says where each row stands, from 1."""
    ordered = sorted(findings, key=lambda finding: numbers.get(finding.row_id, 0))
    return [
        Remark(found.id, found.kind, found.row_id, found.column, checks.sentence(found, numbers.get(found.row_id))) for found in ordered
    ]


def worst(found: Sequence[Remark]) -> dict[tuple[int, str], str]:
    """The worst kind of finding (A before B before C) at each place; hints are no marks."""
    marks: dict[tuple[int, str], str] = {}
    for remark in found:
        if remark.kind != "D":
            place = (remark.row_id, remark.column)
            marks[place] = min(marks.get(place, remark.kind), remark.kind)
    return marks
