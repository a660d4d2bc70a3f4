"""Statements on the driver's own cursor read, write and fail as SQLAlchemy's own do, on each database."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import bindparam, event, insert, select, update
from sqlalchemy.exc import DBAPIError, IntegrityError

from ipweek.accounts.models import Unit
from ipweek.annexes.models import Activity, AnnexTable
from ipweek.extensions import db
from ipweek.statements import Pooled, Statement, say
from ipweek.transaction import transaction
from tests import make

_ROW = select(Activity.__table__).where(Activity.id == bindparam("row_id"))
_ADD_UNIT = Statement(
    insert(Unit.__table__).values(
        {name: bindparam(name) for name in ("slug", "code", "name", "short", "aliases", "level", "sort_no", "is_active")}
    )
)
PUDONG = {
    "slug": "pudong",
    "code": "",
    "name": "浦东新区知识产权联席会议办公室",
    "short": "浦东新区",
    "aliases": ["浦东"],
    "level": "district",
    "sort_no": 1,
    "is_active": True,
}


def test_what_is_found_is_what_sqlalchemy_reads(app):
    row = make.row()
    with transaction():
        row.starts_on, row.people_max = date(2024, 4, 20), 200
    with db.engine.connect() as connection:
        ours = Statement(_ROW).first(connection, row_id=row.id)
        theirs = connection.execute(_ROW, {"row_id": row.id}).one()

    assert tuple(ours) == tuple(theirs)
    assert (ours.alive, ours.starts_on, ours.values["venue"]) == (True, date(2024, 4, 20), make.CELLS["venue"])


def test_a_moment_goes_in_and_comes_out_aware(app):
    table = make.table()
    at = datetime(2024, 4, 12, 16, 0, 1, 5, tzinfo=UTC)
    write = Statement(update(AnnexTable.__table__).where(AnnexTable.id == bindparam("table_id")).values(changed_at=bindparam("at")))
    read = Statement(select(AnnexTable.changed_at).where(AnnexTable.id == bindparam("table_id")))

    with transaction():
        write.run(db.session.connection(), table_id=table.id, at=at)

    with db.engine.connect() as connection:
        assert read.all(connection, table_id=table.id) == [(at,)]
    assert db.session.get(AnnexTable, table.id).changed_at == at


def test_nothing_found_is_none_and_an_empty_list(app):
    with db.engine.connect() as connection:
        assert Statement(_ROW).first(connection, row_id=0) is None
        assert Statement(_ROW).all(connection, row_id=0) == []


def test_many_are_written_at_once_or_none(app):
    xuhui = {**PUDONG, "slug": "xuhui", "name": "徐汇区知识产权联席会议办公室"}

    with transaction():
        _ADD_UNIT.run_each(db.session.connection(), [PUDONG, xuhui])
    with pytest.raises(IntegrityError), transaction():
        _ADD_UNIT.run_each(db.session.connection(), [{**PUDONG, "slug": "putuo", "name": "普陀"}, xuhui])

    assert {unit.slug: unit.aliases for unit in db.session.query(Unit)} == {"pudong": ["浦东"], "xuhui": ["浦东"]}


def test_who_listens_to_the_database_hears_them(app):
    heard = []

    def hear(*said):
        heard.append(said[2])

    event.listen(db.engine, "before_cursor_execute", hear)
    with db.engine.connect() as connection:
        Statement(_ROW).first(connection, row_id=1)
    event.remove(db.engine, "before_cursor_execute", hear)

    assert len(heard) == 1
    assert heard[0].startswith("SELECT activity.id")


def test_a_read_past_the_session_gives_its_connection_back_whatever_happens(app):
    db.session.remove()
    lent = db.engine.pool.checkedout()

    with closing(Pooled(db.engine)) as pooled:
        assert Statement(_ROW).first(pooled, row_id=1) is None
        assert db.engine.pool.checkedout() == lent + 1
    with pytest.raises(DBAPIError, match="nowhere"), closing(Pooled(db.engine)) as pooled:
        say(pooled, "SELECT nothing FROM nowhere")

    assert db.engine.pool.checkedout() == lent


def test_a_read_past_the_session_sees_what_was_stored_a_moment_ago_and_holds_nobody_up(app):
    row = make.row(venue="甲")

    for text in "乙丙":
        with transaction():
            row.values = {**row.values, "venue": text}
        with closing(Pooled(db.engine)) as pooled:
            assert Statement(_ROW).first(pooled, row_id=row.id).values["venue"] == text
