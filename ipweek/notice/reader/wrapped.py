"""Lines that a page's width cut, whole again."""

from __future__ import annotations

import re
from collections.abc import Callable

from ipweek.notice.reader.lines import Line, joined
from ipweek.notice.reader.looks import is_issuer


def _width(text: str) -> int:
    """How many half-width places a line takes up."""
    return sum(2 if ord(letter) > 0x2000 else 1 for letter in text.strip())


def unwrapped(lines: list[Line]) -> list[Line]:
    """The lines of a text that was wrapped at one width, as e-mail and copying from a page do, whole again.

    It was where the longest lines are many and all alike: 20 to 60 Chinese letters, or as many characters of any width.
    """
    best: tuple[int, list[int], int, Callable[[str], int]] | None = None
    for measure, least, most, slack in ((_width, 40, 124, 3), (len, 20, 62, 0)):
        sizes = [measure(line.text.strip()) for line in lines]
        longest = max(sizes, default=0)
        alike = sum(longest - slack <= size for size in sizes)
        if least <= longest <= most and alike >= 4 and alike * 5 >= len(lines) and (best is None or alike > best[0]):
            best = (alike, sizes, longest - slack, measure)
    lines = _joined_where_full(lines, *best[1:]) if best else lines
    whole: list[Line] = []
    for line in lines:
        if whole and not line.from_table and not whole[-1].from_table and _belongs_above(whole[-1].bare, line.bare):
            whole[-1] = Line(whole[-1].text.rstrip() + line.text.strip(), in_margin=line.in_margin)
        else:
            whole.append(line)
    return whole


_CANT_BEGIN = re.compile(r"^[,。、;:?!)〕》”%@]")
_MAIL_CUT = re.compile(r"(?:@[A-Za-z0-9.-]*|(?:邮箱|邮件|信箱|mail)[^:]{0,4}:[A-Za-z0-9._-]+)$")


_MAIL_REST = re.compile(r"[A-Za-z0-9._-]*(?:@|\.(?:com|cn|org|gov|edu|net)|[a-z0-9]+\.)|(?:com|cn|n|m|om|net|org)(?![A-Za-z])")
_CALLED = re.compile(r"电话|传真|手机|联系|(?:[0-9]{4}|0[0-9]{2,3})-[0-9]*$")


def _belongs_above(above: str, line: str) -> bool:
    """Whether no line can begin as this one does: with a closing sign, or with the rest of a number or an address that *above* begins."""
    if not above or len(above) < 12:
        return False
    if _CANT_BEGIN.match(line) or is_rest_of_number(above, line):
        return True
    return (
        _MAIL_CUT.search(above) is not None and re.match(r"[A-Za-z0-9._-]*(?:@|\.(?:com|cn|org|gov|edu|net)|[a-z0-9]+\.)", line) is not None
    )


def is_rest_of_number(above: str, line: str) -> bool:
    """Whether a line begins with the figures that a telephone number at the end of the line *above* lacks."""
    first, rest = re.search(r"(?<![0-9])[0-9]{1,10}$", above), re.match(r"[0-9]{1,10}(?![0-9年月日.:、)])", line)
    if (
        first is None
        or rest is None
        or len(above) < 12
        or not re.search(r"电话|传真|手机|联系|[0-9]{4}-[0-9]*$|0[0-9]{2,3}-[0-9]*$", above)
    ):
        return False
    had = len(first[0])
    return had not in (7, 8, 11) and had + len(rest[0]) in (7, 8, 11)


def _joined_where_full(lines: list[Line], sizes: list[int], full: int, measure: Callable[[str], int]) -> list[Line]:
    """*lines* with each one that fills the width, by its size, joined with the one under it."""
    whole: list[Line] = []
    for place, line in enumerate(lines):
        above = lines[place - 1] if place else line
        word = re.match(r"[!-~]*", line.text.strip())  # it can't be parted, so it may have left room
        is_full = place > 0 and sizes[place - 1] + measure(word[0] if word else "") >= full
        ends = above.bare.endswith(("。", ":")) or (place < 12 and above.bare.endswith(("通知", "函", "方案")))
        if is_full and not ends and not (line.from_table or above.from_table) and not _STARTS_ITEM.match(line.bare):
            whole[-1] = Line(whole[-1].text.rstrip() + line.text.strip(), in_margin=line.in_margin)
        else:
            whole.append(line)
    return whole


_STARTS_ITEM = re.compile(r"^(?:[\u4e00-\u9fff]{2,6}:|[一二三四五六七八九十]{1,3}、|\([一二三四五六七八九十]{1,3}\)|附件|联系人|特此)")


def rejoined(lines: list[Line]) -> list[Line]:
    """Sentences that a page break or a hard line end cut in two, whole again."""
    return joined(lines, _goes_on)


_NEW_ITEM = re.compile(
    r"^(?:[一二三四五六七八九十]{1,3}[、.]|第[一二三四五六七八九十]|\([一二三四五六七八九十0-9]{1,3}\)|[0-9]{1,2}[.、)](?![0-9])|[①-⑳]|附件|联系|\(联系|特此|-|●|■|◆|★|※)"
)


def _goes_on(before: Line, line: Line) -> bool:
    first, second = before.bare, line.bare
    if line.from_table or before.from_table or not first or not second or first[-1] in "。!?;:》":
        return False
    if re.match(r"^[\u4e00-\u9fff]{2,8}:", second) or _NEW_ITEM.match(second) or (is_issuer(second) and len(second) < 25):
        return False
    return len(first) >= 18 and ("," in first or "、" in first or "。" in first or len(first) >= 30)
