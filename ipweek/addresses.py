"""What may stand in an address."""

from __future__ import annotations

from typing import Any

from werkzeug.routing import IntegerConverter, Map

from ipweek.row_numbers import LARGEST


class RowNumber(IntegerConverter):
    """A row's number. One that is too large for the database is no address (404)."""

    def __init__(self, url_map: Map, **words: Any) -> None:
        super().__init__(url_map, **{"max": LARGEST, **words})
