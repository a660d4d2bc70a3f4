"""Users: who has an account, in which unit, with which roles. Nobody is ever deleted: a leaver is closed.

The administrator keeps all accounts; the office keeps those of the reporting units' fillers and approvers.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from sqlalchemy import select

from ipweek import clock
from ipweek.accounts import audit, names, passwords, sessions, throttle
from ipweek.accounts.models import Unit, User
from ipweek.accounts.schema import NEVER_TOGETHER, OFFICE_ROLES, ROLES, Person, Role, role_words
from ipweek.config import ADDRESS
from ipweek.errors import Conflict, Forbidden, Invalid, NotFound
from ipweek.extensions import db
from ipweek.transaction import transaction

USERNAME = re.compile(r"[a-z0-9][a-z0-9._-]{1,31}")
LONGEST_ADDRESS = 200
FIRST_PASSWORD_LASTS = timedelta(hours=72)
OFFICE_MAY_GIVE = frozenset({"filler", "approver"})
"""Roles that the office may give; all others are the administrator's."""


@dataclass(frozen=True)
class Slip:
    """What is printed for a person, once: the password is stored nowhere else than in his head."""

    name: str
    unit_name: str
    username: str
    password: str


@dataclass(frozen=True)
class PasswordRules:
    """What this site asks of a password."""

    length: int = 8
    mixed: bool = False


class WrongPassword(Invalid):
    """The old password was not given, or is not the person's."""

    status = 403


def may_keep(by: Person) -> None:
    """Forbidden unless *by* keeps accounts of some kind."""
    if not by.has("admin", *OFFICE_ROLES):
        raise Forbidden("账号由系统管理员和联席会议办公室管理。")


def get(user_id: int, *, by: Person) -> User:
    """The user, if *by* keeps his account; otherwise NotFound."""
    may_keep(by)
    found = db.session.get(User, user_id)
    if found is None or not _keeps(by, found.roles, found.unit):
        raise NotFound
    return found


def people(*, by: Person, text: str = "", unit_id: int | None = None, role: str = "", closed: bool = False) -> Sequence[User]:
    """The users whose accounts *by* keeps, by unit in official order; *text* is sought in names and log-in names."""
    may_keep(by)
    ask = select(User).join(Unit, User.unit_id == Unit.id).order_by(Unit.sort_no, Unit.id, User.id)
    if not closed:
        ask = ask.where(User.is_active)
    if unit_id is not None:
        ask = ask.where(User.unit_id == unit_id)
    wanted = names.key(text)
    return [
        user
        for user in db.session.scalars(ask)
        if _keeps(by, user.roles, user.unit)
        and (not role or role in user.roles)
        and (not wanted or wanted in names.key(user.name) or wanted in user.username)
    ]


def in_the_name_of(username: str, *, by: Person) -> Person:
    """*by*, who sits at the server, acting for somebody of the office: what he makes is that one's, and the audit names *by*.

    Invalid unless *username* is an open account of a clerk or head.
    """
    found = db.session.scalar(select(User).where(User.username == names.key(username)))
    if found is None:
        raise Invalid(f"没有用户名 {username}，请用 ipweek user list 查看后再写。")
    if not found.is_active or not found.unit.is_active:
        raise Invalid(f"账号 {username}（{found.name}）已停用，请写市联席办在用的账号。")
    if not OFFICE_ROLES & set(found.roles):
        raise Invalid(f"{found.name}（{username}）不是市联席办的经办人或负责人，请写经办人或负责人的用户名。")
    return replace(by, id=found.id, name=found.name)


def names_of(usernames: Collection[str]) -> dict[str, str]:
    """The names of those who have one of these log-in names, by it."""
    return {row.username: row.name for row in db.session.execute(select(User.username, User.name).where(User.username.in_(usernames)))}


def roles_to_give(by: Person) -> list[Role]:
    """The roles that *by* may give, in the order of ROLES."""
    return [role for role in ROLES if by.has("admin") or role in OFFICE_MAY_GIVE]


def units_to_staff(by: Person, units: Sequence[Unit]) -> list[Unit]:
    """Those of *units* whose people's accounts *by* keeps."""
    return [unit for unit in units if _keeps(by, (), unit)]


def add(*, username: str, name: str, unit_id: int, roles: Iterable[str], email: str = "", by: Person) -> Slip:
    """A new user with a first password, good for one log-in within 72 hours."""
    may_keep(by)
    password = passwords.first_password()
    pw_hash = passwords.hash_password(password)
    with transaction():
        return new_user(username=username, name=name, unit_id=unit_id, roles=roles, email=email, password=password, pw_hash=pw_hash, by=by)


def new_user(
    *, username: str, name: str, unit_id: int, roles: Iterable[str], password: str, pw_hash: str, email: str = "", by: Person
) -> Slip:
    """Store one user within the caller's transaction; *pw_hash* was made before it, since hashing is slow."""
    username, name, email, roles = names.key(username), names.clean(name), tidy_address(email), sorted(set(roles))
    unit = db.session.get(Unit, unit_id)
    wrong = wrong_words(username=username, name=name, email=email)
    if unit is None or not unit.is_active:
        raise Invalid("请核对标出的几处。", fields={**wrong, "unit_id": "请选择一个正在使用的单位"})
    if wrong:
        raise Invalid("请核对标出的几处。", fields=wrong)
    check_roles(roles, unit, by)
    if db.session.scalar(select(User.id).where(User.username == username)):
        raise Conflict("这个用户名已经有人用了，请换一个。", fields={"username": "已经有人用了"})
    now = clock.now()
    user = User(username=username, name=name, email=email, unit_id=unit.id, roles=roles, pw_hash=pw_hash, created_at=now)
    user.must_change_password, user.initial_until, user.is_active = True, now + FIRST_PASSWORD_LASTS, True
    db.session.add(user)
    db.session.flush()
    audit.write("user.add", by=by, object=f"user:{user.id}", detail=f"{name}（{username}），{unit.short}，{role_words(roles)}")
    return Slip(name, unit.name, username, password)


def tidy_address(text: str) -> str:
    """A mail address as it is stored: full-width signs as plain ones, no blanks at its ends."""
    return unicodedata.normalize("NFKC", text).strip()


def wrong_words(*, username: str, name: str, email: str = "") -> dict[str, str]:
    """What is wrong with a cleaned log-in name, name and mail address, by field."""
    wrong = {}
    if not USERNAME.fullmatch(username):
        wrong["username"] = "请用 2 到 32 个小写字母、数字或 . _ - ，以字母或数字开头，例如 minhang1"
    if not name or len(name) > 80:
        wrong["name"] = "请填写姓名，最多 80 字"
    if email and (len(email) > LONGEST_ADDRESS or not ADDRESS.fullmatch(email)):
        wrong["email"] = "请填写一个邮箱地址，例如 zhang@example.cn，没有可以不填"
    return wrong


def check_roles(roles: list[str], unit: Unit, by: Person) -> None:
    """Refuse roles that do not go together, or with the unit, or that are not for *by* to give."""
    if not roles or not set(roles) <= set(ROLES):
        raise Invalid("请至少选择一个角色。", fields={"roles": "请至少选择一个角色"})
    if any(together <= set(roles) for together in NEVER_TOGETHER):
        raise Invalid("系统管理员和审计员不能是同一个人。", fields={"roles": "系统管理员和审计员不能是同一个人"})
    if OFFICE_ROLES & set(roles) and unit.level != "office":
        raise Invalid("市联席办的角色只能给市联席会议办公室的人。", fields={"roles": "市联席办的角色只能给市联席会议办公室的人"})
    if not _keeps(by, roles, unit):
        raise Forbidden("办公室可以增改各单位的填报员和审核人；其他账号请系统管理员处理。")


def change(user: User, *, name: str, unit_id: int, roles: Iterable[str], email: str | None = None, seen: str = "", by: Person) -> None:
    """Another name, unit, set of roles or mail address (None: as it is); it counts from the person's next request.

    *seen* is ``mark(user)`` of the form.
    """
    name, roles = names.clean(name), sorted(set(roles))
    email = user.email if email is None else tidy_address(email)
    if wrong := wrong_words(username=user.username, name=name, email=email):
        raise Invalid("请核对标出的几处。", fields=wrong)
    with transaction():
        _lock(user, by)
        if seen and seen != mark(user):
            raise Conflict("这个账号刚被别人改过，请核对现在的内容后再保存。")
        unit = db.session.get(Unit, unit_id)
        if unit is None:
            raise Invalid("请选择单位。", fields={"unit_id": "请选择单位"})
        check_roles(roles, unit, by)
        _keep_the_last(user, left=roles)
        detail = f"{user.name}，{user.unit.short}，{role_words(user.roles)} → {name}，{unit.short}，{role_words(roles)}"
        if email != user.email:
            detail += "，邮箱已改" if email else "，邮箱已清空"
        user.name, user.email, user.unit_id, user.roles = name, email, unit.id, roles
        audit.write("user.change", by=by, object=f"user:{user.id}", detail=detail)


def mark(user: User) -> str:
    """What a form saw of the user."""
    return sessions.digest("\n".join([user.name, user.email, str(user.unit_id), *user.roles]))[:16]


def close(user: User, *, by: Person) -> None:
    """The person left: log-ins end at once, the password is gone, and the work stays with the unit."""
    with transaction():
        _lock(user, by)
        _keep_the_last(user, left=())
        user.is_active, user.pw_hash = False, ""
        sessions.end_all(user.id)
        audit.write("user.close", by=by, object=f"user:{user.id}", detail=f"{user.name}（{user.username}）")


def reopen(user: User, *, by: Person) -> Slip:
    """The person is back, with a new first password."""
    return _give_password(user, "user.reopen", by=by)


def reset_password(user: User, *, by: Person) -> Slip:
    """A new first password for one who forgot his; the old one and all log-ins end."""
    if not user.is_active:
        raise Conflict("这个账号已停用，请先恢复启用。")
    return _give_password(user, "password.reset", by=by)


def _give_password(user: User, action: str, *, by: Person) -> Slip:
    password = passwords.first_password()
    pw_hash = passwords.hash_password(password)
    with transaction():
        _lock(user, by)
        user.is_active, user.pw_hash, user.must_change_password = True, pw_hash, True
        user.initial_until = clock.now() + FIRST_PASSWORD_LASTS
        sessions.end_all(user.id)
        throttle.clear(throttle.account(user.username))
        audit.write(action, by=by, object=f"user:{user.id}", detail=f"{user.name}（{user.username}）")
        return Slip(user.name, user.unit.name, user.username, password)


def change_own_password(old: str, new: str, *, rules: PasswordRules, by: Person) -> None:
    """A password of the person's own choice. Needs the old one; all other log-ins of his end.

    WrongPassword without the old one, TooMany after five wrong ones, Invalid with the reason when the new one is weak.
    """
    user = db.session.get(User, by.id)
    if user is None:
        raise NotFound
    pw_hash, key, at = user.pw_hash, throttle.account(user.username), clock.now()
    context = [
        user.username,
        user.name,
        user.unit.name,
        user.unit.short,
        user.unit.short.removesuffix("区"),
        user.unit.slug,
        *user.unit.aliases,
    ]
    throttle.count([key], at=at)
    if not passwords.matches(pw_hash, old):
        raise WrongPassword("现在的密码不对。", fields={"old": "现在的密码不对，请重新输入"})
    throttle.clear(key)
    weak = passwords.weakness(new, length=rules.length, mixed=rules.mixed, context=context)
    if not weak and new == old:
        weak = "新密码和现在的密码一样，请换一个。"
    if weak:
        raise Invalid(weak, fields={"new": weak})
    new_hash = passwords.hash_password(new)
    with transaction():
        db.session.refresh(user, with_for_update={"of": User})
        if user.pw_hash != pw_hash:
            raise Conflict("密码刚刚已被修改或重置，请重新登录。")
        user.pw_hash, user.must_change_password, user.initial_until = new_hash, False, None
        sessions.end_all(user.id, but=by.session_id)
        audit.write("password.change", by=by, object=f"user:{user.id}")


def change_own_address(email: str, *, by: Person) -> None:
    """Where the person wants to be reminded by mail; empty: nowhere."""
    email = tidy_address(email)
    if wrong := wrong_words(username=by.username, name=by.name, email=email):
        raise Invalid(wrong.get("email", ""), fields=wrong)
    with transaction():
        user = db.session.get(User, by.id)
        if user is None:
            raise NotFound
        user.email = email
        audit.write("user.address", by=by, object=f"user:{user.id}", detail="邮箱已改" if email else "邮箱已清空")


def own_address(*, by: Person) -> str:
    """Where the person is reminded by mail, if anywhere."""
    return db.session.scalar(select(User.email).where(User.id == by.id)) or ""


def _keeps(by: Person, roles: Iterable[str], unit: Unit) -> bool:
    """Whether *by* keeps an account with these roles in this unit."""
    return by.has("admin") or (by.is_office and unit.level != "office" and OFFICE_MAY_GIVE.issuperset(roles))


def _lock(user: User, by: Person) -> None:
    """The user as he is now, his row held; NotFound when *by* does not keep his account."""
    may_keep(by)
    db.session.refresh(user, with_for_update={"of": User})
    if not _keeps(by, user.roles, user.unit):
        raise NotFound


def _keep_the_last(user: User, *, left: Iterable[str]) -> None:
    """Conflict when *user*, who will have the roles *left*, is the last one at work who keeps accounts, watches them, or is the office."""
    if not user.is_active:
        return
    others: set[str] = set()
    for roles in db.session.scalars(select(User.roles).where(User.is_active, User.id != user.id).with_for_update()):
        others |= set(roles)
    staying = others | set(left)
    if "admin" in user.roles and "admin" not in staying:
        raise Conflict("这是最后一位系统管理员，不能停用或取消。请先给另一个人这个角色。")
    if "auditor" in user.roles and "auditor" not in staying:
        raise Conflict("这是最后一位审计员，不能停用或取消，否则没有人能查审计日志。请先给另一个人这个角色。")
    if OFFICE_ROLES & set(user.roles) and not OFFICE_ROLES & staying:
        raise Conflict("这是联席会议办公室的最后一位工作人员，不能停用或取消。请先给另一个人这个角色。")
