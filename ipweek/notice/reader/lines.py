"""A line of the notice in two forms: as it stands, and squeezed for the rules to read.

Official texts have blanks anywhere (2024 年 4 月, 李 晴, 通 知) and use every width of a sign. So rules look at ``bare``, where
widths are one and blanks are gone, and answer with ``said``, the words as they stand in the notice.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cached_property

_WIDTHS = {code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)}
_SIGNS = (
    dict.fromkeys(map(ord, "—–―‐‑‒−﹣─━⸺"), "-")
    | dict.fromkeys(map(ord, "～〜∼˜﹏"), "~")
    | dict.fromkeys(map(ord, "﹝〔［【"), "〔")
    | dict.fromkeys(map(ord, "﹞〕］】"), "〕")
    | dict.fromkeys(map(ord, "「『＂〝"), "“")
    | dict.fromkeys(map(ord, "」』〞"), "”")
    | dict.fromkeys(map(ord, "﹕∶"), ":")
    | dict.fromkeys(map(ord, "﹒．"), ".")
    | dict.fromkeys(map(ord, "〈≪"), "《")
    | dict.fromkeys(map(ord, "〉≫"), "》")
    | dict.fromkeys(map(ord, "﹙"), "(")
    | dict.fromkeys(map(ord, "﹚"), ")")
)
_EVEN = _WIDTHS | _SIGNS  # one character for one: places stay the same


def even(text: str) -> str:
    """*text* with one width and one form of each sign, of the same length. Square brackets stay as they are."""
    text = text.translate(_EVEN)
    if '"' in text or text.count("“") != text.count("”"):
        # Straight or careless quotation marks: they open and close in turn.
        turn = iter("“”" * (len(text) // 2 + 1))
        text = re.sub('["“”]', lambda _: next(turn), text)
    return text


def _is_plain(letter: str) -> bool:
    """Whether a blank beside this letter or figure means something."""
    return letter.isascii() and letter.isalnum()


@dataclass(frozen=True)
class Line:
    """One paragraph, or one cell of a layout table."""

    text: str
    from_table: bool = field(default=False, compare=False)
    in_margin: bool = field(default=False, compare=False)  # a page header or footer

    @cached_property
    def even(self) -> str:
        """The line in one width, blanks kept."""
        return even(self.text)

    @cached_property
    def bare(self) -> str:
        """The line in one width without blanks; one blank stays where it parts two figures or Latin letters."""
        return self._squeezed[0]

    @cached_property
    def _squeezed(self) -> tuple[str, list[int]]:
        text = self.even
        places: list[int] = []
        words: list[str] = []
        for found in re.finditer(r"\S+", text):
            word, start = found[0], found.start()
            if words and _is_plain(words[-1][-1]) and _is_plain(word[0]):
                words.append(" ")
                places.append(start - 1)
            words.append(word)
            places.extend(range(start, found.end()))
        return "".join(words), places

    def said(self, start: int = 0, end: int | None = None) -> str:
        """The words between two places of ``bare``, on one line as the notice has them; a row of blanks is one."""
        return spaced(self.text_between(start, len(self.bare) if end is None else end))

    def raw(self, start: int, end: int) -> str:
        """Like ``said``, with every blank and in one width: for lists that only blanks part."""
        places = self._squeezed[1]
        end = min(end, len(places))
        return self.even[places[start] : places[end - 1] + 1] if start < end else ""

    def text_between(self, start: int, end: int) -> str:
        """The very characters between two places of ``bare``."""
        places = self._squeezed[1]
        end = min(end, len(places))
        return self.text[places[start] : places[end - 1] + 1] if start < end else ""

    def sentence(self, start: int, end: int) -> str:
        """The whole sentence round that place, as the notice has it."""
        text = self.bare
        first = max((text.rfind(sign, 0, start) for sign in "。!?"), default=-1) + 1
        ends = [place for sign in "。!?" if (place := text.find(sign, max(end - 1, 0))) >= 0]
        return self.said(first, min([*ends, len(text), first + 1_000]) + 1)


def joined(lines: Iterable[Line], goes_on: Callable[[Line, Line], bool]) -> list[Line]:
    """*lines* with each that *goes_on* from the one before, as that stands by then, put behind it."""
    whole: list[Line] = []
    for line in lines:
        if whole and goes_on(whole[-1], line):
            whole[-1] = Line(whole[-1].text + "\n" + line.text)
        else:
            whole.append(line)
    return whole


_CJK = r"[\u2e80-\u9fff\uf900-\ufaff\u3000-\u303f\uff00-\uffef“”‘’—…]"
_BETWEEN = re.compile(rf"(?<={_CJK})\s+(?={_CJK})|(?<={_CJK})\s+(?=[0-9])|(?<=[0-9])\s+(?={_CJK})")

_LINE_END = re.compile(rf"(?<={_CJK})\s*\n\s*(?={_CJK})")


def tidy(text: str) -> str:
    """*text* on one line; blanks beside Chinese characters are typesetting and go, others become one."""
    return re.sub(r"\s+", " ", _BETWEEN.sub("", text)).strip()


_FIGURES = {0xFF10 + figure: str(figure) for figure in range(10)}


def plain_figures(text: str) -> str:
    """*text* with figures in the half width of official titles: ２０２４年 is 2024年."""
    return text.translate(_FIGURES)


def spaced(text: str) -> str:
    """*text* on one line with each row of blanks as one, as in a motto of two halves; a line end between Chinese letters goes."""
    return re.sub(r"\s+", " ", _LINE_END.sub("", text)).strip()
