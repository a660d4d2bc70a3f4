"""Headings that the width of a column cut, put together again: one under another, or line by line across the table."""

from __future__ import annotations

import re

from ipweek.notice.reader.heading_words import is_heading, may_go_on
from ipweek.notice.reader.lines import Line

MOST_LINES = 5
"""Lines of one heading. In a column of two letters 活动规模（参与人数） takes five."""


def whole_again(run: list[Line]) -> list[Line]:
    """The lines of *run*, each one heading: 重点活动名 / 称 and 活动规 / 模（参 / 与人 / 数） are joined.

    Of all ways to join neighbours the one that leaves the fewest lines that are no known heading; of those, the one that joins least.
    """
    texts = [line.text.strip() for line in run]
    best: list[tuple[float, int]] = [(0.0, 0)]  # up to each line: the cost, and where its heading starts
    for end in range(1, len(texts) + 1):
        ways = [(best[start][0] + _cost("".join(texts[start:end]), end - start), start) for start in range(max(0, end - MOST_LINES), end)]
        best.append(min(ways))
    whole: list[Line] = []
    end = len(texts)
    while end:
        start = best[end][1]
        whole.insert(0, run[start] if end - start == 1 else Line("".join(texts[start:end])))
        end = start
    return whole


def _cost(text: str, lines: int) -> float:
    if is_heading(text):
        return 0.01 * (lines - 1)
    is_broken = text.startswith(("(", "（")) or text.count("(") + text.count("（") != text.count(")") + text.count("）") or len(text) == 1
    return lines * (4.0 if is_broken else 1.0) + 0.5 * (lines - 1)


def continued(columns: tuple[str, ...], line: Line) -> tuple[str, ...]:
    """*columns* with the ends of headings that stand on the *line* under them (名称 under 重点活动, （人数） under 活动规模).

    Each end goes to the next heading that it goes on with; unchanged where one goes on with none.
    """
    ends = [part for part in re.split(r"\t|\s{2,}", line.text.strip()) if part.strip()]
    if not ends or len(ends) > len(columns) or any(len(end) > 12 for end in ends):
        return columns
    whole = list(columns)
    place = 0
    for end in ends:
        while place < len(columns) and not _goes_on(columns[place], end):
            place += 1
        if place == len(columns):
            return columns
        whole[place] += end
        place += 1
    return tuple(whole)


def _goes_on(heading: str, end: str) -> bool:
    if end.startswith(("(", "（")):
        return not heading.endswith((")", "）")) and ("人" not in end or re.search(r"规模|人数|对象|范围", heading) is not None)
    joined = heading + end
    return (is_heading(joined) or may_go_on(joined)) and not is_heading(heading)
