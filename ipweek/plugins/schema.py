"""What a manifest declares, as data. Standard library only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

KINDS = {
    "text": "文字",
    "long_text": "长文字",
    "number": "数字",
    "date": "日期",
    "choice": "单选",
    "choices": "多选",
    "yes_no": "是或否",
}
"""Kinds of fields and settings, with their names on the page."""

STATES = {
    "found": "未启用",
    "off": "已停用",
    "on": "启用",
    "refused": "清单有误",
    "broken": "不能运行",
    "set_aside": "暂停使用",
    "gone": "目录不在",
}
"""States of a plugin, with their names on the page."""


@dataclass(frozen=True)
class Field:
    """A local column, or a setting. ``key`` is short; ``cell`` is the key of the cells: ``minhang.street``."""

    plugin: str
    key: str
    label: str
    kind: str = "text"
    choices: tuple[str, ...] = ()
    required: bool = False
    after: str = ""
    default: Any = None
    min: float | None = None
    max: float | None = None
    max_length: int | None = None
    help: str = ""
    width: int | None = None
    was: tuple[str, ...] = ()

    @property
    def cell(self) -> str:
        return f"{self.plugin}.{self.key}"

    @property
    def former_cells(self) -> tuple[str, ...]:
        """Keys that the cell had before it was renamed, newest first."""
        return tuple(f"{self.plugin}.{key}" for key in self.was)


@dataclass(frozen=True)
class Words:
    """Plain words that are shown at a place: table, edit or report."""

    place: str
    text: str


@dataclass(frozen=True)
class Link:
    """A menu entry to another system."""

    label: str
    url: str


@dataclass(frozen=True)
class Manifest:
    """A plugin.toml that was read and found right."""

    id: str
    title: str
    unit: str
    version: str
    api: int
    contact: str = ""
    fields: Sequence[Field] = ()
    settings: Sequence[Field] = ()
    notes: Sequence[Words] = ()
    links: Sequence[Link] = ()


MOST_FILES = 50
"""So many files are offered for download."""


def is_own(path: Path, folder: Path) -> bool:
    """Whether *path* is a plain file with a name of good characters that lies inside *folder*, wherever links may lead."""
    try:
        return path.name.isprintable() and path.is_file() and path.resolve().is_relative_to(folder.resolve())
    except (OSError, RuntimeError):  # may not be looked at, or links that go in a circle
        return False


@dataclass(frozen=True)
class Entry:
    """A folder on the shelf: its manifest, or why it is refused."""

    id: str
    folder: Path
    manifest: Manifest | None
    why: str = ""

    @property
    def has_code(self) -> bool:
        return (self.folder / "__init__.py").is_file()

    @property
    def files(self) -> list[str]:
        """Names of what is offered for download."""
        folder = self.folder / "files"
        try:
            found = sorted(path.name for path in folder.iterdir() if is_own(path, self.folder) and not path.name.startswith("."))
        except OSError:  # none, or none that may be read
            return []
        return found[:MOST_FILES]


@dataclass(frozen=True)
class Declared:
    """What the code declares: names with titles, and the columns that each check looks at."""

    reports: Mapping[str, str] = field(default_factory=dict)
    checks: Sequence[Sequence[str]] = ()
    jobs: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Warned:
    """One sentence of a check about one cell."""

    row_id: int
    key: str
    message: str


OFFICIAL = frozenset(
    {
        "host",
        "event_name",
        "event_time",
        "venue",
        "content",
        "attendees",
        "scale",
        "co_host",
        "contact",
        "unit_name",
        "filled_on",
    }
)
"""Columns of the notice: the text as typed."""

HEADINGS = frozenset(
    [
        "序号",
        "主办单位",
        "重点活动名称",
        "活动名称",
        "活动时间",
        "活动地点",
        "活动内容",
        "出席范围",
        "活动规模",
        "协办部门",
        "协办单位",
        "联系人",
        "单位名称",
        "填表时间",
    ]
)
"""What the notice's columns are called, without blanks and brackets: a local column of that name would be taken for one of them."""

READ = frozenset({"starts_on", "ends_on", "people_min", "people_max", "online"})
"""What ipweek read out of them: dates and numbers, or ""."""


def columns(fields: Sequence[Field]) -> list[str]:
    """Every name that a plugin with these fields may ask a row for."""
    return [*sorted(OFFICIAL), *sorted(READ), *(field.key for field in fields)]
