"""Notices put together at random from the wordings of real offices: every fact comes back, and no other."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from ipweek.notice.calendar import seeded
from ipweek.notice.reader import from_text, read_notice

OFFICES = {
    "江城市知识产权局": "江知局",
    "东湖区知识产权联席会议办公室": "东知联办",
    "南山省市场监督管理局": "南市监",
    "江城市临江区司法局": "临司",
}
HEADS = [
    "{office}文件\n{number}\n{about}",
    "{number}\n{office}{about}",
    "{office}{about}\n{number}",
    "{office}{about}\n发布时间：2025-04-03　浏览：33\n发文字号：{number}",
]
ABOUT = [
    "关于开展2025年知识产权宣传周活动的通知",
    "关于做好2025年知识产权宣传周有关工作的函",
    "关于组织开展“2025年知识产权宣传周”系列活动的通知",
]
BRACKETS = ["〔{}〕", "﹝{}﹞", "[{}]", "（{}）", "【{}】"]
SPANS = [
    "{a.month}月{a.day}日至{b.month}月{b.day}日",
    "2025年{a.month}月{a.day}日—{b.month}月{b.day}日",
    "2025.{a.month}.{a.day}-{b.month}.{b.day}",
    "{a:%Y%m%d}-{b:%Y%m%d}",
    "{a:%Y-%m-%d}至{b:%Y-%m-%d}",
    "2025 年 {a.month} 月 {a.day} 日～{b.month} 月 {b.day} 日",
]
WEEKS = [
    "一、活动时间\n{}",
    "一、活动时间：{}。",
    "一、总体安排\n经研究，拟于{}举办知识产权宣传周活动。",
    "一、总体安排\n{}是全国知识产权宣传周。",
    "一、总体要求\n宣传周期间（{}），各单位要广泛开展宣传。",
    "一、宣传时间\n集中宣传时间：{}。",
]
THEMES = [
    ("二、活动主题\n{}", True),
    ("二、活动主题：“{}”。", True),
    ("二、活动主题（口号）\n{}", True),
    ("二、总体要求\n今年宣传周的主题是“{}”，请紧扣主题开展活动。", True),
    ("二、总体要求\n各单位要以“{}”为主题，广泛开展活动。", True),
    ("二、主题与内容\n（一）活动主题：{}\n（二）活动内容：由各单位确定", True),
    ("二、活动主题\n由各单位结合实际自行确定。", False),
]
WORDS = ["知识产权与人工智能", "加强知识产权法治保障 有力支持全面创新", "协同保护，共享未来"]
THINGS = {
    "plan": ["重点活动安排表", "活动计划", "《宣传周活动安排表》", "拟开展的重点活动安排", "活动清单"],
    "summary": ["活动总结", "总结报告", "活动开展情况", "活动总结（不超过1500字）"],
    "other": ["联络员名单", "参会回执", "典型案例", "活动照片"],
}
ASKED = [
    "请于{when}前将{what}报送我办",
    "{what}请于{when}前报送",
    "请各单位{when}前报{what}",
    "{what}报送截止时间为{when}",
    "最迟于{when}前上报{what}",
    "请各单位及时报送{what}（{when}前）",
    "{what}由各区统一汇总后，于{when}前报送",
    "请在{when}前通过邮件反馈{what}",
    "{when}前，各单位要将{what}上报区联席办",
]
CLOCKS = [("", None), ("", None), ("17:00", "17:00"), ("下午5点", "17:00"), ("上午12时", "12:00"), ("24时", None)]
BESIDE = [
    "",
    "到2025年底，每万人口发明专利达到60件。",
    "启动仪式定于4月20日上午9:30举行。",
    "各单位要在4月20日前完成场地布置。",
    "2023年4月12日前成立的企业均可参加。",
]
NAMES = ["周敏", "吴国栋", "欧阳娜", "李 晴", "孙 红 雷", "徐老师", "慕容复"]


@dataclass
class Composed:
    """A notice with the facts that it was made of."""

    text: str
    facts: dict[str, object]


@st.composite
def notices(draw: st.DrawFn) -> Composed:
    pick = lambda values: draw(st.sampled_from(list(values)))  # noqa: E731
    office = pick(OFFICES)
    number = f"{OFFICES[office]}{pick(BRACKETS).format(2025)}{draw(st.integers(1, 120))}号"
    head, about = pick(HEADS), pick(ABOUT)
    first = date(2025, 4, draw(st.integers(18, 26)))
    last = first + timedelta(days=pick([4, 6, 13]))
    theme, (frame, is_given) = pick(WORDS), pick(THEMES)
    asked, due = [], []
    for kind in draw(st.permutations(list(THINGS)))[: draw(st.integers(1, 3))]:
        day = date(2025, 5, draw(st.integers(6, 20))) if kind == "summary" else date(2025, 4, draw(st.integers(7, 17)))
        clock, at = pick(CLOCKS)
        asked.append(pick(ASKED).format(when=f"{pick(['', '2025年'])}{day.month}月{day.day}日{clock}", what=pick(THINGS[kind])))
        due.append((kind, str(day), at))
    if not any(kind == "summary" for kind, _, _ in due):
        days = draw(st.integers(3, 10))
        asked.append(f"并于宣传周活动结束后{days}个工作日内报送总结材料")
        due.append(("summary", str(seeded().add_workdays(last, days)), None))
    names = draw(st.lists(st.sampled_from(NAMES), min_size=1, max_size=2, unique=True))
    phones = [f"027-8{draw(st.integers(100_000, 999_999))}{place}" for place in range(len(names))]
    contacts = pick(
        [
            f"（联系人：{'、'.join(names)}；电话：{'、'.join(phones)}；邮箱：ipzx@example.gov.cn）",
            "联系人：" + "；".join(f"{name}，{phone}" for name, phone in zip(names, phones, strict=True)) + "；邮箱：ipzx@example.gov.cn",
            "\n".join(f"联系人：{name}　联系电话：{phone}" for name, phone in zip(names, phones, strict=True))
            + "\n邮箱：ipzx@example.gov.cn",
        ]
    )
    text = "\n".join(
        [
            head.format(office=office, number=number, about=about),
            "各有关单位：",
            "根据《关于开展2025年全国知识产权宣传周活动的通知》（国知发办字〔2025〕9号）要求，现将有关事项通知如下：",
            pick(WEEKS).format(pick(SPANS).format(a=first, b=last)),
            frame.format(theme),
            "三、工作要求",
            f"各单位要高度重视，精心组织。{pick(BESIDE)}{pick(['。', '；', '，']).join(asked)}。",
            contacts,
            "附件：重点活动安排表.docx",
            office,
            pick(["2025年3月28日", "二〇二五年三月二十八日", "2025 年 3 月 28 日"]),
        ]
    )
    return Composed(
        text,
        {
            "doc_number": re.sub(r".2025.", "〔2025〕", number, count=1),
            "title": (about if head.startswith("{office}文件") else office + about),
            "issuer": office,
            "issue_date": "2025-03-28",
            "starts_on": str(first),
            "ends_on": str(last),
            "theme": theme if is_given else None,
            "deadlines": due,
            "contacts": [name.replace(" ", "") for name in names],
            "phones": phones,
            "fax": None,
            "email": "ipzx@example.gov.cn",
            "annexes": ["重点活动安排表"],
        },
    )


def facts_of(text: str) -> dict[str, object]:
    facts = read_notice(from_text(text)).as_json()
    facts["deadlines"] = [(one["kind"], one["due_on"], one["due_time"]) for one in facts["deadlines"]]
    facts["annexes"] = [one["title"] for one in facts["annexes"]]
    return facts


@settings(max_examples=250, deadline=None)
@given(notices())
def test_every_fact_of_a_composed_notice_comes_back_and_no_other(notice: Composed) -> None:
    facts = facts_of(notice.text)

    assert {name: facts[name] for name in notice.facts} == notice.facts


@settings(max_examples=80, deadline=None)
@given(notices())
def test_blanks_round_figures_and_indents_change_nothing(notice: Composed) -> None:
    lines = notice.text.split("\n")
    loose = ["　　" + (re.sub(r"(?<=[月年日至])(\d+)(?=[月年日])", r" \1 ", line) if "号" not in line else line) for line in lines]

    assert facts_of("\n\n".join(loose)) | {"evidence": None, "notes": None} == facts_of(notice.text) | {"evidence": None, "notes": None}
