"""What the office does with its own hand in a unit's table: it types in (代填), mends (代改), opens it; and the unit's answer."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, request, url_for
from werkzeug.wrappers import Response

from ipweek import pages
from ipweek.accounts.web import person
from ipweek.annexes.models import AnnexTable
from ipweek.errors import Conflict, Invalid, Refused
from ipweek.notice.deadline_text import DeadlineText
from ipweek.reporting import mending, service, standing_in
from ipweek.row_numbers import number

bp = Blueprint("hands", __name__)
bp.app_template_global("sources_to_type_in")(lambda: standing_in.SOURCES)


@bp.app_template_global("answer_deadline")
def answer_deadline(table: AnnexTable) -> DeadlineText | None:
    """By when its unit has to answer what was mended, while that is asked."""
    found = mending.unanswered([table]).get(table.id)
    return found.deadline if found else None


# ---- the office ------------------------------------------------------------------------------------------------


@bp.post("/tables/<int:table_id>/type-in")
def type_in(table_id: int) -> Response:
    """代单位填报: the table is open to the office."""
    standing_in.begin(table_id, request.form.get("source", ""), request.form.get("note", ""), by=person())
    flash("可以代单位填写了：填好后按“去报送”代为报送；也可以只填一部分，再按“结束代填”交还单位。", "done")
    return _to_table(table_id)


@bp.post("/tables/<int:table_id>/type-out")
def type_out(table_id: int) -> Response:
    """结束代填."""
    standing_in.end(table_id, by=person())
    flash("已结束代填，表已交还单位，单位会收到消息。", "done")
    return _to_table(table_id)


@bp.post("/tables/<int:table_id>/mend")
def mend(table_id: int) -> Response:
    """代为修改 what was sent."""
    mending.begin(table_id, submission=request.form.get("submission", 0, type=number), by=person())
    return _to_table(table_id)


@bp.post("/tables/<int:table_id>/mend/ask")
def ask_consent(table_id: int) -> Response:
    """Put it before the unit."""
    mending.ask(table_id, request.form.get("why", ""), by=person())
    flash("已送单位确认。单位答复后会有消息，之后再审核。", "done")
    return _to_review(table_id)


@bp.post("/tables/<int:table_id>/mend/drop")
def drop_mend(table_id: int) -> Response:
    """放弃修改: everything as it was sent."""
    mending.drop(table_id, by=person())
    flash("已放弃修改，内容恢复为单位报送的。", "done")
    return _to_review(table_id)


@bp.post("/tables/<int:table_id>/open-all")
def open_all(table_id: int) -> Response:
    """放开整张表 of a table that came back with marks."""
    service.open_all(table_id, by=person())
    flash("已放开整张表，单位会收到消息。", "done")
    return _to_review(table_id)


# ---- the unit --------------------------------------------------------------------------------------------------


@bp.get("/tables/<int:table_id>/mended")
def mended(table_id: int) -> Response:
    """What the office changed, cell by cell, and the table as it would be."""
    return _mended(table_id)


@bp.post("/tables/<int:table_id>/mended/agree")
def agree(table_id: int) -> Response:
    """同意: frozen anew, with a receipt."""
    try:
        mending.agree(table_id, revision=request.form.get("revision", -1, type=number), by=person())
    except Conflict as refused:
        return _mended(table_id, refused)
    flash("已同意修改，回执已更新。", "done")
    return redirect(url_for("reporting.receipt", table_id=table_id), code=303)


@bp.post("/tables/<int:table_id>/mended/object")
def object_to(table_id: int) -> Response:
    """有异议: everything as it was sent."""
    try:
        mending.object_to(table_id, request.form.get("why", ""), by=person())
    except Invalid as refused:
        return _mended(table_id, refused)
    flash("已告知市联席办，内容恢复为本单位报送的。", "done")
    return redirect(url_for("reporting.my_tasks"), code=303)


def _mended(table_id: int, refused: Refused | None = None) -> Response:
    found = mending.read(table_id, by=person())
    status = refused.status if refused else 200
    return pages.page("reporting/mended.html", status, mended=found, table_id=table_id, refused=refused)


def _to_table(table_id: int) -> Response:
    return redirect(url_for("annexes.table", table_id=table_id), code=303)


def _to_review(table_id: int) -> Response:
    return redirect(url_for("reporting.read", table_id=table_id), code=303)
