"""Local values: kept as typed; what is wrong with one is said beside it, and plugins get it as date, number or choice."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from ipweek.plugins.schema import Field

_DAY = re.compile(r"(?:(\d{4})\s*[-/.年]\s*)?(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?")
_NUMBER = re.compile(r"[+-]?(?:\d+(?:\.\d+)?|\.\d+)")
_BETWEEN = re.compile(r"[、,，;；\n]+")
YES = frozenset({"是", "有", "√", "✓", "✔", "对", "yes", "y", "true", "1"})
NO = frozenset({"否", "无", "没有", "不是", "×", "no", "n", "false", "0"})
MOST_DIGITS = 15


def typed(field: Field, text: str, *, year: int | None = None) -> Any:
    """The value as a plugin gets it: a number, ``2024-04-20``, a bool, a list of choices, or text; "" where there is none.

    What cannot be read as the field's kind is "" too; an empty cell has the field's default. *year* is for days without one.
    """
    text = text.strip()
    if not text:
        return typed_default(field, year=year)
    if field.kind == "number":
        return number(text)
    if field.kind == "date":
        day = day_of(text, year=year)
        return day.isoformat() if day else ""
    if field.kind == "yes_no":
        said = _flat(text).lower()
        return True if said in YES else False if said in NO else ""
    if field.kind == "choices":
        return parts(text)
    return text


def typed_default(field: Field, *, year: int | None = None) -> Any:
    """The default as a plugin gets it, whichever way it was written; "" where there is none."""
    text = as_text(field.default)
    return typed(field, text, year=year) if text.strip() else ""


def wrong(field: Field, text: str) -> str:
    """What is wrong with the text as a value of *field*, as the end of a sentence; "" when all is well or it is empty."""
    text = text.strip()
    if not text:
        return ""
    if field.max_length is not None and len(text) > field.max_length:
        return f"有 {len(text)} 个字，最多 {field.max_length} 个字"
    if field.kind == "number":
        return _wrong_number(field, number(text), text)
    if field.kind == "date" and day_of(text) is None:
        return f"“{_brief(text)}”没有读出日期，请写成 2024-04-20 这样"
    if field.kind == "yes_no" and typed(field, text) == "":
        return f"“{_brief(text)}”请改为“是”或“否”"
    if field.kind in {"choice", "choices"}:
        strange = [part for part in (parts(text) if field.kind == "choices" else [text]) if part not in field.choices]
        if strange:
            return f"“{_brief(strange[0])}”不在选项中，可选：{'、'.join(field.choices[:12])}{' 等' if len(field.choices) > 12 else ''}"
    return ""


def _wrong_number(field: Field, value: float | str, text: str) -> str:
    if isinstance(value, str):
        return f"“{_brief(text)}”应当只写数字，例如 200"
    if field.min is not None and value < field.min:
        return f"{value} 小于最小值 {field.min:g}"
    if field.max is not None and value > field.max:
        return f"{value} 大于最大值 {field.max:g}"
    return ""


def number(text: str) -> int | float | str:
    """The number, or "" when the text is none."""
    flat = _flat(text).replace(",", "")
    if not _NUMBER.fullmatch(flat) or len(flat) > MOST_DIGITS:
        return ""
    return float(flat) if "." in flat else int(flat)


def day_of(text: str, *, year: int | None = None) -> date | None:
    """The day, or None. Without a year in the text, *year*'s (2024 when only the form is asked about)."""
    found = _DAY.fullmatch(_flat(text))
    if not found:
        return None
    try:
        return date(int(found[1] or year or 2024), int(found[2]), int(found[3]))
    except ValueError:
        return None


def parts(text: str) -> list[str]:
    """The choices in a cell: 甲、乙."""
    return [part.strip() for part in _BETWEEN.split(text) if part.strip()]


def as_text(value: Any) -> str:
    """A default or a setting as somebody would type it."""
    if isinstance(value, bool):
        return "是" if value else "否"
    return "" if value is None else "、".join(map(str, value)) if isinstance(value, list) else str(value)


def held(field: Field, cells: Mapping[str, str]) -> str:
    """The field's text in a row; where it is empty, that of an earlier key."""
    for key in (field.cell, *field.former_cells):
        if text := cells.get(key, ""):
            return text
    return ""


def own(fields: Sequence[Field], cells: Mapping[str, str], *, year: int | None = None) -> dict[str, Any]:
    """A plugin's own values of a row, by short key."""
    return {field.key: typed(field, held(field, cells), year=year) for field in fields}


def _flat(text: str) -> str:
    return unicodedata.normalize("NFKC", text).strip().replace(" ", "")


def _brief(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= 20 else f"{text[:20]}…"
