"""Forms are read as the standard says, whatever was typed; what is no text is refused."""

from __future__ import annotations

from urllib.parse import parse_qsl, quote, urlencode

import pytest
from flask import Flask, request
from hypothesis import given
from hypothesis import strategies as st

from ipweek import bodies
from ipweek.errors import Refused

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
PIECES = st.sampled_from(["%", "%e4%b8%8a", "%E4", "%2", "%zz", "+", "&", "=", "a", "海", "%25", "%2B", "&&", "==", ""])


@pytest.fixture(scope="module")
def site():
    app = Flask("forms")
    app.config.update(MAX_CONTENT_LENGTH=1_000, MAX_FORM_MEMORY_SIZE=1_000, MAX_FORM_PARTS=10)
    bodies.install(app)
    return app


def read(site, body, mimetype="application/x-www-form-urlencoded"):
    with site.test_request_context(method="POST", data=body, content_type=mimetype):
        return list(request.form.items(multi=True))


@given(st.lists(st.tuples(TEXTS, TEXTS), max_size=4).filter(lambda pairs: len(urlencode(pairs)) <= 1_000))
def test_what_a_browser_sends_of_any_texts_comes_back(site, pairs):
    assert sorted(read(site, urlencode(pairs))) == sorted(parse_qsl(urlencode(pairs), keep_blank_values=True)) == sorted(pairs)


@given(st.lists(PIECES, max_size=12).map("".join))
def test_any_run_of_odd_signs_is_read_as_the_library_reads_it_or_refused(site, body):
    try:
        expected = sorted(parse_qsl(body, keep_blank_values=True, errors="strict"))
    except UnicodeDecodeError:
        with pytest.raises(Refused, match="无法识别的文字编码"):
            read(site, body.encode())
    else:
        assert sorted(read(site, body.encode())) == expected


@pytest.mark.parametrize("body", [b"value=\xff\xfe", b"value=%C9%CF%BA%A3", b"value=a%ED%A0%80b", "value=上海".encode("gb18030")])
def test_bytes_that_are_no_utf_8_are_refused(site, body):
    with pytest.raises(Refused, match="请把这段文字重新输入"):
        read(site, body)


def test_a_file_is_still_read_by_the_library(site):
    body = '--x\r\nContent-Disposition: form-data; name="value"\r\n\r\n静安寺\r\n--x--\r\n'.encode()

    assert read(site, body, "multipart/form-data; boundary=x") == [("value", "静安寺")]


def test_a_body_over_the_limit_is_refused(site):
    answer = site.test_client().post("/", data=f"value={quote('上' * 400)}", content_type=bodies.URLENCODED)

    assert answer.status_code == 413


def test_the_values_of_a_name_stand_as_they_were_sent(site):
    assert read(site, "a=2&b=1&a=1&a=2&a&=x&a=") == [*(("a", text) for text in ("2", "1", "2", "", "")), ("b", "1"), ("", "x")]


def test_only_the_ampersand_parts_fields_and_only_the_first_equals_sign_a_field(site):
    assert read(site, "a=1;b=2&c=d=e&f%26=%3D&g=%00") == [("a", "1;b=2"), ("c", "d=e"), ("f&", "="), ("g", "\0")]


@pytest.mark.parametrize(
    "kind", ["Application/X-WWW-Form-URLEncoded", "application/x-www-form-urlencoded; charset=GBK", f"{bodies.URLENCODED};"]
)
def test_a_form_is_utf_8_however_its_kind_is_written(site, kind):
    assert read(site, f"value={quote('静安寺')}", kind) == [("value", "静安寺")]
    with pytest.raises(Refused, match="请把这段文字重新输入"):
        read(site, b"value=%C9%CF", kind)


def test_what_is_no_form_has_no_fields_and_keeps_its_bytes(site):
    with site.test_request_context(method="POST", data=b"value=%C9%CF", content_type="text/plain"):
        assert (list(request.form), request.get_data()) == ([], b"value=%C9%CF")


def test_a_name_that_is_no_text_is_refused_too(site):
    with pytest.raises(Refused, match="请把这段文字重新输入"):
        read(site, b"%ff=value")


@pytest.mark.parametrize(
    "sent", ["a=1; b=2; a=3", 'a="x\\"y; b=2"; c=3', "a; =b; ;;", "a=\xe4\xb8\x8a", "ipweek=x" * 50, "", "a=%E4%B8%8A"]
)
def test_cookies_are_read_as_the_library_reads_them(site, sent):
    with site.test_request_context(environ_overrides={"HTTP_COOKIE": sent}):
        ours = list(request.cookies.items(multi=True))
    with Flask("plain").test_request_context(environ_overrides={"HTTP_COOKIE": sent}):
        assert ours == list(request.cookies.items(multi=True))
