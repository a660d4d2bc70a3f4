"""All units' tables in one .zip, and the year's archive: names that Windows takes, and an index that finds everything."""

import hashlib
import html
import re
import zipfile
from datetime import UTC, datetime
from io import BytesIO
from urllib.parse import unquote

import docx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ipweek.accounts.models import AuditEntry
from ipweek.annexes.models import AnnexTable
from ipweek.errors import Busy, Forbidden
from ipweek.extensions import db
from ipweek.files import service as files
from ipweek.files import storage
from ipweek.notice.models import Campaign
from ipweek.reporting.models import Chase, Move, Summary, SummaryFile
from ipweek.transaction import transaction
from ipweek.workbooks import archive, folders, public_editions, releases
from tests import make
from tests.desk import Desk

from .conftest import SENT_AT
from .official import opened

NOW = datetime(2024, 5, 8, 10, 0, tzinfo=UTC)


@pytest.fixture
def campaign(app):
    return make.campaign()


@pytest.fixture
def clerk(campaign):
    return make.person("office", "clerk")


def unpacked(made):
    name, stream = made
    with stream, zipfile.ZipFile(stream) as zipped:
        assert zipped.testzip() is None
        assert all(info.flag_bits & 0x800 for info in zipped.infolist() if not info.filename.isascii())
        return name, {info.filename: zipped.read(info) for info in zipped.infolist()}


def linked(page):
    return {unquote(html.unescape(address)) for address in re.findall(r'href="([^"]+)"', page)}


def test_every_table_that_was_sent_is_a_file_and_every_other_a_line_of_the_index(app, campaign, clerk, sent):
    sent("minhang", "approved", {"event_name": "商标课堂"})
    sent("xuhui", "submitted", {})
    make.table("shangwuwei", "draft")

    name, inside = unpacked(archive.tables(campaign, by=clerk, settings=app.extensions["settings"]))

    assert name == "2024年知识产权宣传周各单位附件表.zip"
    assert [path for path in inside if path != "目录.html"] == ["附件2/002_徐汇区_附件2（待审核）.xlsx", "附件2/003_闵行区_附件2.xlsx"]
    sheet = opened(inside["附件2/003_闵行区_附件2.xlsx"])["附件2"]
    assert sheet["B5"].value == "商标课堂"
    page = inside["目录.html"].decode()
    assert linked(page) == set(inside) - {"目录.html"}
    assert "上海市商务委员会附件1：填报中，没有文件。" in page


def test_the_year_holds_everything_with_its_digest(app, campaign, clerk, sent):
    settings = app.extensions["settings"]
    notice = files.keep("通知".encode(), "关于开展活动的通知.txt", kind="txt", purpose="notice", by=clerk, settings=settings)
    table = sent("minhang", "approved", {"event_name": "商标课堂"})
    releases.make(campaign, by=clerk, settings=settings)
    public_editions.confirm(campaign, public_editions.draft(campaign, by=clerk).number, by=make.person("office", "head"))
    photo = files.keep(b"\x89PNG", "现场.png", kind="png", purpose="attachment", by=make.person("minhang"), settings=settings)
    with transaction():
        week = db.session.get(Campaign, campaign.id)
        week.file_id, week.text = notice.id, "通知全文\n第二行"
        figures = {"events": 1, "people": 90, "media": None, "materials": None}
        told = {
            "unit": {"slug": "minhang", "name": "闵行区", "short": "闵行区"},
            "text": "顺利。",
            "figures": figures,
            "planned": [],
            "added": [],
        }
        db.session.add(Summary(table_id=table.id, status="approved", sent=told))
        db.session.add(SummaryFile(table_id=table.id, file_id=photo.id))
        move = Move(
            table_id=table.id, action="approve", from_status="submitted", to_status="approved", revision=1, by_id=clerk.id, at=SENT_AT
        )
        db.session.add(move)
        db.session.add(Chase(table_id=table.id, kind="call", at=SENT_AT, by_id=clerk.id, words="答应周五报送"))

    _, inside = unpacked(archive.year(db.session.get(Campaign, campaign.id), by=clerk, settings=settings))

    page = inside.pop("目录.html").decode()
    assert {path.partition("/")[0] for path in inside} == {"1_通知", "2_汇总表", "3_公开版", "4_各单位附件表", "5_活动总结", "6_办理记录"}
    assert linked(page) == set(inside)
    assert all(hashlib.sha256(data).hexdigest() in page for data in inside.values())
    assert inside["1_通知/关于开展活动的通知.txt"] == "通知".encode()
    assert inside["1_通知/通知（文字）.txt"].decode("utf-8-sig") == "通知全文\r\n第二行"
    assert inside["5_活动总结/附件材料/闵行区/现场.png"] == b"\x89PNG"
    assert len([path for path in inside if path.startswith("3_公开版/")]) == 5
    record = docx.Document(BytesIO(inside["6_办理记录/2024年上海知识产权宣传周办理记录.docx"]))
    assert [cell.text for cell in record.tables[0].rows[1].cells] == ["2024-04-10 10:00", "闵行区", "附件2", "通过", clerk.name, ""]
    assert "答应周五报送" in [cell.text for cell in record.tables[1].rows[1].cells]


def test_what_is_not_there_is_said_in_the_index(app, campaign, clerk, sent):
    settings = app.extensions["settings"]
    notice = files.keep("通知".encode(), "通知.txt", kind="txt", purpose="notice", by=clerk, settings=settings)
    storage.path_of(files.folder_of(settings), notice.sha256).unlink()
    table = sent("minhang", "approved", {})
    with transaction():
        db.session.get(Campaign, campaign.id).file_id = notice.id
        db.session.get(AnnexTable, table.id).is_excused = False

    _, inside = unpacked(archive.year(db.session.get(Campaign, campaign.id), by=clerk, settings=settings))

    page = inside["目录.html"].decode()
    for said in ("原件“通知.txt”在服务器上缺失", "汇总表没有定过版", "没有已发布的公开版", "闵行区活动总结：待填报"):
        assert said in page


def test_only_the_office_has_it_one_at_a_time_and_each_is_a_line_of_the_log(app, campaign, clerk):
    settings = app.extensions["settings"]
    for by in (make.person("minhang"), make.person("office", "viewer"), make.person("office", "auditor")):
        with pytest.raises(Forbidden):
            archive.tables(campaign, by=by, settings=settings)
        with pytest.raises(Forbidden):
            archive.year(campaign, by=by, settings=settings)

    with pytest.raises(Busy), archive._made(settings):
        archive.tables(campaign, by=clerk, settings=settings)
    archive.tables(campaign, by=clerk, settings=settings)[1].close()
    archive.year(campaign, by=clerk, settings=settings)[1].close()

    assert [line.action for line in db.session.query(AuditEntry) if line.action.endswith(".zip")] == ["tables.zip", "archive.zip"]


@pytest.mark.parametrize("path", ["tables.zip", "archive.zip"])
def test_it_is_sent_whole_with_its_length_and_its_chinese_name(app, campaign, sent, path):
    sent("minhang", "approved", {})
    desk = Desk(app).sit(make.user("office", "clerk"))

    answered = desk.get(f"/campaigns/{campaign.id}/{path}")

    assert answered.headers["Content-Type"] == "application/zip"
    assert answered.content_length == len(answered.data)
    assert zipfile.ZipFile(BytesIO(answered.data)).testzip() is None
    assert "filename*=UTF-8''2024%E5%B9%B4" in answered.headers["Content-Disposition"]


@pytest.mark.parametrize(
    "name, safe",
    [
        ("闵行区_附件2.xlsx", "闵行区_附件2.xlsx"),
        ("../../etc/passwd", ".._.._etc_passwd".strip(". ")),
        ('a<b>c:d"e|f?g*h\\i.xlsx', "a_b_c_d_e_f_g_h_i.xlsx"),
        ("CON.xlsx", "_CON.xlsx"),
        ("lpt1", "_lpt1"),
        ("结尾的点. . .", "结尾的点"),
        ("\u202ecod.exe\u200b\n", "cod.exe"),
        ("...", "未命名"),
        ("长" * 300 + ".xlsx", "长" * 75 + ".xlsx"),
        ("𠮷㐂䶮.docx", "𠮷㐂䶮.docx"),
    ],
)
def test_names_are_such_as_windows_takes(name, safe):
    assert folders.safe_name(name) == safe


@given(st.text(max_size=300))
def test_any_name_becomes_a_safe_one(name):
    safe = folders.safe_name(name)

    assert 1 <= len(safe) <= folders.LONGEST + 1
    assert not re.search(r'[<>:"/\\|?*\x00-\x1f]', safe)
    assert safe == safe.strip(" .") or safe.startswith("_")
    assert safe.partition(".")[0].upper() not in folders._RESERVED


def test_two_of_a_name_are_told_apart_whatever_their_case():
    into = BytesIO()
    folder = folders.Folder(into, "包", made_at=NOW)

    paths = [folder.add("甲", name, data=b"x") for name in ("A.txt", "a.txt", "目录.html", "b")]
    paths.append(folder.add("目录.html", data=b"x"))
    folder.close()

    assert paths == ["甲/A.txt", "甲/a（2）.txt", "甲/目录.html", "甲/b", "目录（2）.html"]
    assert len(zipfile.ZipFile(into).namelist()) == len(set(zipfile.ZipFile(into).namelist())) == 6
