"""Every address of accounts, tried by each of the cast; an address that is not listed fails."""

import pytest

from ipweek.accounts.models import AuditEntry, LoginSession
from ipweek.extensions import db
from tests import make

from .conftest import CAST

IN = [who for who in CAST if who != "stranger"]
OFFICE = ("clerk", "head", "admin")
ADMIN = ("admin",)
NOBODY = ()

# endpoint: (method, address, who may, what they get, what the others get)
TABLE = {
    "accounts.account": ("GET", "/account", IN, 200, 0),
    "accounts.change_password": ("GET", "/account/password", IN, 200, 0),
    "accounts.change_address": ("POST", "/account/address", IN, 303, 0),
    "accounts.end_session": ("POST", "/account/sessions/{their_session}/end", ADMIN, 303, 404),
    "accounts.users": ("GET", "/users", OFFICE, 200, 403),
    "accounts.new_user": ("GET", "/users/new", OFFICE, 200, 403),
    "accounts.user": ("GET", "/users/{filler}", OFFICE, 200, 403),
    "accounts.reset_password": ("POST", "/users/{filler}/password", OFFICE, 200, 403),
    "accounts.close_user": ("POST", "/users/{filler}/close", OFFICE, 303, 403),
    "accounts.reopen_user": ("POST", "/users/{filler}/reopen", OFFICE, 200, 403),
    "accounts.unit_list": ("GET", "/units", OFFICE, 200, 403),
    "accounts.new_unit": ("GET", "/units/new", OFFICE, 200, 403),
    "accounts.unit": ("GET", "/units/{unit}", OFFICE, 200, 403),
    "accounts.move_unit": ("POST", "/units/{unit}/move", OFFICE, 303, 403),
    "accounts.close_unit": ("POST", "/units/{unit}/close", OFFICE, 303, 403),
    "accounts.reopen_unit": ("POST", "/units/{unit}/reopen", OFFICE, 303, 403),
    "accounts.audit": ("GET", "/audit", ("auditor",), 200, 403),
    "people.bring_in": ("GET", "/users/import", OFFICE, 200, 403),
    "people.preview": ("POST", "/users/import", OFFICE, 422, 403),
    "people.confirm": ("POST", "/users/import/confirm", OFFICE, 422, 403),
    "people.template": ("GET", "/users/import/template", OFFICE, 200, 403),
}
OPEN = {"accounts.log_in", "accounts.log_out", "accounts.logged_out"}


def test_every_address_is_listed(app):
    mine = {rule.endpoint for rule in app.url_map.iter_rules() if rule.endpoint.startswith(("accounts.", "people."))}

    assert mine == set(TABLE) | OPEN


@pytest.fixture
def addresses(app, seat):
    """A filler whose account is spoken of, his unit, and a log-in of his."""
    filler = make.user("shangwuwei")
    make.user("office", "clerk")
    make.user("office", "admin")
    seat("xuhui", "filler")
    session_id = db.session.query(LoginSession).order_by(LoginSession.id.desc()).first().id
    return {"filler": filler.id, "unit": filler.unit_id, "their_session": session_id}


@pytest.mark.parametrize("who", CAST)
def test_who_may_go_where(seat, addresses, who):
    desk = seat(who)
    got, expected = {}, {}

    for endpoint, (method, address, may, inside, outside) in TABLE.items():
        response = desk.open(address.format(**addresses), method=method, data={"csrf_token": desk.token} if method == "POST" else None)
        got[endpoint] = response.status_code
        expected[endpoint] = (302 if method == "GET" else 401) if who == "stranger" else inside if who in may else outside

    assert got == expected


@pytest.mark.parametrize("who", ["clerk", "head"])
def test_the_office_gets_the_same_answer_for_an_account_it_does_not_keep_and_for_none(seat, who):
    admin = make.user("office", "admin")
    desk = seat(who)

    there, nowhere = desk.get(f"/users/{admin.id}"), desk.get("/users/99999")

    assert there.status_code == nowhere.status_code == 404
    assert there.text.split("<main")[1].split("编号")[0] == nowhere.text.split("<main")[1].split("编号")[0]
    assert desk.post(f"/users/{admin.id}/password").status_code == 404


@pytest.mark.parametrize("field", ["pw_hash", "is_active", "must_change_password", "username", "id", "created_at"])
def test_a_form_changes_nothing_that_it_does_not_show(seat, field):
    user = make.user("minhang")
    before = {column.name: getattr(user, column.name) for column in user.__table__.columns}

    seat("admin").post(f"/users/{user.id}", {"name": user.name, "unit_id": user.unit_id, "roles": "filler", field: "0"})
    db.session.expire_all()

    assert {column.name: getattr(user, column.name) for column in user.__table__.columns} == before


def test_reading_changes_nothing(seat):
    desk = seat("admin")
    make.user("minhang")
    count = db.session.query(AuditEntry).count()

    for method, address, *_ in TABLE.values():
        if method == "GET" and "{" not in address:
            desk.get(address)
            desk.open(address, method="HEAD")

    assert db.session.query(AuditEntry).filter(AuditEntry.action != "access.deny").count() == count
