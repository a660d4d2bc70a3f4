"""The reading of 活动规模: how many people, on site and online. Rules: ``field_values.json`` beside the design."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from ipweek.annexes.readings import head_counts
from ipweek.annexes.readings.head_counts import NOUNS, Counts, Quantity
from ipweek.annexes.readings.numerals import READ_AT_MOST, inside

_COUNTED_ALIKE = (
    frozenset({"场次", "场", "期", "次", "批", "轮", "班", "班次", "节", "讲", "站"}),
    frozenset({"天", "日"}),
    frozenset({"家", "企业", "单位", "家企业", "家单位", "个企业", "个单位"}),
    frozenset({"所", "校", "学校", "高校", "所学校", "所高校", "个学校"}),
    frozenset({"区", "个区"}),
    frozenset({"校区", "个校区"}),
    frozenset({"支", "队", "支队", "支队伍", "个队", "个队伍", "个团队"}),
    frozenset({"街镇", "街道", "镇", "社区", "村", "村居", "个街镇", "个街道", "个镇", "个社区", "个村"}),
)
"""Words that count the same: 5场次，每场50人."""
_HEADING = re.compile(r"(?:预计|拟|计划|活动|参与|参加|参会)*(?:规模|人数)\s?(?:[(（]参与人数[)）])?\s?[:：]\s*")
SESSIONS = _COUNTED_ALIKE[0] | _COUNTED_ALIKE[1]
"""Words for times at which people come, not for groups of them."""
_BENIGN = re.compile(
    rf"{NOUNS}|"
    r"[\s:.·\"“”'‘’!?~-]|人数|参加|参与|参会|出席|规模|活动|预期|预计|预估|估计|计划|拟|暂定|目标|人员|开放|受众|人群|辐射|待定|不等|大约|免费|[的为在者计达到有会等名人约]"
)


@dataclass(frozen=True)
class ScaleReading:
    """How many people the text says. ``online`` and ``offline`` only where the text splits them.

    ``min``, ``max``: None on the open side. ``unknown``: no head count can be read. ``is_approximate``: 约, 左右.
    ``other``: numbers of things that are not people, as written. ``per``: the numbers are for each of these (场).
    ``ask``: the parts and the total disagree; ``choices`` stand for the ``doubtful`` piece of the text.
    """

    text: str
    min: int | None = None
    max: int | None = None
    online: int | None = None
    offline: int | None = None
    unknown: bool = True
    is_approximate: bool = False
    other: tuple[str, ...] = ()
    per: str | None = None
    ask: bool = False
    doubtful: str = ""
    choices: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        return {
            "min": self.min,
            "max": self.max,
            "online": self.online,
            "offline": self.offline,
            "unknown": self.unknown,
            "approx": self.is_approximate,
            "other": list(self.other),
            "per": self.per,
            "ask": self.ask,
        }

    def in_words(self) -> str:
        """``约200人``, ``100至150人``, ``至少5200人（线上5000、线下200）``, ``不超过200人``; empty when no head count was read."""
        if self.unknown:
            return ""
        words = self._count_in_words()
        if self.choices:
            return f"分项相加是{self.choices[0]}，写的是{self.doubtful}，以哪个为准？"
        return f"{words}？合计没有写明" if self.ask else words

    def _count_in_words(self) -> str:
        if self.min is not None and self.min == self.max:
            words = f"{'约' if self.is_approximate else ''}{self.min}人"
        elif self.min is not None and self.max is not None:
            words = f"{self.min}至{self.max}人"
        else:
            words = f"至少{self.min}人" if self.min is not None else f"不超过{self.max}人"
        if self.online is not None and self.offline is not None:
            words += f"（线上{self.online}、线下{self.offline}）"
        elif self.online is not None:
            words += "（线上）"
        return f"每{self.per}{words}" if self.per else words


@lru_cache(maxsize=8192)
def read(text: str) -> ScaleReading:
    """The reading of *text* as typed."""
    counts = head_counts.read(inside(text[:READ_AT_MOST], _HEADING))
    other = tuple(quantity.text for quantity in counts.quantities if quantity.kind == "thing")
    people = _taken_as_often(_people(counts), counts)
    if not people:
        return ScaleReading(text, other=other)
    main, ask = _main(people)
    main = _product(main) if counts.product_at is not None else _between(main)
    low, high = _sum(main)
    sessions = _sessions(counts, main)
    per = main[0].per if main[0].per and sessions is None else None
    if sessions is not None:
        low, high = (None if low is None else low * sessions), (None if high is None else high * sessions)
    online, offline = (_in_place(people, place, sessions or 1) for place in ("online", "offline"))
    missing = {place for place, said in (("online", online), ("offline", offline)) if place in counts.open_places and said is None}
    if (missing or counts.has_vague) and not any(quantity.is_total for quantity in main):
        low, high = (low if low is not None else high), None
    is_approximate = any(quantity.is_approximate for quantity in main)
    doubtful, choices = _question(people, main) if ask else ("", ())
    return ScaleReading(text, low, high, online, offline, False, is_approximate, other, per, ask, doubtful, choices)


def _question(people: list[Quantity], main: list[Quantity]) -> tuple[str, tuple[str, ...]]:
    """Which piece of the text is wrong where 线上500人、线下100人，共700人 do not add up, and what the parts come to."""
    low, high = _sum([quantity for quantity in people if quantity.place])
    if len(main) != 1 or main[0].place or main[0].per or low is None or low != high:
        return "", ()
    return main[0].text, (f"{low}{main[0].unit or '人'}",)


def _people(counts: Counts) -> list[Quantity]:
    """The numbers that count people: by unit, by 线上 and 线下, or because the cell holds nothing else."""
    people = [quantity for quantity in counts.quantities if quantity.kind == "people" or (quantity.kind == "bare" and quantity.place)]
    bare = [quantity for quantity in counts.quantities if quantity.kind == "bare"]
    if people:
        whole = [quantity for quantity in bare if not quantity.is_detail and not quantity.place]
        return whole[:1] + people if all(quantity.is_detail for quantity in people) else people  # 1100（线上1000）
    things = [quantity for quantity in counts.quantities if quantity.kind == "thing"]
    if bare and not _BENIGN.sub("", counts.rest) and not (set(map(id, things)) and counts.product_at is None):
        return bare
    return []


def _main(people: list[Quantity]) -> tuple[list[Quantity], bool]:
    """The numbers that make up the whole, and whether the parts contradict it."""
    main = [quantity for quantity in people if not quantity.is_detail] or people
    totals = [quantity for quantity in main if quantity.is_total]
    whole = [quantity for quantity in main if not quantity.per] or main
    placed = [quantity for quantity in people if quantity.place]
    unplaced = [quantity for quantity in whole if not quantity.place]
    if totals and len(main) > 1:
        whole = totals[:1]
    elif len(unplaced) == 1 and len(placed) > 1 and _sum(placed) == _sum(unplaced):
        whole = unplaced
    parts = {quantity.place for quantity in placed}
    disagree = len(whole) == 1 and not whole[0].place and parts == {"online", "offline"} and _contradicts(_sum(placed), _sum(whole))
    leaves_out = (
        not totals and any(quantity.per in SESSIONS for quantity in main) and not any(quantity.per for quantity in whole)
    )  # 首场100人，后续每场50人; of 每单位2人，限60人 the 60 are all
    return whole, disagree or leaves_out or any(quantity.is_each for quantity in whole)


def _product(main: list[Quantity]) -> list[Quantity]:
    """30×3 in a cell of its own."""
    if len(main) == 2 and all(each.kind == "bare" and each.low is not None and each.low == each.high for each in main):
        both = (main[0].low or 0) * (main[1].low or 0)
        return [replace(main[0], low=both, high=both)]
    return main


def _between(main: list[Quantity]) -> list[Quantity]:
    """100人以上200人以下 is one number with two bounds."""
    if len(main) == 2 and main[0].high is None and main[1].low is None and main[0].place == main[1].place:
        low, high = main[0].low, main[1].high
        if low is not None and high is not None and low < high:
            return [replace(main[0], high=high)]
    return main


def _contradicts(parts: tuple[int | None, int | None], whole: tuple[int | None, int | None]) -> bool:
    low = parts[0] is not None and whole[1] is not None and parts[0] > whole[1]
    high = parts[1] is not None and whole[0] is not None and parts[1] < whole[0]
    return low or high


def _sum(quantities: list[Quantity]) -> tuple[int | None, int | None]:
    """Both bounds added up; a part without a lower bound counts as nothing there, unless all are without."""
    lows = [quantity.low for quantity in quantities]
    highs = [quantity.high for quantity in quantities]
    low = sum(each or 0 for each in lows) if any(each is not None for each in lows) else None
    high = sum(each for each in highs if each is not None) if all(each is not None for each in highs) else None
    return low, high


def _taken_as_often(people: list[Quantity], counts: Counts) -> list[Quantity]:
    """线下每场50人，共6场；线上1万人次 are 300 and 10,000; of 每场200人，共3场，约600人 the last says it all."""
    per = [each for each in people if each.per and not each.is_detail]
    beside = [each for each in people if not each.per and not each.is_detail]
    sessions = _said_sessions(counts, per[0]) if len(per) == 1 and beside else None
    if sessions is None:
        return people
    low, high = (None if end is None else end * sessions for end in (per[0].low, per[0].high))
    if len(beside) == 1 and not beside[0].place and (low, high) == (beside[0].low, beside[0].high):
        return [each for each in people if each is not per[0]]
    if per[0].place and all(each.place and each.place != per[0].place for each in beside):
        return [replace(each, low=low, high=high, per="") if each is per[0] else each for each in people]
    return people


def _sessions(counts: Counts, main: list[Quantity]) -> int | None:
    """How often the number per session is to be taken: 3场，每场50人; None where that is not said."""
    if len(main) != 1 or main[0].is_total or not (main[0].per or counts.product_at is not None):
        return None
    return _said_sessions(counts, main[0])


def _said_sessions(counts: Counts, of: Quantity) -> int | None:
    per = of.per
    beside = counts.quantities
    if counts.product_at is not None and not per:
        beside = beside[max(0, counts.product_at - 1) : counts.product_at + 1]
    said = [each for each in beside if each is not of and each.kind != "people" and each.low == each.high and each.low]
    if per:
        said = [each for each in said if each.unit.endswith(per) or any({per, each.unit} <= alike for alike in _COUNTED_ALIKE)]
    return said[0].low if len(said) == 1 else None


def _in_place(people: list[Quantity], place: str, sessions: int) -> int | None:
    """How many are there in all."""
    here = [quantity for quantity in people if quantity.place == place]
    there = [quantity.anchor for quantity in here if not quantity.is_detail] or [quantity.anchor for quantity in here]
    found = [anchor for anchor in there if anchor is not None]
    return sum(found) * sessions if found else None
