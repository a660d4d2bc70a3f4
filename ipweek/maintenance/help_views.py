"""Help in the app, since the intranet reaches nothing else; and a plain page for browsers that are too old."""

from __future__ import annotations

from flask import Blueprint, Response, request

from ipweek import pages
from ipweek.maintenance import engines

bp = Blueprint("help", __name__)


@bp.before_app_request
def turn_away_old_engines() -> Response | None:
    """A page without scripts or modern CSS that says what to do, in the place of one that would look broken."""
    if not engines.is_too_old(request.headers.get("User-Agent", "")) or request.endpoint in {"static", "help.browser"}:
        return None
    return pages.page("help/too_old.html", 200)


@bp.get("/help")
def index() -> Response:
    """How to fill in, to review, to merge."""
    return pages.page("help/index.html")


@bp.get("/help/browser")
def browser() -> Response:
    """Which browsers work, and how to switch those with two engines."""
    return pages.page("help/browser.html", floor=engines.CHROMIUM_FLOOR)


@bp.get("/help/fonts")
def fonts() -> Response:
    """Each official type face and rare characters, to see what this computer has."""
    return pages.page("help/fonts.html")
