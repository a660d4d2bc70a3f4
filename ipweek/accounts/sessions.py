"""Log-ins: a row of the session table each, found by the hash of a token that only the browser's cookie holds."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import ColumnElement, Row, bindparam, insert, select, true, update
from sqlalchemy.exc import OperationalError

from ipweek import clock
from ipweek.accounts import audit, names, passwords, throttle
from ipweek.accounts.models import LoginSession, Unit, User
from ipweek.accounts.schema import Person
from ipweek.errors import Invalid, NotFound
from ipweek.extensions import db
from ipweek.statements import Pooled, Statement
from ipweek.transaction import transaction

log = structlog.get_logger()

TOUCH_EVERY = timedelta(minutes=1)
KNOWN_FOR = timedelta(days=30)
WRONG = "用户名或密码不对，请核对后重新输入。"
USED_UP = "这个初始密码已经用过，或者已超过 72 小时，不能再登录。请联系联席会议办公室重新打印密码条。"


@dataclass(frozen=True)
class Limits:
    """How long a log-in lasts: without an action, and in any case."""

    idle: timedelta = timedelta(minutes=30)
    absolute: timedelta = timedelta(hours=12)


def digest(token: str) -> str:
    """What the database keeps of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def log_in(username: str, password: str, *, address: str, browser: str, known_token: str = "", at: datetime | None = None) -> str:
    """Check name and password and return the token of a new log-in.

    Invalid when they are wrong: the same sentence after the same work whether or not there is such a user. TooMany
    after five failures for the account. *known_token* is what the browser still holds of an earlier log-in: if it was this
    account's, others' failures do not keep its owner out.
    """
    at = at or clock.now()
    username = names.key(username)[:64]
    password = password[: passwords.LONGEST + 1]  # one more than any real one: it can't match
    user = db.session.execute(_BY_NAME, {"username": username}).first()
    known = _known(known_token, user, at)
    keys = [throttle.known_browser(known) if known else throttle.account(username), throttle.address(address)]
    throttle.count(keys, at=at)

    fits = passwords.matches(user.pw_hash if user and user.usable else "", password)
    if not fits or not user:
        with transaction():
            _note(user, result="refused", address=address)
        raise Invalid(WRONG)
    better = passwords.hash_password(password) if passwords.is_outdated(user.pw_hash) else ""
    with transaction():
        now = db.session.execute(_BY_NAME, {"username": username}).one()
        if not now.usable or now.pw_hash != user.pw_hash:  # closed or reset while we hashed
            raise Invalid(WRONG)
        throttle.clear(keys[0])
        throttle.take_back(keys[1])
        is_used_up = now.initial_until is not None and now.initial_until <= at
        if is_used_up:
            _note(now, result="refused", detail="初始密码已失效", address=address)
        else:
            _end(LoginSession.token_hash == digest(known_token), at)
            token = _begin(now, better, address=address, browser=browser, at=at)
    if is_used_up:
        raise Invalid(USED_UP)
    return token


def _begin(user: Row[Any], better_hash: str, *, address: str, browser: str, at: datetime) -> str:
    """Store a new log-in of *user* and return its token. An initial password is spent by it."""
    token = secrets.token_urlsafe(32)
    changes: dict[str, Any] = {"last_login_at": at}
    if user.initial_until is not None:
        changes["initial_until"] = at
    if better_hash:
        changes["pw_hash"] = better_hash
    db.session.execute(update(User).where(User.id == user.id).values(**changes))
    row = {"token_hash": digest(token), "user_id": user.id, "created_at": at, "seen_at": at}
    db.session.execute(insert(LoginSession).values(**row, address=address[:64], browser=names.clean(browser)[:200]))
    _note(user, address=address)
    throttle.forget_old(at=at)
    return token


def _note(user: Row[Any] | None, *, address: str, result: str = "ok", detail: str = "") -> None:
    """A line of the audit log; an unknown name is left out, since people type passwords into the wrong field."""
    if user is None:
        audit.write("login", by="", result=result, detail=detail, address=address)
    else:
        audit.write("login", by=user.username, unit=user.unit_slug, object=f"user:{user.id}", result=result, detail=detail, address=address)


def _known(token: str, user: Row[Any] | None, at: datetime) -> int:
    """The number of the log-in that *token* was, if it was this user's and not too long ago; else 0."""
    if not token or user is None:
        return 0
    ask = select(LoginSession.id).where(LoginSession.token_hash == digest(token), LoginSession.user_id == user.id)
    return db.session.scalar(ask.where(LoginSession.created_at > at - KNOWN_FOR)) or 0


def _end(which: ColumnElement[bool], at: datetime) -> None:
    db.session.execute(update(LoginSession).where(which, LoginSession.ended_at.is_(None)).values(ended_at=at))


def _touch(session_id: int, at: datetime) -> None:
    """Note that the person is there. Where nothing can be written (disk full), reading must still work."""
    try:
        with transaction():
            db.session.execute(update(LoginSession).where(LoginSession.id == session_id, LoginSession.seen_at < at).values(seen_at=at))
    except OperationalError as error:
        log.warning("log-in not touched", session=session_id, exc_info=error)


def person_of(token: str, *, limits: Limits, is_action: bool = True, at: datetime | None = None) -> Person | None:
    """Who holds *token*, or None when the log-in has ended, or its user or unit was closed.

    One statement, in a read of its own. Unless *is_action* (a poll is none) the log-in grows older by it.
    """
    at = at or clock.now()
    with closing(Pooled(db.engine)) as connection:
        row = _PERSON.first(connection, token_hash=digest(token))
    if row is None or at - row.seen_at > limits.idle or abs(at - row.began_at) > limits.absolute:
        return None
    if is_action and at - row.seen_at >= TOUCH_EVERY:
        _touch(row.session_id, at)
    return Person(
        row.id,
        row.username,
        row.name,
        frozenset(row.roles),
        row.unit_id,
        row.unit_name,
        row.unit_short,
        row.unit_slug,
        row.unit_level,
        row.session_id,
        token,
        row.must_change_password,
        row.parent_id,
    )


def owner_of(token: str) -> tuple[int, str]:
    """Whose log-in this is or was, as user id and log-in name; (0, "") when unknown."""
    ask = select(User.id, User.username).join(LoginSession, LoginSession.user_id == User.id).where(LoginSession.token_hash == digest(token))
    row = db.session.execute(ask).first()
    return (row.id, row.username) if row else (0, "")


def log_out(by: Person) -> None:
    """End the log-in of *by* on the server: its cookie is worth nothing from now on."""
    with transaction():
        _end(LoginSession.id == by.session_id, clock.now())
        audit.write("logout", by=by, object=f"user:{by.id}")


def open_of(user_id: int, *, limits: Limits, by: Person, at: datetime | None = None) -> Sequence[LoginSession]:
    """The log-ins of a user that still last, newest first: his own, anybody's for the administrator."""
    if user_id != by.id and not by.has("admin"):
        raise NotFound
    at = at or clock.now()
    ask = select(LoginSession).where(
        LoginSession.user_id == user_id,
        LoginSession.ended_at.is_(None),
        LoginSession.seen_at >= at - limits.idle,
        LoginSession.created_at >= at - limits.absolute,
    )
    return db.session.scalars(ask.order_by(LoginSession.seen_at.desc())).all()


def end(session_id: int, *, by: Person) -> int:
    """End one log-in: one's own, or anybody's for the administrator. Returns whose it was; NotFound for others'."""
    with transaction():
        found = db.session.get(LoginSession, session_id)
        if found is None or (found.user_id != by.id and not by.has("admin")):
            raise NotFound
        if found.ended_at is None:
            _end(LoginSession.id == session_id, clock.now())
            audit.write("session.end", by=by, object=f"user:{found.user_id}")
        return found.user_id


def end_all(user_id: int, *, but: int = 0) -> None:
    """End every log-in of a user except the log-in *but*. Within the caller's transaction and under his audit line."""
    with transaction():
        _end((LoginSession.user_id == user_id) & (LoginSession.id != but), clock.now())


def end_all_of_unit(unit_id: int) -> None:
    """End every log-in of a unit's people."""
    with transaction():
        _end(LoginSession.user_id.in_(select(User.id).where(User.unit_id == unit_id)), clock.now())


def end_everybody() -> None:
    """End every log-in there is: of a site that was restored, those of then may long have been ended."""
    with transaction():
        _end(true(), clock.now())


_BY_NAME = (
    select(User.id, User.username, User.pw_hash, User.initial_until, User.must_change_password)
    .add_columns((User.is_active & Unit.is_active).label("usable"), Unit.slug.label("unit_slug"))
    .join(Unit, User.unit_id == Unit.id)
    .where(User.username == bindparam("username"))
)

_PERSON = Statement(
    select(
        LoginSession.id.label("session_id"),
        LoginSession.created_at.label("began_at"),
        LoginSession.seen_at,
        User.id,
        User.username,
        User.name,
        User.roles,
        User.must_change_password,
        Unit.id.label("unit_id"),
        Unit.name.label("unit_name"),
        Unit.short.label("unit_short"),
        Unit.slug.label("unit_slug"),
        Unit.level.label("unit_level"),
        Unit.parent_id,
    )
    .join(User, LoginSession.user_id == User.id)
    .join(Unit, User.unit_id == Unit.id)
    .where(LoginSession.token_hash == bindparam("token_hash"), LoginSession.ended_at.is_(None), User.is_active, Unit.is_active)
)
"""The first statement of every request."""
