"""The annex table's page, and what its cells and rows send. Every action has one address; htmx gets the piece it needs."""

from __future__ import annotations

import secrets

from flask import Blueprint, Response, flash, redirect, request, url_for

from ipweek import clock, htmx, pages, wording
from ipweek.accounts.web import person
from ipweek.annexes import cell_text, editing, forms, grid, presence, row_actions, suggestions
from ipweek.annexes.editing import CellConflict
from ipweek.annexes.ops import Written
from ipweek.errors import Conflict, Invalid
from ipweek.row_numbers import number

bp = Blueprint("annexes", __name__)

PAGE = "annexes/table.html"


# ---- the page ------------------------------------------------------------------------------------------------


@bp.get("/tables/<int:table_id>")
def table(table_id: int) -> Response:
    """The whole table; ``?row=`` opens one row of a large one."""
    return pages.page(PAGE, grid=grid.page(table_id, by=person()), opened=request.args.get("row", type=number), op=_new_op())


@bp.post("/tables/<int:table_id>")
def save_table(table_id: int) -> Response:
    """The whole table as one form, and what its button asks for besides (``do``)."""
    by, sent = person(), forms.whole_table(request.form)
    op = request.form.get("op", "")
    try:
        editing.save_form(table_id, sent.cells, sent.new_rows, revision=sent.revision, op_id=op, by=by)
        do = request.form.get("do", "")
        said = _answered(do, sent, op=op) if do.startswith(("choose:", "accept:")) else _also(table_id, do, op=op)
    except (CellConflict, Invalid) as refused:
        against = editing.against(table_id, sent.cells, revision=sent.revision, by=by)
        shown = grid.page_of_form(table_id, against, new_row=sent.new_rows, by=by)
        return pages.page(PAGE, refused.status, grid=shown, opened=None, op=_new_op(), refused=refused)
    flash(said, "done")
    return _back(table_id)


def _also(table_id: int, do: str, *, op: str) -> str:
    """Do what the pressed button says to the chosen row, after the table was saved; what happened, in words."""
    by, op = person(), f"{op[:36]}-do"
    row = request.form.get("row", "")
    if do in {"", "save"}:
        return f"已保存 {wording.clock_time(clock.now())}"
    if do in {"undo", "redo"}:
        return _undone(editing.undo(table_id, op_id=op, redo=do == "redo", by=by), redo=do == "redo")
    if do == "add":
        row_actions.add_row(table_id, after=forms.number(row) if row else None, op_id=op, by=by)
        return "已新增一行"
    if not row:
        return "已保存。请先在“序号”一列选中一行，再按要做的按钮"
    if do == "delete":
        row_actions.delete_row(forms.number(row), op_id=op, by=by)
        return "已删除一行，可按“撤销”恢复"
    if do == "duplicate":
        row_actions.duplicate_row(forms.number(row), op_id=op, by=by)
        return "已复制一行"
    row_actions.move_row(forms.number(row), down=do == "down", op_id=op, by=by)
    return "已移动一行"


def _answered(do: str, sent: forms.WholeTable, *, op: str) -> str:
    """Do what the pressed button answers to a doubtful cell (``choose:12.event_time:4月20日``), after the table was saved."""
    what, place, text = [*do.split(":", 2), ""][:3]
    row, _, key = place.partition(".")
    now, _ = cell_text.clean(sent.cells.get((forms.number(row), key), ""))
    if what == "accept":
        editing.accept(forms.number(row), key, now, by=person())
        return "已确认按原文，不再询问"
    editing.save_cell(forms.number(row), key, text, base=now, op_id=f"{op[:36]}-do", by=person())
    return f"已改为“{text}”"


@bp.get("/tables/<int:table_id>/rows")
def changed_rows(table_id: int) -> Response:
    """What changed since the revision that the page holds; 204 when nothing did."""
    changed = grid.changed_since(table_id, forms.number(request.args.get("rev", "")), by=person())
    if changed is None:
        return htmx.respond("", 204)
    return htmx.respond(pages.fragment(PAGE, "changed", changed=changed))


@bp.post("/tables/<int:table_id>/people")
def people(table_id: int) -> Response:
    """Say that the page is still open, and who else is in the table; 204 when the page shows them already."""
    others = presence.renew(table_id, by=person())
    if not pages.wants_fragment():
        return _back(table_id)
    if request.form.get("shown", "") == " ".join(str(one.id) for one in others):
        return htmx.respond("", 204)
    return htmx.respond(pages.fragment(PAGE, "people", others=others))


@bp.get("/tables/<int:table_id>/suggestions")
def suggested(table_id: int) -> Response:
    """What the unit wrote before in the columns that say so."""
    found = suggestions.of(table_id, by=person())
    return htmx.respond(pages.fragment(PAGE, "suggestions", suggestions=found)) if pages.wants_fragment() else _back(table_id)


# ---- cells ---------------------------------------------------------------------------------------------------


@bp.post("/activities/<int:activity_id>/cells/<key>")
def save_cell(activity_id: int, key: str) -> Response:
    """One cell: ``value``, and in ``base`` what stood there when the person began."""
    value, base = forms.cell(request.form)
    try:
        op = editing.save_cell(activity_id, key, value, base=base, op_id=request.form.get("op", ""), by=person())
    except CellConflict as conflict:
        return _refused_cell(conflict, conflict.clash)
    except Invalid as invalid:
        return _refused_cell(invalid)
    if not pages.wants_fragment():
        return _back(grid.table_of(activity_id), row=activity_id)
    stored = next((change.new for change in op.changes), cell_text.clean(value)[0])
    mark = grid.mark_of(activity_id, key, stored, table=op.table)
    cleaned = stored if op.changes and stored != value.replace("\r\n", "\n") else None
    saved = pages.piece("annexes/cells.html", "saved", mark=mark, place=f"{activity_id}.{key}", at=op.at, cleaned=cleaned)
    return htmx.respond(saved, trigger=_revision(op))


@bp.post("/activities/<int:activity_id>/cells/<key>/accept")
def accept(activity_id: int, key: str) -> Response:
    """就按原文: a doubtful ``value`` is meant as it stands."""
    value = request.form.get("value", "").replace("\r\n", "\n")
    table = editing.accept(activity_id, key, value, by=person())
    if not pages.wants_fragment():
        return _back(table.id, row=activity_id)
    mark = grid.mark_of(activity_id, key, value, table=table, is_accepted=True)
    return htmx.respond(pages.fragment(PAGE, "accepted", mark=mark))


def _refused_cell(refused: Conflict | Invalid, clash: editing.Clash | None = None) -> Response:
    """The cell says why, and keeps what was typed."""
    if not pages.wants_fragment():
        return pages.refuse(refused)
    return htmx.respond(pages.fragment(PAGE, "refused_cell", refused=refused, clash=clash), refused.status)


@bp.post("/tables/<int:table_id>/paste")
def paste(table_id: int) -> Response:
    """Many cells and new rows as one op: the field ``block`` holds them as JSON."""
    block = forms.block(request.form.get("block", ""))
    try:
        op = editing.save_cells(table_id, block.edits, block.new_rows, op_id=request.form.get("op", ""), via=block.via, by=person())
    except CellConflict as conflict:
        response = pages.refuse(conflict)
        response.headers["HX-Trigger"] = "clash"  # the page now saves the cells one by one, so that each shows its own
        return response
    return _answer(table_id, op, _blocked(block, op))


_DONE = {"pasted": "粘贴", "filled": "填充", "imported": "带入"}


def _blocked(block: forms.Block, op: Written) -> str:
    """What a change of many cells did, in words, and whether something was taken out of them."""
    cells = [change for change in op.changes if not change.key.startswith("_")]
    done = "清空" if cells and not any(change.new for change in cells) else _DONE[block.via]
    sent = [edit.value for edit in block.edits] + [value for row in block.new_rows for value in row.values()]
    cleaned = sum(cell_text.clean(value)[1] for value in sent)
    note = f"；其中 {cleaned} 格去掉了看不见的字符" if cleaned else ""
    return f"已{done} {len(cells)} 格{note}" if len(cells) > 1 or cleaned else ""


# ---- rows ----------------------------------------------------------------------------------------------------


@bp.post("/tables/<int:table_id>/rows")
def add_row(table_id: int) -> Response:
    """A new row at the end, or after the row ``after``."""
    after = request.form.get("after", "")
    op = row_actions.add_row(table_id, after=forms.number(after) if after else None, op_id=request.form.get("op", ""), by=person())
    return _answer(table_id, op, "")


@bp.post("/activities/<int:activity_id>/duplicate")
def duplicate_row(activity_id: int) -> Response:
    """A copy of the row under it."""
    op = row_actions.duplicate_row(activity_id, op_id=request.form.get("op", ""), by=person())
    return _answer(grid.table_of(activity_id), op, "已复制一行")


@bp.post("/activities/<int:activity_id>/delete")
def delete_row(activity_id: int) -> Response:
    """The row goes, and those whose numbers stand in ``also``; an undo brings them back."""
    also = [forms.number(row) for row in request.form.get("also", "").split()]
    op = row_actions.delete_row(activity_id, also=also, op_id=request.form.get("op", ""), by=person())
    return _answer(grid.table_of(activity_id), op, f"已删除 {len(op.changes)} 行" if also else "已删除一行")


@bp.post("/activities/<int:activity_id>/move")
def move_row(activity_id: int) -> Response:
    """One place down (``down=1``) or up; or behind the row ``after``, to the top where that is empty."""
    after, op_id = request.form.get("after"), request.form.get("op", "")
    if after is None:
        op = row_actions.move_row(activity_id, down=request.form.get("down") == "1", op_id=op_id, by=person())
    else:
        op = row_actions.place_row(activity_id, after=forms.number(after) if after else None, op_id=op_id, by=person())
    return _answer(grid.table_of(activity_id), op, "")


@bp.post("/tables/<int:table_id>/undo")
def undo(table_id: int) -> Response:
    """Take back the person's last change of this table."""
    op = editing.undo(table_id, op_id=request.form.get("op", ""), by=person())
    return _answer(table_id, op, _undone(op, redo=False), jump=True)


@bp.post("/tables/<int:table_id>/redo")
def redo(table_id: int) -> Response:
    """Do again what was taken back last."""
    op = editing.undo(table_id, op_id=request.form.get("op", ""), redo=True, by=person())
    return _answer(table_id, op, _undone(op, redo=True), jump=True)


def _undone(op: Written | None, *, redo: bool) -> str:
    if op is None:
        return "没有可以恢复的修改" if redo else "没有可以撤销的修改"
    if op.skipped:
        return f"有 {len(op.skipped)} 格已被他人修改，没有改动；其余已{'恢复' if redo else '撤销'}"
    return "已恢复一步" if redo else "已撤销一步"


def _answer(table_id: int, op: Written | None, said: str, *, jump: bool = False) -> Response:
    """The rows that changed since the revision the page holds; without htmx, the page again."""
    if not pages.wants_fragment():
        if said:
            flash(said, "done")
        return _back(table_id)
    changes = op.changes if op else ()
    made = [change.activity_id for change in changes if change.key == "_alive" and change.new == "1"]
    changed = grid.changed_since(table_id, forms.number(request.form.get("rev", "0")), made=made, by=person())
    body = pages.fragment(PAGE, "changed", changed=changed, said=said, can_undo=said.startswith("已") and not jump)
    cell = next((f"{change.activity_id}.{change.key}" for change in changes if not change.key.startswith("_")), "")
    trigger = _revision(op)
    if jump:
        trigger["jump"] = {"cell": cell, "row": changes[0].activity_id if changes else 0}
    return htmx.respond(body, trigger=trigger)


# ---- panels --------------------------------------------------------------------------------------------------


@bp.get("/tables/<int:table_id>/history")
def history(table_id: int) -> Response:
    """Who changed what in this table, newest first; each value can be put back. ``?before=`` tells what is older than an entry."""
    told = grid.history(table_id, before=_before(), by=person())
    return pages.answer("annexes/history.html", "panel", told=told, new_op=_new_op)


@bp.get("/activities/<int:activity_id>/cells/<key>/history")
def cell_history(activity_id: int, key: str) -> Response:
    """Who changed this cell, newest first; each value can be put back."""
    told = grid.history(grid.table_of(activity_id), activity_id=activity_id, key=key, before=_before(), by=person())
    return pages.answer("annexes/history.html", "panel", told=told, new_op=_new_op)


def _before() -> int | None:
    sent = request.args.get("before", "")
    return forms.number(sent) if sent else None


@bp.get("/tables/keys")
def keys() -> Response:
    """What the keys do."""
    return pages.answer("annexes/keys.html", "panel")


def _back(table_id: int, *, row: int | None = None) -> Response:
    anchor = f"row-{row}" if row else None
    return redirect(url_for(".table", table_id=table_id, _anchor=anchor), code=303)  # type: ignore[return-value]


def _revision(op: Written | None) -> dict[str, object]:
    """What tells the page that its op is done; the revision only where the op made one."""
    made = op.revision if op and op.seq else 0
    return {"saved": {"revision": made, "time": wording.clock_time(op.at if op else clock.now())}}


def _new_op() -> str:
    """An id for what a form without JavaScript will send: sent twice, it is one op."""
    return secrets.token_hex(10)
