"""Which SQLite is safe in WAL mode, and where the database lies."""

from pathlib import Path

import pytest

from ipweek import database


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
