"""What a plugin is handed of a row: the texts as typed, what was read out of them, its own fields; phones masked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from ipweek.annexes import cell_text, checks
from ipweek.annexes.readings import scale
from ipweek.notice.schema import Annex
from ipweek.plugins import values as local_values
from ipweek.plugins.schema import Field
from ipweek.private_numbers import mask


def row(
    cells: Mapping[str, str], form: Annex, fields: Sequence[Field], *, week: tuple[date, date] | None, year: int | None
) -> dict[str, Any]:
    """One row as plain data. Of local values only the plugin's own, by short key."""
    handed: dict[str, Any] = {key: mask(text, in_contact=key == "contact") for key, text in cells.items() if "." not in key}
    read = checks.readings_of(form, cells, week)
    online = scale.read(cells["scale"][: cell_text.MAX_LENGTH]).online if cells.get("scale") else None
    handed |= {
        "starts_on": read.starts_on.isoformat() if read.starts_on else "",
        "ends_on": read.ends_on.isoformat() if read.ends_on else "",
        "people_min": "" if read.people_min is None else read.people_min,
        "people_max": "" if read.people_max is None else read.people_max,
        "online": "" if online is None else online,
    }
    return handed | local_values.own(fields, cells, year=year)


def days_of(week: tuple[date, date] | None) -> list[str]:
    """The days of the week, as plugins get them."""
    if week is None:
        return []
    return [(week[0] + timedelta(days=n)).isoformat() for n in range((week[1] - week[0]).days + 1)]
