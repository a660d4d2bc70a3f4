"""``ipweek remind``: the site's own reminders and its mail, for cron or a timer."""

from __future__ import annotations

import getpass

import click

from ipweek import config
from ipweek.accounts.schema import at_the_command_line
from ipweek.app import create_app
from ipweek.reporting import posting, reminding


@click.command(help="向将到期和已逾期的单位发提醒，并把待发的邮件发出去；同一单位同一截止日只提醒一次，可以反复运行。")
def remind() -> None:
    """Say whom it reminded, and what became of the mail."""
    settings = config.load()
    with create_app(settings).app_context():
        told = reminding.remind(by=at_the_command_line(getpass.getuser()))
        posted = posting.post(settings)
    click.echo(f"已提醒 {len(told)} 个单位：{'、'.join(told)}" if told else "没有需要提醒的单位。")
    if posted.sent:
        click.echo(f"已发出 {posted.sent} 封邮件。")
    if posted.failed or posted.put_off:
        click.echo(f"{posted.failed + posted.put_off} 封邮件没有发出{f'：{posted.why}' if posted.why else ''}。", err=True)
