"""What a plugin has no business doing is refused in plain words: files, network, programs, other processes, the fence itself."""

from __future__ import annotations

from pathlib import Path

import pytest

from ipweek.plugins.call import PluginFailed, call
from ipweek.plugins.check import ALLOWED

from .made import report, write
from .test_broken import ask, failure


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
        ("open(f'/proc/{__import__(\"os\").getppid()}/environ')", "插件只能读自己目录里的文件"),
        ("import io\nio.open_code('/etc/passwd')", "插件只能读自己目录里的文件"),
        ("import _io\n_io.FileIO('/etc/passwd')", "插件只能读自己目录里的文件"),
        ("from pathlib import Path\nPath('/etc/passwd').read_text()", "插件只能读自己目录里的文件"),
        ("import os\nos.open('/etc/passwd', 0)", "插件只能读自己目录里的文件"),
        ("open('link.csv')", "插件只能读自己目录里的文件"),
        ("import runpy\nrunpy.run_path('/etc/passwd')", "插件只能读自己目录里的文件"),
        ("import os\nwhile True: os.fork()", "插件不能启动程序"),
        ("import os\nos.posix_spawn('/bin/true', ['true'], {})", "插件不能启动程序"),
        ("import _posixsubprocess", "插件不能启动程序"),
        ("import pickle\npickle.loads(b'cposix\\nsystem\\n(S\"true\"\\ntR.')", "插件不能启动程序"),
        ("import os\nos.killpg(os.getppid(), 0)", "插件不能干预其他程序"),
        ("import os, signal\nsignal.pidfd_send_signal(os.pidfd_open(os.getppid()), 0)", "插件不能干预其他程序"),
        ("import signal\nsignal.pidfd_send_signal(3, 0)", "插件不能干预其他程序"),
        ("import os\nos.setpriority(os.PRIO_PROCESS, os.getppid(), 19)", "插件不能干预其他程序"),
        ("import posix\nposix.sched_setaffinity(posix.getppid(), {0})", "插件不能干预其他程序"),
        ("import resource\nresource.setrlimit(resource.RLIMIT_NOFILE, (9, 9))", "插件不能改动限制"),
        ("import os\nos.mkfifo('pipe')", "插件不能新建文件"),
        ("import os\nos.mknod('node')", "插件不能新建文件"),
        ("import os\nos.symlink('/etc/passwd', 'x')", "插件不能新建文件"),
        ("import logging\nlogging.basicConfig(filename='x.log')", "插件不能写文件"),
        ("import py_compile\npy_compile.compile(__file__)", "插件不能新建文件"),
        ("import _posixshmem\n_posixshmem.shm_open('/x', 66, mode=0o600)", "插件不能新建文件"),
        ("import time\ntime.clock_settime(0, time.time())", "插件不能改动系统的时间"),
        ("import os\nos.chroot('/')", "插件不能离开自己的目录"),
        ("import pwd\npwd.getpwall()", "插件不能查看系统的用户"),
        ("import _socket\n_socket.socket()", "插件不能联网"),
        ("import gc\n[one for one in gc.get_objects() if getattr(one, '__name__', '') == 'watch']", "插件不能查看系统的内部"),
        (
            "import __main__\nfor each in vars(__main__).values():\n    if type(each) is dict: each.clear()\nimport _ctypes",
            "插件不能加载动态库",
        ),
        (
            """try: open('/etc/passwd')
except OSError as error: last = error.__traceback__
while last.tb_next: last = last.tb_next
last.tb_frame.f_globals['REFUSED'].clear()
import os
os.system('true')""",
            "插件不能启动程序",
        ),
        ("import importlib.util, sys\nsys.path.append('..')\nimport other", "没有这个模块"),
    ],
)
def test_the_fence_refuses_in_plain_words(tmp_path: Path, body: str, words: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_KEY", "top secret")
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "secret.txt").write_text("top secret")
    (tmp_path / "mh").mkdir()
    (tmp_path / "mh" / "link.csv").symlink_to(tmp_path / "other" / "secret.txt")

    failed = failure(tmp_path, body)

    assert words in failed.said
    assert "top secret" not in failed.said + failed.log
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["__init__.py", "link.csv", "mh", "other", "plugin.toml", "secret.txt"]


def test_what_may_be_imported_can_be_imported(tmp_path: Path) -> None:
    body = "".join(f"import {name}\n" for name in sorted(ALLOWED - {"__future__"})) + "return Report(Note('好'))"

    assert ask(write(tmp_path, code=report(body))) == [{"block": "note", "text": "好"}]


@pytest.mark.parametrize(
    "body",
    [
        "import sys\nsys.stdout = sys.stderr = None",
        "import sys\nsys.stdout.close()",
        "import sys\nsys.stdout.buffer.write(b'\\xff\\xfe')\nsys.stderr.buffer.write(b'\\xff\\x00')",
        "import sys\nfor _ in range(2000): sys.stderr.write('x' * 9999)",
        "import os\nos.close(0), os.close(1), os.close(2)",
        "import atexit, time\natexit.register(time.sleep, 99)",
        "class Late:\n    def __del__(self): raise RuntimeError\nlate = Late()\nlate.me = late",
        "rows[0]._values.clear()\nrows.clear()\nsettings.clear()",
        "import signal\nfor number in range(1, 32):\n    try: signal.signal(number, signal.SIG_IGN)\n    except (OSError, ValueError): pass",
    ],
)
def test_what_a_plugin_does_to_its_own_process_spoils_no_answer(tmp_path: Path, body: str) -> None:
    assert ask(write(tmp_path, code=report(body + "\nreturn Report(Note('好'))"))) == [{"block": "note", "text": "好"}]


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("import sys\nsys.setrecursionlimit(10 ** 9)\nx = []\nfor _ in range(10 ** 6): x = [x]\nrepr(x)", "信号 11"),
        ("import signal\nsignal.alarm(1)\nwhile True: pass", "信号 14"),
        ("import os\nos.closerange(0, 64)\nreturn Report()", "没有给出答复"),
        ("import os\nfor fd in range(3, 9):\n    try: os.write(fd, b'{[')\n    except OSError: pass\nreturn Report()", "没有给出答复"),
        ("class Mute(Exception):\n    def __str__(self): raise RuntimeError\nraise Mute", "代码出错（__init__.py:10，Mute）"),
        ("raise ValueError('\\ud800\\x00<b>')", "值不对（__init__.py:8，ValueError: <b>）"),
        ("raise ValueError('缺少街镇名单')", "缺少街镇名单（__init__.py:8）"),
        ("import threading\nfor _ in range(50): threading.Thread(target=lambda: [0 for _ in iter(int, 1)]).start()", "代码出错"),
        ("import mmap\nmmap.mmap(-1, 3 << 30)", "Cannot allocate memory"),
        (
            "class Endless(list):\n    def __iter__(self):\n        while True: yield 1\nx = Note('')\nx.data = Endless()\nreturn Report(x)",
            "内存超过",
        ),
        ("return Report(*[Table(['x'] * 60, [[1] * 60] * 900)] * 2)", "各张表共 108120 格，最多 60000 格"),
        ("return Report(*[Note('x' * 100_000)] * 30)", "超过 2 MB"),
        ("class Own(Report):\n    def to_json(self): return 'no'\nreturn Own()", "无法识别"),
        ("yield 1", "实际返回了 generator"),
        ("breakpoint()", "BdbQuit"),
        ("input()", "没有可以读的输入"),
    ],
)
def test_stranger_ends_are_one_sentence_too(tmp_path: Path, body: str, said: str) -> None:
    failed = failure(tmp_path, body, deadline=9)

    assert said in failed.said
    assert failed.said.isprintable()
    assert failed.log.encode("utf-8").count(0) == 0


def test_a_folder_that_goes_during_a_call_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(PluginFailed, match="插件的进程没有启动"):
        call(tmp_path / "gone", {"do": "describe"})


def test_a_short_line_of_a_table_is_filled_up(tmp_path: Path) -> None:
    (table,) = ask(write(tmp_path, code=report("return Report(Table(['甲'], [[1, 2], []]))")))

    assert (table["headers"], table["rows"]) == (["甲", ""], [[1, 2], ["", ""]])
