"""Prints the table of numbers. ``python -m tests.bench saving pages`` takes only those parts."""

import os
import platform
import sys
import time
from collections.abc import Sequence
from unicodedata import east_asian_width

from ipweek.database import sqlite_module
from tests.bench import browsing, crowd, districts, documents, looking, million, saving
from tests.bench.timing import Line

PARTS = {
    "saving": saving.lines,
    "looking": looking.lines,
    "browsing": browsing.lines,
    "districts": districts.lines,
    "documents": documents.lines,
}
ON_REQUEST = {"crowd": crowd.lines, "large": documents.large, "million": million.lines}
"""Parts that take long: run only when they are named."""
HOW = (
    "The programs of a line take turns. Medians of processor time; of what waits for the disk or another process (FULL, child processes), the lower "
    "quartile by the clock on the wall; over HTTP the best of the turns: what is above waits for the machine's other guests."
)
HEAD = Line("what", "floor", "ipweek", "peer", "ratio", "goal")


def main(names: Sequence[str]) -> None:
    parts = {**PARTS, **ON_REQUEST}
    if unknown := set(names) - parts.keys():
        sys.exit(f"There is no part {', '.join(unknown)}; there are {', '.join(parts)}.")
    began = time.monotonic()
    table = [HEAD]
    for name in names or PARTS:
        for one in parts[name]():
            table.append(one)
            print(f"  {one.what}: {one.ours}", file=sys.stderr, flush=True)
    print(machine())
    show(table)
    print(f"\n{time.monotonic() - began:.0f} s in all. {HOW}")


def machine() -> str:
    """What the numbers were measured on."""
    load = os.getloadavg()[0]
    return (
        f"\n{platform.machine()}, {os.cpu_count()} cores, load {load:.1f}, Python {platform.python_version()}, "
        f"SQLite {sqlite_module().sqlite_version}, {time.strftime('%Y-%m-%d')}\n"
    )


def show(table: Sequence[Line]) -> None:
    cells = [[one.what, one.floor, one.ours, one.peer, one.ratio, mark(one)] for one in table]
    widths = [max(map(width, column)) for column in zip(*cells, strict=True)]
    for number, row in enumerate(cells):
        print("| " + " | ".join(text + " " * (wide - width(text)) for text, wide in zip(row, widths, strict=True)) + " |")
        if not number:
            print("|" + "|".join("-" * (wide + 2) for wide in widths) + "|")


def mark(one: Line) -> str:
    return one.goal if one.reached is None else f"{one.goal} {'✓' if one.reached else '✗'}"


def width(text: str) -> int:
    return sum(2 if east_asian_width(sign) in "WF" else 1 for sign in text)


if __name__ == "__main__":
    main(sys.argv[1:])
