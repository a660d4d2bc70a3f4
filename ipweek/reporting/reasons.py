"""Reasons people give: for what the checks ask about, and for a return. Pure."""

from __future__ import annotations

import re

from ipweek.accounts import names

SHORTEST = 6
"""Characters a reason needs, punctuation and blanks not counted."""

LONGEST = 500

RETURN_PRESETS = ("时间不明确", "缺联系电话", "与宣传周无关", "规模需填数字")
"""What tables are most often returned for."""

_EMPTY = re.compile(r"经?已?(核实|核对|确认|检查|情况|数据|信息|内容)*(无误|属实|没有问题|没问题|正确|真实|确认|核实|核对)")
"""Phrases that say nothing, such as 核实无误."""


def is_meaningful(text: str) -> bool:
    """Whether *text* can stand as a reason: long enough, and more than 无 or 核实无误."""
    said = re.sub(r"[\W_]+", "", text)
    return len(said) >= SHORTEST and len(set(said)) >= 3 and len(_EMPTY.sub("", said)) >= 3


def tidy(text: str) -> str:
    """*text* on one line, without blanks around it and what can't be seen, cut at LONGEST characters."""
    return names.clean(text)[:LONGEST]
