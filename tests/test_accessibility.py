"""Every page of the demo, as the people see it, looked at by axe: nothing serious anywhere (WCAG 2.2 AA)."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from ipweek import config
from ipweek.app import create_app
from ipweek.extensions import db
from ipweek.maintenance import demo
from tests.browser import Server, log_in

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]

PAGES = {
    "": ["/login", "/help", "/help/browser", "/help/fonts", "/nothing-here"],
    "minhang1": [
        "/tasks",
        "/tables/{minhang}",
        "/tables/{minhang}/submit",
        "/tables/{minhang}/history",
        "/tables/{minhang}/import",
        "/tables/{minhang}/summary",
        "/tables/{minhang}/flags",
        "/tables/{minhang}/last-year",
        "/messages",
        "/campaigns/1",
        "/account",
    ],
    "qibao1": ["/tasks", "/tables/{minhang}"],
    "jingan1": ["/tasks", "/tables/{jingan}", "/tables/{jingan}/moves"],
    "jinshan1": ["/tables/{jinshan}", "/tables/{jinshan}/receipt"],
    "waiban1": ["/tables/{waiban}", "/tables/{waiban}/nil-return"],
    "baoshan2": ["/tasks", "/tables/{baoshan}/submit"],
    "clerk": [
        "/board",
        "/tables/{jinshan}/review",
        "/tables/{jingan}/review",
        "/campaigns/1/chase",
        "/campaigns/1/chase?about=answers",
        "/mail",
        "/years",
        "/campaigns/1/chase/preview?table={jingan}",
        "/campaigns/1/clean",
        "/campaigns/1/summaries",
        "/tables/{jingan}/chases",
        "/tables/{jingan}/terms",
        "/tables/{jinshan}/summary",
        "/workbook",
        "/campaigns",
        "/campaigns/1",
        "/campaigns/1/review",
    ],
    "head": [
        "/campaigns/1/releases",
        "/campaigns/1/public",
        "/workdays?year=2026",
        "/workdays?year=2031",
        "/notices/new",
        "/users",
        "/users/new",
        "/users/import",
        "/units",
        "/units/2",
    ],
    "viewer": ["/board", "/tables/{huangpu}"],
    "auditor": ["/audit", "/audit/cells"],
    "admin": ["/site", "/users", "/account/password", "/plugins", "/plugins/pudong"],
    "songjiang1": ["/d/songjiang/reports", "/d/songjiang/reports/songjiang/cities?show=1", "/d/songjiang/warnings"],
    "minhang_it": ["/d/minhang/reports/minhang/live?show=1", "/help/plugins", "/help/plugins/manifest"],
}


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> tuple[config.Settings, dict[str, str], dict[str, int]]:
    """The demo's site, the passwords, and the number of each unit's table."""
    settings = config.load({}, instance=tmp_path_factory.mktemp("demo") / "instance")
    demo.begin(settings)
    app = create_app(settings)
    with app.app_context():
        passwords = {account.username: account.password for account in demo.make(settings)}
        rows = db.session.execute(db.text("SELECT unit.slug, annex_table.id FROM annex_table JOIN unit ON unit.id = annex_table.unit_id"))
        tables = {slug: number for slug, number in rows}  # noqa: C416 -- dict() takes a result for a mapping
        db.session.remove()
        db.engine.dispose()
    return settings, passwords, tables


@pytest.mark.timeout(180)
@pytest.mark.parametrize("username", PAGES)
def test_axe_finds_nothing_serious(
    story: tuple[config.Settings, dict[str, str], dict[str, int]],
    serve: Callable[[config.Settings], Server],
    new_page: Callable[[], Page],
    username: str,
) -> None:
    settings, passwords, tables = story
    server, page = serve(settings), new_page()
    if username:
        log_in(page, server, username, passwords[username])

    found = {}
    for pattern in PAGES[username]:
        address = pattern.format(**tables)
        page.goto(server.url + address)
        report = Axe().run(page, options={"runOnly": {"type": "tag", "values": TAGS}, "resultTypes": ["violations"]}).response
        worst = [
            f"{one['id']}: {one['nodes'][0]['html'][:160]}" for one in report["violations"] if one["impact"] in {"serious", "critical"}
        ]
        if worst:
            found[address] = worst

    assert found == {}, json.dumps(found, ensure_ascii=False, indent=1)
