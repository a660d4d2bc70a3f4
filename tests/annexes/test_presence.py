"""Colleagues in one table know of each other, without a write for each time a page asks."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from ipweek.annexes import presence
from ipweek.annexes.models import Presence
from ipweek.errors import Forbidden, NotFound
from ipweek.extensions import db
from tests import make
from tests.desk import HTMX

MORNING = datetime(2024, 4, 10, 1, tzinfo=UTC)


@pytest.fixture
def morning():
    with time_machine.travel(MORNING, tick=False) as traveller:
        yield traveller


def names(table, by):
    return [one.name for one in presence.renew(table.id, by=by)]


def test_each_is_told_of_the_others_and_not_of_himself(app, table, morning):
    first, second = make.person("minhang"), make.person("minhang")

    assert names(table, first) == []
    assert names(table, second) == [first.name]
    assert names(table, first) == [second.name]


def test_who_has_left_is_forgotten_by_itself(app, table, morning):
    first, second = make.person("minhang"), make.person("minhang")
    names(table, first)

    morning.shift(presence.COUNTS_FOR - timedelta(seconds=1))
    assert names(table, second) == [first.name]
    morning.shift(timedelta(seconds=1))

    assert names(table, second) == []


def test_who_stays_is_never_forgotten_and_written_down_only_now_and_then(app, table, morning):
    first, second = make.person("minhang"), make.person("minhang")
    written = set()

    for _ in range(20):
        names(table, first)
        assert first.name in names(table, second)
        db.session.rollback()
        written.add(db.session.get_one(Presence, (table.id, first.id)).seen_at)
        morning.shift(timedelta(seconds=30))

    assert len(written) == 10


def test_a_line_of_yesterday_is_swept_away(app, table, morning):
    first, second = make.person("minhang"), make.person("minhang")
    names(table, first)
    morning.shift(presence.KEPT_FOR + timedelta(seconds=1))

    names(table, second)

    assert [line.user_id for line in db.session.query(Presence)] == [second.id]


def test_who_is_in_another_table_is_not_named(app, table, morning):
    first, stranger = make.person("minhang"), make.person("xuhui")
    other = make.table("xuhui")
    names(other, stranger)

    assert names(table, first) == []


def test_who_may_not_type_there_is_neither_noted_nor_told(app, table):
    with pytest.raises(Forbidden):
        presence.renew(table.id, by=make.person("office", "clerk"))
    with pytest.raises(NotFound):
        presence.renew(table.id, by=make.person("xuhui"))

    assert db.session.query(Presence).count() == 0


def test_the_answer_is_empty_when_the_page_shows_them_already(seat, filler, table):
    other = seat("filler of 闵行")
    other.post(f"/tables/{table.id}/people", headers=HTMX)
    there = db.session.query(Presence).one().user_id

    news = filler.post(f"/tables/{table.id}/people", {"shown": ""}, headers=HTMX)
    same = filler.post(f"/tables/{table.id}/people", {"shown": str(there)}, headers=HTMX)

    assert "也在填写这张表" in news.text
    assert f'value="{there}"' in news.text
    assert (same.status_code, same.text) == (204, "")


def test_a_stale_token_of_the_poll_says_nothing_on_the_page(filler, table):
    answer = filler.post(f"/tables/{table.id}/people", {"csrf_token": "stale"}, headers={**HTMX, "X-Poll": "1"})

    assert answer.status_code == 400
    assert answer.headers["HX-Reswap"] == "none"
    assert "csrf-renew" in answer.headers["HX-Trigger"]
