"""The week on the board: what happens on which day, and what a leader may read of it."""

import pytest
import time_machine

from ipweek.annexes import campaigns
from ipweek.board import week
from ipweek.transaction import transaction
from tests import make
from tests.desk import Desk
from tests.reporting.cast import table


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel("2024-04-10T12:00:00+08:00", tick=False) as traveller:
        yield traveller


@pytest.fixture
def clerk(app):
    return make.person("office", "clerk")


def planned(*whens, slug="minhang", **cells):
    """A table with one activity at each of these times, read as they are when they are saved."""
    made = table("draft", *({"event_time": when, "event_name": f"活动{when}", **cells} for when in whens), slug=slug)
    with transaction():
        campaigns._read_again(made.campaign, None)
    return made


def named(found):
    return [[event.name for event in day.events] for day in found.days]


def test_each_day_has_what_goes_on_and_first_what_begins(clerk):
    home = planned("4月20日—26日", "4月22日", "4月22日至23日")

    found = week.week(home.campaign, by=clerk)

    long, one, two = "活动4月20日—26日", "活动4月22日", "活动4月22日至23日"
    assert named(found) == [[long], [long], [one, two, long], [long, two], [long], [long], [long]]
    assert [day.day.day for day in found.days if day.is_ip_day] == [26]


def test_what_lies_elsewhere_or_has_no_day_is_counted(clerk):
    home = planned("4月1日", "5月4日", "5月5日", "待定")

    found = week.week(home.campaign, by=clerk)

    assert (found.before, found.after, found.undated) == (1, 2, 1)
    assert named(found) == [[]] * 7


def test_what_has_only_a_stretch_of_days_is_not_said_to_stand_apart(app, clerk):
    planned("4月下旬", "待定")

    page = Desk(app).sit(clerk).get("/board").text

    assert "活动4月下旬" in page
    assert "时间待定、没有写明日期 1 项" in page
    assert "大致时间" not in page


def test_an_excused_unit_and_a_week_without_dates_show_nothing(clerk):
    home = planned("4月22日")
    with transaction():
        home.is_excused = True
    assert named(week.week(home.campaign, by=clerk)) == [[]] * 7

    with transaction():
        home.campaign.ends_on = None
    assert week.week(home.campaign, by=clerk) is None


def test_a_leader_reads_no_phone_that_stands_in_a_name(app, clerk):
    planned("4月22日", event_name="展会（报名 13800000001）", venue="电话 021-55550003")

    leader, office = (Desk(app).sit(person).get("/board").text for person in (make.person("office", "viewer"), clerk))

    assert "13800000001" in office
    assert "展会（报名 138****0001）" in leader
    assert "55550003" not in leader


def test_many_on_one_day_unfold(app, clerk):
    planned(*["4月26日"] * 8)

    page = Desk(app).sit(clerk).get("/board").text

    assert "<b>8</b> 项<br>世界知识产权日" in page
    assert "另有 3 项" in page
