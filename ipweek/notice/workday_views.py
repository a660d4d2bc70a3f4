"""The pages of the day table. The presses that change it move deadlines: they stand in ``reporting``, which tells the units."""

from __future__ import annotations

from flask import Blueprint, Response, request

from ipweek import clock, pages
from ipweek.accounts.web import person
from ipweek.errors import Invalid
from ipweek.notice import holiday_notice, workdays
from ipweek.row_numbers import number

bp = Blueprint("workdays", __name__)


@bp.get("/workdays")
def show() -> Response:
    """One year, with the box to paste its 放假安排."""
    return page(request.args.get("year", clock.today().year, type=number))


@bp.post("/workdays/read")
def read() -> Response:
    """What the pasted notice says, before anything is kept."""
    year, text = request.form.get("year", 0, type=number), request.form.get("text", "")
    try:
        found = workdays.read(text, year, by=person())
    except Invalid as refused:
        return page(year, refused.status, text=text, refused=str(refused))
    return page(year, text=text, found=found, source=holiday_notice.document_number(text), missing=holiday_notice.missing_holidays(text))


def page(number: int, status: int = 200, **context: object) -> Response:
    """One year of the day table; the presses that change it answer with it too."""
    return pages.page("notice/workdays.html", status, year=workdays.year(number, by=person()), **context)
