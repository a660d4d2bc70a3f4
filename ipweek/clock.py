"""The server's clock. Moments are stored in UTC and shown in Shanghai; every rule asks here."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")

_retold: ContextVar[datetime | None] = ContextVar("retold", default=None)
_shift = timedelta()


def now() -> datetime:
    """This moment, aware, in UTC."""
    return _retold.get() or datetime.now(UTC) + _shift


def today() -> date:
    """Today's date in Shanghai."""
    return in_shanghai(now()).date()


def in_shanghai(moment: datetime) -> datetime:
    """The same moment on a Shanghai clock."""
    return moment.astimezone(SHANGHAI)


@contextmanager
def retelling(moment: datetime) -> Iterator[None]:
    """Let it be *moment* for the code inside: how the demo tells what happened in the spring of 2024."""
    token = _retold.set(moment.astimezone(UTC))
    try:
        yield
    finally:
        _retold.reset(token)


def pretend(day: date) -> None:
    """Let it be *day*, at the true time of day, from now on in this process: the demo lives in the spring of its story."""
    global _shift  # noqa: PLW0603 -- one clock a process
    _shift = timedelta(days=(day - in_shanghai(datetime.now(UTC)).date()).days)
