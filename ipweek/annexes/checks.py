"""The checks of a table, each of one kind: A must be mended before 报送, B needs a reason, C is verified with a reason, D is a hint.

A check never blocks saving. Typing, paste, import and API use these same functions. Pure: the caller brings the words
(form, week, names of units) and says where a row stands; messages name the column, ``sentence`` adds the row.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache

from ipweek.annexes import private_text
from ipweek.annexes.cell_text import MAX_LENGTH, clean
from ipweek.annexes.readings import contact, scale, time
from ipweek.annexes.readings.date_sense import WEEKDAY_NAMES
from ipweek.annexes.readings.numerals import level
from ipweek.annexes.readings.time import TimeReading
from ipweek.notice.schema import Annex, bare
from ipweek.private_numbers import find_private, mask

HEADER_ROW = 0
"""The row id of findings in the header fields and of those about the whole table."""

MOST_ON_SITE = 100_000

MOST_STORED = 2_147_483_647
"""The greatest number a database column holds; a head count above it is a slip of the hand and is not stored."""

KINDS = {
    "required": "A",
    "no-rows": "A",
    "header-empty": "D",
    "too-long": "A",
    "unclean": "D",
    "time-unread": "C",
    "time-vague": "D",
    "time-impossible": "A",
    "weekday": "B",
    "outside-week": "C",
    "other-year": "B",
    "scale-unread": "D",
    "scale-odd": "B",
    "contact-no-name": "C",
    "contact-no-phone": "B",
    "phone-short": "B",
    "phone-masked": "B",
    "private-text": "B",
    "double-own": "C",
    "heading-left": "A",
    "example-left": "A",
    "host-foreign": "D",
}
"""Each check and its kind; the order is that of the table in the design."""

ASK_FOR_NAMES = frozenset({"host"})
"""Columns whose checks need to know the names of units."""

BLOCKING = frozenset("A")
NEEDS_REASON = frozenset("BC")

_EXAMPLE = re.compile(
    r"^\s*[（(【\[]?(?:填写)?(?:示例|样例|范例|举例|例)\s*\d?[）)】\]]?\s*[：:)）】\]]|[（(【](?:示例|样例|范例|例)[）)】]|填写(?:示例|样例|说明)|请(?:在此处?|在这里)?填写|(?:[×✕xX]{1,4}|[_＿]{2,})\s?月\s?(?:[×✕xX]{1,4}|[_＿]{2,})\s?日"
    r"|(?<![\d*×A-Za-z])(?:[×✕○]{2,}|X{2,}|x{2,})(?=[一-鿿])|某某"
)
_HOSTS = re.compile(r"[、,;\n/]|(?<=\S)\s+(?=\S)")


@dataclass(frozen=True)
class Finding:
    """One thing found. ``column`` is a key, or empty for the whole table (then ``row_id`` is ``HEADER_ROW``)."""

    check: str
    kind: str
    row_id: int
    column: str
    message: str

    @property
    def id(self) -> str:
        """The same finding has the same id after a reload: reasons are kept by it."""
        return f"{self.check}:{self.row_id}:{self.column}"


@dataclass(frozen=True)
class Context:
    """What the checks need to know of the campaign and the unit. ``unit_names`` are all known names, ``own_names`` the unit's."""

    form: Annex
    week: tuple[date, date] | None
    year: int | None
    unit_names: frozenset[str] = frozenset()
    own_names: frozenset[str] = frozenset()

    @cached_property
    def known_hosts(self) -> frozenset[str]:
        """All names as they are compared."""
        return _plain_names(self.unit_names | self.own_names)

    @cached_property
    def own_hosts(self) -> tuple[str, ...]:
        """The unit's own, which those of its departments begin with."""
        return tuple(_plain_names(self.own_names))


@dataclass(frozen=True)
class Readings:
    """What is stored beside a row: only what was read without doubt; None where nothing was."""

    starts_on: date | None = None
    ends_on: date | None = None
    people_min: int | None = None
    people_max: int | None = None


def is_empty(values: Mapping[str, str]) -> bool:
    """Whether no cell holds anything but blanks."""
    return not any(value and not value.isspace() for value in values.values())


def sentence(finding: Finding, number: int | None = None) -> str:
    """The whole sentence: 第3行“联系人”缺联系电话…; *number* is where the row stands now, counted from 1."""
    return finding.message if number is None else f"第{number}行{finding.message}"


def readings_of(form: Annex, values: Mapping[str, str], week: tuple[date, date] | None) -> Readings:
    """The readings stored beside a row, indexed. A doubtful one is not stored: the unit is asked first."""
    starts_on = ends_on = people_min = people_max = None
    text = values.get("event_time", "")
    if text and form.column("event_time"):
        when = time.read(text[:MAX_LENGTH], week=week)
        if not when.ask:
            starts_on, ends_on = when.start, when.end
    text = values.get("scale", "")
    if text and form.column("scale"):
        people = scale.read(text[:MAX_LENGTH])
        if not people.ask:
            people_min, people_max = (None if end is None or end > MOST_STORED else end for end in (people.min, people.max))
    return Readings(starts_on, ends_on, people_min, people_max)


def check_row(row_id: int, values: Mapping[str, str], context: Context) -> list[Finding]:
    """What is to be said about one row. A wholly empty row is no row: nothing."""
    if is_empty(values):
        return []
    return [_finding(check, row_id, column, message) for check, column, message in _row(values, context)]


def check_cell(row_id: int, key: str, value: str, context: Context) -> list[Finding]:
    """What ``check_table`` says about one cell that holds *value*; an empty one is left in peace."""
    if not value or value.isspace():
        return []
    column = context.form.column(key)
    label = next((each.label for each in context.form.header_fields if each.key == key), _OTHER)
    found = _cell(key, column.label, value, context) if column else _any_cell(key, label, value, context, may_hold_phones=False)
    return [_finding(check, row_id, place, message) for check, place, message in found]


def check_table(
    rows: Sequence[tuple[int, Mapping[str, str]]], header: Mapping[str, str], context: Context, *, nil_return: bool
) -> list[Finding]:
    """What is to be said about the whole table: its header fields, its rows, and the rows beside each other."""
    found = [_finding(check, HEADER_ROW, column, message) for check, column, message in _header(header, context)]
    filled = [(row_id, values) for row_id, values in rows if not is_empty(values)]
    if not filled and not nil_return:
        message = "还没有填写任何活动，请至少填写一行；确实没有活动的，请选择“本单位无重点活动（零报送）”"
        found.append(_finding("no-rows", HEADER_ROW, "", message))
    for row_id, values in filled:
        found += check_row(row_id, values, context)
    found += _doubles(filled, context)
    return found


def _finding(check: str, row_id: int, column: str, message: str) -> Finding:
    return Finding(check, KINDS[check], row_id, column, message)


_Said = tuple[str, str, str]
"""Check, column, message."""


def _row(values: Mapping[str, str], context: Context) -> Iterator[_Said]:
    labels = {column.key: column.label for column in context.form.columns}
    for column in context.form.columns:
        value = values.get(column.key, "")
        if not value or value.isspace():
            if column.is_required:
                yield "required", column.key, f"“{_short(column.label)}”没有填写，请补上{_EXAMPLES.get(column.key, '')}"
            continue
        yield from _cell(column.key, column.label, value, context)
    for key, value in values.items():  # local columns of a district
        if key not in labels and value and not value.isspace():
            yield from _any_cell(key, _OTHER, value, context, may_hold_phones=False)


_OTHER = "自定义字段"

_EXAMPLES = {
    "host": "，例如 本单位全称",
    "event_time": "，例如 4月20日上午9:00",
    "venue": "，例如 线上 或 具体地址",
    "scale": "，例如 200人",
    "contact": "，例如 张三 23110000",
    "filled_on": "，例如 4月10日",
}


def _header(header: Mapping[str, str], context: Context) -> Iterator[_Said]:
    labels = {each.key: each.label for each in context.form.header_fields}
    for key, label in labels.items():
        if not header.get(key, "").strip():
            yield "header-empty", key, f"“{_short(label)}”没有填写，请补上{_EXAMPLES.get(key, '')}"
    for key, value in header.items():
        if value and not value.isspace():
            yield from _any_cell(key, labels.get(key, "表头"), value, context, may_hold_phones=False)


def _cell(key: str, label: str, value: str, context: Context) -> Iterator[_Said]:
    yield from _any_cell(key, label, value, context, may_hold_phones=key == "contact")
    check = _BY_COLUMN.get(key)
    if check is not None and len(value) <= MAX_LENGTH:
        yield from check(value, _short(label), context)


@lru_cache(maxsize=256)
def _short(label: str) -> str:
    """A heading as it is spoken of: without its bracket."""
    return bare(label) or label


def _any_cell(key: str, label: str, value: str, context: Context, *, may_hold_phones: bool) -> Iterator[_Said]:
    """The checks that go for every cell."""
    short = _short(label)
    if len(value) > MAX_LENGTH:
        yield "too-long", key, f"“{short}”有{len(value)}个字，最多{MAX_LENGTH}个字，请删减后再保存"
        return
    if clean(value)[1]:
        yield "unclean", key, f"“{short}”里有看不见的控制字符，保存时会去掉，无需处理"
    if len(value) <= 40 and bare(value) in context.form.headings:
        yield "heading-left", key, f"“{short}”里还是表头文字“{value.strip()}”，请改为实际内容或删除该行"
    example = _EXAMPLE.search(value)
    if example:
        yield "example-left", key, f"“{short}”里还留有模板的示例文字“{example[0].strip()}”，请改为实际内容"
    if not may_hold_phones:
        found = find_private(value)
        if found:
            yield "private-text", key, private_text.message(short, found)


def _time(value: str, label: str, context: Context) -> Iterator[_Said]:
    reading = time.read(value, week=context.week, year=context.year)
    if reading.problem in ("impossible", "order"):
        yield "time-impossible", "event_time", _impossible(reading, label)
        return
    if reading.problem == "half":
        yield "time-unread", "event_time", f"“{label}”写的是“{_brief(value)}”，日期没有写完整，请写明几月几日"
        return
    if reading.precision == "unknown" and not reading.is_tentative:
        yield "time-unread", "event_time", f"“{label}”没有读出日期，请写明几月几日，例如 4月20日上午9:00"
    elif reading.precision in ("unknown", "vague"):
        yield "time-vague", "event_time", f"“{label}”还不是确定的日期，日期定下后请补上"
    for day, said in reading.wrong_weekdays[:1]:
        is_on = f"{day.year}年{day.month}月{day.day}日是周{WEEKDAY_NAMES[day.weekday()]}"
        yield "weekday", "event_time", f"“{label}”写的是周{WEEKDAY_NAMES[said]}，而{is_on}，请核对"
    yield from _beside_week(reading, label, context)


def _impossible(reading: TimeReading, label: str) -> str:
    if reading.problem == "order":
        return f"“{label}”的结束早于开始，请核对“{_brief(reading.text)}”"
    return f"“{label}”里的“{reading.problem_text or _brief(reading.text)}”不存在，请核对后修改"


def _beside_week(reading: TimeReading, label: str, context: Context) -> Iterator[_Said]:
    if context.year is not None and reading.years and context.year not in reading.years:
        yield "other-year", "event_time", f"“{label}”写的是{reading.years[0]}年，本次填报的是{context.year}年，请核对"
        return
    if context.week is None or (reading.start is None and reading.end is None):
        return
    first, last = context.week
    start, end = reading.start or reading.end or first, reading.end or reading.start or last
    is_beside = (reading.start is not None and start > last) or (reading.end is not None and end < first)
    sticks_out = reading.precision in ("exact", "range", "multiple") and ((reading.start or first) < first or (reading.end or last) > last)
    if is_beside or sticks_out:
        week = f"{first.month}月{first.day}日至{last.month}月{last.day}日"
        part = "不" if is_beside else "有一部分不"
        yield "outside-week", "event_time", f"“{label}”{part}在宣传周（{week}）内，请核对；确是如此请说明理由"


def _scale(value: str, label: str, context: Context) -> Iterator[_Said]:
    reading = scale.read(value)
    if reading.unknown:
        yield "scale-unread", "scale", f"“{label}”没有读出人数，汇总时不计入，如能估计请写数字，例如 约200人"
        return
    on_site = reading.offline if reading.offline is not None or reading.online is not None else (reading.max or reading.min)
    if on_site is not None and on_site > MOST_ON_SITE:
        yield (
            "scale-odd",
            "scale",
            f"“{label}”{'现场' if reading.offline else ''}人数为{on_site}人，超过10万，请核对数字和单位；确是如此请说明理由",
        )
    elif 0 in (reading.min, reading.max) and not (reading.max or reading.min):
        yield "scale-odd", "scale", f"“{label}”为0人，请核对；确是如此请说明理由"


def _contact(value: str, label: str, context: Context) -> Iterator[_Said]:
    reading = contact.read(value)
    problems = set(reading.problems)
    if "no-name" in problems:
        yield "contact-no-name", "contact", f"“{label}”没有读出姓名，请补上，例如 张三 23110000"
    if "no-phone" in problems:
        yield "contact-no-phone", "contact", f"“{label}”缺联系电话，请补上，例如 张三 23110000"
    if "phone-masked" in problems:
        yield "phone-masked", "contact", f"“{label}”的电话中间是星号，请填写完整号码；其他单位看到的会自动隐去"
    if "phone-short" in problems:
        digits = next((number for number in reading.odd if "*" not in number), "")
        count = sum(sign.isdecimal() for sign in digits)
        yield (
            "phone-short",
            "contact",
            f"“{label}”的电话“{mask(digits, in_contact=True)}”有{count}位，手机号码应为11位，座机应为8位（区号另计），请核对",
        )


def _host(value: str, label: str, context: Context) -> Iterator[_Said]:
    plain, own = context.known_hosts, context.own_hosts
    if not plain:
        return
    if _plain(value) in plain:
        return
    for host in _HOSTS.split(level(value)):
        said = _plain(host)
        if said and said not in plain and not _is_own(said, own):
            yield "host-foreign", "host", f"“{label}”中的“{_brief(host)}”不是本单位或已知单位，如是合办请核对名称"
            return


def _is_own(said: str, own: tuple[str, ...]) -> bool:
    """Whether it begins as a name of the unit does; a district's offices call it 区, 本区 or 我区."""
    return bool(own) and (said.startswith(own) or (said.startswith(("区", "本区", "我区")) and any(name.endswith("区") for name in own)))


@lru_cache(maxsize=256)
def _plain_names(names: frozenset[str]) -> frozenset[str]:
    return frozenset(_plain(name) for name in names) - {""}


def _plain(name: str) -> str:
    return re.sub(r"[\s“”\"()（）]", "", level(name))


def _brief(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= 20 else f"{text[:20]}…"


_BY_COLUMN: dict[str, Callable[[str, str, Context], Iterator[_Said]]] = {
    "event_time": _time,
    "scale": _scale,
    "contact": _contact,
    "host": _host,
}


def _doubles(rows: Iterable[tuple[int, Mapping[str, str]]], context: Context) -> list[Finding]:
    """Rows with the title and the date of an earlier one. Titles are compared without blanks, marks and widths."""
    found: list[Finding] = []
    seen: set[tuple[str, object]] = set()
    for row_id, values in rows:
        title = re.sub(r"\W", "", level(values.get("event_name", "")[:MAX_LENGTH])).lower()
        if not title:
            continue
        when = time.read(values.get("event_time", "")[:MAX_LENGTH], week=context.week, year=context.year)
        key = (title, (when.start, when.end, when.dates) if when.start or when.end else re.sub(r"\s", "", when.text))
        if key in seen:
            message = f"“{_brief(values['event_name'])}”与前面一行的名称和时间相同，请核对是否重复填写；确是两项活动请说明理由"
            found.append(_finding("double-own", row_id, "event_name", message))
        seen.add(key)
    return found
