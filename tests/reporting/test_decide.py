"""通过 and 退回修改: who decides, on what, and what happens when two do it at once."""

import threading

import pytest
from sqlalchemy import select

from ipweek.accounts.models import AuditEntry
from ipweek.annexes import editing
from ipweek.annexes import service as annexes
from ipweek.annexes.editing import Edit
from ipweek.annexes.models import AnnexTable
from ipweek.errors import Conflict, Forbidden, Invalid, NotFound, Refused
from ipweek.extensions import db
from ipweek.reporting import review, service
from tests import make
from tests.reporting.cast import sent


@pytest.fixture
def move(cast):
    """闵行's submission, waiting for the office."""
    return sent(cast["filler of 闵行"])


def state(move):
    return db.session.get(AnnexTable, move.table_id).status


def decide(action, move, by):
    if action == "approve":
        return service.approve(move.table_id, submission=move.id, by=by)
    if action == "return":
        return service.return_for_changes(move.table_id, "时间不明确", submission=move.id, by=by)
    return service.withdraw(move.table_id, by=by)


@pytest.mark.parametrize("who", ["clerk", "head"])
@pytest.mark.parametrize("action, to", [("approve", "approved"), ("return", "returned")])
def test_the_office_decides_on_record(cast, move, who, action, to):
    done = decide(action, move, cast[who])

    assert (state(move), done.from_status, done.to_status, done.by_id) == (to, "submitted", to, cast[who].id)
    assert db.session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)).all() == ["table.submit", f"table.{action}"]


@pytest.mark.parametrize("action", ["approve", "return"])
@pytest.mark.parametrize(
    "who, error",
    [
        ("filler of 闵行", Forbidden),
        ("filler of 徐汇", NotFound),
        ("viewer", Forbidden),
        ("admin", NotFound),
        ("auditor", NotFound),
    ],
)
def test_nobody_else_decides(cast, move, action, who, error):
    with pytest.raises(error):
        decide(action, move, cast[who])

    assert state(move) == "submitted"


def test_a_return_wants_a_reason(cast, move):
    with pytest.raises(Invalid, match="选择或填写退回理由"):
        service.return_for_changes(move.table_id, "  ", submission=move.id, by=cast["clerk"])

    assert state(move) == "submitted"


def test_a_return_is_not_due_in_the_past(cast, move):
    with pytest.raises(Invalid, match="已经过去"):
        service.return_for_changes(move.table_id, "缺联系电话", submission=move.id, due=move.at, by=cast["clerk"])

    assert state(move) == "submitted"


def test_the_unit_reads_why_it_came_back_and_until_when(cast, move):
    due = service.dues.end_of(move.at.date().replace(day=15))

    service.return_for_changes(move.table_id, "时间不明确；第 3 行", submission=move.id, due=due, by=cast["clerk"])

    home = db.session.get(AnnexTable, move.table_id)
    assert (home.return_reason, home.return_due_at) == ("时间不明确；第 3 行", due)
    assert service.dues.text(service.dues.of(home)).until == "4月15日（周一）24:00"


def test_an_accepted_table_can_still_be_returned(cast, move):
    decide("approve", move, cast["clerk"])

    decide("return", move, cast["head"])

    assert state(move) == "returned"


def test_what_was_sent_again_is_read_before_it_is_decided(cast, move):
    by = cast["filler of 闵行"]
    service.withdraw(move.table_id, by=by)
    home = db.session.get(AnnexTable, move.table_id)
    (row,) = annexes.rows_of(home)
    editing.save_cells(home.id, [Edit(row.id, "venue", "莘庄公园", "七宝万科广场一楼中庭")], op_id="op-00000001", by=by)
    service.submit(home.id, reasons={}, revision=1, by=by)

    with pytest.raises(Conflict, match="刚刚重新报送"):
        decide("approve", move, cast["clerk"])

    assert state(move) == "submitted"


def test_nobody_accepts_his_own_table(cast):
    both = make.person("office", "clerk", "filler")
    move = sent(both)

    with pytest.raises(Forbidden, match="另一位同事审核"):
        decide("approve", move, both)

    assert decide("approve", move, cast["clerk"]).to_status == "approved"


def test_a_decision_is_taken_back_on_the_same_day(cast, move):
    decide("approve", move, cast["clerk"])

    service.take_back(move.table_id, by=cast["head"])

    assert state(move) == "submitted"
    assert [found.action for found in service.moves_of(db.session.get(AnnexTable, move.table_id))] == ["submit", "approve", "take_back"]


def test_a_decision_stands_on_the_next_day(cast, move, clock):
    decide("approve", move, cast["clerk"])
    clock.move_to("2024-04-11T00:00:01+08:00")

    with pytest.raises(Conflict, match="当天撤销"):
        service.take_back(move.table_id, by=cast["clerk"])


def test_a_return_stands_once_the_unit_works_on_it(cast, move):
    decide("return", move, cast["clerk"])
    home = db.session.get(AnnexTable, move.table_id)
    (row,) = annexes.rows_of(home)
    editing.save_cells(home.id, [Edit(row.id, "venue", "莘庄公园", "七宝万科广场一楼中庭")], op_id="op-00000001", by=cast["filler of 闵行"])

    with pytest.raises(Conflict, match="已经在修改"):
        service.take_back(move.table_id, by=cast["clerk"])

    assert state(move) == "returned"


@pytest.mark.parametrize(
    "pair", [("approve", "return"), ("approve", "withdraw"), ("return", "withdraw"), ("approve", "approve")], ids="-".join
)
def test_of_two_at_once_one_wins_and_the_other_reads_a_sentence(app, cast, move, pair):
    people = [cast["filler of 闵行"] if action == "withdraw" else cast[who] for action, who in zip(pair, ("clerk", "head"), strict=True)]
    gate = threading.Barrier(2)
    done, refused = [], []
    seen = type("Seen", (), {"id": move.id, "table_id": move.table_id})  # plain numbers: each thread has a session of its own

    def act(action, by):
        with app.app_context():
            gate.wait()
            try:
                done.append(decide(action, seen, by).to_status)
            except Refused as error:
                refused.append(error)
            db.session.remove()

    threads = [threading.Thread(target=act, args=args) for args in zip(pair, people, strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    db.session.rollback()
    # an approved table may still be returned: then both stand, one after the other
    assert len(done) + len(refused) == 2
    assert state(move) == done[-1]
    if refused:
        assert isinstance(refused[0], Conflict)
        assert str(refused[0]).endswith("）")
        assert "已办理" in str(refused[0])
    else:
        assert done == ["approved", "returned"]


def test_the_office_sees_what_changed_cell_by_cell(cast, move):
    by = cast["filler of 闵行"]
    decide("return", move, cast["clerk"])
    home = db.session.get(AnnexTable, move.table_id)
    (row,) = annexes.rows_of(home)
    editing.save_cells(home.id, [Edit(row.id, "venue", "莘庄公园", "七宝万科广场一楼中庭")], op_id="op-00000001", by=by)
    added = make.row(home, event_name="新增的一项")
    service.submit(home.id, reasons={}, revision=1, by=by)

    found = review.read(home.id, by=cast["clerk"])

    assert found.differences.cells == {(row.id, "venue"): "七宝万科广场一楼中庭"}
    assert found.differences.added == {added.id}
    assert not found.differences.removed


def test_the_waiting_tables_are_leafed_through_in_official_order(cast):
    moves = {slug: sent(make.person(slug, "filler")) for slug in ("xuhui", "minhang", "shangwuwei")}

    found = review.read(moves["xuhui"].table_id, by=cast["clerk"]).waiting

    assert (found.before, found.after, found.total) == (moves["shangwuwei"].table_id, moves["minhang"].table_id, 3)
