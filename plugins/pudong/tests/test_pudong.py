def test_check_finds_nothing(lab):
    assert lab.check() == []


def test_exhibitions_stand_by_day(lab):
    lab.row(at_exhibition="是", exhibition="上海国际汽车展", event_time="4月25日")
    lab.row(at_exhibition="否", event_time="4月25日")

    grid, table = lab.report("exhibitions")

    assert grid["rows"] == [["上海国际汽车展", [0, 0, 0, 0, 0, 1, 0]]]
    assert len(table["rows"]) == 1


def test_an_exhibition_without_a_name_gets_a_warning(lab):
    assert lab.warnings(lab.row(at_exhibition="是"), "at_exhibition") == ["在展会期间的活动，请写展会名称"]
    assert lab.warnings(lab.row(at_exhibition="否"), "at_exhibition") == []


def test_the_limit_is_the_districts_to_set(lab):
    row = lab.row(scale="900人")
    assert lab.warnings(row, "scale") == []

    lab.settings["most_people"] = 500

    assert lab.warnings(row, "scale") == ["现场 900 人，超过单场上限 500 人，请附安全预案"]
