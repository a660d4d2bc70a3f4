"""The demo site: the 2024 week as its units might have filled it in, told through the services people use.

Units, dates and headings are real; people, numbers and events are invented (``demo_data``).
"""

from __future__ import annotations

import itertools
import json
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select

from ipweek import clock
from ipweek.accounts import passwords, units
from ipweek.accounts import service as accounts
from ipweek.accounts.models import Unit, User
from ipweek.accounts.schema import Person, at_the_command_line
from ipweek.annexes import campaigns, checks, editing, row_actions
from ipweek.annexes import service as annexes
from ipweek.annexes.models import AnnexTable
from ipweek.board import plugin_admin
from ipweek.clock import SHANGHAI
from ipweek.config import Settings
from ipweek.errors import Refused
from ipweek.extensions import db
from ipweek.files import service as files
from ipweek.maintenance import instance, service
from ipweek.notice import schema
from ipweek.notice import service as notices
from ipweek.plugins.shelf import Shelf, shipped
from ipweek.reporting import service as reporting
from ipweek.transaction import transaction

DATA = Path(__file__).parent / "demo_data"
MARK = "demo"
"""The file in the instance folder that says: made by ``ipweek demo``."""
ACCOUNTS = "demo-accounts.json"
BY = at_the_command_line("demo")
TODAY = date(2024, 4, 11)
"""The day on which the demo is served: most have filled in, the deadline is the day after."""


class NotADemo(Refused):
    """The site in this folder was not made by the demo; it is left alone."""

    status = 409


@dataclass(frozen=True)
class Account:
    """A log-in of the demo, as ``demo-accounts.json`` lists it."""

    username: str
    password: str
    roles: list[str]
    unit: str
    name: str


def is_made(settings: Settings) -> bool:
    """Whether the demo stands in this folder, whole; NotADemo where another site does."""
    if (settings.instance / MARK).exists():
        return (settings.instance / ACCOUNTS).exists()
    if settings.database or any((settings.instance / name).exists() for name in ("secret", "ipweek.sqlite", "settings.toml")):
        reason = f"{settings.instance} 里已有一个正式站点，演示不会动它。请换一个目录，例如 IPWEEK_INSTANCE=./demo ipweek demo。"
        raise NotADemo(reason)
    return False


def begin(settings: Settings) -> None:
    """The folder with its mark and its secret, before the application can be made. Half a demo is cleared away."""
    for path in settings.instance.glob("ipweek.sqlite*"):
        path.unlink()
    instance.make(settings.instance)
    (settings.instance / MARK).write_text("这个站点由 ipweek demo 建立，可以整个删除。\n", "utf-8")


def accounts_of(settings: Settings) -> list[Account]:
    """The log-ins of the demo that stands in the folder."""
    return [Account(**entry) for entry in json.loads((settings.instance / ACCOUNTS).read_text("utf-8"))]


def make(settings: Settings) -> list[Account]:
    """Fill the empty site; its log-ins. Needs an application context."""
    service.upgrade()
    story = tomllib.loads((DATA / "activities.toml").read_text("utf-8"))
    password = passwords.first_password()
    with at(3, 29, 9):
        units.load(by=BY)
        minhang = next(unit for unit in units.every() if unit.slug == "minhang")
        units.add(slug="qibao", name="闵行区七宝镇人民政府", short="七宝镇", level="department", parent_id=minhang.id, by=BY)
        people = _people(story, password)
    with at(3, 29, 15):
        clerk = people["clerk"]
        data = (DATA / "notice.txt").read_bytes()
        facts = notices.read(data, "关于开展2024年上海知识产权宣传周活动的通知.txt")
        kept = files.keep(data, "关于开展2024年上海知识产权宣传周活动的通知.txt", kind="txt", purpose="notice", by=clerk, settings=settings)
        campaign = notices.draft(facts, file_id=kept.id, by=clerk)
        campaigns.open_campaign(campaign, by=clerk)
    with at(3, 29, 16):
        local = _plugins(people["admin"])
    tables = {table.unit.slug: table.id for table in annexes.tables_of(campaign)}
    for number, (slug, told) in enumerate(story.items()):
        _tell(tables[slug], {**told, "local": local.get(slug, [])}, people, slug, number)
    listed = [Account(p.username, password, sorted(p.roles), p.unit_short, p.name) for p in people.values()]
    text = json.dumps([account.__dict__ for account in listed], ensure_ascii=False, indent=1)
    (settings.instance / ACCOUNTS).write_text(text, "utf-8")
    return listed


@contextmanager
def at(month: int, day: int, hour: int, minute: int = 0) -> Iterator[None]:
    """Some moment of the spring of 2024, Shanghai time."""
    with clock.retelling(datetime(2024, month, day, hour, minute, tzinfo=SHANGHAI)):
        yield


def _people(story: Mapping[str, Any], password: str) -> dict[str, Person]:
    """Everybody who can log in, by username. One password, hashed once: these people guard nothing."""
    named = [
        ("clerk", "沈知远", "office", ["clerk"]),
        ("head", "江一苇", "office", ["head"]),
        ("viewer", "严守正", "office", ["viewer"]),
        ("auditor", "钟无忌", "office", ["auditor"]),
        ("admin", "温如故", "office", ["admin"]),
        ("minhang2", "方圆", "minhang", ["filler"]),
        ("minhang_it", "屠苏", "minhang", ["developer"]),
        ("qibao1", "冉竹", "qibao", ["filler"]),
        ("baoshan2", "叶知秋", "baoshan", ["approver"]),
    ]
    named += [(f"{slug}1", told["filler"], slug, ["filler"]) for slug, told in story.items()]
    told_of = set(story)
    without = [unit for unit in units.every() if unit.slug not in told_of and unit.parent_id is None]
    named += [(f"{unit.slug}1", f"{unit.short}联络员", unit.slug, ["filler"]) for unit in without]
    by_slug = {unit.slug: unit for unit in units.every()}
    pw_hash = passwords.hash_password(password)
    people: dict[str, Person] = {}
    with transaction():
        for username, name, slug, roles in named:
            unit = by_slug[slug]
            accounts.new_user(username=username, name=name, unit_id=unit.id, roles=roles, password=password, pw_hash=pw_hash, by=BY)
            user = db.session.scalars(select(User).where(User.username == username)).one()
            user.must_change_password, user.initial_until = False, None
            people[username] = _person(user, unit)
    return people


def _person(user: User, unit: Unit) -> Person:
    who = (user.id, user.username, user.name, frozenset(user.roles))
    return Person(*who, unit.id, unit.name, unit.short, unit.slug, unit.level, 0, "", parent_id=unit.parent_id)


def _tell(table_id: int, told: Mapping[str, Any], people: Mapping[str, Person], slug: str, number: int) -> None:
    """What one unit did, and what the office made of it."""
    filler, clerk = people[f"{slug}1"], people["clerk"]
    begins = datetime(2024, 4, 1 + number % 8, 9 + number % 7, number * 7 % 60, tzinfo=SHANGHAI)
    fillers = itertools.cycle([filler, people["minhang2"], people["qibao1"], filler] if slug == "minhang" else [filler])
    for n, cells in enumerate(told.get("rows", [])):
        local = {f"{slug}.{key}": text for key, text in dict(enumerate(told["local"])).get(n, {}).items()}
        with clock.retelling(begins + timedelta(minutes=9 * n)):
            _fill_row(table_id, cells, local, by=next(fillers))
    with clock.retelling(begins + timedelta(hours=2)):
        _head(table_id, begins, by=filler)
        if told.get("nil"):
            reporting.nil_return(table_id, by=filler)
        elif told["status"] not in {"todo", "draft"}:
            _submit(table_id, by=filler)
    decided = max(begins + timedelta(days=1, hours=2), datetime(2024, 4, 9, 9, 30 + number % 25, tzinfo=SHANGHAI))
    with clock.retelling(decided):
        if told["status"] == "approved":
            reporting.approve(table_id, submission=_submission(table_id), by=clerk)
        elif told["status"] == "returned":
            due = told.get("due") and datetime.combine(told["due"] + timedelta(days=1), time.min, SHANGHAI)
            reporting.return_for_changes(table_id, told["why"], submission=_submission(table_id), due=due, by=clerk)


def _plugins(admin: Person) -> Mapping[str, Sequence[Mapping[str, str]]]:
    """Switch the shipped plugins on; what the districts filled into their own columns, row by row."""
    for entry in Shelf([shipped()]).entries().values():
        plugin_admin.enable(entry.id, by=admin, is_checked=True)
    told: Mapping[str, Sequence[Mapping[str, str]]] = tomllib.loads((DATA / "local.toml").read_text("utf-8"))["rows"]
    return told


def _fill_row(table_id: int, cells: Sequence[str], local: Mapping[str, str], *, by: Person) -> None:
    table = annexes.get_part(table_id, by=by)
    keys = [column.key for column in schema.from_json(table.schema.form).columns]
    added = row_actions.add_row(table_id, op_id=_op_id(), by=by)
    row_id = added.changes[0].activity_id
    edits = [editing.Edit(row_id, key, value, "") for key, value in zip(keys, cells, strict=True) if value]
    edits += [editing.Edit(row_id, key, value, "") for key, value in local.items()]
    editing.save_cells(table_id, edits, op_id=_op_id(), via="typed", by=by)


def _head(table_id: int, moment: datetime, *, by: Person) -> None:
    """The date above the table, where its annex asks for one."""
    table = annexes.get_table(table_id, by=by)
    if any(field["key"] == "filled_on" for field in table.schema.form["header_fields"]) and annexes.rows_of(table):
        header = annexes.header_of(table)
        editing.save_cell(header.id, "filled_on", f"2024年4月{moment.day}日", base="", op_id=_op_id(), by=by)


def _submit(table_id: int, *, by: Person) -> None:
    table = annexes.get_table(table_id, by=by)
    rows = [(row.id, row.values) for row in annexes.rows_of(table)]
    findings = checks.check_table(rows, annexes.header_of(table).values, annexes.context_of(table), nil_return=False)
    reasons = {
        finding.id: REASONS.get(finding.check, "情况属实，已与主办单位联系确认。") for finding in findings if finding.kind in {"B", "C"}
    }
    reporting.submit(table_id, reasons=reasons, revision=table.revision, by=by)


REASONS = {
    "outside-week": "活动安排在宣传周前后，属系列活动，请予收录。",
    "time-unread": "日期由场馆排定，定下后另行补报。",
    "contact-no-phone": "值班电话由总机转接，会前统一告知。",
    "phone-short": "内线短号，可由总机转接。",
}


def _submission(table_id: int) -> int:
    table = db.session.get_one(AnnexTable, table_id)
    return reporting.submissions_in(reporting.moves_of(table))[-1].id


_numbers = itertools.count(1)


def _op_id() -> str:
    return f"demo-{next(_numbers):08d}"
