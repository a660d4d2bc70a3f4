"""本区报表: what a district's plugins draw, warn and propose; and the downloads with local columns."""

from __future__ import annotations

from urllib.parse import quote

from flask import Blueprint, Response, flash, g, redirect, request, send_file, url_for

from ipweek import htmx, pages
from ipweek.accounts.web import person
from ipweek.annexes import forms
from ipweek.annexes import service as annexes
from ipweek.annexes.editing import CellConflict, Edit
from ipweek.board import districts, local_values, plugin_admin
from ipweek.errors import Invalid, NotFound
from ipweek.plugins import charts, sheets
from ipweek.row_numbers import number

bp = Blueprint("districts", __name__)

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def _district(slug: str) -> districts.District:
    return districts.get(slug, year=request.args.get("year", type=number), by=person())


@bp.get("/d/<district>/reports")
def reports(district: str) -> Response:
    """Everything that the plugins of a district bring."""
    return pages.page("plugins/district.html", district=_district(district))


@bp.get("/d/<district>/reports/<plugin>/<report>")
def report(district: str, plugin: str, report: str) -> Response:
    """The page comes at once; its place is filled by htmx, or by ``?show=1`` where there is no JavaScript."""
    where = _district(district)
    if pages.wants_fragment() or request.args.get("show") == "1":
        drawn = districts.report(where, plugin, report)
        return pages.answer("plugins/report.html", "drawn", drawn=drawn, is_drawn=True, charts=charts, number=g.get("request_id", ""))
    return pages.page("plugins/report.html", drawn=districts.named(where, plugin, report), is_drawn=False, charts=charts)


@bp.get("/d/<district>/reports/<plugin>/<report>.xlsx")
def report_workbook(district: str, plugin: str, report: str) -> Response:
    """The report with real Excel charts."""
    drawn = districts.report(_district(district), plugin, report)
    told = [f"{drawn.district.unit.name}　插件 {drawn.plugin.id} {drawn.plugin.version}"]
    return _file(
        sheets.workbook(drawn.title, districts.blocks_or_busy(drawn), told=told), f"{drawn.district.unit.short}_{drawn.title}.xlsx"
    )


@bp.get("/d/<district>/warnings")
def warnings(district: str) -> Response:
    """What the district's checks say of all its rows."""
    where = _district(district)
    return pages.answer("plugins/warnings.html", "warnings", district=where, warnings=districts.warnings(where))


@bp.get("/tables/<int:table_id>/warnings")
def table_warnings(table_id: int) -> Response:
    """The same for a table's page, of ``rows`` alone when they are named: asked for after the save was acknowledged."""
    table = annexes.get_part(table_id, by=person())
    where = districts.get(table.unit.slug, year=table.campaign.year, by=person())
    rows = [forms.number(row) for row in request.args.get("rows", "").split(",") if row]
    found = districts.warnings(where, rows=rows or None)
    return htmx.respond(pages.fragment("plugins/warnings.html", "beside", warnings=found))


@bp.get("/d/<district>/jobs/<plugin>/<job>")
def job(district: str, plugin: str, job: str) -> Response:
    """What the job would fill in. Nothing is saved."""
    return pages.page("plugins/job.html", proposal=districts.propose(_district(district), plugin, job))


@bp.post("/d/<district>/jobs/<plugin>/<job>")
def confirm_job(district: str, plugin: str, job: str) -> Response:
    """Save what was left ticked."""
    where, sent = _district(district), request.form
    edits = [
        Edit(forms.number(row), cell, sent.get(f"new.{row}.{cell}", ""), sent.get(f"old.{row}.{cell}", "").replace("\r\n", "\n"))
        for row, _, cell in (chosen.partition(".") for chosen in sent.getlist("take"))
    ]
    try:
        done = districts.confirm(where, plugin, job, edits, op_id=sent.get("op", ""), by=person())
    except CellConflict as conflict:
        raise Invalid(f"{conflict} 这一格在您查看之后又有改动，全部没有保存，请返回后再运行一次。") from conflict
    flash(f"已填写 {len(done.changes)} 格，可以在表里撤销。", "done")
    return redirect(url_for("annexes.table", table_id=where.table.id if where.table else 0), code=303)  # type: ignore[return-value]


@bp.get("/plugins/<plugin>/files/<file>")
def plugin_file(plugin: str, file: str) -> Response:
    """A file that a plugin hands out: always saved, never shown in the browser."""
    path = plugin_admin.file(plugin, file, by=person())
    try:
        response = send_file(path, mimetype="application/octet-stream", as_attachment=True, download_name=path.name, etag=False)
    except OSError:  # taken away just now, or not to be read
        raise NotFound from None
    response.headers["Cache-Control"] = "no-store"
    return response


@bp.get("/tables/<int:table_id>/local.xlsx")
def own_export(table_id: int) -> Response:
    """The district's own export, local columns and all."""
    table, data = local_values.own_export(table_id, by=person())
    return _file(data, f"{table.unit.short}_附件{table.annex}_{table.campaign.year}年（含本地栏目）.xlsx")


def _file(data: bytes, name: str) -> Response:
    response = Response(data, content_type=XLSX)
    response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name, safe='')}"
    response.headers["Cache-Control"] = "no-store"
    return response
