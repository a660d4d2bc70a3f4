"""What the words about days mean one after the other: days, spans, windows, open ends. ``time`` makes the reading of it."""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable
from datetime import date, timedelta

from ipweek.annexes.readings.clock_times import ClockTime
from ipweek.annexes.readings.date_frame import DATED, LINKS, Frame
from ipweek.annexes.readings.date_sense import ONE_DAY, Entry, Sense, Unreal, in_year, month_window, week_days
from ipweek.annexes.readings.date_words import Word
from ipweek.annexes.readings.numerals import small_number

WEEKDAY_SIGNS = "一二三四五六日"

_PICKED = re.compile("[择某任选]|的?[一1]个?[天日]")
_LASTS = ("为期", "历时", "连续", "持续")
_QUARTER = {"一": 1, "二": 2, "三": 3, "四": 4, "1": 1, "2": 2, "3": 3, "4": 4}


class Grammar(Frame):
    """Reads the words once, from left to right."""

    def read(self) -> Sense:
        """The sense of all words."""
        for at, word in enumerate(self.words):
            self.at = at
            if word.is_apart:
                self.is_fresh = False
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

    # Numbers without 日 or 月 take it from their neighbours: 4月22、24、26日; 3-4月.

    # Days.

    def _ymd(self, word: Word) -> None:
        year, month, day = word.value
        if len(word.text) > 7 and word.text[-1].isdecimal() and "月" in word.text and self._is_half_typed(day):
            self._half(month, day)
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
            return
        entry = self._add_day(month, day)
        if self.week and day in (1, 2, 3) and "." in word.text and word.text[-1].isdecimal():
            zero_lost = date(entry.last.year, month, day * 10) if day * 10 <= calendar.monthrange(entry.last.year, month)[1] else None
            if zero_lost and self.week[0] <= zero_lost <= self.week[1] and not self.week[0] <= entry.last <= self.week[1]:
                self.sense.is_doubtful = True  # 4.2 is what Excel leaves of 4.20

    def _day(self, word: Word) -> None:
        if self.sense.is_recurring and not self.month:  # 每月26日
            return
        self._add_day(self.month or self._month_by_week(word.value), word.value)

    def _number(self, word: Word) -> None:
        role = self.number_is.get(self.at)
        if role == "day":
            if self.words[self.at - 1].kind == "month" and self._is_half_typed(word.value):
                self._half(self.month, word.value)
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
            self._half(entry.last.month, entry.last.day, 10 * entry.last.day + int(word.text))

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
        self.year += -1 if word.text in ("去年", "上年") else 1
        self.year_is_said = self.year_is_new = True
        self.sense.is_doubtful = self.sense.is_doubtful or word.text not in ("次年", "翌年")

    def _ym(self, word: Word) -> None:
        self._say_year(word.value[0])
        self._month(word._replace(value=word.value[1]))

    def _month(self, word: Word) -> None:
        if word.value > 12 and not word.text[0].isdecimal() and "十" not in word.text:  # 四五月份
            for month in divmod(word.value, 10):
                self._window(*month_window(self.year, month))
            return
        self.month = word.value
        if self._next() in ("day", "xun", "nth_week") or self.number_is.get(self.at + 1) == "day":
            return
        first, last = month_window(self.year, word.value)
        self._window(first, last)

    def _xun(self, word: Word) -> None:
        if not self.month and self.at and self.words[self.at - 1].text.startswith("下"):
            return  # 下月初: nobody knows when that was typed
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
        count = _count(said[1] if said else "", otherwise=0)
        is_one_day = "个" in word.text and word.text[-2] in "周期" and word.text[-1] in WEEKDAY_SIGNS
        if is_one_day:
            days = [each for each in week_days((first, last)) if each.weekday() == WEEKDAY_SIGNS.index(word.text[-1])]
        else:
            days = week_days((first, last))[6::7]
        if count > len(days) + (not is_one_day):
            raise Unreal
        if is_one_day:
            self._add(days[count - 1], days[count - 1], "day")
            return
        start = last - 6 * ONE_DAY if not count else first + 7 * (count - 1) * ONE_DAY
        self._window(start, min(start + 6 * ONE_DAY, last))

    # The week, and days named within it.

    def _ip_week(self, word: Word) -> None:
        self.week_is_said = True
        if self.week is None:
            self.sense.is_standing = True
            return
        self._add(*self.week, "week")

    def _in_week(self, first: date, last: date) -> None:
        """A day of the week takes the place of the week itself, where that was said just before."""
        if self.is_fresh and self.sense.entries and self.sense.entries[-1].kind == "week" and not self.link:
            self.sense.entries.pop()
        entry = self._add(first, last, "day")
        entry.by_weekday = True

    def _nth_day(self, word: Word) -> None:
        if not self.week_is_said or self.week is None:
            return
        text = word.text
        if text.startswith(("最后", "末", "闭幕", "结束")):
            day = self.week[1]
        else:
            day = self.week[0] + (_count(text.strip("第天日")) - 1) * ONE_DAY
            if day > self.week[1]:
                self.sense.is_doubtful = True  # 宣传周第八天
                return
        self._in_week(day, day)

    def _weekday(self, word: Word) -> None:
        entry = self.sense.entries[-1] if self.sense.entries else None
        link = self.link
        if self.sense.is_recurring or word.value is None:
            pass
        elif self.week and self.week_is_said and (entry is None or entry.kind == "week" or (entry.by_weekday and link)):
            for day in week_days(self.week):
                if day.weekday() == word.value:
                    self._in_week(day, day)
        elif entry is not None and self.is_fresh and entry.kind == "window":
            self._in_window(entry, word.value)
        elif entry is not None and self.is_fresh:
            self._say_weekday(entry, word.value)
        elif entry is None:
            self.sense.weekdays.append(word.value)
            if self.at and self.words[self.at - 1].kind == "to" and len(self.sense.weekdays) > 1:
                self.sense.is_recurring = True  # 周一至周五
        self.link = ""

    def _in_window(self, entry: Entry, weekday: int) -> None:
        """4月第三周周三; which week is the third is counted in two ways, so it is asked."""
        days = [day for day in week_days((entry.first, entry.last)) if day.weekday() == weekday]
        if len(days) == 1:
            entry.first = entry.last = days[0]
            entry.kind, entry.is_vague, entry.written = "day", False, days
        self.sense.is_doubtful = True

    def _say_weekday(self, entry: Entry, weekday: int) -> None:
        """Several weekdays in a row (周六、周日) belong to as many days before them."""
        told = {day for each in self.sense.entries for day, _ in each.weekdays}
        written = [day for each in self.sense.entries for day in each.written]
        ahead = 0
        for word in self.words[self.at + 1 :]:
            if word.kind == "weekday":
                ahead += 1
            elif word.kind not in LINKS or word.is_apart:
                break
        behind = sum(1 for word in self.words[max(0, self.at - 2 * len(written)) : self.at] if word.kind == "weekday") if ahead == 0 else 0
        free = [day for day in written if day not in told]
        day = free[-ahead - 1] if len(free) > ahead else (free[0] if free and (ahead or behind) else None)
        if day is not None:
            entry.weekdays.append((day, weekday))

    def _weekend(self, word: Word) -> None:
        entry = self.sense.entries[-1] if self.sense.entries else None
        if entry is not None and entry.kind == "week" and self.is_fresh and self.week:
            days = [day for day in week_days(self.week) if day.weekday() >= 5]
            self._in_week(days[0], days[-1])
        elif entry is None:
            self.sense.is_recurring = True

    def _day_before(self, word: Word) -> None:
        self._shift(-ONE_DAY)

    def _day_after(self, word: Word) -> None:
        if self.link and self.sense.entries:
            day = self.sense.entries[-1].last + ONE_DAY
            self._add(day, day, "day")
        else:
            self._shift(ONE_DAY)

    def _week_beside(self, word: Word) -> None:
        """宣传周前一周, 4月26日后一周."""
        entry = self.sense.entries[-1] if self.sense.entries and self.is_fresh else None
        if entry is None:
            self.sense.is_doubtful = True
        elif word.text[0] == "前":
            entry.first, entry.last = entry.first - 7 * ONE_DAY, entry.first - ONE_DAY
        else:
            entry.first, entry.last = entry.last + ONE_DAY, entry.last + 7 * ONE_DAY
        if entry is not None:
            entry.kind, entry.is_vague = "window", True

    def _shift(self, by: timedelta) -> None:
        entry = self.sense.entries[-1] if self.sense.entries else None
        if entry is not None and self.is_fresh and entry.kind == "day" and entry.first == entry.last:
            entry.first, entry.last = entry.first + by, entry.last + by
            entry.written = [entry.first]
        else:
            self.sense.is_doubtful = True

    # Clock times and parts of the day.

    def _clock(self, word: Word) -> None:
        clock: ClockTime = word.value
        if clock.problem:
            self.sense.problems.append((clock.problem if clock.problem == "order" else "impossible", word.text))
        entry = self.sense.entries[-1] if self.sense.entries else None
        is_into_the_night = entry is not None and entry.is_span and entry.clocks  # 22:00-4月24日2:00
        self.sense.is_doubtful = self.sense.is_doubtful or (clock.is_doubtful and not is_into_the_night)
        for part in clock.parts:
            self._say_part(part)
        if clock.start and not clock.end and entry is not None and entry.is_open_start:
            clock = ClockTime(None, clock.start, clock.parts)  # 截止日期为4月26日17:00
        if clock.start or clock.end:
            (entry.clocks if entry is not None else self.sense.clocks).append(clock)
        self.link, self.is_fresh, self.after_clock = "", True, True

    def _arrival(self, word: Word) -> None:
        self.sense.arrivals.append(word.value)
        self.is_fresh = True

    def _part(self, word: Word) -> None:
        self._say_part(word.text)

    def _say_part(self, part: str) -> None:
        if part not in self.sense.parts:
            self.sense.parts.append(part)

    # Links, ends, and words that make things vague.

    def _to(self, word: Word) -> None:
        if self.sense.entries and (self.is_fresh or word.text in ("至", "到", "直至")):
            self.link = "to"
        elif (not self.sense.entries and word.text[-1] in "至到") or self.by_now:
            self.until = True

    def _list(self, word: Word) -> None:
        if self.link != "to" or word.text in "，,、;\n":
            self.link = "list"

    def _or(self, word: Word) -> None:
        self.link = "or"

    def _bracket(self, word: Word) -> None:
        if word.text == ")":
            self.link = ""

    def _after(self, word: Word) -> None:
        entry = self.sense.entries[-1] if self.sense.entries and self.is_fresh else None
        if entry is None or entry.is_span or (self.after_clock and word.text == "开始"):
            return
        entry.is_begun = True
        if entry.kind == "week" and self.week:
            if word.text.startswith(("起", "开始")):
                entry.is_open_end = True
            else:
                entry.first, entry.is_open_end, entry.is_vague = self.week[1] + ONE_DAY, True, True
            return
        if entry.kind == "window" and word.text in ("之后", "后"):
            entry.first = entry.last + ONE_DAY
        entry.is_open_end = True

    def _before(self, word: Word) -> None:
        entry = self.sense.entries[-1] if self.sense.entries and self.is_fresh else None
        if entry is None or (self.link == "to" and word.text in ("结束", "闭幕")):  # 13:30-结束
            return
        if self.after_clock and entry.clocks:
            clock = entry.clocks.pop()
            entry.clocks.append(ClockTime(None, clock.start if clock.end is None else clock.end, clock.parts))
        if entry.is_span or self._ends_what_began(entry):
            return
        entry.is_open_start = True
        if entry.kind == "week" and self.week and word.text[-1] == "前":
            entry.last, entry.is_vague = self.week[0] - ONE_DAY, True

    def _begun(self, word: Word) -> None:
        if self.is_fresh and self.sense.entries:
            self.sense.entries[-1].is_begun = True

    def _ends_what_began(self, entry: Entry) -> bool:
        """4月20日启动，4月26日结束 is one span."""
        before = self.sense.entries[-2] if len(self.sense.entries) > 1 else None
        if before is None or not before.is_begun or before.is_span or entry.first < before.first:
            return False
        self.sense.entries.pop()
        before.clocks_before_join, before.is_span, before.is_open_end = len(before.clocks), True, False
        before.last = entry.last
        before.clocks += entry.clocks
        before.weekdays += entry.weekdays
        return True

    def _to_date(self, word: Word) -> None:
        entry = self.sense.entries[-1] if self.sense.entries else None
        if entry is not None and self.is_fresh and self._next() not in DATED:
            self._before(word)
        elif entry is not None and entry.is_open_end and self.link != "list":
            self.link = "to"
        else:
            self.until = True

    def _from(self, word: Word) -> None:
        self.since = True

    def _now(self, word: Word) -> None:
        self.by_now = self.until = self.sense.is_standing = True

    def _around(self, word: Word) -> None:
        if word.text in ("约", "大约", "大概"):
            self.around = True
        elif self.is_fresh and self.sense.entries and not self.after_clock:
            self.sense.entries[-1].is_around = True

    def _inside(self, word: Word) -> None:
        picked = _PICKED.search(word.text) is not None
        entry = self.sense.entries[-1] if self.sense.entries else None
        if picked:
            self.sense.is_picked = True
        elif entry is not None and self.is_fresh:
            is_window = (entry.kind == "week" and word.text.endswith("内")) or (entry.is_span and word.text in ("之间", "间"))
            entry.is_vague = entry.is_vague or is_window
            entry.is_around = entry.is_around or (entry.first == entry.last and word.text in ("期间", "当周"))

    def _duration(self, word: Word) -> None:
        entry = self.sense.entries[-1] if self.sense.entries else None
        if entry is None or entry.first != entry.last or "半" in word.text:
            return
        if not entry.is_open_end and (len(self.sense.entries) > 1 or not word.text.startswith(_LASTS)):
            return
        count = _count(re.sub(r"[^\d一二三四五六七八九十两]", "", word.text), otherwise=0)
        if count and "工作日" not in word.text and "月" not in word.text:
            entry.last = entry.first + (count * (7 if "周" in word.text or "星期" in word.text else 1) - 1) * ONE_DAY
            entry.is_open_end, entry.is_span = False, count > 1
        elif "月" in word.text:
            entry.is_open_end = True

    def _every(self, word: Word) -> None:
        self.sense.is_recurring = True

    def _standing(self, word: Word) -> None:
        if word.text == "工作日" and self.is_fresh and self.sense.entries and self.sense.entries[-1].kind == "week":
            self.sense.entries[-1].is_vague = True
        if self.link == "to" and self.sense.entries:  # 4月20日至长期
            self.sense.entries[-1].is_open_end, self.link = True, ""
        self.sense.is_standing = True

    _daily = _holiday = _standing

    def _relative(self, word: Word) -> None:
        if not self.sense.entries:
            self.sense.is_standing = self.sense.is_doubtful = True

    def _tentative(self, word: Word) -> None:
        self.sense.is_tentative = True
        self.sense.is_within = self.sense.is_within or word.text.startswith("具体")
        self.sense.is_undated = self.sense.is_undated or word.text not in ("拟", "拟定", "预计", "计划", "暂定", "初定")

    def _close(self) -> None:
        """What stands at the end half-typed: 4月20日至."""
        last = self.words[-1] if self.words else None
        if last is not None and last.kind == "to" and self.link == "to" and self.sense.entries and self._is_at_the_end():
            self.sense.entries[-1].is_open_end = True
            self.sense.is_doubtful = True


def _count(text: str, otherwise: int = 1) -> int:
    """*text* as a small number, *otherwise* where it is none (首日, 最后一周)."""
    try:
        return small_number(text.replace("两", "二"))
    except ValueError:
        return otherwise
