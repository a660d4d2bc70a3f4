"""Numbers of things as our own pages send them: they fit the database, so that none can break a query."""

from __future__ import annotations

LARGEST = 2**31 - 1
"""What an INTEGER column of every database holds."""


def number(text: str) -> int:
    """The number; ValueError for any other text (``int`` also takes ١٢, 1_0 and what no column holds)."""
    if not (text.isascii() and text.isdigit() and len(text) <= 10 and int(text) <= LARGEST):
        raise ValueError(text)
    return int(text)
