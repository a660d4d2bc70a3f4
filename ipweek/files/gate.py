"""The upload gate: what a file is, by its content, and whether it may be read at all.

Nothing here trusts a name, an extension or a declared size, and no library opens a file before this has let it
in. Text and PDF are told apart here; the inside of .docx and .xlsx is looked through in ``package``.
"""

from __future__ import annotations

import re
from collections.abc import Set as AbstractSet

from ipweek.errors import Invalid
from ipweek.files import package
from ipweek.files.limits import Limits, TooLarge

TEXT_KINDS = frozenset({"txt", "md", "html"})

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ZIP = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
_ARCHIVES = (b"Rar!", b"7z\xbc\xaf\x27\x1c", b"\x1f\x8b")
_PICTURES = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"BM", b"II*\x00", b"MM\x00*")
_PICTURE_KINDS = {"png": b"\x89PNG\r\n\x1a\n", "jpg": b"\xff\xd8\xff"}
"""Pictures that go with a summary, where they are accepted."""
_EXTENSIONS = {
    "xlsx": {"xlsx"},
    "docx": {"docx"},
    "pdf": {"pdf"},
    "txt": {"txt", "text"},
    "md": {"md", "markdown", "txt"},
    "html": {"html", "htm", "txt", "md"},
    "jpg": {"jpg", "jpeg"},
    "png": {"png"},
}
_NAMES = {
    "xlsx": "Excel 工作簿（.xlsx）",
    "docx": "Word 文档（.docx）",
    "pdf": "PDF 文件",
    "txt": "文本文件",
    "md": "文本文件",
    "html": "网页文件",
    "jpg": "图片（.jpg）",
    "png": "图片（.png）",
}
_OLD = {
    "xls": ("旧版 Excel（.xls）", "xlsx"),
    "et": ("WPS 表格（.et）", "xlsx"),
    "ett": ("WPS 表格模板（.ett）", "xlsx"),
    "csv": ("CSV 文本（.csv）", "xlsx"),
    "tsv": ("TSV 文本（.tsv）", "xlsx"),
    "doc": ("旧版 Word（.doc）", "docx"),
    "wps": ("WPS 文字（.wps）", "docx"),
    "wpt": ("WPS 文字模板（.wpt）", "docx"),
    "rtf": ("RTF 文档（.rtf）", "docx"),
    "ofd": ("OFD 版式文件（.ofd）", "docx"),
}
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f\ufffe\uffff]")
_MARKUP = re.compile(r"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE | re.DOTALL)


def inspect(data: bytes, name: str, *, accept: AbstractSet[str], limits: Limits | None = None) -> str:
    """The kind of file that *data* is (one of *accept*), or Invalid or TooLarge with a sentence for the sender.

    Kinds are xlsx, docx, pdf, txt, md, html, jpg and png. An extension that says something else is refused, a name
    without one is not.
    """
    limits = limits or Limits()
    if not data:
        raise Invalid("文件是空的（0 字节），请确认内容已保存，再重新上传。")
    if len(data) > limits.file_bytes:
        raise too_large(limits.file_bytes)
    extension = extension_of(name)
    kind = _kind(data, extension, accept, limits)
    if kind in TEXT_KINDS and extension and not any(extension in known for known in _EXTENSIONS.values()):
        raise Invalid(_other_kind(f".{extension[:8]} 文件", accept))
    if kind not in accept:
        raise Invalid(_other_kind(_NAMES[kind], accept))
    if extension and extension not in _EXTENSIONS[kind]:
        raise Invalid(f"文件名以 .{extension[:8]} 结尾，内容却是{_apart(_NAMES[kind])}，请用原来的软件打开，另存后再上传。")
    if kind == "pdf" and b"startxref" not in data:
        raise Invalid("PDF 文件不完整，可能没有传完，请重新导出后再上传。")
    return kind


def too_large(most: int) -> TooLarge:
    """The refusal of a file of more than *most* bytes."""
    return TooLarge(f"文件超过 {most / (1 << 20):g} MB，请删去图片等无关内容，另存后再上传。")


def extension_of(name: str) -> str:
    """The last extension of *name* in lower case without its dot; empty when there is none."""
    base = re.split(r"[\\/]", name)[-1]
    _stem, dot, extension = base.rpartition(".")
    return extension.strip().lower() if dot else ""


def text_of(data: bytes) -> str:
    """*data* as text: UTF-8, UTF-16 with its mark, or GB 18030. Raises Invalid where it is none of them."""
    encodings = ("utf-16",) if data[:2] in {b"\xff\xfe", b"\xfe\xff"} else ("utf-8-sig", "gb18030")
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if not _CONTROL.search(text):
            return text
        break
    raise Invalid("这个文件不是可读的文本，请用 Word 或 WPS 打开，另存为 .docx 后再上传。")


def _kind(data: bytes, extension: str, accept: AbstractSet[str], limits: Limits) -> str:
    if data.startswith(_OLE):
        raise Invalid(_ole_sentence(data, extension, accept))
    if data.startswith(_ZIP):
        return package.inspect(data, limits)
    if data.startswith(_ARCHIVES):
        raise Invalid(package.NOT_OFFICE)
    if b"%PDF-" in data[:1024]:
        return "pdf"
    if extension in {"xlsx", "docx", "pdf"}:
        raise Invalid(f"文件内容不是 .{extension}，可能没有传完或被改过扩展名，请用 WPS 或 Office 打开原文件，另存后再上传。")
    if extension in _OLD:
        raise Invalid(_old_sentence(extension, accept))
    if data.startswith(rb"{\rtf"):
        raise Invalid(_old_sentence("rtf", accept))
    if picture := _picture(data, extension, accept):
        return picture
    text = text_of(data)
    if not text.strip():
        raise Invalid("文件里没有文字，请确认内容已保存，再重新上传。")
    if extension in {"html", "htm"} or _MARKUP.match(text[:4000]):
        return "html"
    return "md" if extension in {"md", "markdown"} else "txt"


def _picture(data: bytes, extension: str, accept: AbstractSet[str]) -> str:
    """The kind of a picture that is accepted, "" for what is no picture; Invalid for one that is not wanted or not what it says."""
    for kind, mark in _PICTURE_KINDS.items():
        if kind in accept and data.startswith(mark):
            return kind
    if accept & _PICTURE_KINDS.keys() and extension in {"jpg", "jpeg", "png"}:
        raise Invalid(f"文件内容不是 .{extension} 图片，可能没有传完或被改过扩展名，请重新导出图片后再上传。")
    if data.startswith(_PICTURES):
        raise Invalid(f"这是一张图片，这里不能用，请上传{_list(accept)} 文件。")
    return ""


def _ole_sentence(data: bytes, extension: str, accept: AbstractSet[str]) -> str:
    """What to say of an OLE container: an encrypted new file, or one of the old formats."""
    if "EncryptedPackage".encode("utf-16-le") in data:
        return "文件已加密，请取消打开密码、另存后再上传。"
    if extension in _OLD:
        return _old_sentence(extension, accept)
    is_book = any(word.encode("utf-16-le") in data for word in ("Workbook", "Book"))
    return _old_sentence("xls" if is_book else "doc", accept)


def _old_sentence(extension: str, accept: AbstractSet[str]) -> str:
    name, wanted = _OLD[extension]
    if wanted not in accept:
        wanted = next((kind for kind in ("xlsx", "docx", "pdf") if kind in accept), "txt")
    return f"不支持{_apart(name)}，请用 WPS 或 Office 打开，“另存为” .{wanted} 后再上传。"


def _other_kind(name: str, accept: AbstractSet[str]) -> str:
    these = "这种格式" if len(accept) == 1 else "这些格式"
    return f"这是{_apart(name)}，这里仅支持{_list(accept)}，请换用{these}上传。"


def _apart(name: str) -> str:
    """*name* with a blank before it where it begins with Latin letters: Chinese words stand before it."""
    return f" {name}" if name[0].isascii() else name


def _list(accept: AbstractSet[str]) -> str:
    return " " + "、".join(f".{kind}" for kind in _EXTENSIONS if kind in accept)
