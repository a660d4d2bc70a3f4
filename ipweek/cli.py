"""The command ``ipweek``: a list of names, each loaded only when it is called, so that readers start fast."""

from __future__ import annotations

import gc
import importlib
import re
import sys
from collections.abc import Iterable, Mapping, Sequence
from types import ModuleType

import click

from ipweek import __version__
from ipweek.config import WrongSetting
from ipweek.errors import Refused, out_of_reach

HEADINGS = {"Options": "选项", "Commands": "命令", "Arguments": "参数"}
WORDS = {
    "Show this message and exit.": "显示这份说明。",
    "Show the version and exit.": "显示版本。",
    "[required]": "[必填]",
    "[default: ": "[默认：",
    "[OPTIONS]": "[选项]",
    "COMMAND [ARGS]...": "命令 [参数]…",
}
"""What click itself says on help pages."""
_LACKING = re.compile(r"no such (?:table|column)|(?:relation|column) .+ does not exist")
_CHINESE = re.compile(r"[\u4e00-\u9fff]")


class Formatter(click.HelpFormatter):
    """Help pages in Chinese."""

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        super().write_usage(prog, _in_chinese(args), prefix or "用法：")

    def write_heading(self, heading: str) -> None:
        super().write_heading(HEADINGS.get(heading, heading))

    def write_dl(self, rows: Iterable[tuple[str, str]], col_max: int = 30, col_spacing: int = 2) -> None:
        super().write_dl([(_in_chinese(term), _in_chinese(text)) for term, text in rows], col_max, col_spacing)


click.Context.formatter_class = Formatter


class Listed(click.Group):
    """A group whose commands are named as ``module:attribute`` with a line of help, and imported when asked for."""

    def __init__(self, name: str, commands: Mapping[str, tuple[str, str]], **words: str) -> None:
        super().__init__(name, **words)  # type: ignore[arg-type]  # help texts only
        self.listed = commands

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.listed)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in self.listed:
            return None
        module, attribute = self.listed[cmd_name][0].split(":")
        command: click.Command = getattr(_load(module), attribute)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, line) in self.listed.items()])


def _load(module: str) -> ModuleType:
    """Import *module*. What modules make stays, so the collector would look for rubbish in vain: a fifth of the time."""
    gc.disable()
    try:
        return importlib.import_module(module)
    finally:
        gc.freeze()
        gc.enable()


read = Listed(
    "read",
    {
        "notice": ("ipweek.notice.commands:read_notice", "读出通知，打印 JSON；读不出时在标准错误输出一行原因，退出码 2。"),
        "time": ("ipweek.annexes.commands:read_time", "读出活动时间：标准输入每行一个 JSON 字符串，标准输出每行一个 JSON 对象。"),
        "scale": ("ipweek.annexes.commands:read_scale", "读出活动规模：标准输入每行一个 JSON 字符串，标准输出每行一个 JSON 对象。"),
        "contact": ("ipweek.annexes.commands:read_contact", "读出联系人：标准输入每行一个 JSON 字符串，标准输出每行一个 JSON 对象。"),
        "venue": ("ipweek.annexes.commands:read_venue", "读出活动地点：标准输入每行一个 JSON 字符串，标准输出每行一个 JSON 对象。"),
        "table": (
            "ipweek.workbooks.commands_read:read_table",
            "读出 .xlsx 或 .docx 里的附件表，打印 JSON；读不出时在标准错误输出一行原因，退出码 2。",
        ),
    },
    help="读出通知、表格或单元格的内容（不需要站点），结果是 JSON。",
)

ipweek = Listed(
    "ipweek",
    {
        "init": ("ipweek.maintenance.commands:init", "建立站点；已有的站点升级到本程序的版本（先留备份），内容不变。"),
        "run": ("ipweek.maintenance.commands:run", "提供服务，直到按 Ctrl-C 或服务被停止。"),
        "demo": (
            "ipweek.maintenance.demo_commands:demo",
            "建立并打开演示站点（2024 年宣传周，人名与电话均为虚构）；已建好的保持原样。",
        ),
        "backup": ("ipweek.maintenance.backup_commands:backup", "把整个站点备份成一个文件，服务不必停止。"),
        "restore": ("ipweek.maintenance.backup_commands:restore", "从备份文件恢复站点；须先停止服务。"),
        "doctor": ("ipweek.maintenance.commands:doctor", "检查站点：数据库、权限、磁盘、时钟、邮件。有错误时退出码为 1。"),
        "user": ("ipweek.accounts.commands:user", "账号：新增、重置密码、列出。"),
        "unit": ("ipweek.accounts.commands:unit", "单位名单：列出、补入起始名单。"),
        "audit": ("ipweek.accounts.commands:audit", "审计日志：核对完整性。"),
        "notice": ("ipweek.reporting.notice_commands:notice", "通知：导入成一次活动。"),
        "read": ("ipweek.cli:read", "读出通知、表格或单元格的内容（不需要站点），结果是 JSON。"),
        "merge": ("ipweek.workbooks.commands:merge", "把审核通过的附件表汇总成一个 Excel 或 Word 文件。"),
        "remind": (
            "ipweek.reporting.commands:remind",
            "向将到期和已逾期的单位发提醒，并把待发的邮件发出去；同一单位同一截止日只提醒一次，可以反复运行。",
        ),
        "plugin": (
            "ipweek.board.plugin_commands:plugin",
            "区级插件：编写、检查、启用、停用、运行报表。手册在网页的“帮助 › 编写插件”。",
        ),
    },
    help="知识产权宣传周填报系统。站点目录由环境变量 IPWEEK_INSTANCE 指定。",
)
click.version_option(__version__, prog_name="ipweek")(ipweek)


def main() -> None:
    """Run; what is refused is one Chinese line on stderr and exit code 2, an interruption is exit code 130."""
    try:
        code = ipweek(prog_name="ipweek", standalone_mode=False)
    except Refused as error:  # marked fields are for pages: here their sentences say what to mend
        click.echo("；".join(error.fields.values()) or str(error), err=True)
        sys.exit(2)
    except WrongSetting as error:
        click.echo(str(error), err=True)
        sys.exit(2)
    except click.exceptions.NoArgsIsHelpError as error:  # a group alone: its help says what may follow
        error.show()
        sys.exit(2)
    except click.ClickException as error:
        click.echo(sentence(error), err=True)
        sys.exit(2)
    except click.Abort:
        click.echo("已中断。", err=True)
        sys.exit(130)
    except OSError as error:
        click.echo(out_of_reach(error), err=True)
        sys.exit(2)
    except Exception as error:
        if (said := database_says(error)) is None:
            raise
        click.echo(said, err=True)
        sys.exit(2)
    sys.exit(code if isinstance(code, int) else 0)  # ctx.exit's number; commands return nothing


def database_says(error: Exception) -> str | None:
    """What to say of a database that does not answer or lacks a table or column; None where the error is no such thing.

    Asked by name, since no command need load the database's library.
    """
    kinds = {kind.__name__ for kind in type(error).__mro__}
    said = str(error).partition("\n")[0]
    if kinds & {"OperationalError", "ProgrammingError"} and _LACKING.search(said):
        return "数据库与本程序的版本不符，或还没有建立。请先停止服务并运行 ipweek init：升级前会先留一份备份。"
    if "OperationalError" in kinds or "not a database" in said or "malformed" in said:
        reason = str(getattr(error, "orig", error)).partition("\n")[0]
        return f"数据库打不开或不能写入（{reason}），没有做完。请运行 ipweek doctor 查看原因。"
    return None


def sentence(error: click.ClickException) -> str:
    """What click complains of, as one Chinese line that says where to look."""
    said = " ".join(_complaint(error).split())
    if isinstance(error, click.UsageError) and error.ctx is not None:
        return f"{said}，用法：{error.ctx.command_path} --help"
    return said


def _complaint(error: click.ClickException) -> str:
    match error:
        case click.MissingParameter():
            return f"缺少 {_name(error)}"
        case click.BadParameter():
            return _bad_value(error)
        case click.NoSuchOption():
            return f"没有 {error.option_name} 这个选项{_near(error.possibilities)}"
        case click.exceptions.NoSuchCommand():
            return f"没有 {error.command_name} 这个命令{_near(error.possibilities)}"
        case click.BadOptionUsage():
            return f"选项 {error.option_name} 后面的值不对，可能缺少或多写了"
        case click.FileError():
            return f"打不开文件 {error.ui_filename}，请检查路径和权限。"
    if _CHINESE.search(error.message):
        return error.message
    extra = re.search(r"extra arguments? \((.*)\)", error.message, re.DOTALL)
    return f"多了参数 {extra[1]}" if extra else "命令写得不对"


def _bad_value(error: click.BadParameter) -> str:
    name, kind = _name(error), error.param.type if error.param else None
    if isinstance(kind, click.Path | click.File):
        path = re.search(r"'(.*)'", error.message, re.DOTALL)
        return f"找不到或打不开 {path[1] if path else name}，请检查路径和权限"
    if isinstance(kind, click.IntRange) and kind.min is not None and kind.max is not None:
        return f"{name} 应为 {kind.min} 到 {kind.max} 的整数"
    if isinstance(kind, click.types.IntParamType):
        return f"{name} 应为整数"
    if isinstance(kind, click.Choice):
        return f"{name} 应为 {'、'.join(map(str, kind.choices))} 之一"
    return f"{name}：{error.message}" if _CHINESE.search(error.message) else f"{name} 的值不对"


def _name(error: click.BadParameter) -> str:
    """FILE, or -o/--output."""
    if isinstance(error.param, click.Option):
        return "/".join(error.param.opts)
    return error.param.human_readable_name if error.param else "参数"


def _near(possibilities: Sequence[str] | None) -> str:
    return f"，是否想写 {'、'.join(possibilities)}" if possibilities else ""


def _in_chinese(text: str) -> str:
    for english, chinese in WORDS.items():
        text = text.replace(english, chinese)
    return text
