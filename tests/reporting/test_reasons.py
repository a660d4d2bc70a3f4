"""Which reasons can stand."""

import pytest

from ipweek.reporting import reasons


@pytest.mark.parametrize("said", ["活动由街道主办，已确认", "商场活动在五月举行", "主办方电话未公开，请联系区局", "5月8日是主会场"])
def test_a_reason_that_says_something_stands(said):
    assert reasons.is_meaningful(said)
