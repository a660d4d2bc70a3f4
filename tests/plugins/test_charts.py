"""Charts on the page and in Excel: everything fits, whatever it is called, and whole numbers are counted in whole steps."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pytest
from openpyxl import load_workbook

from ipweek.plugins import charts, sheets
from ipweek.wording import width


def bars(values: dict[str, float], unit: str = "场") -> dict[str, Any]:
    return {"block": "bars", "title": "场数", "values": [[name, value] for name, value in values.items()], "unit": unit}


@pytest.mark.parametrize("unit", ["", "场", "人次（线上线下合计的估计数）"])
def test_a_bar_and_what_it_says_stay_within_the_chart(unit: str) -> None:
    chart = charts.bars(bars({"甲" * 40: 100_000.5, "乙": -2, "丙": 0}, unit))

    for bar in chart.bars:
        assert bar.x >= 0
        assert bar.x + bar.width + 6 + 8 * width(bar.said + unit) <= charts.WIDTH
        assert width(bar.short) * 8 <= charts.NAMES


@pytest.mark.parametrize("count", [1, 2, 7, 31, 400])
def test_labels_of_a_line_do_not_run_into_each_other(count: int) -> None:
    names = [f"第{number}次全市知识产权宣传周联席会议" for number in range(count)]
    chart = charts.lines({"title": "线", "unit": "", "points": names, "lines": [["甲", list(range(count))]]})

    assert len(chart.points) <= 12
    apart = chart.points[1][0] - chart.points[0][0] if len(chart.points) > 1 else charts.WIDTH
    assert all(width(said) * 8 <= min(apart, 2 * x, 2 * (charts.WIDTH - x)) for x, said in chart.points)


def test_a_single_event_is_light_and_the_most_are_dark() -> None:
    grid = {"rows": [["甲", [1, 0]], ["乙", [1, 9]]]}

    assert [[square.level for square in squares] for _, squares in charts.squares(grid)] == [[1, 0], [1, 5]]
    assert [[square.level for square in squares] for _, squares in charts.squares({"rows": [["甲", [1, 0]]]})] == [[1, 0]]
    assert [[square.level for square in squares] for _, squares in charts.squares({"rows": [["甲", [0.2, 0.1]]]})] == [[5, 3]]


def test_few_whole_numbers_are_counted_in_whole_steps_in_excel_too() -> None:
    few = {"block": "lines", "title": "线", "unit": "场", "points": ["a", "b"], "lines": [["甲", [1, 0]]]}
    many = {**few, "lines": [["甲", [100, 2.5]]]}

    book = load_workbook(BytesIO(sheets.workbook("报表", [few, many, bars({"甲": 32_000, "乙": 2.5})])))

    axes = [sheet._charts[0].y_axis.majorUnit for sheet in book.worksheets[1:]]
    assert axes == [1, None, None]
    assert [cell.number_format for cell in book.worksheets[3]["B"][1:]] == ["#,##0", "#,##0.00"]
