"""A site of its own for the bench: the real list of units, one open campaign, a table for everybody, people who are logged in."""

import io
import itertools
import logging
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import structlog
from flask import Flask
from sqlalchemy import event
from werkzeug.test import EnvironBuilder

from ipweek import config
from ipweek.accounts import passwords, start_list
from ipweek.accounts.models import Unit
from ipweek.annexes import service as annexes
from ipweek.annexes.models import Activity
from ipweek.app import create_app
from ipweek.extensions import db
from ipweek.maintenance import service as maintenance
from ipweek.transaction import transaction
from tests import make
from tests.desk import Desk

ROOT = Path(__file__).parent.parent.parent


@contextmanager
def new(*, synchronous: str = "FULL") -> Iterator[Flask]:
    """The application of an empty site, on this checkout's disk: a folder in memory would save for nothing."""
    with tempfile.TemporaryDirectory(prefix="bench-", dir=ROOT / ".venv-bench", ignore_cleanup_errors=True) as folder:
        instance = Path(folder) / "instance"
        instance.mkdir(mode=0o700)
        (instance / "secret").write_text("s" * 64, "utf-8")
        (instance / "secret").chmod(0o600)
        yield from _opened(instance, synchronous)


def _opened(instance: Path, synchronous: str) -> Iterator[Flask]:
    app = create_app(config.load({}, instance=instance))
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    with app.app_context():
        if synchronous != "FULL":
            event.listen(db.engine, "connect", lambda connection, _: connection.execute(f"PRAGMA synchronous={synchronous}").close())
        maintenance.upgrade()
        db.engine.dispose()
        fill()
    yield app
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


def fill() -> None:
    """All units, the 2024 campaign, and every unit's table with its header row."""
    with transaction():
        for number, one in enumerate(start_list.read()):
            named = {"slug": one.slug, "name": one.name, "short": one.short, "level": one.level, "aliases": list(one.aliases)}
            db.session.add(Unit(**named, sort_no=number))
    week = make.campaign()
    annexes.hand_out(week)


def rows(slug: str, count: int) -> tuple[int, list[int]]:
    """Fill the table of a unit with *count* good rows: its id and theirs."""
    table = next(table for table in annexes.tables_of(make.db.session.query(make.Campaign).one()) if table.unit.slug == slug)
    keys = [column["key"] for column in table.schema.form["columns"]]
    values = {key: make.CELLS[key] for key in keys if key in make.CELLS}
    table_id, unit_id = table.id, table.unit_id
    with transaction():
        made = [
            Activity(
                table_id=table_id, owner_unit_id=unit_id, pos=n * 1024, values={**values, "event_name": f"知识产权进商圈（第 {n} 场）"}
            )
            for n in range(1, count + 1)
        ]
        db.session.add_all(made)
        db.session.flush()
        ids = [row.id for row in made]
    return table_id, ids


HASH = ""


def desk(app: Flask, slug: str, *roles: str) -> Desk:
    """Somebody of the unit, logged in by the real page."""
    global HASH  # noqa: PLW0603 -- argon2 is slow on purpose: hashed once
    HASH = HASH or passwords.hash_password(make.PASSWORD)
    return Desk(app).log_in(make.user(slug, *roles, pw_hash=HASH))


def seat(app: Flask, slug: str, *roles: str) -> Desk:
    """The same, from outside of the application."""
    with app.app_context():
        made = desk(app, slug, *roles)
        db.session.remove()
    return made


class Caller:
    """Calls an application as a server does, without the cost of a test client: a ready environ each time."""

    def __init__(self, app: Any, path: str, *, cookie: str, method: str = "GET", headers: dict[str, str] | None = None) -> None:
        path, _, query = path.partition("?")
        builder = EnvironBuilder(path=path, query_string=query, method=method, headers={"HX-Request": "true", **(headers or {})})
        self.app, self.environ = app, {**builder.get_environ(), "HTTP_COOKIE": cookie, "REMOTE_ADDR": "127.0.0.1"}
        self.status = ""

    def ready(self, **form: str) -> dict[str, Any]:
        """The environ of one request that posts *form*."""
        body = urlencode(form).encode()
        sent = {"wsgi.input": io.BytesIO(body), "CONTENT_LENGTH": str(len(body)), "CONTENT_TYPE": "application/x-www-form-urlencoded"}
        return {**self.environ, **sent}

    def each(self, forms: Iterator[dict[str, str]]) -> Callable[[], bytes]:
        """Posts the next of *forms* at each call."""
        made = self.made(forms)

        def post() -> bytes:
            said = self._call(next(made))
            assert self.status.startswith("200"), (self.status, said.decode())
            return said

        return post

    def made(self, forms: Iterator[dict[str, str]]) -> Iterator[dict[str, Any]]:
        """The environs of requests that post them, fifty at a time: making them is the browser's work, and most calls are without it."""
        while some := [self.ready(**form) for form in itertools.islice(forms, 50)]:
            yield from some

    def __call__(self) -> bytes:
        return self._call(dict(self.environ))

    def _call(self, environ: dict[str, Any]) -> bytes:
        answer = self.app(environ, self._start)
        try:
            return b"".join(answer)
        finally:
            if hasattr(answer, "close"):
                answer.close()

    def _start(self, status: str, _headers: Any, _error: Any = None) -> Callable[[bytes], None]:
        self.status = status
        return lambda _: None


def raw(path: Path, module: Any = sqlite3, *, synchronous: str = "FULL") -> Any:
    """The floor's own connection, set as ipweek sets its."""
    connection = module.connect(path, isolation_level=None)
    for pragma in ("busy_timeout=10000", "journal_mode=WAL", f"synchronous={synchronous}", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")
    return connection
