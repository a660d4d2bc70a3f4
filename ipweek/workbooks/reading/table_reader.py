"""Reads one annex table out of a person's .xlsx or .docx: the right table, its rows, and what is to be said about them.

The gate comes first. Nothing is dropped in silence: what is no activity, what the annex has no column for and what
is hidden is told as a problem with its place.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from ipweek.errors import Invalid
from ipweek.files import gate
from ipweek.files.limits import Limits
from ipweek.notice import schema
from ipweek.notice.schema import Annex
from ipweek.workbooks.reading import activities, grids, headings, surroundings, word
from ipweek.workbooks.reading.grids import Grid, Kind, Problem
from ipweek.workbooks.reading.headings import Headings

FORMS = {
    1: schema.annex(
        1,
        "市知识产权联席会议各成员单位重点活动安排表（市级层面）",
        ["主办单位", "重点活动名称", "活动时间", "活动地点", "活动规模 (人数)", "协办部门", "联系人"],
        [("单位名称", "")],
    ),
    2: schema.annex(
        2,
        "区知识产权联席会议重点活动安排表（区级层面）",
        ["主办单位", "重点活动名称", "活动时间", "活动地点", "活动内容", "出席范围", "活动规模 (参与人数)", "联系人"],
        [("单位名称", "区知识产权联席会议办公室"), ("填表时间", "")],
    ),
}
"""The annexes of the notice of 2024, for reading without a site; a campaign gives its own."""

ACCEPT = frozenset({"xlsx", "docx"})

MOST_TEXT = 1_000_000
"""Characters of a whole file: 2,000 rows of 500. Each of them is read for dates, numbers and phones when the file is looked at."""

MOST_SECONDS = 5
"""For which a person waits; 2,000 rows take less than one."""

_TITLED = 0.2
"""What a title is worth beside the share of columns found: less than two columns, since titles get copied wrongly."""
_MARK = re.compile(r"\s*附\s*件\s*[一二三四\d]?\s*[:：]?\s*$|\s*附\s*件\s*[一二三四\d]")


@dataclass
class TableReading:
    """What was read. ``rows`` have the official headings as keys, in the annex's order; empty cells are empty texts."""

    rows: list[dict[str, str]] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    unit_name: str = ""
    filled_on: str = ""
    sheet: str = ""
    header_row: int = 0
    row_numbers: list[int] = field(default_factory=list)
    """For each row, its number in the file."""
    others: list[dict[str, str]] = field(default_factory=list)
    """For each row, what stood in columns that the annex does not have."""
    columns: dict[str, int] = field(default_factory=dict)
    """Where each official heading stands, counted from 1."""
    unknown: dict[str, int] = field(default_factory=dict)
    """Where the headings stand that the annex does not have."""

    def as_json(self) -> dict[str, Any]:
        return {
            "rows": self.rows,
            "problems": [asdict(problem) for problem in self.problems],
            "unit_name": self.unit_name,
            "filled_on": self.filled_on,
            "source": {
                "sheet": self.sheet,
                "header_row": self.header_row,
                "rows": self.row_numbers,
                "columns": self.columns,
                "others": self.unknown,
            },
            "others": self.others,
        }


def read_upload(
    data: bytes,
    *,
    name: str,
    annex: int | dict[str, Any],
    others: Sequence[dict[str, Any]] | None = None,
    limits: dict[str, int] | None = None,
) -> dict[str, Any]:
    """``read_table`` for the reading child: forms as ``schema.as_json`` gives them, the answer as JSON."""
    form = FORMS.get(annex) if isinstance(annex, int) else schema.from_json(annex)
    if form is None:
        raise Invalid(f"没有附件 {annex}，请从附件 1、附件 2 中选择。")
    known = [schema.from_json(other) for other in others] if others is not None else None
    return read_table(data, name, form, known, limits=Limits(**(limits or {}))).as_json()


def read_table(
    data: bytes, name: str, annex: Annex | int, others: Iterable[Annex] | None = None, *, limits: Limits | None = None
) -> TableReading:
    """The table of *annex* in the file, or Invalid with a sentence. *others* are the campaign's other forms, to tell them apart."""
    limits = limits or Limits()
    kind = gate.inspect(data, name, accept=ACCEPT, limits=replace(limits, text_characters=min(limits.text_characters, MOST_TEXT)))
    form = FORMS[annex] if isinstance(annex, int) else annex
    forms = [form, *(other for other in (FORMS.values() if others is None else others) if other.number != form.number)]
    remarks: list[Problem] = []
    if kind == "xlsx":
        found = grids.from_workbook(data)
    else:
        document = word.from_document(data)
        found = document.grids
        if document.is_tracked:
            remarks.append(Problem(0, "", "D", "文件带有修订标记，已按接受全部修订后的内容读入，请核对。"))
        if document.has_hidden_text:
            remarks.append(Problem(0, "", "D", "文件带有隐藏文字，没有读入，请核对。"))
    file = _File(found, forms)
    reading = file.read(file.choose("工作表" if kind == "xlsx" else "表格"))
    reading.problems = sorted([*remarks, *reading.problems], key=lambda problem: problem.row)
    return reading


@dataclass(frozen=True)
class _Candidate:
    """A table that could be the annex: how well it fits."""

    place: int
    grid: Grid
    headings: Headings
    fit: float
    has_rows: bool


class _File:
    """All tables of one file, and how well each fits each form; the first form is the one that is asked for."""

    def __init__(self, found: Sequence[Grid], forms: Sequence[Annex]) -> None:
        self.found = found
        self.forms = forms
        self.fits = {(place, form.number): _candidate(place, grid, form) for place, grid in enumerate(found) for form in forms}

    def candidate(self, place: int) -> _Candidate | None:
        """The table at *place* as the annex asked for; None where it is none, or where another form fits it better."""
        mine = self.fits[place, self.forms[0].number]
        rivals = [self.fits[place, form.number] for form in self.forms[1:]]
        return mine if mine and all(rival is None or rival.fit <= mine.fit for rival in rivals) else None

    def choose(self, what: str) -> _Candidate:
        """The table that fits best, or Invalid where none does."""
        mine = [candidate for place in range(len(self.found)) if (candidate := self.candidate(place))]
        if mine:
            return max(mine, key=lambda each: (not each.grid.sheet.is_hidden, each.fit, each.has_rows, -each.place))
        asked = self.forms[0]
        rivals = [form.number for form in self.forms[1:] if any(self.fits[place, form.number] for place in range(len(self.found)))]
        if rivals:
            raise Invalid(f"文件里是附件{rivals[0]}的表格，不是附件{asked.number}，请选择对应的附件，或换一个文件上传。")
        labels = "、".join(column.label for column in asked.columns[:4])
        raise Invalid(f"没有在{what}里找到附件{asked.number}的表头（{labels}……），请使用附件模板，填好后再上传。")

    def read(self, chosen: _Candidate) -> TableReading:
        grid, heading, form = chosen.grid, chosen.headings, self.forms[0]
        labels = {column.key: column.label for column in form.columns}
        columns = {labels[key]: number for number, key in heading.columns.items()}
        unknown = {label: number for number, label in reversed(heading.others.items())}
        reading = TableReading(sheet=grid.name, header_row=heading.first_row, columns=columns, unknown=unknown)
        above = [
            *_from_mark(self._before(chosen)),
            *([cell.text for cell in grid.own(row).values()] for row in range(1, heading.first_row)),
        ]
        _tell_headings(reading, grid, heading, form)
        notes = activities.read(grid, heading, self.forms, reading)
        parts = self._go_on(chosen, reading)
        below = self.found[max(parts, default=chosen.place)].below
        reading.unit_name, reading.filled_on = surroundings.read([*above, *notes, *_to_mark(below)], form)
        more = [name for note in notes if (name := surroundings.read([note], form)[0]) and name != reading.unit_name]
        if more:
            names = list(dict.fromkeys([reading.unit_name, *more]))
            reading.unit_name = "、".join(names)
            told = f"文件里有 {len(names)} 个单位的内容（{reading.unit_name[:100]}），请只保留本单位的行，或核对后逐行勾选。"
            reading.problems.append(Problem(0, "", "C", told))
        self._tell_other_tables(chosen, parts, reading)
        if not reading.rows:
            reading.problems.append(Problem(0, "", "C", "表头下面没有读到活动；如果本单位没有重点活动，请办理零报送。"))
        return reading

    def _before(self, chosen: _Candidate) -> list[list[str]]:
        """The lines above the table; in Word also those of small tables before it that are no annex, such as one with 单位名称."""
        lines = [[line] for line in chosen.grid.above]
        for place in range(chosen.place - 1, -1, -1):
            grid = self.found[place]
            if not grid.is_in_word or any(self.fits[place, form.number] for form in self.forms):
                break
            if not grid.is_frame:
                rows = [[cell.text for cell in grid.own(row).values()] for row in range(1, grid.last_row + 1)]
                lines = [*([line] for line in grid.above), *rows, *lines]
        return lines

    def _go_on(self, chosen: _Candidate, reading: TableReading) -> set[int]:
        """Read on in the pieces of a Word table that a page break has split, with its heading again or without.

        Sheets of a workbook are told, not joined. Rows are counted on from the piece before, as the person sees them.
        """
        parts: set[int] = set()
        offset = chosen.grid.last_row
        for place in range(chosen.place + 1, len(self.found)):
            grid = self.found[place]
            candidate = self.candidate(place)
            is_headless = not candidate and grid.continues and grid.last_column <= chosen.grid.last_column
            if not grid.is_in_word or not (candidate or is_headless):
                break
            heading = candidate.headings if candidate else replace(chosen.headings, first_row=0, last_row=0)
            activities.read(grid, heading, self.forms, reading, offset=offset)
            offset += grid.last_row
            parts.add(place)
        return parts

    def _tell_other_tables(self, chosen: _Candidate, parts: set[int], reading: TableReading) -> None:
        """Say what else in the file was not read: hidden sheets, and further tables of the same annex."""
        if chosen.grid.sheet.is_hidden:
            reading.problems.append(Problem(0, "", "C", f"工作表“{chosen.grid.name}”是隐藏的，附件表在其中，已读入，请核对。"))
        for place, grid in enumerate(self.found):
            if place == chosen.place or place in parts:
                continue
            candidate = self.candidate(place)
            is_same = candidate is not None and candidate.has_rows
            if grid.sheet.is_hidden:
                kind: Kind = "C" if is_same else "D"
                reading.problems.append(Problem(0, "", kind, f"工作表“{grid.name}”是隐藏的，没有读入，请核对。"))
            elif is_same:
                what = grid.name if grid.is_in_word else f"工作表“{grid.name}”"
                reading.problems.append(Problem(0, "", "C", f"{what}里还有一张同样的附件表，没有读入，请合并到一张表后再上传。"))


def _candidate(place: int, grid: Grid, form: Annex) -> _Candidate | None:
    found = headings.find(grid, form)
    if not found:
        return None
    fit = len(found.columns) / len(form.columns)
    if _is_titled(grid, found, form):
        fit += _TITLED
    return _Candidate(place, grid, found, fit, any(grid.own(row) for row in range(found.last_row + 1, grid.last_row + 1)))


def _is_titled(grid: Grid, found: Headings, form: Annex) -> bool:
    """Whether the sheet's name or the text above names this annex by its number or title."""
    near = [line[0] for line in _from_mark([[line] for line in grid.above])[-8:]]
    text = "\n".join([grid.name, *near, *(cell.text for row in range(1, found.first_row) for cell in grid.own(row).values())])
    title = re.sub(r"^\d{4}年", "", schema.bare(form.title))
    return bool(re.search(rf"附\s*件\s*{form.number}(?!\d)", text)) or (bool(title) and title in schema.bare(text))


def _tell_headings(reading: TableReading, grid: Grid, heading: Headings, form: Annex) -> None:
    for number in sorted(heading.guessed):
        named = form.column(heading.columns[number])
        label = named.label if named else ""
        written = " ".join(grid.seen(heading.last_row, number).split()) or label
        reading.problems.append(Problem(heading.first_row, label, "C", f"表头“{written}”按“{label}”读入，请核对是不是这一列。"))
    for column in form.columns:
        if column.key not in heading.columns.values():
            told = f"没有找到“{column.label}”一列，这一列按空白读入，请核对表头。"
            reading.problems.append(Problem(heading.first_row, column.label, "C", told))
    for number in sorted(set(heading.columns) & grid.sheet.hidden_columns):
        named = form.column(heading.columns[number])
        label = named.label if named else ""
        reading.problems.append(Problem(heading.first_row, label, "C", f"“{label}”一列是隐藏的，已读入，请核对。"))


def _from_mark(lines: Sequence[list[str]]) -> list[list[str]]:
    """The lines above from the last 附件 mark on: what stands before belongs to something else."""
    marks = [number for number, line in enumerate(lines) if line and _MARK.match(line[0])]
    return list(lines[marks[-1] if marks else 0 :])


def _to_mark(lines: Sequence[str]) -> list[list[str]]:
    """The lines below up to where the next annex begins."""
    end = next((number for number, line in enumerate(lines) if _MARK.match(line) or "安排表" in line or "单位名称" in line), len(lines))
    return [[line] for line in lines[:end]]
