"""What is to be sent, and by when."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from ipweek.notice.calendar import NoCalendar, WorkCalendar
from ipweek.notice.reader.due_dates import Mark, days_alone, points, windows
from ipweek.notice.reader.due_terms import EACH_ITS_OWN, recurring, relative
from ipweek.notice.reader.due_things import SEND, is_sent, shared_out, what
from ipweek.notice.reader.facts import Deadline, NoticeFacts
from ipweek.notice.reader.lines import Line, tidy
from ipweek.notice.reader.years import Years

LONGEST = 2_000
"""Characters of one sentence; what is longer is no sentence and is read in pieces."""
MOST = 100
"""Dates in one sentence that are asked what is due by them: a table of all units in one line has sixty."""

_POSTPONED = re.compile(
    r"遇(?:到)?(?:法定)?(?:节假日|休息日|双休日|公休日|周末|假期)[^,。;]{0,10}(?:顺延|延后|推迟)|节假日顺延|(?:可|依次|相应)?顺延(?![0-9一二两三四五]|[至到][0-9])"
)
_ALL_POSTPONED = re.compile(rf"(?:以上|上述)[^,。;]{{0,16}},?(?:如|若)?(?:{_POSTPONED.pattern})")  # 以上时间如遇节假日顺延


def read_deadlines(lines: list[Line], years: Years, calendar: WorkCalendar, annex_titles: dict[int, str], facts: NoticeFacts) -> None:
    """Fill in deadlines from the text's *lines*, in the order of the text, each thing once."""
    evidence: list[str] = []
    asks = False
    for line in lines:
        asks = _ASKS.search(line.bare) is not None or (asks and _ITEM.match(line.bare) is not None)
        for start, end in _sentences(line.bare):
            for deadline in _in_sentence(line, start, end, _Frame(years, calendar, annex_titles, facts, is_asked=asks)):
                sentence = line.said(start, end)[:1000]
                if not any(_same(deadline, known) for known in facts.deadlines):
                    facts.deadlines.append(replace(deadline, sentence=sentence))
                    if sentence not in evidence:
                        evidence.append(sentence)
            if _ALL_POSTPONED.search(line.bare, start, end):
                facts.deadlines = [_postponed(one, calendar) if one.due_on and "顺延" not in one.note else one for one in facts.deadlines]
    if evidence:
        facts.evidence["deadlines"] = "\n".join(evidence)[:4000]
    else:
        facts.notes["deadlines"] = "没有找到报送期限。"


def _same(one: Deadline, other: Deadline) -> bool:
    """The same due day for the same thing, told twice."""
    return (
        (one.kind, one.rule, one.due_on, one.annex) == (other.kind, other.rule, other.due_on, other.annex)
        and (one.due_on is not None or one.phrase == other.phrase)
        and (one.due_time == other.due_time or (other.due_time is not None and one.due_time is None))
    )


def _sentences(text: str) -> Iterator[tuple[int, int]]:
    start = 0
    for found in re.finditer(r"[。!?]|$", text):
        while found.end() - start > LONGEST:
            yield start, start + LONGEST
            start += LONGEST
        yield start, found.end()
        start = found.end()


_ASKS = re.compile(rf"(?:{SEND.pattern})[^。;:]{{0,30}}:$")  # 请报送以下材料：
_ITEM = re.compile(r"^(?:\([0-9一二三四五六七八九十]{1,2}\)|[0-9]{1,2}[.、)](?![0-9])|[①-⑳]|-|●|■|◆|★|※)")


@dataclass(frozen=True)
class _Frame:
    """What else of the notice bears on its deadlines."""

    years: Years
    calendar: WorkCalendar
    annex_titles: dict[int, str]
    facts: NoticeFacts
    is_asked: bool  # an item of a list whose heading asks for what it names


def _in_sentence(line: Line, start: int, end: int, frame: _Frame) -> Iterator[Deadline]:
    years, calendar, facts = frame.years, frame.calendar, frame.facts
    text = line.bare[start:end]
    if len(text) < 6:
        return
    marks = sorted(
        [
            *relative(text, years, facts, calendar),
            *recurring(text),
            *windows(text, years, facts),
            *points(text, years, facts),
            *days_alone(text, years),
        ],
        key=lambda m: (m.start, -m.end),
    )
    kept: list[Mark] = []
    for mark in marks[:MOST]:
        if kept and mark.start < kept[-1].end:
            if mark.end - mark.start > kept[-1].end - kept[-1].start and not kept[-1].deadline.rule and not kept[-1].deadline.note:
                kept[-1] = mark
            continue
        kept.append(mark)
    kept = _days_of_terms(kept, text)
    postponed = _postponed_places(text, kept)
    together = shared_out(text, kept, frame.annex_titles)
    for place, mark in enumerate(kept):
        left = kept[place - 1].end if place else 0
        right = kept[place + 1].start if place + 1 < len(kept) else len(text)
        if place not in together and mark.needs_sending and not is_sent(text, left, right, mark, is_asked=frame.is_asked):
            continue
        kind, annex = together.get(place) or what(
            text,
            left,
            right,
            mark,
            frame.annex_titles,
            earlier=line.bare[max(0, start + left - 120) : start + left],
            later=line.bare[start + right : start + right + 60],
            subject=_subject(facts.title or ""),
            last=place + 1 == len(kept),
        )
        if mark.start and text[mark.start - 1] == "“" and kind == "other" and place + 1 < len(kept) and _alike(mark, kept[place + 1]):
            continue  # the wording as corrected, and then what it means
        if mark.recurs:
            kind, annex = "other", None
        deadline = replace(mark.deadline, phrase=tidy(line.said(start + mark.start, start + mark.end))[:300], kind=kind, annex=annex)
        if kind == "other" and _is_news(deadline, text[mark.end : right]):
            deadline = replace(deadline, rule=None, due_on=None, note=EACH_ITS_OWN)
        yield _postponed(deadline, calendar) if place in postponed else _pointed_out(deadline, calendar)


def _subject(title: str) -> str:
    """What a title such as 关于报送宣传周活动情况的通知 asks for, or nothing."""
    if form := re.search(r"安排表|计划表|活动表|一览表", title):
        return form[0]
    named = re.search(r"关于(?:做好|及时)?(?:报送|上报|填报|提交|征集|申报)(?P<what>.{2,60})的(?:补充|紧急)?(?:通知|函)", title)
    return named["what"] if named else ""


def _postponed_places(text: str, marks: list[Mark]) -> set[int]:
    """Which of *marks* 遇节假日顺延 is said of: those of its own part of the sentence, or all where it stands apart behind a semicolon."""
    places: set[int] = set()
    for found in _POSTPONED.finditer(text):
        first, last = text.rfind(";", 0, found.start()) + 1, text.find(";", found.end())
        near = {place for place, mark in enumerate(marks) if first <= mark.start and (last < 0 or mark.start < last)}
        places |= near or set(range(len(marks)))
    return places


# --- what the expressions are ---


def _is_news(deadline: Deadline, sent: str) -> bool:
    """Whether 活动结束后1日内 is meant of each activity: what is *sent* is news of it, and the week is not named."""
    is_week = re.search(r"宣传|[周月季节]|全部|所有", deadline.phrase) is not None
    return (deadline.rule or "").endswith("after ends_on") and not is_week and re.search(r"信息|新闻|报道|图文|稿|简讯", sent) is not None


def _days_of_terms(marks: list[Mark], text: str) -> list[Mark]:
    """*marks* with each day in brackets that only says what the term before it comes to put into one with it.

    宣传周结束后一周内（5月3日前）; where both are known and differ, that is said.
    """
    kept: list[Mark] = []
    for mark in marks:
        term = kept[-1] if kept else None
        if term is None or term.recurs or _IN_BRACKET.fullmatch(text[term.end : mark.start]) is None or mark.deadline.due_on is None:
            kept.append(mark)
        elif term.deadline.rule is None and term.deadline.due_on is None:
            kept[-1] = mark
        elif term.deadline.rule is None:
            kept.append(mark)
        elif not _alike(term, mark):
            day = mark.deadline.due_on
            note = f"{term.deadline.note}括号里写的是{day.month}月{day.day}日，请核对。"
            kept[-1] = replace(term, deadline=replace(term.deadline, note=note))
    return kept


_IN_BRACKET = re.compile(r"\((?:即|也即|亦即|也就是)?")


def _alike(one: Mark, other: Mark) -> bool:
    return (one.deadline.due_on, one.deadline.due_time) == (other.deadline.due_on, other.deadline.due_time)


def _pointed_out(deadline: Deadline, calendar: WorkCalendar) -> Deadline:
    """The deadline with a word about its day where that is a rest day; the day stays as the text has it."""
    day = deadline.due_on
    if day is None or day.year not in calendar.years or calendar.is_workday(day):
        return deadline
    return replace(deadline, note=f"{deadline.note}这一天是休息日，按原文保留。")


def _postponed(deadline: Deadline, calendar: WorkCalendar) -> Deadline:
    """The deadline moved to the next working day where it falls on a rest day and the text says 遇节假日顺延."""
    if deadline.due_on is None:
        return replace(deadline, note=(deadline.note + "遇节假日顺延。"))
    try:
        moved = calendar.next_workday(deadline.due_on)
    except NoCalendar as missing:
        return replace(deadline, note=f"{deadline.note}遇节假日顺延；{missing}")
    if moved == deadline.due_on:
        return replace(deadline, note=deadline.note + "遇节假日顺延。")
    return replace(deadline, due_on=moved, note=f"{deadline.note}遇节假日顺延，原为{deadline.due_on.month}月{deadline.due_on.day}日。")
