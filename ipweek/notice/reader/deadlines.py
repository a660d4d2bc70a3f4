"""What is to be sent, and by when."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta

from ipweek.notice.calendar import NoCalendar, WorkCalendar, compute
from ipweek.notice.reader.facts import Deadline, Kind, NoticeFacts
from ipweek.notice.reader.lines import Line, tidy
from ipweek.notice.reader.numerals import COUNT, DAY, MONTH, TIME, WEEKDAY, YEAR, made_date, number, read_clock, year
from ipweek.notice.reader.week import SPAN
from ipweek.notice.reader.years import Years

LONGEST = 2_000
"""Characters of one sentence; what is longer is no sentence and is read in pieces."""

_BY = r"(?:之?前|以前|止|截止|为止|之内|内|截稿)"
_LEAD = (
    r"(?:(?:最迟|最晚|务必|务请|统一|一律|分别|请)?(?:于|在|至|到)?"
    r"(?:不(?:晚|迟)于|最迟于?|截至|截止(?:时间|日期|到|至|于|为)?(?:[:为是到至于])?)?)"
)
_DATE = (
    rf"(?:(?:(?P<y>{YEAR})年|(?P<rel>今年|本年度?|明年|次年|翌年|下一?年))?(?:(?P<m>{MONTH})月|(?P<relm>本月|当月|次月|下月))(?:(?P<d>{DAY})[日号]?|(?P<end>底|末)|(?P<third>上旬|中旬|下旬))"
    rf"|(?P<y2>(?:19|20)[0-9]{{2}})[./-](?P<m2>[0-9]{{1,2}})[./-](?P<d2>[0-9]{{1,2}})(?![0-9])"
    rf"|(?P<y3>{YEAR})年(?P<yend>年?底|末)"
    rf"|(?P<yrel>今年|本年|明年)?年底"
    rf"|(?P<week>本周|这周|下周)(?P<wd>[一二三四五六日天])(?:\((?:(?P<wm>{MONTH})月(?P<wday>{DAY})[日号])\))?)"
)
_POINT = re.compile(rf"(?P<lead>{_LEAD})(?P<date>{_DATE})(?P<weekday>{WEEKDAY})?(?P<clock>{TIME})?(?P<by>{_BY})?")
_RECURRING = re.compile(
    rf"每(?:个?月|季度?|周|年|天|日)(?:的?(?:{MONTH}月)?(?:{DAY}[日号]|[一二三四五六日天]|底|末|初|结束))?(?:{WEEKDAY})?(?:之?前|以前|内)?"
)
_UNIT = r"(?:个?(?P<unit>工作日|自然日|日历日|日|天|周|星期|月|小时)(?:之?内|以内|前|里)?)"
_AFTER = re.compile(
    rf"(?P<how>结束|完成|完毕|举办|举行|开展|闭幕|收官|落幕|印发|发布|下发|收到|开始|启动|启幕)(?P<that>[\u4e00-\u9fff《》“”]{{0,8}}?)"
    rf"(?P<side>(?:之日|当日|当天)?(?:之?后|以后|起|前|之?前))?(?:的|,|起)?(?P<n>(?<![0-9]){COUNT})(?P<half>半)?{_UNIT}"
)
_EVENT = re.compile(r"[\u4e00-\u9fffA-Za-z0-9“”·.《》]{0,30}\Z")
_NEXT_DAY = re.compile(
    r"(?P<event>[\u4e00-\u9fff“”]{0,16}?)(?:结束|完成|举办|举行|开展)(?:之?后|以后)?(?:的)?(?P<when>当[日天]|次日|第二天|及时|即时)"
)

_SEND = re.compile(
    r"报(?!道|告会|名单|刊|纸|社|导|废|考|批|备案|警|酬)|提交|递交|送(?!达会)|反馈|寄|发至|发到|发给|发我|发往|传至|传真|电邮|发邮件|邮件发|通过邮箱|上传|上传至|填写|填好|填妥|填表|回复|返回|回传|交至|交到|交我|汇总|"
    r"截止|发送|提供|登记|回执|投稿|申请|汇交|书面(?:告知|回复)|告知我|报名"
)
_POLICY = re.compile(r"(?:力争|争取|到|至|确保|基本|实现|达到|建成|形成|完善|完成.{0,12}建设|落实到位)")

_SUMMARY = r"总结|小结|成效|工作情况|活动情况|开展情况|实施情况|完成情况|落实情况|情况报告|成果|汇报材料|情况汇报|宣传情况|情况"
_PLAN = (
    r"安排表|计划表|活动表|活动安排|重点活动|活动计划|工作计划|活动方案|实施方案|工作方案|活动项目|项目表|活动清单|申报表"
    r"|安排|计划|方案|统计表|信息表|汇总表|一览表|填写|填报|填表"
)
_OTHER = (
    r"回执|报名|联络员|联系人名单|名单|作品|案例|稿件|征文|推荐表"
    r"|照片|图片|视频|需求|海报|口号|申请|新闻|回复|活动信息|宣传信息|工作信息|信息稿"
)
_THING = re.compile(rf"(?P<summary>{_SUMMARY})|(?P<other>{_OTHER})|(?P<plan>{_PLAN})")
_ANNEX_WORD = re.compile(
    r"附(?:件|表)(?P<n>[0-9]{1,2}|[一二三四五六七八九十])?(?P<more>(?:(?:、|和|及|与|至|-)(?:附件)?[0-9一二三四五六七八九十]{1,2})*)"
)
_POSTPONED = re.compile(
    r"遇(?:到)?(?:法定)?(?:节假日|休息日|双休日|公休日|周末|假期)[^,。;]{0,10}(?:顺延|延后|推迟)|节假日顺延|(?:可|依次|相应)?顺延"
)
_OLD = re.compile(r"(?:原定(?:于|为)?|原计划(?:于|为)?|由原?(?:来的?|定的?)?(?:的)?|从(?:原来的?)?)$")
_NEW = re.compile(r"^.{0,10}?(?:调整|改|变更|延长|延期|推迟|顺延|提前|延至|延后)")


@dataclass(frozen=True)
class _Mark:
    """One expression of a due time in a sentence, with the places where it stands."""

    start: int
    end: int
    deadline: Deadline
    needs_sending: bool = True


def read_deadlines(lines: list[Line], years: Years, calendar: WorkCalendar, annex_titles: dict[int, str], facts: NoticeFacts) -> None:
    """Fill in deadlines from the text's *lines*, in the order of the text, each thing once."""
    evidence: list[str] = []
    for line in lines:
        for start, end in _sentences(line.bare):
            for deadline in _in_sentence(line, start, end, _Frame(years, calendar, annex_titles, facts)):
                sentence = line.said(start, end)[:1000]
                if not any(_same(deadline, known) for known in facts.deadlines):
                    facts.deadlines.append(replace(deadline, sentence=sentence))
                    if sentence not in evidence:
                        evidence.append(sentence)
    if evidence:
        facts.evidence["deadlines"] = "\n".join(evidence)[:4000]
    else:
        facts.notes["deadlines"] = "没有找到报送期限。"


def _same(one: Deadline, other: Deadline) -> bool:
    """The same due day for the same thing, told twice."""
    return (
        (one.kind, one.rule, one.due_on, one.annex) == (other.kind, other.rule, other.due_on, other.annex)
        and (one.due_on is not None or one.phrase == other.phrase)
        and (one.due_time == other.due_time or (other.due_time is not None and one.due_time is None))
    )


def _sentences(text: str) -> Iterator[tuple[int, int]]:
    start = 0
    for found in re.finditer(r"[。!?]|$", text):
        while found.end() - start > LONGEST:
            yield start, start + LONGEST
            start += LONGEST
        yield start, found.end()
        start = found.end()


@dataclass(frozen=True)
class _Frame:
    """What else of the notice bears on its deadlines."""

    years: Years
    calendar: WorkCalendar
    annex_titles: dict[int, str]
    facts: NoticeFacts


def _in_sentence(line: Line, start: int, end: int, frame: _Frame) -> Iterator[Deadline]:
    years, calendar, facts = frame.years, frame.calendar, frame.facts
    text = line.bare[start:end]
    if len(text) < 6:
        return
    marks = sorted(
        [*_relative(text, facts, calendar), *_recurring(text), *_windows(text, years), *_points(text, years, facts)],
        key=lambda m: (m.start, -m.end),
    )
    kept: list[_Mark] = []
    for mark in marks:
        if kept and mark.start < kept[-1].end:
            if mark.end - mark.start > kept[-1].end - kept[-1].start and not kept[-1].deadline.rule and not kept[-1].deadline.note:
                kept[-1] = mark
            continue
        kept.append(mark)
    postponed = _POSTPONED.search(text)
    for place, mark in enumerate(kept):
        left = kept[place - 1].end if place else 0
        right = kept[place + 1].start if place + 1 < len(kept) else len(text)
        if mark.needs_sending and not _is_sent(text, left, right, mark):
            continue
        kind, annex = _what(
            text,
            left,
            right,
            mark,
            frame.annex_titles,
            earlier=line.bare[max(0, start + left - 120) : start + left],
            later=line.bare[start + right : start + right + 60],
            last=place + 1 == len(kept),
        )
        deadline = replace(mark.deadline, phrase=tidy(line.said(start + mark.start, start + mark.end))[:300], kind=kind, annex=annex)
        yield _postponed(deadline, calendar) if postponed else deadline


# --- what the expressions are ---


def _points(text: str, years: Years, facts: NoticeFacts) -> Iterator[_Mark]:
    """Dates that something is due by: 于4月12日前, 截止时间为4月12日17:00, 4月底前, 请于4月12日报送."""
    for found in _POINT.finditer(text):
        if _is_old(text, found.start("date"), found.end()):
            continue
        before, after = text[max(0, found.start() - 14) : found.start("date")], text[found.end() : found.end() + 12]
        if before.count("《") > before.count("》"):
            continue
        is_bounded = bool(found["by"]) or bool(
            re.search(r"截止|截至|最迟|最晚|不晚于|不迟于|(?:调整|改|变更|延长|延期|推迟|顺延|提前|延)(?:为|至|到)", before)
        )
        if not is_bounded and (
            not re.search(r"(?:请|须|需|应|务必|务请|统一|单位|部门|办公室|区局?|材料|表|总结|情况|将其?)(?:于|在)$", before)
            or re.match(r"(?:起|开始|-|~|至|到|上午|下午|[^,。;]{0,3}(?:举办|举行|召开|开展|参加|到))", after)
        ):
            continue
        day, note = _day_of(found, years)
        clock = read_clock(found) if found["clock"] else None
        if clock and clock.note:
            note = (note + clock.note).strip()
        if day and facts.issue_date and day < facts.issue_date:
            note += "早于发文日期，请核对。"
        if found["weekday"] and day:
            note += _weekday_note(found["weekday"], day)
        due_time = clock.at if clock else None
        yield _Mark(found.start(), found.end(), Deadline("other", "", None, day, due_time, note))


def _weekday_note(named: str, day: date) -> str:
    letter = re.sub(r"[()星期周礼拜]", "", named)
    if letter and "一二三四五六日".find(letter.replace("天", "日")) != day.weekday():
        return f"原文写星期{letter}，这一天其实是星期{'一二三四五六日'[day.weekday()]}。"
    return ""


def _day_of(found: re.Match[str], years: Years) -> tuple[date | None, str]:  # noqa: C901 - one way for each form of a date
    """The day that a point names, or None with the reason."""
    missing = "没有写年份，标题和落款也没有年份。"
    issued = years.issued_on
    if found["week"]:
        if found["wm"]:
            return years.dated(number(found["wm"]), number(found["wday"]), is_due=True), ""
        if issued is None:
            return None, "按发文那一周推算，但没有发文日期。"
        offset = "一二三四五六日".find(found["wd"].replace("天", "日")) + (7 if found["week"] == "下周" else 0)
        return issued - timedelta(days=issued.weekday()) + timedelta(days=offset), "按发文日期所在的周推算。"
    if found["y2"]:
        day = made_date(int(found["y2"]), int(found["m2"]), int(found["d2"]))
        return day, "" if day else "没有这一天，请核对。"
    if found["y3"] or "年底" in found["date"]:
        base = year(found["y3"]) if found["y3"] else (years.issued_in or years.of_week)
        return (date(base, 12, 31), "") if base else (None, missing)
    if found["relm"]:
        if issued is None:
            return None, "按发文的月份推算，但没有发文日期。"
        months = issued.year * 12 + issued.month - 1 + (found["relm"] in ("次月", "下月"))
        base_year, month = months // 12, months % 12 + 1
    else:
        month = number(found["m"])
        base_year = year(found["y"]) if found["y"] else 0
        if not base_year and found["rel"] and years.issued_in:
            base_year = years.issued_in + (found["rel"] not in ("今年", "本年", "本年度"))
    if found["third"]:
        return None, f"只写到{found['third']}，没有具体日期。"
    if not base_year:
        probe = years.dated(month, 1 if found["end"] else number(found["d"]), is_due=True)
        if found["end"] and probe and issued and probe.year == issued.year and month < issued.month - 3:
            probe = probe.replace(year=probe.year + 1)
        if probe is None:
            return None, missing if years.of_week is None and years.issued_in is None else "没有这一天，请核对。"
        base_year = probe.year
    if found["end"]:
        first = date(base_year, month, 28) + timedelta(days=4)
        return first - timedelta(days=first.day), ""
    day = made_date(base_year, month, number(found["d"]))
    return day, "" if day else "没有这一天，请核对。"


def _is_old(text: str, start: int, end: int) -> bool:
    """Whether the date is the one that another replaces: 由4月12日延长至4月19日."""
    before = text[max(0, start - 10) : start]
    if re.search(r"原(?:定|计划)(?:于|在|为)?$", before) and re.search(r"调整|改[为到至]|变更|延|推迟|顺延|提前", text[end:]):
        return True
    return bool(_OLD.search(before) and _NEW.match(text[end : end + 20]))


def _windows(text: str, years: Years) -> Iterator[_Mark]:
    """Windows to send in: 4月8日至12日报送; the last day is the due day."""
    for found in SPAN.finditer(text):
        after = text[found.end() : found.end() + 40]
        before = text[max(0, found.start() - 20) : found.start()]
        bounded = re.search(
            r"(?:报送|报名|提交|填报|上报|申报|受理|征集|截止|投稿)(?:的)?(?:时间|日期|期限)?(?:为|是|:|自|从|于|在)*$", before
        )
        if not bounded and not re.match(
            r"(?:期间|之?间|内|止|前)?,?(?:请|各[^,。;]{0,12})?(?:将|把|及时|统一|集中)?[^,。;]{0,30}?(?:报送|上报|提交|报至|报我|报名|填报|发送|发至|反馈|报市|报区)",
            after,
        ):
            continue
        if re.search(r"(?:活动|举办|宣传周?|集中宣传)(?:的)?时间[:为是]?$", before):
            continue
        end_months = found["m2"] or found["m"]
        if found["m"] is None:
            continue
        first = (
            made_date(year(found["y"]), number(found["m"]), number(found["d"]))
            if found["y"]
            else years.dated(number(found["m"]), number(found["d"]), is_due=True)
        )
        if first is None:
            yield _Mark(found.start(), found.end(), Deadline("other", "", None, None, None, "没有写年份，标题和落款也没有年份。"))
            continue
        months = number(end_months)
        last = made_date(year(found["y2"]) if found["y2"] else first.year + (months < first.month), months, number(found["d2"]))
        tail = re.match(r"(?:期间|之?间|内|止|前)", after)
        note = f"报送时段，自{first.month}月{first.day}日起。" if last else "没有这一天，请核对。"
        yield _Mark(found.start(), found.end() + (tail.end() if tail else 0), Deadline("other", "", None, last, None, note))


def _recurring(text: str) -> Iterator[_Mark]:
    for found in _RECURRING.finditer(text):
        if found[0] in ("每年", "每天", "每日", "每周", "每月", "每个月", "每季度", "每季") and not _SEND.search(
            text[found.end() : found.end() + 16]
        ):
            continue
        if found[0].startswith("每年") and not found[0].endswith(("前", "内")):
            continue
        yield _Mark(found.start(), found.end(), Deadline("other", "", None, None, None, "按期重复报送，没有单一的截止日期。"))


def _relative(text: str, facts: NoticeFacts, calendar: WorkCalendar) -> Iterator[_Mark]:
    """So many days after an event: 宣传周活动结束后5个工作日内, 活动开始前3个工作日, 收到通知后两周内."""
    for found in _AFTER.finditer(text):
        side = found["side"] or ""
        how, unit, named = found["how"], found["unit"], _EVENT.search(text, max(0, found.start() - 30), found.start())
        event_words = named[0] if named else ""
        event = event_words + found["that"]
        is_before = side.endswith("前")
        if not is_before and not side and how not in ("结束", "完成", "闭幕", "收官", "落幕", "完毕"):
            continue
        if unit == "小时":
            yield _Mark(found.start(), found.end(), Deadline("other", "", None, None, None, "按每项活动各自计算，没有统一日期。"))
            continue
        start = found.start() - len(event_words) + _event_start(event_words)
        anchor = _anchor(
            event, how, text[max(0, found.start() - len(event_words) - 8) : found.start()] + found["that"], is_before=is_before
        )
        if anchor is None:
            note = "从收到通知之日起算，各单位不同，没有统一日期。" if how == "收到" else "按每项活动各自计算，没有统一日期。"
            yield _Mark(start, found.end(), Deadline("other", "", None, None, None, note))
            continue
        count = number(found["n"])
        word = {"工作日": "working day", "周": "week", "星期": "week", "月": "month"}.get(unit, "day")
        rule = f"{count} {word}{'s' if count != 1 else ''} {'before' if is_before else 'after'} {anchor}"
        yield _Mark(start, found.end(), Deadline("other", "", rule, *_computed(rule, facts, calendar)))
    for found in _NEXT_DAY.finditer(text):
        if found["when"] in ("及时", "即时"):
            continue
        yield _Mark(found.start(), found.end(), Deadline("other", "", None, None, None, "按每项活动各自计算，没有统一日期。"))


def _computed(rule: str, facts: NoticeFacts, calendar: WorkCalendar) -> tuple[date | None, None, str]:
    try:
        due_on = compute(rule, facts.starts_on, facts.ends_on, calendar, issue_date=facts.issue_date)
    except NoCalendar as missing:
        return None, None, str(missing)
    return due_on, None, "" if due_on else "推算要用的日期通知里没有。"


def _event_start(event: str) -> int:
    """Where the event's own words begin in what stands before it: after 请于, 总结请在 and the like."""
    cuts = [match.end() for match in re.finditer(r"(?:请|须|需|应|并|务必)?(?:于|在)|请|将|各(?:区|单位|部门|地)|总结|情况", event)]
    return max((cut for cut in cuts if cut < len(event)), default=0)


_EACH = re.compile(
    r"每(?:场|项|次|个|期)|各(?:项|场|类|单项)|单项|该(?:项|场)|具体活动|重点活动|相关活动|有关活动|启动仪式|培训|讲座|论坛|会议|当[日天]"
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
    return "starts_on" if is_before or how in ("开始", "启动", "启幕") else "ends_on"


# --- what is sent ---


def _is_sent(text: str, left: int, right: int, mark: _Mark) -> bool:
    """Whether the clause asks for something to be sent, and is no aim of policy (2025年底前建成…)."""
    after = text[mark.end : right]
    clause = re.split(r"[;]", after)[0][:120]
    before = re.split(r"[;]", text[left : mark.start])[-1][-60:]
    if re.match(r"(?:[^,;]{0,12})?(?:基本|力争|实现|达到|建成|形成|建立|落实|开展|举办|组织|召开|张贴|布置)", clause) and not re.search(
        r"报送|提交|上报|报至|报我|发至|发送", clause
    ):
        return False
    if re.search(r"截止(?:时间|日期)|报送时限", text[mark.start : mark.end]):
        return True
    if len(after) <= 20 and text[right:] and not re.search(r"[;。]", after) and _SEND.search(re.split(r"[;。]", text[right:])[0]):
        return True  # one verb at the end for several things: 附件1于4月10日前、附件2于4月12日前报送
    if _SEND.search(clause) or re.search(r"截止|报名|报送|提交|申报|征集|反馈|填报|上报", before):
        return True
    return bool(re.search(r"(?:请|须|将)", before) and _SEND.search(before))


def _what(
    text: str, left: int, right: int, mark: _Mark, annex_titles: dict[int, str], *, earlier: str, later: str, last: bool
) -> tuple[Kind, int | None]:
    """The kind of thing, and the annex if one is named: from the words after the date, else those before it.

    Where only 材料 or nothing is said, it is what the paragraph spoke of last (*earlier*), or speaks of next (*later*).
    """
    after = re.split(r"[;。]", text[mark.end : right])[0]
    before = re.split(r"[;。]", text[left : mark.start])[-1]
    if not last and "," in after:
        after = after[: after.rfind(",")] if not re.search(r"报|送|提交|发", after[after.rfind(",") :]) else after
    clauses = [_object_clause(after), _near_before(before)]
    if not last and not _SEND.search(after):
        clauses.reverse()
    for clause in clauses:
        annexes = [(_number(found["n"]), found["more"]) for found in _ANNEX_WORD.finditer(clause) if found["n"]]
        kind = _kind(clause, [n for n, _ in annexes], annex_titles)
        if kind:
            single = annexes[0][0] if len(annexes) == 1 and not annexes[0][1] else None
            return kind, single
    return _kind(earlier, [], {}) or _kind(later, [], {}) or "other", None


def _object_clause(after: str) -> str:
    """The words behind a date that can name what is sent; a new subject with its own date is not among them."""
    return after[:120]


def _near_before(before: str) -> str:
    """The words before a date that can name what is sent: its own clause, and the one before it."""
    return ",".join(before.split(",")[-2:])[-80:]


def _number(text: str) -> int:
    return number(text)


def _kind(clause: str, annexes: list[int], annex_titles: dict[int, str]) -> Kind | None:
    for annex in annexes:
        if title := annex_titles.get(annex):
            clause = f"{clause} {title}"
    found = {name: match.start() for match in _THING.finditer(clause) for name, value in match.groupdict().items() if value}
    if "summary" in found and not re.search(r"总结(?:推广|经验|梳理)", clause):
        return "summary"
    if "plan" in found and ("other" not in found or re.search(r"安排表|计划表|活动表|重点活动|活动安排|活动计划|活动方案|项目表", clause)):
        return "plan"
    if "other" in found:
        return "other"
    return "plan" if annexes else None


def _postponed(deadline: Deadline, calendar: WorkCalendar) -> Deadline:
    """The deadline moved to the next working day where it falls on a rest day and the text says 遇节假日顺延."""
    if deadline.due_on is None:
        return replace(deadline, note=(deadline.note + "遇节假日顺延。"))
    try:
        moved = calendar.next_workday(deadline.due_on)
    except NoCalendar as missing:
        return replace(deadline, note=f"{deadline.note}遇节假日顺延；{missing}")
    if moved == deadline.due_on:
        return replace(deadline, note=deadline.note + "遇节假日顺延。")
    return replace(deadline, due_on=moved, note=f"{deadline.note}遇节假日顺延，原为{deadline.due_on.month}月{deadline.due_on.day}日。")
