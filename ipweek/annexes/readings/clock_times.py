"""Clock times inside a cell: ``14:00-16:30``, ``上午九点半``, ``下午2点至4点``. Only the times; days are read elsewhere."""

from __future__ import annotations

import re
from dataclasses import dataclass

_EVENING = frozenset({"下午", "午后", "傍晚", "晚上", "晚间", "当晚", "晚", "夜间", "夜里", "夜", "pm"})

_NOON = frozenset({"中午", "正午", "午间"})
_NIGHT = frozenset({"晚上", "晚间", "当晚", "晚", "夜间", "夜里", "夜"})

PART = (
    r"上[、/]?下午|上午|下午|中午|正午|午间|晚上|晚间|当晚|早上|早晨|清晨|凌晨|傍晚|夜间|夜里|午后"
    r"|晚(?!会|宴|报|于|了|期)|早(?!期|日|于|教)|夜(?!市|校|游|景|跑)"
)
_MERIDIEM = r"[AaPp]\.?[Mm](?![A-Za-z])\.?"
_HOUR = r"(?:\d{1,2}|[一二三四五六七八九十两零]{1,3})"
_MINUTE = r"(?:[0-5]?\d|[一二三四五六七八九十零]{1,3})"
_UNIT = r"(?:点(?!击|位|名|对|评|播|亮|赞)钟?|时(?!间|刻|长|段|候|代|期|尚|令|事))"
_TIME = (
    rf"(?:(?:{PART})\s?|{_MERIDIEM}\s?)?(?<![\d:])"
    rf"(?:\d{{1,2}}\s?:\s?\d{{2}}(?:\s?:\s?\d{{2}}(?:\.\d+)?)?(?!\d)"
    rf"|{_HOUR}\s?{_UNIT}(?:半|整|[一三13]刻|\s?{_MINUTE}分|\s?[0-5]\d(?![\d人名位场个])|[二三四五]?十[一二三四五六七八九]?(?![人名位场个]))?"
    rf"|(?:(?<=[午晚])\s?\d{{1,2}}|(?<=[日号)])\s?(?:0?[7-9]|1\d|2[0-3]))\.[0-5]\d(?![\d.日号月-])"
    rf"|\d{{1,2}}(?=\s?[AaPp]\.?[Mm]\b)"
    rf")(?:\s?{_MERIDIEM})?"
)
_JOIN = r"\s?(?:-+|~+|至|到)\s?(?:次日\s?)?"
CLOCK = (
    rf"(?:(?:{PART})\s?)?(?<!\d){_HOUR}(?={_JOIN}(?:(?:{PART})\s?)?{_HOUR}\s?(?:{_UNIT}|{_MERIDIEM})){_JOIN}{_TIME}"
    rf"|{_TIME}(?:{_JOIN}(?:{_TIME}|\d{{1,2}}(?=\s*(?:$|[,;、)]))))?"
)
"""One time or one span of times, without named groups, for the alternation of all words about time."""

_ONE = re.compile(
    rf"(?P<part>{PART}|{_MERIDIEM})?\s?(?P<hour>{_HOUR})"
    rf"(?:\s?[:.]\s?(?P<minute>\d{{2}})(?:\s?:\s?\d{{2}}(?:\.\d+)?)?|\s?(?P<unit>点钟?|时)(?P<rest>半|整|[一三13]刻|\s?{_MINUTE}分?)?)?"
    rf"\s?(?P<meridiem>{_MERIDIEM})?"
)
_CHINESE = {"零": 0, "一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}
_QUARTERS = {"半": 30, "整": 0, "一刻": 15, "1刻": 15, "三刻": 45, "3刻": 45}


@dataclass(frozen=True)
class ClockTime:
    """A start, perhaps an end, both ``HH:MM`` (``24:00`` is the end of the day), and the words 上午, 下午 … beside them.

    ``is_doubtful``: 2点 may be the night or the afternoon. ``problem`` is ``impossible`` (25:00), ``order`` or empty.
    """

    start: str | None
    end: str | None = None
    parts: tuple[str, ...] = ()
    is_doubtful: bool = False
    problem: str = ""


def read(text: str) -> ClockTime:
    """The time or span that *text*, a piece matched by ``CLOCK``, stands for."""
    pieces = [match for match in _ONE.finditer(text) if match["hour"]]
    parts = tuple(_part(piece) for piece in pieces)
    if len(pieces) > 1 and not parts[0] and parts[1] == "pm" and 0 < _small(pieces[0]["hour"]) <= _small(pieces[1]["hour"]) % 12:
        parts = ("pm", "pm")  # 2:00-4:00 PM
    said = tuple(part for part in parts if part not in ("", "am", "pm"))
    first = _minutes(pieces[0], parts[0] or (parts[1] if len(pieces) > 1 and not pieces[0]["minute"] and not pieces[0]["unit"] else ""))
    last = _minutes(pieces[1], parts[1]) if len(pieces) > 1 else None
    if first is None or (len(pieces) > 1 and last is None):
        return ClockTime(None, parts=said, problem="impossible")
    if last is None:
        return ClockTime(_words(first), parts=said, is_doubtful=_is_bare(pieces[0], parts[0], first))
    return _span(first, last, parts, said, overnight="次日" in text, doubtful=_is_bare(pieces[0], parts[0] or parts[1], first))


def _span(first: int, last: int, parts: tuple[str, ...], said: tuple[str, ...], *, overnight: bool, doubtful: bool) -> ClockTime:
    """The span from minute *first* to minute *last* of the day; the second time takes 下午 over from the first."""
    takes_over = parts[0] in _EVENING or parts[0] in _NOON or first >= 12 * 60
    if not parts[1] and last <= first and last < 12 * 60 and takes_over and last + 12 * 60 > first:
        last += 12 * 60
    if last < first and not overnight and not (first >= 17 * 60 and last <= 8 * 60):
        return ClockTime(_words(first), None, said, is_doubtful=True, problem="order")
    return ClockTime(_words(first), _words(last), said, is_doubtful=doubtful)


def _part(piece: re.Match[str]) -> str:
    said = piece["part"] or piece["meridiem"] or ""
    return said.lower().replace(".", "").strip() if said.isascii() else said


def _minutes(piece: re.Match[str], part: str) -> int | None:
    """The minute of the day, or None where the day has none such."""
    hour = _small(piece["hour"])
    minute = _minute(piece)
    if (part in _EVENING and hour < 12) or (part in _NOON and hour < 4):
        hour += 12
    elif hour == 12 and part in _NIGHT:
        hour = 24
    elif hour == 12 and part in ("凌晨", "am"):
        hour = 0
    if hour > 24 or minute > 59 or (hour == 24 and minute):
        return None
    return hour * 60 + minute


def _minute(piece: re.Match[str]) -> int:
    if piece["minute"]:
        return int(piece["minute"])
    rest = (piece["rest"] or "").strip()
    if rest in _QUARTERS:
        return _QUARTERS[rest]
    return _small(rest.removesuffix("分")) if rest else 0


def _small(text: str) -> int:
    if text.isdecimal():
        return int(text)
    tens, ten, ones = text.partition("十")
    if not ten:
        return sum(_CHINESE.get(sign, 99) * 10**place for place, sign in enumerate(reversed(text)))
    return (_CHINESE.get(tens, 9) if tens else 1) * 10 + (_CHINESE.get(ones, 0) if ones else 0)


def _is_bare(piece: re.Match[str], part: str, minute: int) -> bool:
    """Whether nobody said which half of the day this is, and the words leave it open."""
    return not part and 60 <= minute < 7 * 60 and not piece["hour"].startswith("0")


def _words(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"
