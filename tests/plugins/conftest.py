"""闵行 with a table, and the cast at their desks."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask

from ipweek.accounts import passwords
from ipweek.annexes.models import AnnexTable
from tests import make
from tests.accounts.desk import Desk


@pytest.fixture(scope="session")
def known_hash() -> str:
    return passwords.hash_password(make.PASSWORD)


@pytest.fixture
def seat(app: Flask, known_hash: str) -> Callable[..., Desk]:
    """Seat somebody of a unit, logged in."""
    return lambda slug, *roles: Desk(app).log_in(make.user(slug, *roles, pw_hash=known_hash))


@pytest.fixture
def table(app: Flask) -> AnnexTable:
    make.unit("office")
    return make.table("minhang")
