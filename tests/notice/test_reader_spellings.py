"""Any date in any spelling comes back, and a notice that is damaged in one place keeps its other facts."""

from __future__ import annotations

import itertools
import re
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ipweek.notice.reader import from_text, read_notice

ONES = "〇一二三四五六七八九"


def chinese(number: int) -> str:
    tens, ones = divmod(number, 10)
    return ("" if tens == 0 else "十" if tens == 1 else ONES[tens] + "十") + (ONES[ones] if ones else "")


def years(year: int, zero: str) -> str:
    return "".join(zero if digit == "0" else ONES[int(digit)] for digit in str(year))


def wide(text: str) -> str:
    return re.sub("[0-9]", lambda found: chr(ord(found[0]) + 0xFEE0), text)


SPELLINGS = {
    "plain": lambda d: f"{d.year}年{d.month}月{d.day}日",
    "zero before": lambda d: f"{d.year}年{d.month:02}月{d.day:02}日",
    "blanks": lambda d: f"{d.year} 年 {d.month} 月 {d.day} 日",
    "wide": lambda d: wide(f"{d.year}年{d.month}月{d.day}日"),
    "wide blanks": lambda d: wide(f"{d.year}　年　{d.month}　月　{d.day}　日"),
    **{f"Chinese {zero}": lambda d, zero=zero: f"{years(d.year, zero)}年{chinese(d.month)}月{chinese(d.day)}日" for zero in "〇○OＯ零"},
}
RANGES = {
    "short": lambda a, b, s: (
        f"{a.year}年{a.month}月{a.day}日{s}{b.day}日" if a.month == b.month else f"{a.year}年{a.month}月{a.day}日{s}{b.month}月{b.day}日"
    ),
    "months": lambda a, b, s: f"{a.year}年{a.month}月{a.day}日{s}{b.month}月{b.day}日",
    "years": lambda a, b, s: f"{a.year}年{a.month}月{a.day}日{s}{b.year}年{b.month}月{b.day}日",
    "no year": lambda a, b, s: f"{a.month}月{a.day}日{s}{b.month}月{b.day}日",
    "no first day sign": lambda a, b, s: (
        f"{a.month}月{a.day}{s}{b.day}日" if a.month == b.month else f"{a.month}月{a.day}{s}{b.month}月{b.day}日"
    ),
    "wide": lambda a, b, s: wide(f"{a.month}月{a.day}日{s}{b.month}月{b.day}日"),
    "Chinese": lambda a, b, s: f"{chinese(a.month)}月{chinese(a.day)}日{'至' if s in '-—－' else s}{chinese(b.month)}月{chinese(b.day)}日",
}
DATES = st.dates(date(2001, 1, 1), date(2039, 12, 20))


def notice(*, year: int, week: str = "4月20日至26日", signed: str = "", due: str = "") -> str:
    return f"甲市知识产权局关于开展{year}年知识产权宣传周活动的通知\n各有关单位：\n现将有关事项通知如下。\n一、活动时间\n{week}。\n二、要求\n{due}\n甲市知识产权局\n{signed}"


@settings(max_examples=200, deadline=None)
@given(DATES, st.sampled_from(sorted(SPELLINGS)))
def test_the_date_of_issue_comes_back_in_every_spelling(day: date, spelling: str) -> None:
    facts = read_notice(from_text(notice(year=day.year, signed=SPELLINGS[spelling](day))))

    assert facts.issue_date == day


@settings(max_examples=300, deadline=None)
@given(
    DATES,
    st.integers(1, 40),
    st.sampled_from(sorted(RANGES)),
    st.sampled_from(["至", "到", "-", "—", "－", "～", "~", "——", " 至 ", " - "]),
)
def test_the_week_comes_back_in_every_spelling(first: date, length: int, spelling: str, sign: str) -> None:
    last = min(first + timedelta(days=length), date(first.year, 12, 31))
    if last <= first:
        return

    facts = read_notice(from_text(notice(year=first.year, week=RANGES[spelling](first, last, sign))))

    assert (facts.starts_on, facts.ends_on) == (first, last)


@settings(max_examples=200, deadline=None)
@given(
    DATES,
    st.sampled_from(sorted(SPELLINGS)),
    st.sampled_from(["请于{}前", "请在{}之前", "务必于{}（周五）前", "请于 {} 前"]),
    st.integers(-1, 23),
)
def test_the_due_day_comes_back_in_every_spelling(day: date, spelling: str, around: str, hour: int) -> None:
    due = around.format(SPELLINGS[spelling](day))
    if hour >= 0:
        due = due.replace("前", f"{hour}:30前") if "之前" not in due else due.replace("之前", f"{hour}:30之前")

    facts = read_notice(from_text(notice(year=day.year, due=f"{due}报送重点活动安排表。")))

    assert [(deadline.kind, deadline.due_on) for deadline in facts.deadlines] == [("plan", day)]
    assert facts.deadlines[0].due_time is None if hour < 0 else str(facts.deadlines[0].due_time) == f"{hour:02}:30:00"


REAL = Path(__file__).parents[3] / "shared" / "notice" / "2024-shanghai.txt"
HOLDS = ("doc_number", "title", "issuer", "issue_date", "starts_on", "ends_on", "theme", "contacts", "phones", "fax", "email")


def facts_of(text: str) -> dict[str, Any]:
    facts = read_notice(from_text(text)).as_json()
    facts["deadlines"] = [(one["kind"], one["rule"], one["due_on"]) for one in facts["deadlines"]]
    return {name: facts[name] for name in (*HOLDS, "deadlines", "annexes")}


@pytest.mark.skipif(not REAL.exists(), reason="the real notice is not shipped")
class TestTheRealNoticeDamaged:
    def test_with_one_line_missing_no_fact_becomes_another(self) -> None:
        lines = REAL.read_text(encoding="utf-8").split("\n")
        whole = facts_of("\n".join(lines))

        for missing in range(len(lines)):
            damaged = facts_of("\n".join(lines[:missing] + lines[missing + 1 :]))
            wrong = {name: damaged[name] for name in HOLDS if damaged[name] != whole[name] and damaged[name]}
            lost = [name for name in (*HOLDS, "deadlines") if damaged[name] != whole[name]]

            assert wrong == {}, lines[missing]
            assert len(lost) <= 5, (lines[missing], lost)

    def test_with_doubled_blanks_all_facts_stay(self) -> None:
        text = REAL.read_text(encoding="utf-8")

        assert facts_of(text.replace(" ", "  ").replace("活动规模  (", "活动规模 (")) == facts_of(text)

    def test_with_wide_figures_all_facts_stay(self) -> None:
        text = REAL.read_text(encoding="utf-8")
        damaged = facts_of(wide(text))
        whole = facts_of(text)

        for name in ("doc_number", "issue_date", "starts_on", "ends_on", "theme", "contacts", "phones", "fax", "email", "deadlines"):
            assert damaged[name] == whole[name], name

    def test_with_blank_lines_or_none_all_facts_stay(self) -> None:
        lines = [line for line in REAL.read_text(encoding="utf-8").split("\n") if line.strip()]

        assert facts_of("\n".join(lines)) == facts_of("\r\n\r\n".join(lines)) == facts_of(REAL.read_text(encoding="utf-8"))

    def test_with_two_lines_joined_all_facts_stay(self) -> None:
        lines = REAL.read_text(encoding="utf-8").split("\n")
        whole = facts_of("\n".join(lines))
        filled = [place for place, line in enumerate(lines) if line.strip()]

        for first, second in itertools.pairwise(filled):
            if lines[first].startswith("|") or lines[second].startswith("|"):
                continue
            for between in ("", " "):
                joined = [*lines[:first], lines[first] + between + lines[second], "", *lines[second + 1 :]]
                assert facts_of("\n".join(joined)) == whole, lines[first]

    @pytest.mark.parametrize("width", [24, 28, 30, 34, 40])
    def test_with_lines_cut_at_one_width_all_facts_stay(self, width: int) -> None:
        body, heading, annexes = REAL.read_text(encoding="utf-8").partition("附件 1\n")
        cut = "\n".join(line[at : at + width] for line in body.split("\n") for at in range(0, max(len(line), 1), width))

        assert facts_of(cut + heading + annexes) == facts_of(body + heading + annexes)

    @pytest.mark.parametrize(
        "signs",
        [("，：；（）〔〕“”—", ',:;()[]""-'), (",:;()", "，：；（）"), ("—", "～"), ("。", "．")],
        ids=["half", "wide", "tilde", "dots"],
    )
    def test_with_other_signs_the_facts_stay(self, signs: tuple[str, str]) -> None:
        text = REAL.read_text(encoding="utf-8")
        if signs[0] == "。":
            text = text.replace("26日。", "26日．")
        damaged, whole = facts_of(text.translate(str.maketrans(*signs))), facts_of(text)

        for name in (*HOLDS, "deadlines"):
            assert damaged[name] == whole[name], name

    def test_pasted_without_a_single_line_end_all_facts_of_the_text_stay(self) -> None:
        body, heading, annexes = REAL.read_text(encoding="utf-8").partition("附件 1\n")
        whole = facts_of(body + heading + annexes)

        assert facts_of("".join(line.strip() for line in body.split("\n")) + "\n" + heading + annexes) == whole
