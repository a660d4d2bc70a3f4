"""The blueprint that all pages of workbooks share, and how a made file is answered."""

from __future__ import annotations

import weakref
from collections.abc import Iterator
from typing import IO
from urllib.parse import quote

from flask import Blueprint, Response

from ipweek.annexes import forms

bp = Blueprint("workbooks", __name__)

MEDIA_TYPES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "zip": "application/zip",
    "ics": "text/calendar; charset=utf-8",
    "html": "text/html; charset=utf-8",
}
"""What a made file is, by the end of its name."""


def number(text: str | None) -> int | None:
    """The number of a row or a release as a form or an address sends it; None where it sends none.

    Anything else than a number that could be one is Refused, as an address with it would be no address.
    """
    return forms.number(text) if text else None


def file(data: bytes | IO[bytes], name: str) -> Response:
    """*data* as a download called *name*, kept in no cache; a file that is open is sent piece by piece and closed."""
    response = Response(data if isinstance(data, bytes) else _pieces(data), content_type=MEDIA_TYPES[name.rpartition(".")[2]])
    if not isinstance(data, bytes):
        weakref.finalize(response, data.close)  # also where nobody reads it to the end
        response.content_length = data.seek(0, 2)
        data.seek(0)
    response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name, safe='')}"
    response.headers["Cache-Control"] = "no-store"
    return response


def _pieces(data: IO[bytes]) -> Iterator[bytes]:
    with data:
        while piece := data.read(1 << 18):
            yield piece
