"""Which row of a file is which row of the table, when nothing but their words says so. Pure.

Rows are paired in five passes, each only among what the earlier ones left over: by the row id that our own fill
pack carries; all cells equal; same name and time; a name that stands once on either side; and last by likeness,
wherever they stand, which is told as doubtful and left to the person. A row is never paired twice.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass

from ipweek.annexes import cell_text

LIKE = 0.5
"""From this likeness on (0 to 1) two rows are proposed as one, …"""
LIKE_NAME = 0.2
"""… if their names have at least so much in common: a day has several activities at one place."""
COMMON = 40
"""A pair of characters that stands in more of our rows than this tells nothing: 知识 and 产权 are everywhere."""
NEAR = 20
"""Of the rows that share telling pairs, so many are compared in full."""

_MARKS = re.compile(r"\W+")


@dataclass(frozen=True)
class Match:
    """The id of our row, None for a new one, and whether there is no doubt about it."""

    ours: int | None = None
    is_certain: bool = True


def plain(text: str) -> str:
    """*text* as it is compared: as it would be stored, without blanks around it."""
    return cell_text.clean(text.replace("\xa0", " "))[0].strip()


def match(theirs: Sequence[Mapping[str, str]], ours: Mapping[int, Mapping[str, str]], ids: Sequence[int | None] = ()) -> list[Match]:
    """For each row of the file, our row. *ids* are those that a fill pack carried, in the order of *theirs*."""
    left = _Left([_plain(row) for row in theirs], {row_id: _plain(row) for row_id, row in ours.items()})
    for place, known in enumerate(ids):
        if known in left.ours and known is not None:
            left.pair(place, known)
    keys = sorted({key for row in theirs for key in row})
    left.in_order(lambda row: tuple(row.get(key, "") for key in keys))
    left.in_order(lambda row: (_bare(row, "event_name"), row.get("event_time", "")) if _bare(row, "event_name") else None)
    left.once(lambda row: _bare(row, "event_name") or None)
    left.alike(keys)
    return [left.found.get(place, Match()) for place in range(len(theirs))]


def _plain(row: Mapping[str, str]) -> dict[str, str]:
    return {key: plain(text) for key, text in row.items()}


class _Left:
    """The rows that are not paired yet."""

    def __init__(self, theirs: Sequence[Mapping[str, str]], ours: Mapping[int, Mapping[str, str]]) -> None:
        self.theirs = dict(enumerate(theirs))
        self.ours = dict(ours)
        self.found: dict[int, Match] = {}

    def pair(self, place: int, ours: int, *, is_certain: bool = True) -> None:
        self.found[place] = Match(ours, is_certain)
        del self.theirs[place], self.ours[ours]

    def in_order(self, mark: Callable[[Mapping[str, str]], Hashable]) -> None:
        """Pair rows of one mark, the first with the first; those without a mark stay."""
        waiting = self._by(mark)
        for place, row in list(self.theirs.items()):
            if (said := mark(row)) is not None and waiting[said]:
                self.pair(place, waiting[said].pop(0))

    def once(self, mark: Callable[[Mapping[str, str]], Hashable]) -> None:
        """Pair rows whose mark stands once here and once there."""
        waiting = self._by(mark)
        counted = Counter(mark(row) for row in self.theirs.values())
        for place, row in list(self.theirs.items()):
            said = mark(row)
            if said is not None and counted[said] == 1 and len(waiting[said]) == 1:
                self.pair(place, waiting[said][0])

    def _by(self, mark: Callable[[Mapping[str, str]], Hashable]) -> defaultdict[Hashable, list[int]]:
        found: defaultdict[Hashable, list[int]] = defaultdict(list)
        for ours, row in self.ours.items():
            found[mark(row)].append(ours)
        return found

    def alike(self, keys: Sequence[str]) -> None:
        """Pair the most alike first, as doubtful: half by the name, half by the other cells.

        Only rows that share a telling word are compared at all, so that 2,000 rows stay quick.
        """
        words = {ours: _words(row) for ours, row in self.ours.items()}
        index: defaultdict[str, list[int]] = defaultdict(list)
        for ours, said in words.items():
            for word in said:
                index[word].append(ours)
        scored = []
        for place, row in self.theirs.items():
            said = _words(row)
            shared = Counter(ours for word in said if len(index.get(word, ())) <= COMMON for ours in index.get(word, ()))
            for ours, _ in shared.most_common(NEAR):
                names = 2 * len(said & words[ours]) / (len(said) + len(words[ours]))
                if names >= LIKE_NAME and (likeness := (names + _equal(row, self.ours[ours], keys)) / 2) >= LIKE:
                    scored.append((-likeness, place, ours))
        for _, place, ours in sorted(scored):
            if place in self.theirs and ours in self.ours:
                self.pair(place, ours, is_certain=False)


def _bare(row: Mapping[str, str], key: str) -> str:
    return _MARKS.sub("", row.get(key, "")).lower()


def _words(row: Mapping[str, str]) -> frozenset[str]:
    """Pairs of characters of the name."""
    name = _bare(row, "event_name")
    return frozenset({name[at : at + 2] for at in range(len(name) - 1)} or {name}) - {""}


def _equal(theirs: Mapping[str, str], ours: Mapping[str, str], keys: Sequence[str]) -> float:
    """How many of the cells that both rows have are equal, the name apart; 0 to 1."""
    both = [(mine, other) for key in keys if key != "event_name" and (mine := theirs.get(key)) and (other := ours.get(key))]
    return sum(mine == other for mine, other in both) / len(both) if both else 0.0
