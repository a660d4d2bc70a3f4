"""The forms of the notice pages: sending a notice in, and correcting what was read from it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import time
from typing import Any

from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import DateField, FieldList, Form, FormField, IntegerField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Length, NumberRange, Optional, ValidationError

from ipweek.accounts import names
from ipweek.accounts.forms import Day
from ipweek.notice import schema
from ipweek.notice.deadlines import KINDS
from ipweek.notice.models import AnnexSchema, Campaign, Deadline
from ipweek.notice.service import FACTS, DeadlineWords

BASES = {"on": "指定日期", "workdays": "宣传周结束后若干个工作日", "days": "宣传周结束后若干天"}
RULES = {"workdays": "working days", "days": "days"}
_RULE = re.compile(r"(\d{1,3}) (working days|days) after ends_on")
_BETWEEN = re.compile(r"[\s、，,；;]+")
MOST = 300


class NoticeForm(FlaskForm):
    """A notice as a file, or its text pasted."""

    file = FileField("通知文件")
    pasted = TextAreaField("或者粘贴通知全文")

    def sent(self) -> tuple[bytes, str] | None:
        """The file, else the pasted text as one, with its name; None where neither was given."""
        if self.file.data and self.file.data.filename:
            return self.file.data.read(), self.file.data.filename
        if self.pasted.data and self.pasted.data.strip():
            return self.pasted.data.encode("utf-8", "replace"), "粘贴的通知.txt"
        return None


def _day(label: str) -> DateField:
    return Day(label, [Optional()])


def _words(label: str, most: int = MOST) -> StringField:
    return StringField(label, [Length(max=most, message=f"最多 {most} 个字")], filters=[_seen])


def _seen(text: str | None) -> str | None:
    """*text* without what can't be seen, line by line; not every database would store it."""
    return "\n".join(names.clean(line) for line in text.splitlines()) if text else text


def _choices(words: Mapping[str, str]) -> list[SelectChoice]:
    return [SelectChoice(value, label) for value, label in words.items()]


class DeadlineForm(Form):
    """One deadline: on a day, or so many days after the week."""

    class Meta:
        locales = ("zh",)  # what has no words of ours

    kind = SelectField("报送内容", choices=_choices(KINDS))
    annex = SelectField("适用于", choices=_choices({"": "全部单位", "1": "附件1（市级）", "2": "附件2（区级）"}))
    phrase = _words("通知原文")
    basis = SelectField(
        "截止方式", choices=_choices({"on": "指定日期", "workdays": "宣传周结束后若干个工作日", "days": "宣传周结束后若干天"})
    )
    count = IntegerField("天数", [Optional(), NumberRange(1, 365, "请填写 1 到 365 的整数")])
    due_on = _day("截止日期")
    due_time = StringField("截止时刻", render_kw={"placeholder": "24:00"})
    other_rule = StringField(filters=[_seen])  # a rule that these fields cannot say stays as it was read

    def validate_due_time(self, field: StringField) -> None:
        if field.data and _clock(field.data) is None and field.data.strip() != "24:00":
            message = "请写成 17:00 的样子；不填表示当天 24:00"
            raise ValidationError(message)

    def words(self) -> DeadlineWords | None:
        """What was entered; None for an empty line."""
        rule = f"{self.count.data} {RULES[self.basis.data]} after ends_on" if self.basis.data in RULES and self.count.data else ""
        if self.basis.data == "on" and self.other_rule.data and not self.due_on.data:
            rule = self.other_rule.data
        if not rule and not self.due_on.data and not (self.phrase.data or "").strip():
            return None
        return DeadlineWords(
            kind=self.kind.data,
            phrase=(self.phrase.data or "").strip(),
            annex=int(self.annex.data) if self.annex.data else None,
            rule=rule,
            due_on=None if rule else self.due_on.data,
            due_time=_clock(self.due_time.data or ""),
        )


def _clock(text: str) -> time | None:
    found = re.fullmatch(r"\s*([01]?\d|2[0-3])[:：]([0-5]\d)\s*", text)
    return time(int(found[1]), int(found[2])) if found else None


class AnnexForm(Form):
    """One annex: its title, its headings one a line, and the fields above the table."""

    title = _words("附件标题")
    columns = TextAreaField("表头（每行一列，与通知一字不差）", filters=[_seen])
    header_fields = TextAreaField("表格上方的栏目（每行一个；后面印好的字写在“｜”之后）", filters=[_seen])

    def form(self, number: int) -> schema.Annex | None:
        """The annex that was entered; None where it has no headings."""
        columns = [line.strip() for line in (self.columns.data or "").splitlines() if line.strip()]
        if not columns:
            return None
        fields = [re.split(r"[｜|]", line, maxsplit=1) for line in (self.header_fields.data or "").splitlines() if line.strip()]
        pairs = [(label.strip().rstrip(":："), suffix[0].strip() if suffix else "") for label, *suffix in fields]
        return schema.annex(number, (self.title.data or "").strip() or f"附件{number}", columns, pairs)

    def validate_columns(self, field: TextAreaField) -> None:
        columns = [schema.bare(line) for line in (field.data or "").splitlines() if line.strip()]
        if len(columns) > len(set(columns)):
            message = "有两列的表头相同，请改成不同的名称"
            raise ValidationError(message)
        if len(columns) > 64:
            message = "最多 64 列"
            raise ValidationError(message)


class FactsForm(FlaskForm):
    """Every fact of a notice, for correction."""

    title = _words(FACTS["title"])
    doc_number = _words(FACTS["doc_number"], 80)
    issuer = _words(FACTS["issuer"], 200)
    issue_date = _day(FACTS["issue_date"])
    starts_on = _day(FACTS["starts_on"])
    ends_on = _day(FACTS["ends_on"])
    theme = _words(FACTS["theme"])
    contacts = _words(FACTS["contacts"])
    phones = _words(FACTS["phones"])
    fax = _words(FACTS["fax"], 80)
    email = _words(FACTS["email"], 120)
    deadlines = FieldList(FormField(DeadlineForm))
    annex_1 = FormField(AnnexForm, "附件1（市级层面）")
    annex_2 = FormField(AnnexForm, "附件2（区级层面）")

    def facts(self) -> dict[str, Any]:
        """The plain facts as ``service.correct`` takes them."""
        entered: dict[str, Any] = {name: self[name].data or self.plain_empty(name) for name in FACTS}
        for name in ("contacts", "phones"):
            entered[name] = [part for part in _BETWEEN.split(entered[name] or "") if part]
        return {name: value.strip() if isinstance(value, str) else value for name, value in entered.items()}

    def plain_empty(self, name: str) -> str | None:
        """What a field holds that was left empty: no date, or no words."""
        return None if isinstance(self[name], DateField) else ""

    def deadline_words(self) -> list[DeadlineWords]:
        """The deadlines that are not empty lines."""
        return [words for entry in self.deadlines if (words := entry.form.words())]

    def forms(self) -> list[schema.Annex]:
        """The annexes that have headings."""
        return [form for number, part in ((1, self.annex_1), (2, self.annex_2)) if (form := part.form.form(number))]

    def validate_ends_on(self, field: DateField) -> None:
        if field.data and self.starts_on.data and field.data < self.starts_on.data:
            message = "结束日期早于开始日期，请核对"
            raise ValidationError(message)


def facts_form(campaign: Campaign) -> FactsForm:
    """The form as the campaign stands, with one empty deadline more."""
    values: dict[str, Any] = {name: getattr(campaign, name) for name in FACTS}
    values |= {"contacts": "、".join(campaign.contacts), "phones": "、".join(campaign.phones)}
    values["deadlines"] = [*(_deadline_values(deadline) for deadline in campaign.deadlines), {"kind": "other", "basis": "on"}]
    for stored in campaign.annexes:
        if stored.annex in {1, 2}:
            values[f"annex_{stored.annex}"] = _annex_values(stored)
    return FactsForm(data=values)


def _deadline_values(deadline: Deadline) -> dict[str, Any]:
    rule = _RULE.fullmatch(deadline.rule)
    basis = next((name for name, words in RULES.items() if rule and rule[2] == words), "on")
    return {
        "kind": deadline.kind,
        "annex": str(deadline.annex or ""),
        "phrase": deadline.phrase,
        "basis": basis,
        "count": int(rule[1]) if rule else None,
        "due_on": None if deadline.rule else deadline.due_on,
        "due_time": deadline.due_time.strftime("%H:%M") if deadline.due_time else "",
        "other_rule": "" if rule else deadline.rule,
    }


def _annex_values(stored: AnnexSchema) -> dict[str, str]:
    form = schema.from_json(stored.form)
    fields = [f"{field.label}｜{field.suffix}" if field.suffix else field.label for field in form.header_fields]
    return {
        "title": form.title,
        "columns": "\n".join(re.sub(r"\s*\n\s*", " ", column.label) for column in form.columns),
        "header_fields": "\n".join(fields),
    }
