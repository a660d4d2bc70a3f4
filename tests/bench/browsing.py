"""How soon a long table can be worked with, in a real Chromium: from the address until the page is painted and its scripts are done."""

import statistics
from collections.abc import Iterator, Mapping
from typing import Any

from flask import Flask, render_template_string
from playwright.sync_api import BrowserContext, sync_playwright

from ipweek.extensions import db
from tests import chromium, make
from tests.bench import site
from tests.bench.looking import HTMX, PLAIN, close
from tests.bench.over_http import served
from tests.bench.timing import Line, line, said

ROWS, TIMES = 1000, 7
PAGE = (
    "<!doctype html><title>x</title>{% if script %}<script src='/static/vendor/htmx-2.0.11.min.js'></script>{% endif %}"
    "<table><tbody>{ROWS}</tbody></table>"
)
WATCH = """window.workable = new Promise((say) => document.addEventListener("DOMContentLoaded", () => requestAnimationFrame(
    () => setTimeout(() => say(performance.now())))));"""
"""``performance.now()`` counts from the navigation, so the server's work and the way are in it. Scripts that wait for the document come first."""


def lines() -> Iterator[Line]:
    program = chromium.find()
    if program is None:
        yield line(f"a table of {ROWS:,} rows × 8 in a browser", chromium.NONE_FOUND)
        return
    with site.new() as app:
        reader, filler = site.seat(app, "minhang"), site.seat(app, "xuhui")
        with app.app_context():
            read, _ = site.rows("minhang", ROWS)
            typed, _ = site.rows("xuhui", ROWS)
            close(read)
            db.session.remove()
            db.engine.dispose()
        settings = app.extensions["settings"]
        with served(app, settings) as ours, served(plain(), settings) as others:
            at, by = f"http://127.0.0.1:{ours.port}", f"http://127.0.0.1:{others.port}"
            taken = _by_turns(
                program,
                {
                    "read": (f"{at}/tables/{read}", reader),
                    "typed": (f"{at}/tables/{typed}", filler),
                    "bare": (f"{by}/plain", None),
                    "htmx": (f"{by}/htmx", None),
                },
            )
    for what, name, goal in (("read-only", "read", "≤ 0.7 s"), ("that may be changed", "typed", "")):
        yield line(
            f"a table of {ROWS:,} rows × 8 {what}, in Chromium, until it can be worked with; floor: bare Jinja; peer: hx-* on every cell",
            said(taken[name]),
            floor=said(taken["bare"]),
            peer=said(taken["htmx"]),
            ratio=f"{taken[name] / taken['bare']:.1f} ×",
            goal=goal,
            reached=taken[name] <= 0.7 if goal else None,
        )


def plain() -> Flask:
    """The same rows as a page that knows nothing else, and as one that makes every cell click to edit."""
    app = Flask("plain", static_folder=str(site.ROOT / "ipweek" / "static"))
    rows = [[*make.CELLS.values()] for _ in range(ROWS)]
    for name, made in (("plain", PLAIN), ("htmx", HTMX)):
        page = PAGE.replace("{ROWS}", made)
        app.add_url_rule(f"/{name}", name, lambda page=page, name=name: render_template_string(page, rows=rows, script=name == "htmx"))
    return app


def _by_turns(program: str, pages: Mapping[str, tuple[str, Any]]) -> dict[str, float]:
    """The lower quartile of each: what is above waits for the machine's other guests."""
    taken: dict[str, list[float]] = {name: [] for name in pages}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        contexts = {name: browser.new_context(viewport={"width": 1366, "height": 768}) for name in pages}
        for name, (address, desk) in pages.items():
            if desk is not None:
                contexts[name].add_cookies([{"name": "ipweek", "value": desk.cookie, "url": address}])
            contexts[name].add_init_script(WATCH)
            _open(contexts[name], address)
        for _ in range(TIMES):
            for name, (address, _desk) in pages.items():
                taken[name].append(_open(contexts[name], address))
        browser.close()
    return {name: statistics.quantiles(seconds, n=4)[0] for name, seconds in taken.items()}


def _open(context: BrowserContext, address: str) -> float:
    """Seconds until the page can be worked with; it must have all its rows."""
    page = context.new_page()
    page.goto(address)
    at: float = page.evaluate("window.workable")
    assert page.locator("tbody tr").count() >= ROWS, page.url
    page.close()
    return at / 1000
