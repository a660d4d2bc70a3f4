"""松江区：G60 科创走廊联动活动。"""

from ipweek.plugin import Bars, DayGrid, Plugin, Report, Rows

plugin = Plugin()


@plugin.report("cities", title="G60 联动活动")
def cities(rows, settings, week):
    joint = Rows(row for row in rows if row["cities"])
    return Report(
        Bars("与各城市联动的场数", joint.count_by("cities"), unit="场"),
        DayGrid("宣传周每天的联动活动", joint.by_day("cities"), days=week),
    )
