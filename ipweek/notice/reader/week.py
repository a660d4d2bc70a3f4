"""The week of the campaign: its first and last day."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from ipweek.notice.reader.facts import NoticeFacts
from ipweek.notice.reader.lines import Line
from ipweek.notice.reader.numerals import COUNT, DAY, MONTH, WEEKDAY, YEAR, made_date, number, year
from ipweek.notice.reader.spans import SPAN, span_days
from ipweek.notice.reader.years import Years

DAY_ONE = re.compile(rf"(?:(?P<y>{YEAR})年|(?P<rel>今年|明年))?(?P<m>{MONTH})月(?P<d>{DAY})[日号]")
_LISTED = re.compile(  # 4月20、21、22日
    rf"(?:(?P<y>{YEAR})年)?(?P<m>{MONTH})月(?P<days>{DAY}[日号]?(?:{WEEKDAY})?(?:(?:、|和|及|,)(?:{MONTH}月)?{DAY}[日号]?(?:{WEEKDAY})?){{1,9}})(?<=[日号)])(?![0-9-~至到])"
)
_LASTING = re.compile(
    rf"^[日号]?(?:{WEEKDAY})?(?:(?:起|开始|启动)?[,、(]?(?:活动)?(?:为期|历时|持续|共|时间为?)|(?:起|开始)[的,]?|(?:起|开始)[^,。;0-9]{{1,20}}?(?:为期|历时))(?P<n>{COUNT})(?P<unit>天|日|周|个星期|星期)(?!之?内|以内|前)"
)
_HEADING = re.compile(
    r"^(?:[一二三四五六七八九十]{1,3}[、.]|\([一二三四五六七八九十0-9]{1,3}\)|[0-9]{1,2}[.、])?\(?"
    r"(?:[12][0-9]{3}年)?(?:[\u4e00-\u9fff“”]{0,12}?(?:宣传|活动|举办|开展|集中)?)(?:周|月)?(?:活动|宣传|举办|开展|集中)?(?:时间(?:安排|和主题|与主题|和地点|及地点|、主题|、地点)?|日期|主题和时间|主题与时间|主题及时间|时段|起止时间)\)?(?P<rest>[:为是]{0,2}.*)$"
)
_BARE_TIME = re.compile(r"时间[:为]")  # of one item of a schedule, where several lines begin so
_NOT_WEEK = re.compile(
    r"登录|登陆|登记|注册|报名|报送|提交|上报|填报|申报|征集|截止|投稿|收稿|征[稿文]|招募|布展|撤展|缴费|评选|评审|投票|公示|培训|会议|启动仪式|开幕|发布会|论坛|讲座|比赛|竞赛|检查|总结|筹备|准备|策划|动员|预热"
)
_OTHER_TIME = re.compile(rf"{_NOT_WEEK.pattern}|完成|竣工|验收|整改|印发|发布|开放(?!日|周)|受理|咨询|联系")
"""A heading with such words is of another time: 完成时间, 受理时间."""
_IS_WEEK = re.compile(
    r"宣传周|活动周|宣传月|活动月|宣传季|活动季|科技周|文化周|文化月|科普日|宣传日|开放日|专利周|服务周|品牌日|宣传活动|[周月季节]活动|本届|集中(?:开展|宣传|举办)"
)
_CALLED = re.compile(r"(?:宣传|活动|服务|文化)[周月季]")
_NAMED = re.compile(r"(?:宣传|活动|专利|科技|服务)[周月季](?:活动)?(?:期间|时间)?\($")
_DECIDED = re.compile(r"(?:决定|拟定?|定|将|计划)(?:自|从|于|在)+$")
_ALL_OF_IT = re.compile(
    r"^(?:\([^()]{1,8}\))?(?:上午|下午)?(?:,以“[^“”]{2,40}”为[^,。;]{0,4}主题,?)?(?:在[^,。;]{2,20})?(?:集中|联合|组织|共同)*"
    r"(?:举办|举行|开展|推出|启动|组织)[^,。;]{0,40}(?:活动|(?:宣传|文化|服务|品牌|产权)[周月季节](?![0-9]))"
)
_HELD = re.compile(r"举办|举行|开展|组织|定于|拟于|将于|为期|时间为|期间|在全[国省市区县]")


@dataclass(frozen=True)
class _Candidate:
    score: int
    place: int
    line: Line
    start: int
    end: int
    first: date | None
    last: date | None

    def is_called(self, name: re.Match[str] | None) -> bool:
        """Whether the words behind it call it what the title does: of 宣传月 and 宣传周 the one that the notice is about."""
        return name is not None and re.match(rf"[为是][^,。;]{{0,12}}{name[0]}", self.line.bare[self.end : self.end + 20]) is not None


def read_week(lines: list[Line], years: Years, facts: NoticeFacts, *, attached: bool = False) -> None:  # noqa: C901 - ranges, single days and headings are weighed together
    """Fill in starts_on and ends_on from the text's *lines*, or a note why not."""
    found: list[_Candidate] = []
    heading_at = -9
    is_schedule = sum(_BARE_TIME.match(line.bare) is not None for line in lines) > 1
    has_vague = ""
    for place, line in enumerate(lines):
        heading = _HEADING.match(line.bare) if len(line.bare) <= 200 and not (is_schedule and _BARE_TIME.match(line.bare)) else None
        under_heading = place - heading_at == 1
        is_row_of_heads = "\t" in line.text.strip() and re.search("[0-9月]", line.bare) is None
        if heading and not is_row_of_heads and not _OTHER_TIME.search(line.bare[: heading.start("rest")]):
            heading_at = place
            under_heading = True
        spans = list(SPAN.finditer(line.bare))
        if listed := [
            (match, first, last) for match in _LISTED.finditer(line.bare) for first, last in [_listed_days(match, years)] if last
        ]:
            found += [_rated(line, place, match, first, last, under_heading=under_heading) for match, first, last in listed]
            continue
        found += [_rated(line, place, span, *span_days(span, years), under_heading=under_heading) for span in spans]
        if not spans or under_heading:
            for single in DAY_ONE.finditer(line.bare):
                if any(span.start() <= single.start() < span.end() for span in spans):
                    continue
                first = single_day(single, years)
                if lasting := _LASTING.match(line.bare[single.end() :]):
                    last = first + _length(lasting) if first else None
                    found.append(_rated(line, place, single, first, last, under_heading=under_heading))
                elif under_heading and not re.match(rf"(?:{WEEKDAY})?(?:之?前|以前|起|开始|截止)", line.bare[single.end() :]):
                    found.append(_rated(line, place, single, first, first, under_heading=True, is_single=True))
        if under_heading and not found and re.search(r"月(?:上旬|中旬|下旬|底|初|份|期间)|待定|另行通知", line.bare):
            has_vague = line.said()[:200]
    if not found:
        found = list(_days_held(lines, years))
    called = _CALLED.search(facts.title or "")
    best = max(
        found, key=lambda candidate: (candidate.score + 2 * candidate.is_called(called), -candidate.place, -candidate.start), default=None
    )
    if best is None or best.score < 5:
        facts.notes.setdefault("starts_on", f"原文只写了大致时间：{has_vague}" if has_vague else "没有找到活动的起止日期。")
        facts.notes.setdefault("ends_on", facts.notes["starts_on"])
        return
    if best.first is None or best.last is None:
        note = (
            "活动时间没有写年份，标题和落款也没有年份。"
            if years.of_week is None and years.issued_in is None
            else "活动时间写的日期不存在或前后颠倒。"
        )
        facts.notes["starts_on"] = facts.notes["ends_on"] = note
        return
    facts.starts_on, facts.ends_on = best.first, best.last
    evidence = best.line.sentence(best.start, best.end)
    facts.evidence["starts_on"] = facts.evidence["ends_on"] = evidence
    for name in ("starts_on", "ends_on"):
        facts.notes.pop(name, None)
        if attached:
            facts.notes[name] = "取自随文转发的文件。"


def _days_held(lines: list[Line], years: Years) -> Iterator[_Candidate]:
    """Single days that the text itself is about: 拟于4月24日举办公众开放日活动."""
    for place, line in enumerate(lines):
        for single in DAY_ONE.finditer(line.bare):
            before = re.split(r"[,。;]", line.bare[max(0, single.start() - 40) : single.start()])[-1]
            after = re.split(r"[,。;]", line.bare[single.end() : single.end() + 60])[0]
            if (
                re.search(r"(?:拟于|定于|将于|决定于|拟定于|于|在)$", before)
                and re.match(r"(?:\([^()]{1,6}\))?(?:上午|下午|全天)?[^,。;]{0,24}?(?:举办|举行|开展|组织)", after)
                and not _NOT_WEEK.search(before[-20:] + after.replace("公众开放日", ""))
            ):
                day = single_day(single, years)
                yield _rated(line, place, single, day, day, under_heading=False, is_single=True)


def _rated(
    line: Line, place: int, match: re.Match[str], first: date | None, last: date | None, *, under_heading: bool, is_single: bool = False
) -> _Candidate:
    """How well a span of days fits as the week: by what is said right before and after it in its sentence."""
    text = line.bare
    start, end = match.span()
    before = re.split(r"[。;!?]", text[max(0, start - 80) : start])[-1]
    after = re.split(r"[。;!?]", text[end : end + 80])[0]
    near = before[-30:] + after[:30]
    score = 8 if under_heading else 0
    score += 5 if _IS_WEEK.search(near) else 2 if _IS_WEEK.search(before + after) else 0
    score += 3 if not is_single and re.match(r"(?:是|为)[^,。]{0,14}[周月节日](?![0-9])", after) else 0
    score -= 6 if is_single and SPAN.search(text) else 0
    score += 3 if _HELD.search(near) else 0
    score += 6 if re.search(r"(?:(?:活动|宣传周?|举办|周|集中宣传)(?:的)?|^|,)时间[:为是]{0,2}(?:定于|拟定于|自|从|在|:)?$", before) else 0
    score += (
        5 if not is_single and not line.from_table and (start, text[end:].strip("。;")) == (0, "") else 0
    )  # a paragraph of nothing else
    score += 8 if _NAMED.search(before) and after.startswith(")") else 0
    score += 3 if _DECIDED.search(before) and _ALL_OF_IT.match(after) else 0
    score += 4 if re.search(r"(?:^|[,、])(?:本次|此次|系列|各项|该)?活动(?:时间)?(?:将|拟|定|计划)?(?:自|从|于|在)*$", before) else 0
    nearby = after[:12].split(",")[0]
    if _NOT_WEEK.search(before[-20:]) or (_NOT_WEEK.search(nearby) and not re.search(r"宣传周|活动周|宣传月", nearby)):
        score -= 7
    if re.match(rf"(?:{WEEKDAY})?(?:之?前|以前|止?截止)", after):
        score -= 8
    if before.count("《") > before.count("》") or (
        re.search(r"(?:原定(?:于|为)?|原计划|由原?(?:来的?|定的?)?|从)$", before) and re.match(r".{0,6}?(?:调整|改|变更|延)", after)
    ):
        score -= 12
    if re.search(r"原(?:定|计划)(?:于|为|在)?$", before) and re.search(r"延期|推迟|取消|暂停|调整|改", after):
        score -= 12
    if re.search(r"(?:调整|改|变更|延期|推迟|提前)(?:为|至|到)$", before):
        score += 8
    if first and last and not is_single:
        score += 1 if 1 <= (last - first).days <= 61 else -3
    return _Candidate(score, place, line, start, end, first, last)


def single_day(single: re.Match[str], years: Years) -> date | None:
    """The day that ``DAY_ONE`` matched, or None where nothing tells its year or there is no such day."""
    months, days = number(single["m"]), number(single["d"])
    if single["y"]:
        return made_date(year(single["y"]), months, days)
    return years.dated(months, days)


def _listed_days(listed: re.Match[str], years: Years) -> tuple[date | None, date | None]:
    """The first and last of days that are listed one by one, where each is the next one; else None."""
    days = [number(day) for day in re.findall(rf"{DAY}(?=[日号、,和及(]|$)", re.sub(rf"{WEEKDAY}|[0-9]{{1,2}}月", "", listed["days"]))]
    if any(later - earlier != 1 for earlier, later in pairwise(days)) or len(days) < 2:
        return None, None
    months = number(listed["m"])
    first = made_date(year(listed["y"]), months, days[0]) if listed["y"] else years.dated(months, days[0])
    last = made_date(first.year, months, days[-1]) if first else None
    return (first, last) if last else (None, None)


def _length(lasting: re.Match[str]) -> timedelta:
    count = number(lasting["n"])
    return timedelta(days=count * (7 if "周" in lasting["unit"] or "星期" in lasting["unit"] else 1) - 1)
