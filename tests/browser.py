"""A real server and a real browser: the command ``ipweek run`` in a process of its own, and the machine's Chromium.

Without a browser, tests that ask for ``page`` are skipped with a loud line at the end; with CI=true they fail.
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, sync_playwright

from ipweek.config import Settings

from . import chromium

ROOT = Path(__file__).parent.parent
SCREEN = {"width": 1366, "height": 768}


@dataclass
class Server:
    """``ipweek run`` on a free port, over one site."""

    settings: Settings
    url: str = ""
    process: subprocess.Popen[str] | None = None
    said: list[str] = field(default_factory=list)

    def start(self) -> Server:
        """Start, and wait until it says where it listens."""
        command = [sys.executable, "-W", "ignore", "-m", "ipweek", "run", "--port", "0"]
        environ = {**os.environ, "IPWEEK_INSTANCE": str(self.settings.instance), "PYTHONPATH": str(ROOT)}
        environ.pop("PYTHONDONTWRITEBYTECODE", None)  # else each server compiles ipweek anew
        self.process = subprocess.Popen(command, env=environ, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, encoding="utf-8")
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.said.append(line)
            if found := re.search(r"http://\S+:\d+", line):
                self.url = found.group()
                return self
        raise AssertionError("the server did not start:\n" + "".join(self.said))

    def stop(self, number: int = signal.SIGTERM) -> int:
        """End it by a signal (SIGKILL for a crash) and return its exit code."""
        assert self.process is not None
        self.process.send_signal(number)
        rest, _ = self.process.communicate(timeout=30)
        self.said.append(rest)
        return self.process.returncode


@pytest.fixture
def serve() -> Iterator[Callable[[Settings], Server]]:
    """Start a server for a site; it is ended with the test."""
    servers: list[Server] = []

    def start(settings: Settings) -> Server:
        servers.append(Server(settings).start())
        return servers[-1]

    yield start
    for server in servers:
        if server.process is not None and server.process.poll() is None:
            server.stop()


@pytest.fixture
def live(app: Flask, serve: Callable[[Settings], Server]) -> Server:
    """A server over the site of ``app``: makers and queries of the test work beside it on the same database."""
    return serve(app.extensions["settings"])


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The machine's Chromium, without a window."""
    path = chromium.find()
    if path is None:
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(chromium.NONE_FOUND)
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-dev-shm-usage"])
        yield started
        started.close()


@pytest.fixture
def new_page(browser: Browser) -> Iterator[Callable[[], Page]]:
    """Open a page of a person of his own: other cookies, the office's screen. Script errors fail the test."""
    contexts: list[BrowserContext] = []
    broken: list[str] = []

    def listen(message: ConsoleMessage) -> None:
        # a refusal (409, 422 …) is an answer, though the browser writes it down as an error
        if message.type == "error" and "Failed to load resource" not in message.text:
            broken.append(message.text)

    def open_page() -> Page:
        contexts.append(browser.new_context(viewport=SCREEN, locale="zh-CN", timezone_id="Asia/Shanghai", accept_downloads=True))
        page = contexts[-1].new_page()
        page.set_default_timeout(10_000)
        page.on("console", listen)
        page.on("pageerror", lambda error: broken.append(str(error)))
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert broken == []


@pytest.fixture
def page(new_page: Callable[[], Page]) -> Page:
    """One page of one person."""
    return new_page()


def log_in(page: Page, server: Server, username: str, password: str) -> None:
    """Log in through the page."""
    page.goto(f"{server.url}/login")
    page.get_by_label("用户名").fill(username)
    page.get_by_label("密码", exact=True).fill(password)
    page.get_by_role("button", name="登录").click()
    page.wait_for_url(lambda url: "/login" not in url)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "browser" in getattr(item, "fixturenames", ()):
            item.add_marker("browser")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    skipped = terminalreporter.stats.get("skipped", [])
    count = sum("NO BROWSER" in str(report.longrepr) for report in skipped)
    if count:
        terminalreporter.section(f"{count} BROWSER TESTS SKIPPED", sep="!", red=True, bold=True)
        terminalreporter.line(chromium.NONE_FOUND, red=True, bold=True)
