"""What changed from one submission of a table to the next, cell by cell. Standard library only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Differences:
    """``cells`` and ``header`` hold what stood there before; rows are by id."""

    cells: Mapping[tuple[int, str], str] = field(default_factory=dict)
    header: Mapping[str, str] = field(default_factory=dict)
    added: frozenset[int] = frozenset()
    removed: tuple[Mapping[str, Any], ...] = ()
    """The rows that are gone, as they were sent then."""

    def __bool__(self) -> bool:
        return bool(self.cells or self.header or self.added or self.removed)


def compare(before: Mapping[str, Any], after: Mapping[str, Any]) -> Differences:
    """From one snapshot's content to another's. A row that only moved is the same row."""
    old = {row["id"]: row["values"] for row in before["rows"]}
    new = {row["id"]: row["values"] for row in after["rows"]}
    keys = [column["key"] for column in after["form"]["columns"]]
    cells = {
        (row_id, key): old[row_id].get(key, "")
        for row_id, values in new.items()
        if row_id in old
        for key in keys
        if old[row_id].get(key, "") != values.get(key, "")
    }
    fields = [found["key"] for found in after["form"]["header_fields"]]
    header = {key: before["header"].get(key, "") for key in fields if before["header"].get(key, "") != after["header"].get(key, "")}
    removed = tuple(row for row in before["rows"] if row["id"] not in new)
    return Differences(cells, header, frozenset(new.keys() - old.keys()), removed)
