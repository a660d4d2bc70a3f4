"""The audit log: who did what, when and from where. Lines are only added, each chained to the one before.

What changes cells is not here: the ops of ``annexes`` are their own record.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from ipweek import clock
from ipweek.accounts import names, origin
from ipweek.accounts.models import AuditEntry, AuditHead, User
from ipweek.accounts.schema import Person
from ipweek.errors import Forbidden
from ipweek.extensions import db
from ipweek.transaction import transaction

FIRST = "0" * 64
"""The chain before the first line."""
PURGED = "〔已清除〕"
"""Stands for a detail whose personal data was purged; its digest stays, so that the chain still verifies."""
PER_PAGE = 100
REFUSED_AN_HOUR = 60
"""So many refused requests of one person are written within an hour; a script may send thousands."""


def write(
    action: str,
    *,
    by: Person | str,
    object: str = "",  # noqa: A002 -- the word of the log, and of its column
    detail: str = "",
    result: str = "ok",
    unit: str = "",
    address: str = "",
    request_id: str = "",
) -> None:
    """Add a line, in the transaction that does the thing: both stand or neither does.

    *object* is like ``user:12``. *result* is ``ok`` or ``refused``. Never give a password or a token in *detail*.
    Address and request are those of the present request unless given; *unit* is for a *by* that is only a name.
    """
    here = origin.here()
    fields: dict[str, Any] = {
        "at": clock.now(),
        "actor": (by if isinstance(by, str) else by.username)[:80],
        "unit": unit if isinstance(by, str) else by.unit_slug,
        "action": action,
        "object": object[:80],
        "result": result,
        "address": (address or here.address)[:64],
        "request_id": (request_id or here.request_id)[:16],
        "detail": names.clean(detail),
        "salt": secrets.token_hex(16),
    }
    fields["detail_digest"] = _digest(fields["salt"], fields["detail"])
    with transaction():
        fields["chain"] = _link(_head(), fields)
        db.session.execute(insert(AuditEntry).values(**fields))
        db.session.execute(update(AuditHead).where(AuditHead.id == 1).values(chain=fields["chain"]))


def write_refused(action: str, *, by: Person, object: str, detail: str = "") -> None:  # noqa: A002 -- as in write
    """Add the line of a refused request, but no more than REFUSED_AN_HOUR of one person: the last says that others follow."""
    mine = (AuditEntry.actor == by.username[:80]) & (AuditEntry.action == action) & (AuditEntry.at > clock.now() - timedelta(hours=1))
    with transaction():
        count = db.session.scalar(select(func.count()).select_from(AuditEntry).where(mine)) or 0
        if count >= REFUSED_AN_HOUR:
            return
        if count == REFUSED_AN_HOUR - 1:
            detail = f"{detail}（一小时内已有 {REFUSED_AN_HOUR} 次，其余不再逐条记录，见运行日志）".strip()
        write(action, by=by, object=object, detail=detail, result="refused")


def _head() -> str:
    """The end of the chain, locked until the transaction ends."""
    ask = select(AuditHead.chain).where(AuditHead.id == 1).with_for_update()
    chain = db.session.scalar(ask)
    if chain is None:
        try:
            with db.session.begin_nested():
                db.session.execute(insert(AuditHead).values(id=1, chain=FIRST))
        except IntegrityError:  # another process wrote the very first line meanwhile
            pass
        chain = db.session.scalar(ask)
    if chain is None:
        raise RuntimeError("the head of the audit chain can be neither read nor made")
    return chain


def _digest(salt: str, detail: str) -> str:
    return hashlib.sha256(f"{salt}{detail}".encode()).hexdigest()


def _link(before: str, fields: Any) -> str:
    """The chain after a line of these *fields*."""
    line = [before, fields["at"].isoformat(), *(fields[name] for name in ("actor", "unit", "action", "object", "result", "address"))]
    line += [fields["request_id"], fields["detail_digest"]]
    return hashlib.sha256(json.dumps(line, ensure_ascii=False).encode()).hexdigest()


@dataclass(frozen=True)
class BrokenLine:
    """A place where the log is not what was written. ``id`` 0 is the end of the log."""

    id: int
    why: str


def verify() -> list[BrokenLine]:
    """Every line that was changed, and every place where lines are missing; empty when the log is whole."""
    broken = []
    before = FIRST
    for line in db.session.execute(select(AuditEntry.__table__).order_by(AuditEntry.id).execution_options(yield_per=1000)).mappings():
        if line["detail"] != PURGED and _digest(line["salt"], line["detail"]) != line["detail_digest"]:
            broken.append(BrokenLine(line["id"], "说明文字被改动"))
        if _link(before, line) != line["chain"]:
            broken.append(BrokenLine(line["id"], "本行被改动，或者它前面有记录被删除、插入"))
        before = line["chain"]
    if (db.session.scalar(select(AuditHead.chain).where(AuditHead.id == 1)) or FIRST) != before:
        broken.append(BrokenLine(0, "最后的记录被删除，或者有记录不是由系统写入的"))
    return broken


@dataclass(frozen=True)
class Page:
    """One page of the log, newest lines first."""

    lines: Sequence[AuditEntry]
    number: int
    total: int

    @property
    def last(self) -> int:
        return max(1, -(-self.total // PER_PAGE))


def entries(
    *,
    by: Person,
    actor: str = "",
    action: str = "",
    object: str = "",  # noqa: A002 -- the word of the log, and of its column
    since: date | None = None,
    until: date | None = None,
    page: int = 1,
) -> Page:
    """Lines of the log for the auditor, filtered; *actor* (username or name) and *object* are exact, days are Shanghai's and included."""
    if not by.has("auditor"):
        raise Forbidden("审计日志只有审计员可以查看。")
    asked: list[ColumnElement[bool]] = []
    if actor:
        named = select(User.username).where(User.name == names.clean(actor))
        asked.append(AuditEntry.actor.in_([names.key(actor), *db.session.scalars(named)]))
    if action:
        asked.append(AuditEntry.action == names.clean(action))
    if object:
        asked.append(AuditEntry.object == names.clean(object))
    if since:
        asked.append(AuditEntry.at >= _midnight(since))
    if until:
        asked.append(AuditEntry.at < _midnight(until + timedelta(days=1)))
    total = db.session.scalar(select(func.count()).select_from(AuditEntry).where(*asked)) or 0
    page = max(1, min(page, -(-total // PER_PAGE)))
    lines = db.session.scalars(
        select(AuditEntry).where(*asked).order_by(AuditEntry.id.desc()).limit(PER_PAGE).offset((page - 1) * PER_PAGE)
    )
    return Page(lines.all(), page, total)


def actions() -> Sequence[str]:
    """Every action that stands in the log."""
    return db.session.scalars(select(AuditEntry.action).distinct().order_by(AuditEntry.action)).all()


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), clock.SHANGHAI)
