"""What a district's plugins say about its own table: reports, warnings, proposals. Permission and rows come from here.

A plugin gets the rows of one table of its own unit and nothing else; what it answers is looked through before it is shown.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from ipweek import clock
from ipweek.accounts.models import Unit
from ipweek.accounts.schema import Person
from ipweek.annexes import checks, editing, handing, local_columns, reach
from ipweek.annexes import due as dues
from ipweek.annexes import service as annexes
from ipweek.annexes.editing import Edit
from ipweek.annexes.models import Activity, AnnexTable
from ipweek.annexes.ops import Written
from ipweek.errors import Busy, Forbidden, Invalid, NotFound
from ipweek.extensions import db
from ipweek.notice import schema
from ipweek.notice.models import Campaign
from ipweek.plugins import service as plugins
from ipweek.plugins import values as local_values
from ipweek.plugins.call import PluginFailed
from ipweek.plugins.service import Offer, Plugin


@dataclass(frozen=True)
class District:
    """A unit with its newest table and what its plugins bring."""

    unit: Unit
    table: AnnexTable | None
    plugins: Sequence[Plugin]
    offer: Offer
    years: Sequence[int]
    may_fill: bool
    year: int | None = None  # that was asked for
    rows: Sequence[Activity] = ()  # of the table, that he may see


def get(slug: str, *, year: int | None = None, by: Person) -> District:
    """The unit, for its own people, the office and the leaders; otherwise NotFound.

    With its table of *year*, which must be there, else its newest. A department sees what they say of its own rows.
    """
    unit = db.session.scalar(select(Unit).where(Unit.slug == slug))
    if unit is None or not annexes.may_see_some(unit.id, by=by):
        raise NotFound
    tables = list(
        db.session.scalars(
            select(AnnexTable)
            .join(Campaign)
            .where(AnnexTable.unit_id == unit.id, Campaign.status.in_(("open", "closed")))
            .options(joinedload(AnnexTable.campaign), joinedload(AnnexTable.schema))
            .order_by(Campaign.year.desc(), AnnexTable.id.desc())
        )
    )
    table = next((one for one in tables if year is None or one.campaign.year == year), None)
    if table is None and year is not None:
        raise NotFound(f"{unit.short}没有 {str(year)[:4]} 年的表格，有表格的年度：{'、'.join(map(str, _years(tables))) or '还没有'}。")
    return District(
        unit,
        table,
        plugins.of_unit(slug),
        plugins.offer_of(slug),
        _years(tables),
        table is not None and annexes.may_edit(table, by=by),
        year,
        rows=annexes.rows_for(table, by=by) if table is not None else (),
    )


def _years(tables: Sequence[AnnexTable]) -> list[int]:
    """The years that there are tables of, newest first."""
    return sorted({one.campaign.year for one in tables}, reverse=True)


@dataclass(frozen=True)
class Drawn:
    """A report, or the sentence that stands in its place."""

    district: District
    plugin: Plugin
    name: str
    title: str
    blocks: Sequence[Mapping[str, Any]] = ()
    failed: str = ""
    is_busy: bool = False


def named(district: District, plugin_id: str, name: str, *, what: str = "report") -> Drawn:
    """A report (or job) of the district before it is run; NotFound where its plugins have none of this name."""
    for plugin in district.plugins:
        titles = plugin.declared.reports if what == "report" else plugin.declared.jobs
        if plugin.id == plugin_id and name in titles:
            return Drawn(district, plugin, name, titles[name])
    raise NotFound


def report(district: District, plugin_id: str, name: str) -> Drawn:
    """The report over the district's rows. One that fails is a sentence, and the page stays whole."""
    asked = named(district, plugin_id, name)
    try:
        blocks = plugins.report(asked.plugin, name, _rows(district, asked.plugin), _offered(district))
    except PluginFailed as failed:
        return Drawn(district, asked.plugin, name, asked.title, failed=failed.said, is_busy=failed.kind == "busy")
    return Drawn(district, asked.plugin, name, asked.title, blocks)


@dataclass(frozen=True)
class Warning:  # noqa: A001 -- what the page calls it
    """One sentence about one cell, with the number its row bears."""

    row_id: int
    number: int
    key: str
    label: str
    message: str


@dataclass(frozen=True)
class Warnings:
    """What the district's checks say, and the plugins whose checks could not be run."""

    found: Sequence[Warning]
    unfinished: Sequence[str]


def warnings(district: District, *, rows: Sequence[int] | None = None) -> Warnings:
    """What the checks of the district's plugins say about its rows (of *rows* alone when given), and what is left empty."""
    table = district.table
    if table is None:
        return Warnings((), ())
    stored = [(row.id, dict(row.values)) for row in district.rows]
    numbers = {row_id: number for number, (row_id, _) in enumerate(stored, 1)}
    fields = [field for plugin in district.plugins for field in plugin.fields]
    form = local_columns.with_fields(schema.from_json(table.schema.form), fields)
    labels = {column.key: column.label for column in form.columns}
    found: list[Warning] = []
    for row_id, cells in stored:
        if not checks.is_empty(cells) and (rows is None or row_id in rows):
            found += [
                Warning(row_id, numbers[row_id], field.cell, field.label, "还没有填写") for field in local_columns.left_empty(cells, fields)
            ]
            wrong = local_columns.findings(row_id, cells, fields)
            found += [Warning(row_id, numbers[row_id], each.column, labels[each.column], each.message) for each in wrong]
    unfinished, offered = [], _offered(district)
    handed = {plugin.id: _rows(district, plugin, only=rows) for plugin in district.plugins}
    for plugin in district.plugins:
        try:
            said = plugins.warnings(plugin, handed[plugin.id], offered)
        except PluginFailed:
            unfinished.append(plugin.title)
            continue
        found += [Warning(one.row_id, numbers[one.row_id], one.key, labels.get(one.key, one.key), one.message) for one in said]
    order = {column.key: place for place, column in enumerate(form.columns)}
    return Warnings(sorted(found, key=lambda one: (one.number, order.get(one.key, 99))), unfinished)


@dataclass(frozen=True)
class Proposed:
    """One cell that a job would fill."""

    row_id: int
    number: int
    event_name: str
    cell: str
    label: str
    old: str
    new: str
    wrong: str = ""  # what would be marked in the cell


@dataclass(frozen=True)
class Proposal:
    """What a job would change, for a person to confirm; or the sentence that stands in its place."""

    drawn: Drawn
    changes: Sequence[Proposed] = ()
    op_id: str = ""
    failed: str = ""


def propose(district: District, plugin_id: str, name: str) -> Proposal:
    """Run the job. Nothing is saved."""
    asked = named(district, plugin_id, name, what="job")
    table, plugin = district.table, asked.plugin
    if table is None:
        return Proposal(asked)
    handed, offered = _rows(district, plugin), _offered(district)
    stored = [(row.id, dict(row.values)) for row in district.rows]
    try:
        said = plugins.proposals(plugin, name, handed, offered)
    except PluginFailed as failed:
        return Proposal(asked, failed=failed.said)
    fields = {field.cell: field for field in plugin.fields}
    changes = []
    for number, (row_id, cells) in enumerate(stored, 1):
        for cell, new in said.get(row_id, {}).items():
            old = local_values.held(fields[cell], cells)
            if new != old:
                name, wrong = cells.get("event_name", ""), local_values.wrong(fields[cell], new)
                changes.append(Proposed(row_id, number, name, cell, fields[cell].label, old, new, wrong))
    return Proposal(asked, changes, f"job-{secrets.token_hex(12)}")


def confirm(district: District, plugin_id: str, name: str, edits: Sequence[Edit], *, op_id: str, by: Person) -> Written:
    """Save what the person saw and left ticked: only fields of this plugin, as one op that an undo takes back."""
    asked = named(district, plugin_id, name, what="job")
    if district.table is None:
        raise NotFound
    if not (reach.is_filler(district.table, by=by) or reach.is_department(district.table, by=by)):
        raise Forbidden("只有本单位的填报员可以保存作业的建议。")
    own = {field.cell for field in asked.plugin.fields}
    if not edits:
        raise Invalid("没有选中任何一处，没有保存。")
    if any(edit.key not in own for edit in edits):
        raise NotFound
    return editing.save_cells(district.table.id, edits, op_id=op_id, via="job", by=by)


def blocks_or_busy(drawn: Drawn) -> Sequence[Mapping[str, Any]]:
    """The blocks for a workbook; Busy with the sentence where there are none."""
    if drawn.failed:
        raise Busy(f"报表暂不可用：{drawn.failed}。")
    return drawn.blocks


# ---- inside --------------------------------------------------------------------------------------------------------


def _rows(district: District, plugin: Plugin, *, only: Sequence[int] | None = None) -> list[tuple[int, Mapping[str, Any]]]:
    """The rows that hold anything, as this plugin may see them."""
    table = district.table
    if table is None:
        return []
    form, week, year = schema.from_json(table.schema.form), _week(table), table.campaign.year
    return [
        (row.id, handing.row(row.values, form, plugin.fields, week=week, year=year))
        for row in district.rows
        if not checks.is_empty(row.values) and (only is None or row.id in only)
    ]


def _offered(district: District) -> dict[str, Any]:
    """What a function may ask for beside rows and settings."""
    table = district.table
    due = dues.of(table) if table is not None else None
    return {
        "today": clock.today().isoformat(),
        "deadline": due.on.isoformat() if due and due.on else "",
        "week": handing.days_of(_week(table)) if table is not None else [],
    }


def _week(table: AnnexTable) -> Any:
    campaign = table.campaign
    return (campaign.starts_on, campaign.ends_on) if campaign.starts_on and campaign.ends_on else None
