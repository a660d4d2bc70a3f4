"""The campaigns side by side."""

import pytest
from sqlalchemy import event

from ipweek.annexes import campaigns
from ipweek.board import years
from ipweek.errors import Forbidden
from ipweek.extensions import db
from ipweek.reporting.models import Summary
from ipweek.transaction import transaction
from tests import make
from tests.desk import Desk
from tests.reporting.cast import sent, table


@pytest.fixture
def clerk(app):
    return make.person("office", "clerk")


def two_years():
    """闵行 with two activities in 2023 and one in 2024; 徐汇 in 2024 alone, empty."""
    before = make.campaign("closed", year=2023)
    now = make.campaign("open")
    old = table("approved", {}, {}, of=before)
    new = table("draft", {}, of=now)
    make.table("xuhui", of=now)
    for one in (before, now):
        with transaction():
            campaigns._read_again(one, None)
    return before, now, old, new


def test_each_unit_stands_beside_itself(clerk):
    before, now, *_ = two_years()

    found = years.compare(by=clerk)

    assert [column.campaign.year for column in found.columns] == [2024, 2023]
    xuhui, minhang = found.lines
    assert (xuhui.unit.short, list(xuhui.cells)) == ("徐汇区", [now.id])
    assert (minhang.cells[now.id].activities, minhang.cells[before.id].activities) == (1, 2)
    assert minhang.cells[before.id].people == 200


def test_the_sums_are_those_of_the_year(clerk):
    _, _, old, _ = two_years()
    with transaction():
        figures = {"events": 2, "people": 180, "media": None}
        db.session.add(Summary(table_id=old.id, status="approved", sent={"events": 2, "figures": figures}))

    now, then = years.compare(by=clerk).columns

    assert (now.asked, now.activities, now.people) == (2, 1, 100)
    assert (then.asked, then.activities, then.people) == (1, 2, 200)
    assert then.figures == {"events": 2, "people": 180, "media": 0}
    assert now.figures == {}


def test_what_was_sent_late_and_nil_is_counted(clerk):
    sent(make.person("minhang"))
    make.table("xuhui", "approved", nil_return=True, is_late=True, submitted_at=years.db.session.query(make.Campaign).one().created_at)

    (now,) = years.compare(by=clerk).columns

    assert (now.asked, now.sent, now.nil) == (2, 2, 1)
    assert now.late >= 1


def test_five_years_are_enough(clerk):
    for year in range(2018, 2025):
        make.campaign("closed", year=year)

    assert [column.campaign.year for column in years.compare(by=clerk).columns] == [2024, 2023, 2022, 2021, 2020]


def test_it_is_for_the_office_and_the_leaders(app, clerk):
    two_years()

    assert "闵行区" in Desk(app).sit(make.person("office", "viewer")).get("/years").text
    for part in (("minhang", "filler"), ("office", "auditor")):
        with pytest.raises(Forbidden):
            years.compare(by=make.person(*part))


def test_before_the_first_campaign_the_page_says_so(app, clerk):
    assert "还没有开启过活动" in Desk(app).sit(clerk).get("/years").text


@pytest.mark.parametrize("units", [1, 30])
def test_the_page_asks_as_often_for_30_units_as_for_one(clerk, units):
    campaign = make.campaign()
    for number in range(units):
        make.unit(f"unit{number}", sort_no=number)
        table("draft", slug=f"unit{number}", of=campaign)
    asked = []
    db.session.rollback()

    def listen(*args):
        asked.append(args[2])

    event.listen(db.engine, "before_cursor_execute", listen)
    names = [(line.unit.short, line.cells[campaign.id].table.status) for line in years.compare(by=clerk).lines]
    event.remove(db.engine, "before_cursor_execute", listen)

    assert len(names) == units
    assert len([statement for statement in asked if not statement.startswith("BEGIN")]) == 4
