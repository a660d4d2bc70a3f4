"""Working days follow the State Council's calendar, make-up days included."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ipweek.notice.calendar import NOTHING_KNOWN, NoCalendar, WorkCalendar, compute, seeded

DAYS = st.dates(date(2010, 1, 1), date(2025, 12, 31))


def test_a_sunday_that_makes_up_for_a_holiday_is_worked() -> None:
    assert seeded().is_workday(date(2024, 4, 28))
    assert not seeded().is_workday(date(2024, 5, 1))
    assert not seeded().is_workday(date(2024, 4, 27))


def test_five_working_days_after_the_week_of_2024_are_the_seventh_of_may() -> None:
    assert seeded().add_workdays(date(2024, 4, 26), 5) == date(2024, 5, 7)


def test_a_year_without_data_gives_no_date_and_says_what_to_do() -> None:
    with pytest.raises(NoCalendar, match=r"2099年.*放假安排"):
        seeded().add_workdays(date(2099, 4, 26), 5)
    with pytest.raises(NoCalendar):
        NOTHING_KNOWN.is_workday(date(2024, 4, 26))


@given(DAYS, st.integers(1, 60))
def test_working_days_added_are_the_working_days_between(day: date, count: int) -> None:
    due = seeded().add_workdays(day, count)

    assert seeded().is_workday(due)
    assert seeded().workdays_between(day, due) == count


@given(DAYS, st.integers(1, 30))
def test_going_back_counts_the_same_days(day: date, count: int) -> None:
    start = seeded().next_workday(day)

    assert seeded().add_workdays(seeded().add_workdays(start, count), -count) == start


@pytest.mark.parametrize(
    ("rule", "due"),
    [
        ("5 working days after ends_on", date(2024, 5, 7)),
        ("1 working day after ends_on", date(2024, 4, 28)),
        ("10 days after ends_on", date(2024, 5, 6)),
        ("2 weeks after ends_on", date(2024, 5, 10)),
        ("1 month after ends_on", date(2024, 5, 26)),
        ("5 working days before starts_on", date(2024, 4, 15)),
        ("3 days after issue_date", None),
    ],
)
def test_a_rule_gives_its_day(rule: str, due: date | None) -> None:
    assert compute(rule, date(2024, 4, 20), date(2024, 4, 26), seeded()) == due


def test_a_month_after_the_last_of_january_is_the_last_of_february() -> None:
    assert compute("1 month after ends_on", None, date(2024, 1, 31), seeded()) == date(2024, 2, 29)


def test_an_unknown_rule_is_an_error() -> None:
    with pytest.raises(ValueError, match="unknown rule"):
        compute("soon after ends_on", None, date(2024, 4, 26), seeded())


def test_what_the_office_enters_lies_over_the_seed() -> None:
    edited = seeded().with_days([(date(2024, 4, 30), False, "市政府通知")])

    assert isinstance(edited, WorkCalendar)
    assert edited.add_workdays(date(2024, 4, 26), 5) == date(2024, 5, 8)
