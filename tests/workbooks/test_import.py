"""A unit's file goes into its table: preview first, then one op that one undo takes back."""

import re
from io import BytesIO

import docx
import openpyxl
import pytest
from sqlalchemy import func, select

from ipweek.accounts.models import AuditEntry
from ipweek.annexes import editing
from ipweek.annexes.models import Activity, Op
from ipweek.errors import Conflict, Forbidden, Invalid, NotFound
from ipweek.extensions import db
from ipweek.files.models import StoredFile
from ipweek.transaction import transaction
from ipweek.workbooks import import_plan, import_service
from ipweek.workbooks.import_plan import Chosen
from tests import make
from tests.desk import Desk

from .files import HEADINGS, annex_2, row

OP = "imported-0001"


@pytest.fixture
def table(app):
    return make.table("minhang", "draft")


@pytest.fixture
def filler(table):
    return make.person("minhang")


@pytest.fixture
def settings(app):
    return app.extensions["settings"]


@pytest.fixture
def send(table, filler, settings):
    """Upload a file for the table and look at what it would do."""

    def send_file(data, name="闵行区.xlsx"):
        file = import_service.upload(table.id, data, name, by=filler, settings=settings)
        return import_service.preview(table.id, file.id, by=filler, settings=settings)

    return send_file


@pytest.fixture
def take(filler, settings):
    """Confirm what a preview shows."""

    def confirm(seen, chosen=None, *, revision=None, op_id=OP, unit_name=""):
        return import_service.confirm(
            seen.table.id,
            seen.file.id,
            chosen or import_plan.all_of(seen.plan),
            revision=seen.revision if revision is None else revision,
            unit_name=unit_name,
            op_id=op_id,
            by=filler,
            settings=settings,
        )

    return confirm


def kinds(seen):
    return [line.kind for line in seen.plan.lines]


def rows_of(table):
    db.session.rollback()
    query = select(Activity).where(Activity.table_id == table.id, Activity.alive, ~Activity.is_header).order_by(Activity.pos)
    return [dict(found.values) for found in db.session.scalars(query)]


def names(table):
    return [values.get("event_name") for values in rows_of(table)]


# ---- the preview ---------------------------------------------------------------------------------------------


def test_a_preview_tells_new_changed_and_same_and_writes_nothing(table, send):
    make.row(table, event_name="商标课堂", venue="社区中心")
    make.row(table, event_name="专利讲座")
    before = rows_of(table)

    seen = send(annex_2(row(event_name="版权之夜"), row(event_name="专利讲座"), row(event_name="商标课堂", venue="文化馆")))

    assert kinds(seen) == ["new", "same", "changed"]
    (changed,) = [cell for cell in seen.plan.lines[2].cells if cell.state == "changed"]
    assert (changed.key, changed.old, changed.value) == ("venue", "社区中心", "文化馆")
    assert rows_of(table) == before
    assert db.session.scalar(select(func.count()).select_from(Op)) == 0


def test_the_file_is_kept_as_it_was_sent(send, settings):
    data = annex_2(row())

    seen = send(data, "../我的表.xlsx")

    assert import_service.files.read_bytes(seen.file, settings=settings) == data
    assert (seen.file.name, seen.file.purpose, seen.file.kind) == ("我的表.xlsx", "table", "xlsx")


def test_what_the_annex_has_no_column_for_is_told(send):
    seen = send(annex_2([*row(), "下雨改期"], more=["备注"]))

    assert any("备注" in problem["message"] for problem in seen.plan.left_out)


def test_hidden_rows_are_read_and_doubtful(send):
    book = openpyxl.load_workbook(BytesIO(annex_2(row())))
    book.active.row_dimensions[4].hidden = True
    out = BytesIO()
    book.save(out)

    seen = send(out.getvalue())

    assert seen.plan.lines[0].is_doubtful
    assert "隐藏" in seen.plan.lines[0].remarks[0]


def test_the_checks_of_typing_speak_of_the_rows_as_they_would_be(table, send):
    make.row(table, event_name="商标课堂", contact="张三 13800000001")

    seen = send(annex_2(row(event_name="商标课堂", contact="张三"), row(event_name="版权之夜", event_time="4月31日")))

    assert [finding.check for finding in seen.findings[0, "contact"]] == ["contact-no-phone"]
    assert [finding.check for finding in seen.findings[1, "event_time"]] == ["time-impossible"]


def test_a_row_that_was_renamed_is_proposed_as_doubtful(table, send):
    old = make.row(table, event_name="知识产权进社区")

    seen = send(annex_2(row(event_name="知识产权走进社区活动")))

    (line,) = seen.plan.lines
    assert (line.kind, line.ours, line.is_certain) == ("changed", old.id, False)


def test_a_blank_never_wipes(table, send, take):
    make.row(table, event_name="商标课堂", content="讲商标")

    seen = send(annex_2(row(event_name="商标课堂", content="", venue="文化馆")))
    take(seen)

    assert seen.plan.kept == 1
    assert (rows_of(table)[0]["content"], rows_of(table)[0]["venue"]) == ("讲商标", "文化馆")


def test_rows_that_the_file_does_not_have_stay(table, send, take):
    make.row(table, event_name="商标课堂")
    make.row(table, event_name="专利讲座")

    seen = send(annex_2(row(event_name="版权之夜")))
    take(seen)

    assert seen.plan.absent == (1, 2)
    assert names(table) == ["商标课堂", "专利讲座", "版权之夜"]


def test_a_text_that_cannot_be_stored_makes_its_row_unreadable(table, send, take):
    seen = send(annex_2(row(event_name="长" * 4001), row(event_name="版权之夜")))
    take(seen)

    assert kinds(seen) == ["unreadable", "new"]
    assert names(table) == ["版权之夜"]


# ---- the unit ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("unit", ["闵行区", "闵行", "上海市闵行区", ""])
def test_the_own_unit_under_any_of_its_names_is_not_asked_about(table, send, unit):
    with transaction():
        table.unit.aliases = ["闵行"]

    assert send(annex_2(row(), unit=unit)).wrong_unit == ""


def test_another_units_file_stops_until_somebody_says_that_it_is_right(table, send, take):
    seen = send(annex_2(row(), unit="徐汇区"))

    assert seen.wrong_unit == "徐汇区"
    with pytest.raises(Conflict, match="徐汇区"):
        take(seen)
    assert rows_of(table) == []
    take(seen, unit_name="徐汇区")
    assert len(rows_of(table)) == 1


# ---- the import ----------------------------------------------------------------------------------------------


def test_an_import_is_one_op_and_one_undo_takes_it_back(table, filler, send, take):
    make.row(table, event_name="商标课堂", venue="社区中心")
    before = rows_of(table)

    written = take(send(annex_2(row(event_name="商标课堂", venue="文化馆"), row(event_name="版权之夜"), row(event_name="专利讲座"))))

    assert [op.via for op in db.session.scalars(select(Op))] == ["imported"]
    assert (written.revision, names(table)) == (1, ["商标课堂", "版权之夜", "专利讲座"])
    editing.undo(table.id, op_id="undo-0001", by=filler)
    assert rows_of(table) == before


def test_only_what_is_ticked_is_taken(table, send, take):
    make.row(table, event_name="商标课堂", venue="社区中心")
    seen = send(annex_2(row(event_name="商标课堂", venue="文化馆"), row(event_name="版权之夜")))

    take(seen, Chosen(frozenset({1})))

    assert [values["venue"] for values in rows_of(table)] == ["社区中心", make.CELLS["venue"]]


def test_a_doubtful_row_can_be_added_instead(table, send, take):
    make.row(table, event_name="知识产权进社区")
    seen = send(annex_2(row(event_name="知识产权走进社区活动")))

    take(seen, Chosen(frozenset({0}), as_new=frozenset({0})))

    assert names(table) == ["知识产权进社区", "知识产权走进社区活动"]


def test_nothing_ticked_is_said(send, take):
    with pytest.raises(Invalid, match="勾选"):
        take(send(annex_2(row())), Chosen())


def test_the_date_of_filling_comes_with_the_file(table, send, take):
    seen = send(annex_2(row(), filled_on="2024年4月10日"))
    take(seen)

    header = db.session.scalars(select(Activity).where(Activity.table_id == table.id, Activity.is_header)).one()
    assert (header.values["filled_on"], header.values["unit_name"]) == ("2024年4月10日", "闵行区")


def test_the_same_file_again_has_nothing_to_do(table, send, take):
    data = annex_2(row(event_name="版权之夜"), row(event_name="专利讲座"), filled_on="4月10日")
    take(send(data))

    again = send(data)

    assert again.plan.is_nothing
    assert again.plan.absent == ()
    assert kinds(again) == ["same", "same"]
    assert again.earlier is not None


def test_what_changed_since_the_preview_stops_the_import(table, filler, send, take):
    old = make.row(table, event_name="商标课堂", venue="社区中心")
    seen = send(annex_2(row(event_name="商标课堂", venue="文化馆")))
    revision = seen.revision
    editing.save_cell(old.id, "venue", "广场", base="社区中心", op_id="typed-0001", by=filler)

    with pytest.raises(Conflict, match="又有修改"):
        take(seen, revision=revision)

    assert rows_of(table)[0]["venue"] == "广场"


def test_a_second_click_is_the_same_import(table, send, take):
    seen = send(annex_2(row(event_name="版权之夜")))
    chosen, revision = import_plan.all_of(seen.plan), seen.revision

    first = take(seen, chosen, revision=revision)
    second = take(seen, chosen, revision=revision)

    assert first.seq == second.seq
    assert names(table) == ["版权之夜"]
    assert db.session.scalar(select(func.count()).select_from(AuditEntry).where(AuditEntry.action == "table.import")) == 1


# ---- who -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("slug", "role", "refused"), [("xuhui", "filler", NotFound), ("office", "clerk", Forbidden), ("minhang", "approver", Forbidden)]
)
def test_only_a_filler_of_the_unit_uploads(table, settings, slug, role, refused):
    with pytest.raises(refused):
        import_service.upload(table.id, annex_2(row()), "表.xlsx", by=make.person(slug, role), settings=settings)
    assert db.session.scalar(select(func.count()).select_from(StoredFile)) == 0


def test_a_file_of_another_unit_is_not_there(table, filler, settings):
    other = make.table("xuhui", "draft", of=table.campaign)
    theirs = import_service.upload(other.id, annex_2(row(), unit="徐汇区"), "表.xlsx", by=make.person("xuhui"), settings=settings)

    with pytest.raises(NotFound):
        import_service.preview(table.id, theirs.id, by=filler, settings=settings)


def test_a_table_that_was_sent_takes_no_file(settings):
    table = make.table("minhang", "submitted")

    with pytest.raises(Conflict, match="撤回"):
        import_service.upload(table.id, annex_2(row()), "表.xlsx", by=make.person("minhang"), settings=settings)


@pytest.mark.parametrize(
    "sent, said", [((b"", "表.xlsx"), "空"), ((b"a,b", "表.csv"), "另存"), ((annex_2()[:200], "表.xlsx"), "完整|损坏|重新")]
)
def test_a_file_that_cannot_be_read_is_refused_in_one_sentence(table, filler, settings, sent, said):
    with pytest.raises(Invalid, match=said) as refused:
        import_service.upload(table.id, *sent, by=filler, settings=settings)

    assert str(refused.value).endswith("。")
    assert db.session.scalar(select(func.count()).select_from(StoredFile)) == 0


def test_a_word_table_comes_in_the_same_way_but_cannot_be_marked(table, filler, settings, send, take):
    document = docx.Document()
    document.add_paragraph("单位名称：闵行区知识产权联席会议办公室")
    grid = document.add_table(rows=0, cols=len(HEADINGS))
    for texts in (HEADINGS, row(event_name="版权之夜", contact="张三")):
        for cell, text in zip(grid.add_row().cells, texts, strict=True):
            cell.text = text
    out = BytesIO()
    document.save(out)

    seen = send(out.getvalue(), "闵行区.docx")
    take(seen)

    assert (kinds(seen), seen.can_be_marked, names(table)) == (["new"], False, ["版权之夜"])
    with pytest.raises(Invalid, match="Word"):
        import_service.marked_copy(table.id, seen.file.id, by=filler, settings=settings)


# ---- their own file, marked ----------------------------------------------------------------------------------


def test_doubtful_cells_are_marked_in_a_copy_of_their_file(table, filler, settings, send):
    seen = send(annex_2(row(contact="张三"), row(event_name="版权之夜", event_time="4月31日")))

    name, data = import_service.marked_copy(table.id, seen.file.id, by=filler, settings=settings)

    sheet = openpyxl.load_workbook(BytesIO(data)).active
    marked = {cell.coordinate: cell.comment.text for line in sheet.iter_rows() for cell in line if cell.comment}
    assert name == "标记_闵行区.xlsx"
    assert set(marked) == {"H4", "C5"}
    assert "缺联系电话" in marked["H4"]
    assert sheet["H4"].value == "张三"
    assert sheet["C5"].fill.fgColor.rgb == "FFFFE699"


# ---- the pages -----------------------------------------------------------------------------------------------


@pytest.fixture
def desk(app, table):
    return Desk(app).sit(make.user("minhang"))


def upload(desk, table, data, name="闵行区.xlsx"):
    desk.get(f"/tables/{table.id}/import")
    return desk.post(f"/tables/{table.id}/import", {"file": (BytesIO(data), name)}, content_type="multipart/form-data")


def hidden(page):
    """The fields that the form of the preview sends by itself."""
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', page.text.split("<main")[1]))


def test_the_pages_lead_from_the_file_to_the_table(desk, table):
    make.row(table, event_name="商标课堂", venue="社区中心")
    sent = upload(desk, table, annex_2(row(event_name="商标课堂", venue="文化馆"), row(event_name="版权之夜")))
    assert sent.status_code == 303

    shown = desk.get(sent.location)
    assert "<del>社区中心</del>" in shown.text
    assert "<ins>文化馆</ins>" in shown.text
    done = desk.post(f"/tables/{table.id}/import/confirm", {**hidden(shown), "row": ["0", "1"]})

    assert (done.status_code, done.location) == (303, f"/tables/{table.id}")
    assert names(table) == ["商标课堂", "版权之夜"]
    assert "新增 1 行，修改 1 行" in desk.get(done.location).text


def test_a_table_that_changed_meanwhile_gives_a_fresh_preview_with_the_same_ticks(desk, table):
    old = make.row(table, event_name="商标课堂", venue="社区中心")
    shown = desk.get(upload(desk, table, annex_2(row(event_name="商标课堂", venue="文化馆"), row(event_name="版权之夜"))).location)
    editing.save_cell(old.id, "venue", "广场", base="社区中心", op_id="typed-0001", by=make.person("minhang"))

    again = desk.post(f"/tables/{table.id}/import/confirm", {**hidden(shown), "row": ["0"]})

    assert again.status_code == 409
    assert "<del>广场</del>" in again.text
    assert 'value="0" checked' in again.text
    assert 'value="1" checked' not in again.text
    assert hidden(again)["revision"] == "1"


def test_a_strange_unit_is_asked_about_before_any_row_is_shown(desk, table):
    sent = upload(desk, table, annex_2(row(event_name="版权之夜"), unit="徐汇区"))

    asked = desk.get(sent.location)
    agreed = desk.get(f"{sent.location}&unit=徐汇区")

    assert "是本单位的表，继续" in asked.text
    assert "版权之夜" not in asked.text
    assert "版权之夜" in agreed.text


def test_a_refused_file_brings_the_page_again(desk, table):
    answer = upload(desk, table, b"not a workbook", "表.xlsx")

    assert answer.status_code == 422
    assert "上传并预览" in answer.text
    assert "另存" in answer.text


def test_nothing_chosen_is_said(desk, table):
    desk.get(f"/tables/{table.id}/import")

    answer = desk.post(f"/tables/{table.id}/import")

    assert (answer.status_code, "请先选择" in answer.text) == (422, True)


@pytest.mark.parametrize("number", ["99999999999999999999", "²", "-1", "1_0", "x", "2147483648"])
def test_a_number_that_is_none_breaks_nothing(desk, table, number):
    desk.get(f"/tables/{table.id}/import")

    asked = desk.get(f"/tables/{table.id}/import?file={number}")
    sent = desk.post(f"/tables/{table.id}/import/confirm", {"file": number, "revision": number, "row": [number], "op": "op-000001"})

    assert (asked.status_code, sent.status_code) == (400, 400)
