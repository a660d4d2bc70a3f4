"""How often a log-in may be tried: counted in the database per account and per address, so that all processes agree.

A try is counted before the password is looked at, and taken back when it was right: parallel guesses count too.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from ipweek.accounts.models import LoginThrottle
from ipweek.errors import TooMany
from ipweek.extensions import db
from ipweek.transaction import transaction

ACCOUNT_TRIES = 5
ADDRESS_TRIES = 30
"""Behind one address may stand a whole office."""
FIRST_DELAY = timedelta(seconds=30)
LONGEST_DELAY = timedelta(minutes=15)
FORGET_AFTER = timedelta(hours=1)


def account(username: str) -> str:
    """The key of an account, whether it exists or not."""
    return f"user:{hashlib.sha256(username.encode()).hexdigest()[:40]}"


def known_browser(session_id: int) -> str:
    """The key of a browser that was logged in to the account: others' guesses do not lock its owner out."""
    return f"known:{session_id}"


def address(where: str) -> str:
    """The key of a browser's address."""
    return f"address:{where}"[:120]


def count(keys: Sequence[str], *, at: datetime) -> None:
    """Count a try under each of *keys*, or TooMany when one of them has to wait."""
    with transaction():
        held = [until for key in keys if (until := _blocked_until(key)) and until > at]
        if held:
            seconds = int((max(held) - at).total_seconds()) + 1
            raise TooMany(f"密码输错次数较多，请 {_said(seconds)}后再试。忘记密码请联系联席会议办公室。", retry_after=seconds)
        for key in keys:
            _count_one(key, at)


def take_back(key: str) -> None:
    """The try was right: it was no failure."""
    with transaction():
        db.session.execute(
            update(LoginThrottle)
            .where(LoginThrottle.key == key, LoginThrottle.failures > 0)
            .values(failures=LoginThrottle.failures - 1, blocked_until=None)
        )


def clear(key: str) -> None:
    """Start again from nothing: the owner came in, or his password was reset."""
    with transaction():
        db.session.execute(delete(LoginThrottle).where(LoginThrottle.key == key))


def forget_old(*, at: datetime) -> None:
    """Remove counts that no longer matter."""
    with transaction():
        db.session.execute(delete(LoginThrottle).where(LoginThrottle.last_at < at - FORGET_AFTER))


def _blocked_until(key: str) -> datetime | None:
    return db.session.scalar(select(LoginThrottle.blocked_until).where(LoginThrottle.key == key).with_for_update())


def _count_one(key: str, at: datetime) -> None:
    ask = select(LoginThrottle.failures, LoginThrottle.last_at).where(LoginThrottle.key == key).with_for_update()
    row = db.session.execute(ask).first()
    if row is None:
        try:
            with db.session.begin_nested():
                db.session.execute(insert(LoginThrottle).values(key=key, failures=0, last_at=at))
        except IntegrityError:  # another process counts the same key meanwhile
            pass
        row = db.session.execute(ask).one()
    failures = 1 if row.last_at < at - FORGET_AFTER else row.failures + 1
    allowed = ADDRESS_TRIES if key.startswith("address:") else ACCOUNT_TRIES
    blocked_until = at + min(FIRST_DELAY * 2 ** min(failures - allowed, 10), LONGEST_DELAY) if failures >= allowed else None
    db.session.execute(
        update(LoginThrottle).where(LoginThrottle.key == key).values(failures=failures, last_at=at, blocked_until=blocked_until)
    )


def _said(seconds: int) -> str:
    return f"{seconds} 秒" if seconds < 100 else f"{-(-seconds // 60)} 分钟"
