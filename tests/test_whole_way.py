"""The main job, end to end, in a real browser by people with different roles: from the notice to the merged workbook."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import openpyxl
import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from ipweek.accounts.models import User
from ipweek.annexes.models import AnnexTable
from ipweek.extensions import db
from tests import make
from tests.browser import Server, log_in

REAL = Path(__file__).parents[2] / "shared/notice/2024-shanghai.docx"
OWN = Path(__file__).parents[1] / "ipweek/maintenance/demo_data/notice.txt"
NOTICE = REAL if REAL.exists() else OWN

DISTRICT_ROWS = [
    [
        "闵行区知识产权局",
        "大零号湾专利路演",
        "4月22日（周一）14:00",
        "大零号湾科创大厦",
        "高校团队路演",
        "高校和投资机构",
        "约200人",
        "张三 13800000001",
    ],
    ["七宝镇人民政府", "商标进商圈", "4月23日下午", "七宝万科广场", "商户讲解", "商户、市民", "150人", "李四 13800000002"],
    ["闵行区教育局", "=1+1 校园小讲堂", "4月24日", "𠮷田中学", "讲发明故事", "高中生", "300人", "王五 021-55550003"],
]
CITY_ROWS = [
    ["市商务委", "展会保护培训", "4月23日 14:00", "国家会展中心（上海）", "150人", "市知识产权局", "于归 13800000004"],
    ["市商务委", "海外维权沙龙", "4月24日", "虹桥进口商品展示交易中心", "线下60人，线上500人次", "", "于归 13800000004"],
    ["市商务委", "老字号商标座谈", "4月25日", "淮海中路 100 号", "40人", "市知识产权局", "于归 13800000004"],
]


class Office:
    """A person at a page: what he does, in the words of the screen."""

    def __init__(self, page: Page, server: Server, user: User) -> None:
        self.page, self.url = page, server.url
        log_in(page, server, user.username, make.PASSWORD)

    def imports(self, notice: Path) -> None:
        self.page.get_by_role("link", name="通知与活动").click()
        self.page.get_by_role("link", name="导入新的通知").click()
        self.page.get_by_label("通知文件").set_input_files(notice)
        self.page.get_by_role("button", name="读取通知").click()
        expect(self.page.get_by_label("发文字号")).to_have_value("沪知联办〔2024〕2号")
        expect(self.page.get_by_label("宣传周开始")).to_have_value("2024-04-20")
        expect(self.page.get_by_label("宣传周结束")).to_have_value("2024-04-26")
        expect(self.page.get_by_label("活动主题")).to_have_value("知识产权转化运用促进高质量发展")
        self.page.get_by_role("button", name="确认并开启活动").click()
        expect(self.page.get_by_text("活动已开启")).to_be_visible()
        expect(self.page.get_by_text("2024年5月7日（周二）24:00")).to_be_visible()

    def opens(self, table_id: int) -> None:
        self.page.goto(f"{self.url}/tables/{table_id}/review")

    def returns(self, table_id: int, why: str) -> None:
        self.opens(table_id)
        self.page.get_by_text("退回修改…").click()
        self.page.get_by_label("规模需填数字").check()
        self.page.get_by_placeholder("其他理由").fill(why)
        self.page.get_by_role("button", name="退回修改", exact=True).click()
        expect(self.page.get_by_text("退回修改").first).to_be_visible()

    def approves(self, table_id: int) -> None:
        self.opens(table_id)
        self.page.get_by_role("button", name="通过", exact=True).click()
        self.opens(table_id)
        expect(self.page.get_by_text("审核通过").first).to_be_visible()

    def merges(self, path: Path) -> None:
        self.page.get_by_role("link", name="汇总表", exact=True).click()
        with self.page.expect_download() as download:
            self.page.get_by_role("link", name="生成汇总表").click()
        download.value.save_as(path)


class Filler(Office):
    """Somebody of a unit who types with the keyboard alone."""

    def opens_task(self, button: str) -> None:
        self.page.goto(f"{self.url}/tasks")
        self.page.get_by_role("link", name=button).click()

    def types(self, rows: Sequence[Sequence[str]]) -> None:
        """Start in the first cell of the empty row, and go on with Tab; Tab in the last cell leads to a new row."""
        self.page.locator("tr.blank textarea").first.focus()
        for cells in rows:
            for cell in cells:
                self.page.keyboard.insert_text(cell)
                self.page.keyboard.press("Tab")
        self.waits_for_saves()

    def mends(self, column: str, row: int, text: str) -> None:
        cell = self.page.locator(f"tbody.rows tr.line:nth-child({row}) textarea[name$='.{column}']")
        cell.focus()
        self.page.keyboard.insert_text(text)
        self.page.keyboard.press("Enter")
        self.waits_for_saves()

    def waits_for_saves(self) -> None:
        expect(self.page.locator("#save-state")).to_contain_text("已保存")
        expect(self.page.locator("#save-state")).not_to_contain_text("未保存")

    def submits(self, button: str = "确认报送") -> str:
        self.page.goto(self.page.url)  # what was saved is what a new page shows
        self.page.get_by_role("link", name="重新报送" if "重新" in button else "去报送").click()
        for box in self.page.get_by_placeholder("理由").all():
            box.fill("已与主办单位核对，以此为准。")
        self.page.get_by_role("button", name=button).click()
        expect(self.page.get_by_text("报送成功")).to_be_visible()
        return self.page.url


@pytest.mark.timeout(240)
def test_from_the_notice_to_the_merged_workbook(app: Flask, live: Server, new_page: Callable[[], Page], tmp_path: Path) -> None:
    clerk_user = make.user("office", "clerk", password=make.PASSWORD)
    district_user = make.user("minhang", password=make.PASSWORD)
    city_user = make.user("shangwuwei", password=make.PASSWORD)

    clerk = Office(new_page(), live, clerk_user)
    clerk.imports(NOTICE)
    db.session.rollback()  # what was read before is a snapshot of then
    tables = {table.unit.slug: table.id for table in db.session.query(AnnexTable)}

    district = Filler(new_page(), live, district_user)
    district.opens_task("开始填报")
    broken = [list(row) for row in DISTRICT_ROWS]
    broken[1][6] = "若干"
    district.types(broken)
    assert "/receipt" in district.submits()

    clerk.returns(tables["minhang"], "第2行请填写预计人数")
    district.opens_task("去修改")
    expect(district.page.get_by_text("第2行请填写预计人数").first).to_be_visible()
    district.mends("scale", 2, "150人")
    district.submits("确认重新报送")
    clerk.approves(tables["minhang"])

    city = Filler(new_page(), live, city_user)
    city.opens_task("开始填报")
    city.types(CITY_ROWS)
    city.submits()
    clerk.approves(tables["shangwuwei"])

    clerk.merges(tmp_path / "汇总表.xlsx")
    book = openpyxl.load_workbook(tmp_path / "汇总表.xlsx")
    assert {"附件1", "附件2"} <= set(book.sheetnames)
    assert activities(book["附件1"]) == CITY_ROWS
    assert activities(book["附件2"]) == DISTRICT_ROWS
    assert "单位名称：闵行区知识产权联席会议办公室" in said(book["附件2"])
    assert not any(cell.data_type == "f" for sheet in book for line in sheet.iter_rows() for cell in line)


def activities(sheet: openpyxl.worksheet.worksheet.Worksheet) -> list[list[str]]:
    """The rows of an annex sheet: what stands under the headings and is no band of a unit."""
    width = next(len([cell for cell in line if cell.value]) for line in sheet.iter_rows() if line[0].value == "主办单位")
    lines = [[str(cell.value or "") for cell in line[:width]] for line in sheet.iter_rows()]
    first = next(n for n, line in enumerate(lines) if line[0] == "主办单位")
    return [line for line in lines[first + 1 :] if line[1]]


def said(sheet: openpyxl.worksheet.worksheet.Worksheet) -> str:
    return "\n".join(str(cell.value) for line in sheet.iter_rows() for cell in line if cell.value)
