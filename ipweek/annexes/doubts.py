"""What is asked under a cell whose reading is doubtful, and the texts to choose from. Pure; nothing is stored here."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from ipweek.annexes.readings import scale, time

MUST_BE_MENDED = frozenset({"impossible", "order"})
"""Readings that a check of kind A speaks of: there is nothing to accept."""

_DAY = re.compile(
    r"\d{1,2}\s*月\s*\d{1,2}\s*[日号]?(?:\s*[（(]?\s*(?:周|星期|礼拜)[一二三四五六日天]\s*[）)]?)?|(?<![\d.:：])\d{1,2}\.\d{1,2}(?![\d.:：])"
)


@dataclass(frozen=True)
class Doubt:
    """A text that can be understood in more than one way, or in none surely. ``choices`` are whole texts for the cell."""

    choices: tuple[str, ...] = ()
    is_accepted: bool = False


@lru_cache(8192)
def of(key: str, text: str, week: tuple[date, date] | None) -> Doubt | None:
    """What is to be asked of the cell *key* with this *text*; None where nothing is doubtful, or where it must be mended anyway."""
    if key == "scale":
        return Doubt() if scale.read(text).ask else None
    if key != "event_time":
        return None
    reading = time.read(text, week=week)
    if not reading.ask or reading.problem in MUST_BE_MENDED:
        return None
    return Doubt(tuple(whole for choice in reading.choices if (whole := _whole(text, choice)) and whole != text))


def _whole(text: str, choice: str) -> str:
    """*text* with the chosen day in the place of the doubtful one, hours and all else kept; "" where that place is not sure."""
    days = _DAY.findall(text)
    if len(days) == 1:
        return _DAY.sub(lambda _: choice, text)
    return "" if days or re.search(r"[:：时点午晚]", text) else choice
