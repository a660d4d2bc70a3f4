"""How days and deadlines are said: short in this year, with the year in any other."""

from datetime import date, time

import pytest
import time_machine

from ipweek import wording


@pytest.mark.parametrize(
    "today, said",
    [
        ("2024-04-10T12:00:00+08:00", "4月12日（周五）24:00"),
        ("2024-12-31T23:59:00+08:00", "4月12日（周五）24:00"),
        ("2025-01-01T00:00:00+08:00", "2024年4月12日（周五）24:00"),  # 2024 still in UTC
        ("2023-12-31T23:59:00+08:00", "2024年4月12日（周五）24:00"),
    ],
)
def test_a_deadline_of_another_year_names_it(today, said):
    with time_machine.travel(today, tick=False):
        assert wording.until(date(2024, 4, 12)) == said


@pytest.mark.parametrize("year, said", [(True, "2024年4月12日（周五）17:30"), (False, "4月12日（周五）17:30")])
@pytest.mark.parametrize("today", ["2024-04-10T12:00:00+08:00", "2027-04-10T12:00:00+08:00"])
def test_a_page_may_say_the_year_always_or_beside(today, year, said):
    with time_machine.travel(today, tick=False):
        assert wording.until(date(2024, 4, 12), time(17, 30), year=year) == said
