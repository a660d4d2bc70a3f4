"""Behind the annexes: all activities by time, totals with charts, and who has not reported."""

import shutil
import subprocess
import zipfile
from datetime import date
from io import BytesIO

import openpyxl
import pytest

from ipweek.workbooks import overview, service
from ipweek.workbooks.overview import Counted, Entry
from tests import make

from .official import opened

WEEK = (date(2024, 4, 20), date(2024, 4, 26))


def entry(number, starts_on=None, ends_on=None, *, unit="闵行区", people=None, **values):
    return Entry(number, unit, 2, {"event_name": f"活动{number}", **values}, starts_on, ends_on or starts_on, people)


def day(number):
    return date(2024, 4, number)


def texts(sheet):
    return [[cell.value for cell in row] for row in sheet.iter_rows()]


@pytest.fixture
def campaign(app):
    return make.campaign()


@pytest.fixture
def clerk(campaign):
    return make.person("office", "clerk")


def test_activities_stand_by_day_and_those_without_a_date_last():
    sheet = overview.union(2024, [entry(1), entry(2, day(23)), entry(3, day(20)), entry(4, day(23))], with_contacts=True)

    assert [band.line for band in sheet.bands] == ["4月20日（周六）：1 项", "4月23日（周二）：2 项", "日期未定：1 项"]
    assert [list(band.row_ids) for band in sheet.bands] == [[3], [2, 4], [1]]


@pytest.mark.parametrize("allowed", [True, False])
def test_contacts_stand_in_the_union_only_where_they_are_allowed(allowed):
    sheet = overview.union(2024, [entry(1, day(20), contact="张三 13800000001")], with_contacts=allowed)

    (band,) = sheet.bands
    assert ("张三 13800000001" in band.rows[0]) == allowed
    assert ("联系人" in [column.label for column in sheet.form.columns]) == allowed


def test_each_day_of_the_week_is_counted_and_others_on_which_something_goes_on():
    found = overview.per_day(
        [entry(1, day(21), day(23), people=100), entry(2, day(23), people=50), entry(3), entry(4, date(2024, 5, 1))], WEEK
    )

    assert found[:4] == [
        Counted("4月20日（周六）", 0, 0),
        Counted("4月21日（周日）", 1, 100),
        Counted("4月22日（周一）", 1, 0),
        Counted("4月23日（周二）", 2, 50),
    ]
    assert [each.name for each in found[6:]] == ["4月26日（周五）", "5月1日（周三）", "日期未定"]


def test_an_activity_of_the_whole_year_does_not_flood_the_days():
    assert len(overview.per_day([entry(1, date(2024, 1, 1), date(2024, 12, 31))], None)) == overview.LONGEST


def test_units_are_counted_in_official_order():
    found = overview.per_unit([entry(1, unit="市商务委", people=30), entry(2, unit="闵行区"), entry(3, unit="市商务委", people=20)])

    assert found == [Counted("市商务委", 2, 50), Counted("闵行区", 1, 0)]


def test_the_workbook_has_them_with_real_charts(campaign, clerk, sent):
    sent("shangwuwei", "approved", {"event_name": "服务站开放日", "event_time": "4月23日", "scale": "约200人"})
    sent("minhang", "approved", {"event_name": "商标课堂", "event_time": "4月22日"}, {"event_name": "专利讲座", "event_time": "待定"})
    make.table("xuhui", "draft")

    data = service.merge(campaign, by=clerk)

    book = opened(data)
    assert book.sheetnames == ["封面", "附件1", "附件2", "活动总表", "统计", "未报单位"]
    names = [row[1] for row in texts(book["活动总表"]) if row[1]]
    assert names == ["重点活动名称", "商标课堂", "服务站开放日", "专利讲座"]
    totals = {row[0]: row[1:3] for row in texts(book["统计"])}
    assert (totals["4月23日（周二）"], totals["日期未定"], totals["闵行区"]) == ([1, 200], [1, 0], [2, 100 + 100])
    assert len(book["统计"]._charts) == 2
    assert ["附件2", "徐汇区", "填报中"] in [row[:3] for row in texts(book["未报单位"])]
    with zipfile.ZipFile(BytesIO(data)) as archive:
        charts = [archive.read(name).decode() for name in archive.namelist() if name.startswith("xl/charts/")]
    assert len(charts) == 2
    assert all("'统计'!$B$" in chart for chart in charts)


def test_what_was_sent_counts_and_not_what_was_changed_since(campaign, clerk, sent):
    table = sent("minhang", "approved", {"event_time": "4月22日"})
    with_change = make.db.session.query(make.Activity).filter_by(table_id=table.id, is_header=False).one()
    with make.transaction():
        with_change.values = {**with_change.values, "event_time": "4月25日"}
        with_change.starts_on = with_change.ends_on = day(25)

    book = opened(service.merge(campaign, by=clerk))

    assert "4月22日（周一）：1 项" in [row[0] for row in texts(book["活动总表"])]


def test_local_columns_stand_in_one_long_sheet_and_nowhere_else(campaign, clerk, sent):
    sent("minhang", "approved", {"event_name": "商标课堂", "minhang.street": "七宝镇"}, {"event_name": "专利讲座"})

    book = opened(service.merge(campaign, by=clerk))

    assert texts(book["本地栏目"])[2:] == [["闵行区", "附件2", "商标课堂", "minhang.street", "七宝镇"]]
    others = [sheet for sheet in book if sheet.title != "本地栏目"]
    assert "七宝镇" not in {cell for sheet in others for line in texts(sheet) for cell in line}


def test_an_empty_workbook_has_no_chart_and_says_so(campaign, clerk):
    book = opened(service.merge(campaign, by=clerk))

    assert "（暂无已汇总的活动）" in [row[0] for row in texts(book["活动总表"])]


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not on this machine")
def test_libreoffice_opens_it_unchanged(campaign, clerk, sent, tmp_path):
    sent("minhang", "approved", {"event_name": "商标课堂", "event_time": "4月22日"})
    (tmp_path / "in.xlsx").write_bytes(service.merge(campaign, by=clerk))

    command = ["soffice", f"-env:UserInstallation=file://{tmp_path}/profile", "--headless", "--convert-to", "xlsx:Calc MS Excel 2007 XML"]
    subprocess.run([*command, "--outdir", tmp_path / "out", tmp_path / "in.xlsx"], check=True, capture_output=True, timeout=100)

    book = openpyxl.load_workbook(tmp_path / "out" / "in.xlsx")
    assert book.sheetnames == ["封面", "附件1", "附件2", "活动总表", "统计", "未报单位"]
    assert len(book["统计"]._charts) == 2


@pytest.mark.parametrize(
    "text, minute",
    [
        ("4月22日 9:30", 570),
        ("4月22日（周一）上午9:30", 570),
        ("4月22日下午2点", 840),
        ("4月22日下午2点半", 870),
        ("4月22日14：00—16：00", 840),
        ("4月22日下午", 780),
        ("4月22日上午", 480),
        ("4月22日晚7时", 1140),
        ("4月22日全天", 0),
        ("4月22日", 0),
        ("", 0),
        ("4月20日至26日", 0),
        ("4月22日 99:00", 0),
    ],
)
def test_activities_of_a_day_stand_by_their_hour(text, minute):
    assert overview.begins_at(text) == minute
