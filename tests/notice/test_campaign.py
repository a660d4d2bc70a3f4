"""From a notice to a running campaign: drafted, corrected, opened, closed, withdrawn."""

from __future__ import annotations

import io
import json
import os
import re
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from ipweek import clock
from ipweek.annexes import campaigns
from ipweek.annexes import service as annexes
from ipweek.errors import Conflict, Forbidden, Invalid, NotFound
from ipweek.extensions import db
from ipweek.files.models import StoredFile
from ipweek.notice import deadlines, schema, service
from ipweek.notice.forms import facts_form
from ipweek.notice.models import Campaign, Extension
from ipweek.transaction import transaction
from tests import make
from tests.browser import ROOT
from tests.desk import Desk
from tests.notice.test_reader_pdf import pdf, show

pytestmark = pytest.mark.usefixtures("app")
NOTICE = Path(__file__).parents[2] / "ipweek/maintenance/demo_data/notice.txt"
REAL = Path(__file__).parents[3] / "shared/notice"


@pytest.fixture(scope="module")
def facts() -> dict[str, Any]:
    return service.read(NOTICE.read_bytes(), "通知.txt")


def draft(facts: dict[str, Any]) -> Campaign:
    return service.draft(facts, by=make.person("office", "clerk"))


def test_a_notice_becomes_a_draft_with_all_of_its_facts(facts: dict[str, Any]) -> None:
    campaign = draft(facts)

    assert (campaign.status, campaign.year, campaign.doc_number) == ("draft", 2024, "沪知联办〔2024〕2号")
    assert (campaign.starts_on, campaign.ends_on) == (date(2024, 4, 20), date(2024, 4, 26))
    assert campaign.theme == "知识产权转化运用促进高质量发展"
    assert [(due.kind, due.on) for due in deadlines.dues(campaign)] == [("plan", date(2024, 4, 12)), ("summary", date(2024, 5, 7))]
    assert [[column["label"] for column in form.form["columns"]][-2:] for form in campaign.annexes] == [
        ["协办部门", "联系人"],
        ["活动规模 (参与人数)", "联系人"],
    ]


@pytest.mark.parametrize("name", ["2024-shanghai.docx", "2024-shanghai.txt"])
def test_the_real_notice_comes_out_complete(name: str) -> None:
    if not REAL.exists():
        pytest.skip("the real notice is not here")

    campaign = draft(service.read((REAL / name).read_bytes(), name))

    assert (campaign.doc_number, campaign.issue_date) == ("沪知联办〔2024〕2号", date(2024, 3, 29))
    assert (campaign.starts_on, campaign.ends_on) == (date(2024, 4, 20), date(2024, 4, 26))
    assert [(due.kind, due.on) for due in deadlines.dues(campaign)] == [("plan", date(2024, 4, 12)), ("summary", date(2024, 5, 7))]
    assert [schema.from_json(form.form).columns for form in campaign.annexes] == [make.ANNEX_1.columns, make.ANNEX_2.columns]
    assert [schema.from_json(form.form).header_fields for form in campaign.annexes] == [
        make.ANNEX_1.header_fields,
        make.ANNEX_2.header_fields,
    ]
    assert (campaign.contacts, len(campaign.phones), bool(campaign.fax), bool(campaign.email)) == (["郑益枫", "李晴"], 2, True, True)


def test_opening_hands_every_unit_the_annex_of_its_level(facts: dict[str, Any]) -> None:
    for slug in ("office", "minhang", "shangwuwei"):
        make.unit(slug)
    closed = make.unit("xuhui")
    with transaction():
        db.session.merge(closed).is_active = False
    campaign = draft(facts)

    assert campaigns.open_campaign(campaign, by=make.person("office", "clerk")) == 3
    assert {(table.unit.slug, table.annex) for table in annexes.tables_of(campaign)} == {("office", 1), ("shangwuwei", 1), ("minhang", 2)}
    assert annexes.hand_out(campaign) == []


def test_a_district_sees_its_name_above_the_table_in_whole(facts: dict[str, Any]) -> None:
    make.unit("minhang")
    campaign = draft(facts)
    campaigns.open_campaign(campaign, by=make.person("office", "clerk"))

    table = annexes.tables_of(campaign)[-1]
    field = schema.from_json(table.schema.form).header_fields[0]

    assert field.full(annexes.header_of(table).values["unit_name"]) == "闵行区知识产权联席会议办公室"


@pytest.mark.parametrize(
    "missing, said",
    [({"starts_on": None}, "起止|开始和结束"), ({"deadlines": []}, "截止日期"), ({"annexes": []}, "表头")],
)
def test_what_is_incomplete_can_not_be_opened(facts: dict[str, Any], missing: dict[str, Any], said: str) -> None:
    campaign = draft({**facts, **missing})

    with pytest.raises(Invalid, match=said):
        campaigns.open_campaign(campaign, by=make.person("office", "clerk"))

    assert db.session.get_one(Campaign, campaign.id).status == "draft"
    assert annexes.tables_of(campaign) == []


NO_NOTICE = "没有从这份文件读到通知的内容，请确认上传的是宣传周通知，或把通知全文粘贴到文本框里。"


@pytest.mark.parametrize("text", ["x", "今天天气很好，大家一起去吃饭。", "张三 13800000001，2026年4月26日"])
def test_a_text_that_is_no_notice_starts_no_campaign(app: Flask, text: str) -> None:
    clerk = Desk(app).sit(make.user("office", "clerk"))

    answer = clerk.post("/notices/new", {"pasted": text})

    assert answer.status_code == 422
    assert NO_NOTICE in answer.text
    assert text in answer.text
    assert db.session.query(Campaign).count() == 0
    assert db.session.query(StoredFile).count() == 0


def _zipped(**parts: str) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as package:
        for name, words in parts.items():
            package.writestr(name.replace("__", "/").replace("_", "."), words)
    return file.getvalue()


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600


@pytest.mark.parametrize(
    ("name", "data", "says"),
    [
        ("通知.doc", OLE + "WordDocument".encode("utf-16-le"), "docx"),
        ("通知.wps", OLE + "WordDocument".encode("utf-16-le"), "docx"),
        ("通知.docx", OLE + "EncryptedPackage".encode("utf-16-le"), "密码"),
        ("通知.ofd", _zipped(OFD_xml="<ofd/>"), "OFD"),
        ("通知.pdf", pdf(b""), "扫描件"),
        ("通知.pdf", pdf(show(90, 800, "通知"), password="x"), "密码"),
        ("通知.txt", b"", "空"),
    ],
    ids=["doc", "wps", "locked", "ofd", "scan", "locked-pdf", "empty"],
)
def test_what_cant_be_read_is_refused_on_the_page_with_what_to_do(app: Flask, name: str, data: bytes, says: str) -> None:
    clerk = Desk(app).sit(make.user("office", "clerk"))

    answer = clerk.post("/notices/new", {"file": (io.BytesIO(data), name)}, content_type="multipart/form-data")

    assert answer.status_code in {413, 415, 422}
    told = re.search(r'role="alert">([^<]+)<', answer.text)
    assert told is not None
    assert says in told[1]
    assert "请" in told[1]
    assert db.session.query(Campaign).count() == 0


def test_the_command_imports_no_text_that_is_no_notice(app: Flask, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("hi", "utf-8")
    environ = {**os.environ, "IPWEEK_INSTANCE": str(app.extensions["settings"].instance), "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "ipweek", "notice", "import", str(tmp_path / "a.txt")]

    done = subprocess.run(command, env=environ, capture_output=True, text=True, encoding="utf-8", timeout=60, check=False)

    assert (done.returncode, done.stderr) == (2, f"{NO_NOTICE}\n")
    assert db.session.query(Campaign).count() == 0


def test_a_notice_without_a_date_becomes_a_draft_with_empty_fields() -> None:
    read = service.read("关于做好宣传工作的通知\n各单位：\n请认真组织。".encode(), "通知.txt")

    campaign = draft(read)

    assert (campaign.starts_on, campaign.ends_on, list(campaign.deadlines), list(campaign.annexes)) == (None, None, [], [])


def test_one_campaign_a_year_is_open(facts: dict[str, Any]) -> None:
    clerk = make.person("office", "clerk")
    campaigns.open_campaign(draft(facts), by=clerk)

    with pytest.raises(Conflict, match="已有一次进行中"):
        campaigns.open_campaign(draft(facts), by=clerk)


def test_corrections_stay_on_the_page_when_another_campaign_of_the_year_is_open(app: Flask, facts: dict[str, Any]) -> None:
    make.campaign(status="open")
    campaign = draft(facts)
    office = Desk(app).sit(make.user("office", "clerk"))
    with app.test_request_context():
        sent = {name: value or "" for name, value in _entered(facts_form(campaign).data)}

    answer = office.post(f"/campaigns/{campaign.id}/confirm", {**sent, "theme": "改过的主题"})

    assert answer.status_code == 409
    assert "2024年已有一次进行中的活动，请先关闭或撤销它。" in answer.text
    assert 'value="改过的主题"' in answer.text


def test_a_campaign_is_closed_and_opened_again(facts: dict[str, Any]) -> None:
    clerk = make.person("office", "clerk")
    campaign = draft(facts)
    campaigns.open_campaign(campaign, by=clerk)

    service.close(campaign, by=clerk)
    assert campaign.status == "closed"
    with pytest.raises(Conflict):
        service.close(campaign, by=clerk)
    campaigns.open_campaign(campaign, by=clerk)
    assert campaign.status == "open"


def test_a_mistaken_campaign_is_withdrawn_only_before_anything_was_sent(facts: dict[str, Any]) -> None:
    clerk = make.person("office", "clerk")
    make.unit("minhang")
    first = draft(facts)
    campaigns.open_campaign(first, by=clerk)
    with transaction():
        annexes.tables_of(first)[0].submitted_at = first.created_at

    with pytest.raises(Conflict, match="已有 1 个单位报送"):
        campaigns.withdraw_campaign(first, by=clerk)
    with transaction():
        annexes.tables_of(first)[0].submitted_at = None
    campaigns.withdraw_campaign(first, by=clerk)

    assert first.status == "withdrawn"


@pytest.mark.parametrize("roles", [("filler",), ("viewer",), ("admin",), ("auditor",)])
def test_only_the_office_drafts_and_opens(facts: dict[str, Any], roles: tuple[str, ...]) -> None:
    stranger = make.person("minhang", *roles)
    campaign = draft(facts)

    with pytest.raises(Forbidden):
        service.draft(facts, by=stranger)
    with pytest.raises(NotFound):
        service.to_manage(campaign.id, by=stranger)
    with pytest.raises(NotFound):
        service.get(campaign.id, by=stranger)


def test_a_corrected_heading_keeps_its_key(facts: dict[str, Any]) -> None:
    clerk = make.person("office", "clerk")
    campaign = draft(facts)
    renamed = schema.annex(2, "表", ["主办单位", "重点活动名称", "举办时间", "活动地点", "联系人"], [("单位名称", "")])

    service.correct(campaign, {name: getattr(campaign, name) for name in service.FACTS}, [], [renamed], by=clerk)

    assert [column.key for column in schema.from_json(campaign.annexes[0].form).columns] == [
        "host",
        "event_name",
        "event_time",
        "venue",
        "contact",
    ]


def test_the_summary_is_due_by_the_calendar_and_follows_the_week(facts: dict[str, Any]) -> None:
    campaign = draft(facts)
    assert deadlines.due_of(campaign, "summary").on == date(2024, 5, 7)  # type: ignore[union-attr]

    with transaction():
        campaign.ends_on = date(2024, 4, 19)

    assert deadlines.due_of(campaign, "summary").on == date(2024, 4, 26)  # type: ignore[union-attr]


def test_a_year_without_a_calendar_gives_no_date_and_says_what_to_do(facts: dict[str, Any]) -> None:
    campaign = draft(facts)
    with transaction():
        campaign.starts_on, campaign.ends_on = date(2031, 4, 20), date(2031, 4, 26)

    due = deadlines.due_of(campaign, "summary")

    assert due is not None
    assert (due.on, due.at) == (None, None)
    assert "2031" in due.note


def test_the_twelfth_is_included_until_midnight_in_shanghai(facts: dict[str, Any]) -> None:
    due = deadlines.due_of(draft(facts), "plan")

    assert due is not None
    assert due.at is not None
    assert due.at.isoformat() == "2024-04-13T00:00:00+08:00"


def test_the_working_days_until_a_deadline_are_counted_with_its_own_day(facts: dict[str, Any]) -> None:
    plan, summary = deadlines.dues(draft(facts))

    left = deadlines.workdays_left([plan, summary], date(2024, 4, 3))

    assert left == {plan: 7, summary: 22}  # 4 and 5 April and 1 to 3 May are free; 7 and 28 April are worked
    assert deadlines.workdays_left([plan], date(2024, 4, 13)) == {}
    assert deadlines.workdays_left([plan], date(2024, 4, 12)) == {plan: 1}


def test_an_extension_counts_for_its_unit_alone(facts: dict[str, Any]) -> None:
    clerk = make.person("office", "clerk")
    campaign, unit, other = draft(facts), make.unit("minhang"), make.unit("xuhui")
    plain = deadlines.due_of(campaign, "plan", annex=2, unit_id=other.id)
    until = date(2024, 4, 16)

    deadlines.extend(campaign.deadlines[0], unit, until=plain.at.replace(day=17), why="主管领导出差", by=clerk)  # type: ignore[union-attr]

    longer = deadlines.due_of(campaign, "plan", annex=2, unit_id=unit.id)
    assert longer is not None
    assert (longer.on, longer.extended) == (until, True)
    assert deadlines.due_of(campaign, "plan", annex=2, unit_id=other.id) == plain
    assert db.session.query(Extension).count() == 1


def test_evidence_is_kept_beside_the_facts(facts: dict[str, Any]) -> None:
    campaign = draft(facts)

    assert "2024年4月20日至26日" in campaign.evidence["starts_on"]
    assert json.dumps(campaign.evidence)


def test_the_page_says_what_a_close_would_leave_out_and_withdraws_only_while_nothing_was_sent(app: Flask) -> None:
    home = make.table("minhang")
    make.table("xuhui", is_excused=True)
    desk = Desk(app).sit(make.person("office", "clerk"))

    before = desk.get(f"/campaigns/{home.campaign_id}").text
    with transaction():
        home.status, home.submitted_at = "submitted", home.campaign.created_at
    after = desk.get(f"/campaigns/{home.campaign_id}").text

    assert "还有 1 个单位没有报送，关闭后须申请补报" in before
    assert "撤销这次活动" in before
    assert "已有 1 个单位报送，不能再撤销" in after
    assert "撤销这次活动" not in after


def test_the_page_says_that_a_close_ends_the_summaries_while_they_may_still_be_sent(app: Flask) -> None:
    campaign = make.campaign(status="open")
    clerk = make.person("office", "clerk")
    words = "；活动总结也不再接收，而它到5月7日（周二）24:00才截止。"

    told = {}
    for day in (7, 8):
        with clock.retelling(datetime(2024, 5, day, 4, tzinfo=UTC)):
            told[day] = words in Desk(app).sit(clerk).get(f"/campaigns/{campaign.id}").text

    assert told == {7: True, 8: False}


ODD = """江知联办〔2024〕2号
关于开展2024年知识产权宣传周活动的通知
各单位：
一、活动时间
2024年4月20日至26日。
二、报送要求
请于4月12日（星期四）前报送活动安排表，宣传周结束后5个工作日内报送活动总结，5月1日前报送典型案例。
江城市知识产权局
2024年3月29日
"""


def test_what_is_odd_or_missing_is_told_while_a_notice_is_checked() -> None:
    campaign = draft(service.read(ODD.encode(), "通知.txt"))

    assert campaign.notes["theme"] == "通知没有给出活动主题。"
    with clock.retelling(datetime(2024, 4, 1, tzinfo=UTC)):
        assert deadlines.remarks(campaign) == [
            "原文写星期四，这一天其实是星期五。",
            "现在推算为2024年5月7日（周二）24:00。",
            "这一天是休息日，按原文保留。",
        ]


def test_a_deadline_that_is_past_is_pointed_out_before_opening_and_not_after() -> None:
    campaign = draft(service.read(ODD.encode(), "通知.txt"))

    with clock.retelling(datetime(2024, 4, 20, tzinfo=UTC)):
        before = deadlines.remarks(campaign)
        campaign.status = "open"
        after = deadlines.remarks(campaign)

    assert ["已经过去" in remark for remark in before] == [True, False, False]
    assert "已经过去" not in "".join(after)


def test_the_office_is_led_to_the_day_table_where_a_year_is_missing(app: Flask) -> None:
    campaign = make.campaign(starts_on=date(2031, 4, 20), ends_on=date(2031, 4, 26))
    office = Desk(app).sit(make.user("office", "clerk"))

    page = office.get(f"/campaigns/{campaign.id}").text

    assert "还没有2031年的放假安排" in page
    assert 'href="/workdays?year=2031"' in page


def _entered(data: Any, name: str = "") -> Iterator[tuple[str, Any]]:
    """What a browser would send of a form, the forms within it too: names and values."""
    if not isinstance(data, dict | list):
        yield name, data
        return
    for key, part in data.items() if isinstance(data, dict) else enumerate(data):
        if key != "csrf_token":
            yield from _entered(part, f"{name}-{key}" if name else str(key))


@pytest.mark.parametrize(
    ("field", "wrong", "says"),
    [
        ("ends_on", "2024-04-18", "宣传周结束：结束日期早于开始日期，请核对"),
        ("starts_on", "四月二十日", "宣传周开始：请填写日期，例如 2024-04-12"),
        ("deadlines-0-due_time", "下班前", "截止时刻：请写成 17:00 的样子；不填表示当天 24:00"),
        ("deadlines-1-count", "0", "天数：请填写 1 到 365 的整数"),
        ("deadlines-1-count", "五", "天数：不是有效的整数。；请填写 1 到 365 的整数"),
        ("deadlines-1-due_on", "五月七日", "截止日期：请填写日期，例如 2024-04-12"),
        ("annex_1-columns", "主办单位\n联系人\n联系人", "表头（每行一列，与通知一字不差）：有两列的表头相同，请改成不同的名称"),
    ],
)
@pytest.mark.parametrize("press", ["review", "confirm"])
def test_a_wrong_correction_is_named_on_the_page_that_keeps_it(
    app: Flask, facts: dict[str, Any], *, press: str, field: str, wrong: str, says: str
) -> None:
    campaign = draft(facts)
    office = Desk(app).sit(make.user("office", "clerk"))
    with app.test_request_context():
        sent = {name: value or "" for name, value in _entered(facts_form(campaign).data)}

    answer = office.post(f"/campaigns/{campaign.id}/{press}", {**sent, field: wrong})

    assert answer.status_code == 422
    assert "有 1 处需要修改" in answer.text
    assert f'<a href="#{field}">{says}</a>' in answer.text
    assert wrong in answer.text
    assert db.session.query(Campaign).one().status == "draft"
