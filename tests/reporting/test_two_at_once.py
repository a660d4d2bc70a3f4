"""Two people at once, each before a page of his own: what comes of it is what would have come of one after the other.

Every pair is played three ways on fresh tables: first one then the other, the other way round, and both at the same moment in
threads with sessions of their own. The third must end like one of the first two: same answers, state, cells, record.
"""

import itertools
import threading

import pytest
from sqlalchemy import select

from ipweek.accounts.models import AuditEntry
from ipweek.annexes import editing, ops, row_actions, shares
from ipweek.annexes import service as annexes
from ipweek.annexes.models import AnnexTable
from ipweek.errors import Refused
from ipweek.extensions import db
from ipweek.reporting import mending, service, standing_in
from ipweek.reporting.flags import Place
from ipweek.transaction import transaction
from tests import make

_numbers = itertools.count(1)


def op():
    return f"at-once-{next(_numbers):08d}"


class Town:
    """A table of a district of its own, brought to *state*, as each person's page shows it."""

    def __init__(self, state):
        slug = f"district{next(_numbers)}"
        make.unit(slug, level="district", name=f"{slug}区", short=slug)
        self.filler, self.colleague = make.person(slug), make.person(slug)
        self.clerk, self.head = make.person("office", "clerk"), make.person("office", "head")
        town = make.unit(f"{slug}_town", level="department", parent_id=self.filler.unit_id)
        self.department = make.person(town.slug)
        if state == "unit_review":
            self.approver = make.person(slug, "approver")
        table = make.table(slug, "draft")
        self.number = table.id
        self.row = make.row(table).id
        self.theirs = make.row(table, owner=town.slug, event_name="镇里的活动").id
        getattr(self, f"reach_{state}")()
        self.look()

    def reach_draft(self):
        pass

    def reach_submitted(self):
        self.submit(self.filler)

    reach_unit_review = reach_submitted

    def reach_returned(self):
        self.reach_submitted()
        self.look()
        service.return_for_changes(self.number, "地点", submission=self.submission, places=[Place(self.row, "venue")], by=self.clerk)

    def reach_mending(self):
        self.reach_submitted()
        self.look()
        mending.begin(self.number, submission=self.submission, by=self.clerk)
        editing.save_cell(self.row, "venue", "二楼", base=make.CELLS["venue"], op_id=op(), by=self.clerk)

    def reach_asked(self):
        self.reach_mending()
        mending.ask(self.number, by=self.clerk)

    def look(self):
        """What the pages hold: the revision and the submission that people act on."""
        db.session.rollback()
        table = db.session.get_one(AnnexTable, self.number)
        sent = service.submissions_in(service.moves_of(table))
        self.revision, self.submission = table.revision, sent[-1].id if sent else 0
        self.venue = next(row.values["venue"] for row in annexes.rows_of(table) if row.id == self.row)
        db.session.rollback()

    def submit(self, by):
        db.session.rollback()
        revision = getattr(self, "revision", 0)
        return service.submit(self.number, reasons={}, revision=revision, by=by)

    def outcome(self, answers):
        """All that can be seen of how it ended."""
        db.session.rollback()
        table = db.session.get_one(AnnexTable, self.number)
        record = service.record_of(table)
        logged = db.session.scalars(select(AuditEntry.action).where(AuditEntry.object == f"table:{self.number}").order_by(AuditEntry.id))
        acts = [action.removeprefix("table.") for action in logged if not action.startswith("table.part")]
        assert acts == [move.action for move in record]
        return (
            answers,
            table.status,
            table.office_hand,
            table.revision,
            [dict(row.values) for row in annexes.rows_of(table)],
            [(move.action, move.from_status, move.to_status, move.revision) for move in record],
        )


ACTS = {
    "submit": lambda t: t.submit(t.filler),
    "a colleague submits": lambda t: t.submit(t.colleague),
    "edit": lambda t: editing.save_cell(t.row, "venue", "莘庄公园", base=t.venue, op_id=op(), by=t.filler),
    "a colleague edits": lambda t: editing.save_cell(t.row, "venue", "浦江公园", base=t.venue, op_id=op(), by=t.colleague),
    "delete": lambda t: row_actions.delete_row(t.row, op_id=op(), by=t.colleague),
    "the department edits": lambda t: editing.save_cell(t.theirs, "venue", "镇里", base=make.CELLS["venue"], op_id=op(), by=t.department),
    "the department is done": lambda t: shares.finish(t.number, by=t.department),
    "withdraw": lambda t: service.withdraw(t.number, by=t.filler),
    "endorse": lambda t: service.endorse(t.number, by=t.approver),
    "send back": lambda t: service.send_back(t.number, "第 2 行时间请再核对", by=t.approver),
    "approve": lambda t: service.approve(t.number, submission=t.submission, by=t.clerk),
    "the head approves": lambda t: service.approve(t.number, submission=t.submission, by=t.head),
    "return": lambda t: service.return_for_changes(t.number, "时间不明确", submission=t.submission, by=t.head),
    "take back": lambda t: service.take_back(t.number, by=t.clerk),
    "open all": lambda t: service.open_all(t.number, by=t.head),
    "type in": lambda t: standing_in.begin(t.number, "传真件", by=t.clerk),
    "mend": lambda t: mending.begin(t.number, submission=t.submission, by=t.clerk),
    "mend a cell": lambda t: editing.save_cell(t.row, "scale", "120人", base=make.CELLS["scale"], op_id=op(), by=t.clerk),
    "ask": lambda t: mending.ask(t.number, by=t.head),
    "drop": lambda t: mending.drop(t.number, by=t.head),
    "agree": lambda t: mending.agree(t.number, revision=t.revision, by=t.filler),
    "object": lambda t: mending.object_to(t.number, "地点以报送的为准", by=t.colleague),
}
PAIRS = [
    *[("draft", *pair) for pair in itertools.combinations(["submit", "a colleague submits", "a colleague edits", "type in"], 2)],
    ("draft", "edit", "a colleague edits"),
    ("draft", "edit", "delete"),
    ("draft", "submit", "the department edits"),
    ("draft", "submit", "the department is done"),
    ("draft", "the department edits", "the department is done"),
    *[("unit_review", *pair) for pair in itertools.combinations(["endorse", "send back", "withdraw"], 2)],
    *[("submitted", *pair) for pair in itertools.combinations(["withdraw", "approve", "the head approves", "return", "mend"], 2)],
    ("submitted", "withdraw", "edit"),
    *[("returned", *pair) for pair in itertools.combinations(["edit", "submit", "take back", "open all"], 2)],
    *[("mending", *pair) for pair in itertools.combinations(["mend a cell", "ask", "drop", "withdraw", "approve"], 2)],
    *[("asked", *pair) for pair in itertools.combinations(["agree", "object", "drop", "withdraw", "return"], 2)],
]


def said(act, town):
    """Done, or the kind of refusal."""
    try:
        act(town)
    except Refused as refused:
        return type(refused).__name__
    return "done"


def in_turn(state, first, second):
    town = Town(state)
    answers = {}
    for name in (first, second):
        answers[name] = said(ACTS[name], town)
        db.session.rollback()
    return town.outcome(answers)


def at_once(app, state, *names):
    """Both start when both are ready, each on a connection of his own."""
    town, answers, gate = Town(state), {}, threading.Barrier(2)
    db.session.rollback()

    def play(name):
        with app.app_context():
            gate.wait(10)
            answers[name] = said(ACTS[name], town)
            db.session.remove()

    threads = [threading.Thread(target=play, args=(name,)) for name in names]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return town.outcome(answers)


@pytest.mark.parametrize(("state", "one", "other"), PAIRS)
def test_two_at_once_end_as_one_after_the_other(app, state, one, other):
    possible = [in_turn(state, one, other), in_turn(state, other, one)]

    for _ in range(3):
        assert at_once(app, state, one, other) in possible


def test_a_deadline_that_passes_while_one_waits_for_the_table_counts(app, clock):
    town = Town("draft")
    clock.move_to("2024-04-12T23:59:59+08:00")
    answers, started = {}, threading.Event()

    def play():
        with app.app_context():
            started.set()
            answers["submit"] = said(ACTS["submit"], town)
            db.session.remove()

    waiting = threading.Thread(target=play)
    with transaction():
        ops.hold(town.number)
        waiting.start()
        started.wait(10)
        clock.move_to("2024-04-13T00:00:00+08:00")
    waiting.join(30)

    db.session.rollback()
    table = db.session.get_one(AnnexTable, town.number)
    assert (answers, table.status, table.is_late) == ({"submit": "done"}, "submitted", True)


def test_a_clock_that_jumps_back_leaves_the_record_in_order(app, clock):
    town = Town("submitted")
    clock.move_to("2024-04-10T11:00:00+08:00")

    service.withdraw(town.number, by=town.filler)
    town.look()
    town.submit(town.filler)

    moves = service.moves_of(db.session.get_one(AnnexTable, town.number))
    assert [move.action for move in moves] == ["submit", "withdraw", "submit"]
    assert [move.receipt_no[-2:] for move in moves if move.receipt_no] == ["-1", "-2"]
