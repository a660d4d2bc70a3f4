"""Who may import whom, which features ask which, and why an import may stand inside a function.

Levels: 0 pure, 1 database and extensions, 2 models and transaction, 3 services, 4 pages and htmx, 5 views,
6 the app and the commands, which need one. A module that no list names is pure as long as it asks nothing above 0, else a service.
"""

import ast
import re
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "ipweek"
TOP = {
    "addresses": 4,
    "bodies": 4,
    "database": 1,
    "extensions": 1,
    "statements": 1,
    "transaction": 2,
    "htmx": 4,
    "pages": 4,
    "headers": 4,
    "failures": 4,
    "signatures": 4,
    "templating": 4,
    "log": 4,
}
TOP |= {"app": 6, "cli": 6, "__main__": 6, "testing": 6}
FURNITURE = {"schema": 0, "models": 2, "service": 3, "forms": 3, "views": 5, "web": 5, "commands": 6, "server": 6}
PURE = {"errors", "clock", "config", "wording", "plugin", "schema", "calendar", "readings", "gate", "reader", "checks", "cell_text"}
FLASK = {"flask", "werkzeug", "jinja2", "flask_login", "flask_wtf", "flask_compress", "flask_migrate", "htmx_flask"}
DATABASE = {"sqlalchemy", "alembic", "flask_sqlalchemy", "sqlite3", "pysqlite3", "psycopg"}
FEATURES = ["accounts", "files", "notice", "annexes", "reporting", "workbooks", "board"]
EVERY = sorted(path for path in PACKAGE.rglob("*.py") if "migrations" not in path.parts)


def named(path):
    parts = path.relative_to(PACKAGE).with_suffix("").parts
    return parts[:-1] if parts[-1] == "__init__" else parts


def each(paths):
    return pytest.mark.parametrize("path", paths, ids=lambda path: path.relative_to(ROOT).as_posix())


@cache
def imports(path):
    """What *path* imports, as dotted names with the node; ``from a import b`` counts as a.b."""
    found = []
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found += [(alias.name, node) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path.name}: say the whole name instead of a relative import"
            found += [(f"{node.module}.{alias.name}", node) for alias in node.names]
    return found


def module(name):
    """The file of our module that *name* means, or None for a stranger."""
    parts = name.split(".")
    for end in (len(parts), len(parts) - 1):
        base = ROOT.joinpath(*parts[:end])
        for path in (base.with_suffix(".py"), base / "__init__.py"):
            if parts[0] == "ipweek" and path.is_file():
                return path
    return None


@cache
def level(path):
    *folders, name = named(path) or ("",)
    if not folders and name in TOP:
        return TOP[name]
    kind = next((word for word in ("views", "commands") if word in name.split("_")), name)
    if len(folders) == 1 and kind in FURNITURE:
        return FURNITURE[kind]
    if name in PURE:
        return 0
    asked = [module(name) for name, _ in imports(path)]
    above = {imported.split(".")[0] for imported, _ in imports(path)} & DATABASE or any(level(other) for other in asked if other)
    return 3 if above else 0


@each(EVERY)
def test_imports_point_downwards(path):
    for name, _ in imports(path):
        if other := module(name):
            assert level(other) <= level(path), f"{path.name} (layer {level(path)}) may not import {name} (layer {level(other)})"


@each(EVERY)
def test_services_know_no_request_and_pure_modules_no_database(path):
    never = {0: FLASK | DATABASE | {"wtforms"}, 2: FLASK | {"wtforms"}, 3: FLASK}.get(level(path), set())
    if path.stem == "forms":
        never = never - {"flask_wtf"}  # a form is handed its data; who calls it knows the request
    for name, _ in imports(path):
        assert name.split(".")[0] not in never, f"{path.name} (layer {level(path)}) may not import {name}"


@each([path for path in EVERY if level(path) in {5, 6}])
def test_views_and_commands_leave_the_database_to_services(path):
    text = path.read_text("utf-8")

    assert not re.search(r"\bdb\.session\b", text)
    assert "sqlalchemy" not in {name.split(".")[0] for name, _ in imports(path)}


@each(EVERY)
def test_features_ask_only_those_to_their_left(path):
    mine = named(path)[0] if len(named(path)) > 1 else ""
    free = not mine and level(path) >= 4  # app, cli, templating: the pieces that know the features
    for name, _ in imports(path):
        other = module(name)
        theirs = named(other)[0] if other and len(named(other)) > 1 else ""
        if not theirs or theirs == mine or free or mine == "maintenance":
            continue
        if theirs == "plugins":
            allowed = mine in FEATURES[FEATURES.index("annexes") :]
        else:
            allowed = mine in FEATURES and theirs in FEATURES[: FEATURES.index(mine)]
        assert allowed, f"{mine or path.name} may not ask {theirs} ({name})"


@each(EVERY)
def test_an_import_inside_a_function_gives_its_reason(path):
    lines = path.read_text("utf-8").splitlines()
    inside = [
        statement
        for function in ast.walk(ast.parse("\n".join(lines)))
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
        for statement in ast.walk(function)
        if isinstance(statement, ast.Import | ast.ImportFrom)
    ]
    for number in {statement.lineno for statement in inside}:
        assert re.search(r"# (?:noqa: PLC0415 --? )?(?!noqa)\w+", lines[number - 1]), f"{path.name}:{number} gives no reason"


@each(EVERY)
def test_an_exception_to_the_linter_gives_its_reason(path):
    for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
        assert "# noqa" not in line or re.search(r"# noqa: [A-Z0-9, ]+ --? \w+", line), f"{path.name}:{number} gives no reason"


@each(EVERY)
def test_no_module_is_a_drawer(path):
    assert not set(named(path)) & {"utils", "util", "helpers", "common", "misc", "manager"}


def test_the_package_and_the_plugin_side_need_only_the_standard_library():
    sides = ["ipweek"] + ["ipweek.plugin"] * (PACKAGE / "plugin.py").exists()
    asked = "; ".join(f"import {name}" for name in sides)
    loaded = f"{asked}; import sys; print(sorted({{m.split('.')[0] for m in sys.modules}} - set(sys.stdlib_module_names)))"

    asks = [sys.executable, "-I", "-S", "-c", f"import sys; sys.path.insert(0, {str(ROOT)!r}); {loaded}"]
    out = subprocess.run(asks, capture_output=True, text=True, check=True)

    assert out.stdout.strip() in ("['__main__', 'ipweek']", "['ipweek']")
