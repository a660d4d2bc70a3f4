"""Slips of the hand in dates and hours: 2O日, 4月l5日, 4。20, 14;00. Only those that can be nothing else."""

from __future__ import annotations

import re
from collections.abc import Callable

_LUNAR = r"[正二三四五六七八九十冬腊]{1,2}月(?:初[一二三四五六七八九十]|十[一二三四五六七八九]|廿[一二三四五六七八九]?|二十|三十)日?"
"""三月十五 in full: without a digit, and the day without 日 as a rule."""


def _whole_end(found: re.Match[str]) -> str:
    return f"{found[1]}{found[2]}{found[3]}-{found[1]}{found[4] or found[2]}{found[5]}"


_SLIPS: tuple[tuple[str, str, str | Callable[[re.Match[str]], str]], ...] = (
    # Blanks inside a date.
    (
        " ",
        (
            r"(?<=[年月日号份第周]) +(?=[\d一二三四五六七八九十廿卅])|(?<=[\d一二三四五六七八九十廿卅]) +(?=[年月日号点时])"
            r"|(?<=[一-鿿]) +(?=\d)|(?<=\d) +(?![一二三四五六七八九十廿卅])(?=[一-鿿])"
        ),
        "",
    ),
    (" ", r"(?<=月)([12]) (\d)(?=[日号])", r"\1\2"),
    # Digits behind a numeral: 二十2日.
    ("十", r"(?<![一二三四五六七八九\d])([二三]?)十(\d)(?=[日号])", lambda found: f"{ {'': 1, '二': 2, '三': 3}[found[1]] }{found[2]}"),
    # Letters for digits, and signs that look like 日.
    ("Oo", r"(?<=\d)[Oo](?=[\d年月日号点时:])|(?<=:\d)[Oo]", "0"),
    ("lI|", r"(?<=[\d年月/.-])[lI|](?=[\d日号])|(?<![A-Za-z])[lI](?=\d?\s?[月日号])", "1"),
    ("曰目", r"(?<=\d)[曰目](?![标的录前])", "日"),
    # The full stop and the semicolon of a Chinese keyboard.
    ("。", r"(?<=\d)。(?=\d)", "."),
    (
        ";",
        (
            r"(?:(?<=[日号)午晚早~, -])|(?<=至|到)|^)([01]?\d|2[0-3]);([0-5][05])"
            r"(?![\d月日号./:]|[;、,]\s?\d{1,2}(?:[日号;、,]|$)|[-~至到]\d{1,2}[日号])"
        ),
        r"\1:\2",
    ),
    # Hours with a dot, or with nothing between: 9.00-11.30, 1400-1600.
    (
        ".",
        (
            r"((?<=[午晚])\s?\d{1,2}|(?<=[日号)])\s?(?:0?[7-9]|1\d|2[0-3]))\.([0-5]\d)"
            r"(\s?(?:[-~]+|至|到)\s?\d{1,2})\.([0-5]\d)(?![\d.日号月])"
        ),
        r"\1:\2\3:\4",
    ),
    ("05", r"((?<=[日号)午])\s?(?:[01]\d|2[0-3]))([0-5][05])(\s?(?:[-~]+|至|到)\s?(?:[01]\d|2[0-3]))([0-5][05])(?![\d.])", r"\1:\2\3:\4"),
    ("05", r"((?<=[日号)午])\s?(?:[01]\d|2[0-3]))([0-5][05])(?=$|[,;、)(])", r"\1:\2"),
    # 14:30分-16:30分.
    ("分", r"(?<=:[0-5]\d)分(?!钟)", ""),
    # The day counts too: 4月20日（含）前.
    ("含", r"(?<=[日号前])[(]含(?:当[日天]|本日)?[)]", ""),
    # Two days of the week with a stroke between: 25/26日.
    ("/", r"(?<![\d./月-])(1[3-9]|2\d|3[01])/(\d{1,2})(?=[日号])", r"\1日、\2"),
    # Dots for a comma: 4月20.21.22日.
    (".", r"(?<=月)\d{1,2}(?:\.\d{1,2})+(?=[日号])", lambda found: found[0].replace(".", "、")),
    # Eight digits, and only what differs behind the dash: 20240422-0424, 20240422-24.
    ("-~至到", r"(?<!\d)((?:19|20)\d{2})(0[1-9]|1[0-2])(\d{2})\s?(?:-+|~+|至|到)\s?(0[1-9]|1[0-2])?([0-3]\d)(?!\d)", _whole_end),
    # Dots for a dash.
    (".⋯", r"(?<=[\d日号])(?:\.{2,}|⋯+)(?=\d)", "-"),
    # A day left blank in a form.
    ("?×xX*_", r"(?<=月)\s?\d?[?×xX*_]{1,4}\s?日", ""),
    # The lunar date beside the day.
    ("历", r"[(]?[农阴夏旧]历(?:[正一二三四五六七八九十冬腊]{1,2}月)?[初十廿卅一二三四五六七八九]{1,3}日?[)]?", ""),
    ("月", rf"(?<=[日号])[(]{_LUNAR}[)]|{_LUNAR}[(][农阴夏旧]历[)]|[甲乙丙丁戊己庚辛壬癸][子丑寅卯辰巳午未申酉戌亥]年(?:{_LUNAR})?", ""),
    # Another year's day beside this one's.
    ("年", r"(?<=[日号])[(](?:去年|上年|往年)[^()]*[)]", ""),
    # A colon before the hour: 4月23日：10:00.
    (":", r"(?<=[日号)]):(?=\s?\d{1,2}:)", " "),
    # The midnight of a date cell.
    (":", r"(\d{4}[-/]\d{1,2}[-/]\d{1,2})[ T]0?0:00:00(?:\.0+)?", r"\1"),
)
_ALL = tuple((frozenset(signs), re.compile(pattern), mended) for signs, pattern, mended in _SLIPS)
_BARE = re.compile(r"(0[1-9])(0[1-9]|[12]\d|3[01])(?:\s?(?:[-~]+|至|到)\s?(0[1-9])(0[1-9]|[12]\d|3[01]))?")
"""0422, 0420-0426 in a cell of its own."""


def mend(levelled: str) -> str:
    """*levelled* as it was meant."""
    bare = _BARE.fullmatch(levelled) if levelled[:1] == "0" else None
    if bare is not None:
        return f"{bare[1]}月{bare[2]}日" + (f"至{bare[3]}月{bare[4]}日" if bare[3] else "")
    there = set(levelled)
    for signs, pattern, mended in _ALL:
        if not signs.isdisjoint(there):
            levelled = pattern.sub(mended, levelled)
    return levelled
