"""Runs migrations so that one that fails leaves nothing behind, on SQLite too.

Each migration is one transaction with its version stamp: SQLite can roll DDL back if BEGIN is said before it
(``ipweek.database`` does) and alembic is told so. A changed table is rebuilt beside the old one there, which would
trip over foreign keys; they are off meanwhile and every row is checked before the commit.
"""

from __future__ import annotations

from typing import Any, Literal

from alembic import context
from alembic.migration import MigrationContext
from sqlalchemy.engine import Connection

from ipweek.extensions import Moment, db


class BrokenReference(Exception):
    """A migration left rows that point nowhere; it was rolled back."""


def render_item(kind: str, thing: Any, _context: Any) -> str | Literal[False]:
    """Write our own column type as what the database sees: a migration must not change with the code."""
    return "sa.DateTime()" if kind == "type" and isinstance(thing, Moment) else False


def migrate(connection: Connection) -> None:
    """Run what alembic was asked for on *connection*."""
    is_sqlite = connection.dialect.name == "sqlite"
    context.configure(
        connection=connection,
        target_metadata=db.metadata,
        render_as_batch=is_sqlite,
        render_item=render_item,
        transaction_per_migration=True,
        transactional_ddl=True,
        on_version_apply=check_references if is_sqlite else None,
    )
    with context.begin_transaction():
        context.run_migrations()


def check_references(ctx: MigrationContext, *_: Any, **__: Any) -> None:
    """Refuse a migration that leaves a row pointing nowhere. Runs inside its transaction."""
    assert ctx.connection is not None  # noqa: S101 -- never offline
    lost = ctx.connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
    if lost:
        message = f"rows without their parent: {lost[:5]}"
        raise BrokenReference(message)


def switch_references(connection: Connection, state: Literal["ON", "OFF"]) -> None:
    """Foreign keys on SQLite; outside of a transaction, inside one SQLite ignores it."""
    driver = connection.connection.driver_connection
    assert driver is not None  # noqa: S101 -- just connected
    driver.execute(f"PRAGMA foreign_keys={state}").close()


with db.engine.connect().execution_options(ipweek_writes=True) as connection:
    if connection.dialect.name == "sqlite":
        switch_references(connection, "OFF")
        try:
            migrate(connection)
        finally:
            switch_references(connection, "ON")
    else:
        migrate(connection)
