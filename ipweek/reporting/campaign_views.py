"""The presses that open, change, close and withdraw a campaign or move its dates: whatever the units are told of."""

from __future__ import annotations

from flask import Blueprint, Response, flash, redirect, request, url_for
from flask_login import current_user

from ipweek.accounts.web import person
from ipweek.annexes import campaigns
from ipweek.annexes.campaigns import Reported
from ipweek.errors import Conflict, Invalid
from ipweek.notice import amendments, workday_views, workdays
from ipweek.notice import service as notices
from ipweek.notice import views as notice_views
from ipweek.notice.forms import FactsForm
from ipweek.notice.models import Campaign
from ipweek.reporting import announcing
from ipweek.row_numbers import number

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
        followed = announcing.correct(campaign, form.facts(), form.deadline_words(), form.forms(), by=current_user)
    except (Conflict, Invalid) as refused:
        return notice_views.review_page(campaign, form, refused.status, refused=str(refused))
    flash(followed.words, "done")
    page = "notice.review" if campaign.status == "draft" else "notice.campaign"
    return redirect(url_for(page, campaign_id=campaign_id), code=303)  # type: ignore[return-value]


@bp.post("/amendments/<int:amendment_id>")
def amend(amendment_id: int) -> Response:
    """Make the ticked changes of a supplementary notice."""
    amendment = amendments.to_decide(amendment_id, by=current_user)
    ticked = request.form.getlist("change")
    try:
        followed = announcing.amend(amendment, ticked, seen=request.form.get("seen", ""), by=current_user)
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
        count = announcing.confirm(campaign, form.facts(), form.deadline_words(), form.forms(), by=current_user)
    except (Conflict, Invalid) as refused:
        return notice_views.review_page(campaign, form, refused.status, refused=str(refused))
    return _opened(campaign_id, count)


@bp.post("/campaigns/<int:campaign_id>/open")
def open_campaign(campaign_id: int) -> Response:
    """Open it, or open it again, and hand out the tables that are missing."""
    count = announcing.open_campaign(notices.to_manage(campaign_id, by=current_user), by=current_user)
    return _opened(campaign_id, count)


def _opened(campaign_id: int, count: int) -> Response:
    flash(f"活动已开启，已向 {count} 个单位下发填报任务。" if count else "活动已重新开启。", "done")
    if count and (names := campaigns.excused_before(campaign_id)):
        flash(f"上一次免报的单位也收到了任务：{'、'.join(names)}。今年仍免报的，请在看板的“期限”里逐个办理。", "warning")
    if count and (without := campaigns.unstaffed(campaign_id)):
        flash(f"有 {without} 个单位还没有填报员账号，看不到任务。请在“人员与单位”里新增，或从 Excel 一次导入。", "warning")
    return redirect(url_for("notice.campaign", campaign_id=campaign_id), code=303)  # type: ignore[return-value]


@bp.post("/campaigns/<int:campaign_id>/close")
def close(campaign_id: int) -> Response:
    """Close the campaign."""
    told = announcing.close(notices.to_manage(campaign_id, by=current_user), by=current_user)
    flash(f"活动已关闭，各单位不能再修改或报送。需要时可以重新开启。{_told(told)}", "done")
    return redirect(url_for("notice.campaign", campaign_id=campaign_id), code=303)  # type: ignore[return-value]


@bp.post("/campaigns/<int:campaign_id>/withdraw")
def withdraw_campaign(campaign_id: int) -> Response:
    """Take a mistaken campaign back."""
    told = announcing.withdraw_campaign(notices.to_manage(campaign_id, by=current_user), by=current_user)
    flash(f"活动已撤销，各单位不会再看到它。{_told(told)}", "done")
    return redirect(url_for("notice.campaigns"), code=303)  # type: ignore[return-value]


@bp.post("/workdays")
def keep_days() -> Response:
    """Keep the days of a 放假安排 that were looked at."""
    year, text, source = request.form.get("year", 0, type=number), request.form.get("text", ""), request.form.get("source", "")
    try:
        count = announcing.keep_days(text, year, source, by=person())
    except Invalid as refused:
        return workday_views.page(year, refused.status, text=text, source=source, refused=str(refused))
    flash(f"已记入 {year} 年放假安排的 {count} 天，按工作日计算的截止日期随之更新。", "done")
    return redirect(url_for("workdays.show", year=year), code=303)  # type: ignore[return-value]


@bp.post("/workdays/day")
def change_day() -> Response:
    """Correct one day."""
    day = workdays.chosen(request.form.get("day", ""), by=person())
    announcing.change_day(day, works=request.form.get("works") == "1", source=request.form.get("source", ""), by=person())
    flash("已更正。", "done")
    return redirect(url_for("workdays.show", year=day.year), code=303)  # type: ignore[return-value]


def _told(people: int) -> str:
    return f"已发站内消息告知 {people} 人。" if people else ""
