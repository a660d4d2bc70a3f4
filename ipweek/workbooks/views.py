"""The page of the merged workbook, and the downloads."""

from __future__ import annotations

from flask import Response, current_app, redirect, request, url_for

from ipweek import pages
from ipweek.accounts.web import person
from ipweek.notice import service as notices
from ipweek.workbooks import archive, handouts, import_views, public_views, release_views, service, web  # noqa: F401 -- their addresses
from ipweek.workbooks.web import bp

__all__ = ["bp"]


@bp.get("/workbook")
def latest() -> Response:
    """The page of the current campaign's workbook."""
    campaign = notices.current()
    if campaign is None:
        return pages.page("workbooks/none.html")
    return redirect(url_for(".workbook", campaign_id=campaign.id))  # type: ignore[return-value]


@bp.get("/campaigns/<int:campaign_id>/workbook")
def workbook(campaign_id: int) -> Response:
    """What would be merged now, and who is not in it."""
    by = person()
    campaign = notices.get(campaign_id, by=by)
    merged, whole = (service.gather(campaign, by=by, include_submitted=submitted) for submitted in (False, True))
    return pages.page("workbooks/workbook.html", campaign=campaign, workbook=merged, waiting=whole.merged - merged.merged)


@bp.get("/campaigns/<int:campaign_id>/workbook.xlsx")
def download(campaign_id: int) -> Response:
    """The merged workbook; with ``?submitted=1`` also what waits for a decision."""
    return _merged(campaign_id, "xlsx")


@bp.get("/campaigns/<int:campaign_id>/workbook.docx")
def download_word(campaign_id: int) -> Response:
    """The merged annexes as a Word document; with ``?submitted=1`` also what waits for a decision."""
    return _merged(campaign_id, "docx")


@bp.get("/campaigns/<int:campaign_id>/activities.docx")
def activity_list(campaign_id: int) -> Response:
    """The list of main activities; with ``?submitted=1`` also what waits for a decision."""
    by = person()
    name, data = handouts.main_activities(notices.get(campaign_id, by=by), by=by, include_submitted=_with_submitted())
    return web.file(data, name)


@bp.get("/campaigns/<int:campaign_id>/summaries.docx")
def summaries(campaign_id: int) -> Response:
    """All units' summaries in one; with ``?submitted=1`` also what waits for a decision."""
    by = person()
    name, data = handouts.summaries(notices.get(campaign_id, by=by), by=by, include_submitted=_with_submitted())
    return web.file(data, name)


def _merged(campaign_id: int, kind: str) -> Response:
    by = person()
    campaign = notices.get(campaign_id, by=by)
    submitted = _with_submitted()
    name = f"{campaign.year}年知识产权宣传周重点活动汇总表{f'（{service.DRAFT}）' if submitted else ''}.{kind}"
    return web.file(service.merge(campaign, by=by, include_submitted=submitted, kind=kind), name)


def _with_submitted() -> bool:
    return request.args.get("submitted") == "1"


@bp.get("/campaigns/<int:campaign_id>/tables.zip")
def all_tables(campaign_id: int) -> Response:
    """Every unit's table in one .zip."""
    by = person()
    name, data = archive.tables(notices.get(campaign_id, by=by), by=by, settings=current_app.extensions["settings"])
    return web.file(data, name)


@bp.get("/campaigns/<int:campaign_id>/archive.zip")
def year_archive(campaign_id: int) -> Response:
    """The year's archive in one .zip."""
    by = person()
    name, data = archive.year(notices.get(campaign_id, by=by), by=by, settings=current_app.extensions["settings"])
    return web.file(data, name)


@bp.get("/tables/<int:table_id>.xlsx")
def download_table(table_id: int) -> Response:
    """One unit's table in the official layout."""
    return _own_table(table_id, "xlsx")


@bp.get("/tables/<int:table_id>.docx")
def download_table_word(table_id: int) -> Response:
    """The same as a Word document."""
    return _own_table(table_id, "docx")


def _own_table(table_id: int, kind: str) -> Response:
    table, data = service.own_table(table_id, by=person(), kind=kind)
    return web.file(data, f"{table.unit.short}_附件{table.annex}_{table.campaign.year}年重点活动安排表.{kind}")
