"""站内消息: whom each move of a table concerns, and that nobody sees another's."""

import pytest

from ipweek.annexes.models import AnnexTable
from ipweek.errors import NotFound
from ipweek.extensions import db
from ipweek.reporting import messages, service
from tests import make
from tests.reporting.cast import sent, table


def told(person):
    return [found.words for found in messages.mine(by=person).messages]


def test_the_unit_hears_of_each_decision(cast):
    by = cast["filler of 闵行"]
    move = sent(by)

    service.return_for_changes(move.table_id, "时间不明确", submission=move.id, by=cast["clerk"])
    service.take_back(move.table_id, by=cast["clerk"])
    service.approve(move.table_id, submission=move.id, by=cast["clerk"])

    assert told(by) == [
        "附件2已审核通过。",
        "市联席办撤销了对附件2的决定，正在重新审核。",
        "附件2被退回修改：时间不明确。请改好后重新报送。",
    ]
    assert told(cast["filler of 徐汇"]) == told(cast["clerk"]) == []


def test_who_returned_a_table_hears_that_it_came_again(cast):
    by = cast["filler of 闵行"]
    move = sent(by)
    service.return_for_changes(move.table_id, "时间不明确", submission=move.id, by=cast["head"])

    service.submit(move.table_id, reasons={}, revision=0, by=by)

    assert told(cast["head"]) == ["闵行区的附件2退回后已重新报送，请审核。"]
    assert told(cast["clerk"]) == []
    assert messages.unread(by=by) == 0  # the return is answered


def test_the_units_approver_is_asked_and_his_filler_hears_of_it(cast):
    by, approver = cast["filler of 闵行"], make.person("minhang", "approver")
    home = table()
    service.submit(home.id, reasons={}, revision=0, by=by)

    assert told(approver) == ["附件2等待本单位审核人核对并同意报送。"]
    service.send_back(home.id, "第 2 行时间请再核对", by=approver)

    assert told(by) == ["附件2被本单位审核人退回：第 2 行时间请再核对。"]


def test_what_asked_him_to_look_is_over_once_he_has_decided(cast):
    by, approver, clerk = cast["filler of 闵行"], make.person("minhang", "approver"), cast["clerk"]
    home = table()
    service.submit(home.id, reasons={}, revision=0, by=by)
    first = service.endorse(home.id, by=approver)
    assert messages.unread(by=approver) == 0
    service.return_for_changes(home.id, "时间不明确", submission=first.id, by=clerk)
    service.submit(home.id, reasons={}, revision=0, by=by)
    second = service.endorse(home.id, by=approver)
    assert told(clerk) == ["闵行区的附件2退回后已重新报送，请审核。"]

    service.approve(home.id, submission=second.id, by=cast["head"])

    assert messages.unread(by=clerk) == 0


def test_the_top_bar_counts_and_a_press_reads_and_leads_there(cast, seat):
    by = cast["filler of 闵行"]
    move = sent(by)
    service.approve(move.table_id, submission=move.id, by=cast["clerk"])
    desk = seat(by)

    assert "1 条未读" in desk.get("/tasks").text
    (found,) = messages.mine(by=by).messages
    answer = desk.post(f"/messages/{found.id}/open")

    assert (answer.status_code, answer.location) == (303, f"/tables/{move.table_id}/receipt")
    page = desk.get("/messages").text
    assert "条未读" not in page
    assert "附件2已审核通过。" in page


def test_all_can_be_read_at_once(cast, seat):
    by = cast["filler of 闵行"]
    home = table("draft")
    with messages.transaction():
        messages.tell_unit(home, "一", kind="chase")
        messages.tell_unit(home, "二", kind="chase")
    desk = seat(by)

    assert desk.post("/messages/read").status_code == 303

    assert messages.unread(by=by) == 0


def test_another_persons_message_is_not_there(cast):
    home = table("draft")
    with messages.transaction():
        messages.tell_unit(home, "一", kind="chase")
    (found,) = messages.mine(by=cast["filler of 闵行"]).messages

    with pytest.raises(NotFound):
        messages.open_one(found.id, by=cast["filler of 徐汇"])
    with pytest.raises(NotFound):
        messages.open_one(999, by=cast["filler of 闵行"])

    assert messages.unread(by=cast["filler of 闵行"]) == 1


@pytest.mark.parametrize("page, count", [("1", 50), ("2", 3), ("99", 3), ("0", 50), ("x", 50)])
def test_many_messages_come_in_pages(cast, seat, page, count):
    by = cast["filler of 闵行"]
    home = table("draft")
    with messages.transaction():
        for number in range(53):
            messages.tell([by.id], f"第{number}条", kind="chase", link=f"/tables/{home.id}")

    assert seat(by).get(f"/messages?page={page}").text.count("<time>") == count + 1  # and the clock in the footer


def test_somebody_who_left_is_told_nothing(cast):
    gone = make.user("minhang", "filler", is_active=False)
    move = sent(cast["filler of 闵行"])

    service.approve(move.table_id, submission=move.id, by=cast["clerk"])

    assert db.session.query(messages.Message).filter_by(user_id=gone.id).count() == 0
    assert db.session.get(AnnexTable, move.table_id).status == "approved"
