"""Last year's rows: what is offered, what is taken over, and what stays behind."""

from datetime import date

import pytest
from sqlalchemy import select

from ipweek.accounts.models import Unit
from ipweek.annexes import campaigns, editing
from ipweek.annexes import service as annexes
from ipweek.annexes.models import AnnexTable
from ipweek.errors import Conflict, Forbidden, Invalid, NotFound
from ipweek.extensions import db
from ipweek.reporting import last_year
from tests import make

OP = "op-00000001"


@pytest.fixture
def years(cast):
    """闵行's table of 2023 with two rows, and its empty one of 2024."""
    before = make.campaign("closed", year=2023, starts_on=date(2023, 4, 20), ends_on=date(2023, 4, 26))
    old = make.table("minhang", "approved", of=before)
    make.row(old, event_name="商标沙龙", event_time="2023年4月21日")
    make.row(old, event_name="专利讲座")
    return old, make.table("minhang", "todo", of=make.campaign())


def names_in(table):
    return [row.values.get("event_name") for row in annexes.rows_of(table)]


def test_a_new_campaign_starts_with_the_units_and_people_that_are_there(cast, years):
    units = set(db.session.scalars(select(Unit.id).where(Unit.is_active, Unit.level.in_(annexes.ANNEX_OF_LEVEL))))
    draft = make.campaign("draft", year=2025, starts_on=date(2025, 4, 20), ends_on=date(2025, 4, 26))

    campaigns.open_campaign(draft, by=cast["clerk"])

    assert set(db.session.scalars(select(AnnexTable.unit_id).where(AnnexTable.campaign_id == draft.id))) == units


def test_chosen_rows_come_over_without_their_time_and_can_be_undone(cast, years):
    old, new = years
    by = cast["filler of 闵行"]
    found = last_year.read(new.id, by=by)
    assert [(row.values["event_name"], row.when, row.is_there) for row in found.rows] == [
        ("商标沙龙", "2023年4月21日", False),
        ("专利讲座", "4月22日 14:00", False),
    ]

    last_year.take(new.id, [found.rows[0].id], op_id=OP, by=by)

    (row,) = annexes.rows_of(new)
    assert row.values == {key: value for key, value in {**make.CELLS, "event_name": "商标沙龙"}.items() if key != "event_time"}
    assert names_in(old) == ["商标沙龙", "专利讲座"]
    editing.undo(new.id, op_id="op-00000002", by=by)
    assert annexes.rows_of(new) == []


def test_the_same_press_twice_takes_them_over_once(cast, years):
    _, new = years
    by = cast["filler of 闵行"]
    rows = [row.id for row in last_year.read(new.id, by=by).rows]

    for _ in range(2):
        last_year.take(new.id, rows, op_id=OP, by=by)

    assert names_in(new) == ["商标沙龙", "专利讲座"]


def test_what_is_there_already_is_said(cast, years):
    _, new = years
    make.row(new, event_name=" 商标沙龙")

    assert [row.is_there for row in last_year.read(new.id, by=cast["filler of 闵行"]).rows] == [True, False]


def test_only_the_units_own_rows_can_be_taken(cast, years):
    _, new = years
    foreign = make.row(make.table("xuhui", "approved", of=db.session.get(AnnexTable, years[0].id).campaign)).id

    with pytest.raises(Invalid, match="没有选中"):
        last_year.take(new.id, [foreign], op_id=OP, by=cast["filler of 闵行"])


@pytest.mark.parametrize("who, error", [("filler of 徐汇", NotFound), ("clerk", Forbidden), ("viewer", Forbidden), ("admin", NotFound)])
def test_only_the_units_filler_takes_over(cast, years, who, error):
    with pytest.raises(error):
        last_year.read(years[1].id, by=cast[who])


@pytest.fixture
def levels(cast, years):
    """To last year's two rows of 闵行 itself one of 七宝镇 and one of 莘庄镇; a filler of 七宝镇."""
    old, new = years
    make.row(old, owner="qibao", event_name="七宝老街讲座", event_time="2023年4月22日", contact="张三 13900000003")
    make.row(old, owner="xinzhuang", event_name="莘庄茶馆")
    return old, new, make.person("qibao")


def test_a_department_takes_over_the_rows_that_were_its_own(levels):
    old, new, department = levels
    found = last_year.read(new.id, by=department)
    assert [(row.values["event_name"], row.values["contact"], row.is_proposed) for row in found.rows] == [
        ("七宝老街讲座", "张三 13900000003", True)
    ]

    last_year.take(new.id, [row.id for row in annexes.rows_of(old)], op_id=OP, by=department)

    (row,) = annexes.rows_of(new)
    assert (row.values["event_name"], row.owner_unit_id, "event_time" in row.values) == ("七宝老街讲座", department.unit_id, False)


def test_a_department_that_had_no_rows_is_offered_none(cast, years):
    department = make.person("qibao")

    assert last_year.read(years[1].id, by=department).rows == []
    assert not last_year.has_some(years[1], by=department)


def test_a_department_of_another_unit_does_not_find_the_page(levels):
    stranger = make.person("somewhere")
    with last_year.editing.transaction():
        db.session.get_one(Unit, stranger.unit_id).parent_id = make.unit("xuhui").id

    with pytest.raises(NotFound):
        last_year.read(levels[1].id, by=stranger)


def test_the_unit_leaves_its_departments_rows_to_them_unless_it_ticks_them(cast, levels):
    _, new, _ = levels
    by = cast["filler of 闵行"]
    found = last_year.read(new.id, by=by)

    assert [(row.values["event_name"], row.department, row.is_proposed) for row in found.rows] == [
        ("商标沙龙", "", True),
        ("专利讲座", "", True),
        ("七宝老街讲座", "七宝镇", False),
        ("莘庄茶馆", "莘庄镇", False),
    ]
    assert [row.values["event_name"] for row in found.offered] == ["商标沙龙", "专利讲座"]
    last_year.take(new.id, [found.rows[2].id], op_id=OP, by=by)
    assert names_in(new) == ["七宝老街讲座"]


def test_what_the_unit_took_over_already_is_said_to_the_department(cast, levels):
    _, new, department = levels
    make.row(new, event_name="七宝老街讲座")

    assert [row.is_there for row in last_year.read(new.id, by=department).rows] == [True]


def test_a_departments_tasks_and_table_lead_there_while_it_has_nothing(seat, levels):
    _, new, department = levels
    make.row(new, event_name="区里的")  # others have begun
    with last_year.editing.transaction():
        new.status = "draft"
    address = f"/tables/{new.id}/last-year"
    desk = seat(department)
    assert address in desk.get("/tasks").text
    assert address in desk.get(f"/tables/{new.id}").text
    page = desk.get(address).text
    assert "七宝老街讲座" in page
    assert "莘庄茶馆" not in page
    assert "商标沙龙" not in page

    row = last_year.read(new.id, by=department).rows[0]
    assert desk.post(address, {"row": row.id, "op": OP}).status_code == 303

    assert names_in(db.session.get(AnnexTable, new.id)) == ["区里的", "七宝老街讲座"]
    assert address not in desk.get("/tasks").text


def test_a_table_that_is_sent_takes_nothing(cast, years):
    _, new = years
    with last_year.editing.transaction():
        new.status = "submitted"
    rows = [row.id for row in last_year.read(new.id, by=cast["filler of 闵行"]).rows]

    with pytest.raises(Conflict, match="不能修改"):
        last_year.take(new.id, rows, op_id=OP, by=cast["filler of 闵行"])


def test_my_tasks_lead_there_while_the_table_is_empty(cast, seat, years):
    old, new = years
    desk = seat(cast["filler of 闵行"])

    assert f"/tables/{new.id}/last-year" in desk.get("/tasks").text
    page = desk.get(f"/tables/{new.id}/last-year").text
    assert "商标沙龙" in page
    (row, _) = annexes.rows_of(old)
    answer = desk.post(f"/tables/{new.id}/last-year", {"row": row.id, "op": OP})

    assert answer.status_code == 303
    assert names_in(db.session.get(AnnexTable, new.id)) == ["商标沙龙"]
    assert f"/tables/{new.id}/last-year" not in desk.get("/tasks").text
    assert desk.post(f"/tables/{new.id}/last-year", {"op": "op-00000009"}).status_code == 422


def test_without_an_earlier_year_the_page_says_so(cast, seat):
    home = make.table("minhang", "todo")
    desk = seat(cast["filler of 闵行"])

    assert "没有可以带入的活动" in desk.get(f"/tables/{home.id}/last-year").text
    assert "last-year" not in desk.get("/tasks").text
