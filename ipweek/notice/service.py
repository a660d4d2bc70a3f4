"""Campaigns: drafted from a notice, corrected by the office, opened, closed, withdrawn."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import selectinload

from ipweek import clock
from ipweek.accounts import audit
from ipweek.accounts.schema import Person
from ipweek.errors import Conflict, Forbidden, Invalid, NotFound
from ipweek.extensions import db
from ipweek.files import child, gate
from ipweek.files.limits import Limits
from ipweek.notice import schema
from ipweek.notice.models import AnnexSchema, Campaign, Deadline
from ipweek.transaction import transaction

STATUSES = {"draft": "待开启", "open": "进行中", "closed": "已关闭", "withdrawn": "已撤销"}
NOTICE_KINDS = frozenset({"docx", "pdf", "txt", "html", "md"})

FACTS: dict[str, str] = {
    "title": "通知标题",
    "doc_number": "发文字号",
    "issuer": "发文单位",
    "issue_date": "发文日期",
    "starts_on": "宣传周开始",
    "ends_on": "宣传周结束",
    "theme": "活动主题",
    "contacts": "联系人",
    "phones": "联系电话",
    "fax": "传真",
    "email": "电子邮箱",
}
"""The facts of a notice beside its deadlines and annexes, with their names on the page."""
TELLING = ("title", "doc_number", "starts_on", "ends_on", "deadlines", "annexes", "theme")
"""Facts of which a notice has one at least. A text without them is another text: names and dates stand in any."""


@dataclass(frozen=True)
class DeadlineWords:
    """A deadline as it was read or entered: either a date or a rule stands."""

    kind: str
    phrase: str = ""
    annex: int | None = None
    rule: str = ""
    due_on: date | None = None
    due_time: time | None = None
    note: str = ""


def read(data: bytes, name: str, *, limits: Limits | None = None) -> dict[str, Any]:
    """The facts of a notice file as JSON, with its ``text`` and ``kind``; Invalid with one sentence where it can't be read or is no notice.

    Parsing happens in the child process, behind the gate; call this outside of transaction().
    """
    kind = gate.inspect(data, name, accept=NOTICE_KINDS, limits=limits)
    facts = {**child.call("ipweek.notice.upload:read", data, name=name), "kind": kind}
    check_telling(facts)  # before anybody keeps the file
    return facts


def draft(facts: Mapping[str, Any], *, file_id: int | None = None, by: Person) -> Campaign:
    """Make a draft campaign from what a reader found (the JSON of ``ipweek read notice``, plus ``text``)."""
    _office(by)
    days = {name: _date(facts.get(name)) for name in ("issue_date", "starts_on", "ends_on")}
    first = days["starts_on"] or days["issue_date"] or clock.today()
    campaign = Campaign(
        year=first.year,
        **days,
        **{name: str(facts.get(name) or "") for name in ("title", "doc_number", "issuer", "theme", "fax", "email")},
        contacts=list(facts.get("contacts") or []),
        phones=list(facts.get("phones") or []),
        evidence={name: sentence for name, sentence in (facts.get("evidence") or {}).items() if isinstance(sentence, str)},
        notes={name: note for name, note in (facts.get("notes") or {}).items() if isinstance(note, str)},
        text=str(facts.get("text") or ""),
        file_id=file_id,
        created_at=clock.now(),
        created_by_id=by.id or None,
    )
    campaign.deadlines = [
        _deadline(
            DeadlineWords(
                kind=found["kind"],
                phrase=found.get("phrase") or "",
                annex=found.get("annex"),
                rule=found.get("rule") or "",
                due_on=_date(found.get("due_on")),
                due_time=time.fromisoformat(found["due_time"]) if found.get("due_time") else None,
                note=found.get("note") or "",
            )
        )
        for found in facts.get("deadlines") or []
    ]
    campaign.annexes = [_annex(form) for form in forms_of(facts)]
    with transaction():
        db.session.add(campaign)
        db.session.flush()
        audit.write("campaign.draft", by=by, object=f"campaign:{campaign.id}", detail=campaign.title)
    return campaign


def check_telling(facts: Mapping[str, Any]) -> None:
    """Invalid unless the reader found something that makes a notice."""
    if not any(facts.get(name) for name in TELLING):
        reason = "没有从这份文件读到通知的内容，请确认上传的是宣传周通知，或把通知全文粘贴到文本框里。"
        raise Invalid(reason)


def forms_of(facts: Mapping[str, Any]) -> list[schema.Annex]:
    """The annex forms among a reader's facts."""
    forms = []
    for found in facts.get("annexes") or []:
        suffixes = found.get("header_suffixes") or {}
        fields = [(label, suffixes.get(label, "")) for label in found["header_fields"]]
        forms.append(schema.annex(found["number"], found["title"] or f"附件{found['number']}", found["columns"], fields))
    return [form for form in forms if form.columns]


def _date(value: Any) -> date | None:
    return date.fromisoformat(value) if value else None


def _deadline(words: DeadlineWords) -> Deadline:
    return Deadline(
        kind=words.kind,
        annex=words.annex,
        phrase=words.phrase[:300],
        rule=words.rule,
        due_on=words.due_on,
        due_time=words.due_time,
        note=words.note[:300],
    )


def _annex(form: schema.Annex) -> AnnexSchema:
    return AnnexSchema(annex=form.number, version=1, title=form.title, form=schema.as_json(form))


def get(campaign_id: int, *, by: Person) -> Campaign:
    """The campaign: any for the office, an opened one for everybody else; otherwise NotFound."""
    campaign = db.session.get(Campaign, campaign_id, options=[selectinload(Campaign.deadlines), selectinload(Campaign.annexes)])
    if campaign is None or not (by.is_office or campaign.status in {"open", "closed"}):
        raise NotFound
    return campaign


def to_manage(campaign_id: int, *, by: Person) -> Campaign:
    """The campaign for a change by the office; for others it is not there."""
    if not by.is_office:
        raise NotFound
    return get(campaign_id, by=by)


def every(*, by: Person) -> list[Campaign]:
    """All campaigns for the office, newest first."""
    _office(by)
    return list(db.session.scalars(select(Campaign).order_by(Campaign.year.desc(), Campaign.id.desc())))


def of_year(year: int) -> Select[Campaign]:
    """What finds a campaign of *year* that was not withdrawn, the newest first."""
    return select(Campaign).where(Campaign.year == year, Campaign.status != "withdrawn").order_by(Campaign.id.desc()).limit(1)


def newest_forms(campaign: Campaign) -> dict[int, AnnexSchema]:
    """The version of each annex's form that holds now, by annex."""
    return {stored.annex: stored for stored in sorted(campaign.annexes, key=lambda one: (one.annex, one.version))}


def current(year: int | None = None) -> Campaign | None:
    """The newest open campaign, else the newest closed one; of *year* if given."""
    query = select(Campaign).where(Campaign.status.in_(("open", "closed")))
    if year is not None:
        query = query.where(Campaign.year == year)
    newest = query.order_by((Campaign.status == "open").desc(), Campaign.year.desc(), Campaign.id.desc())
    return db.session.scalars(newest.options(selectinload(Campaign.deadlines), selectinload(Campaign.annexes)).limit(1)).first()


def correct(campaign: Campaign, facts: Mapping[str, Any], deadlines: list[DeadlineWords], forms: list[schema.Annex], *, by: Person) -> None:
    """Put what the office entered in the place of what was read, until the campaign is closed.

    Of an open campaign an annex whose words changed gets a new version: ``annexes.campaigns.correct`` takes the tables along.
    """
    _office(by)
    with transaction():
        if campaign.status not in {"draft", "open"}:
            reason = f"这次活动{STATUSES[campaign.status]}，不能再修改。"
            raise Conflict(reason)
        was = {name: getattr(campaign, name) for name in FACTS}
        for name in FACTS:
            setattr(campaign, name, facts[name])
        if campaign.starts_on:
            campaign.year = campaign.starts_on.year
        _keep_deadlines(campaign, deadlines)
        if campaign.status == "draft":
            campaign.annexes = _corrected(campaign, forms)
        else:
            _add_versions(campaign, forms)
        changed = [FACTS[name] for name in FACTS if was[name] != facts[name]]
        audit.write("campaign.correct", by=by, object=f"campaign:{campaign.id}", detail="、".join(changed))
        if campaign.status == "open":
            check_complete(campaign)


def _keep_deadlines(campaign: Campaign, entered: list[DeadlineWords]) -> None:
    """The n-th deadline stays the n-th, so that extensions keep hold of theirs."""
    old = list(campaign.deadlines)
    for n, words in enumerate(entered):
        if n < len(old):
            for name in ("kind", "annex", "phrase", "rule", "due_on", "due_time", "note"):
                setattr(old[n], name, getattr(words, name))
        else:
            campaign.deadlines.append(_deadline(words))
    for gone in old[len(entered) :]:
        campaign.deadlines.remove(gone)


def _corrected(campaign: Campaign, forms: list[schema.Annex]) -> list[AnnexSchema]:
    """Of a draft: the same rows with new forms, keys kept where a label only changed its words."""
    old = {stored.annex: stored for stored in campaign.annexes}
    kept = []
    for form in forms:
        stored = old.get(form.number)
        if stored is None:
            kept.append(_annex(form))
            continue
        merged = schema.relabelled(schema.from_json(stored.form), form)
        stored.title, stored.form = merged.title, schema.as_json(merged)
        kept.append(stored)
    return kept


def _add_versions(campaign: Campaign, forms: list[schema.Annex]) -> None:
    """Of an open campaign: a new version of each annex whose printed words changed. A form left empty changes nothing."""
    for form in forms:
        versions = [schema.from_json(one.form) for one in campaign.annexes if one.annex == form.number]
        if not versions or not schema.same_words(versions[-1], form):
            add_version(campaign, schema.succeeding(versions, form) if versions else form)


def add_version(campaign: Campaign, form: schema.Annex) -> AnnexSchema:
    """The newest version of an annex's form from now on. Inside transaction(); the tables are taken along by ``annexes``."""
    newest = newest_forms(campaign).get(form.number)
    made = _annex(form)
    made.version = newest.version + 1 if newest else 1
    campaign.annexes.append(made)
    return made


def check_complete(campaign: Campaign) -> None:
    """Invalid, naming what is missing, unless the campaign can be opened."""
    if not campaign.starts_on or not campaign.ends_on:
        reason = "请先填写宣传周的开始和结束日期，再开启活动。"
        raise Invalid(reason, fields={"starts_on": "请填写宣传周的起止日期"})
    if campaign.ends_on < campaign.starts_on:
        reason = "宣传周的结束日期早于开始日期，请核对后再开启活动。"
        raise Invalid(reason, fields={"ends_on": "结束日期早于开始日期"})
    if not any(deadline.kind == "plan" and (deadline.due_on or deadline.rule) for deadline in campaign.deadlines):
        reason = "请先填写重点活动安排表的报送截止日期，再开启活动。"
        raise Invalid(reason, fields={"deadlines": "请填写报送截止日期"})
    if not campaign.annexes:
        reason = "请先填写至少一个附件的表头，再开启活动。"
        raise Invalid(reason, fields={"annexes": "请填写附件表头"})


def mark_open(campaign: Campaign, *, by: Person) -> None:
    """Open a draft, or a closed campaign again. Inside transaction(); the tables are handed out by ``annexes``."""
    _office(by)
    if campaign.status not in {"draft", "closed"}:
        reason = f"这次活动{STATUSES[campaign.status]}，不需要再开启。"
        raise Conflict(reason)
    check_complete(campaign)
    other = select(Campaign.title).where(Campaign.year == campaign.year, Campaign.status == "open", Campaign.id != campaign.id)
    if db.session.scalar(other) is not None:
        reason = f"{campaign.year}年已有一次进行中的活动，请先关闭或撤销它。"
        raise Conflict(reason)
    reopened = campaign.status == "closed"
    campaign.status = "open"
    campaign.opened_at = campaign.opened_at or clock.now()
    audit.write("campaign.reopen" if reopened else "campaign.open", by=by, object=f"campaign:{campaign.id}", detail=campaign.title)


def close(campaign: Campaign, *, by: Person) -> None:
    """Close an open campaign: nobody changes or sends anything until it is opened again."""
    _office(by)
    with transaction():
        if campaign.status != "open":
            reason = f"这次活动{STATUSES[campaign.status]}，不能关闭。"
            raise Conflict(reason)
        campaign.status = "closed"
        audit.write("campaign.close", by=by, object=f"campaign:{campaign.id}", detail=campaign.title)


def mark_withdrawn(campaign: Campaign, *, by: Person) -> None:
    """Take back a mistaken campaign. Inside transaction(); ``annexes`` has made sure that nothing was sent yet."""
    _office(by)
    if campaign.status not in {"draft", "open"}:
        reason = f"这次活动{STATUSES[campaign.status]}，不能撤销。"
        raise Conflict(reason)
    campaign.status = "withdrawn"
    audit.write("campaign.withdraw", by=by, object=f"campaign:{campaign.id}", detail=campaign.title)


def _office(by: Person) -> None:
    if not by.is_office:
        raise Forbidden
