import re

import pytest

from ipweek.accounts import start_list, units
from ipweek.accounts.models import AuditEntry
from ipweek.accounts.schema import at_the_command_line
from ipweek.errors import Conflict, Forbidden, Invalid
from ipweek.extensions import db
from tests import make


@pytest.fixture
def clerk(app):
    units.load(by=at_the_command_line("root"))
    return make.person("office", "clerk")


def shorts():
    return [unit.short for unit in units.every()]


def test_the_start_list_has_the_office_34_members_and_16_districts():
    listed = start_list.read()

    assert [unit.level for unit in listed] == ["office"] + ["city"] * 34 + ["district"] * 16
    assert len({unit.slug for unit in listed}) == len({unit.name for unit in listed}) == len({unit.short for unit in listed}) == 51
    assert all(re.fullmatch(r"[a-z_]{2,20}", unit.slug) for unit in listed)
    assert all(re.fullmatch(r"3101\d\d", unit.code) for unit in listed if unit.level == "district")


def test_loading_twice_adds_nothing_and_changes_nothing(clerk):
    one = units.find("市商务委")
    units.change(one, name="上海市商务和投资委员会", short="市商投委", by=clerk)

    assert units.load(by=clerk) == 0
    assert units.find("市商投委").id == one.id


@pytest.mark.parametrize("typed", ["闵行区", "闵行", " 闵 行 区 ", "MINHANG", "闵行区知识产权联席会议办公室", "闵行\u200b区"])
def test_a_unit_is_known_by_each_of_its_names(clerk, typed):
    assert units.find(typed).slug == "minhang"


@pytest.mark.parametrize("typed", ["", " ", "火星区", "区", "%"])
def test_a_name_of_nobody_finds_nobody(clerk, typed):
    assert units.find(typed) is None


def test_width_of_brackets_does_not_matter(clerk):
    assert units.find("市委宣传部(市版权局)").slug == "xuanchuanbu"


def test_a_new_unit_stands_at_the_end_of_its_kind(clerk):
    units.add(slug="shuiwuju", name="国家税务总局上海市税务局", short="市税务局", level="city", by=clerk)

    listed = shorts()
    assert listed[listed.index("市税务局") - 1] == "市中医药管理局"
    assert listed[listed.index("市税务局") + 1] == "黄浦区"


def test_a_department_stands_behind_its_unit(clerk):
    parent = units.find("minhang")
    part = units.add(slug="xinzhuang", name="闵行区莘庄镇", short="莘庄镇", level="department", parent_id=parent.id, by=clerk)

    listed = shorts()
    assert listed[listed.index("闵行区") + 1] == "莘庄镇"
    with pytest.raises(Invalid):
        units.add(slug="sub", name="莘庄镇下属", short="下属", level="department", parent_id=part.id, by=clerk)


@pytest.mark.parametrize(
    "changes, field",
    [
        ({"slug": "闵行"}, "slug"),
        ({"slug": "1x"}, "slug"),
        ({"slug": "minhang"}, "slug"),
        ({"name": ""}, "name"),
        ({"name": "闵行区\u200b"}, "name"),
        ({"short": "闵行"}, "short"),
        ({"aliases": ["徐汇"]}, "aliases"),
        ({"name": "名" * 201}, "name"),
        ({"level": "department"}, "parent_id"),
    ],
)
def test_a_unit_that_could_be_taken_for_another_is_refused(clerk, changes, field):
    with pytest.raises((Invalid, Conflict)) as refused:
        units.add(**{"slug": "newunit", "name": "新单位", "short": "新单", "level": "city", **changes}, by=clerk)

    assert set(refused.value.fields) == {field}


def test_a_change_on_what_is_no_longer_so_is_refused(clerk):
    one = units.find("市商务委")
    seen = units.mark(one)
    units.change(one, name="上海市商务委", short="市商务委", seen=seen, by=clerk)

    with pytest.raises(Conflict, match="刚被别人改过"):
        units.change(one, name="商务委", short="商务委", seen=seen, by=clerk)


@pytest.mark.parametrize("place, stands", [(1, 0), (3, 2), (51, 50), (999, 50), (14, 13)])
def test_the_official_order_can_be_changed(clerk, place, stands):
    before = shorts()

    units.move(units.find("市商务委"), place, by=clerk)

    after = shorts()
    assert after.index("市商务委") == stands
    assert [each for each in after if each != "市商务委"] == [each for each in before if each != "市商务委"]


def test_the_office_itself_stays(clerk):
    with pytest.raises(Conflict):
        units.close(units.find("office"), by=clerk)


def test_a_closed_unit_leaves_the_order_and_comes_back(clerk):
    one = units.find("市商务委")
    units.close(one, by=clerk)

    assert units.find("市商务委") is None
    assert "市商务委" not in shorts()
    assert one in units.every(closed=True)
    with pytest.raises(Conflict):
        units.move(one, 1, by=clerk)

    units.reopen(one, by=clerk)
    assert units.find("市商务委").id == one.id


@pytest.mark.parametrize("role", ["filler", "viewer", "auditor", "developer"])
def test_others_do_not_touch_the_list(clerk, role):
    by = make.person("office" if role in ("viewer", "auditor") else "minhang", role)
    one = units.find("市商务委")

    for act in (
        lambda: units.load(by=by),
        lambda: units.get(one.id, by=by),
        lambda: units.add(slug="newunit", name="新单位", short="新单", level="city", by=by),
        lambda: units.change(one, name="新单位", short="新单", by=by),
        lambda: units.close(one, by=by),
        lambda: units.reopen(one, by=by),
        lambda: units.move(one, 1, by=by),
    ):
        with pytest.raises(Forbidden):
            act()


def test_every_change_of_the_list_is_one_line_of_the_log(clerk):
    db.session.query(AuditEntry).count()
    one = units.add(slug="newunit", name="新单位", short="新单", level="city", by=clerk)
    units.change(one, name="新名称", short="新单", by=clerk)
    units.move(one, 1, by=clerk)
    units.move(one, 1, by=clerk)
    units.close(one, by=clerk)
    units.reopen(one, by=clerk)

    lines = db.session.query(AuditEntry).filter_by(actor=clerk.username).order_by(AuditEntry.id)
    assert [line.action for line in lines] == ["unit.add", "unit.change", "unit.move", "unit.close", "unit.reopen"]
