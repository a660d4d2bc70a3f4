"""What each role does in its first minute, in a real browser, in no more clicks than the office was promised.

Every press of the mouse goes through a ``Hand``, which counts. Keys are free: who types does not reach for the mouse.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from io import BytesIO

import openpyxl
import pytest
from playwright.sync_api import Locator, Page, expect

from ipweek import clock
from ipweek.accounts.models import User
from ipweek.annexes import service as annexes
from ipweek.annexes.models import AnnexTable
from ipweek.extensions import db
from ipweek.reporting import service
from ipweek.transaction import transaction
from tests import make
from tests.annexes.test_browser_paste import excel, paste
from tests.browser import Server

pytestmark = pytest.mark.browser


@dataclass
class Hand:
    """Somebody at a page; ``clicks`` is how often he pressed the mouse."""

    page: Page
    clicks: int = 0

    def press(self, target: Locator) -> None:
        target.click()
        self.clicks += 1

    def link(self, name: str, *, exact: bool = False) -> None:
        self.press(self.page.get_by_role("link", name=name, exact=exact))

    def button(self, name: str, *, exact: bool = True) -> None:
        self.press(self.page.get_by_role("button", name=name, exact=exact))

    def sees(self, words: str) -> None:
        expect(self.page.get_by_text(words).first).to_be_visible()


@pytest.fixture
def come(live: Server, new_page: Callable[[], Page]) -> Callable[[User], Hand]:
    """Somebody types his name and password and logs in by Enter; then the counting begins."""

    def arrive(user: User) -> Hand:
        page = new_page()
        page.goto(f"{live.url}/login")
        page.get_by_label("用户名").fill(user.username)
        page.get_by_label("密码", exact=True).fill(make.PASSWORD)
        page.keyboard.press("Enter")
        page.wait_for_url(lambda url: "/login" not in url)
        return Hand(page)

    return arrive


def user(slug: str, *roles: str) -> User:
    return make.user(slug, *roles, password=make.PASSWORD)


def sent(slug: str = "minhang", **cells: str) -> AnnexTable:
    """A table that its unit has sent."""
    table = make.table(slug, "draft")
    make.row(table, **cells)
    service.submit(table.id, reasons={}, revision=table.revision, by=make.person(slug, "filler"))
    return table


def saved(page: Page) -> None:
    expect(page.locator("#save-state")).to_contain_text("已保存")


def test_a_filler_fills_the_first_row_in_three_clicks(come: Callable[[User], Hand]) -> None:
    table = make.table("minhang")
    with transaction():
        table.campaign.deadlines[0].due_on = clock.today() + timedelta(days=1)
    hand = come(user("minhang"))

    hand.sees("截止，还剩")
    hand.link("开始填报")
    hand.press(hand.page.locator("tr.blank textarea").first)
    hand.page.keyboard.insert_text("闵行区知识产权局")
    hand.page.keyboard.press("Tab")
    saved(hand.page)

    assert hand.clicks <= 3


def test_a_table_from_excel_takes_two_actions(come: Callable[[User], Hand]) -> None:
    table = make.table("minhang")
    hand = come(user("minhang"))
    hand.page.goto(f"{hand.page.url.rsplit('/', 1)[0]}/tables/{table.id}")
    row = [make.CELLS[column.key] for column in make.ANNEX_2.columns]

    hand.press(hand.page.locator("tr.blank textarea").first)
    paste(hand.page, excel([row] * 5))
    if (bar := hand.page.get_by_role("button", name="粘贴", exact=True)).is_visible():
        hand.press(bar)
    saved(hand.page)

    expect(hand.page.locator("tbody.rows tr.line:not(.blank)")).to_have_count(5)
    expect(hand.page.locator("[aria-invalid=true]")).to_have_count(0)
    assert hand.clicks <= 2


def test_a_returned_table_is_mended_and_sent_again_in_five_clicks(come: Callable[[User], Hand]) -> None:
    table = sent()
    row = annexes.rows_of(table)[0].id
    submission = service.submissions_in(service.moves_of(table))[-1].id
    place = service.Place(row, "venue", "请写明几楼")
    service.return_for_changes(table.id, "地点不清楚", submission=submission, places=[place], by=make.person("office", "clerk"))
    hand = come(user("minhang"))

    hand.sees("退回修改")
    hand.sees("地点不清楚")
    hand.link("去修改")
    hand.press(hand.page.locator("#flags").get_by_role("link", name="活动地点"))
    cell = hand.page.locator(f'[name="{row}.venue"]')
    expect(cell).to_be_focused()
    hand.page.keyboard.insert_text("二楼报告厅")
    hand.page.keyboard.press("Tab")
    expect(hand.page.locator("#flags")).to_contain_text("都已处理")
    hand.link("重新报送")
    hand.button("确认重新报送")
    hand.sees("报送成功")

    assert hand.clicks <= 5


def test_an_approver_agrees_in_two_clicks(come: Callable[[User], Hand]) -> None:
    table = make.table("minhang", "draft")
    make.row(table, event_name="知识产权进商圈")
    approver = user("minhang", "approver")
    service.submit(table.id, reasons={}, revision=table.revision, by=make.person("minhang", "filler"))
    hand = come(approver)

    hand.link("核对并同意报送")
    expect(hand.page.get_by_role("cell", name="知识产权进商圈")).to_be_visible()
    hand.button("同意报送")
    hand.sees("报送成功")

    assert hand.clicks <= 2


def test_a_district_sees_its_table_and_its_departments_on_one_page(come: Callable[[User], Hand]) -> None:
    table = make.table("minhang", "draft")
    make.row(table)
    make.person("qibao")
    make.row(table, owner="qibao")
    hand = come(user("minhang"))

    task = hand.page.get_by_role("article").filter(has_text="附件2")
    expect(task).to_contain_text("已填 2 项活动")
    expect(task).to_contain_text(re.compile(r"下属部门：\s*\S+ 1 项"))

    assert hand.clicks == 0


def test_the_office_chases_who_has_not_reported_in_four_clicks(come: Callable[[User], Hand]) -> None:
    make.person("minhang", "filler")
    make.table("minhang", "todo")
    sent("xuhui")
    hand = come(user("office", "clerk"))

    hand.sees("待报送")
    hand.link("催报（1）")
    hand.button("预览催报内容")
    hand.sees("将发送给 1 个单位")
    hand.button("发送")
    hand.sees("已催报 1 个单位。")

    assert hand.clicks <= 4


def test_the_office_accepts_in_two_clicks(come: Callable[[User], Hand]) -> None:
    sent()
    hand = come(user("office", "clerk"))

    hand.link("审核 闵行区")
    hand.button("通过")
    hand.sees("审核通过")

    assert hand.clicks <= 3


def test_the_office_returns_with_a_preset_reason_in_three_clicks(come: Callable[[User], Hand]) -> None:
    table = sent()
    hand = come(user("office", "clerk"))

    hand.link("审核 闵行区")
    hand.press(hand.page.get_by_text("退回修改…"))
    hand.button("时间不明确")
    hand.sees("退回修改。待审核的表已全部办完")

    assert hand.clicks <= 3
    db.session.rollback()
    assert service.moves_of(table)[-1].why == "时间不明确"


def test_the_merged_workbook_is_down_in_three_clicks(come: Callable[[User], Hand]) -> None:
    table = sent()
    submission = service.submissions_in(service.moves_of(table))[-1].id
    service.approve(table.id, submission=submission, by=make.person("office", "head"))
    hand = come(user("office", "clerk"))

    hand.link("汇总表", exact=True)
    with hand.page.expect_download(timeout=10_000) as download:
        hand.link("生成汇总表")

    assert hand.clicks <= 3
    assert "附件2" in openpyxl.load_workbook(BytesIO(download.value.path().read_bytes())).sheetnames


def test_a_leader_sees_without_a_click_how_many_who_is_missing_and_what_happens_on_ip_day(come: Callable[[User], Hand]) -> None:
    sent("minhang", event_time="4月26日 14:00", event_name="世界知识产权日开放日")
    make.table("xuhui", "todo")
    hand = come(user("office", "viewer"))

    board = hand.page.locator("main")
    expect(board).to_contain_text("共 2 个单位")
    expect(hand.page.locator("#show-unsent")).to_contain_text("1")
    expect(hand.page.get_by_label("徐汇区，待填报")).to_be_visible()
    expect(hand.page.locator(".week td.ip-day")).to_be_visible()

    assert hand.clicks == 0


def test_an_auditor_finds_who_changed_a_cell_in_three_clicks(come: Callable[[User], Hand]) -> None:
    table = make.table("minhang", "draft")
    row = make.row(table)
    filler = user("minhang")
    unit = come(filler)
    unit.page.goto(f"{unit.page.url.rsplit('/', 1)[0]}/tables/{table.id}")
    unit.page.locator(f'[name="{row.id}.venue"]').focus()
    unit.page.keyboard.insert_text("莘庄公园")
    unit.page.keyboard.press("Tab")
    saved(unit.page)
    hand = come(user("office", "auditor"))

    hand.link("单元格修改记录")
    hand.page.get_by_label("单位").select_option(label="闵行区")
    hand.page.get_by_label("第几行").fill("1")
    hand.page.get_by_label("列").select_option(label="活动地点")
    hand.button("查询")

    expect(hand.page.get_by_role("row", name="莘庄公园")).to_contain_text(filler.name)
    assert hand.clicks <= 3  # the three fields are chosen by key


def test_the_administrator_sees_in_one_click_that_the_site_is_well_and_backed_up(come: Callable[[User], Hand]) -> None:
    hand = come(make.user("office", "admin", password=make.PASSWORD))

    hand.link("系统状态")

    hand.sees("系统运行正常")
    hand.sees("备份")
    assert hand.clicks == 1
