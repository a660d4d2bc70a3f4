"""A supplementary notice for an open campaign: read, confirmed point by point, told to the units, kept."""

from __future__ import annotations

import io
import re
from datetime import date

import pytest
import time_machine
from flask import Flask

from ipweek.accounts.models import AuditEntry
from ipweek.annexes import campaigns
from ipweek.annexes.models import Activity, AnnexTable
from ipweek.errors import Conflict, Invalid, NotFound
from ipweek.extensions import db
from ipweek.files.models import StoredFile
from ipweek.notice import amendments, deadlines, schema, service
from ipweek.notice.models import Amendment, Campaign
from ipweek.transaction import transaction
from tests import make
from tests.desk import Desk

pytestmark = pytest.mark.usefixtures("app")


@pytest.fixture
def running() -> Campaign:
    return make.campaign()


def brought(campaign: Campaign, text: str = make.SUPPLEMENT) -> Amendment:
    facts = amendments.read(text.encode(), "补充通知.txt", campaign.year)
    return amendments.draft(campaign, facts, by=make.person("office", "clerk"))


def confirm(amendment: Amendment, *keys: str) -> campaigns.Followed:
    offered = amendments.proposal(amendment)
    return campaigns.amend(amendment, keys or [one.key for one in offered.changes], seen=offered.seen, by=make.person("office", "clerk"))


def test_what_was_read_changes_nothing_until_it_is_confirmed(running: Campaign) -> None:
    amendment = brought(running)

    assert [one.name for one in amendments.proposal(amendment).changes] == ["宣传周", "重点活动安排表截止", "附件2表头"]
    assert running.starts_on == date(2024, 4, 20)
    assert amendments.pending(running) == [amendment]
    assert amendments.applied([running]) == []


def test_only_the_ticked_changes_are_made_and_what_depends_on_the_week_follows(running: Campaign) -> None:
    amendment = brought(running)

    confirm(amendment, "week")

    assert (running.starts_on, running.ends_on) == (date(2024, 4, 22), date(2024, 4, 28))
    assert [(due.kind, due.on) for due in deadlines.dues(running)] == [("plan", date(2024, 4, 12)), ("summary", date(2024, 5, 8))]
    assert [(one["name"], one["now"]) for one in amendment.changes] == [
        ("宣传周", "2024年4月22日至28日"),
        ("活动总结截止", "2024年5月8日（周三）24:00"),
    ]
    assert running.evidence["starts_on"] == "一、宣传周时间由4月20日至26日调整为4月22日至28日。"
    assert amendments.news([running]) == [amendment]


def test_tables_stand_under_the_new_headings_and_keep_their_cells(running: Campaign) -> None:
    draft, archived = make.table("minhang", "draft", of=running), make.table("xuhui", "archived", of=running)
    row = make.row(draft, scale="300人")

    followed = confirm(brought(running))

    form = schema.from_json(db.session.get_one(AnnexTable, draft.id).schema.form)
    assert [(column.key, column.label) for column in form.columns][-3:] == [
        ("scale", "现场人数"),
        ("col_1", "线上人数"),
        ("contact", "联系人"),
    ]
    assert db.session.get_one(Activity, row.id).values["scale"] == "300人"
    assert db.session.get_one(AnnexTable, archived.id).schema.version == 1
    assert (followed.moved, followed.sent) == (1, 0)
    assert db.session.get_one(AnnexTable, draft.id).revision == draft.revision == 1
    assert service.newest_forms(running)[2].version == 2


def test_what_was_read_of_a_cell_by_the_week_is_read_again(running: Campaign) -> None:
    table = make.table("minhang", "draft", of=running)
    named, left = make.row(table, event_time="宣传周首日"), make.row(table, event_time="4月20日")
    with transaction():
        db.session.merge(named).starts_on = date(2024, 4, 20)

    followed = confirm(brought(running), "week")

    assert db.session.get_one(Activity, named.id).starts_on == date(2024, 4, 22)
    assert db.session.get_one(Activity, left.id).starts_on == date(2024, 4, 20)
    assert followed.outside == 1
    assert "1 项活动的时间因此不在宣传周内" in followed.words


def test_a_change_meanwhile_is_looked_at_again(running: Campaign) -> None:
    amendment = brought(running)
    offered = amendments.proposal(amendment)
    with transaction():
        running.ends_on = date(2024, 4, 27)

    with pytest.raises(Conflict, match="又有变动"):
        campaigns.amend(amendment, ["week"], seen=offered.seen, by=make.person("office", "clerk"))

    assert running.starts_on == date(2024, 4, 20)


def test_it_is_confirmed_once_and_with_something_ticked(running: Campaign) -> None:
    amendment = brought(running)
    clerk = make.person("office", "clerk")
    with pytest.raises(Invalid, match="勾选"):
        campaigns.amend(amendment, [], seen=amendments.proposal(amendment).seen, by=clerk)
    confirm(amendment)

    for again in (lambda: confirm(amendment, "week"), lambda: amendments.discard(amendment, by=clerk)):
        with pytest.raises(Conflict, match="已经确认"):
            again()


@pytest.mark.parametrize("status, reason", [("draft", "还没有开启"), ("closed", "已关闭"), ("withdrawn", "已撤销")])
def test_only_an_open_campaign_is_amended(status: str, reason: str) -> None:
    campaign = make.campaign(status)

    with pytest.raises(Conflict, match=reason):
        amendments.to_amend(campaign.id, by=make.person("office", "clerk"))


def test_units_see_it_only_once_it_is_confirmed(running: Campaign) -> None:
    amendment, filler = brought(running), make.person("minhang")
    with pytest.raises(NotFound):
        amendments.get(amendment.id, by=filler)

    confirm(amendment)

    assert amendments.get(amendment.id, by=filler) is amendment
    with pytest.raises(NotFound):
        amendments.to_decide(amendment.id, by=filler)


def test_a_longer_campaign_deadline_stands_over_an_earlier_extension(running: Campaign) -> None:
    unit = make.unit("minhang")
    until = deadlines.due_of(running, "plan").at  # type: ignore[union-attr]
    assert until is not None
    deadlines.extend(running.deadlines[0], unit, until=until.replace(day=15), why="出差", by=make.person("office", "clerk"))

    confirm(brought(running))

    due = deadlines.due_of(running, "plan", annex=2, unit_id=unit.id)
    assert due is not None
    assert (due.on, due.extended) == (date(2024, 4, 19), False)


def test_a_correction_of_an_open_campaign_is_told_too(running: Campaign) -> None:
    facts = {name: getattr(running, name) for name in service.FACTS} | {"starts_on": date(2024, 4, 22), "ends_on": date(2024, 4, 28)}
    same = [service.DeadlineWords(one.kind, one.phrase, rule=one.rule, due_on=one.due_on) for one in running.deadlines]

    followed = campaigns.correct(running, facts, same, [make.ANNEX_1, make.ANNEX_2], by=make.person("office", "clerk"))

    (told,) = amendments.news([running])
    assert [one["name"] for one in told.changes] == ["宣传周", "活动总结截止"]
    assert (told.title, told.text) == ("更正", "")
    assert followed.words.startswith("已生效并告知各单位：宣传周改为2024年4月22日至28日；活动总结截止改为2024年5月8日")


@pytest.mark.parametrize("day, is_over", [(date(2024, 4, 1), True), (date(2024, 4, 16), False)])
def test_a_deadline_moved_to_a_day_that_is_over_is_said_so_that_a_slip_is_seen(running: Campaign, day: date, *, is_over: bool) -> None:
    facts = {name: getattr(running, name) for name in service.FACTS}
    moved = [
        service.DeadlineWords(one.kind, one.phrase, rule=one.rule, due_on=day if one.kind == "plan" else one.due_on)
        for one in running.deadlines
    ]

    with time_machine.travel("2024-04-11T09:00:00+08:00", tick=False):
        followed = campaigns.correct(running, facts, moved, [make.ANNEX_1, make.ANNEX_2], by=make.person("office", "clerk"))

    assert [one.name for one in followed.done.changes] == ["重点活动安排表截止"]
    assert ("重点活动安排表截止改在了已经过去的日子" in followed.words) is is_over


def test_a_correction_of_other_words_tells_nobody(running: Campaign) -> None:
    facts = {name: getattr(running, name) for name in service.FACTS} | {"fax": "55559999"}
    same = [service.DeadlineWords(one.kind, one.phrase, rule=one.rule, due_on=one.due_on) for one in running.deadlines]

    assert campaigns.correct(running, facts, same, [], by=make.person("office", "clerk")).words == "已保存。"
    assert amendments.news([running]) == []


def test_the_office_brings_confirms_and_the_units_are_told(app: Flask, running: Campaign) -> None:
    make.table("minhang", "draft", of=running)
    office = Desk(app).sit(make.user("office", "clerk"))
    filler = Desk(app).sit(make.user("minhang"))
    page = office.get(f"/campaigns/{running.id}")
    assert "导入补充通知" in page.text
    assert "导入补充通知" not in filler.get(f"/campaigns/{running.id}").text

    sent = office.post(f"/campaigns/{running.id}/amendments", {"file": (io.BytesIO(make.SUPPLEMENT.encode()), "补充通知.txt")})
    shown = office.get(sent.location)
    assert (sent.status_code, shown.status_code) == (303, 200)
    assert "一、宣传周时间由4月20日至26日调整为4月22日至28日。" in shown.text
    assert "checked" not in shown.text
    assert filler.get(sent.location).status_code == 404
    seen = re.search(r'name="seen" value="(\w+)"', shown.text)
    assert seen
    nothing = office.post(sent.location, {"seen": seen[1]})
    assert (nothing.status_code, "请勾选要采用的变动" in nothing.text) == (422, True)
    done = office.post(sent.location, {"seen": seen[1], "change": ["week", f"deadline:{running.deadlines[0].id}:0"]})

    assert done.status_code == 303
    assert "已生效并告知各单位" in office.get(done.location).text
    for address in (f"/campaigns/{running.id}", "/tasks", sent.location):
        told = filler.get(address).text
        assert "2024年4月22日至28日" in told
        assert "2024年4月19日（周五）17:00" in told
        assert "沪知联办〔2024〕5号" in told
    assert "一、宣传周时间由" in filler.get(sent.location).text
    assert db.session.query(StoredFile).filter_by(purpose="notice").count() == 1
    actions = [entry.action for entry in db.session.query(AuditEntry).filter(AuditEntry.action.like("amendment.%"))]
    assert actions == ["amendment.read", "amendment.apply"]


@pytest.mark.parametrize("sent, said", [({"pasted": ""}, "请选择补充通知的文件"), ({"pasted": "\x00\x01 \x02"}, "")])
def test_what_cannot_be_read_is_said_and_stays_in_the_box(app: Flask, running: Campaign, sent: dict[str, str], said: str) -> None:
    office = Desk(app).sit(make.user("office", "clerk"))
    office.get(f"/campaigns/{running.id}")

    answer = office.post(f"/campaigns/{running.id}/amendments", sent)

    assert answer.status_code == 422
    assert said in answer.text
    assert db.session.query(Amendment).count() == 0


def test_what_is_not_wanted_is_dropped(app: Flask, running: Campaign) -> None:
    amendment = brought(running)
    office = Desk(app).sit(make.user("office", "clerk"))
    assert "尚未确认" in office.get(f"/campaigns/{running.id}").text

    dropped = office.post(f"/amendments/{amendment.id}/discard")

    assert "没有采用" in office.get(dropped.location).text
    assert "决定不采用" in office.get(f"/amendments/{amendment.id}").text
    assert office.post(f"/amendments/{amendment.id}", {"change": "week"}).status_code == 409
    assert (amendments.pending(running), amendments.applied([running])) == ([], [])
    with pytest.raises(NotFound):
        amendments.get(amendment.id, by=make.person("minhang"))
    assert running.starts_on == date(2024, 4, 20)
