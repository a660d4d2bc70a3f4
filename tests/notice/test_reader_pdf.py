"""PDF with a text layer: lines and ruled tables come back; scans, locked and overloaded files are refused."""

from __future__ import annotations

import contextlib
import io

import pytest
from pypdf import PdfWriter
from pypdf.generic import ArrayObject, DecodedStreamObject, DictionaryObject, NameObject

from ipweek.notice.reader import Unreadable, read_document, read_notice


def pdf(content: bytes, *, password: str = "") -> bytes:
    """A page with this drawing; font F1 takes UTF-16."""
    writer = PdfWriter()
    page = writer.add_blank_page(595, 842)
    stream = DecodedStreamObject()
    stream.set_data(content)
    page[NameObject("/Contents")] = writer._add_object(stream.flate_encode())
    below = DictionaryObject(
        {
            NameObject("/Type"): NameObject("/Font"),
            NameObject("/Subtype"): NameObject("/CIDFontType0"),
            NameObject("/BaseFont"): NameObject("/STSong-Light"),
        }
    )
    font = DictionaryObject(
        {
            NameObject("/Type"): NameObject("/Font"),
            NameObject("/Subtype"): NameObject("/Type0"),
            NameObject("/BaseFont"): NameObject("/STSong-Light"),
            NameObject("/Encoding"): NameObject("/UniGB-UTF16-H"),
            NameObject("/DescendantFonts"): ArrayObject([below]),
        }
    )
    page[NameObject("/Resources")] = DictionaryObject({NameObject("/Font"): DictionaryObject({NameObject("/F1"): font})})
    if password:
        writer.encrypt(password)
    file = io.BytesIO()
    writer.write(file)
    return file.getvalue()


def show(x: int, y: int, text: str) -> bytes:
    return f"BT /F1 12 Tf {x} {y} Td <{text.encode('utf-16-be').hex()}> Tj ET\n".encode()


def rule(x: int, y: int, x2: int, y2: int) -> bytes:
    return f"{x} {y} m {x2} {y2} l S\n".encode()


def test_a_notice_comes_back_from_its_lines_and_its_ruled_table() -> None:
    texts = [
        "甲知发〔2024〕3号",
        "关于开展2024年知识产权宣传周活动的通知",
        "各有关单位：",
        "现就有关事项通知如下，请各单位认真组织，精心准备，于4月",
        "12日前报送活动安排表。",
    ]
    texts += ["附件：活动安排表", "甲市知识产权局", "2024年3月29日", "附件", "活动安排表", "单位名称："]
    drawing = b"".join(show(90, 800 - 24 * n, text) for n, text in enumerate(texts))
    for x in (90, 200, 310, 420):
        drawing += rule(x, 440, x, 520)
    for y in (440, 480, 520):
        drawing += rule(90, y, 420, y)
    drawing += show(95, 505, "主办单") + show(95, 488, "位") + show(205, 495, "活动名称") + show(315, 495, "联系人")

    facts = read_notice(read_document(pdf(drawing), "通知.pdf")).as_json()

    assert (facts["doc_number"], facts["issuer"], facts["issue_date"]) == ("甲知发〔2024〕3号", "甲市知识产权局", "2024-03-29")
    assert [(one["kind"], one["due_on"]) for one in facts["deadlines"]] == [("plan", "2024-04-12")]
    assert [(one["title"], one["columns"], one["header_fields"]) for one in facts["annexes"]] == [
        ("活动安排表", ["主办单位", "活动名称", "联系人"], ["单位名称"])
    ]


def test_lines_that_the_margin_cut_are_one_paragraph_again_and_others_stay_apart() -> None:
    lines = [
        (116, "请各单位于2024年4月12日前将活动安排表报送我办，并将电子"),
        (92, "版发至市局指定的邮箱。联系人：周小雨，电话：021-"),
        (92, "55551829、55551830。"),
        (116, "活动总结请于5月10日前报送。"),
        (330, "甲市知识产权局"),
        (330, "2024年3月29日"),
    ]
    drawing = b"".join(show(x, 800 - 24 * n, text) for n, (x, text) in enumerate(lines))

    document = read_document(pdf(drawing), "通知.pdf")

    assert document.text.split("\n") == [
        "请各单位于2024年4月12日前将活动安排表报送我办，并将电子版发至市局指定的邮箱。联系人：周小雨，电话：021-55551829、55551830。",
        "活动总结请于5月10日前报送。",
        "甲市知识产权局",
        "2024年3月29日",
    ]


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (pdf(b""), "扫描件"),
        (pdf(show(90, 800, "通知"), password="x"), "密码"),
        (pdf(b"0 0 m 1 1 l S\n" * 100_000), "内容太多"),
        (pdf(b" " * 40_000_000), "损坏"),
    ],
    ids=["scan", "locked", "overloaded", "bomb"],
)
def test_what_cant_be_read_says_what_to_do(data: bytes, says: str) -> None:
    with pytest.raises(Unreadable, match=says):
        read_document(data, "通知.pdf")


def test_quotation_marks_of_another_font_stand_where_they_are_drawn() -> None:
    def hexed(text: str) -> str:
        return f"<{text.encode('utf-16-be').hex()}>"

    chinese = f"[{hexed('紧扣')} -1000 {hexed('知识产权')} -1000 {hexed('主题，创新形式。')}] TJ"
    marks = f"[{hexed('“')} -4500 {hexed('”')}] TJ"  # drawn first, over the gaps of the other
    drawing = f"BT /F1 12 Tf 114 700 Td {marks} ET\nBT /F1 12 Tf 90 700 Td {chinese} ET\n".encode()
    drawing += show(90, 660, "各单位要精心组织，广泛开展形式多样的活动。")

    assert read_document(pdf(drawing), "通知.pdf").text.split("\n")[0] == "紧扣“知识产权”主题，创新形式。"


def test_orders_made_of_thousands_of_pieces_are_refused_or_read_in_time() -> None:
    pieces = "".join("<4e00> -900 <0020> -900 " for _ in range(95))
    drawing = "".join(f"BT /F1 12 Tf 90 {y} Td [{pieces}] TJ ET\n" for y in range(200)).encode()

    with contextlib.suppress(Unreadable):
        read_document(pdf(drawing), "通知.pdf")
