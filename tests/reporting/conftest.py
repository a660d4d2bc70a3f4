"""The cast at 闵行's table, and the clock of the week in which it is due."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import time_machine
from flask import Flask

from tests import make
from tests.desk import Desk
from tests.reporting.cast import PARTS

NOON = "2024-04-10T12:00:00+08:00"


@pytest.fixture(autouse=True)
def clock():
    """Two days before the plan is due. Tests move it on."""
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


@pytest.fixture
def cast(app: Flask):
    """Everybody, by what he is: see PARTS."""
    return {who: make.person(*part) for who, part in PARTS.items()}


@pytest.fixture
def seat(app: Flask) -> Callable[..., Desk]:
    """Somebody logged in at a browser of his own."""
    return lambda person: Desk(app).sit(person)
