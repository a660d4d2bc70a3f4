"""The fence around a plugin: what it has no business doing is refused in plain words, and what it may use is limited.

Loaded by the child process alone, before the first line of district code. It stops accidents and curiosity, not malice:
a person reads each plugin before it is enabled.
"""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:  # a process that starts for one call starts lean
    from collections.abc import Callable
    from typing import Any

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
    "gc.get_": "查看系统的内部",
    "sys._current_": "查看系统的内部",
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
    "_dbm": "打开数据库",
    "_gdbm": "打开数据库",
    "_multiprocessing": "启动程序",
    "_posixshmem": "新建文件",
    "spwd": "查看系统的用户",
    "pwd": "查看系统的用户",
    "grp": "查看系统的用户",
    "nis": "联网",
}
"""Modules whose import has no honest use here, and that could act without an event."""

WITHOUT_EVENT = {
    "posix": {
        "chroot": "离开自己的目录",
        "mkfifo": "新建文件",
        "mknod": "新建文件",
        "pidfd_open": "干预其他程序",
        "sched_setaffinity": "干预其他程序",
        "sched_setparam": "干预其他程序",
        "sched_setscheduler": "干预其他程序",
        "setpriority": "干预其他程序",
        "sync": "读写系统",
    },
    "_signal": {"pidfd_send_signal": "干预其他程序"},
    "time": {"clock_settime": "改动系统的时间", "clock_settime_ns": "改动系统的时间"},
}
"""Functions that reach out of the process and tell no audit hook: modules built into Python, and what they would do."""


def raise_around(folder: str) -> None:
    """Refuse, with a plain sentence, what a plugin has no business doing. Stops accidents and curiosity, not malice."""
    realpath, fsdecode, separator = os.path.realpath, os.fsdecode, os.sep
    homes = tuple(realpath(home) + separator for home in (folder, *sys.path))
    writing = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
    beginnings, meanings, unimportable = tuple(REFUSED), tuple(REFUSED.items()), tuple(UNIMPORTABLE.items())

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
            for module, what in unimportable:
                if args[0].rpartition(".")[2] == module:
                    raise ImportError(f"插件不能{what}（import {module}）")  # libraries that can do without go on
        elif event.startswith(beginnings):
            what = next(words for beginning, words in meanings if event.startswith(beginning))
            raise PermissionError(f"插件不能{what}（{event}）")

    close(WITHOUT_EVENT)
    sys.addaudithook(watch)


def close(doors: dict[str, dict[str, str]]) -> None:
    """Put a refusal in the place of functions that no audit hook hears of."""
    for name, functions in doors.items():
        for holder in (sys.modules.get(name), os if name == "posix" else None):
            for function, what in functions.items():
                if holder is not None and hasattr(holder, function):
                    setattr(holder, function, refusing(f"插件不能{what}（{function}）"))


def refusing(said: str) -> Callable[..., None]:
    def refuse(*_: Any, **__: Any) -> None:
        raise PermissionError(said)

    return refuse


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
