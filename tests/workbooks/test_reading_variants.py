"""Tables as people vary them: other words in the heading, columns taken apart, two units in one file; and texts made to keep a reader busy."""

import random
from io import BytesIO

import docx
import openpyxl
import pytest

from ipweek.errors import Invalid
from ipweek.files import gate
from ipweek.files.limits import TooLarge
from ipweek.notice import schema
from ipweek.workbooks.layout import AnnexSheet
from ipweek.workbooks.reading import table_reader
from tests.make import ANNEX_1, ANNEX_2

from .files import saved
from .official import CITY, DISTRICT, city, district, written

H1 = [column.label for column in ANNEX_1.columns]
H2 = [column.label for column in ANNEX_2.columns]
chance = random.Random(4)
WHOLE = ("市商务委", "开放日", "4月23日", "国展中心", "200人", "上海海关", "张三 13800000001")


def book(*rows, merges=()):
    made = openpyxl.Workbook()
    for row in rows:
        made.active.append(list(row))
    for area in merges:
        made.active.merge_cells(area)
    return saved(made)


def read(data, annex=1, name="表.xlsx"):
    return table_reader.read_table(data, name, annex)


def noise(signs):
    """Hanzi that pack badly: a file that packs too well is refused for that alone."""
    return "".join(chance.choices([chr(code) for code in range(0x4E00, 0x9FA5)], k=signs))


def told(reading, *kinds):
    return [problem.message for problem in reading.problems if not kinds or problem.kind in kinds]


@pytest.mark.parametrize(
    "heading",
    [
        ["牵头单位", "活动名称", "举办日期", "具体地点", "参加规模（人）", "配合单位", "联系方式"],
        ["主（承）办单位", "活动主题", "活动起止时间", "活动举办地点", "预计人数", "联合协办单位", "联络人及联系方式"],
        ["1.主办单位", "2、重点活动名称", "3．活动时间", "4）活动地点", "5.活动规模", "6.协办部门", "7.联系人"],
        [f"{label}\u200b：" for label in H1],
        [
            "主办单位*",
            "重点活动名称*",
            "活动时间（如4月22日）",
            "活动地点",
            "活动规模\n（人数）",
            "协办部门（选填）",
            "联系人（姓名、电话）",
        ],
    ],
)
def test_headings_in_other_words_are_known(heading):
    reading = read(book(heading, WHOLE))

    assert [tuple(row.values()) for row in reading.rows] == [WHOLE]


def test_a_heading_that_was_only_guessed_is_told_with_what_it_was_taken_for():
    reading = read(book([*H1[:3], "具体场所", *H1[4:]], WHOLE))

    assert reading.rows[0]["活动地点"] == "国展中心"
    assert told(reading, "C") == ["表头“具体场所”按“活动地点”读入，请核对是不是这一列。"]


@pytest.mark.parametrize("heading", ["报名时间", "填表时间", "单位名称", "经费预算（地点另列）", "备注"])
def test_a_heading_that_means_another_thing_is_not_taken_for_a_column(heading):
    reading = read(book([*H1[:2], heading, *H1[3:]], WHOLE))

    assert reading.rows[0]["活动时间"] == ""
    assert "国展中心" not in reading.rows[0]["活动时间"]
    assert reading.others == [{heading: "4月23日"}]


def test_a_table_of_other_things_is_no_annex():
    with pytest.raises(Invalid, match="表头"):
        read(book(["项目名称", "金额", "时间", "审批人"], ["采购", "3万元", "4月", "李四"]))


@pytest.mark.parametrize(
    "headings, cells",
    [
        (["联系人姓名", "联系人电话"], ["张三", 13800000001]),
        (["联系电话", "联系人"], [13800000001, "张三"]),
        (["联系人", "手机号码"], ["张三", "13800000001"]),
    ],
)
def test_name_and_phone_in_two_columns_are_one_contact(headings, cells):
    reading = read(book([*H1[:6], *headings], [*WHOLE[:6], *cells]))

    assert tuple(reading.rows[0].values()) == WHOLE
    assert reading.others == [{}]


def test_name_and_phone_under_one_heading_are_one_contact():
    rows = [[*H1, None], [None] * 6 + ["姓名", "电话"], [*WHOLE[:6], "张三", 13800000001]]

    reading = read(book(*rows, merges=[*(f"{letter}1:{letter}2" for letter in "ABCDEF"), "G1:H1"]))

    assert tuple(reading.rows[0].values()) == WHOLE


def test_day_and_hour_in_two_columns_are_one_time():
    reading = read(book([*H1[:2], "活动日期", *H1[2:]], ["市商务委", "开放日", "4月23日", "9:30", *WHOLE[3:]]))

    assert reading.rows[0]["活动时间"] == "4月23日 9:30"
    assert "日期单独成列，已并入“活动时间”一列。" in told(reading, "D")


def test_a_phone_column_alone_is_the_contact():
    assert read(book([*H1[:6], "联系电话"], [*WHOLE[:6], "62000000"])).rows[0]["联系人"] == "62000000"


def test_the_unit_in_a_small_table_of_its_own_above_is_found():
    document = docx.Document()
    for rows in ([["单位名称", "闵行区知识产权联席会议办公室", "填表时间", "2024年4月8日"]], [H2, DISTRICT]):
        table = document.add_table(0, len(rows[0]))
        for row in rows:
            for cell, text in zip(table.add_row().cells, row, strict=True):
                cell.text = text
        document.add_paragraph()
    out = BytesIO()
    document.save(out)

    reading = read(out.getvalue(), 2, "表.docx")

    assert (reading.unit_name, reading.filled_on) == ("闵行区", "2024年4月8日")


def test_the_small_table_of_the_annex_before_is_not_this_ones():
    document = docx.Document()
    for mark, rows in (("附件1", [["单位名称", "上海海关"]]), ("附件2", [H2, DISTRICT])):
        document.add_paragraph(mark)
        table = document.add_table(0, len(rows[0]))
        for row in rows:
            for cell, text in zip(table.add_row().cells, row, strict=True):
                cell.text = text
    out = BytesIO()
    document.save(out)

    assert read(out.getvalue(), 2, "表.docx").unit_name == ""


def test_the_merged_workbook_sent_by_a_unit_names_all_units_and_says_so():
    other = district(DISTRICT)
    data = written(AnnexSheet(ANNEX_2, [other, type(other)("xuhui", (("单位名称", "徐汇区知识产权联席会议办公室"),), [DISTRICT])]))

    reading = read(data, 2)

    assert reading.unit_name == "闵行区、徐汇区"
    assert any("2 个单位的内容（闵行区、徐汇区）" in message for message in told(reading, "C"))


def test_one_units_own_table_names_one_unit():
    assert read(written(AnnexSheet(ANNEX_1, [city(CITY)]))).unit_name == "上海市商务委员会"


@pytest.mark.parametrize(
    "pattern", ["填表人（", "（", "(a", "((a)", "（a（b）", "单位名称：", "合 计", "注 ", "一、", "_x0041_", "138 0000 "]
)
def test_no_text_keeps_the_reader_busy(pattern):
    """Each took a second or more where a bracket that is never closed was looked for again from every sign."""

    def long(signs):
        return (pattern * 4000)[:signs] + noise(signs // 20)

    read(book([long(30_000), long(30_000)], H1, [*WHOLE[:3], long(4000), *WHOLE[4:]], *([long(9000) for _ in H1] for _ in range(8))))


def test_the_name_of_a_heading_is_found_in_a_time_that_grows_with_its_length():
    assert schema.bare("填表人（" * 100_000).startswith("填表人(")
    assert schema.bare("活动规模（参与人数（线上））（人）") == "活动规模"


def test_more_text_than_a_table_can_hold_is_refused_before_it_is_looked_at():
    with pytest.raises(TooLarge, match="文字过多"):
        read(book(H1, *([noise(30_000) for _ in H1] for _ in range(5))))


@pytest.mark.parametrize("data", [b"Rar!\x1a\x07\x01\x00xxxx", b"7z\xbc\xaf\x27\x1c\x00\x04", b"\x1f\x8b\x08\x00xxxx"])
@pytest.mark.parametrize("name", ["表.rar", "表.xlsx", "表"])
def test_an_archive_is_called_one(data, name):
    with pytest.raises(Invalid, match="压缩包"):
        gate.inspect(data, name, accept=frozenset({"xlsx", "docx"}))


@pytest.mark.parametrize("first", ["注：公益活动", "备注：暂定", "联系人：见末列", "单位名称：市商务委"])
def test_a_row_with_most_of_its_cells_filled_is_no_note(first):
    assert read(book(H1, [first, *WHOLE[1:]])).rows[0]["主办单位"] == first


@pytest.mark.parametrize(
    "row", [["审核人：李四", None, "填表人：王五"], ["填表人：", "王五", "联系电话：", "62000000", "日期：", "4月8日"], ["注：以实际为准"]]
)
def test_signatures_and_notes_are_no_activities(row):
    assert len(read(book(H1, WHOLE, row)).rows) == 1
