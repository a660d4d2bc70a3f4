"""站内消息: the list, and the count that every page shows."""

from __future__ import annotations

from flask import Blueprint, redirect, request, url_for
from werkzeug.wrappers import Response

from ipweek import pages
from ipweek.accounts.web import person
from ipweek.reporting import messages
from ipweek.row_numbers import number

bp = Blueprint("messages", __name__)


@bp.app_template_global("unread_messages")
def unread() -> int:
    """How many messages wait for whoever is logged in."""
    return messages.unread(by=person())


@bp.get("/messages")
def mine() -> Response:
    """What concerns me, newest first."""
    return pages.page("reporting/messages.html", found=messages.mine(page=request.args.get("page", 1, type=number), by=person()))


@bp.post("/messages/<int:message_id>/open")
def open_one(message_id: int) -> Response:
    """Read it, and go to what it is about."""
    return redirect(messages.open_one(message_id, by=person()), code=303)


@bp.post("/messages/read")
def read_all() -> Response:
    """Mark all as read."""
    messages.read_all(by=person())
    return redirect(url_for(".mine"), code=303)
