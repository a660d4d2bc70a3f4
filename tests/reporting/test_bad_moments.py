"""Bad moments of the reporting: nothing that was typed is lost, nothing stands twice, and each reads a plain sentence."""

import threading

import pytest
from sqlalchemy import func, select

from ipweek.accounts import units
from ipweek.accounts.models import AuditEntry
from ipweek.annexes import editing
from ipweek.annexes import service as annexes
from ipweek.annexes.models import Activity, AnnexTable
from ipweek.board import service as boards
from ipweek.errors import Conflict, Refused
from ipweek.extensions import db
from ipweek.notice import service as notices
from ipweek.reporting import chasing, messages, reminding, service, terms
from ipweek.reporting.models import Chase, Move, Snapshot
from ipweek.transaction import transaction
from tests import make
from tests.reporting.cast import sent, table

VENUE = make.CELLS["venue"]
SENTENCE = r"^[\u4e00-\u9fff“（《\d].{8,120}[。）]$"
"""A whole sentence in Chinese."""


def at_once(app, *acts):
    """Do these at the same moment, each in a thread of its own; what was refused."""
    gate, refused = threading.Barrier(len(acts)), []

    def run(act):
        with app.app_context():
            gate.wait()
            try:
                act()
            except Refused as error:
                refused.append(error)
            finally:
                db.session.remove()

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    db.session.rollback()
    return refused


def status(table_id):
    db.session.rollback()
    return db.session.get_one(AnnexTable, table_id).status


# ---- at the same moment ----------------------------------------------------------------------------------------


def test_two_colleagues_who_submit_at_once_make_one_submission(app, cast):
    home = table().id
    people = [cast["filler of 闵行"], make.person("minhang", "filler")]

    refused = at_once(app, *(lambda by=by: service.submit(home, reasons={}, revision=0, by=by) for by in people))

    assert refused == []
    assert db.session.scalar(select(func.count()).select_from(Snapshot)) == 1
    assert db.session.scalar(select(func.count()).where(AuditEntry.action == "table.submit")) == 1


@pytest.mark.parametrize("turn", range(3))
def test_a_colleague_edits_during_the_submission(app, cast, turn):
    home = table()
    (row,) = annexes.rows_of(home)
    home_id, row_id = home.id, row.id
    by, colleague = cast["filler of 闵行"], make.person("minhang", "filler")

    refused = at_once(
        app,
        lambda: service.submit(home_id, reasons={}, revision=0, by=by),
        lambda: editing.save_cell(row_id, "venue", "莘庄公园", base=VENUE, op_id="op-00000001", by=colleague),
    )

    (lost,) = refused
    assert isinstance(lost, Conflict)
    assert str(lost)
    now = db.session.get_one(Activity, row_id).values["venue"]
    frozen = [snapshot.content["rows"][0]["values"]["venue"] for snapshot in db.session.query(Snapshot)]
    if status(home_id) == "submitted":
        assert (now, frozen) == (VENUE, [VENUE])
    else:
        assert (status(home_id), now, frozen) == ("draft", "莘庄公园", [])
        assert "刚刚有人修改过" in str(lost)


def test_the_office_returns_while_the_unit_withdraws(app, cast):
    move = sent(cast["filler of 闵行"])
    number, home = move.id, move.table_id

    (lost,) = at_once(
        app,
        lambda: service.return_for_changes(home, "时间不明确", submission=number, by=cast["clerk"]),
        lambda: service.withdraw(home, by=cast["filler of 闵行"]),
    )

    assert isinstance(lost, Conflict)
    assert "已办理" in str(lost)
    assert status(home) in {"returned", "draft"}
    records = [one.to_status for one in service.moves_of(db.session.get_one(AnnexTable, home))]
    assert records == ["submitted", status(home)]


def test_the_campaign_is_closed_while_a_unit_submits(app, cast):
    home = table()
    home_id, campaign_id = home.id, home.campaign_id

    def close():
        notices.close(notices.to_manage(campaign_id, by=cast["clerk"]), by=cast["clerk"])

    refused = at_once(app, lambda: service.submit(home_id, reasons={}, revision=0, by=cast["filler of 闵行"]), close)

    assert [str(one) for one in refused] == (
        [] if status(home_id) == "submitted" else ["本次活动已经关闭，不能报送。如需办理，请联系市联席办重新开启活动。"]
    )


# ---- between the page and the press ----------------------------------------------------------------------------


def test_the_deadline_passes_between_the_page_and_the_press(cast, seat, clock):
    home = table()
    clock.move_to("2024-04-12T23:59:30+08:00")
    unit = seat(cast["filler of 闵行"])
    page = unit.get(f"/tables/{home.id}/submit").text

    clock.move_to("2024-04-13T00:00:00+08:00")
    answer = unit.post(f"/tables/{home.id}/submit", {"revision": home.revision}, follow_redirects=True)

    assert "还剩 1 分钟" in page
    assert "报送成功" in answer.text
    assert "逾期" in answer.text
    assert db.session.get_one(AnnexTable, home.id).is_late


def test_the_deadline_passes_between_the_page_and_a_saved_cell(cast, clock):
    home = table()
    (row,) = annexes.rows_of(home)
    clock.move_to("2024-04-13T00:00:01+08:00")

    editing.save_cell(row.id, "venue", "莘庄公园", base=VENUE, op_id="op-00000001", by=cast["filler of 闵行"])

    assert db.session.get_one(Activity, row.id).values["venue"] == "莘庄公园"


def test_the_campaign_is_closed_between_the_page_and_a_saved_cell(cast, seat):
    home = table()
    (row,) = annexes.rows_of(home)
    unit = seat(cast["filler of 闵行"])
    unit.get(f"/tables/{home.id}")
    notices.close(home.campaign, by=cast["clerk"])

    form = {"base": VENUE, "value": "莘庄公园", "op": "op-00000001"}
    answer = unit.post(f"/activities/{row.id}/cells/venue", form, headers={"HX-Request": "true"})

    assert answer.status_code == 409
    assert "关闭" in answer.text
    assert "Traceback" not in answer.text
    assert db.session.get_one(Activity, row.id).values["venue"] == VENUE


def test_leave_to_send_late_ends_between_the_page_and_the_press(cast, seat, clock):
    home = table(of=make.campaign("closed"))
    terms.allow_late(home.id, clock_day(11), by=cast["clerk"])
    clock.move_to("2024-04-11T23:59:30+08:00")
    unit = seat(cast["filler of 闵行"])
    unit.get(f"/tables/{home.id}/submit")

    clock.move_to("2024-04-12T00:00:00+08:00")
    answer = unit.post(f"/tables/{home.id}/submit", {"revision": home.revision})

    assert answer.status_code == 409
    assert "本次活动已经关闭" in answer.text
    assert status(home.id) == "draft"


def clock_day(day):
    return boards.clock.today().replace(day=day)


# ---- the clock jumps -------------------------------------------------------------------------------------------


def test_a_clock_that_jumps_back_breaks_no_record(cast, clock):
    by = cast["filler of 闵行"]
    home = sent(by).table_id
    clock.move_to("2024-04-08T12:00:00+08:00")

    service.withdraw(home, by=by)
    made = service.submit(home, reasons={}, revision=0, by=by)
    service.approve(home, submission=made.id, by=cast["clerk"])

    moves = service.moves_of(db.session.get_one(AnnexTable, home))
    assert [move.action for move in moves] == ["submit", "withdraw", "submit", "approve"]
    assert [move.receipt_no for move in moves if move.receipt_no] == [f"BS2024-{home:04d}-1", f"BS2024-{home:04d}-2"]
    assert moves[0].at > moves[1].at
    assert status(home) == "approved"


def test_a_clock_that_jumps_ahead_and_back_leaves_no_table_late_for_ever(cast, clock):
    by = cast["filler of 闵行"]
    clock.move_to("2024-05-01T12:00:00+08:00")
    home = sent(by).table_id
    assert db.session.get_one(AnnexTable, home).is_late

    clock.move_to("2024-04-10T12:00:00+08:00")
    service.withdraw(home, by=by)
    service.submit(home, reasons={}, revision=0, by=by)

    assert not db.session.get_one(AnnexTable, home).is_late


def test_a_clock_that_jumps_reminds_nobody_twice(cast, clock):
    make.table("minhang", "todo")
    reminding.remind(by="system:test")
    for moment in ("2024-04-01T12:00:00+08:00", "2024-04-11T12:00:00+08:00", "2024-04-10T12:00:01+08:00"):
        clock.move_to(moment)
        reminding.remind(by="system:test")

    assert [one.kind for one in db.session.query(Chase)] == ["soon"]


def test_a_log_in_outlives_an_hour_back_and_after_a_day_the_way_back_leads_to_the_page(cast, seat, clock):
    unit = seat(cast["filler of 闵行"])
    clock.move_to("2024-04-10T11:00:00+08:00")
    assert unit.get("/tasks").status_code == 200

    clock.move_to("2024-04-09T12:00:00+08:00")
    assert unit.get("/tasks").location == "/login?next=/tasks"


# ---- a unit changes ----------------------------------------------------------------------------------------------


def test_a_unit_is_renamed_in_the_middle(cast, seat):
    move = sent(cast["filler of 闵行"])
    unit = make.unit("minhang")
    units.change(unit, name="闵行新区知识产权局", short="闵行新区", by=cast["admin"])

    board = seat(cast["clerk"]).get("/board").text
    receipt = seat(cast["filler of 闵行"]).get(f"/tables/{move.table_id}/receipt").text

    assert "闵行新区" in board
    assert "闵行区" in receipt
    assert db.session.get_one(Move, move.id).snapshot.content["unit"]["name"] == "闵行区"
    service.approve(move.table_id, submission=move.id, by=cast["clerk"])
    assert status(move.table_id) == "approved"


def test_a_unit_is_dissolved_before_it_sent(cast, seat):
    home = table()
    unit = seat(cast["filler of 闵行"])
    units.close(make.unit("minhang"), by=cast["admin"])

    board = boards.board(by=cast["clerk"])

    assert unit.get("/tasks").status_code != 200
    assert (board.asked, board.to_chase, board.totals["unsent"]) == (0, 0, 0)
    assert "单位已停用" in seat(cast["clerk"]).get("/board").text
    assert chasing.send(home.campaign_id, [home.id], by=cast["clerk"]).quiet == ["闵行区"]
    assert reminding.remind(by="system:test") == []
    assert [row.values["venue"] for row in annexes.rows_of(home)] == [VENUE]


def test_what_a_unit_sent_before_it_was_dissolved_is_decided_and_counted(cast):
    move = sent(cast["filler of 闵行"])
    units.close(make.unit("minhang"), by=cast["admin"])

    service.approve(move.table_id, submission=move.id, by=cast["clerk"])

    board = boards.board(by=cast["clerk"])
    assert (board.asked, board.totals["approved"]) == (1, 1)


def test_a_dissolved_unit_that_comes_back_is_asked_again(cast):
    home = table()
    unit = make.unit("minhang")
    units.close(unit, by=cast["admin"])
    units.reopen(unit, by=cast["admin"])

    assert boards.board(by=cast["clerk"]).to_chase == 1
    assert chasing.send(home.campaign_id, [home.id], by=cast["clerk"]).told == ["闵行区"]


def test_somebody_leaves_in_the_middle_and_his_work_goes_on(cast):
    move = sent(cast["filler of 闵行"])
    with transaction():
        db.session.get_one(make.User, cast["filler of 闵行"].id).is_active = False
    other = make.person("minhang", "filler")

    service.return_for_changes(move.table_id, "请补充时间", submission=move.id, by=cast["clerk"])

    assert messages.unread(by=other) == 1
    assert service.submit(move.table_id, reasons={}, revision=0, by=other).receipt_no


# ---- what is refused is said in whole sentences ------------------------------------------------------------------


@pytest.mark.parametrize(
    "act",
    [
        lambda cast, move: service.withdraw(move.table_id, by=cast["filler of 徐汇"]),
        lambda cast, move: service.approve(move.table_id, submission=0, by=cast["clerk"]),
        lambda cast, move: service.approve(move.table_id, submission=move.id, by=cast["filler of 闵行"]),
        lambda cast, move: service.return_for_changes(move.table_id, "", submission=move.id, by=cast["clerk"]),
        lambda cast, move: service.endorse(move.table_id, by=cast["filler of 闵行"]),
        lambda cast, move: terms.ask_late(move.table_id, "来不及", by=cast["filler of 闵行"]),
        lambda cast, move: terms.excuse(move.table_id, "职能划转", by=cast["clerk"]),
        lambda cast, move: chasing.log_call(move.table_id, "", by=cast["clerk"]),
    ],
)
def test_each_refusal_is_one_plain_sentence_and_changes_nothing(cast, act):
    move = sent(cast["filler of 闵行"])
    before = db.session.scalar(select(func.count()).select_from(Move))

    with pytest.raises(Refused, match=SENTENCE):
        act(cast, move)

    assert db.session.scalar(select(func.count()).select_from(Move)) == before
    assert status(move.table_id) == "submitted"
