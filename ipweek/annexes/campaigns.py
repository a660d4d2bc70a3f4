"""Opening, changing and withdrawing a campaign: what a notice starts, and the tables that go out and along with it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import bindparam, func, select, update

from ipweek import clock
from ipweek.accounts.models import Unit, User
from ipweek.accounts.schema import Person
from ipweek.annexes import checks, service
from ipweek.annexes.models import Activity, AnnexTable
from ipweek.errors import Conflict
from ipweek.extensions import db
from ipweek.notice import amending, amendments, deadlines, schema
from ipweek.notice import service as notices
from ipweek.notice.amendments import Done
from ipweek.notice.models import Amendment, AnnexSchema, Campaign
from ipweek.notice.service import DeadlineWords
from ipweek.transaction import transaction

_row = Activity.__table__
_READ = ("starts_on", "ends_on", "people_min", "people_max")
_REREAD = update(_row).where(_row.c.id == bindparam("activity_id")).values({name: bindparam(name) for name in _READ})


def open_campaign(campaign: Campaign, *, by: Person) -> int:
    """Open the campaign and hand every unit its table; how many were handed out."""
    with transaction():
        notices.mark_open(campaign, by=by)
        return len(service.hand_out(campaign))


@dataclass(frozen=True)
class Followed:
    """What a change of an open campaign did to its tables."""

    done: Done
    moved: int = 0
    """Tables that stand under new headings from now on."""
    sent: int = 0
    """How many of these were already sent."""
    outside: int = 0
    """Activities whose day lay in the week and no longer does."""
    past: Sequence[str] = ()
    """The changed deadlines that are over already, by name: perhaps a wrong month or year."""

    @property
    def words(self) -> str:
        """What the office is told."""
        if not self.done.changes:
            return "已保存。"
        said = ["已生效并告知各单位：" + "；".join(f"{one.name}改为{one.now}" for one in self.done.changes) + "。"]
        if self.past:
            said.append(f"{'、'.join(self.past)}改在了已经过去的日子，没有报送的单位现在都已逾期，请核对；写错了请马上更正。")
        if self.moved:
            already = f"，其中 {self.sent} 张已经报送，如需补填请退回修改" if self.sent else ""
            said.append(f"{self.moved} 张表已换用新表头{already}。")
        if self.outside:
            said.append(f"有 {self.outside} 项活动的时间因此不在宣传周内，填报页会提示核对。")
        return "".join(said)


def amend(amendment: Amendment, keys: Collection[str], *, seen: str, by: Person) -> Followed:
    """Make the confirmed changes of a supplementary notice and take the tables along, all or nothing."""
    with transaction():
        week = _week(amendment.campaign)
        return _follow(amendment.campaign, amendments.apply(amendment, keys, seen=seen, by=by), week)


def correct(campaign: Campaign, facts: Mapping[str, Any], dues: list[DeadlineWords], forms: list[schema.Annex], *, by: Person) -> Followed:
    """Keep what the office entered; of an open campaign, tell the units and take the tables along."""
    with transaction():
        is_open, before, week = campaign.status == "open", amendments.snapshot(campaign), _week(campaign)
        notices.correct(campaign, facts, dues, forms, by=by)
        if not is_open:
            return Followed(Done([]))
        return _follow(campaign, amendments.record(campaign, before, by=by), week)


def _week(campaign: Campaign) -> tuple[date, date] | None:
    return (campaign.starts_on, campaign.ends_on) if campaign.starts_on and campaign.ends_on else None


def _follow(campaign: Campaign, done: Done, was: tuple[date, date] | None) -> Followed:
    """Tables stand under the new headings; what was read of a cell by the week is read again. Inside transaction()."""
    db.session.flush()
    moved, sent = _move_tables(done.new_forms)
    outside = _read_again(campaign, was) if done.week_moved or done.new_forms else 0
    changed, now = {one.name for one in done.changes}, clock.now()
    over = [due for due in deadlines.dues(campaign) if due.is_past(now)]
    past = [name for due in over if (name := amending.deadline_name(due.kind, due.annex)) in changed]
    return Followed(done, moved, sent, outside, past)


def _move_tables(forms: Collection[AnnexSchema]) -> tuple[int, int]:
    """How many tables were put under these headings, and how many of them were sent. Archived ones stay as they are.

    The revision goes up: what somebody has looked at for 报送 is not what would be sent.
    """
    moved = sent = 0
    for form in forms:
        query = select(AnnexTable).where(AnnexTable.campaign_id == form.campaign_id, AnnexTable.annex == form.annex)
        for table in db.session.scalars(query.where(AnnexTable.status != "archived").with_for_update()):
            table.schema_id = form.id
            table.revision += 1
            moved += 1
            sent += table.status in {"unit_review", "submitted", "approved"}
    db.session.flush()
    return moved, sent


def _read_again(campaign: Campaign, was: tuple[date, date] | None) -> int:
    """Read times and head counts of all rows anew (宣传周首日 is another day now); how many activities left the week."""
    now, outside = _week(campaign), 0
    forms = {stored.id: schema.from_json(stored.form) for stored in campaign.annexes}
    stands = (AnnexTable.campaign_id == campaign.id, AnnexTable.status != "archived", _row.c.alive, ~_row.c.is_header)
    query = select(_row.c.id, _row.c["values"], *(_row.c[name] for name in _READ), AnnexTable.schema_id)
    changed: list[dict[str, Any]] = []
    for row in db.session.execute(query.join(AnnexTable, AnnexTable.id == _row.c.table_id).where(*stands)):
        held = checks.Readings(row.starts_on, row.ends_on, row.people_min, row.people_max)
        read = checks.readings_of(forms[row.schema_id], row[1], now)
        outside += _lies_in(read, was) and not _lies_in(read, now)
        if read != held:
            changed.append({"activity_id": row.id, **{name: getattr(read, name) for name in _READ}})
    if changed:
        db.session.execute(_REREAD, changed)
    return outside


def _lies_in(read: checks.Readings, week: tuple[date, date] | None) -> bool:
    """Whether a part of the activity falls into *week*."""
    return week is not None and read.starts_on is not None and read.starts_on <= week[1] and (read.ends_on or read.starts_on) >= week[0]


@dataclass(frozen=True)
class Reported:
    """Tables of a campaign: those that were sent once at least, and those that their units still have to send."""

    sent: int
    missing: int


def reported(campaign: Campaign) -> Reported:
    """What stands in the way of a withdrawal, and what a close would leave out."""
    tables = service.tables_of(campaign)
    missing = [one for one in tables if one.status in {"todo", "draft", "unit_review", "returned"} and service.is_asked(one)]
    return Reported(sum(table.submitted_at is not None for table in tables), len(missing))


def excused_before(campaign_id: int) -> list[str]:
    """Short names of units that were excused in the campaign before this one and are asked now."""
    now = db.session.get_one(Campaign, campaign_id)
    earlier = select(Campaign.id).where(Campaign.year < now.year, Campaign.status.in_(("open", "closed")))
    before = db.session.scalar(earlier.order_by(Campaign.year.desc(), Campaign.id.desc()).limit(1))
    excused = select(AnnexTable.unit_id).where(AnnexTable.campaign_id == before, AnnexTable.is_excused)
    asked = select(Unit.short).join(AnnexTable, AnnexTable.unit_id == Unit.id).where(AnnexTable.campaign_id == campaign_id)
    return list(db.session.scalars(asked.where(~AnnexTable.is_excused, Unit.id.in_(excused)).order_by(Unit.sort_no)))


def unstaffed(campaign_id: int) -> int:
    """How many units that are asked have nobody yet who could fill in their table."""
    asked = select(AnnexTable.unit_id).where(AnnexTable.campaign_id == campaign_id, ~AnnexTable.is_excused)
    people = db.session.execute(select(User.unit_id, User.roles).where(User.unit_id.in_(asked), User.is_active))
    return len(set(db.session.scalars(asked)) - {unit_id for unit_id, roles in people if "filler" in roles})


def withdraw_campaign(campaign: Campaign, *, by: Person) -> None:
    """Take back a mistaken campaign; Conflict once a unit has sent its table."""
    with transaction():
        sent = select(func.count()).where(AnnexTable.campaign_id == campaign.id, AnnexTable.submitted_at.is_not(None))
        count = db.session.scalar(sent)
        if count:
            reason = f"已有 {count} 个单位报送，不能撤销；如不再进行，请改用“关闭”。"
            raise Conflict(reason)
        notices.mark_withdrawn(campaign, by=by)
