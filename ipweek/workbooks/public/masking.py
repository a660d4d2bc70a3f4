"""What of the tables may be published: contacts are left out as columns, and numbers and names in free text are masked.

Each thing that was masked is told with its place, but never with what stood there.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from ipweek import private_numbers
from ipweek.annexes.readings import contact
from ipweek.annexes.readings.person_names import SURNAMES
from ipweek.notice import schema
from ipweek.notice.schema import Annex
from ipweek.surnames import COMPOUND

INSTEAD = {
    "mobile": "〔电话略〕",
    "tel": "〔电话略〕",
    "fax": "〔传真略〕",
    "email": "〔邮箱略〕",
    "id": "〔证件号略〕",
    "meeting": "〔会议号略〕",
    "short": "〔号码略〕",
    "masked": "〔号码略〕",
    "account": "〔账号略〕",
    "name": "〔姓名略〕",
}
"""What is printed in place of each kind."""
KINDS = {
    "mobile": "手机号",
    "tel": "电话号码",
    "fax": "传真号",
    "email": "电子邮箱",
    "id": "身份证号",
    "meeting": "会议号或链接",
    "short": "不完整的号码",
    "masked": "遮盖过的号码",
    "account": "微信号、QQ号",
    "name": "联系人姓名",
}

_PHONES = frozenset({"mobile", "tel", "email", "short", "masked"})
_PERSONAL = re.compile("联系|联络|电话|手机|传真|邮箱|邮件|微信|姓名|经办|负责人|责任人|填表人|填报人|制表|审核人|审批人|签字|签名|签章")
"""Headings of columns and header fields that hold people, whatever this year's notice calls them."""
_HAN = "㐀-鿿\U00020000-\U0003134f"
_TITLE = "老师|女士|先生|同志|科长|处长|局长|主任|经理"
_SURNAME = f"(?:{'|'.join(sorted(COMPOUND))}|[{''.join(sorted(SURNAMES))}])"
_NAMED = re.compile(rf"(?:联系人|联络人|联络员|联系老师|负责人|责任人|经办人)员?\s*(?:[:：]|为|是|\s)\s*([{_HAN}·]{{2,6}})")
_AND_NAMED = re.compile(rf"\s*[、/和及与]\s*({_SURNAME}[{_HAN}]{{1,2}})(?![{_HAN}])")
"""联系人：张伟、李娜: who stands behind one that is named."""
_TITLED = re.compile(rf"联系\s*({_SURNAME}[{_HAN}]{{0,2}}?(?:{_TITLE}))")
"""联系王老师: nobody is called by the title alone."""
_BEFORE_A_NUMBER = re.compile(
    rf"(?:^|[^{_HAN}]|联系|找|向|与|由)({_SURNAME}[{_HAN}]{{1,2}}(?:{_TITLE})?|{_SURNAME}(?:{_TITLE}))[\s（(:：，,、]*$"
)
"""A name that stands in front of a number is its owner's."""
_BEHIND_A_NUMBER = re.compile(
    rf"[\s（(，,、]{{0,4}}(?!周[一二三四五六日末]|时间|金山|黄浦|闵行|张江)"
    rf"({_SURNAME}[{_HAN}]{{1,2}}(?:{_TITLE})?|{_SURNAME}(?:{_TITLE}))(?=[\s）)，,、。；;]|$)"
)
"""So is one behind it, where nothing follows: 13800000001（张伟）."""
_ACCOUNT = re.compile(
    r"(?:(?i:qq|wechat)|微信|钉钉)\s*(?:(?:群|号码?|ID)+\s*[:为是]?\s*|:?\s*(?=[-_A-Za-z]{0,20}\d))"
    r"([A-Za-z0-9][-_A-Za-z0-9]{4,24})(?![-_A-Za-z0-9])"
)
"""What somebody is called in WeChat or QQ; 微信公众号 is nobody's own."""
_ALL_HAN = re.compile(f"[{_HAN}]+")
_BLANK = "[ \\t\u3000\u00a0\u200b-\u200d\u2060\ufeff]{0,3}"
"""Between the signs of a name that is typed with blanks: 王　芳."""
_BETWEEN = r"[\s.·\-－—–]{0,2}"
_SHORTEST_NUMBER = 7
_TITLES = re.compile(f"(?:{_TITLE})$")


@dataclass(frozen=True)
class Found:
    """One thing that was masked: what kind it was, and the name that was taken for one (a word may be no name)."""

    kind: str
    word: str = ""


@dataclass(frozen=True)
class Known:
    """What is known of a unit's contacts: their names, and the digits of their numbers."""

    names: frozenset[str] = frozenset()
    numbers: frozenset[str] = frozenset()


def public_form(form: Annex) -> Annex:
    """*form* without what holds people: the contact column and its like, and every header field but the unit's name."""
    columns = tuple(column for column in form.columns if not is_personal(column.key, column.label))
    fields = tuple(field for field in form.header_fields if field.key == "unit_name")
    return Annex(form.number, form.title, columns, fields)


def is_personal(key: str, label: str) -> bool:
    """Whether a column of this key and heading holds people."""
    return key == "contact" or "." in key or _PERSONAL.search(schema.bare(label)) is not None


def known_of(form: Annex, rows: Iterable[Mapping[str, str]], header: Mapping[str, str]) -> Known:
    """The people in the columns that are left out, so that they are found elsewhere too."""
    texts = [row.get(column.key, "") for row in rows for column in form.columns if is_personal(column.key, column.label)]
    texts += [header.get(field.key, "") for field in form.header_fields if _PERSONAL.search(field.label)]
    names: set[str] = set()
    numbers: set[str] = set()
    for text in dict.fromkeys(texts):
        for person in contact.read(text).people:
            if person.name and len(person.name) > 1:
                names |= {person.name, _TITLES.sub("", person.name)}
        for each in private_numbers.scan(text, in_contact=True):
            digits = re.sub(r"\D", "", each.number.partition("@")[0])
            numbers |= {digits, digits.removeprefix("021")}
    return Known(frozenset(name for name in names if len(name) > 1), frozenset(each for each in numbers if len(each) >= _SHORTEST_NUMBER))


def mask(text: str, known: Known, *, keep: Collection[str] = ()) -> tuple[str, list[Found]]:
    """*text* as it may be published, and what was masked in it. The words of *keep* are no names."""
    places = sorted({*_numbers(text, known), *_names(text, known, keep)}, key=lambda place: (place[0], -place[1], place[2]))
    pieces: list[str] = []
    found: list[Found] = []
    done = 0
    for start, end, kind in places:
        if start < done:  # inside of what is masked already
            continue
        pieces += [text[done:start], INSTEAD[kind]]
        found.append(Found(kind, text[start:end] if kind == "name" else ""))
        done = end
    return "".join([*pieces, text[done:]]), found


def _numbers(text: str, known: Known) -> Iterator[tuple[int, int, str]]:
    for each in private_numbers.scan(text, in_contact=False):
        if each.kind in INSTEAD:
            yield each.start, each.end, each.kind
    levelled = private_numbers.level(text)
    for match in _ACCOUNT.finditer(levelled):
        yield *match.span(1), "account"
    for number in known.numbers:
        for match in re.finditer(rf"(?<!\d){_BETWEEN.join(number)}(?!\d)", levelled):
            yield *match.span(), "mobile" if len(number) == 11 and number.startswith("1") else "tel"


def _names(text: str, known: Known, keep: Collection[str]) -> Iterator[tuple[int, int, str]]:
    for name in known.names:
        if name not in keep:
            signs = name if _ALL_HAN.fullmatch(name) else [name]
            for match in re.finditer(_BLANK.join(map(re.escape, signs)), text):
                yield *match.span(), "name"
    for match in _NAMED.finditer(text):
        for person in contact.read(match[1]).people:
            if person.name and person.name not in keep and (at := match[1].find(person.name)) >= 0:
                yield match.start(1) + at, match.start(1) + at + len(person.name), "name"
        end = match.end()
        while further := _AND_NAMED.match(text, end):
            if further[1] not in keep:
                yield *further.span(1), "name"
            end = further.end()
    phones = [(start, end) for start, end, kind in _numbers(text, known) if kind in _PHONES]
    owners = [_BEFORE_A_NUMBER.search(text, max(0, start - 16), start) for start, _ in phones]
    owners += [_BEHIND_A_NUMBER.match(text, end) for _, end in phones]
    for found in (*_TITLED.finditer(text), *owners):
        if found and found[1] not in keep:
            yield *found.span(1), "name"
