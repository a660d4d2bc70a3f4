"""Which browsers are too old for the pages: judged by what they say of themselves. Standard library only."""

from __future__ import annotations

import re

CHROMIUM_FLOOR = 90
"""The oldest Chromium that the pages are written for (what office desktops under 麒麟, 统信, 360 and 奇安信 carry)."""

_CHROMIUM = re.compile(r"\bChrom(?:e|ium)/(\d{1,4})\.")
_INTERNET_EXPLORER = re.compile(r"\bMSIE |\bTrident/")
_OLD_EDGE = re.compile(r"\bEdge/\d")


def is_too_old(user_agent: str) -> bool:
    """Whether this browser can't show the pages: Internet Explorer, the old Edge, a Chromium below the floor.

    What does not say, or says something unknown, passes.
    """
    if _INTERNET_EXPLORER.search(user_agent) or _OLD_EDGE.search(user_agent):
        return True
    chromium = _CHROMIUM.search(user_agent)
    return chromium is not None and int(chromium[1]) < CHROMIUM_FLOOR
