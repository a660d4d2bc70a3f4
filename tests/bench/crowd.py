"""Two hundred people at work at once, each saving a cell every few seconds: how long they wait, and that nothing is lost."""

import random
import socket
import statistics
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

from flask import Flask

from ipweek.annexes.models import Activity, Op
from ipweek.extensions import db
from tests.bench import over_http, site
from tests.bench.timing import Line, line, said

PEOPLE = 200
SECONDS = 40.0
THINKS = (3.0, 7.0)
"""Seconds between two saves of one person."""


@dataclass
class Saver:
    """One person with a row of his own, and what he was told is stored."""

    row: int
    save: over_http.Save
    texts: Iterator[str]
    stored: str = site.make.CELLS["venue"]
    waits: list[float] = field(default_factory=list)
    refused: list[int] = field(default_factory=list)


def lines() -> Iterator[Line]:
    with site.new() as app:
        savers = list(_savers(app))
        with over_http.served(app, app.extensions["settings"]) as server:
            threads = [
                threading.Thread(target=_work, args=(saver, server.port, random.Random(place))) for place, saver in enumerate(savers)
            ]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
        taken = [wait for saver in savers for wait in saver.waits]
        with app.app_context():
            lost = sum(db.session.get_one(Activity, saver.row).values["venue"] != saver.stored for saver in savers)
            logged = db.session.query(Op).count()
    lost += abs(logged - len(taken)) + sum(len(saver.refused) for saver in savers)
    slow = statistics.quantiles(taken, n=20)[-1]
    what = f"{PEOPLE} people saving on SQLite, {len(taken) / SECONDS:.0f} saves a second: p95 (p50: {said(statistics.median(taken))}); lost: {lost}"
    yield line(what, said(slow), goal="≤ 300 ms, 0 lost", reached=slow <= 0.3 and not lost)


def _savers(app: Flask) -> Iterator[Saver]:
    with app.app_context():
        units = [table.unit.slug for table in site.annexes.tables_of(db.session.query(site.make.Campaign).one())]
        each = -(-PEOPLE // len(units))
        rows = {slug: site.rows(slug, each)[1] for slug in units}
        for place in range(PEOPLE):
            slug = units[place % len(units)]
            row = rows[slug][place // len(units)]
            texts = (f"第{place}人第{number}次：万科广场一楼中庭" for number in range(1_000_000))
            yield Saver(row, over_http.save_by(site.desk(app, slug), row), texts)
        db.engine.dispose()


def _work(saver: Saver, port: int, dice: random.Random) -> None:
    """Think, save, and so on, each save on a connection of its own, since the server closes those that rest."""
    ends = time.perf_counter() + SECONDS
    time.sleep(dice.uniform(0, THINKS[1]))
    while time.perf_counter() < ends:
        text = next(saver.texts)
        began = time.perf_counter()
        with socket.create_connection(("127.0.0.1", port)) as connection:
            status = saver.save(connection, saver.stored, text)
        if status != 200:
            saver.refused.append(status)
            return
        saver.waits.append(time.perf_counter() - began)
        saver.stored = text
        time.sleep(dice.uniform(*THINKS))
