"""The notice's pages: sending it in, checking what was read, and the campaign it started."""

from __future__ import annotations

from collections.abc import Collection

from flask import Blueprint, Response, current_app, flash, make_response, redirect, url_for
from flask_login import current_user

from ipweek import clock, pages
from ipweek.accounts.web import person
from ipweek.config import Settings
from ipweek.errors import Refused
from ipweek.files import service as files
from ipweek.notice import amendments, deadlines, next_year, service
from ipweek.notice import dates_file as dates_file_of
from ipweek.notice.forms import FactsForm, NoticeForm, facts_form
from ipweek.notice.models import Amendment, Campaign

bp = Blueprint("notice", __name__)


@bp.get("/campaigns")
def campaigns() -> Response:
    """All campaigns, for the office."""
    found = service.every(by=current_user)
    years = {campaign.year for campaign in found if campaign.status != "withdrawn"}
    newest = next((one for one in found if one.status in {"open", "closed"} and one.year + 1 not in years), None)
    return pages.page("notice/campaigns.html", campaigns=found, newest=newest, words=service.STATUSES)


@bp.post("/campaigns/<int:campaign_id>/next")
def begin_next(campaign_id: int) -> Response:
    """A draft for the year after, from what this campaign had."""
    made = next_year.begin(service.to_manage(campaign_id, by=current_user), by=current_user)
    flash("已按去年的活动建立草稿：附件表头、联系方式照旧，日期顺延一年。请逐项核对后再开启；单位和人员不用重新录入。", "done")
    return _to(".review", made.id)


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
        files.check_quota(by=person(), settings=_settings())
        facts = service.read(*sent, limits=files.limits_of(_settings()))
    except Refused as refused:
        return pages.page("notice/new.html", refused.status, form=form, refused=str(refused))
    kept = files.keep(*sent, kind=facts["kind"], purpose="notice", by=current_user, settings=_settings())
    campaign = service.draft(facts, file_id=kept.id, by=current_user)
    return _to(".review", campaign.id)


@bp.get("/campaigns/<int:campaign_id>/review")
def review(campaign_id: int) -> Response:
    """Each fact beside the sentence it came from, every field open for correction."""
    campaign = service.to_manage(campaign_id, by=current_user)
    return review_page(campaign, facts_form(campaign))


def review_page(campaign: Campaign, form: FactsForm, status: int = 200, *, refused: str = "") -> Response:
    """The page on which a notice is checked; the presses that open a campaign answer with it too."""
    return pages.page(
        "notice/review.html",
        status,
        campaign=campaign,
        form=form,
        facts=service.FACTS,
        remarks=deadlines.remarks(campaign),
        refused=refused,
    )


@bp.get("/campaigns/<int:campaign_id>", endpoint="campaign")
def show(campaign_id: int) -> Response:
    """The campaign as its notice lays it down; for the office also what may be done with it."""
    return _campaign_page(service.get(campaign_id, by=current_user), NoticeForm())


def _campaign_page(campaign: Campaign, form: NoticeForm, status: int = 200, *, refused: str = "") -> Response:
    dues, now = deadlines.dues(campaign), clock.now()
    return pages.page(
        "notice/campaign.html",
        status,
        campaign=campaign,
        annexes=service.newest_forms(campaign).values(),
        dues=dues,
        workdays_left=deadlines.workdays_left(dues, clock.in_shanghai(now).date()),
        kinds=deadlines.KINDS,
        words=service.STATUSES,
        amended=amendments.applied([campaign]),
        pending=amendments.pending(campaign) if current_user.is_office else [],
        form=form,
        refused=refused,
        at=now,
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


# ---- supplementary notices -----------------------------------------------------------------------------------


@bp.post("/campaigns/<int:campaign_id>/amendments")
def read_amendment(campaign_id: int) -> Response:
    """Read a supplementary notice and show what it would change. What was pasted stays in the box when it can't be read."""
    campaign = amendments.to_amend(campaign_id, by=current_user)
    form = NoticeForm()
    sent = form.sent()
    if sent is None:
        return _campaign_page(campaign, form, 422, refused="请选择补充通知的文件，或把全文粘贴到文本框里。")
    try:
        files.check_quota(by=person(), settings=_settings())
        facts = amendments.read(*sent, campaign.year, limits=files.limits_of(_settings()))
    except Refused as refused:
        return _campaign_page(campaign, form, refused.status, refused=str(refused))
    kept = files.keep(*sent, kind=facts["kind"], purpose="notice", by=current_user, settings=_settings())
    made = amendments.draft(campaign, facts, file_id=kept.id, by=current_user)
    return redirect(url_for(".amendment", amendment_id=made.id), code=303)  # type: ignore[return-value]


@bp.get("/amendments/<int:amendment_id>", endpoint="amendment")
def show_amendment(amendment_id: int) -> Response:
    """What a supplementary notice changed, with its text; for the office, until it is confirmed, what it would change."""
    return amendment_page(amendments.get(amendment_id, by=current_user))


def amendment_page(amendment: Amendment, status: int = 200, *, ticked: Collection[str] = (), refused: str = "") -> Response:
    """The page of one amendment; the press that confirms answers with it too."""
    offered = None if amendment.applied_at else amendments.proposal(amendment)
    return pages.page("notice/amendment.html", status, amendment=amendment, offered=offered, ticked=ticked, refused=refused)


@bp.post("/amendments/<int:amendment_id>/discard")
def discard_amendment(amendment_id: int) -> Response:
    """Drop what was read."""
    amendment = amendments.to_decide(amendment_id, by=current_user)
    campaign_id = amendment.campaign_id
    amendments.discard(amendment, by=current_user)
    flash("没有采用，活动内容不变。", "done")
    return _to(".campaign", campaign_id)


def _to(endpoint: str, campaign_id: int) -> Response:
    return redirect(url_for(endpoint, campaign_id=campaign_id), code=303)  # type: ignore[return-value]


def _settings() -> Settings:
    settings: Settings = current_app.extensions["settings"]
    return settings
