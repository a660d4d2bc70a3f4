"""What of a text a cell can hold: how it is tidied before it is stored, and how long it may be. Pure."""

from __future__ import annotations

import re

from ipweek.errors import Invalid

MAX_LENGTH = 4000
"""In code points. A longer text is not stored."""

_LINE_ENDS = re.compile(r"\r\n?|[\x0b\x0c\x85\u2028\u2029]")
_UNCLEAN = re.compile(
    r"[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufdd0-\ufdef\ufeff\ufff9-\ufffb\ufffe\uffff\ud800-\udfff"
    r"\U000e0000-\U000e007f" + "".join(chr(plane * 0x10000 + end) for plane in range(1, 17) for end in (0xFFFE, 0xFFFF)) + "]"
)
_TO_TEND = re.compile(
    r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u180e\u200b-\u206f\ufdd0-\ufdef\ufeff\ufff9-\uffff\ud800-\udfff\U00010000-\U0010ffff]"
)


def clean(text: str) -> tuple[str, bool]:
    """*text* as it is stored, and whether something invisible was taken out of it (which the writer is told).

    Line ends become LF and tabs blanks without a word. Letters, widths and compositions stay as typed.
    """
    if not _TO_TEND.search(text):
        return text, False
    text = _LINE_ENDS.sub("\n", text).replace("\t", " ")
    cleaned = _UNCLEAN.sub("", text)
    return cleaned, cleaned != text


def storable(value: str) -> str:
    """*value* as it is stored; Invalid where it is too long to be."""
    cleaned, _ = clean(value)
    if len(cleaned) > MAX_LENGTH:
        reason = f"这一格有 {len(cleaned)} 个字，最多 {MAX_LENGTH} 个字，没有保存。请删减后再试，原文仍在这一格里。"
        raise Invalid(reason)
    return cleaned
