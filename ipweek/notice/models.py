"""Campaigns and what belongs to them, as they are stored. No rules here: see ``service``."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ipweek.extensions import db


class Campaign(db.Model):
    """One year's publicity week (年度活动), as its notice lays it down."""

    __tablename__ = "campaign"
    __table_args__ = (CheckConstraint("status IN ('draft', 'open', 'closed', 'withdrawn')", name="status"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    year: Mapped[int] = mapped_column(index=True)
    status: Mapped[str] = mapped_column(String(16), default="draft")
    title: Mapped[str] = mapped_column(String(300), default="")
    doc_number: Mapped[str] = mapped_column(String(80), default="")
    issuer: Mapped[str] = mapped_column(String(200), default="")
    issue_date: Mapped[date | None]
    starts_on: Mapped[date | None]
    ends_on: Mapped[date | None]
    theme: Mapped[str] = mapped_column(String(300), default="")
    contacts: Mapped[list[str]] = mapped_column(JSON, default=list)
    phones: Mapped[list[str]] = mapped_column(JSON, default=list)
    fax: Mapped[str] = mapped_column(String(80), default="")
    email: Mapped[str] = mapped_column(String(120), default="")
    evidence: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)  # fact name: the sentence it was read from
    notes: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)  # fact name: why it was not read, or what is odd about it
    text: Mapped[str] = mapped_column(Text, default="")  # the notice as plain text
    file_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"))
    created_at: Mapped[datetime]
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    opened_at: Mapped[datetime | None]

    deadlines: Mapped[list[Deadline]] = relationship(order_by="Deadline.id", cascade="all, delete-orphan")
    annexes: Mapped[list[AnnexSchema]] = relationship(order_by="AnnexSchema.annex, AnnexSchema.version", cascade="all, delete-orphan")


class Deadline(db.Model):
    """One thing that is due. Where ``rule`` stands, ``due_on`` follows the week and the calendar."""

    __tablename__ = "deadline"
    __table_args__ = (CheckConstraint("kind IN ('plan', 'summary', 'other')", name="kind"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"), index=True)
    kind: Mapped[str] = mapped_column(String(16))
    annex: Mapped[int | None]  # None: all annexes
    phrase: Mapped[str] = mapped_column(String(300), default="")  # the notice's words
    rule: Mapped[str] = mapped_column(String(80), default="")  # such as "5 working days after ends_on"
    due_on: Mapped[date | None]  # included, until due_time
    due_time: Mapped[time | None]  # None: until 24:00 of due_on
    note: Mapped[str] = mapped_column(String(300), default="")


class Extension(db.Model):
    """More time for one unit."""

    __tablename__ = "extension"

    id: Mapped[int] = mapped_column(primary_key=True)
    deadline_id: Mapped[int] = mapped_column(ForeignKey("deadline.id"), index=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)
    until: Mapped[datetime]
    why: Mapped[str] = mapped_column(String(300))
    by_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    at: Mapped[datetime]


class AnnexSchema(db.Model):
    """One version of an annex's form. A correction makes a new version; keys survive a change of label."""

    __tablename__ = "annex_schema"
    __table_args__ = (UniqueConstraint("campaign_id", "annex", "version"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"), index=True)
    annex: Mapped[int]
    version: Mapped[int] = mapped_column(default=1)
    title: Mapped[str] = mapped_column(String(300))
    form: Mapped[dict[str, Any]] = mapped_column(JSON)  # notice.schema.as_json


class Amendment(db.Model):
    """A change of an open campaign: a supplementary notice (补充通知), or a correction by the office, which has no document.

    ``facts`` is what was read; ``changes`` is what was confirmed, in the words that the pages say: empty until then, and
    for ever when nothing of it was wanted.
    """

    __tablename__ = "amendment"

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"), index=True)
    title: Mapped[str] = mapped_column(String(300), default="")
    doc_number: Mapped[str] = mapped_column(String(80), default="")
    file_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"))
    text: Mapped[str] = mapped_column(Text, default="")
    facts: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    changes: Mapped[list[dict[str, str]]] = mapped_column(JSON, default=list)
    at: Mapped[datetime]  # sent in
    by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    applied_at: Mapped[datetime | None]  # decided; None: not yet
    applied_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))

    campaign: Mapped[Campaign] = relationship()


class Workday(db.Model):
    """One day of the State Council's calendar that differs, or that was entered: worked or not, and by which document."""

    __tablename__ = "workday"

    day: Mapped[date] = mapped_column(primary_key=True)
    works: Mapped[bool]
    source: Mapped[str] = mapped_column(String(200))
