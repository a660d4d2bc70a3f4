"""Text pasted without its line breaks, cut again where the official form would begin a new line."""

from __future__ import annotations

import re

LONG = 240
"""A paragraph longer than this, in characters, may hold several lines. Cuts need their own signs, so a real one stays whole."""

_BREAK = "\n"
_CUTS = (
    # after the document number that opens the text, after 特此通知
    (re.compile(r"^(.{0,60}?[〔\[﹝（(【]\s?[12]\d{3}\s?[〕\]﹞）)】]\s?\d{1,4}\s?号)\s*(?=\S)"), r"\1" + _BREAK),
    (re.compile(r"(特此(?:通知|函告|函达|公告|转发|致函)。?)\s*(?=\S)"), _BREAK + r"\1" + _BREAK),
    # before numbered headings
    (re.compile(r"(?<=[。；;：:）)\s])\s*(?=[一二三四五六七八九十]{1,2}、)"), _BREAK),
    (re.compile(r"(?<=[。；;])\s*(?=[（(][一二三四五六七八九十]{1,2}[）)])"), _BREAK),
    # before the list of annexes, the contacts, the annexes themselves
    (re.compile(r"(?<=[。，,；;\s])\s*(?=附\s?件\s?[:：])"), _BREAK),
    (re.compile(r"\s*(?=[（(]\s?联\s?系\s?人)"), _BREAK),
    (re.compile(r"(?<=[。；）)\s])\s*(?=联\s?系\s?人\s?[:：])"), _BREAK),
    (
        re.compile(r"(?<=[）)。\s表人])\s*(附\s?件\s?(?:\d(?=20\d\d\s?年)|\d{1,2}))(?=\s|20\d\d\s?年|[^\d.:：、）)和与及所中表格的])\s*"),
        _BREAK + r"\1" + _BREAK,
    ),
    # a date that stands alone between two sentences, and what follows it
    (
        re.compile(
            r"(?<=[。）)])\s*((?:[12]\d{3}|二[\d〇○ＯO零0oОο◯一二三四五六七八九]{3})\s?年\s?[\d一二三四五六七八九十]{1,3}\s?月"
            r"\s?[\d一二三四五六七八九十廿]{1,3}\s?日)\s*(?=[（(]\s?联|联系|附|抄送|主题词|$)"
        ),
        _BREAK + r"\1" + _BREAK,
    ),
    (re.compile(r"(?<=[）)。\s])\s*(?=主题词\s?[:：]|抄送\s?[:：])"), _BREAK),
    (re.compile(r"(?<=[）)\s])\s*(?=(?:此件|本件)(?:主动|依申请)?公开)"), _BREAK),
)
_RUN_ON = re.compile(r"(?<=[。；;：:])\s*(?=[一二三四五六七八九十]{1,2}、[\u4e00-\u9fff]{2,10}\s*$)")
"""A numbered heading left at the end of the line before it."""
_ADDRESS = re.compile(
    r"^(.{0,400}?(?:通知|函|方案)(?:（[^）]{1,20}）)?)\s+(?=\S)|^(.{0,200}?的(?:补充|紧急)?(?:通知|函))(?=各|市|区|本市|有关|\S{2,12}(?:局|委|办|单位|部门)[、，,：:])"
)
_TO = re.compile(r"^([^。；\n]{2,400}?[:：])(?=\s*(?:为|根据|按照|经|今年|现|近|在|\d{4}年|由|自|接|因|鉴于|《|依|结合|随着|兹|每年))")
_SIGNED = re.compile(
    r"(?<=[\s。）)》表单函册案执])([^\s，。：；、（）()\d]{2,40}?(?:办公室|办公厅|局|委员会|组委会|厅|部|政府|中心|协会|领导小组|学院|大学|处|院|委))\s*"
    r"((?:[12]\d{3}|[12二][\d〇○ＯO零0oОο◯一二三四五六七八九]{3})\s?年\s?[\d一二三四五六七八九十]{1,3}\s?月\s?[\d一二三四五六七八九十廿]{1,3}\s?日)(?=\s|[（(]|附|联|抄|$)\s*"
)


def cut(text: str) -> list[str]:
    """The lines in *text*; most paragraphs are one line and come back as they are."""
    if len(text) > 100_000:
        return [text]
    if len(text) <= LONG:
        return [piece.strip() for piece in _RUN_ON.sub(_BREAK, text).split(_BREAK)] if "、" in text else [text]
    for pattern, put in _CUTS:
        text = pattern.sub(put, text)
    text = _SIGNED.sub(_BREAK + r"\1" + _BREAK + r"\2" + _BREAK, text)
    lines = [line.strip() for line in text.split(_BREAK) if line.strip()]
    return [piece for place, line in enumerate(lines) for piece in (_cut_head(line) if place < 3 else [line])]


def _cut_head(line: str) -> list[str]:
    """The title, those addressed and the first sentence, where they run on."""
    pieces: list[str] = []
    if found := _ADDRESS.match(line):
        pieces.append(line[: found.end()].strip())
        line = line[found.end() :].strip()
    if found := _TO.match(line):
        pieces.append(found[1].strip())
        line = line[found.end() :].strip()
    return [*pieces, line] if line else pieces
