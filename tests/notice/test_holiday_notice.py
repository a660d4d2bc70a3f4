"""The State Council's notice of holidays comes out as the days it names, in every form that it is pasted in."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from ipweek.errors import Invalid
from ipweek.notice import holiday_notice
from ipweek.notice.calendar import NOTHING_KNOWN, WorkCalendar, seeded
from ipweek.notice.holiday_notice import Holiday, read_holiday_notice

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
        ("元旦放假时间为2023年12月30日至2024年1月1日，共3天。", 2024, [(date(2023, 12, 30) + timedelta(n), False) for n in range(3)]),
        ("元旦：12月30日至次年1月1日放假", 2024, [(date(2023, 12, 30) + timedelta(n), False) for n in range(3)]),
        (
            "春节：2月15日至\n17日放假。2月14日（星期六）、\n2月28日上班。",
            2026,
            [(date(2026, 2, 14 + n), n == 0) for n in range(4)] + [(date(2026, 2, 28), True)],
        ),
        ("五一假期为5月1日至2日。", 2026, [(date(2026, 5, 1), False), (date(2026, 5, 2), False)]),
        ("清明节：4月4日（除夕）至5日，放假2天。", 2026, [(date(2026, 4, 4), False), (date(2026, 4, 5), False)]),
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


YEARS = {
    2019: """2019年放假安排
元旦：2018年12月30日至2019年1月1日放假，12月29日（星期六）上班。
春节：2月4日至10日放假；2月2日（星期六）、2月3日（星期日）上班。
清明节：4月5日放假，与周末连休。
劳动节：5月1日至4日放假调休；4月28日（星期日）、5月5日（星期日）上班。
端午节：6月7日放假，与周末连休。中秋节：9月13日放假，与周末连休。
国庆节：10月1日至7日放假，9月29日（星期日）、10月12日（星期六）上班。""",
    2021: """2021年节假日
元旦：1月1日—3日放假。
春节：2月11日—17日放假，2月7日（周日）、20日（周六）上班。
清明：4月3日—5日放假。劳动节：5月1日—5日放假，4月25日、5月8日上班。
端午：6月12日—14日放假。中秋：9月19日—21日放假，9月18日（周六）上班。
国庆：10月1日—7日放假，9月26日、10月9日上班。""",
    2022: """元旦：2022年1月1日至3日放假。春节：1月31日至2月6日放假调休，1月29日（星期六）、1月30日（星期日）上班。
清明节：4月3日至5日放假调休，4月2日（星期六）上班。
劳动节：4月30日至5月4日放假调休，4月24日（星期日）、5月7日（星期六）上班。
端午节：6月3日至5日放假。中秋节：9月10日至12日放假。
国庆节：10月1日至7日放假调休，10月8日（星期六）、10月9日（星期日）上班。""",
    2023: """元旦：2022年12月31日至2023年1月2日放假调休。春节：1月21日至27日放假调休。1月28日（周六）、1月29日（周日）上班。
清明节：4月5日放假。劳动节：4月29日至5月3日放假调休。4月23日（周日）、5月6日（周六）上班。
端午节：6月22日至24日放假调休。6月25日（周日）上班。
中秋节、国庆节：9月29日至10月6日放假调休。10月7日（周六）、8日（周日）上班。""",
    2024: """元旦：1月1日放假，与周末连休。春节：2月10日至17日放假调休。2月4日、2月18日上班。鼓励安排职工在除夕（2月9日）休息。
清明节：4月4日至6日放假调休。4月7日（周日）上班。劳动节：5月1日至5日放假调休。4月28日、5月11日上班。
端午节：6月10日放假，与周末连休。中秋节：9月15日至17日放假调休。9月14日上班。
国庆节：10月1日至7日放假调休。9月29日、10月12日上班。""",
    2025: """元旦：1月1日（周三）放假1天，不调休。
春节：1月28日（农历除夕、周二）至2月4日（农历正月初七、周二）放假调休。1月26日（周日）、2月8日（周六）上班。
清明节：4月4日（周五）至6日（周日）放假。劳动节：5月1日（周四）至5日（周一）放假调休。4月27日（周日）上班。
端午节：5月31日（周六）至6月2日（周一）放假。
国庆节、中秋节：10月1日（周三）至8日（周三）放假调休。9月28日（周日）、10月11日（周六）上班。""",
    2026: """节日\t放假时间\t调休上班日期\t天数
元旦\t1月1日至3日\t1月4日（周日）\t3天
春节\t2月15日至23日\t2月14日（周六）、2月28日（周六）\t9天
清明节\t4月4日至6日\t无\t3天
劳动节\t5月1日至5日\t5月9日（周六）\t5天
端午节\t6月19日至21日\t无\t3天
中秋节\t9月25日至27日\t无\t3天
国庆节\t10月1日至7日\t9月20日（周日）、10月10日（周六）\t7天""",
}


@pytest.mark.parametrize("year", YEARS)
def test_the_notices_of_seven_years_give_the_calendar_that_was_lived(year: int) -> None:
    read = NOTHING_KNOWN
    for pasted in (year, year + 1):  # the next one names the last days of December
        if pasted in YEARS:
            days = [(one.day, one.works, "") for one in read_holiday_notice(YEARS[pasted], pasted) if one.day.year == year]
            read = read.with_days(days, [year])

    days_of_year = [date(year, 1, 1) + timedelta(days=n) for n in range((date(year + 1, 1, 1) - date(year, 1, 1)).days)]
    assert [str(day) for day in days_of_year if read.is_workday(day) != seeded().is_workday(day)] == []


def test_what_is_only_advised_is_no_holiday() -> None:
    with pytest.raises(Invalid):
        read_holiday_notice("鼓励各单位安排职工在除夕（2月9日）休息。", 2024)


def test_a_notice_pasted_in_part_is_told_by_the_holidays_it_lacks() -> None:
    whole = "元旦：1月1日放假。春节：2月5日至11日放假。清明节：4月5日放假。劳动节：5月1日放假。端午节：6月9日放假。中秋节：9月15日放假。国庆节：10月1日至7日放假。"

    assert holiday_notice.missing_holidays(whole) == []
    assert holiday_notice.missing_holidays(whole[: whole.index("清明")]) == ["清明", "劳动节", "端午", "中秋", "国庆"]


@pytest.mark.parametrize("printed", ["国办发明电〔2026〕7号", "国办发明电[2026]7号", "国办发明电（2026） 7号"])
def test_the_holiday_notice_brings_its_own_number(printed: str) -> None:
    assert holiday_notice.document_number(f"国务院办公厅{printed}关于2027年部分节假日安排的通知") == "国办发明电〔2026〕7号"


SPRING_OF_2020 = "春节：1月24日至30日放假调休，共7天。1月19日（星期日）、2月1日（星期六）上班。"
LONGER = """某某办公厅关于延长2020年春节假期的通知
各单位：现将延长假期的安排通知如下。
一、延长2020年春节假期至2月2日（农历正月初九，星期日），2月3日（星期一）起正常上班。
二、学校推迟开学，时间另行通知。
2020年1月26日"""


def days_of_spring_2020() -> WorkCalendar:
    """The calendar as it stood before the holiday was made longer."""
    return NOTHING_KNOWN.with_days([(h.day, h.works, "") for h in read_holiday_notice(SPRING_OF_2020, 2020)], [2020])


@pytest.mark.parametrize(
    "text",
    [
        LONGER,
        "春节假期延长至2月2日。",
        "将2020年春节假期延长至2020年2月2日（星期日），2月3日起正常上班。",
        "决定延长春节假期到2月2日。",
    ],
)
def test_a_holiday_made_longer_frees_the_days_from_its_old_end(text: str) -> None:
    added = read_holiday_notice(text, 2020, days_of_spring_2020())

    assert [str(one.day) for one in added if not one.works] == ["2020-01-31", "2020-02-01", "2020-02-02"]
    after = days_of_spring_2020().with_days([(one.day, one.works, "") for one in added])
    assert after.add_workdays(date(2020, 1, 23), 1) == date(2020, 2, 3)


def test_a_holiday_made_longer_needs_the_arrangement_it_alters() -> None:
    with pytest.raises(Invalid, match="请先粘贴2020年的放假安排"):
        read_holiday_notice(LONGER, 2020)


def test_a_holiday_made_longer_that_the_calendar_does_not_have_is_refused() -> None:
    with pytest.raises(Invalid, match="没有找到"):
        read_holiday_notice("延长清明节假期至4月8日。", 2020, days_of_spring_2020())


def test_a_notice_that_alters_one_holiday_lacks_no_others() -> None:
    assert holiday_notice.missing_holidays(LONGER) == []


def test_the_year_of_a_notice_that_alters_a_holiday_is_checked() -> None:
    with pytest.raises(Invalid, match="2020年的放假安排，不是2021年"):
        read_holiday_notice(LONGER, 2021, seeded())
