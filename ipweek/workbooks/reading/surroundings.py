"""Reads 单位名称 and 填表时间 from the lines around an annex table."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ipweek.notice.schema import Annex

Line = Sequence[str]
"""The texts of one line, cell by cell; a paragraph is a line of one."""

_LABELS = {
    "unit_name": ("单位名称", "填报单位", "填表单位", "报送单位", "报送部门"),
    "filled_on": ("填表时间", "填表日期", "填报时间", "填报日期", "报送时间", "报送日期"),
}
_BLANKS = re.compile(r"[\s_＿\u3000]+")
_SEAL = re.compile(r"[（(][^（）()]*章[^（）()]*[)）]")


def read(lines: Sequence[Line], form: Annex) -> tuple[str, str]:
    """The bare name of the unit and the date of filling as typed; empty where nothing was filled in."""
    suffix = next((field.suffix for field in form.header_fields if field.key == "unit_name"), "")
    return bare_unit(_field(lines, "unit_name", suffix), suffix), _field(lines, "filled_on", "").strip("_＿ \u3000")


def bare_unit(text: str, suffix: str) -> str:
    """闵行区 for 闵行, 闵行区, 上海市闵行区 or 闵行区知识产权联席会议办公室 before the printed *suffix*; other names stay."""
    name = _SEAL.sub("", _BLANKS.sub("", text)).strip(":：")
    if suffix and name.endswith(suffix):
        head = suffix[0] if suffix[0] in "区县市" else ""
        name = name.removesuffix(suffix).removesuffix(head)
        name = name + head if name else ""
    if name.startswith("上海市") and name.endswith("区") and len(name) <= 8:
        name = name.removeprefix("上海市")
    return name


def _field(lines: Sequence[Line], key: str, suffix: str) -> str:
    label = _pattern(key)
    stop = re.compile("|".join(_pattern(other).pattern for other in _LABELS))
    for number, line in enumerate(lines):
        for place, text in enumerate(line):
            match = label.search(text)
            if not match:
                continue
            value = stop.split(text[match.end() :], maxsplit=1)[0].strip()
            following = list(line[place + 1 :])
            if not following or suffix:
                following += [text for later in lines[number + 1 : number + 2] for text in later[:1] if _ends_like(text, suffix)]
            if following and not stop.search(following[0]):
                after = following[0].strip()
                if not _BLANKS.sub("", value) or (suffix and _BLANKS.sub("", after) == suffix):
                    value += after
            return value
    return ""


def _ends_like(text: str, suffix: str) -> bool:
    return bool(suffix) and _BLANKS.sub("", text).endswith(suffix)


def _pattern(key: str) -> re.Pattern[str]:
    """A label with blanks between its characters, a remark in brackets, and a colon; alone in a cell it needs none."""
    words = "|".join(r"\s*".join(label) for label in _LABELS[key])
    return re.compile(rf"(?:{words})\s*(?:[（(][^（）()]*[)）])?\s*(?:[:：]\s*|$)")
