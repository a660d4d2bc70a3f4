"""What words at the edges of days mean: links, open and closed ends, durations, and words that make things vague."""

from __future__ import annotations

import re

from ipweek.annexes.readings import due_days
from ipweek.annexes.readings.clock_times import ClockTime
from ipweek.annexes.readings.date_frame import DATED, Frame
from ipweek.annexes.readings.date_sense import ONE_DAY, Entry
from ipweek.annexes.readings.date_words import Word
from ipweek.annexes.readings.numerals import count_of

_PICKED = re.compile("[择某任选]|的?[一两二三四五1-6]个?[天日]")
ENDS = ("结束", "闭幕", "收官")
_CLAUSE_ENDS = frozenset(("", *",;。)、"))
_LASTS = ("为期", "历时", "连续", "持续")


class EdgeWords(Frame):
    """The words that join days, open or close a span, or say how sure it is."""

    def _to(self, word: Word) -> None:
        if self._says_until(word):
            self.until = True
        elif self.sense.entries and (self.is_fresh or word.text in ("至", "到", "直至")):
            self.link = "to"
        elif (not self.sense.entries and word.text[-1] in "至到") or self.by_now:
            self.until = True

    def _says_until(self, word: Word) -> bool:
        """4月24日，报名至4月20日止: what stands before 至 in its clause is no day."""
        if not word.is_apart or word.text[-1] not in "至到":
            return False
        clause = re.split("[,;。(]", self.said[: word.place[0]])[-1]
        is_begun = bool(self.sense.entries) and self.sense.entries[-1].is_begun  # 4月20日启动，征集至5月10日
        is_other_work = due_days.SIGNING_UP.search(clause) or (not is_begun and due_days.COLLECTING.search(clause))
        return bool(is_other_work) and not re.search(r"\d|起|日", clause)

    def _list(self, word: Word) -> None:
        if word.text in ",;。\n" and not self.by_now:
            self.until = False  # 报名截止日期为赛前3天，4月24日比赛
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
        if word.text in ENDS:
            self._end(word)
            return
        entry = self.sense.entries[-1] if self.sense.entries and self.is_fresh else None
        if entry is None:
            return
        if self.after_clock and entry.clocks:
            clock = entry.clocks.pop()
            entry.clocks.append(ClockTime(None, clock.start if clock.end is None else clock.end, clock.parts))
        if entry.is_span or self._ends_what_began(entry):
            return
        entry.is_open_start = True
        if entry.kind == "week" and self.week and word.text[-1] == "前" and not word.text.startswith(ENDS):
            entry.last, entry.is_vague = self.week[0] - ONE_DAY, True

    def _closes_its_clause(self, word: Word) -> bool:
        """4月17日报名截止，4月24日比赛: the word looks back, not ahead."""
        return self.said[word.place[1] : word.place[1] + 1] in _CLAUSE_ENDS

    def _end(self, word: Word) -> None:
        """4月26日结束, 11:30结束, 至活动结束."""
        entry = self.sense.entries[-1] if self.sense.entries else None
        if entry is None:
            return
        if self.after_clock and entry.clocks:
            if self.is_fresh and not self.link and not entry.clocks[-1].end:
                last = entry.clocks.pop()
                start = entry.clocks.pop().start if entry.clocks else None
                entry.clocks.append(ClockTime(start, last.start, last.parts))
        elif self._closes_its_clause(word) and due_days.SIGNING_UP.fullmatch(self.said[entry.place[1] : word.place[0]]):
            entry.is_open_start = not self._ends_what_began(entry)
        elif self.cut_link == "to" and word.is_apart:
            entry.is_open_end = True
        elif self.is_fresh and self.link != "to" and not entry.is_span and not self._ends_what_began(entry):
            entry.is_open_start = True

    def _begun(self, word: Word) -> None:
        if self.is_fresh and self.sense.entries:
            self.sense.entries[-1].is_begun = True

    def _ends_what_began(self, entry: Entry) -> bool:
        """4月20日启动，4月26日结束 is one span."""
        before = self.sense.entries[-2] if len(self.sense.entries) > 1 else None
        if before is None or not before.is_begun or before.is_span or entry.first < before.first:
            return False
        if due_days.REPORTING.search(re.split("[,;。)]", self.said[self.words[self.at].place[1] :], maxsplit=1)[0]):
            return False
        self.sense.entries.pop()
        before.clocks_before_join, before.is_span, before.is_open_end = len(before.clocks), True, False
        before.last = entry.last
        before.place = (before.place[0], entry.place[1])
        before.is_vague = before.is_vague or entry.is_vague
        before.clocks += entry.clocks
        before.weekdays += entry.weekdays
        return True

    def _to_date(self, word: Word) -> None:
        entry = self.sense.entries[-1] if self.sense.entries else None
        is_behind = entry is not None and _CLAUSE_ENDS.isdisjoint(self.said[entry.place[1] : word.place[0]])
        if self._closes_its_clause(word) or (is_behind and self.said.startswith("(", word.place[1])):
            if is_behind:
                self.is_fresh = True
                self._before(word)
        elif entry is not None and self.is_fresh and self._next() not in DATED:
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
            entry = self.sense.entries[-1]
            entry.is_around = True
            if entry.kind == "week" and word.text == "前后":  # before and after it: on which days, nobody knows
                self.sense.is_doubtful = True
            if entry.kind == "week" and word.text == "前夕":
                entry.last, entry.is_open_start = entry.first - ONE_DAY, True

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
        if entry is None or "半" in word.text or not (entry.first == entry.last or entry.is_open_end):
            return
        if not entry.is_open_end and (self._is_one_of_several_days() or not word.text.startswith(_LASTS)):
            return
        count = count_of(re.sub(r"[^\d一二三四五六七八九十两]", "", word.text), otherwise=0)
        if count and "工作日" not in word.text and "月" not in word.text:
            entry.last = entry.first + (count * (7 if "周" in word.text or "星期" in word.text else 1) - 1) * ONE_DAY
            entry.is_open_end, entry.is_span = False, count > 1
        elif "月" in word.text:
            entry.is_open_end = True

    def _is_one_of_several_days(self) -> bool:
        """Whether the day before stands in a list (4月20日、22日), so that a length behind is that of no one of them."""
        others, last = [each for each in self.sense.entries[:-1] if not each.is_open_start], self.sense.entries[-1]
        return bool(others) and re.search(r"[^\W\d年月日号和及]", self.said[others[-1].place[1] : last.place[0]]) is None

    def _changed(self, word: Word) -> None:
        """4月20日改为4月22日: what stood before holds no longer."""
        self.sense.entries.clear()
        self.link = ""

    def _every(self, word: Word) -> None:
        self.sense.is_recurring = True

    def _standing(self, word: Word) -> None:
        if word.text == "工作日" and self.is_fresh and self.sense.entries and self.sense.entries[-1].kind == "week":
            self.sense.entries[-1].is_vague = True
        if self.link == "to" and self.sense.entries:  # 4月20日至长期
            self.sense.entries[-1].is_open_end, self.link = True, ""
        self.sense.is_standing = True

    _daily = _holiday = _standing

    def _tentative(self, word: Word) -> None:
        self.sense.is_tentative = True
        self.sense.is_within = self.sense.is_within or word.text.startswith("具体")
        self.sense.is_undated = self.sense.is_undated or word.text not in ("拟", "拟定", "预计", "计划", "暂定", "初定")

    def _close(self) -> None:
        """What stands at the end half-typed: 4月20日至; and several weekdays before as many days: 周六、周日（4月20日、21日）."""
        written = [(entry, day) for entry in self.sense.entries for day in entry.written]
        if 1 < len(self.sense.weekdays) == len(written) and not any(entry.weekdays for entry, _ in written):
            for (entry, day), weekday in zip(written, self.sense.weekdays, strict=True):
                entry.weekdays.append((day, weekday))
        last = self.words[-1] if self.words else None
        if last is not None and last.kind == "to" and self.link == "to" and self.sense.entries and self._is_at_the_end():
            self.sense.entries[-1].is_open_end = True
            before = "".join(word.text for word in self.words[-2:-1])
            self._ask(before + last.text, before, f"{before}起")
