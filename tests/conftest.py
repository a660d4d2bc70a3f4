"""The site that tests run on: a real database, migrated once and copied for each test."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from ipweek import config
from ipweek.app import create_app
from ipweek.extensions import db

from . import make

pytest_plugins = ["tests.databases", "tests.browser"]

HTMX = {"HX-Request": "true"}


@pytest.fixture
def site(new_site: Callable[..., config.Settings], tmp_path: Path) -> config.Settings:
    """The settings of an empty site."""
    return new_site(tmp_path / "instance")


@pytest.fixture
def app(site: config.Settings) -> Iterator[Flask]:
    """The application on an empty database."""
    app = create_app(site)
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


__all__ = ["HTMX", "make"]
