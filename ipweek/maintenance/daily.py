"""The backups that a site makes of itself, one a day, in its own folder; and how old the newest is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import structlog

from ipweek import clock
from ipweek.accounts import audit
from ipweek.clock import SHANGHAI
from ipweek.config import Settings
from ipweek.errors import Refused
from ipweek.maintenance import backup

FROM_HOUR = 2
"""The hour of the day, in Shanghai, from which the day's backup is made."""
STALE_AFTER = timedelta(days=2)
_log = structlog.get_logger()


@dataclass(frozen=True)
class Kept:
    """A backup in the site's folder. ``size`` is in bytes."""

    name: str
    at: datetime
    size: int

    @property
    def is_stale(self) -> bool:
        """Whether so much time has passed that a backup should have followed."""
        return clock.now() - self.at > STALE_AFTER


def folder_of(settings: Settings) -> Path:
    return settings.instance / "backups"


def kept(settings: Settings) -> list[Kept]:
    """The site's own backups, the newest first."""
    found = [(path, path.stat()) for path in folder_of(settings).glob("ipweek-*.zip")]
    every = [Kept(path.name, datetime.fromtimestamp(stat.st_mtime, SHANGHAI), stat.st_size) for path, stat in found]
    return sorted(every, key=lambda one: (one.at, one.name), reverse=True)


def make(settings: Settings, *, by: str) -> bool:
    """Make today's backup if it is time and there is none, and let the oldest go; whether one was made.

    Several nodes over one folder make one: the file's name is the day, and it appears whole or not at all.
    """
    now = clock.in_shanghai(clock.now())
    path = folder_of(settings) / f"ipweek-{now:%Y-%m-%d}.zip"
    if not settings.backups_kept or now.hour < FROM_HOUR or path.exists():
        return False
    try:
        path.parent.mkdir(mode=0o700, exist_ok=True)
        made = backup.write(settings, path)
    except (Refused, OSError) as error:  # no room, no pg_dump: the page and the log say so, and the next round tries again
        _log.warning("no daily backup", why=str(error))
        return False
    audit.write("site.backup", by=by, detail=f"{path.name}，{len(made.entries)} 个文件")
    for old in kept(settings)[settings.backups_kept :]:
        (folder_of(settings) / old.name).unlink(missing_ok=True)
    return True
