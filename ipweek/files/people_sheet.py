"""The workbook that is filled in to bring people in: a heading row, and the unit list and the roles beside it."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill

HEADINGS = (("姓名", 14), ("单位", 30), ("用户名", 18), ("角色", 24), ("邮箱", 28))
"""With their widths in characters, as ``people_file`` reads them."""


def build(units: Sequence[str], roles: Sequence[str]) -> bytes:
    """An empty list of people as .xlsx; its second sheet names the *units* and *roles* that may be written."""
    book = Workbook()
    people = book.active
    people.title = "人员"
    for number, (heading, width) in enumerate(HEADINGS, 1):
        people.cell(1, number, heading)
        people.column_dimensions[people.cell(1, number).column_letter].width = width
    words = book.create_sheet("填写说明")
    words.append(
        [
            "单位可以写（简称或全称）",
            "角色可以写（几个用顿号隔开；不写就是填报员）",
            "用户名可以不写，由系统生成；邮箱写了才收得到邮件提醒",
        ]
    )
    for row, unit in enumerate(units, 2):
        words.cell(row, 1, unit)
    for row, role in enumerate(roles, 2):
        words.cell(row, 2, role)
    for letter, width in (("A", 34), ("B", 48), ("C", 60)):
        words.column_dimensions[letter].width = width
    for sheet in (people, words):
        sheet.freeze_panes = "A2"
        for cell in sheet[1]:
            cell.font, cell.fill = Font(name="黑体", bold=True), PatternFill("solid", fgColor="E8EFF9")
            cell.alignment = Alignment(vertical="center", wrap_text=True)
    out = BytesIO()
    book.save(out)
    return out.getvalue()
