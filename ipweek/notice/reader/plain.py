"""Plain text: .txt in the encodings of Chinese offices, .md with pipe tables, and what is pasted into the form."""

from __future__ import annotations

import re

from ipweek.notice.reader.document import MAX_CHARACTERS, Block, Cell, Document, Paragraph, Table, Unreadable, clean, made, too_long


def read_text(data: bytes, name: str) -> Document:
    """The text in *data* as a document. UTF-8, GB18030, or UTF-16 with its mark."""
    return from_text(decoded(data), name, kind="md" if name.lower().endswith((".md", ".markdown")) else "txt")


def decoded(data: bytes) -> str:
    """*data* as text, or Unreadable where it is none."""
    marks = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
    for mark, encoding in marks:
        if data.startswith(mark):
            return _strictly(data, encoding)
    if b"\0" in data[:4096]:
        raise Unreadable("认不出这个文件的格式，请另存为 .docx 后再上传，或直接粘贴文字。")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return _strictly(data, "gb18030")


def _strictly(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as wrong:
        raise Unreadable("认不出文件的文字编码，请用记事本打开后另存为 UTF-8 编码，或直接粘贴文字。") from wrong


def from_text(text: str, name: str = "", *, kind: str = "txt") -> Document:
    """The document of a text, its lines as paragraphs, pipe tables as tables."""
    if len(text) > MAX_CHARACTERS:
        raise too_long()
    blocks: list[Block] = []
    rows: list[tuple[Cell, ...]] = []
    for line in clean(text).split("\n"):
        if cells := _pipe_row(line):
            if all(re.fullmatch(r":?-+:?", cell) for cell in cells):
                if len(rows) > 1:  # the row over it is the heading of a table of its own
                    blocks.append(Table(tuple(rows[:-1])))
                    rows = rows[-1:]
            else:
                rows.append(tuple(Cell(_unmarked(cell)) for cell in cells))
            continue
        if rows:
            blocks.append(Table(tuple(rows)))
            rows = []
        if line.strip():
            blocks.append(Paragraph(_unmarked(line.strip())))
    if rows:
        blocks.append(Table(tuple(rows)))
    return made(kind, name, blocks)


def _pipe_row(line: str) -> list[str] | None:
    """The cells of ``| a | b |``, or None. Outer pipes may be missing only where there are several inner ones."""
    line = line.strip()
    if line.startswith("|") and line.count("|") >= 2:
        inner = line[1:-1] if line.endswith("|") else line[1:]
        return [cell.strip() for cell in inner.split("|")]
    return None


def _unmarked(line: str) -> str:
    """*line* without the signs of Markdown: headings, emphasis, bullets, escapes, quotes."""
    line = re.sub(r"^(?:#{1,6}\s+|>\s?|[-*+]\s+(?=\S))", "", line)
    line = re.sub(r"\*\*([^*]{1,400})\*\*|__([^_]{1,400})__", lambda m: m[1] or m[2], line)
    line = re.sub(r"<br\s*/?>", "\n", line)
    return re.sub(r"\\([\\`*_{}\[\]()#+.!|-])", r"\1", line).strip()
