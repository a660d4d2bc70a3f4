"""金山区：地理标志产品的宣传活动。"""

import csv
from pathlib import Path

from ipweek.plugin import Plugin, Report, Table

plugin = Plugin()


with (Path(__file__).parent / "products.csv").open(encoding="utf-8", newline="") as file:
    PRODUCTS = list(csv.DictReader(file))


@plugin.report("products", title="地理标志产品宣传情况")
def by_product(rows, settings):
    events, people = rows.count_by("gi"), rows.sum_by("people_max", by="gi")
    lines = [[p["产品"], p["类别"], p["保护日期"], events.get(p["产品"], 0), people.get(p["产品"], 0)] for p in PRODUCTS]
    return Report(Table(["产品", "类别", "保护日期", "活动场数", "预计人数"], lines))


@plugin.check("content", "gi")
def product_is_chosen(row, settings):
    named = [p["产品"] for p in PRODUCTS if p["产品"] in row["content"] + row["event_name"]]
    if named and row["gi"] != named[0]:
        return f"内容里提到{named[0]}，请核对“涉及地理标志产品”"
