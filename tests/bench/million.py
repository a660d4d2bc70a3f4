"""A million rows with ten million changes: what a table's page and the board ask of the database, and how long it looks.

As many campaigns as that takes, each with all units and twenty rows a unit. The pages are asked for as people ask; what they said to
the database is then said again on a raw connection and read to the end, which alone is timed.
"""

import random
import statistics
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from flask import Flask

from ipweek.database import sqlite_module
from ipweek.extensions import db
from tests.bench import saving, site
from tests.bench.timing import Line, line, said

ROWS = 1_000_000
EACH, CHANGES, AN_OP = 20, 10, 5
"""Rows a table, changes a row, changes an op."""
ASKED = 200


def lines(rows: int = ROWS) -> Iterator[Line]:
    with site.new() as app:
        office = site.seat(app, "office", "clerk")
        with app.app_context():
            _, ids = site.rows("minhang", 1)
            saving.request(app, site.desk(app, "minhang"), ids[0])()  # the first op, which the others are like
            db.session.remove()
        connection = site.raw(Path(app.instance_path) / "ipweek.sqlite", sqlite_module())
        tables = fill(connection, rows)
        dice = random.Random(1)
        chosen = [dice.choice(tables) for _ in range(ASKED)]
        counted = f"{rows:,} rows, {rows * CHANGES:,} changes"
        pages = {
            "a unit's table": [f"/tables/{table}" for table, _ in chosen],
            "what changed in it": [f"/tables/{table}/rows?rev={EACH * CHANGES // AN_OP - 2}" for table, _ in chosen],
            "the board": [f"/board?campaign={campaign}" for _, campaign in chosen],
        }
        for name, paths in pages.items():
            taken = [look(app, connection, office.cookie, path) for path in paths]
            middle, slow = statistics.median(taken), statistics.quantiles(taken, n=100)[98]
            reached = middle <= 0.001 and slow <= 0.005
            what = f"{name} at {counted}: p50 in the database (p99: {said(slow)})"
            yield line(what, said(middle), goal="≤ 1 ms, p99 ≤ 5 ms", reached=reached)


def look(app: Flask, connection: Any, cookie: str, path: str) -> float:
    """Seconds of the processor for the statements of one request, read to the end, out of pages that the system still holds."""
    ask = site.Caller(app, path, cookie=f"ipweek={cookie}")
    with app.app_context():
        engine = db.engine
    spoken = [(text, bound) for text, bound in saving.overheard(engine, ask) if text.startswith("SELECT")]
    assert ask.status.startswith("200"), (path, ask.status)
    began = time.process_time()
    for text, bound in spoken:
        connection.execute(text, bound).fetchall()
    return time.process_time() - began


def fill(connection: Any, rows: int) -> Sequence[tuple[int, int]]:
    """Closed campaigns like the first, until there are so many rows: their tables with their campaigns."""
    connection.execute("PRAGMA synchronous=OFF")
    units = connection.execute("SELECT id FROM annex_table ORDER BY id").fetchall()
    headers = dict(connection.execute("SELECT table_id, id FROM activity WHERE is_header"))
    (sample,) = connection.execute("SELECT activity_id FROM cell_change").fetchone()
    campaign, table, row, op = (connection.execute(f"SELECT max({key}) FROM {of}").fetchone()[0] for of, key in _KEYS.items())
    first = {"op": op, "campaign": campaign}
    copies = {of: _copy(connection, of, changed) for of, changed in _CHANGED.items()}
    made: list[tuple[int, int]] = []
    while len(made) * EACH < rows:
        campaign += 1
        new: dict[str, list[tuple[Any, ...]]] = {of: [] for of in copies}
        new["campaign"].append((campaign, 2024 + campaign, "closed", first["campaign"]))
        for (like,) in units:
            table += 1
            made.append((table, campaign))
            new["annex_table"].append((table, campaign, "approved", EACH * CHANGES // AN_OP, "2024-04-10 02:00:00", like))
            for place in range(EACH + 1):
                row += 1
                new["activity"].append((row, table, place * 1024, sample if place else headers[like]))
                for number in range(CHANGES // AN_OP if place else 0):
                    op += 1
                    new["op"].append((op, f"op{op:012}", table, (place - 1) * (CHANGES // AN_OP) + number + 1, first["op"]))
                    new["cell_change"] += [(None, op, row, key, 1) for key in ("venue", "host", "scale", "content", "event_time")]
        connection.execute("BEGIN")
        for of, statement in copies.items():
            connection.executemany(statement, new[of])
        connection.execute("COMMIT")
    return made


_KEYS = {"campaign": "id", "annex_table": "id", "activity": "id", "op": "seq"}
_CHANGED = {
    "campaign": ("id", "year", "status"),
    "annex_table": ("id", "campaign_id", "status", "revision", "changed_at"),
    "activity": ("id", "table_id", "pos"),
    "op": ("seq", "client_id", "table_id", "revision"),
    "cell_change": ("id", "op_seq", "activity_id", "key"),
}
"""What is another in each copy; the first of them is the key."""


def _copy(connection: Any, of: str, changed: Sequence[str]) -> str:
    """A statement that copies the row of a key, its last parameter, with these columns changed."""
    columns = [name for _, name, *_ in connection.execute(f"PRAGMA table_info({of})")]
    columns.sort(key=lambda name: changed.index(name) if name in changed else len(changed))
    kept = [f'"{name}"' for name in columns[len(changed) :]]
    names, values = ", ".join(f'"{name}"' for name in columns), ", ".join(["?"] * len(changed) + kept)
    return f"INSERT INTO {of} ({names}) SELECT {values} FROM {of} WHERE {changed[0]} = ?"
