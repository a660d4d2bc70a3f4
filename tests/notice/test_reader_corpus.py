"""Own-worded notices with one trap each: corpus/*.txt holds the facts to be found, a line of dashes, and the notice."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ipweek.notice.reader import from_text, read_notice

CASES = sorted(Path(__file__).parent.joinpath("corpus").glob("*.txt"))


def load(case: Path) -> tuple[dict[str, Any], str]:
    expected, _, text = case.read_text(encoding="utf-8").partition("\n-----\n")
    return json.loads(expected), text


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.stem)
def test_each_trap_is_read_as_a_careful_clerk_would(case: Path) -> None:
    expected, text = load(case)

    facts = read_notice(from_text(text)).as_json()

    for name, value in expected.items():
        if name in ("deadlines", "annexes"):
            found = [{key: one[key] for key in wanted} for wanted, one in zip(value, facts[name], strict=False)]
            assert (found, len(facts[name])) == (value, len(value)), facts[name]
        elif name == "notes":
            assert {fact: facts["notes"].get(fact) for fact in value} == value
        else:
            assert facts[name] == value, (name, facts["evidence"].get(name), facts["notes"].get(name))
