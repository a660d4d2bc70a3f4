"""``ipweek notice import``: a campaign from a notice, at the command line."""

from __future__ import annotations

import getpass
from pathlib import Path

import click
from flask import Flask

from ipweek import wording
from ipweek.accounts.schema import at_the_command_line
from ipweek.app import create_app
from ipweek.files import service as files
from ipweek.notice import deadlines
from ipweek.notice import service as notices
from ipweek.notice.models import Campaign
from ipweek.reporting import announcing


@click.group(help="通知：导入成一次活动。")
def notice() -> None:
    """Group of commands."""


@notice.command("import", help="读取通知 FILE，建立一次待开启的活动；加 --open 则核对无误后直接开启。")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--open", "and_open", is_flag=True, help="直接开启，向各单位下发填报任务。")
def import_notice(file: Path, *, and_open: bool) -> None:
    """Read, draft, and open if asked; say what was read."""
    data = file.read_bytes()
    facts = notices.read(data, file.name)
    app: Flask = create_app()
    with app.app_context():
        by = at_the_command_line(getpass.getuser())
        kept = files.keep(data, file.name, kind=facts["kind"], purpose="notice", by=by, settings=app.extensions["settings"])
        campaign = notices.draft(facts, file_id=kept.id, by=by)
        count = announcing.open_campaign(campaign, by=by) if and_open else 0
        for line in _said(campaign):
            click.echo(line)
        click.echo(f"已开启，向 {count} 个单位下发了填报任务。" if and_open else "已建立待开启的活动，请在“通知与活动”里核对后开启。")


def _said(campaign: Campaign) -> list[str]:
    week = wording.period(campaign.starts_on, campaign.ends_on) if campaign.starts_on and campaign.ends_on else "没有读到"
    lines = [f"通知：{campaign.title or '没有读到标题'}　{campaign.doc_number}", f"宣传周：{week}", f"主题：{campaign.theme or '没有读到'}"]
    for due in deadlines.dues(campaign):
        when = wording.until(due.on, due.time) if due.on else due.note or "没有日期"
        lines.append(f"截止：{deadlines.KINDS[due.kind]}　{when}（{due.phrase}）")
    lines += [f"附件{form.annex}：{form.title}" for form in campaign.annexes]
    return lines
