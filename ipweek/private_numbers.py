"""Phones, addresses and other numbers of persons in any text, with their places; and masking.

Kinds: ``mobile``, ``tel``, ``fax``, ``email``, ``id`` (identity card), ``meeting`` (number, password or link of an online
meeting), ``short`` (a phone with digits missing or too many), ``masked`` (138****0000), ``other`` (QQ, postcode).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

PRIVATE_KINDS = frozenset({"mobile", "tel", "fax", "email", "id", "meeting"})

# One sign for one sign, so that a place in the levelled text is the place in the typed one.
_LEVEL = (
    {0xFF10 + n: str(n) for n in range(10)}
    | {0xFF21 + n: chr(65 + n) for n in range(26)}
    | {0xFF41 + n: chr(97 + n) for n in range(26)}
    | {ord(sign): "-" for sign in "‐‑‒–—―─━﹣－−⁃﹘ー～~∼〜"}
    | {ord(sign): "*" for sign in "＊×●•✱﹡※"}
    | {ord(sign): " " for sign in "\u3000\u00a0\u2002\u2003\u2009\u200b\u200c\u200d\u2060\ufeff\t"}
    | {0xFF08: "(", 0xFF09: ")", 0xFF0B: "+", 0xFF1A: ":", 0xFF0E: ".", 0xFF20: "@", 0xFF03: "#", 0xFF0F: "/", 0x3010: "(", 0x3011: ")"}
)
_S = r"(?:[ ._·]|\s?-{1,2}\s?)?"
_MOBILE = rf"1[3-9]\d(?:{_S}\d{{4}}{_S}\d{{4}}|\d{_S}\d{{3}}{_S}\d{{4}}|\d\d{_S}\d{{6}}|{_S}\d{{3}}{_S}\d{{5}}|\d{_S}\d{{4}}{_S}\d{{3}})"
_AREA = r"(?:10|2[0-57-9]|[3-9]\d{2})"
_LOCAL = rf"(?:\d{{7,8}}|\d{{3,4}}{_S}\d{{4}})"
_COUNTRY = rf"(?:\+|\(\+?|00)?86\)?{_S}"
_SPELLED = "〇零一二三四五六七八九幺壹贰叁肆伍陆柒捌玖"
_NOT_BEHIND = r"(?![\d*])"
_EXTENSION = r"(?:\s?\(?(?:转\s?(?:分机)?|分机号?|内线|(?i:ext\.?|x)|-(?=\s?\d\d)|\*|#)\s?:?\s?(?P<{}>\d{{1,5}})(?!\d))?"
_MEETING = (
    r"(?i:(?:会议|入会|参会)(?:号码?|\s?ID号?|码|密码|口令)|密码|腾讯会议号?(?:码|ID)?|会议室ID|ZOOM\s?(?:会议)?(?:ID|号)?"
    r"|(?:直播间|房间)(?:号|ID)|meeting\s?id)\s?(?:[:是为]|\()?\s?(?:ID|会议号|号)?\s?[:(#]?\s?\d(?:[ -]?\d){3,13}(?!\d)"
)
_LINK = (
    r"(?:https?://)?(?:[a-z0-9-]{1,40}\.){0,3}(?:meeting\.tencent\.com|voovmeeting\.com|zoom\.(?:us|com\.cn)|meeting\.dingtalk\.com)"
    r"/[!-~]{1,200}"
)
_MASKED = (
    rf"(?<![\dA-Za-z*])(?:\d{{2,4}}{_S})?\d{{2,8}}{_S}(?:\*{{2,12}}|[xX]{{3,12}}){_S}\d{{0,6}}"
    rf"|(?<![\w*])\*{{3,12}}{_S}\d{{2,4}}(?!\d)"
)
_WHOLE_MOBILE = (
    rf"(?:(?<![\d*])|(?<=(?<!\d)1[3-9]\d{{9}}))(?:{_COUNTRY})?0?(?P<m_number>{_MOBILE})(?:\.0(?!\d))?"
    rf"(?:{_NOT_BEHIND}|(?=1[3-9]\d{{9}}(?!\d)))"
)
_TEL = (
    rf"(?<![\d*])(?:{_COUNTRY}\(?0?|\(?0|(?=2[0-57-9]-\d{{8}}(?!\d)))(?P<t_area>{_AREA})\)?(?:{_S}|[_/])(?P<t_local>{_LOCAL})(?:\.0(?!\d))?(?!\d|\*\*)"
    + _EXTENSION.format("t_ext")
)
_EIGHT = rf"(?<![\d*])(?<!\d\.)(?P<l_number>\d{{4}}{_S}\d{{4}})(?:\.0(?!\d))?(?!\d|\*\*|\.\d)" + _EXTENSION.format("l_ext")
_AT = r"\s?(?:@|[(\[](?i:at)[)\]])\s?"
_WORDS: tuple[tuple[str, str], ...] = (
    (
        "email",
        rf"(?<![A-Za-z0-9._%+-])[A-Za-z0-9][A-Za-z0-9._%+-]{{0,63}}{_AT}[A-Za-z0-9-]{{1,63}}(?:\.[A-Za-z0-9-]{{1,63}}){{1,4}}",
    ),
    ("link", _LINK),
    ("meeting", _MEETING),
    ("meeting", r"(?<![\d-])\d{3}-\d{3}-\d{3}(?![\d-])"),
    ("id", r"(?:身份证|证件)(?:号码?)?\s?:?\s?\d{15}(?!\d)"),
    ("id", r"(?<![\dA-Za-z])\d{6}[ -]?(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])[ -]?\d{3}[\dXx](?![\dA-Za-z])"),
    ("masked", _MASKED),
    ("mobile", _WHOLE_MOBILE),
    ("spelled", rf"(?:[一幺壹1]{_S}[三四五六七八九叁肆伍陆柒捌玖3-9](?:{_S}[{_SPELLED}\d]){{9}})(?![{_SPELLED}\d])"),
    ("tel", _TEL),
    ("local", _EIGHT),
    ("service", r"(?<!\d)[48]00[ -]?\d{3,4}[ -]?\d{3,4}(?!\d)|(?<![\d.])(?:12\d{3}|9[56]\d{3})(?![\d.])"),
    ("foreign", r"\+(?!86)\d{1,3}[ -]?\d(?:[ -]?\d){5,11}(?!\d)"),
    (
        "short",
        rf"(?<![\d*])0(?:10|2[0-57-9]|[3-9]\d{{2}}){_S}\d{{4,6}}(?![\d*.-])|(?<![\d*.])1[3-9]\d(?:{_S}\d{{3,4}}{_S}\d{{1,5}})(?![\d*]|\.\d)|(?<![\d*])1[3-9][\dOoIl]{{9}}(?![\dA-Za-z])",
    ),
    ("digits", r"\d{1,40}(?:\.\d{1,9})?(?:[eE]\+?\d{1,3})?"),
)
_KINDS = tuple(f"{kind}{place}" for place, (kind, _) in enumerate(_WORDS))
_ANY = re.compile(
    r"(?=[0-9A-Za-z(+*会入参密腾直房身一幺壹])(?:"
    + "|".join(f"(?P<{kind}>{pattern})" for kind, (_, pattern) in zip(_KINDS, _WORDS, strict=True))
    + ")"
)
"""The lookahead spares the many signs that begin none of these."""
_WORTH_IT = re.compile(rf"\d|{_AT}|[{_SPELLED}]{{4}}|\*{{3}}|(?:meeting|zoom)\.")
_BEFORE_FAX = re.compile(r"(?:传真|(?i:fax))\s?\)?\s?[:]?\s?$")
_BEFORE_PHONE_AND_FAX = re.compile(r"(?:电话|兼|手机|(?i:tel))[()/、及和兼与 ]{0,3}(?:传真|(?i:fax))\s?\)?\s?[:]?\s?$")
_BEFORE_OTHER = re.compile(r"(?:(?:QQ|qq|微信|钉钉)群?|邮编|邮政编码|工号|短号|分机|转|群号)(?:号码?)?\s?[:]?\s?$")
_BEFORE_PHONE = re.compile(r"(?:电话|手机|联系|热线|座机|咨询|报名|(?i:tel|mobile|phone))[^\d\n]{0,12}$")
_NO_PHONE_BEFORE = re.compile(
    r"(?:第|No\.?|NO\.?|￥|¥|\$|ZL|CN|[编序单文案批证]号|注册号|登记号|流水号|备案号|代码|专利号?|商标|申请号|[〔\[(]\d{4}[〕\])])\s?[:]?\s?$"
)
_PART_OF_A_CODE = re.compile(r"[A-Za-z]-?$|\d-$")
_AMOUNT_BEHIND = re.compile(r"\s?[万亿]?[元人份件项次]")
_UNIT_BEHIND = re.compile(r"\s?(?:万|千|百|余|多|元|人|份|件|项|册|个|号|次|名|位|家|字|平|米|%|年|月|日|天|[A-Za-z])")


@dataclass(frozen=True)
class Private:
    """One find. ``text`` is as typed at ``start:end``; ``number`` normalised (13800000001, 021-00001234)."""

    kind: str
    start: int
    end: int
    text: str
    number: str = ""
    extension: str | None = None


def find_private(text: str) -> list[Private]:
    """What may not be published: phones, e-mail addresses, identity numbers, meeting numbers, with their places."""
    return [each for each in scan(text, in_contact=False) if each.kind in PRIVATE_KINDS]


def level(text: str) -> str:
    """*text* with full-width digits, letters and signs as plain ones, each in its old place."""
    return text.translate(_LEVEL)


def scan(text: str, *, in_contact: bool) -> list[Private]:
    """Every number of persons in *text*. In a contact cell each long number counts as a phone, elsewhere dates and amounts don't."""
    levelled = level(text)
    if not _WORTH_IT.search(levelled):
        return []
    return list(_finds(text, levelled, in_contact=in_contact))


def _finds(text: str, levelled: str, *, in_contact: bool) -> Iterator[Private]:
    for match in _ANY.finditer(levelled):
        kind = (match.lastgroup or "").rstrip("0123456789")  # the outer group closes last
        found = _found(kind, match, in_contact=in_contact)
        if found is not None:
            found_kind, number, extension = found
            yield Private(found_kind, match.start(), match.end(), text[match.start() : match.end()], number, extension)


def _found(kind: str, match: re.Match[str], *, in_contact: bool) -> tuple[str, str, str | None] | None:
    """The kind, the normalised number and the extension of one match; None when it is nobody's number."""
    before = match.string[max(0, match.start() - 24) : match.start()]
    if kind == "email":
        return kind, match[0], None
    if kind == "id":
        return kind, "".join(sign for sign in match[0] if sign.isalnum() and sign.isascii()), None
    if kind in ("meeting", "link"):
        return "meeting", match[0], None
    if kind == "mobile":
        is_amount = not in_contact and _AMOUNT_BEHIND.match(match.string, match.end()) is not None
        return None if is_amount else ("mobile", _digits(match["m_number"]), None)
    if kind == "spelled":
        return "mobile", _digits(match[0].translate(_SPELLED_DIGITS)), None
    if kind == "masked":
        return ("masked", match[0], None) if in_contact or _is_phone_masked(match[0]) else None
    if kind == "digits":
        return _loose(match, before) if in_contact else None
    if kind == "short":
        return ("short", _digits(match[0]), None) if in_contact or not _UNIT_BEHIND.match(match.string, match.end()) else None
    return _landline(kind, match, before, in_contact=in_contact)


_SPELLED_DIGITS = {ord(sign): str(digit) for sign, digit in zip(_SPELLED, (0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 1, *range(1, 10)), strict=True)}


def _landline(kind: str, match: re.Match[str], before: str, *, in_contact: bool) -> tuple[str, str, str | None] | None:
    """A landline, a service number or a number abroad."""
    if kind == "foreign":
        return "tel", match[0], None
    if kind == "service" and not _BEFORE_OTHER.search(before):
        return ("tel", match[0], None) if in_contact or len(match[0]) > 5 else None
    if _BEFORE_OTHER.search(before):
        return ("other", match[0], None) if in_contact else None
    is_fax = _BEFORE_FAX.search(before) is not None and _BEFORE_PHONE_AND_FAX.search(before) is None
    if kind == "tel":
        local = _digits(match["t_local"])
        area = f"0{match['t_area']}"
        if len(area) == 3 and len(local) == 7:
            return "short", area + local, None
        return "fax" if is_fax else "tel", f"{area}-{local}", match["t_ext"]
    typed = match["l_number"]
    number = _digits(typed)
    if number.startswith("1") and in_contact:  # a mobile number with digits missing: no landline begins so
        return "short", number, None
    if _is_dates(number) or not (in_contact or _is_local_phone(typed, number, match, before)):
        return None
    return "fax" if is_fax else "tel", number, match["l_ext"]


def _is_local_phone(typed: str, number: str, match: re.Match[str], before: str) -> bool:
    """Whether eight digits in free text are a phone and no amount, register number or span of years."""
    if _BEFORE_PHONE.search(before):
        return True
    if number.startswith("1") or _PART_OF_A_CODE.search(before):
        return False
    if _UNIT_BEHIND.match(match.string, match.end()) or _NO_PHONE_BEFORE.search(before):
        return False
    return typed.isdecimal() or number.startswith("0")


def _is_dates(number: str) -> bool:
    """20240422, 2023-2024, or 0420-0426."""
    years = range(1949, 2050)
    if int(number[:4]) in years and int(number[4:]) in years:
        return True
    if all(re.fullmatch(r"(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])", half) for half in (number[:4], number[4:])):
        return True
    try:
        return date(int(number[:4]), int(number[4:6]), int(number[6:])).year in years
    except ValueError:
        return False


def _loose(match: re.Match[str], before: str) -> tuple[str, str, str | None] | None:
    """A number of a contact cell that is no phone: too short or too long to be one, or something else."""
    digits = _digits(match[0].split(".")[0])
    if _BEFORE_OTHER.search(before):
        return "other", match[0], None
    if len(digits) < 5 and "e" not in match[0].lower():
        return None
    return "short", digits, None


def _is_phone_masked(text: str) -> bool:
    return re.match(r"1[3-9]\d|0\d{2}", text) is not None


def _digits(text: str) -> str:
    return "".join(sign for sign in text if sign.isdecimal())


def mask(text: str, *, in_contact: bool) -> str:
    """*text* with every number of a person hidden: 138****0001, 021-0000****, 138******* for a phone that is too short.

    The name before an @ keeps its first sign, an identity number its first six, a meeting its first three digits and
    a link its host. Length and separators stay as typed. *in_contact* as for ``scan``.
    """
    signs = list(text)
    for found in scan(text, in_contact=in_contact):
        places = [place for place in range(found.start, found.end) if signs[place].isdecimal() or signs[place] in _SPELLED]
        for place in _hidden(found, places):
            signs[place] = "*"
    return "".join(signs)


def _hidden(found: Private, places: list[int]) -> list[int]:
    """Which signs of a find are hidden."""
    if found.kind == "mobile":
        extra = len(places) - 11 - (found.text.rstrip().endswith(".0"))
        return places[extra + 3 : extra + 7]
    if found.kind in ("tel", "fax"):
        end = len(places) - len(found.extension or "") - (found.text.endswith(".0"))
        return places[max(0, end - 4) : end]
    if found.kind == "short":
        return places[3:]
    if found.kind == "email":
        return list(range(found.start + 1, found.start + _at_sign(found.text)))
    if found.kind == "id":
        return places[6:]
    if found.kind == "meeting":
        path = re.search(r"[a-z]/", found.text)
        if re.search("密码|口令", found.text):
            return places
        return places[3:] if path is None else list(range(found.start + path.end(), found.end))
    return []


def _at_sign(address: str) -> int:
    sign = re.search(_AT, address.translate(_LEVEL))
    return sign.start() if sign else 0
