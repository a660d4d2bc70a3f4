"""闵行区：线上直播的平台和预计观看人次。"""

from ipweek.plugin import Bars, Lines, Note, Plugin, Report, Table

plugin = Plugin()


@plugin.report("live", title="线上直播统计")
def live(rows, settings, week):
    streamed = [row for row in rows if row["platform"]]
    views = rows.sum_by("viewers", by="platform")
    views.pop("（未填）", None)
    days = [sum(1 for row in streamed if row["starts_on"] == day) for day in week]
    return Report(
        Bars("各平台预计观看人次", views, unit="人次"),
        Lines("宣传周每天的直播场数", week, {"直播": days}, unit="场"),
        Table(
            ["活动", "时间", "平台", "预计观看人次"], [[r["event_name"], r["event_time"], r["platform"], r["viewers"]] for r in streamed]
        ),
        Note(f"共 {len(streamed)} 场直播，其中 {sum(1 for r in streamed if r['viewers'] == '')} 场还没有填预计观看人次。"),
    )


@plugin.check("scale", "platform")
def platform_is_named(row, settings):
    if row["online"] and not row["platform"]:
        return f"写了线上 {row['online']} 人次，请补填直播平台"
