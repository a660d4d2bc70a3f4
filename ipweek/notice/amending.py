"""What a supplementary notice would change of a campaign: each thing beside what stood before. Pure; nothing is stored here."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, time
from typing import Any

from ipweek import wording
from ipweek.notice import schema
from ipweek.notice.deadline_text import KINDS

WORDS: dict[str, str] = {"theme": "活动主题", "contacts": "联系人", "phones": "联系电话", "fax": "传真", "email": "电子邮箱"}
"""The facts that are words, with their names on the page."""

NOTHING = "（没有）"

_RULE = re.compile(r"(\d{1,4}) (working days?|days?|weeks?|months?) (after|before) (starts_on|ends_on|issue_date)")
_UNITS = {"working day": "个工作日", "day": "天", "week": "周", "month": "个月"}
_ANCHORS = {"starts_on": "宣传周开始", "ends_on": "宣传周结束", "issue_date": "通知发布"}
_CHANGING = re.compile(r"调整|延长|延期|推迟|延至|提前|顺延|改为|改至|变更|更正")


@dataclass(frozen=True)
class StandingDeadline:
    """A deadline as it stands. ``on`` is its day as computed."""

    id: int
    kind: str
    annex: int | None
    rule: str
    on: date | None
    at_time: time | None


@dataclass(frozen=True)
class Standing:
    """What holds of a campaign before the change. ``forms`` are all versions of each annex, oldest first."""

    starts_on: date | None
    ends_on: date | None
    words: Mapping[str, str | Sequence[str]]
    deadlines: Sequence[StandingDeadline]
    forms: Mapping[int, Sequence[schema.Annex]]


@dataclass(frozen=True)
class Change:
    """One thing that would change, in words, with the sentence that says so; and, for the computer, to what."""

    key: str
    name: str
    was: str
    now: str
    sentence: str = ""
    note: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)
    deadline_id: int | None = None
    deadline: Mapping[str, Any] | None = None
    form: schema.Annex | None = None

    def as_json(self) -> dict[str, str]:
        """What is kept of it once it is confirmed."""
        return {"key": self.key, "name": self.name, "was": self.was, "now": self.now, "sentence": self.sentence, "note": self.note}


def changes(standing: Standing, facts: Mapping[str, Any], printed: Sequence[schema.Annex]) -> list[Change]:
    """Everything in which *facts* (the JSON of ``supplement.as_json``) differ from what stands; *printed* are its annexes.

    What the text does not speak of does not change.
    """
    evidence: Mapping[str, str] = facts.get("evidence") or {}
    return [
        *_week(standing, facts, evidence),
        *_words(standing, facts, evidence),
        *_deadlines(standing, facts),
        *_forms(standing, facts, printed),
    ]


def _week(standing: Standing, facts: Mapping[str, Any], evidence: Mapping[str, str]) -> Iterator[Change]:
    said = {name: date.fromisoformat(facts[name]) for name in ("starts_on", "ends_on") if facts.get(name)}
    first, last = said.get("starts_on", standing.starts_on), said.get("ends_on", standing.ends_on)
    if not said or (first, last) == (standing.starts_on, standing.ends_on):
        return
    yield Change(
        "week",
        "宣传周",
        week_words(standing.starts_on, standing.ends_on),
        week_words(first, last),
        evidence.get("starts_on") or evidence.get("ends_on", ""),
        "按宣传周推算的截止日期随之变动。",
        {"starts_on": first, "ends_on": last},
    )


def week_words(first: date | None, last: date | None) -> str:
    """``2024年4月20日至26日``."""
    return wording.period(first, last) if first and last else NOTHING


def _words(standing: Standing, facts: Mapping[str, Any], evidence: Mapping[str, str]) -> Iterator[Change]:
    for name, label in WORDS.items():
        now, was = facts.get(name), standing.words.get(name) or ""
        if now and _listed(now) != _listed(was):
            yield Change(name, label, _listed(was) or NOTHING, _listed(now), evidence.get(name, ""), facts={name: now})


def _listed(value: str | Sequence[str]) -> str:
    return value if isinstance(value, str) else "、".join(value)


# ---- deadlines -----------------------------------------------------------------------------------------------


def _deadlines(standing: Standing, facts: Mapping[str, Any]) -> Iterator[Change]:
    for number, found in enumerate(facts.get("deadlines") or []):
        rule = found.get("rule") or ""
        on = date.fromisoformat(found["due_on"]) if found.get("due_on") else None
        if rule.endswith("issue_date"):  # counted from this document, not from the campaign's notice
            rule = ""
        if not rule and on is None:
            continue
        on = None if rule else on
        at_time = time.fromisoformat(found["due_time"]) if found.get("due_time") else None
        words = {
            "kind": found["kind"],
            "annex": found.get("annex"),
            "phrase": (found.get("phrase") or "")[:300],
            "rule": rule,
            "due_on": on,
            "due_time": at_time,
        }
        sentence = found.get("sentence") or found.get("phrase") or ""
        targets = _targets(standing.deadlines, found, sentence)
        if not targets:
            general = next((one for one in standing.deadlines if one.kind == found["kind"] != "other" and one.annex is None), None)
            if general is not None and _is_same(general, rule, on, at_time):
                continue
            was = deadline_words(general.rule, general.on, general.at_time) if general else NOTHING
            now = deadline_words(rule, on, at_time)
            yield Change(f"new:{number}", deadline_name(found["kind"], found.get("annex")), was, now, sentence, deadline=words)
        for target in targets:
            if _is_same(target, rule, on, at_time):
                continue
            yield Change(
                f"deadline:{target.id}:{number}",
                deadline_name(target.kind, target.annex),
                deadline_words(target.rule, target.on, target.at_time),
                deadline_words(rule, on, at_time),
                sentence,
                deadline_id=target.id,
                deadline={**words, "annex": target.annex},
            )


def _targets(standing: Sequence[StandingDeadline], found: Mapping[str, Any], sentence: str) -> list[StandingDeadline]:
    """The deadlines that a found one speaks of; none where it is a further one."""
    same = [one for one in standing if one.kind == found["kind"]]
    if found["kind"] == "other":
        return same if len(same) == 1 and _CHANGING.search(sentence) else []
    own = [one for one in same if one.annex == found.get("annex")]
    return own or (same if found.get("annex") is None else [])


def _is_same(one: StandingDeadline, rule: str, on: date | None, at_time: time | None) -> bool:
    """Whether the text only repeats what stands; a day named again without its hour changes nothing."""
    day = one.rule == rule if rule else one.on == on
    return day and at_time in {None, one.at_time}


def deadline_name(kind: str, annex: int | None) -> str:
    """``活动总结截止``, with the annex where it is for one alone."""
    return f"{KINDS[kind]}截止" + (f"（附件{annex}）" if annex else "")


def deadline_words(rule: str, on: date | None, at_time: time | None) -> str:
    """``4月12日（周五）24:00``, or ``宣传周结束后 5 个工作日``."""
    found = _RULE.fullmatch(rule)
    if found:
        hour = f" {at_time:%H:%M}" if at_time else ""
        way = "后" if found[3] == "after" else "前"
        return f"{_ANCHORS[found[4]]}{way} {found[1]} {_UNITS[found[2].removesuffix('s')]}{hour}"
    return wording.until(on, at_time) if on else NOTHING


# ---- headings ------------------------------------------------------------------------------------------------


def _forms(standing: Standing, facts: Mapping[str, Any], printed: Sequence[schema.Annex]) -> Iterator[Change]:
    by_number = {form.number: form for form in printed}
    said = [tuple(one) for one in facts.get("headings") or []]
    for number, versions in standing.forms.items():
        old = versions[-1]
        new = by_number.get(number)
        own = [one for one in said if one[0] in {None, number}]
        wanted, sentences = _as_said(new or old, own, is_printed=new is not None)
        after = schema.succeeding([*versions, _reworded(old, own)], wanted)
        if schema.same_words(old, after):
            continue
        yield Change(
            f"annex:{number}",
            f"附件{number}表头",
            headings(old),
            headings(after),
            " ".join(sentences) or after.title,
            what_moves(old, after),
            form=after,
        )


def headings(form: schema.Annex) -> str:
    """The headings in one line."""
    return "｜".join(re.sub(r"\s+", " ", column.label) for column in form.columns)


def _as_said(form: schema.Annex, said: Sequence[tuple[Any, ...]], *, is_printed: bool) -> tuple[schema.Annex, list[str]]:
    """*form* with the columns that sentences add, rename and drop. A printed form has them already: only the sentences count."""
    columns = [column.label for column in form.columns]
    told = []
    for _, old, new, sentence in said:
        place = next((n for n, label in enumerate(columns) if old and _plain(label) == _plain(old)), None)
        if place is None:  # the words before a bracket are enough: 活动规模 for 活动规模（人数）
            place = next((n for n, label in enumerate(columns) if old and schema.bare(label) == schema.bare(old)), None)
        if is_printed:
            told.append(sentence)
        elif old and place is not None:
            columns[place : place + 1] = [new] if new else []
            told.append(sentence)
        elif new and not old and not any(_plain(label) == _plain(new) for label in columns):
            contact = next((n for n, label in enumerate(columns) if schema.bare(label) == "联系人"), len(columns))
            columns.insert(contact, new)
            told.append(sentence)
    fields = [(one.label, one.suffix) for one in form.header_fields]
    return schema.annex(form.number, form.title, columns, fields), list(dict.fromkeys(told))


def _plain(label: str) -> str:
    return re.sub(r"[\s()（）]", "", label)


def _reworded(old: schema.Annex, said: Sequence[tuple[Any, ...]]) -> schema.Annex:
    """*old* with the columns that sentences rename, keys kept: whatever else moves, their cells stay under them."""
    renamed = {_plain(was): new for _, was, new, _ in said if was and new}
    columns = [
        replace(one, label=renamed.get(_plain(one.label)) or renamed.get(schema.bare(one.label)) or one.label) for one in old.columns
    ]
    return replace(old, columns=tuple(columns))


def what_moves(old: schema.Annex, new: schema.Annex) -> str:
    """What becomes of the columns, for the office to look at: reworded, new, no longer asked."""
    was = {column.key: column for column in old.columns}
    now = {column.key: column for column in new.columns}
    said = [
        f"“{was[key].label}”改为“{now[key].label}”，已填内容留在这一列"
        for key in now
        if key in was and schema.bare(was[key].label) != schema.bare(now[key].label)
    ]
    added = [column.label for key, column in now.items() if key not in was]
    gone = [column.label for key, column in was.items() if key not in now]
    if added:
        said.append(f"新增{_quoted(added)}")
    if gone:
        said.append(f"不再填报{_quoted(gone)}，已填内容保留但不再显示和汇总")
    return "；".join(said) + "。" if said else ""


def _quoted(labels: Sequence[str]) -> str:
    return "、".join(f"“{re.sub(chr(10), ' ', label)}”" for label in labels)
