"""The guide for authors, read from ``docs/plugins``: headings, paragraphs, lists, tables, code. No markup passes through."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ipweek.errors import NotFound

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "plugins"
CONTENTS = {
    "index": "从这里开始",
    "first-column": "五分钟：加一列",
    "first-report": "十分钟：加一张报表",
    "manifest": "清单：plugin.toml 的每个词",
    "api": "接口：每个名字一个例子",
    "trouble": "出错了怎么办",
    "rules": "规则表",
}
"""The pages in their order."""

Piece = tuple[str, str, str]
"""Kind (text, code, bold, link), words, address."""
_PIECES = re.compile(r"`([^`]+)`|\*\*([^*]+)\*\*|\[([^\]]+)\]\(([a-z0-9#:/._-]+)\)")


@dataclass(frozen=True)
class Part:
    """One heading, paragraph, list, table or block of code."""

    kind: str
    words: Sequence[Piece] = ()
    text: str = ""
    anchor: str = ""
    language: str = ""
    is_numbered: bool = False
    lines: Sequence[Sequence[Piece]] = field(default=())
    rows: Sequence[Sequence[Sequence[Piece]]] = field(default=())


@dataclass(frozen=True)
class Page:
    """One page of the guide."""

    name: str
    title: str
    parts: Sequence[Part]


def page(name: str) -> Page:
    """A page, or NotFound."""
    if name not in CONTENTS:
        raise NotFound
    return Page(name, CONTENTS[name], list(parts((FOLDER / f"{name}.md").read_text("utf-8"))))


def parts(text: str) -> Iterator[Part]:
    """What a page is made of."""
    lines = text.splitlines()
    place = 0
    while place < len(lines):
        line = lines[place]
        if not line.strip():
            place += 1
            continue
        if line.startswith("```"):
            end = next(n for n in range(place + 1, len(lines)) if lines[n].startswith("```"))
            yield Part("code", text="\n".join(lines[place + 1 : end]), language=line[3:].strip())
            place = end + 1
            continue
        end = place + 1
        while end < len(lines) and lines[end].strip() and not lines[end].startswith(("#", "```")) and not line.startswith("#"):
            end += 1
        yield _part(lines[place:end])
        place = end


def _part(lines: Sequence[str]) -> Part:
    first = lines[0]
    if first.startswith("#"):
        level = len(first) - len(first.lstrip("#"))
        words = first.lstrip("# ")
        return Part(f"h{level}", words=pieces(words), text=words, anchor=re.sub(r"[`\s]+", "-", words).strip("-"))
    if first.startswith("|"):
        cells = [
            [pieces(cell.strip()) for cell in line.strip().strip("|").split("|")] for line in lines if not re.fullmatch(r"[|\s:-]+", line)
        ]
        return Part("table", rows=cells)
    if re.match(r"(?:-|\d+\.) ", first):
        items: list[str] = []
        for line in lines:
            if re.match(r"(?:-|\d+\.) ", line):
                items.append(line.split(" ", 1)[1])
            else:
                items[-1] += line.strip()
        return Part("list", lines=[pieces(item) for item in items], is_numbered=first[0].isdigit())
    return Part("p", words=pieces("".join(line.strip() for line in lines)))


def pieces(text: str) -> list[Piece]:
    """A line with its code, bold words and links."""
    found: list[Piece] = []
    end = 0
    for match in _PIECES.finditer(text):
        if match.start() > end:
            found.append(("text", text[end : match.start()], ""))
        code, bold, label, address = match.groups()
        found.append(("code", code, "") if code else ("bold", bold, "") if bold else ("link", label, address))
        end = match.end()
    if end < len(text):
        found.append(("text", text[end:], ""))
    return found
