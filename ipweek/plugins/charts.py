"""Where things stand in a chart: sizes and places for the page's SVG. The words are the template's to escape."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from math import ceil, floor, log10
from typing import Any

from ipweek.wording import WEEKDAYS, width

WIDTH = 760
NAMES = 190
"""Room for the names on the left of bars."""
SIGN = 9
"""Room for one narrow sign; a Chinese one takes two."""
BAR_STEP, BAR_HEIGHT = 28, 18
LEFT, TOP, HEIGHT = 56, 14, 260
LEVELS = 5
Number = int | float


@dataclass(frozen=True)
class Bar:
    """One bar: its name as far as it fits, and its place."""

    name: str
    short: str
    value: Number
    said: str
    x: float
    y: float
    width: float


@dataclass(frozen=True)
class BarChart:
    """Bars below each other; those of negative numbers go left from the zero line."""

    bars: Sequence[Bar]
    height: int
    zero: float


@dataclass(frozen=True)
class Curve:
    """One line: its name, its points as SVG takes them, and each point with what it says."""

    name: str
    path: str
    dots: Sequence[tuple[float, float, str]]


@dataclass(frozen=True)
class LineChart:
    """Lines over the same points, with the scale on the left."""

    curves: Sequence[Curve]
    ticks: Sequence[tuple[float, str]]
    points: Sequence[tuple[float, str]]


def bars(block: Mapping[str, Any]) -> BarChart:
    """A bars block."""
    values: list[Number] = [value for _, value in block["values"]]
    low, high = min([0, *values]), max([0, *values])
    room = 16 + SIGN * max((width(said(value) + block["unit"]) for value in values), default=0)
    scale = (WIDTH - NAMES - room) / ((high - low) or 1)
    zero = NAMES - low * scale
    drawn = []
    for place, (name, value) in enumerate(block["values"]):
        long = abs(value) * scale
        x = zero - long if value < 0 else zero
        drawn.append(Bar(name, _short(name), value, said(value), round(x, 1), 6 + place * BAR_STEP, round(long, 1)))
    return BarChart(drawn, len(drawn) * BAR_STEP + 12, round(zero, 1))


def lines(block: Mapping[str, Any]) -> LineChart:
    """A lines block."""
    names = block["points"]
    values: list[Number] = [value for _, series in block["lines"] for value in series]
    steps = _steps(min([0, *values]), max([0, *values]))
    low, high = steps[0], steps[-1]
    wide = (WIDTH - LEFT - 36) / max(1, len(names) - 1)

    def at(value: Number) -> float:
        return round(TOP + HEIGHT * (high - value) / ((high - low) or 1), 1)

    places = [round(LEFT + place * wide, 1) for place in range(len(names))]
    curves = []
    for name, series in block["lines"]:
        dots = [(x, at(value), f"{name} {day(point)}：{said(value)}") for x, value, point in zip(places, series, names, strict=True)]
        curves.append(Curve(name, " ".join(f"{x},{y}" for x, y, _ in dots), dots))
    every = ceil(len(names) / 12) or 1
    labelled = [(x, name) for place, (x, name) in enumerate(zip(places, names, strict=True)) if place % every == 0]
    shown = [(x, _cut(day(name), int(min(wide * every, 2 * x, 2 * (WIDTH - x)) / SIGN))) for x, name in labelled]
    return LineChart(curves, [(at(step), said(step)) for step in steps], shown)


@dataclass(frozen=True)
class Square:
    """One cell of a day grid: what it says, and how dark it is from 0 to LEVELS."""

    said: str
    level: int


def squares(block: Mapping[str, Any]) -> list[tuple[str, list[Square]]]:
    """A daygrid block's rows."""
    numbers = [value for _, values in block["rows"] for value in values]
    most = max(numbers, default=0) or 1
    if all(isinstance(number, int) for number in numbers):
        most = max(most, LEVELS)  # a single event is not the darkest that there is
    return [
        (name, [Square(said(value) if value else "", max(0, min(LEVELS, ceil(value / most * LEVELS)))) for value in values])
        for name, values in block["rows"]
    ]


def day(text: str) -> str:
    """``2024-04-20`` as 4月20日; everything else as it is."""
    parts = text.split("-")
    if len(parts) == 3 and all(part.isdigit() for part in parts):
        return f"{int(parts[1])}月{int(parts[2])}日"
    return text


def weekday(text: str) -> str:
    """周六 for a day; nothing for what is none."""
    try:
        return f"周{WEEKDAYS[date.fromisoformat(text).weekday()]}"
    except ValueError:
        return ""


def said(value: Number) -> str:
    """A number with its thousands apart, without a tail of zeros."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return f"{value:,}" if isinstance(value, int) else f"{value:,.2f}".rstrip("0").rstrip(".")


def _short(name: str) -> str:
    return _cut(name, (NAMES - SIGN) // SIGN)


def _cut(name: str, most: int) -> str:
    """The name as far as it fits into *most* narrow signs."""
    if width(name) <= most:
        return name
    while name and width(name) > most - 2:
        name = name[:-1]
    return f"{name}…"


def _steps(low: Number, high: Number) -> list[Number]:
    """Four to six round numbers from below *low* to above *high*."""
    wide = (high - low) or 1
    rough = wide / 4
    size = 10 ** floor(log10(rough))
    step = next(factor * size for factor in (1, 2, 2.5, 5, 10) if factor * size >= rough)
    step = max(step, 1) if all(isinstance(number, int) for number in (low, high)) else step
    first = floor(low / step)
    last = max(ceil(high / step), first + 1)
    return [step * place for place in range(first, last + 1)]
