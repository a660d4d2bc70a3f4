"""Who changed what: all of it is told, a page at a time, and what stood in a cell can be put back from any of them."""

import re
from html import unescape

import pytest

from ipweek.annexes import editing, grid, row_actions
from tests import make
from tests.annexes.conftest import op_id, values
from tests.desk import HTMX


def changed(row, *texts, key="venue", base="甲"):
    for text in texts:
        editing.save_cell(row.id, key, text, base=base, op_id=op_id(), by=make.person("minhang"))
        base = text


def told(page):
    return re.findall(r"<ins>([^<]*)</ins>", page.text)


def link(page, words):
    found = re.search(rf'href="([^"]+)"[^>]*>{words}<', page.text)
    return unescape(found[1]) if found else None


@pytest.mark.parametrize("of", ["table", "cell"])
@pytest.mark.parametrize("headers", [{}, HTMX], ids=["page", "panel"])
def test_page_after_page_tells_every_change_once_down_to_the_oldest(filler, table, monkeypatch, of, headers):
    monkeypatch.setattr(grid, "HISTORY_PAGE", 3)
    row = make.row(table, venue="甲")
    changed(row, *"乙丙丁戊己庚辛")
    path = f"/tables/{table.id}/history" if of == "table" else f"/activities/{row.id}/cells/venue/history"

    pages = [filler.get(path, headers=headers)]
    while older := link(pages[-1], "更早的修改"):
        pages.append(filler.get(older, headers=headers))

    assert [told(page) for page in pages] == [["辛", "庚", "己"], ["戊", "丁", "丙"], ["乙"]]
    assert link(pages[0], "回到最新的修改") is None
    assert link(pages[2], "回到最新的修改") == path


def test_a_history_that_fits_on_a_page_has_no_other(filler, table, monkeypatch):
    monkeypatch.setattr(grid, "HISTORY_PAGE", 3)
    changed(make.row(table, venue="甲"), *"乙丙丁")

    assert link(filler.get(f"/tables/{table.id}/history"), "更早的修改") is None


@pytest.mark.parametrize("before", ["-1", "x", "1.5", "99999999999"])
def test_a_forged_place_in_a_history_is_refused(filler, table, before):
    assert filler.get(f"/tables/{table.id}/history?before={before}").status_code == 400


def test_a_value_is_put_back_from_the_tables_history(filler, table):
    row = make.row(table, venue="甲")
    changed(row, "乙", "丙\n丁")

    page = filler.get(f"/tables/{table.id}/history")
    form = re.search(r'<form action="([^"]+)"[^>]*data-restore(.*?)改回“甲”', page.text, re.DOTALL)
    sent = {name: unescape(value) for name, value in re.findall(r'name="(op|base)" value="([^"]*)"', form[2])[-2:]}
    filler.post(form[1], {**sent, "value": "甲"})

    assert values(row.id)["venue"] == "甲"


def test_only_what_is_not_there_now_is_offered_to_be_put_back(filler, table):
    row, gone = make.row(table, venue="甲"), make.row(table, venue="子")
    changed(row, "乙", "甲")
    changed(gone, "丑", base="子")
    row_actions.delete_row(gone.id, op_id=op_id(), by=make.person("minhang"))

    page = filler.get(f"/tables/{table.id}/history")

    assert "改回“乙”" in page.text
    assert "改回“甲”" not in page.text  # it stands there
    assert "改回“子”" not in page.text  # its row is gone: an undo brings it back


@pytest.mark.parametrize(("who", "may"), [("filler of 闵行", True), ("approver of 闵行", False), ("clerk", False), ("viewer", False)])
def test_only_who_may_type_may_put_back(seat, table, who, may):
    changed(make.row(table, venue="甲"), "乙")

    assert ("改回“甲”" in seat(who).get(f"/tables/{table.id}/history").text) == may
