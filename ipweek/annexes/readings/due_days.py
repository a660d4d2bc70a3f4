"""Days by which something is due: to sign up, to hand in, to prepare, to report. They bound that work and are no days of the activity.

``4月17日前完成报名，4月24日比赛`` is about 4月24日. What is due is read beside the day, in its clause; where the words leave open
whether a day is one of the activity, it is asked.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from ipweek.annexes.readings.date_sense import Entry, Sense

SIGNING_UP = re.compile("(?<!现场)报名|招募")
"""A span of it is no span of the activity either. Who signs up 现场 does so on the day."""

_COMING = re.compile("预约|登记|注册|领票|取票|领取")
"""What is done before one comes; without 前 or 截止 beside it it may be the activity: 4月20日至26日预约参观."""

COLLECTING = re.compile(
    "征集|征稿|征文|收稿|截稿|来稿|交稿|供稿|投稿|收件|申报|申请|提交|递交|上交|上传|报送|推荐|投票|(?:发|寄|送)(?:送|至|到)"
)
"""Often a part of the activity, sometimes all of it. The last day for it is none on which something takes place."""

_SETTING_UP = re.compile("布展|撤展|布置|搭建|彩排|排练|踩点")
"""On a day of its own it is none of the activity's either: 4月19日布展，4月20日开幕."""

_PREPARING = re.compile(f"筹备|准备|确认|{_SETTING_UP.pattern}")
REPORTING = re.compile("总结|汇总|反馈|回执|信息|报道|简报")
"""What is done when all is over. A limit for it ends no activity: 4月20日起，5月10日前报送总结."""
_ANY = re.compile("|".join(each.pattern for each in (SIGNING_UP, _COMING, COLLECTING, _PREPARING, REPORTING)))
_LABEL = re.compile("(?:时间|日期|期限|日)[:为是]")
_CLAUSE_END = re.compile(r"[,;。!?()\s]|(?<=[^\d日号)])、(?=\d)")


@dataclass(frozen=True)
class _Said:
    """A day or span with the words of its clause that belong to it, and where they stand."""

    entry: Entry
    first: int
    last: int
    words: str

    def speaks_of(self, work: re.Pattern[str]) -> bool:
        return work.search(self.words) is not None


def set_aside(sense: Sense, text: str) -> None:
    """Take the days out of *sense* by which, in the words of *text*, something else than the activity is due."""
    if not sense.entries or not (any(entry.is_open_start for entry in sense.entries) or _ANY.search(text)):
        return
    said = _each_with_its_words(sense.entries, text)
    is_bound = [_is_bound(each, alone=len(said) == 1) for each in said]
    kept = [each for each, bound in zip(said, is_bound, strict=True) if not bound]
    bounds = [each for each, bound in zip(said, is_bound, strict=True) if bound]
    sense.entries = [each.entry for each in kept]
    if not bounds:
        sense.is_doubtful = sense.is_doubtful or _may_be_two_things(kept)
        return
    for each in bounds:
        text = f"{text[: each.first]}{' ' * (each.last - each.first)}{text[each.last :]}"
    sense.parts = [part for part in sense.parts if part in text.lower()]
    if kept:
        sense.is_doubtful = sense.is_doubtful or _may_be_two_things(kept) or not all(_is_plain(each, kept) for each in bounds)
    else:
        sense.is_standing = sense.is_standing and not any("即日" in each.words for each in bounds)
        sense.is_doubtful = sense.is_doubtful or not (sense.is_standing or sense.is_recurring or sense.is_undated or sense.weekdays)


def _each_with_its_words(entries: list[Entry], text: str) -> list[_Said]:
    """Every entry with its part of the clause: the words ahead of it where the clause begins with such words, else those behind."""
    clauses = _clauses(text, sorted(entry.place for entry in entries))
    said = []
    for entry in entries:
        first, last = entry.place
        begin, end, mates = next(clause for clause in clauses if clause[0] <= first < clause[1])
        if len(mates) > 1 and _ANY.search(text, begin, mates[0][0]):
            begin = max((mate[1] for mate in mates if mate[1] <= first), default=begin)
            end = last if mates[-1][0] > first else end
        elif len(mates) > 1:
            begin = first
            end = min((mate[0] for mate in mates if mate[0] > first), default=end)
        said.append(_Said(entry, begin, end, text[begin:end]))
    return said


def _clauses(text: str, places: list[tuple[int, int]]) -> list[tuple[int, int, list[tuple[int, int]]]]:
    """Where each clause begins and ends, and the *places* in it.

    A bracket behind words of such work without a day belongs to them: 征稿（4月10日截止）.
    """
    ends = [match.start() for match in _CLAUSE_END.finditer(text) if not any(first < match.start() < last for first, last in places)]
    clauses: list[tuple[int, int, list[tuple[int, int]]]] = []
    begin = 0
    for end in [*ends, len(text)]:
        mates = [place for place in places if begin <= place[0] <= end]
        if clauses and not clauses[-1][2] and text[begin - 1 : begin] == "(" and _ANY.search(text, clauses[-1][0], begin):
            begin = clauses.pop()[0]
        clauses.append((begin, end + 1, mates))
        begin = end + 1
    return clauses


def _is_bound(said: _Said, *, alone: bool) -> bool:
    """Whether the day or span is one for other work than the activity itself, be that sure or not."""
    entry = said.entry
    if entry.kind == "week":
        return False
    if said.speaks_of(SIGNING_UP):
        return not alone or entry.is_open_start or entry.is_open_end or entry.is_span or _LABEL.search(said.words) is not None
    if entry.is_open_start:
        return not alone or said.speaks_of(_COMING)
    if entry.is_open_end and said.speaks_of(_COMING):
        return not alone
    return not alone and entry.first == entry.last and said.speaks_of(_SETTING_UP)


def _is_plain(bound: _Said, kept: list[_Said]) -> bool:
    """Whether no other reading is left: the work is named, it has a last day or is a span, and what else is said comes after it."""
    entry = bound.entry
    if entry.first == entry.last and bound.speaks_of(_SETTING_UP):
        return all(entry.last < each.entry.first or each.entry.last < entry.first for each in kept)
    if not (entry.is_open_start or entry.is_span or entry.is_open_end or entry.is_begun) and not _LABEL.search(bound.words):
        return False
    if bound.speaks_of(REPORTING):
        return True
    if not bound.speaks_of(_ANY):  # 4月底（五一节前） says no more than 4月底
        return not re.search(r"\d", bound.words) and entry.last >= max(each.entry.first for each in kept)
    return entry.last <= max(each.entry.last for each in kept) and (entry.is_open_start or bound.speaks_of(SIGNING_UP))


def _may_be_two_things(kept: list[_Said]) -> bool:
    """Whether a span of collecting or preparing stands beside days outside it: the activity may be both, or only the days."""
    return any(
        each.entry.is_span
        and (each.speaks_of(COLLECTING) or each.speaks_of(_PREPARING))
        and any(other.entry.first < each.entry.first or each.entry.last < other.entry.last for other in kept)
        for each in kept
    )
