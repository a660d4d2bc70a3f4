"""The cast before the annex tables: fillers of two districts, the office, a leader, an auditor, a stranger."""

from __future__ import annotations

import itertools
from collections.abc import Callable

import pytest
from flask import Flask

from ipweek.annexes.models import Activity, AnnexTable
from ipweek.extensions import db
from tests import make
from tests.desk import Desk

CAST = {
    "filler of 闵行": ("minhang", "filler"),
    "filler of 徐汇": ("xuhui", "filler"),
    "approver of 闵行": ("minhang", "approver"),
    "clerk": ("office", "clerk"),
    "viewer": ("office", "viewer"),
    "auditor": ("office", "auditor"),
}
WHO_MAY_CHANGE = {
    "filler of 闵行": 200,
    "filler of 徐汇": 404,
    "approver of 闵行": 403,
    "clerk": 403,
    "viewer": 403,
    "auditor": 404,
    "stranger": 401,
}
"""What each of the cast is answered when he changes the table of 闵行."""

_numbers = itertools.count(1)


@pytest.fixture
def seat(app: Flask) -> Callable[..., Desk]:
    """Seat one of the cast at a desk of his own, logged in."""

    def take(who: str) -> Desk:
        desk = Desk(app)
        if who != "stranger":
            return desk.sit(make.user(*CAST[who]))
        desk.get("/login")
        return desk

    return take


@pytest.fixture
def table(app: Flask) -> AnnexTable:
    return make.table("minhang")


@pytest.fixture
def filler(seat: Callable[..., Desk], table: AnnexTable) -> Desk:
    return seat("filler of 闵行")


def op_id() -> str:
    return f"page-op-{next(_numbers):06d}"


def values(row_id: int) -> dict[str, str]:
    """What the row holds now."""
    db.session.rollback()
    return dict(db.session.get_one(Activity, row_id, populate_existing=True).values)


def order(table_id: int) -> list[int]:
    """The rows of the table, in order."""
    db.session.rollback()
    rows = db.session.query(Activity).filter_by(table_id=table_id, alive=True, is_header=False).order_by(Activity.pos, Activity.id)
    return [row.id for row in rows]
