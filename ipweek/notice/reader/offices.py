"""The offices in a line of a letterhead or a signature, where they stand apart and where they run together."""

from __future__ import annotations

import re

from ipweek.notice.reader.looks import ORGANISATION

SEAL = re.compile(r"[(（](?:章|印章|盖章|代章|公章|印)[)）]")
_ENDS = re.compile(rf"{ORGANISATION}(?:[(（][\u4e00-\u9fff]{{2,20}}[)）])?$")
_ROOM = re.compile(r"[\u4e00-\u9fff]{1,4}[处科室股]$")
_STARTS = re.compile(
    r"国家|中央|中共|中国|全国|最高人民|共青团|新华社"
    r"|(?:公安|司法|商务|教育|科学技术|工业和信息化|农业农村|文化和旅游|财政|自然资源|生态环境)部|海关总署"
)
_PLACE = re.compile(r"(?:[\u4e00-\u9fff]{1,5}?[省市区县]|[市区省县])")


def offices(text: str) -> list[str]:
    """The offices in *text*, as printed. Blanks part two names only where each is one; run together, a place said again parts them."""
    text = SEAL.sub("", text).strip(" (（,，:：\t")
    parts = [part for part in re.split(r"\s+|、", text) if part]
    if len(parts) > 1 and all(len(part) >= 3 and _ENDS.search(part) for part in parts) and not _ROOM.match(parts[-1]):
        return [office for part in parts for office in _run_together(part)]
    return _run_together("".join(text.split()))


def _run_together(text: str) -> list[str]:
    """上海市知识产权局上海市版权局 is two offices: the second begins with the same place, or with 国家, 中共 and the like."""
    starts = [0]
    for at in range(3, len(text) - 2):
        if _ENDS.search(text[starts[-1] : at]) and at - starts[-1] >= 3 and _is_start(text, at):
            starts.append(at)
    pieces = [text[start:end] for start, end in zip(starts, [*starts[1:], len(text)], strict=True)]
    return pieces if all(len(piece) >= 3 and _ENDS.search(piece) for piece in pieces) else [text]


def _is_start(text: str, at: int) -> bool:
    if _STARTS.match(text, at):
        return True
    place = _PLACE.match(text, at)
    return place is not None and (text.startswith(place[0]) or (len(place[0]) > 2 and place[0] in text[:at]))
