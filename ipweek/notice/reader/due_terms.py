"""Terms that count from an event (结束后5个工作日内), and what is sent again and again (每月7日前)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from ipweek.notice.calendar import NoCalendar, WorkCalendar, compute
from ipweek.notice.reader.due_dates import Mark
from ipweek.notice.reader.due_things import SEND
from ipweek.notice.reader.facts import Deadline, NoticeFacts
from ipweek.notice.reader.numerals import COUNT, DAY, MONTH, WEEKDAY, number
from ipweek.notice.reader.years import Years

EACH_ITS_OWN = "按每项活动各自计算，没有统一日期。"

_RECURRING = re.compile(
    rf"每(?:个?月|季度?|周|年|天|日)(?:的?(?:{MONTH}月)?(?:{DAY}[日号]|[一二三四五六日天]|底|末|初|结束))?(?:{WEEKDAY})?(?:之?前|以前|内)?"
)
_UNIT = r"(?:个?(?P<unit>工作日|自然日|日历日|日|天|周|星期|(?<=个)月|小时)(?:之?内|以内|前|里)?)"
_AFTER = re.compile(
    rf"(?P<how>结束|完成|完毕|举办|举行|开展|闭幕|收官|落幕|印发|发布|下发|收到|开始|启动|启幕|(?:宣传|活动)[周月](?=之?[前后]|以[前后])|活动(?=之?后|以后))(?P<that>(?:(?![于在将])[\u4e00-\u9fff《》“”]){{0,8}}?)"
    rf"(?P<side>(?:之日|当日|当天)?(?:之?后|以后|起|前|之?前))?(?:的|,|起)?(?:(?<=后,)[^。;,0-9]{{1,24}}?(?:,|于|在)(?:于|在)?)?"
    rf"\(?(?P<n>(?<![0-9]){COUNT})(?P<half>半)?{_UNIT}"
)
_AFTER_DAY = re.compile(
    rf"(?P<m>{MONTH})月(?P<d>{DAY})[日号](?:“?世界知识产权日”?)?(?:活动)?(?:结束)?(?:之?后|以后|起)的?(?P<n>(?<![0-9]){COUNT}){_UNIT}"
)
_LENGTHENED = re.compile(rf"^(?:延长|调整|变更|改|延|放宽)(?:至|为|到)(?:[^,。;0-9]{{0,10}}后)?(?P<n>(?<![0-9]){COUNT}){_UNIT}")
_HOLIDAY = (
    r"(?:元旦|春节|清明节?|“?五一”?|(?:国际)?劳动节|端午节?|中秋节?|国庆节?)(?:国际劳动节)?(?:小?长?假期?|假日|节日)?"
    r"|小?长假|(?<![暑寒休请])假期"
)
_BY_HOLIDAY = re.compile(
    rf"(?:{_HOLIDAY}|(?<![一-鿿])节|(?<=[于在])节)(?:结束)?之?(?:前(?!后)|后)(?:的?第?{COUNT}个?(?:工作日|自然日|天|日|周|星期)(?:之?内|以内)?)?"
)
_OF_HOLIDAY = re.compile(rf"(?:{_HOLIDAY})$")
_FROM_NOW = re.compile(rf"(?:自|从)?即日起的?,?(?P<n>(?<![0-9]){COUNT}){_UNIT}")
_ENDING = ("结束", "完成", "闭幕", "收官", "落幕", "完毕")
_EVENT = re.compile(r"[\u4e00-\u9fffA-Za-z0-9“”·.《》]{0,30}\Z")
_AHEAD = re.compile(
    rf"(?:(?:活动|会议|仪式|讲座|培训|参观)(?:举办|举行|开始|开展)?(?:之?前|的前)(?:至少)?|(?:须|应|请|需|至少|务必)(?:至少)?提前)(?P<n>{COUNT}){_UNIT}(?=[^,。;]{{0,30}}(?:报|提交|备案|告知|送))"
)
_NEXT_DAY = re.compile(
    r"(?P<event>[\u4e00-\u9fff“”]{0,16}?)(?:结束|完成|举办|举行|开展)(?:之?后|以后)?(?:的)?(?P<when>当[日天]|次日|第二天|及时|即时)"
)


def recurring(text: str) -> Iterator[Mark]:
    for found in _RECURRING.finditer(text):
        if found[0] in ("每年", "每天", "每日", "每周", "每月", "每个月", "每季度", "每季") and not SEND.search(
            re.split("[;。]", text[found.end() : found.end() + 40])[0]
        ):
            continue
        if found[0].startswith("每年") and not found[0].endswith(("前", "内")):
            continue
        yield Mark(found.start(), found.end(), Deadline("other", "", None, None, None, "按期重复报送，没有单一的截止日期。"), recurs=True)


def relative(text: str, years: Years, facts: NoticeFacts, calendar: WorkCalendar) -> Iterator[Mark]:
    """So many days after an event or a day: 宣传周活动结束后5个工作日内, 收到通知后两周内, 4月26日后5个工作日内, 即日起10日内."""
    for found in _BY_HOLIDAY.finditer(text):
        yield Mark(found.start(), found.end(), Deadline("other", "", None, None, None, "按假期推算，请对照放假安排填写日期。"))
    yield from _after_events(text, facts, calendar)
    yield from _after_days(text, years, facts, calendar)
    for found in _FROM_NOW.finditer(text):
        if found["unit"] != "小时":
            rule = _rule(number(found["n"]), found["unit"], "after", "issue_date")
            yield Mark(found.start(), found.end(), Deadline("other", "", rule, *_computed(rule, facts, calendar)))
    for found in _AHEAD.finditer(text):
        yield Mark(found.start(), found.end(), Deadline("other", "", None, None, None, EACH_ITS_OWN), needs_sending=False, recurs=True)
    for found in _NEXT_DAY.finditer(text):
        if found["when"] in ("及时", "即时"):
            continue
        yield Mark(
            found.start() + _event_start(found["event"]),
            found.end(),
            Deadline("other", "", None, None, None, EACH_ITS_OWN),
        )


def _after_events(text: str, facts: NoticeFacts, calendar: WorkCalendar) -> Iterator[Mark]:
    for found in _AFTER.finditer(text):
        side = found["side"] or ""
        how, unit, named = found["how"], found["unit"], _EVENT.search(text, max(0, found.start() - 30), found.start())
        event_words = named[0] if named else ""
        event = event_words + found["that"]
        is_before = side.endswith("前")
        if (not is_before and not side and how not in _ENDING) or _OF_HOLIDAY.search(event_words):
            continue
        if unit == "小时":
            yield Mark(found.start(), found.end(), Deadline("other", "", None, None, None, EACH_ITS_OWN))
            continue
        start = found.start() - len(event_words) + _event_start(event_words)
        anchor = _anchor(event, how, _around(text, found.start(), len(event_words)) + found["that"], is_before=is_before)
        if anchor is None:
            note = "从收到通知之日起算，各单位不同，没有统一日期。" if how == "收到" else EACH_ITS_OWN
            yield Mark(start, found.end(), Deadline("other", "", None, None, None, note))
            continue
        end = found.end()
        if longer := _LENGTHENED.match(text[end : end + 40]):
            count, unit, end = number(longer["n"]), longer["unit"], end + longer.end()
        else:
            count = number(found["n"])
        rule = _rule(count, unit, "before" if is_before else "after", anchor)
        yield Mark(start, end, Deadline("other", "", rule, *_computed(rule, facts, calendar)))


def _after_days(text: str, years: Years, facts: NoticeFacts, calendar: WorkCalendar) -> Iterator[Mark]:
    for found in _AFTER_DAY.finditer(text):
        day = years.dated(number(found["m"]), number(found["d"]))
        anchor = "ends_on" if day == facts.ends_on else "starts_on" if day == facts.starts_on else ""
        rule = _rule(number(found["n"]), found["unit"], "after", anchor or "issue_date")
        if day is None or found["unit"] == "小时":
            continue
        if anchor:
            yield Mark(found.start(), found.end(), Deadline("other", "", rule, *_computed(rule, facts, calendar)))
        else:
            due_on, _, note = _computed(rule, replace(facts, issue_date=day), calendar)
            yield Mark(found.start(), found.end(), Deadline("other", "", None, due_on, None, note or f"自{day.month}月{day.day}日起算。"))


def _rule(count: int, unit: str, side: str, anchor: str) -> str:
    word = {"工作日": "working day", "周": "week", "星期": "week", "月": "month"}.get(unit, "day")
    return f"{count} {word}{'s' if count != 1 else ''} {side} {anchor}"


def _around(text: str, at: int, words: int) -> str:
    """The event's words and what stands right before them in the same clause, or, where the clause is only those, in the one before."""
    before = text[max(0, at - words - 8) : at - words]
    clause = re.split(r"[,;。:]", before)[-1]
    return (clause if words else before) + text[at - words : at]


def _computed(rule: str, facts: NoticeFacts, calendar: WorkCalendar) -> tuple[date | None, None, str]:
    try:
        due_on = compute(rule, facts.starts_on, facts.ends_on, calendar, issue_date=facts.issue_date)
    except NoCalendar as missing:
        return None, None, str(missing)
    return due_on, None, "" if due_on else "推算要用的日期通知里没有。"


_BEFORE_EVENT = re.compile(
    r"^[0-9]{1,2}[.、]|(?:请|须|需|应|并|务必)?(?:于|在)|请|将|各(?:区|单位|部门|地)|总结|情况|(?:时间|期限|时限|日期)(?:为|是)?"
)


def _event_start(event: str) -> int:
    """Where the event's own words begin in what stands before it: after 请于, 总结请在, a number of the paragraph and the like."""
    cuts = [match.end() for match in _BEFORE_EVENT.finditer(event)]
    return max((cut for cut in cuts if cut < len(event)), default=0)


_EACH = re.compile(
    r"每(?:场|项|次|个|期)|各(?:项|场|类|单项)|单项|该(?:项|场)|具体活动|重点活动|相关活动|有关活动|启动仪式|培训|讲座|论坛|会议|行动|检查|比赛|竞赛|评选|展览|公示|直播|演练|当[日天]|(?:准备|筹备|动员|自查|报名|征集|申报|评选|初审)(?:阶段|期)"
)


def _anchor(event: str, how: str, around: str, *, is_before: bool) -> str | None:
    """The day that a term counts from: the week's ends, the notice itself, or None for what is each unit's own."""
    if how == "收到":
        return None
    if how in ("印发", "发布", "下发"):
        return "issue_date" if re.search(r"通知|文件|本|^$|自", around) else None
    if _EACH.search(around):
        return None
    if how in ("举办", "举行", "开展") and not re.search(r"宣传周|活动周|宣传月|周活动", around):
        return None
    if is_before and how in _ENDING:
        return "ends_on"
    return "starts_on" if is_before or how in ("开始", "启动", "启幕") else "ends_on"
