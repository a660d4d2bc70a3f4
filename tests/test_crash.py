"""kill -9 of the server while people save: what was acknowledged is there, and the log agrees with the cells."""

from __future__ import annotations

import http.client
import itertools
import signal
import threading
import time
import urllib.error
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select

from ipweek.annexes.models import Activity, CellChange
from ipweek.config import Settings
from ipweek.extensions import db
from tests import make
from tests.browser import Server
from tests.visitor import Visitor

CLIENTS = 8
KILLS = 2
ACKNOWLEDGED = 60
"""Saves to wait for before each kill."""


@pytest.mark.timeout(180)
def test_every_acknowledged_cell_survives_kill_9(app: Flask, serve: Callable[[Settings], Server]) -> None:
    table = make.table()
    rows = [make.row(table, venue="0").id for _ in range(CLIENTS)]
    people = [make.user("minhang", password=make.PASSWORD).username for _ in range(CLIENTS)]
    settings = app.extensions["settings"]
    acknowledged: dict[int, list[str]] = {row_id: ["0"] for row_id in rows}
    sent: dict[int, list[str]] = {row_id: ["0"] for row_id in rows}
    numbers = itertools.count(1)

    for kill in range(KILLS):
        server = serve(settings)
        visitors = [Visitor(server.url).log_in(username, make.PASSWORD) for username in people]
        stop = threading.Event()
        done = [0]

        def save(visitor: Visitor, row_id: int, stop: threading.Event = stop, done: list[int] = done, kill: int = kill) -> None:
            while not stop.is_set():
                value = f"{kill}-{next(numbers)}"
                base = stored(app, row_id)  # after a crash the last save may stand without having been acknowledged
                sent[row_id].append(value)
                fields = {"value": value, "base": base, "op": f"crash-{value}-{row_id}"}
                try:
                    answer = visitor.post(f"/activities/{row_id}/cells/venue", fields, {"HX-Request": "true"})
                except (urllib.error.URLError, http.client.HTTPException, ConnectionError):
                    return
                assert answer.status == 200, answer.text
                acknowledged[row_id].append(value)
                done[0] += 1

        threads = [threading.Thread(target=save, args=pair) for pair in zip(visitors, rows, strict=True)]
        for thread in threads:
            thread.start()
        give_up = time.monotonic() + 60
        while done[0] < ACKNOWLEDGED and time.monotonic() < give_up:
            time.sleep(0.01)
        server.stop(signal.SIGKILL)
        stop.set()
        for thread in threads:
            thread.join()
        assert done[0] >= ACKNOWLEDGED

    restarted = serve(settings)
    assert Visitor(restarted.url).get("/healthz").status == 200
    db.session.rollback()  # what was read before is a snapshot of then
    for row_id in rows:
        changes = db.session.scalars(select(CellChange).where(CellChange.activity_id == row_id).order_by(CellChange.id)).all()
        logged = ["0", *(change.new for change in changes)]
        assert set(acknowledged[row_id]) <= set(logged) <= set(sent[row_id])
        assert [change.old for change in changes] == logged[:-1]
        assert stored(app, row_id) == logged[-1]


def stored(app: Flask, row_id: int) -> str:
    with app.app_context():
        value: str = db.session.get_one(Activity, row_id).values["venue"]
        db.session.rollback()
        return value
