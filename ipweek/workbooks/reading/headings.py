"""Finds the heading row of an annex table: within the first 15 rows, over one or two rows, in any column order."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from ipweek.notice import schema
from ipweek.notice.schema import Annex
from ipweek.workbooks.reading.grids import Grid

LAST_HEADING_ROW = 15
_WIDEST = 64
_LONGEST_HEADING = 60
_NUMBERS = {"序号", "编号", "序", "NO", "NO."}
_OTHER_WORDS = {
    "主办": "host",
    "主办部门": "host",
    "举办单位": "host",
    "牵头单位": "host",
    "牵头部门": "host",
    "名称": "event_name",
    "活动主题": "event_name",
    "时间": "event_time",
    "举办时间": "event_time",
    "活动日期": "event_time",
    "举办日期": "event_time",
    "活动起止时间": "event_time",
    "地点": "venue",
    "举办地点": "venue",
    "具体地点": "venue",
    "活动地址": "venue",
    "内容": "content",
    "主要内容": "content",
    "活动简介": "content",
    "主要活动内容": "content",
    "参加范围": "attendees",
    "参加人员": "attendees",
    "参与范围": "attendees",
    "参与人员": "attendees",
    "参与对象": "attendees",
    "参加对象": "attendees",
    "规模": "scale",
    "人数": "scale",
    "参与人数": "scale",
    "参加人数": "scale",
    "活动人数": "scale",
    "预计人数": "scale",
    "预计规模": "scale",
    "预计参与人数": "scale",
    "参加规模": "scale",
    "协办": "co_host",
    "联系人姓名": "contact",
    "联络人": "contact",
    "联系人及电话": "contact",
    "联系人及联系电话": "contact",
    "联系人及联系方式": "contact",
    "联系人和电话": "contact",
    "联系人和联系方式": "contact",
    "联系人/联系电话": "contact",
    "联系人/联系方式": "contact",
    "联系人、联系电话": "contact",
    "联系人、联系方式": "contact",
}
"""What people write instead; only where the official heading itself is not there."""
_PHONES = {"联系电话", "电话", "手机", "手机号", "手机号码", "联系方式", "电话号码", "联系人电话", "联系人手机", "联系人联系方式"}
_DAYS = {"日期", "活动日期", "举办日期", "活动举办日期"}
_LIKE: tuple[tuple[str, str], ...] = (
    ("contact", "联系|联络"),
    ("co_host", "协办|配合|联合|支持单位|参与单位"),
    ("host", "主办|牵头|承办|举办单位"),
    ("scale", "规模|人数"),
    ("attendees", "(?:出席|参加|参与|面向|受众|邀请).{0,4}(?:范围|对象|人员|人群)|对象"),
    ("content", "内容|简介|概况|概述"),
    ("event_time", "时间|日期"),
    ("venue", "地点|地址|场所|场地"),
    ("event_name", "(?<!单位)(?<!部门)名称|主题|项目"),
)
"""What a heading is about, where it is none of the known words: told to the person, who looks whether it is meant so."""
_NOT_ITS = re.compile("填[表报]|报[送名]|截止|集合|单位名称|备注|经费|预算")
"""Headings that hold such a word and mean another thing."""
_LONGEST_LIKE = 14
_COUNTED = re.compile(r"^(?:\d{1,2}|[一二三四五六七八九十]{1,2})[.、．:：)）]\s*")


@dataclass(frozen=True)
class Headings:
    """Where the headings stand and which column is which."""

    first_row: int
    last_row: int
    columns: dict[int, str]  # column: key
    phone: int | None
    """A column of phone numbers beside the contact: the official form has none, they belong together."""
    others: dict[int, str]
    """Columns that the annex does not know, with their headings as written."""
    day: int | None = None
    """A column of days beside one of hours: they belong together, too."""
    guessed: frozenset[int] = frozenset()
    """Columns that were told by what their heading is like."""

    @property
    def height(self) -> int:
        return self.last_row - self.first_row + 1


def find(grid: Grid, form: Annex) -> Headings | None:
    """The best heading row for *form*, or None where not even half of its columns are found."""
    least = max(3, -(-len(form.columns) // 2))
    best = _best(grid, form)
    if not best or len(best.columns) < least:
        best = _best(grid, form, guess=True)
    if not best or len(best.columns) < least or len(best.guessed) == len(best.columns):
        return None
    if len(best.columns) < len(form.columns):
        best = _read(grid, form, best.first_row, best.height)
    return _whole(grid, form, best)


def _best(grid: Grid, form: Annex, *, guess: bool = False) -> Headings | None:
    """The row, or the two, that name most columns."""
    best: Headings | None = None
    for height in (1, 2):  # two rows only where one does not say it all
        for row in range(1, min(LAST_HEADING_ROW, grid.last_row) + 2 - height):
            found = _read(grid, form, row, height, guess=guess)
            if len(found.columns) > (len(best.columns) if best else 0):
                best = found
        if best and len(best.columns) == len(form.columns):
            break
    return best


def is_heading(grid: Grid, row: int, headings: Headings, forms: Sequence[Annex]) -> bool:
    """Whether *row* repeats headings (of this annex, or of another one)."""
    cells = grid.own(row)
    if len(cells) < 3:
        return False
    known = _known(tuple(forms))
    same = sum(len(cell.text) <= _LONGEST_HEADING and bare(cell.text) in known for cell in cells.values())
    return same >= max(3, 0.6 * len(cells))


@lru_cache(maxsize=64)
def _known(forms: tuple[Annex, ...]) -> frozenset[str]:
    """Every heading there is."""
    return frozenset({bare(column.label) for form in forms for column in form.columns} | set(schema.HEADINGS) | _NUMBERS)


@lru_cache(maxsize=1024)
def bare(label: str) -> str:
    """What headings are compared by: without the star that marks what must be filled in, too."""
    if len(label) > _LONGEST_LABEL:
        return ""
    words = "".join(sign for sign in label if unicodedata.category(sign) != "Cf")
    return _COUNTED.sub("", schema.bare(words).strip("*★※#、."))


_LONGEST_LABEL = 400
"""Signs of a heading with all that is explained in its brackets."""


def key_of(label: str, form: Annex) -> str | None:
    """The column of *form* that this heading names, whatever its blanks, breaks and brackets."""
    words = bare(label)
    if not words:
        return None
    for column in form.columns:
        if bare(column.label) == words:
            return column.key
    key = schema.HEADINGS.get(words)
    return key if key and form.column(key) else None


def _read(grid: Grid, form: Annex, row: int, height: int, *, guess: bool = True) -> Headings:
    labels: dict[int, list[str]] = {}
    for column in range(1, min(_WIDEST, grid.last_column) + 1):
        texts = [text for text in dict.fromkeys(grid.seen(line, column).strip() for line in range(row, row + height)) if text]
        if texts:
            labels[column] = ["".join(texts), *texts] if len(texts) > 1 else texts
    columns: dict[int, str] = {}
    for words in (False, True):
        for column, candidates in labels.items():
            if column in columns:
                continue
            keys = [_other_word(label, form) if words else key_of(label, form) for label in candidates]
            key = next((key for key in keys if key and key not in columns.values()), None)
            if key and not _shows_left(grid, row, height, column):
                columns[column] = key
    rest = {column: candidates[0] for column, candidates in labels.items() if column not in columns and not _is_number(candidates)}
    rest = {column: label for column, label in rest.items() if not _shows_left(grid, row, height, column)}
    phone = next((column for column in rest if any(bare(label) in _PHONES for label in labels[column])), None)
    if phone is not None and "contact" not in columns.values() and form.column("contact"):
        columns[phone] = "contact"
        del rest[phone]
        phone = None
    day = next((column for column in rest if any(bare(label) in _DAYS for label in labels[column])), None)
    if day is not None and "event_time" not in columns.values():
        columns[day] = "event_time"
        del rest[day]
        day = None
    guessed = _guess(rest, columns, form) if guess else {}
    columns |= guessed
    taken = {phone, day, *guessed}
    others = {column: label for column, label in rest.items() if column not in taken}
    return Headings(row, row + height - 1, columns, phone, others, day, frozenset(guessed))


def _guess(rest: Mapping[int, str], columns: Mapping[int, str], form: Annex) -> dict[int, str]:
    """The columns still missing, told by what the unknown headings are like; each is taken once."""
    found: dict[int, str] = {}
    for column, label in rest.items():
        words = bare(label)
        if not words or len(words) > _LONGEST_LIKE or _NOT_ITS.search(words) or words in _PHONES | _DAYS:
            continue
        key = next((key for key, like in _LIKE if re.search(like, words)), None)
        if key and form.column(key) and key not in {*columns.values(), *found.values()}:
            found[column] = key
    return found


def _shows_left(grid: Grid, row: int, height: int, column: int) -> bool:
    """Whether this place only shows a heading that is merged over from its left."""
    origins = [grid.covered.get((line, column)) for line in range(row, row + height)]
    return all(origin is not None and origin[1] < column for origin in origins)


def _other_word(label: str, form: Annex) -> str | None:
    key = _OTHER_WORDS.get(bare(label))
    return key if key and form.column(key) else None


def _is_number(candidates: Sequence[str]) -> bool:
    return any(bare(label).upper() in _NUMBERS for label in candidates)


def _whole(grid: Grid, form: Annex, found: Headings) -> Headings:
    """The same with all rows that belong to it: where merges begin above, and sub-headings such as (人数) below."""
    first, last = found.first_row, found.last_row
    for column in found.columns:
        first = min(first, grid.covered.get((found.first_row, column), (first, 0))[0])
    while last < grid.last_row and _belongs(grid, last + 1, first, found):
        last += 1
    if (first, last) == (found.first_row, found.last_row):
        return found
    again = _read(grid, form, first, last - first + 1)
    if len(again.columns) < len(found.columns):
        return replace(found, first_row=first, last_row=last)
    return again


def _belongs(grid: Grid, row: int, first: int, found: Headings) -> bool:
    if any(first <= grid.covered.get((row, column), (0, 0))[0] < row for column in found.columns):
        return True
    own = grid.own(row)
    return bool(own) and all(re.fullmatch(r"[(（].*[)）]", cell.text.strip(), re.DOTALL) for cell in own.values())
