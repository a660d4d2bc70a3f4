"""A campaign that starts from last year's, before the notice is there."""

from datetime import date

import pytest

from ipweek.annexes import campaigns
from ipweek.errors import Conflict, Forbidden
from ipweek.extensions import db
from ipweek.notice import deadlines, next_year
from ipweek.notice import service as notices
from ipweek.notice.models import Campaign
from ipweek.transaction import transaction
from tests import make
from tests.desk import Desk


@pytest.fixture
def clerk(app):
    return make.person("office", "clerk")


@pytest.fixture
def old(app):
    return make.campaign("closed", contacts=["沈知远"], phones=["55550863"], issuer="市联席办", theme="转化运用")


def test_forms_people_and_rules_stay_and_dates_are_a_year_on(clerk, old):
    made = next_year.begin(old, by=clerk)

    assert (made.year, made.status) == (2025, "draft")
    assert made.title == "关于开展2025年上海知识产权宣传周活动的通知"
    assert (made.starts_on, made.ends_on) == (date(2025, 4, 20), date(2025, 4, 26))
    assert (made.contacts, made.phones, made.issuer) == (["沈知远"], ["55550863"], "市联席办")
    assert (made.doc_number, made.theme, made.issue_date) == ("", "", None)
    assert [form.title[:5] for form in made.annexes] == ["2025年", "2025年"]
    assert made.annexes[1].form["columns"] == old.annexes[1].form["columns"]
    assert [due.on for due in deadlines.dues(made)] == [date(2025, 4, 12), date(2025, 5, 6)]


def test_everything_taken_over_says_that_it_was(clerk, old):
    made = next_year.begin(old, by=clerk)

    assert set(made.evidence) == {"title", "starts_on", "ends_on", "issuer", "contacts", "phones"}
    assert {one.note for one in made.deadlines} == {"沿用2024年，请按2025年的通知核对。"}


def test_a_leap_day_becomes_the_day_before(clerk, old):
    with transaction():
        old.starts_on = date(2024, 2, 29)

    assert next_year.begin(old, by=clerk).starts_on == date(2025, 2, 28)


def test_one_a_year_is_enough(clerk, old):
    made = next_year.begin(old, by=clerk)

    with pytest.raises(Conflict, match="2025年已经有一次活动"):
        next_year.begin(old, by=clerk)
    campaigns.withdraw_campaign(made, by=clerk)
    assert next_year.begin(old, by=clerk).id != made.id


def test_what_was_withdrawn_is_no_start(clerk):
    with pytest.raises(Conflict, match="已撤销"):
        next_year.begin(make.campaign("withdrawn"), by=clerk)


@pytest.mark.parametrize("part", [("minhang", "filler"), ("office", "viewer"), ("office", "admin")])
def test_only_the_office_starts_one(old, part):
    with pytest.raises(Forbidden):
        next_year.begin(old, by=make.person(*part))


def test_from_the_list_to_the_open_campaign_that_names_who_was_excused(app, clerk, old):
    make.table("minhang", of=old, is_excused=True)
    desk = Desk(app).sit(clerk)

    listed = desk.get("/campaigns").text
    draft = desk.post(f"/campaigns/{old.id}/next", follow_redirects=True).text
    made = db.session.query(Campaign).filter_by(year=2025).one()
    opened = desk.post(f"/campaigns/{made.id}/open", follow_redirects=True).text

    assert "沿用2024年，建立2025年的草稿" in listed
    assert "沿用2024年，请按2025年的通知核对。" in draft
    assert "活动已开启" in opened
    assert "上一次免报的单位也收到了任务：闵行区。" in opened
    assert "还没有填报员账号，看不到任务" in opened
    assert "沿用2024年，建立" not in desk.get("/campaigns").text
    assert notices.current().id == made.id
