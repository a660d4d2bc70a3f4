"""What the office writes up from the tables as Word documents: the list of main activities, and all units' summaries in one."""

from __future__ import annotations

from io import BytesIO

from sqlalchemy import select

from ipweek import clock
from ipweek.accounts import audit
from ipweek.accounts.schema import Person
from ipweek.annexes import service as annexes
from ipweek.annexes.schema import STATUSES
from ipweek.errors import Forbidden
from ipweek.extensions import db
from ipweek.notice.models import Campaign
from ipweek.reporting.models import Summary
from ipweek.reporting.summary_draft import FIGURES
from ipweek.transaction import transaction
from ipweek.workbooks import service
from ipweek.workbooks.documents import activity_list
from ipweek.workbooks.documents import summaries as summaries_document
from ipweek.workbooks.documents.summaries import Merged


def main_activities(campaign: Campaign, *, by: Person, include_submitted: bool = False) -> tuple[str, bytes]:
    """The list of main activities of what merges, by time, and its name. Contacts are not in it; the office's alone."""
    workbook = service.gather(campaign, by=by, include_submitted=include_submitted)
    mark = workbook.cover.mark
    number, title = campaign.id, f"{campaign.year}年上海知识产权宣传周主要活动"
    written = BytesIO()
    entries = service.entries_of(workbook)
    activity_list.write(written, title, entries, week=workbook.week, made_at=clock.now(), forms=service.further(workbook.sheets), mark=mark)
    name = f"{title}{f'（{mark}）' if mark else ''}.docx"
    with transaction():
        audit.write("activities.list", by=by, object=f"campaign:{number}", detail=f"{name}，{len(entries)} 项活动")
    return name, written.getvalue()


def summaries(campaign: Campaign, *, by: Person, include_submitted: bool = False) -> tuple[str, bytes]:
    """All units' summaries that the office accepted, in official order behind their totals, and the document's name.

    *include_submitted* takes in what waits for a decision, and marks it 未定稿.
    """
    found = gather_summaries(campaign, by=by, include_submitted=include_submitted)
    mark = service.DRAFT if include_submitted else ""
    number, name = campaign.id, f"{found.title}{f'（{mark}）' if mark else ''}.docx"
    written = BytesIO()
    summaries_document.write(written, found, made_at=clock.now(), mark=mark)
    with transaction():
        audit.write("summaries.merge", by=by, object=f"campaign:{number}", detail=f"{name}，{len(found.sent)} 个单位")
    return name, written.getvalue()


def gather_summaries(campaign: Campaign, *, by: Person, include_submitted: bool = False) -> Merged:
    """What the document of summaries would hold now; excused units are not asked."""
    if not by.is_office:
        raise Forbidden("各单位的活动总结由市联席办汇总。")
    taken = (*service.MERGED, "submitted") if include_submitted else service.MERGED
    tables = [table for table in annexes.tables_of(campaign) if not table.is_excused]
    query = select(Summary.table_id, Summary.status, Summary.sent).where(Summary.table_id.in_([table.id for table in tables]))
    stored = {row.table_id: row for row in db.session.execute(query)}
    sent, missing = [], []
    for table in tables:
        one = stored.get(table.id)
        if one is not None and one.status in taken and one.sent:
            sent.append(one.sent)
        else:
            missing.append((table.unit.short, STATUSES[one.status if one is not None else "todo"].label))
    return Merged(f"{campaign.year}年上海知识产权宣传周活动总结汇编", FIGURES, sent, missing)
