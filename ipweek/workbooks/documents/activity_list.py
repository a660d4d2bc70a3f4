"""The list of main activities (主要活动一览) as a Word document: numbered paragraphs by time, the unit in brackets."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import IO

from ipweek import wording
from ipweek.workbooks.documents import paper
from ipweek.workbooks.documents.paper import Section
from ipweek.workbooks.overview import Entry, begins_at

LEVELS = {1: "市级层面", 2: "区级层面"}
"""What the annexes are called in a list of both."""
_NUMERALS = "一二三四五六七八九十"
_STOP = "。！？!?；;，,、"


def write(
    into: IO[bytes],
    title: str,
    entries: Sequence[Entry],
    *,
    week: tuple[date, date] | None,
    made_at: datetime,
    forms: Mapping[int, Mapping[str, str]] | None = None,
    mark: str = "",
) -> None:
    """Write the list. *forms* give the labels of further columns (notice's own, without a place of theirs) by annex."""
    body = _body(title, entries, week, forms or {})
    paper.write(into, [Section(body)], title=title, made_at=made_at, mark=mark)


def _body(title: str, entries: Sequence[Entry], week: tuple[date, date] | None, forms: Mapping[int, Mapping[str, str]]) -> Iterator[str]:
    yield paper.title(title)
    yield paper.paragraph(f"（{wording.period(*week)}）" if week else "", "GwSubtitle")
    yield paper.paragraph("", "GwText")
    if not entries:
        yield paper.paragraph("暂无活动。", "GwText")
    number = 0
    annexes = sorted({entry.annex for entry in entries})
    for place, annex in enumerate(annexes):
        if len(annexes) > 1:
            yield paper.paragraph(f"{_NUMERALS[place % 10]}、{LEVELS.get(annex, f'附件{annex}')}", "GwFirst")
        for entry in in_order(entry for entry in entries if entry.annex == annex):
            number += 1
            yield paper.paragraph(f"{number}.{sentence(entry, forms.get(annex, {}))}", "GwText")


def in_order(entries: Iterable[Entry]) -> list[Entry]:
    """By time; what has no date yet stands at the end, as sent."""
    return sorted(entries, key=_moment)


def _moment(entry: Entry) -> tuple[date, date, int]:
    first, last = entry.starts_on or entry.ends_on or date.max, entry.ends_on or entry.starts_on or date.max
    return first, last, begins_at(entry.values.get("event_time", ""))


def sentence(entry: Entry, more: Mapping[str, str] | None = None) -> str:
    """One activity in one paragraph: name, time and place, what and for whom, the unit in brackets."""
    said = {key: " ".join(text.split()) for key, text in entry.values.items()}
    host = said.get("host", "")
    when = "，".join(part for key in ("event_time", "venue") if (part := _open(said.get(key, ""))))
    parts = [
        _open(said.get("event_name", "")) or "（未写名称）",
        when,
        _open(said.get("content", "")),
        _named("出席范围", said.get("attendees", "")),
        _named("规模", said.get("scale", "")),
        _named("主办", host if host != entry.unit else ""),
        _named("协办", said.get("co_host", "")),
        *(_named(label, said.get(key, "")) for key, label in (more or {}).items()),
    ]
    return "".join(f"{part}。" for part in parts if part) + f"（{entry.unit}）"


def _named(label: str, text: str) -> str:
    return f"{label}：{_open(text)}" if text else ""


def _open(text: str) -> str:
    """*text* without the stop at its end: it goes on. Breaks between Chinese words need no blank."""
    text = re.sub(r"(?<=[^\x00-\x7f]) (?=[^\x00-\x7f])", "", text)
    return text.rstrip(_STOP)
