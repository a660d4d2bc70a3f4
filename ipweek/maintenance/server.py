"""Serves the application with waitress: many slow clients harm nobody, and a stop lets running requests finish."""

from __future__ import annotations

import errno
import gc
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterable
from types import SimpleNamespace
from typing import Any

from waitress import create_server, wasyncore
from waitress.channel import HTTPChannel
from waitress.task import ErrorTask, WSGITask
from werkzeug.middleware.proxy_fix import ProxyFix

from ipweek.config import Settings
from ipweek.headers import ALWAYS, Wsgi
from ipweek.maintenance.instance import Unfit

STOPS_WITHIN = 9.0
"""Seconds that running requests get to finish after a stop was asked for (service managers wait 10 and more)."""
CONNECTIONS = 400 if sys.platform == "win32" else 1000  # 300 half-open ones must not lock people out; select ends at 512
TIMEOUT = 20
"""Seconds after which a connection without a running request is closed."""
SENT_AT_ONCE = 16_000
"""Bytes of a body that goes out with its head."""
LARGEST_BODY = 64 * 1024 * 1024
"""Bytes. What is larger ends at the server; from the upload limit up to here Flask refuses, with a whole page."""
SENTENCES = {
    413: "发送的内容太大，没有保存。请减小后再试；附件表一般不超过 5 MB。",
    431: "浏览器发来的内容太大，请清除本站的浏览数据后再试。",
    500: "系统暂时无法处理，请稍后再试。",
}
"""What the server itself refuses, before the application hears of it."""
SAID_BY_US = [("Content-Type", "text/plain; charset=utf-8"), ("Cache-Control", "no-store"), *ALWAYS.items()]
"""Headers of such an answer, which never passes the application's door."""
NOT_HTTP = "浏览器发来的内容不完整，请刷新页面后再试一次。"


def serve(app: Wsgi, settings: Settings, *, ready: Callable[[str], None]) -> None:
    """Serve until SIGTERM or Ctrl-C. *ready* gets the address once people can connect; Unfit when the port is taken."""
    stopping = threading.Event()
    channels: dict[int, Any] = {}
    proxied = settings.trusted_proxies
    if proxied:
        app = ProxyFix(app, x_for=proxied, x_proto=proxied, x_host=proxied)
    try:
        server = create_server(
            until(stopping, app),
            map=channels,
            host=settings.host,
            port=settings.port,
            threads=settings.threads,
            connection_limit=CONNECTIONS,
            channel_timeout=TIMEOUT,
            cleanup_interval=5,
            max_request_body_size=max(LARGEST_BODY, settings.upload_mb * 2 * 1024 * 1024),
            clear_untrusted_proxy_headers=not proxied,  # else ProxyFix counts them
            asyncore_use_poll=sys.platform != "win32",
            ident="",
        )
    except (OSError, ValueError) as error:
        cause = error.__context__ if isinstance(error, ValueError) else error  # a host that nobody knows is one of the library's own
        if not isinstance(cause, OSError):
            raise
        message = f"不能在 {settings.host}:{settings.port} 上提供服务：{why_not(cause)}。"
        raise Unfit(message) from error

    for listening in channels.values():  # several where the host's name has several addresses
        if hasattr(listening, "channel_class"):
            listening.channel_class = Channel

    def stop(*_: object) -> None:
        stopping.set()
        server.pull_trigger()  # wakes the loop

    for name in ("SIGTERM", "SIGINT", "SIGBREAK"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), stop)
    gc.collect()
    gc.freeze()  # what is loaded stays: else each full collection stops every request to look through it
    ready(f"http://{settings.host}:{server.effective_port if hasattr(server, 'effective_port') else settings.port}")
    while not stopping.is_set():
        turn(channels)
    deadline = time.monotonic() + STOPS_WITHIN
    while is_busy(channels) and time.monotonic() < deadline:
        turn(channels)
    server.task_dispatcher.shutdown(timeout=max(0.1, deadline - time.monotonic()))
    server.close()


class Refusal(ErrorTask):  # type: ignore[misc]  # waitress ships no types
    """What the server says by itself, in Chinese."""

    def execute(self) -> None:
        error = self.request.error
        body = SENTENCES.get(error.code, NOT_HTTP).encode()
        self.status = f"{error.code} {error.reason}"
        self.response_headers += SAID_BY_US
        self.set_close_on_finish()
        self.content_length = len(body)
        self.write(body)


class Reply(WSGITask):  # type: ignore[misc]  # the same
    """An answer of the application."""

    channel: Any

    def write(self, data: bytes) -> None:
        """Send the head and a small body in one piece: in two, each is a call to the system, a packet, and a reader woken up."""
        channel = self.channel
        if self.wrote_header or not data or len(data) > SENT_AT_ONCE:
            super().write(data)
            return
        pieces: list[bytes] = []
        self.channel = SimpleNamespace(server=channel.server, write_soon=pieces.append)
        try:
            super().write(data)
        finally:
            self.channel = channel
        channel.write_soon(b"".join(pieces))


class Channel(HTTPChannel):  # type: ignore[misc]  # the same
    """A connection whose errors are ours to word."""

    task_class = Reply
    error_task_class = Refusal

    def write_soon(self, data: Any) -> int:
        """Send what the system takes at once, and put only the rest aside.

        The library puts everything aside first; its loop sees something to send, cannot, since the task is sending it, and asks
        again for as long as that takes: ten turns over all connections for each answer, while eight people save.
        """
        if not isinstance(data, bytes):  # a file
            return super().write_soon(data)
        sent: list[int] = []
        first = data[: self.sendbuf_len]  # no more at a time, as the library does: Windows takes any size, and holds all of it in memory
        with self.outbuf_lock:
            if self.connected and not self.total_outbufs_len:
                self._flush_exception(lambda do_close: sent.append(self.send(first, do_close=do_close)), do_close=False)
        self.last_activity = time.time()
        if rest := data[sum(sent) :]:
            super().write_soon(rest)
        return len(data)


def why_not(error: OSError) -> str:
    """What keeps an address from being listened on, and what to do; the system's own words are English."""
    if error.errno == errno.EADDRINUSE:
        return "端口已被占用，请换一个端口，例如 --port 8001，或先停止占用它的程序"
    if error.errno == errno.EACCES:
        return "没有权限使用这个端口，请换一个 1024 以上的端口，例如 --port 8001"
    if isinstance(error, socket.gaierror) or error.errno == errno.EADDRNOTAVAIL:
        return "本机没有这个地址，请改用 --host 127.0.0.1 或本机的地址"
    return f"系统没有允许（错误 {error.errno or type(error).__name__}），请换一个端口，例如 --port 8001"


def turn(channels: dict[int, Any]) -> None:
    """Once round the server's loop."""
    wasyncore.loop(timeout=1, use_poll=sys.platform != "win32", map=channels, count=1)


def is_busy(channels: dict[int, Any]) -> bool:
    """Whether a request is running or an answer is still on its way."""
    return any(isinstance(channel, HTTPChannel) and (channel.requests or channel.total_outbufs_len) for channel in list(channels.values()))


def until(stopping: threading.Event, app: Wsgi) -> Wsgi:
    """*app*, that is; once the server is *stopping* a sentence to try again."""

    def answer(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        if not stopping.is_set():
            return app(environ, start_response)
        start_response("503 Service Unavailable", [*SAID_BY_US, ("Retry-After", "10")])
        return ["系统正在重新启动，请稍候再试。已填写的内容不会丢失。".encode()]

    return answer
