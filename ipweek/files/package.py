"""Looks through a .docx or .xlsx as the zip of XML parts that it is: the directory, every part, every target.

Own code on zipfile and expat, since the libraries trust what is written there: one merge over the whole sheet
hangs openpyxl, one far cell makes others ask for 549 GB, and a DTD in workbook.xml gets past defusedxml.
"""

from __future__ import annotations

import posixpath
import re
import struct
import zipfile
import zlib
from io import BytesIO
from urllib.parse import unquote

from ipweek.errors import Invalid
from ipweek.files.limits import Limits, TooLarge
from ipweek.files.parts import Damaged, PartReader, Seen

_MAIN = {
    "spreadsheetml.sheet.main+xml": "xlsx",
    "wordprocessingml.document.main+xml": "docx",
}
_OTHER = (
    ("macroEnabled", "文件带有宏，系统不接收，请用 WPS 或 Office 打开，“另存为”不带宏的 .xlsx 或 .docx 后再上传。"),
    ("sheet.binary", "不支持二进制工作簿（.xlsb），请打开后“另存为” .xlsx 再上传。"),
    ("template.main+xml", "这是模板文件（.xltx 或 .dotx），请打开后“另存为” .xlsx 或 .docx 再上传。"),
    ("presentationml", "这是演示文稿，请上传 Word 或 Excel 文件。"),
)
_BAD_NAME = re.compile(r"[\x00-\x1f\\:]|^/|(?:^|/)\.\.(?:/|$)")
_XML = re.compile(r"\.(?:xml|rels|vml)$", re.IGNORECASE)
_CHUNK = 1 << 16

CUT_OFF = "文件不完整或已损坏，可能没有传完，请重新打开原文件，另存后再上传。"
ODD_INSIDE = "文件内部结构不正常（{what}），没有接收，请用 WPS 或 Office 打开，把内容复制到新文件，保存后再上传。"
UNPACKED = "文件展开后过大，没有接收，请把内容复制到新文件，保存后再上传。"

NOT_OFFICE = "这是压缩包或其他文件，不是 Word 或 Excel 文件，请把里面的文件取出来单独上传。"


def inspect(data: bytes, limits: Limits) -> str:
    """``xlsx`` or ``docx``, once every part has been read through; otherwise Invalid or TooLarge with a sentence."""
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            entries = _directory(archive, len(data), limits)
            return _Package(archive, entries, limits).inspect()
    except (zipfile.BadZipFile, zlib.error, struct.error, EOFError, NotImplementedError, OverflowError, ValueError) as error:
        raise Invalid(CUT_OFF) from error
    except Damaged as error:
        raise Invalid(ODD_INSIDE.format(what=error)) from error


def _directory(archive: zipfile.ZipFile, size: int, limits: Limits) -> dict[str, zipfile.ZipInfo]:
    """The parts by name, once the directory has nothing odd in it."""
    infos = archive.infolist()
    if len(infos) > limits.entries:
        raise TooLarge(f"文件内部有 {len(infos)} 个部分，超过 {limits.entries} 个，请删去图片等无关内容，另存后再上传。")
    entries: dict[str, zipfile.ZipInfo] = {}
    seen: set[str] = set()
    end = 0
    for info in sorted(infos, key=lambda info: info.header_offset):
        if info.flag_bits & 0x1:
            raise Invalid("文件已加密，请取消打开密码、另存后再上传。")
        if info.orig_filename != info.filename or _BAD_NAME.search(info.filename):
            raise Damaged("部件的名称带有路径")
        if info.filename.lower() in seen:
            raise Damaged("部件重名")
        if info.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
            raise Damaged("压缩方式少见")
        if info.header_offset < end:
            raise Damaged("部件互相重叠")
        end = info.header_offset + 30 + info.compress_size
        seen.add(info.filename.lower())
        if not info.is_dir():
            entries[info.filename] = info
    if end > size:
        raise Invalid(CUT_OFF)
    return entries


class _Package:
    """One package being looked through."""

    def __init__(self, archive: zipfile.ZipFile, entries: dict[str, zipfile.ZipInfo], limits: Limits) -> None:
        self.archive = archive
        self.entries = entries
        self.limits = limits
        self.unpacked = 0
        self.seen = Seen(limits)

    def inspect(self) -> str:
        kind = self._kind()
        first = ("[Content_Types].xml", "xl/workbook.xml")  # the sheets' names, before a sheet is complained of
        others = sorted(set(self.entries) - set(first), key=lambda name: (not name.endswith(".rels"), name))
        for name in (*(name for name in first if name in self.entries), *others):
            self._read(name)
        self._targets()
        self.seen.finish()
        return kind

    def _kind(self) -> str:
        names = self.entries
        if "OFD.xml" in names:
            raise Invalid("不支持 OFD 版式文件，请用生成它的 Word 或 Excel 原文件上传。")
        if "mimetype" in names:
            raise Invalid("不支持 OpenDocument 文件（.ods、.odt），请打开后“另存为” .xlsx 或 .docx 再上传。")
        if "[Content_Types].xml" not in names:
            raise Invalid(NOT_OFFICE)
        info = names["[Content_Types].xml"]
        if info.file_size > _CHUNK * 16:
            raise Damaged("类型清单过大")
        types = self.archive.read(info)
        text = types.decode("utf-16" if types[:2] in {b"\xff\xfe", b"\xfe\xff"} else "utf-8-sig")
        for word, sentence in _OTHER:
            if word in text:
                raise Invalid(sentence)
        for word, kind in _MAIN.items():
            if word in text:
                return kind
        raise Invalid("文件里没有 Word 或 Excel 的内容，请用 WPS 或 Office 打开原文件，另存后再上传。")

    def _read(self, name: str) -> None:
        """Read one part to its end, counting what really comes out, and look through it if it is XML."""
        info = self.entries[name]
        part: PartReader | None = None
        size = 0
        with self.archive.open(info) as stream:
            while chunk := stream.read(_CHUNK):
                if not size and (_XML.search(name) or _begins_like_markup(chunk)):
                    part = PartReader(name, self.seen, must_be_xml=not name.lower().endswith(".vml") and bool(_XML.search(name)))
                size += len(chunk)
                self.unpacked += len(chunk)
                if self.unpacked > self.limits.unpacked_bytes:
                    raise TooLarge(UNPACKED)
                if size > self.limits.ratio_from and size > self.limits.ratio * max(1, info.compress_size):
                    raise TooLarge(UNPACKED)
                if part:
                    part.feed(chunk)
        if size != info.file_size:
            raise Invalid(CUT_OFF)
        if part:
            part.close()
        elif not size and _XML.search(name):
            raise Damaged("部件是空的")

    def _targets(self) -> None:
        """Every relationship must stay inside the package; the ones a reader follows must lead somewhere."""
        for source, kind, target, is_external in self.seen.relationships:
            if is_external:
                if kind == "attachedTemplate" and re.match(r"(?i)https?:|\\\\|//", target):
                    raise Damaged("引用了网上的模板")
                continue
            path = unquote(target).split("#", 1)[0]
            if not path:
                continue
            folder = posixpath.dirname(posixpath.dirname(source))  # word/_rels/document.xml.rels speaks for word/
            joined = path.lstrip("/") if path.startswith("/") else posixpath.join(folder, path)
            resolved = posixpath.normpath(joined)
            if _BAD_NAME.search(resolved) or resolved.startswith("..") or "\\" in path:
                raise Damaged("引用了文件以外的内容")
            if kind in {"officeDocument", "worksheet", "sharedStrings", "styles"} and resolved not in self.entries:
                raise Damaged("缺少部件")


def _begins_like_markup(chunk: bytes) -> bool:
    return chunk.lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n\x00").startswith(b"<")
