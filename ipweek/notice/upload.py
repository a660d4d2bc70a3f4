"""What the reading child runs on a notice that was sent in: the facts and the text in one answer."""

from __future__ import annotations

from typing import Any

from ipweek.notice.reader import read_document, read_notice, supplement


def read(data: bytes, name: str) -> dict[str, Any]:
    """The JSON of ``ipweek read notice``, with the whole ``text`` beside it; Invalid where it can't be read."""
    document = read_document(data, name)
    return {**read_notice(document).as_json(), "text": document.text}


def read_supplement(data: bytes, name: str, year: int) -> dict[str, Any]:
    """The JSON of ``supplement.as_json``: what a supplementary notice says for the campaign of *year*; Invalid where it can't be read."""
    return supplement.as_json(read_document(data, name), year)
