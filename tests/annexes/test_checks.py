"""The checks: what is said about a row, of which kind, in whose words."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ipweek.annexes import checks
from ipweek.annexes.checks import Context, Readings
from ipweek.notice.schema import annex

WEEK = (date(2024, 4, 20), date(2024, 4, 26))
FORM = annex(
    2,
    "2024年区知识产权联席会议重点活动安排表（区级层面）",
    ["主办单位", "重点活动名称", "活动时间", "活动地点", "活动内容", "出席范围", "活动规模 (参与人数)", "联系人"],
    [("单位名称：", "区知识产权联席会议办公室"), ("填表时间：", "")],
)
CONTEXT = Context(
    FORM, WEEK, 2024, frozenset({"徐汇区知识产权局", "徐汇区司法局", "闵行区知识产权局"}), frozenset({"徐汇区知识产权局", "徐汇区"})
)
HEADER = {"unit_name": "徐汇区", "filled_on": "2024年4月8日"}
GOOD = {
    "host": "徐汇区知识产权局",
    "event_name": "知识产权进校园",
    "event_time": "4月22日上午9:00",
    "venue": "漕宝路650号1号楼",
    "content": "专家讲座，发放宣传册1000份",
    "attendees": "师生代表",
    "scale": "约200人",
    "contact": "张三 00001234",
}


def said(context=CONTEXT, **cells):
    return [(finding.check, finding.kind) for finding in checks.check_row(7, GOOD | cells, context)]


def test_a_good_row_has_nothing_to_mend():
    assert said() == []


@pytest.mark.parametrize("key", ["host", "event_name", "event_time", "venue", "scale", "contact"])
@pytest.mark.parametrize("value", ["", "  ", "\n"])
def test_a_required_cell_may_not_stay_empty(key, value):
    assert said(**{key: value}) == [("required", "A")]


@pytest.mark.parametrize("key", ["content", "attendees"])
def test_content_and_attendees_may_stay_empty(key):
    assert said(**{key: ""}) == []


def test_a_wholly_empty_row_is_no_row():
    assert checks.check_row(7, dict.fromkeys(GOOD, " "), CONTEXT) == []


@pytest.mark.parametrize(
    "text, found",
    [
        ("见附件", [("time-unread", "C")]),
        ("无", [("time-unread", "C")]),
        ("4.2", [("time-unread", "C")]),
        ("4月下旬", [("time-vague", "D")]),
        ("待定", [("time-vague", "D")]),
        ("每周二下午", [("time-vague", "D")]),
        ("4月20日左右", [("time-vague", "D")]),
        ("4月31日", [("time-impossible", "A")]),
        ("4月26日至20日", [("time-impossible", "A")]),
        ("4月22日下午4:00-2:00", [("time-impossible", "A")]),
        ("4月20日（周日）", [("weekday", "B")]),
        ("4月15日", [("outside-week", "C")]),
        ("4月18日至22日", [("outside-week", "C")]),
        ("5月上旬", [("time-vague", "D"), ("outside-week", "C")]),
        ("4月1日起", [("outside-week", "C")]),
        ("4月22日起", []),
        ("2023年4月22日", [("other-year", "B")]),
        ("去年4月22日", [("other-year", "B")]),
        ("2023年12月1日至2024年4月26日", [("outside-week", "C")]),
        ("2024年4月22日", []),
        ("45404", []),
        ("宣传周期间", []),
    ],
)
def test_times_are_checked(text, found):
    assert said(event_time=text) == found


@pytest.mark.parametrize(
    "text, found",
    [
        ("若干", [("scale-unread", "D")]),
        ("不限", [("scale-unread", "D")]),
        ("0", [("scale-odd", "B")]),
        ("20万人", [("scale-odd", "B")]),
        ("线上20万人次", []),
        ("线下200人，线上20万人次", []),
        ("线下15万人", [("scale-odd", "B")]),
        ("10万人", []),
    ],
)
def test_sizes_are_checked(text, found):
    assert said(scale=text) == found


@pytest.mark.parametrize(
    "text, found",
    [
        ("13800000001", [("contact-no-name", "C")]),
        ("张三", [("contact-no-phone", "B")]),
        ("张三 1380000015", [("phone-short", "B")]),
        ("张三 138****0000", [("phone-masked", "B")]),
        ("待定", [("contact-no-name", "C"), ("contact-no-phone", "B")]),
        ("张三、李四 00001234", []),
    ],
)
def test_contacts_are_checked(text, found):
    assert said(contact=text) == found


@pytest.mark.parametrize(
    "cells, found",
    [
        ({"content": "报名请联系 13800000001"}, [("private-text", "B")]),
        ({"venue": "线上（腾讯会议 123-456-789）"}, [("private-text", "B")]),
        ({"minhang.street": "13800000001"}, [("private-text", "B")]),
        ({"content": "x" * 4000}, []),
        ({"content": "𠮷" * 4000}, []),
        ({"content": "x" * 4001}, [("too-long", "A")]),
        ({"content": "a\x07b"}, [("unclean", "D")]),
        ({"event_name": "重点活动名称"}, [("heading-left", "A")]),
        ({"scale": "活动规模（参与人数）"}, [("heading-left", "A"), ("scale-unread", "D")]),
        ({"event_name": "（示例）知识产权讲座"}, [("example-left", "A")]),
        ({"event_name": "××活动"}, [("example-left", "A")]),
        ({"event_time": "X月X日"}, [("example-left", "A"), ("time-unread", "C")]),
        ({"host": "徐汇区知识产权局、徐汇区司法局"}, []),
        ({"host": "徐汇区知识产权局商标科"}, []),
        ({"host": "区知识产权局、本区司法局、我区各街镇"}, []),
        ({"host": "某科技公司"}, [("host-foreign", "D")]),
    ],
)
def test_cells_are_checked(cells, found):
    assert said(**cells) == found


def test_a_column_that_the_form_lacks_is_not_asked_for():
    form = annex(1, "表", ["主办单位", "重点活动名称"])

    assert [finding.check for finding in checks.check_row(1, {"event_name": "讲座"}, Context(form, WEEK, 2024))] == ["required"]


def test_without_a_week_nothing_is_outside_it():
    assert said(Context(FORM, None, 2024), event_time="4月15日") == []


def test_a_message_says_column_reason_and_remedy_and_shows_no_number():
    finding = checks.check_row(7, GOOD | {"content": "致电13800000001"}, CONTEXT)[0]

    assert finding.id == "private-text:7:content"
    assert checks.sentence(finding, 3).startswith("第3行“活动内容”里有手机号码“138****0001”")
    assert "13800000001" not in checks.sentence(finding, 3)


@pytest.mark.parametrize("contact", ["张三 1380000015", "张三 021-0000123", "张三 138-0000-000"])
def test_a_short_phone_is_not_repeated_in_full(contact):
    finding = next(each for each in checks.check_row(7, GOOD | {"contact": contact}, CONTEXT) if each.check == "phone-short")

    assert contact.split()[1] not in finding.message


def test_an_empty_table_needs_a_row_or_a_nil_return():
    rows = [(1, dict.fromkeys(GOOD, ""))]

    assert [finding.id for finding in checks.check_table(rows, HEADER, CONTEXT, nil_return=False)] == ["no-rows:0:"]
    assert checks.check_table(rows, HEADER, CONTEXT, nil_return=True) == []


def test_two_rows_with_one_title_and_date_are_pointed_out_at_the_second():
    rows = [(1, GOOD), (2, GOOD | {"event_name": " 知识产权 进校园", "event_time": "2024-04-22"}), (3, GOOD | {"event_time": "4月23日"})]

    found = checks.check_table(rows, HEADER, CONTEXT, nil_return=False)

    assert [(finding.check, finding.kind, finding.row_id) for finding in found] == [("double-own", "C", 2)]


def test_an_empty_header_field_is_pointed_out_and_stops_nobody():
    found = checks.check_table([(1, GOOD)], HEADER | {"filled_on": " "}, CONTEXT, nil_return=False)

    assert [(finding.kind, finding.message) for finding in found] == [("D", "“填表时间”没有填写，请补上，例如 4月10日")]


def test_header_fields_are_checked_too():
    found = checks.check_table([(1, GOOD)], {"unit_name": "单位名称：", "filled_on": "4月10日 13800000001"}, CONTEXT, nil_return=False)

    assert [(finding.check, finding.column) for finding in found] == [("heading-left", "unit_name"), ("private-text", "filled_on")]


@pytest.mark.parametrize(
    "cells, stored",
    [
        ({}, Readings(date(2024, 4, 22), date(2024, 4, 22), 200, 200)),
        ({"event_time": "4月下旬", "scale": "100人以上"}, Readings(date(2024, 4, 21), date(2024, 4, 30), 100, None)),
        ({"event_time": "4月20日起", "scale": "若干"}, Readings(date(2024, 4, 20), None, None, None)),
        ({"event_time": "4.2", "scale": "900亿人"}, Readings()),
        ({"event_time": "4月20日（周日）", "scale": "线上100人，线下100人，共500人"}, Readings()),
    ],
)
def test_only_what_was_read_without_doubt_is_stored(cells, stored):
    assert checks.readings_of(FORM, GOOD | cells, WEEK) == stored


@example({"scale": "0\x1fW"})
@given(st.dictionaries(st.sampled_from([*GOOD, "minhang.street"]), st.text(max_size=40)))
def test_no_row_breaks_a_check(cells):
    for finding in checks.check_table([(1, cells), (2, cells)], cells, CONTEXT, nil_return=False):
        assert finding.kind == checks.KINDS[finding.check]
        assert finding.message
