"""Long forms that are sent as a whole, in a real browser: nothing typed is lost by leaving, a log-in that ended, or a server that is away."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from playwright.sync_api import Dialog, Page, expect

from ipweek.accounts import sessions
from ipweek.accounts.models import User
from ipweek.extensions import db
from ipweek.reporting.models import Summary
from tests import make
from tests.browser import Server, log_in

pytestmark = pytest.mark.browser
TEXT = "今年宣传周期间，本区组织了三项活动。"


@pytest.fixture(autouse=True)
def clock():
    """The server has its own clock: the present one."""


@pytest.fixture
def filler() -> User:
    return make.user("minhang", "filler", password=make.PASSWORD)


@pytest.fixture
def summary(app: Flask, live: Server, new_page: Callable[[], Page], filler: User) -> Page:
    """The summary's page, with a text that is not saved."""
    table = make.table("minhang", "approved")
    make.row(table)
    page = new_page()
    log_in(page, live, filler.username, make.PASSWORD)
    page.goto(f"{live.url}/tables/{table.id}/summary")
    page.get_by_label("总结文字").fill(TEXT)
    return page


def stored() -> list[str]:
    db.session.rollback()
    return [one.text for one in db.session.query(Summary)]


def test_who_leaves_with_unsaved_words_is_asked_and_who_saved_is_not(summary: Page) -> None:
    asked: list[str] = []

    def stay(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    summary.on("dialog", stay)
    summary.get_by_role("link", name="我的任务").first.click(no_wait_after=True)
    expect(summary.get_by_label("总结文字")).to_have_value(TEXT)
    assert asked == ["beforeunload"]

    summary.get_by_role("button", name="保存", exact=True).click()
    expect(summary.get_by_text("已保存。")).to_be_visible()
    summary.get_by_role("link", name="我的任务").first.click()
    expect(summary.get_by_role("heading", name="我的任务")).to_be_visible()
    assert asked == ["beforeunload"]
    assert stored() == [TEXT]


def test_a_log_in_that_ended_meanwhile_is_renewed_over_the_form_and_the_press_goes_on(summary: Page, filler: User) -> None:
    sessions.end_all(filler.id)

    summary.get_by_role("button", name="核对并报送").click()
    box = summary.locator("#log-in-box")
    expect(box).to_contain_text("登录已过期")
    assert stored() == []
    box.locator("#password").fill(make.PASSWORD)
    box.get_by_role("button").click()

    summary.wait_for_url("**/summary?check=1")
    assert stored() == [TEXT]


def test_a_server_that_is_away_leaves_the_words_where_they_are(summary: Page, live: Server) -> None:
    live.stop()

    summary.get_by_role("button", name="保存", exact=True).click()

    expect(summary.get_by_text("现在连不上服务器，没有保存。")).to_be_visible()
    expect(summary.get_by_label("总结文字")).to_have_value(TEXT)
