"""What was done with the tables (办理记录) as a Word document, for the filing cabinet."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import IO

from ipweek.workbooks.documents import paper
from ipweek.workbooks.documents.paper import Section, Table

HEADINGS = ("时间", "单位", "表", "办理", "办理人", "说明")
_WIDTHS = (82.0, 84.0, 44.0, 76.0, 92.0, paper.TABLE_WIDTH - 378.0)


@dataclass(frozen=True)
class Part:
    """One kind of record: its heading, and its lines in the order of HEADINGS."""

    title: str
    lines: Sequence[Sequence[str]]


def write(into: IO[bytes], title: str, parts: Sequence[Part], *, made_at: datetime) -> None:
    paper.write(into, [Section(_body(title, parts), lies=True)], title=title, made_at=made_at)


def _body(title: str, parts: Sequence[Part]) -> Iterator[str]:
    yield paper.title(title, paper.TABLE_WIDTH)
    for part in parts:
        yield paper.paragraph(part.title, "GwMark")
        if not part.lines:
            yield paper.paragraph("没有记录。", "GwLine")
            continue
        table = Table(_WIDTHS, (True, False, True, True, False, False))
        yield table.head + table.headings(HEADINGS)
        for line in part.lines:
            yield table.row(line)
        yield Table.END
