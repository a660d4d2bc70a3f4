"""The board: what it counts, what it shows to whom, and what it costs."""

import html
import re
from datetime import UTC, datetime

import pytest
import time_machine
from sqlalchemy import event, select

from ipweek.accounts.models import AuditEntry
from ipweek.annexes.models import AnnexTable
from ipweek.board import service
from ipweek.errors import Forbidden, NotFound
from ipweek.extensions import db
from ipweek.reporting import service as reporting
from ipweek.transaction import transaction
from tests import make
from tests.desk import Desk
from tests.reporting.cast import PARTS, sent, table

HTMX = {"HX-Request": "true"}
POLL = {**HTMX, "X-Poll": "1"}


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel("2024-04-10T12:00:00+08:00", tick=False) as traveller:
        yield traveller


@pytest.fixture
def clerk(app):
    return make.person("office", "clerk")


@pytest.fixture
def desk(app, clerk):
    return Desk(app).sit(clerk)


def one_of_each():
    """A unit in each state, in the order of the states."""
    states = ("todo", "draft", "unit_review", "submitted", "returned", "approved", "archived")
    for number, status in enumerate(states):
        make.unit(f"unit{number}", sort_no=number, short=f"第{number}单位")
        make.table(f"unit{number}", status)


def test_the_four_numbers_count_every_state_once(clerk):
    one_of_each()

    found = service.board(by=clerk)

    assert found.totals == {"unsent": 3, "submitted": 1, "returned": 1, "approved": 2, "overdue": 0}
    assert found.asked == 7


@pytest.mark.parametrize("show, count", [("unsent", 3), ("submitted", 1), ("returned", 1), ("approved", 2), ("", 7), ("nonsense", 7)])
def test_each_number_is_a_filter(clerk, show, count):
    one_of_each()

    assert len(service.board(show=show, by=clerk).lines) == count


def test_after_the_deadline_those_who_have_not_sent_are_overdue(clerk, clock):
    one_of_each()
    clock.move_to("2024-04-13T00:00:00+08:00")

    found = service.board(show="overdue", by=clerk)

    assert [line.table.status for line in found.lines] == ["todo", "draft", "unit_review", "returned"]
    assert found.totals["unsent"] == 3


def test_who_sent_late_stays_marked(clerk, clock):
    clock.move_to("2024-04-13T00:00:00+08:00")
    move = sent(make.person("minhang", "filler"))
    reporting.approve(move.table_id, submission=move.id, by=clerk)

    found = service.board(show="overdue", by=clerk)

    assert [(line.unit.slug, line.is_overdue) for line in found.lines] == [("minhang", False)]


def test_an_excused_unit_counts_nowhere(clerk, clock):
    table("todo", is_excused=True)
    clock.move_to("2024-04-13T00:00:00+08:00")

    found = service.board(by=clerk)

    assert (found.asked, set(found.totals.values()), len(found.lines)) == (0, {0}, 1)


def test_an_excused_unit_is_named_so_and_not_among_those_that_have_not_sent(clerk):
    table("todo", slug="shangwuwei", is_excused=True)
    table("draft", slug="kewei")
    dissolved = table("draft", slug="jiaowei")
    table("todo", slug="minhang", is_excused=True)
    with transaction():
        dissolved.unit.is_active = False

    found = service.board(by=clerk)

    assert {words: [line.unit.slug for line in lines] for words, lines in found.members.items() if lines} == {
        "待报送": ["kewei"],
        "本年免报": ["shangwuwei"],
    }
    assert [(line.words, line.glyph) for line in found.districts] == [("本年免报", "—")]


def test_every_sign_on_the_map_stands_in_its_key(app, clerk):
    for status in ("todo", "draft", "unit_review", "submitted", "returned", "approved", "excused"):
        make.unit(f"district-{status}", level="district")
        table("todo" if status == "excused" else status, slug=f"district-{status}", is_excused=status == "excused")

    page = Desk(app).sit(make.user("office", "clerk")).get("/board").text

    signs = set(re.findall(r"<i>(.)</i>", page))
    key = re.search(r'<p class="key".*?</p>', page, re.DOTALL)[0]
    assert len(signs) == 7
    assert [sign for sign in signs if f"<span>{sign} " not in key] == []


@pytest.mark.parametrize(
    "sort, order",
    [("order", "商徐闵"), ("status", "徐闵商"), ("count", "闵徐商"), ("changed", "徐商闵"), ("nonsense", "商徐闵")],
)
def test_the_list_is_sorted_by_links(clerk, sort, order):
    for slug, status, rows, day in (("minhang", "draft", 3, 1), ("xuhui", "todo", 2, 3), ("shangwuwei", "approved", 1, 2)):
        table(status, *[{}] * rows, slug=slug, changed_at=datetime(2024, 4, day, tzinfo=UTC))

    found = service.board(sort=sort, by=clerk)

    short = {"shangwuwei": "商", "xuhui": "徐", "minhang": "闵"}
    assert "".join(short[line.unit.slug] for line in found.lines) == order


def test_a_tile_says_in_words_what_it_shows(desk):
    sent(make.person("minhang", "filler"), {}, {"event_name": "商标沙龙"})

    page = desk.get("/board").text

    assert 'aria-label="闵行区，已报送，2 项活动"' in page
    assert re.search(r"<b>闵行</b><span><i>●</i> 2</span>", page)


def test_the_office_goes_to_the_review_and_leaders_to_the_table(app, desk):
    move = sent(make.person("minhang", "filler"))
    leader = Desk(app).sit(make.person("office", "viewer"))

    assert f'href="/tables/{move.table_id}/review"' in desk.get("/board").text
    page = leader.get("/board").text
    assert "/review" not in page
    assert f'href="/tables/{move.table_id}"' in page


def test_leaders_see_no_phone_and_nothing_to_press(app):
    make.unit("xuhui")
    sent(make.person("minhang", "filler"))

    page = Desk(app).sit(make.person("office", "viewer")).get("/board").text

    assert "13800000001" not in page
    assert "补发任务" not in page
    assert page.count("<form") == 1  # log-out


def polled(desk):
    """The address that the board polls, and the revision in it."""
    address = html.unescape(re.search(r'hx-get="([^"]+rev=[^"]+)"', desk.get("/board").text)[1])
    return address, address.partition("rev=")[2]


SEES = {"filler of 闵行": 403, "filler of 徐汇": 403, "clerk": 200, "head": 200, "viewer": 200, "admin": 403, "auditor": 403}


@pytest.mark.parametrize("who", PARTS)
def test_the_board_is_for_the_office_and_leaders(app, who):
    make.campaign()

    assert Desk(app).sit(make.person(*PARTS[who])).get("/board").status_code == SEES[who]


HOMES = {
    "filler of 闵行": "/tasks",
    "filler of 徐汇": "/tasks",
    "clerk": "/board",
    "head": "/board",
    "viewer": "/board",
    "admin": "/users",
    "auditor": "/audit",
}


@pytest.mark.parametrize("who", PARTS)
def test_the_start_page_leads_to_ones_work(app, who):
    assert Desk(app).sit(make.person(*PARTS[who])).get("/").location == HOMES[who]


def test_who_writes_plugins_and_fills_nothing_starts_at_the_plugins(app):
    assert Desk(app).sit(make.person("minhang", "developer")).get("/").location == "/plugins"
    assert Desk(app).sit(make.person("minhang", "developer", "filler")).get("/").location == "/tasks"


def test_before_the_first_campaign_the_office_is_led_to_the_notice(desk):
    page = desk.get("/board").text

    assert "还没有开启的活动" in page
    assert 'href="/notices/new"' in page


def test_a_unit_without_a_table_gets_one_with_one_press(app, desk, clerk):
    campaign = make.campaign()
    make.unit("xuhui")
    make.table("office")

    assert "有 1 个单位还没有填报任务：徐汇区。" in desk.get("/board").text
    answer = desk.post(f"/board/{campaign.id}/missing")

    assert answer.status_code == 303
    assert db.session.scalars(select(AnnexTable.unit_id).where(AnnexTable.unit_id == make.unit("xuhui").id)).all()
    assert "还没有填报任务" not in desk.get("/board").text
    assert db.session.scalars(select(AuditEntry.action)).all() == ["table.hand_out"]


def test_only_the_office_hands_out(app, clerk):
    campaign = make.campaign()

    for who in ("viewer", "admin", "auditor", "filler of 闵行"):
        with pytest.raises(Forbidden):
            service.hand_out_missing(campaign.id, by=make.person(*PARTS[who]))
    with pytest.raises(NotFound):
        service.hand_out_missing(999, by=clerk)


def test_one_year_is_shown_at_a_time(desk):
    make.campaign("closed", year=2023, title="2023年的通知")
    make.campaign("withdrawn", year=2022, title="撤销的通知")
    old = service.db.session.scalars(select(service.Campaign.id).where(service.Campaign.year == 2023)).one()
    make.campaign()

    page = desk.get("/board").text
    before = desk.get(f"/board?campaign={old}").text

    assert "进度看板　2024年知识产权宣传周" in page
    assert f'href="/board?campaign={old}"' in page
    assert "2022年" not in page
    assert "本次活动已关闭" in before


def test_a_poll_is_answered_with_204_until_something_changes(desk, clerk):
    move = sent(make.person("minhang", "filler"))
    address, shown = polled(desk)

    unchanged = desk.get(address, headers=POLL)
    reporting.approve(move.table_id, submission=move.id, by=clerk)
    changed = desk.get(address, headers=POLL)

    assert (unchanged.status_code, unchanged.text) == (204, "")
    assert changed.status_code == 200
    assert changed.text.lstrip().startswith('<div id="board"')
    assert shown not in changed.text


def test_the_deadline_passing_is_a_change_too(app, clock):
    table()
    clock.move_to("2024-04-12T23:59:00+08:00")
    desk = Desk(app).sit(make.person("office", "clerk"))
    address, _ = polled(desk)

    clock.move_to("2024-04-13T00:00:10+08:00")

    assert "已截止" in desk.get(address, headers=POLL).text


@pytest.mark.parametrize("headers, starts", [(HTMX, '<div id="board"'), ({}, "<!doctype html>")])
def test_a_filter_works_with_and_without_htmx(desk, headers, starts):
    one_of_each()

    page = desk.get("/board?show=returned", headers=headers).text

    assert page.lstrip().startswith(starts)
    assert "退回修改的单位（1）" in page


def test_an_empty_filter_says_so(desk):
    table("todo")

    assert "没有“已通过”的单位" in desk.get("/board?show=approved").text


@pytest.mark.parametrize("count", [1, 30])
def test_the_board_asks_the_database_as_often_for_30_units_as_for_one(clerk, count):
    for number in range(count):
        make.unit(f"unit{number}", sort_no=number)
        table("draft", slug=f"unit{number}")
    asked = []
    db.session.rollback()

    def listen(*args):
        asked.append(args[2])

    event.listen(db.engine, "before_cursor_execute", listen)
    found = service.board(by=clerk)
    words = [(line.unit.short, line.words, line.glyph, line.table.return_due_at) for line in found.lines]
    event.remove(db.engine, "before_cursor_execute", listen)

    assert len(words) == count
    assert len([statement for statement in asked if not statement.startswith("BEGIN")]) == 11


def test_the_board_of_a_draft_is_the_offices_alone(app, desk):
    draft = make.campaign("draft").id

    assert desk.get(f"/board?campaign={draft}").status_code == 200
    assert Desk(app).sit(make.person("office", "viewer")).get(f"/board?campaign={draft}").status_code == 404


def test_a_renamed_unit_off_the_map_is_still_on_the_list(desk):
    make.unit("newarea", level="district", short="新片区", name="新片区")
    with transaction():
        assert make.unit("newarea").level == "district"
    table("draft", slug="newarea")

    assert 'aria-label="新片区，填报中，1 项活动"' in desk.get("/board").text
