"""A filler brings his file in with a real browser: choose, look, untick, confirm, undo."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from ipweek.annexes.models import Activity
from ipweek.extensions import db
from tests import make
from tests.browser import log_in

from .files import annex_2, row
from .test_releases import resend

pytestmark = pytest.mark.browser


def rows_of(table):
    db.session.rollback()
    query = db.session.query(Activity).filter_by(table_id=table.id, alive=True, is_header=False).order_by(Activity.pos)
    return [(row.values["event_name"], row.values["venue"]) for row in query]


@pytest.mark.timeout(180)
def test_upload_preview_confirm_undo(app, live, page, tmp_path):
    user = make.user("minhang", password=make.PASSWORD)
    table = make.table("minhang", "draft")
    make.row(table, event_name="商标课堂", venue="社区中心")
    make.row(table, event_name="知识产权进社区", venue="文化馆")
    before = rows_of(table)
    path = tmp_path / "闵行区.xlsx"
    lines = [row(event_name="商标课堂", venue="图书馆", contact="张三"), row(event_name="版权之夜"), row(event_name="知识产权走进社区活动")]
    path.write_bytes(annex_2(*lines, row(event_name="不要的活动")))

    log_in(page, live, user.username, make.PASSWORD)
    page.goto(f"{live.url}/tasks")
    page.get_by_role("link", name="上传表格或离线填报").click()
    assert Axe().run(page).response["violations"] == []
    page.get_by_label("填好的附件2").set_input_files(path)
    page.get_by_role("button", name="上传并预览").click()

    expect(page.get_by_role("heading", name="导入预览")).to_be_visible()
    expect(page.locator("del", has_text="社区中心")).to_be_visible()
    expect(page.get_by_text("缺联系电话").first).to_be_visible()
    assert Axe().run(page).response["violations"] == []
    assert rows_of(table) == before
    with page.expect_download() as marked:
        page.get_by_role("link", name="下载加标记的文件").click()
    assert marked.value.suggested_filename == "标记_闵行区.xlsx"
    page.get_by_label("导入文件第 7 行").uncheck()
    page.get_by_label("文件第 6 行怎样导入").select_option("作为新的一行")
    page.get_by_role("button", name="确认导入").click()

    expect(page.get_by_text("已导入：新增 2 行，修改 1 行")).to_be_visible()
    assert rows_of(table) == [
        ("商标课堂", "图书馆"),
        before[1],
        ("版权之夜", make.CELLS["venue"]),
        ("知识产权走进社区活动", make.CELLS["venue"]),
    ]
    page.get_by_role("button", name="撤销", exact=True).click()
    expect(page.locator("textarea[name$='.venue']").first).to_have_value("社区中心")
    assert rows_of(table) == before


@pytest.mark.timeout(180)
def test_without_javascript_it_is_the_same(app, live, browser, tmp_path):
    user = make.user("minhang", password=make.PASSWORD)
    table = make.table("minhang", "draft")
    path = tmp_path / "闵行区.xlsx"
    path.write_bytes(annex_2(row(event_name="版权之夜")))
    context = browser.new_context(java_script_enabled=False, locale="zh-CN")
    page = context.new_page()

    log_in(page, live, user.username, make.PASSWORD)
    page.goto(f"{live.url}/tables/{table.id}/import")
    page.get_by_label("填好的附件2").set_input_files(path)
    page.get_by_role("button", name="上传并预览").click()
    page.get_by_role("button", name="确认导入").click()

    expect(page.get_by_text("已导入：新增 1 行")).to_be_visible()
    context.close()
    assert [name for name, _ in rows_of(table)] == ["版权之夜"]


@pytest.mark.timeout(180)
def test_the_office_releases_compares_and_traces(app, live, page, sent):
    user = make.user("office", "clerk", password=make.PASSWORD)
    table = sent("minhang", "approved", {"event_name": "商标课堂", "venue": "社区中心"})
    log_in(page, live, user.username, make.PASSWORD)
    page.goto(f"{live.url}/campaigns/{table.campaign_id}/workbook")
    page.get_by_role("link", name="定版与比对").click()
    page.get_by_role("button", name="定第 1 版").click()
    expect(page.get_by_text("已定第 1 版，共 1 项活动。")).to_be_visible()

    resend(table, event_name="版权之夜")
    page.get_by_role("button", name="定第 2 版").click()
    assert Axe().run(page).response["violations"] == []
    with page.expect_download() as download:
        page.get_by_role("link", name="下载").first.click()
    assert download.value.suggested_filename == "2024年知识产权宣传周重点活动汇总表_第2版.xlsx"

    page.get_by_role("link", name="与上一版比对").click()
    expect(page.get_by_text("版权之夜")).to_be_visible()
    assert Axe().run(page).response["violations"] == []
    page.get_by_role("link", name="定版", exact=True).click()
    page.get_by_role("link", name="来源").first.click()
    expect(page.get_by_role("row", name="附件2")).to_have_count(2)
    assert Axe().run(page).response["violations"] == []
