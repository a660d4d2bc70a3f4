"""``ipweek user``, ``ipweek unit`` and ``ipweek audit``, for those who sit at the server."""

from __future__ import annotations

import getpass
import sys

import click

from ipweek import wording
from ipweek.accounts import audit as log
from ipweek.accounts import service, units
from ipweek.accounts.models import User
from ipweek.accounts.schema import LEVELS, ROLES, Person, at_the_command_line, role_words
from ipweek.accounts.service import Slip
from ipweek.app import create_app
from ipweek.errors import NotFound


def _by() -> Person:
    return at_the_command_line(getpass.getuser())


def _say(slip: Slip) -> None:
    hours = int(service.FIRST_PASSWORD_LASTS.total_seconds() // 3600)
    click.echo(f"姓名：{slip.name}　单位：{slip.unit_name}\n用户名：{slip.username}\n初始密码：{slip.password}")
    click.echo(f"初始密码只显示这一次，{hours} 小时内有效，只能用一次，登录后必须修改。")


@click.group(help="账号：新增、重置密码、列出。")
def user() -> None:
    """Group of commands."""


@user.command("add", help="新增账号 USERNAME，并显示一次性的初始密码。")
@click.argument("username")
@click.option("--name", required=True, help="姓名。")
@click.option("--unit", "unit_name", default="office", show_default=True, help="单位的代号、名称或简称。")
@click.option("--role", "roles", multiple=True, required=True, type=click.Choice(list(ROLES)), help="角色，可以写几个。")
def add_user(username: str, name: str, unit_name: str, roles: tuple[str, ...]) -> None:
    """Add one."""
    with create_app().app_context():
        home = units.find(unit_name)
        if home is None:
            raise NotFound(f"没有找到单位“{unit_name}”，可用 ipweek unit list 查看名单。")
        _say(service.add(username=username, name=name, unit_id=home.id, roles=roles, by=_by()))


@user.command("reset", help="给 USERNAME 一个新的初始密码；原密码和已有的登录随即失效。")
@click.argument("username")
def reset_user(username: str) -> None:
    """Reset one, and open the account again if it was closed."""
    with create_app().app_context():
        somebody = _named(username)
        _say(service.reset_password(somebody, by=_by()) if somebody.is_active else service.reopen(somebody, by=_by()))


def _named(username: str) -> User:
    for somebody in service.people(by=_by(), text=username, closed=True):
        if somebody.username == username.lower():
            return somebody
    raise NotFound(f"没有用户名 {username}，可用 ipweek user list 查看。")


@user.command("list", help="列出账号：用户名、姓名、单位、角色、最近登录。")
@click.option("--closed", is_flag=True, help="也列出已停用的。")
def list_users(*, closed: bool) -> None:
    """One line each, tabs between."""
    with create_app().app_context():
        for each in service.people(by=_by(), closed=closed):
            seen = wording.moment(each.last_login_at) if each.last_login_at else "从未登录"
            state = [] if each.is_active else ["已停用"]
            click.echo("\t".join([each.username, each.name, each.unit.short, role_words(each.roles), seen, *state]))


@click.group(help="单位名单：列出、补入起始名单。")
def unit() -> None:
    """Group of commands."""


@unit.command("list", help="按规定次序列出单位：代号、类别、简称、全称。")
def list_units() -> None:
    """One line each, tabs between."""
    with create_app().app_context():
        for each in units.every(closed=True):
            state = [] if each.is_active else ["已停用"]
            click.echo("\t".join([each.slug, LEVELS[each.level], each.short, each.name, *state]))


@unit.command("load", help="把起始名单里还没有的单位加进来，已有的不动。")
def load_units() -> None:
    """Say how many were added."""
    with create_app().app_context():
        click.echo(f"新增 {units.load(by=_by())} 个单位。")


@click.group(help="审计日志：核对完整性。")
def audit() -> None:
    """Group of commands."""


@audit.command("verify", help="核对审计日志是否完整、未被改动；有问题时退出码为 1。")
def verify_audit() -> None:
    """Name every line that is not as it was written."""
    with create_app().app_context():
        broken = log.verify()
    for line in broken:
        click.echo(f"第 {line.id} 条：{line.why}" if line.id else line.why, err=True)
    if broken:
        sys.exit(1)
    click.echo("审计日志完整，没有被改动。")
