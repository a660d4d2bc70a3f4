"""Marked places of a returned table: each is done when its text changes, when its row goes, or when the unit says why not."""

import pytest
from sqlalchemy import select

from ipweek.accounts.models import AuditEntry
from ipweek.annexes import editing, row_actions
from ipweek.annexes import service as annexes
from ipweek.annexes.editing import Edit
from ipweek.annexes.models import AnnexTable
from ipweek.errors import Conflict, Forbidden, Invalid, NotFound
from ipweek.extensions import db
from ipweek.reporting import flags, review, service
from ipweek.reporting.flags import HEADER, Place
from ipweek.reporting.models import Flag
from tests import make
from tests.reporting.cast import sent

VENUE = "七宝万科广场一楼中庭"


@pytest.fixture
def move(cast):
    """闵行's submission of two rows, waiting for the office."""
    return sent(cast["filler of 闵行"], {"event_name": "第一项"}, {"event_name": "第二项"})


def rows(move):
    return [row.id for row in annexes.rows_of(home(move))]


def home(move):
    return db.session.get(AnnexTable, move.table_id)


def give_back(move, cast, *places, opens_all=False):
    return service.return_for_changes(move.table_id, "时间不明确", submission=move.id, places=places, opens_all=opens_all, by=cast["clerk"])


def change(move, cast, row_id, old=VENUE, new="莘庄公园", *, op="op-00000001"):
    return editing.save_cells(move.table_id, [Edit(row_id, "venue", new, old)], op_id=op, by=cast["filler of 闵行"])


def states(move):
    return [(one.words, one.state) for one in flags.of(home(move))]


def test_cells_rows_and_header_fields_can_be_marked(cast, move):
    first, second = rows(move)

    give_back(move, cast, Place(second, "venue", "地点不具体"), Place(first, ""), Place(HEADER, "filled_on"))

    assert states(move) == [("表头 填表时间", "待处理"), ("第 1 行 整行", "待处理"), ("第 2 行 活动地点", "待处理")]
    last = flags.of(home(move))[-1]
    assert (last.flag.note, last.flag.was, last.cell) == ("地点不具体", VENUE, f"{second}.venue")


def test_a_marked_cell_is_done_by_itself_when_its_text_changes_and_open_again_when_it_is_put_back(cast, move):
    first, second = rows(move)
    give_back(move, cast, Place(first, "venue"), Place(second, "venue"))

    change(move, cast, first)
    assert states(move) == [("第 1 行 活动地点", "已改"), ("第 2 行 活动地点", "待处理")]
    change(move, cast, first, "莘庄公园", VENUE, op="op-00000002")

    assert states(move) == [("第 1 行 活动地点", "待处理"), ("第 2 行 活动地点", "待处理")]


def test_any_cell_of_a_marked_row_does_and_so_does_its_deletion(cast, move):
    first, second = rows(move)
    give_back(move, cast, Place(first, ""), Place(second, "venue"), opens_all=True)

    change(move, cast, first)
    row_actions.delete_row(second, op_id="op-00000002", by=cast["filler of 闵行"])

    assert states(move) == [("第 1 行 整行", "已改"), ("已删除的行 活动地点", "已删除")]


def test_moving_rows_changes_no_mark(cast, move):
    _, second = rows(move)
    give_back(move, cast, Place(second, ""), opens_all=True)

    row_actions.move_row(second, down=False, op_id="op-00000001", by=cast["filler of 闵行"])

    assert states(move) == [("第 1 行 整行", "待处理")]


def test_what_is_marked_is_changed_or_answered_before_it_is_sent_again(cast, move):
    first, second = rows(move)
    by = cast["filler of 闵行"]
    give_back(move, cast, Place(first, "venue"), Place(second, "venue"))
    change(move, cast, first)

    with pytest.raises(Invalid, match="还有 1 处没有处理：第 2 行 活动地点"):
        service.submit(move.table_id, reasons={}, revision=1, by=by)
    flags.answer(flags.of(home(move))[1].flag.id, "地点就是这样写的", by=by)
    service.submit(move.table_id, reasons={}, revision=1, by=by)

    found = review.read(move.table_id, by=cast["clerk"]).marked
    assert [(one.state, one.flag.answer) for one in found] == [("已改", ""), ("已说明", "地点就是这样写的")]
    assert db.session.scalars(select(AuditEntry.action)).all().count("table.answer") == 1


def test_a_return_that_is_taken_back_takes_its_marks_along(cast, move):
    first, _ = rows(move)
    give_back(move, cast, Place(first, "venue"))

    service.take_back(move.table_id, by=cast["clerk"])

    assert flags.of(home(move)) == []


def test_a_second_return_has_its_own_marks(cast, move):
    first, second = rows(move)
    by = cast["filler of 闵行"]
    give_back(move, cast, Place(first, "venue"))
    change(move, cast, first)
    again = service.submit(move.table_id, reasons={}, revision=1, by=by)

    service.return_for_changes(again.table_id, "还有一处", submission=again.id, places=[Place(second, "scale")], by=cast["clerk"])

    assert [words for words, _ in states(move)] == ["第 2 行 活动规模 (参与人数)"]


@pytest.mark.parametrize("place", [Place(999, "venue"), Place(HEADER, "venue"), Place(HEADER, ""), Place(0, "nonsense")])
def test_only_places_of_what_was_sent_are_marked(cast, move, place):
    with pytest.raises(Invalid, match="不在这张表里"):
        give_back(move, cast, place)

    assert home(move).status == "submitted"
    assert db.session.scalars(select(Flag)).all() == []


def test_marks_alone_are_a_reason(cast, move):
    first, _ = rows(move)

    done = service.return_for_changes(move.table_id, "", submission=move.id, places=[Place(first, "venue")], by=cast["clerk"])

    assert done.why == "请修改标出的 1 处"


@pytest.mark.parametrize(
    "who, error", [("filler of 徐汇", NotFound), ("clerk", Forbidden), ("viewer", Forbidden), ("admin", NotFound), ("auditor", NotFound)]
)
def test_only_the_units_filler_answers(cast, move, who, error):
    give_back(move, cast, Place(rows(move)[0], "venue"))

    with pytest.raises(error):
        flags.answer(flags.of(home(move))[0].flag.id, "地点无误", by=cast[who])


def test_an_answer_says_something_and_comes_while_the_table_is_with_the_unit(cast, move):
    by = cast["filler of 闵行"]
    give_back(move, cast, Place(rows(move)[0], "venue"))
    number = flags.of(home(move))[0].flag.id

    with pytest.raises(Invalid, match="写明为什么不改"):
        flags.answer(number, " ", by=by)
    with pytest.raises(NotFound):
        flags.answer(999, "地点无误", by=by)
    service.take_back(move.table_id, by=cast["clerk"])
    with pytest.raises(Conflict, match="没有被退回"):
        flags.answer(number, "地点无误", by=by)


# ---- the pages -----------------------------------------------------------------------------------------------


def test_the_office_ticks_cells_and_the_unit_walks_through_them(cast, seat, move):
    first, second = rows(move)
    office, unit = seat(cast["clerk"]), seat(cast["filler of 闵行"])

    assert f'name="flag" value="{second}.venue" aria-label="标出第 2 行 活动地点"' in office.get(f"/tables/{move.table_id}/review").text
    form = {"submission": move.id, "flag": [f"{second}.venue", f"{first}."], f"note:{second}.venue": "写明几楼", "preset": "时间不明确"}
    assert office.post(f"/tables/{move.table_id}/return", form).status_code == 303

    page = unit.get(f"/tables/{move.table_id}").text
    assert "退回时标出 2 处，还有 2 处待处理" in page
    assert f'href="/tables/{move.table_id}#cell-{second}-venue" data-cell="{second}.venue" data-open>第 2 行 活动地点</a>：写明几楼' in page
    assert "标出 2 处，已处理 0 处" in unit.get("/tasks").text
    slip = unit.get(f"/tables/{move.table_id}/flags").text
    assert VENUE in slip
    answer = unit.post(f"/flags/{flags.of(home(move))[0].flag.id}/answer", {"answer": "已与街道核对"})
    assert answer.status_code == 303
    assert "已说明：已与街道核对" in unit.get(answer.location).text
    fragment = unit.get(f"/tables/{move.table_id}/flags", headers={"HX-Request": "true"}).text
    assert fragment.lstrip().startswith('<section id="flags"')
    assert "还有 1 处待处理" in fragment


def test_a_return_that_lacks_something_keeps_what_was_ticked_and_typed(cast, seat, move):
    _, second = rows(move)
    form = {"submission": move.id, "flag": f"{second}.venue", f"note:{second}.venue": "写明几楼", "due": "明天"}

    answer = seat(cast["clerk"]).post(f"/tables/{move.table_id}/return", form)

    assert answer.status_code == 422
    assert f'name="note:{second}.venue" value="写明几楼"' in answer.text
    assert f'value="{second}.venue" aria-label="标出第 2 行 活动地点" checked' in answer.text


@pytest.mark.parametrize("flag", ["x.venue", "999.venue", "999999999999999999999.venue", ".venue", "０.venue"])
def test_a_place_of_nobodys_making_is_refused(cast, seat, move, flag):
    answer = seat(cast["clerk"]).post(f"/tables/{move.table_id}/return", {"submission": move.id, "flag": flag, "why": "时间"})

    assert answer.status_code == 422


def test_an_empty_answer_brings_the_slip_again(cast, seat, move):
    give_back(move, cast, Place(rows(move)[0], "venue"))

    answer = seat(cast["filler of 闵行"]).post(f"/flags/{flags.of(home(move))[0].flag.id}/answer", {"answer": " "})

    assert answer.status_code == 422
    assert "写明为什么不改" in answer.text


def test_without_marks_nothing_is_shown(cast, seat):
    make.table("minhang", "todo")

    page = seat(cast["filler of 闵行"]).get("/tables/1").text

    assert 'id="flags"' not in page
    assert "flags.js" not in page
