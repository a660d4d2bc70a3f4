"""Two levels: a department fills its own rows of its unit's table, and reaches no other row by any address."""

import html
import io
import itertools
import re
import zipfile

import pytest
from sqlalchemy import select

from ipweek.accounts.models import AuditEntry
from ipweek.annexes import editing, grid, row_actions, shares
from ipweek.annexes import service as annexes
from ipweek.annexes.editing import Edit
from ipweek.annexes.models import Activity, CellChange, Op
from ipweek.errors import Conflict, Forbidden, NotFound
from ipweek.extensions import db
from ipweek.reporting import contents, flags, service, tasks
from ipweek.reporting.flags import Place
from tests import make
from tests.reporting.cast import GOOD
from tests.test_routes import contents as stored

pytestmark = pytest.mark.usefixtures("app")
THEIRS = "莘庄茶馆里的外观设计"
PHONE = "13911112222"
_numbers = itertools.count(1)


def op_id():
    return f"department-{next(_numbers):06d}"


@pytest.fixture
def qibao():
    """A filler of 七宝镇, a department of 闵行."""
    return make.person("qibao")


@pytest.fixture
def table(qibao):
    """闵行's table: a row of its own, one of 七宝镇, one of 莘庄镇."""
    made = make.table("minhang", "draft")
    make.row(made, event_name="区里的启动仪式", contact=f"区里人 {PHONE}")
    make.row(made, owner="qibao", event_name="七宝老街讲座")
    make.row(made, owner="xinzhuang", event_name=THEIRS, contact=f"李四 {PHONE}")
    return made


def rows(table):
    """The rows as they are stored: (event, owner) in order."""
    db.session.rollback()
    names = {made.id: made.slug for made in (make.unit("minhang"), make.unit("qibao"), make.unit("xinzhuang"))}
    return [(row.values.get("event_name", ""), names[row.owner_unit_id]) for row in annexes.rows_of(table)]


def row_of(table, slug):
    return next(row for row in annexes.rows_of(table) if row.owner_unit_id == make.unit(slug).id)


def test_a_department_sees_its_own_rows_and_its_unit_sees_all(table, qibao):
    own = annexes.sheet(table.id, by=qibao)
    whole = annexes.sheet(table.id, by=make.person("minhang"))

    assert [row.values["event_name"] for row in own.rows] == ["七宝老街讲座"]
    assert own.can_edit
    assert [row.values["event_name"] for row in whole.rows] == ["区里的启动仪式", "七宝老街讲座", THEIRS]


def test_a_department_reads_the_phones_of_its_own_rows(table, qibao):
    (row,) = annexes.sheet(table.id, by=qibao).rows

    assert row.values["contact"] == make.CELLS["contact"]


def test_what_a_department_adds_pastes_and_copies_is_its_own(table, qibao):
    mine = row_of(table, "qibao")

    row_actions.add_row(table.id, after=mine.id, values={"event_name": "加的"}, op_id=op_id(), by=qibao)
    editing.save_cells(table.id, [], [{"event_name": "贴的"}], op_id=op_id(), by=qibao)
    row_actions.duplicate_row(mine.id, op_id=op_id(), by=qibao)

    assert sorted(event for event, owner in rows(table) if owner == "qibao") == sorted(["七宝老街讲座", "加的", "贴的", "七宝老街讲座"])


def test_a_departments_row_changes_places_with_its_own_rows_alone(table, qibao):
    make.row(table, owner="qibao", event_name="七宝的第二项")
    mine = row_of(table, "qibao")

    row_actions.move_row(mine.id, down=True, op_id=op_id(), by=qibao)

    assert [event for event, _ in rows(table)] == ["区里的启动仪式", "七宝的第二项", THEIRS, "七宝老街讲座"]
    moved = db.session.scalars(select(CellChange.activity_id).where(CellChange.key == "_pos"))
    assert {db.session.get_one(Activity, row_id).owner_unit_id for row_id in moved} == {make.unit("qibao").id}


def test_a_full_gap_moves_nobody_elses_row(table, qibao):
    mine, theirs = row_of(table, "qibao"), row_of(table, "xinzhuang")
    with editing.transaction():
        db.session.get_one(Activity, mine.id).pos = db.session.get_one(Activity, theirs.id).pos - 1

    row_actions.add_row(table.id, after=mine.id, values={"event_name": "塞不进去的"}, op_id=op_id(), by=qibao)

    assert rows(table)[-1] == ("塞不进去的", "qibao")


FOREIGN = {
    "change a cell": lambda row, by: editing.save_cell(row.id, "venue", "改了", base=row.values["venue"], op_id=op_id(), by=by),
    "say what stands there": lambda row, by: editing.save_cell(row.id, "venue", row.values["venue"], base="", op_id=op_id(), by=by),
    "paste over it": lambda row, by: editing.save_cells(
        row.table_id, [Edit(row.id, "venue", "改了", row.values["venue"])], op_id=op_id(), by=by
    ),
    "post the whole form": lambda row, by: editing.save_form(row.table_id, {(row.id, "venue"): "改了"}, revision=0, op_id=op_id(), by=by),
    "ask how a form stands": lambda row, by: editing.against(row.table_id, {(row.id, "venue"): "改了"}, revision=0, by=by),
    "accept a reading": lambda row, by: editing.accept(row.id, "scale", row.values["scale"], by=by),
    "delete it": lambda row, by: row_actions.delete_row(row.id, op_id=op_id(), by=by),
    "copy it": lambda row, by: row_actions.duplicate_row(row.id, op_id=op_id(), by=by),
    "move it": lambda row, by: row_actions.move_row(row.id, down=True, op_id=op_id(), by=by),
    "read its history": lambda row, by: grid.history(row.table_id, activity_id=row.id, key="venue", by=by),
}


@pytest.mark.parametrize("what", FOREIGN)
@pytest.mark.parametrize("owner", ["minhang", "xinzhuang"])
def test_another_departments_row_is_not_there(table, qibao, what, owner):
    row = row_of(table, owner)
    before = stored()

    with pytest.raises(NotFound):
        FOREIGN[what](row, qibao)

    assert stored() == before


def test_the_header_is_the_units_to_fill(table, qibao):
    header = annexes.header_of(table)

    with pytest.raises(Conflict, match="表头由本单位的填报员统一填写"):
        editing.save_cell(header.id, "filled_on", "2024年4月10日", base="", op_id=op_id(), by=qibao)


def test_an_undo_leaves_alone_what_is_no_longer_his(table, qibao):
    mine = row_of(table, "qibao")
    editing.save_cell(mine.id, "venue", "改过的地点", base=make.CELLS["venue"], op_id=op_id(), by=qibao)
    with editing.transaction():
        db.session.get_one(Activity, mine.id).owner_unit_id = make.unit("xinzhuang").id

    done = editing.undo(table.id, op_id=op_id(), by=qibao)

    assert [change.activity_id for change in done.skipped] == [mine.id]
    db.session.rollback()
    assert db.session.get_one(Activity, mine.id).values["venue"] == "改过的地点"


def test_the_history_of_a_department_is_that_of_its_rows(table, qibao):
    theirs = row_of(table, "xinzhuang")
    editing.save_cell(theirs.id, "venue", "莘庄的茶馆", base=theirs.values["venue"], op_id=op_id(), by=make.person("minhang"))
    mine = row_of(table, "qibao")
    editing.save_cell(mine.id, "venue", "七宝的老街", base=mine.values["venue"], op_id=op_id(), by=qibao)

    lines = grid.history(table.id, by=qibao).lines

    assert [line.new for line in lines] == ["七宝的老街"]


@pytest.mark.parametrize("act", ["submit", "nil_return", "withdraw", "receipt", "record"])
def test_the_unit_alone_deals_with_the_office(table, qibao, act):
    acts = {
        "submit": lambda: service.submit(table.id, reasons={}, revision=table.revision, by=qibao),
        "nil_return": lambda: service.nil_return(table.id, by=qibao),
        "withdraw": lambda: service.withdraw(table.id, by=qibao),
        "receipt": lambda: tasks.receipt(table.id, by=qibao),
        "record": lambda: tasks.record(table.id, by=qibao),
    }

    with pytest.raises((NotFound, Forbidden)):
        acts[act]()


def test_a_department_finds_its_task_and_says_that_it_is_done(table, qibao):
    shares.finish(table.id, by=qibao)
    shares.finish(table.id, by=qibao)

    (task,) = tasks.mine(by=qibao)
    (whole,) = tasks.mine(by=make.person("minhang"))
    assert (task.activities, task.actions, task.part.done is not None) == (1, frozenset(), True)
    assert [(part.unit.short, part.rows, part.done is not None) for part in whole.parts] == [("七宝镇", 1, True), ("莘庄镇", 1, False)]
    assert db.session.query(AuditEntry).filter_by(action="table.part_done").count() == 1


def test_the_way_from_the_rows_to_done_says_what_is_still_to_be_pressed(table, qibao, seat):
    desk = seat(qibao)

    sheet = desk.get(f"/tables/{table.id}").text
    before = desk.get("/tasks").text
    desk.post(f"/tables/{table.id}/part-done")
    after = desk.get("/tasks").text

    assert re.search(r'<a class="button big" href="/tasks">去确认填完</a>', sheet)
    assert "填完按“去确认填完”" in sheet
    assert "还没有告知闵行区。全部填好后，请按“本部门已填完”。" in before
    assert "还没有告知" not in after


def test_a_change_takes_done_back(table, qibao):
    shares.finish(table.id, by=qibao)
    mine = row_of(table, "qibao")

    editing.save_cell(mine.id, "venue", "七宝的老街", base=mine.values["venue"], op_id=op_id(), by=qibao)

    (task,) = tasks.mine(by=qibao)
    assert task.part.done is None


@pytest.mark.parametrize("redo", [False, True])
def test_an_undo_is_a_change_too(table, qibao, redo):
    mine = row_of(table, "qibao")
    editing.save_cell(mine.id, "venue", "七宝的老街", base=mine.values["venue"], op_id=op_id(), by=qibao)
    if redo:
        editing.undo(table.id, op_id=op_id(), by=qibao)
    shares.finish(table.id, by=qibao)

    editing.undo(table.id, op_id=op_id(), redo=redo, by=qibao)

    (task,) = tasks.mine(by=qibao)
    assert task.part.done is None


def test_a_change_by_the_unit_leaves_done_alone(table, qibao):
    shares.finish(table.id, by=qibao)
    mine = row_of(table, "qibao")

    editing.save_cell(mine.id, "venue", "区里改的", base=mine.values["venue"], op_id=op_id(), by=make.person("minhang"))

    (task,) = tasks.mine(by=qibao)
    assert task.part.done is not None


def test_only_a_departments_filler_marks_it_as_done(table):
    with pytest.raises(Forbidden):
        shares.finish(table.id, by=make.person("minhang"))
    with pytest.raises(NotFound):
        shares.finish(table.id, by=make.person("xuhui"))


def test_the_whole_is_sent_with_the_departments_rows_in_it(table, qibao):
    filler = make.person("minhang")
    found = contents.findings(annexes.get_table(table.id, by=filler))

    done = service.submit(table.id, reasons={one.id: GOOD for one in found}, revision=table.revision, by=filler)

    assert [row["values"]["event_name"] for row in done.snapshot.content["rows"]] == ["区里的启动仪式", "七宝老街讲座", THEIRS]
    with pytest.raises(Conflict):
        row_actions.add_row(table.id, op_id=op_id(), by=qibao)


def test_who_sends_is_told_of_the_departments_that_have_not_said_that_they_are_done(table, qibao, seat):
    desk = seat(make.person("minhang"))

    both = desk.get(f"/tables/{table.id}/submit").text
    shares.finish(table.id, by=qibao)
    one = desk.get(f"/tables/{table.id}/submit").text
    shares.finish(table.id, by=make.person("xinzhuang"))
    none = desk.get(f"/tables/{table.id}/submit").text

    assert "七宝镇、莘庄镇还没有说“填完”。报送以后，下属部门不能再填。" in both
    assert ">莘庄镇还没有说“填完”。" in one
    assert "还没有说" not in none


def test_a_nil_return_tells_of_the_departments_too(qibao, seat):
    empty = make.table("minhang")

    page = seat(make.person("minhang")).get(f"/tables/{empty.id}/nil-return").text

    assert "七宝镇还没有说“填完”。报送以后，下属部门不能再填。" in page


def returned(table):
    """The table after the office marked one row of each owner; their ids by owner."""
    filler, clerk = make.person("minhang"), make.person("office", "clerk")
    found = contents.findings(annexes.get_table(table.id, by=filler))
    sent = service.submit(table.id, reasons={one.id: GOOD for one in found}, revision=table.revision, by=filler)
    marked = {slug: row_of(table, slug).id for slug in ("minhang", "qibao", "xinzhuang")}
    places = [Place(row_id, "venue", f"{THEIRS}的意见" if slug == "xinzhuang" else "") for slug, row_id in marked.items()]
    service.return_for_changes(table.id, f"{THEIRS}有误", submission=sent.id, places=places, by=clerk)
    return marked


def test_a_department_sees_and_answers_the_marks_on_its_rows(table, qibao):
    marked = returned(table)

    seen = flags.seen(annexes.get_part(table.id, by=qibao), by=qibao)

    assert [one.flag.activity_id for one in seen] == [marked["qibao"]]
    flags.answer(seen[0].flag.id, "地点没有变，已经核对", by=qibao)
    others = [one.flag.id for one in flags.of(annexes.get_part(table.id, by=qibao)) if one.flag.activity_id != marked["qibao"]]
    for flag_id in others:
        with pytest.raises(NotFound):
            flags.answer(flag_id, "地点没有变，已经核对", by=qibao)


# ---- by any address --------------------------------------------------------------------------------------------

FORMS = {
    "/activities/<int:activity_id>/cells/<key>": {"value": "改了", "base": make.CELLS["venue"]},
    "/activities/<int:activity_id>/cells/<key>/accept": {"value": make.CELLS["venue"]},
    "/flags/<int:flag_id>/answer": {"answer": "地点没有变，已经核对"},
}


def addresses(app, word):
    """(method, rule) of all addresses that name *word*."""
    for rule in app.url_map.iter_rules():
        if word in rule.arguments:
            for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
                yield method, rule.rule


def fill(rule, **numbers):
    words = {"key": "venue", "district": "minhang", **numbers}
    return re.sub(r"<(?:\w+:)?(\w+)>", lambda found: str(words.get(found[1], 1)), rule)


def test_no_address_of_a_row_leads_to_another_departments(app, table, qibao, seat):
    mark = {row_id: slug for slug, row_id in returned(table).items()}
    foreign = {flag.flag.id: flag for flag in flags.of(table) if mark[flag.flag.activity_id] != "qibao"}
    there = seat(qibao)
    before = stored()

    asked = [
        (method, fill(rule, activity_id=row_id), rule)
        for row_id, slug in mark.items() if slug != "qibao"
        for method, rule in addresses(app, "activity_id")
    ]  # fmt: skip
    asked += [(method, fill(rule, flag_id=flag_id), rule) for flag_id in foreign for method, rule in addresses(app, "flag_id")]
    answers = {}
    for method, path, rule in asked:
        data = {"op": op_id(), **FORMS.get(rule, {})}
        answers[f"{method} {path}"] = (there.get(path) if method == "GET" else there.post(path, data)).status_code

    assert len(asked) >= 14
    assert set(answers.values()) == {404}, answers
    assert stored() == before


def test_no_page_of_the_table_shows_what_others_filled(app, table, qibao, seat):
    editing.save_cell(
        row_of(table, "xinzhuang").id, "content", f"{THEIRS}二", base=make.CELLS["content"], op_id=op_id(), by=make.person("minhang")
    )
    returned(table)
    there = seat(qibao)
    served = []

    for method, rule in [
        *addresses(app, "table_id"),
        *addresses(app, "district"),
        *addresses(app, "campaign_id"),
        ("GET", "/tasks"),
        ("GET", "/board"),
    ]:
        if method != "GET":
            continue
        path = fill(rule, table_id=table.id, campaign_id=table.campaign_id) + ("?rev=0" if rule.endswith("/rows") else "")
        answer = there.get(path)
        if answer.status_code != 200:
            assert answer.status_code in {302, 303, 403, 404, 409, 422}, path
            continue
        served.append(rule)
        read = answer.text if "openxmlformats" not in answer.content_type else workbook_text(answer.data)
        for secret in (THEIRS, PHONE, "区里的启动仪式"):
            assert secret not in read, f"{path} shows {secret}"

    assert {
        "/tables/<int:table_id>",
        "/tables/<int:table_id>/rows",
        "/tables/<int:table_id>/history",
        "/tables/<int:table_id>.xlsx",
    } <= set(served)


def workbook_text(data):
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        return html.unescape("".join(package.read(name).decode("utf-8", "replace") for name in package.namelist()))


def test_no_form_of_the_table_changes_what_others_filled(app, table, qibao, seat):
    before = {row.id: (dict(row.values), row.alive, row.pos) for row in annexes.rows_of(table) if row.owner_unit_id != qibao.unit_id}
    foreign = row_of(table, "xinzhuang").id
    there = seat(qibao)
    block = f'{{"edits": [["{foreign}", "venue", "改了", "{make.CELLS["venue"]}"]], "rows": [], "via": "pasted"}}'
    whole = {
        f"{foreign}.venue": "改了",
        "revision": str(table.revision),
        "block": block,
        "rev": "0",
        "after": str(foreign),
        "row": str(foreign),
    }

    for method, rule in addresses(app, "table_id"):
        if method == "POST":
            for do in ("save", "delete", "up", f"choose:{foreign}.venue:改了"):
                answer = there.post(fill(rule, table_id=table.id), {**whole, "do": do, "op": op_id(), "why": "改一改这里的内容"})
                assert answer.status_code < 500, rule

    db.session.rollback()
    after = {row.id: (dict(row.values), row.alive, row.pos) for row in annexes.rows_of(table) if row.owner_unit_id != qibao.unit_id}
    assert after == before
    touched = select(CellChange.activity_id).join(Op).where(Op.user_id == qibao.id)
    assert {db.session.get_one(Activity, row_id).owner_unit_id for row_id in db.session.scalars(touched)} <= {qibao.unit_id}


def test_the_fill_pack_of_a_department_holds_its_own_rows_alone(app, table, qibao, seat):
    there = seat(qibao)
    pack = there.get(f"/tables/{table.id}/fill-pack.xlsx")

    assert pack.status_code == 200
    assert "七宝老街讲座" in workbook_text(pack.data)
    assert THEIRS not in workbook_text(pack.data)
