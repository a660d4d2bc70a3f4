"""Makers: each stores something valid and returns it; a test names only what it is about.

The cast: filler of 闵行, filler of 徐汇, clerk and head of the office, viewer, auditor, admin, and a filler of a
city unit.
"""

from __future__ import annotations

import itertools
from datetime import UTC, date, datetime
from typing import Any

from ipweek.accounts.models import Unit, User
from ipweek.accounts.schema import Person
from ipweek.annexes import service as annexes
from ipweek.annexes.models import Activity, AnnexTable
from ipweek.extensions import db
from ipweek.notice import schema
from ipweek.notice.models import Amendment, AnnexSchema, Campaign, Deadline
from ipweek.transaction import transaction
from ipweek.workbooks.models import PublicEdition

SUPPLEMENT = """关于调整2024年上海知识产权宣传周活动有关安排的补充通知
沪知联办〔2024〕5号
各成员单位：
一、宣传周时间由4月20日至26日调整为4月22日至28日。
二、重点活动安排表报送截止时间由4月12日延长至4月19日17:00。
三、附件2“活动规模（参与人数）”改为“现场人数”，增加“线上人数”一列。
上海市知识产权联席会议办公室
2024年4月8日"""
"""A supplementary notice that moves the week and a deadline, and changes columns of annex 2."""

ANNEX_1 = schema.annex(
    1,
    "2024年市知识产权联席会议各成员单位重点活动安排表（市级层面）",
    ["主办单位", "重点活动名称", "活动时间", "活动地点", "活动规模 (人数)", "协办部门", "联系人"],
    [("单位名称", "")],
)
ANNEX_2 = schema.annex(
    2,
    "2024年区知识产权联席会议重点活动安排表（区级层面）",
    ["主办单位", "重点活动名称", "活动时间", "活动地点", "活动内容", "出席范围", "活动规模 (参与人数)", "联系人"],
    [("单位名称", "区知识产权联席会议办公室"), ("填表时间", "")],
)
UNITS = {
    "office": ("上海市知识产权局（市知识产权联席会议办公室）", "市知识产权局", "office", 1),
    "shangwuwei": ("上海市商务委员会", "市商务委", "city", 14),
    "minhang": ("闵行区", "闵行区", "district", 108),
    "xuhui": ("徐汇区", "徐汇区", "district", 102),
}
DEPARTMENTS = {"qibao": ("七宝镇人民政府", "七宝镇", "minhang"), "xinzhuang": ("莘庄镇人民政府", "莘庄镇", "minhang")}
CELLS = {
    "host": "区知识产权联席会议办公室",
    "event_name": "知识产权进商圈",
    "event_time": "4月22日 14:00",
    "venue": "七宝万科广场一楼中庭",
    "content": "现场讲解商标保护，发放折页",
    "attendees": "商户和市民",
    "scale": "100人",
    "contact": "张三 13800000001",
}
PASSWORD = "jingzhe-3456-guyu"

_numbers = itertools.count(1)


def unit(slug: str = "minhang", **changes: Any) -> Unit:
    """The unit with this slug, made when it is not there."""
    found = db.session.query(Unit).filter_by(slug=slug).one_or_none()
    if found is None:
        name, short, level, sort_no = UNITS.get(slug, (f"{slug}单位", slug, "city", 50))
        if slug in DEPARTMENTS:
            name, short, parent = DEPARTMENTS[slug]
            level, changes = "department", {"parent_id": unit(parent).id, **changes}
        with transaction():
            db.session.add(
                Unit(**{"slug": slug, "name": name, "short": short, "level": level, "sort_no": sort_no, "aliases": [], **changes})
            )
        found = db.session.query(Unit).filter_by(slug=slug).one()
    return found


def user(slug: str = "minhang", *roles: str, password: str | None = None, **changes: Any) -> User:
    """A user of the unit *slug* (a filler unless *roles* are named), able to log in when *password* is given."""
    from ipweek.accounts import passwords  # noqa: PLC0415 -- argon2 is slow: hashed only for those who log in

    home = unit(slug)
    number = next(_numbers)
    values = {
        "username": f"{slug}{number}",
        "name": f"测试{number}",
        "unit_id": home.id,
        "roles": sorted(roles or ("filler",)),
        "pw_hash": passwords.hash_password(password) if password else "",
        "must_change_password": False,
        "created_at": datetime.now(UTC),
    }
    made = User(**{**values, **changes})
    with transaction():
        db.session.add(made)
    return made


def person(slug: str = "minhang", *roles: str) -> Person:
    """Somebody who acts, stored as a user too."""
    made = user(slug, *roles)
    home = made.unit
    return Person(
        made.id,
        made.username,
        made.name,
        frozenset(made.roles),
        home.id,
        home.name,
        home.short,
        home.slug,
        home.level,
        0,
        "",
        parent_id=home.parent_id,
    )


def campaign(status: str = "open", **changes: Any) -> Campaign:
    """The 2024 week with both annexes, its plan due on 12 April and its summary on 7 May."""
    values = {
        "year": 2024,
        "status": status,
        "title": "关于开展2024年上海知识产权宣传周活动的通知",
        "doc_number": "沪知联办〔2024〕2号",
        "starts_on": date(2024, 4, 20),
        "ends_on": date(2024, 4, 26),
        "theme": "知识产权转化运用促进高质量发展",
        "created_at": datetime.now(UTC),
    }
    made = Campaign(**{**values, **changes})
    made.annexes = [AnnexSchema(annex=form.number, version=1, title=form.title, form=schema.as_json(form)) for form in (ANNEX_1, ANNEX_2)]
    made.deadlines = [
        Deadline(kind="plan", phrase="4月12日前", due_on=date(2024, 4, 12)),
        Deadline(kind="summary", phrase="5个工作日内", rule="5 working days after ends_on", due_on=date(2024, 5, 7)),
    ]
    with transaction():
        db.session.add(made)
    return made


def amendment(of: Campaign, **facts: Any) -> Amendment:
    """A supplementary notice that was read and waits; unless told otherwise it moves the end of the tables to 19 April."""
    later = {"kind": "plan", "phrase": "延长至4月19日", "due_on": "2024-04-19", "sentence": "报送时间延长至4月19日。"}
    read = {"title": "补充通知", "supplements": of.title, "deadlines": [later], "headings": [], **facts}
    made = Amendment(campaign_id=of.id, title=read["title"], text="报送时间延长至4月19日。", facts=read, at=datetime.now(UTC))
    with transaction():
        db.session.add(made)
    return made


def public_edition(of: Campaign, **changes: Any) -> PublicEdition:
    """A draft of the public edition in which nothing stands yet, made at the command line."""
    values = {"number": 1, "status": "draft", "content": {"annexes": [], "keep": []}, "snapshots": [], "report": []}
    made = PublicEdition(campaign_id=of.id, at=datetime.now(UTC), **{**values, **changes})
    with transaction():
        db.session.add(made)
    return made


def table(slug: str = "minhang", status: str = "todo", *, of: Campaign | None = None, **changes: Any) -> AnnexTable:
    """The table of the unit *slug* in the campaign, with its header row."""
    home = unit(slug)
    week = of or db.session.query(Campaign).first() or campaign()
    with transaction():
        made = annexes.make_table(week, home)
        made.status = status
        for name, value in changes.items():
            setattr(made, name, value)
    return made


def row(of: AnnexTable | None = None, *, owner: str = "", **values: str) -> Activity:
    """A filled row of the table, all of its cells good; name only what the test is about. *owner* is the department that filled it."""
    home = of or table()
    keys = [column["key"] for column in home.schema.form["columns"]]
    whole = {**{key: CELLS.get(key, "") for key in keys}, **values}
    with transaction():
        made = Activity(
            table_id=home.id,
            owner_unit_id=unit(owner).id if owner else home.unit_id,
            pos=next(_numbers) * 1024,
            values={k: v for k, v in whole.items() if v},
        )
        db.session.add(made)
    return made
