"""What plugins cost: a report, a start, a save beside them, and everybody else while one of them hangs."""

import statistics
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from flask import Flask

from ipweek.accounts.schema import at_the_command_line
from ipweek.board import plugin_admin
from ipweek.extensions import db
from ipweek.plugins import service as plugins
from ipweek.plugins import shelf
from ipweek.plugins.schema import Declared
from ipweek.plugins.service import Described
from ipweek.transaction import transaction
from tests.bench import over_http, saving, site
from tests.bench.timing import Line, every, line, said, side_by_side
from tests.plugins import made

HANGS = made.report("import time\ntime.sleep(60)")
BY = at_the_command_line("bench")


def lines() -> Iterator[Line]:
    with site.new() as app:
        yield from report(app)
    with site.new(synchronous="NORMAL") as app:
        yield saved_beside(app)
    with site.new() as app:
        yield start(app)
    with site.new() as app:
        yield while_one_hangs(app)


def report(app: Flask) -> Iterator[Line]:
    """A shipped plugin's report over 300 rows, as the page asks for it: a process of its own each time."""
    filler = site.seat(app, "songjiang")
    with app.app_context():
        site.rows("songjiang", 300)
        plugin_admin.enable("songjiang", by=BY)
        db.session.remove()
    ask = site.Caller(app, "/d/songjiang/reports/songjiang/cities", cookie=f"ipweek={filler.cookie}")
    taken = every({"report": ask}, rounds=40, waits=True)["report"]
    assert "暂不可用".encode() not in ask()
    assert ask.status.startswith("200"), ask.status
    middle, slow = statistics.median(taken), statistics.quantiles(taken, n=20)[-1]
    what = "a plugin's report over 300 rows, child process included, by the clock on the wall: p50"
    yield line(what, said(middle), goal="≤ 80 ms", reached=middle <= 0.08)
    yield line("the same: p95", said(slow), goal="≤ 200 ms", reached=slow <= 0.2)


def saved_beside(app: Flask) -> Line:
    """One cell in a district with three plugins, and in one without: the whole request, the districts taking turns."""
    programs = {}
    for slug in ("xuhui", "minhang"):
        with app.app_context():
            _, ids = site.rows(slug, 30)
            programs[slug] = saving.request(app, site.desk(app, slug), ids[0])
            db.session.remove()
    with app.app_context():
        _switch_on(app, {f"mh{n}": "minhang" for n in range(3)})
        db.session.remove()
    taken = side_by_side(programs, rounds=12, times=25)
    more = taken["minhang"] / taken["xuhui"] - 1
    what = "save a cell (whole request) in a district with three plugins; floor: in one without"
    return line(what, said(taken["minhang"]), floor=said(taken["xuhui"]), ratio=f"{more:+.0%}", goal="≤ +5 %", reached=more <= 0.05)


def start(app: Flask) -> Line:
    """What a start does for sixteen plugins that are on and have not changed."""
    with app.app_context():
        districts = [unit.slug for unit in db.session.query(site.Unit).filter_by(level="district")]
        assert len(districts) == 16
        _switch_on(app, {f"p{slug}": slug for slug in districts})
        db.session.remove()

    def begin() -> None:
        app.extensions["plugins"] = shelf.Shelf(app.extensions["plugins"].folders)  # nothing is read yet
        with app.app_context():
            assert plugins.begin() == []

    taken = side_by_side({"begin": begin}, rounds=9)["begin"]
    return line("16 plugins described at start, from what was kept", said(taken), goal="≤ 0.1 s", reached=taken <= 0.1)


def while_one_hangs(app: Flask) -> Line:
    """Four people save over HTTP; then the same while two calls of a plugin that never answers wait for their deadline."""
    with app.app_context():
        saves = [over_http.save_here(app, slug) for slug in over_http.SLUGS[:4]]
        _switch_on(app, {"hang": "songjiang"}, code=HANGS, reports={"r": "报表"})
        db.engine.dispose()
    waiting = site.seat(app, "songjiang")
    with over_http.served(app, app.extensions["settings"]) as server:
        calm, beside = [], []
        for _ in range(2):
            calm.append(over_http.together(server, saves).p99)
            asking = [threading.Thread(target=_ask, args=(server.port, waiting)) for _ in range(2)]
            for one in asking:
                one.start()
            beside.append(over_http.together(server, saves).p99)
            for one in asking:
                one.join()
    before, after = statistics.median(calm), statistics.median(beside)
    what = "p99 of saves over HTTP, 4 connections, while a plugin hangs; floor: while none does"
    return line(
        what, said(after), floor=said(before), ratio=f"{(after - before) * 1e3:+.0f} ms", goal="< +20 ms", reached=after - before < 0.02
    )


def _ask(port: int, desk: Any) -> None:
    """One report from the hanging plugin: the answer says that it did not come in time."""
    over_http.get(port, "/d/songjiang/reports/hang/r", {"Cookie": f"ipweek={desk.cookie}", "HX-Request": "true"})


def _switch_on(app: Flask, units: dict[str, str], *, code: str = made.CODE, reports: dict[str, str] | None = None) -> None:
    """Plugins by id, each of its unit, on as if they had described themselves: no process is started."""
    for id_, slug in units.items():
        folder = made.write(Path(app.instance_path) / "plugins", id_, unit=slug, title=id_, code=code)
        entry = shelf.look(folder)
        assert entry.manifest is not None, entry.why
        declared = Declared(reports or {"streets": "按街镇统计"}, [["scale"]], {"fill": "按地点补街镇"})
        with transaction():
            plugins.switch_on(Described(entry, entry.manifest, declared, shelf.content_of(folder)), by="bench")
