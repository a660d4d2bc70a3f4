"""Tables, their rows, and the log of every change to a cell, as they are stored. No rules here: see ``service``."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ipweek.accounts.models import Unit, User
from ipweek.annexes.schema import STATUSES
from ipweek.extensions import db
from ipweek.notice.models import AnnexSchema, Campaign


class AnnexTable(db.Model):
    """One unit's table for one annex of one campaign. Its row is the lock of everything in it.

    ``status`` and the flags beside it are stored here and changed only by ``reporting`` (but for the first
    change of a cell, which makes ``todo`` a ``draft``). ``revision`` counts the ops.
    """

    __tablename__ = "annex_table"
    __table_args__ = (
        UniqueConstraint("campaign_id", "annex", "unit_id"),
        CheckConstraint(f"status IN {tuple(STATUSES)}", name="status"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"), index=True)
    annex: Mapped[int]
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)
    schema_id: Mapped[int] = mapped_column(ForeignKey("annex_schema.id"))
    status: Mapped[str] = mapped_column(String(16), default="todo", index=True)
    revision: Mapped[int] = mapped_column(default=0)
    nil_return: Mapped[bool] = mapped_column(default=False)  # 零报送
    is_late: Mapped[bool] = mapped_column(default=False)  # sent after its deadline
    is_excused: Mapped[bool] = mapped_column(default=False)  # not asked this year
    changed_at: Mapped[datetime | None]
    submitted_at: Mapped[datetime | None]
    return_due_at: Mapped[datetime | None]  # a returned table's own deadline
    return_reason: Mapped[str] = mapped_column(Text, default="")
    office_hand: Mapped[str] = mapped_column(String(16), default="")  # of reach: what the office does in it just now
    typed_in: Mapped[str] = mapped_column(String(80), default="")  # from what the office typed it in for the unit (代填); "" it did not
    open_places: Mapped[list[str] | None] = mapped_column(JSON(none_as_null=True))  # of a return: what alone may be changed
    late_until: Mapped[datetime | None]  # may be filled and sent until then although the campaign is closed (补报)

    campaign: Mapped[Campaign] = relationship()
    unit: Mapped[Unit] = relationship()
    schema: Mapped[AnnexSchema] = relationship()


class Activity(db.Model):
    """One line of an annex table; or its header row, which holds 单位名称 and 填表时间 in the same way.

    ``values`` holds the cells by column key, as typed: official ones (``venue``) and those of plugins
    (``minhang.street``), which outlive the plugin that declared them. The readings beside them are what was
    understood of ``event_time`` and ``scale`` when they were saved, never typed.
    """

    __tablename__ = "activity"
    __table_args__ = (Index(None, "table_id", "alive", "pos"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    table_id: Mapped[int] = mapped_column(ForeignKey("annex_table.id"))
    owner_unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    is_header: Mapped[bool] = mapped_column(default=False)
    alive: Mapped[bool] = mapped_column(default=True)
    pos: Mapped[int] = mapped_column(default=0)  # rows stand in this order; gaps are normal
    values: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    starts_on: Mapped[date | None] = mapped_column(index=True)
    ends_on: Mapped[date | None] = mapped_column(index=True)
    people_min: Mapped[int | None]
    people_max: Mapped[int | None]
    accepted: Mapped[dict[str, int] | None] = mapped_column(JSON(none_as_null=True))  # who took a doubtful cell as it stands, by column key


class Share(db.Model):
    """What a department said of its rows in its unit's table: that they are all there (填完). Gone when it changes one."""

    __tablename__ = "share"

    table_id: Mapped[int] = mapped_column(ForeignKey("annex_table.id"), primary_key=True, autoincrement=False)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), primary_key=True, autoincrement=False)
    done_at: Mapped[datetime]
    done_by_id: Mapped[int] = mapped_column(ForeignKey("user.id"))

    done_by: Mapped[User] = relationship()


class Op(db.Model):
    """One action on one table: an edit, a paste, a row added, an undo. Never changed, never removed."""

    __tablename__ = "op"
    __table_args__ = (Index(None, "table_id", "revision"),)

    seq: Mapped[int] = mapped_column(primary_key=True)
    client_id: Mapped[str] = mapped_column(String(40), unique=True)  # given by the browser: the same twice is one op
    table_id: Mapped[int] = mapped_column(ForeignKey("annex_table.id"))
    revision: Mapped[int]  # the table's, after this op
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))  # no index: nobody asks for all that somebody did
    at: Mapped[datetime]
    via: Mapped[str] = mapped_column(String(16))  # typed, pasted, filled, imported, row, undo, redo, job, office, stand_in, put_back
    undoes: Mapped[int | None] = mapped_column(ForeignKey("op.seq"))


class CellChange(db.Model):
    """One cell that an op changed. ``_alive`` ("1", "0") and ``_pos`` are cells too."""

    __tablename__ = "cell_change"

    id: Mapped[int] = mapped_column(primary_key=True)
    op_seq: Mapped[int] = mapped_column(ForeignKey("op.seq"), index=True)
    activity_id: Mapped[int] = mapped_column(ForeignKey("activity.id"), index=True)
    key: Mapped[str] = mapped_column(String(80))
    old: Mapped[str] = mapped_column(Text, default="")
    new: Mapped[str] = mapped_column(Text, default="")


class Presence(db.Model):
    """Who has a table's page open: kept up by the page itself, and worth nothing once ``seen_at`` is old (see ``presence``)."""

    __tablename__ = "presence"

    table_id: Mapped[int] = mapped_column(ForeignKey("annex_table.id", ondelete="CASCADE"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), primary_key=True)
    seen_at: Mapped[datetime]
