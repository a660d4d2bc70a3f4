"""Where all units stand in one campaign: the lines of the board, its counts, its map, and what is missing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, func, select

from ipweek import clock
from ipweek.accounts import audit
from ipweek.accounts.models import Unit
from ipweek.accounts.schema import Person
from ipweek.annexes import due as dues
from ipweek.annexes import service as annexes
from ipweek.annexes.models import AnnexTable
from ipweek.annexes.schema import STATUSES
from ipweek.errors import Forbidden
from ipweek.extensions import db
from ipweek.notice import deadlines
from ipweek.notice import service as notices
from ipweek.notice.deadline_text import DeadlineText
from ipweek.notice.models import Campaign, Extension
from ipweek.reporting import announcing, chasing, mending
from ipweek.reporting.mending import Request
from ipweek.reporting.models import Chase, Move
from ipweek.transaction import transaction

SHOWN = {"unsent": "待报送", "submitted": "待审核", "returned": "退回修改", "approved": "已通过", "overdue": "逾期"}
"""The filters: the four numbers, and those whose time is over or who sent late."""

EXCUSED = "本年免报"
_STANDS = {
    "todo": "unsent",
    "draft": "unsent",
    "unit_review": "unsent",
    "submitted": "submitted",
    "returned": "returned",
    "approved": "approved",
    "archived": "approved",
}


@dataclass(frozen=True)
class Line:
    """One unit's table on the board."""

    table: AnnexTable
    unit: Unit
    activities: int
    due: deadlines.Due | None
    is_overdue: bool
    """Whether it is still with the unit although its time is over."""
    chases: int
    """How often the unit was chased for it."""
    request: Request | None = None
    """The office's question about what it mended, while the unit has not answered."""

    @property
    def stands(self) -> str:
        """Which of the four numbers counts it."""
        return _STANDS[self.table.status]

    @property
    def glyph(self) -> str:
        if self.table.is_excused:
            return "—"
        return "!" if self.is_overdue else STATUSES[self.table.status].glyph

    @property
    def words(self) -> str:
        """Its state as said on the map and in the lists."""
        if self.table.is_excused:
            return EXCUSED
        label = "无活动，" + STATUSES[self.table.status].label if self.table.nil_return else STATUSES[self.table.status].label
        return f"{label}，已逾期" if self.is_overdue else label


SORTS: dict[str, Callable[[Line], Any]] = {
    "order": lambda line: (line.table.annex, line.unit.sort_no, line.unit.id),
    "status": lambda line: (list(STATUSES).index(line.table.status), line.unit.sort_no),
    "count": lambda line: -line.activities,
    "changed": lambda line: -(line.table.changed_at.timestamp() if line.table.changed_at else 0),
    "due": lambda line: (line.due.at.timestamp() if line.due and line.due.at else float("inf"), line.unit.sort_no),
}


@dataclass(frozen=True)
class Board:
    """One campaign as the office sees it.

    ``lines`` are those that the filter leaves, ``districts`` all, ``members`` stand by what is to be said of them.
    """

    campaign: Campaign
    campaigns: Sequence[tuple[int, int, str]]
    lines: Sequence[Line]
    totals: Mapping[str, int]
    asked: int
    """How many units have to report: excused and dissolved ones do not count."""
    to_chase: int
    """How many have not sent."""
    unanswered: int
    """How many have not answered what the office mended."""
    activities: int
    districts: Sequence[Line]
    members: Mapping[str, Sequence[Line]]
    without_table: Sequence[str]
    deadline: DeadlineText
    revision: str
    show: str
    sort: str


def board(*, campaign_id: int | None = None, show: str = "", sort: str = "", by: Person) -> Board | None:
    """The board of a campaign (the current one unless named), for the office and the leaders; None before the first one."""
    campaign = chosen(campaign_id, by=by)
    if campaign is None:
        return None
    now = clock.now()
    show = show if show in SHOWN else ""
    sort = sort if sort in SORTS else "order"
    revision = revision_of(campaign.id, by=by)
    tables = annexes.tables_of(campaign)
    due, due_at = dues.with_the_campaigns(campaign, tables)
    every = sorted(_lines(tables, annexes.activity_counts(campaign), due_at, chasing.counts(campaign), now), key=SORTS["order"])
    totals = {key: sum(_is_shown(line, key) for line in every) for key in SHOWN}
    lines = sorted((line for line in every if not show or _is_shown(line, show)), key=SORTS[sort])
    members = [line for line in every if line.unit.level != "district"]
    return Board(
        campaign,
        _campaigns(),
        lines,
        totals,
        sum(annexes.is_asked(line.table) for line in every),
        sum(chasing.group_of(line.table, line.activities) != "" for line in every),
        sum(line.request is not None for line in every),
        sum(line.activities for line in every),
        [line for line in every if line.unit.level == "district"],
        {
            **{SHOWN[key]: [line for line in members if _is_shown(line, key)] for key in ("unsent", "returned", "submitted", "approved")},
            EXCUSED: [line for line in members if line.table.is_excused],
        },
        _without_table(campaign, {line.unit.id for line in every}),
        dues.text(due, now=now),
        revision,
        show,
        sort,
    )


def chosen(campaign_id: int | None, *, by: Person) -> Campaign | None:
    """The campaign asked for, else the current one. Forbidden for those who are neither office nor leaders."""
    if not (by.is_office or by.has("viewer")):
        raise Forbidden
    return notices.get(campaign_id, by=by) if campaign_id is not None else notices.current()


def revision_of(campaign_id: int, *, by: Person) -> str:
    """Changes whenever the board would look different: with each op and move, and as the hours to the deadline pass.

    One statement: every open board asks it twice a minute. Empty for a campaign that *by* may not see.
    """
    if not (by.is_office or by.has("viewer")):
        raise Forbidden
    found = db.session.execute(_REVISION, {"campaign_id": campaign_id}).one_or_none()
    if found is None or not (by.is_office or found.status in {"open", "closed"}):
        return ""
    hour = int(clock.now().timestamp()) // 3600
    return "-".join(str(part or 0) for part in (campaign_id, *found, hour))


_tables = select(func.count(AnnexTable.id), func.sum(AnnexTable.revision)).where(AnnexTable.campaign_id == bindparam("campaign_id"))
_REVISION = select(
    Campaign.status,
    *(_tables.with_only_columns(column).scalar_subquery() for column in _tables.selected_columns),
    select(func.max(Move.id)).scalar_subquery(),
    select(func.max(Extension.id)).scalar_subquery(),
    select(func.max(Chase.id)).scalar_subquery(),
    select(func.count(Unit.id)).where(Unit.is_active).scalar_subquery(),
).where(Campaign.id == bindparam("campaign_id"))


def hand_out_missing(campaign_id: int, *, by: Person) -> int:
    """Give a table to each active unit that has none yet, such as one that was added later; how many that were."""
    if not by.is_office:
        raise Forbidden
    with transaction():
        campaign = notices.get(campaign_id, by=by)
        made = annexes.hand_out(campaign)
        announcing.tell_handed_out(campaign, made, by=by)
        if made:
            audit.write("table.hand_out", by=by, object=f"campaign:{campaign.id}", detail="、".join(table.unit.short for table in made))
        return len(made)


def _campaigns() -> list[tuple[int, int, str]]:
    """Id, year and title of every campaign that was opened, newest first."""
    query = select(Campaign.id, Campaign.year, Campaign.title).where(Campaign.status.in_(("open", "closed")))
    return list(db.session.execute(query.order_by(Campaign.year.desc(), Campaign.id.desc())))


def _lines(
    tables: Sequence[AnnexTable],
    counts: Mapping[int, int],
    due_at: Mapping[int, deadlines.Due | None],
    chases: Mapping[int, int],
    now: datetime,
) -> Iterable[Line]:
    asked = mending.unanswered(tables)
    for table in tables:
        due = due_at[table.id]
        is_with_unit = _STANDS[table.status] in {"unsent", "returned"} and annexes.is_asked(table)
        is_overdue = is_with_unit and due is not None and due.is_past(now)
        yield Line(table, table.unit, counts.get(table.id, 0), due, is_overdue, chases.get(table.id, 0), asked.get(table.id))


def _is_shown(line: Line, show: str) -> bool:
    if not annexes.is_asked(line.table):
        return False
    if show == "overdue":
        return line.is_overdue or line.table.is_late
    return line.stands == show


def _without_table(campaign: Campaign, have: set[int]) -> list[str]:
    """Short names of active units that should report and have no table."""
    annex_numbers = {form.annex for form in campaign.annexes}
    levels = [level for level, annex in annexes.ANNEX_OF_LEVEL.items() if annex in annex_numbers]
    query = select(Unit.id, Unit.short).where(Unit.is_active, Unit.level.in_(levels)).order_by(Unit.sort_no, Unit.id)
    return [short for unit_id, short in db.session.execute(query) if unit_id not in have]
