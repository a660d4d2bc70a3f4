"""Downloading a kept file: who gets it, and in what wrapping."""

import pytest

from ipweek.files import service
from tests import make
from tests.desk import Desk


@pytest.fixture
def kept(app, site):
    return service.keep(
        b"<script>1</script>", "附件 2；“闵行”.html", kind="html", purpose="table", by=make.person("minhang"), settings=site
    )


def seat(app, *who):
    return Desk(app).sit(make.user(*who))


def test_the_unit_gets_its_file_as_an_attachment_that_no_browser_opens(app, kept):
    response = seat(app, "minhang").get(f"/files/{kept.id}")

    assert response.status_code == 200
    assert response.data == b"<script>1</script>"
    assert response.headers["Content-Disposition"] == (
        "attachment; filename*=UTF-8''%E9%99%84%E4%BB%B6%202%EF%BC%9B%E2%80%9C%E9%97%B5%E8%A1%8C%E2%80%9D.html"
    )
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.content_type == "application/octet-stream"
    assert "no-store" in response.headers["Cache-Control"]


def test_someone_elses_file_looks_like_none(app, kept):
    xuhui = seat(app, "xuhui")

    theirs, none = xuhui.get(f"/files/{kept.id}"), xuhui.get("/files/987654321")

    assert theirs.status_code == none.status_code == 404
    assert service.db.session.query(service.StoredFile).count() == 1


@pytest.mark.parametrize(
    "path", ["/files/0", "/files/-1", "/files/x", "/files/2147483648", "/files/99999999999999999999", "/files/1/../../secret", "/files/"]
)
def test_a_strange_number_is_not_found(app, kept, path):
    assert seat(app, "minhang").get(path).status_code == 404


def test_without_a_log_in_there_is_nothing(app, kept):
    response = Desk(app).get(f"/files/{kept.id}")

    assert response.status_code in {302, 303, 401}
    assert b"script>1" not in response.data
