"""The state machine as one table: what every part may do in every state."""

import pytest

from ipweek.annexes.schema import STATUSES
from ipweek.errors import Conflict, Forbidden
from ipweek.reporting import states

# One line a state and what the office has in hand with it, one column a part. Read aloud: a filler may send or nil-return a draft.
MATRIX = """
state               | filler            | approver                   | office                         | stand_in
todo                | submit nil_return | -                          | type_in                        | submit nil_return
draft               | submit nil_return | -                          | type_in                        | submit nil_return
returned            | submit nil_return | -                          | take_back type_in open_all     | submit nil_return
todo typing         | submit nil_return | -                          | type_out                       | submit nil_return
draft typing        | submit nil_return | -                          | type_out                       | submit nil_return
returned typing     | submit nil_return | -                          | type_out open_all              | submit nil_return
unit_review         | withdraw          | endorse send_back withdraw | -                              | -
submitted           | withdraw          | withdraw                   | approve return mend            | -
submitted mending   | withdraw          | withdraw                   | ask_consent drop_mend          | -
submitted asked     | withdraw agree object | withdraw agree object  | drop_mend                      | -
approved            | -                 | -                          | return take_back               | -
archived            | -                 | -                          | -                              | -
"""
OUTCOMES = {
    # action: (plainly, with a second eye, after a return)
    "submit": ("submitted", "unit_review", "submitted"),
    "nil_return": ("submitted", "unit_review", "submitted"),
    "endorse": ("submitted", "submitted", "submitted"),
    "send_back": ("draft", "draft", "returned"),
    "withdraw": ("draft", "draft", "returned"),
    "agree": ("submitted", "submitted", "submitted"),
    "approve": ("approved", "approved", "approved"),
    "return": ("returned", "returned", "returned"),
    "take_back": ("submitted", "submitted", "submitted"),
}
HANDS = {"todo": ["", "typing"], "draft": ["", "typing"], "returned": ["", "typing"], "submitted": ["", "mending", "asked"]}
"""What the office can have in hand with a table of a state; with any other, nothing."""


def as_written():
    head, *lines = [[cell.strip() for cell in line.split("|")] for line in MATRIX.strip().splitlines()]
    for state, *cells in lines:
        status, _, hand = state.partition(" ")
        for part, actions in zip(head[1:], cells, strict=True):
            yield (status, hand, part), frozenset(actions.split()) - {"-"}


def test_every_part_may_do_in_every_state_what_the_table_says():
    printed = {
        (status, hand, part): states.possible(status, [part], hand=hand)
        for status in STATUSES
        for hand in HANDS.get(status, [""])
        for part in states.PARTS
    }

    assert printed == dict(as_written())


def test_somebody_who_is_nothing_to_a_table_may_do_nothing():
    assert {status: states.possible(status, []) for status in STATUSES} == dict.fromkeys(STATUSES, frozenset())


def test_each_action_leads_where_the_table_says():
    found = {
        action: (states.outcome(action), states.outcome(action, second_eye=True), states.outcome(action, was_returned=True))
        for action in states.STEPS
    }

    assert found == OUTCOMES


@pytest.mark.parametrize("status", STATUSES)
@pytest.mark.parametrize("hand", ["", "typing", "mending", "asked"])
@pytest.mark.parametrize("action", states.EVERY)
def test_what_is_not_possible_is_refused_with_a_whole_sentence(action, hand, status):
    if status in states.EVERY[action].starts and hand in states.EVERY[action].hands:
        states.check_state(action, status, campaign_status="open", hand=hand)
        return

    with pytest.raises(Conflict, match=r"^.{8,60}。$"):
        states.check_state(action, status, campaign_status="open", hand=hand)


@pytest.mark.parametrize("action", states.EVERY)
def test_a_closed_campaign_leaves_only_what_needs_no_more_filling(action):
    step = states.EVERY[action]
    start, hand = step.starts[0], step.hands[0]
    may = states.is_possible(action, start, step.parts, campaign_status="closed", hand=hand)

    assert may == (action in {"approve", "take_back", "mend", "ask_consent", "drop_mend", "agree", "object"})
    if not may:
        with pytest.raises(Conflict, match="活动已经关闭"):
            states.check_state(action, start, campaign_status="closed", hand=hand)


@pytest.mark.parametrize("campaign_status", ["draft", "withdrawn"])
def test_nothing_happens_before_a_campaign_or_after_its_withdrawal(campaign_status):
    assert all(not states.possible(status, states.PARTS, campaign_status=campaign_status) for status in STATUSES)


def test_who_may_not_is_told_who_may():
    with pytest.raises(Forbidden, match="只有本单位的填报员可以报送"):
        states.check_part("submit", ["office"])
    with pytest.raises(Forbidden, match="只有市联席办的经办人或负责人可以通过"):
        states.check_part("approve", ["filler"])
