"""报送: what stops it, what it asks, what it freezes, and what a second press does."""

import threading

import pytest
from sqlalchemy import func, select

from ipweek.accounts.models import AuditEntry
from ipweek.annexes import editing
from ipweek.annexes import service as annexes
from ipweek.annexes.editing import Edit
from ipweek.annexes.models import AnnexTable
from ipweek.errors import Conflict, Forbidden, Invalid, NotFound
from ipweek.extensions import db
from ipweek.notice.models import Extension
from ipweek.reporting import service, tasks
from ipweek.reporting.models import Move, Snapshot
from ipweek.transaction import transaction
from tests import make
from tests.reporting.cast import GOOD, sent, table

OUTSIDE = {"event_time": "5月8日"}


def asked(of, by):
    """The ids of the findings that want a reason."""
    return [finding.id for finding in tasks.preview(of.id, by=by).to_explain]


def test_a_good_table_is_sent_with_a_receipt_a_snapshot_and_a_line_in_the_audit_log(cast):
    by = cast["filler of 闵行"]
    home = table()

    move = service.submit(home.id, reasons={}, revision=0, by=by)

    assert (move.from_status, move.to_status, move.by_id) == ("draft", "submitted", by.id)
    assert move.receipt_no == f"BS2024-{home.id:04d}-1"
    assert (home.status, home.is_late, home.submitted_at) == ("submitted", False, move.at)
    line = db.session.scalars(select(AuditEntry)).one()
    assert (line.action, line.object, line.actor) == ("table.submit", f"table:{home.id}", by.username)
    assert move.receipt_no in line.detail


def test_the_snapshot_is_what_the_office_gets(cast):
    home = table("draft", {"event_name": "第一项"}, {"event_name": "第二项"})

    content = service.submit(home.id, reasons={}, revision=0, by=cast["filler of 闵行"]).snapshot.content

    assert set(content) == {"unit", "annex", "form", "header", "rows", "nil_return", "typed_in", "submitted_at"}
    assert content["unit"] == {"slug": "minhang", "name": "闵行区", "short": "闵行区"}
    assert content["header"] == {"unit_name": "闵行区"}
    assert [row["values"]["event_name"] for row in content["rows"]] == ["第一项", "第二项"]
    assert [row["id"] for row in content["rows"]] == [row.id for row in annexes.rows_of(home)]
    assert content["form"] == home.schema.form
    assert content["submitted_at"] == "2024-04-10T12:00:00+08:00"


def test_renaming_a_unit_leaves_what_was_sent_alone(cast):
    move = sent(cast["filler of 闵行"])
    before = dict(move.snapshot.content)

    with transaction():
        unit = make.unit("minhang")
        unit.name, unit.short = "新闵行区", "新闵行"

    assert db.session.get(Snapshot, move.snapshot_id).content == before
    assert tasks.receipt(move.table_id, by=cast["filler of 闵行"]).content["unit"]["name"] == "闵行区"


def test_an_empty_required_cell_stops_it_and_nothing_is_stored(cast):
    home = table("draft", {"venue": ""})

    with pytest.raises(Invalid, match="有 1 处需要修改"):
        service.submit(home.id, reasons={}, revision=0, by=cast["filler of 闵行"])

    assert home.status == "draft"
    assert db.session.scalar(select(func.count()).select_from(Move)) == 0


def test_an_empty_table_is_not_sent(cast):
    home = make.table("minhang", "draft")

    with pytest.raises(Invalid):
        service.submit(home.id, reasons={}, revision=0, by=cast["filler of 闵行"])


@pytest.mark.parametrize(
    "poor", ["", "无", "核实无误", "已核实无误", "。。。。。。。。", "无无无无无无", "经核实情况属实", "11111111", "没问题的"]
)
def test_a_doubtful_cell_wants_a_reason_that_says_something(cast, poor):
    by = cast["filler of 闵行"]
    home = table("draft", OUTSIDE)
    (finding,) = asked(home, by)

    with pytest.raises(Invalid, match="还有 1 处需要写明理由") as refused:
        service.submit(home.id, reasons={finding: poor}, revision=0, by=by)

    assert list(refused.value.fields) == [finding]
    assert home.status == "draft"


def test_reasons_are_kept_with_the_submission(cast):
    by = cast["filler of 闵行"]
    home = table("draft", OUTSIDE)
    (finding,) = asked(home, by)

    move = service.submit(home.id, reasons={finding: f" {GOOD} ", "strange": "别处的理由也写在这里"}, revision=0, by=by)

    assert move.reasons == {finding: GOOD}


def test_a_table_changed_meanwhile_is_not_sent(cast):
    by = cast["filler of 闵行"]
    home = table()
    (row,) = annexes.rows_of(home)
    editing.save_cells(home.id, [Edit(row.id, "venue", "莘庄公园", "七宝万科广场一楼中庭")], op_id="op-00000001", by=by)

    with pytest.raises(Conflict, match="刚刚有人修改过"):
        service.submit(home.id, reasons={}, revision=0, by=by)

    assert service.submit(home.id, reasons={}, revision=1, by=by).snapshot.content["rows"][0]["values"]["venue"] == "莘庄公园"


def test_a_second_press_gives_the_same_receipt(cast):
    by = cast["filler of 闵行"]
    first = sent(by)

    second = service.submit(first.table_id, reasons={}, revision=0, by=by)

    assert second.id == first.id
    assert db.session.scalar(select(func.count()).select_from(Snapshot)) == 1


def test_many_presses_at_once_are_one_submission(app, cast):
    by = cast["filler of 闵行"]
    home = table().id
    gate = threading.Barrier(8)
    receipts = []

    def press():
        with app.app_context():
            gate.wait()
            receipts.append(service.submit(home, reasons={}, revision=0, by=by).receipt_no)
            db.session.remove()

    threads = [threading.Thread(target=press) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    db.session.rollback()
    assert receipts == [f"BS2024-{home:04d}-1"] * 8
    assert db.session.scalar(select(func.count()).select_from(Move)) == 1


@pytest.mark.parametrize(
    "who, error",
    [
        ("filler of 徐汇", NotFound),
        ("clerk", Forbidden),
        ("head", Forbidden),
        ("viewer", Forbidden),
        ("admin", NotFound),
        ("auditor", NotFound),
    ],
)
def test_only_the_units_own_filler_sends(cast, who, error):
    home = table()

    with pytest.raises(error):
        service.submit(home.id, reasons={}, revision=0, by=cast[who])

    assert home.status == "draft"


def test_a_closed_campaign_takes_nothing(cast):
    home = table(of=make.campaign("closed"))

    with pytest.raises(Conflict, match="活动已经关闭"):
        service.submit(home.id, reasons={}, revision=0, by=cast["filler of 闵行"])


# ---- late ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "moment, is_late",
    [("2024-04-12T23:59:59.9+08:00", False), ("2024-04-13T00:00:00+08:00", True), ("2024-04-12T17:00:00+00:00", True)],
)
def test_late_is_decided_by_the_clock_in_shanghai_when_it_is_sent(cast, clock, moment, is_late):
    home = table()
    clock.move_to(moment)

    service.submit(home.id, reasons={}, revision=0, by=cast["filler of 闵行"])

    assert home.is_late is is_late


def test_an_extension_gives_one_unit_more_time(cast, clock):
    by, other = cast["filler of 闵行"], cast["filler of 徐汇"]
    home, theirs = table(), table(slug="xuhui")
    with transaction():
        plan = home.campaign.deadlines[0]
        until = service.dues.end_of(plan.due_on.replace(day=16))
        db.session.add(Extension(deadline_id=plan.id, unit_id=home.unit_id, until=until, why="人员变动", by_id=by.id, at=until))
    clock.move_to("2024-04-16T18:00:00+08:00")

    service.submit(home.id, reasons={}, revision=0, by=by)
    service.submit(theirs.id, reasons={}, revision=0, by=other)

    assert (home.is_late, theirs.is_late) == (False, True)


def test_after_a_return_its_own_date_counts(cast, clock):
    by = cast["filler of 闵行"]
    move = sent(by)
    due = service.dues.end_of(move.at.date().replace(day=15))
    service.return_for_changes(move.table_id, "时间不明确", submission=move.id, due=due, by=cast["clerk"])
    clock.move_to("2024-04-15T23:00:00+08:00")

    service.submit(move.table_id, reasons={}, revision=0, by=by)

    assert db.session.get(AnnexTable, move.table_id).is_late is False


# ---- nil return, withdrawal ----------------------------------------------------------------------------------


def test_a_nil_return_is_sent_with_one_press_and_a_second_one_changes_nothing(cast):
    by = cast["filler of 闵行"]
    home = make.table("minhang")

    move = service.nil_return(home.id, by=by)
    again = service.nil_return(home.id, by=by)

    assert again.id == move.id
    assert (home.status, home.nil_return) == ("submitted", True)
    assert move.snapshot.content["nil_return"] is True
    assert move.snapshot.content["rows"] == []


def test_a_nil_return_is_refused_while_activities_are_filled(cast):
    home = table()

    with pytest.raises(Conflict, match="还有 1 项活动"):
        service.nil_return(home.id, by=cast["filler of 闵行"])

    assert (home.status, home.nil_return) == ("draft", False)


def test_until_a_decision_the_unit_takes_its_table_back_and_sends_it_again(cast):
    by = cast["filler of 闵行"]
    first = sent(by)
    home = db.session.get(AnnexTable, first.table_id)

    service.withdraw(home.id, by=by)
    assert (home.status, home.submitted_at) == ("draft", None)
    second = service.submit(home.id, reasons={}, revision=home.revision, by=by)

    assert second.receipt_no == f"BS2024-{home.id:04d}-2"
    assert [move.action for move in service.moves_of(home)] == ["submit", "withdraw", "submit"]


def test_a_nil_return_taken_back_is_an_open_table_again(cast):
    by = cast["filler of 闵行"]
    home = make.table("minhang")
    service.nil_return(home.id, by=by)

    service.withdraw(home.id, by=by)

    assert (home.status, home.nil_return) == ("draft", False)


def test_what_was_returned_before_is_returned_again_when_it_is_taken_back(cast):
    by = cast["filler of 闵行"]
    move = sent(by)
    home = db.session.get(AnnexTable, move.table_id)
    service.return_for_changes(home.id, "缺联系电话", submission=move.id, by=cast["clerk"])
    service.submit(home.id, reasons={}, revision=0, by=by)

    service.withdraw(home.id, by=by)

    assert (home.status, home.return_reason) == ("returned", "缺联系电话")


@pytest.mark.parametrize("status", ["approved", "archived"])
def test_what_is_decided_is_not_taken_back(cast, status):
    home = table(status)

    with pytest.raises(Conflict):
        service.withdraw(home.id, by=cast["filler of 闵行"])


# ---- a second pair of eyes -----------------------------------------------------------------------------------


@pytest.fixture
def approver(cast):
    return make.person("minhang", "approver")


def test_where_a_unit_has_an_approver_he_sees_the_table_first(cast, approver):
    by = cast["filler of 闵行"]
    home = table("draft", OUTSIDE)
    given = dict.fromkeys(asked(home, by), GOOD)

    first = service.submit(home.id, reasons=given, revision=0, by=by)
    assert (home.status, first.receipt_no, home.submitted_at) == ("unit_review", None, None)
    second = service.endorse(home.id, by=approver)

    assert home.status == "submitted"
    assert (second.reasons, second.receipt_no) == (given, f"BS2024-{home.id:04d}-1")


def test_the_clock_stops_when_the_approver_agrees(cast, approver, clock):
    by = cast["filler of 闵行"]
    home = table()
    service.submit(home.id, reasons={}, revision=0, by=by)
    clock.move_to("2024-04-13T08:00:00+08:00")

    service.endorse(home.id, by=approver)

    assert home.is_late is True


def test_the_approver_gives_it_back_with_a_reason(cast, approver):
    by = cast["filler of 闵行"]
    home = table()
    service.submit(home.id, reasons={}, revision=0, by=by)

    with pytest.raises(Invalid, match="写明退回"):
        service.send_back(home.id, "  ", by=approver)
    move = service.send_back(home.id, "第 1 行时间再核对", by=approver)

    assert (home.status, move.why) == ("draft", "第 1 行时间再核对")


def test_nobody_is_his_own_second_pair_of_eyes(cast, approver):
    both = make.person("minhang", "approver", "filler")
    home = table()
    service.submit(home.id, reasons={}, revision=0, by=both)
    assert home.status == "unit_review"

    with pytest.raises(Forbidden, match="另一位审核人"):
        service.endorse(home.id, by=both)

    assert service.endorse(home.id, by=approver).to_status == "submitted"


def test_an_approver_who_is_alone_and_fills_sends_at_once(cast):
    both = make.person("xuhui", "approver", "filler")
    home = table(slug="xuhui")

    assert service.submit(home.id, reasons={}, revision=0, by=both).to_status == "submitted"
