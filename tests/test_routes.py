"""Every address × method × role, from the app's own map: who may use it, and that nothing is written without a token."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import text
from werkzeug.test import TestResponse

from ipweek import clock
from ipweek.accounts.models import LoginSession
from ipweek.annexes import service as annexes
from ipweek.annexes.models import AnnexTable
from ipweek.extensions import db
from ipweek.files import service as files
from ipweek.reporting import messages
from ipweek.reporting.models import Flag, Mail, Message, Move
from ipweek.transaction import transaction
from tests import make
from tests.desk import Desk
from tests.plugins.made import switched_on_unasked

PARTS = {
    "f": ("minhang", "filler"),
    "s": ("xuhui", "filler"),
    "p": ("qibao", "filler"),
    "a": ("minhang", "approver"),
    "d": ("minhang", "developer"),
    "c": ("office", "clerk"),
    "h": ("office", "head"),
    "v": ("office", "viewer"),
    "u": ("office", "auditor"),
    "m": ("office", "admin"),
}
LISTED = {
    route: "".join(PARTS) if who == "anyone" else who
    for chapter in tomllib.loads((Path(__file__).parent / "routes.toml").read_text("utf-8")).values()
    for route, who in chapter.items()
}
NOT_LEFT_ALONE = {"audit_entry", "audit_head", "login_session", "login_throttle"}
"""Tables that a refused request may write to: who tried what."""


class Town:
    """The things that the addresses name, all of 闵行, and one person of each role."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        campaign = make.campaign()
        table = make.table("minhang", "draft", of=campaign)
        people = {letter: make.person(slug, role) for letter, (slug, role) in PARTS.items()}
        self.people = people
        kept = files.keep("通知".encode(), "通知.txt", kind="txt", purpose="notice", by=people["c"], settings=app.extensions["settings"])
        switched_on_unasked(app)
        self.numbers = {
            "campaign_id": campaign.id,
            "table_id": table.id,
            "activity_id": make.row(table).id,
            "file_id": kept.id,
            "amendment_id": make.amendment(campaign).id,
            "user_id": people["f"].id,
            "unit_id": make.unit("minhang").id,
            "message_id": told(people["f"].id),
            "flag_id": flagged(table, people["c"].id),
            "mail_id": not_mailed(),
            "number": make.public_edition(campaign).number,
        }
        db.session.rollback()

    def seat(self, letter: str) -> tuple[Desk, str]:
        """One of them at a desk, with a log-in of his own, and its number. (That the page logs in is tried elsewhere.)"""
        desk = Desk(self.app).sit(self.people[letter])
        number = str(db.session.query(LoginSession).filter_by(user_id=self.people[letter].id).one().id)
        db.session.rollback()
        return desk, number

    def address(self, rule: str, session_id: str = "1") -> str:
        plugin = {"district": "minhang", "plugin": "mh", "report": "streets", "job": "fill", "file": "填报样例.xlsx", "page": "index"}
        words = {**self.numbers, **plugin, "session_id": session_id, "key": "venue", "kind": "list", "filename": "css/base.css"}
        return re.sub(r"<(?:\w+:)?(\w+)>", lambda found: str(words[found[1]]), rule)


def told(user_id: int) -> int:
    """A message to this person."""
    with transaction():
        messages.tell([user_id], "附件2已审核通过。", kind="approve", link="/tasks")
    return db.session.query(Message).one().id


def not_mailed() -> int:
    """The mail of that message, which failed."""
    with transaction():
        db.session.add(Mail(message_id=db.session.query(Message).one().id, status="failed", next_at=clock.now()))
    return db.session.query(Mail).one().id


def flagged(table: AnnexTable, user_id: int) -> int:
    """A place of the table that was marked when it was returned."""
    with transaction():
        returned = Move(table_id=table.id, action="return", from_status="submitted", to_status="returned", revision=0)
        returned.by_id, returned.at = user_id, clock.now()
        db.session.add(returned)
        db.session.flush()
        row = annexes.header_of(table).id
        db.session.add(Flag(table_id=table.id, move_id=returned.id, activity_id=row, key="unit_name"))
    return db.session.query(Flag).one().id


def routes(app: Flask) -> Iterator[str]:
    for rule in app.url_map.iter_rules():
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            yield f"{method} {rule.rule}"


def test_every_address_is_listed(app: Flask) -> None:
    assert set(routes(app)) == set(LISTED)


QUERIES = {"GET /tables/<int:table_id>/rows": "?rev=0"}
FORMS = {
    "POST /activities/<int:activity_id>/cells/<key>": {"value": "区图书馆", "base": make.CELLS["venue"], "op": "routes-cell-1"},
    "POST /tables/<int:table_id>": {"do": "save", "revision": "0", "op": "routes-form-1"},
    "POST /tables/<int:table_id>/paste": {"op": "routes-paste-1", "block": '{"edits": [], "rows": [], "via": "pasted"}'},
    "POST /campaigns/<int:campaign_id>/public/<int:number>/confirm": {"read": "1"},
    "POST /campaigns/<int:campaign_id>/public/<int:number>/withdraw": {"why": "内容有误"},
    "POST /tables/<int:table_id>/send-back": {"why": "第2行时间请再核对"},
    "POST /tables/<int:table_id>/type-in": {"source": "传真件"},
    "POST /tables/<int:table_id>/mended/object": {"why": "地点以本单位报送的为准"},
    "POST /tables/<int:table_id>/summary/return": {"why": "请补充数据"},
    "POST /tables/<int:table_id>/excuse": {"why": "职能已划转"},
    "POST /tables/<int:table_id>/refuse-late": {"why": "汇总表已印发"},
    "POST /tables/<int:table_id>/ask-late": {"why": "经办人出差"},
}
"""What an address needs to be asked properly; the others take an empty form."""


def ask(desk: Desk, route: str, town: Town, session_id: str = "1", **words: object) -> TestResponse:
    method, rule = route.split(" ", 1)
    path = town.address(rule, session_id) + QUERIES.get(route, "")
    return desk.get(path) if method == "GET" else desk.post(path, **{"data": FORMS.get(route, {}), **words})  # type: ignore[arg-type]


@pytest.mark.parametrize("route", sorted(LISTED))
def test_an_address_serves_those_listed_and_nobody_else(app: Flask, route: str) -> None:
    town = Town(app)
    who = LISTED[route]

    for letter in [part for part in PARTS if who != "everybody" and part not in who]:
        refused = ask(town.seat(letter)[0], route, town)
        assert refused.status_code in {403, 404}, f"{letter} {refused.status}"
    for letter in who if who != "everybody" else "f":
        desk, session_id = town.seat(letter)
        served = ask(desk, route, town, session_id)
        assert served.status_code < 500, f"{letter} {served.status}"
        assert served.status_code not in {401, 403, 404}, f"{letter} {served.status}"
    stranger = Desk(app)
    stranger.get("/login")
    answered = ask(stranger, route, town)
    if who == "everybody":
        assert answered.status_code < 500
        assert answered.status_code not in {401, 403, 404}
    elif route.startswith("GET"):
        assert (answered.status_code, answered.location.startswith("/login")) == (302, True)
    else:
        assert answered.status_code == 401


@pytest.mark.parametrize("route", sorted(route for route in LISTED if route.startswith("POST")))
@pytest.mark.parametrize("token", ["", "IjEyMyI.aaaa.bbbb"])
def test_nothing_is_written_without_a_token(app: Flask, route: str, token: str) -> None:
    town = Town(app)
    letter = next((letter for letter in LISTED[route] if letter in PARTS), "f")
    desk, session_id = town.seat(letter)
    before = contents()

    refused = ask(desk, route, town, session_id, data={"csrf_token": token})

    assert refused.status_code == 400
    assert contents() == before


@pytest.mark.parametrize("route", sorted(route for route in LISTED if route.startswith("GET")))
def test_looking_changes_nothing(app: Flask, route: str) -> None:
    town = Town(app)
    letter = next((letter for letter in LISTED[route] if letter in PARTS), "f")
    desk, session_id = town.seat(letter)
    before = contents()

    ask(desk, route, town, session_id)

    assert contents() == before


def contents() -> dict[str, list[object]]:
    """All rows of all tables but those that record who tried what."""
    db.session.rollback()
    names = [name for name in db.metadata.tables if name not in NOT_LEFT_ALONE]
    found = {name: sorted(map(repr, db.session.execute(text(f'SELECT * FROM "{name}"')))) for name in names}
    db.session.rollback()
    return found  # type: ignore[return-value]
