"""The fill pack (离线填报表): a unit's table as an official-looking .xlsx to fill without network, and its way back. Pure.

Beside the annex it carries help with an example, drop-downs, and what a three-way merge needs: in a hidden column
the id of each row, which travels with the row when it is moved or sorted; on a sheet that Excel's menus do not show,
the text of every cell as it was handed out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import copy
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Alignment, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from ipweek.files.workbook import read_workbook
from ipweek.notice.schema import Annex, Column
from ipweek.plugins.schema import KINDS, Field
from ipweek.workbooks import heights, layout, local_import, skeleton
from ipweek.workbooks.layout import AnnexSheet, Band
from ipweek.workbooks.reading import table_reader
from ipweek.workbooks.reading.activities import ROW_ID as ID_LABEL
from ipweek.workbooks.skeleton import Frame
from ipweek.workbooks.stream import clean

HIDDEN = "_ipweek"
MARK = "ipweek fill pack 2"
HELP = "填写说明"
EMPTY_ROWS = 20
"""Rows with drop-downs below those that are filled."""
_LISTS_FROM = 48
"""The column of the hidden sheet where the lists of the drop-downs begin, far from the base values."""

_OWN = PatternFill("solid", fgColor="FFEDE7F6")
"""Behind the headings of the district's own columns."""
MOST_LOCAL = 30
"""The district's own columns that fit beside those of the notice; the gate takes 64 columns of a sheet."""
_HELP: dict[str, tuple[str, str]] = {
    "host": ("主办单位全称，几个单位用顿号隔开；可从下拉框选，也可直接写", "区市场监督管理局"),
    "event_name": ("活动的正式名称", "知识产权进商圈"),
    "event_time": ("写到几月几日，有时刻的写上；跨几天的写起止日期；未定写“待定”", "4月22日 14:00"),
    "venue": ("具体地址；线上活动写“线上”", "七宝万科广场一楼中庭"),
    "content": ("做什么，一两句话", "现场讲解商标保护，发放折页"),
    "attendees": ("请哪些人参加", "商户和市民"),
    "scale": ("写人数；估计数写“约200人”；线上线下分开写", "约200人"),
    "co_host": ("没有可不填；几个单位用顿号隔开", "区司法局"),
    "contact": ("姓名和电话写在同一格", "张三 13800000001"),
}
_WORDS = (
    "一、在“附件”工作表里填写，一项活动一行；不够可以在下面接着写，也可以插入行、移动行、删除行。",
    "二、不要改动表头，不要取消隐藏的列和工作表：它们用来认出每一行，减少重复。",
    "三、填好后保存为 .xlsx，在系统的填报页按“上传表格”，先预览，核对后确认导入。",
    "四、上传前别人已在系统里改过的格，不会被覆盖；两边都改过的格，由上传的人逐格选择。",
    "五、空着的格不会清除系统里已有的内容；文件里删掉的行，系统里仍保留，需要删除请在系统里删除。",
)


@dataclass(frozen=True)
class Sheet:
    """The table as it is handed out. ``rows`` are (id, cells by key); ``header`` are the header fields as stored."""

    table_id: int
    revision: int
    form: Annex
    band: Band
    rows: Sequence[tuple[int, Mapping[str, str]]]
    header: Mapping[str, str]
    hosts: Sequence[str] = ()
    """The unit and its departments, for the drop-down."""
    week: tuple[date, date] | None = None
    contacts: Sequence[str] = field(default=())
    local: Sequence[Field] = ()
    """The district's own columns, behind those of the notice and marked."""

    @property
    def columns(self) -> tuple[Column, ...]:
        """Every column of the pack, headings as they are printed."""
        own = (Column(column.key, f"{column.label}\n{local_import.TAIL}") for column in local_import.columns_of(self.local))
        return (*self.form.columns, *own)

    @property
    def whole(self) -> Annex:
        return Annex(self.form.number, self.form.title, self.columns, self.form.header_fields)


def build(sheet: Sheet, *, made_at: datetime) -> bytes:
    """The fill pack as .xlsx."""
    workbook = skeleton.new_workbook()
    workbook.properties.creator = "ipweek"
    workbook.properties.created = workbook.properties.modified = made_at.astimezone(UTC).replace(tzinfo=None, microsecond=0)
    frame = skeleton.frame(workbook, AnnexSheet(sheet.whole, [], single=True), sheet.band.line)
    first = frame.next_row
    for column in range(len(sheet.form.columns) + 1, len(sheet.columns) + 1):
        frame.worksheet.cell(first - 1, column).fill = _OWN
    _rows(workbook, frame, sheet)
    _help(workbook, sheet)
    hidden = workbook.create_sheet(HIDDEN)
    hidden.sheet_state = "veryHidden"
    _base(hidden, sheet)
    _drop_downs(frame.worksheet, hidden, sheet, first, first + len(sheet.rows) + EMPTY_ROWS - 1)
    for area in frame.merges:
        frame.worksheet.merge_cells(area)
    out = BytesIO()
    workbook.save(out)
    return out.getvalue()


def read_upload(
    data: bytes, *, name: str, annex: dict[str, Any], others: Sequence[dict[str, Any]] | None = None, limits: dict[str, int] | None = None
) -> dict[str, Any]:
    """``table_reader.read_upload``; and under ``pack``, where the file is a fill pack, what it was handed out with."""
    reading = table_reader.read_upload(data, name=name, annex=annex, others=others, limits=limits)
    if any(ID_LABEL in row for row in reading["others"]):
        reading["pack"] = _read_base(data, [row.get(ID_LABEL, "") for row in reading["others"]])
        reading["problems"] = [problem for problem in reading["problems"] if not _is_ours(problem)]
    return reading


# ---- writing -------------------------------------------------------------------------------------------------


def _rows(workbook: Workbook, frame: Frame, sheet: Sheet) -> None:
    columns, worksheet, size = sheet.columns, frame.worksheet, frame.columns.size
    rooms = frame.columns.rooms(size)
    number = len(columns) + 1
    skeleton.put_typed(worksheet, frame.next_row - 1, number, ID_LABEL)
    worksheet.column_dimensions[get_column_letter(number)].hidden = True
    blank: tuple[int | None, Mapping[str, str]] = (None, {})
    for row, (row_id, values) in enumerate([*sheet.rows, *[blank] * EMPTY_ROWS], frame.next_row):
        texts = [clean(values.get(column.key, "")) for column in columns]
        for place, (column, text) in enumerate(zip(columns, texts, strict=True), 1):
            cell = skeleton.put_typed(worksheet, row, place, text)
            style = frame.styles.body(
                size, centred=column.key in layout.CENTRED, quoted=text[:1] in skeleton.QUOTED, long=len(text) > skeleton.LONG_TEXT
            )
            cell._style = copy(workbook._cell_styles[style])  # noqa: SLF001 -- openpyxl has no public way to a style by its number
        if row_id is not None:
            skeleton.put_typed(worksheet, row, number, str(row_id))
        height = layout.row_height(heights.most_lines(texts, rooms), size)
        worksheet.row_dimensions[row].height = min(height, layout.LONGEST_ROW)


def _help(workbook: Workbook, sheet: Sheet) -> None:
    """How to fill it in, and an example: heading by heading, so that no reader takes it for a table of activities."""
    worksheet = workbook.create_sheet(HELP)
    for letter, width in (("A", 24), ("B", 62), ("C", 40)):
        worksheet.column_dimensions[letter].width = width
    rows = [("填写说明", "", ""), *((words, "", "") for words in _WORDS), ("", "", ""), ("栏目", "怎么填", "例子")]
    rows += [(column.label, *_HELP.get(column.key, ("按通知要求填写", ""))) for column in sheet.form.columns]
    rows += [(f"{field.label}{local_import.TAIL}", _help_of(field), field.choices[0] if field.choices else "") for field in sheet.local]
    for number, texts in enumerate(rows, 1):
        is_heading = texts[0] in {"填写说明", "栏目"}
        for column, text in enumerate(texts, 1):
            cell = skeleton.put_typed(worksheet, number, column, text)
            cell.font = skeleton.font(layout.HEADING_FACE if is_heading or (column == 1 and texts[1]) else layout.BODY_FACE, 12)
            cell.alignment = Alignment(vertical="center", wrap_text=bool(texts[1]))
        worksheet.row_dimensions[number].height = 24 if not texts[1] else 36
    skeleton.set_page(worksheet)


def _help_of(field: Field) -> str:
    said = field.help or f"按本区要求填写（{KINDS[field.kind]}）"
    return f"{said}；可选：{'、'.join(field.choices[:12])}" if field.choices else said


def _base(hidden: Worksheet, sheet: Sheet) -> None:
    """Row 1: mark, table, revision; 2: the keys; 3: the header fields as key and text; then a row for each activity."""
    keys = [column.key for column in sheet.columns]
    header = [word for item in sheet.header.items() for word in item]
    lines = [[MARK, str(sheet.table_id), str(sheet.revision)], ["", *keys], header]
    lines += [[str(row_id), *(clean(values.get(key, "")) for key in keys)] for row_id, values in sheet.rows]
    for row, texts in enumerate(lines, 1):
        for column, text in enumerate(texts, 1):
            if text:
                skeleton.put_typed(hidden, row, column, text)


def _drop_downs(worksheet: Worksheet, hidden: Worksheet, sheet: Sheet, first: int, last: int) -> None:
    """Lists to choose from, where anything else may be written too."""
    days = []
    if sheet.week:
        days = [sheet.week[0] + timedelta(days=n) for n in range(min(31, (sheet.week[1] - sheet.week[0]).days + 1))]
    lists = {
        "host": sheet.hosts,
        "event_time": [f"{day.month}月{day.day}日" for day in days],
        "contact": sheet.contacts,
        "venue": ("线上",),
        **{field.cell: field.choices for field in sheet.local if field.kind == "choice"},
        **{field.cell: ("是", "否") for field in sheet.local if field.kind == "yes_no"},
    }
    place = _LISTS_FROM
    for number, column in enumerate(sheet.columns, 1):
        words = [word for word in dict.fromkeys(lists.get(column.key, ())) if word][:200]
        if not words:
            continue
        for row, word in enumerate(words, 1):
            skeleton.put_typed(hidden, row, place, word)
        source = get_column_letter(place)
        allowed = DataValidation(
            type="list", formula1=f"{HIDDEN}!${source}$1:${source}${len(words)}", allow_blank=True, showErrorMessage=False
        )
        letter = get_column_letter(number)
        allowed.add(f"{letter}{first}:{letter}{last}")
        worksheet.add_data_validation(allowed)
        place += 1


# ---- reading -------------------------------------------------------------------------------------------------


def _read_base(data: bytes, written: Sequence[str]) -> dict[str, Any] | None:
    """What the hidden sheet says: table, rows by id, header fields; and the id that stands beside each activity."""
    hidden = next((sheet for sheet in read_workbook(data) if sheet.name == HIDDEN), None)
    if hidden is None or hidden.text(1, 1) != MARK:
        return None
    keys = [text for column in range(2, _LISTS_FROM) if (text := hidden.text(2, column))]
    header = {hidden.text(3, column): hidden.text(3, column + 1) for column in range(1, _LISTS_FROM - 1, 2) if hidden.text(3, column)}
    rows = {}
    for row in range(4, hidden.last_row + 1):
        row_id = _number(hidden.text(row, 1))
        if row_id is not None:
            rows[str(row_id)] = {key: hidden.text(row, column) for column, key in enumerate(keys, 2)}
    ids = [_number(text) for text in written]
    return {"table": _number(hidden.text(1, 2)), "revision": _number(hidden.text(1, 3)), "rows": rows, "header": header, "ids": ids}


def _number(text: str) -> int | None:
    text = text.strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 18 else None


def _is_ours(problem: Mapping[str, Any]) -> bool:
    """Whether the reader only wonders at what we put into the file ourselves."""
    return problem["column"] == ID_LABEL or f"“{HIDDEN}”" in problem["message"]
