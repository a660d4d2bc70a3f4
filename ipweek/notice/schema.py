"""The annexes as the notice prints them: columns, header fields, and the keys they get. Standard library only."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from difflib import SequenceMatcher
from functools import cached_property
from typing import Any

HEADINGS: dict[str, str] = {
    "主办单位": "host",
    "重点活动名称": "event_name",
    "活动名称": "event_name",
    "活动时间": "event_time",
    "活动地点": "venue",
    "活动内容": "content",
    "出席范围": "attendees",
    "活动规模": "scale",
    "协办部门": "co_host",
    "协办单位": "co_host",
    "联系人": "contact",
}
"""Known headings, without blanks and brackets, and their glossary keys; any other heading gets ``col_1``, ``col_2`` …"""

HEADER_FIELDS: dict[str, str] = {"单位名称": "unit_name", "填表时间": "filled_on"}

_BRACKETS = re.compile(r"\((?:[^()]|\([^()]*\))*\)")
"""What stands in brackets, and in brackets within them. A bracket that is never closed costs no second look."""

REQUIRED = frozenset({"host", "event_name", "event_time", "venue", "scale", "contact"})
"""Columns whose emptiness stops 报送. Content, attendees and co-hosts may stay empty."""


@dataclass(frozen=True)
class Column:
    """One column of an annex. ``label`` is the notice's words to the letter, ``key`` never changes."""

    key: str
    label: str

    @property
    def is_required(self) -> bool:
        return self.key in REQUIRED


@dataclass(frozen=True)
class HeaderField:
    """One field above the table. ``suffix`` is what the form prints behind it (annex 2: 区知识产权联席会议办公室)."""

    key: str
    label: str
    suffix: str = ""

    def full(self, value: str, unit_name: str = "") -> str:
        """*value* with the words that the form prints behind it, written once: 闵行 and 闵行区 give the whole name.

        With *unit_name* a name that stands for itself (a bureau's) is left alone.
        """
        if not value or not self.suffix or value.endswith(self.suffix):
            return value
        overlap = next((size for size in range(len(self.suffix) - 1, 0, -1) if value.endswith(self.suffix[:size])), 0)
        is_short = overlap or not unit_name or unit_name.startswith(value)
        return value + self.suffix[overlap:] if is_short else value


@dataclass(frozen=True)
class Annex:
    """One annex of the notice: the form that units fill."""

    number: int
    title: str
    columns: tuple[Column, ...]
    header_fields: tuple[HeaderField, ...]

    def column(self, key: str) -> Column | None:
        return next((column for column in self.columns if column.key == key), None)

    @cached_property
    def headings(self) -> frozenset[str]:
        """All labels as headings are compared: made once a form, since each check of a cell asks."""
        labels = [*(column.label for column in self.columns), *(field.label for field in self.header_fields)]
        return frozenset(bare(label) for label in labels) - {""}


def bare(label: str) -> str:
    """A heading without blanks, line breaks and what stands in brackets: what headings are compared by."""
    text = re.sub(r"\s+", "", unicodedata.normalize("NFKC", label))
    return _BRACKETS.sub("", text).rstrip(":")


def annex(number: int, title: str, columns: Sequence[str], header_fields: Sequence[tuple[str, str]] = ()) -> Annex:
    """The annex with these headings, keys given. *header_fields* are (label, printed suffix).

    Two columns never get the same key: the second of a kind counts as unknown.
    """
    keyed: list[Column] = []
    taken: set[str] = set()
    for label in columns:
        key = HEADINGS.get(bare(label), "")
        if not key or key in taken:
            key = f"col_{sum(k.startswith('col_') for k in taken) + 1}"
        taken.add(key)
        keyed.append(Column(key, label.strip()))
    fields = [
        HeaderField(HEADER_FIELDS.get(bare(label), f"field_{n}"), label.strip(), suffix)
        for n, (label, suffix) in enumerate(header_fields, 1)
    ]
    return Annex(number, title, tuple(keyed), tuple(fields))


def as_json(form: Annex) -> dict[str, Any]:
    """*form* as stored."""
    return asdict(form)


def from_json(stored: dict[str, Any]) -> Annex:
    """The annex again from what ``as_json`` gave."""
    return Annex(
        stored["number"],
        stored["title"],
        tuple(Column(**column) for column in stored["columns"]),
        tuple(HeaderField(**field) for field in stored["header_fields"]),
    )


def relabelled(old: Annex, new: Annex) -> Annex:
    """*new* with the keys of *old* where a column only changed its words.

    A heading that stands in both keeps its key wherever it moved; one that is new takes the key of the heading that
    left its place, unless it is a known heading itself.
    """
    by_label = {bare(column.label): column.key for column in old.columns}
    staying = {by_label[bare(column.label)] for column in new.columns if bare(column.label) in by_label}
    columns = []
    for place, column in enumerate(new.columns):
        key = by_label.get(bare(column.label))
        if key is None and column.key.startswith("col_") and place < len(old.columns) and old.columns[place].key not in staying:
            key = old.columns[place].key
        columns.append(Column(key or column.key, column.label))
    keys = [column.key for column in columns]
    if len(set(keys)) < len(keys):  # two headings claim one key: the plain reading is the safe one
        return new
    return Annex(new.number, new.title, tuple(columns), new.header_fields)


def succeeding(versions: Sequence[Annex], new: Annex) -> Annex:
    """*new* as the version that follows *versions*, oldest first, while people type: no cell comes to stand under another heading.

    A heading that stands, or once stood, in an earlier version keeps its key; one that stands in the place of another takes
    its key (it was only reworded); every other gets a key that no version used.
    """
    used = {column.key for one in versions for column in one.columns}
    known = {bare(column.label): column.key for one in versions for column in one.columns}
    reworded = _reworded(versions[-1], new)
    columns: list[Column] = []
    taken: set[str] = set()
    for column in new.columns:
        name = bare(column.label)
        key = known.get(name) or reworded.get(name, "")
        if not key or key in taken:
            plain = HEADINGS.get(name, "")
            key = plain if plain and plain not in used | taken else _fresh("col", used | taken)
        taken.add(key)
        columns.append(Column(key, column.label))
    return Annex(new.number, new.title, tuple(columns), _succeeding_fields(versions, new.header_fields))


def _reworded(old: Annex, new: Annex) -> dict[str, str]:
    """New headings that stand where an old one left, with the key of that one."""
    was, now = [bare(column.label) for column in old.columns], [bare(column.label) for column in new.columns]
    found: dict[str, str] = {}
    for what, first, last, start, end in SequenceMatcher(None, was, now, autojunk=False).get_opcodes():
        if what != "replace" or last - first != end - start:
            continue
        for column, name in zip(old.columns[first:last], now[start:end], strict=True):
            moved = bare(column.label) in now or name in was
            if not moved and HEADINGS.get(name, column.key) == column.key:
                found[name] = column.key
    return found


def _succeeding_fields(versions: Sequence[Annex], new: Sequence[HeaderField]) -> tuple[HeaderField, ...]:
    known = {bare(field.label): field.key for one in versions for field in one.header_fields}
    used = set(known.values())
    fields: list[HeaderField] = []
    for field in new:
        key = known.get(bare(field.label)) or HEADER_FIELDS.get(bare(field.label)) or _fresh("field", used)
        used.add(key)
        fields.append(HeaderField(key, field.label, field.suffix))
    return tuple(fields)


def _fresh(kind: str, used: set[str]) -> str:
    return next(key for number in range(1, len(used) + 2) if (key := f"{kind}_{number}") not in used)


def same_words(one: Annex, other: Annex) -> bool:
    """Whether both print the same, blanks and line breaks aside."""
    return _printed(one) == _printed(other)


def _printed(form: Annex) -> list[str]:
    words = [form.title, *(column.label for column in form.columns), "", *(f"{field.label}|{field.suffix}" for field in form.header_fields)]
    return [re.sub(r"\s+", "", unicodedata.normalize("NFKC", word)) for word in words]
