"""Migrations give what the models say, each is all or nothing, and a start refuses what it does not know."""

import json
import os
import sqlite3
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import CheckConstraint, inspect, text

from ipweek.annexes.models import Activity
from ipweek.extensions import db
from ipweek.maintenance import service
from ipweek.maintenance.service import WrongSchema
from tests import make
from tests.annexes.conftest import values

for models in service.FOLDER.parent.glob("*/models.py"):
    import_module(f"ipweek.{models.parent.name}.models")


NEWEST = service.head()


def test_the_files_are_numbered_in_the_order_in_which_they_run():
    chain = [script.revision for script in ScriptDirectory(str(service.FOLDER)).walk_revisions()]

    assert service.known() == chain[::-1]


def test_developers_write_migrations_with_flasks_own_command(app):
    environ = {**os.environ, "IPWEEK_INSTANCE": app.instance_path, "PYTHONPATH": str(service.FOLDER.parent.parent)}
    command = [sys.executable, "-m", "flask", "--app", "ipweek.app:create_app", "db", "heads"]

    told = subprocess.run(command, env=environ, capture_output=True, text=True, check=False)

    assert told.stdout.strip() == f"{NEWEST} (head)", told.stderr


def script(folder, body, *, number="9000", after=NEWEST, back="pass"):
    (folder / "versions").mkdir(exist_ok=True)
    (folder / "versions" / f"{number}_test.py").write_text(
        f"import sqlalchemy as sa\nfrom alembic import op\nrevision = {number!r}\ndown_revision = {after!r}\n"
        f"def upgrade():\n    {body}\ndef downgrade():\n    {back}\n",
        "utf-8",
    )


@pytest.fixture
def migrations(tmp_path, monkeypatch):
    """A copy of the migrations, to which a test may add."""
    folder = tmp_path / "migrations"
    (folder / "versions").mkdir(parents=True)
    for path in service.FOLDER.rglob("*"):
        if path.is_file() and "__pycache__" not in path.parts:
            (folder / path.relative_to(service.FOLDER)).write_bytes(path.read_bytes())
    monkeypatch.setattr(service, "FOLDER", folder)
    return folder


def test_an_empty_database_is_brought_to_what_the_models_say(empty_app):
    assert service.upgrade() is True

    with db.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), db.metadata) == []
    service.require_current()


@pytest.mark.sqlite
def test_the_conditions_of_the_models_stand_in_the_database_to_the_letter(empty_app):
    service.upgrade()

    seen = inspect(db.engine)
    stored = {(name, check["sqltext"]) for name in seen.get_table_names() for check in seen.get_check_constraints(name)}
    tables = db.metadata.tables.values()
    wanted = {(table.name, str(check.sqltext)) for table in tables for check in table.constraints if isinstance(check, CheckConstraint)}
    assert stored == wanted
    assert wanted


def test_a_second_upgrade_has_nothing_to_do(empty_app):
    service.upgrade()

    assert service.upgrade() is False


def test_a_downgrade_leaves_nothing_behind(empty_app):
    service.upgrade()

    service.downgrade("base")

    assert inspect(db.engine).get_table_names() == ["alembic_version"]


def test_a_migration_that_fails_half_way_leaves_the_old_schema_and_its_stamp(empty_app, migrations):
    service.upgrade()
    script(migrations, 'op.create_table("half", sa.Column("id", sa.Integer()))\n    op.execute("SELECT nothing FROM nowhere")')

    with pytest.raises(Exception, match="nowhere"):
        service.upgrade()

    assert service.current() == NEWEST
    assert "half" not in inspect(db.engine).get_table_names()
    script(migrations, 'op.create_table("half", sa.Column("id", sa.Integer()))')
    assert service.upgrade() is True


def test_a_table_that_others_point_to_can_be_changed(empty_app, migrations):
    service.upgrade()
    with db.engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO unit (id, slug, code, name, short, aliases, level, sort_no, is_active, parent_id)"
                " VALUES (1, 'minhang', '', '闵行区', '闵行区', '[]', 'district', 1, true, NULL),"
                " (2, 'minhang-a', '', '闵行区甲', '甲', '[]', 'department', 2, true, 1)"
            )
        )
    script(migrations, 'with op.batch_alter_table("unit") as batch:\n        batch.alter_column("short", type_=sa.String(120))')

    service.upgrade()

    with db.engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM unit WHERE parent_id = 1")).scalar() == 1
        if db.engine.dialect.name == "sqlite":
            assert connection.execute(text("PRAGMA foreign_keys")).scalar() == 1


@pytest.mark.sqlite
def test_a_migration_that_would_orphan_rows_is_undone(empty_app, migrations):
    service.upgrade()
    with db.engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO unit (id, slug, code, name, short, aliases, level, sort_no, is_active, parent_id)"
                " VALUES (1, 'a', '', '甲', '甲', '[]', 'district', 1, true, NULL),"
                " (2, 'b', '', '乙', '乙', '[]', 'department', 2, true, 1)"
            )
        )
    script(migrations, 'op.execute("DELETE FROM unit WHERE id = 1")')

    with pytest.raises(Exception, match="without their parent"):
        service.upgrade()

    with db.engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM unit")).scalar() == 2
    assert service.current() == NEWEST


def test_who_took_a_row_as_it_stands_took_its_time_and_its_size(empty_app):
    service.upgrade()
    table = make.table("minhang")
    one, other, neither = (make.row(table, event_time="4.2") for _ in range(3))
    ids, by = [row.id for row in (one, other, neither)], make.user("minhang").id
    db.session.rollback()  # a read that is still open would keep PostgreSQL's tables from being changed
    with db.engine.begin() as connection:
        say = "UPDATE activity SET accepted = :cells WHERE id = :id"
        connection.execute(text(say), {"id": ids[0], "cells": json.dumps({"scale": by, "contact": by})})
        connection.execute(text(say), {"id": ids[1], "cells": json.dumps({"contact": by})})

    service.downgrade("0007")
    with db.engine.connect() as connection:
        marked = dict(connection.execute(text("SELECT id, accepted_by_id FROM activity WHERE NOT is_header")).all())
    service.upgrade()

    assert marked == {ids[0]: by, ids[1]: None, ids[2]: None}
    both = {"event_time": by, "scale": by}
    assert [db.session.get_one(Activity, row_id, populate_existing=True).accepted for row_id in ids] == [both, None, None]
    assert values(ids[0])["event_time"] == "4.2"


@pytest.mark.sqlite
def test_an_upgrade_keeps_a_copy_of_what_was_there(empty_app, migrations, tmp_path):
    service.upgrade(backups=tmp_path / "backups")
    script(migrations, 'op.create_table("more", sa.Column("id", sa.Integer()))')

    service.upgrade(backups=tmp_path / "backups")

    (kept,) = (tmp_path / "backups").iterdir()
    assert kept.stat().st_mode & 0o077 == 0
    with sqlite3.connect(kept) as copy:
        assert copy.execute("SELECT version_num FROM alembic_version").fetchall() == [(NEWEST,)]
    copy.close()


def test_a_database_of_a_newer_program_is_refused(empty_app):
    service.upgrade()
    with db.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))

    for start in (service.require_current, service.upgrade):
        with pytest.raises(WrongSchema, match="更新版本"):
            start()


def test_an_older_or_empty_database_is_not_served(empty_app, migrations):
    with pytest.raises(WrongSchema, match="ipweek init"):
        service.require_current()
    service.upgrade()
    script(migrations, "pass")

    with pytest.raises(WrongSchema, match="旧版本"):
        service.require_current()


@pytest.mark.sqlite
def test_a_file_that_is_no_database_is_left_alone(empty_app):
    path = Path(empty_app.instance_path) / "ipweek.sqlite"
    db.engine.dispose()
    path.write_bytes(b"not a database " * 100)

    with pytest.raises(WrongSchema, match="备份"):
        service.require_current()

    assert path.read_bytes().startswith(b"not a database")
