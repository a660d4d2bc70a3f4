"""Taking a unit's own file into its table: read, preview, confirm. Nothing is written before the person confirms.

The file is kept as it was sent, and read again whenever it is shown or confirmed: between the two nothing has to
be stored that could be older than the table.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from ipweek.accounts import audit
from ipweek.accounts.models import User
from ipweek.accounts.schema import Person
from ipweek.annexes import checks, editing, local_columns, ops, reach
from ipweek.annexes import service as annexes
from ipweek.annexes.editing import Edit
from ipweek.annexes.models import AnnexTable, Op
from ipweek.annexes.ops import Written
from ipweek.annexes.schema import STATUSES
from ipweek.config import Settings
from ipweek.errors import Conflict, Forbidden, Invalid, NotFound
from ipweek.extensions import db
from ipweek.files import child, gate
from ipweek.files import service as files
from ipweek.files.models import StoredFile
from ipweek.notice import schema
from ipweek.transaction import transaction
from ipweek.workbooks import import_plan, local_import
from ipweek.workbooks.import_plan import Chosen, Pack, Plan
from ipweek.workbooks.matching import plain
from ipweek.workbooks.reading import surroundings, table_reader

PURPOSE = "table"
NOT_SENT = "请先选择要上传的 .xlsx 或 .docx 文件。"


@dataclass(frozen=True)
class Preview:
    """A file beside the table: what it would do, and what is to be asked first."""

    table: AnnexTable
    form: schema.Annex
    file: StoredFile
    plan: Plan
    revision: int
    findings: Mapping[tuple[int, str], Sequence[checks.Finding]]
    """What the checks would say of the rows as they would be, by place in the file and column."""
    earlier: tuple[str, datetime] | None
    """Who sent the very same file before, and when."""
    reading: Mapping[str, Any]

    @property
    def wrong_unit(self) -> str:
        """The unit that the file names, where it is another one than the table's; "" otherwise."""
        return self.plan.unit_name if self._is_foreign else ""

    @property
    def _is_foreign(self) -> bool:
        return bool(self.plan.unit_name) and _bare(self.plan.unit_name, self.form) not in self.own_names

    own_names: frozenset[str] = frozenset()
    local: frozenset[str] = frozenset()
    """The keys of the district's own columns that are in the file."""

    @property
    def can_be_marked(self) -> bool:
        """Whether a copy of the file with the doubtful cells marked can be had."""
        return self.file.kind == "xlsx" and bool(self.marks)

    @property
    def marks(self) -> list[dict[str, Any]]:
        """What to write beside which cell of their file."""
        columns = self.reading["source"]["columns"]
        labels = {column.key: column.label for column in self.form.columns}
        found = [
            {"row": problem["row"], "column": columns.get(problem["column"], 1), "message": problem["message"]}
            for problem in self.reading["problems"]
            if problem["row"] > 0 and problem["kind"] != "D"
        ]
        rows = {line.place: line.row for line in self.plan.lines}
        for (place, key), findings in self.findings.items():
            found += [{"row": rows[place], "column": columns.get(labels.get(key, ""), 1), "message": one.message} for one in findings]
        return found


# ---- doors ---------------------------------------------------------------------------------------------------


def to_import(table_id: int, *, by: Person) -> AnnexTable:
    """The table for an import by *by*: NotFound, Forbidden or Conflict with the reason where that is not possible now."""
    table = annexes.get_part(table_id, by=by)
    if not reach.is_writer(table, by=by):
        raise Forbidden("只有本单位的填报员可以上传表格。")
    if annexes.may_edit(table, by=by) and not reach.of(table, by=by).has_rows:
        raise Conflict("这张表现在只放开了要修改的几格，不能上传导入，请直接在表里修改。")
    if not annexes.may_edit(table, by=by):
        said = STATUSES[table.status].label if table.campaign.status == "open" else "本次活动已经关闭"
        raise Conflict(f"这张表现在不能修改（{said}），不能上传导入。如需修改，请先撤回报送或联系联席会议办公室。")
    return table


def upload(table_id: int, data: bytes, name: str, *, by: Person, settings: Settings) -> StoredFile:
    """Keep a file that holds the annex of this table, or say in one sentence why it can't be read."""
    table = to_import(table_id, by=by)
    if not data and not name:
        raise Invalid(NOT_SENT)
    files.check_quota(by=by, settings=settings)
    limits = files.limits_of(settings)
    kind = gate.inspect(data, name, accept=frozenset({"xlsx", "docx"}), limits=limits)
    _read(table, data, name, settings)
    return files.keep(data, name, kind=kind, purpose=PURPOSE, by=by, settings=settings)


def preview(table_id: int, file_id: int | None, *, by: Person, settings: Settings) -> Preview:
    """What the kept file would do to the table as it stands now."""
    table = to_import(table_id, by=by)
    file = _file(file_id, by=by)
    reading = _read(table, files.read_bytes(file, settings=settings), file.name, settings)
    db.session.rollback()  # reading took a while: compare with the table as it is now
    return _compare(to_import(table_id, by=by), _file(file_id, by=by), reading, by=by)


def confirm(
    table_id: int,
    file_id: int | None,
    chosen: Chosen,
    *,
    revision: int,
    unit_name: str = "",
    op_id: str,
    by: Person,
    settings: Settings,
) -> Written:
    """Import what was chosen as one op, as previewed at *revision*; the same *op_id* twice is one import.

    *unit_name* is the strange unit that the person has agreed to. Conflict when the table changed since the preview.
    """
    seen = preview(table_id, file_id, by=by, settings=settings)
    if seen.wrong_unit and seen.wrong_unit != unit_name:
        raise Conflict(f"文件里的单位名称是“{seen.wrong_unit}”，请先确认这是本单位的表。")
    decided = import_plan.decide(seen.plan, chosen, annexes.header_of(seen.table).id)
    edits = [Edit(*cell) for cell in decided.cells]
    detail = f"附件{seen.table.annex}，文件 {seen.file.id}“{seen.file.name}”，新增 {len(decided.new_rows)} 行，修改 {len(edits)} 格"
    with transaction():
        is_first = db.session.scalar(select(Op.seq).where(Op.client_id == ops.check_op_id(op_id))) is None
        if is_first and seen.revision == revision and not decided:
            raise Invalid("没有勾选要导入的内容，没有导入。请至少勾选一行，或返回填报页。")
        written = editing.import_rows(table_id, edits, decided.new_rows, revision=revision, op_id=op_id, by=by)
        if is_first and written.seq is not None:
            audit.write("table.import", by=by, object=f"table:{table_id}", detail=detail)
    return written


def marked_copy(table_id: int, file_id: int | None, *, by: Person, settings: Settings) -> tuple[str, bytes]:
    """A copy of their own .xlsx with a remark beside each doubtful cell, and its name."""
    seen = preview(table_id, file_id, by=by, settings=settings)
    if seen.file.kind != "xlsx":
        raise Invalid("只有 .xlsx 文件可以下载加标记的副本；Word 文件请按预览页的提示修改。")
    data = files.read_bytes(seen.file, settings=settings)
    name, file_number = f"标记_{seen.file.name}", seen.file.id
    coded = child.call(
        "ipweek.workbooks.marked_copy:mark", data, sheet=seen.reading["source"]["sheet"], marks=seen.marks, name=seen.file.name,
        limits=asdict(files.limits_of(settings)),
    )  # fmt: skip
    with transaction():
        audit.write("file-downloaded", by=by, object=f"file:{file_number}", detail=name)
    return name, base64.b64decode(coded)


# ---- inside --------------------------------------------------------------------------------------------------


def _file(file_id: int | None, *, by: Person) -> StoredFile:
    """The kept file, if those who fill the table sent it: the unit, its department, or the office in its stead."""
    if file_id is None:
        raise Invalid(NOT_SENT)
    file = files.get(file_id, by=by)
    if file.purpose != PURPOSE or file.unit_id != by.unit_id:
        raise NotFound
    return file


def _read(table: AnnexTable, data: bytes, name: str, settings: Settings) -> dict[str, Any]:
    """The reader's JSON, from the child."""
    others = [stored.form for stored in table.campaign.annexes if stored.annex != table.annex]
    found: dict[str, Any] = child.call(
        "ipweek.workbooks.fill_pack:read_upload",
        data,
        name=name,
        annex=table.schema.form,
        others=others,
        limits=asdict(files.limits_of(settings)),
        seconds=table_reader.MOST_SECONDS,
    )
    return found


def _compare(table: AnnexTable, file: StoredFile, reading: Mapping[str, Any], *, by: Person) -> Preview:
    reading, form, fields = local_import.take(
        reading, schema.from_json(table.schema.form), local_columns.fields_of(table.unit_id) if any(reading["others"]) else ()
    )
    rows = [(row.id, local_columns.seen(row.values, fields)) for row in annexes.rows_for(table, by=by)]
    header = annexes.header_of(table).values
    if reach.is_department(table, by=by):  # what stands above the table is the unit's to fill
        reading = {**reading, "filled_on": ""}
    made = import_plan.plan(reading, form, rows, header, pack=_pack(table, reading))
    context = annexes.context_of(table)
    findings: dict[tuple[int, str], list[checks.Finding]] = {}
    for line in made.lines:
        if line.is_open:
            said = [*checks.check_row(line.place, line.after, context), *local_columns.findings(line.place, line.after, fields)]
            for finding in said:
                if finding.kind != "D":
                    findings.setdefault((line.place, finding.column), []).append(finding)
    own = frozenset(_bare(name, form) for name in context.own_names)
    local = frozenset(field.cell for field in fields)
    return Preview(table, form, file, made, table.revision, findings, _sent_before(file), reading, own, local)


def _pack(table: AnnexTable, reading: Mapping[str, Any]) -> Pack | None:
    """What the fill pack was handed out with, where the file is one of this very table."""
    found = reading.get("pack")
    if not found or found["table"] != table.id:
        return None
    base = {int(row_id): values for row_id, values in found["rows"].items()}
    return Pack(base, found["header"], found["ids"])


def _sent_before(file: StoredFile) -> tuple[str, datetime] | None:
    """Who of the unit sent the very same bytes before, and when."""
    query = (
        select(User.name, StoredFile.at)
        .join(User, User.id == StoredFile.user_id)
        .where(StoredFile.sha256 == file.sha256, StoredFile.unit_id == file.unit_id, StoredFile.purpose == PURPOSE, StoredFile.id < file.id)
        .order_by(StoredFile.id.desc())
        .limit(1)
    )
    found = db.session.execute(query).first()
    return (found.name, found.at) if found else None


def _bare(name: str, form: schema.Annex) -> str:
    """A unit's name as units are compared: without blanks and quotes, and without what the form prints behind it."""
    suffix = next((field.suffix for field in form.header_fields if field.key == "unit_name"), "")
    return surroundings.bare_unit(plain(name).strip("“”\"'"), suffix)
