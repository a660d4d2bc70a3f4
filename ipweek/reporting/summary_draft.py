"""What a summary holds, as typed: planned against held, further events, text and figures. Standard library only."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

HOW = {"held": "已举办", "moved": "改期举办", "cancelled": "取消"}
"""What became of a planned event."""

FIGURES = {"events": "举办活动（场）", "people": "参与人数（人次）", "media": "媒体报道（篇次）", "materials": "发放资料（份）"}
ADDED = {"event_name": "活动名称", "when": "时间", "venue": "地点", "people": "参与人数"}
"""What is asked of an event that was not planned."""

LONGEST_TEXT, LONGEST = 10_000, 300
MOST_ADDED = 30
_NUMBER = re.compile(r"\d{1,9}")  # full-width digits too, as a Chinese keyboard gives them: int() reads both


@dataclass(frozen=True)
class Draft:
    """What a person typed; ``held`` by the planned event's id."""

    text: str = ""
    figures: Mapping[str, str] = field(default_factory=dict)
    held: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    added: Sequence[Mapping[str, str]] = ()


@dataclass(frozen=True)
class Planned:
    """One row of the unit's table, and what became of it."""

    id: int
    number: int
    event_name: str
    event_time: str
    scale: str
    how: str = ""
    when: str = ""
    people: str = ""


def from_form(form: Mapping[str, str]) -> Draft:
    """The draft in the fields ``text``, ``figure.events``, ``held.12.how`` and ``added.0.when``; what is not known is left."""
    held: dict[str, dict[str, str]] = {}
    added: dict[int, dict[str, str]] = {}
    figures = {}
    for name, typed in form.items():
        said = " ".join(typed.split())
        if not said:
            continue
        match name.split("."):
            case ["figure", key] if key in FIGURES:
                figures[key] = said
            case ["held", number, key] if number.isdecimal() and (said in HOW if key == "how" else key in {"when", "people"}):
                held.setdefault(number, {})[key] = said
            case ["added", number, key] if number.isdecimal() and int(number) < MOST_ADDED and key in ADDED:
                added.setdefault(int(number), {})[key] = said
            case _:
                pass
    return Draft(form.get("text", "").replace("\r\n", "\n").strip(), figures, held, [added[number] for number in sorted(added)])


def too_long(draft: Draft) -> str:
    """Which text is too long to be kept, in a sentence; "" when all fit."""
    if len(draft.text) > LONGEST_TEXT:
        return f"总结文字有 {len(draft.text)} 个字，最多 {LONGEST_TEXT} 个字，没有保存。请删减，或作为附件上传。"
    short = [*draft.figures.values(), *(said for one in (*draft.held.values(), *draft.added) for said in one.values())]
    return f"有一格超过 {LONGEST} 个字，没有保存，请删减。" if any(len(said) > LONGEST for said in short) else ""


def problems(draft: Draft, planned: Sequence[Planned]) -> list[str]:
    """What stands in the way of sending it, a sentence each."""
    found = [] if draft.text else ["请填写总结文字。"]
    for one in planned:
        name = f"第 {one.number} 项“{one.event_name}”"
        if not one.how:
            found.append(f"{name}还没有注明是否举办。")
        elif one.how == "moved" and not one.when:
            found.append(f"{name}改期举办，请写明实际时间。")
    found += [
        f"{words}请只填数字，例如 12。" for key, words in FIGURES.items() if draft.figures.get(key) and not is_number(draft.figures[key])
    ]
    found += [f"增加的第 {number} 项活动请填写名称。" for number, one in enumerate(draft.added, 1) if not one.get("event_name")]
    return found


def is_number(text: str) -> bool:
    return _NUMBER.fullmatch(text) is not None


def count_events(draft: Draft, planned: Sequence[Planned]) -> int:
    """How many events were held, by what the unit says of each."""
    return sum(one.how in {"held", "moved"} for one in planned) + len(draft.added)
