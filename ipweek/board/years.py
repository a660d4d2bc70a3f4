"""The campaigns side by side: what each unit reported in each year, and what it came to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select

from ipweek.accounts.models import Unit
from ipweek.accounts.schema import Person
from ipweek.annexes import service as annexes
from ipweek.annexes.models import Activity, AnnexTable
from ipweek.errors import Forbidden
from ipweek.extensions import db
from ipweek.notice.models import Campaign
from ipweek.reporting.models import Summary

MOST = 5
"""Campaigns that stand beside each other, the newest ones."""


@dataclass(frozen=True)
class Cell:
    """What one unit did in one campaign. ``people`` by the lower end of what it planned, ``held`` by its summary."""

    table: AnnexTable
    activities: int
    people: int
    held: int | None


@dataclass(frozen=True)
class Column:
    """One campaign, and what it came to."""

    campaign: Campaign
    asked: int
    sent: int
    late: int
    nil: int
    activities: int
    people: int
    figures: Mapping[str, int]
    """Sums of the summaries that were sent."""


@dataclass(frozen=True)
class Line:
    """One unit through the years: its cell by the campaign's id."""

    unit: Unit
    cells: Mapping[int, Cell]


@dataclass(frozen=True)
class Years:
    """The campaigns, newest first, and every unit that was in one of them."""

    columns: Sequence[Column]
    lines: Sequence[Line]


def compare(*, by: Person) -> Years:
    """The newest campaigns beside each other, for the office and the leaders."""
    if not (by.is_office or by.has("viewer")):
        raise Forbidden
    opened = select(Campaign).where(Campaign.status.in_(("open", "closed"))).order_by(Campaign.year.desc(), Campaign.id.desc())
    campaigns = list(db.session.scalars(opened.limit(MOST)))
    ids = [campaign.id for campaign in campaigns]
    counts = _counts(ids)
    after = select(Summary).join(AnnexTable, AnnexTable.id == Summary.table_id).where(AnnexTable.campaign_id.in_(ids))
    sent = {one.table_id: one.sent or {} for one in db.session.scalars(after.where(Summary.status.in_(("submitted", "approved"))))}
    lines: dict[int, dict[int, Cell]] = {}
    units: dict[int, Unit] = {}
    columns = []
    for campaign in campaigns:
        tables = annexes.tables_of(campaign)
        for table in tables:
            activities, people = counts.get(table.id, (0, 0))
            held = sent[table.id].get("events") if table.id in sent else None
            lines.setdefault(table.unit_id, {})[campaign.id] = Cell(table, activities, people, held)
            units[table.unit_id] = table.unit
        columns.append(_column(campaign, tables, counts, sent))
    order = sorted(units.values(), key=lambda unit: (unit.level == "district", unit.sort_no, unit.id))
    return Years(columns, [Line(unit, lines[unit.id]) for unit in order])


def _counts(campaigns: Sequence[int]) -> dict[int, tuple[int, int]]:
    """Activities and people by the id of the table."""
    query = (
        select(Activity.table_id, func.count().label("activities"), func.sum(Activity.people_min).label("people"))
        .join(AnnexTable, AnnexTable.id == Activity.table_id)
        .where(AnnexTable.campaign_id.in_(campaigns), Activity.alive, ~Activity.is_header)
        .group_by(Activity.table_id)
    )
    return {row.table_id: (row.activities, int(row.people or 0)) for row in db.session.execute(query)}


def _column(
    campaign: Campaign, tables: Sequence[AnnexTable], counts: Mapping[int, tuple[int, int]], sent: Mapping[int, Mapping[str, object]]
) -> Column:
    figures: dict[str, int] = {}
    for table in tables:
        said = sent.get(table.id, {}).get("figures")
        for key, number in (said if isinstance(said, dict) else {}).items():
            figures[key] = figures.get(key, 0) + (number or 0)
    return Column(
        campaign,
        sum(annexes.is_asked(table) for table in tables),
        sum(table.submitted_at is not None for table in tables),
        sum(table.is_late for table in tables),
        sum(table.nil_return and table.submitted_at is not None for table in tables),
        sum(counts.get(table.id, (0, 0))[0] for table in tables),
        sum(counts.get(table.id, (0, 0))[1] for table in tables),
        figures,
    )
