"""Row actions, undo, paste and the poll over HTTP: each by each of the cast, with htmx and without."""

from __future__ import annotations

import json
import re

import pytest

from ipweek.annexes.models import Op
from ipweek.extensions import db
from tests import make
from tests.annexes.conftest import WHO_MAY_CHANGE, op_id, order, values
from tests.conftest import HTMX

ACTIONS = ["add", "duplicate", "delete", "move", "undo", "redo", "paste"]


def address(action, table, row):
    if action in {"duplicate", "delete", "move"}:
        return f"/activities/{row.id}/{action}"
    return f"/tables/{table.id}/{'rows' if action == 'add' else action}"


def block(edits=(), rows=(), via="pasted"):
    return json.dumps({"edits": list(edits), "rows": list(rows), "via": via})


def sent(**fields):
    return {"op": op_id(), "rev": "0", "down": "1", "block": block(rows=[{"venue": "丁"}]), **fields}


@pytest.mark.parametrize("action", ACTIONS)
@pytest.mark.parametrize("who", WHO_MAY_CHANGE)
def test_only_a_filler_of_the_unit_acts_on_rows(seat, table, who, action):
    row = make.row(table)
    make.row(table)
    before = order(table.id)

    response = seat(who).post(address(action, table, row), sent(), headers=HTMX)

    assert response.status_code == WHO_MAY_CHANGE[who]
    if response.status_code != 200:
        assert order(table.id) == before
        assert db.session.query(Op).count() == 0


@pytest.mark.parametrize("action", ACTIONS)
def test_without_htmx_the_page_comes_again(filler, table, action):
    row = make.row(table)

    response = filler.post(address(action, table, row), sent())

    assert (response.status_code, response.location) == (303, f"/tables/{table.id}")


@pytest.mark.parametrize("action", ["duplicate", "delete", "move"])
def test_a_row_that_is_gone_is_not_found(filler, table, action):
    row = make.row(table, alive="")
    filler.post(f"/activities/{row.id}/delete", sent(), headers=HTMX)

    response = filler.post(address(action, table, row), sent(), headers=HTMX)

    assert response.status_code == 404
    assert "已被删除" in response.text


def test_a_new_row_stands_after_the_one_it_was_asked_for(filler, table):
    first, second = make.row(table), make.row(table)

    response = filler.post(f"/tables/{table.id}/rows", sent(after=first.id), headers=HTMX)

    made = int(re.search(r'data-made="(\d+)"', response.text)[1])
    assert order(table.id) == [first.id, made, second.id]
    assert f'data-order="{first.id} {made} {second.id}"' in response.text
    assert f'id="row-{made}"' in response.text


def test_a_copy_stands_under_its_row(filler, table):
    row = make.row(table, venue="甲")

    filler.post(f"/activities/{row.id}/duplicate", sent(), headers=HTMX)

    assert [values(one)["venue"] for one in order(table.id)] == ["甲", "甲"]


def test_rows_change_places_and_stay_at_the_ends(filler, table):
    first, second = make.row(table), make.row(table)

    for _ in range(2):
        filler.post(f"/activities/{first.id}/move", sent(down="1"), headers=HTMX)

    assert order(table.id) == [second.id, first.id]


def test_a_deleted_row_comes_back_with_one_undo(filler, table):
    row = make.row(table, venue="甲")
    gone = filler.post(f"/activities/{row.id}/delete", sent(), headers=HTMX)

    back = filler.post(f"/tables/{table.id}/undo", sent(rev=1), headers=HTMX)

    assert "已删除一行" in gone.text
    assert 'data-do="undo"' in gone.text
    assert "已撤销一步" in back.text
    assert json.loads(back.headers["HX-Trigger"])["jump"]["row"] == row.id
    assert order(table.id) == [row.id]


def test_an_undo_leaves_alone_what_a_colleague_changed(filler, seat, table):
    row = make.row(table, venue="甲", scale="10人")
    filler.post(
        f"/tables/{table.id}/paste", sent(block=block([[row.id, "venue", "乙", "甲"], [row.id, "scale", "20人", "10人"]])), headers=HTMX
    )
    seat("filler of 闵行").post(f"/activities/{row.id}/cells/venue", {"value": "丙", "base": "乙", "op": op_id()}, headers=HTMX)

    response = filler.post(f"/tables/{table.id}/undo", sent(rev=2), headers=HTMX)

    assert "有 1 格已被他人修改" in response.text
    assert (values(row.id)["venue"], values(row.id)["scale"]) == ("丙", "10人")


def test_nothing_to_undo_says_so(filler, table):
    response = filler.post(f"/tables/{table.id}/undo", sent(), headers=HTMX)

    assert response.status_code == 200
    assert "没有可以撤销的修改" in response.text


def test_a_paste_with_new_rows_is_one_op_and_one_undo(filler, table):
    row = make.row(table, venue="甲")
    pasted = block([[row.id, "venue", "乙", "甲"]], [{"venue": "丙", "contact": "021-5555"}, {"venue": "丁"}])

    response = filler.post(f"/tables/{table.id}/paste", sent(block=pasted), headers=HTMX)

    made = re.search(r'data-made="([\d ]+)"', response.text)[1].split()
    assert [values(one)["venue"] for one in order(table.id)] == ["乙", "丙", "丁"]
    assert order(table.id)[1:] == [int(one) for one in made]
    assert db.session.query(Op).count() == 1
    filler.post(f"/tables/{table.id}/undo", sent(), headers=HTMX)
    assert [values(one)["venue"] for one in order(table.id)] == ["甲"]


def test_a_paste_over_a_colleagues_change_is_told_and_stores_nothing(filler, seat, table):
    row = make.row(table, venue="甲", scale="10人")
    seat("filler of 闵行").post(f"/activities/{row.id}/cells/venue", {"value": "丙", "base": "甲", "op": op_id()}, headers=HTMX)

    pasted = block([[row.id, "scale", "20人", "10人"], [row.id, "venue", "乙", "甲"]], [{"venue": "丁"}])
    response = filler.post(f"/tables/{table.id}/paste", sent(block=pasted), headers=HTMX)

    assert response.status_code == 409
    assert response.headers["HX-Trigger"] == "clash"
    assert values(row.id)["scale"] == "10人"
    assert order(table.id) == [row.id]


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", "null", '{"edits": 1, "rows": [], "via": "pasted"}', '{"edits": [["x", "venue", "a", "b"]], "rows": [], "via": "pasted"}',
     '{"edits": [[1, "venue", 5, "b"]], "rows": [], "via": "pasted"}', '{"edits": [], "rows": [{"venue": 5}], "via": "pasted"}',
     '{"edits": [], "rows": [], "via": "undo"}', '{"edits": [[1, "venue"]], "rows": [], "via": "pasted"}'],
)  # fmt: skip
def test_a_malformed_paste_is_refused_in_words(filler, table, text):
    response = filler.post(f"/tables/{table.id}/paste", sent(block=text), headers=HTMX)

    assert response.status_code == 400
    assert "浏览器发来的内容不完整" in response.text


@pytest.mark.parametrize("pasted", [block([[999_999, "venue", "a", ""]]), block(rows=[{"nothing": "a"}]), block(rows=[{"_alive": "0"}])])
def test_a_forged_paste_is_not_found_and_changes_nothing(filler, table, pasted):
    response = filler.post(f"/tables/{table.id}/paste", sent(block=pasted), headers=HTMX)

    assert response.status_code == 404
    assert order(table.id) == []


def test_a_row_of_another_unit_cannot_be_pasted_into(filler, table):
    foreign = make.row(make.table("xuhui"), venue="甲")

    response = filler.post(f"/tables/{table.id}/paste", sent(block=block([[foreign.id, "venue", "乙", "甲"]])), headers=HTMX)

    assert response.status_code == 404
    assert values(foreign.id)["venue"] == "甲"


@pytest.mark.parametrize(
    ("who", "status"), [("filler of 闵行", 204), ("approver of 闵行", 204), ("clerk", 204), ("viewer", 204), ("auditor", 404), ("filler of 徐汇", 404), ("stranger", 401)]
)  # fmt: skip
def test_a_poll_is_for_those_who_may_see_the_table(seat, table, who, status):
    response = seat(who).get(f"/tables/{table.id}/rows?rev=0", headers={**HTMX, "X-Poll": "1"})

    assert response.status_code == status


def test_a_poll_brings_only_the_rows_that_changed(filler, seat, table):
    row, other = make.row(table, venue="甲"), make.row(table, venue="乙")
    seat("filler of 闵行").post(f"/activities/{row.id}/cells/venue", {"value": "丙", "base": "甲", "op": op_id()}, headers=HTMX)

    response = filler.get(f"/tables/{table.id}/rows?rev=0", headers=HTMX)

    assert f'name="{row.id}.venue"' in response.text
    assert f'name="{other.id}.venue"' not in response.text
    assert 'data-revision="1"' in response.text
    assert filler.get(f"/tables/{table.id}/rows?rev=1", headers=HTMX).status_code == 204


@pytest.mark.parametrize("rev", ["", "x", "-1", "9" * 30])
def test_a_forged_revision_is_refused(filler, table, rev):
    assert filler.get(f"/tables/{table.id}/rows?rev={rev}", headers=HTMX).status_code == 400
