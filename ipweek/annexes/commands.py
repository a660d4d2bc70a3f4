"""The readers on the command line: one JSON string a line in, one JSON object a line out. No site is needed."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from datetime import date
from typing import Any

import click

from ipweek.annexes.readings import contact, scale, time, venue

Week = tuple[date, date]


def _as_week(_context: click.Context, _option: click.Parameter, said: str | None) -> Week | None:
    if said is None:
        return None
    try:
        first, last = (date.fromisoformat(part) for part in said.split(":"))
    except ValueError:
        raise click.BadParameter("请写成 2024-04-20:2024-04-26 这样的起止日期") from None
    if last < first:
        raise click.BadParameter("结束日期早于开始日期")
    return first, last


_week = click.option("--week", callback=_as_week, help="宣传周起止日期，例如 2024-04-20:2024-04-26")
_year = click.option("--year", type=click.IntRange(1949, 2199), help="没有写年份的日期按这一年读，默认为宣传周的年份")


@click.command("time")
@_week
@_year
def read_time(week: Week | None, year: int | None) -> None:
    """读出活动时间：标准输入每行一个 JSON 字符串，标准输出每行一个 JSON 对象。"""

    def read(text: str, own_year: int | None) -> dict[str, Any]:
        said = own_year or year
        return time.read(text, week=_of_year(week, said), year=said).as_json()

    _each_line(read)


@click.command("scale")
@_week
def read_scale(week: Week | None) -> None:
    """读出活动规模：标准输入每行一个 JSON 字符串，标准输出每行一个 JSON 对象。"""
    _each_line(lambda text, _: scale.read(text).as_json())


@click.command("contact")
@_week
def read_contact(week: Week | None) -> None:
    """读出联系人：标准输入每行一个 JSON 字符串，标准输出每行一个 JSON 对象。"""
    _each_line(lambda text, _: contact.read(text).as_json())


@click.command("venue")
@_week
def read_venue(week: Week | None) -> None:
    """读出活动地点：标准输入每行一个 JSON 字符串，标准输出每行一个 JSON 对象。"""
    _each_line(lambda text, _: venue.read(text).as_json())


def _of_year(week: Week | None, year: int | None) -> Week | None:
    """The week, unless the text belongs to another year: then that year's week is not known."""
    return week if week is None or year is None or week[0].year == year else None


def _each_line(read: Callable[[str, int | None], dict[str, Any]]) -> None:
    """Answer every line of standard input; end with 2 when one was none, after the others were answered."""
    has_failed = False
    for number, line in enumerate(sys.stdin.buffer, 1):
        if not line.strip():
            continue
        try:
            text, year = _asked(line)
        except ValueError:
            click.echo(f'第{number}行不是 JSON 字符串，请写成 "4月20日" 或 {{"text": "4月20日", "year": 2024}}', err=True)
            has_failed = True
            continue
        click.echo(json.dumps(read(text, year), ensure_ascii=False))
    if has_failed:
        raise SystemExit(2)


def _asked(line: bytes) -> tuple[str, int | None]:
    """The text of one line and the year it belongs to, if it says so. ValueError for anything else."""
    asked = json.loads(line)
    text, year = (asked.get("text"), asked.get("year")) if isinstance(asked, dict) else (asked, None)
    if not isinstance(text, str) or not (year is None or (isinstance(year, int) and 1 <= year <= 9998)):
        raise ValueError(line)
    return text, year
