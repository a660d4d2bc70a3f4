"""One file that holds a whole site, and the way back from it.

The database is copied by its own means (SQLite's backup, ``pg_dump``), never as a file: what was written last lies
beside that, and a copy without it looks whole. Kept files come after the database, so that every one it names is in.
"""

from __future__ import annotations

import hashlib
import json
import secrets
import shutil
import subprocess
import tempfile
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO, Any

from sqlalchemy import inspect, make_url

from ipweek import __version__, clock, database
from ipweek.config import Settings
from ipweek.errors import Invalid
from ipweek.extensions import db
from ipweek.maintenance import instance, service
from ipweek.maintenance.instance import Unfit

LIST = "ipweek-backup.json"
"""The entry that says what is in a backup, from when, and each entry's SHA-256."""
SQLITE = "ipweek.sqlite"
DUMP = "postgresql.dump"
PLAIN = ("secret", "settings.toml", "demo", "demo-accounts.json")
FOLDERS = ("files", "plugins")
_BLOCK = 1 << 20
_UNREADABLE = (OSError, EOFError, KeyError, ValueError, RuntimeError, zipfile.BadZipFile, zlib.error)
"""What a .zip raises that is spoilt, packed in a way we do not know, or locked with a password."""


@dataclass(frozen=True)
class Backup:
    """What a backup says of itself."""

    made_at: str
    """Shanghai time, ISO 8601."""
    version: str
    schema: str
    entries: Mapping[str, str]
    """SHA-256 by name."""


def write(settings: Settings, to: Path) -> Backup:
    """Write the whole site to the file *to*, also while people work on it. Needs an application context.

    The file appears only when it is complete; one that is there already is Invalid.
    """
    if to.exists():
        raise Invalid(f"{to} 已经存在，没有覆盖。请换一个文件名。")
    service.require_current()
    passing = to.with_name(f".{to.name}.{secrets.token_hex(4)}.part")
    try:
        with tempfile.TemporaryDirectory(dir=to.parent, prefix=".ipweek-backup-") as room:
            copied = _copy_database(settings, Path(room))
            made = _pack(passing, {copied.name: copied, **dict(_site(settings.instance))})
        passing.rename(to)
    except OSError as error:
        raise Unfit(f"不能写入 {to}（{error.strerror or error}），没有留下备份。请检查目录、权限和磁盘空间。") from error
    finally:
        passing.unlink(missing_ok=True)
    return made


def look(source: Path) -> Backup:
    """What the backup says of itself, or Invalid for a file that is none."""
    try:
        with zipfile.ZipFile(source) as archive:
            told: dict[str, Any] = json.loads(archive.read(LIST))
            made = Backup(told["made_at"], told["version"], told["schema"], dict(told["entries"]))
    except (*_UNREADABLE, TypeError) as error:
        raise Invalid(f"{source} 不是 ipweek 的备份文件，或者已经损坏，没有恢复任何内容。") from error
    if not all(_is_ours(name) for name in made.entries):
        raise Invalid(f"{source} 里有不属于站点的文件，没有恢复任何内容。")
    return made


def check(source: Path) -> Backup:
    """Unpack and check everything as a restore would, in a place of its own, and change nothing."""
    made = look(source)
    service.refuse_newer(made.schema)
    with tempfile.TemporaryDirectory(prefix="ipweek-drill-") as room:
        _extract(source, made, Path(room) / "site")
    return made


def unpack(source: Path, folder: Path, *, replace: bool = False) -> Backup:
    """Put the site of *source* into *folder*, each entry checked before anything there is touched.

    A folder that holds a site is Unfit, unless *replace* says to put that site aside (into ``before-restore-…`` in the
    same folder); so is a folder that a server is using. The PostgreSQL dump, where there is one, is left beside the rest.
    """
    made = look(source)
    service.refuse_newer(made.schema)
    instance.keep_private()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    there = [path for path in sorted(folder.iterdir()) if not path.name.startswith((".", "before-restore-")) and path.name != "README.md"]
    if there and not replace:
        raise Unfit(
            f"{folder} 里已有站点，没有恢复。请换一个空目录（IPWEEK_INSTANCE），或加 --replace：原站点会移到其中的 before-restore-… 保留。"
        )
    with instance.alone(folder):
        room = folder / f".restore-{secrets.token_hex(4)}"
        try:
            _extract(source, made, room)
            if there:
                aside = folder / f"before-restore-{clock.in_shanghai(clock.now()):%Y%m%dT%H%M%S}"
                aside.mkdir(mode=0o700)
                for path in there:
                    if path.name != instance.LOCK:
                        path.rename(aside / path.name)
            for path in room.iterdir():
                path.rename(folder / path.name)
        finally:
            shutil.rmtree(room, ignore_errors=True)
    return made


def load_dump(settings: Settings, *, replace: bool = False) -> None:
    """Bring the unpacked PostgreSQL dump into the database of *settings*. Unfit where that holds tables, unless *replace*."""
    dump = settings.instance / DUMP
    if not dump.exists():
        return
    if not replace and inspect(db.engine).has_table("alembic_version"):
        raise Unfit("设置里的 PostgreSQL 数据库不是空的，没有恢复。请换一个空库（IPWEEK_DATABASE），或加 --replace 覆盖它。")
    db.engine.dispose()
    _run_tool("pg_restore", settings, "--clean", "--if-exists", "--no-owner", "--single-transaction", "--exit-on-error", str(dump))
    dump.unlink()


# ---- inside --------------------------------------------------------------------------------------------------


def _site(folder: Path) -> Iterator[tuple[str, Path]]:
    """Everything of the site beside its database, by the name it gets."""
    for name in PLAIN:
        if (folder / name).is_file():
            yield name, folder / name
    for top in FOLDERS:
        for path in sorted((folder / top).rglob("*")):
            if path.is_file() and not path.is_symlink() and not path.name.endswith(".part") and "__pycache__" not in path.parts:
                yield path.relative_to(folder).as_posix(), path


def _copy_database(settings: Settings, room: Path) -> Path:
    if database.file_of(settings.database_url) is not None:
        service.keep_copy(room / SQLITE)
        return room / SQLITE
    _run_tool("pg_dump", settings, "--format=custom", f"--file={room / DUMP}")
    return room / DUMP


def _run_tool(name: str, settings: Settings, *words: str) -> None:
    """Run PostgreSQL's own tool on the site's database; the password goes by the environment, where nobody else sees it."""
    tool = shutil.which(name)
    if tool is None:
        raise Unfit(f"备份和恢复 PostgreSQL 需要 {name}，本机没有找到。请安装与数据库同版本的 postgresql-client。")
    url = make_url(settings.database_url)
    address = url.set(drivername="postgresql", password=None).render_as_string()
    environ = {"PATH": str(Path(tool).parent), **({"PGPASSWORD": str(url.password)} if url.password else {})}
    done = subprocess.run([tool, f"--dbname={address}", *words], env=environ, capture_output=True, text=True, check=False)
    if done.returncode:
        said = (done.stderr.strip().splitlines() or [str(done.returncode)])[-1]
        raise Unfit(f"{name} 没有成功：{said}")


def _pack(to: Path, entries: Mapping[str, Path]) -> Backup:
    with zipfile.ZipFile(to, "x", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        to.chmod(0o600)
        digests = {}
        for name, path in entries.items():
            with path.open("rb") as stream, archive.open(name, "w", force_zip64=True) as target:
                digests[name] = _copy(stream, target)
        at = clock.in_shanghai(clock.now()).isoformat(timespec="seconds")
        made = Backup(at, __version__, service.head(), digests)
        archive.writestr(LIST, json.dumps(made.__dict__, ensure_ascii=False, indent=1))
    return made


def _copy(stream: IO[bytes], target: IO[bytes]) -> str:
    """Copy all of *stream*, however large it is; the SHA-256 of what it held."""
    digest = hashlib.sha256()
    while block := stream.read(_BLOCK):
        digest.update(block)
        target.write(block)
    return digest.hexdigest()


def _is_ours(name: str) -> bool:
    """Whether an entry is one that a backup of ours can hold: inside the folder, and of the site."""
    parts = PurePosixPath(name).parts
    is_inside = bool(parts) and ".." not in parts and not name.startswith("/") and "\\" not in name and ":" not in name
    return is_inside and (name in {*PLAIN, SQLITE, DUMP} or (parts[0] in FOLDERS and len(parts) > 1))


def _extract(source: Path, made: Backup, room: Path) -> None:
    """Write each entry into *room*; Invalid where one is not what was packed."""
    room.mkdir(mode=0o700)
    try:
        with zipfile.ZipFile(source) as archive:
            for name, wanted in made.entries.items():
                path = room / name
                path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                with archive.open(name) as stream, path.open("xb") as target:
                    digest = _copy(stream, target)
                path.chmod(0o600)
                if digest != wanted:
                    raise Invalid(f"备份里的 {name} 已经损坏，没有恢复任何内容。请改用另一份备份。")
    except _UNREADABLE as error:
        raise Invalid(f"{source} 已经损坏或读不完整，没有恢复任何内容。请改用另一份备份。") from error
    if (room / SQLITE).exists():
        with closing(database.sqlite_module().connect(room / SQLITE)) as copy:
            if copy.execute("PRAGMA quick_check(1)").fetchone() != ("ok",):
                raise Invalid("备份里的数据库已经损坏，没有恢复任何内容。请改用另一份备份。")
