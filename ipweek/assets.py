"""Scripts and styles as they are sent: written for people, sent without what only people read. Standard library only."""

from __future__ import annotations

import re
from functools import lru_cache

_STRING_OR_COMMENT = re.compile(r"""("[^"\n]*"|'[^'\n]*')|/\*.*?\*/""", re.DOTALL)
_WHOLE_LINE = re.compile(r"^//.*")
_BEHIND_CODE = re.compile(r"""  // [^"'`]*$""")
"""Two blanks before and no quote behind: inside a string it would meet the string's end first."""


@lru_cache(64)
def bare_style(source: str) -> str:
    """CSS without comments and indentation."""
    told = _STRING_OR_COMMENT.sub(lambda found: found[1] or "", source)
    return "\n".join(line for line in map(str.strip, told.splitlines()) if line)


@lru_cache(64)
def bare_script(source: str) -> str:
    """JavaScript without comments that end a line and without indentation. Each line keeps its number, for error reports.

    A script with text that runs over lines is sent as it is: there blanks count.
    """
    lines = source.split("\n")
    if any(line.count("`") % 2 or line.endswith("\\") for line in lines):
        return source
    return "\n".join(_BEHIND_CODE.sub("", _WHOLE_LINE.sub("", line.strip())) for line in lines)
