"""The whole workflow played at random by everybody who has a hand in it; whatever they do in whatever order, what is promised holds."""

import itertools
import json
from collections import Counter

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import select

from ipweek.accounts.models import AuditEntry, User
from ipweek.annexes import editing, local_columns, reach, row_actions
from ipweek.annexes import service as annexes
from ipweek.annexes.models import Activity, AnnexTable, CellChange, Op
from ipweek.errors import Refused
from ipweek.extensions import db
from ipweek.notice.models import Campaign
from ipweek.reporting import contents, mending, service, standing_in, states, terms
from ipweek.reporting.flags import Place
from ipweek.reporting.models import Move, Snapshot
from ipweek.transaction import transaction
from tests import make
from tests.reporting.cast import GOOD

WHO = ("filler", "colleague", "approver", "department", "clerk", "head", "stranger")
TEXTS = ("", "4月22日", "4月23日下午", "七宝镇文化中心", "120人", "若干", "张三 13800000001")
PLACES = st.integers(0, 3)
MARKS = st.sets(st.tuples(PLACES, st.sampled_from(["venue", "scale", ""])), max_size=3)
_numbers = itertools.count(1)


PROMISES = []


def promise(check):
    """What holds after each step."""
    PROMISES.append(check)
    return check


class Workflow(RuleBasedStateMachine):
    """One table of 闵行 and its people. Every rule is somebody who tries something; a refusal is an answer like any other."""

    @initialize(second_eye=st.booleans())
    def begin(self, second_eye):
        clock.move_to("2024-04-10T12:00:00+08:00")
        self.number = next(_numbers)
        campaign = make.campaign(year=2024)
        self.campaign_id = campaign.id
        self.table_id = make.table("minhang", of=campaign).id
        self.who = {
            "filler": make.person("minhang", "filler"),
            "colleague": make.person("minhang", "filler"),
            "approver": make.person("minhang", "approver" if second_eye else "filler"),
            "department": make.person("qibao", "filler"),
            "clerk": make.person("office", "clerk"),
            "head": make.person("office", "head"),
            "stranger": make.person("xuhui", "filler"),
        }
        with transaction():  # the last example's approver would be asked too
            mine = {self.who[name].id for name in ("filler", "colleague", "approver")}
            for user in db.session.scalars(select(User).where(User.unit_id == self.who["filler"].unit_id)):
                user.is_active = user.id in mine
        self.frozen, self.checked = {}, None
        editing.save_cells(self.table_id, [], [dict(make.CELLS)], op_id=op(), by=self.who["filler"])
        editing.save_cells(self.table_id, [], [{**make.CELLS, "event_name": "七宝老街讲座"}], op_id=op(), by=self.who["department"])
        self.was = self.look()

    # ---- what people try (few rules: hypothesis leaves out some of them in each example)

    @rule(choice=st.integers(0, 10_000), marks=MARKS, opens_all=st.booleans())
    def somebody_does_what_he_may(self, choice, marks, opens_all):
        table = self.table()
        if table.office_hand == reach.MENDING and choice % 2:
            self.change("clerk", "venue", TEXTS[choice % len(TEXTS)], choice % 4)
            return
        may = {}
        for who, by in self.who.items():
            for action in service.actions_for(table, by=by):
                may.setdefault(action, []).append(who)
        if may:
            action = sorted(may)[choice % len(may)]
            self.act(action, may[action][choice // 100 % len(may[action])], marks, opens_all)

    @rule(who=st.sampled_from(WHO), action=st.sampled_from(sorted(states.EVERY)), marks=MARKS, opens_all=st.booleans())
    def somebody_tries(self, who, action, marks, opens_all):
        self.act(action, who, marks, opens_all)

    @rule(
        who=st.sampled_from(("filler", "department", "clerk", *WHO)),
        what=st.sampled_from(["cell", "cell", "row", "half", "delete", "up", "down", "copy", "undo", "redo"]),
        key=st.sampled_from(["venue", "scale", "contact"]),
        text=st.sampled_from(TEXTS),
        place=PLACES,
    )
    def somebody_edits(self, who, what, key, text, place):
        row = self.row(place)
        if what == "cell":
            self.change(who, key, text, place)
        elif what in {"row", "half"}:
            values = {**make.CELLS, "event_name": f"第{next(_numbers)}项"} if what == "row" else {"event_name": "半截", "scale": text}
            self.attempt(lambda by: editing.save_cells(self.table_id, [], [values], op_id=op(), by=by), who)
        elif what in {"undo", "redo"}:
            self.attempt(lambda by: editing.undo(self.table_id, op_id=op(), by=by, redo=what == "redo"), who)
        elif row:
            acts = {
                "delete": lambda by: row_actions.delete_row(row.id, op_id=op(), by=by),
                "up": lambda by: row_actions.move_row(row.id, down=False, op_id=op(), by=by),
                "down": lambda by: row_actions.move_row(row.id, down=True, op_id=op(), by=by),
                "copy": lambda by: row_actions.duplicate_row(row.id, op_id=op(), by=by),
            }
            self.attempt(acts[what], who)

    @rule(what=st.sampled_from(["an hour", "a day", "closed", "open", "open", "excused"]))
    def the_world_goes_on(self, what):
        if what in {"closed", "open"}:
            with transaction():
                db.session.get_one(Campaign, self.campaign_id).status = what
            self.was = self.look()
        elif what == "excused":
            self.attempt(lambda by: terms.excuse(self.table_id, "职能已划转", by=by), "clerk")
        else:
            clock.shift(3600 if what == "an hour" else 86_400)

    def change(self, who, key, text, place):
        if row := self.row(place):
            base = row.values.get(key, "")
            self.attempt(lambda by: editing.save_cell(row.id, key, text, base=base, op_id=op(), by=by), who)

    # ---- how they try it

    def act(self, action, who, marks, opens_all):
        """Something that the state machine knows: it is done only if that says so."""
        table = self.table()
        record = service.record_of(table)
        may = action in service.actions_for(table, by=self.who[who])
        do = self.doing(action, table, service.submissions_in(record), marks, opens_all)
        if self.attempt(do, who) and len(service.record_of(self.table())) > len(record):
            assert may, f"{who} could {action} a table that is {self.was}"

    def doing(self, action, table, sent, marks, opens_all):
        """The call that stands for *action*."""
        number, newest = table.id, sent[-1].id if sent else 0
        rows = [row["id"] for row in sent[-1].snapshot.content["rows"]] if sent else []
        places = [Place(rows[place], key) for place, key in marks if place < len(rows)]
        revision, given = table.revision, {one.id: GOOD for one in contents.findings(table)}
        return {
            "submit": lambda by: service.submit(number, reasons=given, revision=revision, by=by),
            "nil_return": lambda by: service.nil_return(number, by=by),
            "endorse": lambda by: service.endorse(number, by=by),
            "send_back": lambda by: service.send_back(number, "第 2 行时间请再核对", by=by),
            "withdraw": lambda by: service.withdraw(number, by=by),
            "approve": lambda by: service.approve(number, submission=newest, by=by),
            "return": lambda by: service.return_for_changes(
                number, "时间不明确", submission=newest, places=places, opens_all=opens_all, by=by
            ),
            "take_back": lambda by: service.take_back(number, by=by),
            "open_all": lambda by: service.open_all(number, by=by),
            "type_in": lambda by: standing_in.begin(number, "传真件", by=by),
            "type_out": lambda by: standing_in.end(number, by=by),
            "mend": lambda by: mending.begin(number, submission=newest, by=by),
            "ask_consent": lambda by: mending.ask(number, by=by),
            "drop_mend": lambda by: mending.drop(number, by=by),
            "agree": lambda by: mending.agree(number, revision=revision, by=by),
            "object": lambda by: mending.object_to(number, "地点以报送的为准", by=by),
        }[action]

    def attempt(self, do, who):
        """Whether it was done. A refusal leaves everything as it was, to the last row of the audit log."""
        before = self.look()
        try:
            do(self.who[who])
        except Refused:
            db.session.rollback()
            assert self.look() == before
            return False
        db.session.rollback()
        self.was = self.look()
        last = db.session.get(Move, self.was["moves"][-1]) if len(self.was["moves"]) > len(before["moves"]) else None
        seen["change" if last is None else last.action] += 1
        return True

    def table(self):
        db.session.rollback()
        return db.session.get_one(AnnexTable, self.table_id)

    def row(self, place):
        rows = annexes.rows_of(self.table())
        return rows[place % len(rows)] if rows else None

    def look(self):
        table = self.table()
        rows = [(row.id, dict(row.values), row.owner_unit_id, row.pos) for row in annexes.rows_of(table)]
        return {
            "status": table.status,
            "hand": table.office_hand,
            "revision": table.revision,
            "open": table.open_places,
            "rows": rows,
            "header": dict(annexes.header_of(table).values),
            "moves": [move.id for move in service.record_of(table)],
            "audit": db.session.query(AuditEntry).count(),
        }

    # ---- what is promised

    @invariant()
    def every_promise_is_kept(self):
        """Looked at when something was done: a refusal has changed nothing."""
        if self.checked is not self.was:
            self.checked = self.was
            for one in PROMISES:
                one(self)

    @promise
    def the_state_is_where_the_last_move_led(self):
        moves = service.moves_of(self.table())
        expected = moves[-1].to_status if moves else "todo"
        status = self.was["status"]
        assert status == expected or (expected, status) == ("todo", "draft")
        for before, after in itertools.pairwise(moves):
            assert after.from_status == before.to_status or (before.to_status, after.from_status) == ("todo", "draft")
            assert after.from_status in states.STEPS[after.action].starts

    @promise
    def every_record_has_its_line_in_the_audit_log(self):
        db.session.rollback()
        record = db.session.execute(select(Move.action).where(Move.table_id == self.table_id).order_by(Move.id)).scalars()
        logged = db.session.execute(
            select(AuditEntry.action)
            .where(AuditEntry.object == f"table:{self.table_id}", AuditEntry.result == "ok")
            .order_by(AuditEntry.id)
        ).scalars()
        assert [action.removeprefix("table.") for action in logged] == list(record)

    @promise
    def what_was_sent_stands_until_somebody_reopens_it(self):
        table = self.table()
        if table.status not in {"submitted", "approved"} or table.office_hand in {reach.MENDING, reach.ASKED}:
            return
        content = service.submissions_in(service.moves_of(table))[-1].snapshot.content
        now = contents.freeze(table, table.submitted_at)
        assert now["rows"] == content["rows"]
        assert now["header"] == content["header"]
        assert now["nil_return"] == content["nil_return"]

    @promise
    def an_accepted_table_is_in_nobodys_hand(self):
        table = self.table()
        if table.status == "approved":
            assert table.office_hand == ""
            approved = service.moves_of(table)[-1]
            assert approved.action == "approve"
            assert approved.by_id not in {move.by_id for move in service.submissions_in(service.moves_of(table))[-1:]}
            sent = service.submissions_in(service.moves_of(table))[-1]
            assert db.session.scalar(select(Op.seq).where(Op.table_id == table.id, Op.revision > approved.revision)) is None, sent

    @promise
    def a_frozen_copy_is_never_changed(self):
        db.session.rollback()
        for snapshot in db.session.scalars(select(Snapshot).where(Snapshot.table_id == self.table_id)):
            text = json.dumps(snapshot.content, sort_keys=True, ensure_ascii=False)
            assert self.frozen.setdefault(snapshot.id, text) == text

    @promise
    def what_the_office_mends_is_frozen_by_its_unit_alone(self):
        for move in service.submissions_in(service.moves_of(self.table())):
            units_own = {self.who[name].id for name in ("filler", "colleague", "approver")}
            assert move.by_id in units_own or (move.action in {"submit", "nil_return"} and move.why.startswith("按单位的传真件代填"))

    @promise
    def while_marked_places_are_open_nothing_else_changed(self):
        table = self.table()
        if table.status != "returned" or table.open_places is None:
            return
        returned = [move for move in service.moves_of(table) if move.action == "return"][-1]
        query = select(CellChange).join(Op, Op.seq == CellChange.op_seq).where(Op.table_id == table.id, Op.revision > returned.revision)
        for change in db.session.scalars(query.where(CellChange.old != CellChange.new)):
            is_open = {f"{change.activity_id}.{change.key}", f"{change.activity_id}."} & set(table.open_places)
            assert is_open or local_columns.is_local(change.key), (change.activity_id, change.key)

    @promise
    def a_department_touched_its_own_rows_alone(self):
        db.session.rollback()
        query = select(Activity.owner_unit_id).join(CellChange, CellChange.activity_id == Activity.id).join(Op, Op.seq == CellChange.op_seq)
        owners = set(db.session.scalars(query.where(Op.table_id == self.table_id, Op.user_id == self.who["department"].id)))
        assert owners <= {make.unit("qibao").id}

    @promise
    def a_stranger_did_nothing(self):
        db.session.rollback()
        stranger = self.who["stranger"].id
        assert db.session.scalar(select(Op.seq).where(Op.user_id == stranger)) is None
        assert db.session.scalar(select(Move.id).where(Move.by_id == stranger)) is None

    @promise
    def the_cells_are_what_the_log_adds_up_to(self):
        db.session.rollback()
        log = {}
        query = (
            select(CellChange)
            .join(Op, Op.seq == CellChange.op_seq)
            .where(Op.table_id == self.table_id)
            .order_by(Op.revision, CellChange.id)
        )
        for change in db.session.scalars(query):
            log[change.activity_id, change.key] = change.new
        for row in db.session.scalars(select(Activity).where(Activity.table_id == self.table_id, ~Activity.is_header)):
            told = {key: text for (row_id, key), text in log.items() if row_id == row.id and not key.startswith("_") and text}
            assert told == dict(row.values)
            assert row.alive == (log.get((row.id, "_alive")) == "1")


clock = None
seen = Counter()
"""What was done in all examples together."""


def op():
    return f"random-{next(_numbers):08d}"


@pytest.mark.timeout(900)
@pytest.mark.usefixtures("app")
def test_whatever_people_do_in_whatever_order_what_is_promised_holds(request):
    globals()["clock"] = request.getfixturevalue("clock")

    run_state_machine_as_test(
        Workflow,
        settings=settings(max_examples=30, stateful_step_count=40, deadline=None, suppress_health_check=list(HealthCheck)),
    )
    assert {"change", "submit"} <= set(seen), "the examples went nowhere"
    assert len(seen) >= 7, seen  # one kind alone, approving for instance, is left out by chance in some runs of a hundred
