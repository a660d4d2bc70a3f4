"""The annexes as a Word document: a cover upright, then each annex on lying pages with its heading on every one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import IO

from ipweek.workbooks import heights, layout
from ipweek.workbooks.cover import COUNTS, Cover
from ipweek.workbooks.documents import paper
from ipweek.workbooks.documents.paper import Section, Table
from ipweek.workbooks.layout import AnnexSheet, Band

WHOLE_ROW = 14
"""Lines up to which a row is kept on one page; a longer one may be torn, since it might not fit on any."""


def write(
    into: IO[bytes], sheets: Sequence[AnnexSheet], *, title: str, made_at: datetime, cover: Cover | None = None, mark: str = ""
) -> None:
    """Write the *cover*, where there is one, and the annexes."""
    sections = [Section(_cover(cover))] if cover is not None else []
    paper.write(into, [*sections, *(Section(_annex(sheet), lies=True) for sheet in sheets)], title=title, made_at=made_at, mark=mark)


def _annex(sheet: AnnexSheet) -> Iterator[str]:
    columns = layout.set_columns(sheet.form, paper.TABLE_WIDTH, (paper.TABLE_SIZE,))
    table = Table(columns.widths, [column.key in layout.CENTRED for column in sheet.form.columns])
    rooms = columns.rooms(columns.size)
    bands = list(sheet.bands) if sheet.single else sheet.bands
    if sheet.form.number:
        yield paper.paragraph(f"附件{sheet.form.number}", "GwMark")
    yield paper.title(sheet.form.title, paper.TABLE_WIDTH)
    if sheet.single:
        yield from (paper.paragraph(band.line, "GwLine") for band in bands if band.header)
    else:
        yield paper.paragraph("", "GwLine")
    yield table.head + table.headings([column.label for column in sheet.form.columns])
    yield from _rows(table, bands, rooms, single=sheet.single)
    yield Table.END


def _rows(table: Table, bands: Iterable[Band], rooms: Sequence[float], *, single: bool) -> Iterator[str]:
    empty = True
    for band in bands:
        empty = False
        if not single:
            yield table.across(band.line, "GwBand")
        if band.nil_return:
            yield table.across(layout.NIL_RETURN, "GwMiddle")
        for values in band.rows:
            yield table.row(values, whole=heights.most_lines(values, rooms) <= WHOLE_ROW)
    if empty:
        yield table.across(layout.NOTHING, "GwMiddle")


def _cover(cover: Cover) -> Iterator[str]:
    yield paper.title(cover.title)
    yield paper.paragraph(cover.note, "GwSubtitle")
    yield paper.paragraph("一、基本情况", "GwFirst")
    facts = Table((86.0, paper.TEXT_WIDTH - 86.0), (True, False))
    yield facts.head + "".join(facts.row(fact) for fact in cover.facts) + Table.END
    yield paper.paragraph("二、汇总数量", "GwFirst")
    counts = Table([paper.TEXT_WIDTH / len(COUNTS)] * len(COUNTS), [True] * len(COUNTS))
    yield counts.head + counts.headings(COUNTS) + "".join(counts.row(tally.numbers) for tally in cover.tallies) + Table.END
    yield paper.paragraph("三、未列入附件的单位", "GwFirst")
    yield facts.head
    for tally in cover.tallies:
        missing = [f"{unit}（{state}）" for unit, state in tally.missing]
        for label, units in (("零报送", tally.nil_returns), ("未汇总", missing), ("本年免报", tally.excused)):
            yield facts.row((f"{tally.name}{label}", "、".join(units) if units else "无"), whole=False)
    yield Table.END
