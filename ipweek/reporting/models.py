"""Decisions on tables, and the frozen copies they were made on. No rules here: see ``service``."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ipweek.accounts.models import User
from ipweek.extensions import db


class Snapshot(db.Model):
    """A table frozen as it was submitted (报送稿): later changes of names or columns do not touch it."""

    __tablename__ = "snapshot"

    id: Mapped[int] = mapped_column(primary_key=True)
    table_id: Mapped[int] = mapped_column(ForeignKey("annex_table.id"), index=True)
    revision: Mapped[int]
    at: Mapped[datetime]
    content: Mapped[dict[str, Any]] = mapped_column(JSON)  # see service.freeze


class Move(db.Model):
    """One change of a table's state: who, when, from, to, why, and at which revision."""

    __tablename__ = "move"

    id: Mapped[int] = mapped_column(primary_key=True)
    table_id: Mapped[int] = mapped_column(ForeignKey("annex_table.id"), index=True)
    action: Mapped[str] = mapped_column(String(16))  # of states.STEPS
    from_status: Mapped[str] = mapped_column(String(16))
    to_status: Mapped[str] = mapped_column(String(16))
    revision: Mapped[int]
    by_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    at: Mapped[datetime] = mapped_column(index=True)
    why: Mapped[str] = mapped_column(Text, default="")
    reasons: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)  # finding id: the reason given for it
    receipt_no: Mapped[str | None] = mapped_column(String(32), unique=True)  # of a submission
    snapshot_id: Mapped[int | None] = mapped_column(ForeignKey("snapshot.id"))

    by: Mapped[User] = relationship(lazy="joined")
    snapshot: Mapped[Snapshot | None] = relationship()
