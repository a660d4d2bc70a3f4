"""The units that report: the list that the office keeps, in official order."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from sqlalchemy import func, select

from ipweek.accounts import audit, names, sessions, start_list
from ipweek.accounts.models import Unit
from ipweek.accounts.schema import LEVELS, OFFICE_ROLES, Person
from ipweek.errors import Conflict, Forbidden, Invalid, NotFound
from ipweek.extensions import db
from ipweek.transaction import transaction

_SLUG = re.compile(r"[a-z][a-z0-9_]{1,31}")
_STEP = 10


def load(*, by: Person) -> int:
    """Add the units of the start list that are not there yet, and return how many that were."""
    may_keep(by)
    with transaction():
        there = set(db.session.scalars(select(Unit.slug))) | set(db.session.scalars(select(Unit.name)))
        new = [(n, unit) for n, unit in enumerate(start_list.read(), 1) if not {unit.slug, unit.name} & there]
        for number, unit in new:
            db.session.add(
                Unit(
                    slug=unit.slug,
                    code=unit.code,
                    name=unit.name,
                    short=unit.short,
                    aliases=list(unit.aliases),
                    level=unit.level,
                    sort_no=number * _STEP,
                )
            )
        if new:
            audit.write("unit.add", by=by, object="unit:*", detail=f"起始名单 {len(new)} 个单位")
    return len(new)


def may_keep(by: Person) -> None:
    """Forbidden unless *by* keeps the list: the office, and the administrator."""
    if not by.has("admin", *OFFICE_ROLES):
        raise Forbidden("单位名单由联席会议办公室和系统管理员维护。")


def every(*, closed: bool = False) -> Sequence[Unit]:
    """All units in official order, each one's departments behind it; closed ones only when asked for."""
    units = db.session.scalars(select(Unit).order_by(Unit.sort_no, Unit.id)).all()
    ordered = []
    for unit in units:
        if unit.parent_id is None:
            ordered += [unit, *(part for part in units if part.parent_id == unit.id)]
    return [unit for unit in ordered if closed or unit.is_active]


def get(unit_id: int, *, by: Person) -> Unit:
    """The unit, for those who keep the list."""
    may_keep(by)
    found = db.session.get(Unit, unit_id)
    if found is None:
        raise NotFound
    return found


def find(text: str, among: Sequence[Unit] | None = None) -> Unit | None:
    """The active unit that goes by this name, short name, alias or slug, in whatever width and spacing; None for none.

    Who asks for many gives the units to look *among*.
    """
    wanted = names.key(text)
    if not wanted:
        return None
    for unit in every() if among is None else among:
        if wanted in {names.key(word) for word in (unit.name, unit.short, unit.slug, *unit.aliases)}:
            return unit
    return None


def add(
    *, slug: str, name: str, short: str, level: str, code: str = "", parent_id: int | None = None, aliases: Sequence[str] = (), by: Person
) -> Unit:
    """A new unit at the end of its kind, or of its parent's departments."""
    may_keep(by)
    slug = names.key(slug)
    if not _SLUG.fullmatch(slug):
        raise Invalid("代号请用小写拼音或英文，2 到 32 个字母，例如 minhang。", fields={"slug": "请用小写拼音或英文字母，例如 minhang"})
    if level not in LEVELS or (level == "department") != (parent_id is not None):
        raise Invalid("下属部门要选上级单位，其他单位不选。", fields={"parent_id": "下属部门要选上级单位，其他单位不选"})
    with transaction():
        parent = get(parent_id, by=by) if parent_id is not None else None
        if parent is not None and parent.parent_id is not None:
            raise Invalid("下属部门不能再有下属部门，请选它的上级单位。", fields={"parent_id": "请选上级单位，而不是部门"})
        if db.session.scalar(select(Unit.id).where(Unit.slug == slug)):
            raise Conflict("这个代号已有单位在用，请换一个。", fields={"slug": "已有单位在用"})
        unit = Unit(slug=slug, level=level, code=names.clean(code), parent_id=parent_id, aliases=[])
        _name(unit, name, short, aliases)
        last = select(func.max(Unit.sort_no))
        unit.sort_no = (db.session.scalar(last.where(Unit.level == level)) or db.session.scalar(last) or 0) + 1
        db.session.add(unit)
        db.session.flush()
        _number()
        audit.write("unit.add", by=by, object=f"unit:{slug}", detail=unit.name)
    return unit


def change(
    unit: Unit, *, name: str, short: str, code: str = "", aliases: Sequence[str] = (), place: int = 0, seen: str = "", by: Person
) -> None:
    """Rename a unit, or give it another place in the order. What was submitted keeps the name it had.

    *seen* is ``mark(unit)`` as the form showed it; *place* 0 leaves it where it is.
    """
    may_keep(by)
    with transaction():
        db.session.refresh(unit, with_for_update=True)
        if seen and seen != mark(unit):
            raise Conflict("这个单位刚被别人改过，请核对现在的内容后再保存。")
        before = unit.name
        unit.code = names.clean(code)
        _name(unit, name, short, aliases)
        db.session.flush()
        detail = unit.name if unit.name == before else f"{before} → {unit.name}"
        audit.write("unit.change", by=by, object=f"unit:{unit.slug}", detail=detail)
        if place and unit.is_active:
            move(unit, place, by=by)


def mark(unit: Unit) -> str:
    """What a form saw of the unit."""
    return sessions.digest("\n".join([unit.name, unit.short, unit.code, *unit.aliases]))[:16]


def close(unit: Unit, *, by: Person) -> None:
    """The unit reports no more: its people's log-ins end at once, its work stays."""
    may_keep(by)
    if unit.level == "office":
        raise Conflict("联席会议办公室是本系统的管理单位，不能停用。")
    with transaction():
        unit.is_active = False
        sessions.end_all_of_unit(unit.id)
        audit.write("unit.close", by=by, object=f"unit:{unit.slug}", detail=unit.name)


def reopen(unit: Unit, *, by: Person) -> None:
    """The unit reports again, and its people may log in."""
    may_keep(by)
    with transaction():
        unit.is_active = True
        audit.write("unit.reopen", by=by, object=f"unit:{unit.slug}", detail=unit.name)


def places() -> dict[int, int]:
    """Each active unit's place in the official order, from 1, among those that stand beside it."""
    counts: Counter[int | None] = Counter()
    found = {}
    for unit in every():
        counts[unit.parent_id] += 1
        found[unit.id] = counts[unit.parent_id]
    return found


def move(unit: Unit, place: int, *, by: Person) -> None:
    """Put the unit at *place* (from 1) of the official order, among those that stand beside it."""
    may_keep(by)
    with transaction():
        before = places().get(unit.id)
        if before is None:
            raise Conflict("停用的单位没有次序，请先恢复启用。")
        beside = [each for each in every() if each.parent_id == unit.parent_id and each is not unit]
        place = max(1, min(place, len(beside) + 1))
        if place != before:
            beside.insert(place - 1, unit)
            for number, each in enumerate(beside, 1):
                each.sort_no = number * _STEP
            audit.write("unit.move", by=by, object=f"unit:{unit.slug}", detail=f"第 {before} 位 → 第 {place} 位")


def _number() -> None:
    """Give every unit a number of its own again, with room between."""
    for number, unit in enumerate(every(closed=True), 1):
        unit.sort_no = number * _STEP


def _name(unit: Unit, name: str, short: str, aliases: Sequence[str]) -> None:
    name, short = names.clean(name), names.clean(short)
    aliases = [alias for alias in dict.fromkeys(names.clean(alias) for alias in aliases) if alias]
    for field, text, most in (("name", name, 200), ("short", short, 80)):
        if not text or len(text) > most:
            raise Invalid("名称和简称都要填，名称最多 200 字，简称最多 80 字。", fields={field: f"请填写，最多 {most} 字"})
    with db.session.no_autoflush:
        for other in every(closed=True):
            taken = {names.key(word) for word in (other.name, other.short, other.slug, *other.aliases)}
            for field, words in (("name", [name]), ("short", [short]), ("aliases", aliases)):
                if other is not unit and other.id != unit.id and taken & {names.key(word) for word in words}:
                    raise Conflict(f"“{other.name}”已用了这个名称，请换一个，以免认错单位。", fields={field: f"与“{other.name}”重复"})
    unit.name, unit.short, unit.aliases = name, short, aliases
