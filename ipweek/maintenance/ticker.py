"""What the server does by itself beside answering requests: now and then, in a thread of its own.

Several servers over one database may all do it: what is done claims its rows.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

from ipweek import clock
from ipweek.board import plugin_contact
from ipweek.config import Settings
from ipweek.extensions import db
from ipweek.maintenance import daily
from ipweek.reporting import posting, reminding

EVERY = 600.0
"""Seconds from one round to the next."""
HOURS = range(9, 18)
"""Hours of the day, in Shanghai, at which people are reminded."""
POSTS_EVERY = 30.0
"""Seconds from one look into the outbox to the next. Mail goes in a thread of its own: its server may be slow."""
LEAVES_WITHIN = 5.0
"""Seconds that a round gets to finish when the server stops."""
BY = "system:ticker"
"""Its name in the audit log."""
Context = Callable[[], AbstractContextManager[object]]
"""What makes an application context: ``app.app_context``."""
_log = logging.getLogger(__name__)


@contextmanager
def ticking(context: Context, *chores: Callable[[], object], every: float = EVERY) -> Iterator[None]:
    """Go round while the block lasts; at its end the round that runs is waited for."""
    stopping = threading.Event()

    def work() -> None:
        while not stopping.wait(every):
            go_round(context, *chores)

    thread = threading.Thread(target=work, name="ticker", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stopping.set()
        thread.join(timeout=LEAVES_WITHIN)


def go_round(context: Context, *chores: Callable[[], object]) -> None:
    """Do each chore once. One that fails is written to the log, and the others are done all the same."""
    with context():
        for chore in chores or (_remind, _tell_of_plugins):
            try:
                chore()
            except Exception:  # noqa: BLE001 -- whatever it is, the server goes on and the log tells
                _log.exception("a chore of the ticker failed")
            finally:
                db.session.remove()


def _remind() -> None:
    if clock.in_shanghai(clock.now()).hour in HOURS:
        reminding.remind(by=BY)


def _tell_of_plugins() -> None:
    if clock.in_shanghai(clock.now()).hour in HOURS:
        plugin_contact.tell()


def backing_up(settings: Settings) -> Callable[[], object]:
    """The chore that makes the day's backup."""
    return lambda: daily.make(settings, by=BY)


def posting_for(settings: Settings) -> Callable[[], object]:
    """The chore that sends the mails of this site."""
    return lambda: posting.post(settings)
