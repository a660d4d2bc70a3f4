"""Switching plugins on and off: the administrator's. A district's own people of the information centre see and set theirs."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

from sqlalchemy import Text, cast, func, select

from ipweek import clock
from ipweek.accounts import audit
from ipweek.accounts.models import Unit
from ipweek.accounts.schema import Person
from ipweek.annexes import service as annexes
from ipweek.annexes.models import Activity, AnnexTable
from ipweek.board import plugin_contact
from ipweek.errors import Conflict, Forbidden, Invalid, NotFound
from ipweek.extensions import db
from ipweek.notice.models import Campaign
from ipweek.plugins import check as checking
from ipweek.plugins import service as plugins
from ipweek.plugins import values as local_values
from ipweek.plugins.check import Finding
from ipweek.plugins.service import Plugin
from ipweek.transaction import transaction

YEAR = timedelta(days=365)


def every(*, by: Person) -> list[Plugin]:
    """All plugins for the administrator, those of his own unit for a developer; Forbidden for others."""
    if by.has("admin"):
        return plugins.every()
    if by.has("developer"):
        return [plugin for plugin in plugins.every() if plugin.unit == by.unit_slug]
    raise Forbidden("插件由系统管理员管理，各区信息中心可以查看本单位的插件。")


def get(id: str, *, by: Person) -> Plugin:  # noqa: A002 -- the word of the manifest
    """One that *by* may see; otherwise NotFound."""
    for plugin in every(by=by):
        if plugin.id == id:
            return plugin
    raise NotFound


def unit_names() -> dict[str, str]:
    """The short names of all units, by slug."""
    return {unit.slug: unit.short for unit in db.session.execute(select(Unit.slug, Unit.short))}


def may_open_reports(plugin: Plugin, *, by: Person) -> bool:
    """Whether *by* sees what the plugin's reports show: its own unit, the office and the leaders do, an administrator does not."""
    unit_id = db.session.scalar(select(Unit.id).where(Unit.slug == plugin.unit))
    return plugin.is_usable and unit_id is not None and annexes.may_see_some(unit_id, by=by)


def kept_rows(id: str) -> int:  # noqa: A002 -- the word of the manifest
    """How many rows hold values of the plugin, whatever became of it."""
    own = cast(Activity.values, Text).contains(f'"{id}.', autoescape=True)
    return db.session.scalar(select(func.count()).select_from(Activity).where(own)) or 0


def unused(plugin: Plugin) -> list[Finding]:
    """The fields that nobody has filled for a year, though the plugin was on; advice, as ``ipweek plugin check`` gives it."""
    if not plugin.is_on or plugin.at is None or clock.now() - plugin.at < YEAR:
        return []
    query = select(Activity.values).join(AnnexTable).join(Campaign).join(Unit, Unit.id == AnnexTable.unit_id)
    rows = list(db.session.scalars(query.where(Unit.slug == plugin.unit, Campaign.year >= clock.today().year - 1)))
    left = [field for field in plugin.fields if not any(local_values.held(field, values) for values in rows)]
    return [Finding("unused", f"[fields.{one.key}]", f"“{one.label}”一年来没有人填过，不再需要的话请从清单里去掉") for one in left if rows]


def findings(plugin: Plugin) -> list[Finding]:
    """What ``ipweek plugin check`` would say of its folder without running anything."""
    return [*checking.without_running(plugin.entry.folder), *unused(plugin)] if plugin.entry else []


def enable(id: str, *, by: Person, is_checked: bool = False) -> Plugin:  # noqa: A002 -- the word of the manifest
    """Let it describe itself, hold it to what ``check`` demands, and switch it on. Invalid with the reasons; then it is not on.

    *is_checked* says that the demands were looked at already: they take a call for each report and size.
    """
    plugin = _for_the_administrator(id, by=by)
    if plugin.manifest and not db.session.scalar(select(Unit.id).where(Unit.slug == plugin.manifest.unit)):
        raise Invalid(f"没有代号是 {plugin.manifest.unit} 的单位，请改 plugin.toml 里的 unit，代号见“人员与单位”。")
    described = plugins.describe(id)
    if not is_checked and (must := [one for one in checking.check(described.entry.folder) if one.must]):
        said = "；".join(f"{one.where} {one.text}" for one in must[:5])
        raise Invalid(f"插件 {id} 有 {len(must)} 项必须改，没有启用：{said}。")
    manifest = described.manifest
    with transaction():
        plugins.switch_on(described, by=by.name)
        plugin_contact.settle(id)
        audit.write("plugin.enable", by=by, object=f"plugin:{id}", detail=f"{manifest.title} {manifest.version}，{manifest.unit}")
    return plugins.get(id)


def disable(id: str, *, by: Person) -> Plugin:  # noqa: A002 -- the word of the manifest
    """Switch it off. Its values stay, read only."""
    plugin = _for_the_administrator(id, by=by)
    with transaction():
        plugins.switch_off(id, by=by.name)
        plugin_contact.settle(id)
        audit.write("plugin.disable", by=by, object=f"plugin:{id}", detail=f"{plugin.title} {plugin.version}，{plugin.unit}")
    return plugins.get(id)


def forget(id: str, file: Path, *, by: Person) -> int:  # noqa: A002 -- the word of the manifest
    """Take a plugin's values out of every row, after all of them stand in *file*; how many that were.

    The only way in which local values go. What the log of changes holds stays there. Conflict while it is on.
    """
    plugin = _for_the_administrator(id, by=by)
    if plugin.is_on:
        raise Conflict(f"插件 {id} 还在启用，请先停用：ipweek plugin disable {id}。")
    if file.exists():
        raise Conflict(f"{file} 已经有了，没有覆盖。请换一个文件名。")
    with transaction():
        query = select(Activity, AnnexTable, Unit.slug).join_from(Activity, AnnexTable).join(Unit, Unit.id == AnnexTable.unit_id)
        kept, number = [], 0
        for row, table, slug in db.session.execute(query.order_by(Activity.id).with_for_update(of=Activity)):
            own = {key: text for key, text in row.values.items() if key.startswith(f"{id}.")}
            if own:
                number += len(own)
                kept.append({"campaign": table.campaign_id, "unit": slug, "table": table.id, "row": row.id, "values": own})
                row.values = {key: text for key, text in row.values.items() if key not in own}
        file.write_text(json.dumps(kept, ensure_ascii=False, indent=1), "utf-8")
        plugins.forget(id)
        audit.write("plugin.forget", by=by, object=f"plugin:{id}", detail=f"{plugin.title}，{number} 项，已写入 {file.name}")
    return number


def save_settings(id: str, given: Mapping[str, str], *, by: Person) -> None:  # noqa: A002 -- the word of the manifest
    """Set what the plugin lets the district set; an empty field goes back to what the manifest proposes."""
    plugin = get(id, by=by)
    if plugin.manifest is None:
        raise NotFound
    wrong, changed, told = {}, {}, []
    for one in plugin.manifest.settings:
        text = given.get(one.key, "").strip()
        if said := local_values.wrong(one, text):
            wrong[one.key] = said
        elif text and local_values.typed(one, text) != local_values.typed_default(one):
            changed[one.key] = local_values.typed(one, text)
        before, after = plugin.settings.get(one.key), changed.get(one.key, local_values.typed_default(one))
        if before != after:
            told.append(f"{one.label}：{local_values.as_text(before)} → {local_values.as_text(after)}")
    if wrong:
        raise Invalid("请核对标出的几处。", fields=wrong)
    with transaction():
        plugins.save_settings(id, changed)
        audit.write("plugin.settings", by=by, object=f"plugin:{id}", detail="；".join(told) or "没有改动")


def file(id: str, name: str, *, by: Person) -> Path:  # noqa: A002 -- the word of the manifest
    """A file that a plugin hands out, for those who see the district's reports and those who see its page."""
    plugin = plugins.get(id)
    may = may_open_reports(plugin, by=by) or by.has("admin") or (by.has("developer") and by.unit_slug == plugin.unit)
    if not may or plugin.entry is None or name not in plugin.entry.files:
        raise NotFound
    return plugin.entry.folder / "files" / name


def _for_the_administrator(id_: str, *, by: Person) -> Plugin:
    plugin = get(id_, by=by)
    if not by.has("admin"):
        raise Forbidden("插件由系统管理员启用和停用。")
    return plugin
