"""A person at a real server, without a browser: cookies, the CSRF token, plain HTTP."""

from __future__ import annotations

import re
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from http.client import HTTPMessage
from http.cookiejar import CookieJar


@dataclass(frozen=True)
class Answer:
    """What came back; redirects are not followed."""

    status: int
    data: bytes
    headers: HTTPMessage

    @property
    def text(self) -> str:
        return self.data.decode()


class _Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: object) -> None:
        return None


class Visitor:
    """Somebody with cookies of his own. ``log_in`` first; then ``post`` carries the token of his log-in."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.token = ""
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()), _Stay)

    def get(self, path: str, headers: Mapping[str, str] | None = None) -> Answer:
        return self._open(urllib.request.Request(self.url + path, headers=dict(headers or {})))

    def post(self, path: str, fields: Mapping[str, str], headers: Mapping[str, str] | None = None) -> Answer:
        body = urllib.parse.urlencode({"csrf_token": self.token, **fields}).encode()
        return self._open(urllib.request.Request(self.url + path, data=body, headers={"Origin": self.url, **(headers or {})}))

    def send(self, path: str, body: bytes, kind: str) -> Answer:
        return self._open(urllib.request.Request(self.url + path, data=body, headers={"Origin": self.url, "Content-Type": kind}))

    def log_in(self, username: str, password: str) -> Visitor:
        self._read_token("/login")
        answer = self.post("/login", {"username": username, "password": password})
        assert answer.status == 303, answer.text
        self._read_token("/account")
        return self

    def _read_token(self, path: str) -> None:
        found = re.search(r'name="csrf-token" content="([^"]+)"', self.get(path).text)
        assert found is not None
        self.token = found[1]

    def _open(self, request: urllib.request.Request) -> Answer:
        try:
            with self.opener.open(request, timeout=30) as response:
                return Answer(response.status, response.read(), response.headers)
        except urllib.error.HTTPError as error:
            with error:
                return Answer(error.code, error.read(), error.headers)
