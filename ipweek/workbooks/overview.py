"""The office's own sheets behind the annexes: all activities by time, totals with charts, who has not reported, local columns. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from openpyxl import Workbook
from openpyxl.chart import BarChart, Reference
from openpyxl.styles import Alignment, Border, Side
from openpyxl.worksheet.worksheet import Worksheet

from ipweek import wording
from ipweek.notice.schema import Annex, Column
from ipweek.workbooks import layout, skeleton
from ipweek.workbooks.cover import Tally
from ipweek.workbooks.layout import AnnexSheet, Band
from ipweek.workbooks.stream import clean

UNION, TOTALS, MISSING, LOCAL = "活动总表", "统计", "未报单位", "本地栏目"
UNDATED = "日期未定"
LONGEST = 31
"""Days that one activity counts for at most: 全年 is no reason for 365 lines."""

_BOX = Border(*(Side(style="thin", color="FF000000") for _ in range(4)))
_SIZE = 12.0
_HEIGHT = 20.0
_ROW = _HEIGHT / 72 * 2.54
"""The height of a row in centimetres, in which charts are measured."""


@dataclass(frozen=True)
class Entry:
    """One activity of the merged workbook, with what was read of its time and scale."""

    id: int
    unit: str
    annex: int
    values: dict[str, str]
    starts_on: date | None
    ends_on: date | None
    people: int | None


@dataclass(frozen=True)
class UnionSheet(AnnexSheet):
    """All activities in one table: an annex sheet by its look, with a band for each day."""

    @property
    def name(self) -> str:
        return UNION


_COLUMNS = {
    "event_time": "活动时间",
    "event_name": "重点活动名称",
    "host": "主办单位",
    "venue": "活动地点",
    "scale": "活动规模",
    "unit": "报送单位",
    "contact": "联系人",
}


_CLOCK = re.compile(r"(上午|早上|早晨|清晨|中午|下午|晚上|晚|夜间)?\s*(?:(\d{1,2})\s*(?:[:：时点]\s*(半|\d{2})?))?")
_HALF = {"清晨": 6, "早晨": 7, "早上": 8, "上午": 8, "中午": 12, "下午": 13, "晚上": 18, "晚": 18, "夜间": 19}


def begins_at(text: str) -> int:
    """The minute of the day at which an activity begins, as its text says; 0 where it says none: 全天 comes first."""
    for found in _CLOCK.finditer(unicodedata.normalize("NFKC", text)):
        half, hour, minute = found.groups()
        if hour is not None and int(hour) < 24:
            later = 12 if half in {"下午", "晚上", "晚", "夜间"} and int(hour) < 12 else 0
            return (int(hour) + later) * 60 + (30 if minute == "半" else min(59, int(minute or 0)))
        if half:
            return _HALF[half] * 60
    return 0


def union(year: int, entries: Iterable[Entry], *, with_contacts: bool, mark: str = "") -> UnionSheet:
    """All activities by time, whatever their annex; those without a date stand at the end."""
    columns = tuple(Column(key, label) for key, label in _COLUMNS.items() if with_contacts or key != "contact")
    form = Annex(0, f"{year}年知识产权宣传周活动总表（按时间）", columns, ())
    days: dict[date | None, list[Entry]] = {}
    for entry in entries:
        days.setdefault(entry.starts_on or entry.ends_on, []).append(entry)
    bands = []
    for day in sorted(days, key=lambda day: day or date.max):
        there = sorted(days[day], key=lambda entry: (entry.ends_on or date.max, begins_at(entry.values.get("event_time", "")), entry.annex))
        rows = [[entry.unit if column.key == "unit" else entry.values.get(column.key, "") for column in columns] for entry in there]
        name = wording.day(day, year=False) if day else UNDATED
        bands.append(Band("", ((name, f"{len(there)} 项"),), rows, [entry.id for entry in there]))
    return UnionSheet(form, bands, mark=mark)


@dataclass(frozen=True)
class Counted:
    """How many activities and people, of a unit or on a day."""

    name: str
    activities: int
    people: int


def per_unit(entries: Iterable[Entry]) -> list[Counted]:
    """In the order in which the units stand in the annexes."""
    activities: Counter[str] = Counter()
    people: Counter[str] = Counter()
    for entry in entries:
        activities[entry.unit] += 1
        people[entry.unit] += entry.people or 0
    return [Counted(unit, count, people[unit]) for unit, count in activities.items()]


def per_day(entries: Iterable[Entry], week: tuple[date, date] | None) -> list[Counted]:
    """Every day of the week, and the other days on which anything goes on; one of several days counts on each of them."""
    activities: Counter[date] = Counter()
    people: Counter[date] = Counter()
    undated = 0
    for entry in entries:
        first, last = entry.starts_on or entry.ends_on, entry.ends_on or entry.starts_on
        if first is None or last is None:
            undated += 1
            continue
        for n in range(min(LONGEST, max(1, (last - first).days + 1))):
            activities[first + timedelta(days=n)] += 1
        people[first] += entry.people or 0
    days = set(activities)
    if week:
        days |= {week[0] + timedelta(days=n) for n in range(min(LONGEST, (week[1] - week[0]).days + 1))}
    found = [Counted(wording.day(day, year=False), activities[day], people[day]) for day in sorted(days)]
    return [*found, Counted(UNDATED, undated, 0)] if undated else found


def add_totals(workbook: Workbook, entries: Sequence[Entry], week: tuple[date, date] | None) -> None:
    """The sheet of totals, with a chart of the days and one of the units; they follow the numbers when these are edited."""
    page = _Page(workbook.create_sheet(TOTALS), (30, 12, 14, 3, 12))
    page.line("活动统计", face=layout.TITLE_FACE, size=22.0, height=44)
    page.line("一、按日期（跨几天的活动每天各计一次，人数计在第一天）", height=30)
    page.table(("日期", "活动（项）", "人数（至少）"), per_day(entries, week), chart="每天的活动数")
    page.line("二、按单位（人数按写明的数字合计，读不出的不计）", height=30)
    page.table(("单位", "活动（项）", "人数（至少）"), per_unit(entries), chart="各单位的活动数", is_lying=True)
    skeleton.set_page(page.worksheet)


def add_missing(workbook: Workbook, tallies: Sequence[Tally]) -> None:
    """Who is not in the annexes and why, in official order."""
    page = _Page(workbook.create_sheet(MISSING), (10, 48, 24))
    rows = [(tally.name, unit, state) for tally in tallies for unit, state in tally.missing]
    rows += [(tally.name, unit, "本年免报") for tally in tallies for unit in tally.excused]
    page.line("未报单位", face=layout.TITLE_FACE, size=22.0, height=44)
    page.cells(("附件", "单位", "情况"), layout.HEADING_FACE)
    for texts in rows or [("", "应报的单位都已汇总", "")]:
        page.cells(texts, layout.BODY_FACE)
    skeleton.set_page(page.worksheet, orientation="portrait")


def local_keys(entries: Iterable[Entry]) -> set[str]:
    """The districts' own columns that hold anything."""
    return {key for entry in entries for key, text in entry.values.items() if "." in key and text}


def add_local(workbook: Workbook, entries: Sequence[Entry], labels: Mapping[str, str]) -> None:
    """What stands in the districts' own columns, one value a line; *labels* say what their columns are called."""
    page = _Page(workbook.create_sheet(LOCAL), (16, 10, 40, 20, 50))
    page.line("本地栏目", face=layout.TITLE_FACE, size=22.0, height=44)
    page.cells(("单位", "附件", "重点活动名称", "栏目", "内容"), layout.HEADING_FACE)
    for entry in entries:
        for key in sorted(entry.values):
            if key in labels and entry.values[key]:
                name = entry.values.get("event_name", "")
                text = clean(entry.values[key])
                height = min(layout.LONGEST_ROW, layout.line_height(text, 50 * skeleton.UNIT, _SIZE, least=_HEIGHT))
                page.cells((entry.unit, f"附件{entry.annex}", name, labels[key], text), layout.BODY_FACE, height=height)
    skeleton.set_page(page.worksheet)


class _Page:
    """Fills a worksheet from the top. ``row`` is the next one."""

    def __init__(self, worksheet: Worksheet, widths: Sequence[float]) -> None:
        self.worksheet = worksheet
        self.row = 1
        self._looks: dict[tuple[str, bool, bool, bool], Any] = {}
        worksheet.sheet_view.showGridLines = False
        for letter, width in zip("ABCDEFG", widths, strict=False):
            worksheet.column_dimensions[letter].width = width

    def line(self, text: str, *, face: str = layout.HEADING_FACE, size: float = 14.0, height: float) -> None:
        cell = skeleton.put_text(self.worksheet, self.row, 1, text)
        cell.font = skeleton.font(face, size)
        cell.alignment = Alignment(vertical="center")
        self.worksheet.row_dimensions[self.row].height = height
        self.row += 1

    def table(self, headings: tuple[str, ...], counted: Sequence[Counted], *, chart: str, is_lying: bool = False) -> None:
        """A table with its chart beside it, and a blank row below both."""
        first = self.row
        self.cells(headings, layout.HEADING_FACE)
        for each in counted:
            self.cells((each.name, each.activities, each.people), layout.BODY_FACE)
        if counted:
            height = 11.0 if not is_lying else max(8.0, min(60.0, 0.71 * len(counted) + 2))
            _chart(self.worksheet, first, self.row - 1, chart, is_lying=is_lying, height=height)
            self.row = max(self.row, first + int(height / _ROW) + 1)
        self.row += 1

    def cells(self, values: Sequence[str | int], face: str, *, height: float = _HEIGHT) -> None:
        for column, value in enumerate(values, 1):
            is_number = isinstance(value, int)
            text = "" if is_number else str(value)
            cell = self.worksheet.cell(self.row, column, value) if is_number else skeleton.put_typed(self.worksheet, self.row, column, text)
            look = (face, column == 1, is_number, bool(cell.quotePrefix))
            if look in self._looks:  # setting the same look again is slow
                cell._style = copy(self._looks[look])  # noqa: SLF001 -- openpyxl has no public way to copy a whole style
                continue
            cell.font, cell.border = skeleton.font(face, _SIZE), _BOX
            cell.alignment = Alignment(horizontal="left" if column == 1 else "center", vertical="center", wrap_text=True)
            self._looks[look] = cell._style  # noqa: SLF001 -- the same
        self.worksheet.row_dimensions[self.row].height = height
        self.row += 1


def _chart(worksheet: Worksheet, heading: int, last: int, title: str, *, is_lying: bool, height: float) -> None:
    """A real Excel chart of the table under *heading*, beside it; *height* in centimetres."""
    chart = BarChart()
    chart.type = "bar" if is_lying else "col"
    chart.title, chart.legend, chart.gapWidth = title, None, 60
    chart.add_data(Reference(worksheet, min_col=2, min_row=heading, max_row=last), titles_from_data=True)
    chart.set_categories(Reference(worksheet, min_col=1, min_row=heading + 1, max_row=last))
    chart.x_axis.delete = chart.y_axis.delete = False  # openpyxl leaves them out otherwise
    chart.y_axis.majorGridlines = None
    chart.y_axis.number_format = "0"
    chart.series[0].graphicalProperties.solidFill = "1F4E9E"
    chart.width, chart.height = 22.0, height
    if is_lying:
        chart.x_axis.scaling.orientation = "maxMin"  # the first unit on top, as in the table
    worksheet.add_chart(chart, f"E{heading}")
