"""The public edition: nobody's name and number in any of its files, and published only by a second person."""

import re
import zipfile
from io import BytesIO

import docx
import pytest

from ipweek.accounts.models import AuditEntry
from ipweek.annexes.models import AnnexTable
from ipweek.errors import Conflict, Forbidden, Invalid, NotFound
from ipweek.extensions import db
from ipweek.notice import schema
from ipweek.transaction import transaction
from ipweek.workbooks import public_editions
from ipweek.workbooks.public import edition as editions
from ipweek.workbooks.public import masking
from ipweek.workbooks.public.masking import Known
from tests import make
from tests.desk import Desk

from .official import opened

PRIVATE = {
    "event_name": "知识产权进商圈",
    "content": "报名请联系王小二，电话021-00001234，手机 1380000 0001，邮箱 wxe@example.com；腾讯会议号：123 456 789",
    "venue": "七宝万科广场（联系人：李晓东 5555 0001）",
    "attendees": "身份证310101199001011234登记",
    "contact": "王小二 13800000001",
}
SECRETS = ["王小二", "李晓东", "13800000001", "1380000 0001", "00001234", "5555", "wxe", "123 456 789", "310101", ">联系人<"]


@pytest.fixture
def campaign(app):
    return make.campaign()


@pytest.fixture
def clerk(campaign):
    return make.person("office", "clerk")


@pytest.fixture
def head(campaign):
    return make.person("office", "head")


def readable(data, kind):
    """All text of a file, whatever its kind."""
    if kind in {"html", "ics"}:
        return data.decode().replace("\r\n ", "")
    with zipfile.ZipFile(BytesIO(data)) as archive:
        return "\n".join(archive.read(name).decode("utf-8", "ignore") for name in archive.namelist())


@pytest.mark.parametrize("kind", editions.KINDS)
def test_no_file_holds_a_name_or_a_number(campaign, clerk, sent, kind):
    sent("minhang", "approved", PRIVATE)
    made = public_editions.draft(campaign, by=clerk)

    text = readable(public_editions.download(campaign, made.number, kind, by=clerk)[1], kind)

    assert "知识产权进商圈" in text
    assert [secret for secret in SECRETS if secret in text] == []


def test_the_report_says_where_and_never_what(campaign, clerk, sent):
    sent("minhang", "approved", PRIVATE)
    made = public_editions.draft(campaign, by=clerk)

    report = public_editions.masked(made)

    assert [(one.unit, one.event_name, one.column, one.kinds) for one in report] == [
        ("闵行区", "知识产权进商圈", "活动地点", "联系人姓名、电话号码"),
        ("闵行区", "知识产权进商圈", "活动内容", "电子邮箱、会议号或链接、手机号、联系人姓名、电话号码"),
        ("闵行区", "知识产权进商圈", "出席范围", "身份证号"),
    ]
    assert not [secret for one in report for secret in SECRETS if secret in one.now]


def test_it_is_published_by_a_second_person_and_by_nobody_else(campaign, clerk, head, sent):
    sent("minhang", "approved", {})
    made = public_editions.draft(campaign, by=clerk)

    with pytest.raises(Forbidden, match="另一位同事"):
        public_editions.confirm(campaign, made.number, by=clerk)
    for role in ("viewer", "admin", "auditor"):
        with pytest.raises(Forbidden):
            public_editions.confirm(campaign, made.number, by=make.person("office", role))
    done = public_editions.confirm(campaign, made.number, by=head)

    assert (done.status, done.confirmed_by_id) == ("published", head.id)
    assert [line.action for line in db.session.query(AuditEntry).order_by(AuditEntry.id) if line.action.startswith("public")] == [
        "public.draft",
        "public.confirm",
    ]


def test_files_are_marked_until_it_is_published_and_again_when_it_is_taken_back(campaign, clerk, head, sent):
    sent("minhang", "approved", {})
    number = public_editions.draft(campaign, by=clerk).number

    def seen():
        name, data = public_editions.download(campaign, number, "xlsx", by=clerk)
        return (
            name,
            opened(data)["附件2"]["F1"].value,
            "未发布" in readable(public_editions.download(campaign, number, "html", by=clerk)[1], "html"),
        )

    assert seen() == ("2024年上海知识产权宣传周活动安排（公开版）_第1稿（未发布）.xlsx", "未发布", True)
    public_editions.confirm(campaign, number, by=head)
    assert seen() == ("2024年上海知识产权宣传周活动安排（公开版）_第1稿.xlsx", None, False)
    public_editions.withdraw(campaign, number, "时间有误", by=clerk)
    assert seen()[1] == "已撤下"


@pytest.mark.parametrize("kind", ["docx", "list"])
def test_a_word_file_bears_the_mark_on_every_page(campaign, clerk, sent, kind):
    sent("minhang", "approved", {})
    made = public_editions.draft(campaign, by=clerk)

    document = docx.Document(BytesIO(public_editions.download(campaign, made.number, kind, by=clerk)[1]))

    assert document.sections[0].header.paragraphs[0].text == "未发布"


def test_a_table_that_changed_since_the_draft_is_not_published(campaign, clerk, head, sent):
    table = sent("minhang", "approved", {})
    made = public_editions.draft(campaign, by=clerk)
    with transaction():
        db.session.get(AnnexTable, table.id).status = "returned"

    with pytest.raises(Conflict, match="闵行区的表有变动"):
        public_editions.confirm(campaign, made.number, by=head)


def test_what_is_not_approved_is_in_no_edition(campaign, clerk, sent):
    with pytest.raises(Conflict, match="还没有审核通过的活动"):
        public_editions.draft(campaign, by=clerk)
    sent("xuhui", "submitted", {"event_name": "尚未审核"})
    sent("minhang", "approved", {})

    made = public_editions.draft(campaign, by=clerk)

    assert "尚未审核" not in str(made.content)


def test_a_new_draft_takes_the_place_of_the_open_one_and_a_new_edition_of_the_published_one(campaign, clerk, head, sent):
    sent("minhang", "approved", {})
    first = public_editions.draft(campaign, by=clerk)
    second = public_editions.draft(campaign, by=clerk)
    public_editions.confirm(campaign, second.number, by=head)
    third = public_editions.draft(campaign, by=clerk)
    public_editions.confirm(campaign, third.number, by=head)

    found = {one.number: (one.status, one.withdrawn_why) for one in public_editions.every(campaign, by=clerk)}
    assert found == {1: ("replaced", ""), 2: ("withdrawn", "由第 3 稿代替"), 3: ("published", "")}
    with pytest.raises(Conflict):
        public_editions.confirm(campaign, first.number, by=head)


def test_a_word_that_is_no_name_can_be_kept(campaign, clerk, sent):
    sent("minhang", "approved", {"contact": "高新 13800000001", "content": "走进高新技术企业"})
    first = public_editions.draft(campaign, by=clerk)
    assert public_editions.words(first) == ["高新"]

    second = public_editions.draft(campaign, by=clerk, keep=["高新"])

    assert "走进高新技术企业" in str(second.content)
    assert second.report == []


def test_taking_back_needs_a_reason(campaign, clerk, sent):
    sent("minhang", "approved", {})
    made = public_editions.draft(campaign, by=clerk)

    for why in ("", "  ", "长" * 201):
        with pytest.raises(Invalid):
            public_editions.withdraw(campaign, made.number, why, by=clerk)


@pytest.mark.parametrize("number, kind", [(9, "xlsx"), (1, "pdf")])
def test_what_is_not_there_is_not_found(campaign, clerk, sent, number, kind):
    sent("minhang", "approved", {})
    public_editions.draft(campaign, by=clerk)

    with pytest.raises(NotFound):
        public_editions.download(campaign, number, kind, by=clerk)


def test_the_calendar_holds_days_and_places_and_no_undated_activity(campaign, clerk, sent):
    sent("minhang", "approved", {"event_time": "4月22日至24日"}, {"event_name": "待定的", "event_time": "待定"})
    made = public_editions.draft(campaign, by=clerk)

    text = readable(public_editions.download(campaign, made.number, "ics", by=clerk)[1], "ics")

    assert text.count("BEGIN:VEVENT") == 1
    assert "DTSTART;VALUE=DATE:20240422" in text
    assert "DTEND;VALUE=DATE:20240425" in text
    assert "LOCATION:七宝万科广场一楼中庭" in text


@pytest.mark.parametrize("said", ["4月下旬", "4月22日左右", "4月", "4月20日至26日期间择日"])
def test_a_stretch_in_which_it_lies_is_no_day_for_the_publics_calendar(app, campaign, clerk, sent, said):
    sent("minhang", "approved", {"event_time": said}, {"event_time": "4月23日下午"}, {"event_time": "4月20日至26日"})
    made = public_editions.draft(campaign, by=clerk)

    text = readable(public_editions.download(campaign, made.number, "ics", by=clerk)[1], "ics")
    page = Desk(app).sit(clerk).get(f"/campaigns/{campaign.id}/public/{made.number}").text

    assert re.findall(r"DTSTART;VALUE=DATE:(\d+)", text) == ["20240420", "20240423"]
    assert "有 1 项活动没有确定日期，不在日历文件里" in page


def test_the_page_for_a_site_needs_no_style_sheet_and_escapes_what_was_typed(campaign, clerk, sent):
    sent("minhang", "approved", {"event_name": "<script>alert(1)</script>"})
    made = public_editions.draft(campaign, by=clerk)

    page = readable(public_editions.download(campaign, made.number, "html", by=clerk)[1], "html")

    assert "&lt;script&gt;" in page
    assert "<script" not in page
    assert not re.search(r"<style|<link|class=", page)


@pytest.mark.parametrize("label", ["联系人", "联系电话", "联系人及电话", "手机", "负责人", "电子邮箱", "经办人姓名"])
def test_columns_of_people_are_left_out_whatever_they_are_called(label):
    form = schema.annex(
        1, "表", ["主办单位", "重点活动名称", "活动时间", label, "备注"], [("单位名称", ""), ("填表人", ""), ("填表时间", "")]
    )

    public = masking.public_form(form)

    assert [column.label for column in public.columns] == ["主办单位", "重点活动名称", "活动时间", "备注"]
    assert [field.label for field in public.header_fields] == ["单位名称"]


@pytest.mark.parametrize(
    "text, masked",
    [
        ("由张三主持", "由〔姓名略〕主持"),
        ("咨询 6437—0001", "咨询 〔电话略〕"),
        ("咨询６４３７０００１", "咨询〔电话略〕"),
        ("2024年4月22日，约200人，第12345678号", "2024年4月22日，约200人，第12345678号"),
        ("负责人：陈晓明。", "负责人：〔姓名略〕。"),
        ("咨询欧阳娜娜（13800000009）", "咨询欧阳娜娜（〔电话略〕）"),
        ("咨询：欧阳娜（13800000009）", "咨询：〔姓名略〕（〔电话略〕）"),
        ("报名联系王老师", "报名联系〔姓名略〕"),
        ("李晓东 13800000009、王芳 13800000008", "〔姓名略〕 〔电话略〕、〔姓名略〕 〔电话略〕"),
        ("静安公园 62170001", "静安公园 〔电话略〕"),
        ("由张　三主持，张\u200b三致辞", "由〔姓名略〕主持，〔姓名略〕致辞"),
        ("咨询６４３７　０００１", "咨询〔电话略〕"),
        ("13800000009（李娜）", "〔电话略〕（〔姓名略〕）"),
        ("电话：13800000009，李娜", "电话：〔电话略〕，〔姓名略〕"),
        ("咨询：李娜、13800000009", "咨询：〔姓名略〕、〔电话略〕"),
        ("联系人：陈晓明、李娜", "联系人：〔姓名略〕、〔姓名略〕"),
        ("报名加微信号linahappy，或ＱＱ：12345678", "报名加微信号〔账号略〕，或ＱＱ：〔账号略〕"),
        ("企业微信：li_na2", "企业微信：〔账号略〕"),
        ("扫码进入 https://meeting.tencent.com/dm/AbcdeFgh", "扫码进入 〔会议号略〕"),
        ("电话62170001，周六休息，时间9:00", "电话〔电话略〕，周六休息，时间9:00"),
        ("关注微信公众号 shipa2024，通过QQ、微信直播", "关注微信公众号 shipa2024，通过QQ、微信直播"),
        ("联系人工智能企业，负责人才培训", "联系人工智能企业，负责人才培训"),
        ("高新技术企业负责人高级研修班", "高新技术企业负责人高级研修班"),
    ],
)
def test_known_people_and_their_numbers_are_found_however_written(text, masked):
    assert masking.mask(text, Known(frozenset({"张三"}), frozenset({"64370001"})))[0] == masked


def test_a_number_is_its_owners_in_everybodys_table(campaign, clerk, sent):
    sent("minhang", "approved", {"contact": "王小二 64370001"})
    sent("xuhui", "approved", {"content": "报名６４３７ ０００１"})

    made = public_editions.draft(campaign, by=clerk)

    assert "报名〔电话略〕" in readable(public_editions.download(campaign, made.number, "html", by=clerk)[1], "html")


def test_the_pages_lead_from_a_draft_to_the_published_edition(app, campaign, sent):
    sent("minhang", "approved", PRIVATE)
    clerk, head = (Desk(app).sit(make.user("office", role)) for role in ("clerk", "head"))
    path = f"/campaigns/{campaign.id}/public"
    assert "还没有公开版" in clerk.get(path).text
    assert clerk.post(path).headers["Location"].endswith("/public/1")

    seen = clerk.get(f"{path}/1")
    assert "要由办公室的另一位同事" in seen.text
    assert "13800000001" not in seen.text
    assert clerk.post(f"{path}/1/confirm", data={"read": "1"}).status_code == 403
    head.get(f"{path}/1")
    assert head.post(f"{path}/1/confirm").status_code == 422
    assert head.post(f"{path}/1/confirm", data={"read": "1"}).status_code == 303
    assert "已发布" in head.get(path).text
    downloaded = head.get(f"{path}/1/docx")
    assert downloaded.headers["Content-Type"].endswith("wordprocessingml.document")
    assert head.get(f"{path}/1/pdf").status_code == 404
    assert head.post(f"{path}/1/withdraw", data={"why": ""}).status_code == 422
    assert head.post(f"{path}/1/withdraw", data={"why": "有误"}).status_code == 303
