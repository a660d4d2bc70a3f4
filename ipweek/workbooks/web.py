"""The blueprint that all pages of workbooks share, and how a made file is answered."""

from __future__ import annotations

from urllib.parse import quote

from flask import Blueprint, Response

bp = Blueprint("workbooks", __name__)

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def file(data: bytes, name: str) -> Response:
    """*data* as a download called *name*, kept in no cache."""
    response = Response(data, content_type=XLSX)
    response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name, safe='')}"
    response.headers["Cache-Control"] = "no-store"
    return response
