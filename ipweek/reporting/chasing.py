"""催报: who has not sent, what they are told, and the record of it, promised dates included."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import ColumnElement, and_, func, or_, select

from ipweek import clock
from ipweek.accounts import audit
from ipweek.accounts.schema import Person
from ipweek.annexes import due as dues
from ipweek.annexes import ops
from ipweek.annexes import service as annexes
from ipweek.annexes.models import AnnexTable
from ipweek.errors import Conflict, Forbidden, Invalid
from ipweek.extensions import db
from ipweek.notice import deadlines, workdays
from ipweek.notice import service as notices
from ipweek.notice.calendar import NoCalendar, WorkCalendar
from ipweek.notice.deadline_text import DeadlineText
from ipweek.notice.deadlines import Due
from ipweek.notice.models import Campaign
from ipweek.reporting import chase_words, messages
from ipweek.reporting.models import Chase
from ipweek.transaction import transaction

KINDS = {
    "message": "站内催报",
    "group": "工作群催报",
    "call": "电话催报",
    "soon": "自动提醒（将到期）",
    "late": "自动提醒（已逾期）",
    "sum_message": "站内催报总结",
    "sum_group": "工作群催报总结",
    "sum_soon": "自动提醒（总结将到期）",
    "sum_late": "自动提醒（总结已逾期）",
    "mend_message": "站内催答复代改",
    "mend_group": "工作群催答复代改",
    "mend_soon": "自动提醒（代改答复将到期）",
    "mend_late": "自动提醒（代改答复已逾期）",
}
"""How a unit was chased; soon and late by the site itself, sum_ for its summary, mend_ for its answer to what the office mended."""

_OTHER_PREFIXES = ("sum_", "mend_")

LONGEST = 300
"""Characters of a note."""


@dataclass(frozen=True)
class Candidate:
    """A unit that has not sent, with what was done about it so far."""

    table: AnnexTable
    group: str
    activities: int
    due: Due | None
    count: int
    last: Chase | None
    is_recent: bool
    """Chased within a working day: another one must be asked for."""
    promised_on: date | None
    """The day that it named last."""
    people: int
    """How many of its people a message reaches."""
    addresses: int
    """How many of them by mail too, where the site has a mail server."""
    words: str
    since: datetime | None = None
    """When it was asked, where that was not with the campaign: on that day the site reminds nobody."""

    @property
    def last_id(self) -> int:
        """The chase that the office has seen, 0 for none."""
        return self.last.id if self.last else 0


@dataclass(frozen=True)
class Errand:
    """What is chased for: the tables, the summaries after the week (``summary_chasing``), or answers to mending (``answer_chasing``)."""

    name: str
    what: str
    """What the unit is to send, in the words of the page."""
    find: Callable[[Campaign], list[Candidate]]
    prefix: str = ""
    """Of its kinds of chases and messages."""
    link: str = ""
    """Where its page is, behind the table's."""
    groups: Mapping[str, str] = field(default_factory=lambda: chase_words.GROUPS)
    """The filters of its page."""
    in_the_group: Callable[..., str] | None = None
    """What is said to those units (and who says so: office, phone) in the group chat, where it is not about a common day."""
    after_close: bool = False
    """Whether it is chased for after the campaign was closed too."""

    def is_running(self, campaign: Campaign) -> bool:
        """Whether it may be chased for now."""
        return campaign.status == "open" or (self.after_close and campaign.status == "closed")


@dataclass(frozen=True)
class Desk:
    """Whom the office may chase in a campaign. ``candidates`` are those that the filter leaves."""

    campaign: Campaign
    errand: Errand
    candidates: Sequence[Candidate]
    totals: Mapping[str, int]
    show: str
    group_text: str
    today: date


@dataclass(frozen=True)
class Sent:
    """What came of a chase: the short names of units."""

    told: Sequence[str]
    spared: Sequence[str]
    """Chased by somebody within a working day, and not asked for once more."""
    quiet: Sequence[str]
    """Sent meanwhile, or no longer asked."""
    unreached: int = 0
    """How many of those told have no account, so that only the phone reaches them."""


def desk(
    campaign_id: int,
    *,
    errand: Errand | None = None,
    show: str = "",
    only: Collection[int] | None = None,
    office: str,
    phone: str,
    by: Person,
) -> Desk:
    """Who has not sent; *only* those tables when named. *office* and *phone* sign the text for the group."""
    campaign, errand = _campaign(campaign_id, by=by), errand or TABLES
    every = errand.find(campaign) if errand.is_running(campaign) else []
    show = show if show in errand.groups else ""
    found = [one for one in every if (not show or one.group == show) and (only is None or one.table.id in only)]
    totals = {group: sum(one.group == group for one in every) for group in errand.groups}
    text = _to_the_group(campaign, errand, found, office=office, phone=phone) if found else ""
    return Desk(campaign, errand, found, totals, show, text, clock.today())


def send(
    campaign_id: int,
    tables: Collection[int],
    *,
    errand: Errand | None = None,
    again: Mapping[int, int] | None = None,
    note: str = "",
    by: Person,
) -> Sent:
    """Chase the units of these *tables* in the app.

    One that was chased within a working day is spared unless *again* names its table with the chase that the office
    has seen. One that has sent meanwhile hears nothing.
    """
    note = _note(note)
    errand = errand or TABLES
    asked_again = again or {}
    if not tables and not asked_again:
        raise Invalid("没有选中要催报的单位，请至少选择一个。")
    told, spared, quiet, unreached = [], [], [], 0
    with transaction():
        campaign = _campaign(campaign_id, by=by)
        if not errand.is_running(campaign):
            raise Conflict("这次活动没有在进行，不用催报。")
        wanted = {*tables, *asked_again}
        hold(wanted)
        open_now = {one.table.id: one for one in errand.find(campaign) if one.table.id in wanted}
        for table in annexes.tables_of(campaign):
            if table.id not in wanted:
                continue
            one = open_now.get(table.id)
            if one is None:
                quiet.append(table.unit.short)
            elif one.is_recent and asked_again.get(table.id) != one.last_id:
                spared.append(table.unit.short)
            else:
                words = f"{one.words}{note}"
                tell(table, words, errand)
                _record(table, f"{errand.prefix}message", words, by=by)
                told.append(table.unit.short)
                unreached += not one.people
        if told:
            audit.write("chase.send", by=by, object=f"campaign:{campaign.id}", detail="、".join(told))
    return Sent(told, spared, quiet, unreached)


def tell(table: AnnexTable, words: str, errand: Errand) -> None:
    """Put the words before the unit's people. Inside transaction()."""
    messages.tell_unit(table, words, kind=f"{errand.prefix}chase", link=f"/tables/{table.id}{errand.link}")


def log_group(campaign_id: int, tables: Collection[int], *, errand: Errand | None = None, by: Person) -> int:
    """Note that the text was posted in the group chat, for the units that it named; how many they are."""
    with transaction():
        campaign = _campaign(campaign_id, by=by)
        hold(tables)
        errand = errand or TABLES
        found = [one for one in errand.find(campaign) if one.table.id in tables]
        if not found:
            raise Invalid("没有选中还没有报送的单位，没有记录。")
        for one in found:
            _record(one.table, f"{errand.prefix}group", "", by=by)
        detail = "、".join(one.table.unit.short for one in found)
        audit.write("chase.group", by=by, object=f"campaign:{campaign.id}", detail=detail)
        return len(found)


def log_call(table_id: int, words: str, *, promised_on: date | None = None, by: Person) -> Chase:
    """Note a telephone call with the unit, and the day on which it promised to send."""
    words = _note(words)
    with transaction():
        table = _table(table_id, by=by)
        if not words and promised_on is None:
            reason = "请写明通话情况，或填写对方答应的报送日期。"
            raise Invalid(reason, fields={"words": reason})
        if promised_on is not None and promised_on < clock.today():
            reason = "答应的报送日期已经过去，请核对。"
            raise Invalid(reason, fields={"promised_on": reason})
        made = _record(table, "call", words, promised_on=promised_on, by=by)
        audit.write("chase.call", by=by, object=f"table:{table.id}", detail=f"{table.unit.short} {promised_on or ''}".strip())
        return made


def log(table_id: int, *, by: Person) -> tuple[AnnexTable, list[Chase]]:
    """The table and how its unit was chased for it, newest first. The office's alone."""
    table = _table(table_id, by=by)
    return table, list(db.session.scalars(select(Chase).where(Chase.table_id == table.id).order_by(Chase.id.desc())))


def candidates(campaign: Campaign) -> list[Candidate]:
    """Every unit that has not sent its table, in official order. Asks no permission."""
    tables = annexes.tables_of(campaign)
    activities = annexes.activity_counts(campaign)
    groups = {table.id: group_of(table, activities.get(table.id, 0)) for table in tables}
    forms = {form.annex: form.title for form in campaign.annexes}

    def words(table: AnnexTable, deadline: DeadlineText) -> str:
        return chase_words.letter(
            groups[table.id],
            name=f"附件{table.annex}《{forms.get(table.annex, '')}》",
            deadline=deadline,
            activities=activities.get(table.id, 0),
            waits=table.status == "unit_review",
            why=table.return_reason,
        )

    chased = [table for table in tables if groups[table.id]]
    return gather(campaign, chased, groups, dues.of_all(campaign, tables), words, activities=activities)


def gather(
    campaign: Campaign,
    tables: Sequence[AnnexTable],
    groups: Mapping[int, str],
    due_at: Mapping[int, Due | None],
    words: Callable[[AnnexTable, DeadlineText], str],
    *,
    activities: Mapping[int, int],
    prefix: str = "",
) -> list[Candidate]:
    """These *tables* as candidates, with what was done about each: the chases whose kind has the *prefix*, and calls."""
    days, today, now = workdays.table(), clock.today(), clock.now()
    history: dict[int, list[Chase]] = {}
    of_campaign = select(Chase).join(AnnexTable, AnnexTable.id == Chase.table_id).where(AnnexTable.campaign_id == campaign.id)
    for chase in db.session.scalars(of_campaign.where(_is_about(prefix)).order_by(Chase.id)):
        history.setdefault(chase.table_id, []).append(chase)
    units = [table.unit_id for table in tables]
    reach, mailed = messages.reach(units), messages.addresses(units)
    found = []
    for table in tables:
        before = history.get(table.id, [])
        promised = [chase.promised_on for chase in before if chase.promised_on]
        found.append(
            Candidate(
                table,
                groups[table.id],
                activities.get(table.id, 0),
                due_at[table.id],
                len(before),
                before[-1] if before else None,
                bool(before) and is_recent(before[-1].at, today, days),
                promised[-1] if promised else None,
                reach.get(table.unit_id, 0),
                mailed.get(table.unit_id, 0),
                words(table, dues.text(due_at[table.id], now=now)),
            )
        )
    return found


TABLES = Errand("tables", "重点活动安排表", candidates)


def counts(campaign: Campaign) -> dict[int, int]:
    """How often each table was chased for, by table id."""
    query = select(Chase.table_id, func.count().label("times")).join(AnnexTable, AnnexTable.id == Chase.table_id)
    found = db.session.execute(query.where(AnnexTable.campaign_id == campaign.id, _is_about("")).group_by(Chase.table_id))
    return {row.table_id: row.times for row in found}


def hold(tables: Collection[int]) -> None:
    """The tables under their locks, so that nobody submits or chases in between."""
    for table_id in sorted(tables):
        ops.hold(table_id)
    db.session.expire_all()


def group_of(table: AnnexTable, activities: int) -> str:
    """Why its unit may be chased; "" where there is nothing to chase."""
    if table.is_excused or not table.unit.is_active or table.status not in {"todo", "draft", "unit_review", "returned"}:
        return ""
    if table.status == "returned":
        return "returned"
    return "unsent" if activities or table.status == "unit_review" else "nothing"


def is_recent(last: datetime, today: date, days: WorkCalendar) -> bool:
    """Whether no whole working day has passed since the day of *last*; where the calendar has no data, any day counts."""
    day = clock.in_shanghai(last).date()
    try:
        return today < days.add_workdays(day, 1)
    except NoCalendar:
        return today <= day


# ---- inside ----------------------------------------------------------------------------------------------------


def _campaign(campaign_id: int, *, by: Person) -> Campaign:
    if not by.is_office:
        raise Forbidden("催报由市联席办的经办人和负责人办理。")
    return notices.get(campaign_id, by=by)


def _table(table_id: int, *, by: Person) -> AnnexTable:
    table = annexes.get_table(table_id, by=by)
    if not by.is_office:
        raise Forbidden("催报记录只供市联席办查看。")
    return table


def _is_about(prefix: str) -> ColumnElement[bool]:
    """Chases of this errand: its own kinds, and calls, which are about whatever is missing."""
    if prefix:
        return or_(Chase.kind.startswith(prefix, autoescape=True), Chase.kind == "call")
    return and_(*(~Chase.kind.startswith(other, autoescape=True) for other in _OTHER_PREFIXES))


def _to_the_group(campaign: Campaign, errand: Errand, found: Sequence[Candidate], *, office: str, phone: str) -> str:
    units = [one.table.unit.short for one in found]
    if errand.in_the_group is not None:
        return errand.in_the_group(units, office=office, phone=phone)
    said = dues.text(deadlines.due_of(campaign, "summary" if errand.prefix else "plan"))
    is_past = said.urgency == "late"
    nil = not errand.prefix
    return chase_words.to_the_group(
        units, what=errand.what, year=campaign.year, until=said.until, is_past=is_past, nil=nil, office=office, phone=phone
    )


def _note(text: str) -> str:
    return " ".join(text.split())[:LONGEST]


def _record(table: AnnexTable, kind: str, words: str, *, promised_on: date | None = None, by: Person) -> Chase:
    made = Chase(table_id=table.id, kind=kind, at=clock.now(), by_id=by.id or None, words=words, promised_on=promised_on)
    db.session.add(made)
    db.session.flush()
    return made
