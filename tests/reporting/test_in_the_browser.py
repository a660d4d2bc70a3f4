"""The office's presses in a real browser: chase in four, mark a cell and follow it to the unit and back."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from ipweek.extensions import db
from ipweek.reporting import mending, service
from tests import make
from tests.browser import Server, log_in

pytestmark = pytest.mark.browser


@pytest.fixture(autouse=True)
def clock():
    """The server has its own clock: the present one."""


def test_a_marked_cell_is_walked_to_by_key_and_is_done_once_it_is_changed(live: Server, new_page: Callable[[], Page]) -> None:
    clerk = make.user("office", "clerk", password=make.PASSWORD)
    filler = make.user("minhang", "filler", password=make.PASSWORD)
    table = make.table("minhang", "draft")
    make.row(table)
    second = make.row(table, event_name="第二项").id
    unit, office = new_page(), new_page()
    log_in(unit, live, filler.username, make.PASSWORD)
    unit.goto(f"{live.url}/tables/{table.id}/submit")
    unit.get_by_role("button", name="确认报送").click()
    expect(unit.get_by_role("heading", name="报送回执")).to_be_visible()

    log_in(office, live, clerk.username, make.PASSWORD)
    office.goto(f"{live.url}/tables/{table.id}/review")
    expect(office.get_by_label("标出第 2 行 活动地点")).to_be_hidden()
    office.get_by_text("退回修改…").click()
    expect(office.get_by_role("button", name="通过")).to_be_hidden()
    bar = office.locator(".decide").bounding_box()
    assert bar["height"] < 768 / 4
    place = office.get_by_label("标出第 2 行 活动地点")
    place.focus()
    assert place.bounding_box()["y"] < office.locator(".decide").bounding_box()["y"]  # not under the bar
    place.check()
    office.get_by_label("第 2 行 活动地点：", exact=True).fill("写明几楼")
    office.get_by_label("标出第 1 行 活动规模").check()
    expect(office.get_by_label("第 2 行 活动地点：", exact=True)).to_be_hidden()  # the newest note alone stands there
    assert office.locator(".decide").bounding_box()["height"] < 768 / 4
    office.get_by_role("button", name="共 2 处").click()
    expect(office.get_by_label("第 2 行 活动地点：", exact=True)).to_have_value("写明几楼")
    office.get_by_label("标出第 1 行 活动规模").uncheck()
    office.get_by_label("时间不明确").check()
    office.get_by_role("button", name="退回修改").click()
    expect(office.get_by_text("退回修改。待审核的表已全部办完")).to_be_visible()

    unit.goto(f"{live.url}/tables/{table.id}")
    expect(unit.locator("#flags")).to_contain_text("还有 1 处待处理")
    expect(unit.get_by_role("link", name="重新报送")).to_be_visible()
    unit.keyboard.press("F8")
    cell = unit.locator(f'[name="{second}.venue"]')
    expect(cell).to_be_focused()
    cell.fill("二楼报告厅")
    unit.keyboard.press("Tab")
    expect(unit.locator("#flags")).to_contain_text("都已处理，可以重新报送")
    expect(unit.locator("#flags")).to_contain_text("已改")


def test_chasing_takes_four_presses(live: Server, page: Page) -> None:
    clerk = make.user("office", "clerk", password=make.PASSWORD)
    make.user("minhang", "filler")
    make.table("minhang", "draft")
    log_in(page, live, clerk.username, make.PASSWORD)

    page.goto(f"{live.url}/board")
    page.get_by_role("link", name="催报（1）").click()
    page.get_by_role("button", name="复制").click()
    expect(page.get_by_role("button", name="已复制")).to_be_visible()
    page.get_by_role("button", name="预览催报内容").click()
    page.get_by_role("button", name="发送").click()

    expect(page.get_by_text("已催报 1 个单位。")).to_be_visible()


def test_the_unit_is_asked_about_the_last_cell_too_that_was_mended_just_before_the_press(live: Server, page: Page) -> None:
    clerk, filler = make.user("office", "clerk", password=make.PASSWORD), make.person("minhang")
    table = make.table("minhang", "draft")
    row = make.row(table)
    sent = service.submit(table.id, reasons={}, revision=table.revision, by=filler)
    mending.begin(table.id, submission=sent.id, by=make.person("office", "clerk"))
    log_in(page, live, clerk.username, make.PASSWORD)
    page.goto(f"{live.url}/tables/{table.id}")
    page.route("**/activities/**", lambda route: (time.sleep(0.5), route.continue_()))
    asked: list[str] = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))

    page.get_by_label("向单位说明").fill("写明楼层")
    page.locator(f'[name="{row.id}.venue"]').click()
    page.keyboard.type("七宝万科广场二楼")
    page.get_by_role("button", name="改好了，送单位确认").click()

    expect(page.get_by_text("已送单位确认。")).to_be_visible()
    assert asked == []
    db.session.rollback()
    mended = mending.read(table.id, by=filler)
    assert mended is not None
    assert [line[-1] for line in mended.lines] == ["七宝万科广场二楼"]


def test_the_bar_of_decisions_does_not_widen_the_page_at_twice_the_size(live: Server, new_page: Callable[[], Page]) -> None:
    clerk = make.user("office", "clerk", password=make.PASSWORD)
    table = make.table("minhang", "draft")
    page = new_page()
    page.set_viewport_size({"width": 683, "height": 384})
    log_in(page, live, clerk.username, make.PASSWORD)

    page.goto(f"{live.url}/campaigns/{table.campaign_id}/chase")

    expect(page.locator(".decide").first).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 683
