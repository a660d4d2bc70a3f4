"""The board in a real browser: a filter is one click, and the page around it stays."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests import make
from tests.browser import Server, log_in

pytestmark = pytest.mark.browser

POLL_NOW = """
htmx.ajax('GET', document.querySelector('#board').getAttribute('hx-get'), {source: '#board', target: '#board', swap: 'outerHTML'})
"""
"""What the board does every 30 seconds."""


def test_a_filter_changes_the_list_and_the_address_and_back_undoes_it(live: Server, page: Page):
    clerk = make.user("office", "clerk", password=make.PASSWORD)
    make.table("minhang", "draft")
    make.table("xuhui", "returned", return_reason="缺联系电话")
    log_in(page, live, clerk.username, make.PASSWORD)
    page.evaluate("window.sameDocument = true")

    page.get_by_role("link", name="1 退回修改").click()
    expect(page.get_by_role("heading", name="退回修改的单位（1）")).to_be_visible()
    assert "show=returned" in page.url
    assert page.locator("table.list").get_by_role("row").count() == 2
    assert page.evaluate("window.sameDocument") is True
    expect(page.locator("#show-returned")).to_be_focused()

    page.go_back()
    expect(page.get_by_role("heading", name="全部单位（2）")).to_be_visible()


def test_an_open_board_shows_what_changed_meanwhile(live: Server, page: Page):
    clerk = make.user("office", "clerk", password=make.PASSWORD)
    make.table("minhang", "draft")
    log_in(page, live, clerk.username, make.PASSWORD)
    expect(page.get_by_label(re.compile("^闵行区，填报中.*，0 项活动$"))).to_be_visible()
    make.row(make.table("xuhui", "todo"))

    with page.expect_response(lambda response: "rev=" in response.url) as polled:
        page.evaluate(POLL_NOW)

    assert polled.value.status == 200
    expect(page.get_by_label(re.compile("^徐汇区，待填报.*，1 项活动$"))).to_be_visible()


def test_what_was_sent_can_be_read_on_paper_where_no_grounds_are_printed(live: Server, page: Page):
    for slug in ("minhang", "shangwuwei"):
        make.table(slug, "submitted")
    clerk = make.user("office", "clerk", password=make.PASSWORD)
    log_in(page, live, clerk.username, make.PASSWORD)
    page.goto(f"{live.url}/board")
    sent = page.locator(".submitted.tile, .members a.submitted")

    on_screen = sent.evaluate_all("found => found.map(one => getComputedStyle(one).color)")
    page.emulate_media(media="print")
    on_paper = sent.evaluate_all("found => found.map(one => getComputedStyle(one).color)")

    assert on_screen == ["rgb(255, 255, 255)"] * 2
    assert on_paper == ["rgb(31, 78, 158)"] * 2
