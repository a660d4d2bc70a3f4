"""What a unit wrote before is offered to its fillers, and to nobody else."""

import re

import pytest

from ipweek.annexes import row_actions, suggestions
from ipweek.errors import Forbidden, NotFound
from tests import make
from tests.annexes.conftest import op_id
from tests.desk import HTMX


def test_this_years_come_before_last_years_and_each_once(app):
    earlier, now = make.campaign("closed", year=2023), make.campaign("open", year=2024)
    old, table = make.table("shangwuwei", "archived", of=earlier), make.table("shangwuwei", of=now)
    for venue in ("图书馆", "图书馆", "广场"):
        make.row(old, venue=venue)
    make.row(table, venue="法院")
    make.row(table, venue="广场")

    found = suggestions.of(table.id, by=make.person("shangwuwei"))

    assert found["venue"] == ["广场", "法院", "图书馆"]


def test_only_columns_where_the_same_comes_again_are_offered(app, table):
    make.row(table)

    found = suggestions.of(table.id, by=make.person("minhang"))

    assert found == {key: [make.CELLS[key]] for key in ("host", "venue", "contact")}


def test_another_units_words_and_phones_are_never_among_them(app, table):
    make.row(make.table("xuhui"), contact="徐某 13900000009", venue="徐汇的馆")
    make.row(table, contact="李某 13800000008", venue="")

    found = suggestions.of(table.id, by=make.person("minhang"))

    assert found["contact"] == ["李某 13800000008"]
    assert found["venue"] == []


def test_what_was_deleted_or_is_no_name_is_left_out(app, table):
    gone = make.row(table, venue="旧馆")
    make.row(table, venue="字" * (suggestions.LONGEST + 1))
    make.row(table, venue=" 新馆 ")
    row_actions.delete_row(gone.id, op_id=op_id(), by=make.person("minhang"))

    assert suggestions.of(table.id, by=make.person("minhang"))["venue"] == ["新馆"]


def test_there_are_never_more_than_one_looks_through(app, table):
    for n in range(suggestions.MOST + 5):
        make.row(table, venue=f"第{n}馆")

    assert len(suggestions.of(table.id, by=make.person("minhang"))["venue"]) == suggestions.MOST


@pytest.mark.parametrize(
    ("slug", "role", "error"),
    [("xuhui", "filler", NotFound), ("minhang", "approver", Forbidden), ("office", "clerk", Forbidden), ("office", "viewer", Forbidden)],
)
def test_readers_get_none(app, table, slug, role, error):
    make.row(table)

    with pytest.raises(error):
        suggestions.of(table.id, by=make.person(slug, role))


def test_the_page_gets_them_as_text(filler, table):
    make.row(table, venue="<b>馆</b>")

    piece = filler.get(f"/tables/{table.id}/suggestions", headers=HTMX)

    assert re.search(r'<ul data-key="venue"><li>&lt;b&gt;馆&lt;/b&gt;</li></ul>', piece.text)
    assert filler.get(f"/tables/{table.id}/suggestions").status_code == 303
