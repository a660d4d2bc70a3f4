"""单元格修改记录: the auditor's search."""

from __future__ import annotations

from flask import Blueprint, request
from werkzeug.wrappers import Response

from ipweek import pages
from ipweek.accounts.forms import number
from ipweek.accounts.web import person
from ipweek.annexes import tracing
from ipweek.annexes.grid import HOW
from ipweek.annexes.tracing import Asked

bp = Blueprint("tracing", __name__)


@bp.get("/audit/cells")
def cells() -> Response:
    """Who changed which cell, and when."""
    words = request.args
    numbers = {name: number(words.get(name, "")) for name in ("year", "unit_id", "row")}
    asked = Asked(**numbers, column=words.get("column", ""), username=words.get("username", ""))
    return pages.page("annexes/tracing.html", asked=asked, found=tracing.find(asked, by=person()), how=HOW, most=tracing.MOST)
