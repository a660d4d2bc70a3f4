"""States of an annex table, in the words people see. Standard library only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Status:
    """One state of a table: its code name, its name on the page, and its glyph (states never differ by colour alone)."""

    key: str
    label: str
    glyph: str
    is_open: bool
    """Whether the unit may change cells."""


def campaign_status_for(campaign_status: str, late_until: datetime | None, now: datetime) -> str:
    """The campaign's status as it holds for one table: a closed one is still open to a unit that was let send late (补报)."""
    return "open" if campaign_status == "closed" and late_until is not None and now < late_until else campaign_status


STATUSES: dict[str, Status] = {
    status.key: status
    for status in (
        Status("todo", "待填报", "○", is_open=True),
        Status("draft", "填报中", "◐", is_open=True),
        Status("unit_review", "待单位审核", "◑", is_open=False),
        Status("submitted", "已报送", "●", is_open=False),
        Status("returned", "退回修改", "↩", is_open=True),
        Status("approved", "审核通过", "✔", is_open=False),
        Status("archived", "已归档", "▣", is_open=False),
    )
}
