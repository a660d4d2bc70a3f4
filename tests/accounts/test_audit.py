import ast
import itertools
import re
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
import time_machine

import ipweek
from ipweek import clock
from ipweek.accounts import audit, origin
from ipweek.accounts.audit_words import ACTIONS, OBJECTS
from ipweek.accounts.models import AuditEntry, AuditHead
from ipweek.errors import Forbidden
from ipweek.extensions import db
from ipweek.reporting.states import STEPS
from ipweek.transaction import transaction
from tests import make

PACKAGE = Path(ipweek.__file__).parent


@pytest.fixture
def lines(app):
    """Five lines."""
    for number in range(1, 6):
        audit.write("user.add", by="cli:root", object=f"user:{number}", detail=f"第 {number} 位，电话 13800000001")
    return db.session.query(AuditEntry).order_by(AuditEntry.id).all()


def tamper(statement, **values):
    with transaction():
        db.session.execute(db.text(statement), values)


def test_a_whole_log_verifies(lines):
    assert audit.verify() == []


def test_what_the_demo_retells_in_shanghai_time_verifies(app):
    with clock.retelling(datetime(2024, 4, 2, 9, tzinfo=clock.SHANGHAI)):
        audit.write("login", by="minhang1")

    assert audit.verify() == []
    assert db.session.query(AuditEntry).one().at == datetime(2024, 4, 2, 1, tzinfo=UTC)


def test_an_empty_log_verifies(app):
    assert audit.verify() == []


@pytest.mark.parametrize("column", ["actor", "unit", "action", "object", "result", "address", "request_id", "detail_digest", "chain"])
def test_a_changed_line_is_named(lines, column):
    third = lines[2].id

    tamper(f"UPDATE audit_entry SET {column} = 'x' WHERE id = :id", id=third)

    assert third in {broken.id for broken in audit.verify()}


def test_a_changed_moment_is_named(lines):
    third = lines[2].id

    with transaction():
        lines[2].at = datetime(2020, 1, 1, tzinfo=UTC)

    assert [broken.id for broken in audit.verify()] == [third]


def test_a_changed_detail_is_named(lines):
    third = lines[2].id

    tamper("UPDATE audit_entry SET detail = '没有这回事' WHERE id = :id", id=third)

    assert [(broken.id, broken.why) for broken in audit.verify()] == [(third, "说明文字被改动")]


def test_the_line_after_a_deleted_one_is_named(lines):
    third, fourth = lines[2].id, lines[3].id

    tamper("DELETE FROM audit_entry WHERE id = :id", id=third)

    assert [broken.id for broken in audit.verify()] == [fourth]


def test_lines_deleted_at_the_end_are_missed(lines):
    tamper("DELETE FROM audit_entry WHERE id >= :id", id=lines[3].id)

    assert [broken.id for broken in audit.verify()] == [0]


def test_a_line_written_by_hand_is_named(lines):
    copy = {column.name: getattr(lines[4], column.name) for column in AuditEntry.__table__.columns if column.name != "id"}

    with transaction():
        db.session.execute(db.insert(AuditEntry).values(**copy))

    assert audit.verify()


def test_the_chain_survives_a_purge_of_personal_data(lines):
    tamper("UPDATE audit_entry SET detail = :purged WHERE id = :id", purged=audit.PURGED, id=lines[1].id)

    assert audit.verify() == []


def test_equal_lines_have_different_digests_so_that_a_purged_text_can_not_be_guessed(app):
    for _ in range(2):
        audit.write("login", by="minhang1", detail="13800000001")

    first, second = db.session.scalars(db.select(AuditEntry.detail_digest))
    assert first != second


def test_a_line_stands_only_if_what_it_tells_of_does(app):
    with pytest.raises(RuntimeError, match="after the line"), transaction():
        audit.write("user.add", by="cli:root")
        raise RuntimeError("after the line")

    assert db.session.query(AuditEntry).count() == 0
    assert audit.verify() == []


def test_a_line_knows_the_address_and_the_number_of_its_request(app):
    origin.begin("10.1.2.3", "AB12CD34")

    audit.write("login", by=make.person("minhang"))
    origin.begin("", "")

    line = db.session.query(AuditEntry).one()
    assert (line.address, line.request_id, line.unit) == ("10.1.2.3", "AB12CD34", "minhang")


def test_a_line_is_one_line(app):
    audit.write("login", by="x", detail="a\r\nb\x1b[31m\u2028c\u202e")

    assert db.session.query(AuditEntry).one().detail == "a b[31m c"


def test_only_the_auditor_reads_the_log(lines):
    for role in ("admin", "clerk", "head", "viewer", "filler"):
        with pytest.raises(Forbidden):
            audit.entries(by=make.person("office", role))

    assert audit.entries(by=make.person("office", "auditor")).total == 5


def test_the_log_is_filtered_by_who_what_whom_and_day(app):
    with time_machine.travel(datetime(2024, 4, 10, 15, 30, tzinfo=UTC), tick=False):  # 23:30 in Shanghai
        audit.write("login", by="minhang1", object="user:1")
    with time_machine.travel(datetime(2024, 4, 10, 16, 30, tzinfo=UTC), tick=False):  # the next day there
        audit.write("logout", by="xuhui1", object="user:2")
    by = make.person("office", "auditor")

    def found(**asked):
        return [line.actor for line in audit.entries(by=by, **asked).lines]

    assert found() == ["xuhui1", "minhang1"]
    assert found(actor=" MINHANG1 ") == found(action="login") == found(object="user:1") == ["minhang1"]
    assert found(since=date(2024, 4, 11)) == ["xuhui1"]
    assert found(until=date(2024, 4, 10)) == ["minhang1"]
    assert found(actor="minhang") == []


def test_the_log_is_asked_by_the_name_that_it_shows(app):
    somebody, other = make.user("minhang", name="李慕白"), make.user("xuhui", name="顾文君")
    for one in (somebody, other):
        audit.write("login", by=one.username)

    found = audit.entries(by=make.person("office", "auditor"), actor=" 李慕白")

    assert [line.actor for line in found.lines] == [somebody.username]


@pytest.mark.parametrize("asked, shown", [(1, 1), (2, 2), (3, 2), (10**30, 2), (0, 1), (-5, 1)])
def test_the_log_comes_in_pages_of_a_hundred(app, asked, shown):
    with transaction():
        for _ in range(101):
            audit.write("login", by="minhang1")

    page = audit.entries(by=make.person("office", "auditor"), page=asked)

    assert (page.number, page.last, page.total) == (shown, 2, 101)
    assert len(page.lines) == (100 if shown == 1 else 1)


def test_the_head_of_the_chain_is_one_row(lines):
    assert db.session.query(AuditHead).count() == 1


def written_actions():
    """The first argument of every ``audit.write`` in the package, where it is a word."""
    for path in PACKAGE.rglob("*.py"):
        for call in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and ast.unparse(call.func) == "audit.write":
                yield from (
                    node.value
                    for node in ast.walk(call.args[0])
                    if isinstance(node, ast.Constant) and node.value not in {"table.", "summary."}
                )


SUMMED_UP = ("submit", "endorse", "withdraw", "approve", "return")
"""The steps that a summary takes."""


def test_every_action_of_the_log_has_its_words():
    actions = set(itertools.chain(written_actions(), (f"table.{step}" for step in STEPS), (f"summary.{step}" for step in SUMMED_UP)))

    assert {action for action in actions if action not in ACTIONS and isinstance(action, str) and action.isascii()} == set()


def test_every_kind_of_thing_has_a_name_on_the_page():
    written = {kind for path in PACKAGE.rglob("*.py") for kind in re.findall(r'object=f"(\w+):', path.read_text("utf-8"))}

    assert written
    assert written - set(OBJECTS) == set()


def test_a_flood_of_refused_requests_is_written_up_to_a_bound_and_said(app):
    with time_machine.travel("2024-04-10T12:00:00+08:00", tick=False) as clock:
        by = make.person("minhang")
        for number in range(audit.REFUSED_AN_HOUR + 5):
            audit.write_refused("access.deny", by=by, object="accounts.users", detail=f"GET /users?{number}")
        first = db.session.query(AuditEntry).filter_by(action="access.deny").order_by(AuditEntry.id).all()
        clock.shift(3601)
        audit.write_refused("access.deny", by=by, object="accounts.users", detail="GET /users")

    assert len(first) == audit.REFUSED_AN_HOUR
    assert "其余不再逐条记录" in first[-1].detail
    assert db.session.query(AuditEntry).filter_by(action="access.deny").count() == audit.REFUSED_AN_HOUR + 1
    assert audit.verify() == []
