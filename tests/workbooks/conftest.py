"""A week with tables in every state, sent and decided as the office would."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, datetime

import pytest
from flask import Flask

from ipweek.annexes import checks
from ipweek.annexes.models import Activity, AnnexTable
from ipweek.extensions import db
from ipweek.notice import schema
from ipweek.reporting import contents
from ipweek.reporting.models import Snapshot
from ipweek.transaction import transaction
from tests import make

SENT_AT = datetime(2024, 4, 10, 2, 0, tzinfo=UTC)


def read(row: Activity) -> None:
    """Store beside the row what is read of it, as every save does."""
    table = db.session.get(AnnexTable, row.table_id)
    with transaction():
        campaign = table.campaign
        found = checks.readings_of(schema.from_json(table.schema.form), row.values, (campaign.starts_on, campaign.ends_on))
        for name, value in asdict(found).items():
            setattr(row, name, value)


@pytest.fixture
def sent(app: Flask) -> Callable[..., AnnexTable]:
    """Make the table of a unit with one row for each dict of cells, freeze it as submitted, then give it *status*."""

    def make_sent(slug: str, status: str = "approved", *rows: dict[str, str], **changes: object) -> AnnexTable:
        table = make.table(slug, "draft", **changes)
        for cells in rows:
            read(make.row(table, **cells))
        with transaction():
            content = contents.freeze(table, SENT_AT)
            db.session.add(Snapshot(table_id=table.id, revision=table.revision, at=SENT_AT, content=content))
            table.status = status
        return table

    return make_sent
