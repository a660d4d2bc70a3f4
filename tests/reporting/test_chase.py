"""催报: who is chased, with which words, and how often at most."""

import re
import threading
from datetime import date, datetime

import pytest
from sqlalchemy import select

from ipweek.accounts.models import AuditEntry
from ipweek.annexes.models import AnnexTable
from ipweek.clock import SHANGHAI
from ipweek.errors import Conflict, Forbidden, Invalid
from ipweek.extensions import db
from ipweek.notice import calendar
from ipweek.reporting import chasing, messages, service
from ipweek.reporting.models import Chase, Message
from tests import make
from tests.reporting.cast import sent, table


def desk(by, show="", only=None):
    campaign = db.session.scalars(select(AnnexTable.campaign_id)).first()
    return chasing.desk(campaign, show=show, only=only, office="市联席办", phone="", by=by)


def chase(home, by, **words):
    return chasing.send(home.campaign_id, [home.id], by=by, **words)


def told(person):
    return [found.words for found in messages.mine(by=person).messages]


def test_three_kinds_of_units_can_be_chased_and_nobody_else(cast):
    make.table("minhang", "todo")
    table("draft", slug="xuhui")
    table("returned", slug="shangwuwei", return_reason="缺联系电话")
    for slug, status in (("a", "submitted"), ("b", "approved"), ("c", "archived")):
        table(status, slug=slug)
    table("todo", slug="d", is_excused=True)

    found = desk(cast["clerk"])

    assert {one.table.unit.slug: one.group for one in found.candidates} == {
        "minhang": "nothing",
        "xuhui": "unsent",
        "shangwuwei": "returned",
    }
    assert found.totals == {"nothing": 1, "unsent": 1, "returned": 1}
    assert [one.table.unit.slug for one in desk(cast["clerk"], show="unsent").candidates] == ["xuhui"]


@pytest.mark.parametrize(
    "status, words",
    [
        ("todo", "请于4月12日（周五）24:00前报送（还剩 2 天 12 小时）。系统里还没有填写；本单位没有重点活动的，可以办理零报送。"),
        ("draft", "请于4月12日（周五）24:00前报送（还剩 2 天 12 小时）。已填 1 项活动，填完后按“报送”才算完成。"),
        ("unit_review", "请于4月12日（周五）24:00前报送（还剩 2 天 12 小时）。现在等待本单位审核人同意，同意后才算报送。"),
        ("returned", "退回修改后还没有重新报送，请于4月12日（周五）24:00前报送（还剩 2 天 12 小时）。退回理由：缺联系电话。"),
    ],
)
def test_each_reads_what_is_missing_until_when_and_what_to_do(cast, status, words):
    home = make.table("minhang", "todo") if status == "todo" else table(status, return_reason="缺联系电话。")

    chase(home, cast["clerk"])

    (message,) = told(cast["filler of 闵行"])
    assert message.endswith(words)
    assert message.startswith("附件2《2024年区知识产权联席会议重点活动安排表")


def test_after_the_deadline_the_words_say_so(cast, clock):
    home = make.table("minhang", "todo")
    clock.move_to("2024-04-15T10:00:00+08:00")

    chase(home, cast["clerk"])

    assert "已于4月12日（周五）24:00截止（已逾期 2 天 10 小时），现在仍可报送" in told(cast["filler of 闵行"])[0]


def test_fillers_and_approvers_of_the_unit_are_told_and_nobody_else(cast):
    approver, developer = make.person("minhang", "approver"), make.person("minhang", "developer")
    home = make.table("minhang", "todo")

    found = chase(home, cast["clerk"], note="　 今天下午 3 点前\n最好 ")

    assert found.told == ["闵行区"]
    assert told(approver)[0].endswith("今天下午 3 点前 最好")
    others = [told(cast[who]) for who in ("filler of 徐汇", "clerk", "viewer", "admin", "auditor")]
    assert [told(developer), *others] == [[]] * 6
    line = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "chase.send")).one()
    assert line.detail == "闵行区"


def test_nobody_is_chased_twice_within_a_working_day_unless_it_is_said(cast):
    home = make.table("minhang", "todo")
    chase(home, cast["clerk"])

    assert chase(home, cast["head"]).spared == ["闵行区"]
    assert len(told(cast["filler of 闵行"])) == 1

    (one,) = desk(cast["head"]).candidates
    assert one.is_recent
    assert chase(home, cast["head"], again={home.id: one.last_id}).told == ["闵行区"]
    assert chase(home, cast["head"], again={home.id: one.last_id}).spared == ["闵行区"]  # the same press again
    assert len(told(cast["filler of 闵行"])) == 2


@pytest.mark.parametrize(
    "last, today, recent",
    [
        ("2024-04-10T08:00", "2024-04-10", True),
        ("2024-04-10T23:00", "2024-04-11", False),
        ("2024-04-12T17:00", "2024-04-14", True),  # a weekend
        ("2024-04-12T17:00", "2024-04-15", False),
        ("2024-04-26T17:00", "2024-04-27", True),
        ("2024-04-26T17:00", "2024-04-28", False),  # a Sunday that is worked
        ("2024-04-30T17:00", "2024-05-05", True),  # the May holiday
    ],
)
def test_a_working_day_is_the_calendars(last, today, recent):
    moment = datetime.fromisoformat(last).replace(tzinfo=SHANGHAI)

    assert chasing.is_recent(moment, date.fromisoformat(today), calendar.seeded()) is recent


def test_where_the_calendar_has_no_data_a_day_is_a_day():
    moment = datetime(2040, 4, 13, 10, tzinfo=SHANGHAI)

    assert chasing.is_recent(moment, date(2040, 4, 13), calendar.seeded())
    assert not chasing.is_recent(moment, date(2040, 4, 14), calendar.seeded())


def test_who_has_sent_meanwhile_hears_nothing(cast):
    by = cast["filler of 闵行"]
    move = sent(by)
    home = db.session.get(AnnexTable, move.table_id)

    found = chase(home, cast["clerk"])

    assert (found.told, found.quiet) == ([], ["闵行区"])
    assert told(by) == []
    assert db.session.scalars(select(Chase)).all() == []


def test_sending_the_table_quiets_what_called_for_it(cast):
    home = table()
    chase(home, cast["clerk"])
    by = cast["filler of 闵行"]
    assert messages.unread(by=by) == 1

    service.submit(home.id, reasons={}, revision=0, by=by)

    assert messages.unread(by=by) == 0


def test_two_of_the_office_at_once_send_one_message(app, cast):
    home = make.table("minhang", "todo")
    campaign, number = home.campaign_id, home.id
    gate = threading.Barrier(2)
    done = []

    def act(by):
        with app.app_context():
            gate.wait()
            done.append(chasing.send(campaign, [number], by=by))
            db.session.remove()

    threads = [threading.Thread(target=act, args=[cast[who]]) for who in ("clerk", "head")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    db.session.rollback()
    assert sorted(len(found.told) for found in done) == [0, 1]
    assert len(told(cast["filler of 闵行"])) == 1


def test_nothing_chosen_is_said(cast):
    home = make.table("minhang", "todo")

    with pytest.raises(Invalid, match="没有选中"):
        chasing.send(home.campaign_id, [], by=cast["clerk"])


@pytest.mark.parametrize("who", ["filler of 闵行", "viewer", "admin", "auditor"])
def test_only_the_office_chases(cast, who):
    home = make.table("minhang", "todo")

    with pytest.raises(Forbidden):
        chase(home, cast[who])
    with pytest.raises(Forbidden):
        desk(cast[who])


def test_a_closed_campaign_is_not_chased_for(cast):
    week = make.campaign("closed")
    home = make.table("minhang", "todo", of=week)

    assert desk(cast["clerk"]).candidates == []
    with pytest.raises(Conflict, match="不用催报"):
        chase(home, cast["clerk"])


def test_the_text_for_the_group_names_units_politely_and_no_person(cast):
    make.table("minhang", "todo")
    table(slug="xuhui")

    text = desk(cast["clerk"]).group_text

    assert "4月12日（周五）24:00前" in text
    assert "2 个单位的表：徐汇区、闵行区。" in text
    assert not re.search(r"1\d{10}|张三", text)


def test_a_call_is_kept_with_what_was_promised(cast):
    home = make.table("minhang", "todo")

    chasing.log_call(home.id, "正在请领导审阅", promised_on=date(2024, 4, 11), by=cast["clerk"])

    (one,) = desk(cast["head"]).candidates
    assert (one.promised_on, one.count, one.is_recent) == (date(2024, 4, 11), 1, True)
    _, (found,) = chasing.log(home.id, by=cast["head"])
    assert (found.kind, found.words, found.by_id) == ("call", "正在请领导审阅", cast["clerk"].id)


@pytest.mark.parametrize("words, day, sentence", [(" ", None, "写明通话情况"), ("周二报", date(2024, 4, 9), "已经过去")])
def test_a_call_that_says_nothing_is_not_kept(cast, words, day, sentence):
    home = make.table("minhang", "todo")

    with pytest.raises(Invalid, match=sentence):
        chasing.log_call(home.id, words, promised_on=day, by=cast["clerk"])


def test_those_whom_only_the_phone_reaches_are_counted(cast):
    home = make.table("minhang", "todo")
    empty = make.table("songjiang", "todo")

    sent_out = chasing.send(home.campaign_id, [home.id, empty.id], by=cast["clerk"])

    assert len(sent_out.told) == 2
    assert sent_out.unreached == 1


# ---- the pages -----------------------------------------------------------------------------------------------


def test_from_the_board_to_the_message_in_four_presses(cast, seat):
    home = make.table("minhang", "todo")
    office = seat(cast["clerk"])

    assert f"/campaigns/{home.campaign_id}/chase" in office.get("/board").text
    page = office.get(f"/campaigns/{home.campaign_id}/chase").text
    assert re.search(rf'name="table" value="{home.id}" checked', page)
    preview = office.get(f"/campaigns/{home.campaign_id}/chase/preview?table={home.id}").text
    assert "将发送给 1 个单位" in preview
    assert "系统里还没有填写" in preview
    answer = office.post(f"/campaigns/{home.campaign_id}/chase", {"table": home.id, "note": ""})

    assert answer.status_code == 303
    board = office.get(answer.location).text
    assert "已催报 1 个单位。" in board
    assert "收不到站内消息" not in board
    assert "1 次</a>" in board
    assert "消息 <b" in seat(cast["filler of 闵行"]).get("/tasks").text


def test_the_preview_asks_before_a_second_time(cast, seat):
    home = make.table("minhang", "todo")
    chase(home, cast["clerk"])
    (one,) = desk(cast["clerk"]).candidates
    office = seat(cast["head"])

    assert f'name="table" value="{home.id}" checked' not in office.get(f"/campaigns/{home.campaign_id}/chase").text
    page = office.get(f"/campaigns/{home.campaign_id}/chase/preview?table={home.id}").text
    assert "1 个单位一个工作日内已经催过" in page
    assert f'name="again" value="{home.id}-{one.last_id}">' in page

    refused = office.post(f"/campaigns/{home.campaign_id}/chase", {"note": "请尽快"})
    assert refused.status_code == 422
    assert "没有选中" in refused.text
    assert office.post(f"/campaigns/{home.campaign_id}/chase", {"again": f"{home.id}-{one.last_id}"}).status_code == 303
    assert len(told(cast["filler of 闵行"])) == 2


@pytest.mark.parametrize("again", ["1-" + "9" * 5000, "1-" + "9" * 30, "x-1", "-", "²-1"])
def test_a_press_of_nobodys_making_breaks_nothing(cast, seat, again):
    home = make.table("minhang", "todo")

    assert seat(cast["clerk"]).post(f"/campaigns/{home.campaign_id}/chase", {"table": home.id, "again": again}).status_code == 303


def test_posting_to_the_group_is_noted(cast, seat):
    home = make.table("minhang", "todo")

    answer = seat(cast["clerk"]).post(f"/campaigns/{home.campaign_id}/chase/group", {"table": home.id})

    assert answer.status_code == 303
    assert db.session.scalars(select(Chase.kind)).all() == ["group"]


@pytest.mark.parametrize(
    "form", [{"words": ""}, {"words": "周五报", "promised_on": "周五"}, {"words": "周五报", "promised_on": "2024-04-01"}]
)
def test_a_poor_call_brings_the_page_with_what_was_typed(cast, seat, form):
    home = make.table("minhang", "todo")

    answer = seat(cast["clerk"]).post(f"/tables/{home.id}/chases", form)

    assert answer.status_code == 422
    assert f'value="{form["words"]}"' in answer.text


def test_what_is_typed_into_a_chase_is_never_markup(cast, seat):
    home = make.table("minhang", "todo")
    evil = "<script>alert(1)</script>"
    chase(home, cast["clerk"], note=evil)
    chasing.log_call(home.id, evil, by=cast["clerk"])

    pages = [seat(cast["filler of 闵行"]).get("/messages"), seat(cast["clerk"]).get(f"/tables/{home.id}/chases")]

    assert all(page.status_code == 200 and evil not in page.text for page in pages)
    assert all("&lt;script&gt;" in page.text for page in pages)


def test_messages_hold_no_contact(cast):
    home = table("returned", return_reason="缺联系电话")

    chase(home, cast["clerk"])

    assert not any("13800000001" in found.words for found in db.session.scalars(select(Message)))


def test_a_promise_that_was_not_kept_is_marked(cast, seat, clock):
    home = make.table("minhang", "todo")
    chasing.log_call(home.id, "正在请领导审阅", promised_on=date(2024, 4, 11), by=cast["clerk"])
    clerk = seat(cast["clerk"])
    assert "<b>已过</b>" not in clerk.get(f"/campaigns/{home.campaign_id}/chase").text

    clock.move_to("2024-04-12T00:00:00+08:00")
    page = seat(cast["head"]).get(f"/campaigns/{home.campaign_id}/chase").text

    assert "4月11日（周四） <b>已过</b>" in page
