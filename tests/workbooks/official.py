"""Annexes of the real notice with invented rows, and ways to look at what was written."""

from __future__ import annotations

import re
import shutil
import subprocess
import zipfile
from collections.abc import Sequence
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest
from openpyxl import Workbook

from ipweek.workbooks.cover import Cover, Tally
from ipweek.workbooks.layout import AnnexSheet, Band
from ipweek.workbooks.writer import write_workbook
from tests.make import ANNEX_1, ANNEX_2

MADE_AT = datetime(2024, 4, 15, 2, 32, tzinfo=UTC)
CITY = (
    "市商务委",
    "进口博览会知识产权服务站开放日",
    "4月23日 9:30",
    "国家会展中心（上海）",
    "约200人",
    "市知识产权局、\n上海海关",
    "张三 13800000001",
)
DISTRICT = (
    "闵行区市场监督管理局",
    "知识产权进商圈",
    "4月22日14:00",
    "七宝万科广场一楼中庭",
    "现场讲解商标保护，发放折页",
    "商户和市民",
    "100人",
    "李四 5555 0001",
)
COVER = Cover(
    "2024年知识产权宣传周重点活动汇总表",
    (("宣传周", "2024年4月20日至26日"), ("发文字号", "沪知联办〔2024〕2号"), ("汇总人", "王五")),
    (
        Tally(1, 3, 1, 1, missing=(("上海海关", "填报中"),), excused=("市体育局",)),
        Tally(2, 2, 2, 1, nil_returns=("徐汇区",)),
    ),
)


def city(*rows: Sequence[str], unit: str = "上海市商务委员会") -> Band:
    return Band("shangwuwei", (("单位名称", unit),), rows)


def district(*rows: Sequence[str], **more: object) -> Band:
    return Band("minhang", (("单位名称", "闵行区知识产权联席会议办公室"), ("填表时间", "2024年4月10日")), rows, **more)


def written(*sheets: AnnexSheet, cover: Cover | None = None) -> bytes:
    """The workbook as a file."""
    into = BytesIO()
    write_workbook(into, sheets, made_at=MADE_AT, cover=cover)
    return into.getvalue()


def merged(mark: str = "") -> bytes:
    """A small merged workbook of both annexes with its cover."""
    return written(AnnexSheet(ANNEX_1, [city(CITY)], mark=mark), AnnexSheet(ANNEX_2, [district(DISTRICT)], mark=mark), cover=COVER)


def opened(data: bytes) -> Workbook:
    return openpyxl.load_workbook(BytesIO(data))


def part(data: bytes, name: str) -> str:
    with zipfile.ZipFile(BytesIO(data)) as archive:
        return archive.read(name).decode()


def without_heights(data: bytes) -> bytes:
    """The same file, its row heights left to whoever opens it."""
    into = BytesIO()
    with zipfile.ZipFile(BytesIO(data)) as old, zipfile.ZipFile(into, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            if name.startswith("xl/worksheets/"):
                content = re.sub(rb' (?:ht|customHeight)="[^"]*"', b"", content)
            new.writestr(name, content)
    return into.getvalue()


def through_libreoffice(data: bytes, folder: Path, kind: str = "xlsx") -> Path:
    """The file as LibreOffice saves it after opening it; skips where there is none."""
    soffice = shutil.which("soffice")
    if soffice is None:
        pytest.skip("LibreOffice (soffice) is not on this machine")
    (folder / "in").mkdir(parents=True)
    (folder / "in" / "book.xlsx").write_bytes(data)
    asked = [soffice, f"-env:UserInstallation={(folder / 'profile').as_uri()}", "--headless", "--convert-to", kind]
    subprocess.run(
        [*asked, "--outdir", str(folder / "out"), str(folder / "in" / "book.xlsx")], check=True, capture_output=True, timeout=100
    )
    return folder / "out" / f"book.{kind.partition(':')[0]}"
