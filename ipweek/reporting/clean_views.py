"""The page on which the office approves all tables of which nothing is asked."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, request, url_for
from werkzeug.wrappers import Response

from ipweek import pages
from ipweek.accounts.web import person
from ipweek.errors import Invalid
from ipweek.reporting import clean

bp = Blueprint("clean", __name__)


@bp.get("/campaigns/<int:campaign_id>/clean")
def read(campaign_id: int) -> Response:
    """Which tables these are."""
    return pages.page("reporting/clean.html", waiting=clean.waiting(campaign_id, by=person()))


@bp.post("/campaigns/<int:campaign_id>/clean")
def approve(campaign_id: int) -> Response:
    """通过 for those that are ticked; each comes with the submission that was on the page."""
    pairs = (value.partition("-") for value in request.form.getlist("pick"))
    asked = {int(table): int(sent) for table, _, sent in pairs if all(n.isascii() and n.isdigit() and len(n) < 10 for n in (table, sent))}
    try:
        done = clean.approve(campaign_id, asked, by=person())
    except Invalid as refused:
        return pages.page("reporting/clean.html", refused.status, waiting=clean.waiting(campaign_id, by=person()), refused=refused)
    flash(f"已通过 {len(done.approved)} 张表：{'、'.join(done.approved)}。" if done.approved else "没有通过任何一张表。", "done")
    for sentence in done.left:
        flash(sentence, "warning")
    return redirect(url_for("board.board", campaign=campaign_id), code=303)
