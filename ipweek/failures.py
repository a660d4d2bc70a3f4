"""The one place where errors become answers: a sentence in Chinese, a number, and a line in the log."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any

import structlog
from flask import Flask, Response, current_app, g, request
from sqlalchemy.exc import OperationalError, SQLAlchemyError
from werkzeug.exceptions import HTTPException, MethodNotAllowed, RequestEntityTooLarge

from ipweek import pages
from ipweek.errors import Busy, NotFound, Refused
from ipweek.extensions import login
from ipweek.files import gate
from ipweek.headers import Wsgi

log = structlog.get_logger()

SENTENCES = {
    400: "浏览器发来的内容不完整，请刷新页面后再试一次。",
    403: "这个请求不是从本系统的页面发出的，请从菜单重新进入。",
    404: NotFound().args[0],
    405: "不能这样访问这个地址，请从菜单重新进入。",
    413: "发送的内容太大，请减小后再试。",
    414: "地址太长，请从菜单重新进入。",
    431: "浏览器发来的内容太大，请清除本站的浏览数据后再试。",
}
"""What a plain HTTP error says."""
HOST = re.compile(r"(?=.{1,260}\Z)(?:[\w-]{1,63}(?:\.[\w-]{1,63})*\.?|\[[0-9a-f:.]{2,45}\])(?::\d{1,5})?", re.ASCII | re.IGNORECASE)
"""A name or address with its port as DNS has them; Werkzeug stumbles over others before any handler of ours."""
ODD_HOST = "ipweek.odd_host"


class Broken(Refused):
    """Something of ours failed. The reader gets the number to tell us."""

    status = 500


class HttpRefused(Refused):
    """An error of Werkzeug's in our words."""

    def __init__(self, status: int) -> None:
        super().__init__(SENTENCES.get(status, SENTENCES[400]))
        self.status = status


def install(app: Flask) -> None:
    """Answer every exception."""
    app.wsgi_app = hosts_apart(app.wsgi_app)  # type: ignore[assignment,method-assign]  # Flask's own way to put something in front
    app.before_request(refuse_odd_host)
    app.register_error_handler(Refused, refused)
    app.register_error_handler(HTTPException, http_error)
    app.register_error_handler(OperationalError, database_unavailable)
    app.register_error_handler(Exception, unexpected)


def hosts_apart(app: Wsgi) -> Wsgi:
    """*app* without a Host header that is none, and with a note of it: the refusal needs addresses, which need a host."""

    def answer(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        sent = environ.get("HTTP_HOST")
        if sent and not HOST.fullmatch(sent):
            environ = {**environ, "HTTP_HOST": "localhost", ODD_HOST: True}
        return app(environ, start_response)

    return answer


def refuse_odd_host() -> None:
    """400 for what no browser sends."""
    if ODD_HOST in request.environ:
        raise HttpRefused(400)


def page_of(error: Refused) -> Response:
    """The page that says so; where the database can't even tell who asks, as a page of nobody's."""
    try:
        return pages.refuse(error)
    except SQLAlchemyError as why:
        log.warning("page without a person", path=request.path, why=type(why).__name__)
        g._login_user = login.anonymous_user()  # noqa: SLF001 -- where Flask-Login keeps whom it found
        return pages.refuse(error)


def refused(error: Refused) -> Response:
    """An error of our own: say its sentence. The page shows the request's number, so the log has it too.

    Not the sentence itself, which may hold what somebody typed.
    """
    log.info("refused", status=error.status, method=request.method, path=request.path, kind=type(error).__name__)
    return page_of(error)


def http_error(error: HTTPException) -> Response:
    """Flask's and Werkzeug's own errors; redirects pass through."""
    if error.code is None or error.code < 400:
        return error.get_response()  # type: ignore[return-value]
    if error.code >= 500:
        why = getattr(error, "original_exception", None)  # of what went wrong while another error was answered
        return database_unavailable(why) if isinstance(why, OperationalError) else unexpected(error)
    if isinstance(error, RequestEntityTooLarge):
        return refused(too_large())
    response = refused(HttpRefused(error.code))
    if isinstance(error, MethodNotAllowed) and error.valid_methods:
        response.headers["Allow"] = ", ".join(sorted(error.valid_methods))
    return response


def too_large() -> Refused:
    """The gate's own sentence for a body that no file let in could fill. The form stays unread: reading it would fail again."""
    if (request.content_length or 0) > current_app.config["MAX_CONTENT_LENGTH"]:
        return gate.too_large(current_app.extensions["settings"].upload_mb << 20)
    return HttpRefused(413)


def database_unavailable(error: OperationalError) -> Response:
    """Locked for too long, full, or away: nothing was stored, and trying again may help."""
    log.error("database unavailable", path=request.path, exc_info=error)
    if "full" in str(error.orig):
        return page_of(Busy("服务器磁盘已满，这次没有保存，内容仍在页面上。请联系系统管理员清理磁盘后重试。", retry_after=30))
    return page_of(Busy())


def unexpected(error: Exception) -> Response:
    """A fault of ours. Never a stack trace: the number leads to it in the log."""
    log.error("unexpected", path=request.path, method=request.method, exc_info=error)
    number = g.get("request_id", "")
    return page_of(Broken(f"系统暂时无法处理，没有保存的内容仍在本页。请稍后再试；如仍不行，请把编号 {number} 告诉联席会议办公室。"))
