"""A plugin that does not run any more is told of once a day, to those who can mend it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
import time_machine
from flask import Flask

from ipweek import clock
from ipweek.annexes.models import AnnexTable
from ipweek.board import plugin_admin, plugin_contact
from ipweek.extensions import db
from ipweek.maintenance import ticker
from ipweek.plugins import service as plugins
from ipweek.reporting import outbox
from ipweek.reporting.models import Mail, Message
from tests import make
from tests.desk import Desk

from .made import BY, report, switched_on, write

Seat = Callable[..., Desk]
MORNING = datetime(2024, 4, 11, 10, tzinfo=clock.SHANGHAI)


@pytest.fixture
def broken(app: Flask, table: AnnexTable, seat: Seat) -> None:
    """One that failed three times running."""
    switched_on(app, code=report("return 1 / 0"))
    filler = seat("minhang", "filler")
    for _ in range(3):
        filler.get("/d/minhang/reports/mh/r?show=1")
    db.session.rollback()


def told() -> list[tuple[str, str]]:
    """Name and link of the unread messages about plugins."""
    db.session.rollback()
    found = db.session.query(Message).filter_by(kind=plugin_contact.KIND, read_at=None).order_by(Message.id)
    return sorted((one.user.name, one.link) for one in found)


def test_the_contact_the_developers_and_the_administrators_are_told(broken: None) -> None:
    for slug, role, name in [
        ("minhang", "filler", "李工"),  # whom the manifest names
        ("minhang", "developer", "写插件的"),
        ("minhang", "filler", "别人"),
        ("xuhui", "developer", "徐汇的"),
        ("office", "admin", "管理员"),
        ("office", "clerk", "经办人"),
    ]:
        make.user(slug, role, name=name)

    with time_machine.travel(MORNING, tick=False):
        assert plugin_contact.tell() == ["mh"]

    page, guide = "/plugins/mh", "/help/plugins/trouble?plugin=mh"
    assert told() == [("写插件的", page), ("李工", guide), ("管理员", page)]
    words = db.session.query(Message).filter_by(kind=plugin_contact.KIND).first().words
    assert words == (
        "闵行区的插件暂停使用：连续 3 次失败：除以了 0（__init__.py:8，ZeroDivisionError: division by zero）。"
        "填报不受影响；请改好后在“插件”页按“重试”。"
    )


def test_they_are_told_once_a_day_until_somebody_tries_again(app: Flask, broken: None) -> None:
    make.user("office", "admin", name="管理员")
    with time_machine.travel(MORNING, tick=False) as now:
        assert plugin_contact.tell() == ["mh"]
        assert plugin_contact.tell() == []
        now.shift(86400)
        assert plugin_contact.tell() == ["mh"]
        assert len(told()) == 1  # yesterday's is over

        write(Path(app.instance_path) / "plugins", code=report("return Report()"))
        plugin_admin.enable("mh", by=BY)
        assert told() == []
        now.shift(86400)
        assert plugin_contact.tell() == []


def test_the_server_tells_by_itself_in_office_hours(app: Flask, broken: None) -> None:
    make.user("office", "admin", name="管理员")
    with time_machine.travel(MORNING.replace(hour=3), tick=False) as now:
        ticker.go_round(app.app_context)
        assert told() == []
        now.shift(7 * 3600)
        ticker.go_round(app.app_context)
        assert len(told()) == 1


def test_who_has_a_mail_address_is_told_by_mail_too(broken: None) -> None:
    make.user("minhang", "developer", name="写插件的", email="it@minhang.example")
    with time_machine.travel(MORNING, tick=False):
        plugin_contact.tell()
        outbox.collect()

    assert [mail.message.user.email for mail in db.session.query(Mail)] == ["it@minhang.example"]


def test_a_plugin_that_is_switched_off_is_told_of_to_nobody(broken: None) -> None:
    make.user("office", "admin", name="管理员")
    plugin_admin.disable("mh", by=BY)

    assert plugin_contact.tell() == []
    assert plugins.get("mh").state == "off"
