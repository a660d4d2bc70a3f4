"""Who plays in these tests, and the browser each of them sits at."""

from __future__ import annotations

from typing import Any

from ipweek.accounts.schema import Person
from ipweek.reporting import service
from ipweek.reporting.models import Move
from tests import make

PARTS = {
    "filler of 闵行": ("minhang", "filler"),
    "filler of 徐汇": ("xuhui", "filler"),
    "clerk": ("office", "clerk"),
    "head": ("office", "head"),
    "viewer": ("office", "viewer"),
    "admin": ("office", "admin"),
    "auditor": ("office", "auditor"),
}
GOOD = "活动由街道主办，已与街道确认"
"""A reason that can stand."""


def table(status: str = "draft", *rows: dict[str, str], slug: str = "minhang", **changes: Any):
    """A table with good rows (one, unless others are named)."""
    made = make.table(slug, status, **changes)
    for values in rows or ({},):
        make.row(made, **values)
    return made


def sent(by: Person, *rows: dict[str, str], **changes: Any) -> Move:
    """The submission of a new table by its filler."""
    made = table("draft", *rows, slug=by.unit_slug, **changes)
    return service.submit(made.id, reasons={}, revision=made.revision, by=by)
