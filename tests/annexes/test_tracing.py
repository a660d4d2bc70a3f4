"""The auditor's way to a cell: who changed it and when, without a phone."""

import pytest

from ipweek.annexes import editing, row_actions, tracing
from ipweek.annexes.editing import Edit
from ipweek.annexes.tracing import Asked
from ipweek.errors import Forbidden
from tests import make


@pytest.fixture
def auditor(app):
    return make.person("office", "auditor")


@pytest.fixture
def home(app):
    """闵行's table with three rows, of which the second was changed twice and the first deleted."""
    filler, other = make.person("minhang"), make.person("minhang")
    table = make.table("minhang")
    first, second, third = (make.row(table) for _ in range(3))
    editing.save_cell(second.id, "venue", "莘庄公园", base="七宝万科广场一楼中庭", op_id="op-00000001", by=filler)
    editing.save_cell(second.id, "contact", "李四 13800000002", base="张三 13800000001", op_id="op-00000002", by=other)
    editing.save_cells(table.id, [Edit(third.id, "scale", "80人", "100人")], op_id="op-00000003", by=filler)
    row_actions.delete_row(first.id, op_id="op-00000004", by=filler)
    return table


def places(found):
    return [(line.place, line.old, line.new) for line in found.lines]


def test_a_column_bears_the_heading_of_its_own_annex(auditor, home):
    city = make.table("shangwuwei", of=home.campaign)
    row = make.row(city, scale="100人")
    editing.save_cell(row.id, "scale", "120人", base="100人", op_id="op-00000005", by=make.person("shangwuwei"))

    (in_annex_1,) = tracing.find(Asked(unit_id=city.unit_id, row=1, column="scale"), by=auditor).lines
    (in_annex_2,) = tracing.find(Asked(unit_id=home.unit_id, row=2, column="scale"), by=auditor).lines

    assert in_annex_1.place == "第 1 行 活动规模 (人数)"
    assert in_annex_2.place == "第 2 行 活动规模 (参与人数)"


def test_a_cell_is_found_by_unit_row_and_column(auditor, home):
    found = tracing.find(Asked(unit_id=home.unit_id, row=1, column="venue"), by=auditor)

    (line,) = found.lines
    assert (line.place, line.old, line.new) == ("第 1 行 活动地点", "七宝万科广场一楼中庭", "莘庄公园")
    assert line.username.startswith("minhang")


def test_no_phone_is_shown(auditor, home):
    found = tracing.find(Asked(column="contact"), by=auditor)

    assert places(found) == [("第 1 行 联系人", "张三 138****0001", "李四 138****0002")]


def test_the_newest_change_comes_first_and_a_deleted_row_is_named_so(auditor, home):
    found = tracing.find(Asked(), by=auditor)

    assert [(line.place, line.what) for line in found.lines] == [
        ("已删除的行", "删除该行"),
        ("第 2 行 活动规模 (参与人数)", ""),
        ("第 1 行 联系人", ""),
        ("第 1 行 活动地点", ""),
    ]


@pytest.mark.parametrize("asked", [Asked(year=2023), Asked(unit_id=9999), Asked(row=9), Asked(column="nonsense"), Asked(username="nobody")])
def test_what_fits_nothing_finds_nothing(auditor, home, asked):
    assert tracing.find(asked, by=auditor).lines == []


@pytest.mark.parametrize("part", [("minhang", "filler"), ("office", "clerk"), ("office", "admin"), ("office", "viewer")])
def test_it_is_the_auditors_alone(home, part):
    with pytest.raises(Forbidden):
        tracing.find(Asked(), by=make.person(*part))


@pytest.mark.parametrize("words", ["row=-1", "row=x&unit_id=y", "year=99999999999999999999", "column=%00&username=%00"])
def test_a_strange_question_breaks_nothing(home, seat, words):
    assert seat("auditor").get(f"/audit/cells?{words}").status_code == 200
