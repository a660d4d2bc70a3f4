"""What goes out by mail: which messages wait, who sends them, and what became of each.

A message that asks somebody for something is mailed while he has not read it in the app. Nothing is queued when it is
told: a run collects what is due, so that a site without a mail server piles nothing up.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import joinedload

from ipweek import clock
from ipweek.accounts import audit
from ipweek.accounts.models import Unit, User
from ipweek.accounts.schema import Person
from ipweek.errors import Conflict, Forbidden, NotFound
from ipweek.extensions import db
from ipweek.reporting.letters import SUBJECTS, Letter
from ipweek.reporting.models import Mail, Message
from ipweek.transaction import transaction

STATUSES = {"waiting": "待发", "sent": "已发出", "failed": "没有发出", "dropped": "不用再发"}
FRESH = timedelta(days=1)
"""An older message is not mailed any more: not after a long stop, and not when a mail server is set up for the first time."""
BATCH = 40
"""Mails that one run takes."""
CLAIM_LASTS = timedelta(minutes=15)
"""After so long the run that took a mail counts as dead."""
PAUSES = (1, 5, 15, 60, 180, 360)
"""Minutes until the next try after the first, second … failure; after the last the mail has failed."""
SHOWN = 200
"""Lines of the state page."""


@dataclass(frozen=True)
class Desk:
    """The state of the mails: how many stand where, the newest of them, and who cannot be reached by mail."""

    counts: Mapping[str, int]
    mails: Sequence[Mail]
    show: str
    units_without: Sequence[str]


# ---- sending ---------------------------------------------------------------------------------------------------


def collect() -> int:
    """Put up for sending what asks somebody for something and was not read yet; how many that were."""
    now = clock.now()
    due = (
        select(Message.id)
        .join(User, User.id == Message.user_id)
        .outerjoin(Mail, Mail.message_id == Message.id)
        .where(Message.kind.in_(SUBJECTS), Message.read_at.is_(None), Message.at > now - FRESH)
        .where(User.is_active, User.email != "", Mail.id.is_(None))
        .order_by(Message.id)
    )
    found = list(db.session.scalars(due))
    if not found:
        return 0
    with transaction():
        return sum(_put_up(message_id, now) for message_id in found)


def claim() -> list[Letter]:
    """Take what is due, as this run's own; what was read or sent in the meantime is dropped."""
    now, mine = clock.now(), secrets.token_hex(16)
    taken = []
    if db.session.scalar(select(Mail.id).where(*_is_due(now)).limit(1)) is None:
        return []
    with transaction():
        for mail_id in db.session.scalars(select(Mail.id).where(*_is_due(now)).order_by(Mail.next_at, Mail.id).limit(BATCH)).all():
            values = {"claim": mine, "claimed_until": now + CLAIM_LASTS, "tries": Mail.tries + 1}
            if _touch(mail_id, *_is_due(now), values=values):
                taken.append(mail_id)
        mails = db.session.scalars(select(Mail).where(Mail.id.in_(taken)).order_by(Mail.id).options(_WITH_USER)).all()
        letters = []
        for mail in mails:
            said, to = mail.message, mail.message.user
            if why := _why_drop(said):
                mail.status, mail.why, mail.claim, mail.claimed_until = "dropped", why, "", None
            else:
                letters.append(Letter(mail.id, mine, to.email, to.name, said.kind, said.words, said.link, clock.in_shanghai(said.at)))
        return letters


def note_sent(letter: Letter) -> None:
    """The mail server took it."""
    _note(letter, status="sent", sent_at=clock.now(), sent_to=letter.to, why="")


def note_failed(letter: Letter, why: str) -> None:
    """It will never be taken as it is."""
    _note(letter, status="failed", why=why)


def put_off(letter: Letter, why: str) -> None:
    """Try again later, more patiently each time; after the last time it has failed."""
    with transaction():
        mail = db.session.get(Mail, letter.mail_id)
        if mail is None or mail.claim != letter.claim:
            return
        mail.claim, mail.claimed_until, mail.why = "", None, why
        if mail.tries > len(PAUSES):
            mail.status = "failed"
        else:
            mail.next_at = clock.now() + timedelta(minutes=PAUSES[mail.tries - 1])


def leave(letter: Letter) -> None:
    """It was not tried after all: the next run takes it."""
    with transaction():
        _touch(letter.mail_id, Mail.claim == letter.claim, values={"claim": "", "claimed_until": None, "tries": Mail.tries - 1})


# ---- the state page --------------------------------------------------------------------------------------------


def desk(*, show: str = "", by: Person) -> Desk:
    """How the mails stand, for the office and the administrator."""
    _may_see(by)
    show = show if show in STATUSES else ""
    counted = {row.status: row.mails for row in db.session.execute(select(Mail.status, func.count().label("mails")).group_by(Mail.status))}
    query = select(Mail).order_by(Mail.id.desc()).limit(SHOWN).options(_WITH_USER)
    if show:
        query = query.where(Mail.status == show)
    return Desk({key: counted.get(key, 0) for key in STATUSES}, db.session.scalars(query).all(), show, _units_without())


def again(mail_id: int, *, by: Person) -> None:
    """Try a mail that failed once more, at once."""
    with transaction():
        _may_see(by)
        mail = db.session.get(Mail, mail_id, with_for_update={"of": Mail})
        if mail is None:
            raise NotFound
        if mail.status != "failed":
            raise Conflict(f"这封邮件现在是“{STATUSES[mail.status]}”，不用再发。")
        _renew(mail)
        audit.write("mail.again", by=by, object=f"mail:{mail.id}")


def all_again(*, by: Person) -> int:
    """Try every mail that failed once more; how many they are."""
    with transaction():
        _may_see(by)
        failed = db.session.scalars(select(Mail).where(Mail.status == "failed").with_for_update(of=Mail)).all()
        for mail in failed:
            _renew(mail)
        if failed:
            audit.write("mail.again", by=by, detail=f"{len(failed)} 封")
        return len(failed)


# ---- inside ----------------------------------------------------------------------------------------------------

_WITH_USER = joinedload(Mail.message).joinedload(Message.user)


def _is_due(now: datetime) -> tuple[ColumnElement[bool], ...]:
    return Mail.status == "waiting", Mail.next_at <= now, or_(Mail.claimed_until.is_(None), Mail.claimed_until < now)


def _put_up(message_id: int, now: datetime) -> bool:
    try:
        with db.session.begin_nested():
            db.session.add(Mail(message_id=message_id, next_at=now))
    except IntegrityError:  # another node was quicker
        return False
    return True


def _touch(mail_id: int, *conditions: ColumnElement[bool], values: Mapping[str, Any]) -> bool:
    """Whether the mail was still as the *conditions* say, and holds *values* now."""
    change = update(Mail).where(Mail.id == mail_id, *conditions).values(values)
    done = db.session.execute(change.execution_options(synchronize_session=False))
    return bool(done.rowcount)  # type: ignore[attr-defined]  # of an UPDATE


def _note(letter: Letter, **values: Any) -> None:
    with transaction():
        _touch(letter.mail_id, Mail.claim == letter.claim, values={**values, "claim": "", "claimed_until": None})


def _why_drop(message: Message) -> str:
    if message.read_at is not None:
        return "本人已在站内看过，或已经办理"
    if not message.user.is_active:
        return "账号已停用"
    return "" if message.user.email else "本人没有邮箱了"


def _renew(mail: Mail) -> None:
    mail.status, mail.tries, mail.next_at, mail.why = "waiting", 0, clock.now(), ""


def _may_see(by: Person) -> None:
    if not (by.is_office or by.has("admin")):
        raise Forbidden("邮件发送情况由市联席办和系统管理员查看。")


def _units_without() -> list[str]:
    """Short names of reporting units with people none of whom has a mail address."""
    having: dict[int, bool] = {}
    for unit_id, roles, address in db.session.execute(select(User.unit_id, User.roles, User.email).where(User.is_active)):
        if {"filler", "approver"} & set(roles):
            having[unit_id] = having.get(unit_id, False) or bool(address)
    lacking = [unit_id for unit_id, has_one in having.items() if not has_one]
    return list(db.session.scalars(select(Unit.short).where(Unit.id.in_(lacking), Unit.is_active).order_by(Unit.sort_no, Unit.id)))
