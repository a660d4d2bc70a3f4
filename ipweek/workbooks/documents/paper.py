"""A Word document in the official style: page, faces, page numbers; python-docx makes the parts, the body streams in.

Sizes and margins follow GB/T 9704-2012 (A4, 156 mm × 225 mm of text, 22 lines of 28 signs in 三号 仿宋). Fonts are only
named, one for Chinese and one for Latin letters, never carried. The same facts give the same bytes.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from typing import IO, Any

import docx
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from lxml import etree

from ipweek.workbooks import heights, layout
from ipweek.workbooks.stream import clean, escape

CREATOR = "ipweek"
LATIN = "Times New Roman"
TWIPS = 20
"""In a point."""
LINE = 29.0
"""From line to line of the text: 22 of them fill 225 mm."""
TABLE_SIZE = 10.5  # 五号
TABLE_LINE = 16.0
TEXT_WIDTH = 442.2
"""156 mm between the margins of an upright page, in points."""
TABLE_WIDTH = 637.8
"""225 mm between the margins of a lying page, in points."""

_EPOCH = (1980, 1, 1, 0, 0, 0)  # the first moment a zip can name; the file's age stands in its properties
_EITHER = re.compile("[“”‘’—…·×―‖《》〔〕①-⑳Ⅰ-Ⅻ℃±°§]")
"""Signs that are wide in a Chinese face and narrow in a Latin one: Word has to be told which is meant."""


@dataclass(frozen=True)
class _Style:
    """One paragraph style: ``side`` is left, center, right or both; *indent* is two signs; ``more`` are further properties as XML."""

    id: str
    name: str
    face: str
    size: float
    line: float
    side: str = "both"
    indent: bool = False
    bold: bool = False
    level: int | None = None
    more: str = ""

    @property
    def xml(self) -> str:
        outline = "" if self.level is None else f'<w:outlineLvl w:val="{self.level}"/>'
        indent = (
            f'<w:ind w:firstLine="{round(self.size * 2 * TWIPS)}" w:firstLineChars="200"/>'
            if self.indent
            else '<w:ind w:firstLine="0" w:firstLineChars="0"/>'
        )
        size = round(self.size * 2)
        bold = "<w:b/><w:bCs/>" if self.bold else ""
        return (
            f'<w:style {nsdecls("w")} w:type="paragraph" w:customStyle="1" w:styleId="{self.id}"><w:name w:val="{self.name}"/>'
            f'<w:basedOn w:val="Normal"/><w:qFormat/><w:pPr>{self.more}<w:snapToGrid w:val="0"/>'
            f'<w:spacing w:before="0" w:after="0" w:line="{round(self.line * TWIPS)}" w:lineRule="{_RULES.get(self.id, "exact")}"/>'
            f'{indent}<w:jc w:val="{self.side}"/>{outline}</w:pPr>'
            f'<w:rPr><w:rFonts w:ascii="{LATIN}" w:hAnsi="{LATIN}" w:eastAsia="{self.face}" w:cs="{LATIN}"/>{bold}'
            f'<w:sz w:val="{size}"/><w:szCs w:val="{size}"/></w:rPr></w:style>'
        )


_KEEP = "<w:keepNext/><w:keepLines/>"
_RULES = {"GwCell": "atLeast", "GwMiddle": "atLeast", "GwHeading": "atLeast", "GwBand": "atLeast"}
"""A face that stands in for a missing one may be taller: in tables nothing is cut off."""
_STYLES = (
    _Style("GwTitle", "公文标题", layout.TITLE_FACE, 22.0, 34.0, "center", level=0, more="<w:keepLines/>"),
    _Style("GwSubtitle", "公文副题", layout.BAND_FACE, 16.0, LINE, "center"),
    _Style("GwText", "公文正文", layout.BODY_FACE, 16.0, LINE, indent=True),
    _Style("GwFirst", "一级标题", layout.HEADING_FACE, 16.0, LINE, indent=True, level=1, more=_KEEP),
    _Style("GwSecond", "二级标题", layout.BAND_FACE, 16.0, LINE, indent=True, level=2, more=_KEEP),
    _Style("GwMark", "附件标记", layout.HEADING_FACE, 16.0, LINE, "left", more=_KEEP),
    _Style("GwLine", "表前说明", layout.BODY_FACE, 12.0, 24.0, "left", more=_KEEP),
    _Style("GwHeading", "表格标题行", layout.HEADING_FACE, TABLE_SIZE, TABLE_LINE, "center"),
    _Style("GwCell", "表格文字", layout.BODY_FACE, TABLE_SIZE, TABLE_LINE, "left"),
    _Style("GwMiddle", "表格居中", layout.BODY_FACE, TABLE_SIZE, TABLE_LINE, "center"),
    _Style("GwBand", "表格单位行", layout.BAND_FACE, TABLE_SIZE, TABLE_LINE, "left", bold=True, more=_KEEP),
    _Style("GwEnd", "页末", layout.BODY_FACE, 1.0, 1.0),
    _Style("GwNumber", "页码", "宋体", 14.0, 16.0, "left"),
    _Style("GwCorner", "页眉标记", layout.HEADING_FACE, 14.0, 18.0, "right"),
)


@dataclass(frozen=True)
class Section:
    """Pages that lie or stand alike, with what is on them as XML, piece by piece."""

    body: Iterable[str]
    lies: bool = False


def write(into: IO[bytes], sections: Sequence[Section], *, title: str, made_at: datetime, mark: str = "") -> None:
    """Write the document. *mark* (未定稿, 未发布) stands in red in the upper corner of every page."""
    parts, references = _skeleton(title, made_at, mark)
    with zipfile.ZipFile(into, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            if name == "word/document.xml":
                head, tail = _ends(content.decode())
                with archive.open(_entry(name), "w") as part:
                    part.write(head.encode())
                    for piece in _pieces(sections, references):
                        part.write(piece.encode())
                    part.write(tail.encode())
            else:
                archive.writestr(_entry(name), content)


def as_bytes(sections: Sequence[Section], *, title: str, made_at: datetime, mark: str = "") -> bytes:
    """``write`` into memory."""
    into = BytesIO()
    write(into, sections, title=title, made_at=made_at, mark=mark)
    return into.getvalue()


def paragraph(text: str, style: str) -> str:
    """One paragraph; line breaks in *text* stay breaks."""
    return f'<w:p><w:pPr><w:pStyle w:val="{style}"/></w:pPr>{runs(text)}</w:p>'


def title(text: str, width: float = TEXT_WIDTH) -> str:
    """The title; one that is too long for a line of *width* is parted before its last bracket, not in the middle of it."""
    place = max(text.rfind("（"), text.rfind("("))
    if place > 0 and heights.width(text) * 22.0 > width:
        text = f"{text[:place].rstrip()}\n{text[place:]}"
    return paragraph(text, "GwTitle")


def runs(text: str) -> str:
    """*text* as a run, whatever it holds."""
    text = clean(text)
    if not text:
        return ""
    hint = '<w:rPr><w:rFonts w:hint="eastAsia"/></w:rPr>' if _EITHER.search(text) else ""
    if "\n" not in text and "\t" not in text:
        return f'<w:r>{hint}<w:t xml:space="preserve">{escape(text)}</w:t></w:r>'
    pieces = [
        {"\n": "<w:br/>", "\t": "<w:tab/>"}.get(piece) or f'<w:t xml:space="preserve">{escape(piece)}</w:t>'
        for piece in re.split("([\n\t])", text)
        if piece
    ]
    return f"<w:r>{hint}{''.join(pieces)}</w:r>"


class Table:
    """A table with thin lines whose first rows come again on every page. ``xml`` of its rows goes between ``head`` and ``END``."""

    END = "</w:tbl>"

    def __init__(self, widths: Sequence[float], middle: Sequence[bool]) -> None:
        self.widths = [round(width * TWIPS) for width in widths]
        self._opened = [
            f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/><w:vAlign w:val="center"/></w:tcPr><w:p><w:pPr>'
            f'<w:pStyle w:val="{"GwMiddle" if centred else "GwCell"}"/></w:pPr>'
            for width, centred in zip(self.widths, middle, strict=True)
        ]

    @property
    def head(self) -> str:
        grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in self.widths)
        inner = "".join(f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="auto"/>' for side in ("insideH", "insideV"))
        outer = "".join(f'<w:{side} w:val="single" w:sz="8" w:space="0" w:color="auto"/>' for side in ("top", "left", "bottom", "right"))
        lines = f"<w:tblBorders>{outer}{inner}</w:tblBorders>"
        return (
            f'<w:tbl><w:tblPr><w:tblW w:w="{sum(self.widths)}" w:type="dxa"/><w:jc w:val="center"/>{lines}'
            '<w:tblLayout w:type="fixed"/><w:tblCellMar><w:top w:w="40" w:type="dxa"/><w:left w:w="60" w:type="dxa"/>'
            f'<w:bottom w:w="40" w:type="dxa"/><w:right w:w="60" w:type="dxa"/></w:tblCellMar></w:tblPr><w:tblGrid>{grid}</w:tblGrid>'
        )

    def headings(self, texts: Sequence[str]) -> str:
        """The row that comes again on every page."""
        cells = "".join(
            f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/><w:vAlign w:val="center"/></w:tcPr>{paragraph(text, "GwHeading")}</w:tc>'
            for width, text in zip(self.widths, texts, strict=True)
        )
        return f"<w:tr><w:trPr><w:cantSplit/><w:tblHeader/></w:trPr>{cells}</w:tr>"

    def row(self, texts: Sequence[str], *, whole: bool = True) -> str:
        """One row; a *whole* one is not torn by the end of a page."""
        cells = "".join([f"{opened}{runs(text)}</w:p></w:tc>" for opened, text in zip(self._opened, texts, strict=True)])
        return f"<w:tr>{'<w:trPr><w:cantSplit/></w:trPr>' if whole else ''}{cells}</w:tr>"

    def across(self, text: str, style: str) -> str:
        """A line over the whole width; a band stays with the row below it."""
        properties = f'<w:tcW w:w="{sum(self.widths)}" w:type="dxa"/><w:gridSpan w:val="{len(self.widths)}"/><w:vAlign w:val="center"/>'
        return f"<w:tr><w:trPr><w:cantSplit/></w:trPr><w:tc><w:tcPr>{properties}</w:tcPr>{paragraph(text, style)}</w:tc></w:tr>"


# ---- inside --------------------------------------------------------------------------------------------------


def _pieces(sections: Sequence[Section], references: str) -> Iterator[str]:
    """The sections one after the other, each closed by its page set-up; the first one's footers serve all."""
    for number, section in enumerate(sections):
        yield from section.body
        page = _page(references if number == 0 else "", lies=section.lies)
        yield f'<w:p><w:pPr><w:pStyle w:val="GwEnd"/>{page if number < len(sections) - 1 else ""}</w:pPr></w:p>'
        if number == len(sections) - 1:
            yield page


def _page(references: str, *, lies: bool) -> str:
    """A4; a lying page is the upright one turned, so its margins turn with it."""
    if lies:
        size, grid = '<w:pgSz w:w="16838" w:h="11906" w:orient="landscape"/>', ""
        top, right, bottom, left, footer = 28, 37, 26, 35, 14
    else:
        size, grid = '<w:pgSz w:w="11906" w:h="16838"/>', f'<w:docGrid w:type="lines" w:linePitch="{round(LINE * TWIPS)}"/>'
        top, right, bottom, left, footer = 37, 26, 35, 28, 24
    named = {"top": top, "right": right, "bottom": bottom, "left": left, "header": 15, "footer": footer, "gutter": 0}
    margins = " ".join(f'w:{side}="{round(millimetres / 25.4 * 1440)}"' for side, millimetres in named.items())
    return f'<w:sectPr>{references}<w:type w:val="nextPage"/>{size}<w:pgMar {margins}/>{grid}</w:sectPr>'


def _skeleton(title: str, made_at: datetime, mark: str) -> tuple[dict[str, bytes], str]:
    """All parts by name, the body empty, and the references to header and footers as XML."""
    document = docx.Document()
    _set_styles(document)
    document.settings.odd_and_even_pages_header_footer = True
    section = document.sections[0]
    # GB/T 9704-2012, 7.5: in 四号 宋体 between dashes; an odd number stands at the right, an even one at the left, one sign in.
    for footer, side in ((section.footer, "right"), (section.even_page_footer, "left")):
        _number_pages(footer, side)
    if mark:
        for header in (section.header, section.even_page_header):
            _put(header, f'<w:p {nsdecls("w")}><w:pPr><w:pStyle w:val="GwCorner"/></w:pPr><w:r><w:rPr><w:color w:val="C00000"/></w:rPr>'
                         f"<w:t>{escape(mark)}</w:t></w:r></w:p>")  # fmt: skip
    properties = document.core_properties
    properties.title, properties.author, properties.last_modified_by, properties.comments = title, CREATOR, CREATOR, ""
    properties.language, properties.revision = "zh-CN", 1
    properties.created = properties.modified = made_at.astimezone(UTC).replace(tzinfo=None, microsecond=0)
    references = "".join(
        etree.tostring(child, encoding="unicode")
        for child in section._sectPr  # noqa: SLF001 -- python-docx has no public way to the references
        if child.tag in {qn("w:headerReference"), qn("w:footerReference")}
    )
    written = BytesIO()
    document.save(written)
    with zipfile.ZipFile(written) as archive:
        return {name: archive.read(name) for name in archive.namelist()}, references


def _set_styles(document: Any) -> None:
    """Our styles beside the template's, and no face of a theme: it would win over the named one."""
    styles = document.styles.element
    defaults = styles.find(f"{qn('w:docDefaults')}/{qn('w:rPrDefault')}/{qn('w:rPr')}")
    for child in list(defaults):
        defaults.remove(child)
    faces = f'w:ascii="{LATIN}" w:hAnsi="{LATIN}" w:eastAsia="{layout.BODY_FACE}" w:cs="{LATIN}"'
    defaults.append(parse_xml(f"<w:rFonts {nsdecls('w')} {faces}/>"))
    defaults.append(parse_xml(f'<w:lang {nsdecls("w")} w:val="en-US" w:eastAsia="zh-CN" w:bidi="ar-SA"/>'))
    spacing = styles.find(f"{qn('w:docDefaults')}/{qn('w:pPrDefault')}")
    if spacing is not None:
        spacing.getparent().remove(spacing)
    for style in _STYLES:
        styles.append(parse_xml(style.xml))


def _number_pages(footer: Any, side: str) -> None:
    """``— 1 —``, one sign in from its margin."""
    indent = f'<w:ind w:{side}Chars="100" w:firstLine="0"/>'
    _put(
        footer,
        f'<w:p {nsdecls("w")}><w:pPr><w:pStyle w:val="GwNumber"/>{indent}<w:jc w:val="{side}"/></w:pPr>'
        '<w:r><w:rPr><w:rFonts w:hint="eastAsia"/></w:rPr><w:t xml:space="preserve">— </w:t></w:r>'
        '<w:r><w:rPr><w:rFonts w:ascii="宋体" w:hAnsi="宋体"/></w:rPr><w:fldChar w:fldCharType="begin"/></w:r>'
        '<w:r><w:rPr><w:rFonts w:ascii="宋体" w:hAnsi="宋体"/></w:rPr><w:instrText xml:space="preserve"> PAGE </w:instrText></w:r>'
        '<w:r><w:rPr><w:rFonts w:ascii="宋体" w:hAnsi="宋体"/></w:rPr><w:fldChar w:fldCharType="separate"/></w:r>'
        '<w:r><w:rPr><w:rFonts w:ascii="宋体" w:hAnsi="宋体"/></w:rPr><w:t>1</w:t></w:r>'
        '<w:r><w:rPr><w:rFonts w:ascii="宋体" w:hAnsi="宋体"/></w:rPr><w:fldChar w:fldCharType="end"/></w:r>'
        '<w:r><w:rPr><w:rFonts w:hint="eastAsia"/></w:rPr><w:t xml:space="preserve"> —</w:t></w:r></w:p>',
    )


def _put(place: Any, xml: str) -> None:
    """Make *xml* the one paragraph of a header or footer."""
    place.is_linked_to_previous = False
    element = place._element  # noqa: SLF001 -- python-docx has no public way to replace a paragraph by XML
    for child in list(element):
        element.remove(child)
    element.append(parse_xml(xml))


def _ends(xml: str) -> tuple[str, str]:
    """The main part before and behind its body's content."""
    start = xml.index("<w:body>") + len("<w:body>")
    return xml[:start], xml[xml.index("</w:body>") :]


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, _EPOCH)
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.create_system = 0  # the same bytes on Windows and Linux
    return entry
