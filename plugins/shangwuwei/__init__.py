"""市商务委：各主题的活动，和各协办部门参加了几场。"""

import re

from ipweek.plugin import Bars, Note, Plugin, Report, Table

plugin = Plugin()


@plugin.report("partners", title="主题和协办部门")
def partners(rows, settings):
    joined = {}
    for row in rows:
        for name in re.split(r"[、,，;；\s]+", row["co_host"]):
            if name:
                joined.setdefault(name, []).append(row["event_name"])
    return Report(
        Bars("各主题的活动场数", rows.count_by("topic"), unit="场"),
        Table(["协办部门", "场数", "活动"], [[name, len(events), "；".join(events)] for name, events in joined.items()]),
        Note(f"设现场服务台的有 {len(rows.where('desk', True))} 场。"),
    )
