"""What no page of ours sends: it is refused in one sentence, and changes nothing."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask

from ipweek.annexes import editing, service
from ipweek.annexes.models import Activity
from ipweek.errors import Conflict
from ipweek.extensions import db
from tests import make
from tests.desk import HTMX, Desk

pytestmark = pytest.mark.usefixtures("app")


def values(row_id: int) -> dict[str, str]:
    return dict(db.session.get_one(Activity, row_id, populate_existing=True).values)


@pytest.mark.parametrize("sent", [{"base": "甲"}, {"value": "乙"}, {"value[]": "乙", "base": "甲"}])
def test_a_form_without_its_fields_wipes_nothing(seat: Callable[..., Desk], sent: dict[str, str]) -> None:
    row = make.row(venue="甲")

    answer = seat("filler of 闵行").post(f"/activities/{row.id}/cells/venue", {"op": "forged-01", **sent}, headers=HTMX)

    assert answer.status_code == 400
    assert values(row.id)["venue"] == "甲"


@pytest.mark.parametrize(
    "block",
    [
        '{"edits": [[Infinity, "venue", "乙", "甲"]], "rows": [], "via": "pasted"}',
        '{"edits": [[1e400, "venue", "乙", "甲"]], "rows": [], "via": "pasted"}',
        '{"edits": [[1000000000000000000000000000000, "venue", "乙", "甲"]], "rows": [], "via": "pasted"}',
        '{"edits": [[true, "venue", "乙", "甲"]], "rows": [], "via": "pasted"}',
        '{"edits": [["１", "venue", "乙", "甲"]], "rows": [], "via": "pasted"}',
        '{"edits": [[1.5, "venue", "乙", "甲"]], "rows": [], "via": "pasted"}',
        '{"edits": [[1, "venue", "乙", "甲"], [1, "venue", "丙", "甲"]], "rows": [], "via": "pasted"}',
        '{"edits": [], "rows": [], "via": []}',
        '{"edits": [], "rows": [], "via": {}}',
        "[" * 100_000,
        "",
    ],
)
def test_a_broken_block_is_refused(seat: Callable[..., Desk], block: str) -> None:
    table = make.table()

    answer = seat("filler of 闵行").post(f"/tables/{table.id}/paste", {"op": "forged-02", "block": block}, headers=HTMX)

    assert answer.status_code == 400


def test_an_op_id_used_for_another_cell_is_refused(app: Flask) -> None:
    filler, row = make.person("minhang"), make.row(venue="甲", scale="10人")
    editing.save_cell(row.id, "venue", "乙", base="甲", op_id="forged-03", by=filler)

    with pytest.raises(Conflict):
        editing.save_cell(row.id, "scale", "20人", base="10人", op_id="forged-03", by=filler)
    with pytest.raises(Conflict):
        editing.save_cell(row.id, "venue", "丙", base="乙", op_id="forged-03", by=filler)

    assert (values(row.id)["venue"], values(row.id)["scale"]) == ("乙", "10人")


def test_a_revision_that_never_was_overwrites_nobody(app: Flask) -> None:
    table = make.table()
    filler, row = make.person("minhang"), make.row(table, venue="甲")
    editing.save_cell(row.id, "venue", "乙", base="甲", op_id="forged-04", by=make.person("minhang"))

    with pytest.raises(Conflict):
        editing.save_form(table.id, {(row.id, "venue"): "甲"}, revision=999_999_999, op_id="forged-05", by=filler)

    assert values(row.id)["venue"] == "乙"


@pytest.mark.parametrize("value", ["%ff%fe%c0%80", "a%ED%A0%80b", "%C9%CF%BA%A3"])
def test_bytes_that_are_no_text_are_refused(seat: Callable[..., Desk], value: str) -> None:
    row = make.row(venue="甲")
    desk = seat("filler of 闵行")
    body = f"csrf_token={desk.token}&op=forged-06&base=%E7%94%B2&value={value}"

    answer = desk.open(f"/activities/{row.id}/cells/venue", method="POST", data=body, content_type="application/x-www-form-urlencoded")

    assert answer.status_code == 400
    assert "文字编码" in answer.text
    assert values(row.id)["venue"] == "甲"


def test_a_phone_in_any_cell_is_masked_for_the_leaders(app: Flask) -> None:
    table = make.table()
    make.row(table, content="报名 13800000077", venue="到 021-55550077 问路")

    seen = service.sheet(table.id, by=make.person("office", "viewer"))

    assert "13800000077" not in str(seen.rows)
    assert "55550077" not in str(seen.rows)
    assert not seen.findings
