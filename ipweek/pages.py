"""Answers a request with a page, or with the one block of it that htmx asked for; and answers refusals."""

from __future__ import annotations

from typing import Any

from flask import Response, current_app, make_response, render_template, request

from ipweek import htmx
from ipweek.errors import Refused


def wants_fragment() -> bool:
    """Whether htmx asked for a piece of the page (not boosted, not a history restore)."""
    return htmx.is_fragment_request(request)


def answer(template: str, block: str, status: int = 200, **context: Any) -> Response:
    """*block* alone for htmx, the whole *template* for everyone else."""
    if wants_fragment():
        return make_response(fragment(template, block, **context), status)
    return page(template, status, **context)


def page(template: str, status: int = 200, **context: Any) -> Response:
    """The whole *template*."""
    return make_response(render_template(template, **context), status)


def fragment(template: str, block: str, **context: Any) -> str:
    """One block of a template, rendered with what a page would have."""
    current_app.update_template_context(context)
    source = current_app.jinja_env.get_template(template)
    return "".join(source.blocks[block](source.new_context(context)))


def piece(template: str, macro: str, **context: Any) -> str:
    """What a macro makes of *context* alone: a sixth of the time of a fragment, which is given all that a page is."""
    made: str = getattr(current_app.jinja_env.get_template(template).module, macro)(**context)
    return made


def refuse(refused: Refused) -> Response:
    """A page with the sentence; for htmx the sentence alone, put above the page so that what was typed stays."""
    if wants_fragment():
        response = make_response(fragment("refused.html", "sentence", refused=refused), refused.status)
        htmx.retarget(response, "#notice")
    else:
        response = page("refused.html", refused.status, refused=refused)
    retry_after = getattr(refused, "retry_after", None)
    if retry_after is not None:
        response.headers["Retry-After"] = str(retry_after)
    return response
