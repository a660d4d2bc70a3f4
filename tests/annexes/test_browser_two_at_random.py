"""Two people do whatever hypothesis makes up, with the network coming and going: at the end pages, table and history agree.

Without a browser, and hundreds of times: ``test_editing_at_random``.
"""

from __future__ import annotations

import itertools
import re

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from playwright.sync_api import expect

from ipweek.annexes.models import Activity, CellChange, Op
from ipweek.annexes.ops import ALIVE, POS
from ipweek.extensions import db
from tests import make
from tests.annexes.conftest import order, values
from tests.annexes.test_browser_grid import open_table, refresh
from tests.annexes.test_browser_paste import paste

pytestmark = pytest.mark.browser
__all__ = ["open_table"]

KEYS = [column.key for column in make.ANNEX_2.columns]
STEPS = 45
_numbers = itertools.count(1)


def a_cell(page, choose):
    cells = page.locator("tbody.rows textarea")
    cells.nth(choose.randrange(cells.count())).click()


def type_something(page, choose):
    a_cell(page, choose)
    page.keyboard.type(f"文字{choose.randrange(1000)}")
    page.keyboard.press(choose.choice(["Enter", "Tab", "ArrowUp", "Control+Enter", "Escape"]))


def paste_something(page, choose):
    a_cell(page, choose)
    paste(page, "\r\n".join("\t".join(f"块{choose.randrange(1000)}" for _ in range(2)) for _ in range(choose.randint(1, 3))))
    answer = page.locator("#ask button")
    if answer.count():
        answer.first.click()


def press_a_button(page, choose):
    a_cell(page, choose)
    page.get_by_role(
        "button", name=choose.choice(["新增一行", "复制该行", "删除该行", "上移", "下移", "撤销", "恢复"]), exact=True
    ).first.click()


def clear_something(page, choose):
    a_cell(page, choose)
    page.keyboard.press("Shift+ArrowDown")
    page.keyboard.press("Delete")


def lose_the_network(page, _choose):
    page.context.set_offline(True)


def find_the_network(page, _choose):
    page.context.set_offline(False)


ACTIONS = (
    [type_something] * 5
    + [paste_something] * 2
    + [press_a_button] * 3
    + [clear_something, lose_the_network, find_the_network, find_the_network]
)


def settle(page, choose):
    """Wait until all is saved, choosing where two values stand; rows that are gone give up what was typed in them."""
    page.context.set_offline(False)
    for _ in range(60):
        words = page.locator("#save-state").inner_text()
        picks = page.locator("[data-pick]")
        if picks.count():
            picks.nth(choose.randrange(2)).click()
        elif words.startswith("未保存") and page.locator("tr.gone").count():
            page.reload()
            page.wait_for_selector("html.live")
            if page.locator("#drafts").is_visible():
                page.get_by_role("button", name="不要了").click()
        elif not words or words.startswith("已保存"):
            return
        page.evaluate(
            "document.querySelectorAll('#save-state button').forEach((button) => button.click())"
        )  # it may save by itself meanwhile
        refresh(page)
        page.wait_for_timeout(300)
    raise AssertionError(words)


def shown(page):
    return page.evaluate(
        "Array.from(document.querySelectorAll('tbody.rows tr:not(.blank)'), (line) => [Number(line.dataset.row), ...Array.from(line.querySelectorAll('textarea'), (cell) => cell.value)])"
    )


def replayed(table, first):
    """The table as the history tells it."""
    rows = {row_id: {ALIVE: "1", POS: str(pos), **cells} for row_id, pos, cells in first}
    db.session.rollback()
    for change in db.session.query(CellChange).join(Op).filter(Op.table_id == table.id).order_by(CellChange.id):
        row = rows.setdefault(change.activity_id, {ALIVE: "0"})
        assert row.get(change.key, "") == change.old or change.key == POS
        row[change.key] = change.new
    return {
        row_id: {key: value for key, value in row.items() if value and not key.startswith("_")}
        for row_id, row in rows.items()
        if row[ALIVE] == "1"
    }


def listen(page, acknowledged):
    """Write down each op that the server acknowledged to this page: its id, and the revision it made."""

    def hear(response):
        said = response.headers.get("hx-trigger", "")
        made = re.search(r'"revision": *(\d+)', said)
        if response.request.method == "POST" and response.status < 300 and made and made[1] != "0":
            sent = re.search(r"(?:^|&)op=([\w-]+)", response.request.post_data or "")
            acknowledged.append((sent[1], int(made[1])))

    page.on("response", hear)


@pytest.mark.timeout(500)
@settings(max_examples=2, deadline=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck), print_blob=True)
@given(choose=st.randoms(use_true_random=True))
def test_whatever_two_people_do_the_pages_the_table_and_its_history_agree(open_table, app, known_hash, choose):
    slug = f"random{next(_numbers)}"
    make.unit(slug, level="district")
    table = make.table(slug)
    for text in "甲乙丙":
        make.row(table, venue=text)
    rows = db.session.query(Activity).filter_by(table_id=table.id, is_header=False)
    first = [(row.id, row.pos, dict(row.values)) for row in rows]
    pages = [open_table(make.user(slug, pw_hash=known_hash), table, offline=True) for _ in range(2)]
    acknowledged = [[], []]
    for page, heard in zip(pages, acknowledged, strict=True):
        page.on("dialog", lambda dialog: dialog.accept())
        listen(page, heard)

    for _ in range(STEPS):
        choose.choice(ACTIONS)(choose.choice(pages), choose)
    for page in [*pages, *pages]:
        settle(page, choose)

    stored = [[row_id, *(values(row_id).get(key, "") for key in KEYS)] for row_id in order(table.id)]
    for page in pages:
        refresh(page)
        expect(page.locator("tbody.rows tr:not(.blank)")).to_have_count(len(stored))
        page.wait_for_timeout(1000)
        assert shown(page) == stored
    assert replayed(table, first) == {row_id: values(row_id) for row_id in order(table.id)}
    logged = {op.client_id: op.revision for op in db.session.query(Op).filter_by(table_id=table.id)}
    for heard in acknowledged:
        assert heard  # else this test heard nothing
        assert [(op_id, logged.get(op_id)) for op_id, _ in heard] == heard  # every acknowledged op is there
        assert [revision for _, revision in heard] == sorted({revision for _, revision in heard})  # in the order they were said
    for page in pages:
        page.close()
