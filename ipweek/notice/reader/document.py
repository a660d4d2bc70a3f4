"""What every kind of file becomes before it is read: paragraphs and tables in the order of the page."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from ipweek.errors import Invalid

MAX_CHARACTERS = 120_000
"""Of text in one document. A notice of twenty pages has some 20,000."""

MAX_CELLS = 20_000
MAX_BLOCKS = 12_000

Place = Literal["body", "header", "footer"]


class Unreadable(Invalid):
    """This file can't be read as a notice. The sentence says why and what to do instead."""


@dataclass(frozen=True)
class Paragraph:
    """One paragraph. ``place`` tells page headers and footers from the body; text boxes count as body."""

    text: str
    place: Place = "body"


@dataclass(frozen=True)
class Cell:
    """A cell where it starts, with how many columns and rows it covers."""

    text: str
    across: int = 1
    down: int = 1


@dataclass(frozen=True)
class Table:
    """Rows of the cells that start in them: a merged cell stands only in its first row, as in HTML."""

    rows: tuple[tuple[Cell, ...], ...]


Block = Paragraph | Table


@dataclass(frozen=True)
class Document:
    """A file as it can be read. ``kind`` is what it is by content: docx, pdf, html, md, txt."""

    kind: str
    name: str
    blocks: tuple[Block, ...]
    page_title: str = field(default="", compare=False)  # of an HTML page, outside the text

    @property
    def text(self) -> str:
        """The whole as plain text, cells of a table row parted by tabs."""
        return "\n".join(_lines(self.blocks))


def _lines(blocks: tuple[Block, ...]) -> Iterator[str]:
    for block in blocks:
        if isinstance(block, Paragraph):
            yield block.text
        else:
            for row in block.rows:
                yield "\t".join(cell.text.replace("\n", " ") for cell in row)


_DROPPED = dict.fromkeys((0xAD, 0x200B, 0x200C, 0x200D, 0x200E, 0x200F, 0x2060, 0xFEFF, 0xFFFC, *range(0xFE00, 0xFE10)))
# Kangxi radicals and their like: some PDF writers put them where the usual character is meant.
_RADICALS = {code: unicodedata.normalize("NFKC", chr(code)) for code in (*range(0x2E80, 0x2FE0), *range(0xF900, 0xFB00))}
_BLANKS = dict.fromkeys((160, 5760, *range(8192, 8203), 8239, 8287, 12288), " ")
_ENDS = {0x0B: "\n", 0x0C: "\n", 0x85: "\n", 0x2028: "\n", 0x2029: "\n"}
_CONTROLS = dict.fromkeys((*range(0x09), *range(0x0E, 0x20), 0x7F, *range(0x80, 0x85), *range(0x86, 0xA0), *range(0xD800, 0xE000)))
_CLEANING = _CONTROLS | _DROPPED | _RADICALS | _BLANKS | _ENDS

# What copying from a page leaves behind: rows of question marks for lost blanks (and @@ put between words against copying).
_LOST = re.compile(r"(?:[?？] ?){4,}|^[?？]$", re.MULTILINE)


def clean(text: str) -> str:
    """*text* without invisible characters; every kind of blank is one, every kind of line end is a newline."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").translate(_CLEANING)
    text = re.sub(r"[ \t]{12,}", " " * 12, text)
    if "@@" in text:
        text = re.sub("@{2,}", "", text)
    return _LOST.sub(" ", text) if "?" in text or "？" in text else text


def made(kind: str, name: str, blocks: list[Block], *, page_title: str = "") -> Document:
    """The document of these blocks, or Unreadable if there is too much or nothing in it."""
    characters = cells = 0
    if len(blocks) > MAX_BLOCKS:
        raise too_long()
    for block in blocks:
        if isinstance(block, Paragraph):
            characters += len(block.text)
        else:
            for row in block.rows:
                cells += len(row)
                characters += sum(len(cell.text) for cell in row)
        if characters > MAX_CHARACTERS or cells > MAX_CELLS:
            raise too_long()
    if not characters or not any(letter.isalnum() for letter in Document(kind, name, tuple(blocks)).text):
        raise Unreadable("文件里没有可以读取的文字，请换成有内容的文件，或直接粘贴通知的文字。")
    return Document(kind, name, tuple(blocks), page_title)


def too_long() -> Unreadable:
    """The refusal of a text that is far longer than any notice."""
    return Unreadable("文件内容太多，不像是一份通知，请只保留通知正文和附件后再上传，或直接粘贴文字。")
