"""Files: the merged workbook, a unit's own workbook read in, and a long notice."""

import os
import resource
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime
from functools import partial
from io import BytesIO
from pathlib import Path

import docx
import openpyxl
from openpyxl.styles import Alignment, Border, Font, Side

from ipweek.annexes import service as annexes
from ipweek.annexes.readings import contact, scale
from ipweek.annexes.readings import time as times
from ipweek.extensions import db
from ipweek.files import child
from ipweek.notice.reader import read_document, read_notice
from ipweek.reporting import contents
from ipweek.reporting.models import Snapshot
from ipweek.transaction import transaction
from ipweek.workbooks import service
from ipweek.workbooks.cover import Cover
from ipweek.workbooks.layout import AnnexSheet, Band
from ipweek.workbooks.reading.table_reader import read_table
from ipweek.workbooks.writer import write_workbook
from tests import make
from tests.bench import site
from tests.bench.timing import Line, line, said, side_by_side
from tests.make import ANNEX_1, ANNEX_2, CELLS
from tests.workbooks import files

NOW = datetime(2024, 4, 13, tzinfo=UTC)
WEEK = (date(2024, 4, 20), date(2024, 4, 26))
MANY = 20_000
FULL = 1_990


def lines() -> Iterator[Line]:
    yield from merged()
    yield all_sheets()
    yield from many(MANY)
    yield read()
    yield read_much()
    yield from readers()


def large() -> Iterator[Line]:
    """What the goal says, which takes minutes, most of them the peer's."""
    yield from many(100_000)


# ---- the merged workbook -------------------------------------------------------------------------------------


def sheets(bands: Sequence[int], rows: int) -> list[AnnexSheet]:
    """Annex 1 and annex 2 with so many units each, of so many rows each."""
    made = []
    for form, count in zip((ANNEX_1, ANNEX_2), bands, strict=True):
        header = tuple((field.label, f"闵行区{field.suffix}") for field in form.header_fields)
        row = [CELLS.get(column.key, "") for column in form.columns]
        units = [
            Band("minhang", header, [[f"第{n}项{cell}" if at == 1 else cell for at, cell in enumerate(row)] for n in range(rows)])
            for _ in range(count)
        ]
        made.append(AnnexSheet(form, units))
    return made


def by_openpyxl(annexes: Sequence[AnnexSheet]) -> bytes:
    """The same sheets in openpyxl alone: the same text, borders, letters, line breaks and row heights."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    thin = Side("thin")
    border, font = Border(thin, thin, thin, thin), Font("FangSong_GB2312", size=10)
    centred, left = Alignment("center", "center", wrap_text=True), Alignment("left", "center", wrap_text=True)
    for annex in annexes:
        sheet = book.create_sheet(annex.name)
        sheet.append([column.label for column in annex.form.columns])
        number = 1
        for band in annex.bands:
            for cells in ([band.line], *band.rows):
                number += 1
                sheet.row_dimensions[number].height = 42
                for at, text in enumerate(cells, 1):
                    cell = sheet.cell(number, at, text)
                    cell.data_type = "s"
                    cell.border, cell.font, cell.alignment = border, font, left if at in {2, 4} else centred
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def ours(annexes: Sequence[AnnexSheet], cover: Cover | None = None) -> bytes:
    out = BytesIO()
    write_workbook(out, annexes, made_at=NOW, cover=cover)
    return out.getvalue()


def merged() -> Iterator[Line]:
    parts = sheets((41, 16), 20)
    taken = side_by_side({"ours": lambda: ours(parts), "openpyxl": lambda: by_openpyxl(parts)}, rounds=5)
    ratio = taken["openpyxl"] / taken["ours"]
    yield line(
        "merged workbook, 57 units × 20 rows: the two annex sheets; peer: openpyxl, same styles",
        said(taken["ours"]),
        peer=said(taken["openpyxl"]),
        ratio=f"{ratio:.1f} × faster",
        goal="≤ 0.1 s",
        reached=taken["ours"] <= 0.1,
    )


def all_sheets() -> Line:
    """The whole workbook as the office downloads it, from the database: cover, annexes, union, totals with charts, missing."""
    with site.new() as app, app.app_context():
        week = site.make.db.session.query(site.make.Campaign).one()
        tables = annexes.tables_of(week)
        for number, one in enumerate(tables):
            site.rows(one.unit.slug, 20 if number % 6 else 40)
        with transaction():
            for one in tables:
                content = contents.freeze(one, NOW)
                db.session.add(Snapshot(table_id=one.id, revision=one.revision, at=NOW, content=content))
                one.status = "approved"
        by = make.person("office", "clerk")
        count = service.gather(week, by=by).activities

        def whole() -> None:
            service.write(service.gather(week, by=by), BytesIO())
            db.session.rollback()

        taken = side_by_side({"whole": whole}, rounds=7)["whole"]
    what = f"merged workbook, {len(tables)} units, {count:,} activities: all sheets, from the database to the file"
    return line(what, said(taken), goal="≤ 0.25 s", reached=taken <= 0.25)


def many(rows: int) -> Iterator[Line]:
    """Each in a process of its own, so that what it takes of memory can be told."""
    parts = sheets((rows // 40, rows // 40), 20)
    (mine, my_memory), (other, other_memory) = apart(lambda: ours(parts)), apart(lambda: by_openpyxl(parts))
    stands_in = "" if rows == 100_000 else " (stands in for 100,000)"
    what = f"merged workbook, {rows:,} rows{stands_in}; peer: openpyxl, same styles"
    yield line(what, said(mine), peer=said(other), ratio=f"{other / mine:.1f} × faster", goal="≥ 10 ×", reached=other / mine >= 10)
    yield line("the same: memory added", f"{my_memory:.0f} MB", peer=f"{other_memory:.0f} MB", goal="≤ 60 MB", reached=my_memory <= 60)


def apart(work: Callable[[], object]) -> tuple[float, float]:
    """Processor seconds and added MB of *work* in a fork of this process."""
    told, tell = os.pipe()
    if not (forked := os.fork()):
        try:
            before, began = _resident(), time.process_time()
            work()
            taken = time.process_time() - began
            os.write(tell, f"{taken} {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6 - before}".encode())
        finally:
            os._exit(0)
    os.waitpid(forked, 0)
    os.close(tell)
    seconds, memory = os.read(told, 100).split()
    os.close(told)
    return float(seconds), float(memory)


def _resident() -> float:
    return int(Path("/proc/self/statm").read_text("ascii").split()[1]) * resource.getpagesize() / 1e6


# ---- reading -------------------------------------------------------------------------------------------------


def read() -> Line:
    data = files.annex_2(*[files.row(event_name=f"第{n}场") for n in range(20)])

    def by_hand() -> list[object]:
        sheet = openpyxl.load_workbook(BytesIO(data)).worksheets[0]
        return [[cell.value for cell in row] for row in sheet.iter_rows()]

    assert len(read_table(data, "a.xlsx", 2).rows) == 20
    inside = "ipweek.workbooks.reading.table_reader:read_upload"
    programs = {
        "ours": lambda: read_table(data, "a.xlsx", 2),
        "openpyxl": by_hand,
    }
    taken = side_by_side(programs, rounds=9)
    fenced = side_by_side({"child": lambda: child.call(inside, data, name="a.xlsx", annex=2)}, rounds=5, waits=True)
    return line(
        f"read a workbook of 20 rows, gate included (in its fenced child: {said(fenced['child'])}); peer: openpyxl, ungated",
        said(taken["ours"]),
        peer=said(taken["openpyxl"]),
        ratio=f"{taken['ours'] / taken['openpyxl']:.2f} ×",
        goal="≤ 30 ms",
        reached=taken["ours"] <= 0.03,
    )


def read_much() -> Line:
    data = files.annex_2(*[files.row(event_name=f"第{n}场") for n in range(FULL)])
    assert len(read_table(data, "a.xlsx", 2).rows) == FULL
    taken = side_by_side({"ours": lambda: read_table(data, "a.xlsx", 2)}, rounds=3)["ours"]
    return line(f"read a workbook of {FULL:,} rows, nearly all that the gate lets in", said(taken), goal="≤ 1 s", reached=taken <= 1)


def readers() -> Iterator[Line]:
    data = notice(pages=20)

    def text_alone() -> str:
        return "\n".join(paragraph.text for paragraph in docx.Document(BytesIO(data)).paragraphs)

    taken = side_by_side({"ours": lambda: read_notice(read_document(data, "notice.docx")), "docx": text_alone}, rounds=5)
    yield line(
        f"read a notice of 20 pages ({len(text_alone()):,} characters); floor: python-docx, text alone",
        said(taken["ours"]),
        floor=said(taken["docx"]),
        ratio=f"{taken['ours'] / taken['docx']:.1f} ×",
        goal="≤ 300 ms",
        reached=taken["ours"] <= 0.3,
    )
    values = [(kind, text) for n in range(1250) for kind, text in cells(n)]
    anew = {"time": partial(times.read.__wrapped__, week=WEEK), "scale": scale.read.__wrapped__, "contact": contact.read.__wrapped__}
    taken = side_by_side({"ours": lambda: [anew[kind](text) for kind, text in values]}, rounds=3)
    yield line(
        f"read {len(values):,} different cell values (times, head counts, contacts), none remembered",
        said(taken["ours"]),
        goal="≤ 1 s",
        reached=taken["ours"] <= 1,
    )


def cells(n: int) -> list[tuple[str, str]]:
    day, hour = 1 + n % 28, 8 + n % 10
    return [
        ("time", f"4月{day}日{hour}:{n % 60:02}"),
        ("time", f"4月{day}日至5月{1 + n % 20}日 第{n}场"),
        ("time", f"2024年4月{day}日上午{8 + n % 4}点{n % 50 + 1}分"),
        ("time", f"4月下旬（{n}）"),
        ("scale", f"约{100 + n}人"),
        ("scale", f"线上{5000 + n}人次，线下{100 + n}人"),
        ("contact", f"张三 1380000{n:04}"),
        ("contact", f"李四、王五 021-2311{n:04}"),
    ]


def notice(pages: int) -> bytes:
    """A notice with many long parts between its facts and its annexes."""
    document = docx.Document()
    document.add_paragraph("关于开展2024年知识产权宣传周活动的通知")
    document.add_paragraph("各成员单位：")
    document.add_paragraph("宣传周定于2024年4月20日至4月26日举行，主题为“知识产权转化运用促进高质量发展”。")
    for n in range(1, pages * 10 + 1):
        document.add_paragraph(
            f"（{n}）各单位要结合本地实际，面向企业、园区和社区，于4月{20 + n % 7}日前后安排一次宣讲，人数约{50 + n}人。" * 2
        )
    document.add_paragraph("请于4月12日前将重点活动安排表报送联席会议办公室，活动结束后5个工作日内报送总结。")
    document.add_paragraph("联系人：张三；电话：00005555。")
    for form in (ANNEX_1, ANNEX_2):
        document.add_paragraph(f"附件{form.number}")
        document.add_paragraph(form.title)
        table = document.add_table(rows=6, cols=len(form.columns))
        for at, column in enumerate(form.columns):
            table.cell(0, at).text = column.label
    out = BytesIO()
    document.save(out)
    return out.getvalue()
