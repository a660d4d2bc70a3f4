"""Whatever a plugin does wrong costs one sentence in its own place, in time."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ipweek.plugins import answers
from ipweek.plugins.call import PluginFailed, call

from .made import report, write

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
        ("return 1 / 0", "raised", "除以了 0（__init__.py:8，ZeroDivisionError: division by zero）"),
        ("import sys\nsys.exit(0)", "raised", "SystemExit: 0"),
        ("import os\nos._exit(0)", "garbled", "没有给出答复"),
        ("import os\nos.abort()", "dead", "信号 6"),
        ("return bytearray(3 << 30)", "raised", "MemoryError"),
        ("return Report(Table(['x'], [[n] for n in range(10_000_000)]))", "", ""),
        ("return None", "raised", "报表 r 应当返回 Report(...)，实际返回了 NoneType"),
        ("return [1]", "raised", "应当返回 Report"),
        ("return Report('x')", "raised", "Report 里只能放"),
        ("return Report(Bars('场数', {'甲': '三'}))", "raised", "“场数”的值须是数字"),
        ("return Report(Bars('场数', {'甲': float('nan')}))", "raised", "“场数”的值须是数字，现在是 nan"),
        ("return Report(Table(['数'], [[float('inf')]]))", "raised", "算不出来的数字（inf）"),
        ("return Report(Bars('场数', {'甲': 10 ** 17}))", "garbled", "数字太大"),
        ("return Report(Bars('场数', {'甲': 10 ** 5000}))", "raised", "超过 18 位的数字"),
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


@pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="only Linux lists the children of a process, dead ones among them")
def test_a_killed_plugin_leaves_no_process_behind(tmp_path: Path) -> None:
    before = children()

    failure(tmp_path, "while True: pass", deadline=0.7)

    assert children() <= before


def children() -> set[str]:
    """The processes that this one started (the tests' browser may be one) and has not put away."""
    return {number for task in Path("/proc/self/task").iterdir() for number in (task / "children").read_text().split()}


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("import no_such_module", "没有这个模块（__init__.py:1，ModuleNotFoundError: No module named 'no_such_module'）"),
        ("import sys\nsys.exit(3)", "SystemExit: 3"),
        ("raise RuntimeError('half way')", "代码出错（__init__.py:1，RuntimeError: half way）"),
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


HEAD = "from ipweek.plugin import *\n\nplugin = Plugin()\n\n\n"


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("return None", "应当返回 {row.id: {字段: 值}}，实际返回了 NoneType"),
        ("return {True: {'street': '甲'}}", "没有交给它的行，全部没有采用"),
        ("return {'1': {'street': '甲'}}", "没有交给它的行，全部没有采用"),
        ("return {9: {'street': '甲'}}", "没有交给它的行，全部没有采用"),
        ("return {1: {'street': '甲', 'venue': '甲'}}", "不属于本插件的内容（venue），全部没有采用"),
        ("return {1: {'other.street': '甲'}}", "不属于本插件的内容（other.street），全部没有采用"),
        ("return {1: {'street': {'a': 1}}}", "应当是文字的地方不是文字"),
        ("return {1: {5: '甲'}}", "字典的键须是文字，现在是 5"),
        ("return {rows[0]: {'street': '甲'}}", "现在有 Row"),
    ],
)
def test_a_job_that_goes_wrong_proposes_nothing(tmp_path: Path, body: str, said: str) -> None:
    folder = write(tmp_path, code=f'{HEAD}@plugin.job("j", title="作业")\ndef j(rows):\n    {body}\n')

    with pytest.raises(PluginFailed) as failed:
        answers.proposals(call(folder, {"do": "job", "name": "j", "rows": ROWS}), {1, 2}, {"street"})

    assert said in failed.value.said


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("return ['一句话']", "应当返回一句话或 None，实际返回了 list"),
        ("return True", "应当返回一句话或 None，实际返回了 bool"),
        ("raise KeyError('x')", "没有这一项（__init__.py:8，KeyError: 'x'）"),
        ("return '长' * 10 ** 6", "超过 2 MB"),
    ],
)
def test_a_check_that_goes_wrong_is_one_sentence(tmp_path: Path, body: str, said: str) -> None:
    folder = write(tmp_path, code=f'{HEAD}@plugin.check("venue")\ndef c(row):\n    {body}\n')

    with pytest.raises(PluginFailed) as failed:
        call(folder, {"do": "check", "rows": ROWS, "keys": None})

    assert said in failed.value.said


def test_a_warning_about_no_column_or_of_no_words_is_left_out() -> None:
    said = [
        [1, "venue", "\u200b \n"],
        [1, "other", "甲"],
        [True, "venue", "甲"],
        [[1], "venue", "甲"],
        [1, ["venue"], "甲"],
        [2, "venue", "甲"],
    ]

    assert [(one.row_id, one.message) for one in answers.warnings(said, {1, 2}, {"venue"})] == [(2, "甲")]
