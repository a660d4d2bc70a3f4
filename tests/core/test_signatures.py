"""Signatures are checked once, and nothing else about them is remembered."""

from __future__ import annotations

import pytest
import time_machine
from flask import session
from itsdangerous import BadSignature, SignatureExpired, URLSafeTimedSerializer

from ipweek.app import create_app
from ipweek.signatures import LONGEST, Remembered


@pytest.fixture
def remembered():
    return Remembered("s" * 64, salt="cookie")


def test_a_text_signed_elsewhere_with_the_same_secret_is_read(remembered):
    signed = URLSafeTimedSerializer("s" * 64, salt="cookie").dumps({"name": "闵行"})

    assert remembered.loads(signed) == {"name": "闵行"}


@pytest.mark.parametrize("secret, salt", [("t" * 64, "cookie"), ("s" * 64, "token")])
def test_a_text_of_another_secret_or_salt_is_refused_each_time(remembered, secret, salt):
    signed = URLSafeTimedSerializer(secret, salt=salt).dumps("x")

    for _ in range(2):
        with pytest.raises(BadSignature):
            remembered.loads(signed)


def test_a_changed_text_is_refused_after_the_good_one_was_read(remembered):
    signed = remembered.dumps({"roles": []})
    remembered.loads(signed)

    with pytest.raises(BadSignature):
        remembered.loads(signed[:-5] + ("A" if signed[-5] != "A" else "B") + signed[-4:])  # the very last sign says but two bits


def test_a_text_that_was_read_still_grows_too_old(remembered):
    with time_machine.travel("2024-04-12 08:00 +0800", tick=False) as now:
        signed = remembered.dumps("x")
        assert remembered.loads(signed, max_age=60) == "x"

        now.shift(61)
        with pytest.raises(SignatureExpired):
            remembered.loads(signed, max_age=60)


def test_what_was_read_is_fresh_each_time_so_that_nobody_changes_it_for_others(remembered):
    signed = remembered.dumps({"flashes": []})
    remembered.loads(signed)["flashes"].append("已保存")

    assert remembered.loads(signed) == {"flashes": []}


def test_a_flat_text_is_opened_once(remembered):
    signed = remembered.dumps({"_user_id": "abc", "csrf_token": "def"})

    assert remembered.loads(signed) is remembered.loads(signed) == {"_user_id": "abc", "csrf_token": "def"}


def test_a_good_signature_that_is_drawn_out_without_end_is_not_remembered(remembered):
    signed = remembered.dumps({"_user_id": "abc"})
    drawn_out = signed + "!" * LONGEST

    assert remembered.loads(drawn_out) == {"_user_id": "abc"}
    assert remembered.loads(drawn_out) is not remembered.loads(drawn_out)


@pytest.mark.parametrize("said", [{"_flashes": [["done", "已保存"]]}, {"a": {"b": 1}}, {"a": None}, {}, None, ["x"], "x", {"a": "b"}])
def test_whatever_is_signed_is_read_the_second_time_as_the_first(remembered, said):
    signed = remembered.dumps(said)
    remembered.loads(signed)

    assert remembered.loads(signed) == URLSafeTimedSerializer("s" * 64, salt="cookie").loads(signed) == said


def test_what_a_request_changes_in_its_session_no_other_request_sees(app):
    signed = app.session_interface.get_signing_serializer(app).dumps({"name": "闵行"})
    sent = {"headers": {"Cookie": f"ipweek={signed}"}}

    with app.test_request_context(**sent):
        session["name"] = "徐汇"
    with app.test_request_context(**sent):
        assert session["name"] == "闵行"


def test_the_site_reads_its_cookies_with_it(app):
    assert isinstance(app.session_interface.get_signing_serializer(app), Remembered)


def test_two_sites_in_one_process_read_only_their_own_cookies(app, new_site, tmp_path):
    settings = new_site(tmp_path / "other", empty=True)
    (settings.instance / "secret").write_text("t" * 64, "utf-8")
    other = create_app(settings)
    here, there = (one.session_interface.get_signing_serializer(one) for one in (app, other))
    signed = here.dumps({"_user_id": "token"})
    assert here.loads(signed) == {"_user_id": "token"}

    with pytest.raises(BadSignature):
        there.loads(signed)
