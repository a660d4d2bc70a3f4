"""Every kind of file comes to the same document; what can't be read is refused with a way out."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ipweek.notice.reader import Unreadable, from_text, read_document, read_notice
from ipweek.notice.reader.document import Document, Paragraph, Table

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'


def docx(body: str, **parts: str) -> bytes:
    """A Word file with this body, and further parts such as ``header1``."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("[Content_Types].xml", "<Types/>")
        package.writestr("word/document.xml", f"<w:document {W}><w:body>{body}</w:body></w:document>")
        for name, xml in parts.items():
            package.writestr(f"word/{name}.xml", xml)
    return file.getvalue()


def p(text: str, inside: str = "") -> str:
    return f"<w:p>{inside}<w:r><w:t>{text}</w:t></w:r></w:p>"


def tc(text: str, properties: str = "") -> str:
    return f"<w:tc><w:tcPr>{properties}</w:tcPr>{p(text)}</w:tc>"


def lines(document: Document) -> list[str]:
    return [block.text for block in document.blocks if isinstance(block, Paragraph)]


def test_tracked_insertions_count_and_deletions_do_not() -> None:
    body = "<w:p><w:r><w:t>请于</w:t></w:r><w:del><w:r><w:delText>4月10日</w:delText></w:r></w:del><w:ins><w:r><w:t>4月12日</w:t></w:r></w:ins><w:r><w:t>前报送</w:t></w:r></w:p>"
    moved = "<w:p><w:moveFrom><w:r><w:t>旧</w:t></w:r></w:moveFrom><w:moveTo><w:r><w:t>新</w:t></w:r></w:moveTo></w:p>"

    assert lines(read_document(docx(body + moved))) == ["请于4月12日前报送", "新"]


def test_a_deleted_paragraph_mark_joins_two_paragraphs() -> None:
    body = p("请于4月", "<w:pPr><w:rPr><w:del/></w:rPr></w:pPr>") + p("12日前报送")

    assert lines(read_document(docx(body))) == ["请于4月12日前报送"]


def test_hidden_text_is_not_on_the_page() -> None:
    body = "<w:p><w:r><w:t>看得见</w:t></w:r><w:r><w:rPr><w:vanish/></w:rPr><w:t>看不见</w:t></w:r></w:p>"

    assert lines(read_document(docx(body))) == ["看得见"]


def test_a_text_box_is_read_once_and_before_its_paragraph() -> None:
    box = f"<w:txbxContent>{p('甲知发〔2024〕3号')}</w:txbxContent>"
    body = f"<w:p><w:r><mc:AlternateContent><mc:Choice Requires='wps'>{box}</mc:Choice><mc:Fallback>{box}</mc:Fallback></mc:AlternateContent></w:r><w:r><w:t>后文字</w:t></w:r></w:p>"

    assert lines(read_document(docx(body))) == ["甲知发〔2024〕3号", "后文字"]


def test_the_number_is_found_in_the_page_header() -> None:
    data = docx(
        p("关于开展2024年知识产权宣传周活动的通知") + p("各有关单位：") + p("现就有关事项通知如下。"),
        header1=f"<w:hdr {W}>{p('甲知发〔2024〕3号')}</w:hdr>",
    )

    assert read_notice(read_document(data)).doc_number == "甲知发〔2024〕3号"


def test_numbers_that_word_prints_itself_are_there() -> None:
    numbering = (
        f"<w:numbering {W}><w:abstractNum w:abstractNumId='0'><w:lvl w:ilvl='0'><w:start w:val='1'/><w:numFmt w:val='chineseCounting'/>"
        "<w:lvlText w:val='%1、'/></w:lvl></w:abstractNum><w:num w:numId='5'><w:abstractNumId w:val='0'/></w:num></w:numbering>"
    )
    item = "<w:pPr><w:numPr><w:ilvl w:val='0'/><w:numId w:val='5'/></w:numPr></w:pPr>"

    document = read_document(docx(p("活动时间", item) + p("活动主题", item), numbering=numbering))

    assert lines(document) == ["一、活动时间", "二、活动主题"]


def test_merged_cells_stand_once_with_their_span() -> None:
    starts, goes_on, two = "<w:vMerge w:val='restart'/>", "<w:vMerge/>", "<w:gridSpan w:val='2'/>"
    rows = f"<w:tr>{tc('序号', starts)}{tc('规模', two)}</w:tr><w:tr>{tc('', goes_on)}{tc('线上')}{tc('线下')}</w:tr>"

    table = read_document(docx(p("附件") + f"<w:tbl>{rows}</w:tbl>")).blocks[1]

    assert isinstance(table, Table)
    assert [[(cell.text, cell.across, cell.down) for cell in row] for row in table.rows] == [
        [("序号", 1, 2), ("规模", 2, 1)],
        [("线上", 1, 1), ("线下", 1, 1)],
    ]


NOTICE = """甲知发〔2024〕3号
甲市知识产权局关于开展2024年知识产权宣传周活动的通知
各有关单位：
一、活动时间
4月20日至26日。
甲市知识产权局
2024年3月29日"""


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_text_is_read_in_each_encoding_of_an_office(encoding: str) -> None:
    facts = read_notice(read_document(NOTICE.encode(encoding), "通知.txt"))

    assert (facts.doc_number, str(facts.starts_on), str(facts.issue_date)) == ("甲知发〔2024〕3号", "2024-04-20", "2024-03-29")


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_a_saved_page_is_read_without_its_scripts_and_menus(encoding: str) -> None:
    paragraphs = "".join(f"<p>{line}</p>" for line in NOTICE.split("\n"))
    page = (
        f"<!DOCTYPE html><html><head><meta charset='{encoding}'><title>通知_甲市知识产权局</title><script>var a='丙知发〔2020〕9号';</script><style>p{{}}</style></head>"
        f"<body><nav><a>首页</a></nav><div>发布时间：2024-04-05 浏览：3</div><table><tr><td>{paragraphs}</td></tr></table><div style='display:none'>乙知发〔2020〕9号</div>"
        "<table><tr><th>主办单位</th><th>活动名称</th></tr><tr><td></td><td></td></tr></table></body></html>"
    )

    document = read_document(page.encode(encoding), "通知.html")
    facts = read_notice(document)

    assert document.kind == "html"
    assert (facts.doc_number, str(facts.starts_on), str(facts.issue_date)) == ("甲知发〔2024〕3号", "2024-04-20", "2024-03-29")


def test_what_a_file_is_comes_from_its_content_not_its_name() -> None:
    assert read_document(docx(p("通知")), "通知.txt").kind == "docx"
    assert read_document(NOTICE.encode(), "通知.docx").kind == "txt"
    assert read_document(b"<html><body><p>" + NOTICE.encode() + b"</p></body></html>", "通知.doc").kind == "html"


def package(**members: str) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as zipped:
        for name, text in members.items():
            zipped.writestr(name, text)
    return file.getvalue()


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600


@pytest.mark.parametrize(
    ("data", "name", "says"),
    [
        (OLE + "WordDocument".encode("utf-16-le"), "通知.doc", "另存为 .docx"),
        (OLE + "WordDocument".encode("utf-16-le"), "通知.wps", "WPS"),
        (OLE + "EncryptedPackage".encode("utf-16-le"), "通知.docx", "密码"),
        (package(**{"OFD.xml": "<ofd/>"}), "通知.ofd", "OFD"),
        (package(**{"xl/workbook.xml": "<x/>"}), "表.xlsx", "Excel"),
        (package(**{"a.docx": "x"}), "通知.zip", "解压"),
        (b"{\\rtf1 abc}", "通知.doc", "RTF"),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 50, "通知.png", "图片"),
        (b"", "通知.txt", "空"),
        (b"  \n ", "通知.txt", "空"),
        (b"\0\1\2\3" * 50, "通知.txt", "格式"),
        (b"\xff\xfe\xff", "通知.txt", "编码"),
        (b"PK\x03\x04 broken", "通知.docx", "损坏"),
        (b"%PDF-1.4 broken", "通知.pdf", "损坏"),
        (docx(""), "通知.docx", "没有可以读取的文字"),
        (docx("<w:p>"), "通知.docx", "损坏"),
        (b"x" * 31_000_000, "通知.txt", "MB"),
    ],
)
def test_what_cant_be_read_is_refused_with_a_way_out(data: bytes, name: str, says: str) -> None:
    with pytest.raises(Unreadable) as refused:
        read_document(data, name)

    assert says in str(refused.value)
    assert str(refused.value).endswith("。")
    assert "\n" not in str(refused.value)


def test_an_entity_bomb_is_refused() -> None:
    bomb = b'<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]>'
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as zipped:
        zipped.writestr("word/document.xml", bomb + f"<w:document {W}><w:body>{p('&b;')}</w:body></w:document>".encode())

    with pytest.raises(Unreadable):
        read_document(file.getvalue(), "通知.docx")


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=3000))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    for start in (b"", b"PK\x03\x04", b"%PDF-1.7\n", b"<html>", b"{\\rtf"):
        try:
            read_notice(read_document(start + data, "x"))
        except Unreadable:
            continue


@settings(max_examples=150, deadline=None)
@given(st.text(alphabet="2024年月日前第号关于的通知〔〕（）《》：，。、附件1一联系人电话0- \n|活动时间主题报送结束后工作", max_size=400))
def test_any_text_is_read(text: str) -> None:
    try:
        document = from_text(text)
    except Unreadable:
        return

    read_notice(document).as_json()


REAL = Path(__file__).parents[3] / "shared" / "notice"


@pytest.mark.skipif(not REAL.is_dir(), reason="the real notice is not shipped")
@pytest.mark.parametrize("name", ["2024-shanghai.docx", "2024-shanghai.txt"])
def test_the_real_notice_comes_out_complete(name: str) -> None:
    facts = read_notice(read_document((REAL / name).read_bytes(), name)).as_json()

    assert {key: facts[key] for key in ("doc_number", "issue_date", "starts_on", "ends_on", "theme", "fax", "email")} == {
        "doc_number": "沪知联办〔2024〕2号",
        "issue_date": "2024-03-29",
        "starts_on": "2024-04-20",
        "ends_on": "2024-04-26",
        "theme": "知识产权转化运用促进高质量发展",
        "fax": "54033862",
        "email": "sxu@shanghai.gov.cn",
    }
    assert facts["title"] == "上海市知识产权联席会议办公室关于开展2024年上海知识产权宣传周活动的通知"
    assert facts["issuer"] == "上海市知识产权联席会议办公室"
    assert [(d["kind"], d["rule"], d["due_on"], d["due_time"]) for d in facts["deadlines"]] == [
        ("plan", None, "2024-04-12", None),
        ("summary", "5 working days after ends_on", "2024-05-07", None),
    ]
    assert (len(facts["contacts"]), len(facts["phones"])) == (2, 2)
    assert [(a["number"], len(a["columns"]), a["header_fields"], a["header_suffixes"]) for a in facts["annexes"]] == [
        (1, 7, ["单位名称"], {}),
        (2, 8, ["单位名称", "填表时间"], {"单位名称": "区知识产权联席会议办公室"}),
    ]
    assert [annex["columns"][4 + annex["number"] * 2 - 2] for annex in facts["annexes"]] == ["活动规模 (人数)", "活动规模 (参与人数)"]
    assert facts["notes"] == {}


@pytest.mark.parametrize(
    "data",
    [
        docx(f"<w:tbl><w:tr>{tc('主办单位')}{tc('活动')}</w:tr></w:tbl>" * 10_001),
        docx("<w:tbl><w:tr><w:tc>" * 1_001 + p("深") + "</w:tc></w:tr></w:tbl>" * 1_001),
        docx(f"<w:p><w:r><w:t>{'长' * 20_000_000}</w:t></w:r></w:p>"),
        b"<html>" + "<table><tr><td>层".encode() * 1_000,
        ("活动结束后" * 30_000).encode(),
        ("|" * 100_000 + "\n").encode(),
    ],
    ids=["many tables", "deep tables", "long paragraph", "deep page", "long text", "many cells"],
)
def test_far_more_than_a_notice_holds_is_refused(data: bytes) -> None:
    with pytest.raises(Unreadable, match="内容太多"):
        read_document(data, "通知")


@pytest.mark.parametrize(
    "text",
    [
        "主题“" * 30_000,
        "请于4月12日前报送活动安排表，" * 6_000,
        "a" + " " * 100_000 + "b",
        "附件1\n" * 11_000,
        "1 " * 50_000,
        "（〔《“" * 2_900 + "通知",
        "定于4月24日" * 17_000,
        "分别于4月3日、" * 14_000,
        "办公室二〇二四年三月二十九日" * 8_000,
        "一、二、三、四、" * 14_000,
        "送至罗老师处" * 19_000,
        "联系人：李 晴、" * 13_000,
        "重点活\n动名称\n" * 1_400,
        "上海市知识产权局上海市版权局" * 8_000,
        "4月1、" * 20_000,
    ],
)
def test_text_made_to_stall_patterns_is_read(text: str) -> None:
    assert read_notice(from_text(text)).doc_number is None
