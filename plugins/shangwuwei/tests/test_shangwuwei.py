def test_check_finds_nothing(lab):
    assert lab.check() == []


def test_a_partner_is_named_with_every_event_it_joins(lab):
    lab.row(event_name="展会培训", co_host="市知识产权局、市贸促会", topic="展会保护", desk="是")
    lab.row(event_name="海外维权沙龙", co_host="市贸促会", topic="海外维权", desk="否")

    bars, table, note = lab.report("partners")

    assert bars["values"] == [["展会保护", 1], ["海外维权", 1]]
    assert table["rows"] == [["市知识产权局", 1, "展会培训"], ["市贸促会", 2, "展会培训；海外维权沙龙"]]
    assert note["text"] == "设现场服务台的有 1 场。"


def test_the_page_has_a_chart_and_the_workbook_the_partners(lab):
    lab.row(event_name="展会培训", co_host="市贸促会", topic="展会保护")

    assert "<svg" in lab.page("partners")
    assert [cell.value for cell in lab.workbook("partners").worksheets[2][2]] == ["市贸促会", 1, "展会培训"]
