"""The week where only a schedule tells it: a table with a row for each phase, day or activity."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from ipweek.notice.reader.document import Cell, Table
from ipweek.notice.reader.facts import NoticeFacts
from ipweek.notice.reader.layout import Layout
from ipweek.notice.reader.lines import Line, even
from ipweek.notice.reader.said_tables import headed
from ipweek.notice.reader.spans import SPAN, span_days
from ipweek.notice.reader.week import DAY_ONE, single_day
from ipweek.notice.reader.years import Years

_TIME = re.compile(r"^(?:活动|举办|举行|开展|起止|具体|计划|实施)?(?:时间|日期)(?:安排|节点)?$")
_THE_WEEK = re.compile(
    r"^(?:第?[一二三四五六]?阶段[:、]?|[0-9一二三四五六]{1,2}[.、])?(?:[全本我][国省市区县校])?(?:知识产权)?"
    r"(?:集中宣传|集中开展|(?:集中)?(?:宣传|活动|服务)[周月])(?:系列|主题|集中|宣传|各项|期间?|阶段)*(?:活动)?(?:开展|实施|期间|阶段|期)?$"
)
"""What a row is called that is the week itself, and no activity of it."""

_OTHER_WORK = re.compile(
    "报名|报送|提交|上报|填报|申报|征集|征稿|投稿|截止|布展|撤展|筹备|准备|动员|部署|策划|制定|印发|总结(?!日|会|表彰)"
)


@dataclass(frozen=True)
class _Row:
    """One row of a schedule: its first and last day, what else it says, and the whole of it."""

    first: date
    last: date
    cells: tuple[str, ...]
    said: str

    @property
    def is_week(self) -> bool:
        return self.first < self.last and any(_THE_WEEK.match(cell) for cell in self.cells)

    @property
    def is_preparing(self) -> bool:
        return any(_OTHER_WORK.search(cell) for cell in self.cells)


def read_schedules(layout: Layout, years: Years, facts: NoticeFacts) -> None:
    """Fill in the week from the one row of the text's own schedules that is called so; else say from when to when their days run.

    What an annex lists are activities, or examples of them: its days are only told.
    """
    own = [row for table in [*layout.tables, *_tabbed(layout.body)] for row in _rows(table, years)]
    weeks = {(row.first, row.last): row for row in own if row.is_week}
    if len(weeks) == 1:
        (row,) = weeks.values()
        facts.starts_on, facts.ends_on = row.first, row.last
        facts.evidence["starts_on"] = facts.evidence["ends_on"] = row.said
        facts.notes["starts_on"] = facts.notes["ends_on"] = "取自日程表，请核对。"
        return
    tables = [item for part in layout.annexes for item in part.content if isinstance(item, Table)]
    rows = own or [row for table in tables for row in _rows(table, years)]
    days = [row for row in rows if not row.is_preparing]
    first, last = min((row.first for row in days), default=None), max((row.last for row in days), default=None)
    if (
        not first
        or not last
        or first == last
        or len({(row.first, row.last) for row in rows}) < 2
        or not facts.notes.get("starts_on", "").startswith("没有找到")
    ):
        return
    facts.notes["starts_on"] = facts.notes["ends_on"] = (
        f"正文没有写起止日期；日程表里的活动从{first.month}月{first.day}日到{last.month}月{last.day}日，请核对后填写。"
    )


def _rows(table: Table, years: Years) -> Iterator[_Row]:
    heads, rows = headed(table)
    at = next((place for place, head in enumerate(heads) if _TIME.match(head)), None)
    if at is None or len(heads) < 2 or any(_OTHER_WORK.search(head) for head in heads):
        return
    for row in rows:
        cells = [even("".join(cell.split())) for cell in row]
        spans = [span_days(span, years) for span in SPAN.finditer(cells[at])]
        days = spans or [(day, day) for day in (single_day(single, years) for single in DAY_ONE.finditer(cells[at]))]
        found = [(first, last) for first, last in days if first and last]
        if found:
            others = tuple(cell for place, cell in enumerate(cells) if place != at)
            yield _Row(min(first for first, _ in found), max(last for _, last in found), others, " ".join(" ".join(row).split())[:1000])


def _tabbed(lines: list[Line]) -> Iterator[Table]:
    """Rows whose cells tabs part, as they are pasted from a table: one table where several with as many cells follow one another."""
    for count, group in groupby(lines, key=lambda line: line.text.strip().count("\t")):
        rows = [tuple(Cell(cell.strip()) for cell in line.text.strip().split("\t")) for line in group]
        if count and len(rows) > 1:
            yield Table(tuple(rows))
