"""Files as they are kept. The bytes lie in the instance folder under their hash, the row knows the rest."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from ipweek.extensions import db


class StoredFile(db.Model):
    """One file as it was sent: its name is only text, never a path."""

    __tablename__ = "stored_file"

    id: Mapped[int] = mapped_column(primary_key=True)
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    name: Mapped[str] = mapped_column(String(255))
    kind: Mapped[str] = mapped_column(String(16))  # by content: docx, xlsx, pdf, txt, …
    size: Mapped[int]  # bytes
    purpose: Mapped[str] = mapped_column(String(16))  # notice, people, table, attachment, release
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"), index=True)  # None: from the command line
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    at: Mapped[datetime] = mapped_column(index=True)
