"""Writes a whole workbook: openpyxl makes every part, and the rows of the annexes stream into theirs.

The same facts give the same bytes: the moment is handed in, and stands also in the file's own properties.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from io import BytesIO
from typing import IO

from openpyxl import Workbook
from openpyxl.xml.functions import tostring

from ipweek.workbooks import cover as covers
from ipweek.workbooks import skeleton
from ipweek.workbooks.cover import Cover
from ipweek.workbooks.layout import AnnexSheet
from ipweek.workbooks.stream import Placed, Rows

CREATOR = "ipweek"
_EPOCH = (1980, 1, 1, 0, 0, 0)  # the first moment a zip can name; the file's age stands in its properties
_CHUNK = 1 << 18
_MERGE = re.compile(r'<mergeCell ref="([^"]+)" ?/>')
_MERGES = re.compile(r"<mergeCells.*?</mergeCells>", re.DOTALL)
_AFTER_MERGES = re.compile(r"<(?:printOptions|pageMargins)")
_AFTER_ROWS = re.compile(r"<sheetData ?/>|</sheetData>")
_SIZE = re.compile(r"<dimension [^>]*/>")
_CORE = "docProps/core.xml"


def write_workbook(
    into: IO[bytes],
    sheets: Sequence[AnnexSheet],
    *,
    made_at: datetime,
    cover: Cover | None = None,
    more: Callable[[Workbook], None] | None = None,
) -> list[Placed]:
    """Write the *cover*, where there is one, and the annexes; return where each row that has an id stands.

    *more* puts further, small sheets behind them.
    """
    workbook = skeleton.new_workbook()
    if cover is not None:
        covers.add(workbook, cover)
    streamed: dict[str, Rows] = {}
    styles = None
    for sheet in sheets:
        bands = list(sheet.bands) if sheet.single else []
        frame = skeleton.frame(workbook, sheet, bands[0].line if bands else "", styles)
        styles = frame.styles
        part = f"xl/worksheets/sheet{len(workbook.sheetnames)}.xml"
        streamed[part] = Rows(replace(sheet, bands=bands) if sheet.single else sheet, frame)
    if more is not None:
        more(workbook)
    with zipfile.ZipFile(into, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in _parts(workbook, made_at).items():
            if name in streamed:
                _write(archive, name, _with_rows(content.decode(), streamed[name]))
            elif name.startswith("xl/worksheets/"):
                _write(archive, name, [_with_merges(content.decode(), [])])
            else:
                archive.writestr(_entry(name), content)
    return [placed for rows in streamed.values() for placed in rows.placed]


def _parts(workbook: Workbook, made_at: datetime) -> dict[str, bytes]:
    """All parts of the skeleton by name, as openpyxl writes them; its own properties bear *made_at* and not now."""
    properties = workbook.properties
    properties.creator = properties.lastModifiedBy = CREATOR
    written = BytesIO()
    workbook.save(written)
    with zipfile.ZipFile(written) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    properties.created = properties.modified = made_at.astimezone(UTC).replace(tzinfo=None, microsecond=0)
    parts[_CORE] = tostring(properties.to_tree())
    return parts


def _write(archive: zipfile.ZipFile, name: str, pieces: Iterable[str]) -> None:
    with archive.open(_entry(name), "w") as part:
        held: list[str] = []
        size = 0
        for piece in pieces:
            held.append(piece)
            size += len(piece)
            if size > _CHUNK:
                part.write("".join(held).encode())
                held, size = [], 0
        part.write("".join(held).encode())


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, _EPOCH)
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.create_system = 0  # the same bytes on Windows and Linux
    return entry


def _with_rows(skeleton_xml: str, rows: Rows) -> Iterator[str]:
    """The part with the streamed rows behind the skeleton's own.

    Its ``dimension`` goes, since the last row is not known when it is written; the element may be absent.
    """
    end = _AFTER_ROWS.search(skeleton_xml)
    if end is None:
        message = "the skeleton has no rows"
        raise ValueError(message)
    yield _SIZE.sub("", skeleton_xml[: end.start()])
    yield from rows.xml()
    yield _with_merges(skeleton_xml[end.start() :], rows.merges, rows.row - 1)


def _with_merges(tail: str, more: Sequence[str], last_row: int = 0) -> str:
    """*tail* with all merged ranges, in a fixed order; and, where text stands, without Excel's green corners for numbers typed as text."""
    merges = sorted({*_MERGE.findall(tail), *more}, key=_place)
    tail = _MERGES.sub("", tail)
    if merges:
        ranges = "".join(f'<mergeCell ref="{area}"/>' for area in merges)
        at = _AFTER_MERGES.search(tail)
        before = at.start() if at else tail.index("</worksheet>")
        tail = f'{tail[:before]}<mergeCells count="{len(merges)}">{ranges}</mergeCells>{tail[before:]}'
    if last_row:
        ignored = f'<ignoredErrors><ignoredError sqref="A1:XFD{last_row}" numberStoredAsText="1"/></ignoredErrors>'
        tail = tail.replace("</worksheet>", f"{ignored}</worksheet>")
    return tail


def _place(area: str) -> tuple[int, str]:
    first, _, _ = area.partition(":")
    letters = first.rstrip("0123456789")
    return int(first.removeprefix(letters)), letters.rjust(3)
