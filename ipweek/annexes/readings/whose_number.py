"""Whose a number is: the names and numbers of a contact in order of writing, put together; and how it is written without doubt."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import combinations, islice, pairwise
from typing import NamedTuple

from ipweek.annexes.readings.person_names import TITLES
from ipweek.private_numbers import Private

SHARED = re.compile("共用|合用|共同使用|同一(?:部|个)?(?:电话|号码|手机|座机)")
"""Words that give the numbers of a group of people to each of them."""

MOST_WAYS = 4
"""More ways than these are no help to choose from."""

_TITLE = re.compile(rf"(?:{TITLES}|[处科局工总](?!室))?(?:\s?[（(][^（）()\d]{{1,12}}[)）])?")
_LABELLED = re.compile(r"[：:]\s*$")
_LABEL = r"(?:联系方式|(?:联系|办公)?电话|手机号?|座机|(?i:tel)\.?)"
_OFFICE = "(?:[一-鿿]{1,12}[科处室部局办所委会心司])?"
_OFFICE_AHEAD = re.compile(f"{_OFFICE}$")
_BETWEEN = re.compile(rf"[\s、,，;；/和与及或）)]*[（(]?\s?{_LABEL}?[\s:：]*(?P<office>{_OFFICE})")
"""What may be written anew between names and numbers, and the office that stands before a name."""
_COUNTED = {2: "两人", 3: "三人"}


@dataclass
class Owner:
    """Somebody with his numbers; ``name`` is None where only numbers stand."""

    name: str | None
    numbers: list[Private] = field(default_factory=list)
    start: int = 0
    """Where the name stands."""
    is_apart: bool = False
    """Whether a label of its own stands before it: 领导：张三；联络员：李四."""


@dataclass
class Group:
    """People who are named together, and the numbers that stand beside them."""

    owners: list[Owner] = field(default_factory=list)
    numbers: list[Private] = field(default_factory=list)
    is_shared: bool = False

    @property
    def together(self) -> str:
        """``两人``."""
        return _COUNTED.get(len(self.owners), f"{len(self.owners)}人")

    @property
    def question(self) -> str:
        """``13800000001是张三的、李四的，还是两人共用？``."""
        names = [owner.name or "" for owner in self.owners]
        if len(self.numbers) == 1:
            whose = "、".join(f"{name}的" for name in names) if len(names) in _COUNTED else "谁的"
            return f"{self.numbers[0].number}是{whose}，还是{self.together}共用？"
        return f"{'、'.join(names)}各用哪个号码？"


def pair(text: str, names: Sequence[tuple[int, str]], numbers: Sequence[Private]) -> tuple[list[Owner], Group | None]:
    """The people with their numbers, in order of writing; and the first group whose words leave open whose a number is.

    *names* come with their places in *text*; *numbers* are phones, whole or not.
    """
    if not names:
        return _nameless([number for number in numbers if _is_whole(number)]), None
    places = [0, *(place for place, _ in names)]
    labelled = [_LABELLED.search(text, before, place) is not None for before, place in pairwise(places)]
    owners = [Owner(name, start=place, is_apart=is_apart) for (place, name), is_apart in zip(names, labelled, strict=True)]
    shared = [said.start() for said in SHARED.finditer(text)]
    if len(owners) == 1:
        owners[0].numbers += numbers
        return owners, None
    open_groups = [group for group in _groups(owners, numbers, shared) if _share(group)]
    return owners, open_groups[0] if open_groups else None


def _nameless(numbers: Sequence[Private]) -> list[Owner]:
    """Numbers without a name: a mobile and a landline may be one person's, two of a kind are not."""
    owners: list[Owner] = []
    for number in numbers:
        if owners and all(number.kind != other.kind for other in owners[-1].numbers):
            owners[-1].numbers.append(number)
        else:
            owners.append(Owner(None, [number]))
    return owners


def _groups(owners: Sequence[Owner], numbers: Sequence[Private], shared: Sequence[int]) -> list[Group]:
    """Each run of names with the run of numbers behind it; before it, where the cell begins with a number and ends with a name."""
    marks = _in_order(owners, numbers)
    is_number_first = isinstance(marks[0], Private)
    is_turned = is_number_first and isinstance(marks[-1], Owner)
    groups = [Group()]
    places = []
    for thing in reversed(marks) if is_turned else marks:
        if isinstance(thing, Private):
            groups[-1].numbers.append(thing)
        elif groups[-1].owners and (groups[-1].numbers or (not is_turned and thing.is_apart)):
            groups.append(Group([thing]))
        else:
            groups[-1].owners.append(thing)
        places.append((thing.start, groups[-1]))
    for place in shared:
        before = [each for each in places if each[0] < place]
        (max(before, key=lambda each: each[0])[1] if before else groups[0]).is_shared = True
    if is_turned:
        groups.reverse()
        for group in groups:
            group.owners.reverse()
            group.numbers.reverse()
    elif is_number_first:
        return _with_leading(groups)
    return groups


def _in_order(owners: Sequence[Owner], numbers: Sequence[Private]) -> list[Owner | Private]:
    return sorted([*owners, *numbers], key=lambda thing: thing.start)


def _with_leading(groups: list[Group]) -> list[Group]:
    """Numbers before the first of several names: the office's landline is everybody's, a mobile leaves all of them open."""
    leading = [number for number in groups[0].numbers if number.start < groups[0].owners[0].start]
    if all(number.kind == "tel" for number in leading):
        groups[0].numbers = [number for number in groups[0].numbers if number not in leading]
        for group in groups:
            for owner in group.owners:
                owner.numbers += leading
        return groups
    whole = Group(is_shared=any(group.is_shared for group in groups))
    for group in groups:
        whole.owners += group.owners
        whole.numbers += group.numbers
    return [whole]


def _share(group: Group) -> bool:
    """Give the numbers of the group to its people; True when the words leave open whose they are."""
    owners, numbers = group.owners, group.numbers
    is_broken = not all(_is_whole(number) for number in numbers)
    if not numbers:
        return False
    if group.is_shared:
        _give(owners, [numbers] * len(owners))
    elif len(owners) == 1 or (is_broken and len(numbers) != len(owners)):
        owners[-1].numbers[:0] = numbers  # of a broken number a check speaks first
    elif is_broken:
        _give(owners, _dealt(numbers, len(owners)))
    else:
        return _share_by_kind(owners, numbers)
    return False


def _share_by_kind(owners: Sequence[Owner], numbers: Sequence[Private]) -> bool:
    """As many mobiles as people, or a multiple, are theirs in turn; so are landlines, and a single one is the office's."""
    mobiles = [number for number in numbers if number.kind == "mobile"]
    tels = [number for number in numbers if number.kind == "tel"]
    if len(mobiles) % len(owners) == 0 and (len(tels) == 1 or len(tels) % len(owners) == 0):
        _give(owners, _dealt(mobiles, len(owners)))
        _give(owners, [tels] * len(owners) if len(tels) == 1 else _dealt(tels, len(owners)))
        return False
    if len(numbers) == len(owners):
        _give(owners, _dealt(numbers, len(owners)))
    else:
        nearest = owners[0] if numbers[0].start < owners[0].start else owners[-1]
        nearest.numbers[:0] = numbers
    return True


def _give(owners: Sequence[Owner], shares: Sequence[Sequence[Private]]) -> None:
    for owner, share in zip(owners, shares, strict=True):
        owner.numbers[:0] = share  # before what is everybody's


def _dealt(numbers: Sequence[Private], count: int) -> list[Sequence[Private]]:
    each = len(numbers) // count
    return [numbers[place * each : (place + 1) * each] for place in range(count)]


def _is_whole(number: Private) -> bool:
    return number.kind in ("mobile", "tel")


# ---- how it is written without doubt ---------------------------------------------------------------------------


class Way(NamedTuple):
    """An answer to a group's question (张三的, 两人共用), and the whole text that says it."""

    answer: str
    text: str


def ways(text: str, group: Group) -> list[Way]:
    """What a cell whose *group* is open may be: the numbers with one person or another, or with all of them (共用)."""
    found: list[Way] = []
    place = _place(text, group)
    last = place[1] if place is not None else max(number.end for number in group.numbers)
    is_inside = _opened(text[:last])
    if place is not None:
        start, end, people = place
        end += _opened(text[start:end])
        shares = list(islice(_shares(len(group.owners), group.numbers), MOST_WAYS + 1))
        if len(shares) <= MOST_WAYS:
            found = [Way(_answer(group, share), _rewritten(text, start, end, people, share)) for share in shares]
    return [*found, Way(f"{group.together}共用", text[:last] + ("，共用" if is_inside else "（共用）") + text[last:])]


def _answer(group: Group, shares: Sequence[Sequence[Private]]) -> str:
    """``张三的``; of several numbers ``张三 尾号0001，李四 尾号0002``, or the whole numbers where they end alike."""
    pairs = [(owner.name, share) for owner, share in zip(group.owners, shares, strict=True) if share]
    if len(group.numbers) == 1:
        return f"{pairs[0][0]}的"
    is_told_apart = len({number.number[-4:] for number in group.numbers}) == len(group.numbers)
    said = {number.number: f"尾号{number.number[-4:]}" if is_told_apart else number.number for number in group.numbers}
    return "，".join(f"{name} {'、'.join(said[number.number] for number in share)}" for name, share in pairs)


def _opened(text: str) -> bool:
    """Whether a bracket of *text* is not closed in it."""
    return sum(map(text.count, "（(")) > sum(map(text.count, "）)"))


def _shares(count: int, numbers: Sequence[Private]) -> Iterator[list[Sequence[Private]]]:
    """The ways to give *numbers*, in their order, to *count* people: each number to one, and to each one as far as they go."""
    if len(numbers) < count:
        for chosen in combinations(range(count), len(numbers)):
            yield [numbers[chosen.index(place) : chosen.index(place) + 1] if place in chosen else () for place in range(count)]
    else:
        for cuts in combinations(range(1, len(numbers)), count - 1):
            yield [numbers[start:end] for start, end in zip((0, *cuts), (*cuts, len(numbers)), strict=True)]


def _rewritten(text: str, start: int, end: int, people: Sequence[str], shares: Sequence[Sequence[Private]]) -> str:
    """``张三 13800000001；李四``: who has no number comes last, so that he stands before nobody's."""
    said = [f"{name} {'、'.join(number.text.strip() for number in share)}" for name, share in zip(people, shares, strict=True) if share]
    without = [name for name, share in zip(people, shares, strict=True) if not share]
    return "；".join([text[:start] + "；".join(said) + text[end:].rstrip("；;。 \n"), *without])


def _place(text: str, group: Group) -> tuple[int, int, list[str]] | None:
    """Where the group stands, and its people as typed with their titles; None where other words stand in it, which would be lost."""
    start, end, people = -1, 0, []
    for thing in _in_order(group.owners, group.numbers):
        first, last = (thing.start, thing.end) if isinstance(thing, Private) else _named(text, thing.name or "", max(thing.start, end))
        ahead = _OFFICE_AHEAD.search(text[max(0, first - 13) : first]) if start < 0 else _BETWEEN.fullmatch(text, end, first)
        if first < 0 or ahead is None:
            return None
        office = ahead[ahead.lastgroup or 0] if isinstance(thing, Owner) else ""
        if isinstance(thing, Owner):
            people.append(text[first - len(office) : last].strip())
        elif ahead.lastgroup and ahead["office"]:
            return None
        start, end = first - len(office) if start < 0 else start, last
    if _opened(text[start:end]) and text[end : end + 1] not in ("）", ")"):
        return None
    return start, end, people


def _named(text: str, name: str, at: int) -> tuple[int, int]:
    """Where *name* stands behind *at*, blanks between its signs allowed, up to the end of its title; (-1, -1) where it does not."""
    at = text.find(name[:1], at)
    while at >= 0:
        end = at
        for sign in name:
            end = next((place for place in range(end, len(text)) if text[place] not in " \u3000"), len(text))
            if text[end : end + 1] != sign:
                break
            end += 1
        else:
            title = _TITLE.match(text, end)
            return at, title.end() if title else end
        at = text.find(name[:1], at + 1)
    return -1, -1
