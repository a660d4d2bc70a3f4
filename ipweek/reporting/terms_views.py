"""免报、延期、补报: the office's page for one table, and the unit's request."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from flask import Blueprint, flash, redirect, request, url_for
from werkzeug.wrappers import Response

from ipweek import pages
from ipweek.accounts.web import person
from ipweek.errors import Invalid, Refused
from ipweek.reporting import states, terms
from ipweek.reporting.models import Move

bp = Blueprint("desk", __name__)


@bp.get("/tables/<int:table_id>/terms")
def read(table_id: int) -> Response:
    """On which terms the unit reports."""
    return _page(table_id)


@bp.post("/tables/<int:table_id>/excuse")
def excuse(table_id: int) -> Response:
    """本年免报."""
    return _do(table_id, lambda: terms.excuse(table_id, _why(), by=person()))


@bp.post("/tables/<int:table_id>/ask-again")
def ask_again(table_id: int) -> Response:
    """The unit is asked again."""
    return _do(table_id, lambda: terms.ask_again(table_id, by=person()))


@bp.post("/tables/<int:table_id>/extend")
def extend(table_id: int) -> Response:
    """延期."""
    return _do(table_id, lambda: terms.extend(table_id, _until(), _why(), by=person()))


@bp.post("/tables/<int:table_id>/allow-late")
def allow_late(table_id: int) -> Response:
    """同意补报."""
    return _do(table_id, lambda: terms.allow_late(table_id, _until(), by=person()))


@bp.post("/tables/<int:table_id>/refuse-late")
def refuse_late(table_id: int) -> Response:
    """不同意补报."""
    return _do(table_id, lambda: terms.refuse_late(table_id, _why(), by=person()))


@bp.post("/tables/<int:table_id>/ask-late")
def ask_late(table_id: int) -> Response:
    """申请补报, by the unit."""
    terms.ask_late(table_id, _why(), by=person())
    flash("已向市联席办申请补报，答复会出现在“消息”里。", "done")
    return redirect(url_for("reporting.my_tasks"), code=303)


def _why() -> str:
    return request.form.get("why", "")


def _until() -> date:
    try:
        return date.fromisoformat(request.form.get("until", ""))
    except ValueError:
        reason = "请填写截止日期，写成 2024-04-15 这样。"
        raise Invalid(reason, fields={"until": reason}) from None


def _do(table_id: int, act: Callable[[], Move]) -> Response:
    try:
        move = act()
    except Invalid as refused:
        return _page(table_id, refused)
    flash(f"已办理“{states.LABELS[move.action]}”，单位会收到消息。", "done")
    return redirect(url_for(".read", table_id=table_id), code=303)


def _page(table_id: int, refused: Refused | None = None) -> Response:
    found = terms.read(table_id, by=person())
    status = refused.status if refused else 200
    return pages.page("reporting/terms.html", status, terms=found, refused=refused, labels=states.LABELS)
