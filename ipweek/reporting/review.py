"""What the office reads before it decides: the table as it was sent, what the checks ask, what changed since last time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select

from ipweek.accounts.models import Unit
from ipweek.accounts.schema import Person
from ipweek.annexes import checks
from ipweek.annexes import due as dues
from ipweek.annexes import service as annexes
from ipweek.annexes.models import AnnexTable
from ipweek.errors import Forbidden
from ipweek.extensions import db
from ipweek.notice import schema
from ipweek.reporting import comparing, flags, service, states
from ipweek.reporting.comparing import Differences
from ipweek.reporting.flags import Flagged
from ipweek.reporting.models import Move
from ipweek.reporting.remarks import Remark, remarks, worst


@dataclass(frozen=True)
class Waiting:
    """Where a table stands among those that wait for the office. Ids of tables, None at the ends."""

    before: int | None
    after: int | None
    total: int


@dataclass(frozen=True)
class Following:
    """Where the office goes after a decision on the table of *unit*: ``table_id`` is None when nothing waits."""

    unit: str
    table_id: int | None
    total: int


@dataclass(frozen=True)
class Review:
    """A table on the office's desk. ``content`` is the snapshot of the newest submission, None if nothing was sent."""

    table: AnnexTable
    moves: Sequence[Move]
    submission: Move | None
    content: Mapping[str, Any] | None
    form: schema.Annex
    remarks: Sequence[Remark]
    since: Move | None
    """The submission that the office has seen last: the one it decided on, else the one before this."""
    differences: Differences | None
    """What changed since then."""
    actions: frozenset[str]
    may_take_back: bool
    waiting: Waiting
    day_to_mend: date | None
    marked: Sequence[Flagged]
    """What the office marked last time, and what became of it."""

    @property
    def reasons(self) -> Mapping[str, str]:
        """What the unit said to the findings, by finding id."""
        return self.submission.reasons if self.submission else {}

    @property
    def marks(self) -> Mapping[tuple[int, str], str]:
        """The worst kind of finding by cell."""
        return worst(self.remarks)

    @property
    def may_decide(self) -> bool:
        """Whether there is anything to press."""
        return self.may_take_back or not self.actions.isdisjoint(states.DECISIONS)

    @property
    def sent_before(self) -> int:
        """How many times the office got the table before this submission."""
        return len(service.submissions_in(self.moves)) - 1


def read(table_id: int, *, by: Person) -> Review:
    """The table for a decision. Forbidden for those who may see it but do not decide."""
    table = annexes.get_table(table_id, by=by)
    if not by.is_office:
        reason = "只有市联席办的经办人和负责人可以审核。"
        raise Forbidden(reason)
    moves = service.moves_of(table)
    sent = service.submissions_in(moves)
    content = sent[-1].snapshot.content if sent and sent[-1].snapshot else None
    since = _seen_last(moves, sent)
    seen = since.snapshot.content if since and since.snapshot else None
    actions = service.actions_for(table, by=by)
    return Review(
        table,
        moves,
        sent[-1] if sent else None,
        content,
        schema.from_json(content["form"] if content else table.schema.form),
        remarks_on(table, content) if content else [],
        since,
        comparing.compare(seen, content) if seen and content else None,
        actions,
        "take_back" in actions and not service.cannot_take_back(table, moves),
        waiting_beside(table),
        dues.day_to_mend(),
        flags.of(table) if table.status in {"submitted", "returned"} else (),
    )


def _seen_last(moves: Sequence[Move], sent: Sequence[Move]) -> Move | None:
    """What the office looked at before the newest submission: a unit that withdrew and sent again meanwhile hides nothing by it."""
    decided = [move.id for move in moves if move.action in states.DECISIONS and sent and move.id < sent[-1].id]
    earlier = [move for move in sent[:-1] if not decided or move.id < decided[-1]]
    return earlier[-1] if earlier else None


def remarks_on(table: AnnexTable, content: Mapping[str, Any]) -> list[Remark]:
    """What the checks say of a submission, with the knowledge of today."""
    rows = [(row["id"], row["values"]) for row in content["rows"]]
    found = checks.check_table(rows, content["header"], annexes.context_of(table), nil_return=content["nil_return"])
    return remarks(found, {row_id: number for number, (row_id, _) in enumerate(rows, 1)})


def waiting_beside(table: AnnexTable) -> Waiting:
    """The tables of the same campaign that wait for the office, before and after this one in official order."""
    query = (
        select(AnnexTable.id, AnnexTable.annex, Unit.sort_no)
        .join(Unit)
        .where(AnnexTable.campaign_id == table.campaign_id, AnnexTable.status == "submitted")
    )
    here = (table.annex, table.unit.sort_no, table.id)
    places = sorted((annex, sort_no, table_id) for table_id, annex, sort_no in db.session.execute(query))
    before = [place for place in places if place < here]
    after = [place for place in places if place > here]
    return Waiting(before[-1][2] if before else None, after[0][2] if after else None, len(places))


def following(table_id: int, *, by: Person) -> Following:
    """The next table that waits, after this one in official order, else before it."""
    table = annexes.get_table(table_id, by=by)
    waiting = waiting_beside(table)
    return Following(table.unit.short, waiting.after or waiting.before, waiting.total)
