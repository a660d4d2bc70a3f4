"""What a form may hold: text that is text. Bytes that are no UTF-8 would be stored as escape signs, so they are refused."""

from __future__ import annotations

import re
from binascii import unhexlify
from collections.abc import Iterator
from functools import cached_property
from typing import IO, Any, cast

import werkzeug
from flask import Flask, request
from htmx_flask.requests import HtmxAwareRequest
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.formparser import FormDataParser
from werkzeug.sansio.http import parse_cookie

from ipweek.errors import Refused

URLENCODED = "application/x-www-form-urlencoded"
MOST_FIELDS = 50_000
"""Of one form: a whole table has 300 rows of a few dozen columns at most. A body of nothing but short ones takes twenty times its size."""
_ESCAPED = re.compile(rb"(?:%[0-9A-Fa-f]{2})+")


class Forms(FormDataParser):
    """Werkzeug's reader of forms, but for urlencoded ones: a Chinese text is one run of escaped bytes, and read as one.

    Refused for bytes that are not UTF-8, lone surrogates among them, which Werkzeug would hand on as they were escaped; and 413
    for more fields than any form of ours has.
    """

    def parse(self, stream: IO[bytes], mimetype: str, content_length: int | None, options: dict[str, str] | None = None) -> Any:
        if mimetype != URLENCODED:
            return super().parse(stream, mimetype, content_length, options)
        body = stream.read()
        if body.count(b"&") >= MOST_FIELDS:
            raise RequestEntityTooLarge
        try:
            return stream, self.cls(_pairs(body)), self.cls()
        except UnicodeDecodeError as error:
            reason = "内容里有无法识别的文字编码，没有保存。请把这段文字重新输入，或从原来的软件里重新复制。"
            raise Refused(reason) from error


def _pairs(body: bytes) -> Iterator[tuple[str, str]]:
    """Names and values in their order: the WHATWG's application/x-www-form-urlencoded."""
    for pair in body.split(b"&"):
        if pair:
            name, _, value = pair.partition(b"=")
            yield _text(name), _text(value)


def _text(sent: bytes) -> str:
    plain = sent.replace(b"+", b" ")
    return (_ESCAPED.sub(_bytes, plain) if b"%" in plain else plain).decode()


def _bytes(escaped: re.Match[bytes]) -> bytes:
    return unhexlify(escaped[0].replace(b"%", b""))


def install(app: Flask) -> None:
    """Read the forms of *app*, and look at each before anything else does."""

    class Asked(HtmxAwareRequest):  # type: ignore[misc]  # htmx-flask ships no types
        form_data_parser_class = Forms
        # Flask asks its configuration for each of them, several times a request
        max_content_length = app.config["MAX_CONTENT_LENGTH"]
        max_form_memory_size = app.config["MAX_FORM_MEMORY_SIZE"]
        max_form_parts = app.config["MAX_FORM_PARTS"]

        def _load_form_data(self) -> None:
            werkzeug.Request._load_form_data(self)  # noqa: SLF001 -- Flask's own asks each time whether the site is being debugged

        @cached_property
        def cookies(self) -> MultiDict[str, str]:  # Werkzeug's own looks through all headers for several
            return parse_cookie(self.environ.get("HTTP_COOKIE"), MultiDict)

    app.request_class = Asked
    app.before_request(refuse_broken_text)


def refuse_broken_text() -> None:
    """400 for a urlencoded form whose bytes are not UTF-8."""
    asked = cast("Any", request)._get_current_object()  # noqa: SLF001 -- werkzeug's own way to unwrap a proxy
    if asked.mimetype == URLENCODED:
        asked.form  # noqa: B018 -- reading it is the look at it
