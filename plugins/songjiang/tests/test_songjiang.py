def test_check_finds_nothing(lab):
    assert lab.check() == []


def test_an_event_with_two_cities_counts_for_each(lab):
    lab.row(cities="嘉兴、杭州", event_time="4月20日至21日")
    lab.row(cities="嘉兴", event_time="4月21日")
    lab.row(event_name="没有联动的活动", event_time="4月22日")

    bars, grid = lab.report("cities")

    assert bars["values"] == [["嘉兴", 2], ["杭州", 1]]
    assert grid["rows"] == [["嘉兴", [1, 2, 0, 0, 0, 0, 0]], ["杭州", [1, 1, 0, 0, 0, 0, 0]]]
