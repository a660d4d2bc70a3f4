"""Where a request came from and where it may lead: a page of ours, never another site (open redirect)."""

from __future__ import annotations

from urllib.parse import unquote, urlsplit

START = "/"
_NEVER = ("/login", "/logout", "/logged-out")


def safe_next(asked: str | None) -> str:
    """*asked* if it is a path of this site, else the start page."""
    if not asked or not asked.startswith("/") or len(asked) > 500:
        return START
    for text in (asked, unquote(asked)):  # browsers read \ as /, and drop tabs and line breaks
        if text.startswith(("//", "/\\")) or "\\" in text or any(ord(char) < 32 or ord(char) == 127 for char in text):
            return START
    try:
        parts = urlsplit(asked)
    except ValueError:
        return START
    if parts.scheme or parts.netloc or parts.path.rstrip("/") in _NEVER:
        return START
    return asked


def host_of(url: str) -> str:
    """The host and port of an Origin or Referer, in lower case; empty for ``null`` and for what is no address."""
    try:
        return urlsplit(url).netloc.lower()
    except ValueError:
        return ""
