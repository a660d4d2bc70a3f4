"""The pages from draft to accepted: my tasks, 报送 and its receipt for the unit; the review for the office."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import date, datetime

from flask import Blueprint, flash, redirect, request, url_for
from werkzeug.wrappers import Response

from ipweek import clock, htmx, pages, wording
from ipweek.accounts.web import person
from ipweek.annexes import due as dues
from ipweek.annexes import shares
from ipweek.errors import Conflict, Invalid, Refused
from ipweek.reporting import flags as flags_of
from ipweek.reporting import last_year as last_years
from ipweek.reporting import reasons, review, service, states, summary_tasks, tasks
from ipweek.reporting.flags import Place
from ipweek.reporting.models import Move
from ipweek.row_numbers import number

bp = Blueprint("reporting", __name__)
bp.app_template_global("deadline_text")(dues.text)
bp.app_template_global("flags_of")(lambda table: flags_of.seen(table, by=person()))
bp.app_template_global("has_last_year")(lambda table: last_years.has_some(table, by=person()))

REASON = "reason:"
"""Before a finding's id in the name of the field for its reason."""


@bp.app_template_filter("ends")
def ends(too_late_at: datetime) -> str:
    """``4月12日（周五）24:00`` for the first moment that is too late."""
    due = dues.after_return(too_late_at)
    return wording.until(due.on, due.time) if due.on else ""


@bp.app_template_filter("full_moment")
def full_moment(value: datetime) -> str:
    """``2024年4月10日（周三）10:32:05`` in Shanghai."""
    local = clock.in_shanghai(value)
    return f"{wording.day(local.date(), year=True)}{local:%H:%M:%S}"


# ---- the unit ------------------------------------------------------------------------------------------------


@bp.get("/tasks")
def my_tasks() -> Response:
    """What my unit has to fill and send."""
    found = tasks.mine(by=person())
    after = summary_tasks.mine([task.table for task in found], by=person())
    return pages.page("reporting/my_tasks.html", tasks=found, summaries=after, later=tasks.later(found), news=tasks.news(found))


@bp.get("/tables/<int:table_id>/submit")
def preview(table_id: int) -> Response:
    """The table as the office will see it, and what stands in the way."""
    return _preview(table_id)


@bp.post("/tables/<int:table_id>/submit")
def submit(table_id: int) -> Response:
    """报送; what is refused is said above the page, with all reasons as typed."""
    given = {name.removeprefix(REASON): text for name, text in request.form.items() if name.startswith(REASON)}
    revision = request.form.get("revision", -1, type=number)
    try:
        move = service.submit(table_id, reasons=given, revision=revision, by=person())
    except (Invalid, Conflict) as refused:
        return _preview(table_id, given=given, refused=refused)
    return _sent(move)


def _preview(table_id: int, *, given: Mapping[str, str] | None = None, refused: Refused | None = None) -> Response:
    found = tasks.preview(table_id, by=person())
    status = refused.status if refused else 200
    return pages.page(
        "reporting/submit.html", status, preview=found, given=found.given if given is None else given, refused=refused, prefix=REASON
    )


@bp.get("/tables/<int:table_id>/nil-return")
def confirm_nil_return(table_id: int) -> Response:
    """Ask before 零报送."""
    return pages.page("reporting/nil_return.html", preview=tasks.preview(table_id, by=person()))


@bp.post("/tables/<int:table_id>/nil-return")
def nil_return(table_id: int) -> Response:
    """零报送."""
    return _sent(service.nil_return(table_id, by=person()))


@bp.post("/tables/<int:table_id>/endorse")
def endorse(table_id: int) -> Response:
    """The unit's approver agrees."""
    return _sent(service.endorse(table_id, by=person()))


def _sent(move: Move) -> Response:
    return redirect(url_for(".receipt", table_id=move.table_id), code=303)


@bp.post("/tables/<int:table_id>/send-back")
def send_back(table_id: int) -> Response:
    """The unit's approver gives the table back to the filler."""
    service.send_back(table_id, request.form.get("why", ""), by=person())
    flash("已退回填报员，填报员会在“我的任务”中看到理由。", "done")
    return redirect(url_for(".my_tasks"), code=303)


@bp.post("/tables/<int:table_id>/withdraw")
def withdraw(table_id: int) -> Response:
    """Take the table back to change it."""
    service.withdraw(table_id, by=person())
    flash("已撤回报送，可以继续修改；改好后请重新报送。", "done")
    return redirect(url_for("annexes.table", table_id=table_id), code=303)


@bp.get("/tables/<int:table_id>/receipt")
def receipt(table_id: int) -> Response:
    """The receipt of the newest submission, to print."""
    return pages.page("reporting/receipt.html", receipt=tasks.receipt(table_id, by=person()), table_id=table_id)


@bp.get("/tables/<int:table_id>/moves")
def moves(table_id: int) -> Response:
    """Who did what with the table as a whole."""
    table, found = tasks.record(table_id, by=person())
    return pages.page("reporting/moves.html", table=table, moves=found, labels=states.LABELS)


@bp.get("/tables/<int:table_id>/last-year")
def last_year(table_id: int) -> Response:
    """Last year's rows, to be ticked; for htmx in grey, to stand under those of the table's page."""
    if pages.wants_fragment():
        found = last_years.read(table_id, by=person())
        return htmx.respond(pages.fragment("reporting/last_year.html", "grey", found=found) if found.may_edit else "")
    return _last_year(table_id)


@bp.post("/tables/<int:table_id>/last-year")
def take_last_year(table_id: int) -> Response:
    """Take over those that are ticked."""
    chosen = request.form.getlist("row", type=number)
    try:
        last_years.take(table_id, chosen, op_id=request.form.get("op", ""), by=person())
    except Invalid as refused:
        return _last_year(table_id, refused)
    flash(f"已带入 {len(set(chosen))} 项活动，请补填今年的活动时间。", "done")
    return redirect(url_for("annexes.table", table_id=table_id), code=303)


def _last_year(table_id: int, refused: Refused | None = None) -> Response:
    found = last_years.read(table_id, by=person())
    status = refused.status if refused else 200
    return pages.page("reporting/last_year.html", status, found=found, op=secrets.token_hex(10), refused=refused)


@bp.get("/tables/<int:table_id>/flags")
def flags(table_id: int) -> Response:
    """退回单: why the table came back, and what became of each marked place."""
    table, marked = flags_of.slip(table_id, by=person())
    return pages.answer("reporting/flags.html", "list", table=table, marked=marked, returned=flags_of.returned(table))


@bp.post("/flags/<int:flag_id>/answer")
def answer(flag_id: int) -> Response:
    """Why a marked place stays as it is."""
    try:
        flag = flags_of.answer(flag_id, request.form.get("answer", ""), by=person())
    except Invalid as refused:
        table, marked = flags_of.slip(flags_of.table_of(flag_id), by=person())
        return pages.page(
            "reporting/flags.html",
            refused.status,
            table=table,
            marked=marked,
            returned=flags_of.returned(table),
            refused=refused,
            asked=flag_id,
        )
    return redirect(url_for(".flags", table_id=flag.table_id), code=303)


@bp.post("/tables/<int:table_id>/part-done")
def part_done(table_id: int) -> Response:
    """填完: the department's rows are all there; with ``more`` there is more to come."""
    if request.form.get("more"):
        shares.resume(table_id, by=person())
        flash("已取消“填完”，可以继续填写。", "done")
    else:
        shares.finish(table_id, by=person())
        flash("已告知本单位填报员：本部门已填完。之后如再修改，请改好后再标记一次。", "done")
    return redirect(url_for(".my_tasks"), code=303)


# ---- the office ----------------------------------------------------------------------------------------------


@bp.get("/tables/<int:table_id>/review")
def read(table_id: int) -> Response:
    """The table as it was sent, for a decision."""
    return _review(table_id)


@bp.post("/tables/<int:table_id>/approve")
def approve(table_id: int) -> Response:
    """通过, and on to the next table that waits."""
    move = service.approve(table_id, submission=request.form.get("submission", 0, type=number), by=person())
    return _next(move, "审核通过")


@bp.post("/tables/<int:table_id>/return")
def return_for_changes(table_id: int) -> Response:
    """退回修改 with a reason; a bad entry brings the page again with what was entered."""
    sent = request.form
    why = "；".join(part for part in (*dict.fromkeys(sent.getlist("preset")), reasons.tidy(sent.get("why", ""))) if part)
    try:
        due = dues.end_of(date.fromisoformat(sent["due"])) if sent.get("due") else None
    except (ValueError, OverflowError):  # no date, or the last one that Python knows
        reason = "重新报送的截止日期请写成 2024-04-15 这样的日期。"
        return _review(table_id, Invalid(reason, fields={"due": reason}))
    try:
        submission = sent.get("submission", 0, type=number)
        opens_all = sent.get("opens") == "all"
        move = service.return_for_changes(table_id, why, submission=submission, due=due, places=_places(), opens_all=opens_all, by=person())
    except Invalid as refused:
        return _review(table_id, refused)
    return _next(move, "退回修改")


def _places() -> list[Place]:
    """The cells that are ticked, such as ``12.venue`` and ``12.`` for a row, each with its note."""
    found = []
    for value in request.form.getlist("flag"):
        row_id, _, key = value.partition(".")
        if not (row_id.isascii() and row_id.isdigit() and len(row_id) < 10):
            reason = "标出的位置不在这张表里，请刷新页面后重新标出。"
            raise Invalid(reason)
        found.append(Place(int(row_id), key, request.form.get(f"note:{value}", "")))
    return found


@bp.post("/tables/<int:table_id>/take-back")
def take_back(table_id: int) -> Response:
    """Undo the decision of today."""
    service.take_back(table_id, by=person())
    flash("已撤销决定，这张表重新等待审核。", "done")
    return redirect(url_for(".read", table_id=table_id), code=303)


def _review(table_id: int, refused: Refused | None = None) -> Response:
    found = review.read(table_id, by=person())
    return pages.page(
        "reporting/review.html",
        refused.status if refused else 200,
        review=found,
        refused=refused,
        presets=reasons.RETURN_PRESETS,
        chosen=request.form.getlist("preset"),
        why=request.form.get("why", ""),
        picked=request.form.getlist("flag"),
        due=request.form.get("due", found.day_to_mend.isoformat() if found.day_to_mend else ""),
        steps=states.STEPS,
    )


def _next(move: Move, words: str) -> Response:
    """To the next table that waits, or back to this one when none does."""
    following = review.following(move.table_id, by=person())
    more = f"还有 {following.total} 张表待审核。" if following.total else "待审核的表已全部办完。"
    flash(f"{following.unit}：{words}。{more}", "done")
    return redirect(url_for(".read", table_id=following.table_id or move.table_id), code=303)
