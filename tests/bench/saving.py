"""Saving one cell: in process against raw SQLite and Flask-Admin, over HTTP, and the size of its answer."""

import itertools
import secrets
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import flask
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

Forms = Iterator[dict[str, str]]


def lines() -> Iterator[Line]:
    for synchronous in ("FULL", "NORMAL"):
        with site.new(synchronous=synchronous) as app, in_process(app, synchronous) as programs:
            taken = side_by_side(programs, rounds=12, times=25, waits=synchronous == "FULL")
        over = taken["save"] / taken["floor"]
        yield line(
            f"save a cell in process, WAL+{synchronous}: log-in, CSRF, permission, op log; floor: raw SQLite",
            said(taken["save"]),
            floor=said(taken["floor"]),
            ratio=f"{over:.1f} ×",
            goal=f"≤ {GOALS[synchronous]} ×",
            reached=over <= GOALS[synchronous],
        )
        alone = f"the same, WAL+{synchronous}; peer: Flask-Admin's inline edit in process, its answer not sent either"
        whole = f"a whole request with its HTML, WAL+{synchronous}; peer: the whole of Flask-Admin's"
        yield beside(alone, taken["save"], taken["edit"])
        yield beside(whole, taken["whole save"], taken["whole edit"])
    with site.new() as app:
        yield from over_http.lines(app)
        yield answer(app)


def beside(what: str, ours: float, theirs: float) -> Line:
    """How much faster we are than Flask-Admin."""
    faster = theirs / ours
    return line(what, said(ours), peer=said(theirs), ratio=f"{faster:.1f} × faster", goal="≥ 3 ×", reached=faster >= 3)


@contextmanager
def in_process(app: Flask, synchronous: str) -> Iterator[dict[str, Callable[[], object]]]:
    """Programs that save one cell: ipweek's and Flask-Admin's, with and without what makes an answer of it; and raw SQLite."""
    instance = Path(app.instance_path)
    with app.app_context():
        _, ids = site.rows("minhang", 30)
        desk = site.desk(app, "minhang")
        engine = db.engine
    save = save_alone(app, *edits(app, desk, ids[0]))
    save()
    beside = peer.create(instance / "peer.sqlite", synchronous=synchronous)
    post, forms = admin_edits(beside)
    yield {
        "floor": replay(instance, overheard(engine, save), synchronous),
        "save": save,
        "edit": edit_alone(beside, post, forms),
        "whole save": request(app, desk, ids[1]),
        "whole edit": post.each(forms),
    }


def save_alone(app: Flask, post: site.Caller, forms: Forms) -> Callable[[], None]:
    """The save with everything that stands before it, in a request of its own; no answer is made."""
    made = post.made(forms)
    activity_id = int(post.environ["PATH_INFO"].split("/")[2])

    def save() -> None:
        with app.request_context(next(made)):
            refused = app.preprocess_request()
            assert refused is None, refused
            form = flask.request.form
            written = editing.save_cell(activity_id, "venue", form["value"], base=form["base"], op_id=form["op"], by=person())
            assert written.seq

    return save


def edit_alone(app: Flask, post: site.Caller, forms: Forms) -> Callable[[], None]:
    """Flask-Admin's in the same way: what stands before its view, and the view."""
    made, view = post.made(forms), app.view_functions["line.ajax_update"]

    def edit() -> None:
        with app.request_context(next(made)):
            refused = app.preprocess_request()
            assert refused is None, refused
            said = view()
            assert isinstance(said, str), said  # else it is an error

    return edit


def request(app: Flask, desk: Any, activity_id: int, *, texts: Sequence[str] = TEXTS) -> Callable[[], bytes]:
    """The whole request as the server hands it in."""
    post, forms = edits(app, desk, activity_id, texts=texts)
    return post.each(forms)


def edits(app: Flask, desk: Any, activity_id: int, *, texts: Sequence[str] = TEXTS) -> tuple[site.Caller, Forms]:
    """Where ipweek's page sends the changes of a cell, and what it sends, one after the other."""
    post = site.Caller(app, f"/activities/{activity_id}/cells/venue", cookie=f"ipweek={desk.cookie}", method="POST")
    seen = itertools.pairwise(itertools.chain([site.make.CELLS["venue"]], itertools.cycle(texts)))
    one = {"csrf_token": desk.token, "rev": "1"}
    return post, ({**one, "value": text, "base": base, "op": secrets.token_hex(12)} for base, text in seen)


def admin_edits(app: Flask) -> tuple[site.Caller, Forms]:
    """The same of Flask-Admin's."""
    client = app.test_client()
    token = client.get("/enter/token1").text
    cookie = f"session={client.get_cookie('session').value}"
    post = site.Caller(app, "/admin/line/ajax/update/", cookie=cookie, method="POST", headers={"X-CSRFToken": token})
    return post, ({"list_form_pk": "1", "venue": text} for text in itertools.cycle(TEXTS))


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


def answer(app: Flask) -> Line:
    """How many bytes come back for a cell of 20 characters, before compression."""
    texts = ["上海市闵行区七莘路三五八八号万科广场中庭", "上海市徐汇区漕溪北路三九八号文化活动中心"]
    with app.app_context():
        _, ids = site.rows("xuhui", 3)
        said = request(app, site.desk(app, "xuhui"), ids[0], texts=texts)()
    return line("body of the answer to a saved cell of 20 characters", f"{len(said)} B", goal="≤ 400 B", reached=len(said) <= 400)
