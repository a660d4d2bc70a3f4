"""A plugin.toml is read as data: what it does not know is refused with its place, and nothing in a folder can stop the site."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ipweek.notice import schema as notice
from ipweek.plugins import check, manifest, shelf, values
from ipweek.plugins.schema import HEADINGS

from .made import STREET, write

COLUMN = '[fields.xx]\nlabel = "甲"\n'


@pytest.mark.parametrize(
    ("toml", "why"),
    [
        ("[fields.x]\nlabel = ", "plugin.toml 写法有误"),
        ('[field.xx]\nlabel = "甲"', "plugin.toml 里的 field 不认识，是否想写 fields？"),
        ('[fields.xx]\nlabel = "甲"\nkinds = "text"', "[fields.xx] 里的 kinds 不认识，是否想写 kind？"),
        ('[fields.xx]\nlabel = "甲"\nkind = "choise"\nchoices = ["甲"]', "是否想写 choice？"),
        ('[fields.xx]\nlabel = "甲"\nkind = "choice"', "要用 choices 列出选项"),
        ('[fields.venue]\nlabel = "甲"', "venue 是官方列的名字"),
        ('[fields.people_max]\nlabel = "甲"', "官方列的名字"),
        ('[fields.Xx]\nlabel = "甲"', "只能用小写字母"),
        ("[fields.xx]\nkind = 'text'", "缺少 label"),
        ('[fields.xx]\nlabel = "甲"\nafter = "venu"', "after 写的 venu 不是已有的列，是否想写 venue？"),
        ('[fields.xx]\nlabel = "甲"\nkind = "number"\nmax = 5\ndefault = 9', "default 不合自己的规定"),
        ('[fields.xx]\nlabel = "甲"\nrequired = "yes"', "required 要写true 或 false"),
        ('[links.oa]\nlabel = "办公"\nurl = "javascript:alert(1)"', "以 http:// 或 https:// 开头"),
        ('[notes.a]\nplace = "tabel"\ntext = "说明"', "是否想写 table？"),
        ("[fields]\nxx = 3", "[fields.xx] 应当是一张表"),
        (COLUMN + "kind = ['text']", "kind 写的 ['text'] 不认识"),
        (COLUMN + 'kind = "number"\nmin = ' + "9" * 5000, "位数太多的数字"),
        (COLUMN + 'kind = "number"\nmin = nan', "min 要写不超过 15 位的数字"),
        (COLUMN + 'kind = "number"\nmin = 5\nmax = 3', "min 比 max 大"),
        (COLUMN + "min = 3", '请写 kind = "number"'),
        (COLUMN + "width = -5", "width 要写 2 到 60 的整数"),
        (COLUMN + "max_length = 0", "max_length 要写 1 到 4000 的整数"),
        (COLUMN + 'kind = "choices"\nchoices = ["甲、乙"]', "甲、乙 含有顿号"),
        (COLUMN + 'kind = "choice"\nchoices = ["甲\\n乙"]', "要写在一行里"),
        (COLUMN + '[fields.yy]\nlabel = "甲"', "label 与 [fields.xx] 相同"),
        (COLUMN + 'was = ["old"]\n[fields.yy]\nlabel = "乙"\nwas = ["old"]', "old 已经写在 [fields.xx] 里"),
        ('[fields.xx]\nlabel = "活动规模（人数）"', "是官方列的标题"),
        ('[fields.xx]\nlabel = "甲\\u202e"', "看不见的控制字符"),
        ("x = " + "[" * 5000 + "]" * 5000, "括号套得太深"),
        ("".join(f'[links.f{n:02}]\nlabel = "列"\nurl = "http://a/"\n' for n in range(21)), "[links] 最多 20 项"),
        (COLUMN + COLUMN, "[fields.xx] 写了两次（第 "),
        ("[fields.xx]\nlabel = 甲", '等号后面的值不对，文字要加英文引号 ""（第 '),
        ("[fields.xx]\nlabel = “甲”", '等号后面的值不对，文字要加英文引号 ""（第 '),
        ('[fields.xx]\nlabel = "甲"\nafter = "活动地点"', "after 写的 活动地点 不是已有的列，要写列的代号，例如 venue（活动地点）"),
        ('[fields.xx]\nlabel = "甲', "引号没有成对"),
        ("[fields.xx\n", "表名后面缺少 ]（第 "),
        ("[fields.xx]\nlabel\n", "名字后面缺少等号（第 "),
    ],
)
def test_a_manifest_is_refused_with_its_place_and_the_nearest_word(tmp_path: Path, toml: str, why: str) -> None:
    entry = shelf.look(write(tmp_path, toml=toml, code=None))

    assert entry.manifest is None
    assert why in entry.why


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ("api = 1", "api = 2", "要求接口 2，本系统提供接口 1"),
        ("api = 1", 'api = "1"', "api 要写数字，不加引号：api = 1"),
        ('version = "1.0"', "version = {a = 1}", "version 要写文字"),
        ('unit = "minhang"', 'unit = "*"', "unit 要写一个单位的代号"),
        ('version = "1.0"\n', "", "缺少 version"),
        ('title = "闵行区"', "title = 3", "title 要写文字"),
    ],
)
def test_a_head_is_refused_in_words(tmp_path: Path, old: str, new: str, why: str) -> None:
    folder = write(tmp_path, code=None)
    text = (folder / "plugin.toml").read_text("utf-8")
    (folder / "plugin.toml").write_text(text.replace(old, new), "utf-8")

    assert why in shelf.look(folder).why


def test_a_fault_of_toml_names_its_line(tmp_path: Path) -> None:
    assert "第 9 行" in shelf.look(write(tmp_path, toml="[fields.xx]\n\nlabel = 甲", code=None)).why


def test_a_sites_own_plugin_stands_in_the_place_of_the_example_of_its_name(tmp_path: Path) -> None:
    own = write(tmp_path, "minhang")

    found = shelf.Shelf([shelf.shipped(), tmp_path]).entries()

    assert found["minhang"].folder == own
    assert [name for name in found if name.startswith("minhang")] == ["minhang"]


def test_of_two_with_one_name_the_second_is_refused_and_both_places_are_told(tmp_path: Path) -> None:
    first, second = write(tmp_path / "a" / "plugins"), write(tmp_path / "b" / "plugins")

    found = shelf.Shelf([tmp_path / "a" / "plugins", tmp_path / "b" / "plugins"]).entries()

    assert found["mh"].manifest is not None
    assert found["mh@b"].manifest is None
    assert str(first) in found["mh@b"].why
    assert str(second) in found["mh@b"].why


def test_a_changed_manifest_is_read_anew(tmp_path: Path) -> None:
    on_shelf = shelf.Shelf([tmp_path])
    folder = write(tmp_path)
    assert len(on_shelf.entries()["mh"].manifest.fields) == 1  # type: ignore[union-attr]

    write(tmp_path, toml=STREET + '[fields.second]\nlabel = "第二列"\n')

    assert len(on_shelf.entries()["mh"].manifest.fields) == 2  # type: ignore[union-attr]
    assert folder.exists()


def test_a_manifest_saved_by_notepad_is_read(tmp_path: Path) -> None:
    folder = write(tmp_path, code=None)
    text = (folder / "plugin.toml").read_text("utf-8")

    (folder / "plugin.toml").write_bytes(("\ufeff" + text.replace("\n", "\r\n")).encode())
    assert shelf.look(folder).manifest is not None
    (folder / "plugin.toml").write_bytes(text.encode("gb18030"))
    assert "请在编辑器里另存为 UTF-8" in shelf.look(folder).why


@pytest.mark.parametrize(
    ("toml", "default"),
    [
        ('kind = "number"\ndefault = 5', 5),
        ('kind = "number"\ndefault = "5"', 5),
        ('kind = "date"\ndefault = 2024-04-20', "2024-04-20"),
        ('kind = "yes_no"\ndefault = "否"', False),
        ('kind = "choices"\nchoices = ["甲", "乙"]\ndefault = ["甲", "乙"]', ["甲", "乙"]),
        ('kind = "number"', ""),
    ],
)
def test_a_default_is_of_the_fields_kind_whichever_way_it_is_written(tmp_path: Path, toml: str, default: object) -> None:
    read = shelf.look(write(tmp_path, toml=COLUMN + toml, code=None)).manifest

    assert read is not None
    assert values.typed(read.fields[0], "") == default


def test_the_headings_that_no_local_column_may_have_are_the_notices() -> None:
    assert {*notice.HEADINGS, *notice.HEADER_FIELDS} <= HEADINGS


VALUES = st.recursive(
    st.booleans() | st.integers() | st.floats() | st.text() | st.sampled_from(["text", "number", "choice", "venue", "table", "http://a/"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["label", "kind", "xx", "after"]), inner, max_size=3),
    max_leaves=8,
)
WORDS = sorted({word for words in manifest.WORDS.values() for word in words})


@settings(max_examples=300, deadline=None)
@given(
    st.dictionaries(
        st.sampled_from(sorted(manifest.WORDS)),
        VALUES | st.dictionaries(st.sampled_from([*WORDS, "xx", "yy"]), VALUES | st.dictionaries(st.sampled_from(WORDS), VALUES)),
    )
)
def test_whatever_a_manifest_holds_it_is_read_or_refused(written: dict[str, object]) -> None:
    head = {"title": "闵行区", "unit": "minhang", "version": "1", "api": 1}
    whole = {**written, "plugin": written.get("plugin") if isinstance(written.get("plugin"), dict) and len(str(written)) % 2 else head}

    with suppress(manifest.WrongManifest):
        assert manifest._manifest("mh", whole).id == "mh"


# ---- what lies in the folders ------------------------------------------------------------------------------------


def test_files_behind_links_are_neither_handed_out_nor_read(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("top secret")
    folder = write(tmp_path / "plugins")
    (folder / "files").mkdir()
    (folder / "files" / "样例.xlsx").write_bytes(b"x")
    (folder / "files" / "leak.txt").symlink_to(tmp_path / "secret")
    (folder / "files" / "circle.txt").symlink_to(folder / "files" / "circle.txt")
    (folder / "files" / "within.txt").symlink_to(folder / "plugin.toml")
    Path(os.fsdecode(os.fsencode(folder / "files") + b"/\xff.txt")).write_bytes(b"x")

    assert shelf.look(folder).files == ["within.txt", "样例.xlsx"]


def test_strange_folders_stop_nothing(tmp_path: Path) -> None:
    good = write(tmp_path)
    (tmp_path / "a file").write_text("")
    (tmp_path / "empty").mkdir()
    (tmp_path / "dangling").symlink_to(tmp_path / "nowhere")
    write(tmp_path, "Bad Name")
    Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xff")).mkdir()
    Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xff/plugin.toml")).write_text("")
    (tmp_path / "dir" / "plugin.toml").mkdir(parents=True)
    Path(os.fsdecode(os.fsencode(good) + b"/\xff.csv")).write_bytes(b"x")
    os.mkfifo(good / "pipe.py")
    (good / "deep.py").write_text("-" * 200_000 + "1")

    found = shelf.Shelf([tmp_path, tmp_path / "nowhere"]).entries()

    assert {name: entry.manifest is not None for name, entry in found.items()} == {"mh": True, "Bad Name": False}
    assert len(shelf.content_of(good)) == 64
    assert "套得太深" in "".join(one.text for one in check.without_running(good))
