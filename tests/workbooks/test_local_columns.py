"""A district's own columns: taken in by their heading, part of its fill pack, marked there, and in no official file."""

from io import BytesIO

import docx
import openpyxl
import pytest

from ipweek.annexes.models import Activity
from ipweek.extensions import db
from ipweek.plugins import service as plugins
from ipweek.transaction import transaction
from ipweek.workbooks import fill_packs, import_plan, import_service, service
from tests import make
from tests.desk import Desk
from tests.plugins.made import switched_on_unasked

from .files import annex_2, row, saved


@pytest.fixture
def table(app):
    made = make.table("minhang", "draft")
    switched_on_unasked(app)
    return made


@pytest.fixture
def filler(table):
    return make.person("minhang")


@pytest.fixture
def send(app, table, filler):
    def send_file(data, name="闵行区.xlsx"):
        settings = app.extensions["settings"]
        file = import_service.upload(table.id, data, name, by=filler, settings=settings)
        return import_service.preview(table.id, file.id, by=filler, settings=settings)

    return send_file


@pytest.fixture
def take(app, filler):
    def confirm(seen):
        import_service.confirm(
            seen.table.id, seen.file.id, import_plan.all_of(seen.plan), revision=seen.revision, op_id="local-import-1", by=filler,
            settings=app.extensions["settings"],
        )  # fmt: skip
        db.session.rollback()
        query = db.session.query(Activity).filter_by(table_id=seen.table.id, alive=True, is_header=False).order_by(Activity.pos)
        return [dict(found.values) for found in query]

    return confirm


def stored(table, **cells):
    found = make.row(table, event_name="商标课堂")
    with transaction():
        row = db.session.get(Activity, found.id)
        row.values = {**row.values, **cells}
    return found.id


@pytest.mark.parametrize("heading", ["所属街镇", "所 属\n街镇", "所属街镇（本区栏目）", "所属街镇*"])
def test_a_column_of_the_district_is_taken_in_by_its_heading(send, take, heading):
    seen = send(annex_2([*row(event_name="新活动"), "七宝镇"], more=[heading]))

    assert seen.local == {"mh.street"}
    assert [problem["message"] for problem in seen.plan.left_out if "街镇" in problem["message"]] == []
    assert take(seen)[0]["mh.street"] == "七宝镇"


def test_any_other_column_is_still_told_and_not_taken(send, take):
    seen = send(annex_2([*row(event_name="新活动"), "七宝镇", "1万元"], more=["所属街镇", "预算"]))

    assert [problem["column"] for problem in seen.plan.left_out] == ["预算"]
    assert "1万元" not in take(seen)[0].values()


def test_a_blank_cell_of_it_wipes_nothing_and_a_changed_one_changes_that_cell_alone(send, take, table):
    stored(table, **{"mh.street": "莘庄镇"})
    assert send(annex_2([*row(event_name="商标课堂"), ""], more=["所属街镇"])).plan.is_nothing

    seen = send(annex_2([*row(event_name="商标课堂"), "七宝镇"], more=["所属街镇"]))

    assert {cell.key: (cell.old, cell.value) for cell in seen.plan.lines[0].cells if cell.state == "changed"} == {
        "mh.street": ("莘庄镇", "七宝镇")
    }
    assert take(seen)[0]["mh.street"] == "七宝镇"


def test_what_is_wrong_with_it_is_said_and_holds_up_nothing(send, take):
    seen = send(annex_2([*row(event_name="新活动"), "浦江镇"], more=["所属街镇"]))

    assert "不在选项中" in seen.findings[0, "mh.street"][0].message
    assert take(seen)[0]["mh.street"] == "浦江镇"


def test_a_file_without_it_touches_it_not(send, take, table):
    stored(table, **{"mh.street": "莘庄镇"})

    assert take(send(annex_2(row(event_name="商标课堂", venue="文化馆"))))[0]["mh.street"] == "莘庄镇"


def test_a_district_without_the_plugin_does_not_know_the_column(app, table):
    other = make.table("xuhui", "draft")
    by = make.person("xuhui")
    data = annex_2([*row(event_name="新活动"), "七宝镇"], more=["所属街镇"], unit="徐汇区")
    file = import_service.upload(other.id, data, "徐汇区.xlsx", by=by, settings=app.extensions["settings"])

    seen = import_service.preview(other.id, file.id, by=by, settings=app.extensions["settings"])

    assert seen.local == frozenset()
    assert [problem["column"] for problem in seen.plan.left_out] == ["所属街镇"]


def test_the_fill_pack_holds_it_marked_with_its_choices_and_its_help(table, filler):
    stored(table, **{"mh.street": "莘庄镇"})

    book = openpyxl.load_workbook(BytesIO(fill_packs.hand_out(table.id, by=filler)[1]))

    sheet = book["附件2"]
    heading = next(n for n in range(1, 20) if sheet.cell(n, 1).value == "主办单位")
    assert sheet.cell(heading, 9).value == "所属街镇\n（本区栏目）"
    assert sheet.cell(heading, 9).fill.fgColor.rgb != sheet.cell(heading, 8).fill.fgColor.rgb
    assert sheet.cell(heading + 1, 9).value == "莘庄镇"
    assert sheet.column_dimensions["J"].hidden
    offered = next(each for each in sheet.data_validations.dataValidation if str(each.sqref).startswith("I"))
    letter = offered.formula1.split("$")[1]
    assert [book["_ipweek"][f"{letter}{n}"].value for n in (1, 2)] == ["莘庄镇", "七宝镇"]
    told = [tuple(cell.value for cell in line) for line in book["填写说明"].iter_rows()]
    assert ("所属街镇（本区栏目）", "活动所在的街镇；可选：莘庄镇、七宝镇", "莘庄镇") in told


def test_brought_back_the_pack_merges_it_three_ways(table, filler, send):
    number = stored(table, **{"mh.street": "莘庄镇"})
    book = openpyxl.load_workbook(BytesIO(fill_packs.hand_out(table.id, by=filler)[1]))
    assert send(saved(book)).plan.is_nothing
    sheet = book["附件2"]
    place = next(n for n in range(1, 20) if sheet.cell(n, 1).value == "主办单位") + 1
    sheet.cell(place, 9).value = "七宝镇"
    seen = send(saved(book))
    assert {cell.key: cell.state for cell in seen.plan.lines[0].cells if cell.state != "same"} == {"mh.street": "changed"}

    with transaction():
        kept = db.session.get(Activity, number)
        kept.values = {**kept.values, "mh.street": "浦江镇"}
    seen = send(saved(book))

    assert {cell.key: cell.state for cell in seen.plan.lines[0].cells if cell.state != "same"} == {"mh.street": "conflict"}


def test_no_official_file_holds_it(table, filler):
    stored(table, **{"mh.street": "莘庄镇"})

    book = openpyxl.load_workbook(BytesIO(service.own_table(table.id, by=filler)[1]))
    document = docx.Document(BytesIO(service.own_table(table.id, by=filler, kind="docx")[1]))

    assert "莘庄镇" not in {cell.value for sheet in book for line in sheet.iter_rows() for cell in line}
    assert "莘庄镇" not in {cell.text for each in document.tables for line in each.rows for cell in line.cells}


def test_the_preview_marks_the_column(app, table):
    desk = Desk(app).sit(make.user("minhang"))
    data = annex_2([*row(event_name="新活动"), "七宝镇"], more=["所属街镇"])
    desk.get(f"/tables/{table.id}/import")
    sent = desk.post(f"/tables/{table.id}/import", data={"file": (BytesIO(data), "表.xlsx")}, content_type="multipart/form-data")

    page = desk.get(sent.headers["Location"])

    assert "所属街镇<small>本区栏目</small>" in page.text
    assert plugins.fields_of("minhang")
