"""Scripts and styles as they are sent: written for people, sent without what only people read. Standard library only."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

_STRING_OR_COMMENT = re.compile(r"""("[^"\n]*"|'[^'\n]*')|/\*.*?\*/""", re.DOTALL)
_WHOLE_LINE = re.compile(r"^//.*")
_BEHIND_CODE = re.compile(r"""  // [^"'`]*$""")
"""Two blanks before and no quote behind: inside a string it would meet the string's end first."""
_PART = re.compile(r"^ *// @part (\S+)\n", re.MULTILINE)
_TEXT = r"""("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`(?:[^`\\]|\\.)*`)"""
_STRING = re.compile(_TEXT)
_STRING_OR_BLANK = re.compile(_TEXT + r"""| ?([=<>!&|?:,;{}()\[\]*%]+|(?<![+-] )[+-](?= [^+-])) ?""")
"""A text, or signs between which JavaScript needs no blank. (Between two plus or minus it does.)"""


def whole(path: Path) -> str:
    """The text of a file, with the parts that it names put where it names them (``// @part grid/queue.js``)."""
    return _PART.sub(lambda found: whole(path.parent / found[1]), path.read_text("utf-8"))


@lru_cache(64)
def bare_style(source: str) -> str:
    """CSS without comments and indentation."""
    told = _STRING_OR_COMMENT.sub(lambda found: found[1] or "", source)
    return "\n".join(line for line in map(str.strip, told.splitlines()) if line)


@lru_cache(64)
def bare_script(source: str) -> str:
    """JavaScript without comments that end a line, indentation, and blanks around signs.

    A script with text that runs over lines is sent as it is: there blanks count.
    """
    lines = source.split("\n")
    if any(line.count("`") % 2 or line.endswith("\\") for line in lines):
        return source
    bare = (_BEHIND_CODE.sub("", _WHOLE_LINE.sub("", line.strip())).rstrip() for line in lines)
    return "".join(f"{_close(line)}\n" for line in bare if line)


def _close(line: str) -> str:
    """The line without blanks around signs; as it is where it may have a regular expression, or a template within a template."""
    texts = [found[0] for found in _STRING.finditer(line)]
    if "/" in _STRING.sub("", line) or any(text[0] == "`" and text.count("${") > text.count("}") for text in texts):
        return line
    return _STRING_OR_BLANK.sub(lambda found: found[1] or found[2], line)
