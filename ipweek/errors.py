"""What can go wrong, in the reader's words. Services raise these; one handler answers them all."""

from __future__ import annotations

from collections.abc import Mapping


class Refused(Exception):
    """The request is understood and will not be done.

    The text is one Chinese sentence that says what is wrong and what to do. ``status`` is the HTTP
    answer. ``fields`` may name the form fields at fault, each with its own sentence.
    """

    status = 400

    def __init__(self, reason: str, *, fields: Mapping[str, str] | None = None) -> None:
        super().__init__(reason)
        self.fields = dict(fields or {})


class LoggedOut(Refused):
    """Nobody is logged in, or the log-in has ended."""

    status = 401

    def __init__(self, reason: str = "登录已过期，请重新登录。已填写的内容不会丢失。") -> None:
        super().__init__(reason)


class NotFound(Refused):
    """There is no such thing, or it is not yours: the answer is the same for both."""

    status = 404

    def __init__(self, reason: str = "没有找到这个页面或内容，请从菜单重新进入。") -> None:
        super().__init__(reason)


class Forbidden(Refused):
    """A page that the person may know of but not use (never for somebody else's object: that is NotFound)."""

    status = 403

    def __init__(self, reason: str = "您的账号没有这项权限，如有需要请联系联席会议办公室。") -> None:
        super().__init__(reason)


class Conflict(Refused):
    """The thing changed meanwhile, or its state no longer allows this."""

    status = 409


class Invalid(Refused):
    """What was entered can't be taken as it is; nothing was stored."""

    status = 422


class TooMany(Refused):
    """Too often in too short a time. ``retry_after`` is in whole seconds."""

    status = 429

    def __init__(self, reason: str, *, retry_after: int) -> None:
        super().__init__(reason)
        self.retry_after = retry_after


class Busy(Refused):
    """The system can't do it right now; trying again later will."""

    status = 503

    def __init__(self, reason: str = "系统正忙，请稍候再试。已填写的内容不会丢失。", *, retry_after: int = 3) -> None:
        super().__init__(reason)
        self.retry_after = retry_after


def out_of_reach(error: OSError) -> str:
    """What to say at the server of a file or folder that can't be read or written; the system's reason, English, stands in brackets."""
    return f"不能读写 {error.filename or '文件'}（{error.strerror or error}）。请检查路径、权限和磁盘空间。"
