"""What the words about days mean one after the other: days, months, hours. ``time`` makes the reading of it.

The words of weeks and those at the edges of days have modules of their own.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date

from ipweek.annexes.readings.clock_times import ClockTime
from ipweek.annexes.readings.date_frame import DATED
from ipweek.annexes.readings.date_sense import ONE_DAY, WEEKDAY_NAMES, Sense, Unreal, in_year, longest, month_window, say, week_days
from ipweek.annexes.readings.date_words import Word
from ipweek.annexes.readings.edge_words import EdgeWords
from ipweek.annexes.readings.numerals import count_of
from ipweek.annexes.readings.week_words import WeekWords

_QUARTER = {"一": 1, "二": 2, "三": 3, "四": 4, "1": 1, "2": 2, "3": 3, "4": 4}


class Grammar(WeekWords, EdgeWords):
    """Reads the words once, from left to right."""

    def read(self) -> Sense:
        """The sense of all words."""
        for at, word in enumerate(self.words):
            self.at = at
            if word.is_apart:
                self.is_fresh, self.cut_link = False, self.link
                if self.link == "to":
                    self.link = ""
            if word.kind == "among" and self.sense.entries:
                break
            handler: Callable[[Word], None] | None = getattr(self, f"_{word.kind}", None)
            if handler is None:
                continue
            try:
                handler(word)
            except Unreal:
                if self.year:  # without any year no day can be named, right or wrong
                    self.sense.problems.append(("impossible", self._written_at(at)))
                self.link, self.is_fresh = "", False
        self._close()
        return self.sense

    # Days.

    def _ymd(self, word: Word) -> None:
        year, month, day = word.value
        if len(word.text) > 7 and word.text[-1].isdecimal() and "月" in word.text and self._is_half_typed(day):
            self._half(word.text, month, day)
            return
        self._say_year(year)
        self._add_day(month, day)

    _eight = _mdy = _ymd

    def _month_day_english(self, word: Word) -> None:
        year, month, day = word.value
        if year:
            self._say_year(year)
        self._add_day(month, day)

    def _md(self, word: Word) -> None:
        month, day = word.value
        if not (1 <= month <= 12 and 1 <= day <= 31):
            self.sense.is_doubtful = True
            if 1 <= day <= 12 < month <= 31:
                self._ask(word.text, say(day, month))  # 23/4
            return
        entry = self._add_day(month, day)
        if self.week and day in (1, 2, 3) and "." in word.text and word.text[-1].isdecimal():
            zero_lost = date(entry.last.year, month, day * 10) if day * 10 <= longest(month, entry.last.year) else None
            if zero_lost and self.week[0] <= zero_lost <= self.week[1] and not self.week[0] <= entry.last <= self.week[1]:
                self._ask(word.text, say(month, day), say(month, day * 10))  # 4.2 is what Excel leaves of 4.20

    def _day(self, word: Word) -> None:
        if self.sense.is_recurring and not self.month:  # 每月26日
            return
        if self.month:
            self._add_day(self.month, word.value)
            return
        self.week_month = self._month_by_week(word.value)
        self._add_day(self.week_month, word.value)
        self.month = 0  # the next day is looked for in the week too, which may go on into another month

    def _number(self, word: Word) -> None:
        role = self.number_is.get(self.at)
        if role == "day":
            if self.words[self.at - 1].kind == "month" and self._is_half_typed(word.value):
                self._half(self.words[self.at - 1].text + word.text, self.month, word.value)
                return
            self._day(word)
        elif role == "month":
            first, last = month_window(self.year, word.value)
            self.month = word.value
            self._add(first, last, "window")
        else:
            self._slipped(word)

    def _slipped(self, word: Word) -> None:
        """4月2日0 was 4月20日, or a digit too many: the two are asked about."""
        before = self.words[self.at - 1] if self.at else None
        entry = self.sense.entries[-1] if self.sense.entries else None
        if before is None or entry is None or before.kind not in ("day", "ymd", "md") or not word.text.isdecimal() or len(word.text) > 1:
            return
        if f"{before.text}{word.text}" in self.text and entry.last.day < 10:
            ahead = self.words[self.at - 2].text if before.kind == "day" and self.at > 1 else ""
            self._half(ahead + before.text + word.text, entry.last.month, entry.last.day, 10 * entry.last.day + int(word.text))

    def _named_day(self, word: Word) -> None:
        entry = self._add_day(*word.value)
        if self._next() in ("holiday", "inside"):
            entry.is_around = True

    # Months, parts of months and years.

    def _year(self, word: Word) -> None:
        entries = self.sense.entries
        if entries and self.is_fresh and not self.year_is_said and not self.link and self._next() not in DATED:
            for entry in entries:  # 4月22日（2023年）
                entry.first, entry.last = in_year(entry.first, word.value), in_year(entry.last, word.value)
                entry.written = [in_year(day, word.value) for day in entry.written]
        self._say_year(word.value)
        if self._next() not in DATED and not self.sense.entries:
            self._window(date(self.year, 1, 1), date(self.year, 12, 31))

    def _relative_year(self, word: Word) -> None:
        this_year = self.year
        self.year += -1 if word.text in ("去年", "上年") else 1
        self.year_is_said = self.year_is_new = True
        if word.text not in ("次年", "翌年"):
            self.sense.years.add(self.year)
            self._ask(word.text, f"{self.year}年", f"{this_year}年")

    def _ym(self, word: Word) -> None:
        self._say_year(word.value[0])
        self._month(word._replace(value=word.value[1]))

    def _month(self, word: Word) -> None:
        if word.value > 12 and not word.text[0].isdecimal() and "十" not in word.text:  # 四五月份
            for month in divmod(word.value, 10):
                self._window(*month_window(self.year, month))
            return
        if not word.value:
            raise Unreal
        self.month = word.value
        if self._next() in ("day", "xun", "nth_week") or self.number_is.get(self.at + 1) == "day":
            return
        first, last = month_window(self.year, word.value)
        self._window(first, last)

    def _xun(self, word: Word) -> None:
        if not self.month and self.at and self.words[self.at - 1].text.startswith(("下", "上")):
            return  # 下月初: nobody knows when that was typed
        if self.sense.is_recurring and not self.month:  # 每月上旬
            return
        month = self.month or (self.week[0].month if self.week else 0)
        self._window(*month_window(self.year, month, *word.value))

    def _year_part(self, word: Word) -> None:
        text = word.text
        if text in ("今年", "本年", "本年度", "年度") and self._next() in DATED:
            return
        quarter = next((_QUARTER[sign] for sign in text if sign in _QUARTER), 0)
        if quarter:
            months = (quarter * 3 - 2, quarter * 3)
        else:
            months = {"上半年": (1, 6), "下半年": (7, 12), "年初": (1, 1), "年中": (6, 7), "年底": (12, 12), "年末": (12, 12)}.get(
                text, (1, 12)
            )
        self._window(month_window(self.year, months[0])[0], month_window(self.year, months[1])[1])

    def _nth_week(self, word: Word) -> None:
        if not self.month:
            self.sense.is_standing = True
            self.sense.is_doubtful = self.sense.is_doubtful or not self.sense.is_recurring
            return
        first, last = month_window(self.year, self.month)
        said = re.match(r"(?:的?第)?([\d一二三四五六七八九十]*)", word.text)
        count = count_of(said[1] if said else "", otherwise=0)
        is_one_day = "个" in word.text and word.text[-2] in "周期" and word.text[-1] in WEEKDAY_NAMES
        if is_one_day:
            days = [each for each in week_days((first, last)) if each.weekday() == WEEKDAY_NAMES.index(word.text[-1])]
        else:
            days = week_days((first, last))[6::7]
        if count > len(days) + (not is_one_day):
            raise Unreal
        if is_one_day:
            self._add(days[count - 1], days[count - 1], "day")
            return
        start = last - 6 * ONE_DAY if not count else first + 7 * (count - 1) * ONE_DAY
        self._window(start, min(start + 6 * ONE_DAY, last))

    # Clock times and parts of the day.

    def _clock(self, word: Word) -> None:
        clock: ClockTime = word.value
        if clock.problem:
            self.sense.problems.append((clock.problem if clock.problem == "order" else "impossible", word.text))
        entry = self.sense.entries[-1] if self.sense.entries else None
        is_into_the_night = entry is not None and entry.is_span and entry.clocks  # 22:00-4月24日2:00
        if clock.is_doubtful and not is_into_the_night:
            self._ask(word.text, *(f"{part}{word.text}" for part in ("下午", "凌晨") if not clock.problem))
        for part in clock.parts:
            self._say_part(part)
        if entry is not None and entry.is_open_start and self._is_past_the_day(word):
            entry = None  # 4月10日截止报名；每周二14:00
        if clock.start and not clock.end and entry is not None and entry.is_open_start:
            clock = ClockTime(None, clock.start, clock.parts)  # 截止日期为4月26日17:00
        if clock.start or clock.end:
            (entry.clocks if entry is not None else self.sense.clocks).append(clock)
        self.link, self.is_fresh, self.after_clock = "", True, True

    def _arrival(self, word: Word) -> None:
        self.sense.arrivals.append(word.value)
        for part in word.value.parts:
            self._say_part(part)
        self.is_fresh = True

    def _part(self, word: Word) -> None:
        self._say_part(word.text)

    def _say_part(self, part: str) -> None:
        if part not in self.sense.parts:
            self.sense.parts.append(part)
