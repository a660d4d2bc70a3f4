"""本年免报, 延期 and 补报: who grants them, what they change, and what the unit hears."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select

from ipweek.accounts.models import AuditEntry
from ipweek.annexes import editing
from ipweek.annexes import service as annexes
from ipweek.annexes.editing import Edit
from ipweek.annexes.models import AnnexTable
from ipweek.errors import Conflict, Forbidden, Invalid, NotFound
from ipweek.extensions import db
from ipweek.reporting import messages, service, summaries, tasks, terms
from ipweek.reporting.summary_draft import Draft
from ipweek.transaction import transaction
from tests import make
from tests.reporting.cast import sent, table


def told(person):
    return [found.words for found in messages.mine(by=person).messages]


def closed(home):
    with transaction():
        home.campaign.status = "closed"
    return home


def change(home, by, op="op-00000001"):
    (row, *_) = annexes.rows_of(home)
    return editing.save_cells(home.id, [Edit(row.id, "venue", "莘庄公园", "七宝万科广场一楼中庭")], op_id=op, by=by)


# ---- excused ---------------------------------------------------------------------------------------------------


def test_an_excused_unit_is_not_asked_and_reads_why(cast):
    home = make.table("minhang", "todo")

    terms.excuse(home.id, "职能已划转", by=cast["clerk"])

    assert db.session.get(AnnexTable, home.id).is_excused
    assert told(cast["filler of 闵行"]) == ["本年不用报送附件2：职能已划转。"]
    (move,) = service.record_of(home)
    assert (move.action, move.why, move.from_status, move.to_status) == ("excuse", "职能已划转", "todo", "todo")
    line = db.session.scalars(select(AuditEntry)).one()
    assert (line.action, line.object) == ("table.excuse", f"table:{home.id}")


def test_it_can_be_asked_again(cast):
    home = make.table("minhang", "todo", is_excused=True)

    terms.ask_again(home.id, by=cast["head"])

    assert not db.session.get(AnnexTable, home.id).is_excused
    with pytest.raises(Conflict, match="没有免报"):
        terms.ask_again(home.id, by=cast["head"])


def test_an_excused_unit_is_shown_no_deadline_that_holds_for_others_alone(cast, seat):
    home = make.table("minhang", "todo", is_excused=True)
    by = cast["filler of 闵行"]

    of_the_unit = seat(by)

    assert tasks.later(tasks.mine(by=by)) == []
    mine, sheet = (of_the_unit.get(address).text for address in ("/tasks", f"/tables/{home.id}"))
    assert "仍可填写并报送" in mine
    assert "仍可填写并报送" in sheet
    assert "截止" not in mine + sheet


def test_who_sends_all_the_same_is_no_longer_excused(cast):
    home = table(is_excused=True)

    service.submit(home.id, reasons={}, revision=0, by=cast["filler of 闵行"])

    assert not db.session.get(AnnexTable, home.id).is_excused


def test_what_was_sent_is_not_excused(cast):
    move = sent(cast["filler of 闵行"])

    with pytest.raises(Conflict, match="已经报送"):
        terms.excuse(move.table_id, "职能已划转", by=cast["clerk"])


# ---- more time -------------------------------------------------------------------------------------------------


def test_more_time_is_for_one_unit_alone(cast, clock):
    home, other = table(), table(slug="xuhui")

    terms.extend(home.id, date(2024, 4, 16), "机构改革", by=cast["clerk"])

    assert terms.dues.text(terms.dues.of(home)).until == "4月16日（周二）24:00"
    assert terms.dues.text(terms.dues.of(other)).until == "4月12日（周五）24:00"
    assert told(cast["filler of 闵行"]) == ["附件2延期至4月16日（周二）24:00。"]
    assert told(cast["filler of 徐汇"]) == []
    clock.move_to("2024-04-16T23:59:59+08:00")
    service.submit(home.id, reasons={}, revision=0, by=cast["filler of 闵行"])
    assert not db.session.get(AnnexTable, home.id).is_late


def test_a_returned_table_gets_it_in_place_of_the_day_of_its_return(cast):
    move = sent(cast["filler of 闵行"])
    due = terms.dues.end_of(date(2024, 4, 12))
    service.return_for_changes(move.table_id, "缺联系电话", submission=move.id, due=due, by=cast["clerk"])

    terms.extend(move.table_id, date(2024, 4, 18), "经办人出差", by=cast["clerk"])

    assert terms.dues.text(terms.dues.of(db.session.get(AnnexTable, move.table_id))).until == "4月18日（周四）24:00"


@pytest.mark.parametrize(
    "day, why, sentence",
    [
        (date(2024, 4, 9), "出差", "已经过去"),
        (date(2024, 4, 11), "出差", "要晚于现在的截止日期4月12日"),
        (date(2024, 4, 12), "出差", "要晚于现在的截止日期4月12日"),
        (date(2024, 4, 16), " 。", "写明延期的理由"),
    ],
)
def test_more_time_is_later_and_has_a_reason(cast, day, why, sentence):
    home = table()

    with pytest.raises(Invalid, match=sentence):
        terms.extend(home.id, day, why, by=cast["clerk"])

    assert service.record_of(home) == []


def test_more_time_entered_with_a_wrong_year_may_be_corrected_to_an_earlier_day(cast):
    home = table()
    terms.extend(home.id, date(2025, 4, 16), "机构改革", by=cast["clerk"])

    terms.extend(home.id, date(2024, 4, 16), "机构改革，更正年份", by=cast["clerk"])

    assert terms.dues.text(terms.dues.of(home)).until == "4月16日（周二）24:00"
    assert told(cast["filler of 闵行"])[0] == "附件2延期至4月16日（周二）24:00。"
    with pytest.raises(Invalid, match="要晚于现在的截止日期4月12日"):
        terms.extend(home.id, date(2024, 4, 12), "机构改革", by=cast["clerk"])


# ---- after the close -------------------------------------------------------------------------------------------


def test_after_the_close_a_unit_asks_the_office_agrees_and_it_is_marked_late(cast, clock):
    by, home = cast["filler of 闵行"], closed(table())
    with pytest.raises(Conflict, match="活动已经关闭"):
        change(home, by)

    terms.ask_late(home.id, "经办人出差", by=by)
    assert told(cast["clerk"]) == told(cast["head"]) == ["闵行区申请补报附件2：经办人出差。"]
    assert terms.read(home.id, by=cast["clerk"]).request.why == "经办人出差"
    clock.move_to("2024-05-06T10:00:00+08:00")
    terms.allow_late(home.id, date(2024, 5, 7), by=cast["clerk"])

    assert told(by)[0] == "市联席办同意补报附件2，请在5月7日（周二）24:00前报送。"
    change(home, by)
    service.submit(home.id, reasons={}, revision=1, by=by)
    done = db.session.get(AnnexTable, home.id)
    assert (done.status, done.is_late) == ("submitted", True)


def test_leave_to_send_late_ends(cast, clock):
    by, home = cast["filler of 闵行"], closed(table())
    terms.allow_late(home.id, date(2024, 4, 11), by=cast["clerk"])
    change(home, by)
    clock.move_to("2024-04-12T00:00:00+08:00")

    with pytest.raises(Conflict, match="活动已经关闭"):
        service.submit(home.id, reasons={}, revision=1, by=by)

    terms.ask_late(home.id, "还差两天", by=by)  # and may be asked for again


def test_a_wish_that_waits_is_not_made_twice(cast):
    by, home = cast["filler of 闵行"], closed(table())

    first, second = (terms.ask_late(home.id, "经办人出差", by=by) for _ in range(2))

    assert first.id == second.id
    assert len(told(cast["clerk"])) == 1


def test_the_office_may_say_no(cast):
    by, home = cast["filler of 闵行"], closed(table())
    terms.ask_late(home.id, "经办人出差", by=by)

    terms.refuse_late(home.id, "汇总表已印发", by=cast["clerk"])

    assert told(by) == ["市联席办没有同意补报附件2：汇总表已印发。"]
    with pytest.raises(Conflict, match="没有等待答复"):
        terms.refuse_late(home.id, "汇总表已印发", by=cast["clerk"])


def test_while_the_campaign_is_open_there_is_nothing_to_ask(cast):
    home = table()

    with pytest.raises(Conflict, match="不用申请补报"):
        terms.ask_late(home.id, "经办人出差", by=cast["filler of 闵行"])
    with pytest.raises(Conflict, match="还没有关闭"):
        terms.allow_late(home.id, date(2024, 4, 18), by=cast["clerk"])


# ---- who, and the pages ----------------------------------------------------------------------------------------

GRANTS = {
    "excuse": lambda number, by: terms.excuse(number, "职能已划转", by=by),
    "ask-again": lambda number, by: terms.ask_again(number, by=by),
    "extend": lambda number, by: terms.extend(number, date(2024, 4, 18), "出差", by=by),
    "allow-late": lambda number, by: terms.allow_late(number, date(2024, 4, 18), by=by),
    "refuse-late": lambda number, by: terms.refuse_late(number, "已印发", by=by),
    "terms": lambda number, by: terms.read(number, by=by),
}


@pytest.mark.parametrize("grant", GRANTS)
@pytest.mark.parametrize(
    "who, error",
    [("filler of 闵行", Forbidden), ("filler of 徐汇", NotFound), ("viewer", Forbidden), ("admin", NotFound), ("auditor", NotFound)],
)
def test_the_office_alone_grants(cast, grant, who, error):
    home = table()

    with pytest.raises(error):
        GRANTS[grant](home.id, cast[who])


@pytest.mark.parametrize("who, error", [("filler of 徐汇", NotFound), ("clerk", Forbidden), ("viewer", Forbidden)])
def test_only_the_units_filler_asks_to_send_late(cast, who, error):
    home = closed(table())

    with pytest.raises(error):
        terms.ask_late(home.id, "出差", by=cast[who])


def test_the_page_grants_and_shows_what_was_granted(cast, seat):
    home = table()
    desk = seat(cast["clerk"])

    page = desk.get(f"/tables/{home.id}/terms").text
    assert "延期" in page
    assert 'name="until" required value="2024-04-12"' in page
    answer = desk.post(f"/tables/{home.id}/extend", {"until": "2024-04-16", "why": "机构改革"})

    assert answer.status_code == 303
    page = desk.get(answer.location).text
    assert "4月16日（周二）24:00 截止" in page
    assert "延至4月16日（周二）24:00：机构改革" in page
    assert "延期" in seat(cast["filler of 闵行"]).get(f"/tables/{home.id}/moves").text
    assert "（延期）" in desk.get("/board").text


@pytest.mark.parametrize("form", [{"until": "后天", "why": "机构改革"}, {"until": "2024-04-16", "why": ""}, {"why": "机构改革"}])
def test_a_poor_entry_brings_the_page_with_what_was_typed(cast, seat, form):
    home = table()

    answer = seat(cast["clerk"]).post(f"/tables/{home.id}/extend", form)

    assert answer.status_code == 422
    assert all(f'value="{value}"' in answer.text for value in form.values())


def test_my_tasks_offer_to_ask_after_the_close(cast, seat):
    home = closed(table())
    desk = seat(cast["filler of 闵行"])

    assert f"/tables/{home.id}/ask-late" in desk.get("/tasks").text
    answer = desk.post(f"/tables/{home.id}/ask-late", {"why": "经办人出差"})

    assert "等待市联席办答复" in desk.get(answer.location).text
    assert "单位申请补报" in seat(cast["clerk"]).get(f"/tables/{home.id}/terms").text
    terms.allow_late(home.id, date(2024, 4, 18), by=cast["clerk"])
    page = desk.get("/tasks").text
    assert "市联席办同意补报，4月18日（周四）24:00 截止，还剩 8 天 12 小时；报送后会标记“逾期”" in page
    assert "继续填报" in page


def test_after_the_close_the_summary_is_asked_for_late_too(cast, seat, clock):
    home = table("approved", of=make.campaign("closed"), submitted_at=datetime(2024, 4, 10, tzinfo=UTC))
    clock.move_to("2024-05-20T10:00:00+08:00")
    unit = seat(cast["filler of 闵行"])

    page = unit.get("/tasks").text
    terms.ask_late(home.id, "数据刚刚核实", by=cast["filler of 闵行"])
    asked = told(cast["clerk"])
    terms.allow_late(home.id, date(2024, 5, 24), by=cast["clerk"])
    after = unit.get("/tasks").text
    made = summaries.save(home.id, Draft("总结文字", held={rows(home)[0]: {"how": "held"}}), revision=0, by=cast["filler of 闵行"])
    sent = summaries.submit(home.id, revision=made.revision, by=cast["filler of 闵行"])

    assert "补报活动总结的理由" in page
    assert asked == ["闵行区申请补报活动总结：数据刚刚核实。"]
    assert told(cast["filler of 闵行"]) == ["市联席办同意补报活动总结，请在5月24日（周五）24:00前报送。"]
    assert "填写总结" in after
    assert (sent.status, sent.is_late) == ("submitted", True)
    assert terms.owed([db.session.get_one(AnnexTable, home.id)]) == {}


def test_an_earlier_years_summary_is_not_asked_for_any_more(cast, clock):
    home = table("approved", of=make.campaign("closed"), submitted_at=datetime(2024, 4, 10, tzinfo=UTC))
    clock.move_to("2025-03-01T10:00:00+08:00")

    assert terms.owed([home]) == {}
    with pytest.raises(Conflict, match="不用申请补报"):
        terms.ask_late(home.id, "数据刚刚核实", by=cast["filler of 闵行"])


def rows(home):
    return [str(row.id) for row in annexes.rows_of(home)]
