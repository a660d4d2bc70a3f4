"""``ipweek init``, ``run`` and ``doctor``: a site's first start, serving it, and looking after it."""

from __future__ import annotations

import getpass
from contextlib import nullcontext
from dataclasses import replace

import click
from flask import Flask

from ipweek import config, database
from ipweek.accounts import service as accounts
from ipweek.accounts import units
from ipweek.accounts.schema import at_the_command_line
from ipweek.accounts.service import Slip
from ipweek.app import create_app
from ipweek.config import Settings, WrongSetting
from ipweek.errors import out_of_reach
from ipweek.maintenance import health, instance, server, service, ticker
from ipweek.maintenance.instance import Unfit
from ipweek.plugins import service as plugins


@click.command()
@click.option("--username", default="admin", show_default=True, help="第一位系统管理员的用户名。")
@click.option("--name", default="系统管理员", show_default=True, help="第一位系统管理员的姓名。")
def init(username: str, name: str) -> None:
    """建立站点；已有的站点升级到本程序的版本（先留备份），内容不变。"""
    settings = config.load()
    instance.make(settings.instance)
    with create_app(settings).app_context():
        was = service.current()
        if service.upgrade(backups=settings.instance / "backups"):
            click.echo(f"数据库已建立：{service.head()}" if was is None else f"数据库已升级：{was} → {service.head()}")
        slip = first_administrator(username, name)
    click.echo(f"站点目录：{settings.instance}")
    if slip is None:
        click.echo("已有的账号不变：ipweek user list 查看，ipweek user add 新增，ipweek user reset 重置密码。")
    else:
        click.echo(f"系统管理员：{slip.username}\n初始密码：{slip.password}（只显示这一次，72 小时内有效，登录后必须修改）")
    click.echo("现在可以运行：ipweek run")


def first_administrator(username: str, name: str) -> Slip | None:
    """The start list of units, and somebody who can log in, where there is nobody yet."""
    by = at_the_command_line(getpass.getuser())
    units.load(by=by)
    if accounts.people(by=by, closed=True):
        return None
    office = next(unit for unit in units.every() if unit.level == "office")
    return accounts.add(username=username, name=name, unit_id=office.id, roles=["admin"], by=by)


@click.command()
@click.option("--host", help="监听的地址，默认取自设置（127.0.0.1）。")
@click.option("--port", type=click.IntRange(0, 65535), help="监听的端口，默认取自设置（8000）。")
@click.option("--safe", is_flag=True, help="安全模式：不运行任何插件代码，本地字段照常填写。")
def run(host: str | None, port: int | None, *, safe: bool) -> None:
    """提供服务，直到按 Ctrl-C 或服务被停止。"""
    settings = config.load()
    settings = replace(settings, host=host or settings.host, port=settings.port if port is None else port)
    instance.keep_private()
    app = create_app(settings)
    if safe:
        app.extensions["plugins"].is_safe = True
    serve(app, settings)


def serve(app: Flask, settings: Settings) -> None:
    """Serve *app* if everything about the site is safe; Unfit or WrongSchema says what is not."""
    if app.debug:
        raise Unfit("调试模式会把程序内部显示给访问者，请去掉环境变量 FLASK_DEBUG 后再启动。")
    is_sqlite = database.file_of(settings.database_url) is not None
    if is_sqlite:
        instance.require_local(settings.instance)
    instance.require_private([path for path in health.private_files(settings) if path != settings.instance])
    with app.app_context():
        service.require_current()
        start_plugins()
    post = ticker.posting_for(settings)
    with (
        instance.alone(settings.instance) if is_sqlite else nullcontext(),
        ticker.ticking(app.app_context),
        ticker.ticking(app.app_context, ticker.backing_up(settings)),
        ticker.ticking(app.app_context, post, every=ticker.POSTS_EVERY) if settings.smtp_host else nullcontext(),
    ):
        server.serve(app, settings, ready=lambda address: click.echo(f"正在提供服务：{address}（按 Ctrl-C 停止）"))
    click.echo("服务已停止。")


def start_plugins() -> None:
    """Let those that changed describe themselves; one that fails stops the start only with IPWEEK_STRICT."""
    unfit = [f"插件 {plugin.id}：{plugin.why}" for plugin in plugins.begin()]
    if unfit and config.is_set("IPWEEK_STRICT"):
        raise Unfit("\n".join([*unfit, "现在是严格模式（IPWEEK_STRICT），没有启动。请改好以上插件，或停用它们。"]))
    for line in unfit:
        click.echo(f"{line}（不影响启动）")


@click.command()
def doctor() -> None:
    """检查站点：数据库、权限、磁盘、时钟、邮件。有错误时退出码为 1。"""
    try:
        settings = config.load()
        app = create_app(settings)
    except (WrongSetting, OSError) as error:
        click.echo(f"[错误] {out_of_reach(error) if isinstance(error, OSError) else error}")
        raise SystemExit(1) from error
    with app.app_context():
        findings = list(health.examine(settings))
    for finding in findings:
        click.echo(f"[{finding.mark}] {finding.text}")
    if any(finding.mark == "错误" for finding in findings):
        raise SystemExit(1)
