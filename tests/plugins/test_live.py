"""Every broken plugin at once in one district of a running server: each costs one card, and nothing else is any different."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from html import unescape
from io import BytesIO
from pathlib import Path

import pytest
from flask import Flask
from openpyxl import load_workbook

from ipweek.annexes.models import AnnexTable
from ipweek.extensions import db
from ipweek.plugins import service as plugins
from ipweek.plugins import shelf
from ipweek.plugins.schema import Declared
from ipweek.plugins.service import Described
from ipweek.transaction import transaction
from tests import make
from tests.browser import Server
from tests.visitor import Visitor

from .made import HEAD, report, write

OFF = "填报不受影响"
HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(1)>=1+1"
BROKEN: Mapping[str, tuple[str, str]] = {
    "imports": ("raise RuntimeError('at import')", "代码出错（__init__.py:1，RuntimeError: at import）"),
    "missing": ("import pandas", "没有这个模块"),
    "syntax": ("def r(:", "写法有误（__init__.py:1"),
    "gbk": ("# 中文\nfrom ipweek.plugin import *", "不是 UTF-8 编码"),
    "describes": ("x = 1", "__init__.py 里没有 plugin = Plugin()"),
    "renamed": (report("return Report()").replace('"r"', '"other"'), "没有报表 r，可能插件换了新版，请重新启用"),
    "raises": (report("return 1 / 0"), "除以了 0（__init__.py:8"),
    "exits": (report("import sys\nsys.exit(0)"), "提前退出了"),
    "exits_hard": (report("import os\nos._exit(0)"), "没有给出答复"),
    "aborts": (report("import os\nos.abort()"), "信号 6"),
    "stops": (report("import signal\nsignal.raise_signal(signal.SIGSTOP)"), "插件 10 秒内没有答复，已停止"),
    "loops": (report("while True: pass"), "已停止"),
    "regex": (report('import re\nre.match(r"(a+)+$", "a" * 40 + "b")'), "已停止"),
    "memory": (report("return Report(Note('x' * (3 << 30)))"), "内存超过了上限"),
    "rows": (report("return Report(Table(['x'], [[n] for n in range(10_000_000)]))"), ""),
    "types": (report("return {'a': 1}"), "应当返回 Report(...)，实际返回了 dict"),
    "nothing": (report("pass"), "应当返回 Report(...)，实际返回了 NoneType"),
    "numbers": (report("return Report(Bars('场数', {'甲': float('nan')}))"), "“场数”的值须是数字"),
    "garbage": (report("import os\nfor fd in range(9):\n    try: os.write(fd, b'\\xff{[' * 99)\n    except OSError: pass"), "没有给出答复"),
    "files": (report("open('../../secret')"), "插件只能读自己目录里的文件"),
    "network": (report("import socket\nsocket.create_connection(('127.0.0.1', 80))"), "插件不能联网"),
    "database": (report("import sqlite3"), "插件不能打开数据库"),
    "environment": (report("import os\nraise ValueError(os.environ['SECRET_KEY'])"), "没有这一项"),
    "programs": (report("import subprocess\nsubprocess.run(['ls'])"), "插件不能启动程序"),
    "processes": (report("import os\nos.kill(os.getppid(), 9)"), "插件不能干预其他程序"),
    "markup": (report(f"raise ValueError({HOSTILE!r})"), "值不对"),
}
"""Code that goes wrong, and the sentence on its card."""
REFUSED = {
    "toml_fault": (HEAD + "[fields.xx]\nlabel = 甲\n", '等号后面的值不对，文字要加英文引号 ""（第 8 行'),
    "toml_word": (HEAD + '[field.xx]\nlabel = "甲"\n', "field 不认识，是否想写 fields？"),
    "toml_api": (HEAD.replace("api = 1", "api = 2"), "要求接口 2，本系统提供接口 1"),
    "toml_deep": (HEAD + "x = " + "[" * 5000, "括号套得太深"),
}
"""Manifests that are refused, and the sentence of their page."""


@pytest.fixture
def switched_on_good(app: Flask, table: AnnexTable) -> Path:
    """Good plugins of these names, switched on; the folder that they lie in."""
    top = Path(app.instance_path) / "plugins"
    for name in BROKEN:
        column = f'[fields.own]\nlabel = "栏目{name}"\nkind = "text"\n'
        folder = write(top, name, title=name, toml=column, code=report("return Report()"))
        entry = shelf.look(folder)
        assert entry.manifest is not None
        with transaction():
            plugins.switch_on(Described(entry, entry.manifest, Declared({"r": f"报表 {name}"}), shelf.content_of(folder)), by="测试")
    return top


def spoil(top: Path) -> None:
    """Replace what is there by what is broken."""
    for name, (code, _) in BROKEN.items():
        (top / name / "__init__.py").write_bytes(code.encode("gbk" if name == "gbk" else "utf-8"))
    for name, (toml, _) in REFUSED.items():
        (top / name).mkdir(exist_ok=True)
        (top / name / "plugin.toml").write_text(toml.format(title="闵行区", unit="minhang"), "utf-8")


@pytest.mark.timeout(180)
def test_each_broken_plugin_costs_one_card(switched_on_good: Path, table: AnnexTable, live: Server, known_hash: str) -> None:
    spoil(switched_on_good)
    visitor = logs_in(live, known_hash)
    filler, other, admin, clerk = (
        visitor("minhang", "filler"),
        visitor("xuhui", "filler"),
        visitor("office", "admin"),
        visitor("office", "clerk"),
    )
    row, theirs = make.row(table), make.table("xuhui", of=table.campaign)
    make.row(theirs)

    def card(name: str) -> tuple[int, str]:
        while True:
            answer = filler.get(f"/d/minhang/reports/{name}/r?show=1")
            if "几秒后会自动再试" not in answer.text:
                return answer.status, answer.text
            time.sleep(0.5)

    with ThreadPoolExecutor(3) as pool:
        cards = pool.map(card, BROKEN)
        while_they_run = [other.get(path).status for path in (f"/tables/{theirs.id}", "/tasks", "/d/xuhui/reports") * 5]
        seen = dict(zip(BROKEN, cards, strict=True))

    assert while_they_run == [200] * 15
    for name, (status, page) in seen.items():
        assert status == 200, name
        assert page.count("报表暂不可用") == 1, name
        assert BROKEN[name][1] in page.replace("&#39;", "'"), (name, page[page.index("报表暂不可用") :][:300])
        assert OFF in page, name
        assert "退出登录" in page, name
        assert page.rstrip().endswith("</html>"), name
        assert "<script>alert" not in page, name
        assert "Traceback" not in page, name
    shown = unescape(admin.get("/plugins").text)
    for name, (_, why) in REFUSED.items():
        assert why in shown, name

    whole = filler.get(f"/tables/{table.id}").text
    assert all(f"栏目{name}" in whole for name in BROKEN)
    saved = filler.post(f"/activities/{row.id}/cells/venue", {"value": "七宝", "base": row.values["venue"], "op": "live-op-1"}, HTMX)
    assert saved.status == 200, saved.text
    db.session.rollback()
    revision = str(db.session.get_one(AnnexTable, table.id, populate_existing=True).revision)
    sent = filler.post(f"/tables/{table.id}/submit", {"revision": revision})
    assert sent.status == 303, sent.text
    book = load_workbook(BytesIO(clerk.get(f"/campaigns/{table.campaign_id}/workbook.xlsx?submitted=1").data))
    assert "七宝" in [cell.value for line in book["附件2"].iter_rows() for cell in line]


HTMX = {"HX-Request": "true"}


def logs_in(live: Server, known_hash: str) -> Callable[..., Visitor]:
    """Seat somebody at the running server."""
    return lambda slug, *roles: Visitor(live.url).log_in(make.user(slug, *roles, pw_hash=known_hash).username, make.PASSWORD)
