"""What may stand in an address: numbers of rows fit the database, so that no address can break a query."""

from __future__ import annotations

from typing import Any

from werkzeug.routing import IntegerConverter, Map


class RowNumber(IntegerConverter):
    """A row's number: at most what an INTEGER column of every database holds. A larger one is no address (404)."""

    def __init__(self, url_map: Map, **words: Any) -> None:
        super().__init__(url_map, **{"max": 2**31 - 1, **words})
