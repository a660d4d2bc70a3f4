def test_check_finds_nothing(lab):
    assert lab.check() == []


def test_each_brand_counts_once_an_event(lab):
    lab.row(brands="老凤祥、杏花楼")
    lab.row(brands="杏花楼")

    assert lab.report("brands")[0]["values"] == [["老凤祥", 1], ["杏花楼", 2]]


def test_the_job_fills_only_what_is_empty(lab):
    empty = lab.row(event_name="老字号开放日", content="老凤祥、恒源祥讲商标故事")
    lab.row(event_name="朵云轩讲座", brands="朵云轩")
    lab.row(event_name="专利讲座")

    assert lab.job("fill") == {empty: {"brands": "老凤祥、恒源祥"}}
