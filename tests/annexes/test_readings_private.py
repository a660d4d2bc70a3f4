"""Phones and other numbers of persons: found in any text, and masked."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ipweek.annexes.readings import contact


@pytest.mark.parametrize(
    "text, masked",
    [
        ("张三 13800000001", "张三 138****0001"),
        ("张三 138-0000-0001", "张三 138-****-0001"),
        ("张三 １３８００００００01", "张三 １３８****００01"),
        ("张三 +86 13800000001", "张三 +86 138****0001"),
        ("张三 021-00001234转801", "张三 021-0000****转801"),
        ("张三 00001234、00005678", "张三 0000****、0000****"),
        ("张三 1380000015", "张三 138*******"),
        ("张三 138****0000", "张三 138****0000"),
        ("张三 一三八零零零零零零零一", "张三 一三八****零零零一"),
        ("张三 a.b@example.cn", "张三 a**@example.cn"),
        ("4月20日 2024-04-20 沪知联办〔2024〕2号", "4月20日 2024-04-20 沪知联办〔2024〕2号"),
        ("", ""),
    ],
)
def test_a_phone_is_masked_and_the_rest_stays(text, masked):
    assert contact.mask(text) == masked


@pytest.mark.parametrize(
    "text, kinds",
    [
        ("请联系13800000001", ["mobile"]),
        ("联系电话021-00001234", ["tel"]),
        ("报名：00001234", ["tel"]),
        ("电话 5555 1234", ["tel"]),
        ("传真：021-00001234", ["fax"]),
        ("腾讯会议号：123 456 7890", ["meeting"]),
        ("会议号123-456-789，密码123456", ["meeting", "meeting"]),
        ("https://meeting.tencent.com/dm/abcDEF123", ["meeting"]),
        ("a.b@example.cn", ["email"]),
        ("310101199001011234", ["id"]),
        ("一三八零零零零零零零一", ["mobile"]),
        ("138 0000 0001 和 021-00001234", ["mobile", "tel"]),
    ],
)
def test_what_may_not_be_published_is_found(text, kinds):
    found = contact.find_private(text)

    assert [each.kind for each in found] == kinds
    assert all(text[each.start : each.end] == each.text for each in found)


@pytest.mark.parametrize(
    "text",
    [
        "2023-2024年度", "20240420 启动", "投入12345678元", "第12345678号商标", "专利号ZL202410123456.7", "发放1000-2000份", "5000-8000",
        "沪知联办〔2024〕2号", "4月20日 9:00-11:30", "12345678人次", "15000000000元", "漕宝路650号1号楼201室", "拨打12345热线", "约200人",
        "2024-04-20至2024-04-26", "9:00—11:00",
    ],
)  # fmt: skip
def test_dates_amounts_and_register_numbers_are_nobodys(text):
    assert contact.find_private(text) == []


@given(
    before=st.sampled_from(["", "张三", "张三 ", "联系电话：", "（", "tel:"]),
    number=st.integers(0, 10**8 - 1).map(lambda n: f"138{n:08d}"),
    gap=st.sampled_from(["", " ", "-", "—"]),
    after=st.sampled_from(["", "）", "，李四", " 021-00001234", "\n"]),
)
def test_no_mobile_number_survives_masking(before, number, gap, after):
    text = f"{before}{number[:3]}{gap}{number[3:7]}{gap}{number[7:]}{after}"

    assert any(found.number == number for found in contact.find_private(text))
    assert f"{number[3:7]}" not in contact.mask(text)[len(before) : len(before) + 9 + 2 * len(gap)] or number[3:7] in number[7:]
    assert len(contact.mask(text)) == len(text)
    assert [found for found in contact.scan(contact.mask(text), in_contact=True) if found.kind in ("mobile", "tel")] == []
