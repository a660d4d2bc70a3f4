"""Runs one pure function on bytes from outside in a process of its own, with a deadline and a memory limit.

``call`` is the parent's side, ``main`` the child's: ``python -I -m ipweek.files.child``. The child gets one line of
JSON (what to call) and the bytes on its stdin, and answers with JSON on a private copy of its stdout; it imports
neither flask nor the database, and its environment is empty. What the function raises as Invalid comes back as
Invalid; everything else that can go wrong becomes one sentence for the person and one line in the log.
"""

from __future__ import annotations

import importlib
import json
import logging
import os
import subprocess
import sys
import threading
import traceback
from contextlib import suppress
from typing import IO, Any

from ipweek.errors import Busy, Invalid
from ipweek.files.limits import TooLarge

COMMAND = (sys.executable, "-X", "utf8", "-I", "-m", "ipweek.files.child")
AT_ONCE = 4
"""How many children may run at the same time; each may take its whole memory limit."""
WAIT_SECONDS = 3
"""How long a call waits for its turn before it says that the system is busy."""
MOST_ANSWER = 16 << 20
"""Bytes of JSON that a child may answer."""

TOO_COMPLEX = "文件过于复杂，未能在规定时间内读完，请用 WPS 或 Office 打开，把需要的内容复制到新文件，另存后再上传。"
UNREADABLE = "系统读不出这个文件的内容，请用 WPS 或 Office 打开，另存为新的 .xlsx 或 .docx 后再上传。"
QUEUE = "正在读取的文件较多，请过几秒再上传一次。"

_turns = threading.BoundedSemaphore(AT_ONCE)
_log = logging.getLogger(__name__)


def call(function: str, data: bytes, *, seconds: float = 10, memory_mb: int = 512, **arguments: Any) -> Any:
    """What ``module:function`` makes of *data* and *arguments*, as JSON gives it back.

    Raises Invalid (TooLarge) as the function does, Invalid when the child is late, dies or answers rubbish, and
    Busy when too many are running. Takes as long as the file needs: never call it inside ``transaction()``.
    """
    order = {"function": function, "arguments": arguments, "seconds": seconds, "memory_mb": memory_mb}
    if not _turns.acquire(timeout=WAIT_SECONDS):
        raise Busy(QUEUE)
    try:
        answer = _run(json.dumps(order).encode() + b"\n", data, seconds)
    finally:
        _turns.release()
    if isinstance(answer, dict):
        if "value" in answer:
            return answer["value"]
        if "refused" in answer:
            kind = TooLarge if answer.get("status") == TooLarge.status else Invalid
            raise kind(str(answer["refused"]), fields=answer.get("fields"))
        _log.warning("reading a file failed: function=%s size=%d why=%s", function, len(data), answer.get("failed"))
        raise Invalid(TOO_COMPLEX if answer.get("failed") in {"MemoryError", "RecursionError", "late"} else UNREADABLE)
    _log.warning("reading a file failed: function=%s size=%d why=no answer", function, len(data))
    raise Invalid(TOO_COMPLEX)


def _run(order: bytes, data: bytes, seconds: float) -> Any:
    """The child's answer, or what stands for it when there is none."""
    with subprocess.Popen(
        COMMAND,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=_environment(),
        close_fds=True,
    ) as process:
        late = threading.Event()

        def stop() -> None:
            late.set()
            process.kill()

        deadline = threading.Timer(seconds, stop)
        deadline.start()
        try:
            raw = _exchange(process, order, data)
        finally:
            process.kill()
            process.wait()
            deadline.cancel()
    if late.is_set():
        return {"failed": "late"}
    try:
        return json.loads(raw)
    except ValueError:
        return None


def _exchange(process: subprocess.Popen[bytes], order: bytes, data: bytes) -> bytes:
    """Hand over and listen. The child reads all before it answers, and a killed one closes both pipes."""
    stdin, stdout = process.stdin, process.stdout
    if stdin is None or stdout is None:
        return b""
    try:
        stdin.write(order)
        stdin.write(data)
        stdin.close()
    except OSError:  # the child is gone; what it said, if anything, decides
        with suppress(OSError):
            stdin.close()
    raw = stdout.read(MOST_ANSWER + 1)
    return raw if len(raw) <= MOST_ANSWER else b""


def _environment() -> dict[str, str]:
    """Nothing of ours; Windows itself needs to know where it lives."""
    return {name: os.environ[name] for name in ("SYSTEMROOT",) if name in os.environ}


def main() -> None:
    """The child: read the order, fence ourselves in, call, answer, end."""
    source = sys.stdin.buffer
    order = json.loads(source.readline())
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever a library prints does not spoil the answer
    _fence(order["seconds"], order["memory_mb"])
    _answer(_outcome(order, source.read()), answers)


def _outcome(order: dict[str, Any], data: bytes) -> dict[str, Any]:
    try:
        module, name = order["function"].split(":")
        value = getattr(importlib.import_module(module), name)(data, **order["arguments"])
    except Invalid as refused:
        return {"refused": str(refused), "status": refused.status, "fields": refused.fields}
    except MemoryError:
        return {"failed": "MemoryError"}
    except Exception as error:  # noqa: BLE001 -- whatever a parser raises on a strange file is one sentence to the sender
        places = "; ".join(f"{os.path.basename(frame.filename)}:{frame.lineno}" for frame in traceback.extract_tb(error.__traceback__)[-4:])  # noqa: PTH119 -- a name, not a path
        name = type(error).__name__
        return {"failed": name if name == "RecursionError" else f"{name} at {places}"}  # the error's text may quote the file
    return {"value": value}


def _answer(outcome: dict[str, Any], stream: IO[bytes]) -> None:
    try:
        raw = json.dumps(outcome, ensure_ascii=True, allow_nan=False).encode()
    except (TypeError, ValueError, MemoryError, RecursionError) as error:
        raw = json.dumps({"failed": type(error).__name__}).encode()
    with stream:
        stream.write(raw)


def _fence(seconds: float, memory_mb: int) -> None:
    """Limit memory and processor time, and forbid writing files. On Windows the parent's deadline is the only limit."""
    try:
        import resource  # noqa: PLC0415 -- there is none on Windows
    except ImportError:
        return
    limits = {
        resource.RLIMIT_AS: memory_mb << 20,
        resource.RLIMIT_CPU: max(1, int(seconds) + 1),
        resource.RLIMIT_FSIZE: 0,
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_NOFILE: 64,
    }
    for what, most in limits.items():
        resource.setrlimit(what, (most, most))


if __name__ == "__main__":
    main()
