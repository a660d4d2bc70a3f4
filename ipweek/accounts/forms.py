"""The forms of this feature. Cross-site checks are not theirs: every request is checked before it gets here."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from typing import Any

from wtforms import BooleanField, DateField, Field, Form, HiddenField, PasswordField, SelectField, SelectMultipleField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional, Regexp, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from ipweek.accounts.audit_words import action_words, thing_of
from ipweek.accounts.models import Unit
from ipweek.accounts.schema import LEVELS, ROLES, Role
from ipweek.errors import Refused

QUIET = {"autocapitalize": "none", "spellcheck": "false"}
"""For names and passwords: nothing is corrected while typing."""


def number(text: object) -> int:
    """The number of a thing that was chosen; 0, which nothing has, for whatever is none."""
    return int(str(text)) if re.fullmatch(r"[0-9]{1,9}", str(text)) else 0


def unit_choice(unit: Unit) -> SelectChoice:
    """One unit to choose; a department stands further in."""
    return SelectChoice(str(unit.id), f"　{unit.short}" if unit.parent_id else unit.short)


class PageForm(Form):
    """A form that also holds why a service refused what it sent."""

    class Meta:
        locales = ("zh",)  # what has no words of ours

    status = 200
    sentence = ""
    retry_after = 0

    def validate(self, extra_validators: Any = None) -> bool:
        """Whether all is well; else the page answers 422."""
        good = bool(super().validate(extra_validators))
        self.status = 200 if good else 422
        return good

    def refuse(self, refused: Refused) -> None:
        """Show what was refused: at the fields at fault, and as a sentence above."""
        self.status, self.sentence, self.retry_after = refused.status, str(refused), getattr(refused, "retry_after", 0)
        for name, words in refused.fields.items():
            if name in self:
                field: Field = self[name]
                field.errors = [*field.errors, words]


def given(words: str) -> Length:
    """Something must be there; without the mark and the browser's own bubble, on forms where that goes without saying."""
    return Length(min=1, message=words)


class LogIn(PageForm):
    """Name and password, and the way back."""

    username = StringField("用户名", [given("请填写用户名")], render_kw={**QUIET, "autocomplete": "username"})
    password = PasswordField("密码", [given("请填写密码")], render_kw={"autocomplete": "current-password"})
    next = HiddenField()
    person = HiddenField()  # in the box over a page: whose page it is


class ChangePassword(PageForm):
    """The old password and twice the new one."""

    old = PasswordField("现在的密码", [given("请填写现在的密码")], render_kw={"autocomplete": "current-password"})
    new = PasswordField("新密码", [given("请填写新密码")], render_kw={"autocomplete": "new-password"})
    again = PasswordField("再输一遍新密码", [given("请再输一遍新密码")], render_kw={"autocomplete": "new-password"})

    def validate_again(self, field: Field) -> None:
        """Typed twice alike."""
        if field.data != self.new.data:
            raise ValidationError("两次输入的新密码不一样，请重新输入")


ADDRESS = {**QUIET, "type": "email", "maxlength": "200"}
"""A mail address: ours to check, with the keyboard that suits it."""


class OwnAddress(PageForm):
    """Where one wants to be reminded by mail."""

    email = StringField("邮箱", render_kw={**ADDRESS, "autocomplete": "email"})


class Checkboxes(SelectMultipleField):
    """Several of a few."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()

    def pre_validate(self, form: Form) -> None:
        """Only what was offered."""
        if set(self.data or ()) - {choice.value for choice in self.choices}:
            raise ValidationError("请从列出的角色中选择")


class User(PageForm):
    """One account. The log-in name is asked for only when it is made."""

    name = StringField("姓名", [InputRequired("请填写姓名"), Length(max=80, message="姓名最多 80 字")], render_kw={"autocomplete": "off"})
    username = StringField("用户名", [InputRequired("请填写用户名")], render_kw={**QUIET, "autocomplete": "off"})
    email = StringField("邮箱", render_kw={**ADDRESS, "autocomplete": "off"})
    unit_id = SelectField("单位", [InputRequired("请选择单位")], coerce=number, validate_choice=False)
    roles = Checkboxes("角色")
    seen = HiddenField()

    def offer(self, units: Sequence[Unit], roles: Sequence[Role]) -> None:
        """Fill the lists to choose from."""
        self.unit_id.choices = [SelectChoice("0", "请选择"), *map(unit_choice, units)]
        self.roles.choices = [SelectChoice(role, ROLES[role]) for role in roles]


class UserFilter(Form):
    """Which people to list."""

    text = StringField("姓名或用户名")
    unit_id = SelectField("单位", coerce=number, validate_choice=False, default=0)
    role = SelectField("角色", validate_choice=False, default="")
    closed = BooleanField("含已停用")

    def offer(self, units: Sequence[Unit], roles: Sequence[Role]) -> None:
        """Fill the lists to choose from."""
        self.unit_id.choices = [SelectChoice("0", "全部单位"), *map(unit_choice, units)]
        self.role.choices = [SelectChoice("", "全部角色"), *(SelectChoice(role, ROLES[role]) for role in roles)]


class UnitForm(PageForm):
    """One unit. Slug, level and parent are asked for only when it is made."""

    name = StringField("单位全称", [InputRequired("请填写单位全称"), Length(max=200, message="最多 200 字")])
    short = StringField("简称", [InputRequired("请填写简称"), Length(max=80, message="最多 80 字")])
    slug = StringField("代号", [InputRequired("请填写代号")], render_kw=QUIET)
    level = SelectField("类别", choices=[SelectChoice(level, words) for level, words in LEVELS.items() if level != "office"])
    parent_id = SelectField("上级单位", coerce=number, validate_choice=False)
    code = StringField("行政区划代码", [Length(max=32, message="最多 32 个字")])
    aliases = StringField("其他叫法", [Length(max=300, message="最多 300 字")])
    place = StringField(
        "排在第几位", [Regexp(r"^([1-9][0-9]{0,2})?$", message="请填 1 到 999 的整数")], render_kw={"inputmode": "numeric", "size": "4"}
    )
    seen = HiddenField()

    def offer(self, units: Sequence[Unit]) -> None:
        """Fill the list of possible parents."""
        parents = [unit for unit in units if unit.parent_id is None]
        self.parent_id.choices = [SelectChoice("0", "（没有，它自己就是一个填报单位）"), *map(unit_choice, parents)]


class Day(DateField):
    """A date of our century, with our own words for what is none."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the date; ValueError with what to type."""
        text = valuelist[0].strip() if valuelist else ""
        try:
            self.data = date.fromisoformat(text) if text else None
        except ValueError:
            self.data = None
        if text and (self.data is None or not 2000 <= self.data.year < 2100):
            self.data = None
            raise ValueError("请填写日期，例如 2024-04-12")


class AuditFilter(PageForm):
    """Which lines of the log to show."""

    actor = StringField("姓名或用户名", render_kw=QUIET)
    action = SelectField("操作", validate_choice=False, default="")
    object = StringField("对象", filters=[thing_of], render_kw={**QUIET, "placeholder": "例如 账号 12"})
    since = Day("从", [Optional()])
    until = Day("到", [Optional()])

    def offer(self, actions: Sequence[str]) -> None:
        """Fill the list of actions."""
        self.action.choices = [SelectChoice("", "全部操作"), *(SelectChoice(action, action_words(action)) for action in actions)]
