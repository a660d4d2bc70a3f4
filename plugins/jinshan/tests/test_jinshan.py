def test_check_finds_nothing(lab):
    assert lab.check() == []


def test_every_product_of_the_list_is_there_with_its_events(lab):
    lab.row(gi="金山蟠桃", scale="80人")
    lab.row(gi="金山蟠桃", scale="20人")

    assert lab.report("products")[0]["rows"] == [
        ["金山蟠桃", "地理标志保护产品", "2011-12-26", 2, 100],
        ["亭林雪瓜", "农产品地理标志", "2015-02-10", 0, 0],
    ]


def test_a_product_that_is_named_and_not_chosen_gets_a_warning(lab):
    row = lab.row(event_name="亭林雪瓜品牌座谈", content="讨论品种保护", gi="不涉及")

    assert lab.warnings(row, "gi") == ["内容里提到亭林雪瓜，请核对“涉及地理标志产品”"]
