"""What is switched on, what it declares, and calling it. Asks no permission: ``board`` does, and hands over the rows.

A district's code runs only here, through ``call``, never inside ``transaction()``: a save waits for no plugin.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, cast

import structlog
from sqlalchemy import delete, select

from ipweek import clock
from ipweek.errors import Invalid, NotFound
from ipweek.extensions import db, of_app
from ipweek.plugins import answers, shelf, values
from ipweek.plugins.call import PluginFailed, call
from ipweek.plugins.models import PluginField, PluginState
from ipweek.plugins.schema import OFFICIAL, Declared, Entry, Field, Link, Manifest, Warned, Words, columns
from ipweek.plugins.shelf import Shelf
from ipweek.transaction import transaction

log = structlog.get_logger()

SPOILT_AFTER = 3
"""So many failures in a row set a plugin aside, until a person presses 重试."""
NICE = 10
"""Checks run behind everything else."""

Rows = Sequence[tuple[int, Mapping[str, Any]]]
"""Row ids with what the plugin may see of them."""


@dataclass(frozen=True)
class Plugin:
    """One plugin as it stands: its folder, and what was decided about it."""

    id: str
    entry: Entry | None
    is_on: bool = False
    trouble: str = ""
    why: str = ""
    log: str = ""
    by: str = ""
    at: datetime | None = None
    declared: Declared = field(default_factory=Declared)
    content: str = ""
    changed_settings: Mapping[str, Any] = field(default_factory=dict)
    _title: str = ""
    _unit: str = ""
    _version: str = ""

    @property
    def manifest(self) -> Manifest | None:
        return self.entry.manifest if self.entry else None

    @property
    def state(self) -> str:
        """One of schema.STATES."""
        if self.entry is None:
            return "gone"
        if self.entry.manifest is None:
            return "refused"
        if self.trouble and (self.is_on or self.trouble == "broken"):
            return self.trouble
        if self.is_on:
            return "on"
        return "off" if self.at else "found"

    @property
    def is_usable(self) -> bool:
        """Whether its fields, notes and links are shown: they are data, and stay when its code fails."""
        return self.is_on and self.manifest is not None

    @property
    def title(self) -> str:
        return self.manifest.title if self.manifest else self._title or self.id

    @property
    def unit(self) -> str:
        return self.manifest.unit if self.manifest else self._unit

    @property
    def version(self) -> str:
        return self.manifest.version if self.manifest else self._version

    @property
    def enabled_version(self) -> str:
        """The version that was switched on."""
        return self._version

    @property
    def fields(self) -> Sequence[Field]:
        return self.manifest.fields if self.manifest else ()

    @property
    def settings(self) -> dict[str, Any]:
        """Every setting, as the district set it or as the manifest proposes."""
        known = self.manifest.settings if self.manifest else ()
        return {one.key: self.changed_settings.get(one.key, values.typed_default(one)) for one in known}

    @property
    def has_changed(self) -> bool:
        """Whether its folder holds something else than what was enabled."""
        return self.is_on and self.entry is not None and self.content != shelf.content_of(self.entry.folder)


# ---- what there is -----------------------------------------------------------------------------------------------


def every() -> list[Plugin]:
    """All plugins: those on the shelf, and those that were once on and whose folder is gone."""
    entries = _shelf().entries()
    states = {state.id: state for state in db.session.scalars(select(PluginState))}
    found = [_plugin(id_, entries.get(id_), states.get(id_)) for id_ in sorted({*entries, *states})]
    return [plugin for plugin in found if plugin.entry or plugin.at]


def get(id: str) -> Plugin:  # noqa: A002 -- the word of the manifest
    """One of them, or NotFound."""
    for plugin in every():
        if plugin.id == id:
            return plugin
    raise NotFound(f"没有插件 {id[:40]}，可用 ipweek plugin list 查看。")


def of_unit(slug: str) -> list[Plugin]:
    """The plugins of one unit that are on."""
    return [plugin for plugin in every() if plugin.unit == slug and plugin.is_usable]


def fields_of(slug: str) -> list[Field]:
    """The local fields of one unit, in the order of their plugins."""
    return [one for plugin in of_unit(slug) for one in plugin.fields]


@dataclass(frozen=True)
class Offer:
    """What the plugins of a unit bring beside fields: (plugin, name, title) of reports and jobs, links, files."""

    reports: Sequence[tuple[str, str, str]] = ()
    jobs: Sequence[tuple[str, str, str]] = ()
    links: Sequence[Link] = ()
    files: Sequence[tuple[str, str]] = ()
    notes: Sequence[Words] = ()
    has_checks: bool = False
    is_paused: bool = False  # safe mode: there is code, and none of it runs

    @property
    def has_entries(self) -> bool:
        """Whether there is anything for a menu."""
        return bool(self.reports or self.jobs or self.links or self.files or self.has_checks)

    def notes_at(self, *places: str) -> list[str]:
        """The plain words that stand at one of these places."""
        return [note.text for note in self.notes if note.place in places]


def offer_of(slug: str) -> Offer:
    """What the unit's plugins bring now. Of one that is broken nothing is registered but its data."""
    usable = of_unit(slug)
    running = [plugin for plugin in usable if plugin.trouble != "broken"]
    return Offer(
        [(plugin.id, name, title) for plugin in running for name, title in plugin.declared.reports.items()],
        [(plugin.id, name, title) for plugin in running for name, title in plugin.declared.jobs.items()],
        [link for plugin in usable if plugin.manifest for link in plugin.manifest.links],
        [(plugin.id, name) for plugin in usable if plugin.entry for name in plugin.entry.files],
        [note for plugin in usable if plugin.manifest for note in plugin.manifest.notes],
        any(plugin.declared.checks for plugin in running),
        is_safe() and any(plugin.entry and plugin.entry.has_code for plugin in usable),
    )


def labels(cells: Collection[str]) -> dict[str, str]:
    """What local cells (``minhang.street``) were called when they were seen last; the key itself where nobody knows."""
    known = {f"{one.plugin}.{one.key}": one.label for one in db.session.scalars(select(PluginField))}
    return {cell: known.get(cell, cell) for cell in cells}


def is_safe() -> bool:
    """Whether no district code runs in this app."""
    return _shelf().is_safe


def _shelf() -> Shelf:
    return cast("Shelf", of_app("plugins"))


def _plugin(id_: str, entry: Entry | None, state: PluginState | None) -> Plugin:
    if state is None:
        return Plugin(id_, entry, why=entry.why if entry else "")
    said = state.declared or {}
    return Plugin(
        id_,
        entry,
        state.is_on,
        state.trouble,
        state.why or (entry.why if entry else ""),
        state.log,
        state.by,
        state.at,
        Declared(dict(said.get("reports", {})), said.get("checks", []), dict(said.get("jobs", {}))),
        state.content,
        dict(state.settings or {}),
        state.title,
        state.unit,
        state.version,
    )


# ---- on and off --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Described:
    """A plugin that described itself, ready to be switched on."""

    entry: Entry
    manifest: Manifest
    declared: Declared
    content: str


def describe(id: str) -> Described:  # noqa: A002 -- the word of the manifest
    """Ask a plugin what it declares; Invalid with the reason, which is kept for its page. Slow: outside of transaction()."""
    plugin = get(id)
    entry, manifest = plugin.entry, plugin.manifest
    if entry is None:
        raise Invalid(f"插件 {id} 的目录不在，不能启用。")
    if manifest is None:
        raise Invalid(f"插件 {id} 的清单有误：{entry.why}")
    content = shelf.content_of(entry.folder)
    if not entry.has_code:
        return Described(entry, manifest, Declared(), content)
    if is_safe():
        raise Invalid("现在是安全模式，不运行插件代码。请去掉 IPWEEK_SAFE 后重新启动，再启用插件。")
    try:
        return Described(entry, manifest, answers.declared(call(entry.folder, {"do": "describe"})), content)
    except PluginFailed as failed:
        if failed.kind != "busy":
            _note_broken(id, failed)
        raise Invalid(f"插件 {id} 不能运行：{failed.said}") from failed


def switch_on(described: Described, *, by: str) -> None:
    """Let it be on, with what it declared. Inside transaction()."""
    manifest = described.manifest
    state = _state(manifest.id)
    state.is_on, state.by, state.at = True, by[:80], clock.now()
    _store(state, described)
    for one in manifest.fields:
        _remember(one)


def switch_off(id: str, *, by: str) -> None:  # noqa: A002 -- the word of the manifest
    """Let it be off. Every worker sees it with its next request. Values stay. Inside transaction()."""
    state = _state(id)
    state.is_on, state.by, state.at, state.failures = False, by[:80], clock.now(), 0
    state.trouble = state.why = state.log = ""
    state.told_on = None


def _store(state: PluginState, described: Described) -> None:
    manifest, declared = described.manifest, described.declared
    state.title, state.unit, state.version, state.content = manifest.title, manifest.unit, manifest.version, described.content
    state.declared = {"reports": dict(declared.reports), "checks": [list(keys) for keys in declared.checks], "jobs": dict(declared.jobs)}
    state.trouble = state.why = state.log = ""
    state.failures, state.told_on = 0, None


def _remember(one: Field) -> None:
    known = db.session.get(PluginField, (one.plugin, one.key))
    if known is None:
        known = PluginField(plugin=one.plugin, key=one.key)
        db.session.add(known)
    known.label, known.kind, known.last_seen = one.label, one.kind, clock.now()


def _state(id_: str) -> PluginState:
    state = db.session.get(PluginState, id_, populate_existing=True, with_for_update=True)
    if state is None:
        state = PluginState(id=id_, is_on=False, by="", trouble="", why="", log="", failures=0, declared={}, settings={})
        db.session.add(state)
    return state


def _note_broken(id_: str, failed: PluginFailed) -> None:
    with transaction():
        state = _state(id_)
        state.trouble, state.why, state.log = "broken", failed.said, failed.log
        state.at = state.at or clock.now()


def forget(id: str) -> None:  # noqa: A002 -- the word of the manifest
    """Nothing is known of it any more. Inside transaction()."""
    db.session.execute(delete(PluginState).where(PluginState.id == id))
    db.session.execute(delete(PluginField).where(PluginField.plugin == id))


def save_settings(id: str, changed: Mapping[str, Any]) -> None:  # noqa: A002 -- the word of the manifest
    """Keep what the district set. Inside transaction()."""
    state = _state(id)
    state.settings = dict(changed)


def begin() -> list[Plugin]:
    """At a start: ask those that are on and whose content changed to describe themselves again. Those that are not fit, for CI.

    Nothing of a plugin that fails is registered, and the app starts. Unchanged ones are not run: their answer is kept.
    """
    for plugin in every():
        if plugin.is_on and plugin.manifest and not is_safe() and (plugin.has_changed or plugin.trouble == "broken"):
            try:
                described = describe(plugin.id)
            except Invalid as refused:
                log.warning("plugin does not describe itself", plugin=plugin.id, why=str(refused))
                continue
            with transaction():
                _store(_state(plugin.id), described)
                for one in described.manifest.fields:
                    _remember(one)
    return [plugin for plugin in every() if plugin.state in {"refused", "broken"}]


# ---- calling -----------------------------------------------------------------------------------------------------


def report(plugin: Plugin, name: str, rows: Rows, offered: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The blocks of one report, or PluginFailed with one sentence."""
    if name not in plugin.declared.reports:
        raise NotFound
    return answers_of(plugin, "report", rows, offered, answers.blocks, name=name)


def warnings(plugin: Plugin, rows: Rows, offered: Mapping[str, Any], keys: Iterable[str] | None = None) -> list[Warned]:
    """What its checks say about these rows; with *keys* only those checks that look at one of them."""
    wanted = None if keys is None else [key.removeprefix(f"{plugin.id}.") for key in keys]
    looking = [each for each in plugin.declared.checks if wanted is None or set(wanted) & set(each)]
    if not looking or not rows:
        return []
    ids = {row_id for row_id, _ in rows}
    own = {one.key for one in plugin.fields}
    said = answers_of(plugin, "check", rows, offered, lambda said: answers.warnings(said, ids, OFFICIAL | own), keys=wanted)
    return [Warned(one.row_id, f"{plugin.id}.{one.key}" if one.key in own else one.key, one.message) for one in said]


def proposals(plugin: Plugin, name: str, rows: Rows, offered: Mapping[str, Any]) -> dict[int, dict[str, str]]:
    """What a job would fill in: texts by full key (``minhang.street``), by row."""
    if name not in plugin.declared.jobs:
        raise NotFound
    ids, own = {row_id for row_id, _ in rows}, {one.key for one in plugin.fields}
    said: dict[int, dict[str, str]] = answers_of(plugin, "job", rows, offered, lambda said: answers.proposals(said, ids, own), name=name)
    return {row_id: {f"{plugin.id}.{key}": text for key, text in wanted.items()} for row_id, wanted in said.items()}


def answers_of(plugin: Plugin, do: str, rows: Rows, offered: Mapping[str, Any], read: Any, **order: Any) -> Any:
    """Call, look through, and count failures: three in a row set the plugin aside."""
    if plugin.entry is None or plugin.state != "on":
        raise PluginFailed("off", f"插件已暂停：{plugin.why}" if plugin.trouble else "插件没有启用")
    if is_safe():
        raise PluginFailed("off", "安全模式：不运行插件代码")
    plain = [[row_id, dict(cells)] for row_id, cells in rows]
    whole = {"do": do, "columns": columns(plugin.fields), "settings": plugin.settings, "offered": dict(offered), "rows": plain, **order}
    db.session.rollback()  # what was read is read: no transaction stays open while a plugin runs
    try:
        said = read(call(plugin.entry.folder, whole, nice=NICE if do == "check" else 0))
    except PluginFailed as failed:
        _count_failure(plugin, do, order.get("name", ""), failed)
        raise
    if plugin_has_failed(plugin.id):
        with transaction():
            _state(plugin.id).failures = 0
    return said


def plugin_has_failed(id_: str) -> bool:
    """Whether its last call failed."""
    return bool(db.session.scalar(select(PluginState.failures).where(PluginState.id == id_)))


def _count_failure(plugin: Plugin, do: str, name: str, failed: PluginFailed) -> None:
    log.warning("plugin failed", plugin=plugin.id, version=plugin.version, do=do, name=name, kind=failed.kind, why=failed.said)
    if failed.kind in {"busy", "off"}:
        return
    with transaction():
        state = _state(plugin.id)
        state.failures += 1
        state.log = failed.log
        if state.failures >= SPOILT_AFTER and state.is_on:
            state.trouble, state.why = "set_aside", f"连续 {state.failures} 次失败：{failed.said}"
