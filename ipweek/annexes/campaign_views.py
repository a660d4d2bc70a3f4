"""The presses that open, change and withdraw a campaign."""

from __future__ import annotations

from flask import Blueprint, Response, flash, redirect, request, url_for
from flask_login import current_user

from ipweek.annexes import campaigns
from ipweek.annexes.campaigns import Reported
from ipweek.errors import Conflict, Invalid
from ipweek.notice import amendments
from ipweek.notice import service as notices
from ipweek.notice import views as notice_views
from ipweek.notice.forms import FactsForm
from ipweek.notice.models import Campaign

bp = Blueprint("campaigns", __name__)


@bp.app_template_global("reported")
def reported(campaign: Campaign) -> Reported:
    """How many tables of the campaign were sent, and how many are still with their units."""
    return campaigns.reported(campaign)


@bp.post("/campaigns/<int:campaign_id>/review")
def correct(campaign_id: int) -> Response:
    """Keep the corrections; of an open campaign, say what moved with them."""
    campaign = notices.to_manage(campaign_id, by=current_user)
    form = FactsForm()
    if not form.validate():
        return notice_views.review_page(campaign, form, 422)
    try:
        followed = campaigns.correct(campaign, form.facts(), form.deadline_words(), form.forms(), by=current_user)
    except Invalid as missing:
        return notice_views.review_page(campaign, form, 422, refused=str(missing))
    flash(followed.words, "done")
    page = "notice.review" if campaign.status == "draft" else "notice.campaign"
    return redirect(url_for(page, campaign_id=campaign_id), code=303)  # type: ignore[return-value]


@bp.post("/amendments/<int:amendment_id>")
def amend(amendment_id: int) -> Response:
    """Make the ticked changes of a supplementary notice."""
    amendment = amendments.to_decide(amendment_id, by=current_user)
    ticked = request.form.getlist("change")
    try:
        followed = campaigns.amend(amendment, ticked, seen=request.form.get("seen", ""), by=current_user)
    except (Conflict, Invalid) as refused:
        return notice_views.amendment_page(amendment, refused.status, ticked=ticked, refused=str(refused))
    flash(followed.words, "done")
    return redirect(url_for("notice.campaign", campaign_id=amendment.campaign_id), code=303)  # type: ignore[return-value]


@bp.post("/campaigns/<int:campaign_id>/confirm")
def confirm(campaign_id: int) -> Response:
    """Keep the corrections of the review page and open the campaign, both or neither."""
    campaign = notices.to_manage(campaign_id, by=current_user)
    form = FactsForm()
    if not form.validate():
        return notice_views.review_page(campaign, form, 422)
    try:
        count = campaigns.confirm(campaign, form.facts(), form.deadline_words(), form.forms(), by=current_user)
    except Invalid as missing:
        return notice_views.review_page(campaign, form, 422, refused=str(missing))
    return _opened(campaign_id, count)


@bp.post("/campaigns/<int:campaign_id>/open")
def open_campaign(campaign_id: int) -> Response:
    """Open it, or open it again, and hand out the tables that are missing."""
    count = campaigns.open_campaign(notices.to_manage(campaign_id, by=current_user), by=current_user)
    return _opened(campaign_id, count)


def _opened(campaign_id: int, count: int) -> Response:
    flash(f"活动已开启，已向 {count} 个单位下发填报任务。" if count else "活动已重新开启。", "done")
    if count and (names := campaigns.excused_before(campaign_id)):
        flash(f"上一次免报的单位也收到了任务：{'、'.join(names)}。今年仍免报的，请在看板的“期限”里逐个办理。", "warning")
    if count and (without := campaigns.unstaffed(campaign_id)):
        flash(f"有 {without} 个单位还没有填报员账号，看不到任务。请在“人员与单位”里新增，或从 Excel 一次导入。", "warning")
    return redirect(url_for("notice.campaign", campaign_id=campaign_id), code=303)  # type: ignore[return-value]


@bp.post("/campaigns/<int:campaign_id>/withdraw")
def withdraw_campaign(campaign_id: int) -> Response:
    """Take a mistaken campaign back."""
    campaigns.withdraw_campaign(notices.to_manage(campaign_id, by=current_user), by=current_user)
    flash("活动已撤销，各单位不会再看到它。", "done")
    return redirect(url_for("notice.campaigns"), code=303)  # type: ignore[return-value]
