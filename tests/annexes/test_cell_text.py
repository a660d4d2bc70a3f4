"""What of a text a cell can hold."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ipweek.annexes import cell_text
from ipweek.errors import Invalid


@pytest.mark.parametrize(
    "text, stored, is_told",
    [
        ("讲座", "讲座", False),
        ("a\r\nb\rc\x0bd", "a\nb\nc\nd", False),
        ("a\tb", "a b", False),
        ("a\x00b\ufffe\uffff", "ab", True),
        ("a\u200bb\ufeff", "ab", True),
        ("a\u202eb\u2066c", "abc", True),
        ("a\ud800b", "ab", True),
        ("１２３Ａ（ｘ）", "１２３Ａ（ｘ）", False),
        ("e\u0301 葛\U000e0100", "e\u0301 葛\U000e0100", False),
        ("𠮷\u00a0㈥", "𠮷\u00a0㈥", False),
        (" 4月20日 ", " 4月20日 ", False),
    ],
)
def test_text_is_kept_as_typed_but_for_what_nobody_sees(text, stored, is_told):
    assert cell_text.clean(text) == (stored, is_told)


@given(st.text(st.characters(codec=None), max_size=80))
def test_cleaning_twice_changes_nothing_more(text):
    cleaned, _ = cell_text.clean(text)

    assert cell_text.clean(cleaned) == (cleaned, False)
    assert cleaned.encode("utf-8").decode("utf-8") == cleaned


def test_a_text_may_be_so_long_and_no_longer_counted_in_signs_after_tidying():
    longest = "𠮷" * cell_text.MAX_LENGTH

    assert cell_text.storable(f"{longest}\u200b") == longest
    with pytest.raises(Invalid, match="4001 个字，最多 4000 个字"):
        cell_text.storable(f"{longest}字")
