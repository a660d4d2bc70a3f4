"""``ipweek read notice FILE``: JSON on stdout, or one line on stderr and exit 2."""

from __future__ import annotations

import json
from pathlib import Path

from click.testing import CliRunner

from ipweek.notice.commands import read_notice


def test_the_facts_come_as_json_with_all_keys(tmp_path: Path) -> None:
    file = tmp_path / "通知.txt"
    file.write_text(
        "关于开展2024年知识产权宣传周活动的通知\n各有关单位：\n一、活动时间\n4月20日至26日。\n甲市知识产权局\n2024年3月29日",
        encoding="utf-8",
    )

    result = CliRunner().invoke(read_notice, [str(file)])

    facts = json.loads(result.stdout)
    assert result.exit_code == 0
    assert set(facts) >= set(
        "doc_number title issuer issue_date starts_on ends_on theme deadlines contacts phones fax email annexes evidence".split()
    )
    assert (facts["starts_on"], facts["doc_number"], facts["evidence"]["issuer"]) == ("2024-04-20", None, "甲市知识产权局")
    assert "知识产权" in result.stdout


def test_what_cant_be_read_is_one_line_and_exit_two(tmp_path: Path) -> None:
    file = tmp_path / "通知.docx"
    file.write_bytes(b"PK\x03\x04 broken")

    result = CliRunner().invoke(read_notice, [str(file)])

    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.count("\n") == 1
    assert "另存为 .docx" in result.stderr


def test_a_missing_file_is_one_line_and_exit_two(tmp_path: Path) -> None:
    result = CliRunner().invoke(read_notice, [str(tmp_path / "没有.txt")])

    assert (result.exit_code, result.stdout, result.stderr.count("\n")) == (2, "", 1)
