"""Copy and paste in a real browser: blocks from Excel, WPS, Word and web pages, one op, one undo, nothing cut in silence."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from ipweek.annexes.models import Activity, Op
from ipweek.extensions import db
from ipweek.transaction import transaction
from tests import make
from tests.annexes.conftest import order, values
from tests.annexes.test_browser_grid import cell, change, focused, open_table, saved, user

pytestmark = pytest.mark.browser
__all__ = ["open_table", "user"]

HEADINGS = [column.label for column in make.ANNEX_2.columns]
KEYS = [column.key for column in make.ANNEX_2.columns]


def paste(page, text, html=""):
    """What the browser raises when Ctrl+V is pressed over a clipboard that holds this."""
    page.evaluate(
        """([text, html]) => {
            const data = new DataTransfer();
            data.setData("text/plain", text);
            if (html) data.setData("text/html", html);
            document.activeElement.dispatchEvent(new ClipboardEvent("paste", {clipboardData: data, bubbles: true, cancelable: true}));
        }""",
        [text, html],
    )


def excel(rows):
    """Rows as Excel puts them on the clipboard."""
    return "".join("\t".join(f'"{text}"' if "\n" in text or '"' in text else text for text in row) + "\r\n" for row in rows)


def test_a_block_from_excel_with_its_headings_lands_in_the_right_cells(open_table, user, table):
    host = "区知识产权联席会议办公室"
    rows = [
        [host, f"活动{n}", "4月22日", "七宝万科广场", "第一行\n第二行" if n == 2 else "现场咨询", "市民", "约200人", "张三 02155550001"]
        for n in range(11)
    ]
    rows[3][4] = "长" * 60
    shuffled = [1, 0, 2, 3, 4, 5, 6, 7]  # headings lead, not places
    page = open_table(user, table)

    cell(page, "new", "venue").click()
    paste(page, excel([[row[n] for n in shuffled] for row in [HEADINGS, *rows]]))

    saved(page)
    stored = [values(one) for one in order(table.id)]
    assert [[row.get(key, "") for key in KEYS] for row in stored] == rows
    db.session.rollback()
    assert [op.via for op in db.session.query(Op)] == ["pasted"]
    expect(page.locator("tbody.rows tr")).to_have_count(12)
    page.keyboard.press("Control+z")
    expect(page.locator("tbody.rows tr")).to_have_count(1)
    assert order(table.id) == []


def test_merged_hosts_are_filled_down(open_table, user, table):
    html = "<html><body><table><tr><td rowspan=2>闵行区司法局</td><td>进校园</td></tr><tr><td>进社区</td></tr></table></body></html>"
    page = open_table(user, table)

    cell(page, "new", "host").click()
    paste(page, "闵行区司法局\t进校园\r\n\t进社区\r\n", html)

    saved(page)
    assert [values(one) for one in order(table.id)] == [{"host": "闵行区司法局", "event_name": name} for name in ("进校园", "进社区")]


def test_two_paragraphs_of_one_word_cell_are_one_cell(open_table, user, table):
    html = """<html xmlns:w="urn:schemas-microsoft-com:office:word"><head><meta name=ProgId content=Word.Document></head><body>
      <table class=MsoTableGrid><tr><td><p class=MsoNormal>闵行区
      司法局</p></td><td><p class=MsoNormal>上午宣讲</p><p class=MsoNormal>下午咨询</p></td></tr></table></body></html>"""
    page = open_table(user, table)

    cell(page, "new", "host").click()
    paste(page, "闵行区司法局\t上午宣讲\r\n下午咨询\r\n", html)

    saved(page)
    assert [values(one) for one in order(table.id)] == [{"host": "闵行区司法局", "event_name": "上午宣讲\n下午咨询"}]


def test_overwriting_is_asked_about_and_escape_leaves_everything(open_table, user, table):
    row = make.row(table, venue="甲", content="乙")
    page = open_table(user, table)

    cell(page, row, "venue").click()
    paste(page, "丙\t丁\r\n戊\t己\r\n")
    expect(page.locator("#ask")).to_contain_text("粘贴 2 行 × 2 列：新增 1 行，覆盖 2 格")
    page.keyboard.press("Escape")
    expect(page.locator("#ask")).to_be_empty()
    assert values(row.id)["venue"] == "甲"
    paste(page, "丙\t丁\r\n戊\t己\r\n")
    page.keyboard.press("Enter")

    saved(page)
    assert [(values(one)["venue"], values(one)["content"]) for one in order(table.id)] == [("丙", "丁"), ("戊", "己")]
    assert focused(page) == f"{row.id}.venue"


def test_columns_that_do_not_fit_are_told(open_table, user, table):
    page = open_table(user, table)

    cell(page, "new", "scale").click()
    paste(page, "100人\t张三\t多余\r\n")
    expect(page.locator("#ask")).to_contain_text("右边有 1 列放不下")
    page.get_by_role("button", name="粘贴").click()

    saved(page)
    assert [values(one) for one in order(table.id)] == [{"scale": "100人", "contact": "张三"}]


def test_a_colleagues_cell_under_a_paste_is_shown_and_the_rest_is_saved(open_table, user, table):
    row = make.row(table, venue="甲", content="")
    page = open_table(user, table)
    change(row, "venue", "乙", base="甲")

    cell(page, row, "venue").click()
    paste(page, "丙\t丁\r\n戊\t己\r\n")
    page.keyboard.press("Enter")
    expect(page.locator(".clash blockquote")).to_have_text("乙")
    page.get_by_role("button", name="采用对方的").click()

    saved(page)
    assert [(values(one)["venue"], values(one)["content"]) for one in order(table.id)] == [("乙", "丁"), ("戊", "己")]


def test_a_copied_block_is_pasted_with_the_keys(open_table, user, table):
    first = make.row(table, venue='有"引号"', content="两\n行", contact="张三 02155550001")
    page = open_table(user, table)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])

    cell(page, first, "venue").click()
    page.keyboard.press("Shift+ArrowRight")
    expect(page.locator("td.sel")).to_have_count(2)
    page.keyboard.press("Control+c")
    assert page.evaluate("navigator.clipboard.readText()").replace("\r", "") == '"有""引号"""\t"两\n行"'
    cell(page, "new", "venue").click()
    page.keyboard.press("Control+v")

    saved(page)
    made = values(order(table.id)[1])
    assert (made["venue"], made["content"]) == ('有"引号"', "两\n行")


@pytest.mark.parametrize(
    ("text", "stored"),
    [("=1+1", "=1+1"), ("-见附件", "-见附件"), ("前\x0b后", "前\n后"), ("１２３", "１２３")],
)
def test_typed_or_pasted_the_same_is_stored(open_table, user, table, text, stored):
    first, second = make.row(table, venue="甲"), make.row(table, venue="乙")
    page = open_table(user, table)

    cell(page, first, "venue").click()
    page.keyboard.insert_text(text)
    page.keyboard.press("Enter")
    paste(page, text)

    saved(page)
    assert [values(one.id)["venue"] for one in (first, second)] == [stored, stored]
    expect(cell(page, first, "venue")).to_have_value(stored)
    expect(cell(page, second, "venue")).to_have_value(stored)


def test_a_hundred_thousand_characters_pasted_stay_on_the_screen_with_a_sentence(open_table, user, table):
    row = make.row(table, content="短", venue="甲")
    page = open_table(user, table)

    cell(page, row, "content").click()
    paste(page, "长" * 100_000)
    expect(page.locator("td[data-state=unsaved] .find")).to_contain_text("100000 个字，最多 4000 个字")
    assert len(cell(page, row, "content").input_value()) == 100_000
    cell(page, row, "venue").click()
    page.keyboard.type("乙")
    page.keyboard.press("Tab")

    expect(page.locator("#save-state")).to_contain_text("未保存（1 处）")  # the rest is saved all the same
    while values(row.id)["venue"] != "乙":
        page.wait_for_timeout(100)
    assert values(row.id)["content"] == "短"


def test_of_a_block_the_good_cells_are_saved_and_the_long_one_says_why_not(open_table, user, table):
    page = open_table(user, table)

    cell(page, "new", "venue").click()
    paste(page, f"甲\t{'长' * 4001}\r\n乙\t短\r\n")
    expect(page.locator("#ask")).to_contain_text("1 格超过 4000 字，存不下")
    page.keyboard.press("Enter")
    expect(page.locator("td[data-state=unsaved] .find")).to_contain_text("4001 个字")

    expect(page.locator("#save-state")).to_contain_text("未保存（1 处）")
    assert [values(one) for one in order(table.id)] == [{"venue": "甲"}, {"venue": "乙", "content": "短"}]


def test_what_cannot_be_seen_is_taken_out_of_a_block_with_a_note(open_table, user, table):
    page = open_table(user, table)

    cell(page, "new", "venue").click()
    paste(page, "甲\u200b\t乙\u0007\r\n丙\t丁\r\n")

    expect(page.locator("#toast")).to_contain_text("已粘贴 4 格；其中 2 格去掉了看不见的字符")
    assert [values(one) for one in order(table.id)] == [{"venue": "甲", "content": "乙"}, {"venue": "丙", "content": "丁"}]


def test_a_pasted_text_is_never_html(open_table, user, table):
    page = open_table(user, table)

    cell(page, "new", "host").click()
    paste(page, "", "<table><tr><td rowspan=1 colspan=2><img src=x onerror='document.title=1'>甲</td></tr></table>")

    saved(page)
    assert values(order(table.id)[0])["host"] == "甲"
    assert page.locator("tbody img").count() == 0
    assert page.title() != "1"


def test_a_range_is_filled_cleared_and_undone(open_table, user, table):
    rows = [make.row(table, venue=text) for text in "甲乙丙"]
    page = open_table(user, table)

    cell(page, rows[0], "venue").click()
    cell(page, rows[2], "venue").click(modifiers=["Shift"])
    page.keyboard.press("Control+d")
    saved(page)
    assert [values(row.id)["venue"] for row in rows] == ["甲"] * 3
    page.keyboard.press("Delete")
    expect(cell(page, rows[2], "venue")).to_have_value("")
    page.keyboard.press("Control+z")
    page.keyboard.press("Control+z")

    expect(cell(page, rows[2], "venue")).to_have_value("丙")
    saved(page)
    assert [values(row.id)["venue"] for row in rows] == ["甲", "乙", "丙"]


def test_dragging_selects_a_block(open_table, user, table):
    first, second = make.row(table), make.row(table)
    page = open_table(user, table)

    cell(page, first, "venue").hover()
    page.mouse.down()
    cell(page, second, "content").hover()
    page.mouse.up()

    expect(page.locator("td.sel")).to_have_count(4)
    assert focused(page) == f"{first.id}.venue"


def test_ctrl_arrows_home_and_end_move_as_in_a_sheet(open_table, user, table):
    rows = [make.row(table) for _ in range(4)]
    page = open_table(user, table)
    cell(page, rows[0], "venue").click()

    for key, there in [
        ("Control+ArrowDown", f"{rows[3].id}.venue"),
        ("Home", f"{rows[3].id}.host"),
        ("End", f"{rows[3].id}.contact"),
        ("Control+Home", f"{rows[0].id}.host"),
        ("Control+End", f"{rows[3].id}.contact"),
        ("ArrowDown", "new.contact"),
    ]:
        page.keyboard.press(key)
        assert focused(page) == there, key


@pytest.mark.parametrize(("key", "there"), [("Home", "host"), ("End", "contact"), ("Control+ArrowRight", "contact")])
def test_they_commit_what_was_typed_over_and_move_in_full_edit_only_the_caret(open_table, user, table, key, there):
    row = make.row(table, venue="甲")
    page = open_table(user, table)

    cell(page, row, "venue").click()
    page.keyboard.press("F2")
    page.keyboard.type("馆")
    page.keyboard.press(key)
    assert focused(page) == f"{row.id}.venue"
    page.keyboard.press("Escape")
    page.keyboard.type("乙")
    page.keyboard.press(key)

    assert focused(page) == f"{row.id}.{there}"
    saved(page)
    assert values(row.id)["venue"] == "乙"


def test_today_is_put_in(open_table, user, table):
    page = open_table(user, table)

    cell(page, "new", "event_time").click()
    page.keyboard.press("Control+;")
    page.keyboard.press("Enter")

    saved(page)
    assert re.fullmatch(r"\d+月\d+日", values(order(table.id)[0])["event_time"])


def test_a_table_of_more_than_300_rows_opens_one_row_at_a_time(open_table, user, table):
    rows = [make.row(table, venue=f"地点{n}") for n in range(301)]
    page = open_table(user, table)
    expect(page.locator("tbody.rows textarea")).to_have_count(8)

    page.locator(f"#row-{rows[0].id} td").nth(3).click()
    page.keyboard.type("甲")
    page.keyboard.press("Enter")
    page.keyboard.type("乙")
    page.keyboard.press("Enter")

    saved(page)
    assert [values(row.id)["venue"] for row in rows[:3]] == ["甲", "乙", "地点2"]


def test_in_a_table_of_2000_rows_the_same_keys_open_only_the_rows_they_come_to(open_table, user, table):
    with transaction():
        for n in range(2000):
            cells = {"event_name": f"活动{n}", "venue": f"地点{n}"}
            db.session.add(Activity(table_id=table.id, owner_unit_id=table.unit_id, pos=n * 1024, values=cells))
    page = open_table(user, table)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.set_default_timeout(60_000)
    rows, fields = order(table.id), page.locator("tbody.rows textarea")

    page.locator(f"#row-{rows[0]} td").nth(3).click()
    page.keyboard.press("Control+ArrowDown")
    assert focused(page) == f"{rows[-1]}.venue"
    page.keyboard.press("Control+Home")
    page.keyboard.press("Control+a")
    expect(page.locator("td.sel")).to_have_count(2000 * 8)
    page.keyboard.press("Control+c")
    copied = page.evaluate("navigator.clipboard.readText()").splitlines()
    assert (len(copied), copied[1234].split("\t")[3]) == (2000, "地点1234")
    assert fields.count() <= 8 * 4  # the first, the last, the empty one: all others are text still
    page.keyboard.press("ArrowDown")
    page.keyboard.press("End")
    page.keyboard.type("张三 13800000001")
    page.keyboard.press("Enter")
    saved(page)
    assert values(rows[1])["contact"] == "张三 13800000001"
    page.keyboard.press("Control+z")
    expect(page.locator(f"textarea[name='{rows[1]}.contact']")).to_have_value("")
    assert fields.count() <= 8 * 5
