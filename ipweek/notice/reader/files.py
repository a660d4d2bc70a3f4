"""From bytes to a document: what the file is, told by its content and never by its name."""

from __future__ import annotations

import email
import email.policy

from ipweek.notice.reader.document import Document, Unreadable
from ipweek.notice.reader.plain import read_text
from ipweek.notice.reader.word import open_zip, read_docx

MAX_BYTES = 30_000_000
MAX_TEXT_BYTES = 2_000_000

_SAVE_AS = "请用 Word 或 WPS 打开后另存为 .docx 再上传，或直接粘贴文字。"


def read_document(data: bytes, name: str = "") -> Document:
    """The document in *data*: .docx, .pdf with a text layer, .html, .md, .txt (UTF-8, GB18030, UTF-16 with its mark).

    Raises Unreadable, with one sentence that says what to do, for anything else: scans, OFD, .doc, .wps, spreadsheets,
    encrypted, damaged, empty or far too large files. Nothing outside *data* is touched.
    """
    if len(data) > MAX_BYTES:
        raise Unreadable(f"文件超过 {MAX_BYTES // 1_000_000} MB，请删去图片后另存再上传，或直接粘贴文字。")
    if not data.strip():
        raise Unreadable("文件是空的，请换成有内容的文件，或直接粘贴通知的文字。")
    start = data[:1024].lstrip()
    if data.startswith(b"PK"):
        return _read_package(data, name)
    if b"%PDF-" in data[:1024]:
        from ipweek.notice.reader.pdf import read_pdf  # noqa: PLC0415 - pypdf takes a while to load and most notices are not PDF

        return read_pdf(data, name)
    _refuse_known(data, start, name)
    if len(data) > MAX_TEXT_BYTES:
        raise Unreadable("文件内容太多，不像是一份通知，请只保留通知正文和附件后再上传，或直接粘贴文字。")
    if start[:200].lower().find(b"mime-version:") >= 0 or start.lower().startswith(b"from: <saved by"):
        data = _web_archive(data)
        start = data[:1024].lstrip()
    if _is_html(data):
        from ipweek.notice.reader.web import read_html  # noqa: PLC0415 - the HTML parser is only needed here

        return read_html(data, name)
    return read_text(data, name)


def _read_package(data: bytes, name: str) -> Document:
    with open_zip(data) as package:
        names = set(package.namelist())
        encrypted = any(member.flag_bits & 1 for member in package.infolist())
    if encrypted:
        raise Unreadable("文件加了密码，请去掉密码后再上传，或直接粘贴文字。")
    if any(member.lower().endswith("ofd.xml") for member in names):
        raise Unreadable("这是 OFD 版式文件，暂时读不了，请在 OFD 阅读器里复制文字后直接粘贴，或换成 .docx。")
    if any(member.startswith("xl/") for member in names):
        raise Unreadable("这是 Excel 表格，不是通知，请上传 .docx 格式的通知，或直接粘贴文字。")
    if any(member.startswith("ppt/") for member in names):
        raise Unreadable("这是演示文稿，不是通知，请上传 .docx 格式的通知，或直接粘贴文字。")
    if "word/document.xml" in names or "word/document2.xml" in names:
        return read_docx(data, name)
    if "content.xml" in names:
        raise Unreadable(f"这是 ODT 文件，暂时读不了，{_SAVE_AS}")
    raise Unreadable("这是压缩包，请解压后上传里面的 .docx 通知，或直接粘贴文字。")


def _refuse_known(data: bytes, start: bytes, name: str) -> None:
    """Refuse what is known and can't be read, each with its own way out."""
    if data.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        if "EncryptedPackage".encode("utf-16-le") in data:
            raise Unreadable("文件加了密码，请去掉密码后再上传，或直接粘贴文字。")
        kind = " WPS 文字（.wps）文件" if name.lower().endswith((".wps", ".wpt")) else "旧版 Word（.doc）文件"
        if "Workbook".encode("utf-16-le") in data:
            raise Unreadable("这是旧版 Excel 表格，不是通知，请上传 .docx 格式的通知，或直接粘贴文字。")
        raise Unreadable(f"这是{kind}，暂时读不了，{_SAVE_AS}")
    if start.startswith(b"{\\rtf"):
        raise Unreadable(f"这是 RTF 文件，暂时读不了，{_SAVE_AS}")
    if data.startswith((b"\xff\xd8\xff", b"\x89PNG", b"GIF8", b"BM", b"II*\0", b"MM\0*")) or data[8:12] == b"WEBP":
        raise Unreadable("这是图片，读不出文字，请上传 .docx 格式的通知，或直接粘贴文字。")
    if data.startswith((b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b")):
        raise Unreadable("这是压缩包，请解压后上传里面的 .docx 通知，或直接粘贴文字。")
    if start.startswith(b"<?xml") and b"<html" not in data[:2048].lower():
        raise Unreadable(f"这是 XML 文件，暂时读不了，{_SAVE_AS}")


def _is_html(data: bytes) -> bool:
    head = data[:4096]
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        head = data[:8192].replace(b"\0", b"")
    head = head.lower()
    if head.lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n").startswith(
        (b"<!doctype html", b"<html", b"<head", b"<body", b"<div", b"<table", b"<p>", b"<p ", b"<!--")
    ):
        return True
    return b"<html" in head or head.count(b"</p>") + head.count(b"<br") + head.count(b"</div>") >= 3


def _web_archive(data: bytes) -> bytes:
    """The page inside a .mht file, as browsers save them."""
    message = email.message_from_bytes(data, policy=email.policy.compat32)
    for part in message.walk():
        if part.get_content_type() == "text/html":
            payload = part.get_payload(decode=True)
            if isinstance(payload, bytes) and payload:
                return payload
    raise Unreadable("这个网页文件无法读取，请复制网页上的通知文字，直接粘贴。")
