"""Departments, marked places and the office's hand in a real browser, by keyboard."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from ipweek.accounts.schema import Person
from ipweek.annexes import service as annexes
from ipweek.annexes.models import AnnexTable
from ipweek.extensions import db
from ipweek.reporting import mending, service
from ipweek.reporting.flags import Place
from tests import make
from tests.browser import Server, log_in

pytestmark = pytest.mark.browser


def at_the_sheet(page: Page) -> None:
    """The table's script has taken over."""
    expect(page.locator("html")).to_have_class(re.compile("live"))


def returned(live: Server, new_page: Callable[[], Page], filler: Person, *, why: str, key: str) -> tuple[Page, AnnexTable, int]:
    """A table of one row that came back with one cell marked, open before somebody who fills it; and the row."""
    user = make.user("minhang", "filler", password=make.PASSWORD)
    table = make.table("minhang", "draft")
    row = make.row(table).id
    sent = service.submit(table.id, reasons={}, revision=0, by=filler)
    service.return_for_changes(table.id, why, submission=sent.id, places=[Place(row, key)], by=make.person("office", "clerk"))
    page = new_page()
    log_in(page, live, user.username, make.PASSWORD)
    page.goto(f"{live.url}/tables/{table.id}")
    at_the_sheet(page)
    return page, table, row


@pytest.fixture(autouse=True)
def clock():
    """The server has its own clock: the present one."""


def test_a_department_fills_its_row_by_keyboard_and_says_that_it_is_done(live: Server, new_page: Callable[[], Page]) -> None:
    department = make.user("qibao", "filler", password=make.PASSWORD)
    filler = make.user("minhang", "filler", password=make.PASSWORD)
    table = make.table("minhang", "draft")
    make.row(table, event_name="区里的启动仪式")
    page = new_page()
    log_in(page, live, department.username, make.PASSWORD)

    page.goto(f"{live.url}/tables/{table.id}")
    expect(page.get_by_text("区里的启动仪式")).to_have_count(0)
    at_the_sheet(page)
    page.locator('[name="new.host"]').focus()
    for text in ("七宝镇人民政府", "老街讲座", "4月23日"):
        page.keyboard.type(text)
        page.keyboard.press("Tab")
    expect(page.locator("#save-state")).to_contain_text("已保存")
    page.get_by_role("link", name="去确认填完").click()
    page.get_by_role("button", name="本部门已填完").click()
    expect(page.get_by_role("button", name="还要补充")).to_be_visible()

    unit = new_page()
    log_in(unit, live, filler.username, make.PASSWORD)
    expect(unit.get_by_text("七宝镇 1 项")).to_be_visible()
    unit.goto(f"{live.url}/tables/{table.id}")
    expect(unit.locator("tbody .owner", has_text="七宝镇")).to_have_count(1)


def test_shut_cells_take_no_key_and_no_paste(live: Server, new_page: Callable[[], Page]) -> None:
    filler = make.person("minhang", "filler")
    page, table, row = returned(live, new_page, filler, why="地点", key="venue")

    page.locator(f'[name="{row}.event_time"]').focus()
    for key in ("9", "Delete", "Alt+Insert", "Control+d"):
        page.keyboard.press(key)
    page.keyboard.press("F8")
    expect(page.locator(f'[name="{row}.venue"]')).to_be_focused()
    page.keyboard.type("莘庄公园")
    page.keyboard.press("Enter")

    expect(page.locator("#flags")).to_contain_text("都已处理")
    expect(page.locator("tbody.rows tr")).to_have_count(2)
    db.session.rollback()
    (stored,) = annexes.rows_of(annexes.get_table(table.id, by=filler))
    assert dict(stored.values) == {**make.CELLS, "venue": "莘庄公园"}


def test_where_no_rows_may_come_in_the_table_ends_with_its_last_row(live: Server, new_page: Callable[[], Page]) -> None:
    page, _, row = returned(live, new_page, make.person("minhang", "filler"), why="联系人", key="contact")

    contact = page.locator(f'[name="{row}.contact"]')
    expect(page.get_by_text("新行")).to_be_hidden()
    assert page.evaluate("getComputedStyle(document.querySelector('.rows label'), '::before').content") == "none"  # nothing to drag by
    contact.focus()
    page.keyboard.type("王五 23110001")
    for key in ("Enter", "ArrowDown", "Control+ArrowDown", "Control+End"):
        page.keyboard.press(key)
        expect(contact).to_be_focused()
    page.keyboard.press("Tab")

    expect(contact).not_to_be_focused()
    assert page.evaluate("!document.activeElement.closest('tbody')")
    expect(page.locator("#save-state")).to_contain_text("已保存")


def test_the_office_mends_and_the_unit_agrees(live: Server, new_page: Callable[[], Page]) -> None:
    filler = make.person("minhang", "filler")
    user = make.user("minhang", "filler", password=make.PASSWORD)
    clerk = make.user("office", "clerk", password=make.PASSWORD)
    table = make.table("minhang", "draft")
    row = make.row(table).id
    service.submit(table.id, reasons={}, revision=0, by=filler)
    office, unit = new_page(), new_page()
    log_in(office, live, clerk.username, make.PASSWORD)

    office.goto(f"{live.url}/tables/{table.id}/review")
    office.get_by_role("button", name="代为修改").click()
    at_the_sheet(office)
    office.locator(f'[name="{row}.venue"]').focus()
    office.keyboard.type("二楼报告厅")
    office.keyboard.press("Enter")
    expect(office.locator("#save-state")).to_contain_text("已保存")
    office.get_by_role("button", name="改好了，送单位确认").click()
    expect(office.get_by_text("答复以前不能审核")).to_be_visible()

    log_in(unit, live, user.username, make.PASSWORD)
    unit.goto(f"{live.url}/tasks")
    unit.get_by_role("link", name="核对市联席办的修改").click()
    expect(unit.get_by_role("cell", name="二楼报告厅").first).to_be_visible()
    found = Axe().run(unit, options={"resultTypes": ["violations"]}).response["violations"]
    assert [one["id"] for one in found if one["impact"] in {"serious", "critical"}] == []
    unit.get_by_role("button", name="同意修改").click()
    expect(unit.get_by_role("heading", name="报送回执")).to_be_visible()

    office.goto(f"{live.url}/tables/{table.id}/review")
    office.get_by_role("button", name="通过").click()
    expect(office.get_by_text("待审核的表已全部办完")).to_be_visible()
    db.session.rollback()
    assert mending.read(table.id, by=filler) is None
