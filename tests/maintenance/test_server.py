"""Answers go out whole and in order over the server's own way of sending, to quick readers, slow ones, and those who go away."""

import hashlib
import http.client
import os
import socket
import subprocess
import sys
import time
from contextlib import ExitStack
from types import SimpleNamespace

import pytest
from waitress.adjustments import Adjustments

from ipweek.maintenance import server
from tests.browser import ROOT

LARGE = 24 * 1024 * 1024
"""More than the server puts aside in memory and more than any socket takes at once."""

APP = """
import io
from pathlib import Path
from ipweek.config import Settings
from ipweek.maintenance import server
from tests.maintenance.test_server import answers

def app(environ, start_response):
    path = environ["PATH_INFO"]
    if path == "/file":
        start_response("200 OK", [("Content-Type", "text/plain")])
        return environ["wsgi.file_wrapper"](io.BytesIO(b"".join(answers("/one"))))
    if path == "/broken":
        start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", "100")])
        return (1 // 0 if part else b"half" for part in (0, 1))
    parts = answers(path)
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", str(sum(map(len, parts))))])
    return iter(parts)

server.serve(app, Settings(Path("."), port=0), ready=lambda address: print(address, flush=True))
"""


def answers(path: str) -> list[bytes]:
    """What the application says, in its parts."""
    some = b"\xe7\x9f\xa5\xe8\xaf\x86\xe4\xba\xa7\xe6\x9d\x83 0123456789\n" * 1000
    return {
        "/small": [b"saved"],
        "/nothing": [],
        "/parts": [some[:size] for size in (1, 0, 15_999, 16_000, 16_001, 0, 3, 20_000)],
        "/one": [(some * (LARGE // len(some) + 1))[:LARGE]],
        "/many": [some] * (LARGE // len(some)),
    }[path]


@pytest.fixture(scope="module")
def port():
    with subprocess.Popen(
        [sys.executable, "-c", APP], env={**os.environ, "PYTHONPATH": str(ROOT)}, stdout=subprocess.PIPE, text=True
    ) as process:
        yield int(process.stdout.readline().rpartition(":")[2])
        process.terminate()


class Connection:
    """One person's, who takes so many bytes at a time."""

    def __init__(self, port, takes=None):
        self.socket = socket.socket()
        if takes:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, takes)
        self.socket.settimeout(30)
        self.socket.connect(("127.0.0.1", port))
        self.stream = self.socket.makefile("rb")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stream.close()
        self.socket.close()

    def makefile(self, *_):
        """What an answer is read from."""
        return self.stream

    def ask(self, *paths):
        self.socket.sendall(b"".join(f"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode() for path in paths))

    def read(self):
        """The next answer: its status and body."""
        answer = http.client.HTTPResponse(self)
        answer._close_conn = lambda: None  # else it closes what the next one is read from
        answer.begin()
        return answer.status, answer.read()


def same(body, path):
    """Told by a digest: what a failure would print is 24 MB long."""
    return hashlib.sha256(body).hexdigest() == hashlib.sha256(b"".join(answers(path))).hexdigest()


@pytest.mark.parametrize("path", ["/small", "/nothing", "/parts", "/one", "/many", "/file"])
@pytest.mark.parametrize("takes", [None, 4096])
def test_every_answer_arrives_whole(port, path, takes):
    with Connection(port, takes) as connection:
        connection.ask(path)
        if takes and path in {"/one", "/many", "/file"}:
            time.sleep(0.3)  # until the server can send no more
        status, body = connection.read()

    assert status == 200
    assert same(body, "/one" if path == "/file" else path)


def test_answers_on_one_connection_come_in_the_order_of_the_questions(port):
    paths = ["/small", "/parts", "/nothing", "/many", "/small", "/one", "/small"]

    with Connection(port) as connection:
        connection.ask(*paths)
        said = [connection.read() for _ in paths]

    assert [status for status, _ in said] == [200] * len(paths)
    assert [same(body, path) for (_, body), path in zip(said, paths, strict=True)] == [True] * len(paths)


def test_who_goes_away_in_the_middle_or_reads_nothing_keeps_nobody_waiting(port):
    with ExitStack() as stack:
        for _ in range(4):
            stack.enter_context(Connection(port, takes=4096)).ask("/one")
        for path in ("/one", "/many", "/small", "/parts") * 3:
            with Connection(port) as gone:
                gone.ask(path)
                gone.socket.recv(10)
        connection = stack.enter_context(Connection(port))

        for _ in range(20):
            connection.ask("/small")
            assert connection.read() == (200, b"saved")


def test_an_application_that_breaks_in_the_middle_ends_the_connection_and_no_other(port):
    with Connection(port) as connection, pytest.raises(http.client.IncompleteRead) as cut:
        connection.ask("/broken")
        connection.read()
    with Connection(port) as another:
        another.ask("/small")
        assert another.read() == (200, b"saved")

    assert cut.value.partial == b"half"


def test_no_more_is_given_to_the_system_at_a_time_than_it_says_it_holds():
    given = []

    class Watched(server.Channel):
        def send(self, data, **how):
            given.append(len(data))
            return super().send(data, **how)

    ours, theirs = socket.socketpair()
    with ours, theirs:
        ours.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 20_000)
        serving = SimpleNamespace(active_channels={}, pull_trigger=lambda: None)
        channel = Watched(serving, ours, "", Adjustments(), map={})

        channel.write_soon(answers("/one")[0])

        assert 0 < max(given) <= channel.sendbuf_len
        channel.handle_close()
