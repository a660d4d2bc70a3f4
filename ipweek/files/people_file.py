"""Reads the people of a workbook with the columns 姓名, 单位, 用户名, 角色 and 邮箱, in any order. Judges nothing."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import asdict, dataclass
from typing import Any

from ipweek.errors import Invalid
from ipweek.files import gate
from ipweek.files.limits import Limits
from ipweek.files.workbook import Sheet, read_workbook

_HEADINGS = {
    "姓名": "name",
    "单位": "unit",
    "单位名称": "unit",
    "所在单位": "unit",
    "用户名": "username",
    "登录名": "username",
    "账号": "username",
    "帐号": "username",
    "角色": "roles",
    "邮箱": "email",
    "电子邮箱": "email",
    "电子邮件": "email",
}
_NEEDED = ("姓名", "单位")
_LAST_HEADING_ROW = 15


@dataclass(frozen=True)
class PersonRow:
    """One person as the file has him, texts as they stand there; ``number`` is the row of the sheet."""

    number: int
    name: str
    unit: str
    username: str = ""
    roles: str = ""
    email: str = ""


def read_people(data: bytes, *, name: str = "人员.xlsx", limits: dict[str, int] | None = None) -> list[dict[str, Any]]:
    """The people of the first sheet that has these headings, as dicts of PersonRow; Invalid where none has.

    姓名 and 单位 must be there; 用户名, 角色 and 邮箱 may be missing. A merged 单位 stands for all of its rows.
    """
    gate.inspect(data, name, accept={"xlsx"}, limits=Limits(**(limits or {})))
    missing = list(_NEEDED)
    for sheet in sorted(read_workbook(data), key=lambda sheet: sheet.is_hidden):
        heading_row, columns = _headings(sheet)
        lacks = [label for label in _NEEDED if _HEADINGS[label] not in columns]
        if lacks:
            missing = min(missing, lacks, key=len)
        elif people := _people(sheet, heading_row, columns):
            return [asdict(person) for person in people]
        else:
            missing = []
    if not missing:
        raise Invalid("表头下面没有人员，请每人填写一行，保存后再上传。")
    raise Invalid(f"没有找到表头“{'”“'.join(missing)}”，请使用姓名、单位、用户名、角色四列，填好后再上传。")


def _headings(sheet: Sheet) -> tuple[int, dict[str, int]]:
    """The row with most of the headings, and the column of each."""
    found: dict[int, dict[str, int]] = {}
    for (row, column), cell in sorted(sheet.cells.items()):
        if row <= _LAST_HEADING_ROW and (key := _HEADINGS.get(_bare(cell.text))):
            found.setdefault(row, {}).setdefault(key, column)
    if not found:
        return 0, {}
    row = max(found, key=lambda row: (len(found[row]), -row))
    return row, found[row]


def _people(sheet: Sheet, heading_row: int, columns: dict[str, int]) -> list[PersonRow]:
    people = []
    covered = sheet.covered()
    for row in range(heading_row + 1, sheet.last_row + 1):
        values = {key: sheet.text(*covered.get((row, column), (row, column))).strip() for key, column in columns.items()}
        if values["name"] or values.get("username") or values.get("email"):  # a unit and a role alone may be printed in advance
            people.append(PersonRow(row, **values))
    return people


def _bare(text: str) -> str:
    """A heading without blanks and brackets: 用户名（登录名） is 用户名."""
    return re.sub(r"\(.*?\)|\s|[*:]", "", unicodedata.normalize("NFKC", text))
