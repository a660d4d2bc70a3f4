"""Saving one cell: in process against raw SQLite and Flask-Admin, over HTTP, and the size of its answer."""

import itertools
import secrets
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import Engine, event

from ipweek.accounts.web import person
from ipweek.annexes import editing
from ipweek.database import sqlite_module
from ipweek.extensions import db
from tests.bench import over_http, peer, site
from tests.bench.timing import Line, line, said, side_by_side

TEXTS = ["静安寺广场南侧下沉式空间及二楼连廊", "七宝万科广场一楼中庭和东侧步行街"]
GOALS = {"FULL": 5, "NORMAL": 10}


def lines() -> Iterator[Line]:
    for synchronous in ("FULL", "NORMAL"):
        with site.new(synchronous=synchronous) as app, in_process(app, synchronous) as (save, ask, floor, admin):
            taken = side_by_side(
                {"floor": floor, "save": save, "request": ask, "admin": admin}, rounds=12, times=25, waits=synchronous == "FULL"
            )
        over, saved, whole = taken["save"] / taken["floor"], taken["admin"] / taken["save"], taken["admin"] / taken["request"]
        protected = "log-in, CSRF, permission, op log"
        yield line(
            f"save a cell in process, WAL+{synchronous}: {protected}; floor: raw SQLite",
            said(taken["save"]),
            floor=said(taken["floor"]),
            ratio=f"{over:.1f} ×",
            goal=f"≤ {GOALS[synchronous]} ×",
            reached=over <= GOALS[synchronous],
        )
        yield line(
            f"the same, WAL+{synchronous}; peer: Flask-Admin's inline edit",
            said(taken["save"]),
            peer=said(taken["admin"]),
            ratio=f"{saved:.1f} × faster",
            goal="≥ 3 ×",
            reached=saved >= 3,
        )
        yield line(
            f"the same as a whole request with its HTML, WAL+{synchronous}; peer: Flask-Admin's inline edit, which is one",
            said(taken["request"]),
            floor=said(taken["floor"]),
            peer=said(taken["admin"]),
            ratio=f"{whole:.1f} × faster",
            goal="≥ 3 ×",
            reached=whole >= 3,
        )
    with site.new() as app:
        yield from over_http.lines(app)
        yield answer(app)


@contextmanager
def in_process(app: Flask, synchronous: str) -> Iterator[tuple[Callable[[], object], ...]]:
    """Four programs that save one cell: ipweek without and with its answer, raw SQLite, and Flask-Admin."""
    instance = Path(app.instance_path)
    with app.app_context():
        _, ids = site.rows("minhang", 30)
        desk = site.desk(app, "minhang")
        engine = db.engine
    save, ask = ipweek(app, desk, ids[0]), request(app, desk, ids[1])
    save()
    floor = replay(instance, overheard(engine, save), synchronous)
    admin = flask_admin(peer.create(instance / "peer.sqlite", synchronous=synchronous))
    yield save, ask, floor, admin


def ipweek(app: Flask, desk: Any, activity_id: int) -> Callable[[], object]:
    """The save with everything that stands before it, in a request of its own; no answer is rendered."""
    post = site.Caller(app, f"/activities/{activity_id}/cells/venue", cookie=f"ipweek={desk.cookie}", method="POST")
    held, texts = [site.make.CELLS["venue"]], itertools.cycle(TEXTS)

    def save() -> None:
        text, op = next(texts), secrets.token_hex(12)
        with app.request_context(post.ready(csrf_token=desk.token)):
            refused = app.preprocess_request()
            assert refused is None, refused
            written = editing.save_cell(activity_id, "venue", text, base=held[0], op_id=op, by=person())
            assert written.seq
        held[0] = text

    return save


def request(app: Flask, desk: Any, activity_id: int, *, texts: Sequence[str] = TEXTS) -> Callable[[], bytes]:
    """The whole request as the server hands it in."""
    post = site.Caller(app, f"/activities/{activity_id}/cells/venue", cookie=f"ipweek={desk.cookie}", method="POST")
    seen = itertools.pairwise(itertools.chain([site.make.CELLS["venue"]], itertools.cycle(texts)))
    return post.each(
        {"csrf_token": desk.token, "value": text, "base": base, "op": secrets.token_hex(12), "rev": "1"} for base, text in seen
    )


def overheard(engine: Engine, save: Callable[[], object]) -> list[tuple[str, Any]]:
    """The statements of one save, with what was bound to them."""
    spoken: list[tuple[str, Any]] = []

    def hear(_connection: Any, _cursor: Any, statement: str, bound: Any, _context: Any, _many: Any) -> None:
        spoken.append((statement, bound))

    event.listen(engine, "before_cursor_execute", hear)
    save()
    event.remove(engine, "before_cursor_execute", hear)
    return spoken


def replay(instance: Path, spoken: list[tuple[str, Any]], synchronous: str) -> Callable[[], None]:
    """Raw SQLite, of the same library, that runs the same statements on a copy and reads what they find. Each op has an id of its own."""
    site.raw(instance / "ipweek.sqlite", sqlite_module()).execute("VACUUM INTO ?", (str(instance / "floor.sqlite"),))
    connection = site.raw(instance / "floor.sqlite", sqlite_module(), synchronous=synchronous)
    named = next(bound for statement, bound in spoken if statement.startswith("INSERT INTO op "))
    (op,) = (value for value in named if isinstance(value, str) and len(value) == 24)

    def run() -> None:
        fresh = secrets.token_hex(12)
        for statement, bound in spoken:
            if statement.startswith("BEGIN") and connection.in_transaction:
                connection.execute("ROLLBACK")
            done = connection.execute(statement, tuple(fresh if value == op else value for value in bound))
            if done.description:
                done.fetchall()
        if connection.in_transaction:
            connection.execute("COMMIT")

    return run


def flask_admin(app: Flask) -> Callable[[], object]:
    client = app.test_client()
    token = client.get("/enter/token1").text
    cookie = f"session={client.get_cookie('session').value}"
    post = site.Caller(app, "/admin/line/ajax/update/", cookie=cookie, method="POST", headers={"X-CSRFToken": token})
    return post.each({"list_form_pk": "1", "venue": text} for text in itertools.cycle(TEXTS))


def answer(app: Flask) -> Line:
    """How many bytes come back for a cell of 20 characters, before compression."""
    texts = ["上海市闵行区七莘路三五八八号万科广场中庭", "上海市徐汇区漕溪北路三九八号文化活动中心"]
    with app.app_context():
        _, ids = site.rows("xuhui", 3)
        said = request(app, site.desk(app, "xuhui"), ids[0], texts=texts)()
    return line("body of the answer to a saved cell of 20 characters", f"{len(said)} B", goal="≤ 400 B", reached=len(said) <= 400)
