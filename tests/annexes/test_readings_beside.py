"""What stands around or beside a cell's text: marks, headings, deadlines of other work, offices. The reading stays as it was."""

from __future__ import annotations

import re

import pytest

from ipweek.annexes.readings import contact, scale, time, venue
from tests.annexes.test_readings import OWN, WEEK, contact_in_short, scale_in_short, time_in_short, venue_in_short

IN_SHORT = {
    "time": lambda text: time_in_short(time.read(text, week=WEEK)),
    "scale": lambda text: scale_in_short(scale.read(text)),
    "contact": lambda text: contact_in_short(contact.read(text)),
    "venue": lambda text: venue_in_short(venue.read(text)),
}
AROUND = ["{}。", "（{}）", "({})", "\n{}\n", " {} "]
HEADINGS = {
    "time": ["活动时间：{}", "“{}”"],
    "scale": ["参与人数：{}", "活动规模：{}"],
    "contact": ["联系人：{}", "{}（请提前联系）"],
    "venue": ["活动地点：{}"],
}


def without_marks(kind, said):
    """A place keeps its own marks, of which those at its edges may be gone."""
    return re.sub(r"[\s。；;：:（）()，,]", "", said) if kind == "venue" else said


@pytest.mark.parametrize("kind", ["time", "scale", "contact", "venue"])
def test_what_is_put_around_a_cell_changes_nothing(kind):
    wrong = []
    for text, expected in OWN[kind].items():
        for around in [*AROUND, *HEADINGS[kind]]:
            said = IN_SHORT[kind](around.format(text))
            if without_marks(kind, said) != without_marks(kind, expected):
                wrong.append((around.format(text), expected, said))

    assert wrong == []


@pytest.mark.parametrize(
    "kind, words",
    [
        ("time", "{}（线下活动）"),
        ("time", "{}，科学会堂"),
        ("scale", "预计{}"),
        ("scale", "{}（暂定）"),
        ("contact", "徐汇区知识产权局 {}"),
        ("contact", "{}，漕宝路650号"),
    ],
)
def test_words_beside_a_cell_that_is_sure_change_nothing(kind, words):
    """Of those that are half typed, or a number alone, the words beside it may say more, or less."""
    sure = {text: said for text, said in OWN[kind].items() if "?" not in said and re.search("[一-鿿]", text) and "nobody" not in said}

    wrong = {text: said for text, said in sure.items() if IN_SHORT[kind](words.format(text)) != said}

    assert wrong == {}


@pytest.mark.parametrize(
    "words",
    [
        "{}（4月10日前报名）",
        "{}，报名截止4月10日",
        "报名截止4月10日；{}",
        "4月10日前完成报名，{}",
        "{}（4月8日至10日网上报名）",
        "{}，请于4月10日17:00前预约",
    ],
)
def test_a_deadline_of_signing_up_beside_a_cell_changes_nothing_or_is_asked_about(words):
    sure = {text: said for text, said in OWN["time"].items() if "?" not in said and "2024-04-" in said}
    later = {text: said for text, said in sure.items() if not re.search("…/|2024-0[1-3]|04-0|04-10", said)}

    wrong = {
        text: said for text in later if "?" not in (said := time_in_short(time.read(words.format(text), week=WEEK))) and said != later[text]
    }

    assert len(later) > 300
    assert wrong == {}


@pytest.mark.parametrize(
    "words", ["华政 {}", "徐汇区 {}", "上大：{}", "高院 {}", "市金监局 {}", "党校 {}", "复旦大学 {}", "区商务委 {}", "{}（华政）"]
)
def test_the_office_of_a_contact_is_nobody_more(words):
    sure = {text: said for text, said in OWN["contact"].items() if not re.search("[?!]", said) and re.match("[一-鿿]", text)}

    wrong = {text: said for text in sure if (said := contact_in_short(contact.read(words.format(text)))) != sure[text]}

    assert len(sure) > 300
    assert wrong == {}


@pytest.mark.parametrize("words", ["{}（含工作人员10人）", "拟邀请{}", "{}，其中专家5人", "约20家企业，{}", "{}，发放资料500份"])
def test_what_is_told_of_other_things_or_of_a_part_changes_no_size(words):
    """Of a number alone, or of people under another name, what stands beside it may say less."""
    sure = {text: said for text, said in OWN["scale"].items() if re.search("[人名位]", text) and not re.search("[?]|unknown|per=", said)}
    plain = {text: said for text, said in sure.items() if not re.search("人数|人群|每家企业", text)}

    wrong = {text: said for text in plain if (said := scale_in_short(scale.read(words.format(text)))) != plain[text]}

    assert len(plain) > 300
    assert wrong == {}
