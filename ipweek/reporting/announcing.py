"""What the units are told when their campaign is opened, closed, opened again or withdrawn, and when its dates move.

Whoever works at the tables of the campaign gets one message for one change: the people of each unit that is asked, and of its
departments. None is written where nothing changed, and none to him who made the change.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from typing import Any

from sqlalchemy import or_, select

from ipweek import clock, wording
from ipweek.accounts.models import Unit, User
from ipweek.accounts.schema import Person
from ipweek.annexes import campaigns
from ipweek.annexes import due as dues
from ipweek.annexes import service as annexes
from ipweek.annexes.campaigns import Followed
from ipweek.annexes.models import AnnexTable
from ipweek.extensions import db
from ipweek.notice import amending, amendments, schema, workdays
from ipweek.notice import service as notices
from ipweek.notice.amendments import Before
from ipweek.notice.deadlines import Due
from ipweek.notice.models import Amendment, Campaign
from ipweek.notice.service import DeadlineWords
from ipweek.reporting import messages, terms
from ipweek.transaction import transaction

# ---- opened, closed, opened again, withdrawn ---------------------------------------------------------------------------


def close(campaign: Campaign, *, by: Person) -> int:
    """Close the campaign; how many people were told."""
    with transaction():
        _hold(campaign)
        notices.close(campaign, by=by)
        tables = _asked(campaign)
        owed = terms.owed(tables)
        messages.settle(_ids(tables), ("opened", "chase", "sum_chase"))

        def words(table: AnnexTable) -> tuple[str, str]:
            shut = f"{_name(campaign)}已关闭，附件{table.annex}不能再修改。"
            if table.id not in owed:
                return shut, shut
            late = f"{owed[table.id]}还没有报送，确需补报的，请在“我的任务”里申请。"
            return f"{_name(campaign)}已关闭，不能再填写和报送。{late}", shut

        return _tell(tables, words, kind="closed", by=by)


def open_campaign(campaign: Campaign, *, by: Person) -> int:
    """Open the campaign, or open it again; how many tables were handed out. The units are told either way."""
    with transaction():
        _hold(campaign)
        had = _asked(campaign) if campaign.status == "closed" else []
        made = campaigns.open_campaign(campaign, by=by)
        known = set(_ids(had))
        tell_handed_out(campaign, [table for table in _asked(campaign) if table.id not in known], by=by)
        due = dues.of_all(campaign, had)
        messages.settle(_ids(had), ("closed",))

        def words(table: AnnexTable) -> tuple[str, str]:
            again = f"{_name(campaign)}已重新开启"
            if table.status not in terms.NOT_SENT:
                return f"{again}。", f"{again}。"
            go_on = f"{again}，附件{table.annex}可以继续填写"
            return f"{go_on}、报送：{dues.text(due[table.id]).words}。", f"{go_on}。"

        _tell(had, words, kind="reopened", by=by)
        return made


def confirm(campaign: Campaign, facts: Mapping[str, Any], deadlines: list[DeadlineWords], forms: list[schema.Annex], *, by: Person) -> int:
    """Keep what the office entered and open the campaign, both or neither; how many tables were handed out."""
    with transaction():
        _hold(campaign)
        notices.correct(campaign, facts, deadlines, forms, by=by)
        return open_campaign(campaign, by=by)


def tell_handed_out(campaign: Campaign, tables: Sequence[AnnexTable], *, by: Person) -> int:
    """Tell the units of these *tables* that they have something to fill; how many people were told. Inside transaction()."""
    due = dues.of_all(campaign, tables)

    def words(table: AnnexTable) -> tuple[str, str]:
        task = f"{_name(campaign)}已开启，请填报附件{table.annex}"
        part = f"{_name(campaign)}已开启，请在{table.unit.short}的附件{table.annex}里填写本部门的活动，填完后由{table.unit.short}统一报送。"
        return f"{task}：{dues.text(due[table.id]).words}。", part

    return _tell(tables, words, kind="opened", by=by)


def withdraw_campaign(campaign: Campaign, *, by: Person) -> int:
    """Take back a mistaken campaign; how many people were told. Whatever its messages asked for is over."""
    with transaction():
        _hold(campaign)
        was_open = campaign.status == "open"
        campaigns.withdraw_campaign(campaign, by=by)
        tables = _asked(campaign) if was_open else []
        messages.settle(_ids(tables))

        def words(table: AnnexTable) -> tuple[str, str]:
            over = f"市联席办撤销了{_name(campaign)}，附件{table.annex}不用再填写。"
            return over, over

        return _tell(tables, words, kind="withdrawn", link="/tasks", by=by)


# ---- dates that move -------------------------------------------------------------------------------------------


def amend(amendment: Amendment, keys: Collection[str], *, seen: str, by: Person) -> Followed:
    """Make the confirmed changes of a supplementary notice, and tell the units."""
    with transaction(), _telling_what_moved(amendment.campaign, by=by) as beside:
        db.session.refresh(amendment)  # somebody may have decided on it while we waited for the campaign
        followed = campaigns.amend(amendment, keys, seen=seen, by=by)
        beside.extend(_beside_dates(followed))
        return followed


def correct(
    campaign: Campaign, facts: Mapping[str, Any], deadlines: list[DeadlineWords], forms: list[schema.Annex], *, by: Person
) -> Followed:
    """Keep what the office entered, and tell the units of an open campaign what moved with it."""
    with transaction(), _telling_what_moved(campaign, by=by) as beside:
        followed = campaigns.correct(campaign, facts, deadlines, forms, by=by)
        beside.extend(_beside_dates(followed))
        return followed


def keep_days(text: str, year: int, source: str, *, by: Person) -> int:
    """Put the days of a pasted 放假安排 in the day table, and tell the units whose deadlines follow; how many days they are."""
    with transaction(), _following_the_days(by=by):
        return workdays.keep(text, year, source, by=by)


def change_day(day: date, *, works: bool, source: str, by: Person) -> None:
    """Correct one day of the day table, and tell the units whose deadlines follow."""
    with transaction(), _following_the_days(by=by):
        workdays.change(day, works=works, source=source, by=by)


@contextmanager
def _following_the_days(*, by: Person) -> Iterator[None]:
    """Keep and tell what the day table, changed inside, moves of each open campaign."""
    running = db.session.scalars(select(Campaign).where(Campaign.status == "open").order_by(Campaign.id).with_for_update()).all()
    before = {campaign: amendments.snapshot(campaign) for campaign in running}
    yield
    for campaign, was in before.items():
        amendments.record(campaign, was, title="放假安排更新", by=by)
        _tell_moved(campaign, was, [], by=by)


@contextmanager
def _telling_what_moved(campaign: Campaign, *, by: Person) -> Iterator[list[str]]:
    """Tell what is changed inside of an open campaign; into the list go the names of things beside its dates."""
    _hold(campaign)
    before = amendments.snapshot(campaign) if campaign.status == "open" else None
    others: list[str] = []
    yield others
    if before is not None:
        _tell_moved(campaign, before, others, by=by)


def _beside_dates(followed: Followed) -> list[str]:
    return [one.name for one in followed.done.changes if one.key.startswith("annex:") or one.name in amending.WORDS.values()]


def _tell_moved(campaign: Campaign, before: Before, others: Sequence[str], *, by: Person) -> int:
    """Tell each unit which of the dates that hold for it moved, from what to what; and its own day where that stays."""
    db.session.flush()
    after = amendments.snapshot(campaign)
    week = _week_moved(before, after)
    moved = _deadlines_moved(before, after)
    tables = _asked(campaign)
    own = dues.of_all(campaign, tables)

    def words(table: AnnexTable) -> tuple[str, str]:
        those = [(due, said) for due, said in moved if due.annex in {None, table.annex}]
        said = [*week, *(said for _, said in those)]
        if others:
            said.append(f"{'、'.join(others)}{'也' if said else ''}有变动")
        if not said:
            return "", ""
        news = f"{_name(campaign)}的安排有变动：{'；'.join(said)}。"
        is_open = table.status in terms.NOT_SENT and any(due.kind == "plan" for due, _ in those)
        return news + (_own_day(table, own[table.id]) if is_open else ""), news

    return _tell(tables, words, kind="moved", link=f"/campaigns/{campaign.id}", by=by)


def _own_day(table: AnnexTable, due: Due | None) -> str:
    """That the unit's own day stays, where it has one after a return or an extension."""
    if due is None or due.on is None or not (due.extended or table.return_due_at):
        return ""
    return f"本单位另有期限，仍为{_until(due)}。"


def _week_moved(before: Before, after: Before) -> list[str]:
    was, now = ((one.starts_on, one.ends_on) for one in (before, after))
    if was == now:
        return []
    year = _with_year(*was, *now)
    return [f"宣传周由{_span(*was, year=year)}改为{_span(*now, year=year)}"]


def _span(first: date | None, last: date | None, *, year: bool) -> str:
    """``4月20日（周六）至4月26日（周五）``."""
    return f"{wording.day(first, year=year)}至{wording.day(last, year=year)}" if first and last else "（没有）"


def _with_year(*days: date | None) -> bool:
    """Whether all of these are said with their year, since one of them lies in another than this."""
    return any(day is not None and day.year != clock.today().year for day in days)


def _deadlines_moved(before: Before, after: Before) -> list[tuple[Due, str]]:
    """Each deadline that moved, came or went, with what is said of it."""
    both = [(before.dues.get(number), after.dues.get(number)) for number in {**before.dues, **after.dues}]
    return [(due, said) for was, now in both if (due := now or was) and (said := _moved(was, now))]


def _moved(was: Due | None, now: Due | None) -> str:
    """What became of a deadline, in words; "" where nothing did."""
    if was is None or now is None:
        due = now or was
        if due is None or due.on is None:
            return ""
        name = amending.deadline_name(due.kind, due.annex)
        return f"新增{name}：{wording.until(due.on, due.time)}" if now else f"取消{name}（原为{wording.until(due.on, due.time)}）"
    if (was.on, was.time) == (now.on, now.time):
        return ""
    name, year = amending.deadline_name(now.kind, now.annex), _with_year(was.on, now.on)
    if now.on is None:
        return f"{name}（原为{_until(was, year=year)}）暂不能推算"
    return f"{name}由{_until(was, year=year)}改为{_until(now, year=year)}" if was.on else f"{name}定为{_until(now, year=year)}"


def _until(due: Due, *, year: bool | None = None) -> str:
    return wording.until(due.on, due.time, year=year) if due.on else ""


# ---- whom it concerns ------------------------------------------------------------------------------------------


def _name(campaign: Campaign) -> str:
    return f"{campaign.year}年知识产权宣传周活动"


def _hold(campaign: Campaign) -> None:
    """The campaign under its lock, as it stands now: of two who press at one moment the second sees what the first did."""
    db.session.refresh(campaign, with_for_update=True)


def _ids(tables: Sequence[AnnexTable]) -> list[int]:
    return [table.id for table in tables]


def _asked(campaign: Campaign) -> list[AnnexTable]:
    """The tables whose units have to report in the campaign."""
    return [table for table in annexes.tables_of(campaign) if annexes.is_asked(table)]


def _tell(tables: Sequence[AnnexTable], words: Callable[[AnnexTable], tuple[str, str]], *, kind: str, link: str = "", by: Person) -> int:
    """Tell the people of each table's unit the first of its *words*, and those of its departments the second; how many they were."""
    people = _people({table.unit_id for table in tables}, but=by)
    told = 0
    for table in tables:
        for found, said in zip(people.get(table.unit_id, ()), words(table), strict=False):
            if said:
                told += messages.tell(found, said, kind=kind, link=link or f"/tables/{table.id}", table_id=table.id)
    return told


def _people(units: Collection[int], *, but: Person) -> dict[int, tuple[list[int], list[int]]]:
    """Who works at the tables of *units*: by unit its own people, and those of its departments."""
    query = select(User.id, User.roles, Unit.id, Unit.parent_id).join(Unit, Unit.id == User.unit_id)
    query = query.where(User.is_active, User.id != but.id, Unit.is_active, or_(Unit.id.in_(units), Unit.parent_id.in_(units)))
    found: dict[int, tuple[list[int], list[int]]] = {unit_id: ([], []) for unit_id in units}
    for user_id, roles, unit_id, parent_id in db.session.execute(query):
        if {"filler", "approver"} & set(roles):
            own, parts = found[unit_id if unit_id in found else parent_id]  # type: ignore[index]  # one of both is asked for
            (own if unit_id in found else parts).append(user_id)
    return found
