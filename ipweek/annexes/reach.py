"""How far a person reaches into a table: whose rows, which cells, and in whose stead. Standard library only, nothing is stored here."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Protocol

from ipweek.accounts.schema import Person
from ipweek.annexes.schema import STATUSES

TYPING, MENDING, ASKED = "typing", "mending", "asked"
"""What the office has in hand with a unit's table: it types in what the unit sent on paper (代填), it mends a small
thing in what was sent (代改), or it has mended and waits for the unit's answer."""

ALIVE, POS = "_alive", "_pos"
"""Cells that every row has: whether it is there, and where it stands."""

_WAY_BACK = {
    "unit_review": "如需修改，请先由本单位审核人退回，或撤回报送。",
    "submitted": "如需修改，请先撤回报送。",
    "approved": "如需修改，请联系联席会议办公室退回。",
    "archived": "本年度已归档。",
}


class Table(Protocol):
    """What is to be known of a table, stored or held."""

    @property
    def unit_id(self) -> int: ...
    @property
    def status(self) -> str: ...
    @property
    def office_hand(self) -> str: ...
    @property
    def open_places(self) -> Collection[str] | None: ...


class Line(Protocol):
    """What is to be known of a row."""

    @property
    def id(self) -> int: ...
    @property
    def owner_unit_id(self) -> int: ...
    @property
    def is_header(self) -> bool: ...


@dataclass(frozen=True)
class Reach:
    """What of a table a person may change while it is open to him. Without any bound it is the whole table."""

    owner_unit_id: int | None = None
    """A department's: only its own rows."""
    places: frozenset[str] | None = None
    """Only what the office marked when it returned the table: ``12.venue``, or ``12.`` for a whole row."""
    is_mending: bool = False
    """The office's in a table that was sent: official cells, no rows."""
    via: str = ""
    """How the ops of somebody who is not of the unit are called in its history."""

    @property
    def is_whole(self) -> bool:
        """Whether every cell is open to him."""
        return self.owner_unit_id is None and self.places is None and not self.is_mending

    @property
    def has_rows(self) -> bool:
        """Whether he may bring in rows and move them."""
        return self.places is None and not self.is_mending

    def is_his(self, row: Line) -> bool:
        """Whether the row is one that he may see: the header row stands above all."""
        return self.owner_unit_id is None or row.is_header or row.owner_unit_id == self.owner_unit_id

    def why_not(self, row: Line, key: str) -> str:
        """Why he may not change this cell of a row that he sees; "" when he may."""
        is_local = "." in key
        if self.owner_unit_id is not None and row.is_header:
            return "表头由本单位的填报员统一填写，部门不用填。"
        if self.is_mending and (is_local or key in {ALIVE, POS}):
            return "代为修改时只能改附件里的格子，不能增删、移动活动，也不能改本地栏目。"
        if self.places is None or is_local or f"{row.id}.{key}" in self.places:
            return ""
        if f"{row.id}." in self.places and key != POS:
            return ""
        return ONLY_MARKED

    def why_no_rows(self) -> str:
        """Why he may not bring in, copy or move rows; "" when he may."""
        if self.is_mending:
            return "代为修改时只能改附件里的格子，不能增删、移动活动。如需增删，请退回修改。"
        return "" if self.places is None else "这次退回只放开了标出的位置，不能新增、复制或移动活动。如需调整，请联系市联席办放开整张表。"


ONLY_MARKED = "这次退回只放开了标出的位置，这一格不能修改。如需修改，请联系市联席办放开整张表。"
WHOLE = Reach()


# ---- whose the table is ----------------------------------------------------------------------------------------


def is_part(unit_id: int, *, by: Person) -> bool:
    """Whether he is of a department that fills rows of this unit's tables."""
    return by.parent_id == unit_id and by.has("filler", "approver")


def owner_seen(unit_id: int, *, by: Person) -> int | None:
    """The department whose rows alone he sees in this unit's tables; None for those who see all."""
    return by.unit_id if is_part(unit_id, by=by) and not by.is_office else None


def is_filler(table: Table, *, by: Person) -> bool:
    """Whether he fills the table as one of its unit."""
    return by.unit_id == table.unit_id and by.has("filler")


def is_department(table: Table, *, by: Person) -> bool:
    """Whether he fills rows of it for his department."""
    return by.parent_id == table.unit_id and by.has("filler")


def is_typing(table: Table, *, by: Person) -> bool:
    """Whether the office types in for the unit, and he is of the office."""
    return by.is_office and table.office_hand == TYPING and not is_filler(table, by=by)


def is_mending(table: Table, *, by: Person) -> bool:
    """Whether the office mends what was sent, and he is of the office."""
    return by.is_office and table.office_hand == MENDING and table.status == "submitted"


def is_writer(table: Table, *, by: Person) -> bool:
    """Whether he is one of those who change cells of the table at all."""
    return is_filler(table, by=by) or is_department(table, by=by) or is_typing(table, by=by) or is_mending(table, by=by)


def of(table: Table, *, by: Person) -> Reach:
    """How far a writer of the table reaches in it."""
    if is_mending(table, by=by):
        return Reach(is_mending=True, via="office")
    places = frozenset(table.open_places) if table.open_places is not None and table.status == "returned" else None
    if is_typing(table, by=by):
        return Reach(places=places, via="stand_in")
    if is_filler(table, by=by):
        return WHOLE if places is None else Reach(places=places)
    return Reach(by.unit_id, places)


def why_closed(table: Table, campaign_status: str, *, by: Person) -> str:
    """Why a writer of the table may change nothing in it now; "" while it is open."""
    if is_mending(table, by=by):
        return "" if campaign_status in {"open", "closed"} else "本次活动已经撤销，不能再修改。"
    if campaign_status != "open":
        return "本次活动已经关闭，不能再修改。如需补报，请在“我的任务”里申请。"
    if not STATUSES[table.status].is_open:
        return f"这张表“{STATUSES[table.status].label}”，现在不能修改。{_WAY_BACK.get(table.status, '')}"
    return ""
