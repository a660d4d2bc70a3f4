"""Changing cells and rows: what is kept, what conflicts, what an undo takes back."""

from __future__ import annotations

import itertools
import threading

import pytest
from flask import Flask
from sqlalchemy import select

from ipweek.accounts.schema import Person
from ipweek.annexes import editing, row_actions, service
from ipweek.annexes.editing import CellConflict, Edit
from ipweek.annexes.models import Activity, AnnexTable, CellChange, Op
from ipweek.errors import Conflict, Forbidden, Invalid, NotFound
from ipweek.extensions import db
from ipweek.transaction import transaction
from tests import make

pytestmark = pytest.mark.usefixtures("app")
_numbers = itertools.count(1)


def op_id() -> str:
    return f"test-op-{next(_numbers):06d}"


def values(row_id: int) -> dict[str, str]:
    return dict(db.session.get_one(Activity, row_id, populate_existing=True).values)


def order(table: AnnexTable) -> list[int]:
    return [row.id for row in service.rows_of(table)]


@pytest.fixture
def filler(app: Flask) -> Person:
    return make.person("minhang")


def test_a_cell_is_kept_as_typed_with_its_reading_beside_it(filler: Person) -> None:
    row = make.row(event_time="4月20日")

    done = editing.save_cell(row.id, "event_time", "4月22日（周一）9:00", base="4月20日", op_id=op_id(), by=filler)

    kept = db.session.get_one(Activity, row.id, populate_existing=True)
    assert kept.values["event_time"] == "4月22日（周一）9:00"
    assert (str(kept.starts_on), str(kept.ends_on)) == ("2024-04-22", "2024-04-22")
    assert done.revision == 1


def test_a_value_that_breaks_a_rule_is_kept(filler: Person) -> None:
    row = make.row()

    editing.save_cell(row.id, "scale", "若干", base=make.CELLS["scale"], op_id=op_id(), by=filler)

    assert values(row.id)["scale"] == "若干"


def test_the_first_change_makes_a_todo_a_draft(filler: Person) -> None:
    table = make.table(status="todo")
    row = make.row(table)

    editing.save_cell(row.id, "venue", "区图书馆", base=make.CELLS["venue"], op_id=op_id(), by=filler)

    assert service.get_table(table.id, by=filler).status == "draft"


def test_a_stale_save_names_both_values_and_changes_nothing(filler: Person) -> None:
    row = make.row(venue="甲")
    colleague = make.person("minhang")
    editing.save_cell(row.id, "venue", "乙", base="甲", op_id=op_id(), by=colleague)

    with pytest.raises(CellConflict) as refused:
        editing.save_cell(row.id, "venue", "丙", base="甲", op_id=op_id(), by=filler)

    assert (refused.value.clash.mine, refused.value.clash.theirs, refused.value.clash.who) == ("丙", "乙", colleague.name)
    assert values(row.id)["venue"] == "乙"


def test_another_cell_of_the_same_row_merges(filler: Person) -> None:
    row = make.row()
    colleague = make.person("minhang")
    editing.save_cell(row.id, "venue", "乙", base=make.CELLS["venue"], op_id=op_id(), by=colleague)

    editing.save_cell(row.id, "scale", "50人", base=make.CELLS["scale"], op_id=op_id(), by=filler)

    assert (values(row.id)["venue"], values(row.id)["scale"]) == ("乙", "50人")


def test_the_same_value_twice_is_success_and_no_op(filler: Person) -> None:
    row = make.row(venue="甲")
    editing.save_cell(row.id, "venue", "乙", base="甲", op_id=op_id(), by=make.person("minhang"))

    done = editing.save_cell(row.id, "venue", "乙", base="甲", op_id=op_id(), by=filler)

    assert (done.seq, done.revision) == (None, 1)


def test_the_same_op_id_twice_is_one_op(filler: Person) -> None:
    row = make.row(venue="甲")
    once = op_id()
    first = editing.save_cell(row.id, "venue", "乙", base="甲", op_id=once, by=filler)

    again = editing.save_cell(row.id, "venue", "乙", base="甲", op_id=once, by=filler)

    assert again.seq == first.seq
    assert len(db.session.scalars(select(Op)).all()) == 1


def test_a_copy_asked_for_again_is_answered_as_before_though_its_model_was_deleted_since(filler: Person) -> None:
    row, once = make.row(venue="甲"), op_id()
    first = row_actions.duplicate_row(row.id, op_id=once, by=filler)
    row_actions.delete_row(row.id, op_id=op_id(), by=make.person("minhang"))

    again = row_actions.duplicate_row(row.id, op_id=once, by=filler)

    assert (again.seq, list(again.changes)) == (first.seq, list(first.changes))


def test_an_op_id_of_somebody_else_is_refused(filler: Person) -> None:
    row = make.row(venue="甲")
    once = op_id()
    editing.save_cell(row.id, "venue", "乙", base="甲", op_id=once, by=make.person("minhang"))

    with pytest.raises(Conflict):
        editing.save_cell(row.id, "scale", "9人", base=make.CELLS["scale"], op_id=once, by=filler)

    assert values(row.id)["scale"] == make.CELLS["scale"]


@pytest.mark.parametrize("length, kept", [(4_000, True), (4_001, False)])
def test_only_length_is_refused_and_counted_in_code_points(filler: Person, length: int, kept: bool) -> None:  # noqa: FBT001 -- a case
    row = make.row(content="短")

    if kept:
        editing.save_cell(row.id, "content", "𠮷" * length, base="短", op_id=op_id(), by=filler)
    else:
        with pytest.raises(Invalid, match="最多 4000 个字"):
            editing.save_cell(row.id, "content", "𠮷" * length, base="短", op_id=op_id(), by=filler)

    assert values(row.id)["content"] == ("𠮷" * length if kept else "短")


@pytest.mark.parametrize("slug", ["xuhui", "shangwuwei"])
def test_another_units_row_is_not_there(slug: str) -> None:
    row = make.row(make.table("minhang"))

    with pytest.raises(NotFound) as theirs:
        editing.save_cell(row.id, "venue", "改", base=make.CELLS["venue"], op_id=op_id(), by=make.person(slug))
    with pytest.raises(NotFound) as missing:
        editing.save_cell(999_999, "venue", "改", base="", op_id=op_id(), by=make.person(slug))

    assert str(theirs.value) == str(missing.value)
    assert values(row.id)["venue"] == make.CELLS["venue"]


@pytest.mark.parametrize("roles", [("clerk",), ("head",), ("viewer",)])
def test_the_office_reads_but_does_not_type(roles: tuple[str, ...]) -> None:
    row = make.row(make.table("minhang"))

    with pytest.raises(Forbidden):
        editing.save_cell(row.id, "venue", "改", base=make.CELLS["venue"], op_id=op_id(), by=make.person("office", *roles))


@pytest.mark.parametrize("status", ["unit_review", "submitted", "approved", "archived"])
def test_a_closed_table_takes_no_change(filler: Person, status: str) -> None:
    row = make.row(make.table(status=status))

    with pytest.raises(Conflict, match="现在不能修改"):
        editing.save_cell(row.id, "venue", "改", base=make.CELLS["venue"], op_id=op_id(), by=filler)


def test_a_closed_campaign_takes_no_change(filler: Person) -> None:
    row = make.row(make.table(of=make.campaign("closed")))

    with pytest.raises(Conflict, match="已经关闭"):
        editing.save_cell(row.id, "venue", "改", base=make.CELLS["venue"], op_id=op_id(), by=filler)


@pytest.mark.parametrize("key", ["unknown", "_alive", "_pos", "unit_name"])
def test_a_key_that_is_no_column_is_not_there(filler: Person, key: str) -> None:
    row = make.row()

    with pytest.raises(NotFound):
        editing.save_cell(row.id, key, "1", base="", op_id=op_id(), by=filler)


def test_header_fields_are_cells_of_the_header_row(filler: Person) -> None:
    table = make.table()
    header = service.header_of(table)

    editing.save_cell(header.id, "filled_on", "2024年4月10日", base="", op_id=op_id(), by=filler)

    assert values(header.id)["filled_on"] == "2024年4月10日"
    with pytest.raises(NotFound):
        editing.save_cell(header.id, "venue", "x", base="", op_id=op_id(), by=filler)


def test_rows_are_added_copied_moved_and_deleted(filler: Person) -> None:
    table = make.table()
    first, second = make.row(table, event_name="一"), make.row(table, event_name="二")

    between = row_actions.add_row(table.id, after=first.id, op_id=op_id(), by=filler).changes[0].activity_id
    copy = row_actions.duplicate_row(second.id, op_id=op_id(), by=filler).changes[0].activity_id
    assert order(table) == [first.id, between, second.id, copy]
    assert values(copy) == values(second.id)

    row_actions.move_row(copy, down=False, op_id=op_id(), by=filler)
    row_actions.delete_row(between, op_id=op_id(), by=filler)
    assert order(table) == [first.id, copy, second.id]


def test_a_row_can_be_put_between_two_that_stand_close(filler: Person) -> None:
    table = make.table()
    first = make.row(table)
    added = [row_actions.add_row(table.id, after=first.id, op_id=op_id(), by=filler).changes[0].activity_id for _ in range(25)]

    assert order(table) == [first.id, *reversed(added)]


def test_undo_takes_back_one_after_the_other_and_redo_brings_again(filler: Person) -> None:
    table = make.table()
    row = make.row(table, venue="甲")
    editing.save_cell(row.id, "venue", "乙", base="甲", op_id=op_id(), by=filler)
    row_actions.delete_row(row.id, op_id=op_id(), by=filler)

    editing.undo(table.id, op_id=op_id(), by=filler)
    assert order(table) == [row.id]
    editing.undo(table.id, op_id=op_id(), by=filler)
    assert values(row.id)["venue"] == "甲"
    assert editing.undo(table.id, op_id=op_id(), by=filler) is None

    editing.undo(table.id, redo=True, op_id=op_id(), by=filler)
    assert values(row.id)["venue"] == "乙"
    editing.undo(table.id, redo=True, op_id=op_id(), by=filler)
    assert order(table) == []
    assert editing.undo(table.id, redo=True, op_id=op_id(), by=filler) is None


def test_fifty_steps_are_taken_back_and_brought_again(filler: Person) -> None:
    row = make.row(venue="0")
    for n in range(60):
        editing.save_cell(row.id, "venue", str(n + 1), base=str(n), op_id=op_id(), by=filler)

    for _ in range(50):
        assert editing.undo(row.table_id, op_id=op_id(), by=filler) is not None
    assert values(row.id)["venue"] == "10"
    for _ in range(50):
        assert editing.undo(row.table_id, op_id=op_id(), redo=True, by=filler) is not None

    assert values(row.id)["venue"] == "60"


def test_undo_leaves_a_colleagues_cell_alone_and_lists_it(filler: Person) -> None:
    table = make.table()
    row = make.row(table, venue="甲", content="旧")
    edits = [Edit(row.id, "venue", "乙", "甲"), Edit(row.id, "content", "新", "旧")]
    editing.save_cells(table.id, edits, op_id=op_id(), by=filler)
    editing.save_cell(row.id, "venue", "丙", base="乙", op_id=op_id(), by=make.person("minhang"))

    done = editing.undo(table.id, op_id=op_id(), by=filler)

    assert done is not None
    assert [change.key for change in done.skipped] == ["venue"]
    assert (values(row.id)["venue"], values(row.id)["content"]) == ("丙", "旧")


def test_undo_leaves_a_cell_alone_into_which_a_colleague_wrote_the_same_again(filler: Person) -> None:
    row, colleague = make.row(venue="甲"), make.person("minhang")
    editing.save_cell(row.id, "venue", "乙", base="甲", op_id="mine-00001", by=filler)
    editing.save_cell(row.id, "venue", "丙", base="乙", op_id="theirs-001", by=colleague)
    editing.save_cell(row.id, "venue", "乙", base="丙", op_id="theirs-002", by=colleague)

    undone = editing.undo(row.table_id, op_id="mine-00002", by=filler)

    assert undone is not None
    assert [change.key for change in undone.skipped] == ["venue"]
    assert values(row.id)["venue"] == "乙"


def test_a_row_is_put_behind_another_or_on_top(filler: Person) -> None:
    table = make.table()
    first, second, third, fourth = (make.row(table, venue=text).id for text in "甲乙丙丁")

    for row, after, order in [
        (fourth, first, [first, fourth, second, third]),
        (first, third, [fourth, second, third, first]),
        (third, None, [third, fourth, second, first]),
        (third, third, [third, fourth, second, first]),
        (fourth, third, [third, fourth, second, first]),
    ]:
        row_actions.place_row(row, after=after, op_id=op_id(), by=filler)
        assert [one.id for one in service.rows_of(table)] == order
    editing.undo(table.id, op_id=op_id(), by=filler)
    assert [one.id for one in service.rows_of(table)] == [fourth, second, third, first]


def test_rows_find_a_place_where_none_is_free(filler: Person) -> None:
    table = make.table()
    rows = [make.row(table, venue=str(n)).id for n in range(4)]
    with transaction():
        for row in db.session.query(Activity).filter(Activity.id.in_(rows)):
            row.pos = 5

    row_actions.place_row(rows[3], after=rows[0], op_id=op_id(), by=filler)

    assert [one.id for one in service.rows_of(table)] == [rows[0], rows[3], rows[1], rows[2]]


def test_a_row_is_put_behind_none_of_another_table(filler: Person) -> None:
    mine, theirs = make.row(make.table("minhang")), make.row(make.table("xuhui"))

    with pytest.raises(NotFound):
        row_actions.place_row(mine.id, after=theirs.id, op_id=op_id(), by=filler)
    with pytest.raises(NotFound):
        row_actions.place_row(theirs.id, after=None, op_id=op_id(), by=filler)


def test_many_rows_are_deleted_at_once_and_come_back_with_one_undo(filler: Person) -> None:
    table = make.table()
    rows = [make.row(table).id for _ in range(4)]
    stranger = make.row(make.table("xuhui")).id

    row_actions.delete_row(rows[0], also=[rows[2], rows[0]], op_id=op_id(), by=filler)
    assert [one.id for one in service.rows_of(table)] == [rows[1], rows[3]]
    with pytest.raises(NotFound):
        row_actions.delete_row(rows[1], also=[stranger], op_id=op_id(), by=filler)
    editing.undo(table.id, op_id=op_id(), by=filler)

    assert [one.id for one in service.rows_of(table)] == rows


def test_undo_takes_only_ones_own(filler: Person) -> None:
    table = make.table()
    row = make.row(table, venue="甲")
    editing.save_cell(row.id, "venue", "乙", base="甲", op_id=op_id(), by=make.person("minhang"))

    assert editing.undo(table.id, op_id=op_id(), by=filler) is None


def test_a_whole_form_writes_only_what_the_person_changed(filler: Person) -> None:
    table = make.table()
    row = make.row(table, venue="甲", scale="10人")
    editing.save_cell(row.id, "venue", "乙", base="甲", op_id=op_id(), by=make.person("minhang"))

    posted = {(row.id, "venue"): "甲", (row.id, "scale"): "20人"}  # the page was older than the colleague's change
    done = editing.save_form(table.id, posted, revision=0, op_id=op_id(), by=filler)

    assert [change.key for change in done.changes] == ["scale"]
    assert (values(row.id)["venue"], values(row.id)["scale"]) == ("乙", "20人")


def test_a_whole_form_that_clashes_writes_nothing(filler: Person) -> None:
    table = make.table()
    row = make.row(table, venue="甲", scale="10人")
    editing.save_cell(row.id, "venue", "乙", base="甲", op_id=op_id(), by=make.person("minhang"))

    with pytest.raises(CellConflict):
        editing.save_form(table.id, {(row.id, "venue"): "丙", (row.id, "scale"): "20人"}, revision=0, op_id=op_id(), by=filler)

    assert values(row.id)["scale"] == "10人"


def test_many_writers_at_once_lose_nothing_and_the_log_agrees(app: Flask) -> None:
    table = make.table()
    rows = [make.row(table, venue="0").id for _ in range(4)]
    people = [make.person("minhang") for _ in range(8)]
    kept: list[tuple[int, int]] = []

    def work(by: Person, row_id: int) -> None:
        with app.app_context():
            done = 0
            while done < 10:
                base = values(row_id)["venue"]
                db.session.rollback()
                try:
                    written = editing.save_cell(row_id, "venue", f"{by.id}-{done}", base=base, op_id=op_id(), by=by)
                except CellConflict:
                    continue
                kept.append((row_id, written.revision))
                done += 1

    threads = [threading.Thread(target=work, args=(person, rows[n % 4])) for n, person in enumerate(people)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    db.session.rollback()  # what was read before is a snapshot of then
    assert sorted(revision for _, revision in kept) == list(range(1, 81))
    for row_id in rows:
        changes = db.session.scalars(select(CellChange).where(CellChange.activity_id == row_id).order_by(CellChange.id)).all()
        assert [change.old for change in changes] == ["0", *(change.new for change in changes[:-1])]
        assert values(row_id)["venue"] == changes[-1].new
