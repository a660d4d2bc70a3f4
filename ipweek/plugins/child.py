"""One call of one plugin, then the end. Started as ``python -I -S child.py PLUGIN.PY FOLDER``; standard library only.

The order comes on stdin, marshalled by the parent; the answer goes out as JSON on a private copy of stdout, so that a
plugin that prints cannot spoil it: whatever it prints ends up in the plugin's log. Before the first line of district
code the fence is raised (``fence.py``). ``-S`` keeps every installed package out of reach, and of ipweek only ``ipweek.plugin`` exists
here. Nothing is imported that costs time: the module ``json`` alone, for the regular expressions it loads, would take
a third of the start.
"""

from __future__ import annotations

import marshal
import os
import sys
from _json import encode_basestring_ascii  # the part of json that is written in C

TYPE_CHECKING = False
if TYPE_CHECKING:  # a process that starts for one call starts lean
    from collections.abc import Callable
    from types import ModuleType
    from typing import Any

OFFERED = ("rows", "row", "settings", "today", "deadline", "week")
"""What an author's function may ask for by name."""

MEANINGS = {
    "AttributeError": "用了没有的属性或方法",
    "EOFError": "没有可以读的输入",
    "FileNotFoundError": "没有这个文件",
    "ImportError": "没有这个名字可以导入",
    "IndexError": "列表里没有这么多项",
    "IndentationError": "行首的空格没有对齐",
    "KeyError": "没有这一项",
    "MemoryError": "用的内存超过了上限",
    "ModuleNotFoundError": "没有这个模块",
    "NameError": "用了没有定义的名字",
    "RecursionError": "函数一层一层调用自己，没有停下来",
    "SyntaxError": "写法有误",
    "SystemExit": "提前退出了",
    "TypeError": "数据的类型不对",
    "UnicodeDecodeError": "文件不是 UTF-8 编码",
    "ValueError": "值不对",
    "ZeroDivisionError": "除以了 0",
}
"""What the usual errors of Python mean, for the people who see the card."""


class Fault(Exception):
    """What the author did wrong, in a sentence of ours."""


def load_fence() -> ModuleType:
    """The module beside this one, out of a plugin's sight afterwards."""
    here = os.path.dirname(os.path.realpath(__file__))  # noqa: PTH120 -- pathlib would cost a third of the start
    sys.path.insert(0, here)
    fence = __import__("fence")
    del sys.modules["fence"]
    sys.path[:] = [place for place in sys.path if place and os.path.realpath(place) != here]
    return fence


def load_api(path: str) -> ModuleType:
    """``ipweek.plugin`` in an ``ipweek`` that holds nothing else."""
    package = type(sys)("ipweek")
    package.__path__ = []
    sys.modules["ipweek"] = package
    module = type(sys)("ipweek.plugin")
    module.__file__ = path
    sys.modules["ipweek.plugin"] = module
    run(path, module)
    package.plugin = module  # type: ignore[attr-defined]
    return module


def load_district(folder: str) -> Any:
    """The district's ``plugin``."""
    module = type(sys)("district")
    module.__path__ = [folder]
    module.__package__ = "district"
    module.__file__ = os.path.join(folder, "__init__.py")  # noqa: PTH118 -- pathlib would cost a third of the start
    sys.modules["district"] = module
    run(module.__file__, module)
    plugin = getattr(module, "plugin", None)
    if type(plugin).__name__ != "Plugin" or type(plugin).__module__ != "ipweek.plugin":
        raise Fault("__init__.py 里没有 plugin = Plugin()")
    return plugin


def run(path: str, module: ModuleType) -> None:
    with open(path, encoding="utf-8") as source:  # noqa: PTH123 -- as above
        try:
            text = source.read().removeprefix("\ufeff")  # Notepad puts a mark in front
        except UnicodeDecodeError:
            raise Fault(f"{os.path.basename(path)} 不是 UTF-8 编码，请在编辑器里另存为 UTF-8") from None  # noqa: PTH119 -- as above
        code = compile(text, path, "exec", dont_inherit=True)
    exec(code, module.__dict__)  # noqa: S102 -- this is what the process is for


def answer(api: Any, plugin: Any, order: dict[str, Any]) -> Any:
    """Do what is ordered."""
    if order["do"] == "describe":
        return describe(plugin)
    offered = {"settings": order["settings"], **order["offered"]}
    if order["do"] == "check":
        return check(api, plugin, order, offered)
    offered["rows"] = api.Rows(row(api, order, row_id, values) for row_id, values in order["rows"])
    name = order["name"]
    shelf, word = (plugin.reports, "报表") if order["do"] == "report" else (plugin.jobs, "作业")
    if name not in shelf:
        raise Fault(f"没有{word} {name}，可能插件换了新版，请重新启用")
    said = asked(shelf[name][0], offered)
    if order["do"] == "report":
        if not isinstance(said, api.Report):
            raise Fault(f"报表 {name} 应当返回 Report(...)，实际返回了 {type(said).__name__}")
        return said.to_json()
    if not isinstance(said, dict):
        raise Fault(f"作业 {name} 应当返回 {{row.id: {{字段: 值}}}}，实际返回了 {type(said).__name__}")
    return [[row_id, values] for row_id, values in said.items()]


def row(api: Any, order: dict[str, Any], row_id: int, values: dict[str, Any]) -> Any:
    """One row that knows which columns there are, so that a mistyped name is told."""
    made = api.Row(row_id, values)
    made._known = order.get("columns", ())  # noqa: SLF001 -- between us and our own API, out of an author's way
    return made


def check(api: Any, plugin: Any, order: dict[str, Any], offered: dict[str, Any]) -> list[list[Any]]:
    """What the checks say of the rows: row, column, sentence. With ``keys`` only those that look at one of them."""
    wanted, said = order["keys"], []
    for row_id, values in order["rows"]:
        offered["row"] = row(api, order, row_id, values)
        for function, keys in plugin.checks:
            if wanted is not None and not set(wanted) & set(keys):
                continue
            message = asked(function, offered)
            if message is None or message == "":
                continue
            if not isinstance(message, str):
                raise Fault(f"校验 {function.__name__} 应当返回一句话或 None，实际返回了 {type(message).__name__}")
            said.append([row_id, keys[0], message])
    return said


def describe(plugin: Any) -> dict[str, Any]:
    """What the plugin declares, once every function was seen to ask only for what there is."""
    for word, group in (("报表", plugin.reports), ("作业", plugin.jobs)):
        for name, (function, _) in group.items():
            parameters(function, f"{word} {name}", without="row")
    for function, keys in plugin.checks:
        parameters(function, f"校验 {'、'.join(keys)}", without="rows")
    return {
        "reports": [[name, title] for name, (_, title) in plugin.reports.items()],
        "checks": [keys for _, keys in plugin.checks],
        "jobs": [[name, title] for name, (_, title) in plugin.jobs.items()],
    }


def parameters(function: Any, where: str, *, without: str = "") -> list[str]:
    """The names a function asks for; Fault for one that nobody offers."""
    code = getattr(function, "__code__", None)
    if code is None:
        raise Fault(f"{where} 应当是用 def 写的函数")
    names = list(code.co_varnames[: code.co_argcount + code.co_kwonlyargcount])
    given = len(function.__defaults__ or ())
    needed = names[: code.co_argcount - given] if given else names
    for name in needed:
        if name not in OFFERED or name == without:
            words = "、".join(each for each in OFFERED if each != without)
            raise Fault(f"{where} 的参数 {name} 不认识，可用的有：{words}")
    return names


def asked(function: Callable[..., Any], offered: dict[str, Any]) -> Any:
    """Call with what the signature names."""
    names = parameters(function, getattr(function, "__name__", "函数"))
    return function(**{name: offered[name] for name in names if name in offered})


def told(error: BaseException, folder: str) -> dict[str, str]:
    """The error in one line: what it means, the last place in the district's own files, Python's own words."""
    if isinstance(error, Fault):
        return {"failed": str(error), "where": "", "error": ""}
    where, trace = "", error.__traceback__
    while trace is not None:
        name = trace.tb_frame.f_code.co_filename
        if name.startswith(folder):
            where = f"{name[len(folder) :].lstrip(os.sep)}:{trace.tb_lineno}"
        trace = trace.tb_next
    try:
        said = (str(error).splitlines() or [""])[0][:400]
    except Exception:  # noqa: BLE001 -- an error of the author's own that cannot say itself
        said = ""
    if isinstance(error, SyntaxError) and error.filename and error.filename.startswith(folder):
        where, said = f"{error.filename[len(folder) :].lstrip(os.sep)}:{error.lineno}", str(error.msg)
    name = type(error).__name__
    if any("\u4e00" <= sign <= "\u9fff" for sign in said):  # a sentence of ours, or the author's own
        return {"failed": said, "where": where, "error": ""}
    return {"failed": MEANINGS.get(name, "代码出错"), "where": where, "error": f"{name}: {said}" if said else name}


def sentence(told: dict[str, Any]) -> str:
    """What was told, as one sentence."""
    tail = "，".join(str(part) for part in (told.get("where"), told.get("error")) if part)
    return f"{told['failed']}（{tail}）" if tail else str(told["failed"])


def as_json(value: Any) -> str:
    """Plain data as JSON; Fault for what is none."""
    if isinstance(value, str):
        return str(encode_basestring_ascii(value))
    if value is None or value is True or value is False:
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, int):
        if not -(10**18) < value < 10**18:
            raise Fault("答复里有一个超过 18 位的数字")
        return int.__repr__(value)
    if isinstance(value, float):
        if value != value or value in (float("inf"), float("-inf")):  # noqa: PLR0124 -- only NaN is unlike itself
            raise Fault(f"答复里有一个算不出来的数字（{value}），可能除以了 0")
        return float.__repr__(value)
    if isinstance(value, list | tuple):
        return f"[{','.join([as_json(each) for each in value])}]"
    if isinstance(value, dict):
        return "{" + ",".join([f"{as_json(key)}:{as_json(each)}" for key, each in value.items() if is_key(key)]) + "}"
    raise Fault(f"答复里只能有文字、数字、列表和字典，现在有 {type(value).__name__}")


def is_key(key: Any) -> bool:
    if not isinstance(key, str):
        raise Fault(f"字典的键须是文字，现在是 {key!r}")
    return True


def main() -> None:
    api_path, folder = sys.argv[1], os.path.realpath(sys.argv[2])
    fence = load_fence()
    sys.dont_write_bytecode = True
    order = marshal.loads(sys.stdin.buffer.read())  # noqa: S302 -- from our own parent
    stream = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    api = load_api(api_path)
    try:
        fence.limit(order["limits"]["cpu"], order["limits"]["memory_mb"], order["nice"])
        fence.raise_around(folder)
        outcome = {"value": answer(api, load_district(folder), order)}
        text = as_json(outcome)
    except BaseException as error:  # noqa: BLE001 -- SystemExit and KeyboardInterrupt are failures here too
        text = as_json(told(error, folder))
        trace(error)
    stream.write(text)
    stream.flush()
    leave()


def trace(error: BaseException) -> None:
    """The whole story into the log, whatever the author did to it."""
    import traceback  # noqa: PLC0415 -- only when something went wrong

    try:
        traceback.print_exception(error)
    except Exception:  # noqa: BLE001 -- the sentence is said; the log stays as it is
        return


def leave() -> None:
    """End at once: no thread is waited for, nothing is called on the way out."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except Exception:  # noqa: BLE001, S112 -- closed or replaced by the author
            continue
    os._exit(0)


if __name__ == "__main__":
    main()
