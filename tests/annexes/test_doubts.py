"""A doubtful reading asks under its cell: a choice goes into the cell, 就按原文 is remembered until the cell changes."""

from __future__ import annotations

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
    db.session.rollback()
    return db.session.get_one(Activity, row.id, populate_existing=True).accepted_by_id is not None


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
    assert (accepted(row), db.session.query(Op).count()) == (True, ops)
    filler.post(f"/activities/{row.id}/cells/venue", {"value": "乙", "base": make.CELLS["venue"], "op": op_id()}, headers=HTMX)
    assert accepted(row)
    filler.post(f"/activities/{row.id}/cells/event_time", {"value": "4.2", "base": "4月22日或23日", "op": op_id()}, headers=HTMX)
    assert not accepted(row)
    assert "就按原文" in filler.get(f"/tables/{table.id}").text


@pytest.mark.parametrize("who", WHO_MAY_CHANGE)
def test_only_a_filler_of_the_unit_accepts(seat, table, who):
    row = make.row(table, event_time="4月22日或23日")

    answer = seat(who).post(f"/activities/{row.id}/cells/event_time/accept", {"value": "4月22日或23日"}, headers=HTMX)

    assert answer.status_code == WHO_MAY_CHANGE[who]
    assert accepted(row) == (answer.status_code == 200)


@pytest.mark.parametrize("key, value", [("event_time", "4月22日或24日"), ("event_time", "4月22日"), ("venue", "甲"), ("nothing", "")])
def test_what_is_not_there_or_not_doubtful_is_not_accepted(filler, table, key, value):
    row = make.row(table, event_time="4月22日或23日", venue="甲")

    assert filler.post(f"/activities/{row.id}/cells/{key}/accept", {"value": value}, headers=HTMX).status_code == 409
    assert not accepted(row)


def form_of(page):
    """What a browser without JavaScript would send of the table."""
    cells = re.findall(r'<textarea name="([^"]+)"[^>]*>\n(.*?)</textarea>', page, re.DOTALL)
    hidden = {name: re.search(rf'name="{name}" value="([^"]*)"', page)[1] for name in ("revision", "op")}
    return {**dict(cells), **hidden}


@pytest.mark.parametrize(
    "press, now, is_accepted", [("choose:{}.event_time:4月20日", "4月20日", False), ("accept:{}.event_time", "4.2", True)]
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
