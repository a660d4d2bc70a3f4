"""Public editions: drafted by one person of the office, read and confirmed by a second one, taken back where need be.

A draft is frozen as it will be published: what the second person reads is what counts. Contacts never get into it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select

from ipweek import clock
from ipweek.accounts import audit, names
from ipweek.accounts.schema import Person
from ipweek.annexes.models import AnnexTable
from ipweek.errors import Conflict, Forbidden, Invalid, NotFound
from ipweek.extensions import db
from ipweek.notice import schema
from ipweek.notice.models import Campaign
from ipweek.reporting.models import Snapshot
from ipweek.transaction import transaction
from ipweek.workbooks import service
from ipweek.workbooks.models import PublicEdition
from ipweek.workbooks.public import edition as editions
from ipweek.workbooks.public import masking
from ipweek.workbooks.public.edition import Edition
from ipweek.workbooks.service import Workbook

STATES = {"draft": "待核对", "published": "已发布", "withdrawn": "已撤下", "replaced": "未发布，已另起草"}
UNPUBLISHED, WITHDRAWN = "未发布", "已撤下"
LONGEST_REASON = 200


@dataclass(frozen=True)
class Masked:
    """One line of the report: where something was masked, what kind it was, and how the place reads now."""

    unit: str
    annex: int
    event_name: str
    column: str
    kinds: str
    now: str


def draft(campaign: Campaign, *, by: Person, keep: Collection[str] = ()) -> PublicEdition:
    """Freeze what may be published of the tables that merge now, to be confirmed; it takes the place of an open draft.

    The words of *keep* were taken for names and are none. Conflict where nothing is approved yet.
    """
    workbook = service.gather(campaign, by=by)
    if not workbook.activities:
        raise Conflict("还没有审核通过的活动，不能起草公开版。审核通过后再起草。")
    content, report = _content(workbook, frozenset(keep))
    number_of, year = campaign.id, campaign.year
    with transaction():
        for old in _open_drafts(number_of):
            old.status = "replaced"
        number = (db.session.scalar(select(func.max(PublicEdition.number)).where(PublicEdition.campaign_id == number_of)) or 0) + 1
        made = PublicEdition(campaign_id=number_of, number=number, at=clock.now(), by_id=by.id or None, status="draft")
        made.snapshots, made.content, made.report = list(workbook.snapshots), content, report
        db.session.add(made)
        db.session.flush()
        at_the_server = f"（由{by.name}起草）" if by.id and by.username.startswith("cli:") else ""
        detail = f"{year}年公开版第 {number} 稿{at_the_server}，{workbook.activities} 项活动，遮盖 {len(report)} 处"
        audit.write("public.draft", by=by, object=f"public:{made.id}", detail=detail)
    return made


def every(campaign: Campaign, *, by: Person) -> list[PublicEdition]:
    """All editions of the campaign, newest first; the office's alone."""
    _office(by)
    return list(
        db.session.scalars(select(PublicEdition).where(PublicEdition.campaign_id == campaign.id).order_by(PublicEdition.number.desc()))
    )


def get(campaign: Campaign, number: int, *, by: Person) -> PublicEdition:
    """The edition of that number, or NotFound."""
    _office(by)
    found = db.session.scalar(select(PublicEdition).where(PublicEdition.campaign_id == campaign.id, PublicEdition.number == number))
    if found is None:
        raise NotFound(f"没有公开版第 {number} 稿，请从列表重新选择。")
    return found


def may_confirm(found: PublicEdition, *, by: Person) -> bool:
    """Whether he is a second person: of the office, and not the one who drafted it."""
    return by.is_office and found.status == "draft" and bool(by.id) and by.id != found.by_id


def stale(found: PublicEdition) -> list[str]:
    """The units whose tables are no longer as this edition has them: returned, taken back or sent again since."""
    used = db.session.execute(
        select(Snapshot.id, Snapshot.table_id, AnnexTable.status)
        .join(AnnexTable, AnnexTable.id == Snapshot.table_id)
        .where(Snapshot.id.in_(found.snapshots))
    ).all()
    newest = select(func.max(Snapshot.id)).where(Snapshot.table_id.in_([row.table_id for row in used])).group_by(Snapshot.table_id)
    current = set(db.session.scalars(newest))
    gone = {row.table_id for row in used if row.status not in service.MERGED or row.id not in current}
    tables = db.session.scalars(select(AnnexTable).where(AnnexTable.id.in_(gone)).order_by(AnnexTable.annex, AnnexTable.id))
    return [table.unit.short for table in tables]


def confirm(campaign: Campaign, number: int, *, by: Person) -> PublicEdition:
    """Publish it: only by a second person, and only while the tables in it are still approved as they stand there."""
    with transaction():
        found = _locked(campaign, number, by=by)
        if found.status != "draft":
            raise Conflict(f"公开版第 {number} 稿{STATES[found.status]}，不能再确认。")
        if by.id and by.id == found.by_id:
            raise Forbidden("公开版要由起草人以外的另一位同事核对确认，请联系办公室的同事。")
        if not by.id:
            raise Forbidden("公开版要由办公室的同事登录系统后核对确认。")
        if units := stale(found):
            raise Conflict(f"起草以后，{'、'.join(units[:5])}{'等' if len(units) > 5 else ''}的表有变动，这一稿不能发布。请重新起草。")
        for other in db.session.scalars(
            select(PublicEdition).where(PublicEdition.campaign_id == campaign.id, PublicEdition.status == "published")
        ):
            other.status, other.withdrawn_at, other.withdrawn_why = "withdrawn", clock.now(), f"由第 {number} 稿代替"
        found.status, found.confirmed_by_id, found.confirmed_at = "published", by.id, clock.now()
        audit.write("public.confirm", by=by, object=f"public:{found.id}", detail=f"{campaign.year}年公开版第 {number} 稿")
        return found


def withdraw(campaign: Campaign, number: int, why: str, *, by: Person) -> PublicEdition:
    """Take a published edition back, or drop a draft, with a reason."""
    why = names.clean(why)
    if not why or len(why) > LONGEST_REASON:
        reason = f"请写明撤下的理由，不超过 {LONGEST_REASON} 字。"
        raise Invalid(reason, fields={"why": reason})
    with transaction():
        found = _locked(campaign, number, by=by)
        if found.status not in {"draft", "published"}:
            raise Conflict(f"公开版第 {number} 稿{STATES[found.status]}，不需要再撤下。")
        found.status, found.withdrawn_at, found.withdrawn_why, found.withdrawn_by_id = "withdrawn", clock.now(), why, by.id or None
        audit.write("public.withdraw", by=by, object=f"public:{found.id}", detail=f"{campaign.year}年公开版第 {number} 稿：{why}")
        return found


def download(campaign: Campaign, number: int, kind: str, *, by: Person) -> tuple[str, bytes]:
    """One file of the edition and its name; what is not published is marked on every page of it and in its name."""
    if kind not in editions.KINDS:
        raise NotFound
    found = get(campaign, number, by=by)
    made = frozen(campaign, found)
    what, ending = editions.KINDS[kind]
    name = f"{campaign.year}年上海知识产权宣传周{what}_第{number}稿{f'（{made.mark}）' if made.mark else ''}.{ending}"
    data = editions.make(made, kind)
    with transaction():
        audit.write("public.download", by=by, object=f"public:{found.id}", detail=name)
    return name, data


def merge(campaign: Campaign, kind: str, *, by: Person) -> tuple[PublicEdition, bytes]:
    """For the command line: the published edition while it holds what merges now, else the open draft or a new one."""
    workbook = service.gather(campaign, by=by)
    now = list(workbook.snapshots)
    found = next((one for one in every(campaign, by=by) if one.status in {"published", "draft"} and list(one.snapshots) == now), None)
    if found is None:
        found = draft(campaign, by=by)
    return found, download(campaign, found.number, kind, by=by)[1]


def frozen(campaign: Campaign, found: PublicEdition) -> Edition:
    """The edition for its files and its page."""
    week = (campaign.starts_on, campaign.ends_on) if campaign.starts_on and campaign.ends_on else None
    mark = {"published": "", "withdrawn": WITHDRAWN}.get(found.status, UNPUBLISHED)
    return Edition(found.id, campaign.year, found.content, week, found.at, mark)


def masked(found: PublicEdition) -> list[Masked]:
    """The report: every place where something was masked."""
    return [
        Masked(
            line["unit"],
            line["annex"],
            line["event_name"],
            line["column"],
            "、".join(masking.KINDS[kind] for kind in line["kinds"]),
            line["now"],
        )
        for line in found.report
    ]


def words(found: PublicEdition) -> list[str]:
    """The words that were taken for names of contacts, for somebody to say that one is none."""
    return sorted({word for line in found.report for word in line["words"]})


# ---- inside --------------------------------------------------------------------------------------------------


def _office(by: Person) -> None:
    if not by.is_office:
        raise Forbidden("只有市联席办的经办人和负责人可以查看公开版。")


def _open_drafts(campaign_id: int) -> Sequence[PublicEdition]:
    query = select(PublicEdition).where(PublicEdition.campaign_id == campaign_id, PublicEdition.status == "draft")
    return db.session.scalars(query.with_for_update(of=PublicEdition)).all()


def _locked(campaign: Campaign, number: int, *, by: Person) -> PublicEdition:
    _office(by)
    query = select(PublicEdition).where(PublicEdition.campaign_id == campaign.id, PublicEdition.number == number)
    found = db.session.scalars(query.with_for_update(of=PublicEdition).execution_options(populate_existing=True)).first()
    if found is None:
        raise NotFound(f"没有公开版第 {number} 稿，请从列表重新选择。")
    return found


def _content(workbook: Workbook, keep: frozenset[str]) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """What may be published, and the report of what was masked."""
    forms = {sheet.form.number: sheet.form for sheet in workbook.sheets}
    days = {entry.id: (entry.starts_on, entry.ends_on) for entry in service.entries_of(workbook)}
    annexes: dict[int, dict[str, Any]] = {
        number: {"form": schema.as_json(masking.public_form(form)), "units": []} for number, form in forms.items()
    }
    report: list[dict[str, Any]] = []
    filled = [content for content in workbook.contents.values() if content["rows"] and not content["nil_return"]]
    known = [_known(forms[content["annex"]], content) for content in filled]
    numbers = frozenset[str]().union(*(one.numbers for one in known))  # a number is its owner's in everybody's table
    for content, own in zip(filled, known, strict=True):
        form = forms[content["annex"]]
        unit = _Unit(form, content, masking.Known(own.names, numbers), keep)
        rows = [{"id": row["id"], "values": unit.row(row["values"]), **_days(days.get(row["id"]))} for row in content["rows"]]
        header = [(label, unit.text(value, "", label)) for label, value in unit.header()]
        annexes[form.number]["units"].append(
            {"slug": content["unit"]["slug"], "short": content["unit"]["short"], "header": header, "rows": rows}
        )
        report += unit.report
    return {"annexes": [annexes[number] for number in sorted(annexes)], "keep": sorted(keep)}, report


def _days(found: tuple[Any, Any] | None) -> dict[str, str | None]:
    starts_on, ends_on = found or (None, None)
    return {"starts_on": starts_on.isoformat() if starts_on else None, "ends_on": ends_on.isoformat() if ends_on else None}


def _known(form: schema.Annex, content: Mapping[str, Any]) -> masking.Known:
    return masking.known_of(form, [row["values"] for row in content["rows"]], content["header"])


class _Unit:
    """Masks one unit's table and notes what was masked."""

    def __init__(self, form: schema.Annex, content: Mapping[str, Any], known: masking.Known, keep: frozenset[str]) -> None:
        self.public = masking.public_form(form)
        self.content = content
        self.keep = keep
        self.known = known
        self.report: list[dict[str, Any]] = []

    def header(self) -> Sequence[tuple[str, str]]:
        return service.header_words(self.public, self.content["header"], self.content["unit"]["name"])

    def row(self, values: Mapping[str, str]) -> dict[str, str]:
        name = masking.mask(values.get("event_name", ""), self.known, keep=self.keep)[0]
        return {column.key: self.text(text, name, column.label) for column in self.public.columns if (text := values.get(column.key, ""))}

    def text(self, text: str, event_name: str, label: str) -> str:
        now, found = masking.mask(text, self.known, keep=self.keep)
        if found:
            self.report.append(
                {
                    "unit": self.content["unit"]["short"],
                    "annex": self.content["annex"],
                    "event_name": event_name,
                    "column": label,
                    "kinds": sorted({one.kind for one in found}),
                    "words": sorted({one.word for one in found if one.word}),
                    "now": now,
                }
            )
        return now
