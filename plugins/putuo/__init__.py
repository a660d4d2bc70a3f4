"""普陀区：宣传品需求，和方案报送的日子。"""

from datetime import date, timedelta

from ipweek.plugin import Bars, Plugin, Report, Table

plugin = Plugin()


def plan_due(row, settings):
    if row["starts_on"]:
        return (date.fromisoformat(row["starts_on"]) - timedelta(days=settings["days_ahead"])).isoformat()
    return ""


@plugin.report("materials", title="宣传品需求")
def materials(rows, settings):
    wanted = [row for row in rows if row["materials"]]
    copies = rows.sum_by("copies", by="materials")
    copies.pop("（未填）", None)
    lines = [[r["event_name"], r["event_time"], r["materials"], r["copies"], plan_due(r, settings)] for r in wanted]
    return Report(Bars("各种宣传品的件数", copies, unit="件"), Table(["活动", "时间", "种类", "数量", "方案最晚报送"], lines))


@plugin.check("event_time", "materials")
def plan_is_in_time(row, settings, today):
    due = plan_due(row, settings)
    if row["materials"] and due and due < today:
        return f"需要宣传品的活动，方案应在 {due} 前报送，已经过期，请尽快联系"


@plugin.check("materials", "copies")
def kinds_and_copies_go_together(row, settings):
    if bool(row["materials"]) != bool(row["copies"]):
        return "宣传品的种类和数量请一起填写"
