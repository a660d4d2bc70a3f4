"""Annex tables as people send them in .docx: by python-docx, and by hand for what it cannot write."""

import io

import docx
import pytest

from ipweek.errors import Invalid
from ipweek.workbooks.reading.table_reader import FORMS, read_table
from tests.files import packages

ANNEX_1 = [column.label for column in FORMS[1].columns]
ANNEX_2 = [column.label for column in FORMS[2].columns]
FIRST = ["区市场监管局", "知识产权进商圈", "4月22日", "七宝万科广场", "讲解商标保护", "商户", "100人", "张三 13800000001"]
SECOND = ["七宝镇", "版权故事会", "4月23日下午", "文化中心", "讲故事", "亲子家庭", "约50人", "李四 13800000002"]


def read(data, annex=2):
    return read_table(data, "附件.docx", annex)


def texts(reading):
    return [list(values.values()) for values in reading.rows]


def said(reading, kind=None):
    return [problem.message for problem in reading.problems if kind in (None, problem.kind)]


def document(*blocks):
    """A document of paragraphs (texts) and tables (lists of rows)."""
    made = docx.Document()
    for block in blocks:
        if isinstance(block, str):
            made.add_paragraph(block)
        else:
            fill(made.add_table(len(block), max(map(len, block))), block)
    return made


def fill(table, rows):
    for at, values in enumerate(rows):
        for place, value in enumerate(values):
            table.cell(at, place).text = value


def saved(made):
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def p(*runs):
    return f"<w:p>{''.join(run if run.startswith('<') else f'<w:r><w:t>{run}</w:t></w:r>' for run in runs)}</w:p>"


def tc(*content, properties=""):
    inside = "".join(each if each.startswith(("<w:p", "<w:tbl", "<w:sdt")) else p(each) for each in content) or "<w:p/>"
    return f"<w:tc>{f'<w:tcPr>{properties}</w:tcPr>' if properties else ''}{inside}</w:tc>"


def tr(*cells, properties=""):
    inside = "".join(cell if cell.startswith("<w:") else tc(cell) for cell in cells)
    return f"<w:tr>{f'<w:trPr>{properties}</w:trPr>' if properties else ''}{inside}</w:tr>"


def by_hand(*rows, before="", after=""):
    return packages.docx(f"{before}<w:tbl>{tr(*ANNEX_2)}{''.join(rows)}</w:tbl>{after}<w:p/>")


def test_the_table_of_the_notice_is_read():
    made = document(
        "附件 2", "2024 年区知识产权联席会议重点活动安排表（区级层面）", "单位名称：闵行", "区知识产权联席会议办公室", "填表时间：4月10日"
    )
    fill(made.add_table(3, 8), [ANNEX_2, FIRST, SECOND])

    reading = read(saved(made))

    assert list(reading.rows[0]) == ANNEX_2
    assert texts(reading) == [FIRST, SECOND]
    assert (reading.unit_name, reading.filled_on) == ("闵行区", "4月10日")
    assert (reading.sheet, reading.header_row, reading.row_numbers) == ("第 1 个表格", 1, [2, 3])
    assert said(reading) == []


def test_both_annexes_in_one_file_are_told_apart():
    made = document(
        "附件 1",
        "单位名称：上海市公安局",
        [ANNEX_1, ["市公安局", "护知周", "4月24日", "外滩", "200人", "市检察院", "王五"]],
        "附件 2",
        "单位名称：闵行区",
        "填表时间：4月10日",
        [ANNEX_2, FIRST],
    )

    one, two = read(saved(made), 1), read(saved(made), 2)

    assert (texts(one)[0][1], one.unit_name, one.filled_on) == ("护知周", "上海市公安局", "")
    assert (texts(two), two.unit_name, two.filled_on) == ([FIRST], "闵行区", "4月10日")


def test_an_unfilled_annex_takes_nothing_from_the_next_one():
    made = document("附件 1", "单位名称：", [ANNEX_1], "附件 2", "单位名称：闵行区", "填表时间：4月10日", [ANNEX_2, FIRST])

    reading = read(saved(made), 1)

    assert (reading.rows, reading.unit_name, reading.filled_on) == ([], "", "")


def test_headings_over_two_rows_and_a_merged_host():
    made = document([[*ANNEX_2[:6], "活动规模", "联系人"], [""] * 6 + ["(参与人数)"], FIRST, ["", *SECOND[1:]]])
    table = made.tables[0]
    for column in (0, 1, 2, 3, 4, 5, 7):
        table.cell(0, column).merge(table.cell(1, column))
    table.cell(2, 0).merge(table.cell(3, 0))

    reading = read(saved(made))

    assert texts(reading) == [FIRST, [FIRST[0], *SECOND[1:]]]
    assert said(reading) == ["“主办单位”的合并单元格已填入它所跨的各行。"]


def test_the_lines_of_a_cell_stay_lines():
    made = document([ANNEX_2, FIRST])
    made.tables[0].cell(1, 4).text = "第一场\n第二场"
    made.tables[0].cell(1, 4).add_paragraph("第三场")
    made.tables[0].cell(1, 4).add_paragraph("")

    assert read(saved(made)).rows[0]["活动内容"] == "第一场\n第二场\n第三场"


@pytest.mark.parametrize("second", [[ANNEX_2, SECOND], [SECOND]], ids=["heading again", "no heading"])
def test_a_table_split_in_two_is_read_on(second):
    reading = read(saved(document([ANNEX_2, FIRST], "", second)))

    assert texts(reading) == [FIRST, SECOND]
    assert reading.row_numbers == ([2, 4] if len(second) > 1 else [2, 3])


def test_a_table_after_other_words_is_not_read_on():
    reading = read(saved(document([ANNEX_2, FIRST], "以下为去年情况", [SECOND])))

    assert texts(reading) == [FIRST]


def test_a_heading_repeated_within_the_table_is_no_activity():
    assert texts(read(saved(document([ANNEX_2, FIRST, ANNEX_2, SECOND])))) == [FIRST, SECOND]


def test_a_table_in_a_cell_is_read_as_lines():
    inner = f"<w:tbl>{tr('上午', '开幕')}{tr('下午', '论坛')}</w:tbl><w:p/>"
    cells = [*FIRST[:4], tc("两场：", inner), *FIRST[5:]]

    assert read(by_hand(tr(*cells))).rows[0]["活动内容"] == "两场：\n上午 开幕\n下午 论坛"


def test_the_annex_within_a_frame_of_one_cell_is_found():
    inner = f"<w:tbl>{tr(*ANNEX_2)}{tr(*FIRST)}</w:tbl><w:p/>"

    reading = read(packages.docx(f"<w:tbl>{tr(tc(p('单位名称：闵行区'), inner))}</w:tbl><w:p/>"))

    assert texts(reading) == [FIRST]
    assert reading.unit_name == "闵行区"


def test_tracked_changes_count_as_accepted_and_are_told():
    tracked = p(
        "4月", '<w:del w:id="1"><w:r><w:delText>21</w:delText></w:r></w:del>', '<w:ins w:id="2"><w:r><w:t>22</w:t></w:r></w:ins>', "日"
    )
    kept = tr(*FIRST[:2], tc(tracked), *FIRST[3:])
    gone = tr(*SECOND, properties='<w:del w:id="3"/>')
    new = tr(*SECOND[:1], "新增的活动", *SECOND[2:], properties='<w:ins w:id="4"/>')

    reading = read(by_hand(kept, gone, new))

    assert texts(reading) == [FIRST, [SECOND[0], "新增的活动", *SECOND[2:]]]
    assert said(reading) == ["文件带有修订标记，已按接受全部修订后的内容读入，请核对。"]


def test_a_deleted_end_of_paragraph_joins_its_lines():
    first = '<w:p><w:pPr><w:rPr><w:del w:id="1"/></w:rPr></w:pPr><w:r><w:t>讲解</w:t></w:r></w:p>'

    assert read(by_hand(tr(*FIRST[:4], tc(first, p("商标保护")), *FIRST[5:]))).rows[0]["活动内容"] == "讲解商标保护"


def test_hidden_text_is_left_out_and_told():
    hidden = p("<w:r><w:rPr><w:vanish/></w:rPr><w:t>内部</w:t></w:r>", "七宝万科广场")

    reading = read(by_hand(tr(*FIRST[:3], tc(hidden), *FIRST[4:])))

    assert texts(reading) == [FIRST]
    assert said(reading) == ["文件带有隐藏文字，没有读入，请核对。"]


def test_the_unit_may_stand_in_a_text_box():
    box = (
        "<w:p><w:r><mc:AlternateContent xmlns:mc='m'><mc:Choice><w:drawing><w:txbxContent>{0}</w:txbxContent></w:drawing></mc:Choice>"
        "<mc:Fallback><w:pict><w:txbxContent>{0}</w:txbxContent></w:pict></mc:Fallback></mc:AlternateContent></w:r></w:p>"
    ).format(p("单位名称：闵行区"))

    assert read(by_hand(tr(*FIRST), before=box)).unit_name == "闵行区"


def test_content_controls_are_seen_through_and_their_prompts_are_not():
    filled = "<w:sdt><w:sdtContent>" + p("七宝万科广场") + "</w:sdtContent></w:sdt>"
    prompt = p("<w:sdt><w:sdtPr><w:showingPlcHdr/></w:sdtPr><w:sdtContent><w:r><w:t>单击此处输入</w:t></w:r></w:sdtContent></w:sdt>")

    reading = read(by_hand(tr(*FIRST[:3], tc(filled), tc(prompt), *FIRST[5:])))

    assert (reading.rows[0]["活动地点"], reading.rows[0]["活动内容"]) == ("七宝万科广场", "")


def test_a_span_over_the_row_is_a_sub_heading():
    heading = tr(tc("一、区级活动", properties='<w:gridSpan w:val="8"/>'))

    reading = read(by_hand(heading, tr(*FIRST)))

    assert texts(reading) == [FIRST]
    assert said(reading) == ["第 2 行“一、区级活动”不是活动，没有读入。"]


def test_columns_stay_in_place_behind_a_span_and_a_gap():
    spanned = tr(*FIRST[:3], tc("线上", properties='<w:gridSpan w:val="2"/>'), *FIRST[5:])
    shifted = tr(*SECOND[1:], properties='<w:gridBefore w:val="1"/>')

    reading = read(by_hand(spanned, shifted))

    assert texts(reading) == [[*FIRST[:3], "线上", "", *FIRST[5:]], ["", *SECOND[1:]]]


def test_a_document_without_the_table_is_refused():
    with pytest.raises(Invalid, match="没有在表格里找到附件2的表头"):
        read(saved(document("工作总结", [["姓名", "电话"], ["张三", "0000"]])))


def test_the_other_annex_is_refused_by_name():
    with pytest.raises(Invalid, match="文件里是附件1的表格，不是附件2"):
        read(saved(document([ANNEX_1, FIRST[:7]])))
