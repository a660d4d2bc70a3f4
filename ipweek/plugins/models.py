"""Which plugins are on, and what their fields were called, as stored. No rules here: see ``service``."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from ipweek.extensions import db


class PluginState(db.Model):
    """What was decided about one plugin, and how it fares. Everything else is read from its folder."""

    __tablename__ = "plugin_state"

    id: Mapped[str] = mapped_column(String(31), primary_key=True)
    is_on: Mapped[bool] = mapped_column(default=False)
    by: Mapped[str] = mapped_column(String(80), default="")  # the name of who switched it last
    at: Mapped[datetime | None]
    trouble: Mapped[str] = mapped_column(String(16), default="")  # "", broken or set_aside
    why: Mapped[str] = mapped_column(Text, default="")
    log: Mapped[str] = mapped_column(Text, default="")  # what it printed when it failed last
    failures: Mapped[int] = mapped_column(default=0)  # in a row
    told_on: Mapped[date | None]  # the day on which its contact was last told that it does not run
    title: Mapped[str] = mapped_column(String(80), default="")  # as of the last enabling: a folder may be gone
    unit: Mapped[str] = mapped_column(String(32), default="")
    version: Mapped[str] = mapped_column(String(40), default="")
    content: Mapped[str] = mapped_column(String(64), default="")  # the mark of what was described
    declared: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)  # what it answered then
    settings: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)  # those that were changed


class PluginField(db.Model):
    """A local field that once was: its label stays with the values when the plugin is gone."""

    __tablename__ = "plugin_field"

    plugin: Mapped[str] = mapped_column(String(31), primary_key=True)
    key: Mapped[str] = mapped_column(String(31), primary_key=True)
    label: Mapped[str] = mapped_column(String(40))
    kind: Mapped[str] = mapped_column(String(16))
    last_seen: Mapped[datetime]
