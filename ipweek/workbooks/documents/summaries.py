"""All units' 活动总结 in one Word document: the totals first, then what each unit wrote."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import IO, Any

from ipweek.workbooks.documents import paper
from ipweek.workbooks.documents.paper import Section, Table

_NUMERALS = "零一二三四五六七八九十"
_HOW = {"held": "已举办", "moved": "改期举办", "cancelled": "取消"}


@dataclass(frozen=True)
class Merged:
    """What the document is made of. ``sent`` are the summaries as the office got them, in official order."""

    title: str
    figures: Mapping[str, str]
    """What is counted: key and words."""
    sent: Sequence[Mapping[str, Any]]
    missing: Sequence[tuple[str, str]]
    """(unit, the state its summary is in)."""


def write(into: IO[bytes], merged: Merged, *, made_at: datetime, mark: str = "") -> None:
    paper.write(into, [Section(_body(merged))], title=merged.title, made_at=made_at, mark=mark)


def totals(merged: Merged) -> dict[str, int]:
    """What all units come to, figure by figure."""
    return {key: sum(_figure(one, key) or 0 for one in merged.sent) for key in merged.figures}


def _body(merged: Merged) -> Iterator[str]:
    yield paper.title(merged.title)
    yield paper.paragraph("", "GwText")
    yield paper.paragraph("一、总体情况", "GwFirst")
    yield paper.paragraph(_overall(merged), "GwText")
    if merged.missing:
        names = "、".join(f"{unit}（{state}）" for unit, state in merged.missing)
        yield paper.paragraph(f"未列入的单位 {len(merged.missing)} 个：{names}。", "GwText")
    yield paper.paragraph("二、各单位数据", "GwFirst")
    yield from _table(merged)
    yield paper.paragraph("三、各单位总结", "GwFirst")
    if not merged.sent:
        yield paper.paragraph("暂无审核通过的活动总结。", "GwText")
    for number, one in enumerate(merged.sent, 1):
        yield from _unit(number, one, merged.figures)


def _overall(merged: Merged) -> str:
    sums = totals(merged)
    counted = "，".join(f"{_words(words)}共 {sums[key]} {_measure(words)}" for key, words in merged.figures.items())
    planned = sum(len(one["planned"]) for one in merged.sent)
    how = {key: sum(item["how"] == key for one in merged.sent for item in one["planned"]) for key in _HOW}
    added = sum(len(one["added"]) for one in merged.sent)
    kept = "，".join(f"{words} {how[key]} 项" for key, words in _HOW.items())
    return f"共汇总 {len(merged.sent)} 个单位的活动总结，{counted}。原定活动 {planned} 项，其中{kept}；另外增加活动 {added} 项。"


def _table(merged: Merged) -> Iterator[str]:
    count = len(merged.figures)
    first = 120.0
    table = Table([first, *[(paper.TEXT_WIDTH - first) / count] * count], [False, *[True] * count])
    yield table.head + table.headings(["单位", *merged.figures.values()])
    for one in merged.sent:
        figures = [_figure(one, key) for key in merged.figures]
        yield table.row([one["unit"]["short"], *("—" if figure is None else str(figure) for figure in figures)])
    sums = totals(merged)
    yield table.row(["合计", *(str(sums[key]) for key in merged.figures)]) + Table.END


def _unit(number: int, one: Mapping[str, Any], figures: Mapping[str, str]) -> Iterator[str]:
    yield paper.paragraph(f"（{numeral(number)}）{one['unit']['name']}", "GwSecond")
    said = [f"{_words(words)} {figure} {_measure(words)}" for key, words in figures.items() if (figure := _figure(one, key)) is not None]
    if said:
        yield paper.paragraph(f"{'，'.join(said)}。", "GwText")
    for line in one["text"].split("\n"):
        if line.strip():
            yield paper.paragraph(line.strip(), "GwText")
    changed = [_change(item) for item in one["planned"] if item["how"] in {"moved", "cancelled"}]
    if changed:
        yield paper.paragraph(f"与原定安排不同的活动：{'；'.join(changed)}。", "GwText")
    if one["added"]:
        names = "；".join(_added(item) for item in one["added"])
        yield paper.paragraph(f"增加的活动：{names}。", "GwText")


def _change(item: Mapping[str, Any]) -> str:
    when = f"，实际时间 {item['when']}" if item["how"] == "moved" and item.get("when") else ""
    return f"{item['event_name'] or '（未写名称）'}（{_HOW[item['how']]}{when}）"


def _added(item: Mapping[str, str]) -> str:
    told = "，".join(item[key] for key in ("when", "venue", "people") if item.get(key))
    return f"{item.get('event_name', '')}{f'（{told}）' if told else ''}"


def _figure(one: Mapping[str, Any], key: str) -> int | None:
    value = one["figures"].get(key)
    return int(value) if value is not None else None


def _words(label: str) -> str:
    return label.partition("（")[0]


def _measure(label: str) -> str:
    return label.partition("（")[2].rstrip("）")


def numeral(number: int) -> str:
    """1 to 999 as Chinese numerals: 一, 十二, 一百零三."""
    hundreds, rest = divmod(number, 100)
    tens, ones = divmod(rest, 10)
    said = f"{_NUMERALS[hundreds]}百" if hundreds else ""
    if tens:
        said += ("" if tens == 1 and not hundreds else _NUMERALS[tens]) + "十"
    elif hundreds and ones:
        said += "零"
    return said + (_NUMERALS[ones] if ones else "")
