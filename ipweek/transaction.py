"""One action, one commit: ``with transaction():``.

Reading needs none of this. Whoever writes does so inside, after all slow work (parsing, hashing, plugins) is
done: on SQLite one process-wide lock stands before BEGIN IMMEDIATE, since threads that race for the database's
own lock wait in steps of its back-off (measured p99 528 to 1,190 ms without, 29 to 78 ms with).
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from ipweek.extensions import db

_writer = threading.Lock()


@contextmanager
def transaction() -> Iterator[None]:
    """Commit at the end, undo everything on an error. Nests: only the outermost commits.

    What was read before is stale from here on: the outermost block starts a new transaction, so that every
    object is read again under the lock.
    """
    info = db.session.info
    if info.get("in_transaction"):
        yield
        return
    if db.session.new or db.session.dirty or db.session.deleted:
        message = "changes were made outside of transaction()"
        raise RuntimeError(message)
    db.session.rollback()  # ends the read, and expires what it saw
    is_sqlite = db.engine.dialect.name == "sqlite"
    if is_sqlite:
        _writer.acquire()
    info["in_transaction"] = True
    try:
        db.session.connection(execution_options={"ipweek_writes": True})
        yield
        db.session.commit()
    except BaseException:
        db.session.rollback()
        raise
    finally:
        info["in_transaction"] = False
        if is_sqlite:
            _writer.release()
