"""Text pasted without its line breaks, cut again where the official form would begin a new line."""

from __future__ import annotations

import re
from collections.abc import Iterator

LONG = 240
"""A paragraph longer than this, in characters, may hold several lines. Cuts need their own signs, so a real one stays whole."""

_BREAK = "\n"
_YEAR = r"(?:[12]\d{3}|二[\d〇○◯零OＯoοОо０0一二三四五六七八九]{3})"
_DATE = rf"{_YEAR}\s?年\s?[\d一二三四五六七八九十]{{1,3}}\s?月\s?[\d一二三四五六七八九十廿]{{1,3}}\s?日"
_OFFICE = r"(?:办公室|办公厅|局|委员会|组委会|厅|部|政府|中心|协会|领导小组|联席会议|学院|大学|处|院|委|海关|小组|集团|公司|科协|学会|分会)"
_NUMBER = r"[〔\[﹝（(【［]\s?[12]\d{3}\s?[〕\]﹞）)】］]\s?第?\d{1,4}\s?号"
_HAN = tuple("一二三四五六七八九十")
_ARABIC = tuple(str(n) for n in range(1, 21))
_FIELD = r"(?:单位名称|(?:填[表报]|报送|上报|申报)(?:单位|时间|日期))(?:[（(][^（）()]{1,8}[）)])?\s?[:：]"
_CUTS = (
    # after the name of the site's column, and between a title and its double
    (re.compile(r"^(通知公告|公告通知|公示公告|通知公示)\s*(?=\S)"), r"\1" + _BREAK),
    (re.compile(r"^(.{10,100}?(?:通知|函|方案))\s*(?=\1)"), r"\1" + _BREAK),
    # after the document number that opens the text, after 特此通知
    (re.compile(rf"^([^，。：:《]{{0,60}}?{_NUMBER})\s*(?=[^\s）)])"), r"\1" + _BREAK),
    (re.compile(r"(签发人\s?[:：]\s?(?:[×xX*]{2,3}|[\u4e00-\u9fff]{2,3}(?=\s)))\s*"), r"\1" + _BREAK),
    (re.compile(r"(特此(?:通知|函告|函达|公告|转发|致函)。?)\s*(?=\S)"), _BREAK + r"\1" + _BREAK),
    # before numbered headings
    (re.compile(r"(?<=[。；;：:）)\s])\s*(?=[一二三四五六七八九十]{1,2}、)"), _BREAK),
    (re.compile(r"(?<=[。；;])\s*(?=[（(][一二三四五六七八九十]{1,2}[）)])"), _BREAK),
    # before the list of annexes, the contacts, the annexes themselves
    (re.compile(r"(?<=[^（(《“见及与和、])\s*(?=附\s?件\s?\d{0,2}\s?[:：]\s*\S)"), _BREAK),
    (re.compile(r"\s*(?=[（(]\s?联\s?系\s?人)"), _BREAK),
    (re.compile(r"(?<=[。；）)\s])\s*(?=联\s?系\s?人(?:及[^：:]{2,6})?\s?[:：])"), _BREAK),
    (
        re.compile(r"(?<=[）)。\s表人日])\s*(附\s?件\s?(?:\d(?=20\d\d\s?年)|\d{1,2}))(?=\s|20\d\d\s?年|[^\d.:：、）)和与及所中表格的])\s*"),
        _BREAK + r"\1" + _BREAK,
    ),
    (re.compile(rf"(?<=日)\s*(附\s?件)(?=\s?{_YEAR}|\s|[\u4e00-\u9fff]{{4,40}}表)\s*"), _BREAK + r"\1" + _BREAK),
    (re.compile(r"(?<=[）)\s日])\s*(?=(?:[（(]?)(?:此件|本件)(?:主动|依申请)?公开)"), _BREAK),
    # before a theme or a time that follows its own label, and before the fields of a form
    (re.compile(r"(?<=[）)日题。；”])\s*(?=(?:主题|时间)\s?[:：]\s*\S)"), _BREAK),
    (re.compile(rf"(?<=[表）)])\s*(?={_FIELD})"), _BREAK),
    (re.compile(r"(?<=[）)。\s日])\s*(?=主题词\s?[:：]|抄\s?送\s?[:：])"), _BREAK),
)
_RUN_ON = re.compile(r"(?<=[。；;：:])\s*(?=[一二三四五六七八九十]{1,2}、[\u4e00-\u9fff]{2,10}\s*$)")
"""A numbered heading left at the end of the line before it."""
_ANNEX_LEFT = re.compile(r"(?<=[）)。])\s*(?=附\s?件\s?\d{1,2}\s*$)")
"""The heading of an annex left at the end of the line before it."""
_ADDRESSED = (
    r"(?=各|市|区|县|本市|省|有关|相关|机关|关于|来源\s?[:：]|发布|发文|索引|文号|全[市省区县院校]"
    r"|[^，。；：:]{0,12}各[^，。；：:]{1,30}[:：]"
    rf"|[\u4e00-\u9fff]{{2,12}}{_NUMBER}|\S{{2,12}}(?:局|委|办|单位|部门)[、，,：:])"
)
_ADDRESS = re.compile(
    r"^(.{0,400}?(?:通知|函|方案)(?:（[^）]{1,20}）)?)\s+(?=\S)"
    rf"|^(.{{0,200}}?的(?:补充|紧急|预)?(?:通知|函)(?:[（(][^）)]{{2,30}}[）)])?){_ADDRESSED}"
    r"|^([^，。：:]{6,80}?(?:方案|工作计划))(?=为|根据|按照|今年|在|经)"
)
_TO = re.compile(
    r"^([^。；《\n]{2,400}?[:：])(?=\s*(?:为|根据|按照|经|今年|现|近|在|\d{4}\s?年|由|自|接|因|鉴于|《|依|结合|随着|兹|每年|\d{1,2}月))"
)
_SIGNED = re.compile(
    rf"(?:(?<=[\s。）)》表单函册案执A-Za-z])|(?<=\d)(?![年月日号]))"
    rf"((?:[^\s，。：；、（）().．\dA-Za-z]{{2,40}}?{_OFFICE}\s+){{0,8}}[^\s，。：；、（）().．\dA-Za-z]{{2,40}}?{_OFFICE}(?:[（(]代?章?[）)])?)\s*"
    rf"({_DATE})(?=\s|[（(]|附|联|抄|主题词|$|[\u4e00-\u9fff]{{2,12}}联系人|(?:咨询|联系)?电话|邮箱|请与)\s*"
)
_OWN_OFFICE = re.compile(rf"([\u4e00-\u9fff（）()]{{4,40}}?{_OFFICE})(?:文件|关于)")
"""The office whose notice it is: over it, or in its title."""
_DATED = re.compile(rf"(?<=[\s。）)表单函册案执])({_DATE})(?=\s*(?:\n|$|[（(]\s?联|联系|附|抄送|主题词))\s*")


def cut(text: str, *, is_whole: bool = False) -> list[str]:
    """The lines in *text*; most paragraphs are one line and come back as they are.

    *is_whole* says that the notice is all in this one paragraph, so that even a short one holds several lines.
    """
    if len(text) > 100_000:
        return [text]
    if len(text) <= LONG and not is_whole:
        text = _ANNEX_LEFT.sub(_BREAK, text)
        return [piece.strip() for piece in _RUN_ON.sub(_BREAK, text).split(_BREAK)] if "、" in text or _BREAK in text else [text]
    text = _ANNEX_LEFT.sub(_BREAK, re.sub(r"的\s?通\s+知", "的通知", text))
    for pattern, put in _CUTS:
        text = pattern.sub(put, text)
    for numerals, opening, closing in ((_HAN, "", "、"), (_HAN, "[（(]", "[）)]"), (_ARABIC, "(?<=[。；;：:])", "[、.．]")):
        text = _at_each(text, list(_in_order(text, numerals, opening, closing)))
    for cited in re.finditer(r"《([^《》\n]{10,80})》", text[:400]):
        title = re.compile(rf"(?<![《\n:：.．、]){re.escape(cited[1])}(?!》)")
        if again := title.search(text, cited.end()):  # what is issued or forwarded with this one
            text = text[: again.start()] + _BREAK + again[0] + _BREAK + text[again.end() :]
    for office in dict.fromkeys(named[1].removeprefix("号") for named in _OWN_OFFICE.finditer(text[:400])):
        if office[0] in "市区县省":  # 市知识产权局: where it is run together with its city, the name begins before
            continue
        signature = rf"\s*({re.escape(office)}(?:[（(]章[）)])?)\s*({_DATE})(?![前起至到、])\s*"
        text = re.sub(signature, _BREAK + r"\1" + _BREAK + r"\2" + _BREAK, text)
    text = _SIGNED.sub(_BREAK + r"\1" + _BREAK + r"\2" + _BREAK, text)
    text = _DATED.sub(_BREAK + r"\1" + _BREAK, text)
    lines = [line.strip() for line in text.split(_BREAK) if line.strip()]
    return [piece for place, line in enumerate(lines) for piece in (cut_head(line) if place < 3 else [line])]


def _in_order(text: str, numerals: tuple[str, ...], opening: str, closing: str) -> Iterator[int]:
    """Where 一、 二、 三、 or the like stand in their order, some letters apart: headings even where no sign stands before them."""
    found: list[int] = []
    at = 0
    for numeral in numerals:
        match = re.compile(
            rf"(?<![一二三四五六七八九十百第、\d]){opening}\s?{numeral}{closing}(?![一二三四五六七八九十]、|\d(?!\d{{3}}年))"
        ).search(text, at)
        if match is None:
            break
        found.append(match.start())
        at = match.end() + 4
    if len(found) > 1:
        yield from found


def _at_each(text: str, places: list[int]) -> str:
    for place in reversed(places):
        text = text[:place].rstrip() + _BREAK + text[place:]
    return text


def cut_head(line: str) -> list[str]:
    """The title, those addressed and the first sentence, where they run on."""
    pieces: list[str] = []
    if found := _ADDRESS.match(line):
        pieces.append(line[: found.end()].strip())
        line = line[found.end() :].strip()
    if pieces and (found := re.match(rf"^[\u4e00-\u9fff（）()]{{2,14}}{_NUMBER}", line)):
        pieces.append(found[0])
        line = line[found.end() :].strip()
    if found := _TO.match(line):
        pieces.append(found[1].strip())
        line = line[found.end() :].strip()
    return [*pieces, line] if line else pieces
