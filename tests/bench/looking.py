"""What a browser waits for: scripts and styles, the table's page, the board."""

import gzip
import re
import shutil
from collections.abc import Iterator
from html import escape
from pathlib import Path
from typing import Any

from flask import Flask, render_template, render_template_string
from flask_login import login_user

from ipweek.accounts import sessions
from ipweek.annexes import grid, service
from ipweek.annexes.models import AnnexTable
from ipweek.extensions import db
from ipweek.transaction import transaction
from tests.bench import peer, site
from tests.bench.timing import Line, line, said, side_by_side

PLAIN = "{% for row in rows %}<tr id='row-{{ loop.index }}'>{% for cell in row %}<td>{{ cell }}</td>{% endfor %}</tr>{% endfor %}"
HTMX = (
    "{% for row in rows %}<tr id='row-{{ loop.index }}'>{% for cell in row %}<td id='c-{{ loop.index0 }}' hx-get='/rows/{{ loop.index }}/cells/{{ loop.index0 }}'"
    " hx-trigger='click' hx-target='this' hx-swap='outerHTML'>{{ cell }}</td>{% endfor %}</tr>{% endfor %}"
)
EDITABLE, READ_ONLY = 300, 1000


def lines() -> Iterator[Line]:
    with site.new() as app:
        filler = site.seat(app, "minhang")
        with app.app_context():
            small, _ = site.rows("xuhui", EDITABLE)
            large, _ = site.rows("minhang", READ_ONLY)
            close(large)
            db.session.remove()
        yield from sizes(app, site.seat(app, "huangpu"))
        yield from rendering(app, filler, large, site.seat(app, "xuhui"), small)
        yield board(app, site.seat(app, "office", "clerk"))


def close(table_id: int) -> None:
    """Send it: from now on it is read only."""
    with transaction():
        db.session.get_one(AnnexTable, table_id).status = "submitted"


# ---- scripts and styles --------------------------------------------------------------------------------------


def sizes(app: Flask, desk: Any) -> Iterator[Line]:
    """As the server sends them, compressed with gzip: browsers ask for nothing better on plain http."""
    with app.app_context():
        table_id, _ = site.rows("huangpu", 1)
        db.session.remove()
    sent = _sent(desk.client, f"/tables/{table_id}")
    other = _of_peer()
    scripts, styles = ({path: size for path, size in sent.items() if f".{kind}" in path} for kind in ("js", "css"))
    whole, sheet = sum(sent.values()), sum(size for path, size in scripts.items() if "grid" in path or "clipboard" in path)
    grid_js = sum(size for path, size in scripts.items() if "grid" in path)
    yield line(
        "all JS + CSS of the table's page, gzipped as served; peer: Flask-Admin's list",
        _kb(whole),
        peer=_kb(other),
        ratio=f"{other / whole:.1f} × smaller",
        goal="≤ 35 KB",
        reached=whole <= 35_000,
    )
    yield line("of it grid.js (with clipboard.js: " + _kb(sheet) + ")", _kb(grid_js), goal="≤ 11 KB", reached=grid_js <= 11_000)
    later = _sent(desk.client, f"/tables/{table_id}", LATER)
    yield line("beside it, fetched when first needed: suggestions, dragging, drafts of a crash, their CSS", _kb(sum(later.values())))
    yield line("of it CSS", _kb(sum(styles.values())), goal="≤ 7 KB", reached=sum(styles.values()) <= 7_000)


AT_ONCE = r'<script[^>]* src="([^"]+)"|<link[^>]* href="([^"]+\.css[^"]*)"'
LATER = r'data-(?:suggest|drag|recover|later)="([^"]+)"()'


def _sent(client: Any, page: str, pattern: str = AT_ONCE) -> dict[str, int]:
    """Every script and style that the page names, with its bytes on the wire."""
    html = client.get(page).text
    paths = re.findall(pattern, html)
    found = {}
    for path in {first or second for first, second in paths}:
        answer = client.get(path.replace("&amp;", "&"), headers={"Accept-Encoding": "gzip"})
        assert answer.status_code == 200, path
        found[path] = len(answer.data if answer.headers.get("Content-Encoding") == "gzip" else gzip.compress(answer.data, 6))
    return found


def _of_peer() -> int:
    folder = Path(site.ROOT / ".venv-bench" / "peer-page")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    client = peer.create(folder / "peer.sqlite").test_client()
    client.get("/enter/token1")
    return sum(_sent(client, "/admin/line/").values())


def _kb(size: int) -> str:
    return f"{size / 1000:.1f} KB"


# ---- the table's page ----------------------------------------------------------------------------------------


def rendering(app: Flask, filler: Any, large: int, other: Any, small: int) -> Iterator[Line]:
    with app.test_request_context(f"/tables/{large}"):
        by = _enter(app, filler)
        read = grid.page(large, by=by)
        rows = [[row.values.get(key, "") for key in read.keys] for row in read.rows]
        taken = side_by_side(
            {
                "bare": lambda: "".join(
                    [f"<tr id='row-{n}'>{''.join([f'<td>{escape(cell)}</td>' for cell in row])}</tr>" for n, row in enumerate(rows)]
                ),
                "plain": lambda: render_template_string(PLAIN, rows=rows),
                "htmx": lambda: render_template_string(HTMX, rows=rows),
                "ours": lambda: render_template("annexes/table.html", grid=read, opened=None, op="x"),
            },
            rounds=12,
        )
        each = taken["ours"] / len(rows)
        yield line(
            f"render a read-only table, {len(rows):,} rows × {len(rows[0])}, a row; floor: bare Jinja; peer: hx-* on every cell",
            said(each),
            floor=said(taken["plain"] / len(rows)),
            peer=said(taken["htmx"] / len(rows)),
            ratio=f"{taken['ours'] / taken['plain']:.1f} ×",
            goal="≤ 30 µs",
            reached=each <= 30e-6,
        )
    with app.test_request_context(f"/tables/{small}"):
        by = _enter(app, other)
        editable = grid.page(small, by=by)
        assert editable.sheet.can_edit
        rows = [[row.values.get(key, "") for key in editable.keys] for row in editable.rows]
        taken = side_by_side(
            {
                "plain": lambda: render_template_string(PLAIN.replace("td>", "textarea>"), rows=rows),
                "ours": lambda: render_template("annexes/table.html", grid=editable, opened=None, op="x"),
                "whole": lambda: (grid.page(small, by=by), db.session.rollback()),
            },
            rounds=15,
        )
        yield line(
            f"render a table of {len(rows)} editable rows; floor: bare Jinja (reading and checking it again: {said(taken['whole'])} before)",
            said(taken["ours"]),
            floor=said(taken["plain"]),
            ratio=f"{taken['ours'] / taken['plain']:.1f} ×",
            goal="≤ 60 ms",
            reached=taken["ours"] <= 0.06,
        )


def _enter(app: Flask, desk: Any) -> Any:
    with desk.client.session_transaction() as held:
        token = held["_user_id"]
    by = sessions.person_of(token, limits=sessions.Limits())
    login_user(by)
    return by


# ---- the board ----------------------------------------------------------------------


def board(app: Flask, clerk: Any) -> Line:
    page = clerk.client.get("/board").text
    found = re.search(r"/board\?[^\"]*rev=[^\"]+", page)
    assert found, "the board names no revision"
    poll = site.Caller(app, found[0].replace("&amp;", "&"), cookie=f"ipweek={clerk.cookie}", headers={"X-Poll": "1"})
    whole = site.Caller(app, "/board", cookie=f"ipweek={clerk.cookie}")
    taken = side_by_side({"poll": poll, "whole": whole}, rounds=10, times=5)
    poll()
    assert poll.status.startswith("204"), poll.status
    with app.app_context():
        count = len(service.tables_of(db.session.query(site.make.Campaign).one()))
    what = f"board of {count} units, unchanged poll (whole board: {said(taken['whole'])})"
    return line(what, said(taken["poll"]), goal="≤ 2 ms", reached=taken["poll"] <= 0.002)
