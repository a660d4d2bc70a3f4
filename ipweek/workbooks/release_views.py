"""The releases of the merged workbook: the list, a new one, two side by side, and where each row comes from."""

from __future__ import annotations

from flask import Response, current_app, flash, redirect, request, url_for

from ipweek import pages
from ipweek.accounts.web import person
from ipweek.errors import Conflict, Refused
from ipweek.notice import service as notices
from ipweek.workbooks import releases, web
from ipweek.workbooks.web import bp


@bp.get("/campaigns/<int:campaign_id>/releases")
def list_releases(campaign_id: int) -> Response:
    """All releases, newest first."""
    return _list(campaign_id)


@bp.post("/campaigns/<int:campaign_id>/releases")
def release(campaign_id: int) -> Response:
    """Freeze the workbook as it is now."""
    by = person()
    try:
        made = releases.make(notices.get(campaign_id, by=by), by=by, settings=current_app.extensions["settings"])
    except Conflict as refused:
        return _list(campaign_id, refused)
    flash(f"已定第 {made.number} 版，共 {made.activities} 项活动。", "done")
    return redirect(url_for(".list_releases", campaign_id=campaign_id), code=303)  # type: ignore[return-value]


def _list(campaign_id: int, refused: Refused | None = None) -> Response:
    by = person()
    campaign = notices.get(campaign_id, by=by)
    found = releases.every(campaign, by=by)
    return pages.page("workbooks/releases.html", refused.status if refused else 200, campaign=campaign, releases=found, refused=refused)


@bp.get("/campaigns/<int:campaign_id>/releases/compare")
def compare_releases(campaign_id: int) -> Response:
    """Two releases side by side; without ``?older=`` and ``?newer=`` the two newest."""
    by = person()
    campaign = notices.get(campaign_id, by=by)
    found = releases.every(campaign, by=by)
    numbers = releases.pair(found, web.number(request.args.get("older")), web.number(request.args.get("newer")))
    differences = releases.compare(campaign, *numbers, by=by) if numbers else []
    return pages.page("workbooks/compare.html", campaign=campaign, releases=found, numbers=numbers, differences=differences)


@bp.get("/campaigns/<int:campaign_id>/releases/trace")
def trace_release(campaign_id: int) -> Response:
    """Where each row of a release comes from; without ``?number=`` of the newest."""
    by = person()
    campaign = notices.get(campaign_id, by=by)
    number = web.number(request.args.get("number"))
    found = releases.newest(campaign, by=by) if number is None else releases.get(campaign, number, by=by)
    return pages.page("workbooks/trace.html", campaign=campaign, release=found, rows=releases.trace(found, by=by) if found else [])
