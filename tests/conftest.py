"""What all tests share: the site (``databases``), server and browser (``browser``), and the makers (``make``)."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient

from ipweek.accounts import passwords

from . import make

pytest_plugins = ["tests.databases", "tests.browser"]

HTMX = {"HX-Request": "true"}


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture(scope="session")
def known_hash() -> str:
    """The hash of make.PASSWORD, made once: for those who log in by the page."""
    return passwords.hash_password(make.PASSWORD)


__all__ = ["HTMX", "make"]
