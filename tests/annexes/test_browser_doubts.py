"""Answering a doubtful reading with the mouse, in a real browser."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from ipweek.annexes.models import Activity
from ipweek.extensions import db
from tests import make
from tests.annexes.conftest import values
from tests.browser import log_in

pytestmark = pytest.mark.browser
expect.set_options(timeout=15_000)


def test_a_choice_is_saved_and_the_text_is_accepted_by_one_press(app, live, new_page, known_hash):
    table = make.table("minhang")
    half, either = make.row(table, event_time="4.2"), make.row(table, event_time="4月22日或23日")
    user = make.user("minhang", pw_hash=known_hash)
    page = new_page()
    log_in(page, live, user.username, make.PASSWORD)
    page.goto(f"{live.url}/tables/{table.id}")
    page.wait_for_selector("html.live")

    page.locator(f"#row-{half.id} [data-choice='4月20日']").click()
    expect(page.locator(f"#row-{half.id} .m").filter(has_text="4月20日（周六）")).to_be_visible()
    page.locator(f"#row-{either.id} [data-choice='']").click()
    expect(page.locator(f"#row-{either.id} .m").filter(has_text="已确认按原文")).to_be_visible()

    assert values(half.id)["event_time"] == "4月20日"
    assert db.session.get_one(Activity, either.id, populate_existing=True).accepted == {"event_time": user.id}
