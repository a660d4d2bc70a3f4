"""What is said of numbers of persons in a cell that will be published. The numbers themselves are found elsewhere."""

from __future__ import annotations

from collections.abc import Sequence

from ipweek.private_numbers import Private, mask

_NAMES = {"mobile": "手机号码", "tel": "电话号码", "fax": "传真号码", "email": "邮箱地址", "id": "身份证号码", "meeting": "会议号"}
_OF_A_CONTACT = frozenset({"mobile", "tel", "fax", "email"})


def message(label: str, found: Sequence[Private]) -> str:
    """The sentence of the check; what it quotes is masked, since a message is read by more people than the cell."""
    what = "、".join(dict.fromkeys(_NAMES[each.kind] for each in found))
    move = "或移到“联系人”" if any(each.kind in _OF_A_CONTACT for each in found) else ""
    quoted = mask(found[0].text, in_contact=True)[:40]
    return f"“{label}”里有{what}“{quoted}”，对外发布时不能公开；请删去{move}，确需保留请说明理由"
