"""Saving over HTTP: eight people on eight connections, ipweek and Flask-Admin on the same server, turn about."""

import http.client
import itertools
import logging
import os
import secrets
import signal
import socket
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlencode

from flask import Flask

from ipweek.config import Settings
from ipweek.extensions import db
from ipweek.maintenance import server
from tests import make
from tests.bench import peer, site
from tests.bench.timing import Line, line, said
from tests.desk import Desk

SLUGS = ("minhang", "pudong", "huangpu", "jingan", "changning", "putuo", "hongkou", "yangpu")
SECONDS = 3.0
TURNS = 8
TEXTS = ["静安寺广场南侧下沉式空间及二楼连廊", "七宝万科广场一楼中庭和东侧步行街"]

Save = Callable[[socket.socket, str, str], int]
"""One save on a connection, from an old text to a new one: the status."""


class Run(NamedTuple):
    """Saves a second, the 99th percentile of their waits, and the server's processor seconds for one."""

    rate: float
    p99: float
    work: float


class Served(NamedTuple):
    """A server in a process of its own."""

    port: int
    process: int

    @property
    def work(self) -> float:
        """Processor seconds that it has used, the kernel's for it included."""
        told = Path(f"/proc/{self.process}/stat").read_text("ascii").rpartition(") ")[2].split()
        return (int(told[11]) + int(told[12])) / os.sysconf("SC_CLK_TCK")


def lines(app: Flask) -> Iterator[Line]:
    with tempfile.TemporaryDirectory(dir=app.instance_path) as folder:
        with app.app_context():
            ours = [save_here(app, slug) for slug in SLUGS]
            db.engine.dispose()
        beside = peer.create(Path(folder) / "peer.sqlite", tables=len(SLUGS))
        theirs = [_save_there(beside, number) for number in range(1, len(SLUGS) + 1)]
        with beside.app_context():
            peer.db.engine.dispose()
        settings: Settings = app.extensions["settings"]
        with served(app, settings) as here, served(beside, settings) as there:
            runs = [(together(here, ours), together(there, theirs)) for _ in range(TURNS)]
    mine, other = (_best(side) for side in zip(*runs, strict=True))
    ratio = mine.rate / other.rate
    yield line(
        f"save over HTTP, 8 connections, best of {TURNS} turns: rate; peer: Flask-Admin on the same server",
        f"{mine.rate:.0f}/s",
        peer=f"{other.rate:.0f}/s",
        ratio=f"{ratio:.2f} ×",
        goal="≥ 2 ×",
        reached=ratio >= 2,
    )
    yield line(
        "the same: p99",
        said(mine.p99),
        peer=said(other.p99),
        ratio=f"{mine.p99 / other.p99:.2f} ×",
        goal="≤ 80 ms",
        reached=mine.p99 <= 0.08,
    )
    yield line(
        "the same: processor time of the server for one save",
        said(mine.work),
        peer=said(other.work),
        ratio=f"{other.work / mine.work:.1f} × less",
    )


def _best(runs: Sequence[Run]) -> Run:
    """The best of each: neighbours on the machine, and on its disk, only ever slow things down."""
    rates, waits, works = zip(*runs, strict=True)
    return Run(max(rates), min(waits), min(works))


def save_here(app: Flask, slug: str) -> Save:
    """Somebody of the unit, with the first of thirty rows."""
    _, ids = site.rows(slug, 30)
    return save_by(site.desk(app, slug), ids[0])


def save_by(desk: Desk, activity_id: int) -> Save:
    """The place of a row's activity, by this person."""
    headers = {"Cookie": f"ipweek={desk.cookie}", "HX-Request": "true", "X-CSRFToken": desk.token}
    path = f"/activities/{activity_id}/cells/venue"

    def save(connection: socket.socket, old: str, new: str) -> int:
        return _post(connection, path, headers, csrf_token=desk.token, value=new, base=old, op=secrets.token_hex(12), rev="1")

    return save


def _save_there(app: Flask, number: int) -> Save:
    client = app.test_client()
    token = client.get(f"/enter/token{number}").text
    headers = {"Cookie": f"session={client.get_cookie('session').value}", "X-CSRFToken": token}

    def save(connection: socket.socket, _old: str, new: str) -> int:
        return _post(connection, "/admin/line/ajax/update/", headers, list_form_pk=str((number - 1) * 30 + 1), venue=new)

    return save


def _post(connection: socket.socket, path: str, headers: dict[str, str], **form: str) -> int:
    """One POST in one packet, as a browser sends a small one."""
    body = urlencode(form)
    sent = {"Host": "127.0.0.1", **headers, "Content-Type": "application/x-www-form-urlencoded", "Content-Length": str(len(body))}
    head = "".join(f"{name}: {value}\r\n" for name, value in sent.items())
    connection.sendall(f"POST {path} HTTP/1.1\r\n{head}\r\n{body}".encode())
    return _status(connection)


def get(port: int, path: str, headers: dict[str, str]) -> int:
    """One GET on a connection of its own."""
    head = "".join(f"{name}: {value}\r\n" for name, value in {"Host": "127.0.0.1", **headers}.items())
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.sendall(f"GET {path} HTTP/1.1\r\n{head}\r\n".encode())
        return _status(connection)


def _status(connection: socket.socket) -> int:
    answer = http.client.HTTPResponse(connection)
    answer.begin()
    answer.read()
    return answer.status


def together(at: Served, saves: Sequence[Save]) -> Run:
    """All of them as fast as they are answered, for some seconds; every save must be taken."""
    taken: list[float] = []
    refused: list[int] = []
    worked = at.work
    ends = time.perf_counter() + SECONDS

    def work(save: Save) -> None:
        connection = socket.create_connection(("127.0.0.1", at.port))
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        old = LAST.get(save, make.CELLS["venue"])
        for new in itertools.cycle(TEXTS if old != TEXTS[0] else TEXTS[::-1]):
            began = time.perf_counter()
            if began > ends:
                break
            status = save(connection, old, new)
            taken.append(time.perf_counter() - began)
            if status != 200:
                refused.append(status)
                break
            LAST[save] = old = new
        connection.close()

    threads = [threading.Thread(target=work, args=(save,)) for save in saves]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not refused, refused
    return Run(len(taken) / SECONDS, statistics.quantiles(taken, n=100)[98], (at.work - worked) / len(taken))


LAST: dict[Save, str] = {}
"""What each of them wrote last: the next save must have seen it."""


@contextmanager
def served(app: Any, settings: Settings) -> Iterator[Served]:
    """*app* in a process of its own, behind ipweek's own server."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    told, tell = os.pipe()
    sys.stdout.flush()
    child = os.fork()
    if not child:
        try:
            logging.getLogger("waitress").setLevel(logging.ERROR)
            server.serve(app, Settings(settings.instance, port=port), ready=lambda _: os.close(tell) if os.write(tell, b"!") else None)
        finally:
            os._exit(0)
    os.read(told, 1)
    try:
        yield Served(port, child)
    finally:
        os.kill(child, signal.SIGTERM)
        os.waitpid(child, 0)
