"""The guide says what is so: every block of code is run, every name has its heading, every example of a docstring too."""

from __future__ import annotations

import inspect
import re
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask

from ipweek import plugin as api
from ipweek.plugins import check, guide, manifest, shelf
from ipweek.plugins.guide import CONTENTS, Page, Part
from ipweek.plugins.manifest import WORDS
from ipweek.testing import Lab
from tests import make
from tests.desk import Desk

from .made import HEAD

PAGES = {name: guide.page(name) for name in CONTENTS}


def code(page: Page, language: str) -> list[str]:
    return [part.text for part in page.parts if part.kind == "code" and part.language == language]


def headings(page: Page) -> set[str]:
    return {part.text for part in page.parts if part.kind in {"h2", "h3"}}


def each(language: str) -> pytest.MarkDecorator:
    found = [pytest.param(text, id=f"{name}-{n}") for name, page in PAGES.items() for n, text in enumerate(code(page, language))]
    return pytest.mark.parametrize("text", found)


@each("toml")
def test_every_manifest_of_the_guide_is_read(tmp_path: Path, text: str) -> None:
    folder = tmp_path / "minhang"
    folder.mkdir()
    head = "" if "[plugin]" in text else HEAD.format(title="闵行区", unit="minhang")
    (folder / "plugin.toml").write_text(head + text, "utf-8")

    assert manifest.read(folder).unit == "minhang"


@pytest.mark.parametrize("text", code(PAGES["api"], "python"))
def test_every_example_of_the_interface_runs(text: str) -> None:
    exec(compile(text, "guide", "exec"), {})


def test_the_first_report_passes_its_check_and_its_own_tests(tmp_path: Path) -> None:
    column = code(PAGES["first-column"], "toml")[0]
    setting = code(PAGES["first-report"], "toml")[0]
    module, tests, checking = code(PAGES["first-report"], "python")
    folder = tmp_path / "minhang"
    folder.mkdir()
    (folder / "plugin.toml").write_text(f"{column}\n\n{setting}", "utf-8")
    (folder / "__init__.py").write_text(f"{module}\n\n{checking}\n", "utf-8")

    assert [one for one in check.check(folder) if one.must] == []
    theirs: dict[str, Callable[[Lab], None]] = {}
    exec(compile(tests, "guide", "exec"), theirs)  # type: ignore[arg-type]
    ran = [test(Lab(folder)) for name, test in list(theirs.items()) if name.startswith("test_")]
    assert len(ran) == 2
    lab = Lab(folder)
    assert lab.warnings(lab.row(scale="900人"), "scale") == ["超过单场上限 500 人，请附安全预案"]


def test_the_plugin_of_the_interface_page_is_one_that_works(tmp_path: Path) -> None:
    text = next(text for text in code(PAGES["api"], "python") if "plugin.job" in text)
    folder = tmp_path / "minhang"
    folder.mkdir()
    (folder / "plugin.toml").write_text(code(PAGES["first-column"], "toml")[0], "utf-8")
    (folder / "__init__.py").write_text(text, "utf-8")
    lab = Lab(folder)
    row = lab.row(venue="七宝文化中心", scale="300人")

    assert lab.check() == []
    assert lab.report("count") == [{"block": "note", "text": "截至 2024-04-11 共 1 场。"}]
    assert lab.job("fill") == {row: {"street": "七宝镇"}}
    assert lab.warnings(row, "scale") == ["超过 200 人，请核对场地"]


def test_what_the_guide_says_of_the_fixture_is_there(tmp_path: Path) -> None:
    folder = tmp_path / "minhang"
    folder.mkdir()
    (folder / "plugin.toml").write_text(code(PAGES["first-column"], "toml")[0], "utf-8")
    (folder / "__init__.py").write_text(code(PAGES["first-report"], "python")[0], "utf-8")
    lab = Lab(folder)
    lab.row(street="七宝镇<b>", scale="80人")
    told = set(re.findall(r"lab\.(\w+)", (guide.FOLDER / "first-report.md").read_text("utf-8")))

    assert told == {name for name in vars(Lab) | vars(lab) if name[0] != "_" and name not in {"folder", "entry", "manifest", "rows"}}
    assert "七宝镇&lt;b&gt;" in lab.page("streets")
    assert lab.workbook("streets").worksheets[1]["A2"].value == "七宝镇<b>"


@each("console")
def test_every_command_of_the_guide_is_there(text: str) -> None:
    from ipweek import cli  # noqa: PLC0415 -- this test alone
    from ipweek.board.plugin_commands import plugin  # noqa: PLC0415 -- this test alone

    for line in text.splitlines():
        program, command, *rest = line.split()
        assert program == "ipweek"
        assert command in cli.ipweek.listed
        if command == "plugin":
            assert rest[0] in plugin.commands


def test_every_name_of_the_interface_has_a_heading() -> None:
    assert set(api.__all__) <= headings(PAGES["api"])


def test_every_word_of_the_manifest_has_a_heading() -> None:
    wanted = {f"{table}.{word}" for table, words in WORDS.items() for word in words} | set(WORDS)

    assert wanted == headings(PAGES["manifest"])


def test_every_rule_has_a_heading_and_says_its_level() -> None:
    assert headings(PAGES["rules"]) == set(check.RULES)
    told: dict[str, Part] = {}
    for part, after in zip(PAGES["rules"].parts, PAGES["rules"].parts[1:], strict=False):
        if part.kind == "h2":
            told[part.text] = after
    for rule, (level, _) in check.RULES.items():
        assert told[rule].words[0][1].startswith(f"{level}。")


def test_every_name_of_the_interface_has_a_docstring_in_chinese_with_an_example() -> None:
    names = [getattr(api, name) for name in api.__all__ if name != "API"]
    methods = [method for one in names for name, method in vars(one).items() if inspect.isfunction(method) and not name.startswith("_")]

    for thing in [*names, *methods]:
        assert "例" in (thing.__doc__ or ""), thing
        assert re.search(r"[一-鿿]", thing.__doc__)


def test_the_interface_is_what_was_promised() -> None:
    said = []
    for name in sorted(api.__all__):
        thing = getattr(api, name)
        if not inspect.isclass(thing):
            said.append(f"{name} = {thing!r}")
            continue
        said.append(f"class {name}{inspect.signature(thing) if '__init__' in vars(thing) else ''}")
        said += [
            f"  {name}.{key}{inspect.signature(one)}"
            for key, one in sorted(vars(thing).items())
            if inspect.isfunction(one) and key[0] != "_"
        ]
    said += [f"[{table}] {' '.join(words)}" for table, words in WORDS.items()]
    promised = shelf.PACKAGE / "docs" / "plugins" / "api-1.txt"

    assert "\n".join(said) + "\n" == promised.read_text("utf-8"), "a change needs a new level of the interface"


def test_the_guide_is_read_by_everybody_who_is_logged_in(app: Flask) -> None:
    desk = Desk(app).sit(make.user("minhang", "developer"))

    for name, page in PAGES.items():
        said = desk.get(f"/help/plugins/{name}").text
        assert page.title in said
        for part in page.parts:
            if part.kind == "code":
                assert part.text.split('"')[0].split("'")[0].split("<")[0].split(">")[0].split("&")[0] in said
    assert desk.get("/help/plugins/nothing").status_code == 404


def test_the_cost_of_a_column_and_a_report_is_what_we_say() -> None:
    text, choice = (code(PAGES["first-column"], "toml")[n].split("[fields")[-1].splitlines() for n in (1, 0))
    module = [line for line in code(PAGES["first-report"], "python")[0].splitlines() if line.strip()]

    assert len(text) <= 5
    assert len(choice) <= 8
    assert len(module) <= 12
    assert tomllib.loads("[fields" + "\n".join(choice))
