"""The office's own hand in a unit's table: marked places alone are open, it types in for the unit, it mends and the unit answers."""

import itertools
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select

from ipweek.accounts.models import AuditEntry
from ipweek.annexes import editing, grid, row_actions
from ipweek.annexes import service as annexes
from ipweek.annexes.models import Activity, AnnexTable, Op
from ipweek.errors import Conflict, Forbidden, Invalid, NotFound
from ipweek.extensions import db
from ipweek.reporting import announcing, chasing, clean, flags, mending, reminding, review, service, standing_in, tasks
from ipweek.reporting.flags import Place
from ipweek.reporting.models import Chase, Message, Move, Snapshot
from ipweek.workbooks import import_plan, import_service
from tests import make
from tests.reporting.cast import sent, table
from tests.workbooks import files

pytestmark = pytest.mark.usefixtures("app")
VENUE = make.CELLS["venue"]
_numbers = itertools.count(1)


def op_id():
    return f"hand-op-{next(_numbers):06d}"


def home_of(number):
    db.session.rollback()
    return db.session.get_one(AnnexTable, number)


def home(move):
    return home_of(move.table_id)


def first_row(move):
    return annexes.rows_of(home(move))[0]


def put(row_id, key, value, by, *, base=None):
    held = db.session.get_one(Activity, row_id, populate_existing=True).values.get(key, "")
    return editing.save_cell(row_id, key, value, base=held if base is None else base, op_id=op_id(), by=by)


def words(user):
    return [message.words for message in db.session.scalars(select(Message).where(Message.user_id == user.id).order_by(Message.id))]


@pytest.fixture
def filler(cast):
    return cast["filler of 闵行"]


@pytest.fixture
def move(filler):
    """A submission of two rows."""
    return sent(filler, {"event_name": "第一项"}, {"event_name": "第二项"})


# ---- only what was marked --------------------------------------------------------------------------------------


@pytest.fixture
def marked(move, cast):
    """The table came back: the first row's venue and the whole of the second are marked."""
    first, second = (row.id for row in annexes.rows_of(home(move)))
    places = [Place(first, "venue"), Place(second, "")]
    service.return_for_changes(move.table_id, "时间不明确", submission=move.id, places=places, by=cast["clerk"])
    return first, second


def test_a_marked_cell_and_any_cell_of_a_marked_row_are_open(marked, filler):
    first, second = marked

    put(first, "venue", "莘庄公园", filler)
    put(second, "scale", "200人", filler)
    row_actions.delete_row(second, op_id=op_id(), by=filler)

    assert [row.values["venue"] for row in annexes.rows_of(db.session.query(AnnexTable).one())] == ["莘庄公园"]


SHUT = {
    "another cell": lambda move, first, second, by: put(first, "scale", "200人", by),
    "the header": lambda move, first, second, by: put(annexes.header_of(home(move)).id, "filled_on", "2024年4月10日", by),
    "a new row": lambda move, first, second, by: row_actions.add_row(move.table_id, op_id=op_id(), by=by),
    "a pasted row": lambda move, first, second, by: editing.save_cells(move.table_id, [], [{"event_name": "又一项"}], op_id=op_id(), by=by),
    "a copy": lambda move, first, second, by: row_actions.duplicate_row(second, op_id=op_id(), by=by),
    "the order": lambda move, first, second, by: row_actions.move_row(second, down=False, op_id=op_id(), by=by),
    "a deletion": lambda move, first, second, by: row_actions.delete_row(first, op_id=op_id(), by=by),
    "an import": lambda move, first, second, by: import_service.to_import(move.table_id, by=by),
}


@pytest.mark.parametrize("what", SHUT)
def test_everything_else_is_shut_and_says_whom_to_ask(move, marked, filler, what):
    before = [(row.id, dict(row.values)) for row in annexes.rows_of(home(move))]

    with pytest.raises(Conflict, match=r"放开.+。$"):
        SHUT[what](move, *marked, filler)

    assert [(row.id, dict(row.values)) for row in annexes.rows_of(home(move))] == before


def test_the_grid_shows_shut_cells_with_the_reason(move, marked, filler):
    shown = grid.page(move.table_id, by=filler)

    cells = {cell.key: cell.shut for cell in shown.cells(shown.rows[0], shown.keys)}
    assert [key for key, why in cells.items() if not why] == ["venue"]
    assert all(not cell.shut for cell in shown.cells(shown.rows[1], shown.keys))
    assert "只放开了标出的位置" in cells["scale"]


def test_a_change_from_before_the_return_cannot_be_undone_into_a_shut_cell(cast, filler):
    made = table("draft")
    row = annexes.rows_of(made)[0]
    put(row.id, "scale", "120人", filler)
    first = service.submit(made.id, reasons={}, revision=1, by=filler)
    service.return_for_changes(made.id, "地点", submission=first.id, places=[Place(row.id, "venue")], by=cast["clerk"])

    done = editing.undo(made.id, op_id=op_id(), by=filler)

    assert [change.key for change in done.skipped] == ["scale"]
    db.session.rollback()
    assert db.session.get_one(Activity, row.id).values["scale"] == "120人"


def test_a_return_without_marks_or_with_leave_opens_all(move, cast, filler):
    first, _ = (row.id for row in annexes.rows_of(home(move)))
    returned = {"submission": move.id, "by": cast["clerk"]}
    service.return_for_changes(move.table_id, "地点", places=[Place(first, "venue")], opens_all=True, **returned)

    put(first, "scale", "200人", filler)

    assert home(move).open_places is None
    assert len(flags.of(home(move))) == 1


def test_no_file_is_offered_to_be_sent_while_marked_places_alone_are_open(move, marked, cast, filler, seat):
    unit = seat(filler)
    assert f"/tables/{move.table_id}/import" not in unit.get("/tasks").text

    service.open_all(move.table_id, by=cast["clerk"])

    assert f"/tables/{move.table_id}/import" in unit.get("/tasks").text


def test_the_office_opens_the_rest_later(move, marked, cast, filler):
    service.open_all(move.table_id, by=cast["clerk"])

    put(marked[0], "scale", "200人", filler)

    with pytest.raises(Conflict, match="已经整张放开"):
        service.open_all(move.table_id, by=cast["clerk"])
    assert words(filler)[-1].startswith("市联席办放开了附件2的整张表")


def test_a_return_that_is_taken_back_leaves_what_the_earlier_one_opened(move, marked, cast, filler):
    first, second = marked
    put(first, "venue", "莘庄公园", filler)
    put(second, "venue", "浦江公园", filler)
    again = service.submit(move.table_id, reasons={}, revision=2, by=filler)
    service.return_for_changes(move.table_id, "规模", submission=again.id, places=[Place(first, "scale")], by=cast["clerk"])
    service.take_back(move.table_id, by=cast["clerk"])

    service.withdraw(move.table_id, by=filler)

    assert home(move).status == "returned"
    assert home(move).open_places == [f"{first}.venue", f"{second}."]


# ---- 代填 ------------------------------------------------------------------------------------------------------


def test_the_office_types_in_and_it_shows_in_history_table_and_receipt(cast, filler):
    made = make.table("minhang", "todo")
    clerk = cast["clerk"]
    standing_in.begin(made.id, "传真件", "4月10日收到", by=clerk)

    editing.save_cells(made.id, [], [dict(make.CELLS)], op_id=op_id(), by=clerk)
    done = service.submit(made.id, reasons={}, revision=1, by=clerk)

    assert (done.to_status, done.why, done.snapshot.content["typed_in"]) == ("submitted", "按单位的传真件代填", "传真件")
    assert {line.how for line in grid.history(made.id, by=filler).lines} == {"市联席办代填"}
    assert annexes.rows_of(made)[0].owner_unit_id == filler.unit_id
    assert (made.typed_in, made.office_hand) == ("传真件", "")
    assert [message for message in words(filler) if "代填" in message] == [
        "市联席办正按你单位的传真件代填附件2。",
        "市联席办已按你单位的传真件代填并报送附件2，请核对；有出入的请撤回修改。",
    ]
    assert tasks.receipt(made.id, by=filler).content["typed_in"] == "传真件"


def test_who_typed_a_table_in_does_not_approve_it(cast):
    made = make.table("minhang", "todo")
    standing_in.begin(made.id, "邮寄件", by=cast["clerk"])
    editing.save_cells(made.id, [], [dict(make.CELLS)], op_id=op_id(), by=cast["clerk"])
    done = service.submit(made.id, reasons={}, revision=1, by=cast["clerk"])

    with pytest.raises(Forbidden, match="另一位同事"):
        service.approve(made.id, submission=done.id, by=cast["clerk"])
    assert clean.waiting(made.campaign_id, by=cast["clerk"]).clean == []
    service.approve(made.id, submission=done.id, by=cast["head"])


def typed_in_and_sent(typist, sender):
    made = make.table("minhang", "todo")
    standing_in.begin(made.id, "邮寄件", by=typist)
    editing.save_cells(made.id, [], [dict(make.CELLS)], op_id=op_id(), by=typist)
    return service.submit(made.id, reasons={}, revision=1, by=sender)


def test_who_typed_a_table_in_that_a_colleague_sent_does_not_approve_it(cast):
    done = typed_in_and_sent(cast["clerk"], cast["head"])

    for one in (cast["clerk"], cast["head"]):
        with pytest.raises(Forbidden, match="另一位同事"):
            service.approve(done.table_id, submission=done.id, by=one)
    service.approve(done.table_id, submission=done.id, by=make.person("office", "clerk"))


def test_a_mended_cell_makes_nobody_the_judge_of_what_he_sent(cast, filler):
    done = typed_in_and_sent(cast["clerk"], cast["clerk"])
    mending.begin(done.table_id, submission=done.id, by=cast["clerk"])
    put(first_row(done).id, "venue", "七宝万科广场二楼", cast["clerk"])
    mending.ask(done.table_id, by=cast["clerk"])
    agreed = mending.agree(done.table_id, revision=home(done).revision, by=filler)

    with pytest.raises(Forbidden, match="另一位同事"):
        service.approve(done.table_id, submission=agreed.id, by=cast["clerk"])
    service.approve(done.table_id, submission=agreed.id, by=cast["head"])


def test_the_record_sets_apart_what_was_agreed_to_and_its_receipt(cast, filler, seat):
    done = typed_in_and_sent(cast["clerk"], cast["clerk"])
    mending.begin(done.table_id, submission=done.id, by=cast["clerk"])
    put(first_row(done).id, "venue", "七宝万科广场二楼", cast["clerk"])
    mending.ask(done.table_id, by=cast["clerk"])
    agreed = mending.agree(done.table_id, revision=home(done).revision, by=filler)

    page = seat(cast["clerk"]).get(f"/tables/{done.table_id}/moves").text

    assert f"<td>同意市联席办代为修改的内容；回执 {agreed.receipt_no}" in page


def test_a_second_eye_is_not_asked_for_what_came_on_paper(cast):
    make.person("minhang", "approver")
    made = make.table("minhang", "todo")
    standing_in.begin(made.id, "传真件", by=cast["clerk"])

    assert not tasks.preview(made.id, by=cast["clerk"]).second_eye
    assert service.nil_return(made.id, by=cast["clerk"]).to_status == "submitted"


def test_the_office_types_nothing_without_saying_so_first(cast):
    made = table("draft")
    row = annexes.rows_of(made)[0]

    with pytest.raises(Forbidden):
        put(row.id, "venue", "莘庄公园", cast["clerk"])
    with pytest.raises(Forbidden):
        service.submit(made.id, reasons={}, revision=0, by=cast["clerk"])
    with pytest.raises(Forbidden):
        import_service.to_import(made.id, by=cast["clerk"])


def test_the_unit_goes_on_beside_the_office_and_stands_for_what_it_sends_itself(cast, filler):
    made = table("draft")
    standing_in.begin(made.id, "传真件", by=cast["clerk"])
    row = annexes.rows_of(made)[0]
    put(row.id, "venue", "莘庄公园", cast["clerk"])
    put(row.id, "scale", "200人", filler)

    done = service.submit(made.id, reasons={}, revision=2, by=filler)

    assert (done.why, done.snapshot.content["typed_in"], made.office_hand) == ("", "", "")
    assert [(op.via, op.user_id) for op in db.session.scalars(select(Op).order_by(Op.seq))] == [
        ("stand_in", cast["clerk"].id),
        ("typed", filler.id),
    ]


def test_the_office_gives_the_table_back(cast, filler):
    made = table("draft")
    standing_in.begin(made.id, "传真件", by=cast["clerk"])

    standing_in.end(made.id, by=cast["head"])

    with pytest.raises(Forbidden):
        row_actions.add_row(made.id, op_id=op_id(), by=cast["clerk"])
    with pytest.raises(Conflict, match="没有在代填"):
        standing_in.end(made.id, by=cast["head"])


def test_the_office_uploads_the_units_file_for_it(cast, app, filler):
    made, clerk, site = make.table("minhang", "todo"), cast["clerk"], app.extensions["settings"]
    standing_in.begin(made.id, "电子邮件", by=clerk)
    file = import_service.upload(made.id, files.annex_2(files.row()), "闵行区.xlsx", by=clerk, settings=site)
    seen = import_service.preview(made.id, file.id, by=clerk, settings=site)

    chosen = import_plan.all_of(seen.plan)
    import_service.confirm(made.id, file.id, chosen, revision=seen.revision, op_id=op_id(), by=clerk, settings=site)

    (row,) = annexes.rows_of(home_of(made.id))
    assert row.owner_unit_id == filler.unit_id
    assert {line.how for line in grid.history(made.id, by=filler).lines} == {"市联席办代填"}
    with pytest.raises(NotFound):  # the office's file is not the unit's
        import_service.preview(made.id, file.id, by=filler, settings=site)


def test_typing_in_names_its_source(cast):
    made = table("draft")

    with pytest.raises(Invalid, match="按什么代填"):
        standing_in.begin(made.id, "", by=cast["clerk"])


@pytest.mark.parametrize("who", ["filler of 闵行", "viewer", "admin"])
def test_only_the_office_types_in(cast, who):
    made = table("draft")

    with pytest.raises((Forbidden, NotFound)):
        standing_in.begin(made.id, "传真件", by=cast[who])


# ---- 代改 ------------------------------------------------------------------------------------------------------


@pytest.fixture
def mended(move, cast):
    """The office changed the first venue and waits for the unit's answer."""
    mending.begin(move.table_id, submission=move.id, by=cast["clerk"])
    row = first_row(move)
    put(row.id, "venue", "七宝万科广场二楼", cast["clerk"])
    mending.ask(move.table_id, by=cast["clerk"])
    return row.id


def test_the_unit_agrees_and_that_is_what_is_merged(move, mended, cast, filler):
    seen = mending.read(move.table_id, by=filler)
    assert seen.lines == [("第 1 行 活动地点", VENUE, "七宝万科广场二楼")]

    done = mending.agree(move.table_id, revision=home(move).revision, by=filler)

    assert done.receipt_no == f"BS2024-{move.table_id:04d}-2"
    assert [row["values"]["venue"] for row in done.snapshot.content["rows"]] == ["七宝万科广场二楼", VENUE]
    first, second = db.session.scalars(select(Snapshot).order_by(Snapshot.id))
    assert first.content["rows"][0]["values"]["venue"] == VENUE
    assert second.content["submitted_at"] == first.content["submitted_at"]
    service.approve(move.table_id, submission=done.id, by=cast["clerk"])
    assert home(move).status == "approved"


def test_late_stays_what_the_submission_was(move, mended, filler, clock):
    clock.move_to("2024-04-20T12:00:00+08:00")

    mending.agree(move.table_id, revision=home(move).revision, by=filler)

    assert not home(move).is_late
    assert home(move).submitted_at == move.at


def test_the_unit_objects_and_what_it_sent_stands(move, mended, cast, filler):
    mending.object_to(move.table_id, "地点以报送的为准", by=filler)

    assert first_row(move).values["venue"] == VENUE
    assert home(move).office_hand == ""
    assert mending.read(move.table_id, by=filler) is None
    assert words(cast["clerk"])[-1] == "闵行区不同意代为修改的附件2：地点以报送的为准。内容已恢复为单位报送的。"
    service.approve(move.table_id, submission=move.id, by=cast["clerk"])


def test_an_objection_says_why(move, mended, filler):
    with pytest.raises(Invalid, match="写明不同意的理由"):
        mending.object_to(move.table_id, " ", by=filler)


@pytest.mark.parametrize("is_asked", [False, True])
def test_the_office_leaves_it_and_everything_is_as_it_was_sent(move, cast, filler, is_asked):
    mending.begin(move.table_id, submission=move.id, by=cast["clerk"])
    put(first_row(move).id, "venue", "七宝万科广场二楼", cast["clerk"])
    if is_asked:
        mending.ask(move.table_id, by=cast["clerk"])

    mending.drop(move.table_id, by=cast["clerk"])

    assert first_row(move).values["venue"] == VENUE
    assert [line.how for line in grid.history(move.table_id, by=filler).lines] == ["恢复为报送的内容", "市联席办修改"]
    assert any("不用再答复" in said for said in words(filler)) == is_asked


def test_a_withdrawal_takes_back_what_was_sent_not_what_was_mended(move, mended, filler):
    service.withdraw(move.table_id, by=filler)

    assert (home(move).status, home(move).office_hand) == ("draft", "")
    assert first_row(move).values["venue"] == VENUE


@pytest.mark.parametrize("decide", ["approve", "return_for_changes"])
def test_nothing_is_decided_before_the_unit_has_answered(move, mended, cast, decide):
    why = {"why": "时间不明确"} if decide == "return_for_changes" else {}

    with pytest.raises(Conflict, match="等单位答复"):
        getattr(service, decide)(move.table_id, submission=move.id, by=cast["head"], **why)


def test_an_unchanged_table_asks_nobody(move, cast):
    mending.begin(move.table_id, submission=move.id, by=cast["clerk"])

    with pytest.raises(Conflict, match="还没有改动任何内容"):
        mending.ask(move.table_id, by=cast["clerk"])


@pytest.mark.parametrize("what", ["add", "delete", "move", "duplicate", "local"])
def test_mending_is_for_official_cells_alone(move, cast, what):
    mending.begin(move.table_id, submission=move.id, by=cast["clerk"])
    row, by = first_row(move), cast["clerk"]
    acts = {
        "add": lambda: row_actions.add_row(move.table_id, op_id=op_id(), by=by),
        "delete": lambda: row_actions.delete_row(row.id, op_id=op_id(), by=by),
        "move": lambda: row_actions.move_row(row.id, down=True, op_id=op_id(), by=by),
        "duplicate": lambda: row_actions.duplicate_row(row.id, op_id=op_id(), by=by),
        "local": lambda: put(row.id, "minhang.street", "七宝镇", by),
    }

    with pytest.raises((Conflict, Invalid)):
        acts[what]()


def test_the_unit_changes_nothing_while_its_table_is_with_the_office(move, mended, filler):
    with pytest.raises(Conflict, match="已报送"):
        put(mended, "venue", "莘庄公园", filler)


def test_the_office_changes_nothing_more_while_the_unit_reads(move, mended, cast):
    with pytest.raises(Forbidden):
        put(mended, "venue", "莘庄公园", cast["clerk"])


def test_who_saw_an_older_change_reads_again_before_he_agrees(move, mended, cast, filler):
    seen = home(move).revision
    mending.drop(move.table_id, by=cast["clerk"])
    mending.begin(move.table_id, submission=move.id, by=cast["clerk"])
    put(mended, "venue", "别的地方", cast["clerk"])
    mending.ask(move.table_id, by=cast["clerk"])

    with pytest.raises(Conflict, match="又有修改"):
        mending.agree(move.table_id, revision=seen, by=filler)


@pytest.mark.parametrize(("who", "refused"), [("filler of 徐汇", NotFound), ("viewer", Forbidden), ("clerk", Forbidden)])
def test_the_units_own_people_answer(move, mended, cast, who, refused):
    with pytest.raises(refused):
        mending.agree(move.table_id, revision=home(move).revision, by=cast[who])
    with pytest.raises(refused):
        mending.object_to(move.table_id, "地点以报送的为准", by=cast[who])


def test_where_an_approver_sends_an_approver_agrees_and_the_filler_may_object(move, mended, filler, seat):
    approver = make.person("minhang", "approver")
    revision = home(move).revision

    with pytest.raises(Forbidden, match="审核人"):
        mending.agree(move.table_id, revision=revision, by=filler)
    desk = seat(filler)
    page = desk.get(f"/tables/{move.table_id}/mended").text
    assert ("同意修改</button>" in page, "有异议" in page, "由本单位审核人同意" in page) == (False, True, True)
    assert "核对市联席办的修改" in desk.get("/tasks").text
    assert "同意修改</button>" in seat(approver).get(f"/tables/{move.table_id}/mended").text
    mending.agree(move.table_id, revision=revision, by=approver)


def test_the_review_shows_what_was_agreed_to(move, mended, cast, filler):
    mending.agree(move.table_id, revision=home(move).revision, by=filler)

    seen = review.read(move.table_id, by=cast["clerk"])

    assert seen.differences.cells == {(mended, "venue"): VENUE}
    assert {"approve", "return", "mend"} <= seen.actions


def test_every_step_is_in_the_audit_log(move, mended, filler):
    mending.object_to(move.table_id, "地点以报送的为准", by=filler)

    actions = db.session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)).all()
    assert actions == ["table.submit", "table.mend", "table.ask_consent", "table.object"]


def test_the_pages_lead_through_it(move, mended, cast, filler, seat):
    unit, office = seat(filler), seat(cast["clerk"])

    assert "核对市联席办的修改" in unit.get("/tasks").text
    assert "核对修改" in unit.get(f"/tables/{move.table_id}").text
    page = unit.get(f"/tables/{move.table_id}/mended").text
    assert "七宝万科广场二楼" in page
    assert "答复以前不能审核" in office.get(f"/tables/{move.table_id}/review").text
    again = unit.post(f"/tables/{move.table_id}/mended/object", {"why": ""})
    assert (again.status_code, "写明不同意的理由" in again.text) == (422, True)
    stale = unit.post(f"/tables/{move.table_id}/mended/agree", {"revision": "0"})
    assert (stale.status_code, "又有修改" in stale.text) == (409, True)
    agreed = unit.post(f"/tables/{move.table_id}/mended/agree", {"revision": str(home(move).revision)})
    assert agreed.location == f"/tables/{move.table_id}/receipt"
    assert "同意代改" in unit.get(agreed.location).text
    assert "没有等待确认的修改" in unit.get(f"/tables/{move.table_id}/mended").text


# ---- by when the unit answers ------------------------------------------------------------------------------------


def test_the_unit_has_two_working_days_for_its_answer(move, mended, cast, filler, seat):
    """Asked on Wednesday, 10 April 2024."""
    assert words(filler)[-1] == "市联席办代为修改了附件2的 1 格，请核对，并在4月12日（周五）24:00前答复。"
    (task,) = tasks.mine(by=filler)
    assert task.answer.words == "请在 4月12日（周五）24:00 前答复，还剩 2 天 12 小时"
    unit, office = seat(filler), seat(cast["clerk"])
    assert task.answer.words in unit.get("/tasks").text
    assert task.answer.words in unit.get(f"/tables/{move.table_id}").text
    assert task.answer.words in unit.get(f"/tables/{move.table_id}/mended").text
    assert "答复期限 4月12日（周五）24:00，还剩 2 天 12 小时" in office.get(f"/tables/{move.table_id}/review").text
    board = office.get("/board").text
    assert "等单位答复代改" in board
    assert "4月12日（周五）24:00（答复代改）" in board


def test_a_weekend_and_a_holiday_do_not_count(move, cast, clock):
    clock.move_to("2024-04-30T23:59:00+08:00")  # 1 to 5 May are free
    mending.begin(move.table_id, submission=move.id, by=cast["clerk"])
    put(first_row(move).id, "venue", "二楼", cast["clerk"])
    mending.ask(move.table_id, by=cast["clerk"])

    assert mending.unanswered([home(move)])[move.table_id].due.on == date(2024, 5, 7)


@pytest.mark.usefixtures("mended")
def test_a_late_answer_is_no_late_report(cast, filler, seat, clock):
    clock.move_to("2024-04-15T09:00:00+08:00")

    page = seat(filler).get("/tasks").text
    assert "4月12日（周五）24:00 前应当答复，已逾期 2 天 9 小时，请尽快答复" in page
    assert "! 逾期" not in page.replace('<span aria-hidden="true">!</span>', "!")
    assert "（答复代改，已逾期）" in seat(cast["clerk"]).get("/board").text


@pytest.mark.usefixtures("mended")
def test_without_the_years_holidays_there_is_no_day_and_it_is_said(move, cast, filler, seat, clock):
    clock.move_to("2031-04-10T12:00:00+08:00")
    with mending.service.transaction():
        db.session.scalars(select(Move).where(Move.action == "ask_consent")).one().at = datetime(2031, 4, 10, tzinfo=UTC)

    assert "还没有2031年的放假安排，没有推算答复期限，请尽快答复" in seat(filler).get("/tasks").text
    office = seat(cast["clerk"])
    assert "没有推算（答复代改）" in office.get("/board").text
    assert "补充放假安排" in office.get(f"/tables/{move.table_id}/review").text
    reminding.remind(by="system:test")
    assert "mend_chase" not in chased(filler)


def chased(user):
    return [
        kind for kind in db.session.scalars(select(Message.kind).where(Message.user_id == user.id).order_by(Message.id)) if "chase" in kind
    ]


@pytest.mark.usefixtures("mended")
@pytest.mark.parametrize("campaign", ["open", "closed"])
def test_the_site_reminds_before_the_day_and_once_after_it(move, cast, filler, clock, campaign):
    if campaign == "closed":
        announcing.close(home(move).campaign, by=cast["clerk"])
    told = []
    for day in ("10T18:00", "11T09:00", "11T15:00", "12T09:00", "13T09:00", "15T09:00", "16T09:00", "17T09:00"):
        clock.move_to(f"2024-04-{day}:00+08:00")
        told += [(day[:2], name) for name in reminding.remind(by="system:test")]

    assert told == [("11", "闵行区"), ("15", "闵行区")]  # 13 April is a Saturday
    assert chased(filler) == ["mend_chase", "mend_chase"]
    kinds = db.session.scalars(select(Chase.kind).order_by(Chase.id)).all()
    assert kinds == ["mend_soon", "mend_late"]


@pytest.mark.usefixtures("mended")
def test_the_office_chases_for_an_answer_and_nobody_who_has_given_it(move, cast, filler, seat):
    office = seat(cast["clerk"])
    assert "催答复（1）" in office.get("/board").text
    page = office.get(f"/campaigns/{home(move).campaign_id}/chase?about=answers").text
    assert "没有答复代改" in page
    assert "我办代为修改了以下 1 个单位报送的表中几处内容，还没有收到答复：闵行区" in page

    office.post(f"/campaigns/{home(move).campaign_id}/chase", {"about": "answers", "table": move.table_id})

    assert words(filler)[-1] == (
        "市联席办代为修改了附件2的几处内容，请在 4月12日（周五）24:00 前答复，还剩 2 天 12 小时。同意或者有异议都可以，答复以后才能审核。"
    )
    assert board_counts(move) == {}  # the chases for the table are counted apart
    mending.agree(move.table_id, revision=home(move).revision, by=filler)
    assert [message.read_at is None for message in db.session.scalars(select(Message).where(Message.user_id == filler.id))] == [
        False,
        False,
    ]
    assert "催答复" not in office.get("/board").text
    assert "各单位都已经答复" in office.get(f"/campaigns/{home(move).campaign_id}/chase?about=answers").text
    again = office.post(f"/campaigns/{home(move).campaign_id}/chase", {"about": "answers", "table": move.table_id}, follow_redirects=True)
    assert "没有发出催报" in again.text


def board_counts(move):
    return chasing.counts(home(move).campaign)


def test_a_department_is_told_who_answers(move, mended, seat):
    department = seat(make.person("qibao"))

    page = department.get(f"/tables/{move.table_id}").text
    assert "正在等闵行区答复" in page
    assert "/mended" not in page
