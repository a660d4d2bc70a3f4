import io
import re
from dataclasses import replace

import openpyxl
import pytest

from ipweek.accounts import intake, passwords, service, units, views
from ipweek.accounts.intake import Line
from ipweek.accounts.models import AuditEntry, User
from ipweek.accounts.schema import at_the_command_line
from ipweek.errors import Forbidden, Invalid
from ipweek.extensions import db
from tests import make
from tests.desk import Desk


@pytest.fixture
def clerk(app):
    units.load(by=at_the_command_line("root"))
    return make.person("office", "clerk")


def workbook(*rows, headings=("姓名", "单位", "用户名", "角色")):
    book = openpyxl.Workbook()
    for row in (headings, *rows):
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def people():
    return {user.username: (user.name, user.unit.slug, user.roles) for user in db.session.query(User) if user.unit.slug != "office"}


def test_a_preview_writes_nothing_and_says_what_would_be(clerk):
    before = db.session.query(AuditEntry).count()

    first, second = intake.preview([Line(2, "赵晓梅", "浦东"), Line(3, "钱进", "市商务委", "QianJin", "填报员、审核人")], by=clerk)

    assert (first.username, first.roles, first.unit.slug, first.problem) == ("pudong1", ("filler",), "pudong", "")
    assert (second.username, second.role_words, second.unit.slug, second.problem) == ("qianjin", "填报员、单位审核人", "shangwuwei", "")
    assert people() == {}
    assert db.session.query(AuditEntry).count() == before


def test_names_that_the_list_leaves_out_are_all_different(clerk):
    make.user("pudong", username="pudong2")

    proposed = intake.preview([Line(n, f"员工{n}", "浦东新区", "pudong3" if n == 4 else "") for n in (2, 3, 4, 5)], by=clerk)

    assert [each.username for each in proposed] == ["pudong1", "pudong4", "pudong3", "pudong5"]


@pytest.mark.parametrize(
    "line, says",
    [
        (Line(2, "李四", "火星区"), "没有找到单位“火星区”"),
        (Line(2, "李四", ""), "请填写单位"),
        (Line(2, "", "闵行"), "请填写姓名"),
        (Line(2, "李四", "闵行", "李四"), "小写字母"),
        (Line(2, "李四", "闵行", "taken"), "已经有人用了"),
        (Line(2, "李四", "闵行", "", "船长"), "没有“船长”这个角色"),
        (Line(2, "李四", "闵行", "", "系统管理员"), "办公室可以增改"),
        (Line(2, "李四", "市知识产权局"), "办公室可以增改"),
        (Line(2, "李四", "闵行", "", "市联席办经办人"), "只能给市联席会议办公室"),
        (Line(2, "李四", "闵行", "", "", "没有"), "请填写一个邮箱地址"),
        (Line(2, "王 五", "闵行"), "已有一个叫“王 五”的账号"),
    ],
)
def test_each_line_says_what_is_wrong_with_it_and_then_nobody_is_added(clerk, line, says):
    make.user("minhang", username="taken", name="王五")
    lines = [line, Line(3, "好人", "徐汇")]

    bad, good = intake.preview(lines, by=clerk)

    assert says in bad.problem
    assert good.problem == ""
    with pytest.raises(intake.ListChanged, match="第 2 行"):
        intake.add_all(lines, by=clerk)
    assert set(people()) == {"taken"}


def test_the_same_person_twice_in_a_list_is_told(clerk):
    _, again = intake.preview([Line(2, "李四", "闵行"), Line(3, "李 四", "闵行区")], by=clerk)

    assert "已有一个叫" in again.problem


def test_all_are_added_at_once_each_with_a_password_of_his_own(clerk):
    slips = intake.add_all([Line(2, "赵晓梅", "浦东"), Line(3, "钱进", "市商务委", "qianjin", "审核人")], by=clerk)

    assert people() == {"pudong1": ("赵晓梅", "pudong", ["filler"]), "qianjin": ("钱进", "shangwuwei", ["approver"])}
    assert len({slip.password for slip in slips}) == 2
    for slip in slips:
        assert passwords.matches(db.session.query(User).filter_by(username=slip.username).one().pw_hash, slip.password)


def test_a_name_taken_between_preview_and_confirmation_is_told_and_nobody_is_added(clerk):
    lines = [Line(2, "赵晓梅", "浦东", "zhao"), Line(3, "钱进", "市商务委", "qianjin")]
    intake.preview(lines, by=clerk)
    make.user("minhang", username="qianjin")

    with pytest.raises(intake.ListChanged, match="第 3 行"):
        intake.add_all(lines, by=clerk)

    assert set(people()) == {"qianjin"}


def test_a_list_is_not_endless(clerk):
    with pytest.raises(Invalid, match="最多导入 200 人"):
        intake.preview([Line(n, f"员工{n}", "闵行") for n in range(201)], by=clerk)


def test_others_bring_nobody_in(clerk):
    with pytest.raises(Forbidden):
        intake.preview([Line(2, "李四", "闵行")], by=make.person("minhang"))
    with pytest.raises(Forbidden):
        intake.add_all([Line(2, "李四", "闵行")], by=make.person("minhang"))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x",
        "{}",
        "[]",
        "[1]",
        "[[1]]",
        '[["1","a","b","c","d","e"]]',
        '[[1,"a","b","c","d",null]]',
        '[[1,"a","b","c","d"]]',
        "[" * 100_000,
        "[NaN]",
        '[[true,"a","b","c"]]',
    ],
)
def test_a_confirmation_that_is_none_is_refused(text):
    with pytest.raises(Invalid):
        intake.unpacked(text)


def test_a_list_survives_the_way_through_the_page():
    lines = [Line(2, "赵\"'<晓梅", "浦东", "", "审核人", "zhao@example.cn")]

    assert intake.unpacked(intake.packed(lines)) == lines


def test_from_the_file_to_the_slips(app, clerk, seat):
    desk = seat("clerk")
    template = desk.get("/users/import/template")
    book = openpyxl.load_workbook(io.BytesIO(template.data))
    book["人员"].append(["赵晓梅", "浦东新区"])
    book["人员"].append(["钱进", "市商务委", "qianjin", "填报员、单位审核人"])
    out = io.BytesIO()
    book.save(out)

    preview = desk.post("/users/import", {"file": (io.BytesIO(out.getvalue()), "名单.xlsx")})
    assert people() == {}
    packed = re.search(r'name="people" value="([^"]*)"', preview.text)[1].replace("&#34;", '"')
    slips = desk.post("/users/import/confirm", {"people": packed})
    again = desk.post("/users/import/confirm", {"people": packed})

    found = re.findall(r"<code>([^<]+)</code>", slips.text)
    assert found[::2] == ["pudong1", "qianjin"]
    assert Desk(app).try_log_in("qianjin", found[3]).status_code == 303
    assert again.status_code == 409
    assert set(people()) == {"pudong1", "qianjin"}


def slip_page(app, base_url):
    with app.test_request_context("/", base_url=base_url):
        return views.slips_page([service.Slip("陈立", "闵行区", "minhang7", "h334-3nw4-ebxk")]).get_data(as_text=True)


@pytest.mark.parametrize("base_url", ["http://127.0.0.1:8000/", "http://localhost:8000/", "http://[::1]:8000/"])
def test_a_slip_does_not_carry_the_address_of_the_own_machine(app, base_url):
    page = slip_page(app, base_url)

    assert f"您现在用的网址 {base_url} 只有这台电脑能打开" in page
    assert f"<dd>{base_url}</dd>" not in page


def test_a_slip_carries_the_address_that_others_can_open(app, monkeypatch):
    seen = slip_page(app, "http://10.1.2.3:8000/")
    monkeypatch.setitem(app.extensions, "settings", replace(app.extensions["settings"], site_url="http://ipweek.example/"))
    written = slip_page(app, "http://127.0.0.1:8000/")

    assert "<dd>http://10.1.2.3:8000/</dd>" in seen
    assert "<dd>http://ipweek.example/</dd>" in written
    assert "只有这台电脑" not in seen + written


@pytest.mark.parametrize(
    "data, name, says",
    [
        (b"", "a.xlsx", "空"),
        (b"hello", "a.xlsx", "xlsx"),
        (workbook(("赵晓梅", "浦东")), "a.xls", "。"),
        (workbook(("赵晓梅",), headings=("名字",)), "a.xlsx", "没有找到表头"),
        (workbook(), "a.xlsx", "没有人员"),
    ],
)
def test_a_file_that_is_no_list_is_refused_in_a_sentence(clerk, seat, data, name, says):
    response = seat("clerk").post("/users/import", {"file": (io.BytesIO(data), name)})

    assert 400 <= response.status_code < 500
    assert says in re.search(r'<p class="note error" role="alert">(.*?)</p>', response.text)[1]


def test_no_file_is_said_too(clerk, seat):
    assert "请先选择一个" in seat("clerk").post("/users/import", {}).text


def test_the_template_offers_the_clerk_only_what_he_may_give(clerk, seat):
    book = openpyxl.load_workbook(io.BytesIO(seat("clerk").get("/users/import/template").data))

    listed = [[cell.value for cell in column if cell.value][1:] for column in book["填写说明"].columns]
    assert len(listed[0]) == 50
    assert listed[1] == ["填报员", "单位审核人"]
    assert [cell.value for cell in book["人员"][1]] == ["姓名", "单位", "用户名", "角色", "邮箱"]


def test_the_file_that_was_sent_is_kept_and_each_person_is_in_the_log(clerk, seat):
    desk = seat("clerk")
    before = {line.id for line in db.session.query(AuditEntry)}

    desk.post("/users/import", {"file": (io.BytesIO(workbook(("赵晓梅", "浦东"))), "名单.xlsx")})
    desk.post("/users/import/confirm", {"people": intake.packed([Line(2, "赵晓梅", "浦东")])})

    actions = [line.action for line in db.session.query(AuditEntry).order_by(AuditEntry.id) if line.id not in before]
    assert actions[1:] == ["user.add", "people.import"]
    assert service.people(by=clerk, text="赵晓梅")
