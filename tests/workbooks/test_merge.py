"""What merges, in what order, what the cover says, and who may have the file."""

from urllib.parse import quote

import pytest
import time_machine
from flask import g

from ipweek.accounts.models import AuditEntry
from ipweek.annexes.models import Activity
from ipweek.errors import Forbidden, NotFound
from ipweek.extensions import db
from ipweek.notice import schema
from ipweek.notice.models import AnnexSchema
from ipweek.transaction import transaction
from ipweek.workbooks import layout, service
from tests import make
from tests.desk import Desk

from .official import opened


def cells(sheet):
    """The rows under the headings as lists of text."""
    return [[cell.value for cell in row] for row in sheet.iter_rows(min_row=4)]


def names(sheet):
    return [row[1] for row in cells(sheet) if row[1]]


def bands(sheet):
    return [row[0] for row in cells(sheet) if row[0] and row[0].startswith("单位名称")]


def cover(workbook):
    """What the cover says, by label."""
    return {row[0].value: row[1].value for row in workbook["封面"].iter_rows() if row[0].value}


def merged(campaign, clerk, **how):
    return opened(service.merge(campaign, by=clerk, **how))


@pytest.fixture
def campaign(app):
    return make.campaign()


@pytest.fixture
def clerk(campaign):
    return make.person("office", "clerk")


# ---- what merges ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "status, is_in", [("approved", True), ("archived", True), ("submitted", False), ("returned", False), ("draft", False)]
)
def test_only_what_was_approved_merges(campaign, clerk, sent, status, is_in):
    sent("minhang", status, {"event_name": "知识产权进商圈"})

    assert ("知识产权进商圈" in names(merged(campaign, clerk)["附件2"])) == is_in


@pytest.mark.parametrize("status, is_in", [("approved", True), ("submitted", True), ("returned", False), ("unit_review", False)])
def test_a_draft_takes_in_what_waits_for_a_decision_and_says_so(campaign, clerk, sent, status, is_in):
    sent("minhang", status, {"event_name": "知识产权进商圈"})

    workbook = merged(campaign, clerk, include_submitted=True)

    assert ("知识产权进商圈" in names(workbook["附件2"])) == is_in
    assert workbook["封面"]["A1"].value == workbook["附件2"]["G1"].value == "未定稿"


def test_the_final_file_bears_no_mark(campaign, clerk, sent):
    sent("minhang", "approved", {})

    workbook = merged(campaign, clerk)

    assert "未定稿" not in {cell.value for sheet in workbook for row in sheet.iter_rows() for cell in row}


def test_every_cell_arrives_under_its_heading(campaign, clerk, sent):
    sent("minhang", "approved", {"scale": "约200人"})
    sent("shangwuwei", "approved", {"co_host": "上海海关"})

    workbook = merged(campaign, clerk)

    for sheet, form, typed in (
        (workbook["附件1"], make.ANNEX_1, {"co_host": "上海海关"}),
        (workbook["附件2"], make.ANNEX_2, {"scale": "约200人"}),
    ):
        assert [cell.value for cell in sheet[3]] == [column.label for column in form.columns]
        assert cells(sheet)[1] == [{**make.CELLS, **typed}.get(column.key) for column in form.columns]


def test_units_stand_in_official_order_each_under_its_own_band(campaign, clerk, sent):
    sent("minhang", "approved", {"event_name": "乙"}, {"event_name": "丙"})
    sent("xuhui", "approved", {"event_name": "甲"})

    sheet = merged(campaign, clerk)["附件2"]

    assert names(sheet) == ["甲", "乙", "丙"]
    assert bands(sheet) == ["单位名称：徐汇区知识产权联席会议办公室　　填表时间：", "单位名称：闵行区知识产权联席会议办公室　　填表时间："]


def test_the_newest_submission_merges_and_not_what_was_typed_since(campaign, clerk, sent):
    table = sent("minhang", "approved", {"event_name": "报送的名称"})
    row = db.session.query(Activity).filter_by(table_id=table.id, is_header=False).one()
    with transaction():
        row.values = {**row.values, "event_name": "后来的名称"}

    assert names(merged(campaign, clerk)["附件2"]) == ["报送的名称"]


def test_columns_that_a_district_added_stay_at_home(campaign, clerk, sent):
    sent("minhang", "approved", {"minhang.street": "七宝镇"})

    workbook = merged(campaign, clerk)

    assert workbook["附件2"].max_column == 8
    assert "七宝镇" not in {cell for row in cells(workbook["附件2"]) for cell in row}


def test_a_corrected_heading_is_the_newest_notices(campaign, clerk, sent):
    sent("minhang", "approved", {})
    form = schema.annex(2, "更正后的标题", [*(column.label for column in make.ANNEX_2.columns[:-1]), "联系人（手机）"], [("单位名称", "")])
    with transaction():
        campaign.annexes.append(AnnexSchema(annex=2, version=2, title=form.title, form=schema.as_json(form)))

    sheet = merged(campaign, clerk)["附件2"]

    assert sheet["A2"].value == "更正后的标题"
    assert (sheet["H3"].value, sheet["H5"].value) == ("联系人（手机）", make.CELLS["contact"])


# ---- the cover -----------------------------------------------------------------------------------------------


@time_machine.travel("2024-04-15 02:32:00Z", tick=False)
def test_the_cover_tells_the_facts_and_who_is_not_in_the_annexes(campaign, clerk, sent):
    sent("minhang", "approved", {}, {})
    sent("xuhui", "approved", nil_return=True)
    make.table("shangwuwei", "returned")
    make.table("haiguan", is_excused=True)
    make.unit("new-district", name="新设区", level="district", sort_no=120)

    said = cover(merged(campaign, clerk))

    assert said["2024年知识产权宣传周重点活动汇总表"] is None
    assert (said["宣传周"], said["发文字号"], said["报送截止"]) == (
        "2024年4月20日至26日",
        "沪知联办〔2024〕2号",
        "2024年4月12日（周五）24:00",
    )
    assert said["汇总时间"] == "2024年4月15日 10:32"
    assert said["附件2零报送"] == "徐汇区"
    assert said["附件2未汇总"] == "新设区（未下发任务）"
    assert "上海市商务委员会（退回修改）" in said["附件1未汇总"]
    assert said["附件1本年免报"] == "haiguan单位"


def test_the_cover_counts(campaign, clerk, sent):
    sent("minhang", "approved", {}, {})
    sent("xuhui", "submitted", {})

    tally = service.gather(campaign, by=clerk).cover.tallies[1]

    assert tally.numbers == ("附件2", "2", "1", "2", "0", "1", "0")
    assert tally.missing == (("徐汇区", "已报送，待审核"),)


def test_a_nil_return_has_no_band(campaign, clerk, sent):
    sent("xuhui", "approved", nil_return=True)

    assert bands(merged(campaign, clerk)["附件2"]) == []


def test_with_nothing_approved_there_is_still_a_file(campaign, clerk):
    assert merged(campaign, clerk)["附件1"]["A4"].value == layout.NOTHING


# ---- the name of a unit ----------------------------------------------------------------------------------------

SUFFIX = "区知识产权联席会议办公室"


@pytest.mark.parametrize(
    "typed, printed",
    [
        ("闵行区", "闵行区知识产权联席会议办公室"),
        ("闵行", "闵行区知识产权联席会议办公室"),
        ("闵行区知识产权联席会议办公室", "闵行区知识产权联席会议办公室"),
        ("闵行区知识产权", "闵行区知识产权联席会议办公室"),
        ("闵行区市场监督管理局", "闵行区市场监督管理局"),
        ("", ""),
    ],
)
def test_the_printed_suffix_stands_once(typed, printed):
    assert schema.HeaderField("unit_name", "单位名称", SUFFIX).full(typed, "闵行区") == printed


# ---- who, and what stays of it -----------------------------------------------------------------------------------


@pytest.mark.parametrize("who", [("minhang", "filler"), ("office", "viewer"), ("office", "auditor"), ("office", "admin")])
def test_only_the_office_merges(campaign, sent, who):
    with pytest.raises(Forbidden):
        service.merge(campaign, by=make.person(*who))


def test_each_merge_is_a_line_of_the_audit_log(campaign, clerk, sent):
    sent("minhang", "approved", {})

    service.merge(campaign, by=clerk, include_submitted=True)

    line = db.session.query(AuditEntry).filter_by(action="workbook-merged").one()
    assert (line.actor, line.object, line.detail) == (clerk.username, f"campaign:{campaign.id}", "2024年，1 项活动，未定稿")


def test_each_row_can_be_traced_to_the_units_own(campaign, clerk, sent):
    sent("minhang", "approved", {"event_name": "乙", "content": "很长。" * 900}, {"event_name": "丙"})
    sent("xuhui", "approved", {"event_name": "甲"})

    found = service.trace(campaign, by=clerk)
    sheet = merged(campaign, clerk)["附件2"]

    by_name = {sheet.cell(place.row, 2).value: place for place in found}
    assert {name: place.unit for name, place in by_name.items()} == {"甲": "xuhui", "乙": "minhang", "丙": "minhang"}
    assert all(db.session.get(Activity, place.row_id).values["event_name"] == name for name, place in by_name.items())


# ---- the pages -----------------------------------------------------------------------------------------------


def fetch(desk, path):
    """A download, whose bytes are no page."""
    for name in list(g):  # the test's own context would lend its g to the request
        g.pop(name)
    return desk.client.get(path)


@pytest.fixture
def office(app, campaign):
    return Desk(app).sit(make.user("office", "clerk"))


def test_the_page_says_what_will_be_merged_and_what_is_missing(office, campaign, sent):
    sent("minhang", "approved", {}, {})
    sent("xuhui", "submitted", {})

    page = office.get(f"/campaigns/{campaign.id}/workbook").text

    assert "将汇总 <b>1</b> 张审核通过的表，共 <b>2</b> 项活动" in page
    assert "徐汇区（已报送，待审核）" in page
    assert "还有 1 张表已报送、待审核。连同它们一起生成（文件标明“未定稿”）" in page


def test_the_menu_leads_to_the_current_campaign(office, campaign):
    assert office.get("/workbook").headers["Location"].endswith(f"/campaigns/{campaign.id}/workbook")


@pytest.mark.parametrize(
    "query, name", [("", "2024年知识产权宣传周重点活动汇总表.xlsx"), ("?submitted=1", "2024年知识产权宣传周重点活动汇总表（未定稿）.xlsx")]
)
def test_the_download_has_a_chinese_name_and_is_not_kept(office, campaign, sent, query, name):
    sent("minhang", "approved", {})

    response = fetch(office, f"/campaigns/{campaign.id}/workbook.xlsx{query}")

    assert response.headers["Content-Disposition"] == f"attachment; filename*=UTF-8''{quote(name)}"
    assert "no-store" in response.headers["Cache-Control"]
    assert opened(response.data).sheetnames == ["封面", "附件1", "附件2", "活动总表", "统计", "未报单位"]


@pytest.mark.parametrize("path", ["workbook", "workbook.xlsx"])
def test_a_filler_gets_neither_page_nor_file(app, campaign, path):
    filler = Desk(app).sit(make.user("minhang", "filler"))

    assert filler.get(f"/campaigns/{campaign.id}/{path}").status_code == 403


@pytest.mark.parametrize("path", ["/campaigns/987654/workbook", "/campaigns/987654/workbook.xlsx", "/tables/987654.xlsx"])
def test_what_is_not_there_is_not_found(office, path):
    assert office.get(path).status_code == 404


def test_a_unit_downloads_its_own_table_with_its_phones(app, campaign, sent):
    table = sent("minhang", "draft", {"contact": "张三 13800000001"})
    filler = Desk(app).sit(make.user("minhang", "filler"))

    response = fetch(filler, f"/tables/{table.id}.xlsx")

    sheet = opened(response.data)["附件2"]
    assert sheet["A3"].value.startswith("单位名称：闵行区知识产权联席会议办公室")
    assert sheet["H5"].value == "张三 13800000001"
    assert response.headers["Content-Disposition"].endswith(quote("闵行区_附件2_2024年重点活动安排表.xlsx"))


def test_someone_elses_table_is_not_found(app, campaign, sent):
    table = sent("minhang", "draft", {})
    filler = Desk(app).sit(make.user("xuhui", "filler"))

    assert filler.get(f"/tables/{table.id}.xlsx").status_code == 404


def test_a_leader_sees_phones_masked(campaign, sent):
    table = sent("minhang", "approved", {"contact": "张三 13800000001"})

    _, data = service.own_table(table.id, by=make.person("office", "viewer"))

    assert "13800000001" not in opened(data)["附件2"]["H5"].value


def test_an_empty_table_downloads_as_a_form_to_fill(campaign):
    table = make.table("minhang")

    _, data = service.own_table(table.id, by=make.person("minhang", "filler"))

    sheet = opened(data)["附件2"]
    assert sheet.max_row == 4 + service.EMPTY_ROWS
    assert sheet["H9"].border.top.style == "thin"


# ---- the command -----------------------------------------------------------------------------------------------


def test_the_command_means_the_newest_open_campaign_or_says_there_is_none(app):
    with pytest.raises(NotFound, match="还没有开启的活动"):
        service.campaign_of(None)
    older, newer = make.campaign(year=2024), make.campaign(year=2025)

    assert service.campaign_of(None).id == newer.id
    assert service.campaign_of(2024).id == older.id
    with pytest.raises(NotFound, match="没有 2023 年的活动"):
        service.campaign_of(2023)
