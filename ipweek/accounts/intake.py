"""Several people at once, from a list: first what would happen, line by line, then all of it or nothing."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import select

from ipweek.accounts import audit, names, passwords, service, units
from ipweek.accounts.models import Unit, User
from ipweek.accounts.schema import ROLES, Person, role_words
from ipweek.accounts.service import Slip
from ipweek.errors import Conflict, Invalid, Refused
from ipweek.extensions import db
from ipweek.transaction import transaction

MOST = 200
"""People in one list; each costs a hash of 50 ms."""
_OTHER_WORDS = {"填报": "filler", "填报人": "filler", "审核人": "approver", "审核": "approver", "经办人": "clerk", "负责人": "head"}
_OTHER_WORDS |= {"领导": "viewer", "管理员": "admin", "审计": "auditor"}
_BETWEEN = re.compile(r"[、，,;；/\s]+")


class ListChanged(Conflict):
    """A line can't be added (any more); nobody was."""


@dataclass(frozen=True)
class Line:
    """One person as the list has him. ``number`` is the row in the file; an empty role means 填报员."""

    number: int
    name: str
    unit: str
    username: str = ""
    roles: str = ""
    email: str = ""


@dataclass(frozen=True)
class Proposal:
    """What a line would become. ``problem`` says why it can't; then the list is not taken."""

    line: Line
    unit: Unit | None = None
    username: str = ""
    roles: tuple[str, ...] = ()
    note: str = ""
    problem: str = ""

    @property
    def role_words(self) -> str:
        return role_words(self.roles)


def preview(lines: Sequence[Line], *, by: Person) -> list[Proposal]:
    """What adding *lines* would do, one proposal each; nothing is written."""
    service.may_keep(by)
    if len(lines) > MOST:
        raise Invalid(f"一次最多导入 {MOST} 人，这个文件有 {len(lines)} 人，请分成几个文件。")
    known = _Known(lines)
    proposals = []
    for line in lines:
        proposal = _propose(line, known, by)
        if not proposal.problem:
            known.add(proposal)
        proposals.append(proposal)
    return proposals


class _Known:
    """Who is there already, and who of the list so far."""

    def __init__(self, lines: Sequence[Line]) -> None:
        self.units = units.every()
        self.taken = set(db.session.scalars(select(User.username)))
        self.spoken_for = self.taken | {names.key(line.username) for line in lines}
        active = db.session.execute(select(User.unit_id, User.name).where(User.is_active))
        self.named = {(unit_id, names.key(name)) for unit_id, name in active}

    def add(self, proposal: Proposal) -> None:
        self.taken.add(proposal.username)
        self.spoken_for.add(proposal.username)
        if proposal.unit:
            self.named.add((proposal.unit.id, names.key(proposal.line.name)))


def _propose(line: Line, known: _Known, by: Person) -> Proposal:
    unit = units.find(line.unit, known.units)
    roles, unknown = _roles(line.roles)
    proposal = Proposal(line, unit, names.key(line.username), roles)
    if unit is None:
        return replace(
            proposal, problem=f"没有找到单位“{names.clean(line.unit)}”，请按单位名单写名称或简称" if line.unit.strip() else "请填写单位"
        )
    if unknown:
        return replace(proposal, problem=f"没有“{unknown}”这个角色，可以填：{'、'.join(ROLES[role] for role in service.roles_to_give(by))}")
    if not proposal.username:
        proposal = replace(proposal, username=_free_username(unit, known.spoken_for), note="用户名由系统生成")
    wrong = service.wrong_words(username=proposal.username, name=names.clean(line.name), email=service.tidy_address(line.email))
    if wrong:
        return replace(proposal, problem="；".join(wrong.values()))
    if proposal.username in known.taken:
        return replace(proposal, problem=f"用户名 {proposal.username} 已经有人用了")
    try:
        service.check_roles(list(roles), unit, by)
    except Refused as refused:
        return replace(proposal, problem=str(refused))
    if (unit.id, names.key(line.name)) in known.named:
        return replace(proposal, problem=f"{unit.short}已有一个叫“{names.clean(line.name)}”的账号；如确是另一个人，请在姓名后加字区分")
    return proposal


def _roles(words: str) -> tuple[tuple[str, ...], str]:
    """The roles that *words* name, and the first word that names none."""
    by_word = {label: role for role, label in ROLES.items()} | {role: role for role in ROLES} | _OTHER_WORDS
    found = []
    for word in filter(None, _BETWEEN.split(names.clean(words))):
        if word not in by_word:
            return (), word
        found.append(by_word[word])
    return tuple(dict.fromkeys(found)) or ("filler",), ""


def _free_username(unit: Unit, taken: set[str]) -> str:
    number = 1
    while f"{unit.slug}{number}" in taken:
        number += 1
    return f"{unit.slug}{number}"


def add_all(lines: Sequence[Line], *, by: Person) -> list[Slip]:
    """Add everyone on the list in one transaction and return the slips to print; ListChanged when a line has a problem."""
    proposals = preview(lines, by=by)
    _refuse_problems(proposals)
    secrets = [(password, passwords.hash_password(password)) for password in (passwords.first_password() for _ in proposals)]
    with transaction():
        proposals = preview(lines, by=by)  # again, under the lock
        _refuse_problems(proposals)
        slips = [
            service.new_user(
                username=each.username,
                name=each.line.name,
                unit_id=each.unit.id if each.unit else 0,
                roles=each.roles,
                email=each.line.email,
                password=password,
                pw_hash=pw_hash,
                by=by,
            )
            for each, (password, pw_hash) in zip(proposals, secrets, strict=True)
        ]
        audit.write("people.import", by=by, detail=f"{len(slips)} 人")
    return slips


def _refuse_problems(proposals: Iterable[Proposal]) -> None:
    bad = [each for each in proposals if each.problem]
    if bad:
        raise ListChanged(f"第 {bad[0].line.number} 行：{bad[0].problem}。没有导入任何人，请改好后重新上传。")


def packed(lines: Sequence[Line]) -> str:
    """*lines* as the preview page carries them to its confirmation."""
    return json.dumps([[line.number, line.name, line.unit, line.username, line.roles, line.email] for line in lines], ensure_ascii=False)


def unpacked(text: str) -> list[Line]:
    """The lines again, from outside: Invalid unless they are what ``packed`` writes."""
    try:
        rows = json.loads(text)
    except (ValueError, RecursionError):
        rows = None
    if not isinstance(rows, list) or not rows or not all(_is_line(row) for row in rows):
        raise Invalid("没有收到要导入的名单，请重新上传文件。")
    return [Line(*row) for row in rows]


def _is_line(row: object) -> bool:
    if not isinstance(row, list) or len(row) != 6:
        return False
    return isinstance(row[0], int) and all(isinstance(each, str) and len(each) <= 4000 for each in row[1:])
