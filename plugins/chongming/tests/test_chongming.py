def test_check_finds_nothing(lab):
    assert lab.check() == []


def test_brands_are_counted_and_the_others_named(lab):
    lab.row(gi="崇明清水蟹、崇明大米")
    lab.row(gi="崇明大米")
    lab.row(event_name="灶花版权登记咨询")

    bars, note = lab.report("brands")

    assert bars["values"] == [["崇明清水蟹", 1], ["崇明大米", 2]]
    assert note["text"] == "另有 1 场活动不涉及地理标志。"
