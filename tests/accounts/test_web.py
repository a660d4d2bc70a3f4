import json
import re
from dataclasses import replace

import pytest
from flask.json.tag import TaggedJSONSerializer

from ipweek.accounts import service, sessions, web
from ipweek.accounts.models import AuditEntry, User
from ipweek.extensions import db
from ipweek.signatures import Remembered
from tests import make
from tests.desk import HTMX, Desk

POLL = {"X-Poll": "1"}


@pytest.fixture
def minhang(app, known_hash):
    return make.user("minhang", pw_hash=known_hash, username="minhang1")


def test_without_a_log_in_nothing_answers_but_what_is_named(app):
    desk = Desk(app)
    open_to_all = set()

    for rule in app.url_map.iter_rules():
        address = re.sub(r"<[^>]+>", "1", rule.rule)
        method = "POST" if "POST" in rule.methods else "GET"
        status = desk.open(address, method=method).status_code
        if status != {"POST": 401, "GET": 302}[method]:
            open_to_all.add(rule.endpoint)

    assert open_to_all <= web.OPEN


def test_the_list_of_open_addresses_names_no_ghosts(app):
    assert {rule.endpoint for rule in app.url_map.iter_rules()} >= web.OPEN


@pytest.mark.parametrize(
    "path, login", [("/", "/login"), ("/account", "/login?next=/account"), ("/users?text=张", "/login?next=/users?text%3D%E5%BC%A0")]
)
def test_a_page_leads_to_the_log_in_and_back(desk, path, login):
    assert desk.get(path).location == login


def test_a_form_sent_after_the_log_in_ended_says_how_nothing_is_lost(desk, minhang):
    desk.log_in(minhang)
    sessions.end_all(minhang.id)

    response = desk.post("/account/password", {"old": "x"})

    assert response.status_code == 401
    assert "后退" in response.text


def test_an_htmx_request_after_the_log_in_ended_gets_the_box_and_goes_on_after_it(desk, minhang):
    desk.log_in(minhang)
    sessions.end_all(minhang.id)

    box = desk.get("/account", headers=HTMX)
    hidden = dict(re.findall(r'name="(csrf_token|person)"[^>]*value="([^"]*)"', box.text))
    wrong = desk.post("/login", {**hidden, "username": "minhang1", "password": "falsch-und-lang"}, headers=HTMX)
    right = desk.post("/login", {**hidden, "username": "minhang1", "password": make.PASSWORD}, headers=HTMX)
    desk.token = json.loads(right.headers["HX-Trigger"])["logged-in"]["token"]

    assert (box.status_code, box.headers["HX-Retarget"]) == (401, "#notice")
    assert "hx-preserve" in box.text
    assert 'value="minhang1"' in box.text
    assert (wrong.status_code, sessions.WRONG in wrong.text, "hx-preserve" in wrong.text) == (422, True, False)
    assert (right.status_code, right.text) == (200, "")
    assert desk.post("/account/password", {"old": "x"}).status_code == 422


def test_somebody_else_in_the_box_gets_a_page_of_his_own(desk, minhang, known_hash):
    other = make.user("xuhui", pw_hash=known_hash)
    desk.log_in(minhang)
    sessions.end_all(minhang.id)
    desk.get("/account", headers=HTMX)

    response = desk.post("/login", {"person": str(minhang.id), "username": other.username, "password": make.PASSWORD}, headers=HTMX)

    assert response.headers["HX-Redirect"] == "/"


def test_a_poll_disturbs_nobody_when_the_log_in_ended(desk):
    response = desk.get("/account", headers={**HTMX, **POLL})

    assert (response.status_code, response.headers["HX-Reswap"], response.text) == (401, "none", "")


@pytest.mark.parametrize(
    "headers, status",
    [
        ({}, 422),
        ({"Origin": "http://localhost"}, 422),
        ({"Referer": "http://localhost/account"}, 422),
        ({"Origin": "http://localhost", "Sec-Fetch-Site": "same-origin"}, 422),
        ({"Origin": "http://evil.example"}, 403),
        ({"Origin": "http://localhost.evil.example"}, 403),
        ({"Origin": "http://localhost:8080"}, 403),
        ({"Origin": "null"}, 403),
        ({"Referer": "http://evil.example/localhost"}, 403),
        ({"Origin": "http://localhost", "Sec-Fetch-Site": "cross-site"}, 403),
        ({"Origin": "http://[::1"}, 403),
    ],
)
def test_a_form_of_another_site_is_refused_even_with_a_good_token(desk, minhang, headers, status):
    desk.log_in(minhang)

    assert desk.post("/account/password", {"old": "x"}, headers=headers).status_code == status


@pytest.mark.parametrize("token", ["", "x", "ImFiYyI.abc.def"])
def test_a_form_without_our_token_changes_nothing(desk, minhang, token):
    desk.log_in(minhang)

    response = desk.post("/logout", {"csrf_token": token})

    assert response.status_code == 400
    assert "这次没有保存" in response.text
    assert desk.is_in
    assert db.session.query(AuditEntry).filter_by(action="csrf.refuse", actor="minhang1").count() == 1


def test_the_token_of_another_log_in_is_none(app, desk, minhang, known_hash):
    other = Desk(app).log_in(make.user("xuhui", pw_hash=known_hash))
    desk.log_in(minhang)

    assert desk.post("/logout", {"csrf_token": other.token}).status_code == 400


def test_the_log_in_page_has_the_same_protection(desk, minhang):
    desk.get("/login")

    assert desk.post("/login", {"csrf_token": "", "username": "minhang1", "password": make.PASSWORD}).status_code == 400
    assert not desk.is_in


def test_htmx_gets_a_good_token_with_the_refusal_and_can_send_again(desk, minhang):
    desk.log_in(minhang)

    refused = desk.post("/account/password", {"csrf_token": "old", "old": "x"}, headers=HTMX)
    token = json.loads(refused.headers["HX-Trigger"])["csrf-renew"]["token"]

    assert (refused.status_code, refused.headers["HX-Retarget"]) == (400, "#notice")
    assert desk.post("/account/password", {"old": "x"} | {"csrf_token": ""}, headers={"X-CSRFToken": token}).status_code == 422


def test_a_first_password_opens_only_the_page_where_it_is_changed(app, desk):
    slip = service.add(
        username="minhang7", name="陈立", unit_id=make.unit("minhang").id, roles=["filler"], by=make.person("office", "admin")
    )
    desk.try_log_in("minhang7", slip.password)

    page, piece, form = desk.get("/account"), desk.get("/account", headers=HTMX), desk.get("/account/password")
    own = {"old": slip.password, "new": "梧桐-落叶-三片", "again": "梧桐-落叶-三片"}
    response = desk.post("/account/password", own)

    assert (page.status_code, page.location) == (303, "/account/password")
    assert piece.headers["HX-Redirect"] == "/account/password"
    assert form.status_code == 200
    assert (response.status_code, response.location) == (303, "/")
    assert "密码已设定，以后请用它登录。" in desk.get("/tasks").text
    assert desk.is_in


def test_the_change_form_says_what_is_wrong_where_it_is(desk, minhang):
    desk.log_in(minhang)
    good = {"old": make.PASSWORD, "new": "梧桐-落叶-三片", "again": "梧桐-落叶-三片"}

    wrong_old = desk.post("/account/password", {**good, "old": "falsch-und-lang"})
    not_twice = desk.post("/account/password", {**good, "again": "梧桐"})
    weak = desk.post("/account/password", {**good, "new": "minhang2024", "again": "minhang2024"})

    assert (wrong_old.status_code, "现在的密码不对" in wrong_old.text) == (403, True)
    assert (not_twice.status_code, "两次输入的新密码不一样" in not_twice.text) == (422, True)
    assert (weak.status_code, "太常见" in weak.text) == (422, True)
    assert "falsch-und-lang" not in wrong_old.text


def test_what_is_denied_is_logged(seat):
    desk = seat("filler of 闵行")
    desk.get("/users", headers={"User-Agent": "x"})

    line = db.session.query(AuditEntry).filter_by(action="access.deny").one()
    assert (line.object, line.detail, line.result, line.unit) == ("accounts.users", "GET /users", "refused", "minhang")


def test_a_line_of_the_log_has_the_number_of_the_answer(seat):
    desk = seat("filler of 闵行")
    response = desk.get("/users")

    number = re.search(r"编号 (\w{8})", response.text)[1]
    assert db.session.query(AuditEntry).filter_by(action="access.deny").one().request_id == number


@pytest.mark.parametrize("path, status", [("/nothing-here", 404), ("/tables/99999", 404), ("/users", 403), ("/logout", 405)])
def test_the_number_on_an_error_page_stands_in_the_log(app, seat, path, status):
    response = seat("filler of 闵行").get(path)

    assert response.status_code == status
    number = re.search(r"编号 (\w{8})", response.text)[1]
    lines = (app.extensions["settings"].instance / "log/ipweek.log").read_text("utf-8").splitlines()
    assert [line["status"] for line in map(json.loads, lines) if line.get("request") == number] == [status]


@pytest.mark.parametrize(
    "path, data",
    [
        ("/users/new", {"name": "", "username": "", "unit_id": "abc", "roles": "captain"}),
        ("/users/new", {"name": "\x00", "username": "\u202e", "unit_id": "9" * 40, "roles": ["filler", "x"]}),
        ("/users/new", {"name": "名" * 5000, "username": "u" * 5000, "unit_id": "-1", "roles": "filler"}),
        ("/units/new", {"name": "<script>alert(1)</script>", "short": "x", "slug": "../x", "level": "office", "parent_id": "1_0"}),
        ("/units/new", {}),
        ("/account/password", {"old": "x" * 100_000, "new": "\x00" * 300, "again": "\x00" * 300}),
    ],
)
def test_bad_input_is_said_in_a_sentence_and_nothing_typed_is_lost(seat, path, data):
    response = seat("admin").post(path, data)

    assert response.status_code in (403, 422)
    assert "<script>alert" not in response.text
    assert not re.search(r"Not a valid|Invalid|could not coerce", response.text)
    for typed in ("name", "short"):
        if data.get(typed, "").isprintable() and data.get(typed):
            assert data[typed].replace("<", "&lt;").replace(">", "&gt;") in response.text


@pytest.mark.parametrize(
    "query",
    ["page=abc", "page=99999999999999999999", "since=2024-99-99", "until=9999-12-31", "action=%00", "actor=%00&object='--", "verify=1"],
)
def test_the_auditor_may_ask_nonsense(seat, query):
    assert seat("auditor").get(f"/audit?{query}").status_code in (200, 422)


@pytest.mark.parametrize("query", ["unit_id=abc", "unit_id=99999999999999999999", "role=x&text=%00%27", "closed=maybe"])
def test_the_list_of_people_may_be_asked_nonsense(seat, query):
    assert seat("admin").get(f"/users?{query}").status_code == 200


def test_text_is_shown_as_text(seat):
    make.user("minhang", name="<img src=x onerror=alert(1)>")

    page = seat("admin").get("/users").text

    assert "<img src=x" not in page
    assert "&lt;img src=x" in page


def test_the_lists_ask_the_database_no_more_for_many_than_for_one(seat):
    desk = seat("admin")

    def statements(path):
        said = []

        def note(*args):
            said.append(args[2])

        db.event.listen(db.engine, "before_cursor_execute", note)
        desk.get(path)
        db.event.remove(db.engine, "before_cursor_execute", note)
        return len([line for line in said if line != "BEGIN"])

    def counts():
        db.session.expire_all()
        return [statements(path) for path in ("/users", "/units", "/account")]

    desk.get("/users")
    few = counts()
    for number in range(30):
        make.user(f"unit{number}")
    many = counts()

    assert few == many
    assert max(many) <= 6


def test_an_account_that_is_made_shows_its_slip_once_and_to_nobody_else(seat):
    desk = seat("clerk")
    minhang = make.unit("minhang")

    page = desk.post("/users/new", {"name": "陈立", "username": "minhang7", "unit_id": minhang.id, "roles": ["filler", "approver"]})
    password = re.search(r"<code>([a-z0-9]{4}-[a-z0-9]{4}-[a-z0-9]{4})</code>", page.text)[1]
    user = db.session.query(User).filter_by(username="minhang7").one()

    assert page.headers["Cache-Control"] == "no-store"
    assert user.roles == ["approver", "filler"]
    assert password not in desk.get(f"/users/{user.id}").text
    assert Desk(desk.client.application).try_log_in("minhang7", password).status_code == 303


def test_the_audit_log_names_people_and_units(seat):
    auditor = seat("auditor")

    page = auditor.get("/audit").text

    who = db.session.query(User).filter_by(username=db.session.query(AuditEntry).order_by(AuditEntry.id.desc()).first().actor).one()
    assert f"{who.name}（{who.username}）" in page
    assert who.unit.short in page
    assert "账号 " in page


@pytest.mark.parametrize("asked", ["账号 1", "账号1", "user:1"])
def test_the_auditor_asks_for_a_thing_as_the_log_shows_it(seat, asked):
    auditor = seat("auditor")
    somebody = db.session.query(AuditEntry).filter(AuditEntry.object.like("user:%")).first().object

    page = auditor.get("/audit", query_string={"object": asked.replace("1", somebody.partition(":")[2])}).text

    assert f"<td>账号 {somebody.partition(':')[2]}</td>" in page
    assert 'value="账号 ' in page


def test_the_cookie_is_sent_when_it_says_something_new_and_only_then(app, desk, minhang):
    def sent(answer):
        return [line.partition(";")[0] for line in answer.headers.getlist("Set-Cookie")]

    first, again = desk.get("/login"), desk.get("/login")
    inside = desk.try_log_in("minhang1")
    held = desk.cookie
    looked = [desk.get("/account"), desk.get("/nothing-here"), desk.get("/account", headers=HTMX), desk.get("/static/css/base.css")]
    outside = desk.post("/logout")

    assert (len(sent(first)), sent(again)) == (1, [])
    assert sent(inside)[-1] == f"ipweek={held}" != sent(first)[-1]
    assert [line for answer in looked[1:] for line in sent(answer)] == []  # the first page makes a new token
    assert sent(outside)[-1] != f"ipweek={held}"
    desk.client.set_cookie("ipweek", held)
    assert not desk.is_in


def test_a_sentence_for_the_next_page_is_said_once(desk, minhang):
    table = make.table("minhang", "draft")
    desk.log_in(minhang)

    saved = desk.post(f"/tables/{table.id}", {"do": "save", "revision": "0", "op": "cookie-form-1"})
    pages = [desk.get(saved.location).text for _ in range(2)]

    assert saved.status_code == 303
    assert ['class="note done"' in page for page in pages] == [True, False]


def test_a_cookie_of_another_secret_opens_nothing_and_is_replaced(app, desk, minhang):
    desk.log_in(minhang)
    signer = Remembered("t" * 64, salt="cookie-session", serializer=TaggedJSONSerializer(), signer_kwargs={"key_derivation": "hmac"})
    desk.client.set_cookie("ipweek", signer.dumps({"_user_id": "x", "csrf_token": "y"}))

    assert desk.get("/account").status_code == 302
    assert desk.get("/login").headers.getlist("Set-Cookie")


def test_the_help_names_the_time_after_which_this_site_logs_out(app, desk, monkeypatch):
    monkeypatch.setitem(app.jinja_env.globals, "settings", replace(app.extensions["settings"], idle_minutes=45))

    assert "45 分钟没有操作会自动退出" in desk.get("/help").text
