"""Which browser of this machine the tests drive. ``python -m tests.chromium`` prints it."""

import shutil
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "microsoft-edge", "microsoft-edge-stable", "msedge")
PLACES = (
    "C:/Program Files/Google/Chrome/Application/chrome.exe",
    "C:/Program Files (x86)/Microsoft/Edge/Application/msedge.exe",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
)
NONE_FOUND = "NO BROWSER: the browser tests cannot run. Install Chromium, Chrome or Edge (Debian: apt-get install chromium)."


def find() -> str | None:
    """The Chromium of this machine, by name or usual place."""
    named = (shutil.which(name) for name in NAMES)
    placed = (place for place in PLACES if Path(place).exists())
    return next((found for found in (*named, *placed) if found), None)


if __name__ == "__main__":
    print(find() or NONE_FOUND)
    sys.exit(find() is None)
