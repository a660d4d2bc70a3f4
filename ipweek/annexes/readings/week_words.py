"""What words about weeks mean: the campaign's week and the days named within it, weekdays, the day before or after."""

from __future__ import annotations

from datetime import date, timedelta

from ipweek.annexes.readings.date_frame import LINKS, Frame
from ipweek.annexes.readings.date_sense import ONE_DAY, Entry, say, say_day, week_days
from ipweek.annexes.readings.date_words import WEEKDAYS, Word
from ipweek.annexes.readings.numerals import count_of

SATURDAY, SUNDAY = 5, 6
MOST_DAYS = 3
"""As often as a weekday of a longer week is offered."""


class WeekWords(Frame):
    """The words of weeks and of days beside a day."""

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
        elif text.startswith("倒数"):
            day = self.week[1] - (count_of(text.strip("倒数第天日")) - 1) * ONE_DAY
            if day < self.week[0]:
                self.sense.is_doubtful = True
                return
        else:
            day = self.week[0] + (count_of(text.strip("第天日")) - 1) * ONE_DAY
            if day > self.week[1]:
                near = [self.week[1], *([day] if day - self.week[1] < 7 * ONE_DAY else [])]
                self._ask(self._as_written(self.at - 1, self.at), *map(say_day, near))  # 宣传周第八天
                return
        self._in_week(day, day)

    def _weekday(self, word: Word) -> None:
        entry = self.sense.entries[-1] if self.sense.entries else None
        link = self.link
        if entry is not None and entry.is_open_start and self._is_past_the_day(word):
            entry = None  # 4月10日截止报名；周六、周日
        if self.sense.is_recurring or word.value is None:
            pass
        elif self.week and self.week_is_said and (entry is None or entry.kind == "week" or (entry.by_weekday and link)):
            for day in week_days(self.week):
                if day.weekday() == word.value:
                    self._in_week(day, day)
        elif entry is not None and self.is_fresh and entry.kind == "window":
            self._in_window(entry, word.value)
        elif entry is not None and self.is_fresh:
            if not self._say_weekday(entry, word.value) and link == "list" and entry.weekdays:
                self._in_same_week(entry, word.value)
        elif entry is None:
            self.sense.weekdays.append(word.value)
            first = next(at for at, each in enumerate(self.words) if each.kind == "weekday")
            self.sense.weekdays_text = "".join(each.text for each in self.words[first : self.at + 1])
            if self.at and self.words[self.at - 1].kind == "to" and len(self.sense.weekdays) > 1:
                self.sense.is_recurring = True  # 周一至周五
        self.link = ""

    def _in_window(self, entry: Entry, weekday: int) -> None:
        """4月第三周周三; which week is the third is counted in two ways, so it is asked."""
        days = [day for day in week_days((entry.first, entry.last)) if day.weekday() == weekday]
        self._ask(self._as_written(max(0, self.at - 2), self.at), *(say(day.month, day.day) for day in days))
        if len(days) == 1:
            entry.first = entry.last = days[0]
            entry.kind, entry.is_vague, entry.written = "day", False, days

    def _in_same_week(self, entry: Entry, weekday: int) -> None:
        """4月23日（周二）上午、周四下午: the next Thursday behind that day."""
        ahead = (weekday - entry.last.weekday()) % 7
        if ahead:
            day = entry.last + ahead * ONE_DAY
            self._add(day, day, "day").weekdays.append((day, weekday))

    def _say_weekday(self, entry: Entry, weekday: int) -> bool:
        """Several weekdays in a row (周六、周日) belong to as many days before them; False where none is left for it."""
        if entry.is_span and [word.kind for word in self.words[self.at + 1 : self.at + 4]] == ["to", "weekday", "clock"]:
            self.sense.is_recurring = True  # 4月20日至26日（周一至周五9:00-17:00）
            return True
        told = {day for each in self.sense.entries for day, _ in each.weekdays}
        written = [day for each in self.sense.entries if each is entry or not each.is_open_start for day in each.written]
        ahead = 0
        for word in self.words[self.at + 1 :]:
            if word.kind == "weekday":
                ahead += 1
            elif word.kind not in LINKS or word.is_apart:
                break
        behind = sum(1 for word in self.words[max(0, self.at - 2 * len(written)) : self.at] if word.kind == "weekday") if ahead == 0 else 0
        if entry.is_span and entry.last - entry.first >= 7 * ONE_DAY and (ahead or behind):
            self.sense.is_recurring = True  # 4月20日至5月5日，周二至周日
            return True
        free = [day for day in written if day not in told]
        day = free[-ahead - 1] if len(free) > ahead else (free[0] if free and (ahead or behind) else None)
        if day is not None:
            entry.weekdays.append((day, weekday))
        return day is not None

    def _relative(self, word: Word) -> None:
        """下周三: nobody knows when that was typed. It is asked whether it is the day of the campaign's week, or its month."""
        if self.sense.entries:
            return
        self.sense.is_standing = self.sense.is_doubtful = True
        if self.week is None or word.text[0] not in "本这当下":
            return
        if word.text.endswith("月"):
            first = self.week[0].month
            self._ask(word.text, *(f"{(month - 1) % 12 + 1}月" for month in (first, first + 1)[: 1 + (word.text[0] == "下")]))
            return
        link, last = [*(each for each in self.words[self.at + 1 : self.at + 3]), word, word][:2]
        is_joined = link.kind in ("to", "list") and last.kind == "weekday"
        days = _weekdays(word.text, link.kind if is_joined else "", last.text, week_days(self.week))
        self._ask(self._as_written(self.at, self.at + 2 * is_joined), *days)

    def _weekend(self, word: Word) -> None:
        entry = self.sense.entries[-1] if self.sense.entries else None
        if entry is not None and entry.kind == "week" and self.is_fresh and self.week:
            for day in week_days(self.week):
                if day.weekday() == SATURDAY or (day.weekday() > SATURDAY and day == self.week[0]):
                    self._in_week(day, min(day + (SUNDAY - day.weekday()) * ONE_DAY, self.week[1]))
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

    def _edge_days(self, word: Word) -> None:
        """宣传周前两天: the first two of it, or the two before it."""
        entry = self.sense.entries[-1] if self.sense.entries and self.is_fresh else None
        count, is_ahead = count_of(word.text[1]), word.text[0] == "前"
        if entry is None or entry.kind != "week" or entry.first + count * ONE_DAY > entry.last:
            self.sense.is_doubtful = True
            return
        rest = (count - 1) * ONE_DAY
        first, beside = (entry.first, entry.first - count * ONE_DAY) if is_ahead else (entry.last - rest, entry.last + ONE_DAY)
        spans = [f"{say(day.month, day.day)}至{say((day + rest).month, (day + rest).day)}" for day in (first, beside)]
        self._ask(self._as_written(self.at - 1, self.at), *spans)

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
        elif entry is not None and self.is_fresh and entry.kind == "week":
            entry.first = entry.last = (entry.first if by < ONE_DAY else entry.last) + by
            entry.kind, entry.written = "day", [entry.first]
        else:
            self.sense.is_doubtful = True


def _weekdays(said: str, link: str, last: str, days: list[date]) -> list[str]:
    """What 下周, 下周三, 下周末 or 下周一至周五 would be among *days*, in words; each day where there are several."""
    if said[-1] in "周期拜":
        if len(days) == 1:
            return [say_day(days[0])]
        return [f"{say(days[0].month, days[0].day)}至{say(days[-1].month, days[-1].day)}"]
    if said[-1] == "末":
        return ["、".join([say_day(day) for day in days if day.weekday() >= SATURDAY][:2])]
    first = [day for day in days if day.weekday() == WEEKDAYS[said[-1]]]
    if not link or not first:
        return [say_day(day) for day in first[:MOST_DAYS]]
    ends = [day for day in days if day.weekday() == WEEKDAYS[last[-1]] and day > first[0]]
    return [f"{say_day(first[0])}{'至' if link == 'to' else '、'}{say_day(ends[0])}"] if ends else []
