"""Pages and static files go out compressed without a server in front; each is asked for again by its mark only."""

import gzip

import pytest

STATIC = ("/static/vendor/htmx-2.0.11.min.js", "/static/css/base.css")
PLAIN_HTTP = {"Accept-Encoding": "gzip, deflate"}  # what browsers send where there is no https


@pytest.mark.parametrize("url", [*STATIC, "/login"])
def test_what_people_load_is_gzipped_on_plain_http(client, url):
    whole = client.get(url)
    packed = client.get(url, headers=PLAIN_HTTP)

    assert (whole.status_code, packed.status_code) == (200, 200)
    assert "Content-Encoding" not in whole.headers
    assert packed.headers["Content-Encoding"] == "gzip"
    assert len(packed.data) < 0.6 * len(whole.data)
    assert "Accept-Encoding" in packed.headers["Vary"]
    if url in STATIC:
        assert gzip.decompress(packed.data) == whole.data


@pytest.mark.parametrize("url", STATIC)
@pytest.mark.parametrize("accepted", ["", "gzip, deflate", "gzip, deflate, br, zstd"])
def test_a_static_file_that_did_not_change_is_not_sent_again(client, url, accepted):
    first = client.get(url, headers={"Accept-Encoding": accepted})

    again = client.get(url, headers={"Accept-Encoding": accepted, "If-None-Match": first.headers["ETag"]})

    assert again.status_code == 304
    assert again.data == b""


@pytest.mark.parametrize("url", STATIC)
def test_a_static_file_with_its_mark_is_kept_for_ever(client, url):
    answer = client.get(f"{url}?v=0123456789")

    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert "Set-Cookie" not in answer.headers
