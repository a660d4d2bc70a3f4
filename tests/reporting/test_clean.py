"""通过 for all tables of which nothing is asked: which these are, and what one press does."""

import pytest
from sqlalchemy import event, select

from ipweek.accounts.models import AuditEntry
from ipweek.annexes.models import AnnexTable
from ipweek.errors import Forbidden, Invalid
from ipweek.extensions import db
from ipweek.reporting import clean, service, tasks
from tests import make
from tests.reporting.cast import GOOD, sent, table


def campaign():
    return db.session.scalars(select(AnnexTable.campaign_id)).first()


def found(by):
    return [one.table.unit.slug for one in clean.waiting(campaign(), by=by).clean]


def test_only_tables_that_ask_nothing_are_clean(cast):
    sent(cast["filler of 闵行"])
    asked = table("draft", {"event_time": "5月8日"}, slug="xuhui")
    (finding,) = tasks.preview(asked.id, by=cast["filler of 徐汇"]).to_explain
    service.submit(asked.id, reasons={finding.id: GOOD}, revision=0, by=cast["filler of 徐汇"])
    table("draft", slug="shangwuwei")

    waiting = clean.waiting(campaign(), by=cast["clerk"])

    assert [one.table.unit.slug for one in waiting.clean] == ["minhang"]
    assert (waiting.clean[0].activities, waiting.others) == (1, 1)


def test_what_was_returned_once_is_read_again(cast):
    by = cast["filler of 闵行"]
    move = sent(by)
    service.return_for_changes(move.table_id, "缺联系电话", submission=move.id, by=cast["clerk"])
    service.submit(move.table_id, reasons={}, revision=0, by=by)

    assert found(cast["clerk"]) == []


def test_a_nil_return_is_clean(cast):
    home = make.table("minhang")
    service.nil_return(home.id, by=cast["filler of 闵行"])

    assert found(cast["clerk"]) == ["minhang"]


def test_nobody_approves_what_he_sent_himself(cast):
    both = make.person("office", "clerk", "filler")
    sent(both)

    assert found(both) == []
    assert found(cast["clerk"]) == ["office"]


def test_one_press_approves_them_with_a_record_each(cast):
    moves = [sent(cast["filler of 闵行"]), sent(cast["filler of 徐汇"])]

    done = clean.approve(campaign(), {move.table_id: move.id for move in moves}, by=cast["clerk"])

    assert (sorted(done.approved), done.left) == (["徐汇区", "闵行区"], [])
    assert set(db.session.scalars(select(AnnexTable.status))) == {"approved"}
    assert db.session.scalars(select(AuditEntry.action)).all().count("table.approve") == 2


def test_what_changed_meanwhile_is_left_with_the_reason(cast):
    first, second = sent(cast["filler of 闵行"]), sent(cast["filler of 徐汇"])
    service.withdraw(first.table_id, by=cast["filler of 闵行"])
    seen = {first.table_id: first.id, second.table_id: second.id - 1, 999: 1}

    done = clean.approve(campaign(), seen, by=cast["clerk"])

    assert done.approved == []
    assert len(done.left) == 3
    assert any("徐汇区没有通过：徐汇区刚刚重新报送" in sentence for sentence in done.left)


@pytest.mark.parametrize("who", ["filler of 闵行", "viewer", "admin", "auditor"])
def test_only_the_office_approves(cast, who):
    move = sent(cast["filler of 闵行"])

    with pytest.raises(Forbidden):
        clean.approve(campaign(), {move.table_id: move.id}, by=cast[who])


def test_nothing_chosen_is_said(cast):
    sent(cast["filler of 闵行"])

    with pytest.raises(Invalid, match="没有选中"):
        clean.approve(campaign(), {}, by=cast["clerk"])


def test_the_page_lists_ticks_and_approves(cast, seat):
    first, second = sent(cast["filler of 闵行"]), sent(cast["filler of 徐汇"])
    desk = seat(cast["clerk"])

    assert f"/campaigns/{campaign()}/clean" in desk.get("/board").text
    page = desk.get(f"/campaigns/{campaign()}/clean").text
    assert "没有疑问的 2 张表" in page
    assert f'value="{first.table_id}-{first.id}" checked' in page
    answer = desk.post(f"/campaigns/{campaign()}/clean", {"pick": [f"{second.table_id}-{second.id}", "x-1", "1-", ""]})

    assert answer.status_code == 303
    assert "已通过 1 张表：徐汇区。" in desk.get(answer.location).text
    assert db.session.get(AnnexTable, first.table_id).status == "submitted"
    assert desk.post(f"/campaigns/{campaign()}/clean").status_code == 422


def test_the_questions_to_the_database_stay_few(cast):
    for number in range(20):
        sent(make.person(f"unit{number}", "filler"))
    asked = []

    def listen(*args):
        asked.append(args[2])

    event.listen(db.engine, "before_cursor_execute", listen)
    assert len(found(cast["clerk"])) == 20
    event.remove(db.engine, "before_cursor_execute", listen)

    assert len(asked) < 20 * 5
