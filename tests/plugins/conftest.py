"""闵行 with a table, and the cast at their desks."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask

from ipweek.annexes.models import AnnexTable
from tests import make
from tests.desk import Desk


@pytest.fixture
def seat(app: Flask) -> Callable[..., Desk]:
    """Seat somebody of a unit, logged in."""
    return lambda slug, *roles: Desk(app).sit(make.user(slug, *roles))


@pytest.fixture
def table(app: Flask) -> AnnexTable:
    make.unit("office")
    return make.table("minhang")
