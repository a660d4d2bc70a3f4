"""A site's folder: how it is made, whether it is safe to serve from, and that only one server does."""

from __future__ import annotations

import os
import secrets
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ipweek.errors import Refused

NETWORK = frozenset({"nfs", "nfs4", "cifs", "smb3", "smbfs", "afs", "fuse.sshfs", "fuse.glusterfs"})
"""File systems whose locks SQLite cannot rely on."""
LOCK = "server.lock"
"""The file that a running server holds."""


class Unfit(Refused):
    """This site can't be served as it is; the sentence says what to mend."""

    status = 503


def keep_private() -> None:
    """What this process writes from now on is readable by its own system user alone."""
    os.umask(0o077)


def make(folder: Path) -> None:
    """Make the folder and its secret where they are missing. What is there stays."""
    keep_private()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    secret = folder / "secret"
    if not secret.exists():
        secret.write_text(secrets.token_urlsafe(48), "ascii")
    if sys.platform != "win32":
        folder.chmod(0o700)
        secret.chmod(0o600)


def open_to_others(paths: list[Path]) -> list[Path]:
    """Those of *paths* that another user of this machine may read. Windows keeps rights elsewhere: none there."""
    if sys.platform == "win32":
        return []
    return [path for path in paths if path.exists() and path.stat().st_mode & 0o077]


def require_private(paths: list[Path]) -> None:
    """Refuse to serve from files that others may read."""
    if found := open_to_others(paths):
        names = " ".join(str(path) for path in found)
        raise Unfit(f"{'、'.join(path.name for path in found)} 可以被本机其他用户读取，请先运行：chmod go= {names}")


def is_on_network(folder: Path, mounts: Path = Path("/proc/self/mounts")) -> bool:
    """Whether *folder* lies on a network share, as far as the system tells."""
    if str(folder).startswith("\\\\"):
        return True
    if not mounts.exists():
        return False
    kinds = {}
    for line in mounts.read_text("utf-8", "replace").splitlines():
        _, where, kind, *_ = line.split(" ")
        kinds[where.replace("\\040", " ")] = kind
    holder = next((str(part) for part in (folder, *folder.parents) if str(part) in kinds), "/")
    return kinds.get(holder) in NETWORK


def require_local(folder: Path) -> None:
    """Refuse a SQLite database on a network share, where two machines could write at once unseen."""
    if is_on_network(folder):
        raise Unfit(f"{folder} 在网络共享上，SQLite 数据库放在那里会损坏。请改用本机磁盘，或改用 PostgreSQL。")


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Hold the site's lock file: a second server on the same SQLite database is refused, and a dead one's lock is void."""
    path = folder / LOCK
    with path.open("a+", encoding="ascii") as file:
        if not _try_lock(file.fileno()):
            file.seek(0)
            number = file.read().strip() or "未知"
            raise Unfit(f"这个站点已经有一个服务在运行（进程号 {number}），请先停止它。SQLite 站点只能由一个服务使用。")
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield
        file.truncate(0)


if sys.platform == "win32":
    import msvcrt

    def _try_lock(number: int) -> bool:
        os.lseek(number, 1 << 20, os.SEEK_SET)  # a byte far behind the text, so that others may read the number
        try:
            msvcrt.locking(number, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True
else:
    import fcntl

    def _try_lock(number: int) -> bool:
        try:
            fcntl.flock(number, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True
