"""The pages of the day table."""

from __future__ import annotations

from flask import Blueprint, Response, flash, redirect, request, url_for

from ipweek import clock, pages
from ipweek.accounts.web import person
from ipweek.errors import Invalid
from ipweek.notice import calendar, workdays
from ipweek.row_numbers import number

bp = Blueprint("workdays", __name__)


@bp.get("/workdays")
def show() -> Response:
    """One year, with the box to paste its 放假安排."""
    return _page(request.args.get("year", clock.today().year, type=number))


@bp.post("/workdays/read")
def read() -> Response:
    """What the pasted notice says, before anything is kept."""
    year, text = request.form.get("year", 0, type=number), request.form.get("text", "")
    try:
        found = workdays.read(text, year, by=person())
    except Invalid as refused:
        return _page(year, refused.status, text=text, refused=str(refused))
    return _page(year, text=text, found=found, source=calendar.document_number(text), missing=calendar.missing_holidays(text))


@bp.post("/workdays")
def keep() -> Response:
    """Keep what was looked at."""
    year, text, source = request.form.get("year", 0, type=number), request.form.get("text", ""), request.form.get("source", "")
    try:
        count = workdays.keep(text, year, source, by=person())
    except Invalid as refused:
        return _page(year, refused.status, text=text, source=source, refused=str(refused))
    flash(f"已记入 {year} 年放假安排的 {count} 天，按工作日计算的截止日期随之更新。", "done")
    return redirect(url_for(".show", year=year), code=303)  # type: ignore[return-value]


@bp.post("/workdays/day")
def change() -> Response:
    """Correct one day."""
    day = workdays.chosen(request.form.get("day", ""), by=person())
    workdays.change(day, works=request.form.get("works") == "1", source=request.form.get("source", ""), by=person())
    flash("已更正。", "done")
    return redirect(url_for(".show", year=day.year), code=303)  # type: ignore[return-value]


def _page(number: int, status: int = 200, **context: object) -> Response:
    return pages.page("notice/workdays.html", status, year=workdays.year(number, by=person()), **context)
