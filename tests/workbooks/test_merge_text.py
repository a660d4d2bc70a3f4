"""Whatever people typed stands in the file as they typed it, and never as a formula."""

import re

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ipweek.workbooks.layout import AnnexSheet
from ipweek.workbooks.stream import clean
from tests.make import ANNEX_1

from .official import city, opened, part, through_libreoffice, written

FORMULAS = (
    "=1+1",
    "+86 21 55550001",
    "-3",
    "@SUM(A1)",
    "＝1+1",
    "＋1",
    "－1",
    "＠甲",
    "\t=1",
    " =1",
    "'甲",
    '=HYPERLINK("http://x.invalid","点这里")',
)
RARE = "𠮷㐂䶮𬭎\ue000鿿々〇"
AWKWARD = ("007", "1e5", "TRUE", "#N/A", "_x000D_", "甲_x0041_乙", "_x005F_", "a<b&c>d", '"引"', "  前后  ", "甲\n\n乙", RARE, "‘’“”—…·")
CELL = st.one_of(
    st.text(st.sampled_from("=+-@＝＋－＠'_xX0DA甲乙１，。 \n\t\u3000<>&\"" + RARE), max_size=40),
    st.text(max_size=60),
    st.sampled_from((*FORMULAS, *AWKWARD)),
    st.text(st.sampled_from("活动内容，与 ABC-1"), min_size=240, max_size=900),
)


def rows_of(data, first=5):
    sheet = opened(data)["附件1"]
    return [tuple(cell.value or "" for cell in row) for row in sheet.iter_rows(min_row=first) if any(cell.value for cell in row)]


def first_row(data):
    return [cell.value or "" for cell in opened(data)["附件1"][5]]


@given(st.lists(st.lists(CELL, min_size=6, max_size=6), min_size=1, max_size=12))
@settings(deadline=None, max_examples=50)
def test_every_cell_reads_back_as_typed_and_none_is_a_formula(tables):
    rows = [(f"第{number}行", *texts) for number, texts in enumerate(tables)]

    data = written(AnnexSheet(ANNEX_1, [city(*rows)]))

    assert rows_of(data) == [tuple(map(clean, row)) for row in rows]
    assert not re.search(r"<f[ >/]", part(data, "xl/worksheets/sheet1.xml"))


@pytest.mark.parametrize("text", FORMULAS)
def test_what_looks_like_a_formula_is_text_and_stays_text_when_edited(text):
    cell = opened(written(AnnexSheet(ANNEX_1, [city(("市商务委", text, "", "", "", "", ""))])))["附件1"]["B5"]

    assert (cell.value, cell.data_type, bool(cell.quotePrefix), cell.number_format) == (text, "s", True, "@")


def test_plain_text_carries_no_prefix():
    cell = opened(written(AnnexSheet(ANNEX_1, [city(("市商务委", "4月20日", "", "", "", "", ""))])))["附件1"]["B5"]

    assert not cell.quotePrefix


@pytest.mark.parametrize("text", ["\x00甲\x0b", "甲\ud800", "\ufffe甲\uffff", "甲\x1f\x7f"])
def test_what_xml_cannot_hold_never_stops_the_merge(text):
    assert "甲" in first_row(written(AnnexSheet(ANNEX_1, [city((text, "乙", "", "", "", "", ""))])))[0]


def test_line_breaks_of_any_system_are_one():
    assert first_row(written(AnnexSheet(ANNEX_1, [city(("甲\r\n乙\r丙", *[""] * 6))])))[0] == "甲\n乙\n丙"


def test_a_text_beyond_excels_limit_says_that_it_goes_on():
    text = first_row(written(AnnexSheet(ANNEX_1, [city(("甲" * 40_000, *[""] * 6))])))[0]

    assert len(text) <= 32_767
    assert text.endswith("（文字过长，未完）")


def test_an_empty_cell_is_empty_and_boxed():
    cell = opened(written(AnnexSheet(ANNEX_1, [city(("甲", *[""] * 6))])))["附件1"]["B5"]

    assert cell.value is None
    assert cell.border.top.style == "thin"


def test_a_units_name_that_looks_like_a_formula_is_text():
    data = written(AnnexSheet(ANNEX_1, [city(unit="=1+1 <&>")]))

    assert opened(data)["附件1"]["A4"].value == "单位名称：=1+1 <&>"


def test_libreoffice_reads_the_same_text(tmp_path):
    texts = [text for text in (*FORMULAS, *AWKWARD) if "x005F_" not in text]  # in LibreOffice's files openpyxl drops these letters
    rows = [(text, "乙", *[""] * 5) for text in texts]

    theirs = openpyxl.load_workbook(through_libreoffice(written(AnnexSheet(ANNEX_1, [city(*rows)])), tmp_path))["附件1"]

    assert [theirs.cell(row, 1).value for row in range(5, 5 + len(texts))] == texts
    assert {theirs.cell(row, 1).data_type for row in range(5, 5 + len(texts))} == {"s"}
