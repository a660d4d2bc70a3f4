"""The bytes of kept files: each lies in the instance folder under its own SHA-256. Nothing here knows names or people."""

from __future__ import annotations

import contextlib
import hashlib
import os
import secrets
from pathlib import Path


class Missing(Exception):
    """The bytes are not there, or are not the ones that were kept."""


def put(folder: Path, data: bytes) -> str:
    """Write *data* under its SHA-256 and return that. When this returns, a power cut no longer loses it."""
    digest = hashlib.sha256(data).hexdigest()
    path = path_of(folder, digest)
    if path.is_file() and path.read_bytes() == data:
        return digest
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    passing = path.with_name(f".{secrets.token_hex(8)}.part")
    try:
        with os.fdopen(os.open(passing, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600), "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        passing.replace(path)
    except BaseException:
        with contextlib.suppress(OSError):  # the first error is the one to tell
            passing.unlink(missing_ok=True)
        raise
    _sync_folder(path.parent)
    _sync_folder(folder)
    return digest


def get(folder: Path, digest: str) -> bytes:
    """The bytes again, or Missing."""
    try:
        data = path_of(folder, digest).read_bytes()
    except OSError as error:
        raise Missing(digest) from error
    if hashlib.sha256(data).hexdigest() != digest:
        raise Missing(digest)
    return data


def path_of(folder: Path, digest: str) -> Path:
    return folder / digest[:2] / digest


def _sync_folder(folder: Path) -> None:
    """Make the entry itself durable; Windows does this by itself and cannot open folders."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
