"""Digits and numbers in the spellings people type: full-width, Chinese, mixed, with thousands marks."""

from __future__ import annotations

import re
import unicodedata

DIGITS = dict(zip("〇零○一二三四五六七八九", (0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9), strict=True)) | {"两": 2, "幺": 1, "O": 0, "o": 0}
SCALES = {"十": 10, "百": 100, "千": 1000, "万": 10_000, "亿": 100_000_000}
LATIN_SCALES = {"w": 10_000, "W": 10_000, "k": 1000, "K": 1000}

_MARKS = str.maketrans(
    dict.fromkeys("‐‑‒–—―─━﹣－−⁃﹘ー﹉‾", "-")
    | dict.fromkeys("～~∼〜〰", "~")
    | dict.fromkeys("•‧・∙⋅●", "·")
    | {"：": ":", "﹕": ":", "∶": ":", "︰": ":", "【": "(", "】": ")", "〔": "(", "〕": ")", "［": "(", "］": ")", "[": "(", "]": ")"}
    | dict.fromkeys("\u00a0\u3000\t", " ")
    | dict.fromkeys("\u200b\u200c\u200d\u2060\ufeff", "")
    | dict.fromkeys("①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳❶❷❸❹❺❻❼❽❾❿", ";")  # they count the items of a list
)
_ODD = re.compile(r"[^\x20-\x5a\x5c\x5e-\x7e、。一-鿿]")
READ_AT_MOST = 1000
"""Signs of a cell that are read; nobody writes a date or a head count longer than this."""

_PAIRS = {"（": "）", "(": ")", "【": "】", "[": "]", "“": "”", '"': '"', "‘": "’", "'": "'", "「": "」"}
_BLANKS = re.compile(r" {2,}")
_ENUMERATOR = re.compile(
    r"(?:^|(?<=[\n;；,，。 ]))[(（]?([1-9一二三四五六七八九])(?:[)）]|[.、](?!\d{1,2}(?!\d|\s?[月时点场期人名位年])))\s?(?=\S)"
)


def level(text: str) -> str:
    """*text* for reading, never for storing: half-width, one kind of dash, bracket and blank."""
    if _ODD.search(text):
        text = text.translate(_MARKS)
        if not unicodedata.is_normalized("NFKC", text):
            text = unicodedata.normalize("NFKC", text).translate(_MARKS)
    return _BLANKS.sub(" ", text).strip()


def inside(text: str, heading: re.Pattern[str]) -> str:
    """*text* without what is put around a whole cell: its *heading* again, quotes, a bracket, a full stop behind."""
    kept = text.strip().rstrip("。；;，,、 ")
    found = heading.match(kept)
    kept = kept[found.end() :] if found else kept
    if kept[:1] in _PAIRS and _closes(kept) == len(kept) - 1:
        kept = kept[1:-1].strip()
    return kept


def _closes(text: str) -> int:
    """Where the bracket or quote that *text* begins with is closed; -1 where it is not."""
    depth, opening, closing = 0, text[0], _PAIRS[text[0]]
    for place, sign in enumerate(text):
        if sign == closing and (depth or sign != opening):
            depth -= 1
            if not depth:
                return place
        elif sign == opening:
            depth += 1
    return -1


def unnumbered(text: str) -> str:
    """*text* without the numbers of a list: ``1、4月20日;2、4月24日``. Only where they count up from 1."""
    if ("1" not in text or "2" not in text) and ("一" not in text or "二" not in text):
        return text
    counted = [str(DIGITS.get(sign, sign)) for sign in _ENUMERATOR.findall(text)]
    if len(counted) < 2 or counted != [str(place) for place in range(1, len(counted) + 1)]:
        return text
    return _ENUMERATOR.sub(";", text)


def small_number(text: str) -> int:
    """A number below one hundred: ``26``, ``二十六``, ``廿六``, ``两``. ValueError for anything else."""
    text = text.strip()
    if text.isdecimal():
        return int(text)
    text = text.replace("廿", "二十").replace("卅", "三十")
    tens, ten, ones = text.partition("十")
    if not ten:
        return _spelled_digits(text)
    if len(tens) > 1 or len(ones) > 1 or (tens and tens not in DIGITS) or (ones and ones not in DIGITS):
        raise ValueError(text)
    return (DIGITS[tens] if tens else 1) * 10 + (DIGITS[ones] if ones else 0)


def count_of(text: str, otherwise: int = 1) -> int:
    """*text* as a small number, *otherwise* where it is none (首日, 最后一周)."""
    try:
        return small_number(text.replace("两", "二"))
    except ValueError:
        return otherwise


def _spelled_digits(text: str) -> int:
    """``二〇二四`` is 2024, ``九`` is 9."""
    if not text or any(sign not in DIGITS for sign in text):
        raise ValueError(text)
    return int("".join(str(DIGITS[sign]) for sign in text))


def number(text: str) -> float:
    """A number of any size: ``1,200``, ``2.1万``, ``一万五千``, ``1万2千``, ``二百五``, ``3w``. ValueError for anything else."""
    text = re.sub(r"[\s,]+", "", text).replace("廿", "二十").replace("卅", "三十")
    plain = re.fullmatch(r"(\d+(?:\.\d+)?)([wWkK])?", text)
    if plain:
        return float(plain[1]) * LATIN_SCALES.get(plain[2], 1)
    total = section = 0.0
    last_scale = 10.0
    held: float | None = None
    for part in re.findall(r"\d+(?:\.\d+)?|.", text):
        if part[0].isdecimal() and part[0].isascii():
            held = float(part)
        elif part in DIGITS:
            held = DIGITS[part] if not held else held * 10 + DIGITS[part]
            if part in "零〇○":
                last_scale = 10.0
        elif part in SCALES:
            scale = SCALES[part]
            if scale >= 10_000:
                total += (section + (held or 0) or 1) * scale
                section = 0.0
            else:
                section += (1 if held is None else held) * scale
            held, last_scale = None, float(scale)
        else:
            raise ValueError(text)
    if held is not None:
        # 二百五 is 250 and 一万二 is 12,000; 一百零五 is 105.
        short = last_scale > 10 and held < 10 and text[-1] in DIGITS and text[-2:-1] not in ("零", "〇", "○")
        section += held * last_scale / 10 if short else held
    return total + section
