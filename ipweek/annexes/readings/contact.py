"""The reading of 联系人, which holds names and phones in one field."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from ipweek.annexes.readings import person_names, whose_number
from ipweek.annexes.readings.numerals import READ_AT_MOST
from ipweek.annexes.readings.whose_number import Group, Owner, Way
from ipweek.private_numbers import Private, scan

_LISTED = re.compile(r"[\s、,，/;；和及或]*")


@dataclass(frozen=True)
class Person:
    """One contact: ``mobile`` and ``tel`` are normalised digits (021-00001234), None where there is none."""

    name: str | None
    mobile: str | None = None
    tel: str | None = None
    extension: str | None = None

    def as_json(self) -> dict[str, Any]:
        return {"name": self.name, "mobile": self.mobile, "tel": self.tel, "ext": self.extension}

    def in_words(self) -> str:
        """``张三 13800000002``; ``李四（没有电话）`` where only the name was read."""
        numbers = [number for number in (self.mobile, self.tel) if number]
        extension = [f"转 {self.extension}"] if self.extension else []
        return " ".join([self.name or "（没有姓名）", *numbers, *extension]) if numbers else f"{self.name}（没有电话）"


@dataclass(frozen=True)
class ContactReading:
    """The people of the cell, and what is wrong: no-name, no-phone, phone-short, phone-masked.

    ``odd`` holds the numbers as typed that are no whole phone; ``more`` are further numbers of the same people.
    ``doubtful`` are people of whom the words leave open which number is whose; ``choices`` then are whole texts that say it.
    """

    text: str
    people: tuple[Person, ...] = ()
    problems: tuple[str, ...] = ()
    odd: tuple[str, ...] = ()
    more: tuple[str, ...] = ()
    emails: tuple[str, ...] = ()
    doubtful: Group | None = None

    @property
    def ask(self) -> bool:
        """Whether the unit is to choose."""
        return self.doubtful is not None

    @property
    def choices(self) -> list[Way]:
        """Answers with whole texts for the cell that leave nothing doubtful and say the same of everybody else; empty where nothing is."""
        if self.doubtful is None:
            return []
        asked = {owner.name for owner in self.doubtful.owners}
        others = [person for person in self.people if person.name not in asked]
        ways = [(way, read(way.text)) for way in whose_number.ways(self.text, self.doubtful)]
        return [way for way, again in ways if not again.ask and self._says_the_same(again, others)]

    def _says_the_same(self, again: ContactReading, of: list[Person]) -> bool:
        return {each.name for each in self.people} == {each.name for each in again.people} and all(each in again.people for each in of)

    def as_json(self) -> dict[str, Any]:
        return {
            "people": [person.as_json() for person in self.people],
            "problems": list(self.problems),
            "more": list(self.more),
            "emails": list(self.emails),
            "ask": self.ask,
            "choices": [way.text for way in self.choices],
        }

    def in_words(self) -> str:
        """``张三 13800000002；李四 021-00001234 转 8``, or the question where one is open.

        Empty when nobody was read, the cell says just that, or a check says more.
        """
        if self.doubtful:
            return self.doubtful.question
        if self.problems:
            return ""
        people = "；".join([*(person.in_words() for person in self.people), *(f"另有 {number}" for number in self.more)])
        return "" if _bare(people) == _bare(self.text) else people


def _bare(words: str) -> str:
    """*words* without what only parts them, to see whether two say the same."""
    return re.sub(r"[\s、，,；;：:()（）/—–-]", "", words)


@lru_cache(maxsize=8192)
def read(text: str) -> ContactReading:
    """The reading of *text* as typed. Numbers are given to the names beside them, in order, never invented."""
    found = scan(text, in_contact=True)
    phones = _with_area([each for each in found if each.kind in ("mobile", "tel")], text)
    odd = [each for each in found if each.kind in ("short", "masked")]
    names = person_names.read(text[:READ_AT_MOST], [each for each in found if each.end <= READ_AT_MOST])
    numbers = sorted([*phones, *odd], key=lambda each: each.start) if odd else phones
    owners, doubtful = whose_number.pair(text, names, numbers)
    people = tuple(_person(owner) for owner in owners)
    used = {phone for person in people for phone in (person.mobile, person.tel)}
    more = tuple(phone.number for phone in phones if phone.number not in used)
    problems = _problems(people, phones, odd)
    emails = tuple(each.text for each in found if each.kind == "email")
    return ContactReading(text, people, problems, tuple(each.text for each in odd), more, emails, doubtful)


def _with_area(phones: list[Private], text: str) -> list[Private]:
    """021-00001234、00005678: numbers of one list share the area code of the first."""
    shared: list[Private] = []
    for phone in phones:
        before = shared[-1] if shared else None
        is_listed = before is not None and _LISTED.fullmatch(text[before.end : phone.start]) is not None
        if before is not None and is_listed and "-" in before.number and len(phone.number) == 8:
            shared.append(replace(phone, number=f"{before.number.split('-')[0]}-{phone.number}"))
        else:
            shared.append(phone)
    return shared


def _problems(people: tuple[Person, ...], phones: list[Private], odd: list[Private]) -> tuple[str, ...]:
    problems = []
    if not any(person.name for person in people):
        problems.append("no-name")
    if any(each.kind == "masked" for each in odd):
        problems.append("phone-masked")
    if any(each.kind == "short" for each in odd):
        problems.append("phone-short")
    if not phones and not odd:
        problems.append("no-phone")
    return tuple(problems)


def _person(owner: Owner) -> Person:
    mobile = next((phone.number for phone in owner.numbers if phone.kind == "mobile"), None)
    tel = next((phone for phone in owner.numbers if phone.kind == "tel"), None)
    return Person(owner.name, mobile, tel.number if tel else None, tel.extension if tel else None)
