"""Many files in one .zip: all units' tables, and the year's archive for the filing cabinet. Both hold contacts: the office's alone."""

from __future__ import annotations

import tempfile
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from io import BytesIO
from typing import IO, Any

from sqlalchemy import select

from ipweek import clock, wording
from ipweek.accounts import audit
from ipweek.accounts.schema import Person
from ipweek.annexes import service as annexes
from ipweek.annexes.models import AnnexTable
from ipweek.annexes.schema import STATUSES
from ipweek.config import Settings
from ipweek.errors import Busy, Forbidden, NotFound
from ipweek.extensions import db
from ipweek.files import service as files
from ipweek.files.models import StoredFile
from ipweek.notice import schema
from ipweek.notice.models import Amendment, Campaign
from ipweek.reporting.chasing import KINDS
from ipweek.reporting.models import Chase, Move, Summary, SummaryFile
from ipweek.reporting.states import LABELS
from ipweek.transaction import transaction
from ipweek.workbooks import handouts, public_editions, releases, service
from ipweek.workbooks.documents import decisions
from ipweek.workbooks.documents import summaries as summaries_document
from ipweek.workbooks.documents.decisions import Part
from ipweek.workbooks.folders import Folder
from ipweek.workbooks.layout import AnnexSheet, Band
from ipweek.workbooks.public import edition as editions
from ipweek.workbooks.writer import write_workbook

_SENT = {"submitted": "待审核", "approved": "", "archived": ""}
"""The states whose tables are in the .zip, and what is said of them in the file's name."""
_one_at_a_time = threading.BoundedSemaphore(1)


def tables(campaign: Campaign, *, by: Person, settings: Settings) -> tuple[str, IO[bytes]]:
    """Every unit's table as it was sent, an .xlsx each, and the name of the .zip. The file is the caller's to close."""
    _office(by)
    number, name = campaign.id, f"{campaign.year}年知识产权宣传周各单位附件表.zip"
    with _made(settings) as into:
        folder = Folder(into, f"{campaign.year}年知识产权宣传周　各单位附件表", made_at=_now(), facts=_facts(campaign, by))
        left_out = _add_tables(folder, campaign)
        folder.close(notes=left_out)
        _audit("tables.zip", number, f"{name}，{len(folder.kept)} 个文件", by)
    return name, into


def year(campaign: Campaign, *, by: Person, settings: Settings) -> tuple[str, IO[bytes]]:
    """The year's archive: notice, releases, public edition, tables, summaries with their files, decisions, and an index."""
    _office(by)
    number, name = campaign.id, f"{campaign.year}年上海知识产权宣传周归档.zip"
    with _made(settings) as into:
        folder = Folder(into, f"{campaign.year}年上海知识产权宣传周归档", made_at=_now(), facts=_facts(campaign, by))
        parts = _Year(folder, campaign, by, settings)
        notes = [*parts.notice(), *parts.releases(), *parts.public(), *_add_tables(folder, campaign, "4_各单位附件表"), *parts.summaries()]
        parts.decisions()
        folder.close(notes=notes)
        _audit("archive.zip", number, f"{name}，{len(folder.kept)} 个文件", by)
    return name, into


# ---- inside --------------------------------------------------------------------------------------------------


def _office(by: Person) -> None:
    if not by.is_office:
        raise Forbidden("只有市联席办的经办人和负责人可以下载各单位的表和归档。")


@contextmanager
def _made(settings: Settings) -> Iterator[IO[bytes]]:
    """A passing file on the disk of the site, since an archive may be large; one at a time. Ready to be read at the end."""
    if not _one_at_a_time.acquire(blocking=False):
        raise Busy("另一位同事正在打包，请过一两分钟再试。", retry_after=60)
    into: IO[bytes] = tempfile.TemporaryFile(dir=settings.instance)  # noqa: SIM115 -- closed by whoever sends it
    try:
        yield into
        into.seek(0)
    except BaseException:
        into.close()
        raise
    finally:
        _one_at_a_time.release()


def _now() -> datetime:
    return clock.in_shanghai(clock.now())


def _facts(campaign: Campaign, by: Person) -> list[tuple[str, str]]:
    week = wording.period(campaign.starts_on, campaign.ends_on) if campaign.starts_on and campaign.ends_on else ""
    now = _now()
    facts = [("通知", campaign.title), ("发文字号", campaign.doc_number), ("宣传周", week), ("活动主题", campaign.theme)]
    facts += [
        ("打包时间", f"{wording.plain_day(now.date())} {now:%H:%M}"),
        ("打包人", by.name),
        ("注意", "含联系人和电话，内部资料，请妥善保管"),
    ]
    return [(label, value) for label, value in facts if value]


def _audit(action: str, campaign_id: int, detail: str, by: Person) -> None:
    with transaction():
        audit.write(action, by=by, object=f"campaign:{campaign_id}", detail=detail)


def _add_tables(folder: Folder, campaign: Campaign, top: str = "") -> list[str]:
    """A file for each table that was sent; returns a line for each that was not."""
    every = annexes.tables_of(campaign)
    newest: dict[int, Mapping[str, Any]] = service.newest_snapshots([table.id for table in every if table.status in _SENT])[0]
    notes = []
    for number, table in enumerate(every, 1):
        content = newest.get(table.id)
        if content is None:
            state = "本年免报" if table.is_excused else STATUSES[table.status].label
            notes.append(f"{table.unit.name}附件{table.annex}：{state}，没有文件。")
            continue
        said = _SENT[table.status]
        name = f"{number:03}_{table.unit.short}_附件{table.annex}{f'（{said}）' if said else ''}.xlsx"
        path = [part for part in (top, f"附件{table.annex}") if part]
        count = "零报送" if content["nil_return"] else f"{len(content['rows'])} 项活动"
        folder.add(*path, name, data=_table(content), told=f"{table.unit.name}，{count}")
    return notes


def _table(content: Mapping[str, Any]) -> bytes:
    """One unit's table as it was sent, in the official layout."""
    form = service.official(schema.from_json(content["form"]))
    rows = [tuple(row["values"].get(column.key, "") for column in form.columns) for row in content["rows"]]
    header = service.header_words(form, content["header"], content["unit"]["name"])
    into = BytesIO()
    band = Band(content["unit"]["slug"], header, rows, nil_return=content["nil_return"])
    write_workbook(into, [AnnexSheet(form, [band], single=True)], made_at=datetime.fromisoformat(content["submitted_at"]))
    return into.getvalue()


class _Year:
    """Puts the parts of a year into the folder; each says, line by line, what is missing from it."""

    def __init__(self, folder: Folder, campaign: Campaign, by: Person, settings: Settings) -> None:
        self.folder = folder
        self.campaign = campaign
        self.by = by
        self.settings = settings

    def notice(self) -> list[str]:
        where, notes = "1_通知", []
        sources = [("通知", self.campaign.file_id, self.campaign.text)]
        query = select(Amendment).where(Amendment.campaign_id == self.campaign.id, Amendment.applied_at.is_not(None)).order_by(Amendment.id)
        sources += [(one.title or "补充通知", one.file_id, one.text) for one in db.session.scalars(query)]
        for what, file_id, text in sources:
            if file_id is not None:
                notes += self._kept((where,), file_id, what)
            if text:
                self.folder.add(
                    where, f"{what}（文字）.txt", data=b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode("utf-8", "replace"), told="全文"
                )
        return notes

    def releases(self) -> list[str]:
        found = releases.every(self.campaign, by=self.by)
        notes = []
        for one in reversed(found):
            notes += self._kept(("2_汇总表",), one.file_id, f"第 {one.number} 版，{one.activities} 项活动")
        if not found:
            merged = service.gather(self.campaign, by=self.by)
            into = BytesIO()
            service.write(merged, into)
            self.folder.add(
                "2_汇总表", f"{merged.cover.title}（未定版）.xlsx", data=into.getvalue(), told=f"打包时生成，{merged.activities} 项活动"
            )
            notes.append("汇总表没有定过版，放入的是打包时生成的一份。")
        return notes

    def public(self) -> list[str]:
        found = next((one for one in public_editions.every(self.campaign, by=self.by) if one.status == "published"), None)
        if found is None:
            return ["没有已发布的公开版。"]
        frozen = public_editions.frozen(self.campaign, found)
        for kind, (what, ending) in editions.KINDS.items():
            self.folder.add("3_公开版", f"{what}.{ending}", data=editions.make(frozen, kind), told=f"第 {found.number} 稿，已发布")
        return []

    def summaries(self) -> list[str]:
        where, notes = "5_活动总结", []
        merged = handouts.gather_summaries(self.campaign, by=self.by)
        into = BytesIO()
        summaries_document.write(into, merged, made_at=clock.now())
        self.folder.add(where, f"{merged.title}.docx", data=into.getvalue(), told=f"{len(merged.sent)} 个单位")
        notes += [f"{unit}活动总结：{state}，没有列入汇编。" for unit, state in merged.missing]
        query = (
            select(SummaryFile.file_id, AnnexTable)
            .join(AnnexTable, AnnexTable.id == SummaryFile.table_id)
            .join(Summary, Summary.table_id == AnnexTable.id)
            .where(AnnexTable.campaign_id == self.campaign.id, Summary.status.in_(service.MERGED))
            .order_by(AnnexTable.annex, AnnexTable.id, SummaryFile.id)
        )
        for file_id, table in db.session.execute(query).all():
            notes += self._kept((where, "附件材料", table.unit.short), file_id, f"{table.unit.short}的总结附件")
        return notes

    def decisions(self) -> None:
        named = {table.id: (table.unit.short, f"附件{table.annex}") for table in annexes.tables_of(self.campaign)}
        moves = db.session.scalars(select(Move).where(Move.table_id.in_(named)).order_by(Move.at, Move.id))
        chases = db.session.scalars(select(Chase).where(Chase.table_id.in_(named)).order_by(Chase.at, Chase.id))
        parts = [
            Part(
                "一、报送和审核",
                [
                    [
                        _moment(move.at),
                        *named[move.table_id],
                        LABELS.get(move.action, move.action),
                        move.by.name if move.by else "系统",
                        _why(move),
                    ]
                    for move in moves
                ],
            ),
            Part(
                "二、催报",
                [
                    [_moment(one.at), *named[one.table_id], KINDS.get(one.kind, one.kind), one.by.name if one.by else "系统", one.words]
                    for one in chases
                ],
            ),
        ]
        into = BytesIO()
        title = f"{self.campaign.year}年上海知识产权宣传周办理记录"
        decisions.write(into, title, parts, made_at=clock.now())
        self.folder.add("6_办理记录", f"{title}.docx", data=into.getvalue(), told=f"{sum(len(part.lines) for part in parts)} 条")

    def _kept(self, path: Sequence[str], file_id: int, told: str) -> list[str]:
        """A kept file as it was sent; a line for the index where the disk no longer has it."""
        file = db.session.get(StoredFile, file_id)
        if file is None:
            return [f"{told}的原件没有保存。"]
        try:
            data = files.read_bytes(files.get(file_id, by=self.by), settings=self.settings)
        except NotFound:
            return [f"{told}的原件“{file.name}”在服务器上缺失或已损坏，没有归档。"]
        self.folder.add(*path, file.name, data=data, told=told)
        return []


def _moment(at: datetime) -> str:
    return f"{clock.in_shanghai(at):%Y-%m-%d %H:%M}"


def _why(move: Move) -> str:
    receipt = f"回执 {move.receipt_no}" if move.receipt_no else ""
    return "；".join(text for text in (move.why, receipt) if text)
