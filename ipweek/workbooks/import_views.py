"""Uploading a unit's own table: the file, what it would do, and the import; and the fill pack for places without network."""

from __future__ import annotations

import re
import secrets

from flask import Response, current_app, flash, redirect, request, url_for

from ipweek import pages
from ipweek.accounts.web import person
from ipweek.errors import Busy, Conflict, Invalid, Refused, TooMany
from ipweek.row_numbers import number
from ipweek.workbooks import fill_packs, import_plan, import_service, web
from ipweek.workbooks.import_plan import Chosen
from ipweek.workbooks.web import bp


@bp.get("/tables/<int:table_id>/import")
def import_table(table_id: int) -> Response:
    """Where the file is chosen; with ``?file=`` what that kept file would do."""
    file_id = web.number(request.args.get("file"))
    if file_id is not None:
        return _preview(table_id, file_id)
    return _upload_page(table_id)


@bp.post("/tables/<int:table_id>/import")
def upload(table_id: int) -> Response:
    """Keep the file and show what it would do."""
    sent = request.files.get("file")
    try:
        data, name = (sent.read(), sent.filename or "") if sent else (b"", "")
        file = import_service.upload(table_id, data, name, by=person(), settings=current_app.extensions["settings"])
    except (Invalid, TooMany, Busy) as refused:
        return _upload_page(table_id, refused)
    return redirect(url_for(".import_table", table_id=table_id, file=file.id), code=303)  # type: ignore[return-value]


def _upload_page(table_id: int, refused: Refused | None = None) -> Response:
    table = import_service.to_import(table_id, by=person())
    response = pages.page("workbooks/import.html", refused.status if refused else 200, table=table, refused=refused)
    if isinstance(refused, TooMany | Busy):
        response.headers["Retry-After"] = str(refused.retry_after)
    return response


def _preview(table_id: int, file_id: int | None, *, chosen: Chosen | None = None, refused: Refused | None = None) -> Response:
    seen = import_service.preview(table_id, file_id, by=person(), settings=current_app.extensions["settings"])
    agreed = request.values.get("unit", "")
    return pages.page(
        "workbooks/import_preview.html",
        refused.status if refused else 200,
        preview=seen,
        plan=seen.plan,
        table=seen.table,
        form=seen.form,
        asks=seen.wrong_unit if seen.wrong_unit != agreed else "",
        agreed=agreed,
        chosen=chosen or import_plan.all_of(seen.plan),
        refused=refused,
        op=secrets.token_hex(10),
    )


@bp.post("/tables/<int:table_id>/import/confirm")
def confirm_import(table_id: int) -> Response:
    """Import what is ticked; when the table changed meanwhile, a new preview with the same ticks."""
    sent = request.form
    file_id, chosen = web.number(sent.get("file")), _chosen()
    try:
        written = import_service.confirm(
            table_id,
            file_id,
            chosen,
            revision=sent.get("revision", -1, type=number),
            unit_name=sent.get("unit", ""),
            op_id=sent.get("op", ""),
            by=person(),
            settings=current_app.extensions["settings"],
        )
    except (Conflict, Invalid) as refused:
        if file_id is None:
            raise
        return _preview(table_id, file_id, chosen=chosen, refused=refused)
    added = sum(change.key == "_alive" for change in written.changes)
    rows = {change.activity_id for change in written.changes} - {change.activity_id for change in written.changes if change.key == "_alive"}
    flash(f"已导入：新增 {added} 行，修改 {len(rows)} 行。如需取消，请按“撤销”。", "done")
    return redirect(url_for("annexes.table", table_id=table_id), code=303)  # type: ignore[return-value]


def _chosen() -> Chosen:
    """What is ticked; names that are no place in a file are nobody's and count for nothing."""
    sent = request.form
    rows = frozenset(int(text) for text in sent.getlist("row") if re.fullmatch(r"[0-9]{1,6}", text))
    as_new = frozenset(place for place in rows if sent.get(f"as-{place}") == "new")
    theirs = set()
    for name, value in sent.items():
        found = re.fullmatch(r"cell-([0-9]{1,6})-([a-z_0-9.]{1,80})", name)
        if found and value == "file":
            theirs.add((int(found[1]), found[2]))
    return Chosen(rows, as_new, frozenset(theirs), header="header" in sent)


@bp.get("/tables/<int:table_id>/import/marked.xlsx")
def marked_copy(table_id: int) -> Response:
    """Their own file with the doubtful cells marked."""
    file_id = web.number(request.args.get("file"))
    name, data = import_service.marked_copy(table_id, file_id, by=person(), settings=current_app.extensions["settings"])
    return web.file(data, name)


@bp.get("/tables/<int:table_id>/fill-pack.xlsx")
def fill_pack(table_id: int) -> Response:
    """The table to fill without network."""
    name, data = fill_packs.hand_out(table_id, by=person())
    return web.file(data, name)
