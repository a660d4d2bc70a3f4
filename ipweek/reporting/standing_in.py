"""代填: the office types in for a unit that sent its table on paper, by fax or by mail. Visibly marked wherever it shows."""

from __future__ import annotations

from ipweek.accounts.schema import Person
from ipweek.annexes import reach
from ipweek.errors import Invalid
from ipweek.reporting import messages, reasons, service, states
from ipweek.reporting.models import Move

SOURCES = ("传真件", "邮寄件", "电子邮件", "电话记录")
"""What the office may type in from."""


def begin(table_id: int, source: str, note: str = "", *, by: Person) -> Move:
    """Take the unit's table in hand: it is open to the office until it is sent, or given back. The unit can go on with it too."""
    if source not in SOURCES:
        reason = "请选择按什么代填，例如“传真件”。"
        raise Invalid(reason, fields={"source": reason})
    note = reasons.tidy(note)
    with service.taking("type_in", table_id, by=by) as (table, _, _done):
        table.office_hand = reach.TYPING
        table.typed_in = source
        words = f"市联席办正按你单位的{source}代填附件{table.annex}。"
        messages.tell_unit(table, words, kind="type_in")
        return service.note_move("type_in", table, to=table.status, why=f"{source}：{note}" if note else source, by=by)


def end(table_id: int, *, by: Person) -> Move:
    """Give the table back to its unit. What was typed stays."""
    with service.taking("type_out", table_id, by=by) as (table, _, _done):
        table.office_hand = states.NOTHING
        messages.tell_unit(table, f"市联席办结束代填附件{table.annex}，请核对后报送。", kind="type_out")
        return service.note_move("type_out", table, to=table.status, by=by)
