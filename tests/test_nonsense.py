"""Nonsense to every address, in every field that any page of ours knows: an answer, never a fault of ours."""

from __future__ import annotations

import gc
import json
import re
from io import BytesIO
from pathlib import Path

import pytest
from flask import Flask
from werkzeug.datastructures import MultiDict

import ipweek
from ipweek import templating
from tests.test_routes import LISTED, PARTS, Town

PACKAGE = Path(ipweek.__file__).parent
NONSENSE = {
    "nothing": "",
    "zero": "0",
    "minus": "-1",
    "huge": "9" * 40,
    "superscript": "²",
    "underscore": "1_0",
    "arabic digits": "١٢",
    "not a number": "NaN",
    "no date": "2024-13-45T99:99",
    "quotes": "'\"%_\\`;--",
    "markup": "</textarea><script>alert(1)</script>{{ 7*7 }}${7*7}",
    "control": "\x00\x07\x1b[31m\u202e\u2028\ufffe",
    "rare": "𠮷㐂䶮𬭎👨‍👩‍👧",
    "long": "甲" * 5_000,
    "lines": "\r\n" * 500,
    "deep": "[" * 3_000,
    "json": json.dumps({"edits": [[1, "venue", "x", "y"], [None], {}], "rows": [["t1", {"venue": 3}], 4], "via": "api"}),
    "null": "null",
    "list": '[[0], "x", {"a": [1e400]}]',
    "address": "//evil.example/\\..%2f",
}


def known_names() -> list[str]:
    """The names of fields in the pages, forms and views."""
    in_pages = r'\bname="([a-z][\w.-]*)"'
    in_views = r'request\.(?:form|args|files|values)(?:\.get(?:list)?\(|\[)"([^"]+)"'
    in_forms = r"^    (\w+) = \w*Field\("
    found: set[str] = set()
    for path in templating.folder().rglob("*.html"):
        found |= set(re.findall(in_pages, path.read_text("utf-8")))
    for path in PACKAGE.rglob("*.py"):
        text = path.read_text("utf-8")
        found |= set(re.findall(in_views, text)) | set(re.findall(in_forms, text, re.MULTILINE))
    return sorted(found - {"csrf_token"})


NAMES = known_names()


def test_the_fields_are_found() -> None:
    assert {"value", "base", "op", "revision", "do", "why", "username", "file", "next", "rev", "page"} <= set(NAMES)


# Werkzeug's own client leaves the temporary file of a large form to the collector.
@pytest.mark.filterwarnings("ignore:unclosed file:ResourceWarning")
@pytest.mark.parametrize("kind", NONSENSE)
def test_nonsense_in_every_field_is_answered(app: Flask, kind: str) -> None:
    value = NONSENSE[kind]
    faults = []

    for route, status, body in answers(app, value):
        if (status >= 500 and status != 503) or "Traceback" in body:
            faults.append(f"{route}: {status}")

    gc.collect()  # those files go while this test is asked about them, not the next one
    assert faults == []


def answers(app: Flask, value: str):
    """What each address says to *value* in every field, twice in the address; and to a file of it."""
    town = Town(app)
    desks = {letter: town.seat(letter) for letter in PARTS}
    for route in sorted(LISTED):
        method, rule = route.split(" ", 1)
        letter = next((letter for letter in LISTED[route] if letter in PARTS), "f")
        desk, session_id = desks[letter]
        if rule in {"/logout", "/account/sessions/<int:session_id>/end"}:
            continue  # they end the log-in that the rest needs; they read no field
        path = town.address(rule, session_id)
        if method == "GET":
            answer = desk.get(
                path, query_string=MultiDict([(name, value[:60]) for name in NAMES for _ in range(2)])
            )  # the server takes no longer address
        else:
            files = {name: (BytesIO(value.encode("utf-8", "surrogatepass")), f"{value[:80]}.xlsx") for name in ("file", "files", "table")}
            headers = {"HX-Request": "true"} if len(route) % 2 else {}  # half of them as htmx asks
            answer = desk.post(path, {**dict.fromkeys(NAMES, value), **files}, headers=headers)
        yield route, answer.status_code, answer.get_data(as_text=True) if answer.mimetype == "text/html" else ""
