"""The units that a new site starts with: ``units.toml``, in official order."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path

from ipweek.accounts.schema import Level


@dataclass(frozen=True)
class Listed:
    """One unit of the list. ``aliases`` are other ways to write its name, met in mails and files."""

    slug: str
    name: str
    short: str
    level: Level
    code: str = ""
    aliases: tuple[str, ...] = ()


def read() -> list[Listed]:
    """All units of the list; the office stands first."""
    written = tomllib.loads((Path(__file__).parent / "units.toml").read_text("utf-8"))
    return [Listed(**{**unit, "aliases": tuple(unit.get("aliases", ()))}) for unit in written["unit"]]
