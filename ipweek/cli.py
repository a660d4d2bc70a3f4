"""The command ``ipweek``: a list of names, each loaded only when it is called, so that readers start fast."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Mapping

import click

from ipweek import __version__
from ipweek.config import WrongSetting
from ipweek.errors import Refused


class Listed(click.Group):
    """A group whose commands are named as ``module:attribute`` and imported when asked for."""

    def __init__(self, name: str, commands: Mapping[str, str], **words: str) -> None:
        super().__init__(name, **words)  # type: ignore[arg-type]  # help texts only
        self.listed = commands

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.listed)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in self.listed:
            return None
        module, attribute = self.listed[cmd_name].split(":")
        command: click.Command = getattr(importlib.import_module(module), attribute)
        return command


read = Listed(
    "read",
    {
        "notice": "ipweek.notice.commands:read_notice",
        "time": "ipweek.annexes.commands:read_time",
        "scale": "ipweek.annexes.commands:read_scale",
        "contact": "ipweek.annexes.commands:read_contact",
        "venue": "ipweek.annexes.commands:read_venue",
        "table": "ipweek.workbooks.commands_read:read_table",
    },
    help="读出通知、表格或单元格的内容（不需要站点），结果是 JSON。",
)

ipweek = Listed(
    "ipweek",
    {
        "init": "ipweek.maintenance.commands:init",
        "run": "ipweek.maintenance.commands:run",
        "demo": "ipweek.maintenance.demo_commands:demo",
        "doctor": "ipweek.maintenance.commands:doctor",
        "user": "ipweek.accounts.commands:user",
        "unit": "ipweek.accounts.commands:unit",
        "audit": "ipweek.accounts.commands:audit",
        "notice": "ipweek.annexes.notice_commands:notice",
        "read": "ipweek.cli:read",
        "merge": "ipweek.workbooks.commands:merge",
        "remind": "ipweek.reporting.commands:remind",
        "plugin": "ipweek.board.plugin_commands:plugin",
    },
    help="知识产权宣传周填报系统。站点目录由环境变量 IPWEEK_INSTANCE 指定。",
)
click.version_option(__version__, prog_name="ipweek")(ipweek)


def main() -> None:
    """Run; what is refused is one Chinese line on stderr and exit code 2."""
    try:
        ipweek(standalone_mode=True)
    except (Refused, WrongSetting) as error:
        click.echo(str(error), err=True)
        sys.exit(2)
