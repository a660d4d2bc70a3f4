"""Working days follow the State Council's calendar, make-up days included."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ipweek.errors import Invalid
from ipweek.notice import calendar
from ipweek.notice.calendar import NOTHING_KNOWN, Holiday, NoCalendar, WorkCalendar, compute, read_holiday_notice, seeded

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


HOLIDAYS = """国务院办公厅关于2024年部分节假日安排的通知
一、元旦：1月1日放假，与周末连休。
二、春节：2月10日至17日放假调休，共8天。2月4日（星期日）、2月18日（星期日）上班。
三、清明节：4月4日至6日放假调休，共3天。4月7日（星期日）上班。
四、劳动节：5月1日至5日放假调休，共5天。4月28日（星期日）、5月11日（星期六）上班。
五、端午节：6月10日放假，与周末连休。
六、中秋节：9月15日至17日放假调休，共3天。9月14日（星期六）上班。
七、国庆节：10月1日至7日放假调休，共7天。9月29日（星期日）、10月12日（星期六）上班。
2023年11月1日"""


def test_the_yearly_holiday_notice_gives_the_same_calendar_as_the_seed() -> None:
    holidays = read_holiday_notice(HOLIDAYS, 2024)

    read = NOTHING_KNOWN.with_days([(h.day, h.works, "国办通知") for h in holidays], [2024])

    days = [date(2024, 1, 1) + timedelta(days=n) for n in range(366)]
    assert [day for day in days if read.is_workday(day) != seeded().is_workday(day)] == []
    assert read.source(date(2024, 4, 28)) == "国办通知"


@pytest.mark.parametrize(
    ("text", "year", "expected"),
    [
        ("春节：2月10日至17日放假调休，共8天。", 2024, [(date(2024, 2, 10 + n), False) for n in range(8)]),
        ("2月4日（星期日）、2月18日（星期日）上班", 2024, [(date(2024, 2, 4), True), (date(2024, 2, 18), True)]),
        (
            "元旦：2022年12月31日至2023年1月2日放假调休，共3天。",
            2023,
            [(date(2022, 12, 31), False), (date(2023, 1, 1), False), (date(2023, 1, 2), False)],
        ),
        ("元旦：1月1日放假，1月2日（星期一）补休。", 2017, [(date(2017, 1, 1), False), (date(2017, 1, 2), False)]),
        ("国庆节、中秋节：10月1日（周三）至8日（周三）放假调休，共8天。", 2025, [(date(2025, 10, n), False) for n in range(1, 9)]),
        ("清明节：4月4日（周五）放假，与周末连休。", 2025, [(date(2025, 4, 4), False)]),
        ("４月２８日（星期日）上班。", 2024, [(date(2024, 4, 28), True)]),
        ("9月28日（周日）、10月11日（周六）上班。", 2025, [(date(2025, 9, 28), True), (date(2025, 10, 11), True)]),
    ],
)
def test_each_form_of_the_holiday_notice_is_read(text: str, year: int, expected: list[tuple[date, bool]]) -> None:
    assert [(holiday.day, holiday.works) for holiday in read_holiday_notice(text, year)] == expected


def test_each_day_keeps_the_words_it_came_from() -> None:
    assert read_holiday_notice("2月4日（星期日）、2月18日（星期日）上班。", 2024)[0] == Holiday(
        date(2024, 2, 4), True, "2月4日(星期日)上班"
    )


def test_the_notice_of_another_year_is_refused() -> None:
    with pytest.raises(Invalid, match="2024年的放假安排，不是2025年"):
        read_holiday_notice(HOLIDAYS, 2025)


def test_a_text_without_days_is_refused() -> None:
    with pytest.raises(Invalid, match="没有读到放假日期"):
        read_holiday_notice("节假日期间，各地区、各部门要妥善安排好值班。", 2024)


def test_what_the_office_enters_lies_over_the_seed() -> None:
    edited = seeded().with_days([(date(2024, 4, 30), False, "市政府通知")])

    assert isinstance(edited, WorkCalendar)
    assert edited.add_workdays(date(2024, 4, 26), 5) == date(2024, 5, 8)


def test_a_notice_pasted_in_part_is_told_by_the_holidays_it_lacks() -> None:
    whole = "元旦：1月1日放假。春节：2月5日至11日放假。清明节：4月5日放假。劳动节：5月1日放假。端午节：6月9日放假。中秋节：9月15日放假。国庆节：10月1日至7日放假。"

    assert calendar.missing_holidays(whole) == []
    assert calendar.missing_holidays(whole[: whole.index("清明")]) == ["清明", "劳动节", "端午", "中秋", "国庆"]


@pytest.mark.parametrize("printed", ["国办发明电〔2026〕7号", "国办发明电[2026]7号", "国办发明电（2026） 7号"])
def test_the_holiday_notice_brings_its_own_number(printed: str) -> None:
    assert calendar.document_number(f"国务院办公厅{printed}关于2027年部分节假日安排的通知") == "国办发明电〔2026〕7号"
