"""What a unit's people see of their tables: what is to be done, the table before it is sent, and the receipt."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select

from ipweek import clock
from ipweek.accounts.schema import Person
from ipweek.annexes import checks, reach, shares
from ipweek.annexes import due as dues
from ipweek.annexes import service as annexes
from ipweek.annexes.models import Activity, AnnexTable
from ipweek.annexes.schema import STATUSES
from ipweek.annexes.shares import Part
from ipweek.errors import Forbidden
from ipweek.extensions import db
from ipweek.notice import amendments, deadlines, schema
from ipweek.notice.deadline_text import DeadlineText
from ipweek.notice.models import Amendment, Campaign
from ipweek.reporting import comparing, contents, last_year, mending, service, states, summaries, terms
from ipweek.reporting.comparing import Differences
from ipweek.reporting.models import Move
from ipweek.reporting.remarks import Remark, remarks, worst


@dataclass(frozen=True)
class Task:
    """One table of the unit on its list. ``actions`` are those the person may take now."""

    table: AnnexTable
    activities: int
    deadline: DeadlineText
    actions: frozenset[str]
    submission: Move | None
    may_edit: bool
    asked_late: Move | None
    """Its request to send after the close that nobody has answered yet."""
    owed_late: str
    """What its unit can only send with the office's leave, and may ask for."""
    has_last_year: bool
    """Whether it (of a department: its part of it) is empty, and an earlier year's rows can be taken over."""
    part: Part | None = None
    """Of a department's task: its part of its unit's table, ``activities`` being its own."""
    parts: Sequence[Part] = ()
    """The departments that fill rows of it."""
    answer: DeadlineText | None = None
    """By when it has to answer what the office mended, while that is asked."""

    @property
    def is_open(self) -> bool:
        """Whether the unit still has something to do."""
        is_open = annexes.campaign_status_of(self.table) == "open" and not self.table.is_excused
        return is_open and (STATUSES[self.table.status].is_open or self.waits or "object" in self.actions)

    @property
    def is_overdue(self) -> bool:
        """Whether it should have been sent by now, and is still here."""
        return self.is_open and self.answer is None and self.deadline.urgency == "late"

    @property
    def waits(self) -> bool:
        """Whether the unit's own approver has to look."""
        return self.table.status == "unit_review"


@dataclass(frozen=True)
class Row:
    """One filled row before it is sent; ``number`` is the one it has in the grid."""

    id: int
    values: Mapping[str, str]
    number: int


@dataclass(frozen=True)
class Preview:
    """A table before it is sent, as the office will see it, with what the checks say about it."""

    table: AnnexTable
    sheet: annexes.Sheet
    rows: Sequence[Row]
    remarks: Sequence[Remark]
    deadline: DeadlineText
    second_eye: bool
    actions: frozenset[str]
    given: Mapping[str, str]
    """Reasons that were given for the last submission, by finding id."""
    proposal: Move | None
    """What the unit's approver is asked to agree to."""
    differences: Differences | None
    """What changed since the office last got the table."""
    unfinished: Sequence[str]
    """The departments that have not said that their part is done: once it is sent, they fill no more."""

    @property
    def blocking(self) -> list[Remark]:
        """What must be mended first."""
        return [remark for remark in self.remarks if remark.kind in checks.BLOCKING]

    @property
    def to_explain(self) -> list[Remark]:
        """What wants a reason."""
        return [remark for remark in self.remarks if remark.kind in checks.NEEDS_REASON]

    @property
    def hints(self) -> list[Remark]:
        return [remark for remark in self.remarks if remark.kind == "D"]

    @property
    def marks(self) -> Mapping[tuple[int, str], str]:
        """The worst kind of finding by cell."""
        return worst(self.remarks)


@dataclass(frozen=True)
class Receipt:
    """What the unit gets for a submission. ``move`` has no number while the unit's own approver has to agree."""

    table: AnnexTable
    move: Move
    is_current: bool
    """Whether it still holds: neither withdrawn nor returned since."""
    actions: frozenset[str]
    proposed: Move | None = None
    """Who wanted it sent, where the unit's approver agreed to that."""

    @property
    def content(self) -> Mapping[str, Any] | None:
        """The table as it was sent; None while it has not left the unit."""
        return self.move.snapshot.content if self.move.snapshot else None

    @property
    def form(self) -> schema.Annex:
        """The annex as it was sent."""
        return schema.from_json(self.content["form"] if self.content else self.table.schema.form)

    @property
    def nil(self) -> bool:
        return bool(self.content["nil_return"]) if self.content else self.table.nil_return

    @property
    def is_late(self) -> bool:
        return self.is_current and self.table.is_late


def mine(*, by: Person) -> list[Task]:
    """The tables of the person's unit: what is to be done first, by deadline."""
    tables = annexes.tables_for(by)
    ids = [table.id for table in tables]
    counted = select(Activity.table_id, func.count().label("rows")).where(Activity.table_id.in_(ids), Activity.alive, ~Activity.is_header)
    counts = {row.table_id: row.rows for row in db.session.execute(counted.group_by(Activity.table_id))}
    parts = shares.of_all(tables)
    newest = select(func.max(Move.id)).where(Move.table_id.in_(ids), Move.receipt_no.is_not(None)).group_by(Move.table_id)
    sent = {move.table_id: move for move in db.session.scalars(select(Move).where(Move.id.in_(newest)))}
    due_at = {}
    for campaign in dict.fromkeys(table.campaign for table in tables):
        due_at.update(dues.of_all(campaign, [table for table in tables if table.campaign_id == campaign.id]))
    waiting, owed, asked = terms.unanswered(ids), terms.owed(tables), mending.unanswered(tables)
    own = {table.id: part for table in tables if table.unit_id != by.unit_id for part in parts[table.id] if part.unit.id == by.unit_id}
    empty = [table for table in tables if _waits_for_rows(table, own.get(table.id), counts.get(table.id, 0), by=by)]
    earlier = last_year.have_some(empty, by=by)
    found = [
        Task(
            table,
            own[table.id].rows if table.id in own else counts.get(table.id, 0),
            dues.text_of(table, due_at[table.id]),
            service.actions_for(table, by=by),
            sent.get(table.id),
            annexes.may_edit(table, by=by),
            waiting.get(table.id),
            owed.get(table.id, "") if "filler" in service.parts_of(table, by=by) and terms.is_shut(table) else "",
            table.id in earlier,
            own.get(table.id),
            parts[table.id] if table.id not in own else (),
            asked[table.id].deadline if table.id in asked and table.id not in own else None,
        )
        for table in tables
    ]
    return sorted(found, key=lambda task: not task.is_open)


def _waits_for_rows(table: AnnexTable, part: Part | None, rows: int, *, by: Person) -> bool:
    """Whether nothing stands in it yet, or nothing of his department, and rows may be brought in."""
    if part is None:
        return table.status == "todo" and not rows
    return not part.rows and not part.done and annexes.may_edit(table, by=by) and reach.of(table, by=by).has_rows


def later(tasks: Sequence[Task]) -> list[deadlines.Due]:
    """What else the open campaigns of these tasks will ask for; a summary is a task of its own once the week is over.

    Nothing of a unit that is excused.
    """
    whole = [task.table.campaign for task in tasks if task.part is None and not task.table.is_excused]
    campaigns: list[Campaign] = list(dict.fromkeys(campaign for campaign in whole if campaign.status == "open"))
    asked = [(campaign, due) for campaign in campaigns for due in deadlines.dues(campaign) if due.kind != "plan"]
    return [due for campaign, due in asked if due.kind != "summary" or not summaries.is_open(campaign)]


def news(tasks: Sequence[Task]) -> list[Amendment]:
    """What changed of these tasks' open campaigns since they were opened, newest first."""
    return amendments.news(dict.fromkeys(task.table.campaign for task in tasks))


def preview(table_id: int, *, by: Person) -> Preview:
    """The table as the office will see it, for the people of its unit; Forbidden for others who may see it."""
    sheet = annexes.sheet(table_id, by=by)
    table = sheet.table
    if service.parts_of(table, by=by) <= {"office"}:
        reason = "只有本单位的填报员和审核人可以办理报送。"
        raise Forbidden(reason)
    moves = service.moves_of(table)
    sent = service.submissions_in(moves)
    before = sent[-1].snapshot if sent else None
    numbers = {row.id: number for number, row in enumerate(sheet.rows, 1)}
    return Preview(
        table,
        sheet,
        [Row(row.id, row.values, numbers[row.id]) for row in sheet.rows if not checks.is_empty(row.values)],
        remarks((finding for found in sheet.findings.values() for finding in found), numbers),
        dues.text_of(table, dues.of(table)),
        service.second_eye(table, by=by) and not reach.is_typing(table, by=by),
        service.actions_for(table, by=by),
        _last_reasons(moves),
        moves[-1] if table.status == "unit_review" and moves else None,
        comparing.compare(before.content, contents.freeze(table, clock.now())) if before else None,
        [part.unit.short for part in shares.of(table) if not part.done],
    )


def _last_reasons(moves: Sequence[Move]) -> Mapping[str, str]:
    given = [move.reasons for move in moves if move.action in states.SUBMISSIONS]
    return given[-1] if given else {}


def receipt(table_id: int, *, by: Person) -> Receipt | None:
    """The receipt of the newest submission; None when the table was never sent."""
    table = _own(table_id, by=by)
    moves = service.moves_of(table)
    sent = [move for move in moves if move.action in states.SUBMISSIONS]
    if not sent:
        return None
    is_current = table.status in {"unit_review", "submitted", "approved", "archived"}
    proposed = sent[-2] if sent[-1].action == "endorse" and len(sent) > 1 else None
    return Receipt(table, sent[-1], is_current, service.actions_for(table, by=by), proposed)


def record(table_id: int, *, by: Person) -> tuple[AnnexTable, list[Move]]:
    """The table and everything that was decided about it, newest first."""
    table = _own(table_id, by=by)
    return table, service.record_of(table)[::-1]


def _own(table_id: int, *, by: Person) -> AnnexTable:
    """The table for its unit and the office. Leaders see it elsewhere, without phones: here they get Forbidden."""
    table = annexes.get_table(table_id, by=by)
    if not by.is_office and by.unit_id != table.unit_id:
        reason = "回执和办理记录只供报送单位和市联席办查看。"
        raise Forbidden(reason)
    return table
