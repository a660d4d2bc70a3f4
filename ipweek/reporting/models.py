"""Decisions on tables, the frozen copies they were made on, and what people are told. No rules here: see ``service``."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ipweek.accounts.models import User
from ipweek.extensions import db
from ipweek.files.models import StoredFile


class Snapshot(db.Model):
    """A table frozen as it was submitted (报送稿): later changes of names or columns do not touch it."""

    __tablename__ = "snapshot"

    id: Mapped[int] = mapped_column(primary_key=True)
    table_id: Mapped[int] = mapped_column(ForeignKey("annex_table.id"), index=True)
    revision: Mapped[int]
    at: Mapped[datetime]
    content: Mapped[dict[str, Any]] = mapped_column(JSON)  # see contents.freeze


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
    only_marked: Mapped[bool] = mapped_column(default=False)  # of a return: nothing but the marked places is open

    by: Mapped[User] = relationship(lazy="joined")
    snapshot: Mapped[Snapshot | None] = relationship()


class Message(db.Model):
    """One thing told to one person in the app (站内消息). It holds no contact data."""

    __tablename__ = "message"
    __table_args__ = (Index(None, "user_id", "read_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    at: Mapped[datetime]
    kind: Mapped[str] = mapped_column(String(16))  # an action of states.STEPS, chase, or a kind of letters.SUBJECTS
    words: Mapped[str] = mapped_column(Text)
    link: Mapped[str] = mapped_column(String(200))  # a path of this site
    table_id: Mapped[int | None] = mapped_column(ForeignKey("annex_table.id"), index=True)
    read_at: Mapped[datetime | None]

    user: Mapped[User] = relationship()


class Mail(db.Model):
    """A message that also goes out by mail. The message is what is said; here stands only how far it got.

    Whoever sends it claims the row first by a conditional update, so that two nodes send it once. A node that dies
    between sending and writing so down sends it again, under the same Message-ID.
    """

    __tablename__ = "mail"
    __table_args__ = (Index(None, "status", "next_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    message_id: Mapped[int] = mapped_column(ForeignKey("message.id"), unique=True)
    status: Mapped[str] = mapped_column(String(16), default="waiting")  # of outbox.STATUSES
    tries: Mapped[int] = mapped_column(default=0)
    next_at: Mapped[datetime]  # not before
    claim: Mapped[str] = mapped_column(String(32), default="")  # of the run that is at it
    claimed_until: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
    sent_to: Mapped[str] = mapped_column(String(200), default="")
    why: Mapped[str] = mapped_column(Text, default="")  # it is not sent

    message: Mapped[Message] = relationship(lazy="joined")


class Chase(db.Model):
    """One time that a unit was chased for one table (催报). Never changed, never removed.

    A chase by the site itself claims its (table, kind, day), so that two nodes and ten runs send one.
    """

    __tablename__ = "chase"
    __table_args__ = (UniqueConstraint("table_id", "kind", "for_day"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    table_id: Mapped[int] = mapped_column(ForeignKey("annex_table.id"), index=True)
    kind: Mapped[str] = mapped_column(String(16))  # of chasing.KINDS
    at: Mapped[datetime]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))  # None: the site itself
    words: Mapped[str] = mapped_column(Text, default="")
    for_day: Mapped[date | None]  # the due day of a chase by the site itself; None for a person's
    promised_on: Mapped[date | None]  # the day that the unit named in a call

    by: Mapped[User | None] = relationship(lazy="joined")


class Flag(db.Model):
    """One place that the office marked when it returned a table: a cell, a header field, or a whole row (no key)."""

    __tablename__ = "flag"

    id: Mapped[int] = mapped_column(primary_key=True)
    table_id: Mapped[int] = mapped_column(ForeignKey("annex_table.id"), index=True)
    move_id: Mapped[int] = mapped_column(ForeignKey("move.id"), index=True)  # the return
    activity_id: Mapped[int] = mapped_column(ForeignKey("activity.id"))
    key: Mapped[str] = mapped_column(String(80), default="")
    note: Mapped[str] = mapped_column(Text, default="")
    was: Mapped[str] = mapped_column(Text, default="")  # what stood there; of a row, its cells as JSON
    answer: Mapped[str] = mapped_column(Text, default="")
    answered_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    answered_at: Mapped[datetime | None]


class Summary(db.Model):
    """A unit's 活动总结 after the week, beside its table: what was held, a text, figures. Its state is its own."""

    __tablename__ = "summary"

    table_id: Mapped[int] = mapped_column(ForeignKey("annex_table.id"), primary_key=True, autoincrement=False)
    status: Mapped[str] = mapped_column(String(16), default="todo")
    revision: Mapped[int] = mapped_column(default=0)
    text: Mapped[str] = mapped_column(Text, default="")
    figures: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)  # of summary_draft.FIGURES, as typed
    held: Mapped[dict[str, dict[str, str]]] = mapped_column(JSON, default=dict)  # activity id: how, when, people
    added: Mapped[list[dict[str, str]]] = mapped_column(JSON, default=list)  # events that were not planned
    is_late: Mapped[bool] = mapped_column(default=False)
    changed_at: Mapped[datetime | None]
    submitted_at: Mapped[datetime | None]
    return_due_at: Mapped[datetime | None]
    return_reason: Mapped[str] = mapped_column(Text, default="")
    times_sent: Mapped[int] = mapped_column(default=0)
    sent: Mapped[dict[str, Any] | None] = mapped_column(JSON)  # as the office got it last


class SummaryFile(db.Model):
    """A file that goes with a summary."""

    __tablename__ = "summary_file"
    __table_args__ = (UniqueConstraint("table_id", "file_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    table_id: Mapped[int] = mapped_column(ForeignKey("annex_table.id"), index=True)
    file_id: Mapped[int] = mapped_column(ForeignKey("stored_file.id"))

    file: Mapped[StoredFile] = relationship(lazy="joined")
