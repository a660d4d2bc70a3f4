"""Puts the pieces together. Reads top to bottom; holds no logic."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from flask import Flask, Response

from ipweek import addresses, bodies, config, database, failures, headers, log, signatures, templating
from ipweek.accounts import views as accounts
from ipweek.accounts import web
from ipweek.annexes import tracing_views
from ipweek.annexes import views as annexes
from ipweek.board import district_views, plugin_views
from ipweek.board import views as board
from ipweek.config import Settings
from ipweek.extensions import compress, csrf, db, htmx, login
from ipweek.files import people_views
from ipweek.files import views as files
from ipweek.maintenance import help_views
from ipweek.maintenance import views as maintenance
from ipweek.notice import views as notice
from ipweek.notice import workday_views
from ipweek.plugins.shelf import Shelf, shipped
from ipweek.reporting import campaign_views, chase_views, clean_views, hand_views, mail_views, message_views, summary_views, terms_views
from ipweek.reporting import views as reporting
from ipweek.workbooks import views as workbooks

PACKAGE = Path(__file__).parent
BLUEPRINTS = (
    accounts.bp,
    people_views.bp,
    files.bp,
    notice.bp,
    workday_views.bp,
    annexes.bp,
    tracing_views.bp,
    reporting.bp,
    campaign_views.bp,
    chase_views.bp,
    message_views.bp,
    mail_views.bp,
    terms_views.bp,
    hand_views.bp,
    clean_views.bp,
    summary_views.bp,
    workbooks.bp,
    board.bp,
    district_views.bp,
    plugin_views.bp,
    maintenance.bp,
    help_views.bp,
)


class Site(Flask):
    """Flask, told once that no view of ours is a coroutine: it would ask each function so twenty times a request."""

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        return func

    def send_static_file(self, filename: str) -> Response:
        return headers.for_everybody(super().send_static_file(filename), Path(str(self.static_folder)) / filename)


def create_app(settings: Settings | None = None) -> Flask:
    """The application of one site, or config.WrongSetting with one sentence."""
    settings = settings or config.load()
    app = Site("ipweek", root_path=str(PACKAGE), template_folder=str(templating.folder()), instance_path=str(settings.instance))
    app.config.from_mapping(config.for_flask(settings), SQLALCHEMY_ENGINE_OPTIONS=database.engine_options(settings.database_url))
    app.url_map.merge_slashes = False  # its redirect would name whatever host was sent
    app.url_map.converters["int"] = addresses.RowNumber
    app.extensions["settings"] = settings
    app.extensions["plugins"] = Shelf([shipped(), settings.instance / "plugins"], is_safe=config.is_set("IPWEEK_SAFE"))
    log.install(settings.instance / "log", settings.log_level)

    db.init_app(app)
    with app.app_context():
        database.prepare(db.engine)
    for extension in (compress, csrf, htmx, login):
        extension.init_app(app)
    if os.environ.get("FLASK_RUN_FROM_CLI"):  # as the command ``flask`` sets it, for ``flask db``
        from flask_migrate import Migrate  # noqa: PLC0415 -- alembic takes a tenth of a server's start, which needs none

        Migrate(app, db, directory=str(PACKAGE / "migrations"))

    signatures.install(app)
    templating.install(app)
    headers.install(app)
    bodies.install(app)
    failures.install(app)
    web.install(app)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    return app
