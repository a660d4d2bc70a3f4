"""The forms behind a notice: headings to the letter, fields over the table, titles without file-name tails."""

from __future__ import annotations

from typing import Any

import pytest

from ipweek.notice.reader import from_text, read_document, read_notice
from ipweek.notice.reader.annexes import read_fields, read_table
from ipweek.notice.reader.document import Cell, Document, Paragraph, Table

BODY = """甲市知识产权局关于开展2024年知识产权宣传周活动的通知
各有关单位：
现就有关事项通知如下。
{listed}
甲市知识产权局
2024年3月29日
"""


def annexes(text: str, listed: str = "") -> list[dict[str, Any]]:
    return read_notice(from_text(BODY.format(listed=listed) + text)).as_json()["annexes"]


def table(*rows: list[str | tuple[str, int, int]]) -> Table:
    return Table(tuple(tuple(Cell(cell) if isinstance(cell, str) else Cell(*cell) for cell in row) for row in rows))


@pytest.mark.parametrize(
    ("listed", "titles"),
    [
        ("附件：重点活动安排表", {1: "重点活动安排表"}),
        ("附件：1.重点活动安排表\n2.活动总结表", {1: "重点活动安排表", 2: "活动总结表"}),
        ("附件：1．重点活动安排表　2．活动总结表", {1: "重点活动安排表", 2: "活动总结表"}),
        ("附件：\n1、重点活动安排表\n2、活动总结表", {1: "重点活动安排表", 2: "活动总结表"}),
        ("附件1：重点活动安排表\n附件2：活动总结表", {1: "重点活动安排表", 2: "活动总结表"}),
        ("附件1.重点活动安排表.docx\n附件2.活动总结表（2）.doc", {1: "重点活动安排表", 2: "活动总结表"}),
        ("附件一：重点活动安排表\n附件二：活动总结表", {1: "重点活动安排表", 2: "活动总结表"}),
        ("附件：1.2024年重点活动安排表\n2.2024年活动总结表", {1: "2024年重点活动安排表", 2: "2024年活动总结表"}),
        (
            "附件：1.重点活动安排表（市级各成员单位和各区知识产权联席会议办公室\n填写）\n2.活动总结表",
            {1: "重点活动安排表（市级各成员单位和各区知识产权联席会议办公室填写）", 2: "活动总结表"},
        ),
        ("附件下载：重点活动安排表.xlsx（23.5KB）", {1: "重点活动安排表"}),
        ("附件：1. 重点活动安排表[点击下载]", {1: "重点活动安排表"}),
        ("", {}),
    ],
)
def test_the_list_of_annexes_gives_numbers_and_titles(listed: str, titles: dict[int, str]) -> None:
    assert {annex["number"]: annex["title"] for annex in annexes("", listed)} == titles


def test_a_table_of_one_heading_row_gives_its_columns() -> None:
    found = annexes("附件\n重点活动安排表\n单位名称：（盖章）\n| 序号 | 活动名称 | 活动规模（人） |\n|--|--|--|\n| 1 | | |")

    assert found == [
        {
            "number": 1,
            "title": "重点活动安排表",
            "columns": ["序号", "活动名称", "活动规模（人）"],
            "header_fields": ["单位名称"],
            "header_suffixes": {"单位名称": "（盖章）"},
        }
    ]


def test_each_annex_has_its_own_table_and_fields() -> None:
    found = annexes(
        "附件1\n市级重点活动安排表\n单位名称：\n| 主办单位 | 活动名称 | 活动时间 |\n| | | |\n附件2\n区级重点活动安排表\n单位名称：区办公室　填表时间：\n| 主办单位 | 活动地点 | 出席范围 |\n| | | |",
        "附件：1.市级重点活动安排表\n2.区级重点活动安排表",
    )

    assert [(a["number"], a["columns"], a["header_fields"], a["header_suffixes"]) for a in found] == [
        (1, ["主办单位", "活动名称", "活动时间"], ["单位名称"], {}),
        (2, ["主办单位", "活动地点", "出席范围"], ["单位名称", "填表时间"], {"单位名称": "区办公室"}),
    ]


def test_two_heading_rows_give_one_heading_a_column() -> None:
    form = table([("序号", 1, 2), ("活动名称", 1, 2), ("活动规模", 2, 1), ("联系人", 1, 2)], ["线上", "线下"], ["1", "", "", "", ""])

    assert read_table(form) == ("", [], ("序号", "活动名称", "活动规模 线上", "活动规模 线下", "联系人"))


def test_a_title_and_fields_inside_the_table_are_no_headings() -> None:
    form = table([("重点活动安排表", 3, 1)], [("填报单位：　　　填表时间：", 3, 1)], ["活动名称", "活动时间", "联系人"], ["", "", ""])

    assert read_table(form) == ("重点活动安排表", [("填报单位", ""), ("填表时间", "")], ("活动名称", "活动时间", "联系人"))


def test_a_heading_over_several_lines_is_one() -> None:
    assert read_table(table(["重点活动\n名 称", "活动规模\n(人数)"], ["", ""]))[2] == ("重点活动名称", "活动规模(人数)")


def test_a_heading_merged_over_two_columns_counts_once() -> None:
    assert read_table(table([("活动名称", 2, 1), "活动时间"], ["", "", ""]))[2] == ("活动名称", "活动时间")


def test_a_form_of_labels_and_blanks_has_its_labels_as_columns() -> None:
    form = table(["单位名称", ("", 3, 1)], ["活动名称", "", "活动时间", ""], ["活动内容", ("", 3, 1)], ["联系人", "", "联系电话", ""])

    assert read_table(form)[2] == ("单位名称", "活动名称", "活动时间", "活动内容", "联系人", "联系电话")


@pytest.mark.parametrize(
    ("text", "fields"),
    [
        ("单位名称：", [("单位名称", "")]),
        ("单 位 名 称 ：　　　　填 表 时 间 ：", [("单位名称", ""), ("填表时间", "")]),
        ("单位名称（盖章）：______　填表人：", [("单位名称（盖章）", ""), ("填表人", "")]),
        ("填表时间：　　年　月　日", [("填表时间", "年月日")]),
        ("单位名称：____区知识产权局", [("单位名称", "区知识产权局")]),
        ("单位：万元", []),
        ("填表说明：请按实际填写", []),
        ("重点活动安排表", []),
    ],
)
def test_fields_over_the_table_keep_their_printed_suffix(text: str, fields: list[tuple[str, str]]) -> None:
    assert read_fields(text) == fields


def test_headings_copied_without_a_table_are_read() -> None:
    under = annexes("附件\n重点活动安排表\n单位名称：\n主办单位\n活动名称\n活动时间\n联系人\n")
    tabbed = annexes("附件\n重点活动安排表\n单位名称：\n主办单位\t活动名称\t活动时间\t联系人\n")
    run_on = annexes("附件\n重点活动安排表\n单位名称：主办单位活动名称活动时间联系人\n")

    assert under == tabbed == run_on
    assert under[0]["columns"] == ["主办单位", "活动名称", "活动时间", "联系人"]


def test_an_annex_that_is_no_form_has_no_columns() -> None:
    found = annexes("附件1\n宣传口号\n1.尊重知识产权，从我做起。\n2.创新从保护开始。\n", "附件：1.宣传口号")

    assert [(annex["title"], annex["columns"]) for annex in found] == [("宣传口号", [])]


def test_a_table_in_the_text_is_no_annex() -> None:
    document = Document(
        "docx",
        "",
        (
            Paragraph("甲市知识产权局关于开展2024年知识产权宣传周活动的通知"),
            Paragraph("各有关单位："),
            Paragraph("活动分工如下。"),
            table(["单位", "分工"], ["市局", "总体协调"], ["区局", "组织落实"]),
            Paragraph("请于4月12日前报送活动安排表。"),
            Paragraph("甲市知识产权局"),
            Paragraph("2024年3月29日"),
        ),
    )

    facts = read_notice(document)

    assert facts.annexes == []
    assert [str(deadline.due_on) for deadline in facts.deadlines] == ["2024-04-12"]


def test_an_annex_becomes_a_schema_with_keys() -> None:
    facts = read_notice(
        from_text(BODY.format(listed="") + "附件\n重点活动安排表\n单位名称：区办公室\n| 主办单位 | 活动形式 | 联系人 |\n| | | |")
    )

    form = facts.annexes[0].as_schema()

    assert [(column.key, column.label) for column in form.columns] == [("host", "主办单位"), ("col_1", "活动形式"), ("contact", "联系人")]
    assert [(field.key, field.label, field.suffix) for field in form.header_fields] == [("unit_name", "单位名称", "区办公室")]


def test_tables_of_a_page_keep_their_spans() -> None:
    page = (
        "<html><body>"
        + "".join(f"<p>{line}</p>" for line in BODY.format(listed="附件：重点活动安排表").split("\n"))
        + "<p>附件</p><p>重点活动安排表</p>"
        "<table><tr><th rowspan=2>活动名称</th><th colspan=2>规模</th></tr><tr><th>线上</th><th>线下</th></tr><tr><td></td><td></td><td></td></tr></table></body></html>"
    )

    facts = read_notice(read_document(page.encode(), "a.html"))

    assert facts.annexes[0].columns == ("活动名称", "规模 线上", "规模 线下")


def test_forms_pasted_without_line_breaks_keep_their_fields_and_headings() -> None:
    text = (
        "江知联办〔2024〕2号关于开展2024年知识产权宣传周活动的通知各成员单位：现将有关事项通知如下。一、活动时间2024年4月20日至26日。"
        "二、报送要求请于4月12日前报送附件。附件：1.成员单位重点活动安排表2.区重点活动安排表江城市知识产权局2024年3月29日"
        "附件1成员单位重点活动安排表单位名称： 主办单位 活动名称 活动时间 活动地点 联系人"
        "附件2区重点活动安排表单位名称：区知识产权局填表时间： 主办单位 活动名称 活动时间 活动地点 活动规模 联系人"
    )

    facts = read_notice(from_text(text)).as_json()

    assert [(one["title"], one["columns"], one["header_fields"]) for one in facts["annexes"]] == [
        ("成员单位重点活动安排表", ["主办单位", "活动名称", "活动时间", "活动地点", "联系人"], ["单位名称"]),
        ("区重点活动安排表", ["主办单位", "活动名称", "活动时间", "活动地点", "活动规模", "联系人"], ["单位名称", "填表时间"]),
    ]
    assert facts["annexes"][1]["header_suffixes"] == {"单位名称": "区知识产权局"}


def test_a_row_of_headings_that_the_end_of_a_page_cut_is_whole_again() -> None:
    def row(*texts: str) -> tuple[Cell, ...]:
        return tuple(Cell(text) for text in texts)

    pages = (
        Paragraph("附件1"),
        Paragraph("重点活动安排表"),
        Table((row("主办单位", "重点活动", "活动规模"),)),
        Table((row("", "名称", "（人数）"), row("", "", ""))),
    )
    notice = [
        Paragraph(line)
        for line in ("关于报送活动安排的通知", "各单位：", "请于2026年4月8日前报送。", "附件：1.重点活动安排表", "市局", "2026年3月20日")
    ]

    annexes = read_notice(Document("pdf", "", (*notice, *pages))).annexes

    assert [annex.columns for annex in annexes] == [("主办单位", "重点活动名称", "活动规模（人数）")]
