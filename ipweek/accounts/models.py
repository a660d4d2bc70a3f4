"""Units, users, log-ins and the audit log as they are stored. No rules here: see ``service``."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, CheckConstraint, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ipweek.extensions import db


class Unit(db.Model):
    """A body that reports (单位): the office, a city member, a district office, or a department of one of them."""

    __tablename__ = "unit"
    __table_args__ = (CheckConstraint("level IN ('city', 'district', 'office', 'department')", name="level"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(32), unique=True)
    code: Mapped[str] = mapped_column(String(32), default="")  # 行政区划代码 of a district
    name: Mapped[str] = mapped_column(String(200), unique=True)
    short: Mapped[str] = mapped_column(String(80))
    aliases: Mapped[list[str]] = mapped_column(JSON, default=list)
    level: Mapped[str] = mapped_column(String(16))
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"), index=True)
    sort_no: Mapped[int] = mapped_column(default=0)  # the official order
    is_active: Mapped[bool] = mapped_column(default=True)


class User(db.Model):
    """A named person who may log in. Never deleted: a leaver is closed and his work keeps his name."""

    __tablename__ = "user"

    id: Mapped[int] = mapped_column(primary_key=True)
    username: Mapped[str] = mapped_column(String(64), unique=True)  # stored in lower case
    name: Mapped[str] = mapped_column(String(80))
    email: Mapped[str] = mapped_column(String(200), default="")  # empty: is told things in the app alone
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)
    roles: Mapped[list[str]] = mapped_column(JSON, default=list)  # sorted
    pw_hash: Mapped[str] = mapped_column(String(200), default="")  # argon2id; empty: cannot log in
    must_change_password: Mapped[bool] = mapped_column(default=True)
    initial_until: Mapped[datetime | None]  # an initial password no longer works after this
    is_active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime]
    last_login_at: Mapped[datetime | None]

    unit: Mapped[Unit] = relationship(lazy="joined")


class LoginSession(db.Model):
    """One log-in of one browser. The cookie holds the token, this row only its SHA-256."""

    __tablename__ = "login_session"

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    address: Mapped[str] = mapped_column(String(64), default="")
    browser: Mapped[str] = mapped_column(String(200), default="")


class LoginThrottle(db.Model):
    """Failed log-ins of one account or one address. In the database, so that all processes count together."""

    __tablename__ = "login_throttle"

    key: Mapped[str] = mapped_column(String(120), primary_key=True)  # "user:…" or "address:…"
    failures: Mapped[int] = mapped_column(default=0)
    last_at: Mapped[datetime]
    blocked_until: Mapped[datetime | None]


class AuditEntry(db.Model):
    """One line of the audit log. Only ever inserted; a purge replaces ``detail`` and nothing else.

    ``chain`` is the SHA-256 of the previous line's chain and of this line's fields, of which ``detail`` takes
    part only by ``detail_digest`` (salted), so that the chain still verifies after a purge of contact data.
    """

    __tablename__ = "audit_entry"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(index=True)
    actor: Mapped[str] = mapped_column(String(80))  # username, or cli:<system user>, or "" for nobody
    unit: Mapped[str] = mapped_column(String(32), default="")  # slug
    action: Mapped[str] = mapped_column(String(40), index=True)
    object: Mapped[str] = mapped_column(String(80), default="")  # "user:12", "table:7"
    result: Mapped[str] = mapped_column(String(16), default="ok")  # ok, refused
    address: Mapped[str] = mapped_column(String(64), default="")
    request_id: Mapped[str] = mapped_column(String(16), default="")
    detail: Mapped[str] = mapped_column(Text, default="")
    salt: Mapped[str] = mapped_column(String(32))
    detail_digest: Mapped[str] = mapped_column(String(64))
    chain: Mapped[str] = mapped_column(String(64))


class AuditHead(db.Model):
    """The end of the audit chain. Its one row is the lock of the log."""

    __tablename__ = "audit_head"

    id: Mapped[int] = mapped_column(primary_key=True)  # always 1
    chain: Mapped[str] = mapped_column(String(64))
