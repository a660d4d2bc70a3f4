"""The two addresses that watch a site, which tell nobody more than yes or no; and the administrator's page, which does."""

from __future__ import annotations

from flask import Blueprint, Response, current_app

from ipweek import pages
from ipweek.accounts.web import person
from ipweek.errors import Forbidden
from ipweek.maintenance import daily, health

bp = Blueprint("maintenance", __name__)


@bp.get("/healthz")
def healthz() -> Response:
    return Response("ok\n", mimetype="text/plain")


@bp.get("/readyz")
def readyz() -> Response:
    ready = health.is_ready(current_app.extensions["settings"])
    return Response("ok\n" if ready else "not ready\n", 200 if ready else 503, mimetype="text/plain")


@bp.get("/site")
def site() -> Response:
    """Whether the site is well, and when it was last backed up: for the administrator."""
    if not person().has("admin"):
        raise Forbidden("系统状态只有系统管理员可以查看。")
    settings = current_app.extensions["settings"]
    return pages.page(
        "maintenance/site.html", ready=health.is_ready(settings), findings=list(health.examine(settings)), backups=daily.kept(settings)
    )
