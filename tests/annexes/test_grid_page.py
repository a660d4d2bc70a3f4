"""The table's page: who sees what of it, and the whole table as one form for browsers without JavaScript."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from html import unescape

import pytest
import time_machine
from sqlalchemy import event

from ipweek.extensions import db
from tests import make
from tests.annexes.conftest import WHO_MAY_CHANGE, op_id, order, values
from tests.conftest import HTMX


def form_of(text):
    """What a browser would post of the page's form, as it stands."""
    form = re.search(r'<form class="sheet".*?</form>', text, re.DOTALL)[0]
    fields = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form))
    cells = re.findall(r'<textarea name="([^"]+)"[^>]*>\n(.*?)</textarea>', form, re.DOTALL)
    return fields | {name: unescape(value) for name, value in cells}


@pytest.mark.parametrize(
    ("who", "status", "edits"),
    [("filler of 闵行", 200, True), ("approver of 闵行", 200, False), ("clerk", 200, False), ("viewer", 200, False),
     ("auditor", 404, False), ("filler of 徐汇", 404, False), ("stranger", 302, False)],
)  # fmt: skip
def test_each_sees_the_table_as_he_may(seat, table, who, status, edits):
    row = make.row(table)

    response = seat(who).get(f"/tables/{table.id}")

    assert response.status_code == status
    assert (f'name="{row.id}.venue"' in response.text) == edits
    assert ("去报送" in response.text) == edits


def test_a_table_that_is_not_there_is_not_found(filler):
    assert filler.get("/tables/999").status_code == 404


def test_the_form_is_the_notices_to_the_letter(filler, table):
    page = filler.get(f"/tables/{table.id}").text

    headings = re.findall(r'<th scope="col" id="k-[^>]*>([^<]*)<', page)
    assert headings == [column.label for column in make.ANNEX_2.columns]
    assert f"<h1>{make.ANNEX_2.title}</h1>" in page
    assert '<span class="suffix">知识产权联席会议办公室</span>' in page
    assert "\n闵行区</textarea>" in page


def test_an_empty_table_says_how_to_begin(filler, table):
    assert "还没有活动。可以直接在下表填写" in filler.get(f"/tables/{table.id}").text


@time_machine.travel(datetime(2024, 4, 10, 11, tzinfo=UTC), tick=False)
def test_the_deadline_is_said_with_what_remains(seat, table):
    assert (
        "4月12日（周五）24:00 截止，还剩 2 天 5 小时；逾期仍可报送，但会标记“逾期”"
        in seat("filler of 闵行").get(f"/tables/{table.id}").text
    )


@pytest.mark.parametrize(
    ("status", "word"), [("submitted", "先撤回报送"), ("approved", "联系联席会议办公室"), ("archived", "已归档"), ("unit_review", "审核人")]
)
def test_a_closed_table_is_text_and_says_what_to_do(seat, app, status, word):
    table = make.table("minhang", status)
    row = make.row(table)

    page = seat("filler of 闵行").get(f"/tables/{table.id}").text

    assert word in page
    assert "<textarea" not in page
    assert f'id="row-{row.id}"' in page


def test_a_closed_table_is_printed_and_taken_along_from_where_it_is_read(seat):
    table = make.table("minhang", "approved")
    make.row(table)
    nil = make.table("xuhui", "approved", nil_return=True)

    for who in ("filler of 闵行", "clerk"):
        page = seat(who).get(f"/tables/{table.id}").text
        assert "data-print" in page
        for kind in ("xlsx", "docx"):
            assert f'href="/tables/{table.id}.{kind}"' in page
            assert seat(who).get(f"/tables/{table.id}.{kind}").status_code == 200
    assert "data-print" not in seat("clerk").get(f"/tables/{nil.id}").text


@pytest.mark.parametrize("who", ["clerk", "viewer"])
@pytest.mark.parametrize("state", ["submitted", "approved", "closed"])
def test_what_the_unit_may_do_about_a_closed_table_is_told_to_the_unit_alone(seat, app, who, state):
    table = make.table("minhang", "draft" if state == "closed" else state)
    if state == "closed":
        table.campaign.status = "closed"
        db.session.commit()

    told = seat("filler of 闵行").get(f"/tables/{table.id}").text
    page = seat(who).get(f"/tables/{table.id}").text

    advice = "先撤回报送|请联系联席会议办公室退回|我的任务”里申请"
    assert re.search(advice, told)
    assert not re.search(advice, page)


def test_without_scripts_the_page_says_that_nothing_is_saved_by_itself(filler, table):
    page = filler.get(f"/tables/{table.id}").text

    assert re.search(r"<noscript>.*要按“保存”.*</noscript>", page)


def test_a_returned_table_shows_the_reason(seat, app):
    table = make.table("minhang", "returned", return_reason="第1行缺联系电话")

    page = seat("filler of 闵行").get(f"/tables/{table.id}").text

    assert "第1行缺联系电话" in page
    assert "<textarea" in page


def test_only_what_was_changed_is_written(filler, table):
    row, other = make.row(table, venue="甲"), make.row(table, venue="乙")
    posted = form_of(filler.get(f"/tables/{table.id}").text)

    response = filler.post(f"/tables/{table.id}", posted | {f"{row.id}.venue": "丙\r\n丁"})

    assert (response.status_code, response.location) == (303, f"/tables/{table.id}")
    assert (values(row.id)["venue"], values(other.id)["venue"]) == ("丙\n丁", "乙")
    history = filler.get(f"/tables/{table.id}/history").text
    assert history.count("<del>") == 1


def test_the_empty_row_becomes_a_row(filler, table):
    posted = form_of(filler.get(f"/tables/{table.id}").text)

    filler.post(f"/tables/{table.id}", posted | {"new.venue": "七宝", "new.event_name": "普法集市"})

    (made,) = order(table.id)
    assert values(made) == {"venue": "七宝", "event_name": "普法集市"}


def test_sent_twice_it_is_saved_once(filler, table):
    posted = form_of(filler.get(f"/tables/{table.id}").text) | {"new.venue": "七宝"}

    for _ in range(2):
        filler.post(f"/tables/{table.id}", posted)

    assert len(order(table.id)) == 1


def test_a_colleagues_other_cells_are_left_as_they_are(filler, seat, table):
    row = make.row(table, venue="甲", scale="10人")
    posted = form_of(filler.get(f"/tables/{table.id}").text)
    seat("filler of 闵行").post(f"/activities/{row.id}/cells/scale", {"value": "20人", "base": "10人", "op": op_id()}, headers=HTMX)

    response = filler.post(f"/tables/{table.id}", posted | {f"{row.id}.venue": "乙"})

    assert response.status_code == 303
    assert (values(row.id)["venue"], values(row.id)["scale"]) == ("乙", "20人")


@pytest.mark.parametrize(("choice", "kept"), [({}, "丙"), ({"take": "1"}, "乙")])
def test_a_clash_comes_back_with_both_values_and_nothing_lost(filler, seat, table, choice, kept):
    row, other = make.row(table, venue="甲", scale="10人"), make.row(table, venue="丁")
    posted = form_of(filler.get(f"/tables/{table.id}").text)
    colleague = seat("filler of 闵行")
    for key, base, value in (("venue", "甲", "乙"), ("scale", "10人", "20人")):
        colleague.post(f"/activities/{row.id}/cells/{key}", {"value": value, "base": base, "op": op_id()}, headers=HTMX)

    mine = {f"{row.id}.venue": "丙", f"{other.id}.venue": "戊", "new.venue": "己"}
    response = filler.post(f"/tables/{table.id}", posted | mine)

    assert response.status_code == 409
    again = form_of(response.text)
    assert {name: again[name] for name in mine} == mine
    assert again[f"{row.id}.scale"] == "20人"
    assert re.search(r"对方的</b>.*<blockquote>乙</blockquote>", response.text, re.DOTALL)
    assert values(other.id)["venue"] == "丁"

    ticked = {f"take-{row.id}.venue": "1"} if choice else {}
    assert filler.post(f"/tables/{table.id}", again | ticked).status_code == 303
    assert (values(row.id)["venue"], values(row.id)["scale"], values(other.id)["venue"]) == (kept, "20人", "戊")
    assert len(order(table.id)) == 3


def test_a_cell_that_is_too_long_comes_back_with_everything_else(filler, table):
    row = make.row(table, content="短", venue="甲")
    posted = form_of(filler.get(f"/tables/{table.id}").text)

    response = filler.post(f"/tables/{table.id}", posted | {f"{row.id}.content": "长" * 4001, f"{row.id}.venue": "乙"})

    assert response.status_code == 422
    again = form_of(response.text)
    assert (again[f"{row.id}.content"], again[f"{row.id}.venue"]) == ("长" * 4001, "乙")
    assert values(row.id)["venue"] == "甲"


@pytest.mark.parametrize(
    ("do", "places"),
    [("add", [0, None, 1]), ("duplicate", [0, None, 1]), ("delete", [1]), ("down", [1, 0]), ("up", [0, 1]), ("save", [0, 1])],
)
def test_each_button_saves_the_table_and_does_its_work(filler, table, do, places):
    rows = [make.row(table, venue="甲").id, make.row(table, venue="乙").id]
    posted = form_of(filler.get(f"/tables/{table.id}").text)

    filler.post(f"/tables/{table.id}", posted | {f"{rows[1]}.venue": "丙", "row": str(rows[0]), "do": do})

    assert [rows.index(one) if one in rows else None for one in order(table.id)] == places
    assert values(rows[1])["venue"] == "丙"


def test_the_undo_button_takes_the_last_save_back(filler, table):
    row = make.row(table, venue="甲")
    filler.post(f"/activities/{row.id}/cells/venue", {"value": "乙", "base": "甲", "op": op_id()})

    response = filler.post(f"/tables/{table.id}", form_of(filler.get(f"/tables/{table.id}").text) | {"do": "undo"}, follow_redirects=True)

    assert "已撤销一步" in response.text
    assert values(row.id)["venue"] == "甲"


@pytest.mark.parametrize("who", [who for who, status in WHO_MAY_CHANGE.items() if status != 200])
def test_only_a_filler_posts_the_table(seat, table, who):
    row = make.row(table, venue="甲")

    response = seat(who).post(f"/tables/{table.id}", {"revision": "0", "op": op_id(), f"{row.id}.venue": "乙"})

    assert response.status_code == WHO_MAY_CHANGE[who]
    assert values(row.id)["venue"] == "甲"


@pytest.mark.parametrize("field", ["x.venue", "-1.venue", "9999999.venue", "1e3.venue"])
def test_a_forged_field_is_refused_and_changes_nothing(filler, table, field):
    response = filler.post(f"/tables/{table.id}", {"revision": "0", "op": op_id(), field: "乙"})

    assert response.status_code in {400, 404}
    assert "<h1>" in response.text


def test_the_keys_are_explained(filler):
    assert "Alt" in filler.get("/tables/keys").text
    assert filler.get("/tables/keys", headers=HTMX).text.lstrip().startswith("<h2>")


def test_a_large_table_is_text_with_a_way_into_each_row(filler, table, monkeypatch):
    monkeypatch.setattr("ipweek.annexes.grid.AT_ONCE", 1)
    first, second = make.row(table), make.row(table)

    page = filler.get(f"/tables/{table.id}?row={second.id}").text

    assert f'name="{first.id}.venue"' not in page
    assert f"/tables/{table.id}?row={first.id}#row-{first.id}" in page
    assert f'name="{second.id}.venue"' in page
    filler.post(f"/tables/{table.id}", form_of(page) | {f"{second.id}.venue": "乙"})
    assert values(second.id)["venue"] == "乙"


@pytest.mark.parametrize("count", [1, 30])
def test_the_page_asks_the_same_number_of_questions_for_any_number_of_rows(filler, table, count):
    for _ in range(count):
        make.row(table)
    asked = []
    event.listen(db.engine, "before_cursor_execute", lambda *words: asked.append(words[2]))

    filler.get(f"/tables/{table.id}")

    assert len([one for one in asked if one.startswith("SELECT")]) == 13


def test_what_the_page_loads_keeps_within_its_budget(filler, table):
    """Scripts and styles at load, gzipped as on plain http; the bench measures the same to the byte."""
    html = filler.get(f"/tables/{table.id}").text
    paths = {first or second for first, second in re.findall(r'<script[^>]* src="([^"]+)"|<link[^>]* href="([^"]+\.css[^"]*)"', html)}

    sizes = {path: len(filler.get(path, headers={"Accept-Encoding": "gzip"}).data) for path in paths}

    assert len(paths) == 6
    assert sum(sizes.values()) <= 35 * 1024
    assert sum(size for path, size in sizes.items() if "grid.js" in path) <= 11 * 1024
    assert sum(size for path, size in sizes.items() if ".css" in path) <= 7 * 1024
