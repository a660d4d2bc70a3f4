"""Phone numbers shown to people who need not know them: ``138****0001``."""

from __future__ import annotations

import re

_MOBILE = re.compile(r"(?<!\d)(1[3-9]\d)[ -]?\d{4}[ -]?(\d{4})(?!\d)")
_LANDLINE = re.compile(r"(?<![\d-])((?:0\d{2,3}[ -]?)?\d{2})\d{4,5}(\d)(?![\d-])")


def mask(text: str) -> str:
    """*text* with the middle of every phone number hidden. Dates such as 2024-04-12 and other short numbers stay."""
    return _LANDLINE.sub(r"\1****\2", _MOBILE.sub(r"\1****\2", text))
