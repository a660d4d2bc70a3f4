"""What a browser calls itself, in words that its owner knows: ``Edge 120，Windows``."""

from __future__ import annotations

import re

_BROWSERS = (
    ("360 安全浏览器", r"QIHU|360SE|360EE"),
    ("奇安信可信浏览器", r"Qaxbrowser|QAX"),
    ("QQ 浏览器", r"QQBrowser/(\d+)"),
    ("Edge", r"Edg/(\d+)"),
    ("Firefox", r"Firefox/(\d+)"),
    ("Chrome", r"Chrome/(\d+)"),
    ("Safari", r"Version/(\d+).*Safari"),
)
_SYSTEMS = (
    ("统信 UOS", r"UOS|Uos"),
    ("麒麟", r"Kylin"),
    ("手机", r"Android|iPhone"),
    ("Windows", r"Windows"),
    ("macOS", r"Mac OS"),
    ("Linux", r"Linux"),
)


def words(user_agent: str) -> str:
    """The browser and its system; ``其他浏览器`` where neither is known."""
    browser = "其他浏览器"
    for name, pattern in _BROWSERS:
        if match := re.search(pattern, user_agent):
            version = match.group(1) if match.groups() else None
            browser = f"{name} {version}" if version else name
            break
    system = next((name for name, pattern in _SYSTEMS if re.search(pattern, user_agent)), "")
    return f"{browser}，{system}" if system else browser
