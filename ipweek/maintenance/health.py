"""What ``ipweek doctor`` and ``/readyz`` ask of a running site. Needs an application context."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfoNotFoundError

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from ipweek import __version__, clock, database
from ipweek.config import Settings
from ipweek.errors import Refused
from ipweek.extensions import db
from ipweek.maintenance import instance, service
from ipweek.reporting import posting

Mark = Literal["好", "注意", "错误"]
DISK_FULL = 200 * 1024 * 1024
"""Bytes below which the site is not ready: SQLite needs room to write at all."""
DISK_LOW = 2 * 1024 * 1024 * 1024


@dataclass(frozen=True)
class Finding:
    """One thing looked at. A 注意 should be looked into, an 错误 must be mended."""

    mark: Mark
    text: str


def is_ready(settings: Settings) -> bool:
    """Whether the site can do its work now: the schema is ours, the database takes writes, the disk has room."""
    try:
        service.require_current()
        try_to_write()
    except (Refused, SQLAlchemyError):
        return False
    return shutil.disk_usage(settings.instance).free > DISK_FULL


def try_to_write() -> None:
    """Write without changing anything; raises where the database is read-only, full or away."""
    with db.engine.connect().execution_options(ipweek_writes=True) as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = version_num"))
        connection.rollback()


def examine(settings: Settings) -> Iterator[Finding]:
    """Everything worth knowing before the site is opened to people."""
    yield Finding("好", f"ipweek {__version__}，Python {sys.version.split()[0]}，站点目录 {settings.instance}")
    yield from look_at_database(settings)
    yield from look_at_rights(settings)
    yield from look_at_disk(settings)
    yield from look_at_links(settings)
    yield look_at_clock()
    yield look_at_mail(settings)
    yield from look_at_fonts()


def look_at_database(settings: Settings) -> Iterator[Finding]:
    """Its schema, its library and its settings."""
    try:
        service.require_current()
        yield Finding("好", f"数据库结构是最新的（{service.head()}）")
        try_to_write()
        yield Finding("好", "数据库可以写入")
    except Refused as error:
        yield Finding("错误", str(error))
        return
    except SQLAlchemyError as error:
        yield Finding("错误", f"数据库不能使用：{error}")
        return
    if database.file_of(settings.database_url) is not None:
        yield from look_at_sqlite()
    else:
        with db.engine.connect() as connection:
            version = connection.execute(text("SELECT version()")).scalar()
        yield Finding("好", f"数据库：{version}")


def look_at_sqlite() -> Iterator[Finding]:
    """The linked library, and what each connection was set to."""
    module = database.sqlite_module()
    version = module.sqlite_version
    if database.is_wal_safe(module.sqlite_version_info):
        yield Finding("好", f"SQLite {version}（{module.__name__}），没有 WAL 重置缺陷")
    else:
        yield Finding("注意", f"SQLite {version} 有 WAL 重置缺陷，已改用较慢而安全的方式；装上 pysqlite3 或 SQLite 3.51.3 以上可以更快")
    with db.engine.connect() as connection:
        asked = {name: connection.execute(text(f"PRAGMA {name}")).scalar() for name in ("journal_mode", "synchronous", "foreign_keys")}
        damage = connection.execute(text("PRAGMA quick_check(1)")).scalar()
        orphans = connection.execute(text("PRAGMA foreign_key_check")).all()
    safe = (str(asked["journal_mode"]), asked["synchronous"]) in {("wal", 2), ("truncate", 3)} and asked["foreign_keys"] == 1
    words = "，".join(f"{name}={value}" for name, value in asked.items())
    yield Finding("好" if safe else "错误", f"SQLite 设置：{words}")
    if damage != "ok":
        yield Finding("错误", f"数据库文件已损坏（{damage}），请停止服务并从备份恢复")
    elif orphans:
        yield Finding("错误", f"数据库里有 {len(orphans)} 行指向不存在的内容，请联系开发者")
    else:
        yield Finding("好", "数据库文件完整")


def look_at_rights(settings: Settings) -> Iterator[Finding]:
    """Who else on this machine may read the site."""
    if found := instance.open_to_others(private_files(settings)):
        yield Finding("错误", f"本机其他用户可以读取：{'、'.join(map(str, found))}，请运行 chmod go= 收回")
    else:
        yield Finding("好", "站点目录、密钥和数据库只有运行服务的用户能读")
    if database.file_of(settings.database_url) is not None and instance.is_on_network(settings.instance):
        yield Finding("错误", "SQLite 数据库在网络共享上，会损坏，请移到本机磁盘")


def private_files(settings: Settings) -> list[Path]:
    """What nobody else may read."""
    stored = database.file_of(settings.database_url)
    beside = [] if stored is None else [stored, *stored.parent.glob(f"{stored.name}-*")]
    if settings.smtp_password_path is not None:
        beside.append(settings.smtp_password_path)
    return [settings.instance, settings.instance / "secret", settings.instance / "settings.toml", *beside]


def look_at_disk(settings: Settings) -> Iterator[Finding]:
    """Room for the database and the files that people send."""
    free = shutil.disk_usage(settings.instance).free
    mark: Mark = "错误" if free < DISK_FULL else "注意" if free < DISK_LOW else "好"
    hint = {"好": "", "注意": "，请及早清理", "错误": "，不够保存填报的内容，请马上清理"}[mark]
    yield Finding(mark, f"磁盘剩余 {free / 1024**3:.1f} GB{hint}")


def look_at_links(settings: Settings) -> Iterator[Finding]:
    """Links among the plugins: they may lead anywhere, so no backup follows them, and nobody should learn so from a restore."""
    found = sorted(path.name for path in (settings.instance / "plugins").rglob("*") if path.is_symlink())
    if found:
        yield Finding("注意", f"插件目录里的 {'、'.join(found[:5])} 是链接，不在备份里，请把文件复制进来")


def look_at_clock() -> Finding:
    """Deadlines are decided by this clock, in Shanghai."""
    try:
        now = clock.in_shanghai(clock.now())
    except ZoneInfoNotFoundError:
        return Finding("错误", "没有时区数据，请安装 tzdata")
    offset = datetime.now().astimezone().strftime("%z")
    mark: Mark = "好" if offset == "+0800" else "注意"
    hint = "" if mark == "好" else f"；服务器自己的时区是 {offset}，不影响截止时间的计算，只影响系统日志"
    return Finding(mark, f"上海时间 {now:%Y-%m-%d %H:%M:%S}，请核对是否准确{hint}")


def look_at_mail(settings: Settings) -> Finding:
    """Whether the mail server lets us in; nothing is sent."""
    if not settings.smtp_host:
        return Finding("好", "没有设置邮件服务器，只发站内消息")
    if why := posting.try_out(settings):
        return Finding("错误", f"邮件发不出去（{settings.smtp_host}）：{why}")
    if not settings.site_url:
        return Finding("注意", f"邮件服务器 {settings.smtp_host} 可以使用；没有设置 site_url，邮件里不带网址")
    return Finding("好", f"邮件服务器 {settings.smtp_host} 可以使用")


def look_at_fonts() -> Iterator[Finding]:
    """Chinese fonts, which only conversions to PDF on this machine need."""
    tool = shutil.which("fc-list")
    if tool is not None:
        found = subprocess.run([tool, ":lang=zh"], capture_output=True, check=False).stdout.strip()
        if not found:
            yield Finding("注意", "服务器上没有中文字体，不能在本机把工作簿转成 PDF，填报和下载不受影响（Debian：fonts-noto-cjk）")
