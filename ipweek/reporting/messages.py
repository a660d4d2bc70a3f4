"""What concerns a person, told in the app (站内消息): news of his tables, and calls to send them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select, update

from ipweek import clock
from ipweek.accounts.models import User
from ipweek.accounts.schema import Person, Role
from ipweek.annexes.models import AnnexTable
from ipweek.errors import NotFound
from ipweek.extensions import db
from ipweek.reporting.models import Message, Move
from ipweek.transaction import transaction

PER_PAGE = 50

_OVER_WHEN_SENT = ("opened", "chase", "return", "send_back")
"""What asks the unit to send its table: read by itself once the table is sent."""
OVER_WHEN_ANSWERED = ("ask_consent", "mend_chase")
"""What asks the unit about what the office mended: read by itself once that is settled."""


_OVER_WHEN_DECIDED = ("submit", "nil_return", "endorse", "agree", "object")
"""What asks the office to look, or the unit's approver: read by itself once he, or the office, has decided."""


@dataclass(frozen=True)
class Page:
    """One page of somebody's messages, newest first."""

    messages: Sequence[Message]
    unread: int
    number: int
    last: int


# ---- telling (inside transaction()) ---------------------------------------------------------------------------


def tell(people: Iterable[int], words: str, *, kind: str, link: str, table_id: int | None = None) -> int:
    """Put a message before each of *people* (ids of users); how many they are."""
    asked = sorted(set(people))
    at = clock.now()
    db.session.add_all([Message(user_id=user_id, at=at, kind=kind, words=words, link=link, table_id=table_id) for user_id in asked])
    return len(asked)


def tell_unit(table: AnnexTable, words: str, *, kind: str, link: str = "", roles: Sequence[Role] = ("filler", "approver")) -> int:
    """Tell those of the table's unit who hold one of *roles*."""
    return tell(people_of(table.unit_id, roles), words, kind=kind, link=link or f"/tables/{table.id}", table_id=table.id)


def tell_office(words: str, *, kind: str, link: str, table_id: int | None = None) -> int:
    """Tell every clerk and head of the office."""
    people = db.session.execute(select(User.id, User.roles).where(User.is_active))
    office = [user_id for user_id, roles in people if {"clerk", "head"} & set(roles)]
    return tell(office, words, kind=kind, link=link, table_id=table_id)


def people_of(unit_id: int, roles: Sequence[Role] = ("filler", "approver")) -> list[int]:
    """The ids of the unit's people who can log in and hold one of *roles*."""
    people = db.session.execute(select(User.id, User.roles).where(User.unit_id == unit_id, User.is_active))
    return [user_id for user_id, held in people if set(held) & set(roles)]


def reach(units: Iterable[int]) -> dict[int, int]:
    """How many people of each unit a message to it reaches, by unit id."""
    people = db.session.execute(select(User.unit_id, User.roles).where(User.unit_id.in_(set(units)), User.is_active))
    return dict(Counter(unit_id for unit_id, held in people if {"filler", "approver"} & set(held)))


def addresses(units: Iterable[int]) -> dict[int, int]:
    """How many people of each unit are reached by mail too, by unit id."""
    people = db.session.execute(select(User.unit_id, User.roles).where(User.unit_id.in_(set(units)), User.is_active, User.email != ""))
    return dict(Counter(unit_id for unit_id, held in people if {"filler", "approver"} & set(held)))


def tell_of(move: Move, table: AnnexTable, before: Sequence[Move]) -> None:
    """Tell whom a move of a table concerns, but never him who made it. *before* are the moves until then, oldest first."""
    name = f"附件{table.annex}"
    here, review = f"/tables/{table.id}", f"/tables/{table.id}/review"
    people: list[int] = []
    words, link = "", here
    if move.from_status == "unit_review" or move.action in {"approve", "return"}:
        settle(table.id, _OVER_WHEN_DECIDED)
    match move.action:
        case "approve":
            people, words, link = people_of(table.unit_id), f"{name}已审核通过。", f"{here}/receipt"
        case "return":
            people, words = people_of(table.unit_id), f"{name}被退回修改：{move.why}。请改好后重新报送。"
        case "take_back":
            people, words, link = people_of(table.unit_id), f"市联席办撤销了对{name}的决定，正在重新审核。", f"{here}/receipt"
        case "send_back":
            people, words = [before[-1].by_id] if before else [], f"{name}被本单位审核人退回：{move.why}。"
        case "submit" | "nil_return" | "endorse" if move.to_status == "submitted":
            people = [one.by_id for one in before if one.action == "return"][-1:]
            words, link = f"{table.unit.short}的{name}退回后已重新报送，请审核。", review
        case "submit" | "nil_return":
            people, words, link = people_of(table.unit_id, ["approver"]), f"{name}等待本单位审核人核对并同意报送。", f"{here}/submit"
    tell((one for one in people if one != move.by_id), words.replace("。。", "。"), kind=move.action, link=link, table_id=table.id)
    if move.to_status == "submitted":
        settle(table.id, _OVER_WHEN_SENT)


def settle(tables: int | Collection[int], kinds: Sequence[str] | None = None) -> None:
    """What messages of these *kinds* (None: all) about the table or tables asked for is done: nobody needs to read them any more."""
    those = (tables,) if isinstance(tables, int) else tables
    over = update(Message).where(Message.table_id.in_(those), Message.read_at.is_(None))
    if kinds is not None:
        over = over.where(Message.kind.in_(kinds))
    db.session.execute(over.values(read_at=clock.now()))


# ---- reading ---------------------------------------------------------------------------------------------------


def unread(*, by: Person) -> int:
    """How many messages wait for him."""
    return db.session.scalar(select(func.count()).where(Message.user_id == by.id, Message.read_at.is_(None))) or 0


def mine(*, page: int = 1, by: Person) -> Page:
    """His own messages; there is no other way to see one."""
    total = db.session.scalar(select(func.count()).where(Message.user_id == by.id)) or 0
    last = max(1, -(-total // PER_PAGE))
    number = max(1, min(page, last))
    query = select(Message).where(Message.user_id == by.id).order_by(Message.id.desc())
    found = db.session.scalars(query.limit(PER_PAGE).offset((number - 1) * PER_PAGE))
    return Page(found.all(), unread(by=by), number, last)


def open_one(message_id: int, *, by: Person) -> str:
    """Mark his message as read; the path that it leads to. NotFound for another's."""
    with transaction():
        found = db.session.get(Message, message_id)
        if found is None or found.user_id != by.id:
            raise NotFound
        found.read_at = found.read_at or clock.now()
        return found.link


def read_all(*, by: Person) -> None:
    """Mark all of his messages as read."""
    with transaction():
        mine_unread = update(Message).where(Message.user_id == by.id, Message.read_at.is_(None))
        db.session.execute(mine_unread.values(read_at=clock.now()))
