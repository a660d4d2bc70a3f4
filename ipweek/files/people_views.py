"""Bringing people in from a workbook: the file, what it would do, and the slips with their first passwords."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from urllib.parse import quote

from flask import Blueprint, Response, current_app, request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from ipweek import pages
from ipweek.accounts import intake, units
from ipweek.accounts import service as accounts
from ipweek.accounts.schema import ROLES
from ipweek.accounts.views import slips_page
from ipweek.errors import Invalid, TooMany
from ipweek.files import child, people_sheet, service

bp = Blueprint("people", __name__)


@bp.get("/users/import")
def bring_in() -> ResponseReturnValue:
    accounts.may_keep(current_user)
    return pages.page("accounts/people_import.html")


@bp.post("/users/import")
def preview() -> ResponseReturnValue:
    accounts.may_keep(current_user)
    try:
        lines = _read_upload()
        return _preview_page(lines)
    except (Invalid, TooMany) as refused:
        return pages.page("accounts/people_import.html", refused.status, sentence=str(refused))


def _read_upload() -> list[intake.Line]:
    """The people of the file that was sent, which is kept as proof of what was asked for."""
    settings = current_app.extensions["settings"]
    sent = request.files.get("file")
    if sent is None or not sent.filename:
        raise Invalid("请先选择一个 .xlsx 文件。")
    service.check_quota(by=current_user, settings=settings)
    data, limits = sent.read(), asdict(service.limits_of(settings))
    rows = child.call("ipweek.files.people_file:read_people", data, name=sent.filename, limits=limits)
    service.keep(data, sent.filename, kind="xlsx", purpose="people", by=current_user, settings=settings)
    return [intake.Line(**row) for row in rows]


def _preview_page(lines: Sequence[intake.Line], *, status: int = 200, sentence: str = "") -> ResponseReturnValue:
    proposals = intake.preview(lines, by=current_user)
    bad = [each for each in proposals if each.problem]
    packed = intake.packed(lines)
    return pages.page("accounts/people_preview.html", status, proposals=proposals, bad=bad, packed=packed, sentence=sentence)


@bp.post("/users/import/confirm")
def confirm() -> ResponseReturnValue:
    accounts.may_keep(current_user)
    lines = intake.unpacked(request.form.get("people", ""))
    try:
        return slips_page(intake.add_all(lines, by=current_user))
    except intake.ListChanged as refused:
        return _preview_page(lines, status=refused.status, sentence=str(refused))


@bp.get("/users/import/template")
def template() -> ResponseReturnValue:
    accounts.may_keep(current_user)
    names = [unit.short for unit in accounts.units_to_staff(current_user, units.every())]
    data = people_sheet.build(names, [ROLES[role] for role in accounts.roles_to_give(current_user)])
    response = Response(data, content_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
    response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote('人员名单.xlsx')}"
    return response
