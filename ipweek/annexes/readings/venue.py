"""The reading of 活动地点: on site or online, where, on which platform."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from ipweek.annexes.readings import online_words
from ipweek.annexes.readings.numerals import READ_AT_MOST, inside, level, unnumbered

_OFFLINE = re.compile(r"线下|现场(?!云)|实地")
_PLACE_WORD = r"(?:具体|活动|举办|会议|培训|线下|时间[、及和与]?){0,3}(?:地点|地址|场地|场所|会场)"
_UNKNOWN = re.compile(
    rf"(?:(?:具体)?(?:{_PLACE_WORD})?(?:另行|另)?(?:待定|暂定|初定|待确认|待确定|待通知|通知|(?:暂|尚|还)?未(?:确?定|落实|明确)|确定中|落实中|暂无|不详|另定|视情况?而定|不固定|待(?:协调|落实|商定)|见(?:通知|方案|通讯录))"
    r"(?:[,;、]视(?:具体)?情况(?:而定)?)?|由?各(?:区|单位|部门|街镇|企业|校)(?:自行)?(?:确定|安排|自定|落实)|无|暂无|不限|无固定(?:地点|场所)?|见附件|详见.{0,6}|同上|待|TBD|tbd|N/?A|n/?a|/|-+|\?+|x+|)"
)
_PENDING = re.compile(
    rf"[(,;、]?\s?(?:具体)?(?:{_PLACE_WORD}|会议室|待)?(?:待定|待确认|待确定|待通知|另行通知|未定|暂定|初定|拟定)\)?|\([拟暂]\)|^拟(?=:)"
)
_LABELS = (
    rf"线下|线上|外场|内场|主会场|分会场|主场|分场|室内|室外|上午|下午|晚上|论坛|讲座|展览|{_PLACE_WORD}|现场|开幕式|闭幕式|启动仪式|暂定|拟定?|形式|方式|(?:线上)?直播地址|线上平台"
    r"|会场[一二三1-9]?|首[场站]|第[一二三四五六七八九十1-9]{1,2}(?:场|站|期|天)|场次[一二三四五1-9]|(?:\d{1,2}月)?\d{1,2}日|周[一二三四五六日]"
)
_LABEL = re.compile(
    rf"(?:^|(?<=[;；,，、\n。 (（]))\s?({_LABELS})(?:地点|活动|会场|部分|场)?(?:\s?[:：]\s?|(?<=地点)[为在]|(?<=会场)设?在)"
)
_NAMED_ONLINE = re.compile(r"(?:线上(?:平台)?|(?:线上)?直播(?:地址|平台)?)\s?[:：][^、,，;；\n()（）及和]+")
"""线上：知识产权在线讲堂: what the label names is no place, known as a platform or not."""

_LABEL_START = re.compile(rf"[;；,，、\n。 ]\s?(?=(?:{_LABELS})(?:地点|活动|会场|部分|场)?\s?[:：])|[;；\n]")
_PLACE_SIGN = "馆园场厅堂楼院校区街道镇村路店心站局号室城江滩岛桥寺宫台座层港所司厦库基地苑坊里弄)"
_SPLIT = re.compile(
    rf"[;\n、/+&]|,(?!(?:靠?近|毗邻|临近|原))|以及|暨|(?<=[{_PLACE_SIGN}])(?:[与及]|和(?![平谐睦兴合田顺颐乐]))(?=[一-鿿]{{2}})"
)
_SPLIT_WITHIN = re.compile(r"[、,;/]|[与及和]")
_EITHER = re.compile(r"(?P<first>[^,，;；:：()（）\n。或]*)(?P<open>[(（,，、]?)\s?或者?(?P<rest>[^,，;；:：()（）\n。]+)(?P<close>[)）]?)")
_OTHER = re.compile(r"(?:其他|其它|别的|另[一行选]|周边|附近|类似|相关)|待定|(?:许|将)")
_MOST_CHOICES = 4
_IF = re.compile(r"[(](?:如遇|如有|若|视情|视天气|视疫情)[^()]*[)]")
"""（如遇雨改线上）: what may come."""
_WRAPPED = re.compile(r"[（(]([^（）()]*)[)）]")
_PENDING_BRACKET = re.compile("[（(](?:暂定|初定|拟定?|待定)[)）]")
_HEADING = re.compile(rf"{_PLACE_WORD}\s?[:：]\s*")
_CIRCLED = re.compile("[①-⑳]")
_NUMBERED = re.compile(r"[①-⑳]|(?:^|(?<=\s))[1-9][.、)](?!\d)|[(（][1-9][)）]")
_SEVERAL = re.compile(
    r"各(?!类|式)|(?<!\d)\d{1,5}\s?(?:个|家|所|处)|[两二三四五六七八九十百多数几]{1,4}(?:个|家|所|处)|全市|全区|多地|多个|多处|等地|等处|若干|全国|全镇|沿线|下辖|(?:区|地|校|站|点|园)(?:范围)?内?(?:多点|联动)"
)


@dataclass(frozen=True)
class VenueReading:
    """``mode``: offline, online, hybrid, or None when the text names no place. ``multi``: more than one place on site.

    ``either`` are the places of which one is meant (科学会堂或图书馆), ``choices`` whole texts that name but one.
    """

    text: str
    mode: str | None
    place: str | None = None
    platform: str | None = None
    multi: bool = False
    unknown: bool = False
    is_pending: bool = False
    either: tuple[str, ...] = ()
    choices: tuple[str, ...] = ()

    @property
    def ask(self) -> bool:
        """Whether the unit is to choose."""
        return bool(self.either)

    def as_json(self) -> dict[str, Any]:
        return {
            "mode": self.mode,
            "place": self.place,
            "platform": self.platform,
            "multi": self.multi,
            "unknown": self.unknown,
            "pending": self.is_pending,
            "ask": self.ask,
            "choices": list(self.choices),
        }

    def in_words(self) -> str:
        """``线上（腾讯会议）``, ``线上线下结合``, ``多个地点``, ``科学会堂还是图书馆？``; empty for a plain place, which says it itself."""
        if self.either:
            return "还是".join(self.either) + "？"
        if self.unknown or self.mode is None:
            return "地点待定" if self.is_pending else ""
        if self.mode == "online":
            return f"线上（{self.platform}）" if self.platform else "线上"
        if self.mode == "hybrid":
            return f"线上线下结合（{self.platform}）" if self.platform else "线上线下结合"
        return "多个地点" if self.multi else ""


@lru_cache(maxsize=8192)
def read(text: str) -> VenueReading:
    """The reading of *text* as typed; ``place`` keeps the words as typed."""
    typed = inside(text[:READ_AT_MOST], _HEADING)
    levelled = level(typed)[:READ_AT_MOST]
    if not levelled or _UNKNOWN.fullmatch(levelled.strip(" ()。.,;、")):
        return VenueReading(text, None, unknown=True, is_pending="定" in levelled or "通知" in levelled)
    sure = _IF.sub("", levelled)
    platforms = online_words.platforms(sure)
    is_online = bool(platforms) or online_words.is_said(sure)
    place = _place(typed, is_online=is_online) if is_online or _LABEL.search(levelled) or _OFFLINE.search(levelled) else typed.strip()
    is_pending = _PENDING.search(levelled) is not None
    if place is not None and _UNKNOWN.fullmatch(level(place)):
        place = None
    is_offline = place is not None or bool(_OFFLINE.search(levelled)) or online_words.says_both(levelled)
    mode = "hybrid" if is_online and is_offline else ("online" if is_online else "offline")
    platform = "、".join(platforms) or None
    either, choices = _either(text) if "或" in levelled else ((), ())
    is_multi = place is not None and not either and _is_multi(place)
    return VenueReading(text, mode, place, platform, is_multi, False, is_pending, either, choices)


def _either(text: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The places that 或 leaves open, and the text with each of them alone; none where it speaks of places of a kind (各街镇或社区)."""
    found = list(_EITHER.finditer(text[:READ_AT_MOST]))
    if len(found) != 1 or _SEVERAL.search(level(found[0][0])) or _OTHER.match(found[0]["rest"].strip()):
        return (), ()
    piece = found[0]
    is_beside = piece["open"] in ("(", "（")  # 科学会堂（或线上）
    places = [each.strip(" 、") for each in (piece["first"], *re.split("或者?", piece["rest"]))]
    if not is_beside:
        places = [part.strip() for each in places for part in each.split("、")]
    if not all(places) or len(places) > _MOST_CHOICES:
        return (), ()
    end = piece["close"] if not is_beside else ""
    return tuple(places), tuple(text[: piece.start()] + each + end + text[piece.end() :] for each in places)


def _place(typed: str, *, is_online: bool) -> str | None:
    """What is left of the place when labels and online words are taken away; None when nothing is."""
    plain = unnumbered(_CIRCLED.sub(";", typed))
    is_labelled = plain != typed or _LABEL.search(typed) is not None
    plain = _PENDING_BRACKET.sub("", plain) if is_online else plain
    take = online_words.taken_out if is_online else online_words.on_site
    pieces = _LABEL_START.split(plain) if is_labelled else [plain]
    pieces = [piece for piece in pieces if not _NAMED_ONLINE.fullmatch(piece.strip())]
    kept = [rest for rest in (_without_labels(take(_without_labels(piece))) for piece in pieces) if rest]
    place = "; ".join(kept)
    inside = _WRAPPED.fullmatch(place)
    return (inside[1] if inside else place) or None


def _without_labels(piece: str) -> str:
    return _LABEL.sub("", piece.strip())


_ASIDE = re.compile(r"[,;](?:敬?请|需|须|凭|限|具体|详见|联系)[^,;]*")
"""What is asked of those who come names no second place: 漕宝路650号，请提前入场."""


def _is_multi(place: str) -> bool:
    bare = _ASIDE.sub("", re.sub(r"\([^()]*\)", "", level(place)))
    is_numbered = len(_NUMBERED.findall(place)) > 1
    is_split = len([piece for piece in _SPLIT.split(bare) if piece.strip()]) > 1
    return is_numbered or is_split or _SEVERAL.search(bare) is not None or _is_multi_within(level(place))


def _is_multi_within(place: str) -> bool:
    """华东政法大学（长宁校区、松江校区）: several of a kind in a bracket are several places."""
    for listed in re.findall(r"\(([^()]*)\)", place):
        ends = [piece.strip()[-1] for piece in _SPLIT_WITHIN.split(listed) if len(piece.strip()) > 1]
        if len(ends) > 1 and ends[0] in _PLACE_SIGN.replace("号", "") and len(set(ends)) == 1:
            return True
    return False
