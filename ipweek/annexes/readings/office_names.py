"""Short names of offices that begin like the name of a person: 华政, 金监, 徐汇. What stands beside them tells which it is."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable

from ipweek.private_numbers import Private

_SIGN = r"[㐀-䶿一-鿿\U00020000-\U0003134f]"
_UNIVERSITIES = r"华(?:东(?:师大|理工|政法)|师大|[政师理])|上(?:师大|理工|海大|[大财外师政理音戏体])|复旦|同济|交大|东华|财大|海大"
_OFFICES = r"[金安市]监|[商管农科经教]委会?|文旅|房管|金管|应急|边检|经信|党[校办群]|[高中]院|国资"
_WITH_SIGN = r"(?:徐汇|黄浦|杨浦|金山|闵行|长宁|静安|普陀|虹口|宝山|嘉定|青浦|松江|奉贤|崇明|浦东新|高新)区"
_DISTRICTS = r"徐汇|黄浦|杨浦|金山|张江|金桥|卫健|[徐黄杨金]检"

_WHO = rf"(?P<who>{_SIGN}(?:·?{_SIGN}){{1,9}})"
"""One name, with a title or without, or two of them: 张三和李四."""

_ONLY_OFFICES = re.compile(rf"(?<!{_SIGN})(?:{_UNIVERSITIES}|{_OFFICES}|{_WITH_SIGN}){_WHO}?(?!{_SIGN})")
"""Nobody is called so, or so rarely that the office is meant; the person may stand right behind it."""

_OFFICES_OR_PEOPLE = re.compile(rf"(?<!{_SIGN})(?P<office>{_DISTRICTS})(?P<gap>[ \u3000\u00a0:：/—–\x01-]{{0,40}}){_WHO}(?!{_SIGN})")
"""张江 may be a person: an office only before the name of one, whose the number behind then is."""

_NAMES_TOO = ("金山", "张江", "卫健")
"""Districts and offices that people are called by as well."""

_BEHIND_A_NAME = re.compile(rf"(?<={_SIGN}[（(])(?:{_DISTRICTS})(?=[)）])")


def blank(rest: str, found: list[Private], is_person: Callable[[str], bool]) -> str:
    """*rest* of a contact cell with the short names of offices blanked; each place stays where it is.

    *found* are the numbers of the cell, *is_person* says whether a text may be a name.
    """

    def always(match: re.Match[str]) -> str:
        who = match["who"] or ""
        kept = who if is_person(who) else ""  # 华政张三; 华政附中 is an office as a whole
        return "\x01" * (len(match[0]) - len(kept)) + kept

    def beside(match: re.Match[str]) -> str:
        has_number = any(match.start("gap") <= each.start < match.end("gap") for each in found)
        is_one_of_two = match["office"] in _NAMES_TOO and _is_two_people(rest, match.end(), found)
        if has_number or is_one_of_two or not is_person(match["who"]):
            return match[0]
        return "\x01" * (len(match[0]) - len(match["who"])) + match["who"]

    rest = _BEHIND_A_NAME.sub(lambda match: "\x01" * len(match[0]), rest)
    rest = _ONLY_OFFICES.sub(always, rest)
    return _OFFICES_OR_PEOPLE.sub(beside, rest)


def _is_two_people(rest: str, at: int, found: list[Private]) -> bool:
    """Whether two numbers of one kind stand behind *at*, one for each: 张江 王五 13800000001 13800000002."""
    ends = re.search(_SIGN, rest[at:])
    stop = at + ends.start() if ends else len(rest)
    kinds = Counter(each.kind for each in found if at <= each.start < stop)
    return any(count > 1 for count in kinds.values())
