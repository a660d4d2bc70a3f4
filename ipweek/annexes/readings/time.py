"""The reading of 活动时间: which days, from when to when, how sure. Rules: ``field_values.json`` beside the design."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

from ipweek.annexes.readings import due_days
from ipweek.annexes.readings.clock_times import ClockTime
from ipweek.annexes.readings.date_grammar import Grammar
from ipweek.annexes.readings.date_sense import ONE_DAY, Entry, Sense, longest, say, say_day, week_days
from ipweek.annexes.readings.numerals import READ_AT_MOST, inside, level

A_MONTH = timedelta(days=31)
MOST_DAYS = 400
"""A list of more days than this is kept as its first and last day."""

_HEADING = re.compile(r"(?:活动|举办|举行|开展|具体|拟定|预计)*(?:时间|日期)\s?[:：]\s*")
_SERIAL = re.compile(r"\d{5}(?:\.\d+)?")
_EXCEL_EPOCH = date(1899, 12, 30)
_SERIALS = range(36526, 73051)  # the years 2000 to 2099
_ZERO_LOST = re.compile(r"(\d{1,2})\.([123])")
_BARE_DAYS = re.compile(r"([12]?\d|3[01])\s?(?:-+|~+|至|到)\s?([12]?\d|3[01])")
_EITHER = re.compile(r"(?:\d{1,2}月)?\d{1,2}[日号]?\s?或者?\s?(?:\d{1,2}月)?\d{1,2}[日号]")
_DATE_CELL = re.compile(r"(\d{4}[-/]\d{1,2}[-/]\d{1,2})[ T]0?0:00(?::00(?:\.0+)?)?")


@dataclass(frozen=True)
class TimeReading:
    """What 活动时间 says.

    ``precision``: exact (one day), range (first and last day, either may be open), multiple (``dates``), vague (a
    window the words allow, perhaps without bounds) or unknown. Clock times are ``HH:MM`` and only there when written;
    上午 and the like are in ``part``. ``ask``: not to be stored before the unit chose; ``choices`` are texts to choose from, each for the
    ``doubtful`` piece of the text.
    ``problem``: impossible (``problem_text`` says what: 4月31日), order (the end before the start), half, weekday, or empty.
    ``years`` are the years written in the text; ``slots`` days with hours of their own; ``is_moment``: the hours are those of
    the first and the last day, not of each.
    """

    text: str
    start: date | None = None
    end: date | None = None
    start_time: str | None = None
    end_time: str | None = None
    precision: str = "unknown"
    dates: tuple[date, ...] = ()
    part: str | None = None
    weekdays: tuple[tuple[date, int], ...] = ()
    years: tuple[int, ...] = ()
    is_tentative: bool = False
    is_recurring: bool = False
    ask: bool = False
    choices: tuple[str, ...] = ()
    doubtful: str = ""
    problem: str = ""
    problem_text: str = ""
    slots: tuple[tuple[date, str], ...] = ()
    is_moment: bool = False
    campaign_year: int | None = None

    @property
    def wrong_weekdays(self) -> tuple[tuple[date, int], ...]:
        """Days with the weekday (Monday is 0) that was written beside them and is not theirs."""
        return tuple((day, weekday) for day, weekday in self.weekdays if day.weekday() != weekday)

    def as_json(self) -> dict[str, Any]:
        return {
            "start": self.start.isoformat() if self.start else None,
            "end": self.end.isoformat() if self.end else None,
            "start_time": self.start_time,
            "end_time": self.end_time,
            "precision": self.precision,
            "dates": [day.isoformat() for day in self.dates],
            "part": self.part,
            "tentative": self.is_tentative,
            "recurring": self.is_recurring,
            "ask": self.ask,
            "choices": list(self.choices),
            "problem": self.problem or None,
        }

    def in_words(self) -> str:
        """The reading as shown under the cell: ``4月20日（周六）09:00``, ``4月21日至4月30日之间``; empty when there is none."""
        if self.ask and len(self.choices) > 1:
            return "还是".join(self.choices) + "？"
        if self.ask and not self.problem and not (self.start or self.end):
            return "是哪一天？"
        hours = self._hours_in_words()
        if self.slots:
            return "、".join(f"{self._say(day)}{hour}" for day, hour in self.slots)
        if self.precision == "multiple":
            return self._dates_in_words() + hours
        return self._span_in_words(hours)

    def _dates_in_words(self) -> str:
        if len(self.dates) <= 4:
            return "、".join(self._say(day) for day in self.dates)
        return f"{self._say(self.dates[0])}至{self._say(self.dates[-1])}中的{len(self.dates)}天"

    def _span_in_words(self, hours: str) -> str:
        vague = self.precision == "vague"
        if self.start and self.end:
            if self.start == self.end:
                return self._say(self.start) + ("前后" if vague else "") + hours
            if self.is_moment:
                return f"{self._say(self.start)}{self.start_time}至{self._say(self.end)}{self.end_time}"
            return f"{self._say(self.start, short=vague)}至{self._say(self.end, short=vague)}" + ("之间" if vague else "") + hours
        if self.start:
            return f"{self._say(self.start)}{hours}起"
        if self.end:
            return f"{self._say(self.end)}{hours.removesuffix('前')}前" + ("" if hours else "（含当日）")
        return hours

    def _hours_in_words(self) -> str:
        if self.start_time and self.end_time:
            return f"{self.start_time}–{'次日' if self.end_time <= self.start_time else ''}{self.end_time}"
        if self.end_time:
            return f"{self.end_time}前"
        return self.start_time or (self.part or "" if self.start or self.end else "")

    def _say(self, day: date, *, short: bool = False) -> str:
        year = f"{day.year}年" if self.campaign_year is not None and day.year != self.campaign_year else ""
        return f"{year}{say_day(day)}" if not short else f"{year}{day.month}月{day.day}日"


@lru_cache(maxsize=8192)
def read(text: str, *, week: tuple[date, date] | None, year: int | None = None) -> TimeReading:
    """The reading of *text* as typed. Days without a year are of *year* (default: the year of *week*)."""
    levelled = level(inside(text[:READ_AT_MOST], _HEADING))[:READ_AT_MOST]
    if year is None and week is not None:
        year = week[0].year
    return _number_cell(text, levelled, year) or _bare_days(text, levelled, week) or _sense(text, levelled, week, year)


def _number_cell(text: str, levelled: str, year: int | None) -> TimeReading | None:
    """A cell that holds a bare number: an Excel serial, or 4.2, which may have been 4.20."""
    if _SERIAL.fullmatch(levelled) and int(float(levelled)) in _SERIALS:
        serial = float(levelled)
        minutes = round((serial - int(serial)) * 24 * 60)
        day = _EXCEL_EPOCH + timedelta(days=int(serial))
        start_time = f"{minutes // 60:02d}:{minutes % 60:02d}" if 0 < minutes < 24 * 60 else None
        return TimeReading(text, day, day, start_time, None, "exact", (day,), years=(day.year,), campaign_year=year)
    lost = _ZERO_LOST.fullmatch(levelled)
    if lost and year is not None and 1 <= int(lost[1]) <= 12:
        month, typed = int(lost[1]), int(lost[2])
        choices = tuple(say(month, each) for each in (typed, 10 * typed) if each <= longest(month))
        return TimeReading(text, ask=True, problem="half", choices=choices, doubtful=levelled, campaign_year=year)
    return None


def _bare_days(text: str, levelled: str, week: tuple[date, date] | None) -> TimeReading | None:
    """20-26 in a cell of its own: days of the week, if it has both; to be asked."""
    bare = _BARE_DAYS.fullmatch(levelled)
    if bare is None or week is None:
        return None
    first, last = (next((day for day in week_days(week) if day.day == int(said)), None) for said in bare.groups())
    if first is None or last is None or last <= first:
        return None
    choice = f"{say(first.month, first.day)}至{say(last.month, last.day)}"
    return TimeReading(text, first, last, precision="range", ask=True, choices=(choice,), doubtful=levelled, campaign_year=week[0].year)


def _sense(text: str, levelled: str, week: tuple[date, date] | None, year: int | None) -> TimeReading:
    date_cell = _DATE_CELL.fullmatch(levelled)
    grammar = Grammar(date_cell[1] if date_cell else levelled, week, year)
    sense = grammar.read()
    due_days.set_aside(sense, grammar.said)
    _drop_wide(sense)
    if sense.has_alternatives and not sense.question[0]:
        sense.question = _either(levelled, sense.entries)
    problem, said = sense.problems[0] if sense.problems else ("", "")
    common: dict[str, Any] = {
        "text": text,
        "part": "、".join(sense.parts) or None,
        "years": tuple(sorted(sense.years)),
        "is_tentative": sense.is_tentative,
        "is_recurring": sense.is_recurring,
        "ask": sense.is_doubtful or sense.has_alternatives or bool(problem),
        "campaign_year": year,
        "problem": problem,
        "problem_text": said,
        "doubtful": sense.question[0],
        "choices": sense.question[1],
    }
    start_time, end_time = _hours(sense)
    common |= {"start_time": start_time, "end_time": end_time}
    if problem == "half":
        return TimeReading(**common)
    if problem == "impossible" or (problem == "order" and not said):
        return TimeReading(**common)
    if not sense.entries:
        return _without_days(sense, week, common)
    return _with_days(sense, week, common)


def _either(levelled: str, entries: list[Entry]) -> tuple[str, tuple[str, ...]]:
    """The question of 4月25日或26日; none where it is not two single days."""
    pieces = _EITHER.findall(levelled)
    if len(pieces) != 1 or len(entries) != 2 or any(entry.first != entry.last for entry in entries):
        return "", ()
    return pieces[0], tuple(say(entry.first.month, entry.first.day) for entry in entries)


def _drop_wide(sense: Sense) -> None:
    """``宣传周（4月23日）`` means the day, 4月下旬（宣传周期间） the week: a window goes when a narrower one inside it is named too."""
    week = next((entry for entry in sense.entries if entry.kind == "week" and not entry.is_span), None)
    if week is not None and (week.is_open_start or week.is_open_end):
        _narrow(sense, week)
    elif week is not None:
        sense.entries = [
            entry
            for entry in sense.entries
            if entry.kind != "window"
            or entry.is_open_end
            or entry.is_open_start
            or entry.last - entry.first > A_MONTH
            or entry.last < week.first
            or week.last < entry.first
        ]
    days = [entry for entry in sense.entries if entry.kind == "day" and not entry.is_vague]
    if days:
        sense.entries = [
            entry
            for entry in sense.entries
            if entry in days
            or entry.is_span
            or entry.is_open_end
            or entry.is_open_start
            or not all(entry.first <= day.first and day.last <= entry.last for day in days)
        ]


def _narrow(sense: Sense, beside: Entry) -> None:
    """4月中旬（宣传周前） is what of the window lies before the week."""
    for window in [entry for entry in sense.entries if entry.kind == "window" and not entry.is_open_start and not entry.is_open_end]:
        first = window.first if beside.is_open_start else max(window.first, beside.first)
        last = window.last if beside.is_open_end else min(window.last, beside.last)
        if first <= last:
            window.first, window.last = first, last
            sense.entries = [entry for entry in sense.entries if entry is not beside]


def _without_days(sense: Sense, week: tuple[date, date] | None, common: dict[str, Any]) -> TimeReading:
    if sense.is_recurring or sense.is_standing:
        return TimeReading(**common, precision="vague")
    if sense.weekdays and week:
        days = sorted(day for day in week_days(week) if day.weekday() in sense.weekdays)[:7]
        if not days:  # a shorter week without that day
            return TimeReading(**common | {"ask": True}, precision="vague")
        common |= {"ask": True, "doubtful": sense.weekdays_text, "choices": ("、".join(map(say_day, days)),)}
        precision = "exact" if len(days) == 1 else "multiple"
        return TimeReading(**common, start=days[0], end=days[-1], precision=precision, dates=tuple(days))
    return TimeReading(**common)


def _with_days(sense: Sense, week: tuple[date, date] | None, common: dict[str, Any]) -> TimeReading:
    entries = sense.entries
    weekdays = tuple(pair for entry in entries for pair in entry.weekdays)
    wrong = next(((day, weekday) for day, weekday in weekdays if day.weekday() != weekday), None)
    if wrong and not common["problem"]:
        common |= {"ask": True, "problem": "weekday", "problem_text": say_day(wrong[0])}
        common |= {"choices": (say_day(wrong[0]), say_day(_nearest(wrong[0], wrong[1], week))), "doubtful": ""}
    common["weekdays"] = weekdays
    common |= {"is_moment": entries[-1].is_moment, "slots": _slots(entries)}
    is_open_start = any(entry.is_open_start for entry in entries)
    is_open_end = any(entry.is_open_end for entry in entries)
    start = None if is_open_start else min(entry.first for entry in entries)
    end = None if is_open_end else max(entry.last for entry in entries)
    common |= {"start": start, "end": end}
    if _is_vague(sense):
        return TimeReading(**common, precision="vague")
    if start is None or end is None or (len(entries) == 1 and start != end):
        return TimeReading(**common, precision="range")
    span = next((entry for entry in entries if entry.is_span and (entry.first, entry.last) == (start, end)), None)
    if span is not None:
        return TimeReading(**common | {"slots": ()} | _hours_of_span(sense, span), precision="range")  # 4月20日至26日（23日启动仪式）
    dates = sorted({day for entry in entries for day in week_days((entry.first, min(entry.last, entry.first + MOST_DAYS * ONE_DAY)))})
    if len(dates) == 1:
        return TimeReading(**common, precision="exact", dates=tuple(dates))
    if len(dates) > MOST_DAYS:
        return TimeReading(**common | {"ask": True}, precision="range")
    return TimeReading(**common, precision="multiple", dates=tuple(dates))


def _slots(entries: list[Entry]) -> tuple[tuple[date, str], ...]:
    """Single days that have hours of their own; empty where the hours are the same for all, or there is but one day."""
    if len(entries) < 2 or not all(entry.first == entry.last and entry.clocks for entry in entries):
        return ()
    return tuple(
        (entry.first, "、".join(f"{clock.start or ''}{f'–{clock.end}' if clock.end else ''}" for clock in entry.clocks))
        for entry in entries
    )


def _is_vague(sense: Sense) -> bool:
    if sense.has_alternatives or any(entry.is_vague or entry.is_around for entry in sense.entries):
        return True
    wide = len(sense.entries) > 1 or any(entry.first != entry.last or entry.is_open_end or entry.is_open_start for entry in sense.entries)
    is_named_week = len(sense.entries) == 1 and sense.entries[0].kind == "week"
    is_window = sense.is_within and any(entry.is_span and not entry.clocks for entry in sense.entries)
    return wide and (sense.is_picked or (sense.is_undated and is_named_week) or is_window)


def _nearest(day: date, weekday: int, week: tuple[date, date] | None) -> date:
    """The day with that weekday that was most likely meant: in the week, else the closest."""
    around = [day + offset * ONE_DAY for offset in (1, -1, 2, -2, 3, -3)]
    fitting = [each for each in around if each.weekday() == weekday]
    inside = [each for each in fitting if week and week[0] <= each <= week[1]]
    return (inside or fitting)[0]


def _hours_of_span(sense: Sense, span: Entry) -> dict[str, str | None]:
    """The hours of the whole span, not those of a day within it."""
    if len(sense.entries) == 1 or sense.clocks:
        return {}
    start_time, end_time = _hours(Sense(entries=[span]))
    return {"start_time": start_time, "end_time": end_time}


def _hours(sense: Sense) -> tuple[str | None, str | None]:
    """The first moment's hour and the last moment's; of a daily span both are the same each day."""
    clocks: list[ClockTime] = [*sense.clocks, *(clock for entry in sense.entries for clock in entry.clocks)] or sense.arrivals
    if not clocks:
        return None, None
    start = next((clock.start for clock in clocks if clock.start), None)
    end = clocks[-1].end
    last: Entry | None = sense.entries[-1] if sense.entries else None
    if end is None and last is not None and last.is_span and 0 < last.clocks_before_join < len(last.clocks):
        end = last.clocks[-1].start  # 4月23日14:00至24日11:30
        last.is_moment = True
    if len(clocks) > 1 and end is None:
        end = next((clock.end for clock in clocks if clock.end), None) if len(sense.entries) <= 1 else None
    return start, end
