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


@given(st.lists(st.tuples(TEXTS, TEXTS), max_size=4))
def test_what_a_browser_sends_of_any_texts_comes_back(site, pairs):
    assert sorted(read(site, urlencode(pairs)[:1_000])) == sorted(parse_qsl(urlencode(pairs)[:1_000], keep_blank_values=True))


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
