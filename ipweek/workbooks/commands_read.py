"""``ipweek read table``: an annex table out of a file, as JSON, without a site."""

from __future__ import annotations

import json
from pathlib import Path

import click

from ipweek.errors import Invalid
from ipweek.files import child
from ipweek.files.limits import Limits


@click.command("table")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--annex", type=int, required=True, help="附件的编号：1 或 2。")
def read_table(file: Path, annex: int) -> None:
    """读出 .xlsx 或 .docx 里的附件表，打印 JSON；读不出时在标准错误输出一行原因，退出码 2。"""
    try:
        with file.open("rb") as stream:
            data = stream.read(Limits().file_bytes + 1)
    except OSError as error:
        raise Invalid(f"打不开文件 {file.name}，请检查路径和权限。") from error
    found = child.call("ipweek.workbooks.reading.table_reader:read_upload", data, name=file.name, annex=annex)
    click.echo(json.dumps(found, ensure_ascii=False, indent=2))
