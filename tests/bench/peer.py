"""The peer: Flask-Admin's inline edit (column_editable_list), set up as its documentation shows, writing the same rows.

Log-in by Flask-Login with a row of a session table, CSRF by Flask-WTF, and with each edit an op, its cell change and the
table's next revision. Its database is opened as ipweek opens its own, and BEGIN IMMEDIATE spares it the locked database.
"""

import warnings
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from flask import Flask, session
from flask_admin import Admin
from flask_admin.contrib.sqla import ModelView
from flask_login import LoginManager, UserMixin, current_user, login_user
from flask_sqlalchemy import SQLAlchemy
from flask_wtf.csrf import CSRFProtect, generate_csrf
from sqlalchemy import event, inspect
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from ipweek import database
from tests.make import CELLS


class Base(DeclarativeBase):
    pass


db = SQLAlchemy(model_class=Base)


class Member(db.Model, UserMixin):  # type: ignore[name-defined]
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    unit_id: Mapped[int]


class Login(db.Model):  # type: ignore[name-defined]
    token: Mapped[str] = mapped_column(primary_key=True)
    member_id: Mapped[int]


class Table(db.Model):  # type: ignore[name-defined]
    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int]
    revision: Mapped[int] = mapped_column(default=0)
    status: Mapped[str] = mapped_column(default="draft")


class Line(db.Model):  # type: ignore[name-defined]
    id: Mapped[int] = mapped_column(primary_key=True)
    table_id: Mapped[int] = mapped_column(index=True)
    host: Mapped[str]
    event_name: Mapped[str]
    event_time: Mapped[str]
    venue: Mapped[str]
    content: Mapped[str]
    attendees: Mapped[str]
    scale: Mapped[str]
    contact: Mapped[str]


class Op(db.Model):  # type: ignore[name-defined]
    seq: Mapped[int] = mapped_column(primary_key=True)
    table_id: Mapped[int] = mapped_column(index=True)
    revision: Mapped[int]
    user_id: Mapped[int]
    at: Mapped[datetime]


class Change(db.Model):  # type: ignore[name-defined]
    id: Mapped[int] = mapped_column(primary_key=True)
    op_seq: Mapped[int] = mapped_column(index=True)
    line_id: Mapped[int] = mapped_column(index=True)
    key: Mapped[str]
    old: Mapped[str]
    new: Mapped[str]


class LineView(ModelView):
    column_editable_list = tuple(CELLS)
    page_size = 30

    def is_accessible(self) -> bool:
        return bool(current_user.is_authenticated)

    def on_model_change(self, form: Any, model: Line, is_created: bool) -> None:  # noqa: FBT001 -- Flask-Admin's
        table = db.session.get_one(Table, model.table_id)
        if table.unit_id != current_user.unit_id or table.status != "draft":
            raise PermissionError
        table.revision += 1
        op = Op(table_id=table.id, revision=table.revision, user_id=current_user.id, at=datetime.now(UTC).replace(tzinfo=None))
        db.session.add(op)
        db.session.flush()
        for one in inspect(model).attrs:
            if one.history.has_changes():
                db.session.add(Change(op_seq=op.seq, line_id=model.id, key=one.key, old=one.history.deleted[0], new=one.history.added[0]))


def create(path: Path, *, synchronous: str = "FULL", tables: int = 1, rows: int = 30) -> Flask:
    """The peer's application over a new database: as many tables as there are people, each with so many rows."""
    app = Flask("peer")
    app.config.update(SECRET_KEY="s" * 64, SQLALCHEMY_DATABASE_URI=f"sqlite:///{path}", WTF_CSRF_TIME_LIMIT=None)
    options = {**database.engine_options("sqlite://"), "execution_options": {"ipweek_writes": True}}
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = options
    db.init_app(app)
    CSRFProtect(app)
    logins = LoginManager(app)

    @logins.user_loader
    def who(token: str) -> Member | None:
        held = db.session.get(Login, token)
        return db.session.get(Member, held.member_id) if held else None

    @app.get("/enter/<token>")
    def enter(token: str) -> str:
        held = db.session.get_one(Login, token)
        login_user(db.session.get_one(Member, held.member_id))
        session["_user_id"] = token
        return generate_csrf()

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        Admin(app).add_view(LineView(Line, db.session, endpoint="line"))
    with app.app_context():
        database.prepare(db.engine)
        event.listen(db.engine, "connect", lambda connection, _: connection.execute(f"PRAGMA synchronous={synchronous}").close())
        db.create_all()
        for number in range(1, tables + 1):
            db.session.add_all([Member(id=number, name=f"测试{number}", unit_id=number), Login(token=f"token{number}", member_id=number)])
            db.session.add(Table(id=number, unit_id=number))
            db.session.add_all([Line(table_id=number, **CELLS) for _ in range(rows)])
        db.session.commit()
    return app
