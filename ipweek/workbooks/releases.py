"""Releases of the merged workbook: numbered, frozen, comparable, each row traced to where it comes from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from sqlalchemy import func, select

from ipweek import clock
from ipweek.accounts import audit
from ipweek.accounts.schema import Person
from ipweek.annexes.models import AnnexTable, Op
from ipweek.config import Settings
from ipweek.errors import Conflict, Forbidden, NotFound
from ipweek.extensions import db
from ipweek.files import service as files
from ipweek.files import storage
from ipweek.notice.models import Campaign
from ipweek.reporting import comparing
from ipweek.reporting.comparing import Differences
from ipweek.reporting.models import Snapshot
from ipweek.transaction import transaction
from ipweek.workbooks import service
from ipweek.workbooks.models import Release


def make(campaign: Campaign, *, by: Person, settings: Settings) -> Release:
    """Freeze the merged workbook as it is now under the next number.

    Conflict where the newest release has the same content, or somebody else was quicker.
    """
    before = newest(campaign, by=by)
    number = before.number + 1 if before else 1
    workbook = service.gather(campaign, by=by, edition=f"第 {number} 版")
    if before is not None and before.snapshots == list(workbook.snapshots):
        raise Conflict(f"与第 {before.number} 版（{before.activities} 项活动）内容相同，没有再定版。有新的表审核通过后再定版。")
    written = BytesIO()
    placed = service.write(workbook, written)
    data = written.getvalue()
    digest = storage.put(files.folder_of(settings), data)
    campaign_id, year = campaign.id, campaign.year
    with transaction():
        if db.session.scalar(select(func.max(Release.number)).where(Release.campaign_id == campaign_id)) != (before and before.number):
            raise Conflict("刚刚有同事定了新的一版，请核对后再决定是否再定版。")
        file = files.keep_made(digest, len(data), f"{year}年知识产权宣传周重点活动汇总表_第{number}版.xlsx", kind="xlsx", by=by)
        release = Release(
            campaign_id=campaign_id,
            number=number,
            at=clock.now(),
            by_id=by.id or None,
            revision=_revision(campaign_id),
            activities=workbook.activities,
            file_id=file.id,
            snapshots=list(workbook.snapshots),
            placed=[[each.sheet, each.row, each.row_id] for each in placed],
        )
        db.session.add(release)
        db.session.flush()
        detail = f"{year}年第 {number} 版，{release.activities} 项活动，SHA-256 {digest}"
        audit.write("workbook.release", by=by, object=f"release:{release.id}", detail=detail)
    return release


def every(campaign: Campaign, *, by: Person) -> list[Release]:
    """All releases of the campaign, newest first."""
    _office(by)
    return list(db.session.scalars(select(Release).where(Release.campaign_id == campaign.id).order_by(Release.number.desc())))


def newest(campaign: Campaign, *, by: Person) -> Release | None:
    _office(by)
    query = select(Release).where(Release.campaign_id == campaign.id).order_by(Release.number.desc()).limit(1)
    return db.session.scalars(query).first()


def get(campaign: Campaign, number: int, *, by: Person) -> Release:
    """The release of that number, or NotFound."""
    _office(by)
    found = db.session.scalars(select(Release).where(Release.campaign_id == campaign.id, Release.number == number)).first()
    if found is None:
        raise NotFound(f"没有第 {number} 版，请从定版列表重新选择。")
    return found


@dataclass(frozen=True)
class Difference:
    """What became of one unit's table from one release to another."""

    unit: str
    annex: int
    content: Mapping[str, Any]
    """The table as the newer release has it; of one that is gone, as the older had it."""
    kind: str
    """new, gone or changed."""
    differences: Differences

    @property
    def added(self) -> list[Mapping[str, Any]]:
        return [row for row in self.content["rows"] if row["id"] in self.differences.added]

    @property
    def changed(self) -> list[tuple[Mapping[str, Any], list[tuple[str, str, str]]]]:
        """Rows of both with their cells as (heading, old, new)."""
        labels = {column["key"]: column["label"] for column in self.content["form"]["columns"]}
        found = []
        for row in self.content["rows"]:
            cells = [
                (labels[key], old, row["values"].get(key, ""))
                for (row_id, key), old in self.differences.cells.items()
                if row_id == row["id"]
            ]
            if cells:
                found.append((row, cells))
        return found


def compare(campaign: Campaign, older: int, newer: int, *, by: Person) -> list[Difference]:
    """What is new, changed and gone in the release *newer* against *older*, table by table in official order."""
    before, after = (_contents(get(campaign, number, by=by)) for number in (older, newer))
    found = []
    for table_id, content in after.items():
        old = before.get(table_id)
        differences = comparing.compare(old or _empty(content), content)
        if old is None or differences:
            found.append(Difference(content["unit"]["short"], content["annex"], content, "changed" if old else "new", differences))
    for table_id, content in before.items():
        if table_id not in after:
            differences = comparing.compare(content, _empty(content))
            found.append(Difference(content["unit"]["short"], content["annex"], content, "gone", differences))
    return found


@dataclass(frozen=True)
class Traced:
    """One row of a released workbook: where it stands, and where it comes from."""

    sheet: str
    row: int
    activity_id: int
    unit: str
    event_name: str
    table_id: int


def trace(release: Release, *, by: Person) -> list[Traced]:
    """The source of every row of the release, in the order of its sheets."""
    _office(by)
    rows = {}
    for table_id, content in _contents(release).items():
        for row in content["rows"]:
            rows[row["id"]] = (content["unit"]["short"], row["values"].get("event_name", ""), table_id)
    return [Traced(sheet, row, activity, *rows[activity]) for sheet, row, activity in release.placed if activity in rows]


# ---- inside --------------------------------------------------------------------------------------------------


def _office(by: Person) -> None:
    if not by.is_office:
        raise Forbidden("只有市联席办的经办人和负责人可以查看定版。")


def _contents(release: Release) -> dict[int, Mapping[str, Any]]:
    """The tables that the release was made of, by id, in official order."""
    query = select(Snapshot.id, Snapshot.table_id, Snapshot.content).where(Snapshot.id.in_(release.snapshots))
    found = {row.id: row for row in db.session.execute(query)}
    return {found[number].table_id: found[number].content for number in release.snapshots if number in found}


def _empty(content: Mapping[str, Any]) -> Mapping[str, Any]:
    return {**content, "rows": [], "header": content["header"]}


def _revision(campaign_id: int) -> int:
    """The newest op in any table of the campaign."""
    query = select(func.max(Op.seq)).join(AnnexTable, AnnexTable.id == Op.table_id).where(AnnexTable.campaign_id == campaign_id)
    return db.session.scalar(query) or 0


def pair(releases: Sequence[Release], older: int | None, newer: int | None) -> tuple[int, int] | None:
    """The numbers to compare: those asked for, else the two newest; None while there are not two. *releases* are newest first."""
    if older is not None and newer is not None:
        return min(older, newer), max(older, newer)
    return (releases[1].number, releases[0].number) if len(releases) > 1 else None
