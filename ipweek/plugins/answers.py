"""What a plugin answered, looked through: only plain data of known shape and bounded size goes on to a page or a workbook."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Any

from ipweek.plugins.call import PluginFailed, shown
from ipweek.plugins.schema import OFFICIAL, Declared, Warned

MOST_BLOCKS, MOST_ROWS, MOST_COLUMNS, MOST_POINTS, MOST_TEXT = 40, 5_000, 60, 400, 4_000
MOST_CELLS = 60_000
"""In all tables of one report: what a browser and Excel still show without a pause."""
LARGEST = 1e15
_NAME = re.compile(r"[a-z_][a-z0-9_]{0,40}")


def declared(said: Any) -> Declared:
    """What ``describe`` answered."""
    return Declared(
        dict(_named(pair) for pair in _list(_get(said, "reports"), 50, what="报表太多")),
        [[_name(key) for key in _list(keys, 20, what="一项校验看的列太多")] for keys in _list(_get(said, "checks"), 50, what="校验太多")],
        dict(_named(pair) for pair in _list(_get(said, "jobs"), 50, what="作业太多")),
    )


def blocks(said: Any) -> list[dict[str, Any]]:
    """A report's blocks."""
    found = [_block(block) for block in _list(said, MOST_BLOCKS)]
    cells = sum(len(block["headers"]) * (len(block["rows"]) + 1) for block in found if block["block"] == "table")
    if cells > MOST_CELLS:
        raise _garbled(f"报表太大：各张表共 {cells} 格，最多 {MOST_CELLS} 格")
    return found


def warnings(said: Any, row_ids: Collection[int], keys: Collection[str]) -> list[Warned]:
    """What checks said, each about a row that was handed over and a column that exists."""
    found = []
    for line in _list(said, 20_000, what="校验的提醒太多"):
        row_id, key, message = _list(line, 3, exactly=True)
        if type(row_id) is int and row_id in row_ids and isinstance(key, str) and key in keys and (words := _text(message).strip()):
            found.append(Warned(row_id, key, words[:300]))
    return found


def proposals(said: Any, row_ids: Collection[int], own: Collection[str]) -> dict[int, dict[str, str]]:
    """What a job proposes: text for its own fields of rows that were handed over; all of it is refused otherwise."""
    found: dict[int, dict[str, str]] = {}
    for line in _list(said, 5_000, what="作业的建议太多"):
        row_id, values = _list(line, 2, exactly=True)
        if type(row_id) is not int or row_id not in row_ids or not isinstance(values, dict):
            raise _garbled("作业建议修改没有交给它的行，全部没有采用")
        if strange := sorted(set(values) - set(own)):
            raise _garbled(f"作业想改不属于本插件的内容（{'、'.join(map(_text, strange[:3]))}），全部没有采用")
        found[row_id] = {key: _proposed(value) for key, value in values.items()}
    return found


def _proposed(value: Any) -> str:
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, list):
        return "、".join(_text(each) for each in value[:50])
    return _text(value)


def _block(block: Any) -> dict[str, Any]:
    kind = _get(block, "block")
    if kind not in _READERS:
        raise _garbled("报表里有不认识的块")
    read = _READERS[kind](block)
    return {"block": kind, **read}


def _note(block: Any) -> dict[str, Any]:
    return {"text": _text(_get(block, "text"))}


def _table(block: Any) -> dict[str, Any]:
    headers = [_text(cell) for cell in _list(_get(block, "headers"), MOST_COLUMNS)]
    rows = [[_cell(cell) for cell in _list(row, MOST_COLUMNS)] for row in _list(_get(block, "rows"), MOST_ROWS)]
    wide = max([len(headers), *map(len, rows)])  # each line as wide as the widest, that each cell stands under its heading
    headers += [""] * (wide - len(headers))
    return {"title": _text(_get(block, "title")), "headers": headers, "rows": [row + [""] * (wide - len(row)) for row in rows]}


def _bars(block: Any) -> dict[str, Any]:
    pairs = [_list(pair, 2, exactly=True) for pair in _list(_get(block, "values"), MOST_POINTS)]
    return {**_head(block), "values": [[_text(name), _number(value)] for name, value in pairs]}


def _lines(block: Any) -> dict[str, Any]:
    points = [_text(point) for point in _list(_get(block, "points"), MOST_POINTS)]
    return {**_head(block), "points": points, "lines": _series(_get(block, "lines"), len(points), 12)}


def _daygrid(block: Any) -> dict[str, Any]:
    days = [_text(day) for day in _list(_get(block, "days"), 62)]
    return {**_head(block), "days": days, "rows": _series(_get(block, "rows"), len(days), MOST_POINTS)}


_READERS = {"note": _note, "table": _table, "bars": _bars, "lines": _lines, "daygrid": _daygrid}


def _head(block: Any) -> dict[str, Any]:
    return {"title": _text(_get(block, "title")), "unit": _text(_get(block, "unit"))[:20]}


def _series(said: Any, length: int, most: int) -> list[list[Any]]:
    found = []
    for line in _list(said, most):
        name, numbers = _list(line, 2, exactly=True)
        values = [_number(value) for value in _list(numbers, length)]
        if len(values) != length:
            raise _garbled("报表里一条线的值比横轴少")
        found.append([_text(name), values])
    return found


def _named(pair: Any) -> tuple[str, str]:
    name, title = _list(pair, 2, exactly=True)
    return _name(name), _text(title)[:80] or _name(name)


def _name(said: Any) -> str:
    if not isinstance(said, str) or not (_NAME.fullmatch(said) or said in OFFICIAL):
        raise _garbled(f"名字 {str(said)[:40]} 只能用小写字母、数字和下划线")
    return said


def _get(said: Any, key: str) -> Any:
    if not isinstance(said, dict) or key not in said:
        raise _garbled("插件的答复无法识别")
    return said[key]


def _list(said: Any, most: int, *, exactly: bool = False, what: str = "报表太大") -> list[Any]:
    if not isinstance(said, list) or (exactly and len(said) != most):
        raise _garbled("插件的答复无法识别")
    if len(said) > most:
        raise _garbled(f"{what}：有 {len(said)} 项，最多 {most} 项")
    return said


def _text(said: Any) -> str:
    if isinstance(said, int | float) and not isinstance(said, bool):
        said = str(_number(said))
    if not isinstance(said, str):
        raise _garbled("插件的答复里应当是文字的地方不是文字")
    return shown(said[:MOST_TEXT])


def _cell(said: Any) -> str | int | float:
    return _number(said) if isinstance(said, int | float) and not isinstance(said, bool) else _text(said)


def _number(said: Any) -> int | float:
    if not isinstance(said, int | float) or isinstance(said, bool) or not abs(said) <= LARGEST:
        raise _garbled("插件的答复里应当是数字的地方不是数字，或数字太大")
    return said


def _garbled(said: str) -> PluginFailed:
    return PluginFailed("garbled", said)
