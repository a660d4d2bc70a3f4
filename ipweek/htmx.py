"""The one place that speaks htmx's headers, over htmx-flask 0.1.0 and around its faults.

htmx-flask refuses ``beforebegin`` and every reswap modifier, sends Chinese in string headers undecoded (a 500
under waitress), and leaves URI-encoded request headers encoded. So: triggers are dicts (JSON escapes them),
addresses are quoted, and reswap is written here.
"""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

from flask import Request, Response
from htmx_flask import make_response


def is_fragment_request(request: Request) -> bool:
    """Whether htmx wants a piece: an htmx request that is neither boosted nor a history restore."""
    said = request.environ.get  # htmx-flask looks the three headers up at ten times the price
    return said("HTTP_HX_REQUEST") == "true" and "true" not in {said("HTTP_HX_BOOSTED"), said("HTTP_HX_HISTORY_RESTORE_REQUEST")}


def respond(body: str = "", status: int = 200, *, trigger: dict[str, Any] | None = None) -> Response:
    """An answer of *body* that raises the events in *trigger* (name to detail) in the browser."""
    response = Response(body, status, mimetype="text/html")  # htmx-flask's own way to make it takes twice as long
    if trigger:
        response.headers["HX-Trigger"] = json.dumps(trigger)
    return response


def redirect(url: str) -> Response:
    """Tell htmx to open *url* as a page of its own."""
    return make_response("", 200, redirect=quote(url, safe="/:?&=#%+,;@~!$'()*[]"))


def retarget(response: Response, selector: str, *, reswap: str = "innerHTML") -> None:
    """Put the answer somewhere else than the request asked for."""
    response.headers["HX-Retarget"] = selector
    response.headers["HX-Reswap"] = reswap
