"""A campaign that starts from an earlier one, before this year's notice is there: its forms, its people, its dates a year on.

Units and their people need no taking over: they outlive a campaign.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from ipweek import clock
from ipweek.accounts import audit
from ipweek.accounts.schema import Person
from ipweek.errors import Conflict
from ipweek.extensions import db
from ipweek.notice import schema, service
from ipweek.notice.models import AnnexSchema, Campaign, Deadline
from ipweek.transaction import transaction

CARRIED = ("issuer", "contacts", "phones", "fax", "email")
"""Facts that stay as they are."""


def begin(old: Campaign, *, by: Person) -> Campaign:
    """A draft for the year after *old*, every taken-over fact marked as such; Conflict where that year has a campaign already."""
    service.every(by=by)  # the office's alone
    year = old.year + 1
    with transaction():
        taken = db.session.scalar(service.of_year(year))
        if taken is not None:
            raise Conflict(f"{year}年已经有一次活动（{service.STATUSES[taken.status]}），不用再建。")
        if old.status == "withdrawn":
            raise Conflict("已撤销的活动不能沿用，请选择另一年的活动。")
        note = f"沿用{old.year}年，请按{year}年的通知核对。"
        made = Campaign(
            year=year,
            title=_renamed(old.title, old.year),
            starts_on=_a_year_on(old.starts_on),
            ends_on=_a_year_on(old.ends_on),
            **{name: getattr(old, name) for name in CARRIED},
            evidence={name: note for name in ("title", "starts_on", "ends_on", *CARRIED) if getattr(old, name)},
            created_at=clock.now(),
            created_by_id=by.id or None,
        )
        made.deadlines = [_deadline(one, note) for one in old.deadlines]
        made.annexes = [_annex(one, old.year) for one in service.newest_forms(old).values()]
        db.session.add(made)
        db.session.flush()
        audit.write("campaign.draft", by=by, object=f"campaign:{made.id}", detail=f"{made.title}（{note}）")
    return made


def _deadline(old: Deadline, note: str) -> Deadline:
    """A rule stands; a date is a year on."""
    made = Deadline(kind=old.kind, annex=old.annex, rule=old.rule, due_time=old.due_time, note=note)
    made.phrase = old.phrase if old.rule else ""
    made.due_on = None if old.rule else _a_year_on(old.due_on)
    return made


def _annex(old: AnnexSchema, year: int) -> AnnexSchema:
    form: dict[str, Any] = {**old.form, "title": _renamed(old.title, year)}
    return AnnexSchema(annex=old.annex, version=1, title=form["title"], form=schema.as_json(schema.from_json(form)))


def _renamed(title: str, year: int) -> str:
    return title.replace(f"{year}年", f"{year + 1}年")


def _a_year_on(day: date | None) -> date | None:
    """The same day of the next year; 28 February for the 29th."""
    if day is None:
        return None
    try:
        return day.replace(year=day.year + 1)
    except ValueError:
        return (day - timedelta(days=1)).replace(year=day.year + 1)
