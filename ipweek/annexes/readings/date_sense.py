"""What the words about days come to: days, spans, windows, open ends. No reading here: see ``date_grammar``."""

from __future__ import annotations

import calendar
from dataclasses import dataclass, field
from datetime import date, timedelta

from ipweek.annexes.readings.clock_times import ClockTime

ONE_DAY = timedelta(days=1)
WEEKDAY_NAMES = "一二三四五六日"


@dataclass
class Entry:
    """One day, span or window of the text. ``kind`` is day, week (the campaign's) or window (vague)."""

    first: date
    last: date
    kind: str
    written: list[date]
    weekdays: list[tuple[date, int]] = field(default_factory=list)
    clocks: list[ClockTime] = field(default_factory=list)
    is_span: bool = False  # joined of two by a dash or 至
    clocks_before_join: int = 0
    is_open_start: bool = False
    is_open_end: bool = False
    is_moment: bool = False  # from an hour of the first day to an hour of the last
    is_around: bool = False  # 左右, 前后
    is_vague: bool = False
    is_begun: bool = False  # 启动, 开始: more is said of the end
    by_weekday: bool = False  # named only by its weekday within the week
    place: tuple[int, int] = (0, 0)  # from its first to its last word, in the mended text


@dataclass
class Sense:
    """All that the words say. ``problems``: impossible, order, half, loose (words that need a choice)."""

    entries: list[Entry] = field(default_factory=list)
    clocks: list[ClockTime] = field(default_factory=list)  # before any day
    arrivals: list[ClockTime] = field(default_factory=list)  # 8:30签到
    parts: list[str] = field(default_factory=list)
    years: set[int] = field(default_factory=set)
    problems: list[tuple[str, str]] = field(default_factory=list)
    weekdays: list[int] = field(default_factory=list)  # without a day
    weekdays_text: str = ""  # as they are written, where they stand together
    has_alternatives: bool = False
    is_recurring: bool = False
    is_standing: bool = False
    is_tentative: bool = False
    is_undated: bool = False  # 待定: the day is still open
    is_within: bool = False  # 具体时间待定: the days written are a window
    is_doubtful: bool = False
    question: tuple[str, tuple[str, ...]] = ("", ())  # the piece of the text that is doubtful, and what may stand there instead
    is_picked: bool = False  # 择日: one day of the window, not yet chosen


class Unreal(Exception):
    """The calendar has no such day."""


def day_of(year: int, month: int, day: int) -> date:
    try:
        return date(year, month, day)
    except ValueError:
        raise Unreal from None


def month_window(year: int, month: int, first: int = 1, last: int = 31) -> tuple[date, date]:
    end = calendar.monthrange(year, month)[1] if 1 <= month <= 12 and 1 <= year <= 9998 else 0
    if not end:
        raise Unreal
    return date(year, month, first), date(year, month, min(last, end))


def longest(month: int, year: int = 2024) -> int:
    """The days that *month* has in *year*, or may have in a leap year; 0 for what is no month."""
    return calendar.monthrange(year, month)[1] if 1 <= month <= 12 else 0


def say(month: int, day: int) -> str:
    """``4月20日``."""
    return f"{month}月{day}日"


def say_day(day: date) -> str:
    """``4月20日（周六）``."""
    return f"{say(day.month, day.day)}（周{WEEKDAY_NAMES[day.weekday()]}）"


def in_year(day: date, year: int) -> date:
    return day_of(year, day.month, day.day)


def week_days(week: tuple[date, date]) -> list[date]:
    """Every day from the first to the last."""
    return [week[0] + offset * ONE_DAY for offset in range((week[1] - week[0]).days + 1)]
