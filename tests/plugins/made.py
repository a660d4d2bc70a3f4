"""Plugins written for one test: a manifest, some code, switched on at the site of the test."""

from __future__ import annotations

from pathlib import Path

from flask import Flask

from ipweek.accounts.schema import at_the_command_line
from ipweek.board import plugin_admin
from ipweek.plugins import service as plugins
from ipweek.plugins import shelf
from ipweek.plugins.schema import Declared
from ipweek.plugins.service import Described
from ipweek.transaction import transaction

HEAD = '[plugin]\ntitle = "{title}"\nunit = "{unit}"\nversion = "1.0"\napi = 1\ncontact = "信息中心 李工"\n'
STREET = (
    '\n[fields.street]\nlabel = "所属街镇"\nkind = "choice"\nchoices = ["莘庄镇", "七宝镇"]\nafter = "venue"\nhelp = "活动所在的街镇"\n'
)
CODE = """from ipweek.plugin import *

plugin = Plugin()


@plugin.report("streets", title="按街镇统计")
def streets(rows, settings):
    return Report(Bars("各街镇活动场数", rows.count_by("street"), unit="场"), Table(["街镇"], [[name] for name in rows.count_by("street")]))


@plugin.check("scale")
def not_too_many(row, settings):
    if row["people_max"] and row["people_max"] > 500:
        return "超过单场上限 500 人，请附安全预案"


@plugin.job("fill", title="按地点补街镇")
def fill(rows, settings):
    return {row.id: {"street": "七宝镇"} for row in rows.where("street", "") if "七宝" in row["venue"]}
"""
BY = at_the_command_line("test")


def write(top: Path, id_: str = "mh", *, unit: str = "minhang", toml: str = STREET, code: str | None = CODE, title: str = "闵行区") -> Path:
    """A plugin's folder."""
    folder = top / id_
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "plugin.toml").write_text(HEAD.format(title=title, unit=unit) + toml, "utf-8")
    if code is not None:
        (folder / "__init__.py").write_text(code, "utf-8")
    return folder


def switched_on(app: Flask, id_: str = "mh", **words: object) -> Path:
    """The same at the site of *app*, switched on; its unit must be there."""
    folder = write(Path(app.instance_path) / "plugins", id_, **words)  # type: ignore[arg-type]
    plugin_admin.enable(id_, by=BY, is_checked=True)
    return folder


def switched_on_unasked(app: Flask) -> None:
    """The usual one with a file to hand out, switched on as if it had described itself: no process is started."""
    folder = write(Path(app.instance_path) / "plugins", toml=STREET + '[settings.most]\nlabel = "上限"\nkind = "number"\ndefault = 500\n')
    (folder / "files").mkdir()
    (folder / "files" / "填报样例.xlsx").write_bytes(b"x")
    entry = shelf.look(folder)
    assert entry.manifest is not None
    declared = Declared({"streets": "按街镇统计"}, [["scale"]], {"fill": "按地点补街镇"})
    with transaction():
        plugins.switch_on(Described(entry, entry.manifest, declared, shelf.content_of(folder)), by="admin")


def report(body: str) -> str:
    """Code with one report of this body."""
    lines = "\n".join(f"    {line}" for line in body.splitlines())
    return f'from ipweek.plugin import *\n\nplugin = Plugin()\n\n\n@plugin.report("r", title="报表")\ndef r(rows, settings):\n{lines}\n'
