"""``ipweek init``, ``run`` and ``doctor`` as an administrator meets them: in processes of their own."""

import os
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
import zipfile
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import text

from ipweek.extensions import db
from ipweek.headers import ALWAYS
from ipweek.maintenance import instance
from ipweek.transaction import transaction
from tests.browser import ROOT

posix = pytest.mark.skipif(sys.platform == "win32", reason="rights are kept elsewhere on Windows")


def run(site, *words, **environ):
    environ = {**os.environ, "IPWEEK_INSTANCE": str(site), "PYTHONPATH": str(ROOT), **environ}
    command = [sys.executable, "-W", "ignore", "-m", "ipweek", *words]
    return subprocess.run(command, env=environ, capture_output=True, text=True, encoding="utf-8", timeout=60, check=False)


@pytest.fixture
def ipweek(tmp_path):
    """Run the command over a site that is not there yet."""
    return partial(run, tmp_path / "site")


@pytest.fixture(scope="session")
def new_made_site(tmp_path_factory):
    """What ``ipweek init`` made, to be copied."""
    folder = tmp_path_factory.mktemp("init") / "site"
    done = run(folder, "init")
    assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture
def made(new_made_site, tmp_path, ipweek):
    """The command over a site just made by ``ipweek init``."""
    shutil.copytree(new_made_site, tmp_path / "site")
    return ipweek


def refused(done, says):
    """One line on stderr, exit code 2, and no trace of the program's inside."""
    return done.returncode == 2 and says in done.stderr and len(done.stderr.strip().splitlines()) == 1


def get(url):
    try:
        with urllib.request.urlopen(url, timeout=10) as answer:
            return answer.status, answer.read().decode(), answer.headers
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode(), error.headers


def test_init_makes_a_site_with_one_administrator_whose_password_is_shown_once(ipweek, tmp_path):
    first = ipweek("init", "--username", "zhangsan", "--name", "张三")
    second = ipweek("init", "--username", "lisi", "--name", "李四")

    assert (first.returncode, second.returncode) == (0, 0)
    password = re.search(r"初始密码：(\S+?)（", first.stdout).group(1)
    assert "zhangsan" in first.stdout
    assert "初始密码：" not in second.stdout
    everything = b"".join(path.read_bytes() for path in (tmp_path / "site").rglob("*") if path.is_file())
    assert password.encode() not in everything


@posix
def test_what_init_makes_is_for_its_own_user_alone(made, tmp_path):
    made = [tmp_path / "site", *(tmp_path / "site").rglob("*")]
    assert len(made) > 3
    assert [path for path in made if path.stat().st_mode & 0o077] == []


def test_without_a_site_there_is_nothing_to_run(ipweek):
    assert refused(ipweek("run"), "ipweek init")


def test_a_wrong_setting_stops_the_start(made):
    assert refused(made("run", IPWEEK_PROT="1"), "IPWEEK_PROT")


def test_a_weak_secret_stops_the_start(made, tmp_path):
    (tmp_path / "site" / "secret").write_text("password", "ascii")

    assert refused(made("run"), "太短")


def test_debug_stops_the_start(made):
    assert refused(made("run", FLASK_DEBUG="1"), "调试模式")


@posix
@pytest.mark.parametrize("name, mode", [("secret", 0o640), ("ipweek.sqlite", 0o644)])
def test_a_file_that_others_may_read_stops_the_start(made, tmp_path, name, mode):
    (tmp_path / "site" / name).chmod(mode)

    assert refused(made("run"), f"{name} 可以被本机其他用户读取")


@pytest.mark.parametrize("command", ["run", "init"])
def test_a_database_that_does_not_answer_stops_the_start(made, command):
    done = made(command, IPWEEK_DATABASE="postgresql+psycopg://ipweek:geheim@127.0.0.1:1/ipweek")

    assert refused(done, "数据库打不开")
    assert "geheim" not in done.stderr + done.stdout


def test_a_database_of_a_newer_program_stops_the_start(made, tmp_path):
    database = sqlite3.connect(tmp_path / "site" / "ipweek.sqlite")
    database.execute("UPDATE alembic_version SET version_num = '9999'")
    database.commit()
    database.close()

    assert refused(made("run"), "更新版本")
    assert refused(made("init"), "更新版本")
    doctor = made("doctor")
    assert doctor.returncode == 1
    assert "[错误] 数据库已由更新版本" in doctor.stdout


def test_doctor_finds_nothing_wrong_with_a_new_site(made):
    done = made("doctor")

    assert done.returncode == 0, done.stdout + done.stderr
    assert "[错误]" not in done.stdout
    for word in ("SQLite", "foreign_keys=1", "磁盘", "上海时间"):
        assert word in done.stdout


@pytest.mark.skipif(sys.platform == "win32", reason="links want a right of their own there")
def test_doctor_names_a_linked_plugin_since_no_backup_follows_it(made, tmp_path):
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "plugin.toml").write_text("", "utf-8")
    (tmp_path / "site" / "plugins").mkdir(exist_ok=True)
    (tmp_path / "site" / "plugins" / "minhang_extra").symlink_to(tmp_path / "elsewhere")

    assert "[注意] 插件目录里的 minhang_extra 是链接，不在备份里" in made("doctor").stdout
    assert made("backup", tmp_path / "site.zip").returncode == 0
    with zipfile.ZipFile(tmp_path / "site.zip") as archive:
        assert [name for name in archive.namelist() if "plugin.toml" in name] == []


def test_doctor_says_when_there_is_no_site(ipweek):
    done = ipweek("doctor")

    assert done.returncode == 1
    assert done.stdout.startswith("[错误]")
    assert "ipweek init" in done.stdout


def test_a_server_tells_that_it_is_there_and_ready_and_nothing_else(live):
    assert get(f"{live.url}/healthz")[:2] == (200, "ok\n")
    assert get(f"{live.url}/readyz")[:2] == (200, "ok\n")
    assert "Server" not in get(f"{live.url}/healthz")[2]


def test_a_database_that_is_not_ours_any_more_is_not_ready(live):
    with transaction():
        db.session.execute(text("UPDATE alembic_version SET version_num = '9999'"))

    assert get(f"{live.url}/readyz")[:2] == (503, "not ready\n")
    assert get(f"{live.url}/healthz")[:2] == (200, "ok\n")


@pytest.mark.sqlite
def test_a_second_server_on_one_sqlite_site_is_refused(live, ipweek, site):
    done = ipweek("run", "--port", "0", IPWEEK_INSTANCE=str(site.instance))

    assert refused(done, f"进程号 {live.process.pid}")


def test_a_killed_server_leaves_no_lock_behind(live, serve):
    live.stop(signal.SIGKILL)

    again = serve(live.settings)

    assert get(f"{again.url}/readyz")[0] == 200


def test_a_port_that_is_taken_is_said(made):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        done = made("run", "--port", str(taken.getsockname()[1]))

    assert refused(done, "--port")


def test_a_stopped_server_ends_well(live):
    assert live.stop() == 0
    assert "服务已停止" in "".join(live.said)


SLOW = """
import sys, time
from pathlib import Path
from ipweek.config import Settings
from ipweek.maintenance import server

def app(environ, start_response):
    if environ["PATH_INFO"] == "/slow":
        print("started", flush=True)
    while environ["PATH_INFO"] == "/slow" and not Path(sys.argv[1]).exists():
        time.sleep(0.01)
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", "5")])
    return [b"saved"]

server.serve(app, Settings(Path("."), port=0), ready=lambda address: print(address, flush=True))
"""


def test_a_stop_lets_a_running_request_finish_and_sends_new_ones_away(tmp_path):
    go_on = tmp_path / "go-on"
    told = []
    environ = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen([sys.executable, "-c", SLOW, go_on], env=environ, stdout=subprocess.PIPE, text=True) as process:
        url = process.stdout.readline().strip()
        running = threading.Thread(target=lambda: told.append(get(f"{url}/slow")))
        running.start()
        assert process.stdout.readline() == "started\n"

        process.terminate()
        new = wait_for(lambda: get(url), lambda answer: answer[0] == 503)
        go_on.touch()
        running.join()

    assert "请稍候再试" in new[1]
    assert new[2]["Retry-After"] == "10"
    assert {name: new[2][name] for name in ALWAYS} == ALWAYS
    assert told[0][:2] == (200, "saved")
    assert process.returncode == 0


def wait_for(ask, good):
    """The first good answer; fails by the test's own time limit."""
    while not good(answer := ask()):
        time.sleep(0.01)
    return answer


def test_a_stop_while_an_upload_is_under_way_is_over_within_ten_seconds(live):
    host, port = live.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port))) as half:
        half.sendall(b"POST /login HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\nhalf")
        began = time.monotonic()

        assert live.stop() == 0

    assert time.monotonic() - began < 10


def test_many_half_open_connections_lock_nobody_out(live):
    host, port = live.url.removeprefix("http://").split(":")
    held = [socket.create_connection((host, int(port))) for _ in range(300)]
    for one in held:
        one.sendall(b"GET / HTTP/1.1\r\n")

    status, *_ = get(f"{live.url}/healthz")

    for one in held:
        one.close()
    assert status == 200


def test_a_body_beyond_all_measure_is_refused_before_it_is_read(live):
    host, port = live.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=10) as sent:
        sent.sendall(b"POST /login HTTP/1.1\r\nHost: x\r\nContent-Length: 500000000\r\n\r\n")

        answer = sent.makefile("rb").read()

    assert answer.startswith(b"HTTP/1.1 413")
    assert all(answer.count(f"\r\n{name}: {value}\r\n".encode()) == 1 for name, value in {**ALWAYS, "Cache-Control": "no-store"}.items())
    assert "不超过 5 MB".encode() in answer


def test_a_folder_on_a_network_share_is_known_by_its_mount(tmp_path):
    mounts = tmp_path / "mounts"
    mounts.write_text("/dev/sda1 / ext4 rw 0 0\nserver:/x /srv/share nfs4 rw 0 0\n/dev/sdb /srv/share/local ext4 rw 0 0\n", "utf-8")

    assert instance.is_on_network(Path("/srv/share/ipweek"), mounts)
    assert not instance.is_on_network(Path("/srv/share/local/ipweek"), mounts)
    assert not instance.is_on_network(Path("/srv/other"), mounts)


def test_the_command_is_installed_and_lists_its_commands():
    done = subprocess.run([Path(sys.executable).with_name("ipweek"), "--help"], capture_output=True, text=True, check=True)

    assert {"init", "run", "doctor"} <= set(re.findall(r"^  (\w+)", done.stdout, re.MULTILINE))
