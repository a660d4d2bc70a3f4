import re
from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from ipweek.accounts import service, sessions, throttle, units
from ipweek.accounts.models import AuditEntry, LoginSession, User
from ipweek.app import create_app
from ipweek.errors import Invalid, TooMany
from ipweek.extensions import db
from tests import make
from tests.desk import HTMX, Desk

NOON = datetime(2024, 4, 10, 4, 0, tzinfo=UTC)
WHERE = {"address": "10.1.2.3", "browser": "Chrome/120"}


@pytest.fixture
def minhang(app, known_hash):
    return make.user("minhang", pw_hash=known_hash, username="minhang1")


@pytest.mark.parametrize("typed", ["minhang1", " MinHang1 ", "ｍinhang１"])
def test_the_right_name_and_password_open_the_page_that_was_asked_for(desk, minhang, typed):
    asked = desk.get("/account")

    desk.get(asked.location)
    response = desk.post("/login", {"username": typed, "password": make.PASSWORD, "next": "/account"})

    assert asked.location == "/login?next=/account"
    assert (response.status_code, response.location) == (303, "/account")
    assert desk.is_in


def test_nobody_can_tell_from_the_answer_whether_there_is_such_a_user(app, minhang):
    def answer(username):
        desk = Desk(app)
        response = desk.try_log_in(username, "falsch-und-lang")
        text = re.sub(r'(value|content)="[^"]*"|编号 \w+', "", response.text)
        return response.status_code, text

    assert answer("minhang1") == answer("nobody-1") == answer("'; drop table--")
    assert answer("minhang1")[0] == 422
    assert sessions.WRONG in answer("minhang1")[1]


def test_what_was_typed_stays_but_the_password_does_not(desk, minhang):
    response = desk.try_log_in("minhang1", "falsch-und-lang")

    assert 'value="minhang1"' in response.text
    assert "falsch-und-lang" not in response.text


@pytest.mark.parametrize("username, password", [("admin", "admin"), ("admin", "123456"), ("admin", ""), ("", ""), ("root", "root")])
def test_a_new_site_has_no_log_in_that_could_be_guessed(desk, username, password):
    assert desk.try_log_in(username, password).status_code == 422


def test_a_password_is_not_cut(app):
    long = "梧" * 32 + "桐" * 32
    user = make.user("minhang", password=long)

    with pytest.raises(Invalid):
        sessions.log_in(user.username, long[:63], **WHERE)

    assert sessions.log_in(user.username, long, **WHERE)


def test_a_first_password_works_once(app):
    office = make.person("office", "clerk")
    slip = service.add(username="minhang7", name="陈立", unit_id=make.unit("minhang").id, roles=["filler"], by=office)

    assert sessions.log_in("minhang7", slip.password, **WHERE)
    with pytest.raises(Invalid, match="已经用过"):
        sessions.log_in("minhang7", slip.password, **WHERE)


def test_a_first_password_ends_after_72_hours(app):
    office = make.person("office", "clerk")
    slip = service.add(username="minhang7", name="陈立", unit_id=make.unit("minhang").id, roles=["filler"], by=office)
    made_at = db.session.query(User).filter_by(username="minhang7").one().created_at

    with pytest.raises(Invalid, match="72 小时"):
        sessions.log_in("minhang7", slip.password, **WHERE, at=made_at + timedelta(hours=72, seconds=1))


def fail(times, username="minhang1", at=NOON, **words):
    for _ in range(times):
        with pytest.raises(Invalid):
            sessions.log_in(username, "falsch-und-lang", at=at, **{**WHERE, **words})


def test_after_five_failures_even_the_right_password_has_to_wait(minhang):
    fail(5)

    with pytest.raises(TooMany) as refused:
        sessions.log_in("minhang1", make.PASSWORD, at=NOON, **WHERE)

    assert 0 < refused.value.retry_after <= 31
    assert sessions.log_in("minhang1", make.PASSWORD, at=NOON + timedelta(seconds=31), **WHERE)


def test_the_delay_grows_and_does_not_grow_without_end(minhang):
    fail(5)
    waits, at = [], NOON
    for _ in range(8):
        with pytest.raises(TooMany) as refused:
            sessions.log_in("minhang1", "falsch-und-lang", at=at, **WHERE)
        waits.append(refused.value.retry_after - 1)
        at += timedelta(seconds=refused.value.retry_after)
        fail(1, at=at)

    assert waits == [30, 60, 120, 240, 480, 900, 900, 900]


def test_an_unknown_name_is_slowed_down_just_the_same(app):
    fail(5, "nobody")

    with pytest.raises(TooMany):
        sessions.log_in("nobody", "falsch-und-lang", at=NOON, **WHERE)


def test_others_behind_the_same_address_are_not_locked_by_five_failures(minhang, known_hash):
    colleague = make.user("xuhui", pw_hash=known_hash)

    fail(5)

    assert sessions.log_in(colleague.username, make.PASSWORD, at=NOON, **WHERE)


def test_one_address_can_not_go_through_many_names(minhang):
    for number in range(throttle.ADDRESS_TRIES):
        fail(1, f"someone{number}")

    with pytest.raises(TooMany):
        sessions.log_in("minhang1", make.PASSWORD, at=NOON, **WHERE)
    assert sessions.log_in("minhang1", make.PASSWORD, at=NOON, address="10.9.9.9", browser="")


def test_a_log_in_that_succeeds_does_not_clear_the_address(minhang):
    for number in range(throttle.ADDRESS_TRIES - 1):
        fail(1, f"someone{number}")
    sessions.log_in("minhang1", make.PASSWORD, at=NOON, **WHERE)
    fail(1, "someone-else")

    with pytest.raises(TooMany):
        sessions.log_in("minhang1", make.PASSWORD, at=NOON, **WHERE)


def test_the_owner_still_gets_in_from_a_browser_that_was_logged_in_before(minhang):
    token = sessions.log_in("minhang1", make.PASSWORD, at=NOON, **WHERE)
    fail(5, address="10.66.6.6")

    assert sessions.log_in("minhang1", make.PASSWORD, at=NOON, known_token=token, **WHERE)


def test_a_known_browser_of_somebody_else_opens_nothing(minhang, known_hash):
    stranger = make.user("xuhui", pw_hash=known_hash)
    token = sessions.log_in(stranger.username, make.PASSWORD, at=NOON, **WHERE)
    fail(5)

    with pytest.raises(TooMany):
        sessions.log_in("minhang1", make.PASSWORD, at=NOON, known_token=token, **WHERE)


def test_failures_are_counted_in_the_database_for_all_processes_together(app, site, minhang):
    other = create_app(site)
    for number in range(5):
        here = app if number % 2 else other
        with here.app_context():
            fail(1)
            db.session.remove()
    with other.app_context():
        db.engine.dispose()

    with pytest.raises(TooMany):
        sessions.log_in("minhang1", make.PASSWORD, at=NOON, **WHERE)


def test_the_page_says_how_long_to_wait(desk, minhang):
    for _ in range(5):
        desk.try_log_in("minhang1", "falsch-und-lang")

    response = desk.try_log_in("minhang1")

    assert response.status_code == 429
    assert 0 < int(response.headers["Retry-After"]) <= 31
    assert "秒后再试" in response.text


def test_every_try_stands_in_the_audit_log_without_the_name_that_was_typed(desk, minhang):
    desk.try_log_in("my-password-in-the-wrong-field", "x")
    desk.try_log_in("minhang1", "falsch-und-lang")
    desk.try_log_in("minhang1")

    lines = db.session.query(AuditEntry).filter_by(action="login").order_by(AuditEntry.id).all()
    assert [(line.actor, line.result, line.address) for line in lines] == [
        ("", "refused", "127.0.0.1"),
        ("minhang1", "refused", "127.0.0.1"),
        ("minhang1", "ok", "127.0.0.1"),
    ]
    assert all(line.request_id for line in lines)


def test_tokens_are_long_all_distinct_and_not_in_the_database(minhang, monkeypatch):
    monkeypatch.setattr(sessions.passwords, "matches", lambda pw_hash, password: True)  # argon2 is not what is tried here
    tokens = {sessions.log_in("minhang1", "x", **WHERE) for _ in range(100)}

    stored = set(db.session.scalars(db.select(LoginSession.token_hash)))
    assert len(tokens) == len(stored) == 100
    assert all(len(token) >= 43 for token in tokens)
    assert not tokens & stored


def test_a_log_in_makes_a_new_session_and_a_new_csrf_token(app, desk, minhang):
    desk.get("/login")
    before, token_before = desk.cookie, desk.token
    desk.log_in(minhang)

    again = Desk(app)
    again.client.set_cookie("ipweek", before)
    again.token = token_before

    assert desk.cookie != before
    assert desk.post("/account/password", {"csrf_token": token_before}).status_code == 400
    assert not again.is_in


def test_logging_in_again_ends_the_log_in_that_the_browser_had(app, desk, minhang):
    desk.log_in(minhang)
    before = Desk(app)
    before.client.set_cookie("ipweek", desk.cookie)

    desk.log_in(minhang)

    assert desk.is_in
    assert not before.is_in


def test_a_log_out_ends_the_log_in_on_the_server(app, desk, minhang):
    desk.log_in(minhang)
    thief = Desk(app)
    thief.client.set_cookie("ipweek", desk.cookie)
    assert thief.is_in

    response = desk.post("/logout")
    page = desk.get(response.location)

    assert response.status_code == 303
    assert "data-clear-drafts" in page.text
    assert not thief.is_in
    assert thief.get("/account", headers=HTMX).status_code == 401


def test_a_log_out_after_the_log_in_ended_is_no_error(desk, minhang):
    desk.log_in(minhang)
    sessions.end_all(minhang.id)

    assert desk.post("/logout").location == "/logged-out"


def test_a_log_in_ends_after_half_an_hour_without_an_action(desk, minhang):
    with time_machine.travel(NOON, tick=False) as clock:
        desk.log_in(minhang)
        clock.shift(timedelta(minutes=29))
        assert desk.is_in
        clock.shift(timedelta(minutes=29))
        assert desk.is_in
        clock.shift(timedelta(minutes=31))

        assert not desk.is_in


def test_a_poll_does_not_keep_a_log_in_alive(desk, minhang):
    with time_machine.travel(NOON, tick=False) as clock:
        desk.log_in(minhang)
        for _ in range(3):
            clock.shift(timedelta(minutes=9))
            assert desk.get("/account", headers={"X-Poll": "1"}).status_code == 200
        clock.shift(timedelta(minutes=9))

        response = desk.get("/account", headers={"X-Poll": "1", **HTMX})

        assert (response.status_code, response.headers["HX-Reswap"], response.text) == (401, "none", "")


def test_a_log_in_ends_after_twelve_hours_in_any_case(desk, minhang):
    with time_machine.travel(NOON, tick=False) as clock:
        desk.log_in(minhang)
        for _ in range(12 * 3 - 1):
            clock.shift(timedelta(minutes=20))
            assert desk.is_in
        clock.shift(timedelta(minutes=21))

        assert not desk.is_in


def test_a_clock_set_back_does_not_make_a_log_in_last_for_ever(minhang):
    token = sessions.log_in("minhang1", make.PASSWORD, at=NOON, **WHERE)

    assert sessions.person_of(token, limits=sessions.Limits(), at=NOON - timedelta(hours=1))
    assert sessions.person_of(token, limits=sessions.Limits(), at=NOON - timedelta(hours=13)) is None


def test_the_last_action_is_noted_once_a_minute(minhang):
    token = sessions.log_in("minhang1", make.PASSWORD, at=NOON, **WHERE)

    def seen_after(seconds):
        sessions.person_of(token, limits=sessions.Limits(), at=NOON + timedelta(seconds=seconds))
        return db.session.scalar(db.select(LoginSession.seen_at))

    assert [seen_after(seconds) - NOON for seconds in (30, 59, 60, 90, 121)] == [timedelta(seconds=s) for s in (0, 0, 60, 60, 121)]


def test_who_somebody_is_takes_one_statement(minhang, app):
    token = sessions.log_in("minhang1", make.PASSWORD, **WHERE)
    said = []
    db.event.listen(db.engine, "before_cursor_execute", lambda *args: said.append(args[2]))

    person = sessions.person_of(token, limits=sessions.Limits())

    assert [line.split()[0] for line in said if line != "BEGIN"] == ["SELECT"]
    assert (person.username, person.unit_slug, person.roles, person.get_id()) == ("minhang1", "minhang", frozenset({"filler"}), token)


@pytest.mark.parametrize("closed", ["user", "unit"])
def test_closing_a_user_or_a_unit_ends_the_log_ins_at_once(desk, minhang, closed):
    desk.log_in(minhang)
    by = make.person("office", "admin")

    if closed == "user":
        service.close(minhang, by=by)
    else:
        units.close(minhang.unit, by=by)

    assert not desk.is_in
    with pytest.raises(Invalid, match=re.escape(sessions.WRONG)):
        sessions.log_in("minhang1", make.PASSWORD, **WHERE)


def test_a_right_that_is_taken_away_is_gone_with_the_next_request(desk, known_hash):
    clerk = make.user("office", "clerk", pw_hash=known_hash)
    make.user("office", "head")
    desk.log_in(clerk)
    assert desk.get("/users").status_code == 200

    service.change(clerk, name=clerk.name, unit_id=clerk.unit_id, roles=["viewer"], by=make.person("office", "admin"))

    assert desk.get("/users").status_code == 403


def test_one_sees_and_ends_ones_own_log_ins(app, desk, minhang):
    desk.log_in(minhang)
    other = Desk(app).log_in(minhang)
    other_id = db.session.query(LoginSession).order_by(LoginSession.id.desc()).first().id

    page = desk.get("/account")
    response = desk.post(f"/account/sessions/{other_id}/end")

    assert page.text.count("结束登录</button>") == 1
    assert response.status_code == 303
    assert desk.is_in
    assert not other.is_in


@pytest.mark.parametrize("who, status", [("filler of 徐汇", 404), ("clerk", 404), ("admin", 303)])
def test_only_the_administrator_ends_the_log_ins_of_others(desk, minhang, seat, who, status):
    desk.log_in(minhang)
    session_id = db.session.query(LoginSession).one().id
    other = seat(who)

    assert other.post(f"/account/sessions/{session_id}/end").status_code == status
    assert desk.is_in == (status == 404)


@pytest.mark.parametrize("https, name, secure", [(False, "ipweek", False), (True, "__Host-ipweek", True)])
def test_the_cookie_is_out_of_reach_for_scripts_and_other_sites(new_site, tmp_path, known_hash, *, https, name, secure):
    other = create_app(new_site(tmp_path / "other", https=https))
    with other.app_context():
        user = make.user("minhang", pw_hash=known_hash)
        desk = Desk(other, **{"wsgi.url_scheme": "https" if https else "http"})
        desk.get("/login", base_url="https://localhost" if https else "http://localhost")
        response = desk.try_log_in(user.username, base_url="https://localhost" if https else "http://localhost")
        db.session.remove()
        db.engine.dispose()

    (cookie,) = response.headers.getlist("Set-Cookie")
    parts = {part.strip() for part in cookie.split(";")}
    assert cookie.startswith(f"{name}=")
    assert {"HttpOnly", "SameSite=Lax", "Path=/"} <= parts
    assert ("Secure" in parts) == secure
    assert not any(part.startswith("Domain") for part in parts)
