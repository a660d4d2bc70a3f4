"""``ipweek demo``: make the demo site where there is none, and serve it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import click

from ipweek import clock, config, wording
from ipweek.accounts.schema import role_words
from ipweek.app import create_app
from ipweek.maintenance import demo as story
from ipweek.maintenance.commands import serve
from ipweek.maintenance.demo import Account


@click.command(help="建立并打开演示站点（2024 年宣传周，人名与电话均为虚构）；已建好的保持原样。")
@click.option("--no-serve", is_flag=True, help="只建立，不提供服务。")
@click.option("--host", help="监听的地址。")
@click.option("--port", type=int, help="监听的端口。")
def demo(*, no_serve: bool, host: str | None, port: int | None) -> None:
    """Make, tell the log-ins, serve."""
    settings = config.load()
    settings = replace(settings, host=host or settings.host, port=settings.port if port is None else port)
    is_made = story.is_made(settings)
    if not is_made:
        story.begin(settings)
    app = create_app(settings)
    if not is_made:
        with app.app_context():
            story.make(settings)
    _tell(story.accounts_of(settings), f"http://{settings.host}:{settings.port}")
    if not no_serve:
        clock.pretend(story.TODAY)
        click.echo(f"演示里的今天是 {wording.day(story.TODAY, year=True)}。")
        serve(app, settings)


def _tell(accounts: Sequence[Account], address: str) -> None:
    click.echo(f"演示站点：{address}")
    click.echo(f"所有演示账号的密码：{accounts[0].password}")
    first = ["clerk", "head", "minhang1", "shangwuwei1", "jingan1", "baoshan2", "viewer", "auditor", "admin"]
    by_name = {account.username: account for account in accounts}
    for username in first:
        account = by_name[username]
        click.echo(f"  {username:<13}{account.name}　{account.unit}　{role_words(account.roles)}")
    click.echo(f"其余 {len(accounts) - len(first)} 个账号见 {story.ACCOUNTS}")
