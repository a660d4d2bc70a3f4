"""A doubtful reading asks under its cell: a choice goes into the cell, 就按原文 is remembered until the cell changes."""

from __future__ import annotations

import json
import re
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ipweek.annexes import doubts
from ipweek.annexes.models import Activity, Op
from ipweek.annexes.readings import contact, time, venue
from ipweek.extensions import db
from tests import make
from tests.annexes.conftest import WHO_MAY_CHANGE, op_id, values
from tests.annexes.test_readings import OWN
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
        ("4月20日、21日（周六、周一）", ("4月20日、21日（周六、周日）", "4月20日、22日（周六、周一）")),
        ("4月第三周的周三", ("4月17日",)),
        ("下周三下午2点", ("4月24日（周三）下午2点",)),
        ("下周一至周五", ("4月22日（周一）至4月26日（周五）",)),
        ("本周三、周四", ("4月24日（周三）、4月25日（周四）",)),
        ("下周末", ("4月20日（周六）、4月21日（周日）",)),
        ("下周", ("4月20日至4月26日",)),
        ("本月底", ("4月底",)),
        ("下月初", ("4月初", "5月初")),
        ("宣传周第八天下午", ("4月26日（周五）下午", "4月27日（周六）下午")),
        ("明天上午", ()),
        ("上周三", ()),
    ],
)
def test_a_choice_keeps_all_that_is_not_doubtful(text, choices):
    asked = doubts.of("event_time", text, WEEK)

    assert asked is not None
    assert asked.choices == choices


@pytest.mark.parametrize("kind, key", [("time", "event_time"), ("scale", "scale"), ("contact", "contact"), ("venue", "venue")])
def test_a_choice_once_chosen_leaves_nothing_to_ask(kind, key):
    asked = {text: doubts.of(key, text, WEEK) for text in OWN[kind]}
    chosen = {(text, choice): doubts.of(key, choice, WEEK) for text, doubt in asked.items() if doubt for choice in doubt.choices}

    assert [pair for pair, again in chosen.items() if again is not None] == []
    assert chosen or kind == "venue"


def test_a_day_that_nobody_can_tell_is_asked_for_in_words():
    assert time.read("明天上午", week=WEEK).in_words() == "是哪一天？"


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


@pytest.mark.parametrize(
    "text, question, choices",
    [
        (
            "张三、李四 13800000001",
            "13800000001是张三的、李四的，还是两人共用？",
            ("张三 13800000001；李四", "李四 13800000001；张三", "张三、李四 13800000001（共用）"),
        ),
        (
            "联系人：张三科长、李四（13800000001）",
            "13800000001是张三的、李四的，还是两人共用？",
            ("联系人：张三科长 13800000001；李四", "联系人：李四 13800000001；张三科长", "联系人：张三科长、李四（13800000001，共用）"),
        ),
        (
            "13800000001 张三、李四",
            "13800000001是张三的、李四的，还是两人共用？",
            ("张三 13800000001；李四", "李四 13800000001；张三", "13800000001 张三、李四（共用）"),
        ),
        (
            "张三、李四 13800000001；王五 13800000002",
            "13800000001是张三的、李四的，还是两人共用？",
            (
                "张三 13800000001；王五 13800000002；李四",
                "李四 13800000001；王五 13800000002；张三",
                "张三、李四 13800000001（共用）；王五 13800000002",
            ),
        ),
        (
            "张三、李四 13800000001、021-00001234",
            "张三、李四各用哪个号码？",
            ("张三 13800000001；李四 021-00001234", "张三、李四 13800000001、021-00001234（共用）"),
        ),
        (
            "张三、李四 13800000001、13800000002、13800000003",
            "张三、李四各用哪个号码？",
            (
                "张三 13800000001；李四 13800000002、13800000003",
                "张三 13800000001、13800000002；李四 13800000003",
                "张三、李四 13800000001、13800000002、13800000003（共用）",
            ),
        ),
        (
            "张三、李四、王五、赵六、孙七 13800000001",
            "13800000001是谁的，还是5人共用？",
            ("张三、李四、王五、赵六、孙七 13800000001（共用）",),
        ),
        (
            "张三（传真021-00009999）、李四 13800000001",
            "13800000001是张三的、李四的，还是两人共用？",
            ("张三（传真021-00009999）、李四 13800000001（共用）",),
        ),
    ],
)
def test_whose_number_it_is_is_asked_with_texts_that_say_it(text, question, choices):
    asked = doubts.of("contact", text, WEEK)

    assert asked is not None
    assert (contact.read(text).in_words(), asked.choices) == (question, choices)


@pytest.mark.parametrize(
    "text",
    [
        "张三 13800000001",
        "张三、李四 13800000001、13800000002",
        "张三、李四 00001234",
        "张三、李四 13800000001、13800000002，办公室00001234",
        "021-00001234 张三 13800000001 李四 13800000002",
        "张三、李四（共用）13800000001",
        "张三、李四 138****0001",
        "张三、李四 1380000001",
        "张三 1380000001、李四 13800000002",
        "张三",
        "待定",
    ],
)
def test_whose_number_it_is_is_not_asked_where_it_is_said_or_a_check_speaks_first(text):
    assert doubts.of("contact", text, WEEK) is None


@given(
    names=st.lists(st.sampled_from(["张三", "李四", "王五", "赵小六", "欧阳七", "陈老师"]), min_size=2, max_size=4, unique=True),
    numbers=st.lists(st.sampled_from(["13800000001", "138-0000-0002", "021-00001234", "00005678转8"]), min_size=1, max_size=4, unique=True),
    parted=st.sampled_from(["、", "，", " ", "/", "；", "\n"]),
    label=st.sampled_from([" ", "：", "，电话：", "（", "\n"]),
    ahead=st.sampled_from(["", "联系人：", "商标科 ", "①"]),
    behind=st.sampled_from(["", "（微信同号）", "，传真00009999", "；钱八 13900000009", "。"]),
    is_number_first=st.booleans(),
)
def test_every_choice_for_a_contact_is_read_without_doubt_and_loses_nobody(
    *, names, numbers, parted, label, ahead, behind, is_number_first
):
    people, phones = parted.join(names), "、".join(numbers)
    close = "）" if label == "（" else ""
    text = f"{ahead}{phones} {people}" if is_number_first else f"{ahead}{people}{label}{phones}{close}{behind}"
    asked = doubts.of("contact", text, WEEK)
    if asked is None:
        return

    said = contact.read(text)
    for choice in asked.choices:
        read = contact.read(choice)
        assert doubts.of("contact", choice, WEEK) is None
        assert {person.name for person in read.people} == {person.name for person in said.people}
        for number in numbers:
            assert number in choice


@pytest.mark.parametrize(
    "text, question, choices",
    [
        ("科学会堂或上海图书馆", "科学会堂还是上海图书馆？", ("科学会堂", "上海图书馆")),
        ("科学会堂（或线上）", "科学会堂还是线上？", ("科学会堂", "线上")),
        ("线上或线下", "线上还是线下？", ("线上", "线下")),
        (
            "线下：科学会堂或者图书馆；线上：腾讯会议",
            "科学会堂还是图书馆？",
            ("线下：科学会堂；线上：腾讯会议", "线下：图书馆；线上：腾讯会议"),
        ),
        ("区政府（201室或301室）", "201室还是301室？", ("区政府（201室）", "区政府（301室）")),
        ("科学会堂、图书馆或文化馆", "科学会堂还是图书馆还是文化馆？", ("科学会堂", "图书馆", "文化馆")),
    ],
)
def test_one_of_two_places_is_asked_about(text, question, choices):
    asked = doubts.of("venue", text, WEEK)

    assert asked is not None
    assert (venue.read(text).in_words(), asked.choices) == (question, choices)
    assert [doubts.of("venue", choice, WEEK) for choice in choices] == [None] * len(choices)


@pytest.mark.parametrize(
    "text", ["科学会堂", "科学会堂、图书馆", "各街镇文化中心或居委会", "科学会堂或其他场地", "科学会堂（暂定）", "待定", "线上线下结合"]
)
def test_a_sure_a_vague_or_a_general_place_is_not_asked_about(text):
    assert doubts.of("venue", text, WEEK) is None


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


ODD = {"contact": "张三、李四 13800000001", "event_time": "4月22日或23日", "scale": "线上500人、线下100人，共700人"}


def asked(desk, table):
    """The cells that the page asks about."""
    return re.findall(r'value="accept:\d+\.(\w+)"', desk.get(f"/tables/{table.id}").text)


def test_one_cell_is_accepted_and_the_question_of_another_stands(filler, table):
    row = make.row(table, **ODD)

    accept(filler, row, "scale")

    assert sorted(asked(filler, table)) == ["contact", "event_time"]


def test_a_change_takes_back_what_was_said_of_this_cell_alone(filler, table):
    row = make.row(table, **ODD)
    for key in ODD:
        accept(filler, row, key)
    assert (accepted(row), asked(filler, table)) == ([*ODD], [])

    save(filler, row, "event_time", "4月22日或24日")

    assert (accepted(row), asked(filler, table)) == (["contact", "scale"], ["event_time"])


def test_an_undone_change_is_asked_about_again_since_nobody_accepted_the_text_now(filler, table):
    row = make.row(table, **ODD)
    save(filler, row, "scale", "线上500人、线下100人，共800人")
    for key in ODD:
        accept(filler, row, key)

    press(filler, f"/tables/{table.id}/undo")

    assert values(row.id)["scale"] == ODD["scale"]
    assert (accepted(row), asked(filler, table)) == (["contact", "event_time"], ["scale"])


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

    assert sorted(asked(filler, table)) == [*ODD]


def test_a_paste_takes_back_only_what_it_changes(filler, table):
    row = make.row(table, **ODD)
    for key in ODD:
        accept(filler, row, key)
    pasted = {"event_time": ODD["event_time"], "scale": "线上500人、线下100人，共900人"}
    cells = [[row.id, key, text, ODD[key]] for key, text in pasted.items()]

    block = json.dumps({"via": "pasted", "edits": cells, "rows": []})
    answer = filler.post(f"/tables/{table.id}/paste", {"block": block, "op": op_id(), "rev": "0"}, headers=HTMX)

    assert answer.status_code == 200, answer.text
    assert (accepted(row), asked(filler, table)) == (["contact", "event_time"], ["scale"])


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


@pytest.mark.parametrize(
    "press, now, is_accepted",
    [
        ("choose:{}.contact:张三 13800000001；李四", "张三 13800000001；李四", []),
        ("choose:{}.contact:张三\r\n李四 13800000001（共用）", "张三\n李四 13800000001（共用）", []),
        ("accept:{}.contact", "张三\n李四 13800000001", ["contact"]),
    ],
)
def test_a_contact_of_two_lines_is_answered_without_javascript_as_browsers_send_it(filler, table, press, now, is_accepted):
    row = make.row(table, contact="张三\n李四 13800000001")
    sent = {name: text.replace("\n", "\r\n") for name, text in form_of(filler.get(f"/tables/{table.id}").text).items()}

    answer = filler.post(f"/tables/{table.id}", {**sent, "do": press.format(row.id)})

    assert answer.status_code == 303, answer.text
    assert (values(row.id)["contact"], accepted(row)) == (now, is_accepted)


@pytest.mark.parametrize("press", ["choose:", "accept:", "choose:x.y:z", "accept:1"])
def test_a_press_that_is_none_is_refused_in_words(filler, table, press):
    make.row(table)
    page = filler.get(f"/tables/{table.id}").text

    assert filler.post(f"/tables/{table.id}", {**form_of(page), "do": press}).status_code in {400, 404, 409}
