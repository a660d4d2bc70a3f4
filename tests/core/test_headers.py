"""Every answer carries the security headers once, and what is somebody's is kept by no cache."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask, Response
from flask.testing import FlaskClient

from ipweek import headers
from ipweek.files import service as files
from tests import make
from tests.browser import Server
from tests.desk import HTMX, Desk
from tests.visitor import Visitor

ASKED = {
    "a page": ("/login", {}),
    "a piece": ("/account", HTMX),
    "a way elsewhere": ("/", {}),
    "nothing there": ("/nothing-here", {}),
    "nothing of his": ("/tables/99999", HTMX),
    "nothing he may": ("/users", {}),
    "an odd host": ("/login", {"Host": "a b"}),
    "no such file": ("/static/css/none.css", {}),
    "a part of a file": ("/static/icon.svg", {"Range": "bytes=0-3"}),
}


def check(answer: Any, *, personal: bool = True) -> None:
    """Of an answer of the test client, or of a server."""
    said = answer.headers
    every = getattr(said, "getlist", None) or said.get_all
    for name, value in headers.ALWAYS.items():
        assert every(name) == [value], name
    (cached,) = every("Cache-Control")
    if personal:
        assert cached == "no-store"
        assert {"HX-Request", "Cookie"} <= {word.strip() for word in ",".join(every("Vary")).split(",")}


@pytest.mark.parametrize("name", ASKED)
def test_each_kind_of_answer_is_dressed_once_and_kept_by_nobody(app: Flask, name: str) -> None:
    path, sent = ASKED[name]

    check(Desk(app).sit(make.person("minhang")).get(path, headers=sent))
    check(Desk(app).get(path, headers=sent))


@pytest.mark.parametrize("method", ["DELETE", "OPTIONS", "HEAD", "PUT", "POST"])
def test_other_methods_are_dressed_too(client: FlaskClient, method: str) -> None:
    check(client.open("/account", method=method))


def test_a_refused_form_a_body_too_large_and_a_broken_text_are_dressed_too(client: FlaskClient) -> None:
    check(client.post("/login", data={"username": "x"}))
    check(client.post("/login", data=b"x" * 40_000_000))
    check(client.post("/login", data=b"username=%ff", content_type="application/x-www-form-urlencoded"))


def test_a_file_that_is_sent_is_kept_by_nobody_and_not_on_a_second_asking_either(app: Flask) -> None:
    desk = Desk(app).sit(make.person("office", "clerk"))
    kept = files.keep(
        "通知".encode(), "通知.txt", kind="txt", purpose="notice", by=make.person("office", "clerk"), settings=app.extensions["settings"]
    )

    first = desk.get(f"/files/{kept.id}")
    again = desk.get(
        f"/files/{kept.id}",
        headers={"If-None-Match": first.headers.get("ETag", '"x"'), "If-Modified-Since": "Fri, 31 Dec 2999 23:59:59 GMT"},
    )

    assert first.status_code == 200
    check(first)
    check(again)


def test_what_everybody_may_keep_tells_nothing_of_anybody(app: Flask) -> None:
    desk = Desk(app).sit(make.person("office", "clerk"))
    first = desk.get("/static/css/base.css?v=1")
    again = desk.get("/static/css/base.css?v=1", headers={"If-None-Match": first.headers["ETag"]})

    assert (first.status_code, again.status_code) == (200, 304)
    for answer in (first, again):
        check(answer, personal=False)
        assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert "Set-Cookie" not in answer.headers
        assert "Cookie" not in answer.headers.get("Vary", "")


def test_an_error_after_a_static_file_was_found_is_kept_by_nobody(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    def break_down(_: Response) -> Response:
        raise ZeroDivisionError

    monkeypatch.setitem(app.after_request_funcs, None, [*app.after_request_funcs[None], break_down])

    answer = app.test_client().get("/static/css/base.css?v=1")

    assert answer.status_code == 500
    check(answer)


def test_a_real_server_sends_them_as_they_are(live: Server) -> None:
    visitor = Visitor(live.url)

    for path in ("/login", "/", "/nothing-here", "/static/css/none.css"):
        check(visitor.get(path))
    check(visitor.get("/static/css/base.css"), personal=False)
