"""Numbers and dates as Chinese documents spell them. The patterns are for text without blanks (``Line.bare``)."""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, time

ZEROS = "〇○◯零OoΟοОо0"
_ONES = {"一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9, "元": 1, "壹": 1, "贰": 2, "叁": 3}
_TENS = {"十": 1, "廿": 2, "卅": 3}

_HAN_YEAR = rf"[一二][{ZEROS}一二三四五六七八九]{{3}}"
YEAR = rf"(?:(?<![0-9])[12] ?[09] ?[0-9] ?[0-9]|(?<![一二三四五六七八九]){_HAN_YEAR})"
MONTH = r"(?:(?<![0-9])(?:1 ?[0-2]|0 ?[1-9]|[1-9])|(?:十[一二]?|[一二三四五六七八九]))"
DAY = (
    r"(?:(?<![0-9])(?:[12] ?[0-9]|3 ?[01]|0 ?[1-9]|[1-9])(?![0-9])"
    r"|(?:二十[一二三四五六七八九]|三十一?|二十|十[一二三四五六七八九]?|廿[一二三四五六七八九]?|[一二三四五六七八九]))"
)
COUNT = r"(?:[0-9]{1,3}|[一二两三四五六七八九十]{1,3})"
WEEKDAY = r"(?:\((?:星期|周|礼拜)[一二三四五六日天]\)|(?:星期|周|礼拜)[一二三四五六日天])"


def number(text: str) -> int:
    """The value of *text*: Arabic figures, or Chinese ones below a hundred (十五, 二十九, 两)."""
    text = text.replace(" ", "")
    if text.isdecimal():
        return int(text)
    total = 0
    for letter in text:
        if letter in _TENS:
            total = (total or 1) * 10 if _TENS[letter] == 1 else _TENS[letter] * 10
        else:
            total += _ONES[letter]
    return total


def year(text: str) -> int:
    """The year in *text*: 2024, 2 0 2 4, 二〇二四 with any of the signs that stand for a zero."""
    return int("".join("0" if letter in ZEROS else str(_ONES.get(letter, letter)) for letter in text if letter != " "))


def made_date(years: int, months: int, days: int) -> date | None:
    """The date, or None where the calendar has no such day."""
    if not (1980 <= years <= 2099 and 1 <= months <= 12 and 1 <= days <= monthrange(years, months)[1]):
        return None
    return date(years, months, days)


@dataclass(frozen=True)
class Clock:
    """A time of day that was read, or words for one that name no hour."""

    at: time | None
    note: str = ""


TIME = (
    r"(?:(?P<part>凌晨|早上|上午|中午|正午|下午|傍晚|晚上|晚间|晚|夜间)?"
    r"(?P<hour>(?<![0-9])(?:2[0-4]|[01]?[0-9])|(?:二十[一二三四]?|十[一二三四五六七八九]?|[一二两三四五六七八九零]))"
    r"(?:(?:时|点钟?)(?:(?P<half>半|整)|(?P<minute>[0-5]?[0-9])分?)?|:(?P<minute2>[0-5][0-9])(?::[0-5][0-9])?)整?"
    r"|(?P<noon>中午|正午)|(?P<work>(?:下午|当天|当日)?(?:下班|放学)|工作时间结束))"
)


def read_clock(match: re.Match[str]) -> Clock:
    """The time that TIME matched. 24:00 is the end of the day and so no time; 上午12时 is noon."""
    if match["work"]:
        return Clock(None, f"原文为{match['work'][-2:]}前，未写明钟点，按当日计。")
    if match["noon"]:
        return Clock(time(12), "")
    hour = number(match["hour"]) if match["hour"] != "零" else 0
    minute = 30 if match["half"] == "半" else int(match["minute"] or match["minute2"] or 0)
    part = match["part"] or ""
    if (part in ("下午", "傍晚", "晚上", "晚间", "晚", "夜间") and hour < 12) or (part in ("中午", "正午") and hour < 4):
        hour += 12
    elif part in ("晚上", "晚间", "晚", "夜间") and hour == 12:
        hour = 24
    if hour == 24 and minute == 0:
        return Clock(None, "")
    return Clock(time(hour, minute) if hour < 24 else None)
