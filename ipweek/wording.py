"""How dates, moments and lengths of time are said on a page (UX: ``4月12日（周五）24:00``, half-width numbers)."""

from __future__ import annotations

import unicodedata
from datetime import date, datetime, time, timedelta

from ipweek import clock

WEEKDAYS = "一二三四五六日"


def day(value: date, *, year: bool | None = None) -> str:
    """``4月12日（周五）``; with the year when it is not this year, or as *year* says: never where it stands beside the day anyway."""
    said = f"{value.month}月{value.day}日（周{WEEKDAYS[value.weekday()]}）"
    with_year = value.year != clock.today().year if year is None else year
    return f"{value.year}年{said}" if with_year else said


def plain_day(value: date) -> str:
    """``2024年4月12日``."""
    return f"{value.year}年{value.month}月{value.day}日"


def period(first: date, last: date) -> str:
    """``2024年4月20日至26日``: the second date says only what differs."""
    if first == last:
        return plain_day(first)
    tail = f"{last.day}日"
    if (first.year, first.month) != (last.year, last.month):
        tail = f"{last.month}月{tail}"
    if first.year != last.year:
        tail = f"{last.year}年{tail}"
    return f"{plain_day(first)}至{tail}"


def until(due_on: date, due_time: time | None = None, *, year: bool | None = None) -> str:
    """The end of a deadline: ``4月12日（周五）24:00``, the year as in ``day``; a day without a time lasts until midnight."""
    return f"{day(due_on, year=year)}{due_time.strftime('%H:%M') if due_time else '24:00'}"


def moment(value: datetime) -> str:
    """``4月12日 10:32`` in Shanghai; with the year when it is not this year."""
    local = clock.in_shanghai(value)
    said = f"{local.month}月{local.day}日 {local:%H:%M}"
    return said if local.year == clock.today().year else f"{local.year}年{said}"


def clock_time(value: datetime) -> str:
    """``10:32`` in Shanghai."""
    local = clock.in_shanghai(value)
    return f"{local.hour:02}:{local.minute:02}"


def length(value: timedelta) -> str:
    """``2 天 5 小时``, ``3 小时 20 分``, ``8 分钟``; never less than a minute."""
    minutes = max(1, int(value.total_seconds() // 60))
    days, minutes = divmod(minutes, 24 * 60)
    hours, minutes = divmod(minutes, 60)
    if days:
        return f"{days} 天 {hours} 小时" if hours else f"{days} 天"
    if hours:
        return f"{hours} 小时 {minutes} 分" if minutes else f"{hours} 小时"
    return f"{minutes} 分钟"


def width(text: str) -> int:
    """How many columns one line of text takes in a terminal or a sheet: Chinese signs take two."""
    return sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in text)
