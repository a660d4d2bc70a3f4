"""Answering a doubtful reading in a real browser: with the mouse, and with the keys alone."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from ipweek.annexes.models import Activity
from ipweek.extensions import db
from tests import make
from tests.annexes.conftest import values
from tests.annexes.test_browser_grid import cell, focused, open_table, saved, user

pytestmark = pytest.mark.browser
__all__ = ["open_table", "user"]


@pytest.fixture
def table(app):
    return make.table("minhang")


def accepted(row):
    db.session.rollback()
    return db.session.get_one(Activity, row.id, populate_existing=True).accepted


def under(page, row, key):
    """What stands under a cell."""
    return cell(page, row, key).locator("xpath=following-sibling::*[1]")


def test_a_choice_is_saved_and_the_text_is_accepted_by_one_press(open_table, user, table):
    half, either = make.row(table, event_time="4.2"), make.row(table, event_time="4月22日或23日")
    page = open_table(user, table)

    page.locator(f"#row-{half.id} [data-choice='4月20日']").click()
    expect(under(page, half, "event_time")).to_contain_text("4月20日（周六）")
    page.locator(f"#row-{either.id} [data-choice='']").click()
    expect(under(page, either, "event_time")).to_contain_text("已确认按原文")

    assert values(half.id)["event_time"] == "4月20日"
    assert accepted(either) == {"event_time": user.id}


def test_whose_number_it_is_is_answered_with_the_keys_alone(open_table, user, table):
    row = make.row(table, contact="张三、李四 13800000001")
    page = open_table(user, table)
    cell(page, row, "event_name").focus()
    expect(under(page, row, "contact")).to_contain_text("13800000001是张三的、李四的，还是两人共用？")

    page.keyboard.press("End")
    assert focused(page) == f"{row.id}.contact"
    for _ in range(3):
        page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.dataset.choice") == "张三、李四 13800000001（共用）"
    page.keyboard.press("Enter")

    saved(page)
    expect(under(page, row, "contact")).to_contain_text("→ 张三 13800000001；李四 13800000001")
    assert focused(page) == f"{row.id}.contact"
    assert values(row.id)["contact"] == "张三、李四 13800000001（共用）"


def test_a_contact_accepted_with_the_keys_leaves_the_question_of_the_time_standing(open_table, user, table):
    row = make.row(table, event_time="4月22日或23日", contact="张三、李四 13800000001")
    page = open_table(user, table)
    cell(page, row, "contact").focus()

    for _ in range(4):
        page.keyboard.press("Tab")
    page.keyboard.press("Space")

    expect(under(page, row, "contact")).to_contain_text("已确认按原文")
    expect(under(page, row, "event_time").get_by_role("button")).to_have_count(3)
    page.reload()
    expect(under(page, row, "contact")).to_contain_text("已确认按原文")
    expect(under(page, row, "event_time").get_by_role("button")).to_have_count(3)
    assert (values(row.id)["contact"], accepted(row)) == ("张三、李四 13800000001", {"contact": user.id})


def test_who_types_on_with_tab_is_not_stopped_by_the_question_of_the_text_before(open_table, user, table):
    row = make.row(table, event_time="4月22日或23日")
    page = open_table(user, table)
    cell(page, row, "event_time").focus()

    page.keyboard.type("4.2")
    page.keyboard.press("Tab")
    page.keyboard.type("七宝老街")
    page.keyboard.press("Tab")

    saved(page)
    assert (values(row.id)["event_time"], values(row.id)["venue"]) == ("4.2", "七宝老街")
    expect(under(page, row, "event_time").get_by_role("button")).to_have_count(3)
