"""Names as people write them: cleaned of what can't be seen, and a key to compare them by."""

from __future__ import annotations

import unicodedata

_UNSEEN = {"Cc", "Cf", "Cs", "Co", "Cn"}
"""Controls, zero-width and bidi marks, lone surrogates, non-characters: never part of a name."""


def clean(text: str) -> str:
    """*text* on one line, without unseen characters and without blanks at the ends. The letters stay as typed."""
    seen = "".join(" " if char.isspace() else char for char in text if char.isspace() or unicodedata.category(char) not in _UNSEEN)
    return " ".join(seen.split())


def key(text: str) -> str:
    """What two spellings of one name share: width, case and blanks do not count."""
    return "".join(unicodedata.normalize("NFKC", clean(text)).casefold().split())
