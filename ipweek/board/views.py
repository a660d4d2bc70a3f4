"""The progress board, and the start page that leads everybody to where his work is."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, request, url_for
from werkzeug.wrappers import Response

from ipweek import htmx, pages
from ipweek.accounts.web import person
from ipweek.board import service, week
from ipweek.board import years as years_of
from ipweek.row_numbers import number

bp = Blueprint("board", __name__)


@bp.get("/")
def home() -> Response:
    """Where the person's work is."""
    by = person()
    if by.is_office or by.has("viewer"):
        there = "board.board"
    elif by.has("filler", "approver"):
        there = "reporting.my_tasks"
    elif by.has("developer"):
        there = "plugins.every"
    elif by.has("admin"):
        there = "accounts.users"
    else:
        there = "accounts.audit"
    return redirect(url_for(there))


@bp.get("/board")
def board() -> Response:
    """Where all units stand; for a poll that brings the revision it shows, 204 while nothing changed."""
    by = person()
    asked = request.args.get("campaign", type=number)
    seen = request.args.get("rev")
    if seen and asked is not None and service.revision_of(asked, by=by) == seen:
        return htmx.respond("", 204)
    found = service.board(campaign_id=asked, show=request.args.get("show", ""), sort=request.args.get("sort", ""), by=by)
    if found is None:
        return pages.page("board/none.html")
    days = week.week(found.campaign, by=by)
    return pages.answer("board/board.html", "board", board=found, shown=service.SHOWN, week=days, week_shows=week.SHOWN)


@bp.get("/years")
def years() -> Response:
    """The campaigns side by side, unit by unit."""
    return pages.page("board/years.html", found=years_of.compare(by=person()))


@bp.post("/board/<int:campaign_id>/missing")
def hand_out(campaign_id: int) -> Response:
    """Give their tables to units that have none."""
    count = service.hand_out_missing(campaign_id, by=person())
    flash(f"已向 {count} 个单位补发填报任务。" if count else "每个单位都已有填报任务，不用补发。", "done")
    return redirect(url_for(".board", campaign=campaign_id), code=303)
