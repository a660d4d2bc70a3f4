"""Shows a stored number as the person saw it in Excel or WPS: by the cell's number format, in Chinese.

Only what offices use: dates, times, plain and grouped numbers, per cent, leading zeros, text around numbers.
A time of 0:00 behind a date is left out: nobody typed it.
"""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

BUILT_IN = {
    1: "0",
    2: "0.00",
    3: "#,##0",
    4: "#,##0.00",
    9: "0%",
    10: "0.00%",
    11: "0.00E+00",
    14: "yyyy/m/d",
    15: "d-mmm-yy",
    16: "d-mmm",
    17: "mmm-yy",
    18: "h:mm AM/PM",
    19: "h:mm:ss AM/PM",
    20: "h:mm",
    21: "h:mm:ss",
    22: "yyyy/m/d h:mm",
    27: 'yyyy"年"m"月"',
    28: 'm"月"d"日"',
    29: 'm"月"d"日"',
    30: "m-d-yy",
    31: 'yyyy"年"m"月"d"日"',
    32: 'h"时"mm"分"',
    33: 'h"时"mm"分"ss"秒"',
    34: '上午/下午h"时"mm"分"',
    35: '上午/下午h"时"mm"分"ss"秒"',
    36: 'yyyy"年"m"月"',
    37: "#,##0",
    38: "#,##0",
    39: "#,##0.00",
    40: "#,##0.00",
    45: "mm:ss",
    46: "[h]:mm:ss",
    47: "mm:ss",
    48: "0.00E+00",
    49: "@",
    50: 'yyyy"年"m"月"',
    51: 'm"月"d"日"',
    52: 'yyyy"年"m"月"',
    53: 'm"月"d"日"',
    54: 'm"月"d"日"',
    55: '上午/下午h"时"mm"分"',
    56: '上午/下午h"时"mm"分"ss"秒"',
    57: 'yyyy"年"m"月"',
    58: 'm"月"d"日"',
}
"""The formats that a workbook names by number only, as a Chinese Excel shows them."""

_TOKEN = re.compile(
    r'"(?P<quoted>[^"]*)"|\\(?P<escaped>.)|_(?P<space>.)|\*.|(?P<bracket>\[[^\]]*\])'
    r"|(?P<general>General|Standard)|(?P<half>AM/PM|A/P|上午/下午)|(?P<date>y+|m+|d+|h+|s+(?:\.0+)?|a{3,4}|e+|b{2,4}|g+)"
    r"|(?P<digits>[0#?](?:[0#?,]*[0#?])?(?:\.[0#?]*)?,*)|(?P<exponent>E[+-]0+)|(?P<other>.)",
    re.IGNORECASE | re.DOTALL,
)
_SYSTEM_DATE = re.compile(r"\[\$-F800\][^;]*", re.IGNORECASE)
_SYSTEM_TIME = re.compile(r"\[\$-F400\][^;]*", re.IGNORECASE)
_WEEKDAYS = "一二三四五六日"
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_LAST_DAY = 2_958_465  # 31 December 9999

Token = tuple[str, str]


def show(number: str, code: str, *, is_1904: bool = False) -> str:
    """*number*, as stored, by the format *code*; as plain as it can be where the format says nothing."""
    value = Decimal(number.strip())
    code = _SYSTEM_DATE.sub('yyyy"年"m"月"d"日"', _SYSTEM_TIME.sub("h:mm:ss", code))
    section = _section(code, value)
    if is_date(code):
        moment = moment_of(value, is_1904=is_1904)
        if moment is not None:
            return _show_moment(moment, section, value)
    if not section or any(kind in {"date", "exponent"} for kind, _ in section):
        return plain(value)
    return _show_number(value, section) or plain(value)


@lru_cache(maxsize=512)
def is_date(code: str) -> bool:
    """Whether the format shows a date or a time of day."""
    if _SYSTEM_DATE.match(code) or _SYSTEM_TIME.match(code):
        return True
    return any(kind == "date" for kind, _ in _tokens(code.split(";", maxsplit=1)[0]))


def plain(value: Decimal) -> str:
    """The number without ``.0``, without an exponent, to the 15 digits that Excel keeps."""
    if value == value.to_integral_value():
        text = f"{value:.0f}"
    else:
        text = f"{value:.15g}" if value.adjusted() >= -15 else str(float(value))
        text = f"{Decimal(text):f}"
        text = text.rstrip("0").rstrip(".")
    return "0" if text in {"-0", ""} else text


def moment_of(value: Decimal, *, is_1904: bool = False) -> datetime | None:
    """The moment that a serial number stands for, to the second; None outside the years 1900 to 9999."""
    days = int(value)
    if value < 0 or days > _LAST_DAY - 1462:
        return None
    first = date(1904, 1, 1) if is_1904 else date(1899, 12, 31 if days < 60 else 30)  # Excel has a 29 February 1900
    seconds = int((value - days) * 86_400 + Decimal("0.5"))
    return datetime.combine(first, time()) + timedelta(days=days, seconds=seconds)


@lru_cache(maxsize=512)
def _tokens(section: str) -> tuple[Token, ...]:
    """The section in pieces: date, digits, percent, half (of the day), text."""
    found: list[Token] = []
    for match in _TOKEN.finditer(section):
        kind, text = match.lastgroup, match[0]
        if kind in {"quoted", "escaped"}:
            found.append(("text", match[kind]))
        elif kind == "space":
            found.append(("text", " "))
        elif kind == "bracket":
            found += _bracket(text)
        elif kind == "half":
            found.append(("half", text))
        elif kind == "date":
            found.append(("date", text.lower()))
        elif kind in {"digits", "exponent", "general"}:
            found.append((kind, text))
        elif kind == "other":
            found.append(("percent" if text == "%" else "text" if text != "@" else "general", text))
    return tuple(found)


def _bracket(text: str) -> list[Token]:
    """``[h]`` counts hours beyond a day, ``[$¥-804]`` carries a sign; colours and languages say nothing here."""
    inner = text[1:-1].lower()
    if inner in {"h", "hh", "m", "mm", "s", "ss"}:
        return [("date", text.lower())]
    if inner.startswith("$") and (sign := text[2:-1].split("-", maxsplit=1)[0]):
        return [("text", sign)]
    return []


def _section(code: str, value: Decimal) -> tuple[Token, ...]:
    """The part of *code* for this sign: positive; negative; zero; text."""
    parts = _split(code)
    if value < 0 and len(parts) > 1 and parts[1]:
        return _tokens(parts[1])
    if value == 0 and len(parts) > 2 and parts[2]:
        return _tokens(parts[2])
    found = _tokens(parts[0])
    return (("text", "-"), *found) if value < 0 and not is_date(code) else found


@lru_cache(maxsize=512)
def _split(code: str) -> list[str]:
    return re.findall(r'(?:"[^"]*"|\\.|\[[^\]]*\]|[^;])+|(?<=;)(?=;|$)', code) or [""]


def _show_moment(moment: datetime, section: tuple[Token, ...], value: Decimal) -> str:
    pieces = list(section)
    if moment.time() == time() and any(kind == "date" and text[0] in "yd" for kind, text in pieces):
        pieces = _without_time(pieces)
    has_half = any(kind == "half" for kind, _ in pieces)
    said = []
    for index, (kind, text) in enumerate(pieces):
        if kind == "date":
            said.append(_date_piece(text, moment, value, is_minute=_is_minute(pieces, index), has_half=has_half))
        elif kind == "half":
            morning, afternoon = ("上午", "下午") if "上" in text else ("AM", "PM")
            said.append(morning if moment.hour < 12 else afternoon)
        elif kind == "text":
            said.append(text)
    return "".join(said).strip()


def _without_time(pieces: list[Token]) -> list[Token]:
    """The date alone, when the time is 0:00."""
    is_time = [
        (kind == "date" and (text[0] in "hs[" or _is_minute(pieces, index))) or kind == "half" for index, (kind, text) in enumerate(pieces)
    ]
    if not any(is_time):
        return pieces
    start = is_time.index(True)
    end = len(is_time) - is_time[::-1].index(True)
    rest = [piece for piece in pieces[end:] if piece[0] == "date"]  # 14:00 4月20日: the date stands behind
    return [*pieces[:start], *pieces[end:]] if rest else pieces[:start]


def _is_minute(pieces: list[Token], index: int) -> bool:
    """Whether an m means minutes: after hours, or before seconds."""
    if pieces[index][1][0] != "m":
        return False
    before = next((text for kind, text in reversed(pieces[:index]) if kind == "date"), "")
    after = next((text for kind, text in pieces[index + 1 :] if kind == "date"), "")
    return before.lstrip("[").startswith("h") or after.lstrip("[").startswith("s")


def _date_piece(text: str, moment: datetime, value: Decimal, *, is_minute: bool, has_half: bool) -> str:
    letter, length = text[0], len(text)
    if letter == "[":
        whole = int(value * {"h": 24, "m": 1440, "s": 86_400}[text[1]])
        return str(whole)
    if letter in "ye":
        return f"{moment.year:04d}" if length > 2 or letter == "e" else f"{moment.year % 100:02d}"
    if letter == "m" and not is_minute:
        return _MONTHS[moment.month - 1] if length >= 3 else f"{moment.month:0{length}d}"
    if letter == "d" and length <= 2:
        return f"{moment.day:0{length}d}"
    if letter in "da":
        day = _WEEKDAYS[moment.weekday()]
        return day if text == "aaa" else f"星期{day}"
    if letter == "h":
        hour = (moment.hour % 12 or 12) if has_half else moment.hour
        return f"{hour:0{min(length, 2)}d}"
    if letter == "s":
        return f"{moment.second:0{min(len(text.split('.', maxsplit=1)[0]), 2)}d}"
    return f"{moment.minute:0{min(length, 2)}d}" if is_minute else ""


def _show_number(value: Decimal, section: tuple[Token, ...]) -> str:
    magnitude = abs(value) * (100 if any(kind == "percent" for kind, _ in section) else 1)
    said, is_done = [], False
    for kind, text in section:
        if kind == "digits":
            if not is_done:
                said.append(_digits(magnitude, text))
            is_done = True
        elif kind == "general":
            said.append(plain(magnitude))
        elif kind in {"text", "percent"}:
            said.append(text)
    return "".join(said).strip()


def _digits(magnitude: Decimal, pattern: str) -> str:
    thousands = len(pattern) - len(pattern.rstrip(","))
    whole, _, fraction = pattern.rstrip(",").partition(".")
    places, least = len(fraction), fraction.count("0")
    scaled = (magnitude / 1000**thousands).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
    digits = f"{scaled:f}"
    left, _, right = digits.partition(".")
    while len(right) > least and right.endswith("0"):
        right = right[:-1]
    left = left.zfill(whole.count("0")) if whole.count("0") else left.lstrip("0")
    if "," in whole:
        left = f"{int(left or 0):,}" if left else left
    return f"{left}.{right}" if right else left or ("" if fraction or ("0" not in whole and scaled == 0) else "0")
