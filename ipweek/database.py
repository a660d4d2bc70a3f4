"""How the database is opened: SQLite's settings, and which SQLite is safe to run in WAL mode.

SQLite's own defaults leave foreign keys off, and deferred transactions that read before they write fail at
once under load; both are set here for every connection. PostgreSQL needs nothing of this.
"""

from __future__ import annotations

import importlib
import sqlite3
from pathlib import Path
from types import ModuleType
from typing import Any

from sqlalchemy import Engine, event, make_url
from sqlalchemy.engine import Connection
from sqlalchemy.exc import ArgumentError

from ipweek import statements
from ipweek.config import WrongSetting

WAIT_MS = 10_000
"""How long a statement waits for a lock before it gives up, in milliseconds."""

KEPT_OPEN = 16
"""Connections to SQLite that stay open: as many as threads at work. One above is opened, set up and closed in each request."""

CONNECTS_WITHIN = 5
"""Seconds that PostgreSQL gets to answer a new connection, where its address says no other: the driver would wait for two minutes."""

_WAL_RESET_BUG_FIXED = (3, 51, 3)
_WAL_RESET_BUG_BACKPORTS: dict[tuple[int, ...], int] = {(3, 50): 7, (3, 44): 6}


def sqlite_module() -> ModuleType:
    """The SQLite driver to use: pysqlite3's newer library where it is installed, else Python's own."""
    try:
        return importlib.import_module("pysqlite3.dbapi2")
    except ImportError:
        return sqlite3


def is_wal_safe(version: tuple[int, ...]) -> bool:
    """Whether this SQLite is free of the WAL-reset bug (3.7.0 to 3.51.2, but for two back-ports)."""
    patch = _WAL_RESET_BUG_BACKPORTS.get(version[:2])
    return version >= _WAL_RESET_BUG_FIXED or (patch is not None and version[2] >= patch)


def file_of(url: str) -> Path | None:
    """The file of a SQLite database, or None for any other."""
    parsed = make_url(url)
    return Path(parsed.database) if parsed.get_backend_name() == "sqlite" and parsed.database else None


def engine_options(url: str) -> dict[str, Any]:
    """What ``create_engine`` gets beside the address, or WrongSetting for one that leads nowhere. Never shows its password."""
    try:
        make_url(url).get_dialect().import_dbapi()
    except ArgumentError as error:  # its subclass NoSuchModuleError too
        raise WrongSetting("设置 database 不是数据库地址，应写成 postgresql+psycopg://用户:密码@主机/库名，留空则用 SQLite。") from error
    except ImportError as error:
        raise WrongSetting(f"设置 database 需要的驱动没有安装（{error.name or 'libpq'}），请先安装 requirements-postgres.lock。") from error
    if url.startswith("sqlite"):
        return {"module": sqlite_module(), "pool_size": KEPT_OPEN, "max_overflow": -1}  # threads of the server bound them
    return {
        "pool_pre_ping": True,
        "pool_size": KEPT_OPEN,
        "max_overflow": -1,
        "connect_args": {"connect_timeout": make_url(url).query.get("connect_timeout", CONNECTS_WITHIN)},
    }


def prepare(engine: Engine) -> None:
    """Set up each connection of a SQLite *engine*: durable, with foreign keys, and IMMEDIATE when it writes."""
    if engine.dialect.name != "sqlite":
        return
    module = sqlite_module()
    wal = is_wal_safe(module.sqlite_version_info)
    journal, synchronous = ("WAL", "FULL") if wal else ("TRUNCATE", "EXTRA")

    @event.listens_for(engine, "connect")
    def _connect(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # we say BEGIN ourselves
        for pragma in (
            f"busy_timeout={WAIT_MS}",
            f"journal_mode={journal}",
            f"synchronous={synchronous}",
            "foreign_keys=ON",
            "trusted_schema=OFF",
        ):
            connection.execute(f"PRAGMA {pragma}").close()

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        options = connection.get_execution_options()
        if not options.get("ipweek_begun"):
            statements.say(connection, "BEGIN IMMEDIATE" if options.get("ipweek_writes") else "BEGIN")
