"""What helps people who fill a table, in a real browser: colleagues by name, earlier texts, last year's rows, dragging, the whole history."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from ipweek.annexes import editing, grid
from ipweek.annexes.models import Op
from ipweek.extensions import db
from tests import make
from tests.annexes.conftest import op_id, order, values
from tests.annexes.test_browser_grid import cell, focused, open_table, saved, user

pytestmark = pytest.mark.browser
__all__ = ["open_table", "user"]


@pytest.fixture
def last_year(app):
    """A table of the year before, with two activities."""
    old = make.table("minhang", "archived", of=make.campaign("closed", year=2023))
    make.row(old, event_name="进校园", event_time="4月24日", venue="闵行中学", contact="张三 13800000001")
    make.row(old, event_name="进社区", event_time="4月25日", venue="七宝老街", content="第一行\n第二行")
    return old


@pytest.fixture
def table(app):
    return make.table("minhang", of=make.campaign("open"))


def names(table):
    return [values(row).get("event_name", "") for row in order(table.id)]


# ---- who else is there


def test_colleagues_in_one_table_know_of_each_other(open_table, user, table, known_hash):
    other = make.user("minhang", pw_hash=known_hash)
    first = open_table(user, table)
    expect(first.locator("#people input")).to_have_count(1)
    second = open_table(other, table)

    expect(second.locator("#people")).to_have_text(f"{user.name} 也在填写这张表")
    first.reload()
    expect(first.locator("#people")).to_have_text(f"{other.name} 也在填写这张表")


# ---- earlier texts


def test_an_earlier_text_is_picked_with_alt_and_an_arrow_and_enter_is_enter(open_table, user, table, last_year):
    page = open_table(user, table)

    cell(page, "new", "venue").click()
    page.keyboard.type("七")
    expect(page.get_by_role("option")).to_have_text(["七宝老街"])
    assert focused(page) == "new.venue"
    page.keyboard.press("Alt+ArrowDown")
    expect(page.locator("textarea:focus")).to_have_value("七宝老街")
    assert page.evaluate("document.activeElement.getAttribute('aria-activedescendant')") == "suggest-0"
    page.keyboard.press("Alt+ArrowDown")
    expect(page.locator("textarea:focus")).to_have_value("七")  # past the end stands what was typed
    page.keyboard.press("Alt+ArrowUp")
    page.keyboard.press("Enter")

    saved(page)
    expect(page.locator("#suggest")).to_have_count(0)
    assert values(order(table.id)[0]) == {"venue": "七宝老街"}
    db.session.rollback()
    assert db.session.query(Op).filter_by(table_id=table.id).count() == 2  # the row and its cell: nothing was saved on the way


def test_the_list_is_seen_whole_where_the_table_scrolls_in_a_frame(open_table, user, table, last_year):
    page = open_table(user, table)
    page.set_viewport_size({"width": 683, "height": 384})  # 1366 at 200 %

    cell(page, "new", "venue").click()
    page.keyboard.type("七")
    expect(page.get_by_role("option")).to_have_text(["七宝老街"])

    seen = """() => {
        const box = document.querySelector("#suggest li").getBoundingClientRect();
        return document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2).id;
    }"""
    assert page.evaluate(seen) == "suggest-0"


@pytest.mark.parametrize("key", ["Enter", "Tab", "ArrowDown"])
@pytest.mark.usefixtures("last_year")
def test_the_list_is_in_nobodys_way(open_table, user, table, key):
    first, second = make.row(table, venue="甲"), make.row(table, venue="乙")
    page = open_table(user, table)

    cell(page, first, "venue").click()
    page.keyboard.type("七")
    expect(page.get_by_role("option").first).to_be_visible()
    page.keyboard.press(key)

    saved(page)
    expect(page.locator("#suggest")).to_have_count(0)
    assert values(first.id)["venue"] == "七"
    assert focused(page) == (f"{first.id}.content" if key == "Tab" else f"{second.id}.venue")


def test_escape_takes_back_what_was_picked_too(open_table, user, table, last_year):
    row = make.row(table, venue="甲")
    page = open_table(user, table)

    cell(page, row, "venue").click()
    page.keyboard.type("七")
    expect(page.get_by_role("option").first).to_be_visible()
    page.keyboard.press("Alt+ArrowDown")
    page.keyboard.press("Escape")

    expect(cell(page, row, "venue")).to_have_value("甲")
    expect(page.locator("#suggest")).to_have_count(0)
    assert values(row.id)["venue"] == "甲"


def test_a_composition_brings_the_list_only_when_it_is_done(open_table, user, table, last_year):
    page = open_table(user, table)
    keys = page.context.new_cdp_session(page)

    cell(page, "new", "venue").click()
    for part in ("q", "qi"):
        keys.send("Input.dispatchKeyEvent", {"type": "rawKeyDown", "windowsVirtualKeyCode": 229, "key": "Process"})
        keys.send("Input.imeSetComposition", {"text": part, "selectionStart": len(part), "selectionEnd": len(part)})
    page.wait_for_timeout(500)
    expect(page.locator("#suggest")).to_have_count(0)
    keys.send("Input.insertText", {"text": "七宝"})

    expect(page.get_by_role("option")).to_have_text(["七宝老街"])
    assert focused(page) == "new.venue"


def test_the_mouse_picks_and_the_cell_keeps_the_focus(open_table, user, table, last_year):
    page = open_table(user, table)

    cell(page, "new", "contact").click()
    page.keyboard.type("张")
    page.get_by_role("option", name="张三 13800000001").first.click()
    expect(page.locator("textarea:focus")).to_have_value("张三 13800000001")
    page.keyboard.press("Enter")

    saved(page)
    assert values(order(table.id)[0]) == {"contact": "张三 13800000001"}


def test_alt_and_an_arrow_still_move_a_row_where_nothing_is_offered(open_table, user, table):
    first, second = make.row(table, venue="甲"), make.row(table, venue="乙")
    page = open_table(user, table)

    cell(page, first, "scale").click()
    page.keyboard.type("20人")
    page.keyboard.press("Alt+ArrowDown")

    saved(page)
    assert order(table.id) == [second.id, first.id]


# ---- last year's rows


def test_one_key_takes_a_row_of_last_year_over(open_table, user, table, last_year):
    page = open_table(user, table)
    grey = page.locator("#old-rows tr[data-old]")
    expect(grey).to_have_count(2)

    cell(page, "new", "host").click()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.name").endswith(".event_time")
    page.keyboard.type("4月23日")
    page.keyboard.press("Enter")

    saved(page)
    (row,) = order(table.id)
    assert values(row) == {**make.CELLS, "event_name": "进社区", "event_time": "4月23日", "venue": "七宝老街", "content": "第一行\n第二行"}
    expect(grey.locator("visible=true")).to_have_count(1)
    page.keyboard.press("Control+z")
    page.keyboard.press("Control+z")
    expect(grey.locator("visible=true")).to_have_count(2)  # offered again
    assert order(table.id) == []


def test_a_row_of_last_year_is_taken_by_its_button_and_by_a_large_table_too(open_table, user, table, last_year):
    for n in range(301):
        make.row(table, event_name=f"活动{n}")
    page = open_table(user, table)

    page.get_by_role("button", name="带入 进校园").click()

    saved(page)
    assert names(table)[-1] == "进校园"
    assert "event_time" not in values(order(table.id)[-1])


def test_without_an_earlier_year_nothing_is_said_of_it(open_table, user, table):
    page = open_table(user, table)

    expect(page.get_by_text("去年")).to_have_count(0)


# ---- rows


def drag(page, row, to, *, low):
    """Drag a row by its number to the upper or lower half of another."""
    page.locator(f"#row-{row.id} th").hover()
    page.wait_for_function("document.querySelector('form.sheet').dataset.drag === undefined")
    page.wait_for_timeout(300)
    page.mouse.down()
    box = page.locator(f"#row-{to.id}").bounding_box()
    page.mouse.move(box["x"] + 20, box["y"] + box["height"] * (0.8 if low else 0.2), steps=5)


def test_a_row_is_dragged_by_its_number_and_one_undo_brings_it_back(open_table, user, table):
    first, second, third = (make.row(table, venue=text) for text in "甲乙丙")
    page = open_table(user, table)
    cell(page, second, "venue").click()

    drag(page, first, third, low=True)
    expect(page.locator(".drop-below")).to_have_count(1)
    page.mouse.up()

    expect(page.locator("tbody.rows textarea[name$='.venue']").nth(2)).to_have_value("甲")
    saved(page)
    assert order(table.id) == [second.id, third.id, first.id]
    assert focused(page) == f"{second.id}.venue"  # the focus stayed where it was
    page.keyboard.press("Control+z")
    expect(page.locator("tbody.rows textarea[name$='.venue']").nth(0)).to_have_value("甲")
    drag(page, third, first, low=False)
    page.mouse.up()
    expect(page.locator("tbody.rows textarea[name$='.venue']").nth(0)).to_have_value("丙")
    assert order(table.id) == [third.id, first.id, second.id]


def test_escape_lets_a_dragged_row_go_where_it_was(open_table, user, table):
    first, second = make.row(table, venue="甲"), make.row(table, venue="乙")
    page = open_table(user, table)
    cell(page, first, "venue").click()

    drag(page, first, second, low=True)
    page.keyboard.press("Escape")
    page.mouse.up()

    expect(page.locator(".going,.drop-below")).to_have_count(0)
    assert order(table.id) == [first.id, second.id]


def test_all_rows_of_a_range_are_deleted_at_once(open_table, user, table):
    rows = [make.row(table, venue=text) for text in "甲乙丙丁"]
    page = open_table(user, table)

    cell(page, rows[0], "venue").click()
    page.keyboard.press("Shift+ArrowDown")
    page.keyboard.press("Shift+ArrowDown")
    page.keyboard.press("Alt+Delete")
    expect(page.locator("#toast")).to_contain_text("已删除 3 行")
    assert order(table.id) == [rows[3].id]
    page.locator("#toast").get_by_role("button", name="撤销").click()

    expect(cell(page, rows[2], "venue")).to_have_value("丙")
    assert order(table.id) == [row.id for row in rows]


def test_what_has_a_key_has_a_button(open_table, user, table):
    first, second = make.row(table, venue="甲"), make.row(table, venue="乙")
    page = open_table(user, table)
    more = page.locator(".bar summary")

    cell(page, first, "venue").click()
    page.keyboard.press("Shift+ArrowDown")
    more.click()
    page.get_by_role("button", name="向下填充").click()
    saved(page)
    assert values(second.id)["venue"] == "甲"
    expect(page.locator("#toast")).to_be_empty()  # one cell: no fuss
    more.click()
    page.get_by_role("button", name="清空选中的格").click()
    expect(page.locator("#toast")).to_contain_text("已清空 2 格")
    more.click()
    page.get_by_role("button", name="这一格的修改记录").click()
    expect(page.locator("#panel")).to_contain_text("活动地点")


def test_the_buttons_are_reached_by_keyboard(open_table, user, table):
    row = make.row(table)
    page = open_table(user, table)

    cell(page, row, "host").click()
    page.keyboard.press("Shift+Tab")
    reached = set()
    for _ in range(14):
        reached.add(page.evaluate("document.activeElement.textContent.trim()"))
        page.keyboard.press("Shift+Tab")

    assert {"新增一行", "撤销", "上传表格", "修改记录", "按键说明"} <= reached


# ---- history


def test_older_pages_of_the_history_and_a_value_put_back_from_the_tables(open_table, user, table):
    row, base = make.row(table, venue="甲0"), "甲0"
    by = make.person("minhang")
    for n in range(1, grid.HISTORY_PAGE + 3):
        editing.save_cell(row.id, "venue", f"甲{n}", base=base, op_id=op_id(), by=by)
        base = f"甲{n}"
    page = open_table(user, table)

    page.get_by_role("link", name="修改记录").first.click()
    panel = page.locator("#panel")
    panel.get_by_role("link", name="更早的修改").click()
    expect(panel.locator("tbody tr")).to_have_count(2)
    panel.get_by_role("button", name="改回“甲0”").click()

    saved(page)
    expect(panel).to_be_hidden()
    assert values(row.id)["venue"] == "甲0"


def test_axe_finds_nothing_while_all_of_it_is_shown(open_table, user, table, last_year, known_hash):
    row = make.row(table, venue="七")
    open_table(make.user("minhang", pw_hash=known_hash), table)
    page = open_table(user, table)
    expect(page.locator("#people")).to_contain_text("也在填写这张表")
    cell(page, row, "venue").click()
    page.keyboard.type("七")
    page.keyboard.press("Alt+ArrowDown")
    expect(page.get_by_role("option").first).to_be_visible()

    found = Axe().run(page).response["violations"]

    assert [(one["id"], [node["html"][:160] for node in one["nodes"]]) for one in found] == []
