"""Saving one cell over HTTP: what is answered, to whom, and that no text is lost."""

from __future__ import annotations

import json
import re

import pytest

from ipweek.annexes.models import CellChange
from ipweek.extensions import db
from tests import make
from tests.annexes.conftest import CAST, WHO_MAY_CHANGE, op_id, values
from tests.conftest import HTMX


def typed(value, base="", op=None):
    return {"value": value, "base": base, "op": op or op_id()}


@pytest.mark.parametrize("who", WHO_MAY_CHANGE)
def test_only_a_filler_of_the_unit_changes_a_cell(seat, table, who):
    row = make.row(table, venue="甲")

    response = seat(who).post(f"/activities/{row.id}/cells/venue", typed("乙", "甲"), headers=HTMX)

    assert response.status_code == WHO_MAY_CHANGE[who]
    assert values(row.id)["venue"] == ("乙" if response.status_code == 200 else "甲")


def test_without_htmx_the_page_comes_again(filler, table):
    row = make.row(table)

    response = filler.post(f"/activities/{row.id}/cells/venue", typed("乙", make.CELLS["venue"]))

    assert response.status_code == 303
    assert response.location == f"/tables/{table.id}#row-{row.id}"
    assert values(row.id)["venue"] == "乙"


def test_the_answer_is_small_and_says_how_the_cell_was_read(filler, table):
    row = make.row(table)

    response = filler.post(
        f"/activities/{row.id}/cells/event_time", typed("4月20日上午9:00在图书馆门前广场", make.CELLS["event_time"]), headers=HTMX
    )

    assert len(response.data) <= 400
    assert "已保存" in response.text
    assert "4月20日（周六）" in response.text
    assert json.loads(response.headers["HX-Trigger"])["saved"]["revision"] == 1


def test_a_strange_value_is_kept_and_marked(filler, table):
    row = make.row(table)

    response = filler.post(f"/activities/{row.id}/cells/scale", typed("若干", make.CELLS["scale"]), headers=HTMX)

    assert response.status_code == 200
    assert re.search(r'class="find D">.*没有读出人数', response.text)
    assert values(row.id)["scale"] == "若干"


def test_the_same_op_twice_is_one(filler, table):
    row = make.row(table)
    sent = typed("乙", make.CELLS["venue"])

    answers = [filler.post(f"/activities/{row.id}/cells/venue", sent, headers=HTMX) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [200, 200]
    assert db.session.query(CellChange).filter_by(activity_id=row.id).count() == 1


def test_a_clash_shows_both_values_and_stores_nothing(filler, seat, table):
    row = make.row(table, venue="甲")
    seat("filler of 闵行").post(f"/activities/{row.id}/cells/venue", typed("<乙>", "甲"), headers=HTMX)

    response = filler.post(f"/activities/{row.id}/cells/venue", typed("丙", "甲"), headers=HTMX)

    assert response.status_code == 409
    assert "HX-Retarget" not in response.headers
    assert 'data-theirs="&lt;乙&gt;"' in response.text
    assert "保留我的" in response.text
    assert "采用对方的" in response.text
    assert values(row.id)["venue"] == "<乙>"


def test_another_cell_of_the_row_is_merged(filler, seat, table):
    row = make.row(table, venue="甲", scale="10人")
    seat("filler of 闵行").post(f"/activities/{row.id}/cells/venue", typed("乙", "甲"), headers=HTMX)

    response = filler.post(f"/activities/{row.id}/cells/scale", typed("20人", "10人"), headers=HTMX)

    assert response.status_code == 200
    assert values(row.id) | {"venue": "乙", "scale": "20人"} == values(row.id)


def test_the_same_value_from_both_is_no_clash(filler, seat, table):
    row = make.row(table, venue="甲")
    seat("filler of 闵行").post(f"/activities/{row.id}/cells/venue", typed("乙", "甲"), headers=HTMX)

    assert filler.post(f"/activities/{row.id}/cells/venue", typed("乙", "甲"), headers=HTMX).status_code == 200


def test_a_text_that_is_too_long_is_not_stored_and_the_cell_says_so(filler, table):
    row = make.row(table, content="短")

    response = filler.post(f"/activities/{row.id}/cells/content", typed("长" * 4001, "短"), headers=HTMX)

    assert response.status_code == 422
    assert "HX-Retarget" not in response.headers
    assert "4001" in response.text
    assert values(row.id)["content"] == "短"


def test_control_characters_are_taken_out_and_the_next_save_is_not_at_odds(filler, table):
    row = make.row(table, venue="甲")

    filler.post(f"/activities/{row.id}/cells/venue", typed("乙\x0b丙\x00", "甲"), headers=HTMX)
    response = filler.post(f"/activities/{row.id}/cells/venue", typed("丁", "乙\x0b丙\x00"), headers=HTMX)

    assert response.status_code == 200
    assert values(row.id)["venue"] == "丁"


@pytest.mark.parametrize("text", ["=1+1", "-见附件", "+86", "@x", "１２３", "<script>alert(1)</script>", "  空格  ", "{{ 7*7 }}"])
def test_any_text_is_kept_as_typed_and_shown_as_text(filler, table, text):
    row = make.row(table, venue="甲")

    filler.post(f"/activities/{row.id}/cells/venue", typed(text, "甲"), headers=HTMX)

    assert values(row.id)["venue"] == text
    shown = filler.get(f"/tables/{table.id}").text
    assert "<script>alert" not in shown
    assert "49" not in re.findall(rf'name="{row.id}.venue"[^>]*>(.*?)</textarea>', shown, re.DOTALL)[0]


@pytest.mark.parametrize("key", ["nothing", "_alive", "_pos", "unit_name"])
def test_a_forged_column_is_not_found(filler, table, key):
    row = make.row(table)

    assert filler.post(f"/activities/{row.id}/cells/{key}", typed("1"), headers=HTMX).status_code == 404


@pytest.mark.parametrize("op", ["", "short", "with blanks in it", "x" * 41])
def test_a_forged_op_id_changes_nothing(filler, table, op):
    row = make.row(table, venue="甲")

    response = filler.post(f"/activities/{row.id}/cells/venue", {"value": "乙", "base": "甲", "op": op}, headers=HTMX)

    assert response.status_code in {400, 409, 422}
    assert values(row.id)["venue"] == "甲"


@pytest.mark.parametrize(("status", "word"), [("submitted", "撤回"), ("approved", "退回"), ("archived", "归档"), ("unit_review", "审核人")])
def test_a_closed_table_says_what_to_do(seat, app, status, word):
    table = make.table("minhang", status)
    row = make.row(table, venue="甲")

    response = seat("filler of 闵行").post(f"/activities/{row.id}/cells/venue", typed("乙", "甲"), headers=HTMX)

    assert response.status_code == 409
    assert word in response.text
    assert values(row.id)["venue"] == "甲"


def test_the_header_fields_are_cells_like_any_other(filler, table):
    page = filler.get(f"/tables/{table.id}").text
    header = re.search(r'name="(\d+)\.filled_on"', page)[1]

    response = filler.post(f"/activities/{header}/cells/filled_on", typed("2024年4月8日"), headers=HTMX)

    assert response.status_code == 200
    assert "2024年4月8日" in filler.get(f"/tables/{table.id}").text


@pytest.mark.parametrize("who", ["filler of 闵行", "approver of 闵行", "clerk", "viewer"])
def test_the_history_of_a_cell_is_told_to_its_readers(seat, table, who):
    row = make.row(table, venue="甲")
    seat("filler of 闵行").post(f"/activities/{row.id}/cells/venue", typed("乙", "甲"), headers=HTMX)

    page = seat(who).get(f"/activities/{row.id}/cells/venue/history")
    piece = seat(who).get(f"/activities/{row.id}/cells/venue/history", headers=HTMX)

    for text in (page.text, piece.text):
        assert re.search(r"<del>甲</del> → <ins>乙</ins>", text)
    assert piece.text.lstrip().startswith("<h2>")
    assert ("改回“甲”" in page.text) == (who == "filler of 闵行")


@pytest.mark.parametrize("who", ["filler of 徐汇", "auditor"])
def test_the_history_is_not_found_by_others(seat, table, who):
    row = make.row(table)

    assert seat(who).get(f"/activities/{row.id}/cells/venue/history").status_code == 404
    assert seat(who).get(f"/tables/{table.id}/history").status_code == 404


def test_a_leader_sees_no_phone_in_the_history(seat, table):
    row = make.row(table)
    seat("filler of 闵行").post(f"/activities/{row.id}/cells/contact", typed("李四 13800000002", make.CELLS["contact"]), headers=HTMX)

    for path in (f"/tables/{table.id}", f"/tables/{table.id}/history", f"/activities/{row.id}/cells/contact/history"):
        text = seat("viewer").get(path).text
        assert "李四" in text
        assert "13800000002" not in text


def test_the_cast_is_complete():
    assert set(CAST) | {"stranger"} == set(WHO_MAY_CHANGE)


@pytest.mark.parametrize(
    ("key", "typed", "said"),
    [
        ("contact", "张三、李四；电话：13800000001、13800000002", "张三 13800000001；李四 13800000002"),
        ("contact", "张三、李四 13800000001", "13800000001是张三的、李四的，还是两人共用？"),
        ("venue", "东华大学延安路校区、松江校区", "多个地点"),
        ("venue", "上海图书馆东馆，抖音同步直播", "线上线下结合（抖音）"),
        ("scale", "50*2场", "100人"),
    ],
)
def test_what_was_read_of_a_cell_stands_under_it(filler, table, key, typed, said):
    row = make.row(table, **{key: ""})

    answer = filler.post(f"/activities/{row.id}/cells/{key}", {"value": typed, "base": "", "op": op_id()}, headers=HTMX)

    assert f"→ {said}" in answer.text
    assert f"→ {said}" in filler.get(f"/tables/{table.id}").text


@pytest.mark.parametrize(
    ("key", "typed"), [("contact", "张三 13800000001"), ("contact", "张三：138-0000-0001"), ("venue", "七宝万科广场一楼中庭")]
)
def test_a_reading_that_would_only_repeat_the_text_is_not_shown(filler, table, key, typed):
    row = make.row(table, **{key: ""})

    answer = filler.post(f"/activities/{row.id}/cells/{key}", {"value": typed, "base": "", "op": op_id()}, headers=HTMX)

    assert "→" not in answer.text
