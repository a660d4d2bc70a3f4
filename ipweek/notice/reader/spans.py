"""Ranges of days (4月20日至26日): the week itself, and the times to send in. What the second day leaves out it has from the first."""

from __future__ import annotations

import re
from datetime import date

from ipweek.notice.reader.numerals import DAY, MONTH, WEEKDAY, YEAR, made_date, number, year
from ipweek.notice.reader.years import Years

HOUR = r"(?:(?:上午|下午|中午|晚上?)?[0-9]{1,2}(?:时|点|:[0-9]{2})(?:[0-9]{1,2}分|半)?|(?:上午|下午|全天))"
_NEXT_TO = rf"(?:{WEEKDAY})?(?:{HOUR})?(?:\([^()0-9]{{1,10}}\))?(?:起|开始|启动|开幕)?"
SPAN = re.compile(
    rf"(?:(?P<y>{YEAR})年|(?P<rel>今年|本年度?|明年|次年))?(?P<m>{MONTH})月\(?(?P<d>{DAY})[日号]?{_NEXT_TO}"
    rf"(?:(?:,(?=至|到))?(?:-|~|至|到|直至|—){{1,3}}|(?:启动|开幕|开始),(?=[^,。]{{3,12}}(?:结束|闭幕))|(?<=[日号])一(?=[0-9]))"
    rf"(?:(?P<y2>{YEAR})年|(?P<rel2>次年|明年|同年|当年))?(?:(?P<m2>{MONTH})月)?(?P<d2>{DAY})[日号](?:{WEEKDAY})?"
    rf"|(?P<y3>(?:19|20)[0-9]{{2}})[./-](?P<m3>[0-9]{{1,2}})[./-](?P<d3>[0-9]{{1,2}})(?:-{{1,2}}|~|至|到)(?:(?P<y4>(?:19|20)[0-9]{{2}})[./-])?(?:(?P<m4>[0-9]{{1,2}})[./-])?(?P<d4>[0-9]{{1,2}})(?![0-9])"
    rf"|(?<![0-9])(?P<y7>(?:19|20)[0-9]{{2}})(?P<m7>0[1-9]|1[0-2])(?P<d7>[0-3][0-9])(?:-{{1,2}}|~|至|到)(?:(?P<y8>(?:19|20)[0-9]{{2}})?(?P<m8>0[1-9]|1[0-2]))?(?P<d8>[0-3][0-9])(?![0-9])"
    rf"|(?<![0-9.])(?P<m5>1[0-2]|0?[1-9])[.·/](?P<d5>[0-3]?[0-9])日?(?:-{{1,2}}|~|至)(?:(?P<m6>1[0-2]|0?[1-9])[.·/])?(?P<d6>[0-3]?[0-9])日?(?![0-9.%])"
)


def span_days(span: re.Match[str], years: Years) -> tuple[date | None, date | None]:
    """Both days of a range; what the second leaves out it has from the first."""
    if span["m3"]:
        first = made_date(int(span["y3"]), int(span["m3"]), int(span["d3"]))
        last = made_date(int(span["y4"] or span["y3"]), int(span["m4"] or span["m3"]), int(span["d4"]))
        return _ordered(first, last)
    if span["m7"]:
        first = made_date(int(span["y7"]), int(span["m7"]), int(span["d7"]))
        last = made_date(int(span["y8"] or span["y7"]), int(span["m8"] or span["m7"]), int(span["d8"]))
        return _ordered(first, last)
    if span["m5"]:
        months, days = int(span["m5"]), int(span["d5"])
        first = years.dated(months, days)
        last = years.dated(int(span["m6"] or months), int(span["d6"]))
        return _ordered(first, last)
    months, days = number(span["m"]), number(span["d"])
    end_months, end_days = number(span["m2"]) if span["m2"] else months, number(span["d2"])
    if span["y"]:
        first = made_date(year(span["y"]), months, days)
    elif span["rel"] in ("明年", "次年"):
        first = made_date(years.issued_in + 1, months, days) if years.issued_in else None
    else:
        first = years.dated(months, days)
    if first is None and span["y2"]:
        first = made_date(year(span["y2"]) - (end_months < months), months, days)
    if first is None:
        return None, None
    if span["y2"]:
        return _ordered(first, made_date(year(span["y2"]), end_months, end_days))
    next_year = span["rel2"] in ("次年", "明年") or end_months < months
    return _ordered(first, made_date(first.year + next_year, end_months, end_days))


def _ordered(first: date | None, last: date | None) -> tuple[date | None, date | None]:
    return (first, last) if first and last and first <= last else (None, None)
