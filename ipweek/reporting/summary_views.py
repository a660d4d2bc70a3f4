"""活动总结: the unit's page, its files, and the office's list."""

from __future__ import annotations

from datetime import date

from flask import Blueprint, current_app, flash, redirect, request, url_for
from werkzeug.wrappers import Response

from ipweek import pages
from ipweek.accounts.web import person
from ipweek.annexes import due as dues
from ipweek.errors import Busy, Conflict, Invalid, Refused, TooMany
from ipweek.reporting import summaries, summary_desk, summary_draft
from ipweek.reporting.summary_draft import Draft
from ipweek.row_numbers import number

bp = Blueprint("summaries", __name__)
bp.app_template_global("summary_is_open")(summaries.is_open)


@bp.get("/tables/<int:table_id>/summary")
def read(table_id: int) -> Response:
    """To fill, to check before it is sent (``?check=1``), or to read."""
    return _page(table_id)


@bp.post("/tables/<int:table_id>/summary")
def save(table_id: int) -> Response:
    """Keep what was typed, with the file that came along; then what the button says: on to the check, or a file away."""
    draft, do, by = summary_draft.from_form(request.form), request.form.get("do", ""), person()
    try:
        summaries.save(table_id, draft, revision=_revision(), by=by)
    except (Invalid, Conflict) as refused:
        return _page(table_id, refused, draft)
    try:
        if (sent := request.files.get("file")) and sent.filename:
            summaries.attach(table_id, sent.read(), sent.filename, by=by, settings=current_app.extensions["settings"])
        if do.startswith("remove."):
            summaries.detach(table_id, request.form.get("do", type=lambda text: number(text.removeprefix("remove."))) or 0, by=by)
    except (Invalid, TooMany, Busy) as refused:
        return _page(table_id, refused)
    check = 1 if do == "check" else None
    if not check:
        flash("已保存。", "done")
    return redirect(url_for(".read", table_id=table_id, check=check), code=303)


@bp.post("/tables/<int:table_id>/summary/submit")
def submit(table_id: int) -> Response:
    """报送总结."""
    try:
        done = summaries.submit(table_id, revision=_revision(), by=person())
    except (Invalid, Conflict) as refused:
        return _page(table_id, refused)
    flash("已送本单位审核人，同意后才算报送。" if done.status == "unit_review" else "活动总结已报送市联席办。", "done")
    return _back(table_id)


@bp.post("/tables/<int:table_id>/summary/endorse")
def endorse(table_id: int) -> Response:
    """同意报送."""
    summaries.endorse(table_id, by=person())
    flash("活动总结已报送市联席办。", "done")
    return _back(table_id)


@bp.post("/tables/<int:table_id>/summary/withdraw")
def withdraw(table_id: int) -> Response:
    """撤回."""
    summaries.withdraw(table_id, by=person())
    flash("已撤回，可以继续修改。", "done")
    return _back(table_id)


@bp.post("/tables/<int:table_id>/summary/approve")
def approve(table_id: int) -> Response:
    """通过."""
    summaries.approve(table_id, revision=_revision(), by=person())
    flash("总结已通过。", "done")
    return _back(table_id)


@bp.post("/tables/<int:table_id>/summary/return")
def return_for_changes(table_id: int) -> Response:
    """退回修改."""
    try:
        due = dues.end_of(date.fromisoformat(request.form["due"])) if request.form.get("due") else None
        summaries.return_for_changes(table_id, request.form.get("why", ""), revision=_revision(), due=due, by=person())
    except (ValueError, OverflowError):
        return _page(table_id, Invalid("重新报送的截止日期请写成 2024-05-10 这样的日期。"))
    except Invalid as refused:
        return _page(table_id, refused)
    flash("总结已退回修改。", "done")
    return _back(table_id)


@bp.post("/tables/<int:table_id>/summary/extend")
def extend(table_id: int) -> Response:
    """延期."""
    try:
        until = date.fromisoformat(request.form.get("until", ""))
    except ValueError:
        until = None
    try:
        summary_desk.extend(table_id, until, request.form.get("why", ""), by=person())
    except (Invalid, Conflict) as refused:
        return _page(table_id, refused)
    flash("已办理延期，单位会收到消息。", "done")
    return _back(table_id)


@bp.get("/campaigns/<int:campaign_id>/summaries")
def every(campaign_id: int) -> Response:
    """Whose summary is there."""
    found = summary_desk.desk(campaign_id, show=request.args.get("show", ""), by=person())
    return pages.page("reporting/summaries.html", desk=found, words=summary_desk.WORDS)


def _revision() -> int:
    return request.form.get("revision", -1, type=number)


def _back(table_id: int) -> Response:
    return redirect(url_for(".read", table_id=table_id), code=303)


def _page(table_id: int, refused: Refused | None = None, draft: Draft | None = None) -> Response:
    found = summaries.read(table_id, draft=draft, by=person())
    return pages.page(
        "reporting/summary.html",
        refused.status if refused else 200,
        shown=found,
        refused=refused,
        how=summary_draft.HOW,
        figures=summary_draft.FIGURES,
        added=summary_draft.ADDED,
        is_check=request.args.get("check") == "1" or request.endpoint == "summaries.submit",
        day=dues.day_to_mend(),
    )
