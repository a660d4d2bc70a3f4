"""What a unit wrote before in columns where the same things come again, to be offered while somebody types there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import select

from ipweek.accounts.schema import Person
from ipweek.annexes import reach, service
from ipweek.annexes.models import Activity, AnnexTable
from ipweek.errors import Forbidden
from ipweek.extensions import db
from ipweek.notice import schema

COLUMNS = ("host", "venue", "co_host", "contact")
"""Where a unit writes the same year after year. What is held, when and for how many is new each time."""

MOST = 80
"""Texts a column, the newest: more would not be looked through."""

LONGEST = 120
"""A longer text is no name of a place or a person."""

ROWS_LOOKED_THROUGH = 2_000


def of(table_id: int, *, by: Person) -> Mapping[str, Sequence[str]]:
    """By column, what stands in the tables of the table's own unit, this year's first; for a department in its own rows.

    For those who fill it; Forbidden for other readers.
    """
    table = service.get_part(table_id, by=by)
    if not reach.is_writer(table, by=by):
        reason = "只有本单位的填报员可以使用以前填过的内容。"
        raise Forbidden(reason)
    query = (
        select(Activity.values)
        .join(AnnexTable, AnnexTable.id == Activity.table_id)
        .where(AnnexTable.unit_id == table.unit_id, Activity.alive, ~Activity.is_header)
        .order_by(AnnexTable.campaign_id.desc(), Activity.id.desc())
        .limit(ROWS_LOOKED_THROUGH)
    )
    if (part_of := reach.owner_seen(table.unit_id, by=by)) is not None:
        query = query.where(Activity.owner_unit_id == part_of)
    rows = list(db.session.scalars(query))
    keys = [column.key for column in schema.from_json(table.schema.form).columns if column.key in COLUMNS]
    found = {key: [text for row in rows if 1 < len(text := row.get(key, "").strip()) <= LONGEST] for key in keys}
    return {key: list(dict.fromkeys(texts))[:MOST] for key, texts in found.items()}
