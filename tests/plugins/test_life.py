"""From found to gone: what a start does, safe and strict runs, and what other people notice of a plugin that hangs."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Page

from ipweek.annexes.models import AnnexTable
from ipweek.board import plugin_admin
from ipweek.extensions import of_app
from ipweek.maintenance.commands import start_plugins
from ipweek.maintenance.instance import Unfit
from ipweek.plugins import call as calling
from ipweek.plugins import service as plugins
from tests import make
from tests.browser import Server, log_in
from tests.desk import HTMX, Desk
from tests.visitor import Visitor

from .made import BY, CODE, STREET, report, switched_on, write

Seat = Callable[..., Desk]


def test_states_from_found_to_off(app: Flask, table: AnnexTable) -> None:
    write(Path(app.instance_path) / "plugins")
    assert plugins.get("mh").state == "found"
    plugin_admin.enable("mh", by=BY)
    assert plugins.get("mh").state == "on"
    plugin_admin.disable("mh", by=BY)
    assert plugins.get("mh").state == "off"


def test_a_plugin_that_is_off_is_not_run(app: Flask, table: AnnexTable, monkeypatch: pytest.MonkeyPatch) -> None:
    write(Path(app.instance_path) / "plugins", code="raise RuntimeError('ran')")

    assert plugins.begin() == []
    assert plugins.offer_of("minhang").reports == []


def test_a_start_runs_none_that_did_not_change(app: Flask, table: AnnexTable, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = switched_on(app)
    monkeypatch.setattr(calling, "COMMAND", ("/nonexistent",))

    assert plugins.begin() == []
    (folder / "README.md").write_text("改了说明", "utf-8")
    assert plugins.begin() == []
    assert [title for *_, title in plugins.offer_of("minhang").reports] == ["按街镇统计"]


def test_a_changed_one_describes_itself_at_the_start_and_a_broken_one_stops_nothing(app: Flask, table: AnnexTable) -> None:
    folder = switched_on(app)

    (folder / "__init__.py").write_text(CODE.replace("按街镇统计", "街镇"), "utf-8")
    assert plugins.get("mh").has_changed
    assert plugins.begin() == []
    assert [title for *_, title in plugins.offer_of("minhang").reports] == ["街镇"]

    (folder / "__init__.py").write_text("raise RuntimeError('half way')", "utf-8")
    (unfit,) = plugins.begin()
    assert (unfit.state, unfit.why) == ("broken", "代码出错（__init__.py:1，RuntimeError: half way）")
    assert plugins.offer_of("minhang").reports == []
    assert [field.label for field in plugins.fields_of("minhang")] == ["所属街镇"]


def test_a_strict_start_stops_and_another_tells(
    app: Flask, table: AnnexTable, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    write(Path(app.instance_path) / "plugins", toml="[fields.x]")

    start_plugins()
    assert "插件 mh：" in capsys.readouterr().out
    monkeypatch.setenv("IPWEEK_STRICT", "1")
    with pytest.raises(Unfit, match="严格模式"):
        start_plugins()


def test_in_safe_mode_no_district_code_runs_and_columns_stay(
    app: Flask, table: AnnexTable, seat: Seat, monkeypatch: pytest.MonkeyPatch
) -> None:
    switched_on(app)
    make.row(table, **{"mh.street": "七宝镇"})
    monkeypatch.setattr(of_app("plugins"), "is_safe", True)
    filler = seat("minhang", "filler")

    assert "安全模式" in filler.get("/d/minhang/reports/mh/streets?show=1").text
    assert "本地校验未完成" in filler.get("/d/minhang/warnings", headers=HTMX).text
    for page in (filler.get(f"/tables/{table.id}").text, filler.get("/d/minhang/reports").text):
        assert "<b>安全模式</b>：本单位的报表和校验暂停" in page
    assert 'data-key="mh.street"' in filler.get(f"/tables/{table.id}").text
    assert "安全模式" in seat("office", "admin").get("/plugins").text


def test_a_check_that_fails_leaves_the_row_saved(app: Flask, table: AnnexTable, seat: Seat) -> None:
    switched_on(app, code=CODE.replace('if row["people_max"]', 'if 1 / 0 or row["people_max"]'))
    row, filler = make.row(table), seat("minhang", "filler")

    saved = filler.post(
        f"/activities/{row.id}/cells/scale", {"value": "900人", "base": row.values["scale"], "op": "life-op-1"}, headers=HTMX
    )

    assert saved.status_code == 200
    assert "未完成" in filler.get(f"/tables/{table.id}/warnings?rows={row.id}").text
    assert filler.get(f"/tables/{table.id}/submit").status_code == 200
    assert filler.get(f"/tables/{table.id}.xlsx").status_code == 200


def test_a_new_version_runs_with_the_next_call(app: Flask, table: AnnexTable, seat: Seat) -> None:
    folder = switched_on(app, code=report('return Report(Note("旧"))'))
    filler = seat("minhang", "filler")
    assert ">旧<" in filler.get("/d/minhang/reports/mh/r?show=1").text

    (folder / "__init__.py").write_text(report('return Report(Note("新"))'), "utf-8")

    assert ">新<" in filler.get("/d/minhang/reports/mh/r?show=1").text


def test_a_plugin_sees_the_rows_of_its_own_unit_and_masked_phones(app: Flask, table: AnnexTable, seat: Seat) -> None:
    switched_on(app, code=report("return Report(*[Note(row) for row in rows])"))
    make.row(table, event_name="闵行的", **{"other.secret": "别的插件的"})
    make.row(make.table("xuhui", of=table.campaign), event_name="徐汇的")

    said = seat("minhang", "filler").get("/d/minhang/reports/mh/r?show=1").text

    assert "闵行的" in said
    assert "徐汇的" not in said
    assert "别的插件的" not in said
    assert "13800000001" not in said
    assert "138****0001" in said


def test_while_a_plugin_hangs_others_are_served(app: Flask, table: AnnexTable, live: Server, known_hash: str) -> None:
    switched_on(app, code=report("while True: pass"))
    user = make.user("minhang", "filler", pw_hash=known_hash)
    other = make.user("xuhui", "filler", pw_hash=known_hash)
    make.table("xuhui", of=table.campaign)
    first, second = (Visitor(live.url).log_in(each.username, make.PASSWORD) for each in (user, other))
    hung = threading.Thread(target=lambda: first.get("/d/minhang/reports/mh/r?show=1"))
    hung.start()
    time.sleep(0.5)

    answers = [second.get("/tasks").status for _ in range(10)]

    assert answers == [200] * 10
    assert hung.is_alive()
    hung.join()


@pytest.mark.browser
def test_a_choice_is_clicked_and_a_warning_comes_under_its_cell(
    app: Flask, table: AnnexTable, live: Server, page: Page, known_hash: str
) -> None:
    switched_on(app, toml=STREET)
    row = make.row(table)
    make.row(table)
    user = make.user("minhang", "filler", pw_hash=known_hash)
    log_in(page, live, user.username, make.PASSWORD)
    page.goto(f"{live.url}/tables/{table.id}")

    street = page.locator(f'[name="{row.id}.mh.street"]')
    street.click()
    page.get_by_role("group", name="可选").get_by_role("button", name="七宝镇").click()
    page.keyboard.press("Enter")
    page.get_by_text("已保存", exact=False).first.wait_for()
    scale = page.locator(f'[name="{row.id}.scale"]')
    scale.click()
    page.keyboard.type("900人")
    page.keyboard.press("Enter")

    under = page.locator("td").filter(has=scale).get_by_text("超过单场上限 500 人，请附安全预案")
    under.wait_for()
    assert street.input_value() == "七宝镇"
    assert page.get_by_text("不影响报送").is_visible()


@pytest.mark.browser
def test_a_report_loads_beside_its_page(app: Flask, table: AnnexTable, live: Server, page: Page, known_hash: str) -> None:
    switched_on(app)
    make.row(table, **{"mh.street": "七宝镇"})
    log_in(page, live, make.user("minhang", "filler", pw_hash=known_hash).username, make.PASSWORD)

    page.goto(f"{live.url}/d/minhang/reports/mh/streets")

    page.get_by_role("img", name="各街镇活动场数").wait_for()
    page.get_by_text("数据表").click()
    assert page.get_by_role("rowheader", name="七宝镇").is_visible()
