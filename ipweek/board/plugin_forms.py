"""The form of a plugin's settings, made from its manifest."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from wtforms import Field as FormField
from wtforms import SelectField, StringField, TextAreaField

from ipweek.accounts.forms import PageForm
from ipweek.errors import Refused
from ipweek.plugins import values as local_values
from ipweek.plugins.schema import Field
from ipweek.plugins.service import Plugin

OWN = "own_"
"""In front of the names of settings in the form: a district may call its own ``data`` or ``csrf_token``."""


class SettingsForm(PageForm):
    """The settings of one plugin, each under its own name behind OWN."""

    def refuse(self, refused: Refused) -> None:
        """Show each sentence at its setting."""
        refused.fields = {f"{OWN}{name}": words for name, words in refused.fields.items()}
        super().refuse(refused)


def settings_form(plugin: Plugin, sent: Mapping[str, Any] | None) -> PageForm:
    """One field for each setting, with what it is now."""
    known = plugin.manifest.settings if plugin.manifest else ()
    made = type("Settings", (SettingsForm,), {f"{OWN}{one.key}": _field(one) for one in known})
    now = {f"{OWN}{key}": local_values.as_text(value) for key, value in plugin.settings.items()}
    form: PageForm = made(sent, data=now)
    return form


def given(sent: Mapping[str, str]) -> dict[str, str]:
    """What was sent, by the settings' own names."""
    return {name.removeprefix(OWN): text for name, text in sent.items() if name.startswith(OWN)}


def _field(one: Field) -> FormField:
    words = {"label": one.label, "description": _hint(one)}
    if one.kind in {"choice", "yes_no"}:
        choices = one.choices or ("是", "否")
        return SelectField(choices=[("", "（按默认）"), *((choice, choice) for choice in choices)], validate_choice=False, **words)
    if one.kind == "long_text":
        return TextAreaField(render_kw={"rows": 4, "maxlength": one.max_length or 4000}, **words)
    return StringField(render_kw={"inputmode": "decimal"} if one.kind == "number" else {"maxlength": one.max_length or 400}, **words)


def _hint(one: Field) -> str:
    default = local_values.as_text(one.default)
    return "；".join(part for part in (one.help, f"默认 {default}" if default else "") if part)
