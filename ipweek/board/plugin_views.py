"""插件: what is there, in which state, its log, its settings; and the guide for authors."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, Response, flash, redirect, request, url_for

from ipweek import pages
from ipweek.accounts.web import person
from ipweek.board import plugin_admin
from ipweek.board.plugin_forms import given, settings_form
from ipweek.errors import Conflict, Invalid
from ipweek.plugins import guide
from ipweek.plugins import service as plugins
from ipweek.plugins.schema import KINDS, STATES

bp = Blueprint("plugins", __name__)


@bp.get("/plugins")
def every() -> Response:
    """All plugins and their states."""
    found = plugin_admin.every(by=person())
    return pages.page("plugins/plugins.html", plugins=found, states=STATES, units=plugin_admin.unit_names(), is_safe=plugins.is_safe())


@bp.get("/plugins/<plugin>")
def plugin(plugin: str) -> Response:
    """One of them: state, log, what it declares, its settings."""
    return _page(plugin)


def _page(plugin: str, refused: Invalid | Conflict | None = None) -> Response:
    found = plugin_admin.get(plugin, by=person())
    form = settings_form(found, request.form if request.method == "POST" and request.endpoint == "plugins.settings" else None)
    if refused is not None:
        form.refuse(refused)
    return pages.page(
        "plugins/plugin.html",
        form.status,
        plugin=found,
        form=form,
        findings=plugin_admin.findings(found),
        states=STATES,
        kinds=KINDS,
        units=plugin_admin.unit_names(),
        kept=0 if found.is_usable else plugin_admin.kept_rows(plugin),
        may_open=plugin_admin.may_open_reports(found, by=person()),
        refused=refused,
        is_safe=plugins.is_safe(),
    )


@bp.post("/plugins/<plugin>/enable")
def enable(plugin: str) -> Response:
    """启用, and 重试 after a failure: it describes itself anew."""
    return _tried(plugin, lambda: plugin_admin.enable(plugin, by=person()), "已启用")


@bp.post("/plugins/<plugin>/disable")
def disable(plugin: str) -> Response:
    """停用: at once, everywhere."""
    return _tried(plugin, lambda: plugin_admin.disable(plugin, by=person()), "已停用")


@bp.post("/plugins/<plugin>/settings")
def settings(plugin: str) -> Response:
    """What the district may set."""
    return _tried(plugin, lambda: plugin_admin.save_settings(plugin, given(request.form), by=person()), "设置已保存")


def _tried(plugin: str, act: Callable[[], object], said: str) -> Response:
    try:
        act()
    except (Invalid, Conflict) as refused:
        return _page(plugin, refused)
    flash(said, "done")
    return redirect(url_for(".plugin", plugin=plugin), code=303)  # type: ignore[return-value]


@bp.get("/help/plugins")
def help_index() -> Response:
    """The guide's first page."""
    return pages.page("plugins/guide.html", page=guide.page("index"), contents=guide.CONTENTS)


@bp.get("/help/plugins/<page>")
def help_page(page: str) -> Response:
    """One page of the guide."""
    return pages.page("plugins/guide.html", page=guide.page(page), contents=guide.CONTENTS)
