"""This site's settings: ``settings.toml`` in the instance folder, overridden by ``IPWEEK_…`` in the environment.

A word that is not known here, or a value of the wrong kind, stops the start with one sentence.
"""

from __future__ import annotations

import difflib
import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, fields
from pathlib import Path
from typing import Any


class WrongSetting(Exception):
    """A setting is unknown or has a wrong value; the text says which, where and what to do."""


@dataclass(frozen=True)
class Settings:
    """Everything a site may set. Sizes are in bytes unless the name says otherwise."""

    instance: Path
    """The folder that holds everything of this site."""
    database: str = ""
    """An SQLAlchemy address such as ``postgresql+psycopg://…``; empty: SQLite in the instance folder."""
    host: str = "127.0.0.1"
    port: int = 8000
    threads: int = 8
    https: bool = False
    """Whether people reach the site by https (then cookies are Secure and named ``__Host-…``)."""
    trusted_proxies: int = 0
    """How many proxies of our own stand in front and set X-Forwarded-…; 0 ignores those headers."""
    idle_minutes: int = 30
    """A log-in ends after so long without an action."""
    session_hours: int = 12
    """A log-in ends after so long in any case."""
    password_length: int = 8
    password_mixed: bool = False
    """Ask for letters and digits both (the site's security rules may want it)."""
    upload_mb: int = 5
    unpacked_mb: int = 50
    uploads_per_hour: int = 50
    """How many files one unit may send within an hour."""
    office_name: str = "市知识产权联席会议办公室"
    office_phone: str = ""
    """Shown on help and error pages."""
    backups_kept: int = 14
    """How many of the daily backups stay in ``backups/``; 0: none are made."""
    log_level: str = "INFO"
    site_url: str = ""
    """Where people open the site, such as ``http://ipweek.example.cn``: for the links in mails. Empty: mails have none."""
    smtp_host: str = ""
    """The mail server; empty: nothing is mailed, and messages stand in the app alone."""
    smtp_port: int = 0
    """0: the usual one, 465 for ``tls``, 587 for ``starttls``, 25 without encryption."""
    smtp_security: str = "starttls"
    """One of SMTP_SECURITY."""
    smtp_user: str = ""
    """Who logs in at the mail server; empty: nobody has to."""
    smtp_password_file: str = ""
    """The file with that log-in's password, alone in it; a relative path starts in the site's folder."""
    smtp_sender: str = ""
    """The address that mails come from."""

    @property
    def database_url(self) -> str:
        """The address SQLAlchemy gets."""
        return self.database or f"sqlite:///{self.instance / 'ipweek.sqlite'}"

    @property
    def smtp_password_path(self) -> Path | None:
        """The file with the mail server's password, if one is set."""
        return self.instance / self.smtp_password_file if self.smtp_password_file else None


SMTP_SECURITY = {"tls": 465, "starttls": 587, "none": 25}
"""How the way to the mail server is protected, with the usual port of each."""
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
ADDRESS = re.compile(rf"(?=[^@]{{1,64}}@){_ATOM}(?:\.{_ATOM})*@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{{0,61}}[A-Za-z0-9])?\.)*[A-Za-z0-9-]{{1,63}}")
"""What counts as a mail address: plain ASCII, nothing that could end a header line, and no dots that RFC 5322 has not."""

_SETTABLE = {field.name: field for field in fields(Settings) if field.name != "instance"}
_BOUNDS = {
    "port": (0, 65535),
    "threads": (1, 256),
    "trusted_proxies": (0, 10),
    "idle_minutes": (1, 24 * 60),
    "session_hours": (1, 7 * 24),
    "password_length": (8, 64),
    "upload_mb": (1, 1000),
    "unpacked_mb": (1, 10_000),
    "uploads_per_hour": (1, 100_000),
    "backups_kept": (0, 1000),
    "smtp_port": (0, 65535),
}
"""Least and most of each number: outside, a site starts and then lets nobody in, or takes no file, or listens elsewhere."""
LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
_KINDS: dict[str, type] = {"str": str, "int": int, "bool": bool}
_CONTROL = {"IPWEEK_INSTANCE", "IPWEEK_SAFE", "IPWEEK_STRICT", "IPWEEK_INLINE"}
"""Words of the environment that steer a run and are no settings."""


def load(environ: Mapping[str, str] = os.environ, *, instance: Path | None = None) -> Settings:
    """The site's settings, or WrongSetting. *instance* wins over ``IPWEEK_INSTANCE``."""
    folder = (instance or Path(environ.get("IPWEEK_INSTANCE") or default_instance())).resolve()
    values: dict[str, Any] = {}
    path = folder / "settings.toml"
    if path.exists():
        for name, value in _written(path).items():
            values[name] = _checked(name, value, where=str(path))
    for word, text in environ.items():
        if word.startswith("IPWEEK_") and word not in _CONTROL:
            name = word.removeprefix("IPWEEK_").lower()
            values[name] = _checked(name, text, where=f"环境变量 {word}")
    settings = Settings(instance=folder, **values)
    _check_mail(settings)
    return settings


def is_set(word: str, environ: Mapping[str, str] = os.environ) -> bool:
    """Whether a word that steers a run, such as IPWEEK_SAFE, is set to something like yes."""
    return environ.get(word, "").strip().lower() in {"1", "true", "yes", "on"}


def default_instance() -> Path:
    """``instance/`` of the checkout; of the working folder where ipweek was installed as a wheel."""
    checkout = Path(__file__).resolve().parent.parent
    return (checkout if (checkout / "pyproject.toml").exists() else Path.cwd()) / "instance"


def _written(path: Path) -> dict[str, Any]:
    """What the file says; WrongSetting names the line that no TOML has. Notepad may have put a mark of order before the first line."""
    try:
        return tomllib.loads(path.read_text("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise WrongSetting(f"{path} 不是 TOML：文件不是 UTF-8 编码，请另存为 UTF-8 编码后再试。") from error
    except tomllib.TOMLDecodeError as error:
        place = re.search(r"at line (\d+)", str(error))
        where = f"第 {place[1]} 行" if place else "最后一行，或写了两遍的设置"
        raise WrongSetting(
            f'{path} 不是正确的 TOML，请核对{where}：每行写一个设置，每个设置只写一遍，文字用英文双引号，例如 host = "0.0.0.0"。'
        ) from error


def _checked(name: str, value: Any, *, where: str) -> Any:
    value = _of_its_kind(name, value, where=where)
    least, most = _BOUNDS.get(name, (None, None))
    if least is not None and most is not None and not least <= value <= most:
        raise WrongSetting(f"{where}：{name} 应在 {least} 到 {most} 之间，现在是 {value}")
    if name == "log_level" and value not in LOG_LEVELS:
        raise WrongSetting(f"{where}：log_level 应是 {'、'.join(LOG_LEVELS)} 之一，现在是 {value!r}")
    return value


def _of_its_kind(name: str, value: Any, *, where: str) -> Any:
    if name not in _SETTABLE:
        near = difflib.get_close_matches(name, _SETTABLE, n=1)
        hint = f"，是否想写 {near[0]}？" if near else f"。可用的有：{'、'.join(sorted(_SETTABLE))}"
        message = f"{where}：没有 {name} 这个设置{hint}"
        raise WrongSetting(message)
    kind = _KINDS[str(_SETTABLE[name].type)]
    if kind is bool and isinstance(value, str) and value.lower() in {"1", "true", "yes", "0", "false", "no"}:
        return value.lower() in {"1", "true", "yes"}
    if kind is int and isinstance(value, str) and value.isascii() and value.isdigit():
        return int(value)
    if type(value) is not kind:
        message = f"{where}：{name} 的值应为{_NAMES[kind]}，现在是 {value!r}"
        raise WrongSetting(message)
    return value


def _check_mail(settings: Settings) -> None:
    """WrongSetting where what is said of mail does not go together."""
    if settings.site_url and not re.fullmatch(r"https?://[!-~]{1,200}", settings.site_url):
        raise WrongSetting(f"设置 site_url 应是网址，例如 http://10.1.2.3:8000，现在是 {settings.site_url!r}")
    if not settings.smtp_host:
        return
    if settings.smtp_security not in SMTP_SECURITY:
        raise WrongSetting(f"设置 smtp_security 应是 {'、'.join(SMTP_SECURITY)} 之一，现在是 {settings.smtp_security!r}")
    if not ADDRESS.fullmatch(settings.smtp_sender):
        raise WrongSetting(f"设置 smtp_sender 应是发件邮箱，例如 ipweek@example.cn，现在是 {settings.smtp_sender!r}")
    if bool(settings.smtp_user) != bool(settings.smtp_password_file):
        raise WrongSetting("设置 smtp_user 和 smtp_password_file 要么都写，要么都不写。")
    if settings.smtp_password_path is not None and not settings.smtp_password_path.is_file():
        raise WrongSetting(f"设置 smtp_password_file 指的文件 {settings.smtp_password_path} 不存在，请把邮箱密码单独写在这个文件里。")


_NAMES = {str: "文字", int: "整数", bool: "true 或 false"}
assert all(field.default is not MISSING for field in _SETTABLE.values())  # noqa: S101 -- a site may set nothing


def for_flask(settings: Settings) -> dict[str, Any]:
    """What Flask and its extensions are configured with."""
    name = "__Host-ipweek" if settings.https else "ipweek"
    return {
        "COMPRESS_MIMETYPES": ["text/html", "text/css", "text/javascript", "application/json", "image/svg+xml"],
        "COMPRESS_MIN_SIZE": 700,
        "COMPRESS_ALGORITHM": "gzip",  # zstd, which browsers ask for on https, comes out a twelfth larger here
        "MAX_CONTENT_LENGTH": (settings.upload_mb + 1) * 1024 * 1024,
        "MAX_FORM_MEMORY_SIZE": 4 * 1024 * 1024,  # a whole table of 300 rows posted as one form
        "MAX_FORM_PARTS": 10_000,
        "SECRET_KEY": read_secret(settings),
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_NAME": name,
        "SESSION_COOKIE_PATH": "/",
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_SECURE": settings.https,
        "SQLALCHEMY_DATABASE_URI": settings.database_url,
        "WTF_CSRF_CHECK_DEFAULT": True,
        "WTF_CSRF_SSL_STRICT": False,  # accounts.web checks Origin and Referer itself, on http too
        "WTF_CSRF_TIME_LIMIT": None,  # a page left open over lunch must still save
    }


def read_secret(settings: Settings) -> str:
    """The secret that signs cookies, from the instance folder; WrongSetting where it is missing or weak."""
    path = settings.instance / "secret"
    if not path.exists():
        message = f"{settings.instance} 还不是一个站点，请先运行 ipweek init。"
        raise WrongSetting(message)
    secret = path.read_text("utf-8").strip()
    if len(secret) < 32:
        message = f"{path} 太短，请删除后重新运行 ipweek init。"
        raise WrongSetting(message)
    return secret
