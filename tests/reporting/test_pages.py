"""The pages of reporting as people meet them, over HTTP and without JavaScript."""

import re

import pytest
from sqlalchemy import event

from ipweek.annexes.models import AnnexTable
from ipweek.extensions import db
from ipweek.notice.models import Deadline
from ipweek.reporting import service, tasks
from ipweek.reporting.views import REASON
from ipweek.transaction import transaction
from tests import make
from tests.reporting.cast import GOOD, sent, table

OUTSIDE = {"event_time": "5月8日"}


def home_of(move):
    return db.session.get(AnnexTable, move.table_id)


# ---- my tasks ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "status, words",
    [("todo", "开始填报"), ("draft", "继续填报"), ("returned", "去修改")],
)
def test_my_tasks_say_until_when_and_what_to_do(cast, seat, status, words):
    table(status, return_reason="缺联系电话")

    page = seat(cast["filler of 闵行"]).get("/tasks").text

    assert "4月12日（周五）24:00 截止，还剩 2 天 12 小时；逾期仍可报送，但会标记“逾期”" in page
    assert words in page
    assert ("缺联系电话" in page) == (status == "returned")


def test_an_untouched_table_offers_the_nil_return(cast, seat):
    home = make.table("minhang")

    page = seat(cast["filler of 闵行"]).get("/tasks").text

    assert f"/tables/{home.id}/nil-return" in page


def test_other_units_tables_are_not_on_the_list(cast, seat):
    table()

    page = seat(cast["filler of 徐汇"]).get("/tasks").text

    assert "现在没有需要填报的任务" in page


def test_the_summary_is_announced(cast, seat):
    table()

    assert "活动总结：5月7日（周二）24:00 截止" in seat(cast["filler of 闵行"]).get("/tasks").text


def test_a_notice_without_a_date_says_so_and_nobody_is_late(cast, seat):
    home = table()
    with transaction():
        db.session.query(Deadline).filter_by(kind="plan").update({"due_on": None})

    page = seat(cast["filler of 闵行"]).get("/tasks").text
    service.submit(home.id, reasons={}, revision=0, by=cast["filler of 闵行"])

    assert "通知没有写明截止时间" in page
    assert home.is_late is False


def test_my_tasks_ask_the_database_as_often_for_three_years_as_for_one(cast, seat):
    desk = seat(cast["filler of 闵行"])
    table()

    def count():
        asked = []
        listen = lambda *args: asked.append(args[2])  # noqa: E731 -- added and removed by its name
        event.listen(db.engine, "before_cursor_execute", listen)
        assert desk.get("/tasks").status_code == 200
        event.remove(db.engine, "before_cursor_execute", listen)
        return len([statement for statement in asked if not statement.startswith("BEGIN")])

    first = count()
    for year in (2022, 2023):
        table("approved", of=make.campaign("closed", year=year))

    assert count() - first <= 6  # three a year: its deadlines, its extensions, the working days


# ---- 报送 ----------------------------------------------------------------------------------------------------


def test_the_submit_page_shows_the_table_and_asks_for_reasons(cast, seat):
    by = cast["filler of 闵行"]
    home = table("draft", {}, OUTSIDE)
    (finding,) = tasks.preview(home.id, by=by).to_explain

    page = seat(by).get(f"/tables/{home.id}/submit").text

    assert "七宝万科广场一楼中庭" in page
    assert finding.words.startswith("第2行“活动时间”")
    assert finding.words in page
    assert f'name="{REASON}{finding.id}"' in page
    assert "确认报送" in page


def test_what_blocks_is_listed_with_a_link_to_its_row_and_there_is_no_button(cast, seat):
    home = table("draft", {"venue": ""})

    page = seat(cast["filler of 闵行"]).get(f"/tables/{home.id}/submit").text

    assert "有 1 处需要修改，改好后才能报送" in page
    assert re.search(rf'href="/tables/{home.id}#cell-\d+-venue">第1行“活动地点”没有填写', page)
    assert "确认报送" not in page


def test_sending_leads_to_the_receipt(cast, seat):
    by = cast["filler of 闵行"]
    home = table("draft", OUTSIDE)
    (finding,) = tasks.preview(home.id, by=by).to_explain
    desk = seat(by)

    answer = desk.post(f"/tables/{home.id}/submit", {"revision": 0, REASON + finding.id: GOOD})

    assert (answer.status_code, answer.location) == (303, f"/tables/{home.id}/receipt")
    page = desk.get(answer.location).text
    assert f"BS2024-{home.id:04d}-1" in page
    assert "2024年4月10日（周三）12:00:00" in page
    assert "撤回报送" in page


def test_a_poor_reason_comes_back_with_the_page_and_all_that_was_typed(cast, seat):
    by = cast["filler of 闵行"]
    home = table("draft", OUTSIDE, {"contact": "张三"})
    outside, phone = tasks.preview(home.id, by=by).to_explain
    desk = seat(by)

    answer = desk.post(f"/tables/{home.id}/submit", {"revision": 0, REASON + outside.id: GOOD, REASON + phone.id: "无"})

    assert answer.status_code == 422
    assert "还有 1 处需要写明理由" in answer.text
    assert f'value="{GOOD}"' in answer.text
    assert 'value="无"' in answer.text
    assert db.session.get(AnnexTable, home.id).status == "draft"


@pytest.mark.parametrize("revision", ["7", "", "neun", None])
def test_a_stale_page_is_shown_anew(cast, seat, revision):
    home = table()
    desk = seat(cast["filler of 闵行"])

    answer = desk.post(f"/tables/{home.id}/submit", {} if revision is None else {"revision": revision})

    assert answer.status_code == 409
    assert "刚刚有人修改过" in answer.text
    assert "确认报送" in answer.text


def test_a_nil_return_is_confirmed_first(cast, seat):
    home = make.table("minhang")
    desk = seat(cast["filler of 闵行"])

    page = desk.get(f"/tables/{home.id}/nil-return").text
    answer = desk.post(f"/tables/{home.id}/nil-return")

    assert "确认零报送" in page
    assert answer.status_code == 303
    assert "无重点活动（零报送）" in desk.get(answer.location).text


def test_the_approver_reads_agrees_and_the_office_has_it(cast, seat):
    approver = make.person("minhang", "approver")
    home = table()
    service.submit(home.id, reasons={}, revision=0, by=cast["filler of 闵行"])
    desk = seat(approver)

    assert "核对并同意报送" in desk.get("/tasks").text
    assert "同意报送" in desk.get(f"/tables/{home.id}/submit").text
    assert desk.post(f"/tables/{home.id}/endorse").status_code == 303

    assert db.session.get(AnnexTable, home.id).status == "submitted"


# ---- the office ----------------------------------------------------------------------------------------------


def test_the_office_reads_the_table_with_the_units_reasons(cast, seat):
    by = cast["filler of 闵行"]
    home = table("draft", OUTSIDE)
    (finding,) = tasks.preview(home.id, by=by).to_explain
    service.submit(home.id, reasons={finding.id: GOOD}, revision=0, by=by)

    page = seat(cast["clerk"]).get(f"/tables/{home.id}/review").text

    assert finding.words in page
    assert GOOD in page
    assert all(preset in page for preset in ("时间不明确", "缺联系电话", "与宣传周无关", "规模需填数字"))
    assert 'name="due" value="2024-04-12"' in page


def test_accepting_leads_to_the_next_table_that_waits(cast, seat):
    first, second = sent(cast["filler of 徐汇"]), sent(cast["filler of 闵行"])
    desk = seat(cast["clerk"])

    answer = desk.post(f"/tables/{first.table_id}/approve", {"submission": first.id})

    assert answer.location == f"/tables/{second.table_id}/review"
    assert "徐汇区：审核通过。还有 1 张表待审核。" in desk.get(answer.location).text
    assert home_of(first).status == "approved"


def test_returning_takes_presets_words_and_a_date(cast, seat):
    move = sent(cast["filler of 闵行"])
    desk = seat(cast["clerk"])
    form = {"submission": move.id, "preset": ["时间不明确", "缺联系电话"], "why": "第 3 行", "due": "2024-04-15"}

    answer = desk.post(f"/tables/{move.table_id}/return", form)

    assert answer.status_code == 303
    assert home_of(move).return_reason == "时间不明确；缺联系电话；第 3 行"
    page = seat(cast["filler of 闵行"]).get("/tasks").text
    assert "时间不明确；缺联系电话；第 3 行" in page
    assert "4月15日（周一）24:00 截止，还剩 5 天 12 小时" in page


@pytest.mark.parametrize(
    "form, words",
    [
        ({"due": "2024-04-15"}, "请选择或填写退回理由"),
        ({"why": "第 3 行", "due": "2024-04-09"}, "已经过去"),
        ({"why": "第 3 行", "due": "明天"}, "这样的日期"),
        ({"why": "第 3 行", "due": "9999-12-31"}, "这样的日期"),
    ],
)
def test_a_return_that_lacks_something_brings_the_page_with_what_was_entered(cast, seat, form, words):
    move = sent(cast["filler of 闵行"])
    desk = seat(cast["clerk"])

    answer = desk.post(f"/tables/{move.table_id}/return", {"submission": move.id, **form})

    assert answer.status_code == 422
    assert words in answer.text
    assert f'value="{form["due"]}"' in answer.text
    assert home_of(move).status == "submitted"


def test_a_decision_that_came_too_late_is_told(cast, seat):
    move = sent(cast["filler of 闵行"])
    desk = seat(cast["head"])
    service.approve(move.table_id, submission=move.id, by=cast["clerk"])

    answer = desk.post(f"/tables/{move.table_id}/approve", {"submission": move.id})

    assert answer.status_code == 409
    assert f"12:00 {cast['clerk'].name}已办理“通过”" in answer.text


def test_the_record_tells_who_did_what_and_why(cast, seat):
    move = sent(cast["filler of 闵行"])
    service.return_for_changes(move.table_id, "缺联系电话", submission=move.id, by=cast["clerk"])

    page = seat(cast["filler of 闵行"]).get(f"/tables/{move.table_id}/moves").text

    assert re.search(r"已报送 → 退回修改</td>\s*<td>缺联系电话", page)
    assert f"{cast['clerk'].name}（市知识产权局）" in page


PAGES = ("submit", "nil-return", "receipt", "moves", "review")
# the filler of another unit sees the same as for a table that is not there
SEEN = {
    "filler of 闵行": (200, 200, 200, 200, 403),
    "filler of 徐汇": (404, 404, 404, 404, 404),
    "clerk": (403, 403, 200, 200, 200),
    "head": (403, 403, 200, 200, 200),
    "viewer": (403, 403, 403, 403, 403),
    "admin": (404, 404, 404, 404, 404),
    "auditor": (404, 404, 404, 404, 404),
}


@pytest.mark.parametrize("who", SEEN)
def test_who_sees_which_page(cast, seat, who):
    move = sent(cast["filler of 闵行"])
    desk = seat(cast[who])

    assert tuple(desk.get(f"/tables/{move.table_id}/{page}").status_code for page in PAGES) == SEEN[who]
    assert {desk.get(f"/tables/999/{page}").status_code for page in PAGES} == {404}


POSTS = {
    # action: (a state it starts from, who may)
    "submit": ("draft", {"filler of 闵行"}),
    "nil-return": ("todo", {"filler of 闵行"}),
    "withdraw": ("submitted", {"filler of 闵行"}),
    "endorse": ("unit_review", set()),
    "send-back": ("unit_review", set()),
    "approve": ("submitted", {"clerk", "head"}),
    "return": ("submitted", {"clerk", "head"}),
    "take-back": ("approved", {"clerk", "head"}),
}
REFUSED = {"filler of 闵行": 403, "filler of 徐汇": 404, "clerk": 403, "head": 403, "viewer": 403, "admin": 404, "auditor": 404}


@pytest.mark.parametrize("who", REFUSED)
@pytest.mark.parametrize("action", POSTS)
def test_who_may_press_what(cast, seat, action, who):
    start, may = POSTS[action]
    if start in {"submitted", "approved"}:
        move = sent(cast["filler of 闵行"])
        if start == "approved":
            service.approve(move.table_id, submission=move.id, by=cast["head"])
        number, submission = move.table_id, move.id
    else:
        number, submission = (make.table("minhang", start) if start == "todo" else table(start)).id, 0
    desk = seat(cast[who])

    answer = desk.post(f"/tables/{number}/{action}", {"revision": 0, "submission": submission, "why": "时间不明确"})

    assert answer.status_code == (303 if who in may else REFUSED[who])
    assert (db.session.get(AnnexTable, number).status == start) == (who not in may)


def test_what_people_type_is_never_markup(cast, seat):
    by = cast["filler of 闵行"]
    evil = "<script>alert(1)</script>"
    move = sent(by, {"event_name": evil})
    service.return_for_changes(move.table_id, evil, submission=move.id, by=cast["clerk"])

    unit, office = seat(by), seat(cast["clerk"])
    pages = [unit.get("/tasks"), *(unit.get(f"/tables/{move.table_id}/{page}") for page in ("submit", "receipt", "moves"))]
    pages += [office.get(f"/tables/{move.table_id}/review"), office.get("/board")]

    assert all(page.status_code == 200 for page in pages)
    assert not any(evil in page.text for page in pages)
