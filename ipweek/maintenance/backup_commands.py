"""``ipweek backup`` and ``ipweek restore``: a site in one file, and the way back."""

from __future__ import annotations

import getpass
from pathlib import Path

import click

from ipweek import config
from ipweek.accounts import audit, sessions
from ipweek.accounts.schema import at_the_command_line
from ipweek.app import create_app
from ipweek.maintenance import backup as backups
from ipweek.maintenance import service


@click.command(help="把整个站点（数据库、设置、密钥、收到的文件、插件）备份成 FILE，服务不必停止。请另存到别的机器。")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
def backup(file: Path) -> None:
    """Write the file, and a line in the audit log."""
    settings = config.load()
    with create_app(settings).app_context():
        made = backups.write(settings, file.absolute())
        audit.write("site.backup", by=at_the_command_line(getpass.getuser()), detail=f"{file.name}，{len(made.entries)} 个文件")
    click.echo(f"已备份到 {file}：{len(made.entries)} 个文件，{file.stat().st_size / 1024**2:.1f} MB。内有密钥和联系方式，请妥善保管。")


@click.command(help="从备份文件 FILE 恢复站点到 IPWEEK_INSTANCE 指定的目录。须先停止服务；所有人需要重新登录。")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, exists=True))
@click.option("--replace", is_flag=True, help="目录里已有站点时，把它移到其中的 before-restore-… 保留，再恢复。")
@click.option("--check", is_flag=True, help="只演练：把备份完整解开核对一遍，不改动任何站点。")
def restore(file: Path, *, replace: bool, check: bool) -> None:
    """Unpack, bring the schema up to date, end every log-in of then."""
    if check:
        made = backups.check(file.absolute())
        click.echo(f"备份完好：{made.made_at}，ipweek {made.version}，{len(made.entries)} 个文件，可以恢复。没有改动任何站点。")
        return
    made = backups.unpack(file.absolute(), config.load().instance, replace=replace)
    settings = config.load()
    with create_app(settings).app_context():
        backups.load_dump(settings, replace=replace)
        upgraded = service.upgrade()
        sessions.end_everybody()
        audit.write("site.restore", by=at_the_command_line(getpass.getuser()), detail=f"{made.made_at} 的备份")
    note = f"，数据库已升级到 {service.head()}" if upgraded else ""
    click.echo(f"已恢复 {made.made_at} 的备份（ipweek {made.version}）{note}。所有人需要重新登录。\n现在可以运行：ipweek doctor")
