"""``ipweek init``, ``run`` and ``doctor`` as an administrator meets them: in processes of their own."""

import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from ipweek.maintenance import instance, server
from tests.browser import ROOT

posix = pytest.mark.skipif(sys.platform == "win32", reason="rights are kept elsewhere on Windows")


@pytest.fixture
def ipweek(tmp_path):
    """Run the command over a site that is not there yet."""

    def run(*words, **environ):
        environ = {**os.environ, "IPWEEK_INSTANCE": str(tmp_path / "site"), "PYTHONPATH": str(ROOT), **environ}
        command = [sys.executable, "-W", "ignore", "-m", "ipweek", *words]
        return subprocess.run(command, env=environ, capture_output=True, text=True, encoding="utf-8", timeout=60, check=False)

    return run


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
    assert "密码" not in second.stdout
    everything = b"".join(path.read_bytes() for path in (tmp_path / "site").rglob("*") if path.is_file())
    assert password.encode() not in everything


@posix
def test_what_init_makes_is_for_its_own_user_alone(ipweek, tmp_path):
    ipweek("init")

    made = [tmp_path / "site", *(tmp_path / "site").rglob("*")]
    assert len(made) > 3
    assert [path for path in made if path.stat().st_mode & 0o077] == []


def test_without_a_site_there_is_nothing_to_run(ipweek):
    assert refused(ipweek("run"), "ipweek init")


def test_a_wrong_setting_stops_the_start(ipweek):
    ipweek("init")

    assert refused(ipweek("run", IPWEEK_PROT="1"), "IPWEEK_PROT")


def test_a_weak_secret_stops_the_start(ipweek, tmp_path):
    ipweek("init")
    (tmp_path / "site" / "secret").write_text("password", "ascii")

    assert refused(ipweek("run"), "太短")


def test_debug_stops_the_start(ipweek):
    ipweek("init")

    assert refused(ipweek("run", FLASK_DEBUG="1"), "调试模式")


@posix
@pytest.mark.parametrize("name", ["secret", "ipweek.sqlite"])
@pytest.mark.parametrize("mode", [0o644, 0o640])
def test_a_file_that_others_may_read_stops_the_start(ipweek, tmp_path, name, mode):
    ipweek("init")
    (tmp_path / "site" / name).chmod(mode)

    assert refused(ipweek("run"), f"{name} 可以被本机其他用户读取")
    assert ipweek("doctor").returncode == 1


def test_a_database_of_a_newer_program_stops_the_start(ipweek, tmp_path):
    ipweek("init")
    database = sqlite3.connect(tmp_path / "site" / "ipweek.sqlite")
    database.execute("UPDATE alembic_version SET version_num = '9999'")
    database.commit()
    database.close()

    assert refused(ipweek("run"), "更新版本")
    assert refused(ipweek("init"), "更新版本")
    doctor = ipweek("doctor")
    assert doctor.returncode == 1
    assert "[错误] 数据库已由更新版本" in doctor.stdout


def test_doctor_finds_nothing_wrong_with_a_new_site(ipweek):
    ipweek("init")

    done = ipweek("doctor")

    assert done.returncode == 0, done.stdout + done.stderr
    assert "[错误]" not in done.stdout
    for word in ("SQLite", "foreign_keys=1", "磁盘", "上海时间"):
        assert word in done.stdout


def test_doctor_says_when_there_is_no_site(ipweek):
    done = ipweek("doctor")

    assert done.returncode == 1
    assert done.stdout.startswith("[错误]")
    assert "ipweek init" in done.stdout


def test_a_server_tells_that_it_is_there_and_ready_and_nothing_else(live):
    assert get(f"{live.url}/healthz")[:2] == (200, "ok\n")
    assert get(f"{live.url}/readyz")[:2] == (200, "ok\n")
    assert "Server" not in get(f"{live.url}/healthz")[2]


@pytest.mark.sqlite
def test_a_database_that_went_away_is_not_ready(live, site):
    database = sqlite3.connect(site.instance / "ipweek.sqlite")
    database.execute("UPDATE alembic_version SET version_num = '9999'")
    database.commit()
    database.close()

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


def test_a_port_that_is_taken_is_said(ipweek):
    ipweek("init")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        done = ipweek("run", "--port", str(taken.getsockname()[1]))

    assert refused(done, "--port")


def test_a_stopped_server_ends_well(live):
    assert live.stop() == 0
    assert "服务已停止" in "".join(live.said)


def test_a_stop_lets_a_running_request_finish_and_sends_new_ones_away():
    started, answered = threading.Event(), threading.Event()
    told = []

    def slow(environ, start_response):
        started.set()
        answered.wait(10)
        start_response("200 OK", [("Content-Type", "text/plain")])
        return [b"saved"]

    stopping = threading.Event()
    app = server.until(stopping, slow)
    worker = threading.Thread(target=lambda: told.append(b"".join(app({}, lambda status, headers: told.append(status)))))
    worker.start()
    started.wait(10)
    stopping.set()
    new = []
    body = b"".join(app({}, lambda status, headers: new.append((status, dict(headers)))))
    answered.set()
    worker.join()

    assert told == ["200 OK", b"saved"]
    ((status, headers),) = new
    assert status.startswith("503")
    assert headers["Retry-After"] == "10"
    assert "请稍候再试" in body.decode()


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

        answer = sent.recv(200)

    assert answer.startswith(b"HTTP/1.1 413")


def test_a_folder_on_a_network_share_is_known_by_its_mount(tmp_path):
    mounts = tmp_path / "mounts"
    mounts.write_text("/dev/sda1 / ext4 rw 0 0\nserver:/x /srv/share nfs4 rw 0 0\n/dev/sdb /srv/share/local ext4 rw 0 0\n", "utf-8")

    assert instance.is_on_network(Path("/srv/share/ipweek"), mounts)
    assert not instance.is_on_network(Path("/srv/share/local/ipweek"), mounts)
    assert not instance.is_on_network(Path("/srv/other"), mounts)


def test_the_command_is_installed_and_lists_its_commands():
    done = subprocess.run([Path(sys.executable).with_name("ipweek"), "--help"], capture_output=True, text=True, check=True)

    assert {"init", "run", "doctor"} <= set(re.findall(r"^  (\w+)", done.stdout, re.MULTILINE))
