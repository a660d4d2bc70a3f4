"""The merged workbook: which tables are in it, what stands on its cover, and who may have it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from io import BytesIO
from typing import IO, Any

import openpyxl
from sqlalchemy import func, select

from ipweek import clock, wording
from ipweek.accounts import audit
from ipweek.accounts.models import Unit
from ipweek.accounts.schema import Person
from ipweek.annexes import checks, local_columns
from ipweek.annexes import service as annexes
from ipweek.annexes.models import Activity, AnnexTable
from ipweek.annexes.schema import STATUSES
from ipweek.errors import Forbidden, NotFound
from ipweek.extensions import db
from ipweek.notice import deadlines, schema
from ipweek.notice import service as notices
from ipweek.notice.models import Campaign
from ipweek.plugins import service as plugins
from ipweek.reporting.models import Snapshot
from ipweek.transaction import transaction
from ipweek.workbooks import overview
from ipweek.workbooks.cover import Cover, Tally
from ipweek.workbooks.documents import annexes as annexes_document
from ipweek.workbooks.layout import AnnexSheet, Band
from ipweek.workbooks.overview import Entry
from ipweek.workbooks.stream import Placed
from ipweek.workbooks.writer import write_workbook

MERGED = ("approved", "archived")
"""What merges; the rest is waited for."""
DRAFT = "未定稿"
DRAFT_NOTE = "含已报送、尚未审核的表，仅供内部核对"
EMPTY_ROWS = 5
"""A unit's own table with nothing in it still prints as a form."""


@dataclass(frozen=True)
class Workbook:
    """What would be written now, before it is."""

    year: int
    week: tuple[date, date] | None
    cover: Cover
    sheets: Sequence[AnnexSheet]
    contents: Mapping[int, Mapping[str, Any]]
    """The snapshots that are in it, by table, in official order."""
    snapshots: Sequence[int]
    """Their ids, in the same order."""

    @property
    def activities(self) -> int:
        return sum(tally.activities for tally in self.cover.tallies)

    @property
    def merged(self) -> int:
        """How many tables are in it, nil returns among them."""
        return sum(tally.merged for tally in self.cover.tallies)


@dataclass(frozen=True)
class _Part:
    """One annex: its form, its tables, and the newest snapshot of those that are in."""

    form: schema.Annex
    tables: Sequence[AnnexTable]
    contents: Mapping[int, Mapping[str, Any]]
    snapshots: Mapping[int, int]
    """The snapshots' ids, by table."""
    not_handed_out: Sequence[str]


def merge(campaign: Campaign, *, by: Person, include_submitted: bool = False, kind: str = "xlsx") -> bytes:
    """The merged annexes: approved and archived tables as they were submitted; the office's alone.

    *include_submitted* takes in what waits for a decision, and marks the file 未定稿. *kind* is xlsx, or docx: the cover
    and the annexes. Each is a line of the audit log.
    """
    workbook = gather(campaign, by=by, include_submitted=include_submitted)
    number = campaign.id
    said = [
        f"{campaign.year}年",
        f"{workbook.activities} 项活动",
        *(["Word"] if kind == "docx" else []),
        *([DRAFT] if include_submitted else []),
    ]
    written = BytesIO()
    if kind == "docx":
        cover = workbook.cover
        annexes_document.write(written, workbook.sheets, title=cover.title, made_at=clock.now(), cover=cover, mark=cover.mark)
    else:
        write(workbook, written)
    with transaction():
        audit.write("workbook-merged", by=by, object=f"campaign:{number}", detail="，".join(filter(None, said)))
    return written.getvalue()


def trace(campaign: Campaign, *, by: Person, include_submitted: bool = False) -> list[Placed]:
    """Where each row of the annexes comes from: sheet and row, the unit's slug, the activity's id."""
    workbook = gather(campaign, by=by, include_submitted=include_submitted)
    return [placed for placed in write(workbook, BytesIO()) if placed.unit]


def write(workbook: Workbook, into: IO[bytes]) -> list[Placed]:
    """Write the cover, the annexes, and behind them what the office works with; where each row stands."""
    entries = entries_of(workbook)
    local = overview.local_keys(entries)
    labels = plugins.labels(local) if local else {}
    union = overview.union(workbook.year, entries, with_contacts=True, mark=workbook.cover.mark)

    def more(book: openpyxl.Workbook) -> None:
        overview.add_totals(book, entries, workbook.week)
        overview.add_missing(book, workbook.cover.tallies)
        if labels:
            overview.add_local(book, entries, labels)

    return write_workbook(into, [*workbook.sheets, union], made_at=clock.now(), cover=workbook.cover, more=more)


def gather(campaign: Campaign, *, by: Person, include_submitted: bool = False, edition: str = "") -> Workbook:
    """Everything that goes into the merged workbook of *campaign*, in official order. Forbidden but to the office.

    *edition* is printed on the cover: 第 3 版.
    """
    if not by.is_office:
        raise Forbidden("只有市联席办的经办人和负责人可以生成汇总表。")
    taken = (*MERGED, "submitted") if include_submitted else MERGED
    parts = list(_parts(campaign, taken))
    mark = DRAFT if include_submitted else ""
    cover = Cover(
        title=f"{campaign.year}年知识产权宣传周重点活动汇总表",
        facts=(*_facts(campaign, by=by), *((("版次", edition),) if edition else ())),
        tallies=tuple(_tally(part) for part in parts),
        mark=mark,
        note=DRAFT_NOTE if include_submitted else "",
    )
    merged = [(part, table.id) for part in parts for table in part.tables if table.id in part.contents]
    return Workbook(
        campaign.year,
        (campaign.starts_on, campaign.ends_on) if campaign.starts_on and campaign.ends_on else None,
        cover,
        [AnnexSheet(part.form, list(_bands(part)), mark=mark) for part in parts],
        {table_id: part.contents[table_id] for part, table_id in merged},
        [part.snapshots[table_id] for part, table_id in merged],
    )


def own_table(table_id: int, *, by: Person, kind: str = "xlsx") -> tuple[AnnexTable, bytes]:
    """One unit's table as it stands now, in the official layout; phones masked for those who may not see them.

    *kind* is xlsx or docx.
    """
    sheet = annexes.sheet(table_id, by=by)
    form = official(sheet.form)
    rows = [_cells(form, row.values) for row in sheet.rows]
    filled = [row for row in rows if any(row)]
    nil = sheet.table.nil_return and not filled
    if not filled and not nil:
        filled = [("",) * len(form.columns)] * EMPTY_ROWS
    band = Band(sheet.table.unit.slug, header_words(form, sheet.header.values, sheet.table.unit.name), filled, nil_return=nil)
    written = BytesIO()
    sheets = [AnnexSheet(form, [band], single=True)]
    if kind == "docx":
        annexes_document.write(written, sheets, title=form.title, made_at=clock.now())
    else:
        write_workbook(written, sheets, made_at=clock.now())
    with transaction():
        table = annexes.get_part(table_id, by=by)
        audit.write("table-downloaded", by=by, object=f"table:{table.id}", detail=f"{table.unit.short}，附件{table.annex}")
    return table, written.getvalue()


def campaign_of(year: int | None) -> Campaign:
    """The campaign a command means: of *year*, else the newest open one, else the newest closed one; or NotFound."""
    campaign = notices.current(year)
    if campaign is None:
        said = f"没有 {year} 年的活动" if year else "还没有开启的活动"
        raise NotFound(f"{said}，请先导入通知并开启。")
    return campaign


def entries_of(workbook: Workbook) -> list[Entry]:
    """Every activity as it was sent, with what was read of its time and scale; and with the district's own columns.

    Those are in no snapshot, so they are as they stand now. Reading is slow (0.3 ms a text): what was stored with
    the row serves as long as its text is the snapshot's.
    """
    columns = (Activity.id, Activity.values, Activity.starts_on, Activity.ends_on, Activity.people_min)
    stored = {row.id: row for row in db.session.execute(select(*columns).where(Activity.table_id.in_(workbook.contents)))}
    forms = {sheet.form.number: sheet.form for sheet in workbook.sheets}
    entries = []
    for content in workbook.contents.values():
        if content["nil_return"]:
            continue
        for row in content["rows"]:
            values, now = row["values"], stored.get(row["id"])
            if now is not None and all(values.get(key, "") == now.values.get(key, "") for key in ("event_time", "scale")):
                starts_on, ends_on, people = now.starts_on, now.ends_on, now.people_min
            else:
                read = checks.readings_of(forms[content["annex"]], values, workbook.week)
                starts_on, ends_on, people = read.starts_on, read.ends_on, read.people_min
            local = {key: text for key, text in now.values.items() if local_columns.is_local(key)} if now is not None else {}
            values = {**values, **local} if local else values
            entries.append(Entry(row["id"], content["unit"]["short"], content["annex"], values, starts_on, ends_on, people))
    return entries


def official(form: schema.Annex) -> schema.Annex:
    """*form* with the notice's own columns alone; those that plugins add have a dot in their key."""
    columns = tuple(column for column in form.columns if "." not in column.key)
    return schema.Annex(form.number, form.title, columns, form.header_fields)


def further(sheets: Sequence[AnnexSheet]) -> dict[int, dict[str, str]]:
    """By annex, the labels of the notice's own columns that have no place in a sentence: those the glossary does not know."""
    known = set(schema.HEADINGS.values())
    return {sheet.form.number: {column.key: column.label for column in sheet.form.columns if column.key not in known} for sheet in sheets}


def header_words(form: schema.Annex, values: Mapping[str, str], unit_name: str) -> tuple[tuple[str, str], ...]:
    """The header fields as they are printed; an empty 单位名称 is the unit's own."""
    typed = {**values, "unit_name": values.get("unit_name") or unit_name}
    return tuple((field.label, field.full(typed.get(field.key, ""), unit_name)) for field in form.header_fields)


def newest_snapshots(table_ids: Sequence[int]) -> tuple[dict[int, Mapping[str, Any]], dict[int, int]]:
    """The newest snapshots' contents and ids, by table."""
    newest = select(func.max(Snapshot.id)).where(Snapshot.table_id.in_(table_ids)).group_by(Snapshot.table_id)
    found = db.session.execute(select(Snapshot.table_id, Snapshot.id, Snapshot.content).where(Snapshot.id.in_(newest))).all()
    return {row.table_id: row.content for row in found}, {row.table_id: row.id for row in found}


# ---- inside --------------------------------------------------------------------------------------------------


def _parts(campaign: Campaign, taken: Sequence[str]) -> Iterator[_Part]:
    tables = annexes.tables_of(campaign)
    contents, snapshots = newest_snapshots([table.id for table in tables if table.status in taken])
    have = {table.unit_id for table in tables}
    for number in sorted({stored.annex for stored in campaign.annexes}):
        form = official(schema.from_json(annexes.latest_form(campaign, number).form))
        levels = [level for level, annex in annexes.ANNEX_OF_LEVEL.items() if annex == number]
        query = select(Unit.id, Unit.name).where(Unit.is_active, Unit.level.in_(levels)).order_by(Unit.sort_no, Unit.id)
        without = [name for unit_id, name in db.session.execute(query) if unit_id not in have]
        yield _Part(form, [table for table in tables if table.annex == number], contents, snapshots, without)


def _bands(part: _Part) -> Iterator[Band]:
    """A band for each table that is in and has activities; nil returns stand on the cover alone."""
    for table in part.tables:
        content = part.contents.get(table.id)
        if content is None or content["nil_return"]:
            continue
        rows = content["rows"]
        yield Band(
            content["unit"]["slug"],
            header_words(part.form, content["header"], content["unit"]["name"]),
            [_cells(part.form, row["values"]) for row in rows],
            [row["id"] for row in rows],
        )


def _cells(form: schema.Annex, values: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(values.get(column.key, "") for column in form.columns)


def _tally(part: _Part) -> Tally:
    asked = [table for table in part.tables if annexes.is_asked(table) or table.id in part.contents]
    contents = [part.contents[table.id] for table in asked if table.id in part.contents]
    missing = [(table.unit.name, _state(table)) for table in asked if table.id not in part.contents]
    return Tally(
        annex=part.form.number,
        asked=len(asked) + len(part.not_handed_out),
        merged=len(contents),
        activities=sum(len(content["rows"]) for content in contents if not content["nil_return"]),
        nil_returns=tuple(content["unit"]["name"] for content in contents if content["nil_return"]),
        missing=(*missing, *((name, "未下发任务") for name in part.not_handed_out)),
        excused=tuple(table.unit.name for table in part.tables if table.is_excused and table.id not in part.contents),
    )


def _state(table: AnnexTable) -> str:
    if table.status in MERGED:  # only where the data were changed by hand
        return "没有报送稿"
    return "已报送，待审核" if table.status == "submitted" else STATUSES[table.status].label


def _facts(campaign: Campaign, *, by: Person) -> tuple[tuple[str, str], ...]:
    now = clock.in_shanghai(clock.now())
    due = next((found for found in deadlines.dues(campaign) if found.kind == "plan" and found.on), None)
    week = wording.period(campaign.starts_on, campaign.ends_on) if campaign.starts_on and campaign.ends_on else ""
    facts = (
        ("通知", campaign.title),
        ("发文字号", campaign.doc_number),
        ("宣传周", week),
        ("活动主题", campaign.theme),
        ("报送截止", wording.until(due.on, due.time, year=True) if due and due.on else ""),
        ("汇总时间", f"{wording.plain_day(now.date())} {now:%H:%M}"),
        ("汇总人", by.name),
    )
    return tuple((label, value) for label, value in facts if value)
