"""A district's own columns in its table: cells like any other, never part of what is reported."""

from __future__ import annotations

import itertools
import json
import shutil
from collections.abc import Callable
from datetime import date
from io import BytesIO
from pathlib import Path

import pytest
from flask import Flask
from openpyxl import load_workbook
from sqlalchemy import event

from ipweek.annexes import editing, grid, local_columns, service
from ipweek.annexes.editing import CellConflict, Edit
from ipweek.annexes.models import Activity, AnnexTable
from ipweek.board import plugin_admin
from ipweek.errors import Invalid
from ipweek.extensions import db
from ipweek.notice import schema
from ipweek.plugins import values
from ipweek.plugins.schema import Field
from ipweek.reporting import contents
from tests import make
from tests.desk import HTMX, Desk

from .made import BY, STREET, switched_on, write

Seat = Callable[..., Desk]
_numbers = itertools.count(1)


def op_id() -> str:
    return f"local-op-{next(_numbers):06d}"


def held(row_id: int) -> dict[str, str]:
    db.session.rollback()
    return dict(db.session.get_one(Activity, row_id, populate_existing=True).values)


def test_a_local_column_stands_where_its_manifest_says_and_is_marked(app: Flask, table: AnnexTable, seat: Seat) -> None:
    switched_on(app)
    make.row(table, **{"mh.street": "七宝镇"})

    shown = grid.page(table.id, by=make.person("minhang"))
    assert [column.key for column in shown.form.columns][3:5] == ["venue", "mh.street"]
    page = seat("minhang", "filler").get(f"/tables/{table.id}").text
    assert 'data-key="mh.street" data-kind="choice"' in page
    assert '<small class="local"' in page
    assert "活动所在的街镇" in page
    assert ">\n七宝镇</textarea>" in page


def test_another_unit_and_a_table_without_plugins_have_no_such_column(app: Flask, table: AnnexTable, seat: Seat) -> None:
    switched_on(app)
    other = make.table("xuhui", of=table.campaign)

    page = seat("xuhui", "filler").get(f"/tables/{other.id}").text

    assert "所属街镇" not in page
    assert "local.js" not in page


def test_a_local_cell_is_saved_undone_and_told_like_any_other(app: Flask, table: AnnexTable, seat: Seat) -> None:
    switched_on(app)
    row, filler = make.row(table), seat("minhang", "filler")

    saved = filler.post(f"/activities/{row.id}/cells/mh.street", {"value": "莘庄镇", "base": "", "op": op_id()}, headers=HTMX)
    assert saved.status_code == 200
    assert held(row.id)["mh.street"] == "莘庄镇"
    told = filler.get(f"/activities/{row.id}/cells/mh.street/history", headers=HTMX).text
    assert "第 1 行 所属街镇" in told

    filler.post(f"/tables/{table.id}/undo", {"op": op_id()})
    assert "mh.street" not in held(row.id)


def test_a_value_that_is_no_choice_is_kept_and_marked(app: Flask, table: AnnexTable, seat: Seat) -> None:
    switched_on(app)
    row, filler = make.row(table), seat("minhang", "filler")

    answer = filler.post(f"/activities/{row.id}/cells/mh.street", {"value": "莘桩镇", "base": "", "op": op_id()}, headers=HTMX)

    assert answer.status_code == 200
    assert "不在选项中，可选：莘庄镇、七宝镇" in answer.text
    assert held(row.id)["mh.street"] == "莘桩镇"


def test_a_paste_and_the_form_without_a_script_carry_local_cells(app: Flask, table: AnnexTable, seat: Seat) -> None:
    switched_on(app)
    row, filler = make.row(table), seat("minhang", "filler")

    block = {"edits": [[row.id, "mh.street", "七宝镇", ""]], "rows": [{"event_name": "新的", "mh.street": "莘庄镇"}], "via": "pasted"}
    assert filler.post(f"/tables/{table.id}/paste", {"block": json.dumps(block), "op": op_id()}, headers=HTMX).status_code == 200
    assert held(row.id)["mh.street"] == "七宝镇"

    revision = str(service.get_table(table.id, by=make.person("minhang")).revision)
    sent = {f"{row.id}.mh.street": "莘庄镇", "revision": revision, "op": op_id(), "do": "save"}
    assert filler.post(f"/tables/{table.id}", sent).status_code == 303
    assert held(row.id)["mh.street"] == "莘庄镇"


def test_a_column_of_no_plugin_is_not_written(app: Flask, table: AnnexTable) -> None:
    row = make.row(table)

    with pytest.raises(Invalid, match="没有启用"):
        editing.save_cell(row.id, "mh.street", "甲", base="", op_id=op_id(), by=make.person("minhang"))


def test_two_people_in_one_local_cell_are_told(app: Flask, table: AnnexTable) -> None:
    switched_on(app)
    row, by = make.row(table, **{"mh.street": "莘庄镇"}), make.person("minhang")

    with pytest.raises(CellConflict):
        editing.save_cell(row.id, "mh.street", "七宝镇", base="", op_id=op_id(), by=by)


def test_a_renamed_column_keeps_its_values_and_can_be_emptied(app: Flask, table: AnnexTable) -> None:
    by = make.person("minhang")
    switched_on(app, toml=STREET.replace("fields.street", "fields.town"))
    row = make.row(table, **{"mh.town": "七宝镇"})
    write(Path(app.instance_path) / "plugins", toml=STREET + 'was = ["town"]\n')
    plugin_admin.enable("mh", by=BY)

    (seen,) = service.sheet(table.id, by=by, local=True).rows
    assert seen.values["mh.street"] == "七宝镇"
    editing.save_cell(row.id, "mh.street", "莘庄镇", base="七宝镇", op_id=op_id(), by=by)
    assert held(row.id)["mh.street"] == "莘庄镇"
    editing.save_cell(row.id, "mh.street", "", base="莘庄镇", op_id=op_id(), by=by)

    (seen,) = service.sheet(table.id, by=by, local=True).rows
    assert "mh.street" not in seen.values


def test_what_is_reported_holds_no_local_cell(app: Flask, table: AnnexTable, seat: Seat) -> None:
    switched_on(app)
    row = make.row(table, **{"mh.street": "示例：七宝镇 13800000001"})
    local_only = make.row(table, **dict.fromkeys(make.CELLS, ""), **{"mh.street": "莘庄镇"})
    by = make.person("minhang")

    frozen = contents.freeze(service.get_table(table.id, by=by), make.datetime.now(make.UTC))
    sheet = service.sheet(table.id, by=by)
    page = seat("minhang", "filler").get(f"/tables/{table.id}/submit").text

    assert [kept["id"] for kept in frozen["rows"]] == [row.id]
    assert "mh.street" not in json.dumps(frozen)
    assert all("." not in column.key for column in sheet.form.columns)
    assert all("." not in key for each in sheet.rows for key in each.values)
    assert "所属街镇" not in page
    assert "示例：七宝镇" not in page
    assert local_only.id != row.id


def test_the_official_export_has_no_local_column_and_the_own_one_has(app: Flask, table: AnnexTable, seat: Seat) -> None:
    switched_on(app)
    make.row(table, **{"mh.street": "=1+1"})
    filler = seat("minhang", "filler")

    official = load_workbook(BytesIO(filler.get(f"/tables/{table.id}.xlsx").data))
    own = load_workbook(BytesIO(filler.get(f"/tables/{table.id}/local.xlsx").data)).worksheets[1]

    assert "所属街镇" not in str([cell.value for sheet in official for row in sheet.iter_rows() for cell in row])
    heads = [cell.value for cell in own[1]]
    cell = own.cell(2, heads.index("所属街镇") + 1)
    assert (cell.value, cell.data_type, cell.quotePrefix) == ("=1+1", "s", True)


def test_values_of_a_plugin_that_is_off_or_gone_stay_with_their_label(app: Flask, table: AnnexTable, seat: Seat) -> None:
    folder = switched_on(app)
    make.row(table, **{"mh.street": "七宝镇"})
    filler = seat("minhang", "filler")

    plugin_admin.disable("mh", by=BY)
    off = filler.get(f"/tables/{table.id}").text
    shutil.rmtree(folder)
    gone = filler.get(f"/tables/{table.id}").text
    own = load_workbook(BytesIO(filler.get(f"/tables/{table.id}/local.xlsx").data)).worksheets[1]

    for page in (off, gone):
        assert 'data-key="mh.street"' not in page
        assert "停用插件的字段" in page
        assert "所属街镇" in page
        assert "七宝镇" in page
    assert [cell.value for cell in own[1]][-1] == "所属街镇（已停用）"
    assert "目录不在" in seat("office", "admin").get("/plugins").text


def test_a_city_unit_has_plugins_by_the_same_words(app: Flask, seat: Seat) -> None:
    table = make.table("shangwuwei")
    switched_on(app, unit="shangwuwei", toml='[fields.hall]\nlabel = "展馆"\nafter = "venue"\n')
    make.row(table, **{"mh.hall": "W5馆"})

    page = seat("shangwuwei", "filler").get(f"/tables/{table.id}").text

    assert "展馆" in page
    assert "W5馆" in page


def test_saving_an_official_cell_asks_the_database_nothing_more(app: Flask, table: AnnexTable, seat: Seat) -> None:
    row, filler = make.row(table), seat("minhang", "filler")

    def questions(value: str, base: str) -> int:
        asked: list[str] = []

        def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
            asked.append(statement)

        event.listen(db.engine, "before_cursor_execute", note)
        try:
            saved = filler.post(f"/activities/{row.id}/cells/venue", {"value": value, "base": base, "op": op_id()}, headers=HTMX)
        finally:
            event.remove(db.engine, "before_cursor_execute", note)
        assert saved.status_code == 200
        return len(asked)

    questions("甲", make.CELLS["venue"])
    without = questions("乙", "甲")
    for id_ in ("mh", "second", "third"):
        switched_on(app, id_)

    assert questions("丙", "乙") <= without


# ---- values by kind -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "text", "typed", "wrong"),
    [
        ("number", "200", 200, False),
        ("number", "１，200", 1200, False),
        ("number", "3.5", 3.5, False),
        ("number", "约200", "", True),
        ("number", "9" * 40, "", True),
        ("date", "2024-04-20", "2024-04-20", False),
        ("date", "2024年4月20日", "2024-04-20", False),
        ("date", "4月20日", "2024-04-20", False),
        ("date", "4月31日", "", True),
        ("date", "待定", "", True),
        ("yes_no", "是", True, False),
        ("yes_no", "无", False, False),
        ("yes_no", "也许", "", True),
        ("choice", "甲", "甲", False),
        ("choice", "丙", "丙", True),
        ("choices", "甲、乙", ["甲", "乙"], False),
        ("choices", "甲、丙", ["甲", "丙"], True),
        ("text", "", "", False),
    ],
)
def test_each_kind_reads_what_people_write(kind: str, text: str, typed: object, *, wrong: bool) -> None:
    field = Field("mh", "x", "栏目", kind, ("甲", "乙") if kind.startswith("choice") else ())

    assert values.typed(field, text, year=2024) == typed
    assert bool(values.wrong(field, text)) is wrong


def test_an_empty_cell_counts_as_the_default() -> None:
    field = Field("mh", "x", "栏目", "number", default=5)

    assert values.typed(field, " ") == 5
    assert values.typed(field, "7") == 7


def test_a_day_without_a_year_is_of_the_campaign() -> None:
    assert values.day_of("4月20日", year=2025) == date(2025, 4, 20)


def test_a_required_column_reminds_and_holds_up_nothing(app: Flask, table: AnnexTable, seat: Seat) -> None:
    switched_on(app, toml=STREET + "required = true\n")
    make.row(table)
    filler = seat("minhang", "filler")

    assert "第 1 行“所属街镇”</a>：还没有填写" in filler.get("/d/minhang/warnings", headers=HTMX).text
    assert "所属街镇" not in filler.get(f"/tables/{table.id}/submit").text


def test_only_what_changed_is_edited(app: Flask, table: AnnexTable) -> None:
    switched_on(app)
    row, by = make.row(table), make.person("minhang")

    done = editing.save_cells(table.id, [Edit(row.id, "mh.street", "", "")], op_id=op_id(), by=by)

    assert done.changes == ()


@pytest.mark.parametrize(
    ("fields", "order"),
    [
        ({"aa": "bb", "bb": "venue", "cc": "venue"}, ["venue", "mh.bb", "mh.aa", "mh.cc", "content"]),
        ({"aa": "", "bb": "venue"}, ["venue", "mh.bb", "content", "mh.aa"]),
        ({"aa": "bb", "bb": "aa"}, ["venue", "content", "mh.aa", "mh.bb"]),
        ({"aa": "bb", "bb": "cc", "cc": "content"}, ["venue", "content", "mh.cc", "mh.bb", "mh.aa"]),
        ({"aa": "gone", "bb": "aa"}, ["venue", "content", "mh.aa", "mh.bb"]),
    ],
)
def test_a_column_stands_behind_the_one_it_names_wherever_that_is_declared(fields: dict[str, str], order: list[str]) -> None:
    form = schema.annex(2, "附件2", ["活动地点", "活动内容"])
    made = [Field("mh", key, key, after=after) for key, after in fields.items()]

    assert [column.key for column in local_columns.with_fields(form, made).columns] == order
