"""Makes .xlsx and .docx by hand, part by part: minimal good ones, and the hostile ones that no program writes."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
BOOK_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
WORD_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"


def zipped(parts, compression=zipfile.ZIP_DEFLATED):
    """The parts as a zip; a list of pairs may name one twice."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", compression) as archive:
        for name, content in parts.items() if isinstance(parts, dict) else parts:
            archive.writestr(name, content)
    return out.getvalue()


def types(path, kind):
    return (
        f'{HEAD}<Types xmlns="{PACKAGE}/content-types"><Default Extension="rels" ContentType="application/'
        f'vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/{path}" ContentType="{kind}"/></Types>'
    )


def relationships(*pairs):
    """Relationships of (kind, target) with ids rId1, rId2 …"""
    inside = "".join(f'<Relationship Id="rId{n}" Type="{OFFICE}/{kind}" Target="{target}"/>' for n, (kind, target) in enumerate(pairs, 1))
    return f'{HEAD}<Relationships xmlns="{PACKAGE}/relationships">{inside}</Relationships>'


def sheet(rows="", after="", before=""):
    return f'{HEAD}<worksheet xmlns="{MAIN}">{before}<sheetData>{rows}</sheetData>{after}</worksheet>'


def row(number, *cells):
    return f'<row r="{number}">{"".join(cells)}</row>'


def text(reference, words):
    return f'<c r="{reference}" t="inlineStr"><is><t xml:space="preserve">{words}</t></is></c>'


def number(reference, value, style=0):
    return f'<c r="{reference}" s="{style}"><v>{value}</v></c>'


def xlsx_parts(sheet_xml=None, *, strings=None, styles=None, sheets=None, properties=""):
    """The parts of a workbook; *sheets* are (name, state, xml) where there are several."""
    sheets = sheets or [("Sheet1", "visible", sheet_xml or sheet(row(1, text("A1", "主办单位"))))]
    listed = "".join(f'<sheet name="{name}" sheetId="{n}" state="{state}" r:id="rId{n}"/>' for n, (name, state, _) in enumerate(sheets, 1))
    pairs = [("worksheet", f"worksheets/sheet{n}.xml") for n in range(1, len(sheets) + 1)]
    parts = {
        "[Content_Types].xml": types("xl/workbook.xml", BOOK_TYPE),
        "_rels/.rels": relationships(("officeDocument", "xl/workbook.xml")),
        "xl/workbook.xml": f'{HEAD}<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}">{properties}<sheets>{listed}</sheets></workbook>',
    }
    for n, (_, _, xml) in enumerate(sheets, 1):
        parts[f"xl/worksheets/sheet{n}.xml"] = xml
    if strings is not None:
        pairs.append(("sharedStrings", "sharedStrings.xml"))
        parts["xl/sharedStrings.xml"] = f'{HEAD}<sst xmlns="{MAIN}">{"".join(f"<si>{item}</si>" for item in strings)}</sst>'
    if styles is not None:
        pairs.append(("styles", "styles.xml"))
        formats = "".join(f'<numFmt numFmtId="{200 + n}" formatCode="{code}"/>' for n, code in enumerate(styles))
        xfs = "".join(f'<xf numFmtId="{200 + n}"/>' for n in range(len(styles)))
        parts["xl/styles.xml"] = (
            f'{HEAD}<styleSheet xmlns="{MAIN}"><numFmts>{formats}</numFmts><cellXfs><xf numFmtId="0"/>{xfs}</cellXfs></styleSheet>'
        )
    parts["xl/_rels/workbook.xml.rels"] = relationships(*pairs)
    return parts


def xlsx(*args, **words):
    return zipped(xlsx_parts(*args, **words))


def docx_parts(body):
    return {
        "[Content_Types].xml": types("word/document.xml", WORD_TYPE),
        "_rels/.rels": relationships(("officeDocument", "word/document.xml")),
        "word/document.xml": f'{HEAD}<w:document xmlns:w="{WORD}"><w:body>{body}</w:body></w:document>',
    }


def docx(body):
    return zipped(docx_parts(body))


def changed(parts, **changes):
    """The parts with some of them replaced, added, or (None) left out; double underscores stand for slashes."""
    merged = {**parts, **{name.replace("__", "/"): content for name, content in changes.items()}}
    return {name: content for name, content in merged.items() if content is not None}


def lying_zip(real_size, said_size):
    """A workbook whose sheet unpacks to *real_size* bytes while both directories say *said_size*."""
    body = (sheet()[: -len("</sheetData></worksheet>")]).encode() + b" " * real_size + b"</sheetData></worksheet>"
    raw = bytearray(zipped({**xlsx_parts(), "xl/worksheets/sheet1.xml": body}))
    name = b"xl/worksheets/sheet1.xml"
    local = raw.index(name) - 30
    central = raw.rindex(name) - 46
    struct.pack_into("<I", raw, local + 22, said_size)
    struct.pack_into("<I", raw, central + 24, said_size)
    return bytes(raw)


def encrypted_flag():
    """A zip whose entries say that they are encrypted."""
    raw = bytearray(xlsx())
    at = 0
    while (at := raw.find(b"PK\x01\x02", at)) >= 0:
        struct.pack_into("<H", raw, at + 8, struct.unpack_from("<H", raw, at + 8)[0] | 1)
        at += 4
    return bytes(raw)


def overlapping():
    """A zip of which many entries share one body, as the best bombs do."""
    body = zlib.compress(b"\0" * 500_000, 9)[2:-4]
    crc = zlib.crc32(b"\0" * 500_000)
    names = [f"xl/{n}.bin".encode() for n in range(50)]
    local = struct.pack("<4s5H3I2H", b"PK\x03\x04", 20, 0, 8, 0, 0, crc, len(body), 500_000, len(names[0]), 0) + names[0] + body
    central = b"".join(
        struct.pack("<4s6H3I5H2I", b"PK\x01\x02", 20, 20, 0, 8, 0, 0, crc, len(body), 500_000, len(name), 0, 0, 0, 0, 0, 0) + name
        for name in names
    )
    end = struct.pack("<4s4H2IH", b"PK\x05\x06", 0, 0, len(names), len(names), len(central), len(local), 0)
    return local + central + end


def ole(*words):
    """What an OLE container of these streams looks like from outside."""
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 504 + b"".join(word.encode("utf-16-le").ljust(64, b"\0") for word in words)
