"""The table in a real browser, with real key events: typing, the queue, conflicts, and never a word lost."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from ipweek import clock
from ipweek.accounts.models import LoginSession
from ipweek.annexes import editing, row_actions
from ipweek.annexes.models import Activity, CellChange, Op
from ipweek.extensions import db
from ipweek.transaction import transaction
from tests import make
from tests.annexes.conftest import op_id, order, values
from tests.browser import ROOT, SCREEN, log_in

pytestmark = pytest.mark.browser
expect.set_options(timeout=15_000)


@pytest.fixture
def user(app, known_hash):
    return make.user("minhang", pw_hash=known_hash)


@pytest.fixture
def open_table(live, new_page, browser):
    """The table in a browser of its own, guide dismissed. *offline*: it may write lost requests down as errors."""
    contexts = []

    def open_as(user, table, *, offline=False):
        if offline:
            contexts.append(browser.new_context(viewport=SCREEN, locale="zh-CN"))
        page = contexts[-1].new_page() if offline else new_page()
        log_in(page, live, user.username, make.PASSWORD)
        page.context.add_cookies([{"name": "seen-guide", "value": "1", "url": live.url}])
        page.goto(f"{live.url}/tables/{table.id}")
        page.wait_for_selector("html.live")
        return page

    yield open_as
    for context in contexts:
        context.close()


def cell(page, row, key):
    return page.locator(f"textarea[name='{getattr(row, 'id', row)}.{key}']")


def saved(page):
    expect(page.locator("#save-state")).to_have_text(re.compile(r"^已保存 \d\d:\d\d$"))


def focused(page):
    return page.evaluate("document.activeElement.name")


def change(row, key, value, *, base):
    """A colleague's change, past the browser."""
    editing.save_cell(row.id, key, value, base=base, op_id=op_id(), by=make.person("minhang"))


def refresh(page):
    page.evaluate("window.dispatchEvent(new Event('focus'))")


def test_typing_replaces_enter_goes_down_and_tab_right(open_table, user, table):
    first, second = make.row(table, venue="甲"), make.row(table, venue="乙")
    page = open_table(user, table)

    cell(page, first, "venue").click()
    page.keyboard.type("丙")
    page.keyboard.press("Enter")
    assert focused(page) == f"{second.id}.venue"
    page.keyboard.type("丁")
    page.keyboard.press("Tab")
    assert focused(page) == f"{second.id}.content"
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("F2")
    page.keyboard.type("馆")
    page.keyboard.press("Alt+Enter")
    page.keyboard.type("一楼")
    page.keyboard.press("Enter")

    saved(page)
    assert values(first.id)["venue"] == "丙馆\n一楼"
    assert values(second.id)["venue"] == "丁"


def test_escape_brings_back_what_was_there_and_offers_what_was_typed(open_table, user, table):
    row = make.row(table, venue="甲")
    page = open_table(user, table)

    cell(page, row, "venue").click()
    page.keyboard.type("写错了")
    page.keyboard.press("Escape")
    expect(cell(page, row, "venue")).to_have_value("甲")
    assert values(row.id)["venue"] == "甲"
    page.get_by_role("button", name="恢复刚才的输入").click()

    saved(page)
    assert values(row.id)["venue"] == "写错了"


def test_a_new_row_is_typed_into_the_empty_one_without_waiting(open_table, user, table):
    page = open_table(user, table)
    expect(page.get_by_text("还没有活动。")).to_be_visible()
    expect(page.locator(".grid-head .todo")).to_be_visible()
    expect(page.locator(".grid-head .draft")).to_be_hidden()

    cell(page, "new", "host").click()
    for text in (
        "闵行区司法局",
        "普法集市",
        "4月20日",
        "七宝万科广场",
        "现场咨询",
        "市民",
        "约200人",
        "张三 13800000001",
        "闵行区教育局",
        "进校园",
    ):
        page.keyboard.type(text)
        page.keyboard.press("Tab")

    saved(page)
    rows = order(table.id)
    assert [values(one)["event_name"] for one in rows] == ["普法集市", "进校园"]
    assert values(rows[0])["contact"] == "张三 13800000001"
    expect(page.locator("tbody.rows tr")).to_have_count(3)
    expect(page.locator(".start, .grid-head .todo")).to_have_count(0)  # nothing says any more that it is empty
    expect(page.locator(".grid-head .draft")).to_be_visible()
    expect(page.locator(f"#row-{rows[0]} .read").first).to_have_text("→ 4月20日（周六）")


def test_what_is_typed_before_the_script_has_come_is_saved_too(live, new_page, user, table):
    row = make.row(table, venue="甲")
    page, held = new_page(), []

    def hold(route):
        held.append(route)

    page.route("**/js/grid.js*", hold)
    log_in(page, live, user.username, make.PASSWORD)
    page.goto(f"{live.url}/tables/{table.id}", wait_until="commit")
    cell(page, row, "venue").focus()
    page.keyboard.press("Control+a")
    page.keyboard.insert_text("莘庄公园")
    for name in ("host", "event_name"):
        cell(page, "new", name).focus()
        page.keyboard.insert_text("闵行区")
    while not held:
        page.wait_for_timeout(20)

    held[0].continue_()
    page.wait_for_selector("html.live")
    page.keyboard.insert_text("进校园")
    page.keyboard.press("Enter")

    saved(page)
    added = order(table.id)[-1]
    assert values(row.id)["venue"] == "莘庄公园"
    assert {key: values(added)[key] for key in ("host", "event_name")} == {"host": "闵行区", "event_name": "闵行区进校园"}


def test_a_candidate_is_picked_with_enter_while_the_rows_are_refreshed(open_table, user, table):
    first, second = make.row(table, venue="甲"), make.row(table, venue="乙")
    page = open_table(user, table)
    keys = page.context.new_cdp_session(page)

    cell(page, first, "venue").click()
    for part in ("c", "ce", "ces", "cesh", "ceshi"):
        keys.send("Input.dispatchKeyEvent", {"type": "rawKeyDown", "windowsVirtualKeyCode": 229, "key": "Process"})
        keys.send("Input.imeSetComposition", {"text": part, "selectionStart": len(part), "selectionEnd": len(part)})
    change(first, "scale", "300人", base="100人")
    change(second, "venue", "丙", base="乙")
    refresh(page)
    expect(cell(page, second, "venue")).to_have_value("丙")
    expect(cell(page, first, "scale")).to_have_value("300人")
    expect(cell(page, first, "venue")).to_have_value("ceshi")
    keys.send("Input.dispatchKeyEvent", {"type": "rawKeyDown", "windowsVirtualKeyCode": 229, "key": "Enter", "code": "Enter"})
    keys.send("Input.insertText", {"text": "测试"})

    assert focused(page) == f"{first.id}.venue"
    expect(cell(page, first, "venue")).to_have_value("测试")
    assert values(first.id)["venue"] == "甲"
    page.keyboard.press("Enter")
    assert focused(page) == f"{second.id}.venue"
    saved(page)
    assert values(first.id)["venue"] == "测试"
    assert db.session.query(CellChange).filter_by(activity_id=first.id, key="venue").count() == 1


def test_two_edits_of_one_cell_at_once_are_stored_in_order(open_table, user, table):
    row = make.row(table, venue="甲")
    page = open_table(user, table)

    cell(page, row, "venue").click()
    for text in ("乙", "丙", "丁"):
        page.keyboard.type(text)
        page.keyboard.press("Control+Enter")

    saved(page)
    db.session.rollback()
    changes = db.session.query(CellChange).filter_by(activity_id=row.id).order_by(CellChange.id)
    assert [(one.old, one.new) for one in changes] == [("甲", "乙"), ("乙", "丙"), ("丙", "丁")]


def test_a_held_enter_moves_once(open_table, user, table):
    first, second, _third = make.row(table), make.row(table), make.row(table)
    page = open_table(user, table)

    cell(page, first, "venue").click()
    page.keyboard.down("Enter")
    page.keyboard.down("Enter")
    page.keyboard.up("Enter")

    assert focused(page) == f"{second.id}.venue"


def test_while_the_server_says_503_nothing_is_lost(open_table, user, table):
    row = make.row(table, venue="甲")
    page = open_table(user, table, offline=True)
    page.route("**/activities/**", lambda route: route.fulfill(status=503, body="系统正忙"))

    cell(page, row, "venue").click()
    page.keyboard.type("乙")
    page.keyboard.press("Tab")
    page.keyboard.type("内容")
    page.keyboard.press("Tab")
    expect(page.locator("#save-state")).to_contain_text("未保存（2 处），点此重试")
    expect(cell(page, row, "venue").locator("xpath=..").get_by_role("button", name="未保存，点此重试")).to_be_visible()
    page.get_by_role("button", name="未保存（2 处），点此重试").click()
    page.unroute("**/activities/**")

    saved(page)
    assert (values(row.id)["venue"], values(row.id)["content"]) == ("乙", "内容")
    expect(page.get_by_text("未保存，点此重试")).to_have_count(0)


def test_the_server_is_stopped_and_started_again_while_somebody_types(open_table, user, table, live):
    row = make.row(table, venue="甲")
    page = open_table(user, table, offline=True)
    port = live.url.rsplit(":", 1)[1]

    live.stop()
    cell(page, row, "venue").click()
    page.keyboard.type("乙")
    page.keyboard.press("Tab")
    expect(page.locator("#save-state")).to_contain_text("未保存")
    environ = {**os.environ, "IPWEEK_INSTANCE": str(live.settings.instance), "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-W", "ignore", "-m", "ipweek", "run", "--port", port]
    live.process = subprocess.Popen(command, env=environ, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, encoding="utf-8")

    expect(page.locator("#save-state")).to_have_text(re.compile("^已保存"), timeout=40_000)
    assert values(row.id)["venue"] == "乙"


def test_what_was_not_saved_is_offered_again_after_a_reload(open_table, user, table):
    row = make.row(table, venue="甲")
    page = open_table(user, table, offline=True)
    page.route("**/activities/**", lambda route: route.abort())
    page.route("**/tables/*/rows", lambda route: route.abort())

    cell(page, row, "venue").click()
    page.keyboard.type("没有保存的话")
    page.keyboard.press("Tab")
    cell(page, "new", "host").click()
    page.keyboard.type("新的一行")
    page.keyboard.press("Tab")
    expect(page.locator("#save-state")).to_contain_text("未保存")
    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    page.reload()
    page.unroute("**/activities/**")
    page.unroute("**/tables/*/rows")
    expect(page.locator("#drafts")).to_contain_text("上次离开时有 2 处内容没有保存")
    page.get_by_role("button", name="恢复并保存").click()

    saved(page)
    assert asked == ["beforeunload"]
    assert values(row.id)["venue"] == "没有保存的话"
    assert values(order(table.id)[-1]) == {"host": "新的一行"}
    assert page.evaluate("Object.keys(localStorage).filter((key) => key.startsWith('ipweek:')).length") == 0


def test_what_was_being_typed_survives_a_crash_of_the_page(open_table, user, table, live):
    row = make.row(table, venue="甲")
    page = open_table(user, table)
    cell(page, row, "venue").click()
    page.keyboard.type("打了一半")
    while not page.evaluate("Object.keys(localStorage).some((key) => key.startsWith('ipweek:'))"):
        page.wait_for_timeout(50)

    other = page.context.new_page()  # as after a crash: the same browser, nothing said goodbye
    other.goto(f"{live.url}/tables/{table.id}")
    expect(other.locator("#drafts")).to_contain_text("打了一半")
    other.get_by_role("button", name="恢复并保存").click()

    saved(other)
    assert values(row.id)["venue"] == "打了一半"


@pytest.mark.parametrize(("key", "kept"), [("1", "丙"), ("2", "乙")])
def test_a_clash_shows_both_values_and_a_key_chooses(open_table, user, table, key, kept):
    row = make.row(table, venue="甲")
    page = open_table(user, table)
    change(row, "venue", "乙", base="甲")

    cell(page, row, "venue").click()
    page.keyboard.type("丙")
    page.keyboard.press("Enter")
    clash = page.locator(".clash")
    expect(clash).to_contain_text("对方的")
    expect(clash.locator("blockquote")).to_have_text("乙")
    expect(cell(page, row, "venue")).to_have_value("丙")
    page.get_by_role("button", name="有一格与他人同时修改，点此选择").click()
    page.keyboard.press(key)

    saved(page)
    expect(cell(page, row, "venue")).to_have_value(kept)
    expect(clash).to_have_count(0)
    assert values(row.id)["venue"] == kept


def test_two_people_in_one_table_see_each_other(open_table, user, table, known_hash):
    row = make.row(table, venue="甲", scale="10人")
    mine, theirs = open_table(user, table), open_table(make.user("minhang", pw_hash=known_hash), table)

    cell(theirs, row, "venue").click()
    theirs.keyboard.type("乙")
    theirs.keyboard.press("Enter")
    saved(theirs)
    theirs.get_by_role("button", name="新增一行").click()
    cell(mine, row, "scale").click()
    mine.keyboard.type("20人")
    mine.keyboard.press("Enter")
    saved(mine)
    refresh(mine)

    expect(cell(mine, row, "venue")).to_have_value("乙")
    assert (values(row.id)["venue"], values(row.id)["scale"]) == ("乙", "20人")


def test_a_colleagues_change_comes_by_itself_within_15_seconds(open_table, user, table):
    row = make.row(table, venue="甲")
    page = open_table(user, table)

    change(row, "venue", "乙", base="甲")

    expect(cell(page, row, "venue")).to_have_value("乙", timeout=15_000)


def test_a_row_that_a_colleague_deletes_does_not_take_what_is_typed_with_it(open_table, user, table):
    first, second = make.row(table, venue="甲"), make.row(table, venue="乙")
    page = open_table(user, table)

    cell(page, first, "venue").click()
    page.keyboard.type("正在写")
    row_actions.delete_row(first.id, op_id=op_id(), by=make.person("minhang"))
    change(second, "venue", "丙", base="乙")
    refresh(page)
    expect(cell(page, second, "venue")).to_have_value("丙")
    expect(cell(page, first, "venue")).to_have_value("正在写")
    page.keyboard.press("Enter")

    expect(page.locator("#notice")).to_contain_text("已被删除")
    expect(cell(page, first, "venue")).to_have_value("正在写")
    expect(page.locator("#save-state")).to_contain_text("未保存")


def test_the_log_in_ends_while_somebody_types(open_table, user, table):
    row = make.row(table, venue="甲")
    page = open_table(user, table)
    with transaction():
        db.session.query(LoginSession).update({"ended_at": clock.now()})

    cell(page, row, "venue").click()
    page.keyboard.type("乙")
    page.keyboard.press("Tab")
    page.keyboard.type("还在写")
    expect(page.locator("#save-state")).to_contain_text("登录已过期")
    expect(cell(page, row, "content")).to_have_value("还在写")
    page.locator("#notice").get_by_label("密码", exact=True).fill(make.PASSWORD)
    page.locator("#notice").get_by_role("button", name="登录").click()

    saved(page)
    assert (values(row.id)["venue"], values(row.id)["content"]) == ("乙", "还在写")


def test_a_log_in_that_ends_in_the_background_takes_no_letter_from_the_cell(open_table, user, table):
    row = make.row(table, venue="甲")
    page = open_table(user, table)
    with transaction():
        db.session.query(LoginSession).update({"ended_at": clock.now()})

    cell(page, row, "venue").click()
    page.keyboard.type("写到")
    refresh(page)
    page.wait_for_selector("#log-in-box")
    page.keyboard.type("一半")
    expect(cell(page, row, "venue")).to_have_value("写到一半")
    page.get_by_role("button", name="登录已过期，点此登录").press("Enter")
    page.keyboard.type(make.PASSWORD)
    page.keyboard.press("Enter")

    saved(page)
    assert values(row.id)["venue"] == "写到一半"


def test_a_stale_token_is_renewed_without_a_word(open_table, user, table):
    row = make.row(table, venue="甲")
    page = open_table(user, table)
    page.evaluate("document.querySelector('meta[name=csrf-token]').content = 'stale'")

    cell(page, row, "venue").click()
    page.keyboard.type("乙")
    page.keyboard.press("Tab")

    saved(page)
    expect(page.locator("#notice")).to_be_empty()
    assert values(row.id)["venue"] == "乙"


def test_a_text_that_is_too_long_stays_on_the_screen_with_a_sentence(open_table, user, table):
    row = make.row(table, content="短")
    page = open_table(user, table)

    cell(page, row, "content").click()
    page.keyboard.insert_text("长" * 4001)
    page.keyboard.press("Tab")
    expect(page.locator("td[data-state=unsaved] .find")).to_contain_text("4001 个字")
    assert len(cell(page, row, "content").input_value()) == 4001
    assert values(row.id)["content"] == "短"
    cell(page, row, "content").click()
    page.keyboard.type("不长了")
    page.keyboard.press("Tab")

    saved(page)
    assert values(row.id)["content"] == "不长了"


def test_rows_are_added_copied_moved_and_deleted_by_buttons_and_undone(open_table, user, table):
    first, second = make.row(table, venue="甲"), make.row(table, venue="乙")
    page = open_table(user, table)
    places = page.locator("tbody.rows textarea[name$='.venue']")

    cell(page, first, "venue").click()
    page.get_by_role("button", name="下移").click()
    saved(page)
    expect(places.nth(0)).to_have_value("乙")
    assert focused(page) == f"{first.id}.venue"
    page.get_by_role("button", name="复制该行").click()
    expect(places).to_have_count(4)
    expect(places.nth(2)).to_have_value("甲")
    page.get_by_role("button", name="新增一行").click()
    page.keyboard.type("插入的一行")
    page.keyboard.press("Enter")
    saved(page)
    assert [values(one).get("venue", "") for one in order(table.id)] == ["乙", "甲", "甲", ""]
    cell(page, second, "venue").click()
    page.get_by_role("button", name="删除该行").click()
    expect(cell(page, second, "venue")).to_have_count(0)
    page.locator("#toast").get_by_role("button", name="撤销").click()

    expect(cell(page, second, "venue")).to_have_value("乙")
    saved(page)
    assert order(table.id)[0] == second.id
    expect(page.locator("tbody.rows th span")).to_have_text(["1", "2", "3", "4", "新行"])


def test_undo_and_redo_jump_to_the_cell(open_table, user, table):
    row, other = make.row(table, venue="甲"), make.row(table)
    page = open_table(user, table)
    cell(page, row, "venue").click()
    page.keyboard.type("乙")
    page.keyboard.press("Enter")
    saved(page)
    cell(page, other, "contact").click()

    page.keyboard.press("Control+z")
    expect(cell(page, row, "venue")).to_have_value("甲")
    assert focused(page) == f"{row.id}.venue"
    page.keyboard.press("Control+y")

    expect(cell(page, row, "venue")).to_have_value("乙")
    saved(page)
    db.session.rollback()
    assert [op.via for op in db.session.query(Op).order_by(Op.seq)] == ["typed", "undo", "redo"]


def test_the_history_of_a_cell_puts_a_value_back(open_table, user, table):
    row = make.row(table, venue="甲")
    change(row, "venue", "乙", base="甲")
    page = open_table(user, table)

    cell(page, row, "venue").click()
    page.keyboard.press("Alt+h")
    panel = page.locator("#panel")
    expect(panel).to_contain_text("第 1 行 活动地点")
    panel.get_by_role("button", name="改回“甲”").click()

    saved(page)
    expect(panel).to_be_hidden()
    assert values(row.id)["venue"] == "甲"


def test_the_keys_open_with_a_question_mark(open_table, user, table):
    page = open_table(user, table)

    page.locator("h1").click()
    page.keyboard.press("?")

    expect(page.locator("#panel")).to_contain_text("按键说明")


def test_the_header_fields_are_saved_as_they_are_typed(open_table, user, table):
    page = open_table(user, table)

    page.get_by_label("填表时间").click()
    page.keyboard.type("2024年4月8日")
    page.keyboard.press("Tab")

    saved(page)
    db.session.rollback()
    assert db.session.query(Activity).filter_by(is_header=True).one().values["filled_on"] == "2024年4月8日"


def test_going_to_submit_waits_for_the_queue(open_table, user, table, live):
    row = make.row(table, venue="甲")
    page = open_table(user, table)
    page.route("**/activities/**", lambda route: (time.sleep(0.5), route.continue_()))

    cell(page, row, "venue").click()
    page.keyboard.type("最后一格")
    page.get_by_role("link", name="去报送").click()
    page.wait_for_url("**/submit*")

    assert values(row.id)["venue"] == "最后一格"


def test_what_stops_the_sending_leads_to_its_cell(open_table, user, table, live):
    make.row(table)
    row = make.row(table, contact="")
    page = open_table(user, table)

    page.goto(f"{live.url}/tables/{table.id}/submit")
    page.locator(f'a[href$="#cell-{row.id}-contact"]').first.click()

    expect(cell(page, row, "contact")).to_be_focused()
    expect(page.locator("td.flash")).to_have_count(1)


def test_a_cell_that_was_led_to_is_in_sight_and_takes_the_first_key(open_table, user, table, live):
    make.row(table)
    rows = [make.row(table, event_time="4月31日", content="很长的内容。" * 60) for _ in range(6)]
    page = open_table(user, table)
    led_to = cell(page, rows[3], "event_time")

    page.goto(f"{live.url}/tables/{table.id}/submit")
    page.locator(f'a[href$="#cell-{rows[3].id}-event_time"]').first.click()
    page.wait_for_load_state("networkidle")
    page.evaluate(
        "() => new Promise((seen) => requestAnimationFrame(() => setTimeout(seen, 100)))"
    )  # the browser goes to the place by itself, too
    covered = page.locator(".sheet thead").bounding_box()
    place = led_to.bounding_box()
    page.keyboard.type("4月23日")
    page.keyboard.press("Enter")
    saved(page)

    assert covered["y"] + covered["height"] <= place["y"] < 768
    assert values(rows[3].id)["event_time"] == "4月23日"


def test_the_printed_table_has_the_whole_text_and_nothing_of_the_screen(open_table, user, table):
    text = "一格里很长的内容。" * 40
    row = make.row(table, content=text)
    page = open_table(user, table)

    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 1030, "height": 700})

    printed = cell(page, row, "content").locator("xpath=..")
    assert printed.evaluate("td => getComputedStyle(td, '::before').content") == f'"{text}"'
    for gone in (
        cell(page, row, "content"),
        page.locator("tr.blank"),
        page.locator(".bar"),
        page.locator(".must").first,
        page.locator(".due"),
    ):
        expect(gone).to_be_hidden()
    assert page.evaluate("document.documentElement.scrollWidth") <= 1030


def test_without_javascript_the_table_is_one_form(live, browser, user, table):
    row = make.row(table, venue="甲")
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    log_in(page, live, user.username, make.PASSWORD)
    page.goto(f"{live.url}/tables/{table.id}")

    cell(page, row, "venue").fill("乙")
    cell(page, "new", "host").fill("闵行区司法局")
    page.get_by_role("button", name="保存").last.click()

    expect(page.locator("#notice")).to_contain_text("已保存")
    assert values(row.id)["venue"] == "乙"
    assert len(order(table.id)) == 2
    context.close()


def test_the_keyboard_alone_goes_through_and_leaves_the_table(open_table, user, table):
    row = make.row(table)
    page = open_table(user, table)

    cell(page, row, "contact").click()
    for _ in range(9):
        page.keyboard.press("Tab")

    assert page.evaluate("document.activeElement.tagName") != "TEXTAREA"
    assert len(order(table.id)) == 1


def test_axe_finds_nothing_serious(open_table, user, table):
    row = make.row(table, event_time="若干", scale="不限", contact="李四")
    make.row(table, venue="甲")
    page = open_table(user, table)
    change(row, "venue", "乙", base=make.CELLS["venue"])
    cell(page, row, "venue").click()
    page.keyboard.type("丙")
    page.keyboard.press("Tab")
    expect(page.locator(".clash")).to_be_visible()

    found = Axe().run(page).response["violations"]

    assert [(one["id"], [node["html"][:120] for node in one["nodes"]]) for one in found if one["impact"] in {"serious", "critical"}] == []
