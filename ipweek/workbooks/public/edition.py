"""A public edition as it is frozen, and its files: .xlsx, .docx, the list of activities, a page to paste into a site, .ics. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from html import escape
from io import BytesIO
from typing import Any

from ipweek.annexes.cell_text import MAX_LENGTH
from ipweek.annexes.readings import time
from ipweek.notice import dates_file, schema
from ipweek.workbooks import overview
from ipweek.workbooks.documents import activity_list
from ipweek.workbooks.documents import annexes as annexes_document
from ipweek.workbooks.layout import AnnexSheet, Band
from ipweek.workbooks.overview import Entry
from ipweek.workbooks.stream import clean
from ipweek.workbooks.writer import write_workbook

KINDS = {
    "xlsx": ("活动安排（公开版）", "xlsx"),
    "docx": ("活动安排（公开版）", "docx"),
    "list": ("主要活动（公开版）", "docx"),
    "html": ("主要活动（公开版）", "html"),
    "ics": ("活动日历（公开版）", "ics"),
}
"""What can be had of an edition: the name of the file and its ending."""


@dataclass(frozen=True)
class Edition:
    """What the files are made from. ``content`` is as stored: per annex its form and its units' rows, masked."""

    id: int
    year: int
    content: Mapping[str, Any]
    week: tuple[date, date] | None
    at: datetime
    mark: str
    """未发布, 已撤下, or empty once it counts."""

    @property
    def title(self) -> str:
        return f"{self.year}年上海知识产权宣传周主要活动"

    @property
    def sheets(self) -> list[AnnexSheet]:
        made = []
        for annex in self.content["annexes"]:
            form = schema.from_json(annex["form"])
            keys = [column.key for column in form.columns]
            bands = [
                Band(
                    unit["slug"],
                    tuple((label, value) for label, value in unit["header"]),
                    [tuple(row["values"].get(key, "") for key in keys) for row in unit["rows"]],
                )
                for unit in annex["units"]
            ]
            made.append(AnnexSheet(form, bands, mark=self.mark))
        return made

    @property
    def entries(self) -> list[Entry]:
        return [
            Entry(row["id"], unit["short"], annex["form"]["number"], row["values"], _day(row["starts_on"]), _day(row["ends_on"]), None)
            for annex in self.content["annexes"]
            for unit in annex["units"]
            for row in unit["rows"]
        ]


def make(edition: Edition, kind: str) -> bytes:
    """The file of *kind*, one of KINDS. The same edition gives the same bytes."""
    into = BytesIO()
    if kind == "xlsx":
        union = overview.union(edition.year, edition.entries, with_contacts=False, mark=edition.mark)
        write_workbook(into, [*edition.sheets, union], made_at=edition.at)
    elif kind == "docx":
        annexes_document.write(into, edition.sheets, title=edition.title, made_at=edition.at, mark=edition.mark)
    elif kind == "list":
        activity_list.write(into, edition.title, edition.entries, week=edition.week, made_at=edition.at, mark=edition.mark)
    elif kind == "html":
        into.write(_page(edition).encode())
    else:
        into.write(_calendar(edition))
    return into.getvalue()


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


# ---- a page to paste into a site -----------------------------------------------------------------------------

_CELL = "border:1px solid #999;padding:6px 8px;vertical-align:top;text-align:left"
_HEAD = f"{_CELL};background:#f2f2f2"
_WORDS = {
    "event_time": "活动时间",
    "event_name": "重点活动名称",
    "host": "主办单位",
    "venue": "活动地点",
    "content": "活动内容",
    "attendees": "出席范围",
    "scale": "活动规模",
}


def _page(edition: Edition) -> str:
    """One page that stands by itself; editors of sites throw style sheets away, so each cell carries its own style."""
    entries = activity_list.in_order(edition.entries)
    columns = [key for key in _WORDS if any(entry.values.get(key) for entry in entries)]
    head = "".join(f'<th scope="col" style="{_HEAD}">{_WORDS[key]}</th>' for key in columns)
    lines = "\n".join(_line([entry.values.get(key, "") for key in columns]) for entry in entries)
    mark = f'<p style="color:#c00000"><strong>{escape(edition.mark)}</strong></p>\n' if edition.mark else ""
    table = (
        f'<table style="border-collapse:collapse;width:100%">\n<thead><tr>{head}</tr></thead>\n<tbody>\n{lines}\n</tbody>\n</table>'
        if entries
        else "<p>暂无活动。</p>"
    )
    return (
        f'<!doctype html>\n<html lang="zh-CN">\n<head>\n<meta charset="utf-8">\n<title>{escape(edition.title)}</title>\n</head>\n<body>\n'
        f"<h1>{escape(edition.title)}</h1>\n{mark}{table}\n</body>\n</html>\n"
    )


def _line(texts: Sequence[str]) -> str:
    cells = "".join(f'<td style="{_CELL}">{_html(text)}</td>' for text in texts)
    return f"<tr>{cells}</tr>"


def _html(text: str) -> str:
    return escape(clean(text)).replace("\n", "<br>")


# ---- calendar ------------------------------------------------------------------------------------------------


def undated(edition: Edition) -> int:
    """How many activities have no certain day, and so no place in a calendar."""
    return sum(_first_day(entry, edition.week) is None for entry in edition.entries)


def _first_day(entry: Entry, week: tuple[date, date] | None) -> date | None:
    """The day on which it begins; None where none is known, or only a stretch it lies in (4月下旬): nobody is to come on its first."""
    said = entry.values.get("event_time", "")[:MAX_LENGTH]
    return None if time.read(said, week=week).precision == "vague" else entry.starts_on or entry.ends_on


def _calendar(edition: Edition) -> bytes:
    marked = f"〔{edition.mark}〕" if edition.mark else ""
    dated = [
        dates_file.Entry(
            id=f"public-{edition.year}-{entry.id}",
            title=marked + (clean(entry.values.get("event_name", "")) or "（未写名称）"),
            first=first,
            last=max(first, entry.ends_on or first),
            note="\n".join(
                f"{_WORDS[key]}：{clean(entry.values[key])}"
                for key in ("event_time", "host", "content", "attendees")
                if entry.values.get(key)
            ),
            place=" ".join(clean(entry.values.get("venue", "")).split()),
        )
        for entry in activity_list.in_order(edition.entries)
        if (first := _first_day(entry, edition.week))
    ]
    return dates_file.write(edition.title, dated, made_at=edition.at)
