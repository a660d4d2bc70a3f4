"""What all tests share: the site (``databases``), server and browser (``browser``), and the makers (``make``)."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient

from . import make

pytest_plugins = ["tests.databases", "tests.browser"]

HTMX = {"HX-Request": "true"}


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


__all__ = ["HTMX", "make"]
