"""The site's own reminders: when, how often, and what a second run does."""

import threading

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from ipweek.cli import ipweek
from ipweek.extensions import db
from ipweek.maintenance import ticker
from ipweek.notice.models import Extension
from ipweek.reporting import chasing, messages, reminding
from ipweek.reporting.models import Chase
from ipweek.transaction import transaction
from tests import make
from tests.reporting.cast import sent, table

BY = "system:test"


def told(person):
    return [found.words for found in messages.mine(by=person).messages]


@pytest.mark.parametrize(
    "moment, kinds",
    [
        ("2024-04-08T10:00", []),  # due on Friday the 12th
        ("2024-04-09T10:00", []),
        ("2024-04-10T10:00", ["soon"]),
        ("2024-04-12T23:59", ["soon"]),
        ("2024-04-13T00:00", []),  # a Saturday
        ("2024-04-15T10:00", ["late"]),
    ],
)
def test_a_unit_is_reminded_two_working_days_ahead_and_after(cast, clock, moment, kinds):
    make.table("minhang", "todo")
    clock.move_to(f"{moment}:00+08:00")

    reminding.remind(by=BY)

    assert db.session.scalars(select(Chase.kind)).all() == kinds
    assert len(told(cast["filler of 闵行"])) == len(kinds)


def test_a_second_run_does_nothing(cast, clock):
    make.table("minhang", "todo")

    assert reminding.remind(by=BY) == ["闵行区"]
    clock.move_to("2024-04-12T12:00:00+08:00")
    assert reminding.remind(by=BY) == []

    assert len(told(cast["filler of 闵行"])) == 1


def test_who_has_sent_or_is_excused_is_left_in_peace(cast):
    sent(cast["filler of 闵行"])
    make.table("xuhui", "todo", is_excused=True)

    assert reminding.remind(by=BY) == []


def test_who_was_chased_by_a_person_is_not_reminded_on_the_same_day(cast):
    home = make.table("minhang", "todo")
    chasing.log_call(home.id, "周五报", by=cast["clerk"])

    assert reminding.remind(by=BY) == []


def test_an_extension_moves_the_reminder_and_allows_a_new_one(cast, clock):
    home = make.table("minhang", "todo")
    assert reminding.remind(by=BY) == ["闵行区"]
    with transaction():
        (plan,) = [one for one in home.campaign.deadlines if one.kind == "plan"]
        until = chasing.dues.end_of(plan.due_on.replace(day=18))
        more = {"until": until, "why": "换届", "by_id": cast["clerk"].id, "at": until}
        db.session.add(Extension(deadline_id=plan.id, unit_id=home.unit_id, **more))

    clock.move_to("2024-04-15T10:00:00+08:00")
    assert reminding.remind(by=BY) == []
    clock.move_to("2024-04-16T10:00:00+08:00")
    assert reminding.remind(by=BY) == ["闵行区"]


def test_a_closed_campaign_reminds_nobody(cast):
    make.table("minhang", "todo", of=make.campaign("closed"))

    assert reminding.remind(by=BY) == []


def test_two_nodes_at_once_remind_once(app, cast):
    make.table("minhang", "todo")
    table("draft", slug="xuhui")
    gate = threading.Barrier(2)
    done = []

    def run():
        with app.app_context():
            gate.wait()
            done.extend(reminding.remind(by=BY))
            db.session.remove()

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    db.session.rollback()
    assert sorted(done) == ["徐汇区", "闵行区"]
    assert len(told(cast["filler of 闵行"])) == 1


def test_the_command_says_whom_it_reminded(app, site, monkeypatch):
    make.person("minhang", "filler")
    make.table("minhang", "todo")
    monkeypatch.setenv("IPWEEK_INSTANCE", str(site.instance))

    first, second = (CliRunner().invoke(ipweek, ["remind"], catch_exceptions=False) for _ in range(2))

    assert first.output.strip() == "已提醒 1 个单位：闵行区"
    assert second.output.strip() == "没有需要提醒的单位。"


def test_the_ticker_reminds_in_office_hours_only(app, cast, clock):
    make.table("minhang", "todo")

    clock.move_to("2024-04-10T22:00:00+08:00")
    ticker.go_round(app.app_context)
    assert told(cast["filler of 闵行"]) == []
    clock.move_to("2024-04-11T09:00:00+08:00")
    ticker.go_round(app.app_context)

    db.session.rollback()
    assert len(told(cast["filler of 闵行"])) == 1


def test_a_chore_that_fails_is_logged_and_the_next_is_done(app, caplog):
    done = []

    def fail():
        raise RuntimeError("broken")

    ticker.go_round(app.app_context, fail, lambda: done.append(1))

    assert done == [1]
    assert "broken" in caplog.text


def test_the_ticker_goes_round_until_it_is_stopped(app):
    went = threading.Event()

    with ticker.ticking(app.app_context, went.set, every=0.01):
        assert went.wait(10)

    assert not [thread for thread in threading.enumerate() if thread.name == "ticker"]
