"""The command line for notices."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click


@click.command("notice")
@click.argument("file", type=click.Path(path_type=Path))
def read_notice(file: Path) -> None:
    """Read a notice and print its facts as JSON; needs no site. What can't be read is one line on stderr, exit 2."""
    from ipweek.notice import reader  # noqa: PLC0415 - the readers load their parsers; other commands shall not wait for that

    try:
        if file.stat().st_size > reader.MAX_BYTES:
            raise reader.Unreadable(f"文件超过 {reader.MAX_BYTES // 1_000_000} MB，请删去图片后另存再上传，或直接粘贴文字。")
        facts = reader.read_notice(reader.read_document(file.read_bytes(), file.name))
    except OSError:
        click.echo(f"打不开文件 {file}，请检查路径和权限。", err=True)
        sys.exit(2)
    except reader.Unreadable as refused:
        click.echo(str(refused), err=True)
        sys.exit(2)
    click.echo(json.dumps(facts.as_json(), ensure_ascii=False, indent=2))
