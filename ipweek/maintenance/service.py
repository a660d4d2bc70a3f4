"""The database's schema: is it the code's, and bringing it there. Needs an application context."""

from __future__ import annotations

import logging
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import inspect, text
from sqlalchemy.exc import DatabaseError

from ipweek import clock, database
from ipweek.errors import Refused
from ipweek.extensions import db

if TYPE_CHECKING:  # alembic takes a tenth of a server's start, and only a change of the schema needs it
    from alembic.config import Config

FOLDER = Path(__file__).parent.parent / "migrations"


class WrongSchema(Refused):
    """The database does not fit this program; the sentence says what to do."""

    status = 503


def upgrade(to: str = "head", *, backups: Path | None = None) -> bool:
    """Bring the database to the schema of this program; whether there was anything to do.

    A SQLite database that already holds something is copied into *backups* first. Each migration is one
    transaction; one that fails is undone and raises what it raised. A database newer than the program is WrongSchema.
    """
    found = current()
    if found is not None:
        refuse_newer(found)
    if found == (head() if to == "head" else to):
        return False
    if found is not None and backups is not None and db.engine.dialect.name == "sqlite":
        keep_copy(backups / f"before-upgrade-{found}-{clock.now():%Y%m%dT%H%M%S}.sqlite")
    from alembic import command  # noqa: PLC0415 -- see above

    quiet = logging.getLogger("alembic")
    quiet.setLevel(logging.WARNING)
    command.upgrade(_alembic(), to)
    return True


def downgrade(to: str) -> None:
    """Back to an older schema. What only the newer one could hold is lost."""
    from alembic import command  # noqa: PLC0415 -- see above

    command.downgrade(_alembic(), to)


def head() -> str:
    """The schema of this program."""
    return known()[-1]


def known() -> list[str]:
    """The schemas that there were, oldest first: the numbers that the files of the migrations begin with."""
    return sorted(path.name.partition("_")[0] for path in (FOLDER / "versions").glob("[0-9]*_*.py"))


def current() -> str | None:
    """The schema of the database, or None for an empty one. WrongSchema when it is damaged or can't be reached."""
    try:
        with db.engine.connect() as connection:
            if not inspect(connection).has_table("alembic_version"):
                return None
            found: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
            return found
    except DatabaseError as error:
        said = str(error.orig)
        if "not a database" in said or "malformed" in said:
            raise WrongSchema(f"{db.engine.url.database} 已损坏或不是数据库文件，没有改动它。请从备份恢复。") from error
        look = "磁盘空间和站点目录的权限" if db.engine.dialect.name == "sqlite" else "settings.toml 里的 database 和数据库服务"
        raise WrongSchema(f"数据库打不开（{said.splitlines()[0]}），请核对{look}。") from error


def refuse_newer(found: str) -> None:
    """Refuse a database that a newer program has upgraded: its columns mean things we don't know."""
    if found not in known():
        message = f"数据库已由更新版本的程序升级（{found}），本程序只认识到 {head()}，请改用新版程序，或从升级前的备份恢复。"
        raise WrongSchema(message)


def require_current() -> None:
    """Refuse to serve a database that is not at the schema of this program."""
    found = current()
    if found is None:
        message = "数据库还是空的，请先运行 ipweek init。"
        raise WrongSchema(message)
    refuse_newer(found)
    if found != head():
        message = f"数据库还是旧版本（{found}），请先停止服务并运行 ipweek init：它会先留一份备份，再升级到 {head()}。"
        raise WrongSchema(message)


def keep_copy(to: Path) -> None:
    """Write a whole copy of the SQLite database to *to*, also while others write: never by copying the file."""
    to.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    source = db.engine.raw_connection()
    try:
        with closing(database.sqlite_module().connect(to)) as target:
            driver = source.driver_connection
            assert driver is not None  # noqa: S101 -- just taken from the pool
            driver.backup(target)
        to.chmod(0o600)
    finally:
        source.close()


def _alembic() -> Config:
    from alembic.config import Config  # noqa: PLC0415 -- see above

    config = Config()
    config.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    return config
