"""A folder of made files as one .zip that opens on Windows: Chinese names, an index page, a checksum of each file. Pure."""

from __future__ import annotations

import hashlib
import re
import unicodedata
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from html import escape
from typing import IO
from urllib.parse import quote

INDEX = "目录.html"
LONGEST = 80
"""Signs of a name; Windows wants a whole path under 260."""

_NOT_IN_NAMES = re.compile(r'[<>:"/\\|?*]')
_UNSEEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
_RESERVED = {"CON", "PRN", "AUX", "NUL", *(f"{port}{number}" for port in ("COM", "LPT") for number in "0123456789¹²³")}


@dataclass(frozen=True)
class Kept:
    """One file of the folder."""

    path: str
    size: int
    sha256: str
    told: str
    """What it is, in a few words."""


class Folder:
    """Files are added one after the other, none is held; ``close`` writes the index and ends the .zip.

    Names are written as UTF-8 with the flag that says so, which Windows 7 and newer read.
    """

    def __init__(self, into: IO[bytes], title: str, *, made_at: datetime, facts: Sequence[tuple[str, str]] = ()) -> None:
        self._archive = zipfile.ZipFile(into, "w", zipfile.ZIP_DEFLATED)
        self._moment = made_at
        self._title = title
        self._facts = facts
        self._taken: set[str] = {INDEX.lower()}
        self.kept: list[Kept] = []

    def add(self, *path: str, data: bytes, told: str = "") -> str:
        """Add a file under *path*, folder by folder; returns where it stands: names are made safe and told apart."""
        *folders, name = (safe_name(part) for part in path)
        whole = "/".join([*folders, name])
        stem, dot, ending = whole.rpartition(".")
        if not dot or "/" in ending:
            stem, dot, ending = whole, "", ""
        number = 1
        while whole.lower() in self._taken:
            number += 1
            whole = f"{stem}（{number}）{dot}{ending}"
        self._taken.add(whole.lower())
        self._write(whole, data)
        self.kept.append(Kept(whole, len(data), hashlib.sha256(data).hexdigest(), told))
        return whole

    def close(self, *, notes: Sequence[str] = ()) -> None:
        """Write the index; *notes* say what is not in the folder, and why."""
        self._write(INDEX, index(self._title, self._facts, self.kept, notes).encode())
        self._archive.close()

    def _write(self, path: str, data: bytes) -> None:
        local = self._moment
        entry = zipfile.ZipInfo(path, (max(1980, local.year), local.month, local.day, local.hour, local.minute, local.second))
        entry.compress_type = zipfile.ZIP_DEFLATED
        entry.create_system = 0  # the same bytes on Windows and Linux
        self._archive.writestr(entry, data)


def safe_name(name: str) -> str:
    """*name* as Windows takes it: no sign it refuses, no name of a device, no dot or blank at the end; never empty."""
    text = "".join(sign for sign in name if unicodedata.category(sign) not in _UNSEEN)
    text = " ".join(_NOT_IN_NAMES.sub("_", text).split()).strip(". ")
    stem, dot, ending = text.rpartition(".")
    if not dot or len(ending) > 8:
        stem, ending = text, ""
    kept = stem[: LONGEST - len(ending) - bool(ending)].rstrip(". ")
    text = f"{kept}.{ending}" if ending else kept
    if text.partition(".")[0].rstrip().upper() in _RESERVED:
        text = f"_{text}"
    return text or "未命名"


def index(title: str, facts: Sequence[tuple[str, str]], kept: Sequence[Kept], notes: Sequence[str] = ()) -> str:
    """The index page: what is in the folder, with links that work when it is unpacked."""
    parts: dict[str, list[Kept]] = {}
    for one in kept:
        parts.setdefault(one.path.rpartition("/")[0], []).append(one)
    told = "".join(f"<dt>{escape(label)}</dt><dd>{escape(value)}</dd>" for label, value in facts)
    missing = "".join(f"<li>{escape(note)}</li>" for note in notes)
    tables = "".join(_part(name, files) for name, files in parts.items())
    return (
        f'<!doctype html>\n<html lang="zh-CN"><head><meta charset="utf-8"><title>{escape(title)}</title>\n<style>{_STYLE}</style></head>\n'
        f"<body><h1>{escape(title)}</h1>\n<dl>{told}</dl>\n{f'<h2>说明</h2><ul>{missing}</ul>' if missing else ''}\n{tables}\n"
        "<p>SHA-256 用来核对文件没有改动过。</p></body></html>\n"
    )


_STYLE = (
    'body{font:15px/1.6 "Microsoft YaHei","PingFang SC","Noto Sans CJK SC",sans-serif;max-width:1100px;margin:24px auto;padding:0 20px}'
    "table{border-collapse:collapse;width:100%;margin:0 0 20px}"
    "th,td{border:1px solid #bbb;padding:4px 10px;text-align:left;vertical-align:top}"
    "th{background:#eef2f8}td.n{text-align:right;white-space:nowrap}td.s{font:12px monospace;word-break:break-all;width:17em}"
    "dl{display:grid;grid-template-columns:max-content 1fr;gap:4px 18px}dd{margin:0}"
)


def _part(name: str, files: Sequence[Kept]) -> str:
    rows = "".join(
        f'<tr><td><a href="{escape(quote(one.path))}">{escape(one.path.rpartition("/")[2])}</a></td><td>{escape(one.told)}</td>'
        f'<td class="n">{-(-one.size // 1024)} KB</td><td class="s">{one.sha256}</td></tr>'
        for one in files
    )
    head = "<tr><th>文件</th><th>内容</th><th>大小</th><th>SHA-256</th></tr>"
    return (
        f"<h2>{escape(name.replace('/', ' › '))}</h2><table><thead>{head}</thead><tbody>{rows}</tbody></table>\n"
        if name
        else (f"<table><thead>{head}</thead><tbody>{rows}</tbody></table>\n")
    )
