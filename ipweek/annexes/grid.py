"""What a page shows of a table beside its text: readings, findings, deadline; and what changed since a revision."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import cached_property, lru_cache
from typing import NamedTuple

from ipweek.accounts.schema import Person
from ipweek.annexes import checks, doubts, local_columns, ops, reach, service
from ipweek.annexes import due as dues
from ipweek.annexes.doubts import Doubt
from ipweek.annexes.editing import Against, Clash
from ipweek.annexes.models import Activity, AnnexTable
from ipweek.annexes.ops import Held
from ipweek.annexes.reach import ALIVE, POS
from ipweek.annexes.readings import contact, scale, time, venue
from ipweek.annexes.schema import STATUSES
from ipweek.annexes.service import Sheet, SheetRow
from ipweek.errors import NotFound
from ipweek.notice import schema
from ipweek.plugins import service as plugins

AT_ONCE = 300
"""Up to so many rows every cell is a field; above, one row at a time is."""

_CHARACTERS = {
    "host": 8,
    "event_name": 12,
    "event_time": 9,
    "venue": 10,
    "content": 13,
    "attendees": 8,
    "scale": 7,
    "co_host": 11,
    "contact": 8,
}
"""How many characters fit on one line of a column: a first guess at a cell's height, which the browser mends."""

READ = frozenset({"event_time", "scale", "venue", "contact"})
"""Columns that are read."""

UNTOLD = frozenset({"required", "header-empty"})
"""Checks that wait for the page before 报送: a cell that nobody has come to yet is not scolded."""

_NO_CLASHES: Mapping[tuple[int, str], Clash] = {}


@dataclass(frozen=True)
class Grid:
    """A table as its page shows it."""

    sheet: Sheet
    due: str
    urgency: str
    clashes: Mapping[tuple[int, str], Clash]
    unsaved: Collection[tuple[int, str]]
    """Cells whose text on this page is not the stored one."""
    new_row: Mapping[str, str] = field(default_factory=dict)
    """What was typed in the empty row at the end and could not be saved."""

    @property
    def table(self) -> AnnexTable:
        return self.sheet.table

    @property
    def form(self) -> schema.Annex:
        return self.sheet.form

    @property
    def rows(self) -> Sequence[SheetRow]:
        return self.sheet.rows

    @property
    def is_large(self) -> bool:
        return len(self.sheet.rows) > AT_ONCE

    def cells(self, row: SheetRow, keys: Sequence[str]) -> Iterator[Cell]:
        """The cells of a row as they are shown."""
        row_id, checked_as = row.id, checks.HEADER_ROW if row is self.sheet.header else row.id
        how_far, is_whole = self.sheet.reach, self.sheet.reach.is_whole
        found, values, context, is_typed = self.sheet.findings, row.values, self.sheet.context, self.sheet.can_edit
        for key in keys:
            value, mark = values.get(key, ""), None
            findings = found.get((checked_as, key), ())
            if findings:
                findings = [finding for finding in findings if finding.check not in UNTOLD]
            if findings or key in READ:
                reading, doubt = _reading(key, value, context), _doubt(key, value, context, is_accepted=key in row.accepted)
                mark = Mark(reading, findings, doubt) if reading or findings or doubt else None
            shut = "" if is_whole else how_far.why_not(row, key)
            lines = _lines(key, value) if is_typed else 1
            yield Cell(key, f"{row_id}-{key}", value, lines, mark, mark.kind if mark and findings else "", shut)

    @cached_property
    def keys(self) -> list[str]:
        """The columns."""
        return [column.key for column in self.sheet.form.columns]

    @cached_property
    def former(self) -> list[local_columns.Former]:
        """What columns of plugins hold that are off or gone."""
        return local_columns.former([row.values for row in self.sheet.rows], self.sheet.fields)

    @cached_property
    def local(self) -> plugins.Offer:
        """The notes, reports, jobs, checks and links that the district's plugins bring: for those who see the whole table."""
        return plugins.Offer() if self.sheet.part_of is not None else plugins.offer_of(self.table.unit.slug)

    @cached_property
    def departments(self) -> Mapping[int, str]:
        """The departments that have rows here, by short name, for those who see the whole table."""
        return {} if self.sheet.part_of is not None else service.departments_in(self.sheet.rows, self.table)

    @property
    def closed_because(self) -> str:
        """Why nobody may change the table now, and what to do; "" while it is open."""
        if self.sheet.can_edit:
            return ""
        if service.campaign_status_of(self.table) != "open":
            return "本次活动已经关闭，表格只能查看。如需补报，请在“我的任务”里申请。"
        return "" if STATUSES[self.table.status].is_open else _CLOSED[self.table.status]


_CLOSED = {
    "unit_review": "已送本单位审核人，现在不能修改。审核人同意后即报送；如需修改，请先撤回，或请审核人退回。",
    "submitted": "已报送联席会议办公室，现在不能修改。如需修改，请先撤回报送。",
    "approved": "办公室已审核通过，不能再修改。如需修改，请联系联席会议办公室退回。",
    "archived": "本年度已归档，表格只能查看。",
}


class Cell(NamedTuple):
    """One cell: its text, about how many lines that takes where it can be typed, and what stands under it."""

    key: str
    place: str
    """``12-venue``: the end of its id. Made here once, since each thing that a template puts in has to be escaped."""
    value: str
    lines: int
    mark: Mark | None
    kind: str
    shut: str
    """Why it may not be changed in a table that may; "" for most."""


def _lines(key: str, value: str) -> int:
    wide = _CHARACTERS.get(key, 11)
    return sum(-(-len(line) // wide) or 1 for line in value.split("\n")) if len(value) > wide or "\n" in value else 1


class Mark(NamedTuple):
    """What stands under one cell: how it was read, what the checks find, and what is asked."""

    reading: str
    findings: Sequence[checks.Finding]
    doubt: Doubt | None = None

    @property
    def kind(self) -> str:
        """The gravest kind among the findings, "" without any."""
        return min((finding.kind for finding in self.findings), default="")


def page(table_id: int, *, by: Person) -> Grid:
    """The table for its page."""
    return _grid(service.sheet(table_id, by=by, local=True))


def page_of_form(table_id: int, against: Against, *, new_row: Sequence[Mapping[str, str]] = (), by: Person) -> Grid:
    """The table with what was posted and could not be saved in its cells, and the clashes beside them."""
    sheet = service.sheet(table_id, by=by, local=True)
    unsaved = set()
    for row in (sheet.header, *sheet.rows):
        for key, value in list(row.values.items()) + [(key, "") for _, key in against.values]:
            typed = against.values.get((row.id, key), value)
            if typed != value and typed != row.values.get(key, ""):
                unsaved.add((row.id, key))
    posted = {cell: against.values[cell] for cell in unsaved}
    rows = [_with(row, posted) for row in sheet.rows]
    shown = replace(sheet, header=_with(sheet.header, posted), rows=rows)
    return replace(_grid(shown, against.clashes, unsaved), new_row=new_row[0] if new_row else {})


def _with(row: SheetRow, posted: Mapping[tuple[int, str], str]) -> SheetRow:
    mine = {key: value for (row_id, key), value in posted.items() if row_id == row.id}
    return replace(row, values={**row.values, **mine}) if mine else row


def _grid(sheet: Sheet, clashes: Mapping[tuple[int, str], Clash] = _NO_CLASHES, unsaved: Collection[tuple[int, str]] = ()) -> Grid:
    due = dues.text_of(sheet.table, dues.of(sheet.table))
    words = f"{due.words}（{due.workdays}）" if due.workdays else due.words
    return Grid(sheet, words, due.urgency, clashes, unsaved)


def mark_of(activity_id: int, key: str, value: str, *, table: Held, is_accepted: bool = False) -> Mark:
    """What stands under a cell that holds *value*, in a table as its writer held it: his right to see it was asked there."""
    context = service.context_of_cell(table, key)
    findings = checks.check_cell(activity_id, key, value, context)
    if local_columns.is_local(key):
        fields = [field for field in local_columns.fields_of(table.unit_id) if field.cell == key]
        findings += local_columns.findings(activity_id, {key: value}, fields)
    return Mark(_reading(key, value, context), findings, _doubt(key, value, context, is_accepted=is_accepted))


def _doubt(key: str, value: str, context: checks.Context, *, is_accepted: bool) -> Doubt | None:
    doubt = doubts.of(key, value, context.week) if value else None
    return replace(doubt, is_accepted=True) if doubt and is_accepted else doubt


@dataclass(frozen=True)
class Changed:
    """The rows that changed since a revision, as part of the grid, and the order of all rows now."""

    grid: Grid
    order: Sequence[int]
    numbers: Mapping[int, int]
    """Row ids and the numbers they bear."""
    made: Sequence[int] = ()
    """The ids of rows that the answered request made, in its order."""


def changed_since(table_id: int, revision: int, *, made: Sequence[int] = (), by: Person) -> Changed | None:
    """What changed since *revision*; None when nothing did. A revision that never was gets the whole table."""
    table = service.get_part(table_id, by=by)
    if table.revision == revision:
        return None
    sheet = service.sheet(table_id, by=by, local=True)
    order = [row.id for row in sheet.rows]
    numbers = {row_id: number for number, row_id in enumerate(order, 1)}
    touched = service.touched_since(table, revision) if revision <= table.revision else {*order, sheet.header.id}
    rows = [row for row in (sheet.header, *sheet.rows) if row.id in touched]
    part = replace(sheet, rows=rows)
    return Changed(_grid(part), order, numbers, made)


def _reading(key: str, value: str, context: checks.Context) -> str:
    """How the cell was understood, in words; "" where nothing is read, or the words would only repeat the text."""
    if not value:
        return ""
    if key == "event_time":
        return _time_in_words(value, context.week)
    said = _in_words(key, value) if key in _IN_WORDS else ""
    return "" if said == value else said


@lru_cache(8192)
def _time_in_words(value: str, week: tuple[date, date] | None) -> str:
    return time.read(value, week=week).in_words()


_IN_WORDS: Mapping[str, Callable[[str], str]] = {
    "scale": lambda value: scale.read(value).in_words(),
    "venue": lambda value: venue.read(value).in_words(),
    "contact": lambda value: contact.read(value).in_words(),
}


@lru_cache(8192)
def _in_words(key: str, value: str) -> str:
    return _IN_WORDS[key](value)


@dataclass(frozen=True)
class Told:
    """A history for its page: what of, and its lines."""

    table: AnnexTable
    place: str
    """The cell it is of, ``第 3 行 活动地点``; "" for a whole table."""
    lines: Sequence[Line]
    can_restore: bool
    cell: tuple[int, str] | None = None
    before: int | None = None
    """Only what is older than this entry is told; None from the newest on."""
    older: int | None = None
    """The entry before which still older ones are told; None when these are the oldest."""


@dataclass(frozen=True)
class Line:
    """One line of a history."""

    at: datetime
    who: str
    how: str
    place: str
    what: str
    """What was done to a row; "" for a cell, which went from ``old`` to ``new``."""
    old: str
    new: str
    cell: str = ""
    """The cell that ``old`` can be put back into, by its name in the form; "" where it can't be, or stands there now."""
    now: str = ""
    """What that cell holds now."""


HISTORY_PAGE = 200
"""How many changes one page of a history tells. Nothing is ever pruned: older ones stand on further pages."""

HOW = {
    "typed": "填写",
    "pasted": "粘贴",
    "filled": "填充",
    "imported": "导入",
    "row": "行操作",
    "undo": "撤销",
    "redo": "恢复",
    "job": "作业填写",
    "office": "市联席办修改",
    "stand_in": "市联席办代填",
    "put_back": "恢复为报送的内容",
}


def history(table_id: int, *, activity_id: int | None = None, key: str | None = None, before: int | None = None, by: Person) -> Told:
    """Who changed what, newest first: of a table, or of one cell; a page of it, older than the entry *before*."""
    table = service.get_part(table_id, by=by)
    form = schema.from_json(table.schema.form)
    if activity_id is not None:
        service.check_row(activity_id, table, by=by)
    labels = {column.key: column.label for column in form.columns} | {one.key: one.label for one in form.header_fields}
    entries = service.history(table_id, activity_id=activity_id, key=key, before=before, limit=HISTORY_PAGE + 1, by=by)
    older = entries[HISTORY_PAGE - 1].id if len(entries) > HISTORY_PAGE else None
    labels |= plugins.labels({*filter(local_columns.is_local, [*(entry.key for entry in entries), key or ""])})
    if key is not None and key not in labels:
        raise NotFound
    rows, header, fields = service.rows_for(table, by=by), service.header_of(table), plugins.fields_of(table.unit.slug)
    numbers = {row.id: f"第 {number} 行" for number, row in enumerate(rows, 1)} | {header.id: "表头"}
    now: dict[int, tuple[Activity | None, Mapping[str, str]]] = {}
    now |= {row.id: (row, local_columns.seen(row.values, fields)) for row in (header, *rows)}
    known = {*labels} - {*filter(local_columns.is_local, labels)} | {field.cell for field in fields}
    how_far = reach.of(table, by=by) if service.may_edit(table, by=by) else None
    lines = []
    for entry in entries[:HISTORY_PAGE]:
        row = numbers.get(entry.activity_id, "已删除的行")
        what = "移动了位置" if entry.key == POS else "" if entry.key != ALIVE else "新增该行" if entry.new == "1" else "删除该行"
        place = row if what else f"{row} {labels.get(entry.key, entry.key)}"
        line, held = now.get(entry.activity_id, (None, {}))
        held_now = held.get(entry.key, "")
        is_open = how_far is not None and line is not None and entry.key in known and not how_far.why_not(line, entry.key)
        cell = f"{entry.activity_id}.{entry.key}" if is_open and held_now != entry.old else ""
        lines.append(Line(entry.at, entry.who, HOW.get(entry.via, entry.via), place, what, entry.old, entry.new, cell, held_now))
    can_restore = any(line.cell for line in lines)
    if activity_id is None or key is None:
        return Told(table, "", lines, can_restore, before=before, older=older)
    place = f"{numbers.get(activity_id, '已删除的行')} {labels[key]}"
    return Told(table, place, lines, can_restore, (activity_id, key), before, older)


def table_of(activity_id: int) -> int:
    """The table of a row, deleted ones included, or NotFound."""
    table_id = ops.table_of(activity_id)
    if table_id is None:
        raise NotFound
    return table_id
