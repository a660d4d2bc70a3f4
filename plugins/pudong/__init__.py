"""浦东新区：展会期间的活动，以及单场人数的提醒。"""

from ipweek.plugin import DayGrid, Plugin, Report, Table

plugin = Plugin()


@plugin.report("exhibitions", title="展会期间的活动")
def exhibitions(rows, settings, week):
    shown = rows.where("at_exhibition", True)
    return Report(
        DayGrid("各展会每天几场", shown.by_day("exhibition"), days=week),
        Table(["展会", "活动", "时间", "地点"], [[r["exhibition"], r["event_name"], r["event_time"], r["venue"]] for r in shown]),
    )


@plugin.check("at_exhibition", "exhibition")
def exhibition_is_named(row, settings):
    if row["at_exhibition"] is True and not row["exhibition"]:
        return "在展会期间的活动，请写展会名称"


@plugin.check("scale")
def not_too_many(row, settings):
    on_site = (row["people_max"] or 0) - (row["online"] or 0)
    if on_site > settings["most_people"]:
        return f"现场 {on_site} 人，超过单场上限 {settings['most_people']} 人，请附安全预案"
