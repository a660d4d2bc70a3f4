"""The Flask extensions and the column types that all models share. Made here, bound in ``create_app``."""

from __future__ import annotations

import json
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any

from flask import Response, current_app
from flask_compress import Compress
from flask_login import LoginManager
from flask_sqlalchemy import SQLAlchemy
from flask_sqlalchemy.session import Session
from flask_wtf import CSRFProtect
from htmx_flask import Htmx
from sqlalchemy import DateTime, MetaData
from sqlalchemy.engine import Connection, Dialect, Engine
from sqlalchemy.orm import DeclarativeBase, registry
from sqlalchemy.types import TypeDecorator

from ipweek.statements import Pooled

_readable = json.JSONEncoder(ensure_ascii=False, sort_keys=True).encode
"""How JSON is stored: made once, since ``json.dumps`` makes an encoder for each text."""


class Moment(TypeDecorator[datetime]):
    """A moment: aware in Python, UTC without a zone in the database (SQLite keeps none)."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return None if value is None else value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return None if value is None else value.replace(tzinfo=UTC)

    def bind_processor(self, dialect: Dialect) -> Any:
        return _moment_as_text if dialect.name == "sqlite" else super().bind_processor(dialect)

    def result_processor(self, dialect: Dialect, coltype: object) -> Any:
        return _moment_of_text if dialect.name == "sqlite" else super().result_processor(dialect, coltype)


def _moment_as_text(value: datetime | None) -> str | None:
    """As SQLAlchemy writes it for SQLite, in one step instead of three: every request reads and writes some."""
    return None if value is None else value.astimezone(UTC).replace(tzinfo=None).isoformat(" ", "microseconds")


def _moment_of_text(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text).replace(tzinfo=UTC)


class Model(DeclarativeBase):
    """The base of all models. Constraint names are fixed so that migrations can name them."""

    registry = registry(  # Flask-SQLAlchemy copies this class, and only a registry survives the copying
        type_annotation_map={datetime: Moment},
        metadata=MetaData(
            naming_convention={
                "ix": "ix_%(table_name)s_%(column_0_N_name)s",
                "uq": "uq_%(table_name)s_%(column_0_N_name)s",
                "ck": "ck_%(table_name)s_%(constraint_name)s",
                "fk": "fk_%(table_name)s_%(column_0_N_name)s",
                "pk": "pk_%(table_name)s",
            }
        ),
    )


writing: ContextVar[Pooled | None] = ContextVar("writing", default=None)
"""The connection of the ``transaction()`` that is under way."""


class Joining(Session):
    """Flask-SQLAlchemy's session, on the connection of ``transaction()`` while there is one."""

    def get_bind(self, *given: Any, **words: Any) -> Engine | Connection:
        begun = writing.get()
        return begun.around() if begun else super().get_bind(*given, **words)


class Packing(Compress):
    """Flask-Compress, which would look through a small answer from all sides before it leaves it as it is."""

    def after_request(self, response: Response | None) -> Response:
        length = response.content_length if response else None
        if response and length is not None and length < current_app.config["COMPRESS_MIN_SIZE"]:
            return response
        return super().after_request(response)


db = SQLAlchemy(model_class=Model, engine_options={"json_serializer": _readable}, session_options={"class_": Joining})
compress = Packing()
csrf = CSRFProtect()
htmx = Htmx()
login = LoginManager()


def of_app(name: str) -> Any:
    """What the present app keeps under *name*, such as its shelf of plugins: for services, which know no Flask."""
    return current_app.extensions[name]
