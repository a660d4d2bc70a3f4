"""However a text comes into a table, by hand, pasted, in the form without scripts or in a file, the same is stored, and goes out the same."""

from __future__ import annotations

from io import BytesIO

import openpyxl
import pytest

from ipweek.annexes import editing
from ipweek.annexes.editing import Edit
from ipweek.annexes.models import Activity
from ipweek.errors import Invalid
from ipweek.extensions import db
from ipweek.workbooks import import_plan, import_service, service
from tests import make

from .files import annex_2, row, saved

TEXTS = ["=1+1", "-见附件", "+86 21", "@上海", "１２３", "第一行\n第二行", "他说“好”", "㐂𠮷", "0012"]
TOO_LONG = "长" * 100_000


@pytest.fixture
def table(app):
    return make.table("minhang", "draft")


@pytest.fixture
def filler(table):
    return make.person("minhang")


def stored(table):
    db.session.rollback()
    rows = db.session.query(Activity).filter_by(table_id=table.id, is_header=False, alive=True).order_by(Activity.pos)
    return [one.values.get("content", "") for one in rows]


def as_texts(data):
    """The workbook with every cell a text, as Excel keeps what was typed into cells of that kind. (openpyxl makes = a formula.)"""
    book = openpyxl.load_workbook(BytesIO(data))
    for line in book.active.iter_rows():
        for cell in line:
            cell.data_type = "s"
    return saved(book)


def imported(app, table, filler, *texts):
    settings = app.extensions["settings"]
    data = as_texts(annex_2(*(row(event_name=f"活动{n}", content=text) for n, text in enumerate(texts))))
    file = import_service.upload(table.id, data, "表.xlsx", by=filler, settings=settings)
    seen = import_service.preview(table.id, file.id, by=filler, settings=settings)
    chosen, op_id = import_plan.all_of(seen.plan), "every-way-import"
    import_service.confirm(table.id, file.id, chosen, revision=seen.revision, unit_name="", op_id=op_id, by=filler, settings=settings)


def test_typed_pasted_posted_and_imported_are_stored_alike_and_exported_as_text(app, table, filler):
    for n, text in enumerate(TEXTS):
        typed, pasted, posted = make.row(table, content=""), make.row(table, content=""), make.row(table, content="")
        editing.save_cell(typed.id, "content", text, base="", op_id=f"every-way-t{n:03d}", by=filler)
        editing.save_cells(table.id, [Edit(pasted.id, "content", text, "")], op_id=f"every-way-p{n:03d}", by=filler)
        db.session.refresh(table)
        editing.save_form(table.id, {(posted.id, "content"): text}, revision=table.revision, op_id=f"every-way-f{n:03d}", by=filler)
    imported(app, table, filler, *TEXTS)

    assert stored(table) == [text for text in TEXTS for _ in range(3)] + TEXTS
    _, book = service.own_table(table.id, by=filler)
    cells = [cell for line in openpyxl.load_workbook(BytesIO(book)).active.iter_rows() for cell in line]
    out = {cell.value: cell.data_type for cell in cells if cell.value in TEXTS}
    assert out == dict.fromkeys(TEXTS, "s")


def test_what_is_too_long_is_kept_out_by_every_way_in_words(app, table, filler):
    one = make.row(table, content="短", event_name="甲")
    edit = Edit(one.id, "content", TOO_LONG, "短")

    for save in (
        lambda: editing.save_cell(one.id, "content", TOO_LONG, base="短", op_id="too-long-1", by=filler),
        lambda: editing.save_cells(table.id, [edit], op_id="too-long-2", by=filler),
        lambda: editing.save_cells(table.id, [], [{"content": TOO_LONG}], op_id="too-long-3", by=filler),
        lambda: editing.save_form(table.id, {(one.id, "content"): TOO_LONG}, revision=table.revision, op_id="too-long-4", by=filler),
    ):
        with pytest.raises(Invalid, match="100000 个字，最多 4000 个字"):
            save()

    assert stored(table) == ["短"]
