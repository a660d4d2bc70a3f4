"""One call of one plugin, then the end. Started as ``python -I -S child.py PLUGIN.PY FOLDER``; standard library only.

The order comes on stdin, marshalled by the parent; the answer goes out as JSON on a private copy of stdout, so that a
plugin that prints cannot spoil it: whatever it prints ends up in the plugin's log. Before the first line of district
code the fence is set. ``-S`` keeps every installed package out of reach, and of ipweek only ``ipweek.plugin`` exists
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

REFUSED = {
    "socket.": "联网",
    "http.client.": "联网",
    "urllib.": "联网",
    "ftplib.": "联网",
    "smtplib.": "联网",
    "poplib.": "联网",
    "imaplib.": "联网",
    "telnetlib.": "联网",
    "nntplib.": "联网",
    "webbrowser.": "联网",
    "subprocess.": "启动程序",
    "os.system": "启动程序",
    "os.exec": "启动程序",
    "os.fork": "启动程序",
    "os.posix_spawn": "启动程序",
    "os.spawn": "启动程序",
    "os.startfile": "启动程序",
    "pty.": "启动程序",
    "_winapi.": "启动程序",
    "os.kill": "干预其他程序",
    "signal.pthread_kill": "干预其他程序",
    "sqlite3.": "打开数据库",
    "dbm.": "打开数据库",
    "ctypes.": "加载动态库",
    "winreg.": "读写注册表",
    "msvcrt.": "读写系统",
    "syslog.": "写系统日志",
    "fcntl.": "读写系统",
    "resource.": "改动限制",
    "os.remove": "删除文件",
    "os.rmdir": "删除文件",
    "os.rename": "改动文件",
    "os.mkdir": "新建文件",
    "os.link": "新建文件",
    "os.symlink": "新建文件",
    "os.truncate": "改动文件",
    "os.chmod": "改动文件",
    "os.chown": "改动文件",
    "os.utime": "改动文件",
    "os.setxattr": "改动文件",
    "os.removexattr": "改动文件",
    "os.getxattr": "读别的文件",
    "os.listxattr": "读别的文件",
    "os.chdir": "离开自己的目录",
    "os.fchdir": "离开自己的目录",
    "os.add_dll_directory": "加载动态库",
    "shutil.": "改动文件",
    "tempfile.": "新建文件",
}
"""Beginnings of audit events, and what they mean."""

UNIMPORTABLE = {
    "_posixsubprocess": "启动程序",
    "_ctypes": "加载动态库",
    "_sqlite3": "打开数据库",
    "_multiprocessing": "启动程序",
}
"""Modules whose import has no honest use here, and that could act without an event."""


class Fault(Exception):
    """What the author did wrong, in a sentence of ours."""


def fence(folder: str) -> None:
    """Refuse, with a plain sentence, what a plugin has no business doing. Stops accidents and curiosity, not malice."""
    realpath, fsdecode, separator = os.path.realpath, os.fsdecode, os.sep
    homes = tuple(realpath(home) + separator for home in (folder, *sys.path))
    writing = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
    beginnings = tuple(REFUSED)

    def watch(event: str, args: tuple[Any, ...]) -> None:
        if event == "open":
            path, mode, flags = args
            if isinstance(path, int):
                return
            place = realpath(fsdecode(path))
            if (mode and set(mode) & set("wax+")) or (flags or 0) & writing:
                raise PermissionError(f"插件不能写文件：{place}")
            if not place.startswith(homes):
                raise PermissionError(f"插件只能读自己目录里的文件，不能读 {place}")
        elif event in ("os.listdir", "os.scandir"):
            place = realpath(fsdecode(args[0] or ".")) + separator if not isinstance(args[0], int) else ""
            if not place.startswith(homes):
                raise PermissionError(f"插件只能看自己的目录，不能看 {place}")
        elif event == "import":
            if args[0] in UNIMPORTABLE:
                raise PermissionError(f"插件不能{UNIMPORTABLE[args[0]]}（import {args[0]}）")
        elif event.startswith(beginnings):
            what = next(words for beginning, words in REFUSED.items() if event.startswith(beginning))
            raise PermissionError(f"插件不能{what}（{event}）")

    sys.addaudithook(watch)


def limit(cpu_seconds: int, memory_mb: int, nice: int) -> None:
    """Processor, memory, files, programs. On Windows the parent's deadline is the only limit."""
    try:
        import resource  # noqa: PLC0415 -- there is none on Windows
    except ImportError:
        return
    most = {
        resource.RLIMIT_CPU: cpu_seconds,
        resource.RLIMIT_AS: memory_mb << 20,
        resource.RLIMIT_FSIZE: 0,
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_NOFILE: 64,
        resource.RLIMIT_NPROC: 0,
    }
    for what, number in most.items():
        resource.setrlimit(what, (number, number))
    os.nice(nice)


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
        code = compile(source.read(), path, "exec", dont_inherit=True)
    exec(code, module.__dict__)  # noqa: S102 -- this is what the process is for


def answer(api: Any, plugin: Any, order: dict[str, Any]) -> Any:
    """Do what is ordered."""
    if order["do"] == "describe":
        return describe(plugin)
    offered = {"settings": order["settings"], **order["offered"]}
    if order["do"] == "check":
        return check(api, plugin, order, offered)
    offered["rows"] = api.Rows(api.Row(row_id, values) for row_id, values in order["rows"])
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


def check(api: Any, plugin: Any, order: dict[str, Any], offered: dict[str, Any]) -> list[list[Any]]:
    """What the checks say of the rows: row, column, sentence. With ``keys`` only those that look at one of them."""
    wanted, said = order["keys"], []
    for row_id, values in order["rows"]:
        offered["row"] = api.Row(row_id, values)
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
    """The error in one line, with the last place in the district's own files."""
    if isinstance(error, Fault):
        return {"failed": str(error), "where": ""}
    where, trace = "", error.__traceback__
    while trace is not None:
        name = trace.tb_frame.f_code.co_filename
        if name.startswith(folder):
            where = f"{name[len(folder) :].lstrip(os.sep)}:{trace.tb_lineno}"
        trace = trace.tb_next
    said = (str(error).splitlines() or [""])[0][:400]
    if isinstance(error, SyntaxError) and error.filename and error.filename.startswith(folder):
        where, said = f"{error.filename[len(folder) :].lstrip(os.sep)}:{error.lineno}", str(error.msg)
    name = type(error).__name__
    is_fence = name == "PermissionError" and said.startswith("插件")
    return {"failed": said if is_fence else f"{name}: {said}" if said else name, "where": where}


def as_json(value: Any) -> str:
    """Plain data as JSON; TypeError or ValueError for what is none."""
    if isinstance(value, str):
        return str(encode_basestring_ascii(value))
    if value is None or value is True or value is False:
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, int):
        return int.__repr__(value)
    if isinstance(value, float):
        if value != value or value in (float("inf"), float("-inf")):  # noqa: PLR0124 -- only NaN is unlike itself
            raise ValueError(f"{value} 不是一个可以显示的数字")
        return float.__repr__(value)
    if isinstance(value, list | tuple):
        return f"[{','.join([as_json(each) for each in value])}]"
    if isinstance(value, dict):
        return "{" + ",".join([f"{as_json(key)}:{as_json(each)}" for key, each in value.items() if is_key(key)]) + "}"
    raise TypeError(f"答复里只能有文字、数字、列表和字典，现在有 {type(value).__name__}")


def is_key(key: Any) -> bool:
    if not isinstance(key, str):
        raise TypeError(f"字典的键须是文字，现在是 {key!r}")
    return True


def main() -> None:
    api_path, folder = sys.argv[1], os.path.realpath(sys.argv[2])
    sys.dont_write_bytecode = True
    order = marshal.loads(sys.stdin.buffer.read())  # noqa: S302 -- from our own parent
    stream = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    sys.path[:] = [place for place in sys.path if place and os.path.realpath(place) != os.path.dirname(os.path.realpath(__file__))]  # noqa: PTH120 -- as above
    api = load_api(api_path)
    try:
        limit(order["limits"]["cpu"], order["limits"]["memory_mb"], order["nice"])
        fence(folder)
        outcome = {"value": answer(api, load_district(folder), order)}
        text = as_json(outcome)
    except BaseException as error:  # noqa: BLE001 -- SystemExit and KeyboardInterrupt are failures here too
        text = as_json(told(error, folder))
        import traceback  # noqa: PLC0415 -- only when something went wrong

        traceback.print_exc()
    stream.write(text)
    stream.flush()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)


if __name__ == "__main__":
    main()
