"""Where the present request came from, for the audit log: set once at its start, so that no call passes it on."""

from __future__ import annotations

from contextvars import ContextVar
from typing import NamedTuple


class Origin(NamedTuple):
    """The address of the browser and the number of the request; both empty on the command line."""

    address: str = ""
    request_id: str = ""


_NOWHERE = Origin()
_origin: ContextVar[Origin] = ContextVar("origin", default=_NOWHERE)


def begin(address: str, request_id: str) -> None:
    """A request starts. Also replaces what the thread's last request left."""
    _origin.set(Origin(address, request_id))


def here() -> Origin:
    """Where the present action comes from."""
    return _origin.get()
