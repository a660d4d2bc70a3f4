"""PDF files with a text layer: lines joined to paragraphs again."""

from __future__ import annotations

from ipweek.notice.reader.document import Document, Unreadable


def read_pdf(data: bytes, name: str) -> Document:
    raise Unreadable("暂不支持 PDF，请另存为 .docx 后再上传，或直接粘贴文字。")
