"""Who plays in these tests, and the browser each of them sits at."""

from __future__ import annotations

import re
from typing import Any

from flask import Flask, g
from werkzeug.test import TestResponse

from ipweek import clock
from ipweek.accounts import sessions
from ipweek.accounts.models import LoginSession
from ipweek.accounts.schema import Person
from ipweek.extensions import db
from ipweek.reporting import service
from ipweek.reporting.models import Move
from ipweek.transaction import transaction
from tests import make

PARTS = {
    "filler of 闵行": ("minhang", "filler"),
    "filler of 徐汇": ("xuhui", "filler"),
    "clerk": ("office", "clerk"),
    "head": ("office", "head"),
    "viewer": ("office", "viewer"),
    "admin": ("office", "admin"),
    "auditor": ("office", "auditor"),
}
GOOD = "活动由街道主办，已与街道确认"
"""A reason that can stand."""


class Seat:
    """One person's browser, logged in. ``post`` carries the token of the page last opened."""

    def __init__(self, app: Flask, person: Person) -> None:
        self.client = app.test_client()
        token = f"token-of-{person.username}"
        with transaction():
            made = {"user_id": person.id, "created_at": clock.now(), "seen_at": clock.now()}
            db.session.add(LoginSession(token_hash=sessions.digest(token), address="", browser="", **made))
        with self.client.session_transaction() as cookie:
            cookie["_user_id"], cookie["_fresh"] = token, True
        self.token = ""
        self.get("/help")

    def get(self, path: str, **words: Any) -> TestResponse:
        return self.open(path, **words)

    def post(self, path: str, data: dict[str, Any] | None = None, **words: Any) -> TestResponse:
        return self.open(path, method="POST", data={"csrf_token": self.token, **(data or {})}, **words)

    def open(self, path: str, **words: Any) -> TestResponse:
        for name in list(g):  # the test's own context would lend its g to every request
            g.pop(name)
        response = self.client.open(path, **words)
        db.session.rollback()  # what the request wrote, the test reads anew
        if response.mimetype == "text/html" and (found := re.search(r'name="csrf-token" content="([^"]+)"', response.text)):
            self.token = found[1]
        return response


def table(status: str = "draft", *rows: dict[str, str], slug: str = "minhang", **changes: Any):
    """A table with good rows (one, unless others are named)."""
    made = make.table(slug, status, **changes)
    for values in rows or ({},):
        make.row(made, **values)
    return made


def sent(by: Person, *rows: dict[str, str], **changes: Any) -> Move:
    """The submission of a new table by its filler."""
    made = table("draft", *rows, slug=by.unit_slug, **changes)
    return service.submit(made.id, reasons={}, revision=made.revision, by=by)
