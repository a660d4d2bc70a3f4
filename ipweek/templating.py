"""What all templates share: where they lie, how dates are said, and the addresses of static files."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

from flask import Flask, current_app, url_for

from ipweek import __version__, assets, clock, wording
from ipweek.annexes.schema import STATUSES

PACKAGE = Path(__file__).parent


def folder() -> Path:
    """``templates/`` of the checkout, or the copy inside an installed wheel."""
    inside = PACKAGE / "templates"
    return inside if inside.exists() else PACKAGE.parent / "templates"


def install(app: Flask) -> None:
    """Bind the filters and globals."""
    app.jinja_options = {"trim_blocks": True, "lstrip_blocks": True}
    app.jinja_env.filters.update(
        day=wording.day,
        plain_day=wording.plain_day,
        moment=wording.moment,
        clock_time=wording.clock_time,
        length_of_time=wording.length,
    )
    app.jinja_env.globals.update(
        asset=asset,
        now=clock.now,
        period=wording.period,
        settings=app.extensions["settings"],
        statuses=STATUSES,
        until=wording.until,
        version=__version__,
    )


def asset(filename: str) -> str:
    """The address of a static file, with a mark of its content, so that it may be cached for ever."""
    return url_for("static", filename=filename, v=_mark(Path(str(current_app.static_folder)) / filename))


@cache
def _mark(path: Path) -> str:
    text = assets.whole(path).encode() if path.suffix in {".js", ".css"} else path.read_bytes()
    return hashlib.sha256(text).hexdigest()[:10]
