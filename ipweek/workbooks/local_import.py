"""A district's own columns in files: which unknown columns of a file are its own, and the form with them. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ipweek.notice import schema
from ipweek.notice.schema import Annex, Column
from ipweek.plugins.schema import Field
from ipweek.workbooks.reading import headings

TAIL = "（本区栏目）"
"""Printed behind the heading of such a column in the fill pack; headings are compared without what stands in brackets."""


def columns_of(fields: Sequence[Field]) -> tuple[Column, ...]:
    """The fields as columns, headings as they are printed."""
    return tuple(Column(field.cell, field.label) for field in fields)


def take(reading: Mapping[str, Any], form: Annex, fields: Sequence[Field]) -> tuple[dict[str, Any], Annex, list[Field]]:
    """*reading* with the district's own columns among its rows, the *form* with these, and which fields they are.

    They are known by their heading; a remark that such a column was not read is no longer true and goes.
    """
    written: list[str] = list(reading["source"].get("others", {}))
    found: dict[str, Field] = {}
    for field in fields:
        label = next((label for label in written if label not in found and headings.bare(label) == headings.bare(field.label)), None)
        if label is not None and headings.bare(field.label):
            found[label] = field
    if not found:
        return dict(reading), form, []
    told = {" ".join(label.split()) for label in found}
    rows = [
        {**row, **{field.label: others.get(label, "") for label, field in found.items()}}
        for row, others in zip(reading["rows"], reading["others"], strict=True)
    ]
    taken = list(found.values())
    places = {field.label: reading["source"]["others"][label] for label, field in found.items()}
    source = {**reading["source"], "columns": {**reading["source"]["columns"], **places}}
    problems = [problem for problem in reading["problems"] if problem["column"] not in told or "没有读入" not in problem["message"]]
    whole = schema.Annex(form.number, form.title, (*form.columns, *columns_of(taken)), form.header_fields)
    return {**reading, "rows": rows, "problems": problems, "source": source}, whole, taken
