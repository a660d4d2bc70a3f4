"""``ipweek merge`` as an operator meets it: a process of its own."""

import os
import subprocess
import sys

import pytest

from ipweek.accounts.models import AuditEntry
from ipweek.errors import Forbidden
from ipweek.extensions import db
from ipweek.workbooks import public_editions
from ipweek.workbooks.reading import table_reader
from tests import make
from tests.browser import ROOT

from .official import opened


@pytest.fixture
def merge(app, site, tmp_path):
    """Run the command over the test's site, in an empty folder."""

    def run(*words):
        environ = {**os.environ, "IPWEEK_INSTANCE": str(site.instance), "PYTHONPATH": str(ROOT)}
        command = [sys.executable, "-W", "ignore", "-m", "ipweek", "merge", *words]
        return subprocess.run(command, cwd=tmp_path, env=environ, capture_output=True, text=True, encoding="utf-8", timeout=60, check=False)

    return run


def test_it_writes_the_file_and_says_what_is_in_it(merge, tmp_path, sent):
    make.campaign()
    sent("minhang", "approved", {"event_name": "知识产权进商圈"})
    sent("xuhui", "submitted", {})

    done = merge("-o", "汇总.xlsx")

    assert (done.returncode, done.stderr) == (0, "")
    assert "附件2：应报 2 个单位，已汇总 1 个、1 项活动，零报送 0 个，未汇总 1 个，本年免报 0 个" in done.stdout
    workbook = opened((tmp_path / "汇总.xlsx").read_bytes())
    assert workbook["附件2"]["B5"].value == "知识产权进商圈"
    assert "cli:" in {cell.value[:4] for row in workbook["封面"].iter_rows() for cell in row if cell.value}


def test_a_draft_is_asked_for_by_name(merge, tmp_path, sent):
    make.campaign()
    sent("xuhui", "submitted", {})

    assert "（未定稿）" in merge("--include-submitted", "-o", "book.xlsx").stdout
    assert opened((tmp_path / "book.xlsx").read_bytes())["附件2"]["G1"].value == "未定稿"


def test_it_writes_a_word_document_where_the_name_ends_so(merge, tmp_path, sent):
    make.campaign()
    sent("minhang", "approved", {"event_name": "知识产权进商圈"})

    done = merge("-o", "汇总.docx")

    assert (done.returncode, done.stderr) == (0, "")
    reading = table_reader.read_table((tmp_path / "汇总.docx").read_bytes(), "汇总.docx", 2)
    assert [row["重点活动名称"] for row in reading.rows] == ["知识产权进商圈"]


@pytest.mark.parametrize(
    "words, sentence",
    [
        (["-o", "book.xlsx"], "还没有开启的活动"),
        (["--year", "2031", "-o", "book.xlsx"], "没有 2031 年的活动"),
        (["-o", "book.pdf"], "只能写成 .xlsx 或 .docx 文件"),
        (["--public", "-o", "book.xlsx"], "请加上 --by 和本人的用户名"),
        (["--public", "--by", "nobody", "-o", "book.xlsx"], "没有用户名 nobody"),
        (["--by", "nobody", "-o", "book.xlsx"], "没有用户名 nobody"),
        (["-o", "no/such/folder/book.xlsx"], "请先建立"),
    ],
)
def test_what_cannot_be_done_is_one_line_and_exit_2(merge, words, sentence):
    done = merge(*words)

    assert done.returncode == 2
    assert sentence in done.stderr
    assert done.stderr.count("\n") == 1


def test_a_public_edition_is_marked_until_a_second_person_confirmed_it(merge, tmp_path, sent):
    campaign = make.campaign()
    clerk, head = make.person("office", "clerk"), make.person("office", "head")
    sent("minhang", "approved", {"event_name": "知识产权进商圈", "content": "报名电话 13800000001"})

    drafted = merge("--public", "--by", clerk.username, "-o", "公开.xlsx")
    again = merge("--public", "--by", clerk.username.upper(), "-o", "公开.docx")
    db.session.rollback()
    with pytest.raises(Forbidden, match="另一位同事"):
        public_editions.confirm(campaign, 1, by=clerk)
    public_editions.confirm(campaign, 1, by=head)
    db.session.rollback()
    published = merge("--public", "--by", head.username, "-o", "发布.xlsx")

    assert (drafted.returncode, again.returncode, published.returncode) == (0, 0, 0)
    assert "闵行区“知识产权进商圈”的“活动内容”：遮盖了手机号" in drafted.stdout
    assert f"（未发布）：公开版第 1 稿（{clerk.name}起草）" in drafted.stdout
    (entry,) = db.session.query(AuditEntry).filter_by(action="public.draft")
    assert entry.actor.startswith("cli:")
    assert f"（由{clerk.name}起草）" in entry.detail
    assert "公开版第 1 稿" in again.stdout
    assert "已发布" in published.stdout
    sheets = [opened((tmp_path / name).read_bytes())["附件2"] for name in ("公开.xlsx", "发布.xlsx")]
    assert [sheet["F1"].value for sheet in sheets] == ["未发布", None]
    assert "联系人" not in {cell.value for sheet in sheets for row in sheet.iter_rows() for cell in row}


@pytest.mark.parametrize(
    "user, changes, sentence",
    [
        (("minhang", "filler"), {}, "不是市联席办的经办人或负责人"),
        (("office", "viewer", "admin"), {}, "不是市联席办的经办人或负责人"),
        (("office", "clerk"), {"is_active": False}, "已停用"),
    ],
)
def test_only_somebody_of_the_office_drafts_it(merge, sent, user, changes, sentence):
    campaign = make.campaign()
    sent("minhang", "approved", {})
    somebody = make.user(*user, **changes).username

    done = merge("--public", "--by", somebody, "-o", "公开.xlsx")

    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert sentence in done.stderr
    assert public_editions.every(campaign, by=make.person("office", "clerk")) == []


def test_who_merges_stands_on_the_cover(merge, tmp_path, sent):
    make.campaign()
    sent("minhang", "approved", {})
    clerk = make.user("office", "clerk", name="沈知远")

    assert merge("--by", clerk.username, "-o", "汇总.xlsx").returncode == 0

    assert "沈知远" in {cell.value for row in opened((tmp_path / "汇总.xlsx").read_bytes())["封面"].iter_rows() for cell in row}


def test_a_public_edition_takes_in_no_table_that_waits(merge, sent):
    make.campaign()

    done = merge("--public", "--include-submitted", "-o", "book.xlsx")

    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
