"""What a page says about a deadline, and how urgently."""

from datetime import date, datetime, time, timedelta

import pytest

from ipweek.clock import SHANGHAI
from ipweek.notice import deadline_text

DUE = datetime(2024, 4, 13, tzinfo=SHANGHAI)


def text(before: timedelta):
    return deadline_text.of(date(2024, 4, 12), None, DUE, now=DUE - before)


@pytest.mark.parametrize(
    "before, urgency, left",
    [
        (timedelta(days=7, minutes=1), "far", "还剩 7 天"),
        (timedelta(days=7), "week", "还剩 7 天"),
        (timedelta(days=2, hours=5), "week", "还剩 2 天 5 小时"),
        (timedelta(days=2), "soon", "还剩 2 天"),
        (timedelta(hours=3, minutes=20), "soon", "还剩 3 小时 20 分"),
        (timedelta(seconds=1), "soon", "还剩 1 分钟"),
        (timedelta(0), "late", "已逾期 1 分钟"),
        (timedelta(days=-1, hours=-2), "late", "已逾期 1 天 2 小时"),
    ],
)
def test_the_nearer_the_louder(before, urgency, left):
    found = text(before)

    assert (found.urgency, found.left) == (urgency, left)
    assert found.words.startswith("4月12日（周五）24:00 ")


def test_the_sentence_says_what_happens_after():
    assert text(timedelta(days=2, hours=5)).words == "4月12日（周五）24:00 截止，还剩 2 天 5 小时；逾期仍可报送，但会标记“逾期”"
    assert text(timedelta(days=-1)).words == "4月12日（周五）24:00 已截止，已逾期 1 天；仍可报送，但会标记“逾期”"


def test_a_time_of_day_is_said_too():
    found = deadline_text.of(date(2024, 4, 12), time(17), datetime(2024, 4, 12, 17, tzinfo=SHANGHAI), now=DUE - timedelta(days=1))

    assert found.until == "4月12日（周五）17:00"


def test_without_a_date_it_says_why():
    assert deadline_text.of(None, None, None, now=DUE, note="缺2027年的放假安排").words == "缺2027年的放假安排"
    assert deadline_text.of(None, None, None, now=DUE).urgency == "none"


def test_the_working_days_that_are_left_stand_beside_it():
    said = deadline_text.of(date(2024, 4, 12), None, DUE, now=DUE - timedelta(days=2), workdays=3)

    assert said.workdays == "连今天 3 个工作日"
    assert deadline_text.of(date(2024, 4, 12), None, DUE, now=DUE, workdays=3).workdays == ""


def test_after_the_close_it_says_until_when_the_unit_may_send():
    assert deadline_text.after_the_close("4月17日（周三）24:00", timedelta(days=2)).words == (
        "市联席办同意补报，4月17日（周三）24:00 截止，还剩 2 天；报送后会标记“逾期”"
    )
