"""The two addresses that watch a site: is the process there, and can it work. They tell nobody more than that."""

from __future__ import annotations

from flask import Blueprint, Response, current_app

from ipweek.maintenance import health

bp = Blueprint("maintenance", __name__)


@bp.get("/healthz")
def healthz() -> Response:
    return Response("ok\n", mimetype="text/plain")


@bp.get("/readyz")
def readyz() -> Response:
    ready = health.is_ready(current_app.extensions["settings"])
    return Response("ok\n" if ready else "not ready\n", 200 if ready else 503, mimetype="text/plain")
