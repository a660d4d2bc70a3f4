"""The backups that a site makes of itself, and the page on which its administrator sees them."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from dataclasses import replace

import pytest
import time_machine
from flask import Flask

from ipweek.accounts.models import AuditEntry
from ipweek.config import Settings
from ipweek.extensions import db
from ipweek.maintenance import backup, daily
from tests import make
from tests.desk import Desk
from tests.maintenance.test_backup import with_tools


@pytest.fixture
def settings(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setenv("PATH", with_tools({}).get("PATH", os.environ["PATH"]))
    return replace(app.extensions["settings"], backups_kept=3)


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Coordinates]:
    with time_machine.travel("2024-04-10T12:00:00+08:00", tick=False) as traveller:
        yield traveller


def names(settings: Settings) -> list[str]:
    return [one.name for one in daily.kept(settings)]


def test_one_is_made_a_day_and_it_is_whole(app: Flask, settings: Settings) -> None:
    assert daily.make(settings, by="system:ticker")
    assert not daily.make(settings, by="system:ticker")

    assert names(settings) == ["ipweek-2024-04-10.zip"]
    assert backup.check(daily.folder_of(settings) / "ipweek-2024-04-10.zip").entries
    assert db.session.query(AuditEntry).filter_by(action="site.backup").count() == 1


def test_none_is_made_before_its_hour_or_where_none_is_wanted(app: Flask, settings: Settings, clock: time_machine.Coordinates) -> None:
    assert not daily.make(replace(settings, backups_kept=0), by="system:ticker")
    clock.move_to("2024-04-10T01:59:00+08:00")
    assert not daily.make(settings, by="system:ticker")

    assert names(settings) == []


def test_the_oldest_go_and_what_a_person_made_stays(app: Flask, settings: Settings, clock: time_machine.Coordinates) -> None:
    daily.folder_of(settings).mkdir(exist_ok=True)
    by_hand = daily.folder_of(settings) / "before-upgrade.sqlite"
    by_hand.write_bytes(b"dear")
    for day in range(10, 15):
        clock.move_to(f"2024-04-{day}T12:00:00+08:00")
        assert daily.make(settings, by="system:ticker")
        moment = time.time()  # of the pretended clock; the file system has its own
        os.utime(daily.folder_of(settings) / f"ipweek-2024-04-{day}.zip", (moment, moment))

    assert names(settings) == [f"ipweek-2024-04-{day}.zip" for day in (14, 13, 12)]
    assert by_hand.read_bytes() == b"dear"


def test_a_day_on_which_it_fails_is_told_in_the_log_and_the_next_round_tries_again(app: Flask, settings: Settings) -> None:
    daily.folder_of(settings).write_text("a file where the folder should be")

    failed = daily.make(settings, by="system:ticker")
    daily.folder_of(settings).unlink()

    assert not failed
    assert "no daily backup" in (settings.instance / "log/ipweek.log").read_text("utf-8")
    assert daily.make(settings, by="system:ticker")


def seat(app: Flask, *roles: str) -> Desk:
    return Desk(app).sit(make.person("office", *roles))


def test_the_administrator_sees_when_the_last_one_was_made(app: Flask, settings: Settings, clock: time_machine.Coordinates) -> None:
    before = seat(app, "admin").get("/site").text
    daily.make(settings, by="system:ticker")
    path = daily.folder_of(settings) / "ipweek-2024-04-10.zip"
    os.utime(path, (time.time(), time.time()))
    there = seat(app, "admin").get("/site").text
    clock.move_to("2024-04-13T12:00:00+08:00")
    late = seat(app, "admin").get("/site").text

    assert "还没有每日备份" in before
    assert "最近一次备份：<b>4月10日 12:00</b>" in there
    assert "已超过两天" in late
    assert "数据库" in there


@pytest.mark.parametrize("role", ["clerk", "head", "viewer", "auditor"])
def test_only_the_administrator_sees_the_state_of_the_site(app: Flask, role: str) -> None:
    assert seat(app, role).get("/site").status_code == 403
