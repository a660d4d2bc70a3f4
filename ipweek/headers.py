"""What every answer carries: the security headers, a request number, and how it may be kept."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from flask import Flask, Response, g, request

from ipweek import assets

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
        "object-src 'none'",
    )
)
ALWAYS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",  # no-referrer would break every POST over https with Flask-WTF
    "Cross-Origin-Opener-Policy": "same-origin",
    "X-Frame-Options": "DENY",
}

ONLY_NOW = [("Cache-Control", "no-store"), ("Vary", "HX-Request, Cookie")]
"""What an answer carries that is somebody's: kept by nobody, and one address has two answers, page and piece."""
FOR_EVERYBODY = "ipweek.for_everybody"
"""Stands in the environ of a request whose answer is everybody's, and says itself how long it may be kept."""

Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


def install(app: Flask) -> None:
    """Number each request, and dress each answer, errors and static files included."""
    always = [*ALWAYS.items(), *([("Strict-Transport-Security", "max-age=31536000")] if app.config["SESSION_COOKIE_SECURE"] else [])]
    app.wsgi_app = with_headers(app.wsgi_app, always)  # type: ignore[assignment,method-assign]  # Flask's own way to put something in front
    app.before_request(number)


def with_headers(app: Wsgi, always: list[tuple[str, str]]) -> Wsgi:
    """*app*, whose every answer carries these and how it may be kept: put on at the door, where a header is but a pair of texts."""
    for_one = ONLY_NOW + always

    def answer(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        def start(status: str, headers: list[tuple[str, str]], error: Any = None) -> Any:
            if FOR_EVERYBODY in environ and status.startswith(("200", "304")):  # no page of an error that came after it was marked
                return start_response(status, headers + always, error)
            return start_response(status, [header for header in headers if header[0] != "Cache-Control"] + for_one, error)

        return app(environ, start)

    return answer


def number() -> None:
    """Give the request its number, which error pages show and the log has too."""
    g.request_id = secrets.token_hex(4).upper()


def for_everybody(response: Response, path: Path) -> Response:
    """A static file as it goes out: for ever to whoever names its mark."""
    if response.status_code in {200, 304}:
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable" if request.args.get("v") else "no-cache"
        read_whole(response)
        if response.status_code == 200:
            (send_packed if path.parent.name == "vendor" else send_bare)(response, path)
        request.environ[FOR_EVERYBODY] = True
    return response


def read_whole(response: Response) -> None:
    """Hold a static file's bytes: Flask-Compress gzips no streams, and gzip is all that browsers ask for on plain http."""
    response.direct_passthrough = False
    response.make_sequence()
    response.close()  # the file behind it


def send_packed(response: Response, path: Path) -> None:
    """What others wrote, as it was packed once and for all beside the file: 500 bytes less than what is packed in passing."""
    packed = path.with_name(f"{path.name}.gz")
    if request.accept_encodings.quality("gzip") and packed.is_file():
        response.set_data(packed.read_bytes())
        response.content_encoding = "gzip"
        response.vary.add("Accept-Encoding")
        response.headers.pop("Accept-Ranges", None)


def send_bare(response: Response, path: Path) -> None:
    """Our own scripts and styles in one piece, without comments and indentation: a quarter of what a first visit waits for."""
    bare = {"text/css": assets.bare_style, "text/javascript": assets.bare_script}.get(response.mimetype or "")
    if bare is not None:
        response.set_data(bare(assets.whole(path)))
        response.headers.pop("Accept-Ranges", None)  # a part of the file would be a part of something else
