"""``ipweek plugin``: writing a plugin, checking it, switching it on and off, running a report at the command line."""

from __future__ import annotations

import getpass
import json
import sys
from pathlib import Path

import click

from ipweek import config, wording
from ipweek.accounts.schema import Person, at_the_command_line
from ipweek.app import create_app
from ipweek.board import districts, plugin_admin
from ipweek.board.districts import Proposal
from ipweek.errors import Busy, Conflict, Invalid, NotFound
from ipweek.plugins import check as checking
from ipweek.plugins import new as making
from ipweek.plugins import service as plugins
from ipweek.plugins import sheets, shelf
from ipweek.plugins.check import Finding
from ipweek.plugins.schema import STATES
from ipweek.plugins.service import Plugin


def _by() -> Person:
    return at_the_command_line(getpass.getuser())


@click.group(help="区级插件：编写、检查、启用、停用、运行报表。手册在网页的“帮助 › 编写插件”。")
def plugin() -> None:
    """Group of commands."""


@plugin.command("new", help="写出一个能用的插件。\n\n例：ipweek plugin new minhang --title 闵行区")
@click.argument("name")
@click.option("--title", required=True, help="页面上的名字，例如 闵行区。")
@click.option("--unit", default="", help="单位的代号，默认与 NAME 相同；代号见 ipweek unit list。")
def new_plugin(name: str, title: str, unit: str) -> None:
    """Write one into the site's own folder."""
    own = config.load().instance / "plugins"
    has_example = not (own / name).exists() and (shelf.shipped() / name / "plugin.toml").is_file()
    if has_example and _is_on(name):
        raise Conflict(f"自带的插件 {name} 正在使用，同名的新插件会代替它，没有写。请换一个名字并写明单位，例如 {name}2 --unit {name}。")
    folder = making.new(own, name, title=title, unit=unit)
    click.echo(f"写好了 {_short(folder)}：plugin.toml、__init__.py、tests、README.md")
    if has_example:
        click.echo(f"自带的例子里也有 {name}：本站以新写的这一个为准，例子不再列出。")
    click.echo(f"下一步：ipweek plugin check {name}，然后 ipweek plugin enable {name}")


def _is_on(name: str) -> bool:
    """Whether the plugin of this name is switched on; where there is no site yet, none is."""
    settings = config.load()
    if not (settings.instance / "secret").exists():
        return False
    with create_app(settings).app_context():
        try:
            return plugins.get(name).is_on
        except NotFound:
            return False


@plugin.command(
    "check",
    help="检查插件，说明位置、原因和改法；有必须改的，退出码为 1。不写名字就检查全部。\n\n"
    "例：ipweek plugin check minhang，或写目录 ./plugins/minhang",
)
@click.argument("names", nargs=-1)
@click.option("--strict", is_flag=True, help="建议也算必须（供持续集成使用）。")
@click.option("--tests", "with_tests", is_flag=True, help="也运行插件自己的测试：它们没有围栏，请先看过；要装有 pytest。")
def check_plugin(names: tuple[str, ...], *, strict: bool, with_tests: bool) -> None:
    """Check those named, or all that there are. Needs no site."""
    folders = [_folder(name) for name in names] or _all_folders()
    bad = 0
    for folder in folders:
        found = [*_checked_at_the_site(folder), *(checking.tests(folder) if with_tests else ())]
        if len(folders) > 1 or not found:
            click.echo(f"{folder.name}：{'没有问题' if not found else f'{len(found)} 项'}")
        for one in found:
            click.echo(f"{'必须' if one.must else '建议'}  {one.rule:<16} {one.where}  {one.text}")
        must = sum(one.must for one in found)
        if found:
            click.echo(f"{must} 项必须改，{len(found) - must} 项建议。")
        bad += len(found) if strict else must
    if bad:
        sys.exit(1)


def _checked_at_the_site(folder: Path) -> list[Finding]:
    """What the check finds; where there is a site, and the plugin is on there, also what only the site knows."""
    settings = config.load()
    if not (settings.instance / "secret").exists():
        return checking.check(folder)
    with create_app(settings).app_context():
        try:
            known = plugins.get(folder.name)
        except NotFound:
            return checking.check(folder)
        is_it = known.is_on and known.entry is not None and known.entry.folder.resolve() == folder.resolve()
        if not is_it:
            return checking.check(folder)
        return [*checking.check(folder, enabled_as=(known.enabled_version, known.content)), *plugin_admin.unused(known)]


@plugin.command("list", help="列出插件：状态、名字、版本、接口、单位、字段数、报表数、说明。\n\n例：ipweek plugin list")
def list_plugins() -> None:
    """One line each, in columns."""
    lines = [["状态", "插件", "版本", "接口", "单位", "字段", "报表", "说明"]]
    with create_app().app_context():
        for one in plugins.every():
            level = str(one.manifest.api) if one.manifest else "–"
            numbers = [str(len(one.fields)), str(len(one.declared.reports)) if one.declared.reports else "–"]
            lines.append([STATES[one.state], one.id, one.version or "–", level, one.unit or "–", *numbers, _told_of(one)])
    widths = [max(wording.width(line[place]) for line in lines) for place in range(7)]
    for line in lines:
        padded = [text + " " * (width - wording.width(text)) for text, width in zip(line, [*widths, 0], strict=True)]
        click.echo("  ".join(padded).rstrip())


def _told_of(one: Plugin) -> str:
    """Why it stands as it does, else who switched it last; of one that is gone, how much of it is kept."""
    if one.state == "gone":
        return f"目录不在；保留 {plugin_admin.kept_rows(one.id)} 行的内容"
    switched = f"{one.by} {wording.moment(one.at)} {'启用' if one.is_on else '停用'}" if one.at else ""
    return (one.why.splitlines() or [""])[0] or switched


@plugin.command("enable", help="检查并启用插件，记下是谁；换了新版也用它。\n\n例：ipweek plugin enable minhang")
@click.argument("name")
@click.option("--yes", is_flag=True, help="不再询问。")
def enable_plugin(name: str, *, yes: bool) -> None:
    """Check, ask, switch on."""
    with create_app().app_context():
        found = plugins.get(name)
        must = [one for one in checking.check(found.entry.folder) if one.must] if found.entry else []
        for one in must:
            click.echo(f"必须  {one.rule:<16} {one.where}  {one.text}")
        if must:
            raise Invalid(f"插件 {name} 有 {len(must)} 项必须改，没有启用。")
        if not yes and not click.confirm(f"启用“{found.title}”{found.version}（单位 {found.unit}）？请先看过它的代码"):
            click.echo("没有启用。")
            return
        done = plugin_admin.enable(name, by=_by(), is_checked=True)
        click.echo(f"已启用 {done.title} {done.version}：{len(done.fields)} 个字段，{len(done.declared.reports)} 张报表。")


@plugin.command("disable", help="停用插件；已填的内容保留，只能查看。\n\n例：ipweek plugin disable minhang")
@click.argument("name")
def disable_plugin(name: str) -> None:
    """Switch off."""
    with create_app().app_context():
        plugins.get(name)  # or the sentence that says where to look
        click.echo(f"已停用 {plugin_admin.disable(name, by=_by()).title}，已填的内容都保留。")


@plugin.command("forget", help="把已停用插件的内容写入文件，再从各行里清除；不能恢复。\n\n例：ipweek plugin forget minhang -o minhang.json")
@click.argument("name")
@click.option("-o", "output", required=True, type=click.Path(dir_okay=False, path_type=Path), help="先写入的 .json 文件。")
@click.option("--yes", is_flag=True, help="不再询问。")
def forget_plugin(name: str, output: Path, *, yes: bool) -> None:
    """The only way in which local values go."""
    with create_app().app_context():
        plugins.get(name)  # or the sentence that says where to look
        if not yes and not click.confirm(f"清除插件 {name} 在各行里的内容（先写入 {output}）？"):
            click.echo("没有清除。")
            return
        click.echo(f"已把 {plugin_admin.forget(name, output, by=_by())} 项内容写入 {output}，并从各行里清除。")


@plugin.command(
    "run",
    help="运行一张报表，结果是 JSON，用 -o 写成 Excel；也可以运行一项作业，列出建议，不保存。\n\n"
    "例：ipweek plugin run minhang streets -o 街镇.xlsx，或 ipweek plugin run huangpu fill",
)
@click.argument("name")
@click.argument("report")
@click.option("-o", "output", type=click.Path(dir_okay=False, path_type=Path), help="把报表写成 .xlsx 文件。")
@click.option("--year", type=int, help="年度，默认最新。")
def run_report(name: str, report: str, output: Path | None, year: int | None) -> None:
    """Run one over the unit's rows; of a job, show what it would fill in."""
    with create_app().app_context():
        found = plugins.get(name)
        district = districts.get(found.unit, year=year, by=_by())
        if report in found.declared.jobs and report not in found.declared.reports:
            _show_proposals(districts.propose(district, name, report))
            return
        if not found.is_usable or report not in found.declared.reports:
            raise NotFound(_not_there(found, report))
        drawn = districts.report(district, name, report)
        blocks = districts.blocks_or_busy(drawn)
        if output is None:
            click.echo(json.dumps(list(blocks), ensure_ascii=False, indent=1))
            return
        try:
            output.write_bytes(sheets.workbook(drawn.title, blocks))
        except OSError as error:
            raise Invalid(f"写不进 {output}：文件可能正被打开，或没有写入权限。") from error
        click.echo(f"已写入 {output}")


def _show_proposals(proposal: Proposal) -> None:
    if proposal.failed:
        raise Busy(f"作业没有运行成功：{proposal.failed}。")
    for one in proposal.changes:
        click.echo(f"第 {one.number} 行 {one.label}：{one.old or '（空白）'} → {one.new or '（清空）'}")
    click.echo(f"共 {len(proposal.changes)} 处建议，没有保存。请由本单位的填报员在“本单位报表”里运行并确认。")


def _not_there(found: Plugin, report: str) -> str:
    if not found.is_usable:
        return f"插件 {found.id} 现在是“{STATES[found.state]}”，先启用：ipweek plugin enable {found.id}。"
    has = "、".join([*found.declared.reports, *found.declared.jobs])
    return f"插件 {found.id} 没有叫 {report} 的报表或作业，{f'有：{has}' if has else '它一张也没有'}。"


def _folder(name: str) -> Path:
    """The folder of a plugin, by path or by id."""
    if (Path(name) / "plugin.toml").is_file():
        return Path(name).resolve()
    for top in _tops():
        if (top / name / "plugin.toml").is_file():
            return top / name
        if (top / name).is_dir():  # else the shipped example of its name would be found well in its place
            raise NotFound(f"{_short(top / name)} 里没有 plugin.toml，请看文件名是否写错，例如多了 .txt。")
    raise NotFound(f"没有找到插件 {name}。可以写目录，例如 ./plugins/minhang，或先用 ipweek plugin new 建一个。")


def _all_folders() -> list[Path]:
    return sorted(path.parent for top in _tops() if top.is_dir() for path in top.glob("*/plugin.toml"))


def _tops() -> list[Path]:
    return [config.load().instance / "plugins", shelf.shipped()]


def _short(path: Path) -> Path:
    """As seen from here, where that is shorter."""
    return path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path
