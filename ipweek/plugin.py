"""区级插件可以使用的全部名字（接口 1）。插件只能导入这一个模块，它只用标准库。

例::

    from ipweek.plugin import Bars, Plugin, Report

    plugin = Plugin()


    @plugin.report("streets", title="按街镇统计")
    def streets(rows, settings):
        return Report(Bars("各街镇活动场数", rows.count_by("street"), unit="场"))
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:  # the child process starts faster without typing
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from typing import Any

API = 1
"""接口的级别，写进 plugin.toml 的 ``api``。例：``api = 1``"""

__all__ = ["API", "Bars", "DayGrid", "Lines", "Note", "Plugin", "Report", "Row", "Rows", "Table"]

EMPTY = "（未填）"


class Row:
    """附件的一行，只读。

    例：``row["venue"]`` 是“活动地点”的原文，``row["street"]`` 是本插件字段的值，没有填的是 ``""``；``row.id`` 是行号。
    名字写错了会停下来，说明最接近的名字。
    """

    __slots__ = ("_known", "_values", "id")

    def __init__(self, id: int, values: Mapping[str, Any]) -> None:  # noqa: A002 -- the name authors read
        self.id = id
        self._values = dict(values)
        self._known: Sequence[str] = ()  # the columns that there are, where the system has said so

    def __getitem__(self, key: str) -> Any:
        if key in self._values:
            return self._values[key]
        if self._known and key not in self._known and not str(key).startswith("col_"):
            raise LookupError(_no_column(str(key), self._known))
        return ""

    def __repr__(self) -> str:
        return f"Row({self.id}, {self._values!r})"


def _no_column(key: str, known: Sequence[str]) -> str:
    from difflib import get_close_matches  # noqa: PLC0415 -- only for somebody who mistyped

    near = get_close_matches(key, known, 1)
    return f"没有 {key} 这一列，{f'是否想写 {near[0]}？' if near else '可用的有：' + '、'.join(known)}"


class Rows(list["Row"]):
    """本单位的各行，是一个列表。

    例：``len(rows)`` 是行数，``for row in rows:`` 逐行看。
    """

    def count_by(self, key: str) -> dict[str, int]:
        """每个值各有几行，按第一次出现的次序；多选字段的每一项各算一次。

        例：``rows.count_by("street")`` 得到 ``{"七宝镇": 2, "（未填）": 1}``
        """
        counts: dict[str, int] = {}
        for row in self:
            for name in _names(row[key]):
                counts[name] = counts.get(name, 0) + 1
        return counts

    def sum_by(self, amount: str, *, by: str) -> dict[str, Any]:
        """按 *by* 分组，把数字 *amount* 加起来；没有填的算 0。

        例：``rows.sum_by("people_max", by="street")`` 得到 ``{"七宝镇": 300}``
        """
        totals: dict[str, Any] = {}
        for row in self:
            number = row[amount] if isinstance(row[amount], int | float) else 0
            for name in _names(row[by]):
                totals[name] = totals.get(name, 0) + number
        return totals

    def where(self, key: str, value: Any) -> Rows:
        """只留下 *key* 等于 *value* 的行。

        例：``rows.where("street", "")`` 是还没有填街镇的行
        """
        return Rows(row for row in self if row[key] == value)

    def by_day(self, key: str) -> dict[str, dict[str, int]]:
        """每个值在每一天各有几场；跨几天的活动每天算一场，没有读出日期的不算。

        例：``DayGrid("各街镇每天几场", rows.by_day("street"), days=week)``
        """
        from datetime import date, timedelta  # noqa: PLC0415 -- most plugins never ask, and the process starts faster without

        found: dict[str, dict[str, int]] = {}
        for row in self:
            if not row["starts_on"]:
                continue
            first = date.fromisoformat(row["starts_on"])
            last = date.fromisoformat(row["ends_on"] or row["starts_on"])
            for after in range(min((last - first).days, 60) + 1):
                day = (first + timedelta(days=after)).isoformat()
                for name in _names(row[key]):
                    days = found.setdefault(name, {})
                    days[day] = days.get(day, 0) + 1
        return found


def _names(value: Any) -> list[str]:
    """What a value is counted under."""
    if isinstance(value, bool):
        return ["是" if value else "否"]
    if isinstance(value, list):
        return [str(each) for each in value] or [EMPTY]
    return [EMPTY if value in ("", None) else str(value)]


def _cell(value: Any) -> str | int | float:
    """What may stand in a cell of a block."""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, int | float | str):
        return value
    return "" if value is None else str(value)


def _number(value: Any, title: str) -> int | float:
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, int | float) and value - value == 0:  # neither endless nor nan
        return value
    message = f"“{title}”的值须是数字，现在是 {value!r}"
    raise TypeError(message)


class Note:
    """报表里的一段说明。

    例：``Note("人数按活动规模中读出的上限计算。")``
    """

    def __init__(self, text: object) -> None:
        self.data: dict[str, Any] = {"block": "note", "text": str(text)}


class Table:
    """一张表：表头，和各行。

    例：``Table(["街镇", "场数"], [["七宝镇", 2], ["莘庄镇", 1]])``
    """

    def __init__(self, headers: Iterable[object], rows: Iterable[Iterable[object]], title: str = "") -> None:
        self.data: dict[str, Any] = {
            "block": "table",
            "title": str(title),
            "headers": [str(header) for header in headers],
            "rows": [[_cell(cell) for cell in row] for row in rows],
        }


class Bars:
    """一张条形图：每个名字一条。

    例：``Bars("各街镇活动场数", {"七宝镇": 2, "莘庄镇": 1}, unit="场")``
    """

    def __init__(self, title: str, values: Mapping[str, Any], unit: str = "") -> None:
        pairs = [[str(name), _number(value, title)] for name, value in values.items()]
        self.data: dict[str, Any] = {"block": "bars", "title": str(title), "values": pairs, "unit": str(unit)}


class Lines:
    """一张折线图：横轴是 *points*，每条线一个名字，值的个数与横轴相同。

    例：``Lines("每天场数", ["2024-04-20", "2024-04-21"], {"线上": [1, 0], "线下": [3, 5]}, unit="场")``
    """

    def __init__(self, title: str, points: Iterable[object], lines: Mapping[str, Iterable[Any]], unit: str = "") -> None:
        names = [str(point) for point in points]
        series = [[str(name), [_number(value, title) for value in values]] for name, values in lines.items()]
        for name, values in series:
            if len(values) != len(names):
                message = f"“{title}”的“{name}”有 {len(values)} 个值，横轴有 {len(names)} 个点，应当一样多"
                raise ValueError(message)
        self.data: dict[str, Any] = {"block": "lines", "title": str(title), "points": names, "lines": series, "unit": str(unit)}


class DayGrid:
    """一张日期 × 地点的方格图：每个名字一行，每天一列，数字越大颜色越深。

    例：``DayGrid("各街镇每天几场", rows.by_day("street"), days=week)``；不写 days 就用数据里出现过的日期
    """

    def __init__(self, title: str, cells: Mapping[str, Mapping[str, Any]], days: Sequence[object] = (), unit: str = "场") -> None:
        columns = [str(day) for day in days] or sorted({str(day) for row in cells.values() for day in row})
        rows = [[str(name), [_number(row.get(day, 0), title) for day in columns]] for name, row in cells.items()]
        self.data: dict[str, Any] = {"block": "daygrid", "title": str(title), "days": columns, "rows": rows, "unit": str(unit)}


class Report:
    """一张报表：由上到下的几块。系统把它画成网页和 Excel。

    例：``Report(Bars("场数", rows.count_by("street")), Note("数据截至今天。"))``
    """

    def __init__(self, *blocks: Note | Table | Bars | Lines | DayGrid) -> None:
        for block in blocks:
            if not isinstance(block, Note | Table | Bars | Lines | DayGrid):
                message = f"Report 里只能放 Bars、Lines、DayGrid、Table、Note，现在有 {type(block).__name__}"
                raise TypeError(message)
        self.blocks = blocks

    def to_json(self) -> list[dict[str, Any]]:
        """系统取走的数据，插件用不到。例：``Report(Note("好")).to_json()``"""
        return [block.data for block in self.blocks]


class Plugin:
    """插件声明的报表、校验和作业。每个插件一个，名字必须是 ``plugin``。

    例：``plugin = Plugin()``
    """

    def __init__(self) -> None:
        self.reports: dict[str, tuple[Callable[..., Any], str]] = {}
        self.checks: list[tuple[Callable[..., Any], list[str]]] = []
        self.jobs: dict[str, tuple[Callable[..., Any], str]] = {}

    def report(self, name: str, *, title: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        """声明一张报表：函数得到 ``rows`` 和 ``settings``，返回 ``Report``；也可以要 ``today``、``deadline``、``week``。

        例::

            @plugin.report("streets", title="按街镇统计")
            def streets(rows, settings):
                return Report(Bars("场数", rows.count_by("street")))
        """
        return _keep(self.reports, name, title)

    def check(self, *keys: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        """声明一项校验：这几格保存以后，函数得到 ``row`` 和 ``settings``，返回一句提醒，没有问题就返回 ``None``。

        例::

            @plugin.check("scale")
            def not_too_many(row, settings):
                if row["people_max"] and row["people_max"] > settings["most_people"]:
                    return f"超过单场上限 {settings['most_people']} 人，请附安全预案"
        """
        if not keys or not all(isinstance(key, str) for key in keys):
            message = '校验要写明看哪一列，例如 @plugin.check("scale")'
            raise ValueError(message)

        def keep(function: Callable[..., Any]) -> Callable[..., Any]:
            self.checks.append((function, list(keys)))
            return function

        return keep

    def job(self, name: str, *, title: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        """声明一项作业：函数得到 ``rows`` 和 ``settings``，返回建议填写的值 ``{row.id: {字段: 值}}``。

        系统先列给人看，确认后才保存；只能填本插件自己的字段。

        例::

            @plugin.job("fill", title="按地点补街镇")
            def fill(rows, settings):
                return {row.id: {"street": "七宝镇"} for row in rows.where("street", "") if "七宝" in row["venue"]}
        """
        return _keep(self.jobs, name, title)


def _keep(shelf: dict[str, tuple[Callable[..., Any], str]], name: str, title: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    if not (isinstance(name, str) and name.isascii() and name.isidentifier() and name == name.lower()):
        message = f"名字 {name!r} 只能用小写字母、数字和下划线"
        raise ValueError(message)
    if name in shelf:
        message = f"名字 {name!r} 用了两次"
        raise ValueError(message)

    def keep(function: Callable[..., Any]) -> Callable[..., Any]:
        shelf[name] = (function, str(title))
        return function

    return keep
