"""Which browser of this machine the tests drive. ``python -m tests.chromium`` prints it."""

import shutil
import subprocess
import sys
from pathlib import Path

from playwright._impl._driver import compute_driver_executable

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "microsoft-edge", "microsoft-edge-stable", "msedge")
PLACES = (
    "C:/Program Files/Google/Chrome/Application/chrome.exe",
    "C:/Program Files (x86)/Microsoft/Edge/Application/msedge.exe",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
)
NONE_FOUND = "NO BROWSER: the browser tests cannot run. Install Chromium, Chrome or Edge (Debian: apt-get install chromium libatomic1)."


def find() -> str | None:
    """The Chromium of this machine, by name or usual place; None too where Playwright's own program can't start to drive it."""
    if not is_driver_whole():
        return None
    named = (shutil.which(name) for name in NAMES)
    placed = (place for place in PLACES if Path(place).exists())
    return next((found for found in (*named, *placed) if found), None)


def is_driver_whole() -> bool:
    """Whether Playwright's Node runs here: it needs libatomic, which a small Debian has not."""
    program, _ = compute_driver_executable()
    return subprocess.run([program, "--version"], capture_output=True, check=False).returncode == 0


if __name__ == "__main__":
    print(find() or NONE_FOUND)
    sys.exit(find() is None)
