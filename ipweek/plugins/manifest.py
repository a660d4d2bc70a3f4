"""Reads a plugin.toml and refuses what it does not know, with the place and the nearest known word. Runs no code."""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Collection, Mapping
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from ipweek import plugin as api
from ipweek.plugins import values
from ipweek.plugins.schema import HEADINGS, KINDS, OFFICIAL, READ, Field, Link, Manifest, Words

NAME = re.compile(r"[a-z][a-z0-9_]{1,30}")
WORDS: dict[str, tuple[str, ...]] = {
    "plugin": ("title", "unit", "version", "api", "contact"),
    "fields": ("label", "kind", "choices", "required", "after", "default", "min", "max", "max_length", "help", "width", "was"),
    "settings": ("label", "kind", "choices", "default", "min", "max", "max_length", "help"),
    "notes": ("place", "text"),
    "links": ("label", "url"),
}
"""Every word of a manifest, by table."""
PLACES = ("table", "edit", "report")
MOST_BYTES = 256_000
MOST = {"fields": 30, "settings": 30, "notes": 10, "links": 20}
"""How many of each a plugin may declare."""
WIDTHS, LENGTHS = (2, 60), (1, 4000)
SAID = {
    "Invalid statement": "这一行不像“名字 = 值”，也不像 [表名]",
    "Invalid value": '等号后面的值不对，文字要加英文引号 ""',
    "Expected '=' after a key in a key/value pair": "名字后面缺少等号",
    "Expected newline or end of document after a statement": "值的后面还有多余的字",
    "Expected ']' at the end of a table declaration": "表名后面缺少 ]",
    "Unclosed array": "方括号没有成对",
    "Unterminated string": "引号没有成对",
    "Illegal character '\\n'": "引号没有在同一行里成对",
    "Cannot overwrite a value": "同一个名字写了两次",
    "Invalid initial character for a key part": "名字只能用字母、数字和下划线",
}
"""What the parser of the standard library says, for people."""
_HIDDEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufffe\uffff\ud800-\udfff]")


class WrongManifest(Exception):
    """What is wrong with a plugin.toml, in one sentence."""


def read(folder: Path) -> Manifest:
    """The manifest in *folder*, or WrongManifest."""
    if not NAME.fullmatch(folder.name):
        raise WrongManifest("目录名就是插件的 id，只能用小写字母、数字和下划线，以字母开头，2 到 31 个字符")
    path = folder / "plugin.toml"
    try:
        if path.stat().st_size > MOST_BYTES:
            raise WrongManifest("plugin.toml 太大")
        written = tomllib.loads(path.read_text("utf-8").removeprefix("\ufeff"))  # Notepad puts a mark in front
    except UnicodeDecodeError:
        raise WrongManifest("plugin.toml 不是 UTF-8 编码，请在编辑器里另存为 UTF-8") from None
    except tomllib.TOMLDecodeError as error:
        raise WrongManifest(f"plugin.toml 写法有误：{_placed(str(error))}") from None
    except ValueError:
        raise WrongManifest("plugin.toml 里有一个位数太多的数字") from None
    except RecursionError:
        raise WrongManifest("plugin.toml 里的括号套得太深") from None
    except OSError:
        raise WrongManifest("plugin.toml 读不出来，请核对文件的权限") from None
    return _manifest(folder.name, written)


def _placed(said: str) -> str:
    """The parser's sentence in Chinese where it is a usual one, with its place."""
    words, _, place = said.rpartition(" (at ")
    if twice := re.fullmatch(r"Cannot declare \((.+?),?\) twice", words):
        words = f"[{'.'.join(re.findall(r'[^ ,]+', twice[1].replace(chr(39), '')))}] 写了两次"
    place = re.sub(r"line (\d+), column (\d+)\)", r"第 \1 行第 \2 列", place).replace("end of document)", "文件末尾")
    return f"{SAID.get(words, words)}（{place}）"


def _manifest(plugin: str, written: Mapping[str, Any]) -> Manifest:
    _known(written, WORDS, "plugin.toml")
    head = _table(written, "plugin")
    _known(head, WORDS["plugin"], "[plugin]")
    for word in ("title", "unit", "version", "api"):
        if word not in head:
            raise WrongManifest(f"[plugin] 缺少 {word}")
    level = head["api"]
    if type(level) is not int:
        raise WrongManifest(f"[plugin] api 要写数字，不加引号：api = {api.API}")
    if level != api.API:
        raise WrongManifest(f"要求接口 {level if 0 <= level < 1000 else '（数字太大）'}，本系统提供接口 {api.API}")
    unit = _text(head["unit"], "[plugin] unit", most=32)
    if not re.fullmatch(r"[a-z][a-z0-9_]{1,31}", unit):
        raise WrongManifest(f"[plugin] unit 要写一个单位的代号，例如 minhang，现在是 {unit}")
    version = head["version"]
    if isinstance(version, bool) or not isinstance(version, str | int | float):
        raise WrongManifest('[plugin] version 要写文字，例如 version = "1.2"')
    for table, most in MOST.items():
        if len(_table(written, table)) > most:
            raise WrongManifest(f"[{table}] 最多 {most} 项，现在有 {len(written[table])} 项")
    return Manifest(
        plugin,
        _line(head["title"], "[plugin] title", most=80),
        unit,
        _text(str(version), "[plugin] version", most=40),
        level,
        _text(head.get("contact", ""), "[plugin] contact", most=200, may_be_empty=True),
        _fields(plugin, written),
        [_field(plugin, key, told, "settings") for key, told in _table(written, "settings").items()],
        [_note(key, told) for key, told in _table(written, "notes").items()],
        [_link(key, told) for key, told in _table(written, "links").items()],
    )


def _fields(plugin: str, written: Mapping[str, Any]) -> list[Field]:
    fields = [_field(plugin, key, told, "fields") for key, told in _table(written, "fields").items()]
    keys = {field.key for field in fields}
    labels: dict[str, str] = {}
    former: dict[str, str] = {}
    for field in fields:
        if (other := labels.setdefault(field.label, field.key)) != field.key:
            raise WrongManifest(f"[fields.{field.key}] label 与 [fields.{other}] 相同，请改一个")
        for key in field.was:
            if former.setdefault(key, field.key) != field.key:
                raise WrongManifest(f"[fields.{field.key}] was 里的 {key} 已经写在 [fields.{former[key]}] 里")
        if field.after and field.after not in OFFICIAL | keys - {field.key}:
            meant = _near(field.after, OFFICIAL | keys) or "，要写列的代号，例如 venue（活动地点）"
            raise WrongManifest(f"[fields.{field.key}] after 写的 {field.after} 不是已有的列{meant}")
        if clash := set(field.was) & keys:
            raise WrongManifest(f"[fields.{field.key}] was 里的 {min(clash)} 现在还是一个字段")
    return fields


def _field(plugin: str, key: str, told: Any, table: str) -> Field:
    where = f"[{table}.{key}]"
    if not NAME.fullmatch(key):
        raise WrongManifest(f"{where}：名字只能用小写字母、数字和下划线，以字母开头，2 到 31 个字符")
    if table == "fields" and (key in OFFICIAL | READ or key in {"id", "rows"} or re.fullmatch(r"col_\d+", key)):
        raise WrongManifest(f"{where}：{key} 是官方列的名字，本地字段请换一个")
    if not isinstance(told, dict):
        raise WrongManifest(f"{where} 应当是一张表")
    _known(told, WORDS[table], where)
    if "label" not in told:
        raise WrongManifest(f"{where} 缺少 label")
    kind = told.get("kind", "text")
    if not isinstance(kind, str) or kind not in KINDS:
        raise WrongManifest(f"{where} kind 写的 {kind} 不认识，可用的有：{'、'.join(KINDS)}{_near(str(kind), KINDS)}")
    was = _texts(told.get("was", []), f"{where} was")
    if bad := next((name for name in was if not NAME.fullmatch(name)), None):
        raise WrongManifest(f"{where} was 里的 {bad} 不像字段的名字")
    label = _line(told["label"], f"{where} label", most=40)
    if table == "fields" and re.sub(r"\s|[（(].*?[)）]", "", label) in HEADINGS:
        raise WrongManifest(f"{where} label 写的 {label} 是官方列的标题，填报员会分不清，请换一个")
    made = Field(
        plugin,
        key,
        label,
        kind,
        _choices(told, kind, where),
        _is(told, "required", bool, where, default=False),
        _text(told.get("after", ""), f"{where} after", most=40, may_be_empty=True),
        _default(told),
        _limit(told, "min", kind, where),
        _limit(told, "max", kind, where),
        _within(told, "max_length", LENGTHS, where),
        _text(told.get("help", ""), f"{where} help", most=300, may_be_empty=True),
        _within(told, "width", WIDTHS, where),
        was,
    )
    if made.min is not None and made.max is not None and made.min > made.max:
        raise WrongManifest(f"{where} min 比 max 大")
    _check_default(made, where)
    return made


def _limit(told: Mapping[str, Any], word: str, kind: str, where: str) -> float | None:
    number: float | None = _is(told, word, (int, float), where)
    if number is not None and kind != "number":
        raise WrongManifest(f'{where} {word} 只用于数字，请写 kind = "number"')
    if number is not None and not abs(number) <= 1e15:
        raise WrongManifest(f"{where} {word} 要写不超过 15 位的数字")
    return number


def _within(told: Mapping[str, Any], word: str, between: tuple[int, int], where: str) -> int | None:
    number: int | None = _is(told, word, int, where)
    if number is not None and not between[0] <= number <= between[1]:
        raise WrongManifest(f"{where} {word} 要写 {between[0]} 到 {between[1]} 的整数")
    return number


def _choices(told: Mapping[str, Any], kind: str, where: str) -> tuple[str, ...]:
    choices = _texts(told.get("choices", []), f"{where} choices")
    if kind in {"choice", "choices"} and not choices:
        raise WrongManifest(f"{where} 是{KINDS[kind]}，要用 choices 列出选项")
    if kind not in {"choice", "choices"} and choices:
        raise WrongManifest(f"{where} 有 choices，kind 应当是 choice 或 choices")
    if len(set(choices)) < len(choices) or len(choices) > 200:
        raise WrongManifest(f"{where} choices 有重复，或超过 200 项")
    if bad := next((each for each in choices if kind == "choices" and values.parts(each) != [each]), None):
        raise WrongManifest(f"{where} choices 里的 {bad} 含有顿号、逗号或分号，多选用它们分开各项，请换一个写法")
    return choices


def _default(told: Mapping[str, Any]) -> Any:
    """As written; a day and a list of choices as somebody would type them into the cell."""
    value = told.get("default")
    if isinstance(value, list) and all(isinstance(each, str) for each in value):
        return "、".join(value)
    return value.isoformat() if type(value) is date else value


def _check_default(field: Field, where: str) -> None:
    if field.default is None:
        return
    if not isinstance(field.default, str | int | float | bool):
        raise WrongManifest(f"{where} default 要写文字、数字、日期或 true、false")
    if wrong := values.wrong(field, values.as_text(field.default)):
        raise WrongManifest(f"{where} default 不合自己的规定：{wrong}")


def _note(key: str, told: Any) -> Words:
    where = f"[notes.{key}]"
    if not isinstance(told, dict):
        raise WrongManifest(f"{where} 应当是一张表")
    _known(told, WORDS["notes"], where)
    place = told.get("place", "table")
    if place not in PLACES:
        raise WrongManifest(f"{where} place 写的 {place} 不认识，可用的有：{'、'.join(PLACES)}{_near(str(place), PLACES)}")
    return Words(place, _text(told.get("text", ""), f"{where} text", most=1000))


def _link(key: str, told: Any) -> Link:
    where = f"[links.{key}]"
    if not isinstance(told, dict):
        raise WrongManifest(f"{where} 应当是一张表")
    _known(told, WORDS["links"], where)
    url = _text(told.get("url", ""), f"{where} url", most=500)
    try:
        parts = urlsplit(url)
        is_good = parts.scheme in {"http", "https"} and bool(parts.netloc) and not re.search(r"[\s<>\"\\]", url)
    except ValueError:
        is_good = False
    if not is_good:
        raise WrongManifest(f"{where} url 要写完整的网址，以 http:// 或 https:// 开头")
    return Link(_line(told.get("label", ""), f"{where} label", most=40), url)


# ---- words -----------------------------------------------------------------------------------------------------


def _known(written: Mapping[str, Any], words: Collection[str], where: str) -> None:
    for word in written:
        if word not in words:
            raise WrongManifest(f"{where} 里的 {word} 不认识{_near(word, words)}")


def _near(word: str, words: Collection[str]) -> str:
    near = difflib.get_close_matches(word, list(words), n=1)
    return f"，是否想写 {near[0]}？" if near and near[0] != word else ""


def _table(written: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = written.get(name, {})
    if not isinstance(found, dict):
        raise WrongManifest(f"{name} 应当写成 [{name}] 或 [{name}.名字]")
    if name == "plugin" and not found:
        raise WrongManifest("缺少 [plugin]")
    return found


def _text(value: Any, where: str, *, most: int, may_be_empty: bool = False) -> str:
    if not isinstance(value, str) or len(value) > most or not (may_be_empty or value.strip()):
        raise WrongManifest(f"{where} 要写文字，最多 {most} 字")
    if _HIDDEN.search(value):
        raise WrongManifest(f"{where} 里有看不见的控制字符")
    return value.strip()


def _line(value: Any, where: str, *, most: int) -> str:
    text = _text(value, where, most=most)
    if "\n" in text:
        raise WrongManifest(f"{where} 要写在一行里")
    return text


def _texts(value: Any, where: str) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(each, str) and each.strip() and len(each) <= 80 for each in value):
        raise WrongManifest(f'{where} 要写成 ["甲", "乙"]，每项最多 80 字')
    return tuple(_line(each, where, most=80) for each in value)


def _is(told: Mapping[str, Any], word: str, kind: type | tuple[type, ...], where: str, *, default: Any = None) -> Any:
    value = told.get(word, default)
    if value is default and word not in told:
        return default
    if not isinstance(value, kind) or (kind is not bool and isinstance(value, bool)):
        raise WrongManifest(f"{where} {word} 要写{'true 或 false' if kind is bool else '数字'}")
    return value
