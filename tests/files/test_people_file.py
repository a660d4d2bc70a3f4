"""People from a workbook, as the import page gets them."""

import io

import openpyxl
import pytest

from ipweek.errors import Invalid
from ipweek.files import child
from ipweek.files.people_file import read_people


def book(*rows, merges=(), hidden=None):
    made = openpyxl.Workbook()
    for values in rows:
        made.active.append(values)
    for area in merges:
        made.active.merge_cells(area)
    if hidden:
        first = made.create_sheet("说明", 0)
        first.append(hidden)
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


ZHANG = {"number": 2, "name": "张三", "unit": "闵行区", "username": "zhangsan", "roles": "填报员、单位审核人", "email": ""}


@pytest.mark.parametrize(
    "headings, values",
    [
        (["姓名", "用户名", "单位", "角色"], ["张三", "zhangsan", "闵行区", "填报员、单位审核人"]),
        (["角色", "所在单位", "登录名", " 姓 名* "], ["填报员、单位审核人", "闵行区", "zhangsan", "张三"]),
        (
            ["序号", "单位名称", "姓名", "用户名（登录名）", "电话", "角色"],
            [1, "闵行区", "张三", "zhangsan", 13800000001, "填报员、单位审核人"],
        ),
    ],
)
def test_columns_may_stand_in_any_order(headings, values):
    assert read_people(book(headings, values)) == [ZHANG]


@pytest.mark.parametrize("heading", ["邮箱", "电子邮箱", "电子邮件（可不填）"])
def test_an_address_may_stand_beside(heading):
    people = read_people(book(["姓名", "单位", heading], ["张三", "闵行区", "zhang@example.cn"]))

    assert [person["email"] for person in people] == ["zhang@example.cn"]


def test_it_comes_through_the_reading_child():
    data = book(["姓名", "用户名", "单位", "角色"], ["张三", "zhangsan", "闵行区", "填报员、单位审核人"])

    assert child.call("ipweek.files.people_file:read_people", data, name="人员.xlsx") == [ZHANG]


def test_rows_keep_their_numbers_and_blank_ones_are_left_out():
    people = read_people(book(["人员名单"], ["姓名", "单位"], ["张三", "闵行区"], [], [None, "闵行区"], [" 李四\n", "徐汇区"]))

    assert [(person["number"], person["name"], person["unit"], person["username"]) for person in people] == [
        (3, "张三", "闵行区", ""),
        (6, "李四", "徐汇区", ""),
    ]


def test_a_row_that_lacks_the_name_alone_is_not_passed_over():
    people = read_people(book(["姓名", "单位", "邮箱"], ["张三", "闵行区", ""], ["", "徐汇区", "li@example.cn"]))

    assert [(person["number"], person["name"]) for person in people] == [(2, "张三"), (3, "")]


def test_a_merged_unit_stands_for_all_of_its_people():
    people = read_people(book(["单位", "姓名"], ["闵行区", "张三"], [None, "李四"], merges=["A2:A3"]))

    assert [person["unit"] for person in people] == ["闵行区", "闵行区"]


def test_the_sheet_with_the_headings_is_found():
    assert len(read_people(book(["姓名", "单位"], ["张三", "闵行区"], hidden=["填写说明"]))) == 1


@pytest.mark.parametrize(
    "rows, says",
    [
        ([["姓名", "单位"]], "表头下面没有人员"),
        ([["姓名", "角色"], ["张三", "填报员"]], "没有找到表头“单位”"),
        ([["a", "b"]], "没有找到表头“姓名”“单位”"),
    ],
)
def test_a_file_that_is_no_list_of_people_is_told_what_is_missing(rows, says):
    with pytest.raises(Invalid, match=says):
        read_people(book(*rows))


def test_another_kind_of_file_is_refused_by_the_gate():
    with pytest.raises(Invalid, match="CSV"):
        read_people(b"a,b\n", name="people.csv")
