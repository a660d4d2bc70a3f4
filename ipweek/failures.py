"""The one place where errors become answers: a sentence in Chinese, a number, and a line in the log."""

from __future__ import annotations

import structlog
from flask import Flask, Response, g, request
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge

from ipweek import pages
from ipweek.errors import Busy, Invalid, NotFound, Refused

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
    app.register_error_handler(Refused, refused)
    app.register_error_handler(HTTPException, http_error)
    app.register_error_handler(OperationalError, database_unavailable)
    app.register_error_handler(Exception, unexpected)


def refused(error: Refused) -> Response:
    """An error of our own: say its sentence."""
    if error.status not in {404, 422}:
        log.info("refused", status=error.status, path=request.path, reason=str(error))
    return pages.refuse(error)


def http_error(error: HTTPException) -> Response:
    """Flask's and Werkzeug's own errors; redirects pass through."""
    if error.code is None or error.code < 400:
        return error.get_response()  # type: ignore[return-value]
    if error.code >= 500:
        return unexpected(error)
    if isinstance(error, RequestEntityTooLarge) and not request.files:
        return pages.refuse(Invalid(SENTENCES[413]))
    return pages.refuse(HttpRefused(error.code))


def database_unavailable(error: OperationalError) -> Response:
    """Locked for too long, full, or away: nothing was stored, and trying again may help."""
    log.error("database unavailable", path=request.path, exc_info=error)
    if "full" in str(error.orig):
        return pages.refuse(Busy("服务器磁盘已满，这次没有保存，内容仍在页面上。请联系系统管理员清理磁盘后重试。", retry_after=30))
    return pages.refuse(Busy())


def unexpected(error: Exception) -> Response:
    """A fault of ours. Never a stack trace: the number leads to it in the log."""
    log.error("unexpected", path=request.path, method=request.method, exc_info=error)
    number = g.get("request_id", "")
    return pages.refuse(Broken(f"系统暂时无法处理，没有保存的内容仍在本页。请稍后再试；如仍不行，请把编号 {number} 告诉联席会议办公室。"))
