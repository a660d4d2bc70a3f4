"""A week with tables in every state, sent and decided as the office would."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from flask import Flask

from ipweek.annexes.models import AnnexTable
from ipweek.extensions import db
from ipweek.reporting import service as reporting
from ipweek.reporting.models import Snapshot
from ipweek.transaction import transaction
from tests import make

SENT_AT = datetime(2024, 4, 10, 2, 0, tzinfo=UTC)


@pytest.fixture
def sent(app: Flask) -> Callable[..., AnnexTable]:
    """Make the table of a unit with one row for each dict of cells, freeze it as submitted, then give it *status*."""

    def make_sent(slug: str, status: str = "approved", *rows: dict[str, str], **changes: object) -> AnnexTable:
        table = make.table(slug, "draft", **changes)
        for cells in rows:
            make.row(table, **cells)
        with transaction():
            content = reporting.freeze(table, SENT_AT)
            db.session.add(Snapshot(table_id=table.id, revision=table.revision, at=SENT_AT, content=content))
            table.status = status
        return table

    return make_sent
