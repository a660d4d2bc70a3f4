"""Keeping the files that people send, and handing them out again to those who may have them."""

from __future__ import annotations

import logging
import unicodedata
from datetime import timedelta
from pathlib import Path

from sqlalchemy import func, select

from ipweek import clock
from ipweek.accounts import audit
from ipweek.accounts.schema import Person
from ipweek.config import Settings
from ipweek.errors import NotFound, TooMany
from ipweek.extensions import db
from ipweek.files import storage
from ipweek.files.limits import Limits
from ipweek.files.models import StoredFile
from ipweek.transaction import transaction

LONGEST_NAME = 255
"""Characters of a file's name that are kept."""
MADE = "release"
"""The purpose of files that the app made itself: they count for no quota, and only the office gets them."""
_UNSEEN = {"Cc", "Cf", "Cs", "Co", "Cn"}
"""Controls, zero-width and bidi marks, lone surrogates: a name that looks like another one."""
_NOT_IN_NAMES = '<>:"|?*'
_log = logging.getLogger(__name__)


def limits_of(settings: Settings) -> Limits:
    """The gate's limits on this site."""
    return Limits(file_bytes=settings.upload_mb << 20, unpacked_bytes=settings.unpacked_mb << 20)


def folder_of(settings: Settings) -> Path:
    """Where this site's files lie."""
    return settings.instance / "files"


def check_quota(*, by: Person, settings: Settings) -> None:
    """TooMany when the unit has sent all the files it may send within an hour. Ask before reading a file."""
    hour = timedelta(hours=1)
    now = clock.now()
    sent = db.session.execute(
        select(func.count(), func.min(StoredFile.at)).where(
            StoredFile.unit_id == by.unit_id, StoredFile.at > now - hour, StoredFile.purpose != MADE
        )
    ).one()
    if sent[0] >= settings.uploads_per_hour:
        seconds = max(1, int((sent[1] + hour - now).total_seconds()) + 1)
        minutes = -(-seconds // 60)
        raise TooMany(f"本单位一小时内已上传 {sent[0]} 个文件，请 {minutes} 分钟后再上传。", retry_after=seconds)


def keep(data: bytes, name: str, *, kind: str, purpose: str, by: Person, settings: Settings) -> StoredFile:
    """The file as it is kept from now on. *kind* is the gate's word, *purpose* one of notice, people, table, attachment.

    The bytes are safe on the disk before the row that speaks of them is written.
    """
    check_quota(by=by, settings=settings)
    digest = storage.put(folder_of(settings), data)
    with transaction():
        check_quota(by=by, settings=settings)  # again, under the lock
        return _add(digest, len(data), name, kind=kind, purpose=purpose, by=by)


def keep_made(digest: str, size: int, name: str, *, kind: str, by: Person) -> StoredFile:
    """The row of a file that the app made: its bytes lie in storage under *digest* already. Inside transaction()."""
    return _add(digest, size, name, kind=kind, purpose=MADE, by=by)


def _add(digest: str, size: int, name: str, *, kind: str, purpose: str, by: Person) -> StoredFile:
    file = StoredFile(
        sha256=digest,
        name=clean_name(name, kind),
        kind=kind,
        size=size,
        purpose=purpose,
        unit_id=by.unit_id or None,  # none at the command line
        user_id=by.id or None,
        at=clock.now(),
    )
    db.session.add(file)
    db.session.flush()
    audit.write("file-kept", by=by, object=f"file:{file.id}", detail=f"{purpose} {file.name}")
    return file


def get(file_id: int, *, by: Person) -> StoredFile:
    """The file, if the unit of *by* sent it or he is of the office; otherwise NotFound, there or not."""
    file = db.session.get(StoredFile, file_id)
    if file is None or not _may_have(file, by):
        raise NotFound
    return file


def _may_have(file: StoredFile, by: Person) -> bool:
    if file.purpose == "people":  # names and log-ins of everyone
        return by.has("admin") or file.user_id == by.id
    if file.purpose == MADE:  # with everybody's contacts
        return by.is_office
    return by.is_office or (file.unit_id == by.unit_id and not by.roles <= {"auditor"})


def read_bytes(file: StoredFile, *, settings: Settings) -> bytes:
    """What was sent, to the bit; NotFound (and an error in the log) when the disk no longer has it."""
    try:
        return storage.get(folder_of(settings), file.sha256)
    except storage.Missing as error:
        _log.exception("a kept file is missing or damaged: file=%s sha256=%s", file.id, file.sha256)
        raise NotFound("服务器上的这个文件缺失或已损坏，请联系系统管理员从备份中恢复。") from error


def hand_out(file_id: int, *, by: Person, settings: Settings) -> tuple[StoredFile, bytes]:
    """The file and its bytes to download; each download is a line of the audit log."""
    data = read_bytes(get(file_id, by=by), settings=settings)
    with transaction():
        file = get(file_id, by=by)
        audit.write("file-downloaded", by=by, object=f"file:{file.id}", detail=file.name)
    return file, data


def clean_name(name: str, kind: str) -> str:
    """*name* as text: without folders, without what cannot be seen or stands in no file name, of a length that fits.

    The letters stay as typed. A name of which nothing is left is 未命名 with the extension of *kind*.
    """
    base = name.replace("\\", "/").rpartition("/")[2]
    seen = (char for char in base if unicodedata.category(char) not in _UNSEEN and char not in _NOT_IN_NAMES)
    text = " ".join("".join(seen).split()).rstrip(". ")
    stem, dot, extension = text.rpartition(".")
    if not dot:
        stem, extension = text, ""
    stem = stem.strip(". ") or "未命名"
    extension = extension[:16] or kind
    return f"{stem[: LONGEST_NAME - len(extension) - 1]}.{extension}"
