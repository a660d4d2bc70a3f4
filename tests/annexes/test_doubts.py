"""A doubtful reading asks under its cell: a choice goes into the cell, 就按原文 is remembered until the cell changes."""

from __future__ import annotations

import json
import re
from datetime import date

import pytest

from ipweek.annexes import doubts
from ipweek.annexes.models import Activity, Op
from ipweek.extensions import db
from tests import make
from tests.annexes.conftest import WHO_MAY_CHANGE, op_id, values
from tests.conftest import HTMX

WEEK = (date(2024, 4, 20), date(2024, 4, 26))


def accepted(row):
    """The cells of the row whose text somebody said to be meant as it stands."""
    db.session.rollback()
    return sorted(db.session.get_one(Activity, row.id, populate_existing=True).accepted or ())


def accept(desk, row, key):
    answer = desk.post(f"/activities/{row.id}/cells/{key}/accept", {"value": values(row.id)[key]}, headers=HTMX)
    assert answer.status_code == 200, answer.text


def save(desk, row, key, value):
    sent = {"value": value, "base": values(row.id).get(key, ""), "op": op_id()}
    answer = desk.post(f"/activities/{row.id}/cells/{key}", sent, headers=HTMX)
    assert answer.status_code == 200, answer.text


def press(desk, address):
    """Press a button of the grid that sends nothing but its op."""
    answer = desk.post(address, {"op": op_id(), "rev": "0"}, headers=HTMX)
    assert answer.status_code == 200, answer.text


@pytest.mark.parametrize(
    "text, choices",
    [
        ("4.2", ("4月2日", "4月20日")),
        ("4月23日（周三）14:00", ("4月23日（周二）14:00", "4月24日（周三）14:00")),
        ("4月22日或23日", ("4月22日", "4月23日")),
        ("4.2-4.26", ("4月2日-4.26", "4月20日-4.26")),
        ("4月2日0", ("4月2日", "4月20日")),
        ("4月20日（周六）至4月26日（周四）", ("4月20日（周六）至4月26日（周五）", "4月20日（周六）至4月25日（周四）")),
        ("（周日）4月20日", ("4月20日（周六）", "4月21日（周日）")),
        ("4月23日2点", ("4月23日下午2点", "4月23日凌晨2点")),
        ("周三下午2点", ("4月24日（周三）下午2点",)),
        ("周六、周日", ("4月20日（周六）、4月21日（周日）",)),
        ("20-26", ("4月20日至4月26日",)),
        ("4月20日至", ("4月20日", "4月20日起")),
        ("去年4月22日", ("2023年4月22日", "2024年4月22日")),
        ("4月第三周周三", ("4月17日",)),
        ("30日", ("4月30日",)),
        ("下周三", ()),
    ],
)
def test_a_choice_keeps_all_that_is_not_doubtful(text, choices):
    asked = doubts.of("event_time", text, WEEK)

    assert asked is not None
    assert asked.choices == choices


@pytest.mark.parametrize("text", ["4月22日", "4月下旬", "待定", "4月31日", "4月22日至20日"])
def test_what_is_sure_or_vague_or_must_be_mended_is_not_asked(text):
    assert doubts.of("event_time", text, WEEK) is None


def test_parts_that_do_not_make_the_total_are_asked_about():
    assert doubts.of("scale", "线上5000人次，线下200人，共6000人", WEEK) is not None
    assert doubts.of("scale", "约200人", WEEK) is None


def test_a_wrong_total_may_be_put_right():
    asked = doubts.of("scale", "线上500人、线下100人，共700人", WEEK)

    assert asked is not None
    assert asked.choices == ("线上500人、线下100人，共600人",)


def test_the_answer_to_a_saved_cell_asks_with_its_choices(filler, table):
    row = make.row(table)

    sent = {"value": "4.2", "base": make.CELLS["event_time"], "op": op_id()}
    answer = filler.post(f"/activities/{row.id}/cells/event_time", sent, headers=HTMX)

    assert re.findall(r'data-choice="([^"]*)"', answer.text) == ["4月2日", "4月20日", ""]


def test_what_is_accepted_is_not_asked_again_until_the_cell_changes(filler, table):
    row = make.row(table, event_time="4月22日或23日")
    ops = db.session.query(Op).count()

    answer = filler.post(f"/activities/{row.id}/cells/event_time/accept", {"value": "4月22日或23日"}, headers=HTMX)

    assert "已确认按原文" in answer.text
    assert "就按原文" not in filler.get(f"/tables/{table.id}").text
    assert (accepted(row), db.session.query(Op).count()) == (["event_time"], ops)
    save(filler, row, "venue", "乙")
    assert accepted(row) == ["event_time"]
    save(filler, row, "event_time", "4.2")
    assert accepted(row) == []
    assert "就按原文" in filler.get(f"/tables/{table.id}").text


ODD = {"event_time": "4月22日或23日", "scale": "线上500人、线下100人，共700人"}


def asked(desk, table):
    """The cells that the page asks about."""
    return re.findall(r'value="accept:\d+\.(\w+)"', desk.get(f"/tables/{table.id}").text)


def test_one_cell_is_accepted_and_the_question_of_another_stands(filler, table):
    row = make.row(table, **ODD)

    accept(filler, row, "scale")

    assert asked(filler, table) == ["event_time"]


def test_a_change_takes_back_what_was_said_of_this_cell_alone(filler, table):
    row = make.row(table, **ODD)
    for key in ODD:
        accept(filler, row, key)
    assert (accepted(row), asked(filler, table)) == ([*ODD], [])

    save(filler, row, "event_time", "4月22日或24日")

    assert (accepted(row), asked(filler, table)) == (["scale"], ["event_time"])


def test_an_undone_change_is_asked_about_again_since_nobody_accepted_the_text_now(filler, table):
    row = make.row(table, **ODD)
    save(filler, row, "scale", "线上500人、线下100人，共800人")
    for key in ODD:
        accept(filler, row, key)

    press(filler, f"/tables/{table.id}/undo")

    assert values(row.id)["scale"] == ODD["scale"]
    assert (accepted(row), asked(filler, table)) == (["event_time"], ["scale"])


def test_a_row_that_is_moved_or_deleted_and_brought_back_keeps_what_was_accepted(filler, table):
    row, _ = make.row(table, **ODD), make.row(table)
    for key in ODD:
        accept(filler, row, key)

    filler.post(f"/activities/{row.id}/move", {"op": op_id(), "rev": "0", "down": "1"}, headers=HTMX)
    press(filler, f"/activities/{row.id}/delete")
    press(filler, f"/tables/{table.id}/undo")

    assert (accepted(row), asked(filler, table)) == ([*ODD], [])


def test_a_copy_of_a_row_is_asked_about_itself(filler, table):
    row = make.row(table, **ODD)
    for key in ODD:
        accept(filler, row, key)

    press(filler, f"/activities/{row.id}/duplicate")

    assert asked(filler, table) == [*ODD]


def test_a_paste_takes_back_only_what_it_changes(filler, table):
    row = make.row(table, **ODD)
    for key in ODD:
        accept(filler, row, key)
    pasted = {"event_time": ODD["event_time"], "scale": "线上500人、线下100人，共900人"}
    cells = [[row.id, key, text, ODD[key]] for key, text in pasted.items()]

    block = json.dumps({"via": "pasted", "edits": cells, "rows": []})
    answer = filler.post(f"/tables/{table.id}/paste", {"block": block, "op": op_id(), "rev": "0"}, headers=HTMX)

    assert answer.status_code == 200, answer.text
    assert (accepted(row), asked(filler, table)) == (["event_time"], ["scale"])


@pytest.mark.parametrize("who", WHO_MAY_CHANGE)
def test_only_a_filler_of_the_unit_accepts(seat, table, who):
    row = make.row(table, event_time="4月22日或23日")

    answer = seat(who).post(f"/activities/{row.id}/cells/event_time/accept", {"value": "4月22日或23日"}, headers=HTMX)

    assert answer.status_code == WHO_MAY_CHANGE[who]
    assert accepted(row) == ["event_time"] * (answer.status_code == 200)


@pytest.mark.parametrize("key, value", [("event_time", "4月22日或24日"), ("event_time", "4月22日"), ("venue", "甲"), ("nothing", "")])
def test_what_is_not_there_or_not_doubtful_is_not_accepted(filler, table, key, value):
    row = make.row(table, event_time="4月22日或23日", venue="甲")

    assert filler.post(f"/activities/{row.id}/cells/{key}/accept", {"value": value}, headers=HTMX).status_code == 409
    assert accepted(row) == []


def form_of(page):
    """What a browser without JavaScript would send of the table."""
    cells = re.findall(r'<textarea name="([^"]+)"[^>]*>\n(.*?)</textarea>', page, re.DOTALL)
    hidden = {name: re.search(rf'name="{name}" value="([^"]*)"', page)[1] for name in ("revision", "op")}
    return {**dict(cells), **hidden}


@pytest.mark.parametrize(
    "press, now, is_accepted", [("choose:{}.event_time:4月20日", "4月20日", []), ("accept:{}.event_time", "4.2", ["event_time"])]
)
def test_it_is_answered_without_javascript_too(filler, table, press, now, is_accepted):
    row = make.row(table, event_time="4.2")
    page = filler.get(f"/tables/{table.id}").text
    assert f'value="{press.format(row.id)}"' in page

    answer = filler.post(f"/tables/{table.id}", {**form_of(page), f"{row.id}.venue": "乙", "do": press.format(row.id)})

    assert answer.status_code == 303, answer.text
    assert (values(row.id)["event_time"], values(row.id)["venue"], accepted(row)) == (now, "乙", is_accepted)


@pytest.mark.parametrize("press", ["choose:", "accept:", "choose:x.y:z", "accept:1"])
def test_a_press_that_is_none_is_refused_in_words(filler, table, press):
    make.row(table)
    page = filler.get(f"/tables/{table.id}").text

    assert filler.post(f"/tables/{table.id}", {**form_of(page), "do": press}).status_code in {400, 404, 409}
