"""Which SQLite is safe in WAL mode, and where the database lies."""

import socket
from pathlib import Path

import pytest
from sqlalchemy import create_engine
from sqlalchemy.exc import OperationalError

from ipweek import database
from ipweek.config import WrongSetting
from ipweek.statements import Pooled


@pytest.mark.parametrize(
    "version, safe",
    [
        ((3, 40, 1), False),
        ((3, 44, 5), False),
        ((3, 44, 6), True),
        ((3, 50, 6), False),
        ((3, 50, 7), True),
        ((3, 51, 2), False),
        ((3, 51, 3), True),
        ((3, 53, 4), True),
        ((4, 0, 0), True),
    ],
)
def test_the_wal_reset_bug_is_known_by_version(version, safe):
    assert database.is_wal_safe(version) is safe


@pytest.mark.parametrize(
    "url, path",
    [
        ("sqlite:////srv/ipweek/ipweek.sqlite", Path("/srv/ipweek/ipweek.sqlite")),
        ("sqlite://", None),
        ("postgresql+psycopg://ipweek@db/ipweek", None),
    ],
)
def test_only_sqlite_has_a_file(url, path):
    assert database.file_of(url) == path


@pytest.mark.parametrize(
    "url, says",
    [
        ("nonsense", "不是数据库地址"),
        ("nosuch://ipweek:geheim@db/ipweek", "不是数据库地址"),
        ("mysql://ipweek:geheim@db/ipweek", "驱动没有安装"),
    ],
)
def test_an_address_that_leads_nowhere_is_said_without_its_password(url, says):
    with pytest.raises(WrongSetting, match=says) as stopped:
        database.engine_options(url)

    assert "geheim" not in str(stopped.value)


@pytest.mark.timeout(60)
@pytest.mark.parametrize("said", ["", "?connect_timeout=2"])
def test_a_server_that_takes_the_call_and_says_nothing_is_given_up_soon(monkeypatch, said):
    monkeypatch.setattr(database, "CONNECTS_WITHIN", 600 if said else 2)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"postgresql+psycopg://ipweek:geheim@127.0.0.1:{silent.getsockname()[1]}/ipweek{said}"
        engine = create_engine(url, **database.engine_options(url))

        with pytest.raises(OperationalError, match="timeout"):
            Pooled(engine)
