"""Whatever a plugin does wrong costs one sentence in its own place, in time."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from ipweek.plugins import answers, shelf
from ipweek.plugins.call import PluginFailed, call

from .made import STREET, report, write

ROWS = [[1, {"street": "七宝镇", "people_max": 80}], [2, {"street": "", "people_max": ""}]]


def ask(folder: Path, *, deadline: float = 4, rows: list[Any] | None = None) -> list[dict[str, Any]]:
    return answers.blocks(call(folder, {"do": "report", "name": "r", "rows": ROWS if rows is None else rows}, deadline=deadline))


def failure(tmp_path: Path, body: str, *, deadline: float = 4) -> PluginFailed:
    with pytest.raises(PluginFailed) as failed:
        ask(write(tmp_path, code=report(body)), deadline=deadline)
    return failed.value


@pytest.mark.parametrize(
    ("body", "kind", "said"),
    [
        ("return 1 / 0", "raised", "ZeroDivisionError: division by zero（__init__.py:8）"),
        ("import sys\nsys.exit(0)", "raised", "SystemExit: 0"),
        ("import os\nos._exit(0)", "garbled", "没有给出答复"),
        ("import os\nos.abort()", "dead", "信号 6"),
        ("return bytearray(3 << 30)", "raised", "MemoryError"),
        ("return Report(Table(['x'], [[n] for n in range(10_000_000)]))", "", ""),
        ("return None", "raised", "报表 r 应当返回 Report(...)，实际返回了 NoneType"),
        ("return [1]", "raised", "应当返回 Report"),
        ("return Report('x')", "raised", "Report 里只能放"),
        ("return Report(Bars('场数', {'甲': '三'}))", "raised", "“场数”的值须是数字"),
        ("return Report(Bars('场数', {'甲': float('nan')}))", "raised", "ValueError"),
        ("return Report(Bars('场数', {'甲': 10 ** 400}))", "garbled", "数字太大"),
        ("return Report(Lines('线', [1, 2], {'甲': [1]}))", "raised", "应当一样多"),
        ("return Report(*[Note('x')] * 41)", "garbled", "报表太大"),
        ("x = Note('x')\nx.data = {'block': 'script'}\nreturn Report(x)", "garbled", "不认识的块"),
        ("x = Note('x')\nx.data = []\nfor _ in range(100000): x.data = [x.data]\nreturn Report(x)", "raised", "RecursionError"),
        ("raise KeyboardInterrupt", "raised", "KeyboardInterrupt"),
    ],
)
def test_a_report_that_goes_wrong_is_one_sentence(tmp_path: Path, body: str, kind: str, said: str) -> None:
    failed = failure(tmp_path, body, deadline=8)

    assert not kind or failed.kind == kind
    assert said in failed.said
    assert "\n" not in failed.said


@pytest.mark.parametrize(
    "body",
    ["while True: pass", 'import re\nre.match(r"(a+)+$", "a" * 40 + "b")', "while True: print('x' * 9999)", "import time\ntime.sleep(99)"],
)
def test_a_report_that_hangs_is_stopped(tmp_path: Path, body: str) -> None:
    assert failure(tmp_path, body, deadline=1).said == "插件 1 秒内没有答复，已停止"


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("open('/etc/passwd')", "插件只能读自己目录里的文件"),
        ("open('../other/secret.txt')", "插件只能读自己目录里的文件"),
        ("open('/proc/self/environ')", "插件只能读自己目录里的文件"),
        ("import os\nos.listdir('..')", "插件只能看自己的目录"),
        ("open('new.txt', 'w')", "插件不能写文件"),
        ("open(__file__, 'a')", "插件不能写文件"),
        ("import os\nos.open(__file__, os.O_WRONLY)", "插件不能写文件"),
        ("import os\nos.remove(__file__)", "插件不能删除文件"),
        ("import os\nos.rename(__file__, 'x.py')", "插件不能改动文件"),
        ("import tempfile\ntempfile.mkdtemp()", "No usable temporary directory"),
        ("import os\nos.mkdir('x')", "插件不能新建文件"),
        ("import socket\nsocket.create_connection(('127.0.0.1', 80))", "插件不能联网"),
        ("import urllib.request\nurllib.request.urlopen('http://127.0.0.1/')", "插件不能"),
        ("import sqlite3", "插件不能打开数据库"),
        ("import subprocess\nsubprocess.run(['ls'])", "插件不能启动程序"),
        ("import os\nos.system('ls')", "插件不能启动程序"),
        ("import os\nos.fork()", "插件不能启动程序"),
        ("import os\nos.kill(os.getppid(), 9)", "插件不能干预其他程序"),
        ("import ctypes", "插件不能加载动态库"),
        ("import multiprocessing\nmultiprocessing.Process(target=print).start()", "插件不能"),
        ("import flask", "ModuleNotFoundError"),
        ("from ipweek.plugins import shelf", "ModuleNotFoundError"),
        ("from ipweek import config", "ImportError"),
        ("import os\nos.environ['SECRET_KEY']", "KeyError"),
    ],
)
def test_the_fence_refuses_in_plain_words(tmp_path: Path, body: str, words: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_KEY", "top secret")
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "secret.txt").write_text("top secret")

    failed = failure(tmp_path, body)

    assert words in failed.said
    assert "top secret" not in failed.said + failed.log
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["__init__.py", "mh", "other", "plugin.toml", "secret.txt"]


def test_a_plugin_reads_its_own_files_and_imports_its_own_modules(tmp_path: Path) -> None:
    code = "from .towns import TOWNS\n" + report("return Report(Note(TOWNS))")
    folder = write(tmp_path, code=code)
    (folder / "towns.csv").write_text("莘庄镇", "utf-8")
    (folder / "towns.py").write_text(
        "from pathlib import Path\nTOWNS = Path(__file__).with_name('towns.csv').read_text('utf-8')\n", "utf-8"
    )

    assert ask(folder) == [{"block": "note", "text": "莘庄镇"}]
    assert not list(folder.glob("__pycache__"))


def test_what_a_plugin_prints_goes_to_its_log_and_spoils_nothing(tmp_path: Path) -> None:
    folder = write(tmp_path, code=report('import os\nprint("{]")\nos.write(1, b"garbage")\nreturn Report(Note("好"))'))

    assert ask(folder) == [{"block": "note", "text": "好"}]


def test_markup_and_control_characters_stay_words(tmp_path: Path) -> None:
    folder = write(tmp_path, code=report('return Report(Note("<script>\\x00\\u202e=1+1"))'))

    assert ask(folder) == [{"block": "note", "text": "<script>=1+1"}]


def test_a_third_call_at_the_same_time_is_told_that_the_plugin_is_busy(tmp_path: Path) -> None:
    from concurrent.futures import ThreadPoolExecutor  # noqa: PLC0415 -- this test alone

    folder = write(tmp_path, code=report("import time\ntime.sleep(1.5)\nreturn Report()"))

    def once(_: int) -> str:
        try:
            ask(folder, deadline=6)
        except PluginFailed as failed:
            return failed.kind
        return "done"

    with ThreadPoolExecutor(3) as pool:
        assert sorted(pool.map(once, range(3))) == ["busy", "done", "done"]


def test_a_killed_plugin_leaves_no_process_behind(tmp_path: Path) -> None:
    failure(tmp_path, "while True: pass", deadline=0.7)

    with pytest.raises(ChildProcessError):
        os.waitpid(-1, os.WNOHANG)


# ---- manifests -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("toml", "why"),
    [
        ("[fields.x]\nlabel = ", "plugin.toml 写法有误"),
        ('[field.xx]\nlabel = "甲"', "plugin.toml 里的 field 不认识，是否想写 fields？"),
        ('[fields.xx]\nlabel = "甲"\nkinds = "text"', "[fields.xx] 里的 kinds 不认识，是否想写 kind？"),
        ('[fields.xx]\nlabel = "甲"\nkind = "choise"\nchoices = ["甲"]', "是否想写 choice？"),
        ('[fields.xx]\nlabel = "甲"\nkind = "choice"', "要用 choices 列出选项"),
        ('[fields.venue]\nlabel = "甲"', "venue 是官方列的名字"),
        ('[fields.people_max]\nlabel = "甲"', "官方列的名字"),
        ('[fields.Xx]\nlabel = "甲"', "只能用小写字母"),
        ("[fields.xx]\nkind = 'text'", "缺少 label"),
        ('[fields.xx]\nlabel = "甲"\nafter = "venu"', "after 写的 venu 不是已有的列，是否想写 venue？"),
        ('[fields.xx]\nlabel = "甲"\nkind = "number"\nmax = 5\ndefault = 9', "default 不合自己的规定"),
        ('[fields.xx]\nlabel = "甲"\nrequired = "yes"', "required 要写true 或 false"),
        ('[links.oa]\nlabel = "办公"\nurl = "javascript:alert(1)"', "以 http:// 或 https:// 开头"),
        ('[notes.a]\nplace = "tabel"\ntext = "说明"', "是否想写 table？"),
        ("[fields]\nxx = 3", "[fields.xx] 应当是一张表"),
    ],
)
def test_a_manifest_is_refused_with_its_place_and_the_nearest_word(tmp_path: Path, toml: str, why: str) -> None:
    entry = shelf.look(write(tmp_path, toml=toml, code=None))

    assert entry.manifest is None
    assert why in entry.why


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ("api = 1", "api = 2", "要求接口 2，本系统提供接口 1"),
        ('unit = "minhang"', 'unit = "*"', "unit 要写一个单位的代号"),
        ('version = "1.0"\n', "", "缺少 version"),
        ('title = "闵行区"', "title = 3", "title 要写文字"),
    ],
)
def test_a_head_is_refused_in_words(tmp_path: Path, old: str, new: str, why: str) -> None:
    folder = write(tmp_path, code=None)
    text = (folder / "plugin.toml").read_text("utf-8")
    (folder / "plugin.toml").write_text(text.replace(old, new), "utf-8")

    assert why in shelf.look(folder).why


def test_a_fault_of_toml_names_its_line(tmp_path: Path) -> None:
    assert "第 9 行" in shelf.look(write(tmp_path, toml="[fields.xx]\n\nlabel = 甲", code=None)).why


def test_of_two_with_one_name_the_second_is_refused_and_both_places_are_told(tmp_path: Path) -> None:
    first, second = write(tmp_path / "a" / "plugins"), write(tmp_path / "b" / "plugins")

    found = shelf.Shelf([tmp_path / "a" / "plugins", tmp_path / "b" / "plugins"]).entries()

    assert found["mh"].manifest is not None
    assert found["mh@b"].manifest is None
    assert str(first) in found["mh@b"].why
    assert str(second) in found["mh@b"].why


def test_a_changed_manifest_is_read_anew(tmp_path: Path) -> None:
    on_shelf = shelf.Shelf([tmp_path])
    folder = write(tmp_path)
    assert len(on_shelf.entries()["mh"].manifest.fields) == 1  # type: ignore[union-attr]

    write(tmp_path, toml=STREET + '[fields.second]\nlabel = "第二列"\n')

    assert len(on_shelf.entries()["mh"].manifest.fields) == 2  # type: ignore[union-attr]
    assert folder.exists()


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("import no_such_module", "ModuleNotFoundError: No module named 'no_such_module'（__init__.py:1）"),
        ("import sys\nsys.exit(3)", "SystemExit: 3"),
        ("raise RuntimeError('half way')", "RuntimeError: half way"),
        ("x = 1", "__init__.py 里没有 plugin = Plugin()"),
        ("plugin = 3", "__init__.py 里没有 plugin = Plugin()"),
        ("def f(:", "SyntaxError"),
        ("from ipweek.plugin import *\nplugin = Plugin()\n@plugin.report('r', title='报')\ndef r(row, x): pass", "的参数 row 不认识"),
        ("from ipweek.plugin import *\nplugin = Plugin()\n@plugin.report('R', title='报')\ndef r(rows): pass", "只能用小写字母"),
        (
            "from ipweek.plugin import *\nplugin = Plugin()\n@plugin.report('r', title='报')\ndef r(rows): pass\n@plugin.report('r', title='报')\ndef s(rows): pass",
            "用了两次",
        ),
        ("from ipweek.plugin import *\nplugin = Plugin()\n@plugin.check()\ndef r(row): pass", "校验要写明看哪一列"),
    ],
)
def test_code_that_cannot_describe_itself_says_why(tmp_path: Path, code: str, said: str) -> None:
    with pytest.raises(PluginFailed) as failed:
        call(write(tmp_path, code=code), {"do": "describe"}, deadline=5)

    assert said in failed.value.said
