"""Keeping files and handing them out: on a real disk and a real database."""

import os
import stat
from datetime import timedelta

import pytest

from ipweek import clock
from ipweek.accounts.models import AuditEntry
from ipweek.errors import NotFound, TooMany
from ipweek.extensions import db
from ipweek.files import service, storage
from ipweek.files.models import StoredFile
from tests import make

DATA = "附件2 的内容".encode()


def keep(by, settings, data=DATA, name="附件2.xlsx", **words):
    return service.keep(data, name, **{"kind": "xlsx", "purpose": "table", "by": by, "settings": settings, **words})


def test_a_kept_file_is_the_one_that_was_sent(app, site):
    zhang = make.person("minhang")

    file = keep(zhang, site)

    assert service.read_bytes(file, settings=site) == DATA
    assert (file.name, file.kind, file.size, file.unit_id, file.user_id) == ("附件2.xlsx", "xlsx", len(DATA), zhang.unit_id, zhang.id)
    path = site.instance / "files" / file.sha256[:2] / file.sha256
    assert path.read_bytes() == DATA
    assert os.name == "nt" or stat.S_IMODE(path.stat().st_mode) == 0o600


def test_the_same_bytes_lie_there_once_under_two_names(app, site):
    zhang = make.person("minhang")

    first, second = keep(zhang, site), keep(zhang, site, name="副本.xlsx")

    assert first.id != second.id
    assert len([path for path in (site.instance / "files").rglob("*") if path.is_file()]) == 1


def test_the_bytes_are_on_the_disk_before_the_row_speaks_of_them(app, site, monkeypatch):
    synced = []
    real = os.fsync
    monkeypatch.setattr(os, "fsync", lambda handle: (synced.append(handle), real(handle))[1])
    monkeypatch.setattr(service.audit, "write", lambda *_args, **_words: (_ for _ in ()).throw(OSError("disk full")))

    with pytest.raises(OSError, match="disk full"):
        keep(make.person("minhang"), site)

    assert len(synced) >= 1
    assert db.session.query(StoredFile).count() == 0
    assert len([path for path in (site.instance / "files").rglob("*") if path.is_file()]) == 1


def test_a_write_that_fails_leaves_nothing_behind(tmp_path, monkeypatch):
    def full(_handle):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)

    with pytest.raises(OSError, match="No space"):
        storage.put(tmp_path, DATA)

    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


@pytest.mark.parametrize("damage", ["removed", "changed"])
def test_a_file_that_the_disk_lost_is_told_and_mended_by_the_next_upload(app, site, damage):
    zhang = make.person("minhang")
    file = keep(zhang, site)
    path = storage.path_of(site.instance / "files", file.sha256)
    if damage == "removed":
        path.unlink()
    else:
        path.write_bytes(b"x" * len(DATA))

    with pytest.raises(NotFound, match="缺失或已损坏"):
        service.read_bytes(file, settings=site)

    keep(zhang, site)
    assert service.read_bytes(file, settings=site) == DATA


@pytest.mark.parametrize(
    "who, may",
    [
        (("minhang", "filler"), True),
        (("minhang", "approver"), True),
        (("office", "clerk"), True),
        (("office", "head"), True),
        (("xuhui", "filler"), False),
        (("office", "viewer"), False),
        (("office", "admin"), False),
        (("minhang", "auditor"), False),
    ],
)
def test_a_table_is_handed_to_its_unit_and_the_office_only(app, site, who, may):
    file = keep(make.person("minhang"), site)
    reader = make.person(*who)

    if may:
        assert service.hand_out(file.id, by=reader, settings=site)[1] == DATA
    else:
        with pytest.raises(NotFound) as theirs:
            service.hand_out(file.id, by=reader, settings=site)
        with pytest.raises(NotFound) as none:
            service.hand_out(999_999, by=reader, settings=site)
        assert str(theirs.value) == str(none.value)


def test_a_list_of_people_is_for_administrators(app, site):
    admin = make.person("office", "admin")
    file = keep(admin, site, purpose="people")

    assert service.get(file.id, by=make.person("office", "admin")).id == file.id
    with pytest.raises(NotFound):
        service.get(file.id, by=make.person("office", "clerk"))


def test_each_download_is_one_line_of_the_audit_log(app, site):
    zhang = make.person("minhang")
    file = keep(zhang, site)

    service.hand_out(file.id, by=zhang, settings=site)

    lines = db.session.query(AuditEntry).filter_by(action="file-downloaded").all()
    assert [(line.actor, line.object, line.detail) for line in lines] == [(zhang.username, f"file:{file.id}", "附件2.xlsx")]


def test_one_unit_has_a_quota_an_hour_and_others_keep_theirs(app, site):
    few = site.__class__(**{**site.__dict__, "uploads_per_hour": 2})
    zhang, li = make.person("minhang"), make.person("minhang")
    keep(zhang, few)
    keep(li, few)

    with pytest.raises(TooMany, match="一小时内已上传 2 个文件，请 60 分钟后") as refused:
        keep(zhang, few)

    assert 3500 < refused.value.retry_after <= 3601
    assert keep(make.person("xuhui"), few).id
    db.session.query(StoredFile).update({StoredFile.at: clock.now() - timedelta(minutes=61)})
    db.session.commit()
    assert keep(zhang, few).id


@pytest.mark.parametrize(
    "sent, kept",
    [
        ("附件2.xlsx", "附件2.xlsx"),
        ("../../etc/附件.xlsx", "附件.xlsx"),
        ("C:\\用户\\桌面\\附件.xlsx", "附件.xlsx"),
        ("a\0b.xlsx", "ab.xlsx"),
        ("附件\u202excod.xlsx", "附件xcod.xlsx"),
        ("附件\r\nSet-Cookie: x.xlsx", "附件Set-Cookie x.xlsx"),
        ('a"b|c?.xlsx', "abc.xlsx"),
        ("𠮷㐂 表格.xlsx", "𠮷㐂 表格.xlsx"),
        ("长" * 400 + ".xlsx", "长" * 250 + ".xlsx"),
        ("", "未命名.xlsx"),
        ("..", "未命名.xlsx"),
        (".xlsx", "未命名.xlsx"),
        ("没有扩展名", "没有扩展名.xlsx"),
        ("坏\ud800字.xlsx", "坏字.xlsx"),
    ],
)
def test_a_name_is_kept_as_text_and_never_as_a_path(sent, kept):
    assert service.clean_name(sent, "xlsx") == kept
