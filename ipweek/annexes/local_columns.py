"""A district's own columns in its table: cells like any other, never part of the official form."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from ipweek.accounts.models import Unit
from ipweek.annexes.checks import Finding
from ipweek.extensions import db
from ipweek.notice import schema
from ipweek.plugins import service as plugins
from ipweek.plugins import values as local_values
from ipweek.plugins.schema import Field


@dataclass(frozen=True)
class LocalColumn(schema.Column):
    """A column that a plugin declares; its key has a dot: ``minhang.street``."""

    field: Field

    @property
    def is_required(self) -> bool:
        """Never: what a district asks for reminds, it does not hold up the official table."""
        return False

    @property
    def placeholder(self) -> str:
        """What an empty cell stands for."""
        return local_values.as_text(self.field.default)


def is_local(key: str) -> bool:
    return "." in key


def official(values: Mapping[str, str]) -> dict[str, str]:
    """The cells of the notice's own columns."""
    return {key: text for key, text in values.items() if not is_local(key)}


def with_fields(form: schema.Annex, fields: Sequence[Field]) -> schema.Annex:
    """*form* with these columns at their places: behind the column they name, else at the end."""
    columns: list[schema.Column] = list(form.columns)
    placed: dict[str, str] = {}
    for field in _leaders_first(form, fields):
        column = LocalColumn(field.cell, field.label, field)
        behind = field.after if form.column(field.after) else f"{field.plugin}.{field.after}" if field.after else ""
        keys = [one.key for one in columns]
        if behind not in keys:
            columns.append(column)
            continue
        place = keys.index(behind) + 1
        while place < len(keys) and placed.get(keys[place]) == behind:  # those that came first stay first
            place += 1
        placed[column.key] = behind
        columns.insert(place, column)
    return schema.Annex(form.number, form.title, tuple(columns), form.header_fields)


def _leaders_first(form: schema.Annex, fields: Sequence[Field]) -> list[Field]:
    """The fields in their order, but none before the one that it stands behind. Those that lead each other in a circle come last."""
    there = {column.key for column in form.columns}
    left, placed = list(fields), list[Field]()
    while left:
        own = {one.cell for one in left}
        ready = [one for one in left if one.after in there or f"{one.plugin}.{one.after}" not in own] or left
        placed += ready
        left = [one for one in left if one not in ready]
    return placed


def seen(values: Mapping[str, str], fields: Sequence[Field]) -> dict[str, str]:
    """The row's cells as a page shows them: where a renamed column is empty, with what its earlier key holds."""
    shown = dict(values)
    for field in fields:
        if field.was and (text := local_values.held(field, values)):
            shown[field.cell] = text
    return shown


def findings(row_id: int, values: Mapping[str, str], fields: Iterable[Field]) -> list[Finding]:
    """What is wrong with local values as values of their kind. They warn and hold up nothing."""
    found = []
    for field in fields:
        text = local_values.held(field, values)
        if text and (wrong := local_values.wrong(field, text)):
            found.append(Finding("local", "C", row_id, field.cell, f"“{field.label}”{wrong}"))
    return found


def left_empty(values: Mapping[str, str], fields: Iterable[Field]) -> list[Field]:
    """The fields that the district wants filled and that are not."""
    return [field for field in fields if field.required and field.default is None and not local_values.held(field, values).strip()]


def fields_of(unit_id: int) -> list[Field]:
    """The local fields of a unit, by its number."""
    unit = db.session.get(Unit, unit_id)
    return plugins.fields_of(unit.slug) if unit else []


@dataclass(frozen=True)
class Former:
    """What a column that is no more still holds: its label, and the texts by number of the row."""

    label: str
    texts: Sequence[tuple[int, str]]


def former(rows: Sequence[Mapping[str, str]], fields: Sequence[Field]) -> list[Former]:
    """Values of plugins that are off or gone: nothing deletes them."""
    known = {cell for field in fields for cell in (field.cell, *field.former_cells)}
    held: dict[str, list[tuple[int, str]]] = {}
    for number, row in enumerate(rows, 1):
        for key, text in row.items():
            if is_local(key) and key not in known:
                held.setdefault(key, []).append((number, text))
    if not held:
        return []
    labels = plugins.labels(held)
    return [Former(labels[key], texts) for key, texts in sorted(held.items())]
