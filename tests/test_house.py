"""What the papers say is what the code does: settings, commands, versions, locks, the wheel."""

import hashlib
import re
import subprocess
import sys
import tomllib
import zipfile
from dataclasses import fields
from pathlib import Path

import pytest

import ipweek
from ipweek.config import Settings

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text("utf-8")
MAKEFILE = (ROOT / "Makefile").read_text("utf-8")
CHANGELOG = (ROOT / "ipweek" / "docs" / "changelog.md").read_text("utf-8")
DECISIONS = sorted((ROOT / "ipweek" / "docs" / "decisions").glob("*.md"))
LOCKS = ["requirements.lock", "requirements-postgres.lock", "requirements-dev.lock"]


def locked(name):
    """The packages of a lock, each with its version."""
    return dict(re.findall(r"^([a-z0-9._-]+)(?:\[[a-z,]+\])?==(\S+)", (ROOT / name).read_text("utf-8"), re.MULTILINE))


def plain(name):
    return re.sub(r"[-_.]+", "-", name).lower()


def test_the_readme_names_every_setting_and_no_other():
    table = README.split("### Settings")[1].split("###")[0]
    named = {word for row in re.findall(r"^\| (`[^|]+) \|", table, re.MULTILINE) for word in re.findall(r"`(\w+)`", row)}

    assert named == {field.name for field in fields(Settings)} - {"instance"}


def test_the_readme_shows_the_defaults_that_there_are():
    table = README.split("### Settings")[1].split("###")[0]
    shown = {}
    for names, values in re.findall(r"^\| (`[^|]+) \| ([^|]+) \|", table, re.MULTILINE):
        if "`" in values:
            shown |= dict(zip(re.findall(r"`(\w+)`", names), re.findall(r"`([^`]+)`", values), strict=True))
    wanted = {field.name: str(field.default).lower() for field in fields(Settings)}

    assert len(shown) > 8
    assert {name: value.strip('"').lower() for name, value in shown.items()} == {name: wanted[name] for name in shown}


def test_every_picture_of_the_readme_is_there():
    pictures = re.findall(r"!\[[^\]]+\]\(([^)]+)\)", README)

    assert len(pictures) >= 4
    assert [picture for picture in pictures if not (ROOT / picture).is_file()] == []


def test_every_make_command_that_is_named_is_there():
    there = set(re.findall(r"^([a-z]+):", MAKEFILE, re.MULTILINE))
    named = set(re.findall(r"(?:^|`|    )make ([a-z]+)", README, re.MULTILINE)) | {"setup", "run", "test"}

    assert named <= there
    listed = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert {"setup", "run", "test", "lint", "lock", "screenshots"} <= set(re.findall(r"^  make (\w+)", listed, re.MULTILINE))


def test_the_changelog_speaks_to_three_kinds_of_readers_about_this_version():
    latest = CHANGELOG.split("\n## ")[1]

    assert latest.startswith(ipweek.__version__)
    assert re.findall(r"^### (.+)$", latest, re.MULTILINE) == ["填表人", "区级管理员", "插件作者"]


@pytest.mark.parametrize("path", DECISIONS, ids=lambda path: path.stem)
def test_a_decision_says_what_why_what_it_cost_and_when_to_look_again(path):
    text = path.read_text("utf-8")

    assert text.startswith(f"# {int(path.stem[:4])}. ")
    for part in ("**What.**", "**Why", "**What we gave up.**", "**Look again**"):
        assert part in text


def test_decisions_are_numbered_without_a_gap():
    assert [int(path.stem[:4]) for path in DECISIONS] == list(range(1, len(DECISIONS) + 1))


@pytest.mark.parametrize("name", [*LOCKS, "requirements-bench.lock"])
def test_a_lock_pins_by_hash_and_names_no_index(name):
    text = (ROOT / name).read_text("utf-8")

    assert not re.search(r"https?:|^-{1,2}(?:i|index|extra|find|trusted)", text, re.MULTILINE)
    pins = [block for block in re.split(r"^(?=[a-z0-9])", text, flags=re.MULTILINE) if block.strip()]
    assert len(pins) > 30
    assert [pin.split()[0] for pin in pins if "--hash=sha256:" not in pin] == []


def test_the_locks_agree_and_the_site_installs_nothing_for_developers():
    site, postgres, dev = map(locked, LOCKS)

    assert site.items() <= postgres.items() <= dev.items()
    assert not {"pytest", "ruff", "mypy", "playwright", "psycopg"} & site.keys()
    assert {"psycopg"} <= postgres.keys()


def test_the_bench_measures_the_very_packages_that_a_site_runs():
    bench = locked("requirements-bench.lock")

    assert locked("requirements.lock").items() <= bench.items()
    assert "flask-admin" in bench
    assert "flask-admin" not in locked("requirements-dev.lock")


def test_everything_that_is_asked_for_is_locked():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    asked = {plain(re.match(r"[\w.-]+", line).group()) for line in project["project"]["dependencies"]}

    assert asked | {"hatchling", "editables"} <= locked("requirements.lock").keys()


def test_every_exception_to_the_linter_has_its_reason():
    part = (ROOT / "pyproject.toml").read_text("utf-8").split("[tool.ruff.lint]")[1].split("[tool.ruff.lint.mccabe")[0]
    excepted = [line for line in part.splitlines() if re.match(r'\s+"[A-Z]+\d*",', line)]

    assert len(excepted) > 20
    assert [line for line in excepted if not re.search(r"# \w+", line)] == []


def test_htmx_is_the_file_that_was_tried():
    script = (ROOT / "ipweek" / "static" / "vendor" / "htmx-2.0.11.min.js").read_bytes()

    assert hashlib.sha256(script).hexdigest() == "d6fdc75f204e6bdefa99b69bf1e6d4ac69b8a364f77929f45c13476b4000f717"


def test_the_wheel_carries_all_that_a_site_needs_and_nothing_of_this_one(tmp_path):
    subprocess.run([sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", tmp_path], cwd=ROOT, capture_output=True, check=True)

    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as package:
        inside = set(package.namelist())
    wanted = [
        "templates/layout.html",
        "migrations/env.py",
        "migrations/versions/0001_the_first_tables.py",
        "static/js/grid.js",
        "static/js/grid/queue.js",
    ]
    wanted.append("static/vendor/htmx-2.0.11.min.js.gz")
    assert {f"ipweek/{name}" for name in [*wanted, "docs/changelog.md", "shipped_plugins/README.md", "accounts/units.toml"]} <= inside
    assert [name for name in inside if re.match(r"(tests|instance|\.venv)", name) or name.endswith((".sqlite", ".pyc"))] == []
