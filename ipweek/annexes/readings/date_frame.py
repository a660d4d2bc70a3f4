"""Where the reading of days stands, and how a day joins those before it. ``date_grammar`` says what each word does."""

from __future__ import annotations

import re
from datetime import date, timedelta

from ipweek.annexes.readings.date_sense import Entry, Sense, Unreal, day_of, longest, say, week_days
from ipweek.annexes.readings.date_words import Word, mended, words

LONGEST_SPAN = timedelta(days=200)
"""A span without years that ends in an earlier month than it begins goes into the next year, unless it gets longer than this."""

YEARS = range(1900, 2200)
"""Other years in a cell are no years."""

DAY_LIKE = frozenset({"ymd", "mdy", "eight", "md", "day", "month_day_english"})
DATED = DAY_LIKE | {"number", "month", "xun", "year_part", "ip_week", "named_day", "ym", "nth_week"}
LINKS = frozenset({"to", "list", "or"})


class Frame:
    """The state of the reader between two words."""

    def __init__(self, text: str, week: tuple[date, date] | None, year: int | None) -> None:
        self.text = text
        self.said = mended(text)
        self.words = words(self.said)
        self.week = week
        self.sense = Sense()
        self.year = year if year is not None else (week[0].year if week else 0)
        self.year_is_said = False
        self.year_is_new = False  # said since the day before
        self.month = 0
        self.week_month = 0  # of the last day that only the week could tell
        self.at = 0
        self.link = self.cut_link = ""
        self.is_fresh = False  # the word before was a day or a clock time, suffixes still belong to it
        self.after_clock = False
        self.until = self.since = self.around = self.by_now = False
        self.week_is_said = False
        self.number_is = self._numbers_in_chains()

    def _numbers_in_chains(self) -> dict[int, str]:
        kinds = [word.kind for word in self.words]
        found: dict[int, str] = {}
        for at, kind in enumerate(kinds):
            if kind != "number":
                continue
            before = kinds[at - 1] if at else ""
            beyond = kinds[at - 2] if at > 1 else ""
            if before in ("month", "ym") or (
                before in LINKS and not self._is_apart(at - 1) and (beyond in DAY_LIKE or found.get(at - 2) == "day")
            ):
                found[at] = "day"
        for at in range(len(kinds) - 3, -1, -1):
            if kinds[at] != "number" or at in found or kinds[at + 1] not in LINKS or self._is_apart(at + 1):
                continue
            beyond = kinds[at + 2]
            if beyond == "day" or (beyond == "number" and found.get(at + 2) == "day"):
                found[at] = "day"
            elif beyond == "month" or (beyond == "number" and found.get(at + 2) == "month"):
                found[at] = "month"
        return found

    def _is_apart(self, link: int) -> bool:
        """Whether other text stands on either side of the link, or other figures: 每周一、三、五，请于4月10日前预约."""
        before, after = self.words[link - 1].text, self.words[link + 1].text
        is_mixed = before[0].isdecimal() != after[0].isdecimal()
        return self.words[link].is_apart or self.words[link + 1].is_apart or is_mixed

    def _is_past_the_day(self, word: Word) -> bool:
        """Whether *word* stands in another clause than the day before it."""
        day = next((each for each in reversed(self.words[: self.at]) if each.kind in DATED), None)
        return day is not None and re.search("[,;。(]", self.said[day.place[1] : word.place[0]]) is not None

    def _next(self, skip: int = 0) -> str:
        """The kind of the word after this one, brackets aside."""
        rest = [word.kind for word in self.words[self.at + 1 : self.at + 5] if word.kind != "bracket"]
        return rest[skip] if len(rest) > skip else ""

    def _as_written(self, first: int, last: int) -> str:
        """The words from *first* to *last* as they stand in the text; "" where more than a blank or 的 stands between them."""
        found = re.search(r"[\s的]*".join(re.escape(word.text) for word in self.words[first : last + 1]), self.text)
        return found[0] if found else ""

    def _written_at(self, at: int) -> str:
        """How the day at word *at* is written, its month included."""
        text = self.words[at].text
        if self.words[at].kind in ("day", "number"):
            text = text if text[-1] in "日号" else f"{text}日"
            return f"{self.month}月{text}" if self.month else text
        return text

    def _add(self, first: date, last: date, kind: str) -> Entry:
        """Put a day or window behind what was read, joined by the link before it."""
        link, self.link = self.link, ""
        entries = self.sense.entries
        before = entries[-1] if entries else None
        self.is_fresh, self.after_clock = True, False
        if link == "or":
            self.sense.has_alternatives = True
        if link == "to" and before is not None:
            joined = self._join(before, first, last, kind)
            self.year_is_new = False
            return joined
        self.year_is_new = False
        same = next((entry for entry in entries if (entry.first, entry.last) == (first, last)), None)
        if same is not None and (same is before or kind != "window"):
            same.kind = "day" if "day" in (same.kind, kind) else same.kind
            if same is not before:
                entries.remove(same)
                entries.append(same)
            return same
        written = [first] if first == last else [first, last]
        entry = Entry(first, last, kind, written, is_vague=kind == "window", is_around=self.around, is_open_start=self.until)
        entry.place = self.words[self.at].place
        if len(self.sense.weekdays) == 1 and not entries and first == last and not self.sense.is_recurring:
            entry.weekdays.append((first, self.sense.weekdays[-1]))  # 周六（4月20日）
        entry.is_open_end = self.since and not self.until and first == last and self._next() not in ("to", "to_date")
        self.until = self.around = self.since = False
        entries.append(entry)
        return entry

    def _join(self, entry: Entry, first: date, last: date, kind: str) -> Entry:
        if (
            not self.year_is_new
            and first.month < entry.first.month
            and first < entry.first
            and first + timedelta(days=366) - entry.first < LONGEST_SPAN
        ):
            first, last = _a_year_later(first), _a_year_later(last)
            self.year = first.year
        if last < entry.first:
            self.sense.problems.append(("order", ""))
            return entry
        entry.last = last
        entry.place = (entry.place[0], self.words[self.at].place[1])
        entry.is_span, entry.clocks_before_join = True, len(entry.clocks)
        entry.is_open_end = entry.is_open_start = False
        entry.is_vague = entry.is_vague or kind == "window"
        entry.kind = "day" if "day" in (entry.kind, kind) else kind
        entry.written += [first] if first == last else [last]
        return entry

    def _add_day(self, month: int, day: int) -> Entry:
        day_read = day_of(self.year, month, day)
        self.month = month
        return self._add(day_read, day_read, "day")

    def _window(self, first: date, last: date) -> None:
        self._add(first, last, "window")

    def _say_year(self, year: int) -> None:
        if year not in YEARS:
            raise Unreal
        self.year, self.year_is_said, self.year_is_new = year, True, True
        self.sense.years.add(year)

    def _is_half_typed(self, day: int) -> bool:
        return day in (1, 2, 3) and self._is_at_the_end()

    def _is_at_the_end(self) -> bool:
        return self.at == len(self.words) - 1 and re.sub(r"\s", "", self.text).endswith(self.words[-1].text)

    def _ask(self, piece: str, *answers: str) -> None:
        """Ask what *piece* of the text means; *answers* are texts in its place. Only the first question is asked."""
        self.sense.is_doubtful = True
        if not self.sense.question[0] and answers:
            self.sense.question = (piece, answers)

    def _half(self, piece: str, month: int, day: int, other: int = 0) -> None:
        """A digit of the day is missing or misplaced: it may also be *other* (else the day with a zero behind)."""
        self.sense.problems.append(("half", piece))
        self.sense.question = (piece, tuple(say(month, each) for each in (day, other or day * 10) if each <= longest(month)))

    def _month_by_week(self, day: int) -> int:
        if self.week is None:
            self.sense.is_doubtful = True
            raise Unreal
        in_week = next((each for each in week_days(self.week) if each.day == day), None)
        month = in_week.month if in_week else self.week_month or self.week[0].month
        if in_week is None and not self.week_month:
            self._ask(self.words[self.at].text, say(month, day))
        return month


def _a_year_later(day: date) -> date:
    """The same day, or the end of February."""
    return day.replace(year=day.year + 1, day=28 if (day.month, day.day) == (2, 29) else day.day)
