"""Calls district code: one call, one process, one deadline, and an answer of bounded size."""

from __future__ import annotations

import json
import marshal
import os
import re
import signal
import subprocess
import sys
import threading
import traceback
from collections import defaultdict, deque
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any

from ipweek.plugins import child

PACKAGE = Path(__file__).resolve().parent
COMMAND = (sys.executable, "-X", "utf8", "-I", "-S", str(PACKAGE / "child.py"), str(PACKAGE.parent / "plugin.py"))
LIMITS = {"cpu": 5, "memory_mb": 512}
DEADLINES = {"describe": 3.0, "check": 1.5, "report": 10.0, "job": 30.0}
"""Seconds, by what is asked."""
MOST_ANSWER = 2_000_000
"""Bytes of JSON that a plugin may answer."""
MOST_LOG = 64_000
AT_ONCE, AT_ONCE_EACH = 4, 2
"""Processes in all, and of one plugin. Whoever comes next is told at once: waiting would hold a thread of the server."""
PATIENCE = 0.2
USED_UP = {-getattr(signal, name) for name in ("SIGXCPU", "SIGKILL") if hasattr(signal, name)}
"""Exit codes of a process that the system ended for its use of the processor."""

_UNSHOWABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufffe\uffff\ud800-\udfff]")

_all = threading.BoundedSemaphore(AT_ONCE)
_each: defaultdict[str, threading.BoundedSemaphore] = defaultdict(lambda: threading.BoundedSemaphore(AT_ONCE_EACH))


class PluginFailed(Exception):
    """A call gave no usable answer. ``kind`` is raised, late, dead, garbled, busy or off; the text is one plain sentence."""

    def __init__(self, kind: str, said: str, log: str = "") -> None:
        said = shown(said)
        super().__init__(said)
        self.kind, self.said, self.log = kind, said, shown(log)


def shown(text: str) -> str:
    """A plugin's words without what no page, log or database can hold or show."""
    return _UNSHOWABLE.sub("", text)


def call(folder: Path, order: dict[str, Any], *, deadline: float | None = None, nice: int = 0, inline: bool = False) -> Any:
    """What the plugin in *folder* answers to *order*, as plain data; PluginFailed otherwise.

    *nice* lowers its priority. *inline* runs it in this process, without fence and limits: for an author's debugger only.
    """
    whole = {"limits": LIMITS, "nice": nice, "settings": {}, "offered": {}, **order}
    if inline:
        return _inline(folder, whole)
    seconds = deadline or DEADLINES[order["do"]]
    with _turn(str(folder)):
        try:
            code, raw, log, is_late = _run(folder.resolve(), marshal.dumps(whole), seconds)
        except OSError as error:  # its folder has just gone, or the system has no room for another process
            raise PluginFailed("dead", f"插件的进程没有启动：{error.strerror or error}") from error
        return _read(code, raw, log, is_late=is_late, seconds=seconds)


@contextmanager
def _turn(folder: str) -> Iterator[None]:
    mine = _each[folder]
    if not mine.acquire(timeout=PATIENCE):
        raise PluginFailed("busy", "插件正忙，请稍后再试")
    try:
        if not _all.acquire(timeout=PATIENCE):
            raise PluginFailed("busy", "正在运行的插件较多，请稍后再试")
        try:
            yield
        finally:
            _all.release()
    finally:
        mine.release()


def _run(folder: Path, order: bytes, seconds: float) -> tuple[int, bytes, str, bool]:
    """Exit code, answer, log, and whether it was too late."""
    late = threading.Event()
    with subprocess.Popen(
        [*COMMAND, str(folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=_environment(),
        cwd=folder,
        start_new_session=True,
    ) as process:

        def stop() -> None:
            late.set()
            _kill(process)

        timer = threading.Timer(seconds, stop)
        timer.start()
        log: deque[bytes] = deque(maxlen=MOST_LOG // 4096)
        listener = threading.Thread(target=_listen, args=(process.stderr, log), daemon=True)
        listener.start()
        try:
            raw = _exchange(process, order)
            if len(raw) > MOST_ANSWER:
                _kill(process)
            process.wait()
        finally:
            timer.cancel()
            _kill(process)
            process.wait()
            listener.join(1)
    return process.returncode, raw, b"".join(log).decode("utf-8", "replace"), late.is_set()


def _exchange(process: subprocess.Popen[bytes], order: bytes) -> bytes:
    stdin, stdout = process.stdin, process.stdout
    if stdin is None or stdout is None:
        return b""
    with suppress(OSError):  # the child is gone; what it left decides
        stdin.write(order)
    with suppress(OSError):
        stdin.close()
    return stdout.read(MOST_ANSWER + 1)


def _listen(stream: IO[bytes], log: deque[bytes]) -> None:
    """Keep the end of what is said, however much that is."""
    while piece := stream.read1(4096):  # type: ignore[attr-defined]
        log.append(piece)


def _kill(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is not None:
        return
    if hasattr(os, "killpg"):
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
    process.kill()


def _read(code: int, raw: bytes, log: str, *, is_late: bool, seconds: float) -> Any:
    if is_late:
        raise PluginFailed("late", f"插件 {seconds:g} 秒内没有答复，已停止", log)
    if len(raw) > MOST_ANSWER:
        raise PluginFailed("garbled", f"插件的答复超过 {MOST_ANSWER // 1_000_000} MB，没有采用", log)
    if code in USED_UP and not raw:
        raise PluginFailed("late", f"插件用尽了 {LIMITS['cpu']} 秒的处理器时间，已停止", log)
    if code < 0:
        raise PluginFailed("dead", f"插件进程被系统结束（信号 {-code}）", log)
    try:
        said = json.loads(raw, parse_constant=_no_number)
    except (ValueError, RecursionError):
        raise PluginFailed("garbled", "插件没有给出答复（是否提前退出了？）", log) from None
    if isinstance(said, dict) and "value" in said:
        return said["value"]
    if isinstance(said, dict) and isinstance(said.get("failed"), str):
        raise PluginFailed("raised", child.sentence(said), log)
    raise PluginFailed("garbled", "插件的答复无法识别", log)


def _no_number(word: str) -> None:
    raise ValueError(word)


def _environment() -> dict[str, str]:
    """Nothing of ours; Windows itself needs to know where it lives."""
    return {name: os.environ[name] for name in ("SYSTEMROOT",) if name in os.environ}


def _inline(folder: Path, order: dict[str, Any]) -> Any:
    """In this process, through the same JSON."""
    before = {name: sys.modules.get(name) for name in ("ipweek", "ipweek.plugin", "district")}
    try:
        api = child.load_api(str(PACKAGE.parent / "plugin.py"))
        value = child.answer(api, child.load_district(str(folder.resolve())), json.loads(json.dumps(order)))
        return json.loads(json.dumps(value, allow_nan=False))
    except Exception as error:
        said = child.sentence(child.told(error, str(folder.resolve())))
        raise PluginFailed("raised", said, traceback.format_exc()) from error
    finally:
        for name, module in before.items():
            if module is None:
                sys.modules.pop(name, None)
            else:
                sys.modules[name] = module
