"""Slips of the hand in dates and hours: 2O日, 4月l5日, 4。20, 14;00. Only those that can be nothing else."""

from __future__ import annotations

import re
from collections.abc import Callable

_MMDD = r"(0[1-9])(0[1-9]|[12]\d|3[01])"
_SLIPS: tuple[tuple[str, str | Callable[[re.Match[str]], str]], ...] = (
    # Blanks inside a date.
    (
        (
            r"(?<=[年月日号份第周]) +(?=[\d一二三四五六七八九十廿卅])"
            r"|(?<=[\d一二三四五六七八九十廿卅]) +(?=[年月日号点时])"
        ),
        "",
    ),
    # Letters for digits, and signs that look like 日.
    (r"(?<=\d)[Oo](?=[\d年月日号点时:])", "0"),
    (r"(?<=[\d年月/.-])[lI|](?=[\d日号])|(?<![A-Za-z])[lI](?=\d?\s?[月日号])", "1"),
    (r"(?<=\d)[曰目](?![标的录前])", "日"),
    # The full stop and the semicolon of a Chinese keyboard.
    (r"(?<=\d)。(?=\d)", "."),
    (r"(?:(?<=[日号)午晚早~ -])|(?<=至|到)|^)([01]?\d|2[0-3]);([0-5][05])(?![\d月日号./:;、,]|[-~至到]\d{1,2}[日号])", r"\1:\2"),
    # Hours with a dot, or with nothing between: 9.00-11.30, 1400-1600.
    (
        (
            r"((?<=[午晚])\s?\d{1,2}|(?<=[日号)])\s?(?:0?[7-9]|1\d|2[0-3]))\.([0-5]\d)"
            r"(\s?(?:[-~]+|至|到)\s?\d{1,2})\.([0-5]\d)(?![\d.日号月])"
        ),
        r"\1:\2\3:\4",
    ),
    (r"((?<=[日号)午])\s?(?:[01]\d|2[0-3]))([0-5][05])(\s?(?:[-~]+|至|到)\s?(?:[01]\d|2[0-3]))([0-5][05])(?![\d.])", r"\1:\2\3:\4"),
    (r"((?<=[日号)午])\s?(?:[01]\d|2[0-3]))([0-5][05])(?=$|[,;、)(])", r"\1:\2"),
    # 0420-0426 in a cell of its own.
    (rf"^{_MMDD}$", r"\1月\2日"),
    (rf"^{_MMDD}\s?(?:[-~]+|至|到)\s?{_MMDD}$", r"\1月\2日至\3月\4日"),
    # Dots for a dash.
    (r"(?<=[\d日号])(?:\.{2,}|⋯+)(?=\d)", "-"),
    # A day left blank in a form.
    (r"(?<=月)\s?\d?[?×xX*_]{1,4}\s?日", ""),
    # The midnight of a date cell.
    (r"(\d{4}[-/]\d{1,2}[-/]\d{1,2})[ T]0?0:00:00(?:\.0+)?", r"\1"),
)
_ALL = tuple((re.compile(pattern), mended) for pattern, mended in _SLIPS)


def mend(levelled: str) -> str:
    """*levelled* as it was meant."""
    for pattern, mended in _ALL:
        levelled = pattern.sub(mended, levelled)
    return levelled
