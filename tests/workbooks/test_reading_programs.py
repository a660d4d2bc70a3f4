"""The same table from different programs reads alike; and the command that reads it without a site."""

import io
import json
import shutil
import subprocess
import sys
from datetime import date
from pathlib import Path

import docx
import openpyxl
import pytest
from openpyxl.styles import Alignment, Border, Font, Side

from ipweek.errors import Invalid
from ipweek.files import child
from ipweek.workbooks.reading.table_reader import FORMS, read_table
from tests.files.hostile import HOSTILE
from tests.files.packages import row, sheet, text, xlsx

SOFFICE = shutil.which("soffice")
NOTICE = Path(__file__).parents[3] / "shared" / "notice" / "2024-shanghai.docx"
ANNEX_2 = [column.label for column in FORMS[2].columns]
ROWS = [
    [
        "区市场监管局",
        "知识产权进商圈\n（第二场）",
        "2024年4月22日",
        "七宝万科广场",
        "讲解“商标”<保护> & 版权 𠮷",
        "商户",
        "100",
        "张三 13800000001",
    ],
    ["区市场监管局", "版权故事会", "4月23日下午", "文化中心", "=SUM(A1)", "亲子家庭", "约50人", "李四 00123"],
]


def workbook():
    made = openpyxl.Workbook()
    page = made.active
    page.title = "附件2"
    page.append(["附件2"])
    page.append(["2024年区知识产权联席会议重点活动安排表（区级层面）"])
    page.append(["单位名称：闵行区知识产权联席会议办公室", None, None, None, None, "填表时间：2024年4月10日"])
    page.append(ANNEX_2)
    page.append([*ROWS[0][:2], date(2024, 4, 22), *ROWS[0][3:6], 100, ROWS[0][7]])
    page.append([None, *ROWS[1][1:]])
    page["C5"].number_format = 'yyyy"年"m"月"d"日"'
    page["E6"].value, page["E6"].data_type = "=SUM(A1)", "s"
    for area in ("A2:H2", "A3:D3", "F3:H3", "A5:A6"):
        page.merge_cells(area)
    for cells in page.iter_rows(min_row=4, max_row=12, max_col=8):
        for cell in cells:
            cell.border = Border(*[Side("thin")] * 4)
            cell.alignment = Alignment(wrap_text=True)
            cell.font = Font(name="仿宋_GB2312", size=12)
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def document():
    made = docx.Document()
    for line in ("附件 2", "单位名称：闵行", "区知识产权联席会议办公室", "填表时间：2024年4月10日"):
        made.add_paragraph(line)
    table = made.add_table(5, 8)
    for place, label in enumerate(ANNEX_2):
        table.cell(0, place).text = label
    for at, values in enumerate(ROWS, 1):
        for place, value in enumerate(values[1:], 1):
            table.cell(at, place).text = value
    table.cell(1, 0).text = ROWS[0][0]
    table.cell(1, 0).merge(table.cell(2, 0))
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def saved_by_libreoffice(data, name, folder):
    """The file opened and saved again by LibreOffice."""
    (folder / "in").mkdir()
    path = folder / "in" / name
    path.write_bytes(data)
    profile = (folder / "profile").as_uri()
    order = [SOFFICE, f"-env:UserInstallation={profile}", "--headless", "--convert-to", path.suffix[1:], "--outdir", folder / "out", path]
    subprocess.run(order, check=True, capture_output=True, timeout=100)
    return (folder / "out" / name).read_bytes()


def by_hand():
    cells = [row(4, *(text(f"{letter}4", label) for letter, label in zip("ABCDEFGH", ANNEX_2, strict=True)))]
    for number, values in enumerate(ROWS, 5):
        escaped = [value.replace("&", "&amp;").replace("<", "&lt;") for value in values]
        cells.append(
            row(
                number,
                *(
                    text(f"{letter}{number}", value)
                    for letter, value in zip("ABCDEFGH", escaped, strict=True)
                    if number == 5 or letter > "A"
                ),
            )
        )
    head = row(3, text("A3", "单位名称：闵行区"), text("F3", "填表时间：2024年4月10日"))
    return xlsx(sheet(head + "".join(cells), after='<mergeCells><mergeCell ref="A5:A6"/></mergeCells>'))


MAKERS = {"openpyxl": (workbook, "附件2.xlsx"), "python-docx": (document, "附件2.docx"), "by hand": (by_hand, "附件2.xlsx")}


@pytest.mark.parametrize(
    "again", [False, pytest.param(True, marks=pytest.mark.skipif(not SOFFICE, reason="no LibreOffice"))], ids=["", "LibreOffice"]
)
@pytest.mark.parametrize("maker, name", MAKERS.values(), ids=MAKERS)
def test_files_of_different_programs_read_alike(maker, name, again, tmp_path):
    data = saved_by_libreoffice(maker(), name, tmp_path) if again else maker()

    reading = read_table(data, name, 2)

    assert [list(values.values()) for values in reading.rows] == ROWS
    assert (reading.unit_name, reading.filled_on) == ("闵行区", "2024年4月10日")
    assert [problem.message for problem in reading.problems] == ["“主办单位”的合并单元格已填入它所跨的各行。"]


@pytest.mark.skipif(not NOTICE.exists(), reason="the notice lies beside the checkout")
@pytest.mark.parametrize("annex, columns", [(1, 7), (2, 8)])
def test_the_forms_of_the_real_notice_are_found_empty(annex, columns):
    reading = read_table(NOTICE.read_bytes(), NOTICE.name, annex)

    assert reading.rows == []
    assert (reading.unit_name, reading.filled_on) == ("", "")
    assert len(FORMS[annex].columns) == columns
    assert [problem.kind for problem in reading.problems] == ["C"]


def run(*words, **more):
    order = [sys.executable, "-m", "ipweek", "read", "table", *map(str, words)]
    return subprocess.run(order, capture_output=True, encoding="utf-8", check=False, **more)


def test_the_command_prints_json_without_a_site(tmp_path):
    path = tmp_path / "附件 2.xlsx"
    path.write_bytes(workbook())

    done = run(path, "--annex", 2, cwd=tmp_path, env={"IPWEEK_INSTANCE": str(tmp_path / "none")})

    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert [list(values.values()) for values in found["rows"]] == ROWS
    assert (found["unit_name"], found["filled_on"]) == ("闵行区", "2024年4月10日")
    columns = {heading: number for number, heading in enumerate((column.label for column in FORMS[2].columns), 1)}
    assert found["source"] == {"sheet": "附件2", "header_row": 4, "rows": [5, 6], "columns": columns, "others": {}}
    assert found["problems"][0] == {"row": 6, "column": "主办单位", "kind": "D", "message": "“主办单位”的合并单元格已填入它所跨的各行。"}
    assert [(problem["row"], problem["column"], problem["kind"]) for problem in found["problems"][1:]] == [(6, "联系人", "B")]
    assert not (tmp_path / "none").exists()


def test_the_command_checks_times_against_the_week(tmp_path):
    path = tmp_path / "附件2.xlsx"
    path.write_bytes(workbook())

    done = run(path, "--annex", 2, "--week", "2024-05-20:2024-05-26")

    outside = [problem["row"] for problem in json.loads(done.stdout)["problems"] if problem["column"] == "活动时间"]
    assert outside == [5, 6]


@pytest.mark.parametrize(
    "content, name, annex, says",
    [
        (b"", "空.xlsx", 2, "空"),
        (None, "没有.xlsx", 2, "打不开"),
        (b"a,b\n", "表.csv", 2, "CSV"),
        (workbook(), "附件.xlsx", 1, "附件2"),
        (workbook(), "附件.xlsx", 9, "没有附件 9"),
    ],
)
def test_what_the_command_cannot_read_is_one_line_and_exit_2(tmp_path, content, name, annex, says):
    if content is not None:
        (tmp_path / name).write_bytes(content)

    done = run(tmp_path / name, "--annex", annex)

    assert (done.returncode, done.stdout) == (2, "")
    assert len(done.stderr.strip().splitlines()) == 1
    assert says in done.stderr
    assert done.stderr.strip().endswith("。")


@pytest.mark.parametrize("name", HOSTILE)
def test_the_hostile_set_is_answered_by_the_child_as_by_the_gate(name):
    with pytest.raises(Invalid, match=r"^[^\n]+。$"):
        child.call("ipweek.workbooks.reading.table_reader:read_upload", HOSTILE[name][0](), name="附件.xlsx", annex=2)
