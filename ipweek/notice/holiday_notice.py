"""The State Council's yearly notice of holidays (放假安排), read into days that are worked and days that are not."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, timedelta

from ipweek.errors import Invalid
from ipweek.notice.calendar import NOTHING_KNOWN, WorkCalendar


@dataclass(frozen=True)
class Holiday:
    """One day that a holiday notice names: worked or not, and the words that say so."""

    day: date
    works: bool
    phrase: str


_DAY = r"(?:(?P<{0}y>(?:19|20)\d\d)年)?(?:(?P<{0}m>1[0-2]|0?[1-9])月)?(?P<{0}d>3[01]|[12]\d|0?[1-9])[日号]"
_SPAN = re.compile(
    rf"(?<!\d){_DAY.format('a')}(?:\([^()]{{1,12}}\))*(?:(?:至|到|-|~)(?P<next>次年|明年)?(?:\([^()]{{1,12}}\))*{_DAY.format('b')}(?:\([^()]{{1,12}}\))*)?"
)
_WORKED = re.compile(r"^,?(?:[^,。;]{0,12}?)(?:正常|照常|调整为|为)?(?:上班|工作日|补班|调休上班)")
_FREE = re.compile(r"^,?(?:[^,。;]{0,14}?)(?:放假|休息|调休|补休|公休|连休|为节假日|为休息日|为法定节假日|,?共\d{1,2}天)")
_FREE_BEFORE = re.compile(r"(?:假期|放假|放假时间|放假安排|休息)(?:时间|日期)?(?:为|是|:|从|自)*$")
_ADVICE = re.compile(r"鼓励|建议|倡导|提倡|可结合")  # 鼓励…安排职工在除夕（2月9日）休息 makes no holiday
_LENGTHENED = re.compile(  # 延长2020年春节假期至2月2日（农历正月初九，星期日）
    rf"(?:延长[^,。;]{{0,8}}?(?:年)?[^,。;\d]{{0,8}}假期?|假期?(?:时间)?延长)(?:时间)?(?:至|到){_DAY.format('e')}(?:\([^()]{{1,20}}\))?"
)
_ALTERS = re.compile(r"关于(?:延长|调整)[^。\n]{0,16}(?:假期|放假|节假日)")
_CUT = re.compile(r"(?<=[至到、,和及\-~])\n+|(?<=[年月])\n+(?=\d)|(?<=\d)\n+(?=[年月日])")


def read_holiday_notice(text: str, year: int, known: WorkCalendar = NOTHING_KNOWN) -> list[Holiday]:
    """The days named in the State Council's yearly notice (放假安排) for *year*, in order, each with its words.

    Accepts the text as published, whole or in part: ``2月10日至17日放假调休，共8天。2月4日（星期日）、2月18日（星期日）上班。``
    Every day of a holiday comes back, weekends among them. A month without a year belongs to *year*, or to the December before it
    where a range runs into January. A notice that makes a holiday longer (延长春节假期至2月2日) names only its new end: the days
    from the end that the calendar *known* has are free too. Raises Invalid where no day is found, where the text speaks of another
    year, or where a holiday gets longer that *known* does not have.
    """
    even = _even(text)
    named = re.search(r"关于(?:延长|调整)?((?:19|20)\d\d)年[^。]{0,12}(?:节假日|放假|假期)", even)
    if named and int(named[1]) != year:
        raise Invalid(f"这是{named[1]}年的放假安排，不是{year}年的，请核对后重新粘贴。")
    found: dict[date, Holiday] = {}
    even = _CUT.sub("", even)
    for longer in _LENGTHENED.finditer(even):
        for day in _days_added(longer, year, known):
            found[day] = Holiday(day, False, longer[0])
    even = _LENGTHENED.sub("", even)
    rows, even = _table(even)
    for cell, works in rows:
        for span in _SPAN.finditer(cell):
            for day in _days(span, year, int(span["am"]) if span["am"] else None):
                found[day] = Holiday(day, works, f"{span[0]}{'上班' if works else '放假'}")
    for sentence in re.split(r"[。;\n]", even):
        if not _ADVICE.search(sentence):
            _read_sentence(sentence, year, found)
    if not found:
        raise Invalid("没有读到放假日期，请粘贴国务院办公厅放假安排通知的全文，例如“春节：2月10日至17日放假调休，共8天。”")
    return [found[day] for day in sorted(found)]


_HOLIDAYS = ("元旦", "春节", "清明", "劳动节", "端午", "中秋", "国庆")  # 全国年节及纪念日放假办法
_NUMBER = re.compile(r"国[办发函][\u4e00-\u9fff]{0,6}\s*[〔\[(﹝]\s*(?:19|20)\d\d\s*[〕\])﹞]\s*\d{1,4}\s*号")

_BRACKETS = str.maketrans("[(﹝])﹞", "〔〔〔〕〕〕")


def missing_holidays(text: str) -> list[str]:
    """The statutory holidays that a pasted notice does not speak of: a sign that only a part of it was pasted."""
    even = _even(text)
    if _ALTERS.search(even):  # 关于延长2020年春节假期的通知 is whole
        return []
    return [name for name in _HOLIDAYS if name not in even]


def document_number(text: str) -> str:
    """The notice's own number (国办发明电〔2026〕7号) where the pasted text has it, else nothing."""
    found = _NUMBER.search(_even(text))
    return found[0].translate(_BRACKETS) if found else ""


def _even(text: str) -> str:
    text = unicodedata.normalize("NFKC", text)
    text = re.sub(r"[—–―−﹣-]+", "-", re.sub(r"[〜～∼]", "~", text))
    return re.sub(r"[^\S\n\t]+", "", text)


def _table(text: str) -> tuple[list[tuple[str, bool]], str]:
    """The cells of a pasted table (节日, 放假时间, 调休上班日期) with whether their days are worked, and the text without it."""
    cells: list[tuple[str, bool]] = []
    rest: list[str] = []
    kinds: list[bool | None] = []
    for line in text.split("\n"):
        row = re.split(r"[\t|]", line.strip("|"))
        if len(row) < 3:
            rest.append(line)
        elif not re.search(r"\d月\d", line):
            kinds = [True if re.search("上班|补班", head) else False if re.search("放假|假期|休息", head) else None for head in row]
        elif len(row) == len(kinds):
            cells += [(cell, works) for cell, works in zip(row, kinds, strict=True) if works is not None]
        else:
            rest.append(line)
    return cells, "\n".join(rest)


def _read_sentence(sentence: str, year: int, found: dict[date, Holiday]) -> None:
    """Put the days of one sentence into *found*. What stands last behind a list of days holds for the whole list."""
    spans = list(_SPAN.finditer(sentence))
    month: int | None = None
    waiting: list[tuple[date, str]] = []
    for place, span in enumerate(spans):
        month = int(span["am"]) if span["am"] else month
        days = _days(span, year, month)
        if span["bm"]:
            month = int(span["bm"])
        waiting += [(day, span[0]) for day in days]
        after = sentence[span.end() : spans[place + 1].start() if place + 1 < len(spans) else len(sentence)]
        works = True if _WORKED.match(after) else False if _FREE.match(after) else None
        before = sentence[spans[place - 1].end() if place else 0 : span.start()]
        if works is None and _FREE_BEFORE.search(before):
            works = False
        if works is None:
            if after.strip("、,和及与") and not after.startswith(("(", "、", ",", "和", "及", "与")):
                waiting = []
            continue
        for day, words in waiting:
            if works or day not in found or not found[day].works:
                found[day] = Holiday(day, works, f"{words}{re.split(r'[,、]', after)[0]}")
        waiting = []


_LONGEST_EXTENSION = 15
"""Days between the old end of a holiday and the new one."""


def _days_added(longer: re.Match[str], year: int, known: WorkCalendar) -> list[date]:
    """The days by which a holiday gets longer: from behind the last weekday that *known* has free, to the new end."""
    try:
        last = date(int(longer["ey"] or year), int(longer["em"]), int(longer["ed"]))
    except (TypeError, ValueError):  # without a month, or no such day
        reason = f"“{longer[0]}”写的不是一个日期，请核对。"
        raise Invalid(reason) from None
    before = [last - timedelta(days=n) for n in range(_LONGEST_EXTENSION + 1)]
    if last.year not in known.years:
        raise Invalid(f"“{longer[0]}”没有写从哪一天起延长，请先粘贴{last.year}年的放假安排，再粘贴这一份。")
    end = next((day for day in before if day.year in known.years and day.weekday() < 5 and not known.is_workday(day)), None)
    if end is None:
        raise Invalid(f"“{longer[0]}”延长的假期在{last.year}年的放假安排里没有找到，请核对后逐日更正。")
    return [end + timedelta(days=n) for n in range(1, (last - end).days + 1)] or [last]


def _is_of_year_before(day: date, words: str) -> bool:
    """Whether the weekday that stands behind a day of December is that of the year before: 12月29日（星期六）上班 in the notice of 2019."""
    named = re.search(r"(?:星期|周)([一二三四五六日天])", words)
    weekday = "一二三四五六日".find(named[1].replace("天", "日")) if named else day.weekday()
    return weekday != day.weekday() and weekday == day.replace(year=day.year - 1).weekday()


def _days(span: re.Match[str], year: int, month: int | None) -> list[date]:
    if month is None:
        return []
    try:
        first = date(int(span["ay"] or year), month, int(span["ad"]))
        if span["ay"] is None and month == 12 and _is_of_year_before(first, span[0]):
            first = first.replace(year=year - 1)
        if span["bd"] is None:
            return [first]
        end_month = int(span["bm"] or month)
        if span["next"]:
            first = first.replace(year=year - 1)
        last = date(int(span["by"] or (span["ay"] and first.year + (end_month < month)) or year), end_month, int(span["bd"]))
        if last < first and span["ay"] is None:
            first = first.replace(year=first.year - 1)
    except ValueError:
        return []
    return [first + timedelta(days=n) for n in range(min((last - first).days, 30) + 1)]
