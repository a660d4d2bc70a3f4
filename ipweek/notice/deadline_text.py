"""What a page says about a deadline: until when, how long there is, and what happens after. Standard library only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Literal

from ipweek import clock, wording

KINDS = {"plan": "重点活动安排表", "summary": "活动总结", "other": "其他材料"}
"""What is to be sent by a deadline."""

Urgency = Literal["far", "week", "soon", "late", "none"]
"""Grey over 7 days, blue up to 7, amber up to 2, red when it is past; none where no date can be given."""


@dataclass(frozen=True)
class DeadlineText:
    """A sentence and how urgent it is. ``until`` is the end alone (``4月12日（周五）24:00``), ``left`` the time alone."""

    words: str
    urgency: Urgency
    until: str = ""
    left: str = ""
    workdays: str = ""
    """How many working days that is, today and the last day included; "" where that says nothing."""


def of(
    on: date | None, at_time: time | None, too_late_at: datetime | None, *, now: datetime, note: str = "", workdays: int | None = None
) -> DeadlineText:
    """The sentence for something due on the day *on* until *at_time* (None: 24:00).

    *too_late_at* is the first moment that is too late. Where there is no date, *note* says why. *workdays* are those left.
    """
    if on is None or too_late_at is None:
        return DeadlineText(note or "通知没有写明截止时间，请向市联席办询问。", "none")
    until = wording.until(on, at_time, year=on.year != clock.in_shanghai(now).year)
    remaining = too_late_at - now
    if remaining <= timedelta(0):
        left = f"已逾期 {wording.length(-remaining)}"
        return DeadlineText(f"{until} 已截止，{left}；仍可报送，但会标记“逾期”", "late", until, left)
    left = f"还剩 {wording.length(remaining)}"
    words = f"{until} 截止，{left}；逾期仍可报送，但会标记“逾期”"
    return DeadlineText(words, _urgency(remaining), until, left, "" if workdays is None else f"连今天 {workdays} 个工作日")


def to_answer(on: date | None, too_late_at: datetime | None, *, now: datetime, note: str = "") -> DeadlineText:
    """The sentence for an answer that the office waits for. Silence is no consent: after its day it is asked for again."""
    if on is None or too_late_at is None:
        return DeadlineText(f"{note}，请尽快答复", "none")
    until = wording.until(on, year=on.year != clock.in_shanghai(now).year)
    remaining = too_late_at - now
    if remaining <= timedelta(0):
        left = f"已逾期 {wording.length(-remaining)}"
        return DeadlineText(f"{until} 前应当答复，{left}，请尽快答复", "late", until, left)
    left = f"还剩 {wording.length(remaining)}"
    return DeadlineText(f"请在 {until} 前答复，{left}", _urgency(remaining), until, left)


def _urgency(remaining: timedelta) -> Urgency:
    return "soon" if remaining <= timedelta(days=2) else "week" if remaining <= timedelta(days=7) else "far"


def after_the_close(until: str, remaining: timedelta) -> DeadlineText:
    """The sentence for a unit that may send late (补报) until *until*."""
    left = f"还剩 {wording.length(remaining)}"
    return DeadlineText(f"市联席办同意补报，{until} 截止，{left}；报送后会标记“逾期”", "soon", until, left)
