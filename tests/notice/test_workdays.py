"""The office's day table: a new year comes in by pasting its 放假安排, and due dates follow."""

from __future__ import annotations

from datetime import date

import icalendar
import pytest

from ipweek import clock
from ipweek.errors import Forbidden, Invalid
from ipweek.notice import dates_file, deadlines, workdays
from tests import make

pytestmark = pytest.mark.usefixtures("app")
YEAR_2031 = """关于2031年部分节假日安排的通知
一、元旦：1月1日至3日放假调休，共3天。1月4日（星期六）上班。
二、春节：1月22日至28日放假调休，共7天。1月19日（星期日）、2月1日（星期六）上班。
三、清明节：4月5日放假，共1天。
四、劳动节：5月1日至5日放假调休，共5天。4月27日（星期日）、5月10日（星期六）上班。
五、国庆节、中秋节：10月1日至7日放假调休，共7天。"""


def test_a_year_without_its_notice_is_not_known() -> None:
    clerk = make.person("office", "clerk")

    assert workdays.year(2026, by=clerk).is_known
    assert not workdays.year(2031, by=clerk).is_known


def test_a_pasted_notice_makes_its_year_known_and_moves_due_dates() -> None:
    clerk = make.person("office", "clerk")
    campaign = make.campaign(year=2031, starts_on=date(2031, 4, 20), ends_on=date(2031, 4, 26))
    assert deadlines.due_of(campaign, "summary").on is None  # type: ignore[union-attr]

    workdays.keep(YEAR_2031, 2031, "国办发明电〔2030〕9号", by=clerk)

    assert workdays.year(2031, by=clerk).is_known
    assert not workdays.table().is_workday(date(2031, 5, 2))
    assert workdays.table().is_workday(date(2031, 4, 27))
    # 27 April is worked, so are 28, 29 and 30; May begins with five days off
    assert deadlines.due_of(campaign, "summary").on == date(2031, 5, 6)  # type: ignore[union-attr]


def test_a_holiday_made_longer_later_moves_due_dates_too() -> None:
    clerk = make.person("office", "clerk")
    campaign = make.campaign(year=2031, starts_on=date(2031, 4, 20), ends_on=date(2031, 4, 26))
    longer = "关于延长2031年劳动节假期的通知\n延长2031年劳动节假期至5月7日（星期三），5月8日（星期四）起正常上班。"
    with pytest.raises(Invalid, match="请先粘贴2031年的放假安排"):
        workdays.keep(longer, 2031, "国办发明电〔2031〕1号", by=clerk)
    workdays.keep(YEAR_2031, 2031, "国办发明电〔2030〕9号", by=clerk)

    workdays.keep(longer, 2031, "国办发明电〔2031〕1号", by=clerk)

    assert [workdays.table().is_workday(date(2031, 5, day)) for day in (5, 6, 7, 8)] == [False, False, False, True]
    assert deadlines.due_of(campaign, "summary").on == date(2031, 5, 8)  # type: ignore[union-attr]


def test_reading_keeps_nothing() -> None:
    clerk = make.person("office", "clerk")

    found = workdays.read(YEAR_2031, 2031, by=clerk)

    assert {one.day for one in found if one.works} >= {date(2031, 1, 4), date(2031, 4, 27)}
    assert not workdays.year(2031, by=clerk).is_known


@pytest.mark.parametrize("text, source, said", [("没有日期的话", "某号", "没有读到放假日期"), (YEAR_2031, "  ", "文号")])
def test_what_can_not_be_kept_is_said_in_one_sentence(text: str, source: str, said: str) -> None:
    with pytest.raises(Invalid, match=said):
        workdays.keep(text, 2031, source, by=make.person("office", "clerk"))


def test_one_day_is_corrected_with_its_document() -> None:
    clerk = make.person("office", "clerk")

    workdays.change(date(2026, 4, 29), works=False, source="沪府办发〔2026〕1号", by=clerk)

    assert not workdays.table().is_workday(date(2026, 4, 29))
    assert workdays.table().source(date(2026, 4, 29)) == "沪府办发〔2026〕1号"
    with pytest.raises(Invalid, match="2031年还没有放假安排"):
        workdays.change(date(2031, 4, 29), works=False, source="某号", by=clerk)


@pytest.mark.parametrize("roles", [("filler",), ("viewer",), ("admin",)])
def test_only_the_office_keeps_the_table(roles: tuple[str, ...]) -> None:
    with pytest.raises(Forbidden):
        workdays.keep(YEAR_2031, 2031, "某号", by=make.person("minhang", *roles))


def test_a_deadline_on_a_rest_day_is_kept_and_pointed_out() -> None:
    campaign = make.campaign()
    campaign.deadlines[0].due_on = date(2024, 4, 13)

    plan = deadlines.dues(campaign)[0]

    assert (plan.on, plan.is_rest_day) == (date(2024, 4, 13), True)


def test_the_dates_file_holds_the_week_and_every_deadline() -> None:
    body = dates_file.write("2024年\r\nBEGIN:VALARM", deadlines.entries(make.campaign()), made_at=clock.now())

    events = icalendar.Calendar.from_ical(body).walk("VEVENT")
    assert [(event["DTSTART"].dt, event["DTEND"].dt) for event in events] == [
        (date(2024, 4, 20), date(2024, 4, 27)),
        (date(2024, 4, 12), date(2024, 4, 13)),
        (date(2024, 5, 7), date(2024, 5, 8)),
    ]
    assert b"\nBEGIN:VALARM" not in body
