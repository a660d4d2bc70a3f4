"""Opening and withdrawing a campaign: what a notice starts, and the tables that go out with it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import func, select

from ipweek.accounts.schema import Person
from ipweek.annexes import service
from ipweek.annexes.models import AnnexTable
from ipweek.errors import Conflict
from ipweek.extensions import db
from ipweek.notice import schema
from ipweek.notice import service as notices
from ipweek.notice.models import Campaign
from ipweek.notice.service import DeadlineWords
from ipweek.transaction import transaction


def open_campaign(campaign: Campaign, *, by: Person) -> int:
    """Open the campaign and hand every unit its table; how many were handed out."""
    with transaction():
        notices.mark_open(campaign, by=by)
        return len(service.hand_out(campaign))


def confirm(campaign: Campaign, facts: Mapping[str, Any], deadlines: list[DeadlineWords], forms: list[schema.Annex], *, by: Person) -> int:
    """Keep what the office entered and open the campaign, both or neither; how many tables were handed out."""
    with transaction():
        notices.correct(campaign, facts, deadlines, forms, by=by)
        return open_campaign(campaign, by=by)


def withdraw_campaign(campaign: Campaign, *, by: Person) -> None:
    """Take back a mistaken campaign; Conflict once a unit has sent its table."""
    with transaction():
        sent = select(func.count()).where(AnnexTable.campaign_id == campaign.id, AnnexTable.submitted_at.is_not(None))
        count = db.session.scalar(sent)
        if count:
            reason = f"已有 {count} 个单位报送，不能撤销；如不再进行，请改用“关闭”。"
            raise Conflict(reason)
        notices.mark_withdrawn(campaign, by=by)
