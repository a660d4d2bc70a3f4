"""What people and machines hear of a request that went wrong before any page of ours looked at it."""

from __future__ import annotations

import http.client
import json
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from ipweek import bodies
from ipweek.extensions import db
from tests import make
from tests.browser import Server
from tests.databases import Databases
from tests.desk import HTMX, Desk
from tests.visitor import Visitor


def logged(app: Flask) -> list[str]:
    path = Path(app.extensions["settings"].instance) / "log/ipweek.log"
    return [json.loads(line)["event"] for line in path.read_text("utf-8").splitlines()] if path.exists() else []


def test_a_body_far_beyond_the_limit_is_told_the_limit(app: Flask, live: Server) -> None:
    clerk = make.user("office", "clerk", password=make.PASSWORD)
    visitor = Visitor(live.url).log_in(clerk.username, make.PASSWORD)
    edge = "--grenze\r\n"
    token = f'{edge}Content-Disposition: form-data; name="csrf_token"\r\n\r\n{visitor.token}\r\n'
    head = f'{token}{edge}Content-Disposition: form-data; name="file"; filename="a.docx"\r\n\r\n'

    answer = visitor.send("/notices/new", head.encode() + b"x" * 30_000_000 + b"\r\n--grenze--\r\n", "multipart/form-data; boundary=grenze")

    assert answer.status == 413
    assert "文件超过 5 MB，请删去图片等无关内容，另存后再上传。" in answer.text
    assert "unexpected" not in logged(app)


def test_what_ends_at_the_server_itself_is_told_in_chinese(live: Server) -> None:
    host, _, port = live.url.removeprefix("http://").partition(":")

    with socket.create_connection((host, int(port)), timeout=10) as connection:
        connection.sendall(f"POST /login HTTP/1.1\r\nHost: {host}\r\nContent-Length: 500000000\r\n\r\n".encode())
        told = http.client.HTTPResponse(connection)
        told.begin()
        said = told.read().decode()

    assert told.status == 413
    assert said.startswith("发送的内容太大")
    assert "waitress" not in said


def test_a_form_of_too_much_text_is_no_fault_of_ours(app: Flask, live: Server) -> None:
    body = b'--grenze\r\nContent-Disposition: form-data; name="username"\r\n\r\n' + b"x" * 5_000_000 + b"\r\n--grenze--\r\n"

    answer = Visitor(live.url).send("/login", body, "multipart/form-data; boundary=grenze")

    assert answer.status == 413
    assert "发送的内容太大" in answer.text
    assert "unexpected" not in logged(app)


def test_a_form_of_more_fields_than_any_has_is_refused_unread(app: Flask, client: FlaskClient) -> None:
    answer = client.post("/login", data=b"a&" * bodies.MOST_FIELDS, content_type=bodies.URLENCODED)

    assert (answer.status_code, "发送的内容太大" in answer.text) == (413, True)
    assert "unexpected" not in logged(app)


@pytest.mark.parametrize("host", ["a" * 300, "a" * 64 + ".test", "a b", "a/b", "a..b", "[::1", "x:99999999", "x@evil.test"])
def test_an_odd_host_is_refused_and_is_no_fault_of_ours(app: Flask, client: FlaskClient, host: str) -> None:
    for path in ("/", "/tables//43", "/static/css/base.css"):
        answer = client.get(path, headers={"Host": host})

        assert answer.status_code == 400
        assert "浏览器发来的内容不完整" in answer.text
        assert "Content-Security-Policy" in answer.headers
    assert "unexpected" not in logged(app)


def test_a_server_answers_an_odd_host_too(live: Server) -> None:
    connection = http.client.HTTPConnection(live.url.removeprefix("http://"), timeout=30)
    connection.request("GET", "/", headers={"Host": "a" * 300})

    answer = connection.getresponse()

    assert answer.status == 400
    assert "浏览器发来的内容不完整" in answer.read().decode()
    connection.close()


@pytest.mark.usefixtures("app")
@pytest.mark.parametrize("host", ["localhost:8000", "127.0.0.1", "[::1]:8000", "ipweek.test.", "xn--fiqs8s", "a_b.local"])
def test_a_host_as_people_have_it_is_served(client: FlaskClient, host: str) -> None:
    assert client.get("/login", headers={"Host": host}).status_code == 200


@pytest.mark.usefixtures("app")
@pytest.mark.parametrize("path", ["/tables//43", "/help//browser", "/static//css/base.css"])
def test_doubled_slashes_lead_nowhere(client: FlaskClient, path: str) -> None:
    answer = client.get(path, headers={"Host": "evil.test"})

    assert answer.status_code == 404
    assert "Location" not in answer.headers


@pytest.mark.usefixtures("app")
def test_a_wrong_method_is_told_the_right_ones(client: FlaskClient) -> None:
    answer = client.delete("/login")

    assert answer.status_code == 405
    assert answer.headers["Allow"] == "GET, HEAD, OPTIONS, POST"


@contextmanager
def taken_away(app: Flask, databases: Databases) -> Iterator[None]:
    """The site without its database: none can be opened."""
    db.session.remove()
    db.engine.dispose()
    if db.engine.dialect.name == "sqlite":
        file = app.extensions["settings"].instance / "ipweek.sqlite"
        file.rename(file.with_suffix(".away"))
        file.mkdir()
        yield
        file.rmdir()
        file.with_suffix(".away").rename(file)
    else:
        databases.close_to_all(db.engine.url.database, closed=True)
        yield
        databases.close_to_all(db.engine.url.database, closed=False)


def test_without_a_database_everybody_is_asked_to_try_again_and_stays_logged_in(app: Flask, databases: Databases) -> None:
    desk = Desk(app).sit(make.person("office", "clerk"))
    held = desk.cookie

    with taken_away(app, databases):
        answers = [desk.get(path) for path in ("/account", "/login", "/tables/1")]
        answers += [
            piece := desk.get("/account", headers=HTMX),
            save := desk.post("/activities/1/cells/venue", {"value": "x"}, headers=HTMX),
        ]
        answers.append(desk.post("/login", {"csrf_token": "x"}))  # what was refused can't be written down
        lost = desk.get("/nothing-here")

    assert {answer.status_code for answer in answers} == {503}
    assert all("系统正忙，请稍候再试。" in answer.text for answer in answers)
    assert (save.headers["Retry-After"], "<html" in piece.text) == ("3", False)
    assert (lost.status_code, "没有找到" in lost.text) == (404, True)
    assert desk.cookie == held
    assert desk.is_in
