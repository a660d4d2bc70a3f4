"""What a supplementary notice says anew, and what of a campaign it would change."""

from __future__ import annotations

from datetime import date, time
from typing import Any

import pytest

from ipweek.notice import amending, schema
from ipweek.notice.amending import Change, Standing, StandingDeadline
from ipweek.notice.reader import from_text, supplement
from tests import make

STANDING = Standing(
    date(2024, 4, 20),
    date(2024, 4, 26),
    {"theme": "知识产权转化运用促进高质量发展", "contacts": ["张三"], "phones": ["55551111"], "fax": "", "email": ""},
    [
        StandingDeadline(1, "plan", None, "", date(2024, 4, 12), None),
        StandingDeadline(2, "summary", None, "5 working days after ends_on", date(2024, 5, 7), None),
    ],
    {1: [make.ANNEX_1], 2: [make.ANNEX_2]},
)


def read(*lines: str, title: str = "关于宣传周活动有关事项的补充通知") -> dict[str, Any]:
    return supplement.as_json(from_text("\n".join([title, "各成员单位：", *lines]), "补充通知.txt"), 2024)


def changes(*lines: str, standing: Standing = STANDING) -> list[Change]:
    return amending.changes(standing, read(*lines), [])


def said(*lines: str) -> list[tuple[str, str, str]]:
    return [(change.name, change.was, change.now) for change in changes(*lines)]


@pytest.mark.parametrize(
    "line, first, last",
    [
        ("宣传周时间由4月20日至26日调整为4月22日至28日。", "2024年4月20日至26日", "2024年4月22日至28日"),
        ("宣传周结束时间推迟至4月28日。", "2024年4月20日至26日", "2024年4月20日至28日"),
        ("宣传周活动时间改为2024年4月19日至4月27日。", "2024年4月20日至26日", "2024年4月19日至27日"),
    ],
)
def test_the_week_moves_to_the_new_days_and_keeps_an_end_that_is_not_spoken_of(line: str, first: str, last: str) -> None:
    assert said(line) == [("宣传周", first, last)]


@pytest.mark.parametrize(
    "line, name, now",
    [
        ("重点活动安排表报送截止时间由4月12日延长至4月19日17:00。", "重点活动安排表截止", "2024年4月19日（周五）17:00"),
        ("原定于4月12日前报送的重点活动安排表，现延期至4月16日前报送。", "重点活动安排表截止", "2024年4月16日（周二）24:00"),
        ("活动总结请于宣传周结束后7个工作日内报送。", "活动总结截止", "宣传周结束后 7 个工作日"),
    ],
)
def test_a_deadline_moves_beside_what_stood(line: str, name: str, now: str) -> None:
    (change,) = changes(line)

    assert (change.name, change.now) == (name, now)
    assert change.deadline_id in {1, 2}
    assert change.sentence == line


def test_a_deadline_for_one_annex_stands_beside_the_general_one() -> None:
    (change,) = changes("附件2《重点活动安排表》的报送时间延长至4月16日。")

    assert (change.name, change.was, change.now) == (
        "重点活动安排表截止（附件2）",
        "2024年4月12日（周五）24:00",
        "2024年4月16日（周二）24:00",
    )
    assert change.deadline_id is None
    assert change.deadline is not None
    assert change.deadline["annex"] == 2


@pytest.mark.parametrize("line", ["请于4月12日前报送重点活动安排表。", "活动总结于宣传周结束后5个工作日内报送。", "其他事项不变。"])
def test_what_is_only_repeated_changes_nothing(line: str) -> None:
    assert changes(line) == []


def test_contacts_and_theme_are_read_behind_the_words_of_change() -> None:
    found = said("联系人由张三更换为王五，电话改为55556666。", "活动主题由“甲乙”更正为“保护知识产权”。")

    assert found == [
        ("活动主题", "知识产权转化运用促进高质量发展", "保护知识产权"),
        ("联系人", "张三", "王五"),
        ("联系电话", "55551111", "55556666"),
    ]


def test_columns_are_added_renamed_and_dropped_in_words() -> None:
    one, two = changes("附件1“活动规模（人数）”改为“现场人数”，取消“协办部门”列；附件2增加“线上人数”一列。")

    assert one.form is not None
    assert two.form is not None
    assert [(column.key, column.label) for column in one.form.columns][-2:] == [("scale", "现场人数"), ("contact", "联系人")]
    assert [(column.key, column.label) for column in two.form.columns][-2:] == [("col_1", "线上人数"), ("contact", "联系人")]
    assert one.note == "“活动规模 (人数)”改为“现场人数”，已填内容留在这一列；不再填报“协办部门”，已填内容保留但不再显示和汇总。"
    assert two.note == "新增“线上人数”。"


def test_a_printed_annex_is_compared_by_its_words() -> None:
    printed = schema.annex(1, make.ANNEX_1.title, [column.label.replace(" ", "\n") for column in make.ANNEX_1.columns], [("单位名称", "")])

    assert amending.changes(STANDING, read("现将附件1重新印发。"), [printed]) == []


def test_a_year_nobody_wrote_is_that_of_the_campaign() -> None:
    assert read("请于4月19日前报送重点活动安排表。")["deadlines"][0]["due_on"] == "2024-04-19"


def test_days_counted_from_the_document_itself_become_a_date() -> None:
    facts = {"deadlines": [{"kind": "plan", "rule": "5 working days after issue_date", "due_on": "2024-04-15", "due_time": "17:00"}]}

    (change,) = amending.changes(STANDING, facts, [])

    assert change.deadline is not None
    assert (change.deadline["rule"], change.deadline["due_on"], change.deadline["due_time"]) == ("", date(2024, 4, 15), time(17))


OLD = schema.annex(1, "表", ["主办单位", "甲", "乙", "联系人"])


@pytest.mark.parametrize(
    "columns, keys",
    [
        (["主办单位", "甲", "乙", "联系人"], ["host", "col_1", "col_2", "contact"]),
        (["主办单位", "丙", "乙", "联系人"], ["host", "col_1", "col_2", "contact"]),
        (["主办单位", "乙", "甲", "联系人"], ["host", "col_2", "col_1", "contact"]),
        (["主办单位", "乙", "联系人", "丙"], ["host", "col_2", "contact", "col_3"]),
        (["丁", "主办单位", "甲", "乙", "联系人"], ["col_3", "host", "col_1", "col_2", "contact"]),
    ],
)
def test_no_cell_comes_to_stand_under_another_heading(columns: list[str], keys: list[str]) -> None:
    after = schema.succeeding([OLD], schema.annex(1, "表", columns))

    assert [column.key for column in after.columns] == keys


def test_a_heading_that_comes_back_finds_its_cells_again() -> None:
    without = schema.succeeding([OLD], schema.annex(1, "表", ["主办单位", "乙", "联系人"]))
    again = schema.succeeding([OLD, without], schema.annex(1, "表", ["主办单位", "乙", "甲", "联系人"]))

    assert [column.key for column in again.columns] == ["host", "col_2", "col_1", "contact"]


@pytest.mark.parametrize(
    ("line", "due"),
    [
        ("原通知中“4月12日前”更正为“4月15日前”，即活动安排表于4月15日前报送。", ("plan", None, "2024-04-15")),
        ("活动总结报送时间由活动结束后5个工作日内延长至10个工作日内。", ("summary", "10 working days after ends_on", None)),
        ("活动总结报送时间由宣传周结束后5个工作日内调整为宣传周结束后两周内。", ("summary", "2 weeks after ends_on", None)),
        ("原定于4月12日前报送的活动安排表，报送时间延长至4月17日12:00。", ("plan", None, "2024-04-17")),
    ],
)
def test_of_two_times_for_one_thing_only_the_new_one_counts(line: str, due: tuple[str, str | None, str | None]) -> None:
    assert [(one["kind"], one["rule"], one["due_on"]) for one in read(line)["deadlines"]] == [due]


def test_each_of_several_added_columns_counts_and_a_corrected_date_is_none() -> None:
    headings = read("附件2增加“线上参与人数”“备注”两列。", "将“4月12日前”改为“4月15日前”。")["headings"]

    assert [one[:3] for one in headings] == [[2, "", "线上参与人数"], [2, "", "备注"]]
