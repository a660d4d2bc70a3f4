"""``ipweek plugin new``: the smallest plugin that passes its own check and its own tests."""

from __future__ import annotations

from pathlib import Path

from ipweek.errors import Conflict, Invalid
from ipweek.plugins.manifest import NAME

FILES = {
    "plugin.toml": """[plugin]
title   = "{title}"
unit    = "{unit}"
version = "0.1"
api     = 1
contact = "信息中心 姓名 电话"

[fields.street]
label = "所属街镇"
kind  = "text"
after = "venue"
help  = "活动所在的街道或镇"
""",
    "__init__.py": '''"""{title}的本地报表。"""

from ipweek.plugin import Bars, Plugin, Report

plugin = Plugin()


@plugin.report("streets", title="按街镇统计")
def streets(rows, settings):
    return Report(Bars("各街镇活动场数", rows.count_by("street"), unit="场"))
''',
    "tests/test_{id}.py": """def test_check_finds_nothing(lab):
    assert lab.check() == []


def test_streets_counts_each_street(lab):
    lab.row(street="甲街道")
    lab.row(street="甲街道")

    assert lab.report("streets")[0]["values"] == [["甲街道", 2]]
""",
    "README.md": """# {title}插件

本地字段：所属街镇，放在“活动地点”后面。报表：按街镇统计。

谁要的、什么时候要、数据从哪里来，请写在这里，方便下一位接手的人。

检查：`ipweek plugin check {id}`；测试：`python -m pytest {id}`。
""",
}


def new(top: Path, id: str, *, title: str, unit: str = "") -> Path:  # noqa: A002 -- the word of the manifest
    """Write a new plugin into the folder *top* and return its own; Conflict when there is one of this name."""
    if not NAME.fullmatch(id):
        raise Invalid("插件的名字只能用小写字母、数字和下划线，以字母开头，例如 minhang。")
    if not title.strip() or len(title) > 80 or set(title) & set('"\\\n'):
        raise Invalid("标题请写 1 到 80 个字，不用引号，例如 闵行区。")
    folder = top / id
    if folder.exists():
        raise Conflict(f"{folder} 已经有了，没有改动。请换一个名字，或先移走它。")
    for name, text in FILES.items():
        path = folder / name.replace("{id}", id)
        path.parent.mkdir(parents=True, exist_ok=True)
        words = text.replace("{title}", title.strip()).replace("{unit}", unit or id).replace("{id}", id)
        path.write_text(words, "utf-8")
    return folder
