"""The one state machine of an annex table: who may do what in which state, and what comes of it. Standard library only."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from ipweek.annexes.reach import ASKED, MENDING, TYPING
from ipweek.annexes.schema import STATUSES
from ipweek.errors import Conflict, Forbidden

Part = Literal["filler", "approver", "office", "stand_in"]
"""What a person is to a table: filler or approver of its unit; clerk or head of the office, also while they type in for the unit."""

PARTS: dict[Part, str] = {
    "filler": "本单位的填报员",
    "approver": "本单位的审核人",
    "office": "市联席办的经办人或负责人",
    "stand_in": "代填的市联席办经办人或负责人",
}

NOTHING = ""
"""The office has nothing in hand with the table: it is as its state says."""


@dataclass(frozen=True)
class Step:
    """One action: the states it starts from, the state it leads to, and who may take it.

    ``or_else`` is where it leads instead: of a submission, when the unit wants a second pair of eyes; of a way
    back, when the office had returned the table before (its reason then stays before the unit's eyes).
    """

    action: str
    label: str
    starts: tuple[str, ...]
    to: str
    parts: tuple[Part, ...]
    or_else: str = ""
    needs_open_campaign: bool = True
    hands: tuple[str, ...] = (NOTHING,)
    """What the office may have in hand with the table meanwhile (see annexes.reach)."""


WITH_UNIT = ("todo", "draft", "returned")

STEPS: dict[str, Step] = {
    step.action: step
    for step in (
        Step("submit", "报送", WITH_UNIT, "submitted", ("filler", "stand_in"), or_else="unit_review", hands=(NOTHING, TYPING)),
        Step("nil_return", "零报送", WITH_UNIT, "submitted", ("filler", "stand_in"), or_else="unit_review", hands=(NOTHING, TYPING)),
        Step("endorse", "同意报送", ("unit_review",), "submitted", ("approver",)),
        Step("send_back", "退回填报员", ("unit_review",), "draft", ("approver",), or_else="returned"),
        Step(
            "withdraw",
            "撤回报送",
            ("unit_review", "submitted"),
            "draft",
            ("filler", "approver"),
            or_else="returned",
            hands=(NOTHING, MENDING, ASKED),
        ),
        Step("agree", "同意代改", ("submitted",), "submitted", ("filler", "approver"), needs_open_campaign=False, hands=(ASKED,)),
        Step("approve", "通过", ("submitted",), "approved", ("office",), needs_open_campaign=False),
        Step("return", "退回修改", ("submitted", "approved"), "returned", ("office",)),
        Step("take_back", "撤销决定", ("approved", "returned"), "submitted", ("office",), needs_open_campaign=False),
    )
}
"""What moves a table, or freezes it anew. ``archived`` is the end: nothing starts from it."""

ASIDES: dict[str, Step] = {
    step.action: step
    for step in (
        Step("type_in", "代单位填报", WITH_UNIT, "", ("office",)),
        Step("type_out", "结束代填", WITH_UNIT, "", ("office",), hands=(TYPING,)),
        Step("mend", "代为修改", ("submitted",), "", ("office",), needs_open_campaign=False),
        Step("ask_consent", "送单位确认", ("submitted",), "", ("office",), needs_open_campaign=False, hands=(MENDING,)),
        Step("drop_mend", "放弃代改", ("submitted",), "", ("office",), needs_open_campaign=False, hands=(MENDING, ASKED)),
        Step("object", "不同意代改", ("submitted",), "", ("filler", "approver"), needs_open_campaign=False, hands=(ASKED,)),
        Step("open_all", "放开整张表", ("returned",), "", ("office",), hands=(NOTHING, TYPING)),
    )
}
"""What leaves a table in the state that it is in. Each of them is a record too."""

EVERY: dict[str, Step] = STEPS | ASIDES

LABELS: dict[str, str] = {action: step.label for action, step in EVERY.items()} | {
    "excuse": "本年免报",
    "ask_again": "恢复报送",
    "extend": "延期",
    "sum_extend": "总结延期",
    "ask_late": "申请补报",
    "allow_late": "同意补报",
    "refuse_late": "不同意补报",
    **{f"sum_{action}": f"总结{STEPS[action].label}" for action in ("submit", "endorse", "withdraw", "approve", "return")},
}
"""What a record says was done: the steps, and what leaves the state as it is."""

SUBMISSIONS = frozenset({"submit", "nil_return", "endorse", "agree"})
DECISIONS = frozenset({"approve", "return"})

_BECAUSE: dict[tuple[str, str], str] = {
    ("submit", "unit_review"): "这张表已送本单位审核人，不用再次报送。",
    ("submit", "submitted"): "这张表已经报送，不用再次报送。如需修改，请先撤回报送。",
    ("submit", "approved"): "这张表已审核通过，不用再次报送。如需修改，请联系市联席办退回。",
    ("endorse", "submitted"): "这张表已经同意报送，不用再次办理。",
    ("withdraw", "todo"): "这张表还没有报送，可以直接填写。",
    ("withdraw", "draft"): "这张表现在没有报送，可以直接修改。",
    ("withdraw", "returned"): "这张表已被退回修改，可以直接修改后重新报送，不用撤回。",
    ("withdraw", "approved"): "这张表已审核通过，不能撤回。如需修改，请联系市联席办退回。",
    ("approve", "approved"): "这张表已经审核通过，不用再次办理。",
    ("approve", "returned"): "这张表已被退回修改，请等单位重新报送后再审核。",
    ("approve", "draft"): "单位已撤回报送，请等重新报送后再审核。",
    ("approve", "unit_review"): "单位已撤回报送，重新报送的内容还在等本单位审核人同意。",
    ("return", "returned"): "这张表已经退回修改，不用再次办理。",
    ("return", "draft"): "单位已撤回报送，可以自行修改，不用再退回。",
    ("return", "unit_review"): "单位已撤回报送，重新报送的内容还在等本单位审核人同意。",
    ("take_back", "submitted"): "这张表正在等待审核，没有可以撤销的决定。",
    ("take_back", "draft"): "单位已经在修改这张表，不能再撤销决定。",
}
"""Why an action is not possible in a state, where more can be said than the state's name."""


def is_possible(action: str, status: str, parts: Iterable[Part], *, campaign_status: str = "open", hand: str = NOTHING) -> bool:
    """Whether a person who is *parts* to the table may take *action* now. *hand* is what the office does in it."""
    step = EVERY[action]
    is_open = campaign_status == "open" or (campaign_status == "closed" and not step.needs_open_campaign)
    return status in step.starts and hand in step.hands and is_open and not set(parts).isdisjoint(step.parts)


def possible(status: str, parts: Iterable[Part], *, campaign_status: str = "open", hand: str = NOTHING) -> frozenset[str]:
    """All actions the person may take now."""
    held = frozenset(parts)
    return frozenset(action for action in EVERY if is_possible(action, status, held, campaign_status=campaign_status, hand=hand))


def check_part(action: str, parts: Iterable[Part]) -> None:
    """Forbidden, saying who may, unless the person has a part in *action*."""
    step = EVERY[action]
    if set(parts).isdisjoint(step.parts):
        reason = f"只有{'、'.join(PARTS[part] for part in step.parts if part != 'stand_in')}可以{step.label}。"
        raise Forbidden(reason)


def check_state(action: str, status: str, *, campaign_status: str, hand: str = NOTHING) -> None:
    """Conflict, saying why and what to do, unless *action* is possible in this state."""
    step = EVERY[action]
    if status not in step.starts:
        raise Conflict(because(action, status))
    if hand not in step.hands:
        raise Conflict(_IN_HAND[hand] if hand else _NOT_IN_HAND[step.hands[0]])
    if not is_possible(action, status, step.parts, campaign_status=campaign_status, hand=hand):
        reason = f"本次活动已经关闭，不能{step.label}。如需办理，请联系市联席办重新开启活动。"
        raise Conflict(reason)


_IN_HAND = {
    TYPING: "市联席办正在代单位填报这张表，请先结束代填再办理。",
    MENDING: "市联席办正在代为修改这张表，请先送单位确认，或者放弃修改。",
    ASKED: "代为修改的内容还在等单位答复，请等单位答复后办理，或者先放弃修改。",
}
_NOT_IN_HAND = {
    TYPING: "市联席办没有在代填这张表，不用结束。",
    MENDING: "市联席办没有在代为修改这张表，请先按“代为修改”。",
    ASKED: "没有等待单位答复的修改，不用办理。",
}


def because(action: str, status: str) -> str:
    """Why *action* is not possible in *status*."""
    same = "submit" if action == "nil_return" else action
    return _BECAUSE.get((same, status)) or f"这张表现在是“{STATUSES[status].label}”，不能{EVERY[action].label}。"


def outcome(action: str, *, second_eye: bool = False, was_returned: bool = False) -> str:
    """The state that *action* leads to.

    *second_eye*: the unit has somebody else who approves before it is sent. *was_returned*: the office returned
    the table before.
    """
    step = STEPS[action]
    turns = second_eye if step.to == "submitted" else was_returned
    return step.or_else if step.or_else and turns else step.to
