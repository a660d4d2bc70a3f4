"""A district's reports, warnings, jobs and settings on their pages, and who may see them."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest
from flask import Flask
from openpyxl import load_workbook

from ipweek.accounts.models import AuditEntry
from ipweek.annexes import service as annexes
from ipweek.annexes.models import Activity, AnnexTable
from ipweek.extensions import db
from tests import make
from tests.desk import HTMX, Desk

from .made import report, switched_on, write

Seat = Callable[..., Desk]


@pytest.fixture
def on(app: Flask, table: AnnexTable) -> None:
    switched_on(app)
    make.row(table, **{"mh.street": "七宝镇"})
    make.row(table, **{"mh.street": "<script>alert(1)</script>", "scale": "900人"})


def test_a_report_comes_after_its_page(on: None, seat: Seat) -> None:
    filler = seat("minhang", "filler")

    page = filler.get("/d/minhang/reports/mh/streets")
    piece = filler.get("/d/minhang/reports/mh/streets", headers=HTMX)
    plain = filler.get("/d/minhang/reports/mh/streets?show=1")

    assert "正在生成报表" in page.text
    assert "<svg" not in page.text
    for drawn in (piece, plain):
        assert "七宝镇：1场" in drawn.text
        assert "<script>alert" not in drawn.text
        assert "&lt;script&gt;" in drawn.text
    assert "<html" not in piece.text


def test_each_page_goes_back_to_another_year_when_asked(on: None, table: AnnexTable, seat: Seat) -> None:
    before = make.table("minhang", of=make.campaign("closed", year=2023))
    make.row(before, **{"mh.street": "去年的镇"})
    filler = seat("minhang", "filler")

    reports = filler.get("/d/minhang/reports?year=2023").text
    assert "闵行区报表 <small>2023年" in reports
    assert 'aria-current="page">2023年' in reports
    for link in re.findall(r'(?:href|hx-get)="(/d/minhang/[^"]+)"', reports):
        assert "year=20" in link
        assert filler.get(link.replace("&amp;", "&")).status_code == 200
    assert "去年的镇：1场" in filler.get("/d/minhang/reports/mh/streets?year=2023", headers=HTMX).text
    assert "去年的镇" not in filler.get("/d/minhang/reports/mh/streets", headers=HTMX).text


def test_a_year_without_a_table_is_not_found(on: None, seat: Seat) -> None:
    answer = seat("minhang", "filler").get("/d/minhang/reports?year=1999")

    assert answer.status_code == 404
    assert "有表格的年度：2024。" in answer.text


@pytest.mark.parametrize("year", ["abc", "99999999999999999999", "-1", ""])
def test_a_year_that_is_none_is_the_newest(on: None, seat: Seat, year: str) -> None:
    assert "七宝镇：1场" in seat("minhang", "filler").get(f"/d/minhang/reports/mh/streets?show=1&year={year}").text


def test_a_report_as_a_workbook_has_a_real_chart(on: None, seat: Seat) -> None:
    got = seat("minhang", "filler").get("/d/minhang/reports/mh/streets.xlsx")

    assert got.status_code == 200
    assert "xl/charts/chart1.xml" in zipfile.ZipFile(BytesIO(got.data)).namelist()
    book = load_workbook(BytesIO(got.data))
    assert [cell.value for cell in book.worksheets[1][2]] == ["七宝镇", 1]


@pytest.mark.parametrize(
    ("who", "status"),
    [
        (("minhang", "filler"), 200),
        (("minhang", "approver"), 200),
        (("minhang", "developer"), 200),
        (("office", "clerk"), 200),
        (("office", "viewer"), 200),
        (("xuhui", "filler"), 404),
        (("office", "auditor"), 404),
        (("office", "admin"), 404),
    ],
)
def test_a_districts_reports_are_its_own_the_offices_and_the_leaders(on: None, seat: Seat, who: tuple[str, str], status: int) -> None:
    desk = seat(*who)

    for address in ("reports", "reports/mh/streets", "reports/mh/streets.xlsx", "warnings", "jobs/mh/fill"):
        assert desk.get(f"/d/minhang/{address}").status_code == status


def test_warnings_name_the_row_the_column_and_the_sentence(on: None, seat: Seat) -> None:
    said = seat("minhang", "filler").get("/d/minhang/warnings", headers=HTMX).text

    assert "第 2 行“活动规模 (参与人数)”</a>：超过单场上限 500 人，请附安全预案" in said
    assert "不在选项中" in said


def test_a_job_proposes_and_saves_what_a_person_left_ticked(app: Flask, table: AnnexTable, seat: Seat) -> None:
    switched_on(app)
    first, second = make.row(table), make.row(table)
    filler = seat("minhang", "filler")

    page = filler.get("/d/minhang/jobs/mh/fill").text
    assert page.count('name="take"') == 2
    assert values(first.id).get("mh.street") is None
    fields = dict(re.findall(r'name="([^"]+)" value="([^"]*)"', page))
    sent = {"take": f"{second.id}.mh.street", **{name: value for name, value in fields.items() if name != "take"}}
    answer = filler.post("/d/minhang/jobs/mh/fill", sent)

    assert answer.status_code == 303
    assert values(first.id).get("mh.street") is None
    assert values(second.id)["mh.street"] == "七宝镇"
    assert annexes.history(table.id, by=make.person("minhang"))[0].via == "job"


def test_a_job_saves_no_column_that_is_not_its_plugins(app: Flask, table: AnnexTable, seat: Seat) -> None:
    switched_on(app)
    row = make.row(table)
    filler = seat("minhang", "filler")

    sent = {"take": f"{row.id}.venue", f"new.{row.id}.venue": "别处", f"old.{row.id}.venue": row.values["venue"], "op": "job-test-1"}
    answer = filler.post("/d/minhang/jobs/mh/fill", sent)

    assert answer.status_code == 404
    assert values(row.id)["venue"] == make.CELLS["venue"]


def test_a_report_that_fails_is_a_card_on_a_whole_page(app: Flask, table: AnnexTable, seat: Seat) -> None:
    switched_on(app, code=report("return 1 / 0"))

    page = seat("minhang", "filler").get("/d/minhang/reports/mh/r?show=1")

    assert page.status_code == 200
    assert "报表暂不可用" in page.text
    assert "除以了 0（__init__.py:8，ZeroDivisionError: division by zero）" in page.text
    assert "信息中心 李工" in page.text
    assert "退出登录" in page.text


def test_three_failures_set_a_plugin_aside_until_somebody_tries_again(app: Flask, table: AnnexTable, seat: Seat) -> None:
    folder = switched_on(app, code=report("return 1 / 0"))
    filler, admin = seat("minhang", "filler"), seat("office", "admin")

    for _ in range(3):
        filler.get("/d/minhang/reports/mh/r?show=1")
    assert "暂停使用" in admin.get("/plugins").text
    assert "插件已暂停" in filler.get("/d/minhang/reports/mh/r?show=1").text
    assert "所属街镇" in filler.get(f"/tables/{table.id}").text

    code = (folder / "__init__.py").read_text("utf-8")
    (folder / "__init__.py").write_text(code.replace("return 1 / 0", 'return Report(Note("好了"))'), "utf-8")
    assert admin.post("/plugins/mh/enable").status_code == 303
    assert "好了" in filler.get("/d/minhang/reports/mh/r?show=1").text


SETTING = '[settings.most_people]\nlabel = "单场人数上限"\nkind = "number"\ndefault = 500\nmin = 1\n'


def test_a_district_sets_its_limit_and_the_log_tells(app: Flask, table: AnnexTable, seat: Seat) -> None:
    switched_on(app, toml=SETTING, code=report('return Report(Note(settings["most_people"]))'))
    developer = seat("minhang", "developer")

    assert developer.post("/plugins/mh/settings", {"own_most_people": "很多"}).status_code == 422
    assert "很多" in developer.post("/plugins/mh/settings", {"own_most_people": "很多"}).text
    assert developer.post("/plugins/mh/settings", {"own_most_people": "80"}).status_code == 303

    assert ">80<" in seat("minhang", "filler").get("/d/minhang/reports/mh/r?show=1").text
    told = db.session.query(AuditEntry).filter_by(action="plugin.settings").one()
    assert told.detail == "单场人数上限：500 → 80"
    assert seat("minhang", "filler").post("/plugins/mh/settings", {"own_most_people": "1"}).status_code == 403
    assert seat("xuhui", "developer").post("/plugins/mh/settings", {"own_most_people": "1"}).status_code == 404


def test_only_the_administrator_switches_and_each_switch_is_told(app: Flask, table: AnnexTable, seat: Seat) -> None:
    switched_on(app)
    admin, developer = seat("office", "admin"), seat("minhang", "developer")

    assert developer.get("/plugins/mh").status_code == 200
    assert developer.post("/plugins/mh/disable").status_code == 403
    assert seat("office", "clerk").get("/plugins").status_code == 403
    assert admin.post("/plugins/mh/disable").status_code == 303

    assert "已停用" in admin.get("/plugins").text
    told = [entry.action for entry in db.session.query(AuditEntry).filter(AuditEntry.action.like("plugin.%")).order_by(AuditEntry.id)]
    assert told == ["plugin.enable", "plugin.disable"]


def test_what_cannot_describe_itself_is_not_switched_on(app: Flask, table: AnnexTable, seat: Seat) -> None:
    folder = switched_on(app)
    admin = seat("office", "admin")
    admin.post("/plugins/mh/disable")
    (folder / "__init__.py").write_text("import no_such_module\n", "utf-8")

    answer = admin.post("/plugins/mh/enable")

    assert answer.status_code == 422
    assert "No module named" in answer.text
    assert "Traceback" in answer.text
    page = admin.get("/plugins/mh").text
    assert "不能运行" in page
    assert "重试" in page


def test_what_the_check_demands_is_demanded_on_the_page_too(app: Flask, table: AnnexTable, seat: Seat) -> None:
    write(Path(app.instance_path) / "plugins", code=report("import random\nreturn Report(Note(rows[0].id))"))
    admin = seat("office", "admin")
    admin.get("/plugins/mh")

    answer = admin.post("/plugins/mh/enable")

    assert answer.status_code == 422
    assert "没有启用：报表 r 遇到 0 行：列表里没有这么多项" in answer.text
    assert "未启用" in admin.get("/plugins/mh").text


def test_a_department_sees_what_plugins_say_of_its_own_rows(app: Flask, table: AnnexTable, seat: Seat) -> None:
    switched_on(app)
    theirs = make.row(table, **{"mh.street": "区里的镇"}, scale="900人")
    desk = Desk(app).sit(make.user("qibao"))
    own = make.row(table, owner="qibao", scale="800人")

    page = desk.get(f"/tables/{table.id}").text
    for link in re.findall(r'(?:href|hx-get)="(/(?:d|tables)/[^"]+)"', page):
        assert desk.get(link.replace("&amp;", "&"), headers=HTMX).status_code == 200, link
    assert "区里的镇" not in desk.get("/d/minhang/reports/mh/streets", headers=HTMX).text
    said = desk.get(f"/tables/{table.id}/warnings", headers=HTMX).text
    assert f'data-cell="{own.id}.scale"' in said
    assert str(theirs.id) not in re.findall(r'data-cell="(\d+)', said)
    job = desk.get("/d/minhang/jobs/mh/fill").text
    fields = dict(re.findall(r'name="([^"]+)" value="([^"]*)"', job))
    assert fields["take"] == f"{own.id}.mh.street"
    assert desk.post("/d/minhang/jobs/mh/fill", fields).status_code == 303
    assert values(own.id)["mh.street"] == "七宝镇"
    sheet = load_workbook(BytesIO(desk.get(f"/tables/{table.id}/local.xlsx").data)).worksheets[1]
    assert "区里的镇" not in str([cell.value for line in sheet.iter_rows() for cell in line])


def test_files_are_handed_out_and_never_shown(app: Flask, table: AnnexTable, seat: Seat) -> None:
    folder = switched_on(app)
    (folder / "files").mkdir()
    (folder / "files" / "样例.html").write_text("<script>alert(1)</script>", "utf-8")

    got = seat("minhang", "filler").get("/plugins/mh/files/样例.html")

    assert got.headers["Content-Disposition"].startswith("attachment")
    assert got.mimetype == "application/octet-stream"
    assert got.data == b"<script>alert(1)</script>"
    got.close()
    assert seat("xuhui", "filler").get("/plugins/mh/files/样例.html").status_code == 404
    assert seat("minhang", "filler").get("/plugins/mh/files/..%2Fplugin.toml").status_code == 404


def values(row_id: int) -> dict[str, str]:
    db.session.rollback()
    return dict(db.session.get_one(Activity, row_id, populate_existing=True).values)


def test_the_list_counts_reports_only_of_what_is_on(app, seat):
    write(Path(app.instance_path) / "plugins")
    make.unit("minhang")
    admin = seat("office", "admin")

    before = admin.get("/plugins").text
    admin.post("/plugins/mh/enable")
    after = admin.get("/plugins").text

    row = r'<a href="/plugins/mh">.*?</td><td class="number">(.)</td><td class="number">(.)</td>'
    assert re.search(row, before, re.DOTALL).groups() == ("1", "—")
    assert re.search(row, after, re.DOTALL).groups() == ("1", "1")
