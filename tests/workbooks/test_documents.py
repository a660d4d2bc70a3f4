"""Word documents: the official page and faces, and nothing that was typed lost or changed."""

import re
from datetime import date
from io import BytesIO

import docx
import pytest
from docx.enum.section import WD_ORIENT
from docx.shared import Mm, Pt
from hypothesis import given, settings
from hypothesis import strategies as st

from ipweek.reporting.summary_draft import FIGURES
from ipweek.workbooks.documents import activity_list, annexes, summaries
from ipweek.workbooks.documents.summaries import Merged
from ipweek.workbooks.layout import AnnexSheet, Band
from ipweek.workbooks.overview import Entry
from ipweek.workbooks.reading import table_reader
from tests.make import ANNEX_1, ANNEX_2

from .official import CITY, COVER, DISTRICT, MADE_AT, city, district, part

KEYS = [column.key for column in ANNEX_2.columns]
WEEK = (date(2024, 4, 20), date(2024, 4, 26))


def written(*sheets, cover=None, mark=""):
    into = BytesIO()
    annexes.write(into, sheets, title="汇总表", made_at=MADE_AT, cover=cover, mark=mark)
    return into.getvalue()


def opened(data):
    return docx.Document(BytesIO(data))


def entry(number=1, day=date(2024, 4, 22), unit="闵行区", annex=2, **values):
    return Entry(number, unit, annex, {**dict(zip(KEYS, DISTRICT, strict=True)), **values}, day, day, 100)


def paragraphs(entries, **more):
    into = BytesIO()
    activity_list.write(into, "主要活动", entries, week=WEEK, made_at=MADE_AT, **more)
    return [each.text for each in opened(into.getvalue()).paragraphs if each.text]


def summary(short="闵行区", text="各项活动顺利。", **more):
    figures = {"events": 3, "people": 500, "media": None, "materials": None}
    return {"unit": {"slug": short, "name": short, "short": short}, "text": text, "figures": figures, "planned": [], "added": [], **more}


def test_pages_are_those_of_the_standard():
    document = opened(written(AnnexSheet(ANNEX_1, [city(CITY)]), cover=COVER))

    upright, lying = document.sections
    assert (upright.page_width, upright.page_height) == (pytest.approx(Mm(210), abs=9000), pytest.approx(Mm(297), abs=9000))
    margins = [upright.top_margin, upright.right_margin, upright.bottom_margin, upright.left_margin]
    assert [round(each.mm) for each in margins] == [37, 26, 35, 28]
    assert lying.orientation == WD_ORIENT.LANDSCAPE
    assert lying.page_width.mm - lying.left_margin.mm - lying.right_margin.mm == pytest.approx(225, abs=0.2)
    assert lying.page_height.mm - lying.top_margin.mm - lying.bottom_margin.mm == pytest.approx(156, abs=0.2)


def test_faces_are_named_for_chinese_and_for_latin_letters_apart():
    styles = part(written(AnnexSheet(ANNEX_1, [])), "word/styles.xml")

    for style, face, size in (
        ("GwTitle", "方正小标宋简体", 44),
        ("GwText", "仿宋_GB2312", 32),
        ("GwFirst", "黑体", 32),
        ("GwBand", "楷体_GB2312", 21),
    ):
        found = re.search(rf'w:styleId="{style}">.*?</w:style>', styles, re.DOTALL)[0]
        assert f'w:eastAsia="{face}"' in found
        assert 'w:ascii="Times New Roman"' in found
        assert f'<w:sz w:val="{size}"/>' in found
    assert "asciiTheme" not in re.search(r"<w:docDefaults>.*?</w:docDefaults>", styles, re.DOTALL)[0]


def test_quotes_and_dashes_are_chinese_ones():
    body = part(written(AnnexSheet(ANNEX_1, [city(("“局”", *CITY[1:]))])), "word/document.xml")

    assert re.search(r'w:hint="eastAsia"/></w:rPr><w:t xml:space="preserve">“局”', body)


def test_page_numbers_stand_between_dashes_right_on_odd_pages_and_left_on_even_ones():
    data = written(AnnexSheet(ANNEX_1, [city(CITY)]))
    document = opened(data)

    section = document.sections[0]
    for footer, side in ((section.footer, "right"), (section.even_page_footer, "left")):
        xml = footer.paragraphs[0]._element.xml
        assert footer.paragraphs[0].text.strip() == "— 1 —"
        assert "PAGE" in xml
        assert f'<w:jc w:val="{side}"/>' in xml
    assert document.settings.odd_and_even_pages_header_footer


def test_the_heading_row_comes_again_on_every_page_and_a_band_stays_with_its_rows():
    table = opened(written(AnnexSheet(ANNEX_2, [district(DISTRICT)]))).tables[0]

    heading, band, row = (each._tr.xml for each in table.rows)
    assert "<w:tblHeader/>" in heading
    assert "<w:tblHeader/>" not in row
    assert "w:gridSpan" in band
    assert all("<w:cantSplit/>" in each for each in (heading, band, row))
    assert [cell.text for cell in table.rows[0].cells] == [column.label for column in ANNEX_2.columns]


def test_a_row_that_fits_on_no_page_may_be_torn():
    long = (*DISTRICT[:4], "现场讲解商标保护。" * 400, *DISTRICT[5:])
    table = opened(written(AnnexSheet(ANNEX_2, [district(long)]))).tables[0]

    assert "cantSplit" not in table.rows[2]._tr.xml


@pytest.mark.parametrize("mark", ["未定稿", "未发布"])
def test_a_mark_stands_on_every_page(mark):
    section = opened(written(AnnexSheet(ANNEX_1, []), mark=mark)).sections[0]

    assert [section.header.paragraphs[0].text, section.even_page_header.paragraphs[0].text] == [mark, mark]
    assert not opened(written(AnnexSheet(ANNEX_1, []))).sections[0].header.paragraphs[0].text


def test_nil_returns_and_empty_annexes_say_so():
    whole = opened(written(AnnexSheet(ANNEX_2, [Band("x", (), (), nil_return=True)], single=True), AnnexSheet(ANNEX_1, [])))

    assert "零报送" in whole.tables[0].rows[1].cells[0].text
    assert "暂无" in whole.tables[1].rows[1].cells[0].text


def test_a_title_too_long_for_its_line_is_parted_before_its_bracket():
    titles = [
        each.text for each in opened(written(AnnexSheet(ANNEX_1, []), AnnexSheet(ANNEX_2, []))).paragraphs if each.style.name == "公文标题"
    ]

    assert titles == ["2024年市知识产权联席会议各成员单位重点活动安排表\n（市级层面）", ANNEX_2.title]


def test_the_same_facts_give_the_same_bytes_and_name_nobody():
    data = written(AnnexSheet(ANNEX_1, [city(CITY)]), cover=COVER)

    assert data == written(AnnexSheet(ANNEX_1, [city(CITY)]), cover=COVER)
    properties = opened(data).core_properties
    assert (properties.author, properties.last_modified_by, properties.comments) == ("ipweek", "ipweek", "")


text = st.text(
    st.characters(exclude_categories=["Cs", "Cc", "Cf", "Zl", "Zp", "Zs"], exclude_characters="\ufffe\uffff")
    | st.sampled_from("𠮷㐂䶮𬭎<&>\"'=\n"),
    max_size=60,
).map(lambda said: "\n".join(line.strip() for line in said.split("\n") if line.strip()))


@given(
    rows=st.lists(st.tuples(*[text] * 8).filter(lambda row: row[1] and row[2] and not row[0].startswith("附件")), min_size=1, max_size=5)
)
@settings(max_examples=60, deadline=None)
def test_what_is_written_is_read_again(rows):
    plain = [("主" + row[0], *row[1:]) for row in rows]
    data = written(AnnexSheet(ANNEX_2, [district(*plain)], single=True))

    reading = table_reader.read_table(data, "表.docx", 2)

    assert [tuple(row.values()) for row in reading.rows] == plain
    assert (reading.unit_name, reading.filled_on) == ("闵行区", "2024年4月10日")


def test_activities_stand_by_time_numbered_with_their_unit():
    said = paragraphs(
        [
            entry(1, date(2024, 4, 25), event_name="后"),
            entry(2, None, event_name="待定"),
            entry(3, event_name="先。", host="闵行区"),
            entry(4, unit="市商务委", annex=1),
        ]
    )

    assert said[:2] == ["主要活动", "（2024年4月20日至26日）"]
    assert [line[:4] for line in said if re.match(r"\d", line)] == ["1.知识", "2.先。", "3.后。", "4.待定"]
    assert [line for line in said if "、" in line[:2]] == ["一、市级层面", "二、区级层面"]
    assert said[5] == "2.先。4月22日14:00，七宝万科广场一楼中庭。现场讲解商标保护，发放折页。出席范围：商户和市民。规模：100人。（闵行区）"
    assert said[6].endswith("规模：100人。主办：闵行区市场监督管理局。（闵行区）")


def test_the_list_holds_no_contacts_and_says_when_there_is_nothing():
    assert "5555" not in "".join(paragraphs([entry()]))
    assert paragraphs([])[-1] == "暂无活动。"


def test_a_column_that_only_this_notice_has_is_said_by_its_label():
    assert "直播链接：有。" in paragraphs([entry(col_1="有")], forms={2: {"col_1": "直播链接"}})[2]


def test_summaries_are_added_up_and_each_is_told():
    planned = [
        {"how": "held", "event_name": "甲", "when": ""},
        {"how": "moved", "event_name": "乙", "when": "5月8日"},
        {"how": "cancelled", "event_name": "丙", "when": ""},
    ]
    one = summary("徐汇区", "第一段\n\n第二段", planned=planned, added=[{"event_name": "进校园", "people": "50人"}])
    merged = Merged("总结汇编", FIGURES, [summary(), one], [("静安区", "填报中")])
    into = BytesIO()

    summaries.write(into, merged, made_at=MADE_AT)

    document = opened(into.getvalue())
    said = "\n".join(each.text for each in document.paragraphs)
    assert summaries.totals(merged) == {"events": 6, "people": 1000, "media": 0, "materials": 0}
    assert "举办活动共 6 场，参与人数共 1000 人次" in said
    assert "原定活动 3 项，其中已举办 1 项，改期举办 1 项，取消 1 项；另外增加活动 1 项" in said
    assert "未列入的单位 1 个：静安区（填报中）" in said
    assert "乙（改期举办，实际时间 5月8日）；丙（取消）" in said
    assert "进校园（50人）" in said
    assert "第一段\n第二段" in said
    assert [cell.text for cell in document.tables[0].rows[-1].cells] == ["合计", "6", "1000", "0", "0"]
    assert [cell.text for cell in document.tables[0].rows[1].cells] == ["闵行区", "3", "500", "—", "—"]


@pytest.mark.parametrize(
    "number, said", [(1, "一"), (10, "十"), (12, "十二"), (20, "二十"), (57, "五十七"), (100, "一百"), (103, "一百零三"), (110, "一百一十")]
)
def test_numbers_of_units_are_chinese(number, said):
    assert summaries.numeral(number) == said


def test_lines_are_those_of_the_standard():
    style = opened(written(AnnexSheet(ANNEX_1, []))).styles["公文正文"]

    assert style.paragraph_format.line_spacing == Pt(29)
    assert style.paragraph_format.first_line_indent == Pt(32)
