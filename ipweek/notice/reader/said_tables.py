"""Tables that stand in the text itself, said as lines: a letterhead, a schedule of what is due, whom to ask where."""

from __future__ import annotations

import re

from ipweek.notice.reader.document import Table
from ipweek.notice.reader.due_things import SEND
from ipweek.notice.reader.lines import Line, even

_DUE = re.compile(r"时限|期限|截止|(?:报送|提交|上报|反馈|填报|交稿)(?:时间|日期)|时间(?:节点|要求)|完成时间")
_THING = re.compile(r"内容|材料|名称|事项|任务|资料")
_ASKED = re.compile(r"联系人|联络[人员]|[经承]办人|电话|手机|传真|联系方式|邮箱|^姓名$")
_OF_ACTIVITIES = re.compile(r"活动名称|活动内容|主办单位|承办单位|举办|地点")
_CALLED = re.compile("[0-9]{7}|@")
_LABEL = re.compile(rf"(?:{_ASKED.pattern}|{_DUE.pattern})(?:及[^:]{{2,6}})?:?$")


def said(table: Table) -> list[Line]:
    """The lines that *table* says: one a row where its headings tell what is due when, or whom to ask; else one a cell.

    A row of a label and its value (联系人 | 王芳) is one line as well.
    """
    heads, rows = headed(table)
    due = next((place for place, head in enumerate(heads) if _DUE.search(head)), None)
    thing = next((place for place, head in enumerate(heads) if _THING.search(head) and place != due), None)
    asked = [place for place, head in enumerate(heads) if _ASKED.search(head) and len(head) <= 10]
    if rows and due is not None and len(heads) > 1:
        thing = next(place for place in range(len(heads)) if place != due) if thing is None else thing
        return [
            Line("；".join([f"{row[thing]}：{heads[due]}{row[due]}", *_people(heads, row, asked)]) + "；")
            for row in rows
            if row[due] and ("完成" not in heads[due] or SEND.search(row[thing]))
        ]
    if any(_CALLED.search(row[place]) for row in rows for place in asked) and not _OF_ACTIVITIES.search("".join(heads)):
        return [Line("；".join(_people(heads, row, asked))) for row in rows]
    return [line for row in table.rows for line in _row([cell.text for cell in row])]


def headed(table: Table) -> tuple[list[str], list[list[str]]]:
    """The headings of *table* in one width without blanks, and the rows under them, every merged cell in each place it covers."""
    rows = _filled(table)
    while len(rows) > 1 and len(set(rows[0])) == 1 and len(rows[0]) > 1:  # a title over the headings
        rows = rows[1:]
    return [even("".join(cell.split())) for cell in rows[0]] if rows else [], rows[1:]


def _people(heads: list[str], row: list[str], asked: list[int]) -> list[str]:
    return [f"{'联系人' if heads[place] == '姓名' else heads[place]}：{row[place]}" for place in asked if row[place]]


def _row(cells: list[str]) -> list[Line]:
    lines: list[Line] = []
    place = 0
    while place < len(cells):
        label = even("".join(cells[place].split()))
        if place + 1 < len(cells) and len(label) <= 10 and _LABEL.search(label):
            lines.append(Line(f"{label.rstrip(':')}：{' '.join(cells[place + 1].split())}"))
            place += 2
            continue
        lines += [Line(line, from_table=True) for line in cells[place].split("\n") if line.strip()]
        place += 1
    return lines


def _filled(table: Table) -> list[list[str]]:
    """The rows with each merged cell's text in every row and column that it covers; rows that are too short are filled up."""
    width = max((sum(min(cell.across, _WIDEST) for cell in row) for row in table.rows), default=0)
    if width > _WIDEST:
        return []
    rows: list[list[str]] = []
    below: dict[int, tuple[int, str]] = {}  # by column: how many more rows a merged cell covers
    for row in table.rows:
        filled: list[str] = []
        cells = iter(row)
        while len(filled) < width:
            column = len(filled)
            left, text = below.get(column, (0, ""))
            if left:
                below[column] = (left - 1, text)
                filled.append(text)
                continue
            cell = next(cells, None)
            text = " ".join(cell.text.split()) if cell else ""
            for offset in range(min(cell.across if cell else 1, width - column)):
                filled.append(text)
                below[column + offset] = ((cell.down if cell else 1) - 1, text)
        rows.append(filled)
    return rows


_WIDEST = 40
"""Columns beyond which a table is no such list."""
