"""Days that something is due by: named ones (于4月12日前), and windows to send in (4月8日至12日报送)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from ipweek.notice.reader.facts import Deadline, NoticeFacts
from ipweek.notice.reader.numerals import DAY, MONTH, TIME, WEEKDAY, YEAR, made_date, number, read_clock, year
from ipweek.notice.reader.spans import SPAN, span_days
from ipweek.notice.reader.years import Years

_BY = r"(?:之?前(?![后往期夕])|以前|止|截止|为止|之内|内|截稿)"
_LEAD = (
    r"(?:(?:最迟|最晚|至迟|至晚|务必|务请|统一|一律|分别|请)?(?:于|在|至|到)?"
    r"(?:不(?:晚|迟)于|最迟于?|至迟于?|截至|截止(?:时间|日期|到|至|于|为)?(?:[:为是到至于])?)?)"
)
TIME_AHEAD = r"(?:上午|下午|晚上?)?[0-9]{1,2}(?:时|点|:[0-9]{2})(?:半|[0-9]{1,2}分)?|(?:下午)?下班"
_DATE = (
    rf"(?:(?:(?P<y>{YEAR})年|(?P<rel>今年|本年度?|明年|次年|翌年|下一?年))?"
    rf"(?:(?P<m>{MONTH})月|(?P<relm>本月|当月|次月|下月|(?<![0-9一二三四五六七八九十每个当本次下])月(?=[底末])))"
    rf"(?:(?P<d>{DAY})[日号]?|(?P<end>底|末)|(?P<third>上旬|中旬|下旬|第[一二三四五]周))"
    rf"|(?<![0-9])(?P<y2>(?:19|20)[0-9]{{2}})(?:[./-](?P<m2>[0-9]{{1,2}})[./-](?P<d2>[0-9]{{1,2}})|(?P<m7>0[1-9]|1[0-2])(?P<d7>[0-3][0-9]))(?![0-9])"
    rf"|(?<![0-9.])(?P<m8>1[0-2]|[1-9])[./](?P<d8>[0-3]?[0-9])(?=日?(?:{WEEKDAY})?(?:{TIME_AHEAD})?(?:之?前(?![后往期夕])|以前))"
    rf"|(?P<y3>{YEAR})年(?P<yend>年?底|末)"
    rf"|(?P<yrel>今年|本年|明年)?年底"
    rf"|(?P<week>本周|这周|下周)(?P<wd>[一二三四五六日天])(?:\((?:(?P<wm>{MONTH})月(?P<wday>{DAY})[日号])\))?)"
)
_POINT = re.compile(
    rf"(?P<lead>{_LEAD})(?P<date>{_DATE})(?P<weekday>{WEEKDAY})?(?:\([^()0-9]{{1,8}}\)(?={_BY}))? ?(?P<clock>{TIME})?(?P<by>{_BY})?"
)
_BOUND_BEFORE = re.compile(
    r"截[止稿]|截至|最迟|最晚|至迟|至晚|不晚于|不迟于|即日起(?:至|到|-|~)$|(?:期限|时限|时间(?:节点|要求)|(?:报送|提交|上报|反馈|交稿|完成)(?:时间|日期))(?:[:为是]|定于|定为)*$|仍[为是于]$|(?:期限|时限|时间|日期)不变\($"
    r"|(?:调整|改|变更|延长|延期|推迟|顺延|提前|延)(?:为|至|到)"
)
_BOUND_AFTER = re.compile(r"^(?:\([^()]{1,12}\))?(?:为|是|作为)[^,。;]{0,16}(?:截止|截稿|截报|最后|最终)(?:日|时间|期限|一[天日])")
_AND = re.compile(r"^(?:、|和|及|与|以及|,)(?:于|在)?$")
_CLOCK_BEHIND = re.compile(rf"^\((?:{WEEKDAY},?)?{TIME}(?:之?前|止|截止)?\)")
_OLD = re.compile(r"(?:原定(?:于|为)?|原计划(?:于|为)?|由原?(?:来的?|定的?)?(?:的)?|从(?:原来的?)?)$")
_NEW = re.compile(r"^.{0,10}?(?:调整|改|变更|延长|延期|推迟|顺延|提前|延至|延后)")


@dataclass(frozen=True)
class Mark:
    """One expression of a due time in a sentence, with the places where it stands."""

    start: int
    end: int
    deadline: Deadline
    needs_sending: bool = True
    recurs: bool = False


def points(text: str, years: Years, facts: NoticeFacts) -> Iterator[Mark]:
    """Dates that something is due by: 于4月12日前, 截止时间为4月12日17:00, 4月底前, 请于4月12日报送."""
    every = list(_POINT.finditer(text))
    bounded = _bounded(text, every)
    week = [span.span() for span in SPAN.finditer(text) if _is_week(span, years, facts)]
    for place, found in enumerate(every):
        if _is_old(text, found.start("date"), found.end()) or any(start <= found.start("date") < end for start, end in week):
            continue
        before, after = text[max(0, found.start() - 14) : found.start("date")], text[found.end() : found.end() + 12]
        if before.count("《") > before.count("》") or _SO_FAR.match(text[found.start() : found.end() + 20]):
            continue
        is_sent_on = before.endswith(("于", "在")) and re.match(r"(?:前)?(?:统一|集中|一并)?(?:报(?!道)|送|提交|发至|反馈|寄)", after)
        if (
            not bounded[place]
            and not is_sent_on
            and (
                not re.search(r"(?:请|须|需|应|务必|务请|统一|单位|部门|办公室|区局?|材料|表|总结|情况|将其)(?:于|在)$", before)
                or re.match(r"(?:起|开始|-|~|至|到|上午|下午|[^,。;]{0,3}(?:举办|举行|召开|开展|参加|到))", after)
            )
        ):
            continue
        day, note = _day_of(found, years)
        clock = read_clock(found) if found["clock"] else None
        if (clock is None or clock.at is None) and (behind := _CLOCK_BEHIND.match(text[found.end() :])):
            clock = read_clock(behind)  # 4月3日下班前（17:00）
        if clock and clock.note:
            note = (note + clock.note).strip()
        if day and facts.issue_date and day < facts.issue_date:
            note += "早于发文日期，请核对。"
        if found["weekday"] and day:
            note += _weekday_note(found["weekday"], day)
        due_time = clock.at if clock else None
        yield Mark(found.start(), found.end(), Deadline("other", "", None, day, due_time, note))


def _is_week(span: re.Match[str], years: Years, facts: NoticeFacts) -> bool:
    return facts.starts_on is not None and span_days(span, years) == (facts.starts_on, facts.ends_on)


_DAY_ONLY = re.compile(
    rf"(?:^|(?<=[,、;:和及于在门位区处室校各]))(?P<d>{DAY})[日号](?P<weekday>{WEEKDAY})?(?P<clock>{TIME})?(?:之?前(?![后往期夕])|以前)"
)


def days_alone(text: str, years: Years) -> Iterator[Mark]:
    """Days whose month stands before in the sentence: 4月10日前报送计划，12日前报送名单; 本月25日前报送计划，30日前报送名单."""
    named = [found for found in _POINT.finditer(text) if found["m"] or found["relm"]]
    ahead = 0  # how many of them end before the day in hand
    for found in _DAY_ONLY.finditer(text):
        while ahead < len(named) and named[ahead].end() <= found.start():
            ahead += 1
        is_named = ahead < len(named) and named[ahead].start() <= found.start()
        if not ahead or is_named or found.start() - named[ahead - 1].end() > 80:
            continue
        day, note = _day_of_same_month(named[ahead - 1], number(found["d"]), years)
        clock = read_clock(found) if found["clock"] else None
        if day and found["weekday"]:
            note = _weekday_note(found["weekday"], day)
        yield Mark(found.start(), found.end(), Deadline("other", "", None, day, clock.at if clock else None, note))


def _day_of_same_month(before: re.Match[str], days: int, years: Years) -> tuple[date | None, str]:
    """Day *days* of the month that the point *before* names, or None with the reason.

    A day that lies before that limit may be one of the month after it (4月底前报送计划，8日前报送名单), so it is left open.
    """
    point, why = _day_of(before, years)
    if before["relm"]:
        if years.issued_on is None:
            return None, why
        day = made_date(*_month_from_issue(before["relm"], years.issued_on), days)
    elif before["y"]:
        day = made_date(year(before["y"]), number(before["m"]), days)
    else:
        day = years.dated(number(before["m"]), days, is_due=True)
    if day is None:
        return None, "没有这一天，请核对。"
    if before["by"] and point is not None and day < point:
        return None, f"没有写月份，是{day.month}月{day.day}日还是下一个月，请核对。"
    return day, ""


def _month_from_issue(word: str, issued: date) -> tuple[int, int]:
    """The year and month of 本月, 当月 and the like, or of 次月 and 下月, in a notice *issued* on that day."""
    months = issued.year * 12 + issued.month - 1 + (word in ("次月", "下月"))
    return months // 12, months % 12 + 1


def _bounded(text: str, every: list[re.Match[str]]) -> list[bool]:
    """For each date whether the text makes it a limit; in 4月3日、4月12日前 the one behind the last date holds for all."""
    bounded: list[bool] = []
    for place in range(len(every) - 1, -1, -1):
        found = every[place]
        before = text[max(0, found.start() - 14) : found.start("date")]
        opens = re.match(r"(?:\([^()]{1,4}\))?(?:起|开始|-|~|至|到)", text[found.end() : found.end() + 10])
        is_bounded = bool(
            found["by"] or (_BOUND_BEFORE.search(before) and not opens) or _BOUND_AFTER.match(text[found.end() : found.end() + 40])
        )
        if not is_bounded and bounded and bounded[-1] and _AND.match(text[found.end() : every[place + 1].start("date")]):
            is_bounded = True
        bounded.append(is_bounded)
    return bounded[::-1]


def _weekday_note(named: str, day: date) -> str:
    letter = re.sub(r"[()星期周礼拜]", "", named)
    if letter and "一二三四五六日".find(letter.replace("天", "日")) != day.weekday():
        return f"原文写星期{letter}，这一天其实是星期{'一二三四五六日'[day.weekday()]}。"
    return ""


_SO_FAR = re.compile(r"截[至止][^,。;]{2,16},?[^。;]{0,10}?(?:尚未|仍有|仍未|尚有|已有|已收到|未报)")  # 截至5月7日，你单位尚未报送
_NO_YEAR = "没有写年份，标题和落款也没有年份。"


def _day_in_figures(found: re.Match[str], years: Years) -> tuple[date | None, str]:
    """The day in 2024-4-12, 20240412 or 4.12, or None with the reason."""
    if found["y2"]:
        day = made_date(int(found["y2"]), int(found["m2"] or found["m7"]), int(found["d2"] or found["d7"]))
    else:
        day = years.dated(int(found["m8"]), int(found["d8"]), is_due=True)
        if day is None and years.of_week is None and years.issued_in is None:
            return None, _NO_YEAR
    return day, "" if day else "没有这一天，请核对。"


def _day_of(found: re.Match[str], years: Years) -> tuple[date | None, str]:  # noqa: C901 - one way for each form of a date
    """The day that a point names, or None with the reason."""
    issued = years.issued_on
    if found["week"]:
        if found["wm"]:
            return years.dated(number(found["wm"]), number(found["wday"]), is_due=True), ""
        if issued is None:
            return None, "按发文那一周推算，但没有发文日期。"
        offset = "一二三四五六日".find(found["wd"].replace("天", "日")) + (7 if found["week"] == "下周" else 0)
        return issued - timedelta(days=issued.weekday()) + timedelta(days=offset), "按发文日期所在的周推算。"
    if found["y2"] or found["m8"]:
        return _day_in_figures(found, years)
    if found["y3"] or "年底" in found["date"]:
        base = year(found["y3"]) if found["y3"] else (years.issued_in or years.of_week)
        return (date(base, 12, 31), "") if base else (None, _NO_YEAR)
    if found["relm"]:
        if issued is None:
            return None, "按发文的月份推算，但没有发文日期。"
        base_year, month = _month_from_issue(found["relm"], issued)
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
            return None, _NO_YEAR if years.of_week is None and years.issued_in is None else "没有这一天，请核对。"
        base_year = probe.year
    if found["end"]:
        first = date(base_year, month, 28) + timedelta(days=4)
        return first - timedelta(days=first.day), ""
    day = made_date(base_year, month, number(found["d"]))
    return day, "" if day else "没有这一天，请核对。"


def _is_old(text: str, start: int, end: int) -> bool:
    """Whether the date is the one that another replaces: 由4月12日延长至4月19日."""
    before = text[max(0, start - 10) : start]
    if re.match(r"[^,。;“”]{0,14}”的?(?:应|更正|修正|修改|更改|调整|变更|改)(?:为|成|是)", text[end : end + 24]):
        return True
    if re.match(r"[^,。;“”]{0,2}”?(?:的)?(?:更正|修正|修改|更改|调整|变更|改)(?:为|成)", text[end : end + 12]):
        return True  # 原文“4月12日前”更正为“4月15日前”
    if re.search(r"原定[^,。;0-9]{1,12}(?:时间|日期|期限|日)(?:为|是|于)?$", text[max(0, start - 20) : start]):
        return True
    if re.search(r"原(?:定|计划)(?:于|在|为)?$", before) and re.search(r"调整|改[为到至]|变更|延|推迟|顺延|提前", text[end:]):
        return True
    return bool(_OLD.search(before) and _NEW.match(text[end : end + 20]))


def windows(text: str, years: Years, facts: NoticeFacts) -> Iterator[Mark]:
    """Windows to send in: 4月8日至12日报送; the last day is the due day. The week itself is none."""
    for found in SPAN.finditer(text):
        clock = _CLOCK_NEXT.match(text, found.end())
        end = clock.end() if clock else found.end()
        after = text[end : end + 40]
        before = text[max(0, found.start() - 20) : found.start()]
        bounded = re.search(
            r"(?:报送|报名|提交|填报|上报|申报|受理|征集|截止|投稿|收稿|征[稿文]|招募)(?:的)?(?:时间|日期|期限)?(?:为|是|:|自|从|于|在)*$",
            before,
        )
        if not bounded and not re.match(
            r"(?:期间|之?间|内|止|前)?(?:,(?=请|各|由|将|统一|通过|登))?(?:请|各[^,。;]{0,12})?(?:将|把|及时|统一|集中)?[^,。;]{0,30}?(?:报送|上报|提交|报来|寄送|送至|报至|报我|报名|填报|发送|发至|反馈|报市|报区|登[记录陆]|注册|上传|申报|填写)",
            after,
        ):
            continue
        if re.search(r"(?:活动|举办|宣传周?|集中宣传)(?:的)?时间[:为是]?$", before):
            continue
        if not bounded and _is_week(found, years, facts):
            continue
        first, last = _window(found, years)
        if first is None:
            yield Mark(found.start(), end, Deadline("other", "", None, None, None, _NO_YEAR))
            continue
        tail = re.match(r"(?:期间|之?间|内|止|前)", after)
        note = f"报送时段，自{first.month}月{first.day}日起。" if last else "没有这一天，请核对。"
        at = read_clock(clock).at if clock else None
        yield Mark(found.start(), end + (tail.end() if tail else 0), Deadline("other", "", None, last, at, note))


_CLOCK_NEXT = re.compile(TIME)


def _window(span: re.Match[str], years: Years) -> tuple[date | None, date | None]:
    """Both days of a window; without a year they are those that come after the notice."""
    if span["m"] is None:
        return span_days(span, years)
    months, days = number(span["m"]), number(span["d"])
    first = made_date(year(span["y"]), months, days) if span["y"] else years.dated(months, days, is_due=True)
    if first is None:
        return None, None
    months = number(span["m2"] or span["m"])
    return first, made_date(year(span["y2"]) if span["y2"] else first.year + (months < first.month), months, number(span["d2"]))
