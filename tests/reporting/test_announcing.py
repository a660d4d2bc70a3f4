"""What units hear of their campaign: closed, opened again, withdrawn, its dates moved. Once for each change, and nothing for none."""

import threading
from datetime import date, time

import pytest
from sqlalchemy import event

from ipweek import clock
from ipweek.accounts.models import User
from ipweek.annexes import service as annexes
from ipweek.annexes.models import AnnexTable
from ipweek.errors import Conflict
from ipweek.extensions import db
from ipweek.notice import amendments, deadlines, service
from ipweek.reporting import announcing, chasing, messages, outbox
from ipweek.reporting.models import Mail, Message
from ipweek.transaction import transaction
from tests import make
from tests.reporting.cast import sent


@pytest.fixture
def running(cast):
    """An open campaign with the tables of 闵行 and 徐汇."""
    made = make.campaign()
    make.table("minhang", "draft", of=made)
    make.table("xuhui", "todo", of=made)
    return made


def told(person):
    return [(found.kind, found.words, found.link) for found in messages.mine(by=person).messages]


def words_to(person):
    return [found.words for found in messages.mine(by=person).messages]


def entered(campaign, **facts):
    return {name: getattr(campaign, name) for name in service.FACTS} | facts


def dates(campaign, **plan):
    """The deadlines as they stand, the plan's with what is named."""
    first, *rest = [
        service.DeadlineWords(one.kind, one.phrase, one.annex, one.rule, one.due_on, one.due_time) for one in campaign.deadlines
    ]
    return [service.DeadlineWords(**{**first.__dict__, **plan}), *rest]


def correct(campaign, by, plan=None, **facts):
    return announcing.correct(campaign, entered(campaign, **facts), dates(campaign, **(plan or {})), [make.ANNEX_1, make.ANNEX_2], by=by)


def test_who_has_not_sent_hears_of_the_close_what_he_can_still_do(cast, running):
    by = cast["filler of 闵行"]

    announcing.close(running, by=cast["clerk"])

    words = "2024年知识产权宣传周活动已关闭，不能再填写和报送。附件2还没有报送，确需补报的，请在“我的任务”里申请。"
    home = running_table(running, "minhang")
    assert told(by) == [("closed", words, f"/tables/{home.id}")]
    assert told(cast["clerk"]) == told(cast["viewer"]) == []


def running_table(campaign, slug):
    return next(one for one in annexes.tables_of(campaign) if one.unit.slug == slug)


def test_who_has_sent_hears_that_nothing_changes_any_more(cast):
    by = cast["filler of 闵行"]
    move = sent(by)

    announcing.close(db.session.get_one(AnnexTable, move.table_id).campaign, by=cast["clerk"])

    assert words_to(by) == ["2024年知识产权宣传周活动已关闭，附件2不能再修改。"]


def test_a_second_close_is_refused_and_tells_nobody_again(cast, running):
    announcing.close(running, by=cast["clerk"])

    with pytest.raises(Conflict):
        announcing.close(running, by=cast["head"])

    assert len(words_to(cast["filler of 闵行"])) == 1


def test_who_is_handed_a_table_is_told_by_when_it_is_due(cast):
    draft, department = make.campaign("draft"), make.person("qibao", "filler")

    announcing.open_campaign(draft, by=cast["clerk"])

    home = running_table(draft, "minhang")
    words = "2024年知识产权宣传周活动已开启，请填报附件2：4月12日（周五）24:00 截止，还剩 2 天 12 小时；逾期仍可报送，但会标记“逾期”。"
    assert told(cast["filler of 闵行"]) == [("opened", words, f"/tables/{home.id}")]
    assert words_to(department) == ["2024年知识产权宣传周活动已开启，请在闵行区的附件2里填写本部门的活动，填完后由闵行区统一报送。"]


def test_a_unit_that_comes_later_is_told_when_it_gets_its_table_and_nobody_else_again(cast, seat):
    draft = make.campaign("draft")
    announcing.open_campaign(draft, by=cast["clerk"])
    late = make.person("shangwuwei", "filler")

    seat(cast["clerk"]).post(f"/board/{draft.id}/missing")

    assert [kind for kind, _, _ in told(late)] == ["opened"]
    assert len(told(cast["filler of 闵行"])) == 1


@pytest.mark.parametrize("press", ["close", "withdraw_campaign", "open_campaign"])
def test_of_two_who_press_at_one_moment_one_is_refused_and_all_is_told_once(app, cast, press):
    made = make.campaign("draft")
    announcing.open_campaign(made, by=cast["clerk"])
    if press == "open_campaign":
        announcing.close(made, by=cast["clerk"])
    number, start, ends = made.id, threading.Barrier(2), []
    before = len(words_to(cast["filler of 闵行"]))
    db.session.rollback()

    def act(by):
        with app.app_context():
            mine = service.to_manage(number, by=by)
            start.wait(10)
            try:
                getattr(announcing, press)(mine, by=by)
                ends.append("done")
            except Conflict:
                ends.append("refused")
            db.session.remove()

    threads = [threading.Thread(target=act, args=(cast[who],)) for who in ("clerk", "head")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)

    db.session.rollback()
    assert sorted(ends) == ["done", "refused"]
    assert len(words_to(cast["filler of 闵行"])) == before + 1


def test_opening_again_is_told_to_those_who_had_their_table(cast):
    draft = make.campaign("draft")
    make.unit("xuhui")
    by = cast["filler of 闵行"]
    announcing.open_campaign(draft, by=cast["clerk"])
    announcing.close(draft, by=cast["clerk"])

    announcing.open_campaign(draft, by=cast["clerk"])

    assert [kind for kind, _, _ in told(by)] == ["reopened", "closed", "opened"]
    assert words_to(by)[0] == (
        "2024年知识产权宣传周活动已重新开启，附件2可以继续填写、报送：4月12日（周五）24:00 截止，还剩 2 天 12 小时；逾期仍可报送，但会标记“逾期”。"
    )
    assert messages.unread(by=by) == 1  # that it was closed is over


def test_a_chase_is_over_when_the_campaign_closes(cast, running):
    home = running_table(running, "minhang")
    chasing.send(running.id, [home.id], by=cast["clerk"])

    announcing.close(running, by=cast["clerk"])

    assert [found.kind for found in messages.mine(by=cast["filler of 闵行"]).messages if found.read_at is None] == ["closed"]


def test_a_withdrawn_campaign_asks_for_nothing_more(cast, running):
    by = cast["filler of 闵行"]
    chasing.send(running.id, [running_table(running, "minhang").id], by=cast["clerk"])

    announcing.withdraw_campaign(running, by=cast["clerk"])

    assert told(by)[0] == ("withdrawn", "市联席办撤销了2024年知识产权宣传周活动，附件2不用再填写。", "/tasks")
    assert messages.unread(by=by) == 1


def test_a_draft_is_withdrawn_silently(cast):
    draft = make.campaign("draft")

    assert announcing.withdraw_campaign(draft, by=cast["clerk"]) == 0


def test_moved_dates_are_told_from_what_to_what_with_the_weekday(cast, running):
    amendment = amendments.draft(running, amendments.read(make.SUPPLEMENT.encode(), "补充通知.txt", 2024), by=cast["clerk"])
    offered = amendments.proposal(amendment)

    announcing.amend(amendment, [one.key for one in offered.changes], seen=offered.seen, by=cast["clerk"])

    words = (
        "2024年知识产权宣传周活动的安排有变动：宣传周由4月20日（周六）至4月26日（周五）改为4月22日（周一）至4月28日（周日）；"
        "重点活动安排表截止由4月12日（周五）24:00改为4月19日（周五）17:00；"
        "活动总结截止由5月7日（周二）24:00改为5月8日（周三）24:00；附件2表头也有变动。"
    )
    assert told(cast["filler of 闵行"]) == told(cast["filler of 徐汇"]) == [("moved", words, f"/campaigns/{running.id}")]


def test_a_corrected_day_is_told_once(cast, running):
    later = {"due_on": date(2024, 4, 15)}

    correct(running, cast["clerk"], later)
    correct(running, cast["clerk"], later)

    assert words_to(cast["filler of 闵行"]) == [
        "2024年知识产权宣传周活动的安排有变动：重点活动安排表截止由4月12日（周五）24:00改为4月15日（周一）24:00。"
    ]


def test_where_a_date_lies_in_another_year_both_are_said_with_theirs(cast, running):
    correct(running, cast["clerk"], {"due_on": date(2025, 4, 11)})

    assert "由2024年4月12日（周五）24:00改为2025年4月11日（周五）24:00" in words_to(cast["filler of 闵行"])[0]


def test_an_hour_alone_is_a_move_too(cast, running):
    correct(running, cast["clerk"], {"due_time": time(17)})

    assert "由4月12日（周五）24:00改为4月12日（周五）17:00" in words_to(cast["filler of 闵行"])[0]


def test_what_moves_no_date_is_told_to_nobody(cast, running):
    correct(running, cast["clerk"], fax="55559999")
    correct(running, cast["clerk"])

    assert db.session.query(Message).count() == 0


def test_a_correction_of_a_draft_is_told_to_nobody(cast):
    draft = make.campaign("draft")
    make.table("minhang", of=draft)

    correct(draft, cast["clerk"], {"due_on": date(2024, 4, 15)})

    assert db.session.query(Message).count() == 0


def test_a_date_of_another_annex_does_not_concern_a_unit(cast, running):
    city = make.person("shangwuwei", "filler")
    make.table("shangwuwei", "todo", of=running)
    with transaction():
        running.deadlines.append(deadlines.Deadline(kind="plan", annex=1, due_on=date(2024, 4, 10)))
    same = dates(running)
    same[2] = service.DeadlineWords("plan", annex=1, due_on=date(2024, 4, 11))

    announcing.correct(running, entered(running), same, [], by=cast["clerk"])

    assert told(cast["filler of 闵行"]) == []
    assert "重点活动安排表截止（附件1）由4月10日（周三）24:00改为4月11日（周四）24:00" in words_to(city)[0]


def test_a_unit_with_a_day_of_its_own_is_told_that_it_stays(cast, running):
    until = clock.now().replace(day=19, hour=16, minute=0)
    deadlines.extend(running.deadlines[0], make.unit("minhang"), until=until, why="出差", by=cast["clerk"])

    correct(running, cast["clerk"], {"due_on": date(2024, 4, 15)})

    assert words_to(cast["filler of 闵行"])[0].endswith("改为4月15日（周一）24:00。本单位另有期限，仍为4月19日（周五）24:00。")
    assert "另有期限" not in words_to(cast["filler of 徐汇"])[0]


def test_the_day_table_moves_what_is_counted_in_working_days(cast, running):
    by = cast["filler of 闵行"]

    announcing.change_day(date(2024, 4, 28), works=False, source="沪府办发〔2024〕1号", by=cast["clerk"])
    announcing.change_day(date(2024, 4, 28), works=False, source="沪府办发〔2024〕1号", by=cast["clerk"])
    announcing.change_day(date(2024, 10, 8), works=False, source="沪府办发〔2024〕2号", by=cast["clerk"])

    assert words_to(by) == ["2024年知识产权宣传周活动的安排有变动：活动总结截止由5月7日（周二）24:00改为5月8日（周三）24:00。"]
    (kept,) = amendments.news([running])
    assert (kept.title, kept.changes[0]["now"]) == ("放假安排更新", "5月8日（周三）24:00")


def test_a_department_is_told_what_it_can_do(cast, running):
    department = make.person("qibao", "filler")

    announcing.close(running, by=cast["clerk"])
    announcing.open_campaign(running, by=cast["clerk"])

    assert words_to(department) == [
        "2024年知识产权宣传周活动已重新开启，附件2可以继续填写。",
        "2024年知识产权宣传周活动已关闭，附件2不能再修改。",
    ]


@pytest.mark.parametrize("changes", [{"is_excused": True}, {"status": "todo", "submitted_at": None}])
def test_who_is_not_asked_is_not_told(cast, running, changes):
    home = running_table(running, "xuhui")
    with transaction():
        for name, value in changes.items():
            setattr(home, name, value)
        if "is_excused" not in changes:
            home.unit.is_active = False

    announcing.close(running, by=cast["clerk"])

    assert told(cast["filler of 徐汇"]) == []
    assert len(told(cast["filler of 闵行"])) == 1


def test_who_made_the_change_and_who_left_hear_nothing(cast, running):
    both = make.person("office", "clerk", "filler")
    make.table("office", "todo", of=running)
    gone = make.user("minhang", "filler", is_active=False)

    announcing.close(running, by=both)

    assert told(both) == []
    assert db.session.query(Message).filter_by(user_id=gone.id).count() == 0


@pytest.mark.parametrize("press, subject", [("close", "宣传周活动已关闭"), ("withdraw_campaign", "宣传周活动已撤销")])
def test_it_goes_out_by_mail_too(cast, running, press, subject):
    with transaction():
        db.session.get_one(User, cast["filler of 闵行"].id).email = "chen.li@minhang.example.cn"

    getattr(announcing, press)(running, by=cast["clerk"])

    outbox.collect()
    (letter,) = outbox.claim()
    assert subject in outbox.SUBJECTS[letter.kind]
    assert db.session.query(Mail).count() == 1


def test_the_pages_presses_tell(cast, seat, running):
    clerk = seat(cast["clerk"])
    clerk.get(f"/campaigns/{running.id}")

    assert "已发站内消息告知 2 人。" in clerk.post(f"/campaigns/{running.id}/close", follow_redirects=True).text
    clerk.post(f"/campaigns/{running.id}/open")
    day = {"day": "2024-04-28", "works": "0", "source": "某号"}
    assert clerk.post("/workdays/day", day).status_code == 303
    assert clerk.post(f"/campaigns/{running.id}/withdraw").status_code == 303

    kinds = [kind for kind, _, _ in told(cast["filler of 徐汇"])]
    assert kinds == ["withdrawn", "moved", "reopened", "closed"]


@pytest.mark.parametrize("units", [1, 30])
def test_thirty_units_are_told_with_as_many_questions_as_one(cast, units):
    made = make.campaign()
    for number in range(units):
        make.table(f"unit{number}", of=made)
        make.person(f"unit{number}", "filler")
    asked = []

    def listen(_connection, _cursor, statement, *_):
        asked.extend([statement] * statement.startswith("SELECT"))

    event.listen(db.engine, "before_cursor_execute", listen)
    told_of = announcing.close(made, by=cast["clerk"])
    event.remove(db.engine, "before_cursor_execute", listen)

    assert (told_of, len(asked)) == (units, 5)
