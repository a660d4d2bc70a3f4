"""From a supplementary notice (补充通知) to what it says anew. Such a text names what changes, often beside what stood before."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from ipweek.notice.calendar import WorkCalendar
from ipweek.notice.reader.document import Document, Paragraph
from ipweek.notice.reader.facts import NoticeFacts
from ipweek.notice.reader.notice import read_notice

_MOVED = re.compile(
    r"(?P<what>联系人|联系电话|联系方式|电话|传真|邮箱|电子邮箱|活动主题|主题)(?:由[^，。；\n]{1,40}?|从[^，。；\n]{1,40}?|已|现|统一)?"
    r"(?:调整|更正|变更|更换|修改|更改|改|换)(?:为|成)[:：]?"
)
_FACTS = {
    "联系人": ("contacts", "phones"),
    "联系电话": ("phones",),
    "联系方式": ("contacts", "phones"),
    "电话": ("phones",),
    "传真": ("fax",),
    "邮箱": ("email",),
    "电子邮箱": ("email",),
    "活动主题": ("theme",),
    "主题": ("theme",),
}
_ONE_END = re.compile(r"(?P<first>开始|启动|起始)|(?P<last>结束|截止|闭幕)")
_QUOTED = r"[“「『\"《](?P<{0}>[^”」』\"》\n]{{1,60}})[”」』\"》]"
_ANNEX = re.compile(r"附件\s*(?P<n>[0-9１２一二两])")
_COLUMN = r"(?:一)?(?:列|栏|项|栏目|字段|表头)"
_ADDED = re.compile(rf"(?:增加|新增|增设|增列|加上)(?:了)?(?:一列|一栏|一项|列|栏目?|表头)?{_QUOTED.format('name')}(?:{_COLUMN})?")
_RENAMED = re.compile(
    rf"(?:将|把)?{_QUOTED.format('old')}(?:{_COLUMN})?(?:的?(?:名称|表头))?(?:调整|更正|变更|修改|更改|改)(?:为|成){_QUOTED.format('new')}"
)
_DROPPED = re.compile(
    rf"(?:删除|删去|取消|去掉|不再填报|不再填写)(?:其中)?(?:的)?{_QUOTED.format('name')}|{_QUOTED.format('other')}(?:{_COLUMN})?(?:予以)?(?:删除|取消|不再填报|不再填写)"
)
_SENTENCE_END = re.compile(r"(?<=[。！？；;!?\n])")
_NUMBERS = {"一": 1, "二": 2, "两": 2, "１": 1, "２": 2}


@dataclass(frozen=True)
class HeadingChange:
    """What one sentence says of an annex's headings. ``annex`` is None where it does not say which; "" stands for no heading."""

    annex: int | None
    old: str
    new: str
    sentence: str


def read_supplement(document: Document, year: int, calendar: WorkCalendar | None = None) -> NoticeFacts:
    """What a supplementary notice lays down for the campaign of *year*, each fact with its sentence; what it does not speak of is None.

    Accepts any document, never raises for its content. Of two values for one thing (由4月12日延长至4月19日) the new one is taken.
    """
    facts = read_notice(document, calendar, year=year)
    text = document.text
    moved = [found["what"] for found in _MOVED.finditer(text)]
    if moved:
        said = _MOVED.sub(lambda found: f"{found['what']}：", text)
        paragraphs = tuple(Paragraph(line) for line in said.splitlines())
        names = {name for what in moved for name in _FACTS[what]}
        _put(facts, read_notice(Document("txt", document.name, paragraphs), calendar, year=year), names, text)
    _keep_one_end(facts)
    return facts


def _put(facts: NoticeFacts, again: NoticeFacts, names: set[str], text: str) -> None:
    """Take *names* from *again*, read with the turns of phrase evened out; the sentence is that of the real *text*."""
    for name in sorted(names):
        value = getattr(again, name)
        if not value:
            continue
        setattr(facts, name, value)
        facts.notes.pop(name, None)
        needle = value[0] if isinstance(value, list) else value
        facts.evidence[name] = next((one.strip() for one in sentences(text) if needle in one), again.evidence.get(name, ""))


def _keep_one_end(facts: NoticeFacts) -> None:
    """Of ``结束时间推迟至4月28日`` only the end is said: the other end of the week stays as it was."""
    if facts.starts_on is None or facts.starts_on != facts.ends_on:
        return
    said = re.split(r"[，,。；;]", facts.evidence.get("ends_on", ""))
    day = f"{facts.starts_on.month}月{facts.starts_on.day}日"
    clause = next((one for one in said if day in re.sub(r"\s", "", one)), "")
    if found := _ONE_END.search(clause):
        gone = "ends_on" if found["first"] else "starts_on"
        setattr(facts, gone, None)
        facts.evidence.pop(gone, None)


def sentences(text: str) -> list[str]:
    """The sentences of *text* in order, each with its end."""
    return _SENTENCE_END.split(text)


def heading_changes(text: str) -> list[HeadingChange]:
    """The columns that *text* adds, renames or drops in words: ``附件2增加“线上参与人数”一列``.

    A sentence that names no annex speaks of the one named before it.
    """
    found: list[HeadingChange] = []
    annex: int | None = None
    for sentence in sentences(text):
        if not re.search(r"列|栏|表头|增加|新增|增设|改为|改成|调整为|更正为|修改为|变更为|删除|删去|取消|去掉|不再填", sentence):
            continue
        if len(sentence) > 600:
            continue
        names_columns = re.search(r"列|栏|表头|字段|附件", sentence) is not None
        annexes = [(place.start(), _number(place["n"])) for place in _ANNEX.finditer(sentence)]
        renamed = [(m.start(), m["old"], m["new"]) for m in _RENAMED.finditer(sentence)]
        added = [
            (m.start(), "", name)
            for m in _ADDED.finditer(sentence)
            if names_columns
            for name in _listed(sentence, m["name"], m.end("name"))
        ]
        dropped = [(m.start(), m["name"] or m["other"], "") for m in _DROPPED.finditer(sentence)]
        for start, old, new in sorted(renamed + added + dropped, key=lambda change: change[0]):
            if re.search(r"[0-9０-９一二三四五六七八九十]\s*月.{0,4}日", old + new):
                continue  # a date that is corrected, no heading
            annex = next((number for place, number in reversed(annexes) if place < start), annex)
            found.append(HeadingChange(annex, old.strip(), new.strip(), sentence.strip()))
        if annexes:
            annex = annexes[-1][1]
    return found


_ANOTHER = re.compile(rf"^[”」』\"》](?:、|和|及|与|以及)?{_QUOTED.format('name')}")


def _listed(sentence: str, first: str, at: int) -> list[str]:
    """The quoted names that follow one another from *first*, which ends at *at*: “线上参与人数”“备注”两列."""
    names = [first]
    while another := _ANOTHER.match(sentence[at:]):
        names.append(another["name"])
        at += another.end("name")
    return names


def _number(digit: str) -> int:
    return _NUMBERS.get(digit) or int(digit)


def as_json(document: Document, year: int) -> dict[str, Any]:
    """All of it as plain data: the JSON of a notice's facts, the ``headings`` that change, and the whole ``text``."""
    text = document.text
    return {
        **read_supplement(document, year).as_json(),
        "headings": [[one.annex, one.old, one.new, one.sentence] for one in heading_changes(text)],
        "text": text,
    }
