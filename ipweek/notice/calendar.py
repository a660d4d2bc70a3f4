"""Working days as the State Council lays them down, make-up days (调休) included, and due dates by them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

from ipweek.errors import Invalid


class NoCalendar(Invalid):
    """There is no table of holidays for a year that is needed. The sentence says what the office should do."""

    def __init__(self, year: int) -> None:
        super().__init__(f"还没有{year}年的放假安排，暂时不能按工作日推算日期；市联席办补充放假安排后自动算出。")
        self.year = year


@dataclass(frozen=True)
class Holiday:
    """One day that a holiday notice names: worked or not, and the words that say so."""

    day: date
    works: bool
    phrase: str


@dataclass(frozen=True)
class WorkCalendar:
    """Which days are worked. ``days`` holds the ones that a holiday notice names, ``years`` the years whose notice is known.

    ``sources`` tells the document behind a day. Any other day of a known year follows the week: Monday to Friday is worked.
    """

    days: Mapping[date, bool]
    years: frozenset[int]
    sources: Mapping[date, str]

    def is_workday(self, day: date) -> bool:
        """Whether *day* is worked; NoCalendar if its year is not known."""
        if day in self.days:
            return self.days[day]
        if day.year not in self.years:
            raise NoCalendar(day.year)
        return day.weekday() < 5

    def source(self, day: date) -> str:
        """The document that made *day* differ from the plain week, or an empty text."""
        return self.sources.get(day, "")

    def add_workdays(self, day: date, count: int) -> date:
        """The day *count* working days after *day*, which is not counted itself; before it if *count* is negative.

        Zero gives *day*. Raises NoCalendar where a year on the way is not known.
        """
        step = timedelta(days=1 if count > 0 else -1)
        left = abs(count)
        while left:
            day += step
            left -= self.is_workday(day)
        return day

    def workdays_between(self, first: date, last: date) -> int:
        """How many working days come after *first*, up to *last* and with it; 0 if *last* is not later."""
        return sum(self.is_workday(first + timedelta(days=n)) for n in range(1, (last - first).days + 1))

    def next_workday(self, day: date) -> date:
        """*day* itself if it is worked, else the next day that is (遇节假日顺延)."""
        while not self.is_workday(day):
            day += timedelta(days=1)
        return day

    def with_days(self, days: Iterable[tuple[date, bool, str]], years: Iterable[int] = ()) -> WorkCalendar:
        """This calendar with more (day, works, source) laid over it; *years* are known from now on."""
        table, sources = dict(self.days), dict(self.sources)
        for day, works, source in days:
            table[day], sources[day] = works, source
        return WorkCalendar(table, self.years | frozenset(years), sources)


NOTHING_KNOWN = WorkCalendar({}, frozenset(), {})


@cache
def seeded() -> WorkCalendar:
    """The calendar of the years that the library chinesecalendar covers, 2004 to 2026 at the time of writing."""
    from chinese_calendar import constants  # noqa: PLC0415 - its tables are large and most commands need none

    days = dict.fromkeys(constants.holidays, False) | dict.fromkeys(constants.workdays, True)
    ordinary = {day: works for day, works in days.items() if works != (day.weekday() < 5)}
    return WorkCalendar(ordinary, frozenset(day.year for day in constants.holidays), dict.fromkeys(ordinary, "chinesecalendar"))


_RULE = re.compile(r"^(\d{1,3}) (working days?|days?|weeks?|months?) (after|before) (starts_on|ends_on|issue_date)$")


def compute(
    rule: str, starts_on: date | None, ends_on: date | None, calendar: WorkCalendar, *, issue_date: date | None = None
) -> date | None:
    """The day that *rule* gives, such as ``5 working days after ends_on``, or None where the day it counts from is not known.

    Units are working days, days, weeks and months; directions after and before; anchors starts_on, ends_on and issue_date. The day of the
    event is not counted (民法典 art. 201). Raises ValueError for another rule, NoCalendar where the calendar has no data.
    """
    found = _RULE.match(rule)
    if found is None:
        raise ValueError(f"unknown rule: {rule}")
    anchor = {"starts_on": starts_on, "ends_on": ends_on, "issue_date": issue_date}[found[4]]
    if anchor is None:
        return None
    count = int(found[1]) * (1 if found[3] == "after" else -1)
    if found[2].startswith("working"):
        return calendar.add_workdays(anchor, count)
    if found[2].startswith("month"):
        return _months_on(anchor, count)
    return anchor + timedelta(days=count * (7 if found[2].startswith("week") else 1))


def _months_on(day: date, count: int) -> date:
    """The same day *count* months on, or the last of that month (民法典 art. 202)."""
    months = day.year * 12 + day.month - 1 + count
    first = date(months // 12, months % 12 + 1, 1)
    last = (first.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
    return min(first + timedelta(days=day.day - 1), last)


_DAY = r"(?:(?P<{0}y>(?:19|20)\d\d)年)?(?:(?P<{0}m>1[0-2]|0?[1-9])月)?(?P<{0}d>3[01]|[12]\d|0?[1-9])[日号]"
_SPAN = re.compile(
    rf"(?<!\d){_DAY.format('a')}(?:\([^()]{{1,12}}\))*(?:(?:至|到|-|~)(?:\([^()]{{1,12}}\))*{_DAY.format('b')}(?:\([^()]{{1,12}}\))*)?"
)
_WORKED = re.compile(r"^(?:[^,。;]{0,12}?)(?:正常|照常|调整为|为)?(?:上班|工作日|补班|调休上班)")
_FREE = re.compile(r"^(?:[^,。;]{0,14}?)(?:放假|休息|调休|补休|公休|连休|为节假日|为休息日)")


def read_holiday_notice(text: str, year: int) -> list[Holiday]:
    """The days named in the State Council's yearly notice (放假安排) for *year*, in order, each with its words.

    Accepts the text as published, whole or in part: ``2月10日至17日放假调休，共8天。2月4日（星期日）、2月18日（星期日）上班。``
    Every day of a holiday comes back, weekends among them. A month without a year belongs to *year*, or to the December before it
    where a range runs into January. Raises Invalid where no day is found, or where the text speaks of another year.
    """
    even = _even(text)
    named = re.search(r"关于((?:19|20)\d\d)年[^。]{0,12}(?:节假日|放假)", even)
    if named and int(named[1]) != year:
        raise Invalid(f"这是{named[1]}年的放假安排，不是{year}年的，请核对后重新粘贴。")
    found: dict[date, Holiday] = {}
    for sentence in re.split(r"[。;\n]", even):
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
    return [name for name in _HOLIDAYS if name not in even]


def document_number(text: str) -> str:
    """The notice's own number (国办发明电〔2026〕7号) where the pasted text has it, else nothing."""
    found = _NUMBER.search(_even(text))
    return found[0].translate(_BRACKETS) if found else ""


def _even(text: str) -> str:
    text = unicodedata.normalize("NFKC", text)
    text = re.sub(r"[—–―−﹣-]+", "-", re.sub(r"[〜～∼]", "~", text))
    return re.sub(r"[^\S\n]+", "", text)


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
        if works is None:
            if after.strip("、,和及与") and not after.startswith(("(", "、", ",", "和", "及", "与")):
                waiting = []
            continue
        for day, words in waiting:
            if works or day not in found or not found[day].works:
                found[day] = Holiday(day, works, f"{words}{re.split(r'[,、]', after)[0]}")
        waiting = []


def _days(span: re.Match[str], year: int, month: int | None) -> list[date]:
    if month is None:
        return []
    try:
        first = date(int(span["ay"] or year), month, int(span["ad"]))
        if span["bd"] is None:
            return [first]
        end_month = int(span["bm"] or month)
        last = date(int(span["by"] or (span["ay"] and first.year + (end_month < month)) or year), end_month, int(span["bd"]))
        if last < first and span["ay"] is None:
            first = first.replace(year=first.year - 1)
    except ValueError:
        return []
    return [first + timedelta(days=n) for n in range(min((last - first).days, 30) + 1)]
