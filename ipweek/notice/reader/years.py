"""Which year a date without one belongs to."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

from ipweek.notice.reader.numerals import YEAR, made_date, year


@dataclass(frozen=True)
class Years:
    """What the notice lets one conclude: the year of its week, and the day it was issued."""

    of_week: int | None
    issued_on: date | None
    issued_in: int | None

    def dated(self, months: int, days: int, *, is_due: bool = False) -> date | None:
        """The date of a month and day that stand without a year, or None where nothing tells the year or there is no such day.

        Something that *is_due* comes after the notice: for a January date in a notice of December, the next year.
        """
        if is_due and self.issued_on:
            day = made_date(self.issued_on.year, months, days)
            if day and day < self.issued_on - timedelta(days=92):
                day = made_date(self.issued_on.year + 1, months, days)
            return day
        base = self.of_week or self.issued_in
        return made_date(base, months, days) if base else None


_NAMED = re.compile(rf"(?P<y>{YEAR})年(?!底|末|前|来|以来|[0-9]{{1,2}}月)")
_CAMPAIGN = re.compile(
    rf"(?P<y>{YEAR})年(?:度)?[\u4e00-\u9fff“”·.0-9-]{{0,16}}(?:宣传周|宣传月|活动周|活动月|科普日|开放日|宣传日|宣传活动|专利周|[周月日节]活动)"
)


def find_years(title: str | None, issued_on: date | None, doc_number: str | None, text: str) -> Years:
    """The years that the title, the date of issue, the document number and, last, the text speak of."""
    of_week: int | None = None
    if title and (found := _NAMED.search(title)):
        of_week = year(found["y"])
    numbered = re.search(r"〔(\d{4})〕", doc_number or "")
    issued_in = issued_on.year if issued_on else int(numbered[1]) if numbered else None
    if of_week is None and issued_in is None and (found := _CAMPAIGN.search(text)):
        of_week = year(found["y"])
    return Years(of_week, issued_on, issued_in)
