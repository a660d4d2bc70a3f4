"""What the gate lets in and what it says to the rest. Only the maker of the file differs from test to test."""

import io
import re
import tracemalloc
import zipfile

import pytest

from ipweek.errors import Invalid
from ipweek.files import gate
from ipweek.files.limits import Limits, TooLarge

from .hostile import HOSTILE
from .packages import docx, number, row, sheet, text, xlsx, xlsx_parts, zipped

TABLES = frozenset({"xlsx", "docx"})
NOTICES = frozenset({"docx", "pdf", "txt", "md", "html"})


@pytest.mark.parametrize("maker, says", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_file_is_answered_with_one_chinese_sentence(maker, says):
    data = maker()

    with pytest.raises(Invalid) as refused:
        gate.inspect(data, "附件.xlsx", accept=TABLES)

    sentence = str(refused.value)
    assert re.search(says, sentence), sentence
    assert sentence.endswith("。")
    assert sentence.count("。") == 1
    assert len(sentence) < 120


@pytest.mark.parametrize("name", ["bomb in a sheet", "bomb in a picture", "many small bombs", "one cell of 40 MB", "one attribute of 3 MB"])
def test_a_bomb_takes_little_memory(name):
    data = HOSTILE[name][0]()
    tracemalloc.start()
    try:
        with pytest.raises(Invalid):
            gate.inspect(data, "附件.xlsx", accept=TABLES, limits=Limits(file_bytes=100 << 20))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert peak < 16 << 20


def test_too_large_is_told_with_the_sites_own_limit():
    with pytest.raises(TooLarge, match="超过 2 MB") as refused:
        gate.inspect(b"x" * ((2 << 20) + 1), "附件.xlsx", accept=TABLES, limits=Limits(file_bytes=2 << 20))

    assert refused.value.status == 413


@pytest.mark.parametrize(
    "data, name, kind",
    [
        (xlsx(), "附件2.xlsx", "xlsx"),
        (xlsx(), "附件2.XLSX", "xlsx"),
        (xlsx(), "没有扩展名", "xlsx"),
        (docx("<w:p/>"), "通知.docx", "docx"),
        (b"%PDF-1.7\n1 0 obj\nendobj\nstartxref\n9\n%%EOF", "通知.pdf", "pdf"),
        ("关于开展宣传周活动的通知".encode(), "通知.txt", "txt"),
        ("关于开展宣传周活动的通知".encode("gb18030"), "通知.txt", "txt"),
        ("关于开展宣传周活动的通知".encode("utf-16"), "通知.txt", "txt"),
        ("# 通知".encode(), "通知.md", "md"),
        ("<!DOCTYPE html><p>通知</p>".encode(), "通知.html", "html"),
        ("<p>通知</p>".encode(), "通知.htm", "html"),
        ("<html><p>通知</p></html>".encode(), "通知.txt", "html"),
    ],
)
def test_a_good_file_is_known_by_its_content(data, name, kind):
    assert gate.inspect(data, name, accept=TABLES | NOTICES) == kind


@pytest.mark.parametrize(
    "data, name, says",
    [
        (docx("<w:p/>"), "附件.xlsx", r"\.xlsx 结尾，内容却是 Word"),
        (xlsx(), "附件.docx", r"\.docx 结尾，内容却是 Excel"),
        (xlsx(), "附件.xls", r"\.xls 结尾"),
        (b"a,b\n1,2\n", "附件.csv", "不支持 CSV.*另存为” .xlsx"),
        (b"a,b\n1,2\n", "附件.xlsx", "扩展名"),
        (b"<html><table></table></html>", "附件.xlsx", "扩展名"),
        (b"<html><table></table></html>", "附件.xls", r"旧版 Excel（\.xls）"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "附件.et", r"WPS 表格（\.et）"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "附件.wps", r"WPS 文字（\.wps）.*\.docx"),
        (b"{\\rtf1 x}", "附件.rtf", "RTF"),
        (b"%PDF-1.7 startxref", "附件.pdf", r"这是 PDF 文件，这里仅支持 \.xlsx、\.docx，请换用这些格式"),
        ("文字".encode(), "附件.txt", "文本文件.*仅支持"),
        (b"   \n ", "附件.txt", "没有文字"),
        (b"MZ this program", "附件.exe", r"^这是 \.exe 文件，这里仅支持 \.xlsx、\.docx，请换用这些格式上传。$"),
        (b"\x89PNG", "图.png", r"请上传 \.xlsx、\.docx 文件。"),
    ],
)
def test_another_kind_is_told_what_to_do(data, name, says):
    with pytest.raises(Invalid, match=says):
        gate.inspect(data, name, accept=TABLES)


def test_where_one_kind_is_taken_the_sentence_speaks_of_one():
    with pytest.raises(Invalid, match=r"^这是 Word 文档（\.docx），这里仅支持 \.xlsx，请换用这种格式上传。$"):
        gate.inspect(docx("<w:p/>"), "名单.docx", accept={"xlsx"})


def test_a_program_of_plain_text_is_told_what_a_notice_may_be():
    with pytest.raises(Invalid, match=r"^这是 \.exe 文件，这里仅支持 \.docx、\.pdf、\.txt、\.md、\.html，请换用这些格式上传。$"):
        gate.inspect(b"plain text", "通知.exe", accept=NOTICES)


def test_a_cut_off_pdf_is_told_so():
    with pytest.raises(Invalid, match="PDF 文件不完整"):
        gate.inspect(b"%PDF-1.7\n1 0 obj", "通知.pdf", accept=NOTICES)


@pytest.mark.parametrize("name", ["../../x.xlsx", "CON.xlsx", "a\0b.xlsx", "长" * 300 + ".xlsx", "x\u202excod.xlsx", ""])
def test_a_strange_name_changes_nothing(name):
    assert gate.inspect(xlsx(), name, accept=TABLES) == "xlsx"


@pytest.mark.parametrize(
    "data",
    [
        xlsx(sheet(row(5, text("A5", "x")), before='<dimension ref="A1:XFD1048576"/>')),
        xlsx(sheet(row(1, text("A1", "x")) + '<row r="1048576"><c r="XFD1048576" s="1"/></row>')),
        xlsx(sheet(row(1, text("A1", "x")), after='<mergeCells><mergeCell ref="A1:H1"/></mergeCells>')),
        xlsx(sheet(row(2000, text("BL2000", "x")))),
        xlsx(sheet(row(1, number("A1", "1.5E-3"), number("B1", "-12"), '<c r="C1" t="d"><v>2024-04-20T09:00:00</v></c>'))),
        xlsx(sheet(row(1, '<c r="A1" t="str"><f>1+1</f><v>2</v></c>'))),
        zipped({**xlsx_parts(), "xl/drawings/vmlDrawing1.vml": "<xml><br></xml>"}),
        zipped({**xlsx_parts(), "xl/media/image1.png": bytes(range(256)) * 2000}),
    ],
    ids=["wrong dimension", "format to the far end", "title merged", "last row and column", "numbers", "formula", "untidy VML", "picture"],
)
def test_what_people_really_send_is_let_in(data):
    assert gate.inspect(data, "附件.xlsx", accept=TABLES) == "xlsx"


def test_a_docx_with_large_styles_is_let_in():
    style = '<w:style w:styleId="s%d"><w:name w:val="样式%d"/><w:pPr><w:spacing w:before="%d"/></w:pPr></w:style>'
    parts = {"word/styles.xml": "<w:styles xmlns:w='x'>" + "".join(style % (n, n, n) for n in range(8_000)) + "</w:styles>"}
    data = docx("<w:p><w:r><w:t>通知</w:t></w:r></w:p>")

    assert gate.inspect(zipped({**_unzipped(data), **parts}), "通知.docx", accept=NOTICES) == "docx"


def _unzipped(data):
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}
