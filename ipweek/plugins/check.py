"""``ipweek plugin check``: what a district's people run before they ask for a review. Place, reason, remedy.

Three levels: 可用 (must hold before it is enabled), 可靠 and 可交接 (advice). Each rule has a name and a place in the guide.
"""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from ipweek.plugins import answers, shelf, values
from ipweek.plugins.call import PluginFailed, call
from ipweek.plugins.schema import OFFICIAL, READ, Declared, Entry, Field, Manifest, columns

RULES: dict[str, tuple[str, str]] = {
    "manifest": ("可用", "plugin.toml 读得懂，每个词都认识"),
    "imports": ("可用", "只导入 ipweek.plugin、标准库和自己的模块"),
    "loads": ("可用", "3 秒内说明自己有哪些报表、校验和作业"),
    "report-any-size": ("可用", "报表、作业和校验遇到 0 行、1 行、300 行、全空的行都能运行，不超时"),
    "own-keys": ("可用", "校验看的列、作业填的列都存在"),
    "tests": ("可靠", "有 tests 目录，里面有测试，而且都通过"),
    "one-sentence": ("可靠", "校验每次只说一句话，不超过 60 字"),
    "version": ("可靠", "内容改了，version 也要改"),
    "readme": ("可交接", "有 README.md，写给下一位接手的人"),
    "contact": ("可交接", "写明联系人，坏了知道找谁"),
    "help": ("可交接", "每个字段都有 help"),
    "unused": ("可交接", "没有一年没人填过的字段"),
}
"""Every rule: its level, and what it asks."""
MUST = "可用"

ALLOWED = {
    "abc", "array", "bisect", "calendar", "collections", "copy", "csv", "dataclasses", "datetime", "decimal", "difflib", "enum",
    "fractions", "functools", "hashlib", "heapq", "io", "itertools", "json", "math", "numbers", "operator", "pathlib", "random", "re",
    "statistics", "string", "textwrap", "tomllib", "typing", "unicodedata", "__future__",
}  # fmt: skip
"""Modules of the standard library that compute; others open, start or connect something."""
SIZES = (0, 1, 300)


@dataclass(frozen=True)
class Finding:
    """One thing found: the rule, the place, and what to do."""

    rule: str
    where: str
    text: str

    @property
    def level(self) -> str:
        return RULES[self.rule][0]

    @property
    def must(self) -> bool:
        """Whether it must be mended before the plugin can be enabled."""
        return self.level == MUST


def check(folder: Path, *, enabled_as: tuple[str, str] | None = None, inline: bool = False) -> list[Finding]:
    """Everything there is to say about the plugin in *folder*; nothing means all is well.

    *enabled_as* is version and content mark of what is switched on now, if it is.
    """
    found = without_running(folder)
    entry = shelf.look(folder)
    manifest = entry.manifest
    if manifest is None or any(finding.rule == "imports" for finding in found):
        return found
    if enabled_as and enabled_as[0] == manifest.version and enabled_as[1] != shelf.content_of(folder):
        found.append(Finding("version", "plugin.toml", f"内容与已启用的 {manifest.version} 不同，请把 version 改大"))
    if not entry.has_code:
        return found
    try:
        declared = answers.declared(call(folder, {"do": "describe"}, inline=inline))
    except PluginFailed as failed:
        return [Finding("loads", "__init__.py", failed.said), *found]
    return [*_own_keys(manifest, declared), *_runs(entry, manifest, declared, inline=inline), *found]


def without_running(folder: Path) -> list[Finding]:
    """What can be said from reading alone."""
    entry = shelf.look(folder)
    if entry.manifest is None:
        return [Finding("manifest", "plugin.toml", entry.why)]
    sources = sorted(path for path in islice(folder.rglob("*.py"), shelf.MOST_FILES) if path.is_file())
    found = [finding for source in sources if "tests" not in source.relative_to(folder).parts for finding in _imports(folder, source)]
    return [*found, *_advice(entry, entry.manifest)]


def _advice(entry: Entry, manifest: Manifest) -> Iterator[Finding]:
    if entry.has_code and not list(entry.folder.glob("tests/test_*.py")):
        yield Finding("tests", "tests/", "缺少测试，请照 ipweek plugin new 写出的样子补上")
    if not (entry.folder / "README.md").is_file():
        yield Finding("readme", "README.md", "缺少 README.md，请写明字段和报表是谁要的、数据从哪里来")
    if not manifest.contact:
        yield Finding("contact", "plugin.toml", '没有写联系人，请在 [plugin] 里加 contact = "科室 姓名 电话"')
    for field in manifest.fields:
        if not field.help:
            yield Finding("help", f"[fields.{field.key}]", f"“{field.label}”没有 help，请用一句话说明怎么填")


def tests(folder: Path) -> list[Finding]:
    """Run the author's tests, in a process that no fence surrounds: for him, never for the server."""
    if not list(folder.glob("tests/test_*.py")):
        return []
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
        "--import-mode=importlib",
        "--rootdir",
        str(folder),
        str(folder),
    ]
    run = subprocess.run(command, capture_output=True, check=False, text=True, encoding="utf-8", errors="replace", cwd=folder)
    if run.returncode == 0:
        return []
    if "No module named pytest" in run.stderr:
        return [Finding("tests", "tests/", "没有装 pytest，测试没有运行，请先运行 pip install pytest")]
    failed = [line for line in run.stdout.splitlines() if line.startswith(("FAILED ", "ERROR "))]
    return [Finding("tests", line.split()[1].rsplit("/", 1)[-1], "没有通过，请运行 python -m pytest 看原因") for line in failed] or [
        Finding("tests", "tests/", "测试没有运行成功，请运行 python -m pytest 看原因")
    ]


def _imports(folder: Path, source: Path) -> Iterator[Finding]:
    where = source.relative_to(folder).as_posix()
    try:
        if source.stat().st_size > shelf.LARGE:
            raise ValueError("文件太大")
        tree = ast.parse(source.read_text("utf-8").removeprefix("\ufeff"))
    except UnicodeDecodeError:
        yield Finding("imports", where, "不是 UTF-8 编码，请在编辑器里另存为 UTF-8")
        return
    except (MemoryError, RecursionError):
        yield Finding("imports", where, "里面的括号或算式套得太深，读不了，请拆成几行")
        return
    except (SyntaxError, ValueError, OSError) as error:
        yield Finding("imports", f"{where}:{getattr(error, 'lineno', None) or 1}", f"不是正确的 Python：{getattr(error, 'msg', error)}")
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and not node.level:
            names = [node.module or ""]
        else:
            continue
        for name in names:
            if name != "ipweek.plugin" and name.split(".")[0] not in ALLOWED:
                remedy = "请只用 ipweek.plugin、标准库里做计算的模块；自己的模块写成 from .名字 import …"
                yield Finding("imports", f"{where}:{node.lineno}", f"不应导入 {name}，{remedy}")


def _own_keys(manifest: Manifest, declared: Declared) -> Iterator[Finding]:
    known = OFFICIAL | {field.key for field in manifest.fields}
    for keys in declared.checks:
        for key in keys:
            if key in READ:
                source = "scale" if key.startswith("people") or key == "online" else "event_time"
                yield Finding("own-keys", f'@plugin.check("{key}")', f"{key} 是读出来的，请写它的来源 {source}")
            elif key not in known:
                yield Finding("own-keys", f'@plugin.check("{key}")', f"没有 {key} 这一列，请核对字段名")


def _runs(entry: Entry, manifest: Manifest, declared: Declared, *, inline: bool) -> Iterator[Finding]:
    settings = {one.key: values.typed_default(one) for one in manifest.settings}
    whole = {
        "columns": columns(manifest.fields),
        "settings": settings,
        "offered": {"today": "2024-04-11", "deadline": "2024-04-12", "week": WEEK},
    }

    def run(do: str, rows: Sequence[list[Any]], **order: Any) -> Any:
        return call(entry.folder, {"do": do, "rows": rows, **order, **whole}, inline=inline)

    for name in declared.reports:
        for words, rows in samples(manifest.fields):
            try:
                answers.blocks(run("report", rows, name=name))
            except PluginFailed as failed:
                yield Finding("report-any-size", f"报表 {name}", f"遇到{words}：{failed.said}")
                if failed.kind == "late":  # nobody waits for the same a dozen times
                    return
    own = {field.key for field in manifest.fields}
    for name in declared.jobs:
        for words, rows in samples(manifest.fields):
            try:
                answers.proposals(run("job", rows, name=name), {row[0] for row in rows}, own)
            except PluginFailed as failed:
                yield Finding("own-keys" if failed.kind == "garbled" else "report-any-size", f"作业 {name}", f"遇到{words}：{failed.said}")
                if failed.kind == "late":
                    return
    if declared.checks:
        yield from _sentences(run, manifest)


def _sentences(run: Any, manifest: Manifest) -> Iterator[Finding]:
    for words, rows in samples(manifest.fields):
        try:
            said = answers.warnings(run("check", rows, keys=None), {row[0] for row in rows}, OFFICIAL | {f.key for f in manifest.fields})
        except PluginFailed as failed:
            yield Finding("report-any-size", "校验", f"遇到{words}：{failed.said}")
            return
        for one in said:
            if len(one.message) > 60 or "\n" in one.message:
                yield Finding("one-sentence", f"校验 {one.key}", f"“{one.message[:20]}…”太长，请改成一句话，不超过 60 字")
                return


WEEK = [f"2024-04-{day}" for day in range(20, 27)]


def samples(fields: Sequence[Field]) -> Iterator[tuple[str, list[list[Any]]]]:
    """Rows of every size, filled, and one time with nothing in them."""
    for size in SIZES:
        yield f" {size} 行", [[number, _sample(fields, number)] for number in range(1, size + 1)]
    yield " 3 行全空的行", [[number, {}] for number in range(1, 4)]


def _sample(fields: Sequence[Field], number: int) -> Mapping[str, Any]:
    day = WEEK[number % 7]
    row: dict[str, Any] = {
        "host": "区知识产权联席会议办公室",
        "event_name": f"知识产权进商圈（第{number}场）",
        "event_time": f"4月{day[-2:]}日 14:00",
        "venue": "区文化馆一楼",
        "content": "讲解商标保护",
        "attendees": "市民",
        "scale": f"约{number * 3}人",
        "contact": "张三 138****0001",
        "starts_on": day,
        "ends_on": day,
        "people_min": number * 3,
        "people_max": number * 3,
        "online": "",
    }
    return row | {field.key: _example(field, number) for field in fields}


def _example(field: Field, number: int) -> Any:
    if field.kind == "number":
        return field.min if field.min is not None else number
    if field.kind == "date":
        return WEEK[number % 7]
    if field.kind == "yes_no":
        return number % 2 == 0
    if field.choices:
        choice = field.choices[number % len(field.choices)]
        return [choice] if field.kind == "choices" else choice
    return f"示意{number % 9}"
