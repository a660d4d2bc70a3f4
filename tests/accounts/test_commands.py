"""The commands of accounts, as they are typed; the site is that of the test."""

import re

import pytest
from click.testing import CliRunner

from ipweek.accounts import commands, sessions
from ipweek.accounts.models import AuditEntry
from ipweek.errors import NotFound, Refused
from ipweek.extensions import db
from tests import make

WHERE = {"address": "10.1.2.3", "browser": ""}


@pytest.fixture
def typed(app, monkeypatch):
    """Type a command; a refusal comes out as it is."""
    monkeypatch.setattr(commands, "create_app", lambda: app)  # the site at hand, whose connections the test closes

    def run(group, *words):
        done = CliRunner().invoke(group, words)
        if isinstance(done.exception, Refused):
            raise done.exception
        return done

    return run


def password_in(text):
    return re.search(r"初始密码：(\S+)", text)[1]


def test_the_first_administrator_is_made_at_the_command_line(typed):
    typed(commands.unit, "load")

    done = typed(commands.user, "add", "admin", "--name", "李建国", "--role", "admin")

    assert sessions.log_in("admin", password_in(done.output), **WHERE)
    lines = {line.actor for line in db.session.query(AuditEntry).filter(AuditEntry.action != "login")}
    assert all(actor.startswith("cli:") for actor in lines)


def test_a_unit_may_be_named_as_people_name_it(typed):
    typed(commands.unit, "load")

    assert "闵行区" in typed(commands.user, "add", "minhang1", "--name", "陈立", "--unit", "闵行", "--role", "filler").output
    with pytest.raises(NotFound, match="火星"):
        typed(commands.user, "add", "x1", "--name", "李四", "--unit", "火星", "--role", "filler")


def test_a_reset_gives_a_new_password_and_opens_a_closed_account(typed):
    user = make.user("minhang", username="minhang1", is_active=False)

    done = typed(commands.user, "reset", "MinHang1")

    assert sessions.log_in("minhang1", password_in(done.output), **WHERE)
    db.session.refresh(user)
    assert user.is_active
    with pytest.raises(NotFound):
        typed(commands.user, "reset", "minhang")


def test_the_lists_are_one_line_each(typed):
    make.user("minhang", username="minhang1", name="陈立")
    make.user("xuhui", username="xuhui1", name="顾雨", is_active=False)

    assert typed(commands.user, "list").output.splitlines() == ["minhang1\t陈立\t闵行区\t填报员\t从未登录"]
    assert typed(commands.user, "list", "--closed").output.splitlines()[0].endswith("已停用")
    assert typed(commands.unit, "list").output.splitlines() == [
        "xuhui\t区联席会议办公室\t徐汇区\t徐汇区",
        "minhang\t区联席会议办公室\t闵行区\t闵行区",
    ]


def test_a_whole_log_verifies_and_a_changed_one_names_the_line(typed):
    typed(commands.unit, "load")
    assert typed(commands.audit, "verify").exit_code == 0

    line_id = db.session.query(AuditEntry).one().id
    db.session.rollback()
    with db.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE audit_entry SET actor = 'nobody'")
    done = typed(commands.audit, "verify")

    assert done.exit_code == 1
    assert f"第 {line_id} 条" in done.output
