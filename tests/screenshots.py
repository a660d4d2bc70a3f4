"""Photograph the main pages of the demo site: ``make screenshots`` writes them to ipweek/docs/screenshots.

For the README and for the eye: what a change did to a page is seen before it is shipped.
"""

import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from tests import chromium

ROOT = Path(__file__).parent.parent
FOLDER = ROOT / "ipweek" / "docs" / "screenshots"
SCREEN = {"width": 1366, "height": 768}
SHOTS = [
    ("", "log-in", "/login", None),
    ("minhang1", "my-tasks", "/tasks", None),
    ("minhang1", "annex-table", "/tasks", r"^/tables/\d+$"),
    ("baoshan2", "submit", "/tasks", r"^/tables/\d+/submit$"),
    ("clerk", "board", "/board", None),
    ("clerk", "review", "/board", r"^/tables/\d+/review$"),
    ("clerk", "notice", "/campaigns", r"^/campaigns/\d+$"),
    ("clerk", "workbook", "/workbook", None),
    ("admin", "users", "/users", None),
]
"""Who photographs what: username, name of the picture, where to begin, and the first link to follow from there."""


@contextmanager
def demo() -> Iterator[tuple[str, dict[str, str]]]:
    """A demo site of its own, served; its address and the password of each log-in."""
    with tempfile.TemporaryDirectory() as folder:
        environ = {**os.environ, "IPWEEK_INSTANCE": str(Path(folder) / "instance"), "PYTHONPATH": str(ROOT)}
        command = [sys.executable, "-m", "ipweek", "demo", "--port", "0"]
        with subprocess.Popen(command, env=environ, stdout=subprocess.PIPE, text=True, encoding="utf-8") as server:
            for line in server.stdout or ():
                if found := re.search(r"正在提供服务：(http://\S+?:\d+)", line):
                    break
            else:
                sys.exit("The demo site did not start.")
            accounts = json.loads((Path(folder) / "instance" / "demo-accounts.json").read_text("utf-8"))
            try:
                yield found.group(1), {account["username"]: account["password"] for account in accounts}
            finally:
                server.terminate()


def open_page(page: Page, url: str, link: str | None) -> None:
    page.goto(url)
    if link is not None:
        hrefs = page.locator("a[href]").evaluate_all("found => found.map(a => a.getAttribute('href'))")
        wanted = next((href for href in hrefs if re.search(link, href)), None)
        if wanted is None:
            sys.exit(f"{url} has no link like {link}")
        page.goto(url.split("/", 3)[0] + "//" + url.split("/", 3)[2] + wanted)
    page.wait_for_load_state("networkidle")


def main() -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    with demo() as (address, passwords), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium.find(), args=["--no-sandbox", "--disable-dev-shm-usage"])
        pages: dict[str, Page] = {}
        for username, name, path, link in SHOTS:
            if username not in pages:
                page = pages[username] = browser.new_context(viewport=SCREEN, locale="zh-CN", timezone_id="Asia/Shanghai").new_page()
                if username:
                    page.goto(f"{address}/login")
                    page.get_by_label("用户名").fill(username)
                    page.get_by_label("密码", exact=True).fill(passwords[username])
                    page.get_by_role("button", name="登录").click()
                    page.wait_for_url(lambda url: "/login" not in url)
            open_page(pages[username], address + path, link)
            pages[username].screenshot(path=FOLDER / f"{name}.png")
            print(FOLDER.relative_to(ROOT) / f"{name}.png")
        browser.close()


if __name__ == "__main__":
    main()
