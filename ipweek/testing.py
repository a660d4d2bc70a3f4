"""For authors of plugins: the fixture ``lab`` is the plugin that a test lives in.

The fixture reaches pytest through the entry point ``pytest11``. The plugin runs for real, in its own process behind
the fence; with ``IPWEEK_INLINE=1`` it runs in this process instead, for a debugger.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from ipweek import config
from ipweek.notice import schema
from ipweek.plugins import answers, shelf, values
from ipweek.plugins import check as checking
from ipweek.plugins.call import call
from ipweek.plugins.schema import OFFICIAL, columns

if TYPE_CHECKING:
    from openpyxl import Workbook

WEEK = (date(2024, 4, 20), date(2024, 4, 26))
FORM = schema.annex(
    2,
    "附件2",
    ["主办单位", "重点活动名称", "活动时间", "活动地点", "活动内容", "出席范围", "活动规模 (参与人数)", "联系人"],
)


class Lab:
    """One plugin, run for real, with rows that the test writes down."""

    def __init__(self, folder: Path) -> None:
        self.folder = Path(folder)
        self.entry = shelf.look(self.folder)
        assert self.entry.manifest is not None, self.entry.why  # noqa: S101 -- a test helper speaks by assertions
        self.manifest = self.entry.manifest
        self.settings: dict[str, Any] = {one.key: values.typed_default(one) for one in self.manifest.settings}
        self.today = "2024-04-11"
        self.rows: list[list[Any]] = []
        self._inline = config.is_set("IPWEEK_INLINE")

    def row(self, **cells: object) -> int:
        """Add a row with these cells as somebody would type them, and return its id.

        Fields of the plugin go by their short key. What ipweek reads out of time and scale is read here too.
        """
        own = {field.key: field for field in self.manifest.fields}
        strange = set(cells) - OFFICIAL - own.keys()
        assert not strange, f"没有这些列：{'、'.join(sorted(strange))}"  # noqa: S101 -- as above
        typed = {(own[key].cell if key in own else key): values.as_text(value) for key, value in cells.items()}
        from ipweek.annexes import handing  # noqa: PLC0415 -- the readers take a second to load, and pytest loads this module always

        handed = handing.row(typed, FORM, self.manifest.fields, week=WEEK, year=2024)
        self.rows.append([len(self.rows) + 1, handed])
        return len(self.rows)

    def report(self, name: str) -> list[dict[str, Any]]:
        """The report's blocks, as plain lists and dicts."""
        return answers.blocks(self._ask("report", self.rows, name=name))

    def workbook(self, name: str) -> Workbook:
        """The report as the .xlsx that people download, opened."""
        from openpyxl import load_workbook  # noqa: PLC0415 -- as above

        from ipweek.plugins import sheets  # noqa: PLC0415 -- as above

        return load_workbook(BytesIO(sheets.workbook(name, self.report(name))))

    def page(self, name: str) -> str:
        """The report as the page shows it: HTML with every word escaped."""
        from jinja2 import Environment, FileSystemLoader  # noqa: PLC0415 -- as above

        from ipweek import templating  # noqa: PLC0415 -- as above
        from ipweek.plugins import charts  # noqa: PLC0415 -- as above

        draw = Environment(loader=FileSystemLoader(templating.folder()), autoescape=True).get_template("plugins/_blocks.html").module.draw  # type: ignore[attr-defined]  # a macro
        return "".join(str(draw(block, charts)) for block in self.report(name))

    def warnings(self, row_id: int, *keys: str) -> list[str]:
        """What the plugin's checks say of that row, of those that look at one of *keys* (of all without)."""
        own = {field.key for field in self.manifest.fields}
        said = self._ask("check", [self.rows[row_id - 1]], keys=list(keys) or None)
        return [one.message for one in answers.warnings(said, {row_id}, OFFICIAL | own)]

    def job(self, name: str) -> Mapping[int, Mapping[str, str]]:
        """The changes that the job proposes, by row id."""
        ids, own = {row_id for row_id, _ in self.rows}, {field.key for field in self.manifest.fields}
        return answers.proposals(self._ask("job", self.rows, name=name), ids, own)

    def check(self) -> list[str]:
        """What ``ipweek plugin check`` finds that must be mended before the plugin can be enabled."""
        return [f"{one.where} {one.text}" for one in checking.check(self.folder, inline=self._inline) if one.must]

    def _ask(self, do: str, rows: Sequence[list[Any]], **order: Any) -> Any:
        offered = {"today": self.today, "deadline": "2024-04-12", "week": checking.WEEK}
        whole = {
            "do": do,
            "columns": columns(self.manifest.fields),
            "rows": list(rows),
            "settings": self.settings,
            "offered": offered,
            **order,
        }
        return call(self.folder, whole, inline=self._inline)


@pytest.fixture
def lab(request: pytest.FixtureRequest) -> Lab:
    """The plugin whose ``tests`` folder this test lives in."""
    return Lab(request.path.parent.parent)
