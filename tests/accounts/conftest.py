"""The cast at their desks."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask

from tests import make
from tests.desk import Desk

CAST = {
    "stranger": None,
    "filler of 闵行": ("minhang", "filler"),
    "filler of 徐汇": ("xuhui", "filler"),
    "clerk": ("office", "clerk"),
    "head": ("office", "head"),
    "admin": ("office", "admin"),
    "auditor": ("office", "auditor"),
    "viewer": ("office", "viewer"),
}


@pytest.fixture
def desk(app: Flask) -> Desk:
    return Desk(app)


@pytest.fixture
def seat(app: Flask, known_hash: str) -> Callable[..., Desk]:
    """Seat one of the cast (or a unit's slug with roles) at a desk, logged in."""

    def take(who: str, *roles: str, **environ: str) -> Desk:
        desk = Desk(app, **environ)
        part = (who, *roles) if roles else CAST[who]
        return desk.log_in(make.user(*part, pw_hash=known_hash)) if part else desk

    return take
