"""The log: one JSON line an event, with the request's number and no personal data."""

from __future__ import annotations

import logging
from collections.abc import MutableMapping
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Any

import structlog
from flask import g, has_request_context

LARGEST = 10 * 1024 * 1024
"""Bytes of one file."""
KEPT = 20
"""Older files beside it; what must be kept for longer is in the audit log."""


def install(folder: Path | None, level: str) -> None:
    """Write to ``ipweek.log`` in *folder*, or to stderr where there is none."""
    handler: logging.Handler
    if folder is None:
        handler = logging.StreamHandler()
    else:
        folder.mkdir(parents=True, exist_ok=True)
        handler = RotatingFileHandler(folder / "ipweek.log", maxBytes=LARGEST, backupCount=KEPT, encoding="utf-8")
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=SHARED,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, structlog.processors.JSONRenderer(ensure_ascii=False)],
        )
    )
    root = logging.getLogger("ipweek")
    for former in root.handlers:
        former.close()
    root.handlers[:] = [handler]
    root.setLevel(level)
    root.propagate = False
    structlog.configure(
        processors=[*SHARED, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=lambda *_: logging.getLogger("ipweek"),
        wrapper_class=structlog.stdlib.BoundLogger,
    )


def with_request(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Add the number of the request, if there is one."""
    if has_request_context():
        event["request"] = g.get("request_id", "")
    return event


SHARED: list[Any] = [
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    with_request,
    structlog.processors.format_exc_info,
]
