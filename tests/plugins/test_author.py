"""What an author has: new, check, the fixture, the commands."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import time_machine
from click.testing import CliRunner, Result
from flask import Flask, current_app

from ipweek.annexes.models import Activity
from ipweek.board import plugin_admin
from ipweek.board.plugin_commands import plugin
from ipweek.config import Settings
from ipweek.errors import Conflict, Invalid, NotFound
from ipweek.extensions import db
from ipweek.plugins import check, guide
from ipweek.plugins import new as making
from ipweek.plugins import service as plugins
from ipweek.plugins.check import RULES
from tests import make

from .made import CODE, STREET, report, switched_on, write


class Runner(CliRunner):
    """Runs commands, and closes what each opened: a command's process would end here."""

    def invoke(self, *words: Any, **options: Any) -> Result:
        try:
            return super().invoke(*words, **options)
        finally:
            for app, engines in db._app_engines.items():
                if not current_app or app != current_app:  # the test's own goes on
                    engines[None].dispose()


SHIPPED = Path(__file__).parents[2] / "plugins"


def test_a_new_plugin_passes_its_own_check_and_its_own_tests(tmp_path: Path) -> None:
    folder = making.new(tmp_path, "minhang", title="闵行区")

    assert check.check(folder) == []
    run = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--import-mode=importlib", str(folder)],
        capture_output=True,
        check=False,
        text=True,
        cwd=tmp_path,
        env={**os.environ, "IPWEEK_INLINE": ""},
    )
    assert "2 passed" in run.stdout, run.stdout + run.stderr


def test_the_fixture_can_run_a_plugin_in_the_debuggers_process(tmp_path: Path) -> None:
    folder = making.new(tmp_path, "minhang", title="闵行区")
    before = sys.modules["ipweek"]

    run = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--import-mode=importlib", str(folder)],
        capture_output=True,
        check=False,
        text=True,
        cwd=tmp_path,
        env={**os.environ, "IPWEEK_INLINE": "1"},
    )

    assert "2 passed" in run.stdout, run.stdout + run.stderr
    assert sys.modules["ipweek"] is before


@pytest.mark.parametrize(
    ("name", "title"), [("Minhang", "闵行区"), ("a", "闵行区"), ("minhang", 'a"b'), ("../x", "闵行区"), ("minhang", "")]
)
def test_new_refuses_a_name_that_no_plugin_can_have(tmp_path: Path, name: str, title: str) -> None:
    with pytest.raises(Invalid):
        making.new(tmp_path, name, title=title)

    assert list(tmp_path.iterdir()) == []


def test_new_touches_nothing_that_is_there(tmp_path: Path) -> None:
    making.new(tmp_path, "minhang", title="闵行区")

    with pytest.raises(Conflict):
        making.new(tmp_path, "minhang", title="别的")


@pytest.mark.parametrize("folder", sorted(path.parent for path in SHIPPED.glob("*/plugin.toml")), ids=lambda path: path.name)
def test_every_shipped_plugin_passes_the_check_to_the_last_rule(folder: Path) -> None:
    assert check.check(folder) == []


FAULTS = {
    "manifest": ({"toml": "[fields.x]"}, {}),
    "imports": ({"code": "import requests\n" + CODE}, {}),
    "loads": ({"code": "raise RuntimeError('x')"}, {}),
    "report-any-size": ({"code": report("return Report(Note(rows[0].id))")}, {}),
    "own-keys": ({"code": CODE.replace('check("scale")', 'check("scales")')}, {}),
    "tests": ({}, {}),
    "one-sentence": (
        {"code": CODE.replace('return "超过', 'return "很长" * 40 + "超过').replace('people_max"] > 500', 'people_max"] > 1')},
        {},
    ),
    "version": ({}, {"enabled_as": ("1.0", "another")}),
    "readme": ({}, {}),
    "contact": ({}, {}),
    "unused": ({}, {}),  # the site alone knows: see below
    "help": ({"toml": STREET.replace('help = "活动所在的街镇"\n', "")}, {}),
}


@pytest.mark.parametrize("rule", FAULTS)
def test_each_rule_finds_its_fault(tmp_path: Path, rule: str) -> None:
    words, how = FAULTS[rule]
    folder = write(tmp_path, **words)  # type: ignore[arg-type]
    if rule == "contact":
        text = (folder / "plugin.toml").read_text("utf-8")
        (folder / "plugin.toml").write_text(text.replace('contact = "信息中心 李工"\n', ""), "utf-8")

    found = {one.rule for one in check.check(folder, **how)}  # type: ignore[arg-type]
    assert (rule in found) is (rule != "unused")


def test_every_rule_is_tried_here() -> None:
    assert FAULTS.keys() == RULES.keys()


def test_a_column_that_is_read_is_checked_by_its_source(tmp_path: Path) -> None:
    folder = write(tmp_path, code=CODE.replace('check("scale")', 'check("people_max")'))

    assert "请写它的来源 scale" in "".join(one.text for one in check.check(folder))


def test_a_fault_gives_place_reason_and_remedy(tmp_path: Path) -> None:
    folder = write(tmp_path, code="\n\nimport requests\n")

    (found,) = [one for one in check.without_running(folder) if one.must]

    assert (found.where, found.rule) == ("__init__.py:3", "imports")
    assert "不应导入 requests" in found.text
    assert "from .名字 import" in found.text


def test_from_new_to_a_column_in_three_commands(site: Settings, app: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IPWEEK_INSTANCE", str(site.instance))
    make.unit("minhang")
    run = Runner()

    made = run.invoke(plugin, ["new", "qixin", "--title", "闵行区", "--unit", "minhang"])
    checked = run.invoke(plugin, ["check", "qixin"])
    enabled = run.invoke(plugin, ["enable", "qixin", "--yes"])
    listed = run.invoke(plugin, ["list"])

    assert "写好了" in made.output
    assert (checked.exit_code, checked.output) == (0, "qixin：没有问题\n")
    assert "已启用 闵行区 0.1：1 个字段，1 张报表。" in enabled.output
    assert ["启用", "qixin", "0.1", "1", "minhang", "1", "1"] in [line.split()[:7] for line in listed.output.splitlines()]
    disabled = run.invoke(plugin, ["disable", "qixin"])
    assert "已停用" in disabled.output


def test_a_new_plugin_with_the_name_of_an_example_is_the_one_that_is_checked_and_enabled(
    site: Settings, app: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("IPWEEK_INSTANCE", str(site.instance))
    make.unit("minhang")
    run = Runner()

    made = run.invoke(plugin, ["new", "minhang", "--title", "我的闵行区"])
    enabled = run.invoke(plugin, ["enable", "minhang", "--yes"])

    assert "本站以新写的这一个为准" in made.output
    assert "已启用 我的闵行区 0.1：1 个字段，1 张报表。" in enabled.output
    again = run.invoke(plugin, ["new", "minhang", "--title", "我的闵行区"])
    assert isinstance(again.exception, Conflict)
    assert "已经有了" in str(again.exception)


def test_a_new_plugin_does_not_take_the_place_of_an_example_in_use(site: Settings, app: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IPWEEK_INSTANCE", str(site.instance))
    make.unit("minhang")
    run = Runner()
    run.invoke(plugin, ["enable", "minhang", "--yes"])

    made = run.invoke(plugin, ["new", "minhang", "--title", "我的闵行区"])

    assert isinstance(made.exception, Conflict)
    assert "正在使用" in str(made.exception)
    assert not (site.instance / "plugins" / "minhang").exists()


def test_a_folder_whose_manifest_is_misnamed_is_not_answered_by_the_example_of_its_name(
    site: Settings, app: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("IPWEEK_INSTANCE", str(site.instance))
    run = Runner()
    run.invoke(plugin, ["new", "minhang", "--title", "我的闵行区"])
    folder = site.instance / "plugins" / "minhang"
    (folder / "plugin.toml").rename(folder / "plugin.toml.txt")

    with pytest.raises(NotFound, match=r"minhang 里没有 plugin\.toml，请看文件名"):
        run.invoke(plugin, ["check", "minhang"], catch_exceptions=False, standalone_mode=False)


def test_a_plugin_with_faults_is_checked_with_exit_code_1_and_not_enabled(
    site: Settings, app: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("IPWEEK_INSTANCE", str(site.instance))
    make.unit("minhang")
    write(site.instance / "plugins", code=report("return Report(Note(rows[0].id))"))
    run = Runner()

    checked = run.invoke(plugin, ["check", "mh"])
    assert checked.exit_code == 1
    assert "必须  report-any-size" in checked.output
    assert "遇到 0 行：列表里没有这么多项（__init__.py:8，IndexError" in checked.output
    with pytest.raises(Invalid, match="没有启用"):
        run.invoke(plugin, ["enable", "mh", "--yes"], catch_exceptions=False, standalone_mode=False)
    with pytest.raises(NotFound):
        run.invoke(plugin, ["check", "nobody"], catch_exceptions=False, standalone_mode=False)


def test_a_report_is_run_at_the_command_line(site: Settings, app: object, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("IPWEEK_INSTANCE", str(site.instance))
    make.row(make.table("minhang"), **{"mh.street": "七宝镇"})
    write(site.instance / "plugins")
    run = Runner()
    assert run.invoke(plugin, ["enable", "mh", "--yes"]).exit_code == 0

    said = run.invoke(plugin, ["run", "mh", "streets"])
    filed = run.invoke(plugin, ["run", "mh", "streets", "-o", str(tmp_path / "街镇.xlsx")])

    assert '"七宝镇"' in said.output
    assert (tmp_path / "街镇.xlsx").read_bytes()[:2] == b"PK"
    assert "已写入" in filed.output


def test_a_field_that_nobody_filled_for_a_year_is_named(site: Settings, app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IPWEEK_INSTANCE", str(site.instance))
    table = make.table("minhang")
    make.row(table, **{"mh.street": "七宝镇"})
    with time_machine.travel("2024-03-01 09:00+08:00", tick=False) as now:
        switched_on(app, toml=STREET + '[fields.idle]\nlabel = "没人填"\nhelp = "空着"\n')
        assert plugin_admin.unused(plugins.get("mh")) == []
        now.shift(366 * 86400)
        assert [one.where for one in plugin_admin.unused(plugins.get("mh"))] == ["[fields.idle]"]
        said = Runner().invoke(plugin, ["check", "mh"]).output

    assert "建议  unused" in said
    assert "“没人填”一年来没有人填过" in said


def test_check_runs_the_tests_when_asked(tmp_path: Path) -> None:
    folder = making.new(tmp_path, "minhang", title="闵行区")
    assert Runner().invoke(plugin, ["check", str(folder), "--tests"]).output == "minhang：没有问题\n"

    tests = folder / "tests" / "test_minhang.py"
    tests.write_text(tests.read_text("utf-8").replace("2]]", "3]]"), "utf-8")
    said = Runner().invoke(plugin, ["check", str(folder), "--tests"]).output

    assert "建议  tests            test_minhang.py::test_streets_counts_each_street  没有通过" in said


def test_a_job_at_the_command_line_shows_and_saves_nothing(site: Settings, app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IPWEEK_INSTANCE", str(site.instance))
    row = make.row(make.table("minhang"))
    switched_on(app)

    said = Runner().invoke(plugin, ["run", "mh", "fill"]).output

    assert "第 1 行 所属街镇：（空白） → 七宝镇\n共 1 处建议，没有保存。" in said
    db.session.rollback()
    assert "mh.street" not in db.session.get_one(Activity, row.id, populate_existing=True).values


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["run", "mh", "nothing"], "插件 mh 没有叫 nothing 的报表或作业，有：streets、fill。"),
        (["run", "off", "streets"], "插件 off 现在是“未启用”，先启用：ipweek plugin enable off。"),
        (["run", "nobody", "streets"], "没有插件 nobody，可用 ipweek plugin list 查看。"),
        (["disable", "nobody"], "没有插件 nobody，可用 ipweek plugin list 查看。"),
    ],
)
def test_a_wrong_name_at_the_command_line_is_told_what_there_is(
    site: Settings, app: Flask, monkeypatch: pytest.MonkeyPatch, words: list[str], said: str
) -> None:
    monkeypatch.setenv("IPWEEK_INSTANCE", str(site.instance))
    make.table("minhang")
    switched_on(app)
    write(site.instance / "plugins", "off")

    with pytest.raises(NotFound, match=said):
        Runner().invoke(plugin, words, catch_exceptions=False, standalone_mode=False)


def test_a_plugin_that_is_gone_is_listed_with_what_is_kept_of_it(site: Settings, app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IPWEEK_INSTANCE", str(site.instance))
    table = make.table("minhang")
    make.row(table, **{"mh.street": "七宝镇"})
    make.row(table, **{"mhx.street": "别的插件的"})
    shutil.rmtree(switched_on(app))

    assert "目录不在；保留 1 行的内容" in Runner().invoke(plugin, ["list"]).output


def test_every_command_has_a_help_page_with_an_example() -> None:
    for name in plugin.commands:
        assert f"例：ipweek plugin {name}" in Runner().invoke(plugin, [name, "--help"]).output


def test_values_go_only_after_they_stand_in_a_file(site: Settings, app: object, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("IPWEEK_INSTANCE", str(site.instance))
    row = make.row(make.table("minhang"), **{"mh.street": "七宝镇", "other.x": "别的"})
    write(site.instance / "plugins")
    run, file = Runner(), tmp_path / "mh.json"
    run.invoke(plugin, ["enable", "mh", "--yes"])

    with pytest.raises(Conflict, match="还在启用"):
        run.invoke(plugin, ["forget", "mh", "-o", str(file), "--yes"], catch_exceptions=False, standalone_mode=False)
    run.invoke(plugin, ["disable", "mh"])
    said = run.invoke(plugin, ["forget", "mh", "-o", str(file), "--yes"]).output

    assert "已把 1 项内容写入" in said
    assert json.loads(file.read_text("utf-8"))[0]["values"] == {"mh.street": "七宝镇"}
    db.session.rollback()
    left = db.session.get_one(Activity, row.id, populate_existing=True).values
    assert "mh.street" not in left
    assert left["other.x"] == "别的"
    assert left["venue"] == make.CELLS["venue"]


def test_every_page_of_the_guide_is_there() -> None:
    for name, title in guide.CONTENTS.items():
        page = guide.page(name)
        assert page.title == title
        assert page.parts[0].kind == "h1"


def test_a_mistyped_column_is_told_with_the_nearest_name(tmp_path: Path) -> None:
    folder = write(tmp_path, code=report('return Report(Bars("场数", rows.count_by("stret")))'))

    said = {one.text for one in check.check(folder) if one.must}

    assert said == {
        f"遇到{words}：没有 stret 这一列，是否想写 street？（__init__.py:8）" for words in (" 1 行", " 300 行", " 3 行全空的行")
    }
