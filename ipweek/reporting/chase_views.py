"""催报: choose, read what will be said, send; and the record of calls."""

from __future__ import annotations

from datetime import date

from flask import Blueprint, current_app, flash, redirect, request, url_for
from werkzeug.wrappers import Response

from ipweek import pages
from ipweek.accounts.web import person
from ipweek.errors import Invalid, Refused
from ipweek.reporting import chasing
from ipweek.reporting.answer_chasing import ANSWERS
from ipweek.reporting.chasing import Errand
from ipweek.reporting.summary_chasing import SUMMARIES
from ipweek.row_numbers import number

bp = Blueprint("chasing", __name__)


@bp.get("/campaigns/<int:campaign_id>/chase")
def choose(campaign_id: int) -> Response:
    """Who has not sent, to be ticked."""
    return pages.page("reporting/chase.html", desk=_desk(campaign_id), groups=_errand().groups)


@bp.get("/campaigns/<int:campaign_id>/chase/preview")
def preview(campaign_id: int) -> Response:
    """What each of those ticked will read."""
    return _preview(campaign_id)


@bp.post("/campaigns/<int:campaign_id>/chase")
def send(campaign_id: int) -> Response:
    """Send it."""
    form = request.form
    again = dict(part for value in form.getlist("again") if (part := _again(value)))
    try:
        chosen = form.getlist("table", type=number)
        sent = chasing.send(campaign_id, chosen, errand=_errand(), again=again, note=form.get("note", ""), by=person())
    except Invalid as refused:
        return _preview(campaign_id, refused=refused)
    flash(_said(sent), "done" if sent.told else "warning")
    if _errand() is SUMMARIES:
        return redirect(url_for("summaries.every", campaign_id=campaign_id), code=303)
    return redirect(url_for("board.board", campaign=campaign_id), code=303)


@bp.post("/campaigns/<int:campaign_id>/chase/group")
def log_group(campaign_id: int) -> Response:
    """Note that the text stands in the group chat."""
    count = chasing.log_group(campaign_id, request.form.getlist("table", type=number), errand=_errand(), by=person())
    flash(f"已记入 {count} 个单位的催报记录。", "done")
    return redirect(url_for(".choose", campaign_id=campaign_id, about=request.form.get("about")), code=303)


@bp.get("/tables/<int:table_id>/chases")
def log(table_id: int) -> Response:
    """How a unit was chased."""
    return _log(table_id)


@bp.post("/tables/<int:table_id>/chases")
def log_call(table_id: int) -> Response:
    """Note a call, and what was promised."""
    form = request.form
    try:
        promised = date.fromisoformat(form["promised_on"]) if form.get("promised_on") else None
    except ValueError:
        reason = "答应的报送日期请写成 2024-04-15 这样的日期。"
        return _log(table_id, Invalid(reason, fields={"promised_on": reason}))
    try:
        chasing.log_call(table_id, form.get("words", ""), promised_on=promised, by=person())
    except Invalid as refused:
        return _log(table_id, refused)
    flash("已记入催报记录。", "done")
    return redirect(url_for(".log", table_id=table_id), code=303)


def _errand() -> Errand:
    """What is chased for: the summaries with ``about=summary``, answers to mending with ``about=answers``, else the tables."""
    return {one.name: one for one in (SUMMARIES, ANSWERS)}.get(request.values.get("about", ""), chasing.TABLES)


def _desk(campaign_id: int, only: list[int] | None = None) -> chasing.Desk:
    site, show = current_app.extensions["settings"], request.args.get("show", "")
    signed = {"office": site.office_name, "phone": site.office_phone}
    return chasing.desk(campaign_id, errand=_errand(), show=show, only=only, **signed, by=person())


def _preview(campaign_id: int, refused: Refused | None = None) -> Response:
    chosen = request.values.getlist("table", type=number)
    desk = _desk(campaign_id, chosen)
    if refused is None and not desk.candidates:
        refused = Invalid(
            "没有选中要催报的单位，请至少选择一个。"
            if not chosen
            else f"选中的单位都已经{'答复' if _errand() is ANSWERS else '报送'}，不用再催。"
        )
    status = refused.status if refused else 200
    return pages.page("reporting/chase_preview.html", status, desk=desk, refused=refused, note=request.values.get("note", ""))


def _log(table_id: int, refused: Refused | None = None) -> Response:
    table, found = chasing.log(table_id, by=person())
    status = refused.status if refused else 200
    return pages.page("reporting/chase_log.html", status, table=table, chases=found, kinds=chasing.KINDS, refused=refused)


def _again(value: str) -> tuple[int, int] | None:
    """``7-31``: table 7 once more, after its chase 31."""
    table_id, _, last = value.partition("-")
    try:
        return number(table_id), number(last)
    except ValueError:
        return None


def _said(sent: chasing.Sent) -> str:
    parts = [f"已催报 {len(sent.told)} 个单位。" if sent.told else "没有发出催报。"]
    if sent.unreached:
        parts.append(f"其中 {sent.unreached} 个没有填报账号，收不到站内消息，请打电话催。")
    if sent.spared:
        parts.append(f"一个工作日内已催过，没有重复发送：{'、'.join(sent.spared)}。")
    if sent.quiet:
        parts.append(f"已经报送或不用报送，没有打扰：{'、'.join(sent.quiet)}。")
    return "".join(parts)
