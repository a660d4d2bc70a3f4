"""``ipweek read table``: an annex table out of a file, with what the checks say of it, as JSON, without a site."""

from __future__ import annotations

import json
import re
from datetime import date
from pathlib import Path
from typing import Any

import click

from ipweek import clock
from ipweek.annexes import checks
from ipweek.errors import Invalid
from ipweek.files import child
from ipweek.files.limits import Limits
from ipweek.notice.schema import Annex
from ipweek.workbooks.reading.table_reader import FORMS, MOST_SECONDS

_TOLD_BY_THE_READER = {"unclean", "too-long"}


class _Week(click.ParamType[tuple[date, date]]):
    name = "week"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[date, date]:
        try:
            first, last = (date.fromisoformat(part) for part in str(value).split(":"))
        except ValueError:
            self.fail("请写成 2024-04-20:2024-04-26 这样的起止日期", param, ctx)
        return first, last


@click.command("table")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--annex", type=int, required=True, help="附件的编号：1 或 2。")
@click.option("--week", type=_Week(), help="宣传周起止日期，例如 2024-04-20:2024-04-26；写明后一并核对活动时间。")
def read_table(file: Path, annex: int, week: tuple[date, date] | None) -> None:
    """读出 .xlsx 或 .docx 里的附件表，打印 JSON；读不出时在标准错误输出一行原因，退出码 2。"""
    try:
        with file.open("rb") as stream:
            data = stream.read(Limits().file_bytes + 1)
    except (OSError, ValueError) as error:
        raise Invalid(f"打不开文件 {file.name}，请检查路径和权限。") from error
    found = child.call("ipweek.workbooks.reading.table_reader:read_upload", data, name=file.name, annex=annex, seconds=MOST_SECONDS)
    found["problems"] = sorted([*found["problems"], *_check(found, FORMS[annex], week)], key=lambda problem: problem["row"])
    click.echo(json.dumps(found, ensure_ascii=False, indent=2))


def _check(found: dict[str, Any], form: Annex, week: tuple[date, date] | None) -> list[dict[str, Any]]:
    """The same checks as while typing, told by the row of the file."""
    context = checks.Context(form, week, week[0].year if week else _year(found))
    skipped = _TOLD_BY_THE_READER if week else _TOLD_BY_THE_READER | {"other-year"}
    labels = {column.key: column.label for column in form.columns}
    rows = [
        (number, {column.key: values[column.label] for column in form.columns})
        for number, values in zip(found["source"]["rows"], found["rows"], strict=True)
    ]
    header = {"unit_name": found["unit_name"], "filled_on": found["filled_on"]}
    return [
        {
            "row": finding.row_id,
            "column": labels.get(finding.column, ""),
            "kind": finding.kind,
            "message": f"{f'第 {finding.row_id} 行' if finding.row_id else ''}{finding.message}",
        }
        for finding in checks.check_table(rows, header, context, nil_return=True)
        if finding.check not in skipped
    ]


def _year(found: dict[str, Any]) -> int:
    """The year that dates without one most likely mean: the one written in the file, else this one."""
    written = re.search(r"20\d\d", " ".join([found["filled_on"], *(text for values in found["rows"] for text in values.values())]))
    return int(written[0]) if written else clock.today().year
