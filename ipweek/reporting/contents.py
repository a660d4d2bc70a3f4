"""What is sent: the rows that count, what the checks ask of them, the frozen copy, and the way back to it."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from ipweek import clock
from ipweek.accounts.schema import Person
from ipweek.annexes import checks, local_columns, ops
from ipweek.annexes import service as annexes
from ipweek.annexes.checks import Finding
from ipweek.annexes.models import AnnexTable
from ipweek.annexes.ops import Change
from ipweek.errors import Invalid
from ipweek.extensions import db
from ipweek.reporting import comparing
from ipweek.reporting import reasons as wording_of_reasons
from ipweek.reporting.comparing import Differences
from ipweek.reporting.models import Move


def filled_rows(table: AnnexTable) -> list[tuple[int, dict[str, str]]]:
    """The rows that hold anything official, in order, by id. A district's own columns are its own affair."""
    rows = [(row.id, local_columns.official(row.values)) for row in annexes.rows_of(table)]
    return [(row_id, values) for row_id, values in rows if not checks.is_empty(values)]


def freeze(table: AnnexTable, at: datetime) -> dict[str, Any]:
    """The table as the office gets it, sent at the moment *at*, independent of whatever is renamed later."""
    return {
        "unit": {"slug": table.unit.slug, "name": table.unit.name, "short": table.unit.short},
        "annex": table.annex,
        "form": table.schema.form,
        "header": dict(annexes.header_of(table).values),
        "rows": [{"id": row_id, "values": values} for row_id, values in filled_rows(table)],
        "nil_return": table.nil_return,
        "typed_in": table.typed_in,
        "submitted_at": clock.in_shanghai(at).isoformat(timespec="seconds"),
    }


def findings(table: AnnexTable) -> list[Finding]:
    """What the checks say of the table as it stands."""
    context = annexes.context_of(table)
    rows = [(row.id, row.values) for row in annexes.rows_of(table)]
    return list(checks.check_table(rows, annexes.header_of(table).values, context, nil_return=False))


def reasons_for(found: Sequence[Finding], given: Mapping[str, str]) -> dict[str, str]:
    """The reasons to store, or Invalid naming each finding that stands in the way."""
    blocking = {finding.id: finding.message for finding in found if finding.kind in checks.BLOCKING}
    if blocking:
        reason = f"有 {len(blocking)} 处需要修改，改好后才能报送。"
        raise Invalid(reason, fields=blocking)
    asked = [finding for finding in found if finding.kind in checks.NEEDS_REASON]
    reasons = {finding.id: wording_of_reasons.tidy(given.get(finding.id, "")) for finding in asked}
    wanted = f"请写明理由（至少 {wording_of_reasons.SHORTEST} 个字，不能只写“无”或“核实无误”）。"
    poor = {key: wanted for key, text in reasons.items() if not wording_of_reasons.is_meaningful(text)}
    if poor:
        reason = f"还有 {len(poor)} 处需要写明理由，写好后才能报送。"
        raise Invalid(reason, fields=poor)
    return reasons


def changed_since(table: AnnexTable, sent: Move) -> Differences:
    """What stands otherwise in the table than in what was *sent*."""
    content = sent.snapshot.content if sent.snapshot else {}
    return comparing.compare(content, freeze(table, sent.at)) if content else Differences()


def put_back(table: AnnexTable, sent: Move, *, by: Person) -> int:
    """Bring every official cell back to what was *sent*, as one op; how many cells that were. Inside transaction(), rows being the same."""
    content = sent.snapshot.content if sent.snapshot else {"rows": [], "header": {}}
    then = {row["id"]: row["values"] for row in content["rows"]}
    header = annexes.header_of(table)
    then[header.id] = content["header"]
    changes = []
    for row in (header, *annexes.rows_of(table)):
        was, now = then.get(row.id, {}), local_columns.official(row.values)
        changes += [Change(row.id, key, now.get(key, ""), was.get(key, "")) for key in sorted({*was, *now}) if now.get(key) != was.get(key)]
    held = ops.hold(table.id) if changes else None
    if held is not None:
        db.session.flush()
        ops.write(held, changes, user_id=by.id, via="put_back", client_id=f"put-back-{secrets.token_hex(10)}")
        db.session.expire_all()  # ops writes past the session
    return len(changes)
