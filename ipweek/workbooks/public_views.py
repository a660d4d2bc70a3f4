"""The public edition's pages: the list with a new draft, one edition with what was masked in it, and its files."""

from __future__ import annotations

from flask import Response, flash, redirect, request, url_for

from ipweek import pages
from ipweek.accounts.web import person
from ipweek.errors import Conflict, Forbidden, Invalid, Refused
from ipweek.notice import service as notices
from ipweek.workbooks import public_editions, web
from ipweek.workbooks.public import edition as editions
from ipweek.workbooks.web import bp


@bp.get("/campaigns/<int:campaign_id>/public")
def list_public(campaign_id: int) -> Response:
    """All editions, newest first."""
    return _list(campaign_id)


@bp.post("/campaigns/<int:campaign_id>/public")
def draft_public(campaign_id: int) -> Response:
    """Draft one from the tables that merge now; ``keep`` are words that are no names."""
    by = person()
    try:
        made = public_editions.draft(
            notices.get(campaign_id, by=by), by=by, keep=[word[:40] for word in request.form.getlist("keep")[:200]]
        )
    except Conflict as refused:
        return _list(campaign_id, refused)
    flash(f"已起草公开版第 {made.number} 稿，请另一位同事核对确认。", "done")
    return _to(campaign_id, made.number)


@bp.get("/campaigns/<int:campaign_id>/public/<int:number>")
def public(campaign_id: int, number: int) -> Response:
    """One edition: its state, what was masked, and everything that would be published."""
    return _one(campaign_id, number)


@bp.post("/campaigns/<int:campaign_id>/public/<int:number>/confirm")
def confirm_public(campaign_id: int, number: int) -> Response:
    """Publish it, as a second person who has read it."""
    by = person()
    if "read" not in request.form:
        return _one(campaign_id, number, Invalid("请先核对全文和遮盖的内容，勾选“已核对”后再确认。"))
    try:
        public_editions.confirm(notices.get(campaign_id, by=by), number, by=by)
    except (Conflict, Forbidden) as refused:
        if not by.is_office:
            raise
        return _one(campaign_id, number, refused)
    flash(f"公开版第 {number} 稿已确认发布，下载的文件不再带“未发布”标记。", "done")
    return _to(campaign_id, number)


@bp.post("/campaigns/<int:campaign_id>/public/<int:number>/withdraw")
def withdraw_public(campaign_id: int, number: int) -> Response:
    """Take it back, with a reason."""
    by = person()
    try:
        public_editions.withdraw(notices.get(campaign_id, by=by), number, request.form.get("why", ""), by=by)
    except (Conflict, Invalid) as refused:
        return _one(campaign_id, number, refused)
    flash(f"公开版第 {number} 稿已撤下。已经贴到网站上的内容请自行删除。", "done")
    return _to(campaign_id, number)


@bp.get("/campaigns/<int:campaign_id>/public/<int:number>/<kind>")
def download_public(campaign_id: int, number: int, kind: str) -> Response:
    """One of its files."""
    by = person()
    name, data = public_editions.download(notices.get(campaign_id, by=by), number, kind, by=by)
    return web.file(data, name)


def _list(campaign_id: int, refused: Refused | None = None) -> Response:
    by = person()
    campaign = notices.get(campaign_id, by=by)
    found = public_editions.every(campaign, by=by)
    return pages.page(
        "workbooks/public_list.html",
        refused.status if refused else 200,
        campaign=campaign,
        editions=found,
        states=public_editions.STATES,
        refused=refused,
    )


def _one(campaign_id: int, number: int, refused: Refused | None = None) -> Response:
    by = person()
    campaign = notices.get(campaign_id, by=by)
    found = public_editions.get(campaign, number, by=by)
    frozen = public_editions.frozen(campaign, found)
    return pages.page(
        "workbooks/public.html",
        refused.status if refused else 200,
        campaign=campaign,
        edition=found,
        states=public_editions.STATES,
        sheets=frozen.sheets,
        undated=editions.undated(frozen),
        masked=public_editions.masked(found),
        words=public_editions.words(found),
        stale=public_editions.stale(found) if found.status == "draft" else [],
        may_confirm=public_editions.may_confirm(found, by=by),
        refused=refused,
    )


def _to(campaign_id: int, number: int) -> Response:
    return redirect(url_for(".public", campaign_id=campaign_id, number=number), code=303)  # type: ignore[return-value]
