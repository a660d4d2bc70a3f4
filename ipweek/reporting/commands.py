"""``ipweek remind``: the site's own reminders, for cron or a timer."""

from __future__ import annotations

import getpass

import click

from ipweek.accounts.schema import at_the_command_line
from ipweek.app import create_app
from ipweek.reporting import reminding


@click.command(help="向将到期和已逾期的单位发站内提醒；同一单位同一截止日只提醒一次，可以反复运行。")
def remind() -> None:
    """Say whom it reminded."""
    with create_app().app_context():
        told = reminding.remind(by=at_the_command_line(getpass.getuser()))
    click.echo(f"已提醒 {len(told)} 个单位：{'、'.join(told)}" if told else "没有需要提醒的单位。")
