def test_check_finds_nothing(lab):
    assert lab.check() == []


def test_views_are_summed_by_platform(lab):
    lab.row(platform="视频号", viewers=30000)
    lab.row(platform="视频号", viewers=500)
    lab.row(platform="", viewers="")

    bars, _, table, note = lab.report("live")

    assert bars["values"] == [["视频号", 30500]]
    assert len(table["rows"]) == 2
    assert "共 2 场直播" in note["text"]


def test_streams_are_counted_by_day(lab):
    lab.row(platform="抖音", event_time="4月21日 14:00")

    assert lab.report("live")[1]["lines"] == [["直播", [0, 1, 0, 0, 0, 0, 0]]]


def test_an_online_audience_without_a_platform_gets_a_warning(lab):
    named = lab.row(scale="线上5000人次，线下200人", platform="视频号")
    unnamed = lab.row(scale="线上5000人次，线下200人")

    assert lab.warnings(named) == []
    assert lab.warnings(unnamed, "scale") == ["写了线上 5000 人次，请补填直播平台"]
