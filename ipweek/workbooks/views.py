"""The page of the merged workbook, and the downloads."""

from __future__ import annotations

from flask import Response, redirect, request, url_for

from ipweek import pages
from ipweek.accounts.web import person
from ipweek.notice import service as notices
from ipweek.workbooks import import_views, release_views, service, web  # noqa: F401 -- their addresses
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
    by = person()
    campaign = notices.get(campaign_id, by=by)
    submitted = request.args.get("submitted") == "1"
    name = f"{campaign.year}年知识产权宣传周重点活动汇总表{f'（{service.DRAFT}）' if submitted else ''}.xlsx"
    return web.file(service.merge(campaign, by=by, include_submitted=submitted), name)


@bp.get("/tables/<int:table_id>.xlsx")
def download_table(table_id: int) -> Response:
    """One unit's table in the official layout."""
    table, data = service.own_table(table_id, by=person())
    return web.file(data, f"{table.unit.short}_附件{table.annex}_{table.campaign.year}年重点活动安排表.xlsx")
