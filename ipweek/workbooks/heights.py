"""How many lines a text takes in a column, so that a row is made high enough to show all of it.

Office programs do not compute heights when they open a file that another program wrote, and each breaks lines
a little differently. So this errs towards more lines: Latin letters are taken wider than 仿宋 has them (the face
that stands in where it is missing is wider), and a word breaks only at blanks.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import accumulate

OPENING = frozenset("（【《〈「『“‘〔([{")
"""May not end a line (避头尾)."""
CLOSING = frozenset("，。、；：！？）】》〉」』”’…—·〕～,.;:!?)]}%％℃")
"""May not begin a line."""

_NARROW = re.compile("[\0-\u1fff\u2e7e\ud800-\udfff\uff61-\uffdc]")
_HANZI = "\u2010"
"""From here on a line may break between any two characters; before, only at blanks."""


class _Widths(dict[str, float]):
    """Widths of characters in em: 1 for hanzi, less for Latin letters, 0 for marks that combine."""

    def __missing__(self, character: str) -> float:
        width = 1.0
        if unicodedata.category(character) in {"Mn", "Me", "Cf"}:
            width = 0.0
        elif character in " .,:;'!|()[]{}-/ijl":
            width = 0.5
        elif character in "mwMWQ@%&":
            width = 0.95
        elif "A" <= character <= "Z" or character in "+=<>~^#$":
            width = 0.75
        elif "!" <= character <= "~":
            width = 0.57
        self[character] = width
        return width


_widths = _Widths()


def width(text: str) -> float:
    """How wide *text* is on one line, in em."""
    return sum(map(_widths.__getitem__, text))


def lines(text: str, room: float) -> int:
    """How many lines *text* takes, at most, in a column of *room* em; its own line breaks count."""
    if "\n" not in text:
        return _wrapped(text, room)
    return sum(_wrapped(line, room) for line in text.split("\n"))


def most_lines(texts: Iterable[str], rooms: Sequence[float]) -> int:
    """How many lines the highest cell of a row takes.

    Two neighbouring lines together are always longer than one line's room, so a text takes less than
    ``2 * length / room + 1`` lines; the ones that cannot be the highest are not measured further.
    """
    most = 1
    candidates = []
    for text, room in zip(texts, rooms, strict=True):
        if "\n" in text:
            most = max(most, lines(text, room))
        elif len(text) > room:
            candidates.append((len(text) / room, text, room))
    candidates.sort(reverse=True)
    for share, text, room in candidates:
        if 2 * share + 1 <= most:
            break
        taken = _known(text, room) if len(text) < _SHORT else _measured(text, room)
        most = max(most, taken)
    return most


def _wrapped(line: str, room: float) -> int:
    if len(line) <= room:
        return 1
    return _known(line, room) if len(line) < _SHORT else _measured(line, room)


def _measured(line: str, room: float) -> int:
    if _NARROW.search(line) is None:
        return _wrapped_wide(line, max(1, int(room)))
    return _wrapped_mixed(line, max(1.01, room))


_SHORT = 48
_known = lru_cache(maxsize=8192)(_measured)
"""Hosts, places, times and contacts are short and come again and again."""


def _wrapped_wide(line: str, room: int) -> int:
    """Where every character is one em wide, a line is a slice."""
    count, start, length = 1, 0, len(line)
    while length - start > room:
        start = _break_before(line, start, start + room)
        count += 1
    return count


def _wrapped_mixed(line: str, room: float) -> int:
    ends = list(accumulate(map(_widths.__getitem__, line)))  # ends[i]: the width up to and with character i
    total, length = ends[-1], len(line)
    count, start, used = 1, 0, 0.0
    while total - used > room:
        start = _break_before(line, start, max(bisect_right(ends, used + room), start + 1))
        while start < length and line[start] == " ":  # blanks hang over the edge
            start += 1
        if start == length:
            break
        used = ends[start - 1]
        count += 1
    return count


def _break_before(line: str, start: int, end: int) -> int:
    """Where the next line begins, when at most ``line[start:end]`` fits: not inside a word, not before a full stop."""
    at = end
    if " " < line[at] < _HANZI and " " < line[at - 1] < _HANZI:
        while at > start and " " < line[at - 1] < _HANZI:
            at -= 1
        if at == start:  # a word longer than the line is cut
            return end
    while line[at] in CLOSING or line[at - 1] in OPENING:
        at -= 1
        if at <= start + 1:
            return end
    return at
