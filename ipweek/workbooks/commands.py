"""``ipweek merge``: the merged workbook at the command line."""

from __future__ import annotations

import getpass
from pathlib import Path

import click

from ipweek.accounts import service as accounts
from ipweek.accounts.schema import Person, at_the_command_line
from ipweek.app import create_app
from ipweek.errors import Invalid
from ipweek.notice.models import Campaign
from ipweek.workbooks import public_editions, service


@click.command(help="把审核通过的附件表汇总成一个 Excel 或 Word 文件。")
@click.option("--year", type=int, help="哪一年的活动；不写则取最新的进行中的活动。")
@click.option("--include-submitted", is_flag=True, help="也汇总已报送、尚未审核的表，文件标明“未定稿”。")
@click.option("--public", is_flag=True, help="写公开版：不含联系人，号码和联系人姓名已遮盖；另一位同事在系统里确认前标明“未发布”。")
@click.option("--by", "username", help="由谁汇总：市联席办经办人或负责人的用户名。公开版必须写明，由另一位同事核对确认。")
@click.option("-o", "--output", required=True, type=click.Path(dir_okay=False, path_type=Path), help="写到哪个文件（.xlsx 或 .docx）。")
def merge(*, year: int | None, include_submitted: bool, public: bool, username: str | None, output: Path) -> None:
    """Merge, write, and say what is in it and what is not."""
    kind = output.suffix.lower().removeprefix(".")
    if kind not in {"xlsx", "docx"}:
        raise Invalid(f"汇总表只能写成 .xlsx 或 .docx 文件，请把文件名 {output.name} 改成以其中一种结尾。")
    if not output.absolute().parent.is_dir():
        raise Invalid(f"没有 {output.absolute().parent} 这个文件夹，请先建立，或换一个位置。")
    if public and include_submitted:
        raise Invalid("公开版只汇总审核通过的表，不能同时用 --include-submitted，请去掉其中一个。")
    if public and not username:
        raise Invalid("公开版要写明由谁起草，请加上 --by 和本人的用户名，例如 --by clerk；由另一位同事核对确认。")
    with create_app().app_context():
        by = at_the_command_line(getpass.getuser())
        if username:
            by = accounts.in_the_name_of(username, by=by)
        campaign = service.campaign_of(year)
        said = _public(campaign, kind, output, by) if public else _merged(campaign, kind, output, by, include_submitted=include_submitted)
    for line in said:
        click.echo(line)


def _merged(campaign: Campaign, kind: str, output: Path, by: Person, *, include_submitted: bool) -> list[str]:
    tallies = service.gather(campaign, by=by, include_submitted=include_submitted).cover.tallies
    _write(output, service.merge(campaign, by=by, include_submitted=include_submitted, kind=kind))
    said = [
        f"{tally.name}：应报 {tally.asked} 个单位，已汇总 {tally.merged} 个、{tally.activities} 项活动，"
        f"零报送 {len(tally.nil_returns)} 个，未汇总 {len(tally.missing)} 个，本年免报 {len(tally.excused)} 个"
        for tally in tallies
    ]
    return [*said, f"已写入 {output}{f'（{service.DRAFT}）' if include_submitted else ''}"]


def _public(campaign: Campaign, kind: str, output: Path, by: Person) -> list[str]:
    edition, data = public_editions.merge(campaign, kind, by=by)
    _write(output, data)
    said = [f"{one.unit}“{one.event_name}”的“{one.column}”：遮盖了{one.kinds}" for one in public_editions.masked(edition)]
    if edition.status == "published":
        return [*said, f"已写入 {output}：公开版第 {edition.number} 稿，已发布"]
    drafter = f"（{edition.by.name}起草）" if edition.by else ""
    waits = "请另一位同事登录系统，在“汇总表 › 公开版”核对确认；确认后再运行一次，得到不带标记的文件。"
    return [*said, f"已写入 {output}（未发布）：公开版第 {edition.number} 稿{drafter}，遮盖 {len(said)} 处。{waits}"]


def _write(output: Path, data: bytes) -> None:
    try:
        output.write_bytes(data)
    except OSError as error:
        raise Invalid(f"写不进 {output}：文件可能正被打开，或没有写入权限。请关闭它，或换一个位置。") from error
