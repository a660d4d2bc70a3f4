"""The notice's pages: sending it in, checking what was read, and the campaign it started."""

from __future__ import annotations

from flask import Blueprint, Response, current_app, flash, make_response, redirect, url_for
from flask_login import current_user

from ipweek import clock, pages
from ipweek.errors import Invalid, Refused
from ipweek.files import service as files
from ipweek.notice import dates_file as dates_file_of
from ipweek.notice import deadlines, service
from ipweek.notice.forms import FactsForm, NoticeForm, facts_form
from ipweek.notice.models import Campaign

bp = Blueprint("notice", __name__)


@bp.get("/campaigns")
def campaigns() -> Response:
    """All campaigns, for the office."""
    return pages.page("notice/campaigns.html", campaigns=service.every(by=current_user), words=service.STATUSES)


@bp.get("/notices/new")
def new() -> Response:
    """Where a notice is uploaded or pasted."""
    service.every(by=current_user)
    return pages.page("notice/new.html", form=NoticeForm())


@bp.post("/notices/new")
def read() -> Response:
    """Read the notice and show what was read. What was pasted stays in the box when it can't be read."""
    service.every(by=current_user)
    form = NoticeForm()
    sent = form.sent()
    if sent is None:
        return pages.page("notice/new.html", 422, form=form, refused="请选择通知文件，或把通知全文粘贴到文本框里。")
    try:
        facts = service.read(*sent)
    except Refused as refused:
        return pages.page("notice/new.html", refused.status, form=form, refused=str(refused))
    kept = files.keep(*sent, kind=facts["kind"], purpose="notice", by=current_user, settings=current_app.extensions["settings"])
    campaign = service.draft(facts, file_id=kept.id, by=current_user)
    return _to(".review", campaign.id)


@bp.get("/campaigns/<int:campaign_id>/review")
def review(campaign_id: int) -> Response:
    """Each fact beside the sentence it came from, every field open for correction."""
    campaign = service.to_manage(campaign_id, by=current_user)
    return review_page(campaign, facts_form(campaign))


@bp.post("/campaigns/<int:campaign_id>/review")
def correct(campaign_id: int) -> Response:
    """Keep the corrections."""
    campaign = service.to_manage(campaign_id, by=current_user)
    form = FactsForm()
    if not form.validate():
        return review_page(campaign, form, 422)
    try:
        service.correct(campaign, form.facts(), form.deadline_words(), form.forms(), by=current_user)
    except Invalid as missing:
        return review_page(campaign, form, 422, refused=str(missing))
    flash("已保存。", "done")
    return _to(".review" if campaign.status == "draft" else ".campaign", campaign_id)


def review_page(campaign: Campaign, form: FactsForm, status: int = 200, *, refused: str = "") -> Response:
    """The page on which a notice is checked; the presses that open a campaign answer with it too."""
    return pages.page("notice/review.html", status, campaign=campaign, form=form, facts=service.FACTS, refused=refused)


@bp.get("/campaigns/<int:campaign_id>", endpoint="campaign")
def show(campaign_id: int) -> Response:
    """The campaign as its notice lays it down; for the office also what may be done with it."""
    found = service.get(campaign_id, by=current_user)
    return pages.page(
        "notice/campaign.html",
        campaign=found,
        dues=deadlines.dues(found),
        kinds=deadlines.KINDS,
        words=service.STATUSES,
        at=clock.now(),
    )


@bp.get("/campaigns/<int:campaign_id>.ics")
def dates_file(campaign_id: int) -> Response:
    """The week and all that is due, for the person's own calendar."""
    found = service.get(campaign_id, by=current_user)
    body = dates_file_of.write(f"{found.year}年知识产权宣传周", deadlines.entries(found), made_at=clock.now())
    response = make_response(body, 200)
    response.headers["Content-Type"] = "text/calendar; charset=utf-8"
    response.headers["Content-Disposition"] = f"attachment; filename=ipweek-{found.year}.ics"
    return response


@bp.post("/campaigns/<int:campaign_id>/close")
def close(campaign_id: int) -> Response:
    """Close the campaign."""
    service.close(service.to_manage(campaign_id, by=current_user), by=current_user)
    flash("活动已关闭，各单位不能再修改或报送。需要时可以重新开启。", "done")
    return _to(".campaign", campaign_id)


def _to(endpoint: str, campaign_id: int) -> Response:
    return redirect(url_for(endpoint, campaign_id=campaign_id), code=303)  # type: ignore[return-value]
