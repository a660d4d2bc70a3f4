"""Headings of a form that were typed or pasted as text: parted by tabs or blanks, one under another, or run together."""

from __future__ import annotations

import re

from ipweek.notice.reader.cut_headings import whole_again
from ipweek.notice.reader.heading_words import HEADING, is_heading
from ipweek.notice.reader.lines import Line
from ipweek.notice.reader.looks import ORGANISATION

_RUN = re.compile(rf"(?:{HEADING.pattern}\s*){{3,30}}")
_TITLE = re.compile(r"^(?P<title>[^\s:：][^:：]{3,60}?(?:表|清单|回执)(?:\s*[（(][^）)]{1,20}[）)])?)\s*(?=\S)")
KNOWN_FIELD = r"(?:单位名称|(?:填[表报]|报送|上报|申报|推荐)(?:单位|时间|日期|人)|(?:单位)?负责人|联系人|联系电话|审核人|日期)"
_FIELD = re.compile(rf"(?<=[\s)）:：_])(?=[\u4e00-\u9fff]{{2,6}}(?:[(（][^()（）]{{1,8}}[)）])?\s*[:：])|(?={KNOWN_FIELD}\s*[:：])")


def unfolded(line: Line) -> list[Line]:
    """The title, fields and headings in a line where they run on, each as a line of its own; most lines come back whole."""
    text = line.text.strip()
    if re.search(r"\t|\s{3,}", text) and typed(line):
        return [line]
    run = next(
        (
            found
            for found in _RUN.finditer(text)
            if not re.match(r"[\u4e00-\u9fff]", text[: found.start()][-1:]) or text[found.start() - 1] in "表单"
        ),
        None,
    )
    if run is None or run.start() == 0:
        return [line]
    before, headings = text[: run.start()].strip(), text[run.start() :].strip()
    pieces: list[str] = []
    if title := _TITLE.match(before + " "):
        pieces.append(title["title"])
        before = before[title.end("title") :].strip()
    pieces += [piece.strip() for piece in _FIELD.split(before) if piece.strip()]
    return [Line(piece) for piece in [*pieces, headings]]


def typed(line: Line) -> tuple[str, ...]:
    """The headings on one line, parted by tabs or wide blanks, or known ones run together; nothing if it is no such line."""
    text = line.text.strip()
    if re.search(r"[。:：，]", text):
        return ()
    if re.fullmatch(_RUN, text) and not re.search(r"\t|\s{2,}", text):
        return tuple(re.sub(r"\s+", " ", found[0]) for found in HEADING.finditer(text))
    parts = [part.strip() for part in (text.split("\t") if "\t" in text else re.split(r"\s{2,}", text))]
    if len(parts) < 3 and len(narrow := text.split(" ")) >= 4:
        parts = narrow
    parts = [part for part in parts if part]
    if len(parts) >= 3 and all(1 < len(part) <= 24 for part in parts) and sum(len(part) for part in parts) / len(parts) >= 2:
        return tuple(_with_brackets(parts))
    return ()


_IS_OVER = re.compile(rf"表(?:[(（].{{1,16}}[)）])?$|[单执案]$|.{{3}}{ORGANISATION}$|年\s*月\s*日$")


def stacked(lines: list[Line]) -> tuple[tuple[str, ...], list[Line]]:
    """Headings that stand one under another, as tables copied from a page come out, and the lines before them."""
    run: list[Line] = []
    start = 0
    for place, line in enumerate(lines):
        if 1 <= len(line.bare) <= 16 and not re.search(
            r"[。:,;]|^[一二三四五六七八九十]{1,3}、|^\([一二三四五六七八九十]{1,3}\)", line.bare
        ):
            run.append(line)
            continue
        if len(run) >= 4:
            break
        run, start = [], place + 1
    if len(run) < 4 or not any(is_heading(line.text.strip()) for line in run):
        return (), lines
    run = whole_again(run)
    while len(run) > 3 and _IS_OVER.search(run[0].text.strip()) and not is_heading(run[0].text.strip()):
        run = run[1:]  # a title, or the suffix of a field
    start = next(n for n in range(start, len(lines)) if run[0].text.startswith(lines[n].text.strip()))
    if len(run) < 3 or any(len(line.bare) < 2 for line in run):
        return (), lines
    return tuple(line.said() for line in run), lines[:start]


def _with_brackets(parts: list[str]) -> list[str]:
    """A heading whose bracket stands apart (活动规模 (人数)) is one heading."""
    joined: list[str] = []
    for part in parts:
        if joined and part.startswith(("(", "（")):
            joined[-1] = f"{joined[-1]} {part}"
        else:
            joined.append(part)
    return joined
