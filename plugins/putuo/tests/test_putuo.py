def test_check_finds_nothing(lab):
    assert lab.check() == []


def test_materials_are_summed_and_dated(lab):
    lab.row(event_name="宣讲", event_time="4月20日", materials="折页", copies="500")
    lab.row(materials="折页", copies="300")

    bars, table = lab.report("materials")

    assert bars["values"] == [["折页", 800]]
    assert table["rows"][0] == ["宣讲", "4月20日", "折页", 500, "2024-02-20"]


def test_a_plan_that_is_too_late_gets_a_warning(lab):
    row = lab.row(event_time="4月20日", materials="海报", copies="50")
    lab.today = "2024-02-20"
    assert lab.warnings(row, "event_time") == []

    lab.today = "2024-02-21"

    assert lab.warnings(row, "event_time") == ["需要宣传品的活动，方案应在 2024-02-20 前报送，已经过期，请尽快联系"]


def test_kinds_and_copies_go_together(lab):
    assert lab.warnings(lab.row(materials="海报"), "copies") == ["宣传品的种类和数量请一起填写"]
