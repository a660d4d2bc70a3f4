"""The official look: what stands where, in which face, and that nobody's text is cut."""

import os
import re
import subprocess
import sys
import xml.etree.ElementTree as ET
import zipfile
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest
from openpyxl.cell import MergedCell

from ipweek.notice import schema
from ipweek.workbooks import heights, layout
from ipweek.workbooks.layout import AnnexSheet
from tests.make import ANNEX_1, ANNEX_2

from .official import CITY, DISTRICT, city, district, merged, opened, part, through_libreoffice, without_heights, written

GOLDEN = Path(__file__).with_name("official_layout.xml")
LONG = "邀请法官、律师结合典型案例讲解电商领域知识产权保护要点，组织现场咨询；设置商标、专利、版权咨询台。"


def normalised(data):
    """The parts that make up the look, one element a line."""
    names = ["xl/workbook.xml", "xl/styles.xml", *(f"xl/worksheets/sheet{number}.xml" for number in (1, 2, 3))]
    said = []
    for name in names:
        root = ET.fromstring(ET.canonicalize(part(data, name)))
        ET.indent(root)
        said.append(f"<!-- {name} -->\n{ET.tostring(root, 'unicode')}")
    return "\n".join(said) + "\n"


def test_the_layout_is_the_one_that_was_looked_at():
    now = normalised(merged(mark="未定稿"))

    if os.environ.get("UPDATE_GOLDEN"):  # after looking at the rendered file
        GOLDEN.write_text(now, "utf-8")
    assert now == GOLDEN.read_text("utf-8")


def test_an_annex_begins_with_its_mark_its_title_and_the_headings_to_the_letter():
    sheet = opened(merged())["附件2"]

    assert sheet["A1"].value == "附件2"
    assert (sheet["A1"].font.name, sheet["A1"].font.sz) == ("黑体", 16)
    assert sheet["A2"].value == "2024年区知识产权联席会议重点活动安排表（区级层面）"
    assert (sheet["A2"].font.name, sheet["A2"].font.sz, sheet["A2"].alignment.horizontal) == ("方正小标宋简体", 22, "center")
    assert [cell.value for cell in sheet[3]] == [column.label for column in ANNEX_2.columns]
    assert {cell.font.name for cell in sheet[3]} == {"黑体"}
    assert sheet["A4"].value == "单位名称：闵行区知识产权联席会议办公室　　填表时间：2024年4月10日"
    assert tuple(cell.value for cell in sheet[5]) == DISTRICT
    assert {cell.font.name for cell in sheet[5]} == {"仿宋_GB2312"}
    assert {str(area) for area in sheet.merged_cells.ranges} == {"A1:H1", "A2:H2", "A4:H4"}


@pytest.mark.parametrize("name, last", [("附件1", "G"), ("附件2", "H")])
def test_every_cell_of_the_table_is_boxed_wrapped_and_text(name, last):
    sheet = opened(merged())[name]

    cells = [cell for row in sheet[f"A3:{last}5"] for cell in row if not isinstance(cell, MergedCell)]

    assert all(cell.border.left.style == cell.border.bottom.style == "thin" for cell in cells)
    assert all(cell.alignment.wrap_text and cell.number_format == "@" for cell in cells)


@pytest.mark.parametrize("name, heading", [("附件1", 3), ("附件2", 3)])
def test_it_prints_on_a4_across_with_the_headings_on_each_page_and_numbered_pages(name, heading):
    sheet = opened(merged())[name]

    assert (sheet.page_setup.paperSize, sheet.page_setup.orientation) == (9, "landscape")
    assert (sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight, sheet.sheet_properties.pageSetUpPr.fitToPage) == (1, 0, True)
    assert sheet.print_title_rows == f"${heading}:${heading}"
    assert sheet.freeze_panes == f"A{heading + 1}"
    assert sheet.oddFooter.center.text == "第 &P 页 共 &N 页"
    assert sum(sheet.column_dimensions[cell.column_letter].width for cell in sheet[heading]) * 6 == pytest.approx(layout.PAGE_WIDTH, abs=1)


def test_a_units_own_table_has_its_name_above_the_headings_as_the_notice_prints_it():
    sheet = opened(written(AnnexSheet(ANNEX_2, [district(DISTRICT)], single=True)))["附件2"]

    assert sheet["A3"].value == "单位名称：闵行区知识产权联席会议办公室　　填表时间：2024年4月10日"
    assert [cell.value for cell in sheet[4]] == [column.label for column in ANNEX_2.columns]
    assert tuple(cell.value for cell in sheet[5]) == DISTRICT
    assert sheet.max_row == 5


def test_a_nil_return_says_so_in_the_units_own_table():
    sheet = opened(written(AnnexSheet(ANNEX_2, [district(nil_return=True)], single=True)))["附件2"]

    assert sheet["A5"].value == "本单位无重点活动（零报送）"


def test_an_annex_without_any_activity_says_so():
    assert opened(written(AnnexSheet(ANNEX_1, [])))["附件1"]["A4"].value == "（暂无已汇总的活动）"


def test_a_draft_is_marked_on_every_sheet_and_every_page():
    workbook = opened(merged(mark="未定稿"))

    assert workbook["附件1"]["F1"].value == workbook["附件2"]["G1"].value == "未定稿"
    assert workbook["附件1"].oddFooter.left.text == "未定稿"


def test_units_stand_in_the_order_they_are_handed_in():
    sheet = opened(written(AnnexSheet(ANNEX_1, [city(CITY, unit="乙"), city(CITY, CITY, unit="甲")])))["附件1"]

    bands = [row[0].value for row in sheet.iter_rows(min_row=4) if str(row[0].value).startswith("单位名称")]

    assert bands == ["单位名称：乙", "单位名称：甲"]


def test_the_same_facts_give_the_same_bytes_in_every_process():
    script = "import sys; from tests.workbooks.official import merged; sys.stdout.buffer.write(merged())"
    root = Path(__file__).parents[2]

    files = {
        subprocess.run(
            [sys.executable, "-c", script], cwd=root, env={**os.environ, "PYTHONHASHSEED": seed}, capture_output=True, check=True
        ).stdout
        for seed in ("1", "2")
    }

    assert files == {merged()}


def test_the_file_bears_the_moment_it_was_made_at():
    properties = opened(merged()).properties

    assert properties.created == properties.modified
    assert f"{properties.created:%Y-%m-%d %H:%M}" == "2024-04-15 02:32"


# ---- heights -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text, room, count",
    [
        ("", 5, 1),
        ("一二三四五", 5, 1),
        ("一二三四五六", 5, 2),
        ("一\n二\n三", 5, 3),
        ("一二三四五六\n七", 5, 3),
        ("一二三四五。", 5, 2),  # the full stop takes 五 with it
        ("13800000001", 6.5, 1),
        ("张三 13800000001", 7, 2),
        ("about patents", 4, 2),
        ("unbelievable", 3, 3),  # a word longer than the line is cut
        ("（）" * 8, 5, 4),
        ("𠮷" * 6, 5, 2),
    ],
)
def test_lines_are_counted_as_a_renderer_breaks_them(text, room, count):
    assert heights.lines(text, room) == count


def test_the_highest_cell_makes_the_row():
    assert heights.most_lines(["一二三四五六", "甲\n乙\n丙\n丁", LONG], [3, 9, 30]) == 4


def test_text_that_excels_highest_row_cannot_hold_gets_smaller():
    sheet = opened(written(AnnexSheet(ANNEX_2, [district((*DISTRICT[:4], LONG * 10, *DISTRICT[5:]))])))["附件2"]

    assert sheet["E5"].font.sz == 9
    assert sheet.row_dimensions[5].height <= 409
    assert sheet.max_row == 5


def test_text_longer_still_goes_over_several_merged_rows_and_stays_one_cell():
    text = (LONG * 100)[:4000]
    sheet = opened(written(AnnexSheet(ANNEX_2, [district((*DISTRICT[:4], text, *DISTRICT[5:]), DISTRICT)])))["附件2"]

    area = next(area for area in sheet.merged_cells.ranges if area.coord.startswith("E5"))
    shown = [sheet.row_dimensions[row].height for row in range(area.min_row, area.max_row + 1)]

    assert sheet["E5"].value == text
    assert max(shown) <= layout.SPREAD_ROW
    assert sum(shown) >= heights.lines(text, layout.room(sheet.column_dimensions["E"].width * 6, 9)) * 12
    assert tuple(cell.value for cell in sheet[area.max_row + 1]) == DISTRICT


@pytest.mark.timeout(240)
def test_no_text_is_cut_when_libreoffice_draws_it(tmp_path):
    rows = [
        (
            *DISTRICT[:1],
            LONG[: 3 + number],
            "4月20日—26日（周六至周五）",
            LONG[number:],
            f"{LONG[:number]}{LATIN[: 2 * number]}",
            LATIN[:number],
            "线上5000人次，线下200人",
            "张三\n021-55550001 转 0001",
        )
        for number in range(1, len(LONG), 2)
    ]
    data = written(AnnexSheet(ANNEX_1, [city(CITY)]), AnnexSheet(ANNEX_2, [district(*rows)]))

    drawn = openpyxl.load_workbook(through_libreoffice(without_heights(data), tmp_path))
    ours = opened(data)

    for name in ours.sheetnames:
        for row in range(1, ours[name].max_row + 1):
            needed, given = drawn[name].row_dimensions[row].height, ours[name].row_dimensions[row].height
            assert needed is not None
            assert given >= needed, f"{name} row {row}: {ours[name].cell(row, 5).value}"


LATIN = "Patent Cooperation Treaty (PCT): WIPO e-Filing & PATENTSCOPE, https://example.invalid/a-very-long-address/without/any/blank.html"


def test_libreoffice_prints_it_on_numbered_pages(tmp_path):
    data = written(AnnexSheet(ANNEX_2, [district(*[DISTRICT] * 40)]))

    pages = len(re.findall(rb"/Type\s*/Page\b", through_libreoffice(data, tmp_path, "pdf").read_bytes()))

    assert 2 <= pages <= 6


# ---- what else it must be --------------------------------------------------------------------------------------


def test_an_unknown_annex_of_many_columns_still_fits_the_page():
    form = schema.annex(3, "另一张表", [f"第{number}列" for number in range(1, 25)])
    sheet = opened(written(AnnexSheet(form, [city([f"{number:03}" for number in range(24)])])))["附件3"]

    assert sheet.page_setup.fitToWidth == 1
    assert [cell.value for cell in sheet[5]] == [f"{number:03}" for number in range(24)]


def test_rows_may_come_from_a_generator_so_that_size_does_not_matter():
    sheet = AnnexSheet(ANNEX_2, (district(*([DISTRICT] * 3)) for _ in range(5)))

    assert opened(written(sheet))["附件2"].max_row == 3 + 5 * 4


def test_the_package_holds_only_what_it_needs():
    with zipfile.ZipFile(BytesIO(merged())) as archive:
        names = archive.namelist()

        assert archive.testzip() is None
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    assert sorted(name for name in names if name.startswith("xl/worksheets")) == [
        f"xl/worksheets/sheet{number}.xml" for number in (1, 2, 3)
    ]
    assert len(names) == len(set(names))
