"""A release is numbered and frozen; two can be compared, and each row of one can be traced."""

import hashlib

import pytest

from ipweek import clock
from ipweek.annexes.models import Activity
from ipweek.errors import Conflict, Forbidden, NotFound
from ipweek.extensions import db
from ipweek.files import service as files
from ipweek.files.models import StoredFile
from ipweek.reporting import contents
from ipweek.reporting.models import Snapshot
from ipweek.transaction import transaction
from ipweek.workbooks import releases
from tests import make
from tests.desk import Desk

from .official import opened


@pytest.fixture
def campaign(app):
    return make.campaign()


@pytest.fixture
def clerk(campaign):
    return make.person("office", "clerk")


@pytest.fixture
def release(app, campaign, clerk):
    return lambda: releases.make(campaign, by=clerk, settings=app.extensions["settings"])


def resend(table, change=None, **cells):
    """The unit changes a row (or adds one) and sends the table again; the office approves."""
    if change is None:
        make.row(table, **cells)
    with transaction():
        if change is not None:
            row = db.session.get(Activity, change)
            row.values = {**row.values, **cells}
        table = db.session.get(type(table), table.id)
        db.session.add(
            Snapshot(table_id=table.id, revision=table.revision + 1, at=clock.now(), content=contents.freeze(table, clock.now()))
        )


def rows_of(table):
    return [row.id for row in db.session.query(Activity).filter_by(table_id=table.id, is_header=False).order_by(Activity.pos)]


def test_a_release_is_numbered_and_frozen_with_its_digest(app, clerk, campaign, sent, release):
    sent("minhang", "approved", {"event_name": "商标课堂"})
    make.person("minhang")

    made = release()

    data = files.read_bytes(made.file, settings=app.extensions["settings"])
    book = opened(data)
    assert (made.number, made.activities, made.by.id) == (1, 1, clerk.id)
    assert made.file.sha256 == hashlib.sha256(data).hexdigest()
    assert {row[0].value: row[1].value for row in book["封面"].iter_rows() if row[0].value}["版次"] == "第 1 版"


def test_later_changes_do_not_touch_a_release(app, sent, release, campaign, clerk):
    table = sent("minhang", "approved", {"event_name": "商标课堂"})
    first = release()
    before = files.read_bytes(first.file, settings=app.extensions["settings"])

    resend(table, event_name="版权之夜")
    second = release()

    assert (second.number, second.activities) == (2, 2)
    again = releases.get(campaign, 1, by=clerk)
    assert (again.activities, files.read_bytes(again.file, settings=app.extensions["settings"])) == (1, before)


def test_the_same_content_is_not_released_twice(sent, release, campaign, clerk):
    sent("minhang", "approved", {})
    release()

    with pytest.raises(Conflict, match="第 1 版"):
        release()

    assert len(releases.every(campaign, by=clerk)) == 1


def test_two_releases_tell_what_is_new_changed_and_gone(sent, release, campaign, clerk):
    minhang = sent("minhang", "approved", {"event_name": "商标课堂", "venue": "社区中心"}, {"event_name": "专利讲座"})
    xuhui = sent("xuhui", "approved", {"event_name": "版权之夜"})
    release()
    first, second = rows_of(minhang)
    with transaction():
        db.session.get(Activity, second).alive = False
        db.session.get(type(xuhui), xuhui.id).status = "returned"
    resend(minhang, first, venue="文化馆")
    resend(minhang, event_name="海关开放日")
    sent("shangwuwei", "approved", {"event_name": "服务站开放日"})
    release()

    found = {each.unit: each for each in releases.compare(campaign, 1, 2, by=clerk)}

    assert [(unit, each.kind) for unit, each in found.items()] == [("市商务委", "new"), ("闵行区", "changed"), ("徐汇区", "gone")]
    minhang_now = found["闵行区"]
    assert [row["values"]["event_name"] for row in minhang_now.added] == ["海关开放日"]
    assert [cells for _, cells in minhang_now.changed] == [[("活动地点", "社区中心", "文化馆")]]
    assert [row["values"]["event_name"] for row in minhang_now.differences.removed] == ["专利讲座"]
    assert [row["values"]["event_name"] for row in found["徐汇区"].differences.removed] == ["版权之夜"]


def test_every_row_of_a_release_is_traced_to_its_activity(app, sent, release, clerk):
    table = sent("minhang", "approved", {"event_name": "商标课堂"}, {"event_name": "专利讲座"})

    made = release()

    found = releases.trace(made, by=clerk)
    book = opened(files.read_bytes(made.file, settings=app.extensions["settings"]))
    assert {(each.sheet, each.activity_id) for each in found} == {(sheet, row) for sheet in ("附件2", "活动总表") for row in rows_of(table)}
    for each in found:
        assert each.event_name in [cell.value for cell in book[each.sheet][each.row]]
        assert each.unit == "闵行区"


def test_releases_count_for_no_quota_and_are_the_offices_alone(app, sent, release, clerk):
    sent("minhang", "approved", {})
    made = release()

    files.check_quota(by=clerk, settings=app.extensions["settings"])
    assert db.session.query(StoredFile).one().purpose == "release"
    for who in (make.person("office", "viewer"), make.person("office", "admin"), make.person("minhang")):
        with pytest.raises(NotFound):
            files.get(made.file_id, by=who)
    assert files.get(made.file_id, by=make.person("office", "head")).id == made.file_id


@pytest.mark.parametrize("role", ["viewer", "admin", "auditor"])
def test_others_see_no_releases(campaign, role):
    with pytest.raises(Forbidden):
        releases.every(campaign, by=make.person("office", role))


def test_the_pages_list_compare_and_trace(app, campaign, sent):
    table = sent("minhang", "approved", {"event_name": "商标课堂", "venue": "社区中心"})
    desk = Desk(app).sit(make.user("office", "clerk"))
    path = f"/campaigns/{campaign.id}/releases"
    desk.get(path)
    assert desk.post(path).status_code == 303
    again = desk.post(path)
    assert (again.status_code, "内容相同" in again.text) == (409, True)

    resend(table, rows_of(table)[0], venue="文化馆")
    desk.get(path)
    desk.post(path)

    listed, compared, traced = desk.get(path), desk.get(f"{path}/compare"), desk.get(f"{path}/trace")
    assert listed.text.count("第 2 版") >= 1
    assert "<del>社区中心</del>" in compared.text
    assert f"/tables/{table.id}#row-{rows_of(table)[0]}" in traced.text
    assert desk.get(f"{path}/trace?number=99999999999999999999").status_code == 400
    assert desk.get(f"{path}/trace?number=7").status_code == 404
    assert desk.get(f"{path}/compare?older=1&newer=7").status_code == 404
