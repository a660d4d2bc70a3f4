"""Changes of an open campaign: a supplementary notice read, confirmed point by point, and kept; and what the units are told of it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from ipweek import clock, wording
from ipweek.accounts import audit
from ipweek.accounts.schema import Person
from ipweek.errors import Conflict, Invalid, NotFound
from ipweek.extensions import db
from ipweek.files import child, gate
from ipweek.files.limits import Limits
from ipweek.notice import amending, deadlines, schema, service
from ipweek.notice.amending import Change, Standing, StandingDeadline
from ipweek.notice.deadlines import Due
from ipweek.notice.models import Amendment, AnnexSchema, Campaign, Deadline
from ipweek.transaction import transaction

CORRECTION = "更正"
"""The title of a change that came without a document."""

NEWS = 3
"""How many changes of a campaign a unit is told of above its tasks."""


@dataclass(frozen=True)
class Before:
    """What held before a change: compared with afterwards, it says what moved."""

    starts_on: date | None
    ends_on: date | None
    dues: Mapping[int, Due]
    forms: Mapping[int, schema.Annex]


@dataclass(frozen=True)
class Done:
    """What a change of an open campaign did, for those who look after the tables."""

    changes: Sequence[Change]
    week_moved: bool = False
    new_forms: Sequence[AnnexSchema] = field(default=())


# ---- a document comes in -------------------------------------------------------------------------------------


def read(data: bytes, name: str, year: int, *, limits: Limits | None = None) -> dict[str, Any]:
    """What a supplementary notice for the campaign of *year* says, as JSON, with its ``text``, ``headings`` and ``kind``.

    Invalid with one sentence where it can't be read. Parsing happens in the child process; call this outside of transaction().
    """
    kind = gate.inspect(data, name, accept=service.NOTICE_KINDS, limits=limits)
    return {**child.call("ipweek.notice.upload:read_supplement", data, name=name, year=year), "kind": kind}


def to_amend(campaign_id: int, *, by: Person) -> Campaign:
    """The open campaign that the office wants to amend; Conflict while it is a draft, or after it was closed."""
    campaign = service.to_manage(campaign_id, by=by)
    _check_open(campaign)
    return campaign


def _check_open(campaign: Campaign) -> None:
    if campaign.status == "draft":
        reason = "这次活动还没有开启，请直接在核对页修改，不需要补充通知。"
        raise Conflict(reason)
    if campaign.status != "open":
        reason = f"这次活动{service.STATUSES[campaign.status]}，不能再按补充通知变动；如需变动，请先重新开启。"
        raise Conflict(reason)


def draft(campaign: Campaign, facts: Mapping[str, Any], *, file_id: int | None = None, by: Person) -> Amendment:
    """Keep what was read; nothing of the campaign changes until the office has confirmed it."""
    with transaction():
        _check_open(campaign)
        made = Amendment(
            campaign_id=campaign.id,
            title=str(facts.get("title") or "补充通知")[:300],
            doc_number=str(facts.get("doc_number") or "")[:80],
            file_id=file_id,
            text=str(facts.get("text") or ""),
            facts={name: value for name, value in facts.items() if name != "text"},
            at=clock.now(),
            by_id=by.id or None,
        )
        db.session.add(made)
        db.session.flush()
        audit.write("amendment.read", by=by, object=f"campaign:{campaign.id}", detail=" ".join([made.title, made.doc_number]).strip())
    return made


def get(amendment_id: int, *, by: Person) -> Amendment:
    """The amendment: any for the office; a confirmed one for everybody who may see the campaign; otherwise NotFound."""
    found = db.session.get(Amendment, amendment_id, options=[joinedload(Amendment.campaign)])
    if found is None or not (by.is_office or found.changes):
        raise NotFound
    service.get(found.campaign_id, by=by)
    return found


def to_decide(amendment_id: int, *, by: Person) -> Amendment:
    """One that the office has still to decide on; for others it is not there."""
    if not by.is_office:
        raise NotFound
    return get(amendment_id, by=by)


@dataclass(frozen=True)
class Proposal:
    """What a supplementary notice would change now. ``seen`` is a digest of it: what is confirmed is what was looked at."""

    changes: Sequence[Change]
    doubts: Sequence[str]

    @property
    def seen(self) -> str:
        said = [[one.key, one.was, one.now] for one in self.changes]
        return hashlib.sha256(json.dumps(said).encode()).hexdigest()[:16]


def proposal(amendment: Amendment) -> Proposal:
    """What would change, computed against the campaign as it stands."""
    facts, campaign = amendment.facts, amendment.campaign
    return Proposal(amending.changes(_standing(campaign), facts, service.forms_of(facts)), _doubts(campaign, facts))


def _doubts(campaign: Campaign, facts: Mapping[str, Any]) -> list[str]:
    said = []
    if facts.get("doc_number") and facts["doc_number"] == campaign.doc_number:
        said.append("这份文件的发文字号与原通知相同，请确认没有选错文件。")
    elif not facts.get("supplements"):
        said.append("从标题看，这份文件不像补充通知，请确认没有选错文件。")
    first = facts.get("starts_on") or facts.get("ends_on")
    if first and date.fromisoformat(first).year != campaign.year:
        said.append(f"这份文件写的是{date.fromisoformat(first).year}年的时间，与{campaign.year}年的活动不符，请核对。")
    said.extend(
        f"“{found.get('phrase') or found.get('sentence') or '截止时间'}”没有读出日期，如有变动请在“更正内容”里修改。"
        for found in facts.get("deadlines") or []
        if not found.get("due_on") and not found.get("rule")
    )
    return said


def _standing(campaign: Campaign) -> Standing:
    dues = deadlines.by_id(campaign)
    standing = [StandingDeadline(one.id, one.kind, one.annex, one.rule, dues[one.id].on, one.due_time) for one in campaign.deadlines]
    words = {name: getattr(campaign, name) for name in amending.WORDS}
    return Standing(campaign.starts_on, campaign.ends_on, words, standing, _versions(campaign))


def _versions(campaign: Campaign) -> dict[int, list[schema.Annex]]:
    found: dict[int, list[schema.Annex]] = {}
    for stored in sorted(campaign.annexes, key=lambda one: (one.annex, one.version)):
        found.setdefault(stored.annex, []).append(schema.from_json(stored.form))
    return found


# ---- and is decided on ---------------------------------------------------------------------------------------


def apply(amendment: Amendment, keys: Collection[str], *, seen: str, by: Person) -> Done:
    """Make the changes with these *keys*, and keep them with the document. Inside transaction(): tables follow in ``annexes``."""
    campaign = amendment.campaign
    _check_open(campaign)
    _check_undecided(amendment)
    offered = proposal(amendment)
    if seen != offered.seen:
        reason = "读取之后，活动内容又有变动，没有采用。下面是按最新内容重新比对的结果，请核对后再确认。"
        raise Conflict(reason)
    chosen = [change for change in offered.changes if change.key in keys]
    if not chosen:
        reason = "请勾选要采用的变动；都不采用，请按“不采用这份文件”。"
        raise Invalid(reason)
    before = snapshot(campaign)
    for change in chosen:
        _make(campaign, change)
    if campaign.starts_on:
        campaign.year = campaign.starts_on.year
    service.check_complete(campaign)
    db.session.flush()
    return _keep(amendment, campaign, before, chosen, by=by)


def _make(campaign: Campaign, change: Change) -> None:
    for name, value in change.facts.items():
        setattr(campaign, name, value)
        if change.sentence:
            campaign.evidence = {**campaign.evidence, name: change.sentence}
    if change.deadline is not None:
        target = next((one for one in campaign.deadlines if one.id == change.deadline_id), None)
        if target is None:
            target = Deadline()
            campaign.deadlines.append(target)
        for name, value in change.deadline.items():
            setattr(target, name, value)
        target.note = ""
    if change.form is not None:
        service.add_version(campaign, change.form)


def snapshot(campaign: Campaign) -> Before:
    """What a change is compared with."""
    forms = {number: versions[-1] for number, versions in _versions(campaign).items()}
    return Before(campaign.starts_on, campaign.ends_on, deadlines.by_id(campaign), forms)


def _keep(amendment: Amendment, campaign: Campaign, before: Before, chosen: Sequence[Change], *, by: Person) -> Done:
    named = {change.deadline_id for change in chosen}
    after = snapshot(campaign)
    everything = [*chosen, *_followed(campaign, before, after, named)]
    amendment.changes = [change.as_json() for change in everything]
    amendment.applied_at = clock.now()
    amendment.applied_by_id = by.id or None
    said = "；".join(f"{one.name}：{one.was} → {one.now}" for one in everything)
    audit.write("amendment.apply", by=by, object=f"campaign:{campaign.id}", detail=f"{amendment.title} {amendment.doc_number} {said}")
    return _done(campaign, everything, before, after)


def _followed(campaign: Campaign, before: Before, after: Before, named: Collection[int | None]) -> list[Change]:
    """Deadlines that nobody named, and that moved with the week."""
    rules = {one.id: one.rule for one in campaign.deadlines}
    return [
        Change(
            f"follows:{number}",
            amending.deadline_name(due.kind, due.annex),
            _on(before.dues[number]),
            _on(due),
            note=f"按“{due.phrase or amending.deadline_words(rules[number], None, None)}”随宣传周推算。",
        )
        for number, due in after.dues.items()
        if number not in named and rules[number] and number in before.dues and before.dues[number].on != due.on
    ]


def _on(due: Due) -> str:
    return wording.until(due.on, due.time) if due.on else "暂不能推算"


def record(campaign: Campaign, before: Before, *, title: str = CORRECTION, by: Person) -> Done:
    """Keep what a correction of an open campaign changed of week, deadlines and headings, so that the units are told. Inside transaction().

    *title* says what else than a correction changed it. Nothing is kept where nothing of that kind changed.
    """
    db.session.flush()
    after = snapshot(campaign)
    changes = []
    if (before.starts_on, before.ends_on) != (after.starts_on, after.ends_on):
        was, now = (amending.week_words(one.starts_on, one.ends_on) for one in (before, after))
        changes.append(Change("week", "宣传周", was, now))
    for number in {**before.dues, **after.dues}:
        old, new = before.dues.get(number), after.dues.get(number)
        if (old and (old.on, old.time)) != (new and (new.on, new.time)):
            due = new or old
            name = amending.deadline_name(due.kind, due.annex) if due else ""
            changes.append(Change(f"deadline:{number}", name, _on(old) if old else "（没有）", _on(new) if new else "（取消）"))
    for number, form in after.forms.items():
        if number in before.forms and before.forms[number] != form:
            old_form = before.forms[number]
            note = amending.what_moves(old_form, form)
            changes.append(Change(f"annex:{number}", f"附件{number}表头", amending.headings(old_form), amending.headings(form), note=note))
    if not changes:
        return Done([])
    made = Amendment(campaign_id=campaign.id, title=title, at=clock.now(), by_id=by.id or None)
    made.changes = [change.as_json() for change in changes]
    made.applied_at, made.applied_by_id = made.at, made.by_id
    db.session.add(made)
    return _done(campaign, changes, before, after)


def _done(campaign: Campaign, changes: Sequence[Change], before: Before, after: Before) -> Done:
    newest = service.newest_forms(campaign)
    reworded = [newest[number] for number, form in after.forms.items() if form != before.forms.get(number)]
    return Done(changes, (before.starts_on, before.ends_on) != (after.starts_on, after.ends_on), reworded)


def discard(amendment: Amendment, *, by: Person) -> None:
    """Decide that nothing of it holds. It stays kept, for the office alone."""
    with transaction():
        _check_undecided(amendment)
        amendment.applied_at, amendment.applied_by_id = clock.now(), by.id or None
        audit.write("amendment.discard", by=by, object=f"campaign:{amendment.campaign_id}", detail=amendment.title)


def _check_undecided(amendment: Amendment) -> None:
    if amendment.changes:
        reason = "这份补充通知已经确认过；如有错误，请在“更正内容”里修改。"
        raise Conflict(reason)
    if amendment.applied_at:
        reason = "这份补充通知已决定不采用；如要采用，请重新导入。"
        raise Conflict(reason)


# ---- who is told ---------------------------------------------------------------------------------------------


def pending(campaign: Campaign) -> list[Amendment]:
    """What was read for the campaign and waits for a decision."""
    query = select(Amendment).where(Amendment.campaign_id == campaign.id, Amendment.applied_at.is_(None)).order_by(Amendment.id)
    return list(db.session.scalars(query))


def applied(campaigns: Iterable[Campaign]) -> list[Amendment]:
    """What changed of these campaigns since they were opened, newest first."""
    ids = [campaign.id for campaign in campaigns]
    query = select(Amendment).where(Amendment.campaign_id.in_(ids), Amendment.applied_at.is_not(None))
    decided = db.session.scalars(query.order_by(Amendment.applied_at.desc(), Amendment.id.desc())) if ids else ()
    return [one for one in decided if one.changes]


def news(campaigns: Iterable[Campaign]) -> list[Amendment]:
    """The latest changes of the open ones, for the people who fill tables."""
    return applied(campaign for campaign in campaigns if campaign.status == "open")[:NEWS]
