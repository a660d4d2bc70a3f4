"""Roles, levels and the person who acts. Standard library only."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

Role = Literal["filler", "approver", "clerk", "head", "viewer", "auditor", "admin", "developer"]
Level = Literal["city", "district", "office", "department"]

ROLES: dict[Role, str] = {
    "filler": "填报员",
    "approver": "单位审核人",
    "clerk": "市联席办经办人",
    "head": "办公室负责人",
    "viewer": "领导（只读）",
    "auditor": "审计员",
    "admin": "系统管理员",
    "developer": "区信息中心",
}
"""Every role with its name on the page."""

LEVELS: dict[str, str] = {
    "city": "市级成员单位",
    "district": "区联席会议办公室",
    "office": "市联席会议办公室",
    "department": "下属部门",
}

OFFICE_ROLES = frozenset({"clerk", "head"})
NEVER_TOGETHER = (frozenset({"admin", "auditor"}),)
"""Roles that one person may not hold at once: the auditor watches the administrator."""


@dataclass(frozen=True, slots=True)
class Person:
    """Who acts: a user with his unit, as read at the start of the request. Every service takes one as ``by``.

    Also what Flask-Login calls a user; ``get_id()`` is the token of the log-in, not of the user, so that a
    log-out on the server ends it.
    """

    id: int
    username: str
    name: str
    roles: frozenset[str]
    unit_id: int
    unit_name: str
    unit_short: str
    unit_slug: str
    unit_level: str
    session_id: int
    token: str
    must_change_password: bool = False
    parent_id: int | None = None
    """Of a department's people: the unit whose tables it fills rows of."""

    is_authenticated = True
    is_active = True
    is_anonymous = False

    def get_id(self) -> str:
        return self.token

    def has(self, *roles: str) -> bool:
        """Whether the person holds any of *roles*."""
        return not self.roles.isdisjoint(roles)

    @property
    def is_office(self) -> bool:
        """Clerk or head: sees every unit's tables and decides on them."""
        return not self.roles.isdisjoint(OFFICE_ROLES)


def at_the_command_line(system_user: str) -> Person:
    """Who acts through the commands of a site: he who may read its files may do what admin and clerk may.

    No user of the database: where a row names a user, store ``by.id or None``.
    """
    name = f"cli:{system_user}"
    return Person(0, name, name, frozenset({"admin", "clerk"}), 0, "", "", "", "office", 0, "")


def role_words(roles: Iterable[str]) -> str:
    """``填报员、单位审核人``, in the order of ROLES."""
    held = set(roles)
    return "、".join(words for role, words in ROLES.items() if role in held) or "无"
