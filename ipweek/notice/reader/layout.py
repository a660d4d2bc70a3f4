"""The parts of a notice: what stands over the title, the title, the text, the signature, and the annexes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from ipweek.notice.reader import pasted
from ipweek.notice.reader.annex_marks import annex_starts, is_form
from ipweek.notice.reader.document import Block, Document, Paragraph, Table
from ipweek.notice.reader.lines import Line, joined
from ipweek.notice.reader.looks import (
    ANNEX,
    ANNEX_NUMBER,
    CONTACT,
    DATE_LINE,
    KINDS,
    META,
    NOISE,
    NUMBER,
    ORGANISATION,
    SIGNED,
    is_addressee,
    is_issuer,
    is_seal_for,
    is_sentence,
    is_stray,
)
from ipweek.notice.reader.numerals import DAY, MONTH
from ipweek.notice.reader.said_tables import said
from ipweek.notice.reader.wrapped import is_rest_of_number, rejoined, unwrapped


@dataclass
class AnnexPart:
    """Where one annex is printed: its heading's number and words, then what follows up to the next."""

    number: int | None
    title: str
    lines: list[Line] = field(default_factory=list)
    content: list[Line | Table] = field(default_factory=list)


@dataclass
class Layout:
    """A notice in its parts. ``own`` is all of its own text, annexes and what it forwards left out."""

    head: list[Line] = field(default_factory=list)
    body: list[Line] = field(default_factory=list)
    listed: list[Line] = field(default_factory=list)  # the list of annexes at the end of the text
    closing: list[Line] = field(default_factory=list)  # signature, date, and what follows up to the annexes
    annexes: list[AnnexPart] = field(default_factory=list)
    attached: list[Line] = field(default_factory=list)  # another document that is forwarded with this one
    issued: list[Line] = field(default_factory=list)  # an own plan that the notice issues (印发《…方案》)
    signed: Line | None = None  # the line of the signature's date
    tables: list[Table] = field(default_factory=list)  # of its own text
    page_title: str = ""

    @property
    def own(self) -> list[Line]:
        return [*self.head, *self.body, *self.listed, *self.closing]


def lay_out(document: Document) -> Layout:
    """*document* in its parts. Nothing is left out but page noise; what is unclear counts as text."""
    items = _items(document.blocks)
    annex_at = annex_starts(items)
    first_annex = annex_at[0][0] if annex_at else len(items)
    layout = Layout(page_title=document.page_title)
    own: list[Line] = []
    layout.tables = [item for item in items[:first_annex] if isinstance(item, Table)]
    for item in items[:first_annex]:
        own += [item] if isinstance(item, Line) else said(item)
    own = unwrapped(own)
    opens = _opening(own)
    layout.head = own[:opens]
    _split_body(layout, own[opens:])
    layout.body = rejoined(layout.body)
    for position, (at, number, title) in enumerate(annex_at):
        end = annex_at[position + 1][0] if position + 1 < len(annex_at) else len(items)
        part = AnnexPart(number, title, content=items[at + 1 : end])
        layout.annexes.append(part)
    _find_issued(layout)
    if not annex_at:
        _find_attached_tables(layout, items)
    return layout


def _items(blocks: Iterable[Block]) -> list[Line | Table]:
    """Paragraphs line by line, long pasted ones cut where the official form would; tables whole."""
    items: list[Line | Table] = []
    blocks = list(blocks)
    is_whole = sum(isinstance(block, Paragraph) and bool(block.text.strip()) for block in blocks) <= MOST_RUN_ON
    for block in blocks:
        if isinstance(block, Table):
            items.append(block)
            continue
        for text in block.text.split("\n"):
            if not text.strip():
                continue
            if block.place == "body":
                lines = [Line(piece) for part in _parts(text) for piece in pasted.cut(part, is_whole=is_whole)]
                if len(items) < MOST_HEAD and len(lines) == 1 and _TITLE_AND_TO.search(lines[0].bare):
                    lines = [Line(piece) for piece in pasted.cut_head(text.strip())]
                for line in lines:
                    above = items[-1].bare if items and isinstance(items[-1], Line) else ""
                    if is_rest_of_number(above, line.bare) or not is_stray(line.bare):
                        items.append(line)
            else:
                items.append(Line(text, in_margin=True))
    return items


_TITLE_AND_TO = re.compile(r"关于.{4,80}的(?:通知|函)(?!》)[^。《》]{2,200}:$")
MOST_HEAD = 12
"""Lines among which the title can stand."""

MOST_RUN_ON = 3
"""Paragraphs of a document that can hold a whole notice without its line breaks."""

LONGEST = 3_000
"""Characters of one line. No paragraph of a notice is longer; what is pasted without breaks is cut where a sentence ends."""


def _parts(text: str) -> Iterator[str]:
    while len(text) > LONGEST:
        at = text.rfind("。", 1, LONGEST) + 1 or LONGEST
        yield text[:at]
        text = text[at:]
    yield text


def _opening(lines: list[Line]) -> int:
    """Where the text begins: after the line of those addressed, else at the first sentence."""
    for place, line in enumerate(lines[:80]):
        bare = line.bare
        if is_addressee(bare):
            return place + 1
        if place and re.match("一、", bare):
            return place
        if is_sentence(bare) and not META.match(bare):
            return place
    return min(len(lines), _after_title(lines))


def _after_title(lines: list[Line]) -> int:
    for place, line in enumerate(lines[:40]):
        if re.search(rf"(?:{KINDS})$", line.bare):
            return place + 1
    return 0


_YEARLESS = re.compile(rf"^{MONTH}月{DAY}日$")


def _is_dated(lines: list[Line], place: int) -> bool:
    """Whether a line is the date of a signature; one without a year only right under an office's name."""
    bare = lines[place].bare
    if lines[place].from_table:
        return False
    if DATE_LINE.match(bare) or SIGNED.match(bare):
        return True
    over = lines[place - 1].bare if place else ""
    return bool(_YEARLESS.match(bare) and is_issuer(over) and re.search(rf"{ORGANISATION}$", over))


def _split_body(layout: Layout, lines: list[Line]) -> None:
    """Tell text, list of annexes and closing apart. The signature's date is the last line that is only a date."""
    last = max((place for place in range(len(lines)) if _goes_with_text(lines, place)), default=2)
    end = next((place for place, line in enumerate(lines) if place > max(last, 2) and NOISE.match(line.bare)), len(lines))
    noise = lines[end:]
    lines = [line for line in lines[:end] if not NOISE.match(line.bare)]
    end = len(lines)
    if (forwarded := _forwarded_at(lines[:end], _cited([*layout.head, *lines[:4]]))) is not None:
        layout.attached = lines[forwarded:end]
        lines = lines[:forwarded]
        end = forwarded
    dated = [place for place in range(end) if _is_dated(lines, place)]
    listed = next((place for place, line in enumerate(lines[:end]) if _is_list_start(lines, place)), None)
    signed = None
    if dated:
        after_list = [place for place in dated if listed is None or place > listed]
        signed = (after_list or dated)[0]
        if re.search(r"(?:活动)?(?:时间|日期)$", lines[signed - 1].bare if signed else ""):
            signed = None
    if signed is not None:
        layout.signed = lines[signed]
    ends = [place for place in (listed, _signature_start(lines, signed)) if place is not None]
    text_end = min(ends, default=end)
    layout.body = lines[:text_end]
    rest = lines[text_end:end]
    if listed is not None and listed == text_end:
        stop = _signature_start(lines, signed)
        if stop is None or stop < listed:
            stop = next((p for p in range(listed + 1, end) if not _continues_list(lines[p].bare)), end)
        layout.listed = lines[listed:stop]
        rest = lines[stop:end]
    elif listed is not None:
        stop = next((p for p in range(listed + 1, end) if not _continues_list(lines[p].bare)), end)
        layout.listed = lines[listed:stop]
        rest = [line for line in rest if line not in layout.listed]
    layout.closing = _closed([*rest, *(line for line in noise if CONTACT.search(line.bare) and "联系人" in line.bare)], layout)


def _goes_with_text(lines: list[Line], place: int) -> bool:
    """Whether a line shows that the text is not over: a numbered heading, or the date under the office that signs."""
    bare = lines[place].bare
    if re.match(r"^[一二三四五六七八九十]{1,2}、", bare) or SIGNED.match(bare):
        return True
    return _is_dated(lines, place) and place > 0 and re.search(rf"{ORGANISATION}(?:\(.{{1,6}}\))?$", lines[place - 1].bare) is not None


def _closed(lines: list[Line], layout: Layout) -> list[Line]:
    """Lines of one bracket that a page's width cut, such as the contacts under the date, whole again."""

    def is_open(before: Line, _line: Line) -> bool:
        return before is not layout.signed and before.bare.count("(") > before.bare.count(")") and len(before.text) < 400

    return joined(lines, is_open)


_OTHER_HEAD = re.compile(
    rf"^(?:[\u4e00-\u9fff]{{2,40}}文件|[\u4e00-\u9fff]{{2,14}}{NUMBER}|[\u4e00-\u9fff]{{2,40}}关于.{{4,80}}(?:通知|函|方案))$"
)


def _forwarded_at(lines: list[Line], cited: set[str]) -> int | None:
    """Where another whole document begins behind the signature: its letterhead, its number, or its title as *cited* before."""
    signed = next((place for place, line in enumerate(lines) if DATE_LINE.match(line.bare) or SIGNED.match(line.bare)), None)
    if signed is None:
        return None
    for place in range(signed + 1, len(lines)):
        if lines[place].bare in cited or "".join(line.bare for line in lines[place : place + 2]) in cited:
            return place
        if _OTHER_HEAD.match(lines[place].bare.replace("[", "〔").replace("]", "〕")) and any(
            is_addressee(line.bare) for line in lines[place : place + 8]
        ):
            return place
    return None


def _cited(lines: list[Line]) -> set[str]:
    """The titles that stand inside 《》 in *lines*."""
    text = "".join(line.bare for line in lines)
    return set(re.findall(r"《([^《》]{6,80})》", text)) | set(re.findall(r"《([^《》]{4,60}《[^《》]{4,80}》[^《》]{1,20})》", text))


def _find_issued(layout: Layout) -> None:
    """Tell an own plan from what is only forwarded, and find either among the annexes: there they are running text, not a form."""
    heading = "".join(line.bare for line in layout.head)
    issued = set(
        re.findall(r"(?:印发|下发|制[定订])(?:了|的)?《([^《》]{6,80})》", heading + "".join(line.bare for line in layout.body[:3]))
    )
    own_plan = bool(issued) or bool(re.search(r"印发[^《》]{2,60}(?:方案|计划)的通知", heading))
    if layout.attached and own_plan and _names_plan("".join(line.bare for line in layout.attached[:2])):
        layout.issued, layout.attached = rejoined(layout.attached), []
    for part in layout.annexes:
        lines = [item for item in part.content if isinstance(item, Line)]
        named = part.title or "".join(line.bare for line in lines[:2])
        if sum("。" in line.bare for line in lines) < 3 or not re.search(r"方案|计划|通知|函", named):
            continue
        if own_plan and _names_plan(named):
            layout.issued += rejoined(lines)
        elif not layout.attached:
            layout.attached = rejoined(lines)
    listed = next((place for place in range(len(layout.issued)) if _is_list_start(layout.issued, place)), None)
    if listed is not None and not layout.listed:  # the plan's own list of annexes
        stop = next((p for p in range(listed + 1, len(layout.issued)) if not _continues_list(layout.issued[p].bare)), len(layout.issued))
        layout.listed, layout.issued = layout.issued[listed:stop], layout.issued[:listed] + layout.issued[stop:]


def _names_plan(words: str) -> bool:
    return re.search(r"(?:方案|计划|安排)(?!.*(?:表|通知))", words) is not None


def _continues_list(bare: str) -> bool:
    return bool(
        re.match(
            rf"^(?:{ANNEX}|附|[0-9]{{1,2}}[.、:)]|\([0-9一二三四五六七八九十]{{1,2}}\)|[一二三四五六七八九十]、|[①-⑳]|《)|.*\.(?:docx?|xlsx?|pdf|wps|zip|rar)",
            bare,
        )
    )


def _is_list_start(lines: list[Line], place: int) -> bool:
    bare = lines[place].bare
    if re.match(r"^附件[0-9]{1,2}[^0-9。,、:.]{2,40}(?:表|单|回执|函|方案|模板|总结|标语|提纲|通知)$", bare):
        return place + 1 < len(lines)
    return bool(re.match(rf"^(?:-|\(|〔)?(?:相关)?(?:{ANNEX}|附)(?:下载|材料|清单)?{ANNEX_NUMBER}?[:.、]", bare)) or (
        bare in ("附件", "相关附件", "附件下载") and place + 1 < len(lines) and bool(_continues_list(lines[place + 1].bare))
    )


def _signature_start(lines: list[Line], signed: int | None) -> int | None:
    """Where the signature begins: the date's line, or the lines of the issuers over it."""
    if signed is None:
        return None
    if SIGNED.match(lines[signed].bare):
        return signed
    start = signed
    while start > 0 and signed - start < 30 and (is_issuer(lines[start - 1].bare) or is_seal_for(lines[start - 1].bare)):
        start -= 1
    return start


def _find_attached_tables(layout: Layout, items: list[Line | Table]) -> None:
    """A form without a heading of its own: the table at the end, with its title line, is the only annex."""
    tables = [place for place, item in enumerate(items) if isinstance(item, Table) and is_form(item)]
    if not tables or tables[0] < len(items) // 3:
        return
    for order, place in enumerate(tables):
        title = ""
        for item in reversed(items[max(0, place - 5) : place]):
            if isinstance(item, Line) and re.search(r"表(?:\([^)]{1,20}\))?$", item.bare) and len(item.bare) <= 60:
                title = item.said()
                break
        if title:
            layout.annexes.append(AnnexPart(order + 1 if len(tables) > 1 else None, title, content=[items[place]]))
