"""崇明区：六大区域品牌的宣传活动。"""

from ipweek.plugin import Bars, Note, Plugin, Report

plugin = Plugin()


@plugin.report("brands", title="区域品牌宣传场数")
def brands(rows, settings):
    counts = rows.count_by("gi")
    without = counts.pop("（未填）", 0)
    return Report(Bars("各品牌宣传场数", counts, unit="场"), Note(f"另有 {without} 场活动不涉及地理标志。"))
