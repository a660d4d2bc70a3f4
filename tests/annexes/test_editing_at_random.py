"""Two people and a network that comes and goes, as hypothesis makes them up, without a browser.

Each types what he saw before and sends it in order, the same op again when its answer was lost. A model of our own says what must
come of it: a colleague's value is never overwritten unseen, and the log tells the whole table, op by op.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from dataclasses import astuple, dataclass, field
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule, run_state_machine_as_test
from sqlalchemy import func

from ipweek.accounts.schema import Person
from ipweek.annexes import checks, editing, ops, row_actions
from ipweek.annexes.editing import CellConflict, Edit
from ipweek.annexes.models import Activity, AnnexTable, CellChange, Op
from ipweek.annexes.ops import Written
from ipweek.annexes.reach import ALIVE, POS
from ipweek.errors import Conflict, NotFound
from ipweek.extensions import db
from ipweek.notice import schema
from ipweek.notice.models import Campaign
from ipweek.transaction import transaction
from tests import make

KEYS = ("venue", "scale", "event_time")
TEXTS = st.sampled_from(["", "甲", "乙", "丙", "=1+1", "100人", "50-100人", "两\n行", "𠮷", "4月22日", DOUBTFUL := "4.2"])
WHO = st.integers(0, 1)
PLACE = st.integers(0, 5)
_numbers = itertools.count(1)


def did(changes: Iterable[ops.Change]) -> list[ops.Change]:
    """What was changed. (An undo that found nothing left to take back is logged with a change from a value to itself.)"""
    return [change for change in changes if change.old != change.new]


@dataclass
class Page:
    """What one person's page holds: the cells as he saw them last, and the ops that wait, each with its id."""

    by: Person
    seen: dict[tuple[int, str], str] = field(default_factory=dict)
    order: list[int] = field(default_factory=list)
    queue: list[tuple[str, Any]] = field(default_factory=list)
    is_online: bool = True


class TwoPeople(RuleBasedStateMachine):
    """The rules by which the two act."""

    @initialize()
    def begin(self) -> None:
        number = next(_numbers)
        slug = f"random{number}"
        campaign = db.session.query(Campaign).first() or make.campaign()
        make.unit(slug, level="district")
        self.table: AnnexTable = make.table(slug, of=campaign)
        self.table_id = self.table.id
        self.nil_return = number % 2 == 0
        with transaction():
            self.table.nil_return = self.nil_return
        for text, scale in (
            ("甲", ""),
            ("乙", "100人"),
        ):  # beside the second stands no reading yet, as beside what was there before readings were
            make.row(self.table, **dict.fromkeys(make.CELLS, text) | {"event_time": DOUBTFUL, "scale": scale})
        self.first = {row.id: {ALIVE: "1", POS: str(row.pos), **row.values} for row in self.rows()}
        self.pages = [Page(make.person(slug)) for _ in range(2)]
        self.acknowledged: list[tuple[str, Written]] = []
        for page in self.pages:
            self.look(page)

    # ---- what is there

    def rows(self) -> list[Activity]:
        db.session.rollback()
        found = db.session.query(Activity).filter_by(table_id=self.table_id, is_header=False)
        return list(found.order_by(Activity.pos, Activity.id))

    def look(self, page: Page) -> None:
        """The page is brought up to date; what waits in its queue stays on the screen."""
        there = [row for row in self.rows() if row.alive]
        page.order = [row.id for row in there]
        page.seen = {(row.id, key): row.values.get(key, "") for row in there for key in KEYS}

    def now(self, cell: tuple[int, str]) -> str:
        return next(row.values.get(cell[1], "") for row in self.rows() if row.id == cell[0])

    # ---- what people do

    @rule(who=WHO, place=PLACE, key=st.sampled_from(KEYS), text=TEXTS)
    def type(self, who: int, place: int, key: str, text: str) -> None:
        page = self.pages[who]
        if not page.order:
            return
        cell = (page.order[place % len(page.order)], key)
        page.queue.append((self.id(), Edit(*cell, text, page.seen[cell])))
        page.seen[cell] = text
        self.send(page)

    @rule(who=WHO, texts=st.lists(TEXTS, min_size=1, max_size=3), place=PLACE, key=st.sampled_from(KEYS))
    def paste(self, who: int, texts: list[str], place: int, key: str) -> None:
        page = self.pages[who]
        start = place % (len(page.order) + 1)
        edits = [Edit(row, key, text, page.seen[row, key]) for row, text in zip(page.order[start:], texts, strict=False)]
        page.queue.append((self.id(), (edits, [{key: text} for text in texts[len(edits) :]])))
        for edit in edits:
            page.seen[edit.activity_id, key] = edit.value
        self.send(page)

    @rule(who=WHO, place=PLACE, what=st.sampled_from(["add", "duplicate", "delete", "up", "down", "place"]), other=PLACE)
    def press(self, who: int, place: int, what: str, other: int) -> None:
        page = self.pages[who]
        if not page.order:
            return
        row = page.order[place % len(page.order)]
        after = [None, *page.order][other % (len(page.order) + 1)]
        page.queue.append((self.id(), (what, row, after)))
        self.send(page)

    @rule(who=WHO, what=st.sampled_from(["undo", "undo", "redo"]))
    def take_back(self, who: int, what: str) -> None:
        page = self.pages[who]
        page.queue.append((self.id(), (what, None, None)))
        self.send(page)

    @rule(who=WHO, place=PLACE)
    def accept(self, who: int, place: int) -> None:
        """就按原文, which is no op: it is sent when the network holds, and refused where the cell says something else by now."""
        page = self.pages[who]
        if page.is_online and page.order:
            asked = [row for row in page.order if page.seen[row, "event_time"] == DOUBTFUL] or page.order
            row = asked[place % len(asked)]
            try:
                editing.accept(row, "event_time", DOUBTFUL, by=page.by)
            except (Conflict, NotFound):
                assert not self.is_alive(row) or self.now((row, "event_time")) != DOUBTFUL
            else:
                self.accepted[row] = page.by.id, db.session.query(func.max(CellChange.id)).scalar() or 0

    @rule(who=WHO)
    def lose_the_network(self, who: int) -> None:
        self.pages[who].is_online = False

    @rule(who=WHO)
    def find_the_network(self, who: int) -> None:
        self.pages[who].is_online = True
        self.send(self.pages[who])

    @precondition(lambda self: any(page.is_online and not page.queue for page in self.pages))
    @rule(who=WHO)
    def refresh(self, who: int) -> None:
        page = self.pages[who]
        if page.is_online and not page.queue:
            self.look(page)

    @precondition(lambda self: self.acknowledged)
    @rule(who=WHO)
    def an_answer_was_lost(self, who: int) -> None:
        """The last op of one of them comes a second time, whatever the other did meanwhile: it changes nothing and is answered as before."""
        page = self.pages[who]
        mine = [(op_id, written) for op_id, written in self.acknowledged if self.author[op_id] == page.by.id]
        if not mine:
            return
        op_id, written = mine[-1]
        before = self.contents()

        again = None
        if not self.had_nothing_to_write(self.sent[op_id], written):
            again = self.do(page, op_id, self.sent[op_id])

        assert self.contents() == before
        assert again is None or did(again.changes) == did(written.changes)

    def had_nothing_to_write(self, what: Any, written: Written) -> bool:
        """Whether a cell of the op held its value already: if it was changed since, a second try is told so (409)."""
        wrote = {(change.activity_id, change.key) for change in written.changes}
        return any((edit.activity_id, edit.key) not in wrote for edit in self.edits_of(what))

    # ---- the queue

    sent: dict[str, Any]
    author: dict[str, int]
    accepted: dict[int, tuple[int, int]]
    """Of a row, who accepted its doubtful time last, and the newest change then."""

    def id(self) -> str:
        return f"random-op-{next(_numbers):08d}"

    def send(self, page: Page) -> None:
        """First in, first out, as long as the network holds."""
        while page.is_online and page.queue:
            op_id, what = page.queue.pop(0)
            before = {cell: self.now(cell) for edit in self.edits_of(what) if self.is_there((cell := (edit.activity_id, edit.key))[0])}
            conflict = None
            try:
                written = self.do(page, op_id, what)
            except CellConflict as raised:
                conflict = raised
            except NotFound:
                continue  # the row went meanwhile: the page keeps the text and says so
            if conflict is not None:
                cell = (conflict.activity_id, conflict.key)
                assert self.now(cell) == before[cell] == conflict.clash.theirs, "a colleague's value was overwritten"
                page.seen[cell] = conflict.clash.theirs  # 采用对方的
                continue
            for edit in self.edits_of(what):
                held = before[edit.activity_id, edit.key]
                assert held in {edit.base, edit.value}, "a colleague's value was overwritten unseen"
            if written is not None and written.seq is not None:
                self.acknowledged.append((op_id, written))
                self.sent[op_id], self.author[op_id] = what, page.by.id
                self.check_undo(page, what, written)
        if page.is_online:
            self.look(page)

    def do(self, page: Page, op_id: str, what: Any) -> Written | None:
        by = page.by
        if isinstance(what, Edit):
            return editing.save_cell(what.activity_id, what.key, what.value, base=what.base, op_id=op_id, by=by)
        if isinstance(what[0], list):
            return editing.save_cells(self.table_id, what[0], what[1], op_id=op_id, by=by)
        name, row, after = what
        if name in {"undo", "redo"}:
            return editing.undo(self.table_id, op_id=op_id, redo=name == "redo", by=by)
        if name == "add":
            return row_actions.add_row(self.table_id, after=row, op_id=op_id, by=by)
        if name == "place":
            return row_actions.place_row(row, after=after, op_id=op_id, by=by)
        if name in {"up", "down"}:
            return row_actions.move_row(row, down=name == "down", op_id=op_id, by=by)
        return {"duplicate": row_actions.duplicate_row, "delete": row_actions.delete_row}[name](row, op_id=op_id, by=by)

    def edits_of(self, what: Any) -> list[Edit]:
        return [what] if isinstance(what, Edit) else what[0] if isinstance(what[0], list) else []

    def is_alive(self, row_id: int) -> bool:
        return any(row.id == row_id and row.alive for row in self.rows())

    def is_there(self, row_id: int) -> bool:
        return any(row.id == row_id for row in self.rows())

    def check_undo(self, page: Page, what: Any, written: Written) -> None:
        """An undo or redo touches only cells that still held what its own person left there."""
        if isinstance(what, Edit) or what[0] not in ("undo", "redo"):
            return
        for change in written.changes:
            last = self.last_but(change.activity_id, change.key, written.seq)
            assert last is None or last == page.by.id, "a colleague's cell was undone"

    def last_but(self, row_id: int, key: str, seq: int | None) -> int | None:
        """Who changed the cell last before the op *seq*."""
        query = db.session.query(Op.user_id).join(CellChange, CellChange.op_seq == Op.seq)
        found = query.filter(CellChange.activity_id == row_id, CellChange.key == key, Op.seq < seq).order_by(CellChange.id.desc()).first()
        return found[0] if found else None

    # ---- what must hold after every step

    def contents(self) -> list[tuple[Any, ...]]:
        rows = [(row.id, row.alive, row.pos, dict(row.values)) for row in self.rows()]
        return [*rows, (db.session.query(CellChange).count(), db.session.query(Op).count())]

    @invariant()
    def the_table_is_the_replay_of_its_history(self) -> None:
        rows: dict[int, dict[str, str]] = {row_id: dict(cells) for row_id, cells in self.first.items()}
        changes = db.session.query(CellChange).join(Op).filter(Op.table_id == self.table_id).order_by(CellChange.id)
        stored = self.rows()
        for change in changes:
            row = rows.setdefault(change.activity_id, {ALIVE: "0"})
            assert change.key == POS or row.get(change.key, "") == change.old
            row[change.key] = change.new
        told = {row_id: {key: text for key, text in row.items() if text and not key.startswith("_")} for row_id, row in rows.items()}
        assert told == {row.id: dict(row.values) for row in stored}
        assert {row_id: row[ALIVE] == "1" for row_id, row in rows.items()} == {row.id: row.alive for row in stored}
        assert all(row[POS] == str(next(one.pos for one in stored if one.id == row_id)) for row_id, row in rows.items() if POS in row)

    @invariant()
    def what_was_acknowledged_stands_in_the_history_in_order(self) -> None:
        db.session.rollback()
        logged = [op.client_id for op in db.session.query(Op).filter_by(table_id=self.table_id).order_by(Op.seq)]
        assert logged == [op_id for op_id, _ in self.acknowledged]
        revisions = [op.revision for op in db.session.query(Op).filter_by(table_id=self.table_id).order_by(Op.seq)]
        assert revisions == list(range(1, len(revisions) + 1))
        for op_id, written in self.acknowledged[-3:]:
            assert did(ops.changes_of(db.session.query(Op.seq).filter_by(client_id=op_id).scalar())) == did(written.changes)

    @invariant()
    def beside_the_cells_stands_what_follows_from_them(self) -> None:
        """The readings of each row that an op read, whose word a doubtful cell has, and the table's state."""
        stored = self.rows()
        changes = db.session.query(CellChange).join(Op).filter(Op.table_id == self.table_id).all()
        read = {change.activity_id for change in changes if change.key in {"scale", "event_time", ALIVE}}
        table = db.session.get_one(AnnexTable, self.table_id)
        form, week = schema.from_json(table.schema.form), (table.campaign.starts_on, table.campaign.ends_on)
        for row in stored:
            known = checks.readings_of(form, row.values, week) if row.id in read else checks.Readings(None, None, None, None)  # type: ignore[arg-type]
            assert (row.starts_on, row.ends_on, row.people_min, row.people_max) == astuple(known)
            by, since = self.accepted.get(row.id, (0, 0))
            is_changed = any(c.activity_id == row.id and c.key == "event_time" and c.id > since and c.old != c.new for c in changes)
            assert row.accepted == (None if is_changed or not by else {"event_time": by})
        assert table.status == ("draft" if table.revision else "todo")
        assert (table.nil_return, table.changed_at is None) == (self.nil_return and not table.revision, not table.revision)

    def __init__(self) -> None:
        super().__init__()
        self.sent, self.author, self.accepted = {}, {}, {}


@pytest.mark.timeout(600)
def test_whatever_two_people_do_the_table_is_what_its_history_tells(app: Flask) -> None:
    chosen = settings(max_examples=30, stateful_step_count=40, deadline=None, suppress_health_check=list(HealthCheck), print_blob=True)

    run_state_machine_as_test(TwoPeople, settings=chosen)  # type: ignore[no-untyped-call]
