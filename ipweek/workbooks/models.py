"""Releases of the merged workbook and public editions as they are stored. No rules here: see ``releases``, ``public_editions``."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ipweek.accounts.models import User
from ipweek.extensions import db
from ipweek.files.models import StoredFile


class Release(db.Model):
    """One numbered, frozen edition of the merged workbook (定版). Never changed; its file carries the SHA-256.

    What was in it is known by the snapshots it was made of, so that contacts are kept in one place only.
    """

    __tablename__ = "workbook_release"
    __table_args__ = (UniqueConstraint("campaign_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"), index=True)
    number: Mapped[int]  # from 1 in each campaign
    at: Mapped[datetime]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))  # None: from the command line
    revision: Mapped[int]  # the newest op in any table of the campaign at that moment
    activities: Mapped[int]
    file_id: Mapped[int] = mapped_column(ForeignKey("stored_file.id"))
    snapshots: Mapped[list[int]] = mapped_column(JSON, default=list)  # ids, in official order
    placed: Mapped[list[list[Any]]] = mapped_column(JSON, default=list)  # [sheet, row, activity id] of each row

    by: Mapped[User | None] = relationship(lazy="joined")
    file: Mapped[StoredFile] = relationship(lazy="joined")


class PublicEdition(db.Model):
    """One public edition of the merged tables (公开版), frozen when it was drafted; a second person confirms it.

    ``content`` holds no contacts: they were left out, and what of them stood in free text was masked. ``report`` says
    where, and never what stood there, but for words that were taken for names.
    """

    __tablename__ = "public_edition"
    __table_args__ = (UniqueConstraint("campaign_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"), index=True)
    number: Mapped[int]  # from 1 in each campaign
    status: Mapped[str] = mapped_column(String(16))  # of public_editions.STATES
    at: Mapped[datetime]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))  # None: from the command line
    snapshots: Mapped[list[int]] = mapped_column(JSON, default=list)  # ids, in official order
    content: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    report: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    confirmed_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    confirmed_at: Mapped[datetime | None]
    withdrawn_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))  # None: a newer one took its place
    withdrawn_at: Mapped[datetime | None]
    withdrawn_why: Mapped[str] = mapped_column(Text, default="")

    by: Mapped[User | None] = relationship(lazy="joined", foreign_keys=[by_id])
    confirmed_by: Mapped[User | None] = relationship(lazy="joined", foreign_keys=[confirmed_by_id])
