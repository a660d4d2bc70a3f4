"""``ipweek read time|scale|contact|venue``: a line in, a line out."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from ipweek.annexes import commands

WEEK = ["--week", "2024-04-20:2024-04-26"]


def answers(command, lines, options=()):
    result = CliRunner().invoke(command, list(options), input="\n".join(lines) + "\n")
    return result, [json.loads(line) for line in result.stdout.splitlines()]


def test_each_line_is_answered_by_one_object():
    result, (first, second) = answers(commands.read_time, ['"20日至26日"', "", '"待定"'], WEEK)

    assert result.exit_code == 0
    assert (first["start"], first["end"], first["precision"]) == ("2024-04-20", "2024-04-26", "range")
    assert (second["start"], second["precision"]) == (None, "unknown")


@pytest.mark.parametrize(
    "line, options, start",
    [
        ('"6月3日"', WEEK, "2024-06-03"),
        ('"6月3日"', ["--year", "2006"], "2006-06-03"),
        ('"6月3日"', [*WEEK, "--year", "2006"], "2006-06-03"),
        ('{"text": "6月3日", "year": 2012}', WEEK, "2012-06-03"),
        ('{"text": "6月3日", "year": null}', WEEK, "2024-06-03"),
        ('"\\u0036月3日"', WEEK, "2024-06-03"),
        ('"6月3日"', [], None),
    ],
)
def test_the_year_comes_from_the_line_else_the_option_else_the_week(line, options, start):
    _, (answer,) = answers(commands.read_time, [line], options)

    assert answer["start"] == start


@pytest.mark.parametrize(
    "line", ["4月20日", "{", "[]", "12", '{"year": 2024}', '{"text": "4月20日", "year": "x"}', '{"text": 1}', "\udcff"]
)
def test_a_bad_line_is_told_and_the_others_are_answered(line):
    result = CliRunner().invoke(
        commands.read_time, WEEK, input=b'"4\xe6\x9c\x8820\xe6\x97\xa5"\n' + line.encode("utf-8", "surrogateescape") + b"\n"
    )

    assert result.exit_code == 2
    assert "第2行不是 JSON 字符串" in result.stderr
    assert len(result.stdout.splitlines()) == 1


@pytest.mark.parametrize("week", ["2024", "2024-04-20", "2024-04-26:2024-04-20", "2024-04-31:2024-05-01"])
def test_a_week_that_is_none_is_refused_with_a_sentence(week):
    result, _ = answers(commands.read_time, [], ["--week", week])

    assert result.exit_code == 2
    assert "日期" in result.stderr


@pytest.mark.parametrize(
    "command, text, expected",
    [
        (commands.read_scale, "线上5000人次，线下200人", {"min": 5200, "max": 5200, "online": 5000, "offline": 200, "unknown": False}),
        (commands.read_contact, "张三 13800000001", {"people": [{"name": "张三", "mobile": "13800000001", "tel": None, "ext": None}]}),
        (
            commands.read_venue,
            "线上（腾讯会议）",
            {"mode": "online", "place": None, "platform": "腾讯会议", "multi": False, "unknown": False},
        ),
    ],
)
def test_sizes_contacts_and_venues_are_read_alike(command, text, expected):
    _, (answer,) = answers(command, [json.dumps(text)], WEEK)

    assert expected.items() <= answer.items()
