"""The real command: what it says to a slip of the fingers, and that its list costs nothing."""

import os
import re
import shutil
import socket
import subprocess
import sys

import pytest

from ipweek import cli
from tests.browser import ROOT


def run(site, *words):
    environ = {**os.environ, "IPWEEK_INSTANCE": str(site), "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-W", "ignore", "-m", "ipweek", *words]
    return subprocess.run(command, env=environ, capture_output=True, text=True, encoding="utf-8", timeout=60, check=False)


@pytest.mark.parametrize(
    "words, says",
    [
        (["read", "notice"], "缺少 FILE，用法：ipweek read notice --help"),
        (["merge"], "缺少 -o/--output，用法：ipweek merge --help"),
        (["merge", "-o"], "选项 -o 后面的值不对，可能缺少或多写了"),
        (["merge", "--outptu"], "没有 --outptu 这个选项，是否想写 --output，用法：ipweek merge --help"),
        (["nope"], "没有 nope 这个命令，用法：ipweek --help"),
        (["read", "time", "a", "b"], "多了参数 a b，用法：ipweek read time --help"),
        (["run", "--port", "x"], "--port 应为 0 到 65535 的整数，用法：ipweek run --help"),
        (["run", "--port", "70000"], "--port 应为 0 到 65535 的整数，用法：ipweek run --help"),
        (["notice", "import", "不在.docx"], "找不到或打不开 不在.docx，请检查路径和权限，用法：ipweek notice import --help"),
    ],
)
def test_a_slip_is_answered_with_one_chinese_line(tmp_path, words, says):
    done = run(tmp_path, *words)

    assert (done.returncode, done.stdout, done.stderr) == (2, "", f"{says}\n")


def test_the_list_imports_no_command(tmp_path):
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "ipweek", "--help"],
        env={**os.environ, "IPWEEK_INSTANCE": str(tmp_path), "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=60,
        check=True,
    )

    loaded = re.findall(r"\| +(\S+)$", done.stderr, re.MULTILINE)
    assert "ipweek.cli" in loaded
    assert not [name for name in loaded if "commands" in name or name in {"flask", "sqlalchemy"}]
    assert done.stdout.startswith("用法：ipweek [选项] 命令 [参数]…\n")
    assert "显示这份说明。" in done.stdout
    assert not re.search("Usage|Options|Commands|Show ", done.stdout)


@pytest.mark.parametrize("group", [cli.ipweek, cli.read], ids=["ipweek", "read"])
def test_each_listed_command_is_there_and_told_in_chinese(group):
    for name, (_, line) in group.listed.items():
        assert group.get_command(None, name) is not None
        assert re.search(r"[\u4e00-\u9fff].*。$", line)


def test_the_version_is_no_mistake(tmp_path):
    done = run(tmp_path, "--version")

    assert (done.returncode, done.stderr) == (0, "")
    assert "ipweek" in done.stdout


def test_a_group_alone_shows_what_may_follow(tmp_path):
    done = run(tmp_path, "user")

    assert done.returncode == 2
    assert "用法：ipweek user" in done.stderr


def test_a_taken_port_is_told_in_chinese(tmp_path):
    assert run(tmp_path, "init").returncode == 0
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]

        done = run(tmp_path, "run", "--port", str(port))

    assert done.returncode == 2
    last = done.stderr.strip().splitlines()[-1]
    assert last == f"不能在 127.0.0.1:{port} 上提供服务：端口已被占用，请换一个端口，例如 --port 8001，或先停止占用它的程序。"


@pytest.mark.parametrize("words", [["plugin", "list"], ["unit", "list"], ["remind"]])
def test_a_database_of_another_version_is_told_in_one_chinese_line(new_site, tmp_path, words):
    site = new_site(tmp_path / "instance", empty=True)

    done = run(site.instance, *words)

    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "数据库与本程序的版本不符，或还没有建立。请先停止服务并运行 ipweek init：升级前会先留一份备份。\n"


def test_what_else_goes_wrong_with_a_database_is_not_hushed_up():
    class OperationalError(Exception):
        pass

    lacking = "数据库与本程序的版本不符"
    assert lacking in cli.database_says(OperationalError("(pysqlite3) no such column: plugin_state.told_on\n[SQL: …]"))
    assert lacking in cli.database_says(OperationalError('(psycopg.errors) relation "plugin_state" does not exist'))
    assert cli.database_says(OperationalError("database or disk is full")) == (
        "数据库打不开或不能写入（database or disk is full），没有做完。请运行 ipweek doctor 查看原因。"
    )
    assert cli.database_says(ValueError("no such table: x")) is None


def test_a_host_that_nobody_knows_is_told_in_chinese(tmp_path):
    assert run(tmp_path, "init").returncode == 0

    done = run(tmp_path, "run", "--host", "nosuch.invalid", "--port", "0")

    assert (done.returncode, done.stderr) == (
        2,
        "不能在 nosuch.invalid:0 上提供服务：本机没有这个地址，请改用 --host 127.0.0.1 或本机的地址。\n",
    )


def test_a_wrong_name_says_what_is_wrong_and_a_second_start_that_nobody_was_added(tmp_path):
    unnamed = run(tmp_path, "init", "--name", "")
    made = run(tmp_path, "init", "--username", "zhangsan", "--name", "张三")
    again = run(tmp_path, "init", "--username", "lisi", "--name", "李四")

    assert (unnamed.returncode, unnamed.stderr) == (2, "请填写姓名，最多 80 字\n")
    assert "系统管理员：zhangsan" in made.stdout
    assert "已有的账号不变" in again.stdout
    assert "lisi" not in again.stdout + run(tmp_path, "user", "list").stdout


@pytest.mark.parametrize("words", [["init"], ["restore", "backup.zip"], ["run"], ["user", "list"], ["doctor"]])
def test_a_folder_that_may_not_be_written_is_one_line_and_no_trace(tmp_path, words):
    whole = tmp_path / "whole"
    assert run(whole, "init").returncode == 0
    assert run(whole, "backup", str(tmp_path / "backup.zip")).returncode == 0
    site = tmp_path / "file"
    if words[0] in {"init", "restore"}:
        site.write_text("a file where the folder should be", "utf-8")
    else:
        whole.rename(site)
        shutil.rmtree(site / "log")
        (site / "log").write_text("a file where the folder of logs should be", "utf-8")

    done = run(site, *[str(tmp_path / word) if word.endswith(".zip") else word for word in words])

    said = (done.stdout + done.stderr).splitlines()
    assert done.returncode == (1 if words == ["doctor"] else 2)
    assert len(said) == 1
    assert re.search("不能读写 .*file.*请检查路径、权限和磁盘空间", said[0])


def test_a_damaged_database_is_one_line_and_no_trace(tmp_path):
    assert run(tmp_path / "site", "init").returncode == 0
    (tmp_path / "site" / "ipweek.sqlite").write_bytes(b"no database" * 1000)

    done = run(tmp_path / "site", "user", "list")

    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "数据库打不开或不能写入（file is not a database），没有做完。请运行 ipweek doctor 查看原因。\n"
