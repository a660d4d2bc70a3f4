"""After the week: the summary as a task of its own, and the chase for those that are missing."""

import pytest

from ipweek.extensions import db
from ipweek.reporting import chasing, messages, reminding, summaries, tasks
from ipweek.reporting.models import Chase
from ipweek.reporting.summary_chasing import SUMMARIES
from ipweek.reporting.summary_draft import Draft
from ipweek.transaction import transaction
from tests import make
from tests.reporting.cast import sent

AFTER = "2024-05-06T12:00:00+08:00"
"""The day before summaries are due."""
ROUND = {"office": "办公室", "phone": ""}


@pytest.fixture(autouse=True)
def clock(clock):
    clock.move_to(AFTER)
    return clock


@pytest.fixture
def home(cast):
    return sent(cast["filler of 闵行"]).table_id


def written(table_id, by, text="总结文字"):
    rows = [str(row.id) for row in summaries.annexes.rows_of(summaries.annexes.get_table(table_id, by=by))]
    draft = Draft(text, {}, {row: {"how": "held"} for row in rows})
    return summaries.save(table_id, draft, revision=0, by=by)


def told(person):
    return [found.words for found in messages.mine(by=person).messages]


def campaign_of(table_id):
    return db.session.get_one(chasing.AnnexTable, table_id).campaign_id


def test_who_has_sent_the_table_is_chased_for_the_summary_alone(cast, home):
    tables = chasing.desk(campaign_of(home), **ROUND, by=cast["clerk"])
    after = chasing.desk(campaign_of(home), errand=SUMMARIES, **ROUND, by=cast["clerk"])

    assert list(tables.candidates) == []
    assert [(one.table.id, one.group) for one in after.candidates] == [(home, "nothing")]
    assert after.candidates[0].words == "活动总结请于5月7日（周二）24:00前报送（还剩 1 天 12 小时）。系统里还没有填写。"
    assert "宣传周活动总结请于5月7日（周二）24:00前在填报系统中报送" in after.group_text
    assert "零报送" not in after.group_text


def test_before_the_end_of_the_week_nobody_is_chased_for_it(cast, home, clock):
    clock.move_to("2024-04-26T23:59:59+08:00")

    assert list(chasing.desk(campaign_of(home), errand=SUMMARIES, **ROUND, by=cast["clerk"]).candidates) == []


@pytest.mark.parametrize("state, group", [("draft", "unsent"), ("returned", "returned"), ("submitted", None)])
def test_the_words_follow_how_far_it_got(cast, home, state, group):
    filler = cast["filler of 闵行"]
    made = written(home, filler)
    if state != "draft":
        summaries.submit(home, revision=made.revision, by=filler)
    if state == "returned":
        summaries.return_for_changes(home, "请补充数据", revision=made.revision, by=cast["clerk"])

    found = chasing.desk(campaign_of(home), errand=SUMMARIES, **ROUND, by=cast["clerk"]).candidates

    assert [one.group for one in found] == ([group] if group else [])
    assert not found or ("请补充数据" in found[0].words) == (state == "returned")


def test_it_is_sent_once_a_working_day_and_quiet_once_the_summary_is_there(cast, home):
    filler, clerk = cast["filler of 闵行"], cast["clerk"]

    first = chasing.send(campaign_of(home), [home], errand=SUMMARIES, by=clerk)
    second = chasing.send(campaign_of(home), [home], errand=SUMMARIES, by=clerk)
    summaries.submit(home, revision=written(home, filler).revision, by=filler)

    assert (first.told, second.spared) == (["闵行区"], ["闵行区"])
    assert messages.unread(by=filler) == 0
    assert messages.mine(by=filler).messages[0].link == f"/tables/{home}/summary"


def test_a_chase_for_the_table_does_not_spare_the_summary(cast, clock):
    home = make.table("minhang", "draft")
    chasing.send(home.campaign_id, [home.id], by=cast["clerk"])

    done = chasing.send(home.campaign_id, [home.id], errand=SUMMARIES, by=cast["clerk"])

    assert done.told == ["闵行区"]
    assert chasing.counts(home.campaign) == {home.id: 1}


def test_the_site_reminds_of_it_before_and_after_its_day(cast, home, clock):
    first = reminding.remind(by="system:test")
    again = reminding.remind(by="system:test")
    clock.move_to("2024-05-08T10:00:00+08:00")
    late = reminding.remind(by="system:test")

    assert (first, again, late) == (["闵行区"], [], ["闵行区"])
    assert [one.kind for one in db.session.query(Chase).order_by(Chase.id)] == ["sum_soon", "sum_late"]
    assert "已于5月7日（周二）24:00截止" in told(cast["filler of 闵行"])[0]


def test_a_unit_that_owes_both_is_named_once(cast, clock):
    make.table("minhang", "todo")

    assert reminding.remind(by="system:test") == ["闵行区"]
    assert len(told(cast["filler of 闵行"])) == 2


def test_an_excused_and_a_dissolved_unit_are_left_in_peace(cast, home):
    other = make.table("xuhui", "todo", is_excused=True)
    with transaction():
        make.unit("minhang").is_active = False

    assert list(chasing.desk(other.campaign_id, errand=SUMMARIES, **ROUND, by=cast["clerk"]).candidates) == []


def test_the_whole_way_through_the_pages(cast, home, seat):
    clerk, campaign = seat(cast["clerk"]), campaign_of(home)

    listed = clerk.get(f"/campaigns/{campaign}/summaries").text
    choose = clerk.get(f"/campaigns/{campaign}/chase?about=summary").text
    preview = clerk.get(f"/campaigns/{campaign}/chase/preview?about=summary&table={home}").text
    done = clerk.post(f"/campaigns/{campaign}/chase", {"about": "summary", "table": home}, follow_redirects=True).text

    assert "催报（1）" in listed
    assert "<h1>催报活动总结" in choose
    assert "将发送给 1 个单位" in preview
    assert 'name="about" value="summary"' in preview
    assert "已催报 1 个单位。" in done
    assert "<h1>活动总结" in done


def test_after_the_week_the_summary_is_a_task_of_its_own(cast, home, seat):
    page = seat(cast["filler of 闵行"]).get("/tasks").text

    assert f'<a class="button big" href="/tables/{home}/summary">填写总结</a>' in page
    assert "5月7日（周二）24:00 截止，还剩 1 天 12 小时" in page
    assert "之后还要报送" not in page


def test_before_the_end_of_the_week_it_is_only_announced(cast, home, seat, clock):
    clock.move_to("2024-04-26T12:00:00+08:00")

    page = seat(cast["filler of 闵行"]).get("/tasks").text

    assert "填写总结" not in page
    assert "之后还要报送" in page
    assert [due.kind for due in tasks.later(tasks.mine(by=cast["filler of 闵行"]))] == ["summary"]


def test_a_returned_summary_says_why_on_the_list(cast, home, seat):
    filler = cast["filler of 闵行"]
    made = written(home, filler)
    summaries.submit(home, revision=made.revision, by=filler)
    unit = seat(filler)
    waiting = unit.get("/tasks").text
    summaries.return_for_changes(home, "请补充数据", revision=made.revision, by=cast["clerk"])

    page = unit.get("/tasks").text

    assert "等待市联席办审核" in waiting
    assert "退回修改的理由：请补充数据" in page
    assert "去修改" in page
