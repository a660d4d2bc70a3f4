"""Annex tables as people send them in .xlsx: made by openpyxl, and by hand where no library writes such a thing."""

import io
from datetime import date, datetime, time

import openpyxl
import pytest
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont

from ipweek.errors import Invalid
from ipweek.workbooks.reading.table_reader import FORMS, read_table
from tests.files.packages import number, row, sheet, text, xlsx

ANNEX_1 = [column.label for column in FORMS[1].columns]
ANNEX_2 = [column.label for column in FORMS[2].columns]
FIRST = ["区市场监管局", "知识产权进商圈", "4月22日", "七宝万科广场", "讲解商标保护", "商户", "100人", "张三 13800000001"]
SECOND = ["七宝镇", "版权故事会", "4月23日下午", "文化中心", "讲故事", "亲子家庭", "约50人", "李四 13800000002"]


def book(*rows, title="附件2", merges=()):
    """A workbook of one sheet with these rows."""
    made = openpyxl.Workbook()
    made.active.title = title
    for values in rows:
        made.active.append(values)
    for area in merges:
        made.active.merge_cells(area)
    return saved(made)


def saved(made):
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def read(data, annex=2, name="附件.xlsx"):
    return read_table(data, name, annex)


def texts(reading):
    return [list(values.values()) for values in reading.rows]


def said(reading, kind=None):
    return [problem.message for problem in reading.problems if kind in (None, problem.kind)]


def test_the_plain_table_is_read_with_the_official_headings_as_keys():
    reading = read(
        book(
            ["附件2"],
            ["2024年区知识产权联席会议重点活动安排表（区级层面）"],
            ["单位名称：闵行区知识产权联席会议办公室"],
            ANNEX_2,
            FIRST,
            SECOND,
        )
    )

    assert list(reading.rows[0]) == ANNEX_2
    assert texts(reading) == [FIRST, SECOND]
    assert (reading.sheet, reading.header_row, reading.row_numbers) == ("附件2", 4, [5, 6])
    assert reading.unit_name == "闵行区"
    assert reading.problems == []


def test_headings_may_be_broken_padded_bracketed_and_in_any_order():
    headings = ["联系人", "活动规模\n（参与人数）", " 出 席 范 围 ", "活动内容：", "活动地点", "活动时间", "重点活动\n名称", "主办单位*"]

    reading = read(book(["序号", *headings], [1, *FIRST[::-1]]))

    assert texts(reading) == [FIRST]
    assert said(reading) == []


@pytest.mark.parametrize("start", [1, 2, 15])
def test_the_heading_row_is_found_within_the_first_15_rows(start):
    reading = read(book(*[["说明文字"]] * (start - 1), ANNEX_2, FIRST))

    assert reading.header_row == start
    assert texts(reading) == [FIRST]


def test_a_heading_in_row_16_is_not_looked_for():
    with pytest.raises(Invalid, match="没有在工作表里找到附件2的表头"):
        read(book(*[["说明文字"]] * 15, ANNEX_2, FIRST))


def test_headings_over_two_rows_are_one_heading():
    upper = [*ANNEX_2[:2], "时间和地点", None, *ANNEX_2[4:6], "活动规模", "联系人"]
    lower = [None, None, "活动时间", "活动地点", None, None, "（参与人数）", None]
    merges = ["A1:A2", "B1:B2", "C1:D1", "E1:E2", "F1:F2", "H1:H2"]

    reading = read(book(upper, lower, FIRST, merges=merges))

    assert texts(reading) == [FIRST]
    assert (reading.header_row, reading.row_numbers) == (1, [3])


def test_a_line_in_brackets_under_the_heading_belongs_to_it():
    reading = read(book([*ANNEX_2[:6], "活动规模", "联系人"], [None] * 6 + ["（参与人数）"], FIRST))

    assert texts(reading) == [FIRST]


def test_an_unknown_column_is_told_and_kept_aside():
    reading = read(book([*ANNEX_2, "所属街镇", "经费"], [*FIRST, "七宝镇"], [*SECOND, "虹桥镇"]))

    assert texts(reading) == [FIRST, SECOND]
    assert reading.others == [{"所属街镇": "七宝镇"}, {"所属街镇": "虹桥镇"}]
    assert said(reading, "C") == ["附件里没有“所属街镇”一列，这一列没有读入。"]
    assert said(reading, "D") == ["附件里没有“经费”一列，这一列没有读入。"]


def test_text_without_a_heading_is_told():
    reading = read(book(ANNEX_2, [*FIRST, "另有直播"]))

    assert said(reading, "C") == ["第 2 行第 9 列“另有直播”上面没有表头，没有读入。"]


def test_a_missing_column_is_told_and_read_as_empty():
    reading = read(book([*ANNEX_2[:4], *ANNEX_2[5:]], [*FIRST[:4], *FIRST[5:]]))

    assert reading.rows[0]["活动内容"] == ""
    assert [(problem.column, problem.kind) for problem in reading.problems] == [("活动内容", "C")]


def test_a_column_of_phones_joins_the_contact():
    reading = read(book([*ANNEX_2, "联系电话"], [*FIRST[:7], "张三", 13800000001]))

    assert reading.rows[0]["联系人"] == "张三 13800000001"
    assert said(reading) == ["电话单独成列，已并入“联系人”一列。"]


@pytest.mark.parametrize(
    "above, unit, filled",
    [
        ([["单位名称：闵行区知识产权联席会议办公室", None, "填表时间：2024年4月10日"]], "闵行区", "2024年4月10日"),
        ([["单位名称：闵行", None, "区知识产权联席会议办公室", "填表时间：", date(2024, 4, 10)]], "闵行区", "2024-04-10"),
        ([["单位名称：", "闵行区"], ["填表时间：", "4月10日"]], "闵行区", "4月10日"),
        ([["单位名称：闵行区知识产权联席会议办公室    填表时间：2024.4.10"]], "闵行区", "2024.4.10"),
        ([["单 位 名 称：上海市闵行区（盖章）"]], "闵行区", ""),
        ([["单位名称：__________区知识产权联席会议办公室", None, "填表时间：________"]], "", ""),
        ([["填报单位：闵行区区知识产权联席会议办公室"]], "闵行区", ""),
        ([["2024年区知识产权联席会议重点活动安排表"]], "", ""),
    ],
)
def test_the_lines_above_give_the_unit_and_the_date(above, unit, filled):
    reading = read(book(*above, ANNEX_2, FIRST))

    assert (reading.unit_name, reading.filled_on) == (unit, filled)


def test_a_city_unit_keeps_its_whole_name():
    reading = read(
        book(["单位名称：上海市公安局"], ANNEX_1, ["市公安局", "护知周", "4月24日", "外滩", "200人", "市检察院", "王五 0000xxxx"]), annex=1
    )

    assert reading.unit_name == "上海市公安局"


def test_the_date_may_stand_below_the_table():
    reading = read(book(["单位名称：闵行区"], ANNEX_2, FIRST, [], ["填表人：张三", None, "填表时间：2024年4月10日"]))

    assert reading.filled_on == "2024年4月10日"
    assert texts(reading) == [FIRST]


def test_a_merged_host_stands_for_all_of_its_rows():
    reading = read(book(ANNEX_2, FIRST, [None, *SECOND[1:]], SECOND, merges=["A2:A3"]))

    assert [values["主办单位"] for values in reading.rows] == ["区市场监管局", "区市场监管局", "七宝镇"]
    assert said(reading) == ["“主办单位”的合并单元格已填入它所跨的各行。"]


def test_an_activity_over_two_merged_rows_is_one():
    merges = [f"{letter}2:{letter}3" for letter in "ABCDEFGH"]

    reading = read(book(ANNEX_2, FIRST, [], SECOND, merges=merges))

    assert texts(reading) == [FIRST, SECOND]


def test_one_text_over_two_columns_is_told():
    reading = read(book(ANNEX_2, [*FIRST[:3], "线上直播", None, *FIRST[5:]], merges=["D2:E2"]))

    assert (reading.rows[0]["活动地点"], reading.rows[0]["活动内容"]) == ("线上直播", "")
    assert said(reading, "C") == ["第 2 行的“活动地点”与“活动内容”是合并的单元格，文字读入了“活动地点”，请核对。"]


NO_ACTIVITIES = {
    "sub-heading over the row": (["一、区级活动"], "A3:H3", ["第 3 行“一、区级活动”不是活动，没有读入。"]),
    "sub-heading in one cell": (["（二）街镇活动"], None, ["第 3 行“（二）街镇活动”不是活动，没有读入。"]),
    "sum": (["合计", None, None, None, None, None, 150], None, ["第 3 行是合计，没有读入。"]),
    "sum with blanks": ([None, "合　计", None, None, None, None, "150人"], None, ["第 3 行是合计，没有读入。"]),
    "note": (["注：活动时间以实际为准"], "A3:H3", []),
    "signatures": (["填表人：张三", None, "审核人：李四", None, "联系电话：00000000"], None, []),
    "heading again": (ANNEX_2, None, []),
    "only a printed host": (["区知识产权联席会议办公室"], None, ["第 3 行只有主办单位，没有读入。"]),
    "blanks": ([" ", "\n", "　"], None, []),
}


@pytest.mark.parametrize("values, merge, problems", NO_ACTIVITIES.values(), ids=NO_ACTIVITIES)
def test_what_is_no_activity_is_left_out(values, merge, problems):
    reading = read(book(ANNEX_2, FIRST, values, SECOND, merges=[merge] if merge else []))

    assert texts(reading) == [FIRST, SECOND]
    assert said(reading) == problems


def test_numbered_empty_template_rows_are_no_activities():
    reading = read(book(["序号", *ANNEX_2], [1, *FIRST], [2], [3], ["4."]))

    assert texts(reading) == [FIRST]
    assert said(reading) == []


def test_a_row_with_only_a_name_is_an_activity():
    reading = read(book(ANNEX_2, FIRST, [None, "待定的活动"]))

    assert reading.rows[1]["重点活动名称"] == "待定的活动"


def test_the_right_sheet_among_several_is_read():
    made = openpyxl.Workbook()
    made.active.title = "填表说明"
    made.active.append(["请按要求填写"])
    for title, headings, values in (("附件1", ANNEX_1, FIRST[:7]), ("附件2", ANNEX_2, FIRST)):
        page = made.create_sheet(title)
        page.append(headings)
        page.append(values)
    hidden = made.create_sheet("去年")
    hidden.sheet_state = "hidden"
    hidden.append(ANNEX_2)
    hidden.append(SECOND)

    two, one = read(saved(made)), read(saved(made), annex=1)

    assert (two.sheet, texts(two)) == ("附件2", [FIRST])
    assert (one.sheet, texts(one)) == ("附件1", [FIRST[:7]])
    assert said(two) == ["工作表“去年”是隐藏的，没有读入，请核对。"]


def test_a_second_filled_sheet_of_the_same_annex_is_told():
    made = openpyxl.Workbook()
    made.active.append(ANNEX_2)
    made.active.append(FIRST)
    other = made.create_sheet("七宝镇")
    other.append(ANNEX_2)
    other.append(SECOND)

    reading = read(saved(made))

    assert texts(reading) == [FIRST]
    assert said(reading, "C") == ["工作表“七宝镇”里还有一张同样的附件表，没有读入，请合并到一张表后再上传。"]


def test_a_filled_sheet_goes_before_an_empty_form():
    made = openpyxl.Workbook()
    made.active.append(ANNEX_2)
    page = made.create_sheet("填好的")
    page.append(ANNEX_2)
    page.append(FIRST)

    assert read(saved(made)).sheet == "填好的"


def test_hidden_rows_and_columns_are_read_and_told():
    made = openpyxl.Workbook()
    made.active.append(ANNEX_2)
    made.active.append(FIRST)
    made.active.row_dimensions[2].hidden = True
    made.active.column_dimensions["E"].hidden = True

    reading = read(saved(made))

    assert texts(reading) == [FIRST]
    assert said(reading, "C") == ["“活动内容”一列是隐藏的，已读入，请核对。", "第 2 行是隐藏的，已读入，请核对。"]


def test_the_other_annex_is_refused_by_name():
    with pytest.raises(Invalid, match="文件里是附件1的表格，不是附件2"):
        read(book(ANNEX_1, FIRST[:7], title="Sheet1"))
    with pytest.raises(Invalid, match="文件里是附件2的表格，不是附件1"):
        read(book(ANNEX_2, FIRST, title="Sheet1"), annex=1)


def test_the_columns_count_more_than_the_title():
    assert texts(read(book(ANNEX_1, FIRST[:7], title="附件2"), annex=1)) == [FIRST[:7]]


def test_the_title_decides_where_columns_are_missing():
    few = [0, 1, 2, 3, 6, 7]

    reading = read(book([ANNEX_2[n] for n in few], [FIRST[n] for n in few], title="附件2"))

    assert reading.rows[0]["联系人"] == FIRST[7]


def test_a_file_without_the_table_is_refused():
    with pytest.raises(Invalid, match="没有在工作表里找到附件2的表头（主办单位、重点活动名称、活动时间、活动地点……）"):
        read(book(["姓名", "电话"], ["张三", "13800000001"]))


def test_an_empty_form_is_read_and_told():
    reading = read(book(ANNEX_2))

    assert reading.rows == []
    assert said(reading, "C") == ["表头下面没有读到活动；如果本单位没有重点活动，请办理零报送。"]


@pytest.mark.parametrize(
    "value, code, seen",
    [
        (date(2024, 4, 20), "yyyy-mm-dd", "2024-04-20"),
        (datetime.combine(date(2024, 4, 20), time()), "yyyy-mm-dd h:mm:ss", "2024-04-20"),
        (datetime.combine(date(2024, 4, 20), time(14)), 'm"月"d"日" h:mm', "4月20日 14:00"),
        (date(2024, 4, 20), 'yyyy"年"m"月"d"日";@', "2024年4月20日"),
        (date(2024, 4, 20), '[$-804]m"月"d"日"aaaa', "4月20日星期六"),
        (date(2024, 4, 20), "[$-F800]dddd\\,\\ mmmm\\ dd\\,\\ yyyy", "2024年4月20日"),
        (45402, "General", "2024年4月20日"),
        ("4月20日—26日", "General", "4月20日—26日"),
    ],
)
def test_dates_are_read_as_they_were_seen(value, code, seen):
    made = openpyxl.Workbook()
    made.active.append(ANNEX_2)
    made.active.append([*FIRST[:2], value, *FIRST[3:]])
    made.active["C2"].number_format = code

    assert read(saved(made)).rows[0]["活动时间"] == seen


@pytest.mark.parametrize(
    "value, code, seen",
    [
        (200, "General", "200"),
        (200.0, "General", "200"),
        (1200, "#,##0", "1,200"),
        (1200, '#,##0"人次"', "1,200人次"),
        (200, '"约"0"人"', "约200人"),
        (13800000001, "General", "13800000001"),
        (45402, "General", "45402"),
        (0.5, "0%", "50%"),
        (True, "General", "TRUE"),
        ("００２", "@", "００２"),
        ("007", "@", "007"),
    ],
)
def test_numbers_are_read_as_they_were_seen(value, code, seen):
    made = openpyxl.Workbook()
    made.active.append(ANNEX_2)
    made.active.append([*FIRST[:6], value, FIRST[7]])
    made.active["G2"].number_format = code

    assert read(saved(made)).rows[0]["活动规模 (参与人数)"] == seen


def test_dates_count_from_1904_where_the_workbook_says_so():
    made = openpyxl.Workbook()
    made.epoch = openpyxl.utils.datetime.CALENDAR_MAC_1904
    made.active.append(ANNEX_2)
    made.active.append([*FIRST[:2], date(2024, 4, 20), *FIRST[3:]])

    assert read(saved(made)).rows[0]["活动时间"] == "2024-04-20"


def test_rich_text_is_read_whole():
    made = openpyxl.Workbook()
    made.active.append(ANNEX_2)
    made.active.append(FIRST)
    made.active["B2"] = CellRichText("知识产权", TextBlock(InlineFont(b=True), "进商圈"), "（第二场）")

    assert read(saved(made)).rows[0]["重点活动名称"] == "知识产权进商圈（第二场）"


def by_hand(*cells, strings=None, **words):
    heads = [text(f"{letter}1", label) for letter, label in zip("ABCDEFGH", ANNEX_2, strict=True)]
    return xlsx(sheet(row(1, *heads) + row(2, text("B2", "活动"), *cells), **words), strings=strings, styles=["yyyy/m/d"])


@pytest.mark.parametrize(
    "cell, label, seen, problem",
    [
        ('<c r="D2" t="s"><v>0</v></c>', "活动地点", "图书馆", None),
        ('<c r="D2" t="s"><v>1</v></c>', "活动地点", "上海图书馆", None),
        ('<c r="D2" t="str"><f>A1&amp;"x"</f><v>东馆</v></c>', "活动地点", "东馆", "是公式，读入的是保存时的结果“东馆”"),
        ('<c r="D2"><f>1+1</f></c>', "活动地点", "", "文件里没有保存它的结果"),
        ('<c r="D2" t="e"><v>#REF!</v></c>', "活动地点", "#REF!", "出错的公式（#REF!）"),
        ('<c r="C2" t="d"><v>2024-04-20T00:00:00</v></c>', "活动时间", "2024-04-20", None),
        ('<c r="C2" t="d"><v>2024-04-20T09:30:00</v></c>', "活动时间", "2024-04-20 09:30", None),
        (text("D2", "一楼_x000D_\n中庭"), "活动地点", "一楼\n中庭", None),
        (text("D2", "𠮷祥_x005F_x000D_"), "活动地点", "𠮷祥_x000D_", None),
        (text("D2", "零宽\u200b空格\u202e"), "活动地点", "零宽空格", "看不见的控制字符"),
        (text("D2", "长" * 4001), "活动地点", "长" * 4001, "有 4001 字，超过 4000 字"),
        (number("C2", "45402", style=1), "活动时间", "2024/4/20", None),
        (number("G2", "1E2"), "活动规模 (参与人数)", "100", None),
        (number("G2", "99", style=77), "活动规模 (参与人数)", "99", None),
    ],
)
def test_a_cell_that_only_other_programs_write_is_read(cell, label, seen, problem):
    strings = ["<t>图书馆</t>", "<r><t>上海</t></r><r><rPr><b/></rPr><t>图书馆</t></r><rPh sb='0' eb='1'><t>shang</t></rPh>"]

    reading = read(by_hand(cell, strings=strings))

    assert reading.rows[0][label] == seen
    assert all(problem and problem in message for message in said(reading))
    assert bool(said(reading)) == bool(problem)


def test_a_wrong_dimension_changes_nothing():
    reading = read(by_hand(text("D2", "图书馆"), before='<dimension ref="A1"/>'))

    assert reading.rows[0]["活动地点"] == "图书馆"


def test_cells_and_rows_without_references_are_counted():
    heads = "".join(f'<c t="inlineStr"><is><t>{label}</t></is></c>' for label in ANNEX_2)
    cells = "".join(f'<c t="inlineStr"><is><t>{value}</t></is></c>' for value in FIRST)

    reading = read(xlsx(sheet(f"<row>{heads}</row><row>{cells}</row>")))

    assert texts(reading) == [FIRST]


def test_2000_rows_are_read():
    reading = read(book(ANNEX_2, *[[*FIRST[:1], f"活动{n}", *FIRST[2:]] for n in range(1999)]))

    assert [values["重点活动名称"] for values in reading.rows] == [f"活动{n}" for n in range(1999)]
