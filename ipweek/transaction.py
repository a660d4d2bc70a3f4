"""One action, one commit: ``with transaction():``.

Reading needs none of this. Whoever writes does so inside, after all slow work (parsing, hashing, plugins) is
done: on SQLite one process-wide lock stands before BEGIN IMMEDIATE, since threads that race for the database's
own lock wait in steps of its back-off (measured p99 528 to 1,190 ms without, 29 to 78 ms with).
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager, nullcontext
from contextvars import ContextVar

from sqlalchemy.orm import Session

from ipweek.extensions import db, writing
from ipweek.statements import Pooled, say

_writer = threading.Lock()
_whose: ContextVar[int] = ContextVar("whose")
"""The application context, by its session's scope, that began the transaction under way."""


@contextmanager
def transaction() -> Iterator[None]:
    """Commit at the end, undo everything on an error. Nests: only the outermost commits.

    What was read before is stale from here on: the outermost block starts a new transaction, so that every
    object is read again under the lock. It is the connection's own; the session joins it when it is used.
    """
    scope = db.session.registry.scopefunc()
    if writing.get() is not None:
        if scope != _whose.get():  # its session is another, which nobody would commit
            message = "an application context of its own was opened inside transaction()"
            raise RuntimeError(message)
        yield
        return
    if session := _session():
        if session.new or session.dirty or session.deleted:
            message = "changes were made outside of transaction()"
            raise RuntimeError(message)
        session.rollback()  # ends the read, and expires what it saw
    engine = db.engine
    is_sqlite = engine.dialect.name == "sqlite"
    with _writer if is_sqlite else nullcontext(), closing(Pooled(engine)) as connection:
        if is_sqlite:
            say(connection, "BEGIN IMMEDIATE")  # other drivers begin by themselves
        token = writing.set(connection)
        _whose.set(scope)
        try:
            yield
            if (session := _session()) and session.in_transaction():
                session.commit()  # writes out what it holds; the connection's commit follows
        except BaseException:
            if session := _session():
                session.rollback()
            raise
        finally:
            writing.reset(token)
        connection.commit()


def _session() -> Session | None:
    """The session, where one was begun: most saves need none."""
    return db.session() if db.session.registry.has() else None
