"""Somebody at a desk with a browser of his own, in process: cookies, the CSRF token, and log-ins by the page or past it."""

from __future__ import annotations

import re
import secrets
from typing import Any

from flask import Flask, g
from werkzeug.test import TestResponse

from ipweek import clock
from ipweek.accounts import sessions
from ipweek.accounts.models import LoginSession, User
from ipweek.accounts.schema import Person
from ipweek.extensions import db
from ipweek.transaction import transaction
from tests import make

HTMX = {"HX-Request": "true"}


class Desk:
    """One browser. ``post`` carries the token of the page last opened, unless told otherwise."""

    def __init__(self, app: Flask, **environ: Any) -> None:
        self.client = app.test_client()
        self.environ = environ
        self.token = ""

    def get(self, path: str, **words: Any) -> TestResponse:
        return self.open(path, **words)

    def post(self, path: str, data: dict[str, Any] | None = None, **words: Any) -> TestResponse:
        return self.open(path, method="POST", data={"csrf_token": self.token, **(data or {})}, **words)

    def open(self, path: str, **words: Any) -> TestResponse:
        for name in list(g):  # the test's own context would lend its g to every request
            g.pop(name)
        response = self.client.open(path, environ_base=self.environ, **words)
        db.session.rollback()  # what the request wrote, the test reads anew
        is_page = response.mimetype == "text/html"
        if is_page and (found := re.search(r'name="csrf-token" content="([^"]+)"', response.text)):
            self.token = found[1]
        response.get_data()  # a file that is sent is read and closed here, not whenever rubbish is collected
        response.close()
        return response

    def sit(self, person: Person | User) -> Desk:
        """Log *person* in past the page: no password is asked for, or hashed."""
        token = secrets.token_urlsafe(32)
        with transaction():
            made = {"user_id": person.id, "created_at": clock.now(), "seen_at": clock.now()}
            db.session.add(LoginSession(token_hash=sessions.digest(token), address="", browser="", **made))
        with self.client.session_transaction() as cookie:
            cookie["_user_id"], cookie["_fresh"] = token, True
        self.get("/account")
        return self

    def try_log_in(self, username: str, password: str = make.PASSWORD, **words: Any) -> TestResponse:
        if not self.token:
            self.get("/login")
        return self.post("/login", {"username": username, "password": password}, **words)

    def log_in(self, user: User) -> Desk:
        """Log *user* in by the page."""
        response = self.try_log_in(user.username)
        assert response.status_code == 303, response.text
        self.get("/account")
        return self

    @property
    def is_in(self) -> bool:
        return self.get("/account").status_code == 200

    @property
    def cookie(self) -> str:
        held = self.client.get_cookie("ipweek")
        return held.value if held else ""
