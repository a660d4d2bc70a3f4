"""The fill pack goes out official-looking and comes back as a three-way merge."""

import shutil
import subprocess
from io import BytesIO

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ipweek.annexes import cell_text, editing, row_actions
from ipweek.annexes.models import Activity
from ipweek.extensions import db
from ipweek.notice import schema
from ipweek.workbooks import fill_pack, fill_packs, import_plan, import_service
from ipweek.workbooks.import_plan import Chosen
from ipweek.workbooks.layout import Band
from ipweek.workbooks.service import header_words
from tests import make

from .files import KEYS, saved
from .official import MADE_AT


@pytest.fixture
def table(app):
    made = make.table("minhang", "draft")
    make.row(made, event_name="商标课堂", venue="社区中心", scale="100人")
    make.row(made, event_name="专利讲座")
    return made


@pytest.fixture
def filler(table):
    return make.person("minhang")


@pytest.fixture
def pack(table, filler):
    return openpyxl.load_workbook(BytesIO(fill_packs.hand_out(table.id, by=filler)[1]))


@pytest.fixture
def bring_back(app, table, filler):
    """Upload the pack as it was filled, and look."""

    def upload(book):
        settings = app.extensions["settings"]
        file = import_service.upload(table.id, saved(book), "离线填报表.xlsx", by=filler, settings=settings)
        return import_service.preview(table.id, file.id, by=filler, settings=settings)

    return upload


@pytest.fixture
def take(app, filler):
    def confirm(seen, chosen=None):
        return import_service.confirm(
            seen.table.id,
            seen.file.id,
            chosen or import_plan.all_of(seen.plan),
            revision=seen.revision,
            op_id="imported-0001",
            by=filler,
            settings=app.extensions["settings"],
        )

    return confirm


def first(book):
    """The sheet of the annex, and its first row of activities."""
    sheet = book["附件2"]
    return sheet, next(n for n in range(1, 20) if sheet.cell(n, 1).value == "主办单位") + 1


def column(key):
    return KEYS.index(key) + 1


def rows_of(table):
    db.session.rollback()
    query = db.session.query(Activity).filter_by(table_id=table.id, alive=True, is_header=False).order_by(Activity.pos)
    return [dict(row.values) for row in query]


def states(line):
    return {cell.key: cell.state for cell in line.cells if cell.state != "same"}


def test_it_shows_the_official_form_and_hides_what_it_needs(pack):
    sheet, row = first(pack)

    assert pack.sheetnames == ["附件2", "填写说明", "_ipweek"]
    assert pack["_ipweek"].sheet_state == "veryHidden"
    assert sheet.column_dimensions["I"].hidden
    assert [sheet.cell(row - 1, number).value for number in range(1, 9)] == [found.label for found in make.ANNEX_2.columns]
    assert sheet.cell(row, column("venue")).value == "社区中心"
    assert "单位名称：闵行区知识产权联席会议办公室" in {
        cell.value.split("　")[0] for line in sheet.iter_rows() for cell in line if cell.value
    }


def test_it_offers_hosts_and_days_and_forbids_nothing_else(pack):
    sheet, _ = first(pack)
    offered = {str(each.sqref): each for each in sheet.data_validations.dataValidation}

    assert {area.rstrip("0123456789").split(":")[0][0] for area in offered} == {"A", "C", "D", "H"}
    assert not any(each.showErrorMessage for each in offered.values())
    days = next(each for area, each in offered.items() if area.startswith("C"))
    letter = days.formula1.split("$")[1]
    assert [pack["_ipweek"][f"{letter}{n}"].value for n in (1, 7)] == ["4月20日", "4月26日"]


def test_brought_back_untouched_it_changes_nothing(pack, bring_back):
    seen = bring_back(pack)

    assert (seen.plan.is_pack, seen.plan.is_nothing, len(seen.plan.lines)) == (True, True, 2)
    assert seen.plan.left_out == ()
    assert seen.wrong_unit == ""


def test_a_row_is_known_by_its_id_whatever_was_written_into_it(table, pack, bring_back, take):
    sheet, row = first(pack)
    for number, text in enumerate(["市场局", "全新的名称", "4月25日", "线上", "讲课", "市民", "50人", "李四 13800000002"], 1):
        sheet.cell(row, number).value = text

    take(bring_back(pack))

    assert [values["event_name"] for values in rows_of(table)] == ["全新的名称", "专利讲座"]


def test_rows_that_were_sorted_and_added_are_told_apart(table, pack, bring_back, take):
    sheet, row = first(pack)
    for number in range(1, 10):
        above, below = sheet.cell(row, number).value, sheet.cell(row + 1, number).value
        sheet.cell(row, number).value, sheet.cell(row + 1, number).value = below, above
    for number, key in enumerate(KEYS, 1):
        sheet.cell(row + 2, number).value = {**make.CELLS, "event_name": "版权之夜"}[key]

    seen = bring_back(pack)
    take(seen)

    assert [line.kind for line in seen.plan.lines] == ["same", "same", "new"]
    assert [values["event_name"] for values in rows_of(table)] == ["商标课堂", "专利讲座", "版权之夜"]


def test_what_only_the_table_changed_stays(table, filler, pack, bring_back):
    old = db.session.query(Activity).filter_by(is_header=False).order_by(Activity.pos).first()
    editing.save_cell(old.id, "venue", "文化馆", base="社区中心", op_id="typed-0001", by=filler)
    sheet, row = first(pack)
    sheet.cell(row, column("scale")).value = "120人"

    seen = bring_back(pack)

    assert states(seen.plan.lines[0]) == {"venue": "kept", "scale": "changed"}


def test_what_both_changed_is_chosen_cell_by_cell(table, filler, pack, bring_back, take):
    old = db.session.query(Activity).filter_by(is_header=False).order_by(Activity.pos).first()
    for number, (key, value, base) in enumerate([("venue", "文化馆", "社区中心"), ("scale", "200人", "100人")]):
        editing.save_cell(old.id, key, value, base=base, op_id=f"typed-000{number}", by=filler)
    sheet, row = first(pack)
    sheet.cell(row, column("venue")).value = "广场"
    sheet.cell(row, column("scale")).value = "300人"

    seen = bring_back(pack)
    assert (states(seen.plan.lines[0]), seen.plan.conflicts) == ({"venue": "conflict", "scale": "conflict"}, 2)
    take(seen, Chosen(frozenset({0}), theirs=frozenset({(0, "venue")})))

    assert (rows_of(table)[0]["venue"], rows_of(table)[0]["scale"]) == ("广场", "200人")


def test_a_row_that_was_deleted_meanwhile_comes_back_only_as_a_new_one(table, filler, pack, bring_back):
    old = db.session.query(Activity).filter_by(is_header=False).order_by(Activity.pos).first()
    row_actions.delete_row(old.id, op_id="row-00001", by=filler)

    line = bring_back(pack).plan.lines[0]

    assert (line.kind, line.is_doubtful) == ("new", True)
    assert "已被删除" in line.remarks[0]


def test_a_copied_row_is_a_new_one(table, pack, bring_back):
    sheet, row = first(pack)
    for number in range(1, 10):
        sheet.cell(row + 2, number).value = sheet.cell(row, number).value
    sheet.cell(row + 2, column("event_name")).value = "版权之夜"

    assert [line.kind for line in bring_back(pack).plan.lines] == ["same", "same", "new"]


def test_the_pack_of_another_table_is_read_as_any_file(app, pack, table):
    other = make.table("xuhui", "draft", of=table.campaign)
    by, settings = make.person("xuhui"), app.extensions["settings"]
    file = import_service.upload(other.id, saved(pack), "表.xlsx", by=by, settings=settings)

    seen = import_service.preview(other.id, file.id, by=by, settings=settings)

    assert (seen.plan.is_pack, seen.wrong_unit, [line.kind for line in seen.plan.lines]) == (False, "闵行区", ["new", "new"])


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not on this machine")
def test_saved_by_another_program_it_is_still_known(pack, bring_back, tmp_path):
    (tmp_path / "in.xlsx").write_bytes(saved(pack))

    command = ["soffice", f"-env:UserInstallation=file://{tmp_path}/profile", "--headless", "--convert-to", "xlsx:Calc MS Excel 2007 XML"]
    subprocess.run([*command, "--outdir", tmp_path / "out", tmp_path / "in.xlsx"], check=True, capture_output=True, timeout=100)
    seen = bring_back(openpyxl.load_workbook(tmp_path / "out" / "in.xlsx"))

    assert (seen.plan.is_pack, seen.plan.is_nothing, seen.plan.left_out) == (True, True, ())


PIECES = [*"知识产权0017=+-@＝'\n 《》𠮷㐂x_D&<>\"", "_x000D_"]
texts = st.lists(st.sampled_from(PIECES), max_size=12).map("".join)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.fixed_dictionaries(dict.fromkeys(KEYS, texts)), min_size=1, max_size=4))
def test_out_and_in_again_is_all_the_same(rows):
    rows = [{**values, "event_name": f"活动{n}{values['event_name']}", "host": "甲" + values["host"]} for n, values in enumerate(rows)]
    stored = [(n + 1, {key: cell_text.clean(text)[0] for key, text in values.items()}) for n, values in enumerate(rows)]
    header = {"unit_name": "闵行区"}
    band = Band("minhang", header_words(make.ANNEX_2, header, "闵行区"), ())

    data = fill_pack.build(fill_pack.Sheet(1, 3, make.ANNEX_2, band, stored, header), made_at=MADE_AT)
    reading = fill_pack.read_upload(data, name="a.xlsx", annex=schema.as_json(make.ANNEX_2))
    found = reading["pack"]
    pack = import_plan.Pack({int(key): values for key, values in found["rows"].items()}, found["header"], found["ids"])
    made = import_plan.plan(reading, make.ANNEX_2, stored, header, pack=pack)

    assert [line.kind for line in made.lines] == ["same"] * len(rows)
    assert made.is_nothing


@pytest.mark.parametrize("words", ["合计", "注：以实际为准", "一、开幕式", "主办单位", "单位名称：徐汇区", "填表人：张三", "附件1", "1."])
@pytest.mark.parametrize("keys", [("host",), ("event_name",), ("contact",), KEYS])
def test_a_row_that_carries_its_id_is_an_activity_whatever_it_says(words, keys):
    rows = [(number, {**dict.fromkeys(KEYS, ""), **dict.fromkeys(keys, words)}) for number in (1, 2)]
    band = Band("minhang", header_words(make.ANNEX_2, {}, "闵行区"), ())
    data = fill_pack.build(fill_pack.Sheet(1, 1, make.ANNEX_2, band, rows, {}), made_at=MADE_AT)

    found = fill_pack.read_upload(data, name="表.xlsx", annex=schema.as_json(make.ANNEX_2))

    assert [list(row.values()) for row in found["rows"]] == [[values[key] for key in KEYS] for _, values in rows]
    assert found["pack"]["ids"] == [1, 2]
