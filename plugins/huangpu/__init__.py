"""黄浦区：涉及老字号品牌的活动。"""

from ipweek.plugin import Bars, Plugin, Report, Table

from .brands import named_in, split

plugin = Plugin()


@plugin.report("brands", title="老字号品牌活动")
def by_brand(rows, settings):
    counts = {}
    for row in rows:
        for brand in split(row["brands"]):
            counts[brand] = counts.get(brand, 0) + 1
    lines = [[row["event_name"], row["event_time"], row["brands"]] for row in rows if row["brands"]]
    return Report(Bars("各品牌的活动场数", counts, unit="场"), Table(["活动", "时间", "品牌"], lines))


@plugin.job("fill", title="按名称和内容补填老字号")
def fill(rows, settings):
    found = {row.id: named_in(row["event_name"] + row["content"]) for row in rows.where("brands", "")}
    return {row_id: {"brands": "、".join(brands)} for row_id, brands in found.items() if brands}
