"""活动总结: when it opens, what it wants, whom it reaches, and what is kept."""

import io
import re
from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import select

from ipweek.accounts.models import AuditEntry
from ipweek.annexes import service as annexes
from ipweek.annexes.models import AnnexTable
from ipweek.errors import Conflict, Forbidden, Invalid, NotFound
from ipweek.extensions import db
from ipweek.files import service as files
from ipweek.notice.models import Campaign
from ipweek.reporting import messages, service, summaries, summary_desk, summary_draft
from ipweek.reporting.models import Summary
from ipweek.reporting.summary_draft import Draft
from ipweek.transaction import transaction
from tests import make
from tests.reporting.cast import table

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 50
AFTER = "2024-04-28T10:00:00+08:00"


@pytest.fixture(autouse=True)
def after_the_week(clock):
    clock.move_to(AFTER)


@pytest.fixture
def home():
    return table("approved", {"event_name": "第一项"}, {"event_name": "第二项"})


def good(home):
    """A summary of which nothing is missing."""
    first, second = (str(row.id) for row in annexes.rows_of(home))
    held = {first: {"how": "held", "people": "120人"}, second: {"how": "moved", "when": "5月8日", "people": "约80人"}}
    return Draft("各项活动顺利。", {"media": "3"}, held, [{"event_name": "进校园", "people": "50人"}])


def saved(home, by, draft=None):
    now = db.session.get(Summary, home.id)
    return summaries.save(home.id, draft or good(home), revision=now.revision if now else 0, by=by)


def sent(home, by):
    return summaries.submit(home.id, revision=saved(home, by).revision, by=by)


def told(person):
    return [found.words for found in messages.mine(by=person).messages]


def attach(home, by, app, data=PNG, name="现场.png"):
    summaries.attach(home.id, data, name, by=by, settings=app.extensions["settings"])


def test_figures_may_be_typed_with_full_width_digits(cast, home):
    by = cast["filler of 闵行"]
    draft = replace(good(home), figures={"events": "６", "media": "１２"})

    revision = saved(home, by, draft).revision
    summaries.submit(home.id, revision=revision, by=by)

    assert db.session.get(Summary, home.id).sent["figures"] | {"people": 0} == {"events": 6, "people": 0, "media": 12, "materials": None}


def test_a_summary_that_is_too_long_is_refused_whole_and_not_cut_by_the_browser(cast, home, seat):
    desk = seat(cast["filler of 闵行"])
    page = desk.get(f"/tables/{home.id}/summary").text
    revision = re.search(r'name="revision" value="(\d+)"', page)[1]

    answer = desk.post(f"/tables/{home.id}/summary", {"revision": revision, "text": "总" * 10_001})

    assert "maxlength" not in re.search(r'<textarea id="text"[^>]*>', page)[0]
    assert (answer.status_code, "总结文字有 10001 个字" in answer.text, "总" * 10_001 in answer.text) == (422, True, True)


def test_it_opens_when_the_week_is_over(cast, home, clock):
    by = cast["filler of 闵行"]
    clock.move_to("2024-04-26T23:59:59+08:00")
    with pytest.raises(Conflict, match="宣传周结束后（4月26日（周五）之后）开放填写"):
        saved(home, by)

    clock.move_to("2024-04-27T00:00:00+08:00")
    saved(home, by)

    assert summaries.read(home.id, by=by).status == "draft"


def test_it_is_due_by_working_days(cast, home, clock):
    shown = summaries.read(home.id, by=cast["filler of 闵行"])

    assert shown.deadline.until == "5月7日（周二）24:00"
    clock.move_to("2024-05-08T00:00:00+08:00")
    assert sent(home, cast["filler of 闵行"]).is_late


def test_planned_stands_against_held_and_the_figures_follow(cast, home):
    saved(home, cast["filler of 闵行"])

    shown = summaries.read(home.id, by=cast["filler of 闵行"])

    assert [(one.number, one.event_name, one.how, one.when) for one in shown.planned] == [
        (1, "第一项", "held", ""),
        (2, "第二项", "moved", "5月8日"),
    ]
    assert shown.proposed == {"events": 3, "people": 250}
    assert shown.problems == []


def test_what_was_sent_is_kept_as_the_office_got_it(cast, home):
    done = sent(home, cast["filler of 闵行"])

    assert (done.status, done.is_late, done.times_sent) == ("submitted", False, 1)
    assert done.sent["figures"] == {"events": 3, "people": 250, "media": 3, "materials": None}
    assert done.sent["unit"]["short"] == "闵行区"
    assert [one["event_name"] for one in done.sent["planned"]] == ["第一项", "第二项"]
    assert db.session.scalars(select(AuditEntry.action)).all() == ["summary.submit"]
    assert db.session.get(AnnexTable, home.id).status == "approved"  # the table's own state is another
    assert [move.action for move in service.record_of(home)] == ["sum_submit"]
    assert service.moves_of(home) == []


def test_what_is_missing_is_said_and_stops_it(cast, home):
    by = cast["filler of 闵行"]
    first, second = (str(row.id) for row in annexes.rows_of(home))
    draft = Draft("", {"media": "三篇"}, {second: {"how": "moved"}}, [{"when": "5月"}])
    revision = saved(home, by, draft).revision

    with pytest.raises(Invalid, match="有 5 处需要修改"):
        summaries.submit(home.id, revision=revision, by=by)

    assert summaries.read(home.id, by=by).problems == [
        "请填写总结文字。",
        "第 1 项“第一项”还没有注明是否举办。",
        "第 2 项“第二项”改期举办，请写明实际时间。",
        "媒体报道（篇次）请只填数字，例如 12。",
        "增加的第 1 项活动请填写名称。",
    ]
    assert first in {str(one.id) for one in summaries.read(home.id, by=by).planned}


def test_two_who_save_at_once_do_not_overwrite_each_other(cast, home):
    by = cast["filler of 闵行"]
    saved(home, by)

    with pytest.raises(Conflict, match="刚刚有人保存过"):
        summaries.save(home.id, Draft("别的文字"), revision=0, by=make.person("minhang", "filler"))

    assert db.session.get(Summary, home.id).text == "各项活动顺利。"


def test_the_same_revision_sent_twice_is_one_submission(cast, home):
    by = cast["filler of 闵行"]
    done = sent(home, by)

    summaries.submit(home.id, revision=done.revision, by=by)

    assert db.session.get(Summary, home.id).times_sent == 1


def test_a_units_approver_agrees_first(cast, home):
    by, approver = cast["filler of 闵行"], make.person("minhang", "approver")

    assert sent(home, by).status == "unit_review"
    assert told(approver) == ["活动总结等待本单位审核人核对并同意报送。"]
    assert summaries.endorse(home.id, by=approver).status == "submitted"
    assert messages.unread(by=approver) == 0


def test_nobody_agrees_to_what_he_wanted_sent_nor_accepts_what_he_sent(cast):
    made = make.table("office", "approved")
    make.row(made, event_name="第一项")
    both = make.person("office", "filler", "approver", "clerk")
    approver = make.person("office", "approver", "clerk")
    row = annexes.rows_of(made)[0]
    kept = saved(made, both, Draft("顺利。", {}, {str(row.id): {"how": "held", "people": "120人"}}, []))
    assert summaries.submit(made.id, revision=kept.revision, by=both).status == "unit_review"

    with pytest.raises(Forbidden, match="另一位审核人"):
        summaries.endorse(made.id, by=both)
    summaries.endorse(made.id, by=approver)
    for one in (both, approver):
        with pytest.raises(Forbidden, match="另一位同事"):
            summaries.approve(made.id, revision=kept.revision, by=one)
    summaries.approve(made.id, revision=kept.revision, by=cast["head"])


def test_the_office_accepts_or_returns_and_the_unit_hears_of_it(cast, home, clock):
    by = cast["filler of 闵行"]
    done = sent(home, by)

    due = summaries.dues.end_of(date(2024, 5, 10))
    summaries.return_for_changes(home.id, "请补充数据", revision=done.revision, due=due, by=cast["clerk"])
    assert told(by) == ["活动总结被退回修改：请补充数据。请改好后重新报送。"]
    assert summaries.read(home.id, by=by).deadline.until == "5月10日（周五）24:00"
    clock.move_to("2024-05-10T10:00:00+08:00")
    again = sent(home, by)
    assert not again.is_late
    summaries.approve(home.id, revision=again.revision, by=cast["head"])

    assert told(by)[0] == "活动总结已审核通过。"
    with pytest.raises(Conflict, match="不能修改"):
        saved(home, by)
    with pytest.raises(Conflict, match="不能撤回报送"):
        summaries.withdraw(home.id, by=by)


def test_what_was_sent_anew_is_read_before_it_is_decided(cast, home):
    by = cast["filler of 闵行"]
    done = sent(home, by)
    summaries.withdraw(home.id, by=by)
    sent(home, by)

    with pytest.raises(Conflict, match="刚刚重新报送"):
        summaries.approve(home.id, revision=done.revision - 1, by=cast["clerk"])


@pytest.mark.parametrize("why, due, sentence", [(" ", None, "填写退回理由"), ("请补充", date(2024, 4, 1), "已经过去")])
def test_a_return_has_a_reason_and_a_day_to_come(cast, home, why, due, sentence):
    done = sent(home, cast["filler of 闵行"])

    with pytest.raises(Invalid, match=sentence):
        end = summaries.dues.end_of(due) if due else None
        summaries.return_for_changes(home.id, why, revision=done.revision, due=end, by=cast["clerk"])


@pytest.mark.parametrize(
    "who, errors",
    [
        ("filler of 徐汇", (NotFound, NotFound, NotFound)),
        ("clerk", (None, Forbidden, None)),
        ("viewer", (Forbidden, Forbidden, Forbidden)),
        ("admin", (NotFound, NotFound, NotFound)),
        ("auditor", (NotFound, NotFound, NotFound)),
    ],
)
def test_who_sees_fills_and_decides(cast, home, who, errors):
    revision, by = sent(home, cast["filler of 闵行"]).revision, cast[who]
    acts = (
        lambda: summaries.read(home.id, by=by),
        lambda: summaries.save(home.id, Draft("x"), revision=revision, by=by),
        lambda: summaries.approve(home.id, revision=revision, by=by),
    )

    for error, act in zip(errors, acts, strict=True):
        if error is None:
            act()
        else:
            with pytest.raises(error):
                act()


# ---- files -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "data, name", [(PNG, "现场.png"), (b"\xff\xd8\xff\xe0" + b"\0" * 50, "现场.jpg"), (b"\xff\xd8\xff\xe0" + b"\0" * 50, "a.JPEG")]
)
def test_pictures_go_along_and_the_office_can_have_them(app, cast, home, data, name):
    attach(home, cast["filler of 闵行"], app, data, name)

    (found,) = summaries.read(home.id, by=cast["clerk"]).files
    assert files.read_bytes(files.get(found.file_id, by=cast["clerk"]), settings=app.extensions["settings"]) == data
    with pytest.raises(NotFound):
        files.get(found.file_id, by=cast["filler of 徐汇"])


@pytest.mark.parametrize(
    "data, name",
    [
        (b"MZ" + b"\0" * 200, "总结.docx"),
        (b"MZ" + b"\0" * 200, "现场.png"),
        (b"#!/bin/sh\n", "现场.jpg"),
        (PNG, "总结.pdf"),
        (b"GIF89a" + b"\0" * 9, "a.gif"),
        (b"", "a.png"),
    ],
)
def test_a_disguised_file_is_refused_with_a_sentence(app, cast, home, data, name):
    with pytest.raises(Invalid, match=r"^.{6,120}。$"):
        attach(home, cast["filler of 闵行"], app, data, name)

    assert not summaries.read(home.id, by=cast["filler of 闵行"]).files


def test_ten_files_are_enough_and_one_can_be_taken_away(app, cast, home):
    by = cast["filler of 闵行"]
    for number in range(10):
        attach(home, by, app, PNG + bytes([number]), f"{number}.png")

    with pytest.raises(Invalid, match="最多上传 10 个"):
        attach(home, by, app)
    summaries.detach(home.id, summaries.read(home.id, by=by).files[0].file_id, by=by)
    attach(home, by, app)

    assert len(summaries.read(home.id, by=by).files) == 10


# ---- the draft ---------------------------------------------------------------------------------------------------


def test_a_form_becomes_a_draft_and_what_is_strange_is_left():
    form = {
        "text": " 一\r\n二 ",
        "figure.media": " 3 ",
        "figure.money": "9",
        "held.12.how": "held",
        "held.13.how": "exploded",
        "held.x.how": "held",
        "added.1.event_name": "进校园",
        "added.0.event_name": "进社区",
        "added.99.event_name": "太多",
        "held.12.people.more": "1",
    }

    assert summary_draft.from_form(form) == Draft(
        "一\n二", {"media": "3"}, {"12": {"how": "held"}}, [{"event_name": "进社区"}, {"event_name": "进校园"}]
    )


@pytest.mark.parametrize("draft", [Draft("长" * 10_001), Draft("", {}, {"1": {"when": "长" * 301}})])
def test_what_is_too_long_is_not_kept(cast, home, draft):
    with pytest.raises(Invalid, match="没有保存"):
        saved(home, cast["filler of 闵行"], draft)


# ---- the pages ---------------------------------------------------------------------------------------------------


def form_of(home):
    first, second = (row.id for row in annexes.rows_of(home))
    return {
        "text": "各项活动顺利。",
        f"held.{first}.how": "held",
        f"held.{first}.people": "120人",
        f"held.{second}.how": "cancelled",
        "figure.media": "3",
    }


def test_from_my_tasks_to_the_accepted_summary(cast, seat, home):
    unit, office = seat(cast["filler of 闵行"]), seat(cast["clerk"])
    address = f"/tables/{home.id}/summary"

    assert address in unit.get("/tasks").text
    page = unit.get(address).text
    assert "5月7日（周二）24:00 截止" in page
    answer = unit.post(address, {**form_of(home), "revision": 0, "do": "check", "file": (io.BytesIO(PNG), "现场.png")})
    assert answer.location == f"{address}?check=1"
    page = unit.get(answer.location).text
    assert "确认报送" in page
    assert "现场.png" in page
    assert unit.post(f"{address}/submit", {"revision": db.session.get(Summary, home.id).revision}).status_code == 303

    campaign = db.session.scalars(select(Campaign.id)).one()
    assert f"/campaigns/{campaign}/summaries" in office.get("/board").text
    assert address in office.get(f"/campaigns/{campaign}/summaries").text
    page = office.get(address).text
    assert "各项活动顺利。" in page
    assert "退回修改" in page
    assert office.post(f"{address}/approve", {"revision": db.session.get(Summary, home.id).revision}).status_code == 303
    assert "审核通过" in office.get(address).text


def test_a_save_that_is_refused_keeps_what_was_typed(cast, seat, home):
    desk = seat(cast["filler of 闵行"])
    desk.post(f"/tables/{home.id}/summary", {**form_of(home), "revision": 0})

    answer = desk.post(f"/tables/{home.id}/summary", {**form_of(home), "text": "我的另一份文字", "revision": 0})

    assert answer.status_code == 409
    assert "我的另一份文字" in answer.text


def test_a_file_that_is_refused_leaves_the_text_saved(cast, seat, home):
    desk = seat(cast["filler of 闵行"])

    form = {**form_of(home), "revision": 0, "file": (io.BytesIO(b"MZ\0\0"), "总结.exe")}
    answer = desk.post(f"/tables/{home.id}/summary", form)

    assert answer.status_code == 422
    assert db.session.get(Summary, home.id).text == "各项活动顺利。"


def test_before_it_can_be_sent_the_page_lists_what_is_missing(cast, seat, home):
    desk = seat(cast["filler of 闵行"])
    desk.post(f"/tables/{home.id}/summary", {"text": "", "revision": 0, "do": "check"})

    page = desk.get(f"/tables/{home.id}/summary?check=1").text

    assert "有 3 处需要修改" in page
    assert "确认报送" not in page
    assert desk.post(f"/tables/{home.id}/summary/submit", {"revision": 1}).status_code == 422


@pytest.mark.parametrize("do", ["remove.x", "remove.999", "remove.", "nonsense", "remove." + "9" * 30])
def test_a_button_of_nobodys_making_breaks_nothing(cast, seat, home, do):
    answer = seat(cast["filler of 闵行"]).post(f"/tables/{home.id}/summary", {**form_of(home), "revision": 0, "do": do})

    assert answer.status_code == (404 if do.startswith("remove") else 303)


def test_what_is_typed_is_never_markup(cast, seat, home):
    evil = "<script>alert(1)</script>"
    desk = seat(cast["filler of 闵行"])
    desk.post(f"/tables/{home.id}/summary", {**form_of(home), "text": evil, "added.0.event_name": evil, "revision": 0})

    pages = [desk.get(f"/tables/{home.id}/summary"), seat(cast["clerk"]).get(f"/tables/{home.id}/summary")]

    assert all(page.status_code == 200 and evil not in page.text for page in pages)


def test_an_excused_unit_is_not_on_the_list(cast, home):
    with transaction():
        home.is_excused = True

    assert list(summary_desk.desk(home.campaign_id, by=cast["clerk"]).lines) == []


def test_more_time_is_for_one_unit_alone_and_moves_nothing_else(cast, home, clock):
    other = table("approved", slug="xuhui")
    clock.move_to("2024-05-06T10:00:00+08:00")

    summary_desk.extend(home.id, date(2024, 5, 15), "统计口径待核实", by=cast["clerk"])

    due = {line.table.id: line.due.on for line in summary_desk.desk(home.campaign_id, by=cast["clerk"]).lines}
    assert due == {home.id: date(2024, 5, 15), other.id: date(2024, 5, 7)}
    assert told(cast["filler of 闵行"]) == ["活动总结延期至5月15日（周三）24:00。"]
    assert db.session.scalar(select(AuditEntry.action).order_by(AuditEntry.id.desc())) == "summary.extend"
    clock.move_to("2024-05-15T23:00:00+08:00")
    assert not sent(home, cast["filler of 闵行"]).is_late


def test_a_returned_summary_gets_more_time_in_place_of_the_day_of_its_return(cast, home):
    made = sent(home, cast["filler of 闵行"])
    summaries.return_for_changes(home.id, "请补数据", revision=made.revision, due=summaries.dues.end_of(date(2024, 5, 8)), by=cast["clerk"])

    summary_desk.extend(home.id, date(2024, 5, 20), "负责人出差", by=cast["clerk"])

    assert summaries.read(home.id, by=cast["clerk"]).deadline.until == "5月20日（周一）24:00"


def test_more_time_for_a_summary_may_be_corrected_to_an_earlier_day(cast, home):
    summary_desk.extend(home.id, date(2025, 5, 15), "换届", by=cast["clerk"])

    summary_desk.extend(home.id, date(2024, 5, 15), "换届，更正年份", by=cast["clerk"])

    assert summaries.read(home.id, by=cast["clerk"]).deadline.until == "5月15日（周三）24:00"


@pytest.mark.parametrize(
    "until, why, says",
    [
        (date(2024, 5, 7), "换届", "要晚于现在的截止日期"),
        (date(2024, 4, 1), "换届", "已经过去"),
        (date(2024, 5, 15), " ", "请写明延期的理由"),
    ],
)
def test_more_time_for_a_summary_is_later_and_has_a_reason(cast, home, until, why, says):
    with pytest.raises(Invalid, match=says):
        summary_desk.extend(home.id, until, why, by=cast["clerk"])


def test_more_time_is_the_offices_to_give_and_only_before_it_is_sent(cast, home):
    with pytest.raises(Forbidden):
        summary_desk.extend(home.id, date(2024, 5, 15), "换届", by=cast["filler of 闵行"])
    sent(home, cast["filler of 闵行"])
    with pytest.raises(Conflict, match="已经报送"):
        summary_desk.extend(home.id, date(2024, 5, 15), "换届", by=cast["clerk"])


def test_the_office_extends_on_the_page_and_a_poor_entry_stays(cast, home, seat):
    clerk, address = seat(cast["clerk"]), f"/tables/{home.id}/summary"

    poor = clerk.post(f"{address}/extend", {"until": "2024-05-01", "why": "换届"})
    bad = clerk.post(f"{address}/extend", {"until": "morgen", "why": "换届"})
    good = clerk.post(f"{address}/extend", {"until": "2024-05-15", "why": "换届"}, follow_redirects=True)

    assert (poor.status_code, bad.status_code) == (422, 422)
    assert 'value="换届"' in poor.text
    assert "已办理延期" in good.text
    assert "5月15日（周三）24:00 截止" in good.text


@pytest.mark.parametrize("show, count", [("unsent", 1), ("submitted", 1), ("approved", 0), ("", 2), ("nonsense", 2)])
def test_each_number_of_the_list_is_a_filter(cast, home, seat, show, count):
    table("approved", slug="xuhui")
    sent(home, cast["filler of 闵行"])

    found = summary_desk.desk(home.campaign_id, show=show, by=cast["clerk"])
    page = seat(cast["clerk"]).get(f"/campaigns/{home.campaign_id}/summaries?show={show}").text

    assert len(found.lines) == count
    assert page.count('<th scope="row">') == count
    assert dict(found.totals) == {"unsent": 1, "submitted": 1, "returned": 0, "approved": 0}
