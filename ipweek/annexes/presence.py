"""Who else is in a table now. A page says every half minute that it is still there; a line that is not renewed stops counting by itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from ipweek import clock
from ipweek.accounts.models import Unit, User
from ipweek.accounts.schema import Person
from ipweek.annexes import reach, service
from ipweek.annexes.models import AnnexTable, Presence
from ipweek.errors import Forbidden
from ipweek.extensions import db
from ipweek.transaction import transaction

RENEW_EVERY = timedelta(seconds=45)
"""A page asks more often than that, but only so often is anything written."""

COUNTS_FOR = timedelta(seconds=100)
"""So long after its last renewal somebody is called present: two beats of a page in a hidden tab, slowed down to one a minute."""

KEPT_FOR = timedelta(days=1)


@dataclass(frozen=True)
class Colleague:
    """Somebody who has the table open."""

    id: int
    name: str
    unit: str
    """Where he is from, if not of the table's own unit: a department of it, or the office in its stead."""


def others(table: AnnexTable, *, by: Person) -> Sequence[Colleague]:
    """The colleagues who have the table open beside *by*. Reads only."""
    query = (
        select(User.id, User.name, User.unit_id, Unit.short)
        .join(Presence, Presence.user_id == User.id)
        .join(Unit, Unit.id == User.unit_id)
        .where(Presence.table_id == table.id, Presence.user_id != by.id, Presence.seen_at > clock.now() - COUNTS_FOR)
    )
    found = db.session.execute(query.order_by(Presence.seen_at.desc(), User.id))
    return [Colleague(user_id, name, "" if unit_id == table.unit_id else unit) for user_id, name, unit_id, unit in found]


def renew(table_id: int, *, by: Person) -> Sequence[Colleague]:
    """Note that *by*, who fills the table or rows of it, has it open, and return who else does. Forbidden for those who only read."""
    table = service.get_part(table_id, by=by)
    if not reach.is_writer(table, by=by):
        reason = "只有本单位的填报员可以填写这张表。"
        raise Forbidden(reason)
    present = others(table, by=by)
    now = clock.now()
    mine = (Presence.table_id == table_id, Presence.user_id == by.id)
    seen_at = db.session.scalar(select(Presence.seen_at).where(*mine))
    if seen_at is None or now - seen_at >= RENEW_EVERY:
        _note(table_id, by.id, now)
    return present


def _note(table_id: int, user_id: int, now: datetime) -> None:
    mine = (Presence.table_id == table_id, Presence.user_id == user_id)
    try:
        with transaction():
            if not db.session.execute(update(Presence).where(*mine).values(seen_at=now)).rowcount:  # type: ignore[attr-defined]
                db.session.execute(delete(Presence).where(Presence.seen_at < now - KEPT_FOR))
                db.session.execute(insert(Presence).values(table_id=table_id, user_id=user_id, seen_at=now))
    except IntegrityError:
        pass  # another page of his, served by another node, wrote the same line in this very moment
