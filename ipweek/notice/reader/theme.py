"""The theme of the week: the words that are given, never ones that are asked for."""

from __future__ import annotations

import re
from itertools import islice

from ipweek.notice.reader.facts import NoticeFacts
from ipweek.notice.reader.lines import Line, spaced

_NUMBERED = r"(?:[一二三四五六七八九十]{1,3}[、.]|\([一二三四五六七八九十0-9]{1,3}\)|[0-9]{1,2}[.、)])?"
_NAME = r"(?:[12][0-9]{3}年)?(?:[\u4e00-\u9fff“”·.]{0,16}?)(?:活动|宣传|年度|周|月|日|节)?的?主题(?:口号)?"
_HEADING = re.compile(
    rf"^{_NUMBERED}(?:时间和|时间与|时间及|时间、)?(?P<name>{_NAME})(?:和时间|与时间|及时间|、时间)?(?:\(.{{0,20}}\))?[:：]?$"
)
_LABEL = re.compile(rf"^{_NUMBERED}(?P<name>{_NAME})(?:[:]|为:|是:|为|是)(?P<rest>.+)$")
_HEADED = re.compile(
    rf"^{_NUMBERED}(?P<name>(?:活动|宣传|宣传周|活动周|宣传周活动|年度)?主题)(?P<rest>[^词教活宣党讲班式性化征确自演展日的及和与、].+)$"
)
_NEXT_ITEM = re.compile(r"^(?:[一二三四五六七八九十]{1,3}、|\([一二三四五六七八九十]{1,3}\))")
_QUOTED = r"“(?P<words>[^“”]{2,80})”"
_RUNNING = (
    re.compile(rf"主题(?:口号)?(?:分别)?(?:确?定)?(?:为|是|:)+(?:\(.{{0,12}}\))?{_QUOTED}"),
    re.compile(
        rf"(?:以|围绕|紧扣|突出|聚焦|按照|依据|秉持|弘扬)(?:着)?{_QUOTED}(?:(?:这一|的|为|这个|作为)?(?:[\u4e00-\u9fff]{{0,8}}))?(?:活动|宣传|年度|宣传周)?主题(?![教词])"
    ),
    re.compile(rf"主题{_QUOTED}"),
    re.compile(rf"{_QUOTED}(?:为|这一|的)(?:[\u4e00-\u9fff]{{0,6}})主题(?![教词])"),
)
_AND_MORE = re.compile(r"^(?:、|和|及|与|,|;|以及){1,2}“(?P<words>[^“”]{2,80})”")
_UNQUOTED = re.compile(
    r"(?:活动|宣传周?|今年|本次|本届|年度|周|月|日)的?主题(?:确?定)?(?:为|是)(?::)?(?P<words>[^“”,。;!?\n]{4,60}?)(?=[。;!?]|$|,(?:旨|目|活动|时间|各|通过|将|围绕))"
)
_ASKED = re.compile(
    r"自拟|自定|自行|自选|待定|另行|征集|拟定|结合实际确定|确定活动?主题|可?围绕.{0,10}主题自|主题不限|明确主题|请.{0,10}(?:填写|注明|确定|明确)"
)
_NOT_THEME = re.compile(r"主题(?:词|教育|宣讲|党日|班会|展览?|讲座|论坛|沙龙|培训|活动月|分类|演讲|公园|团日|日活动|征文|鲜明|突出|明确)")


def read_theme(lines: list[Line], facts: NoticeFacts, *, attached: bool = False) -> None:
    """Fill in theme from the text's *lines*, or a note why not. Two themes are both kept, parted by ``；``."""
    found = _under_heading(lines) or _running(lines)
    if found is None:
        facts.notes.setdefault("theme", "通知没有给出活动主题。")
        return
    facts.theme, facts.evidence["theme"] = found
    facts.notes.pop("theme", None)
    if attached:
        facts.notes["theme"] = "取自随文转发的文件。"


def _under_heading(lines: list[Line]) -> tuple[str, str] | None:
    for place, line in enumerate(lines):
        bare = line.bare
        if "主题" not in bare[:40] or _NOT_THEME.match(re.sub(rf"^{_NUMBERED}", "", bare)):
            continue
        for pattern in (_HEADING, _LABEL, _HEADED):
            match = pattern.match(bare)
            if (
                match is None
                or _NOT_THEME.search(match["name"] + bare[match.end("name") : match.end("name") + 2])
                or (len(match["name"]) > 14 and "," in match["name"])
            ):
                continue
            if pattern is _HEADING:
                following = lines[place + 1 : place + 2]
                if following and _LABEL.match(following[0].bare):
                    break
                if (
                    following
                    and not _NEXT_ITEM.match(following[0].bare)
                    and (given := _given(following[0], 0, len(following[0].bare), under_heading=True))
                ):
                    return given, f"{line.said()}\n{following[0].said()[:400]}"
            elif given := _given(line, match.start("rest"), len(bare), under_heading=True):
                return given, line.said()[:400]
            break
    return None


def _given(line: Line, start: int, end: int, *, under_heading: bool) -> str:
    """The theme in part of a line: what is quoted as the theme, else all that is quoted, else the words themselves."""
    text = line.bare[start:end]
    if re.match(r"^[一二三四五六七八九十]{1,3}、", text):
        return ""
    if running := _running([line]):
        return running[0]
    sentence = re.split(r"[。;!?]", text)[0]
    if _ASKED.search(sentence):
        return ""
    quoted = [(start + match.start(1), start + match.end(1)) for match in re.finditer(r"“([^“”]{2,80})”", sentence)]
    rest = re.sub(r"“[^“”]*”", "", sentence)
    if quoted and len(re.sub(r"[、,和及与:()]", "", rest)) <= 4:
        return "；".join(_words(line, *place) for place in quoted)
    whole = text.rstrip("。;!,. ")
    if ("。" not in whole and 2 <= len(whole) <= 70 and not re.search(r"活动|宣传周.*为|围绕", whole)) or (
        under_heading and len(sentence) <= 50 and "主题" not in sentence
    ):
        whole = whole if "。" not in whole and len(whole) <= 70 else sentence
        return _words(line, start, start + len(whole))
    return ""


def _running(lines: list[Line]) -> tuple[str, str] | None:
    best: tuple[int, list[str], str] | None = None
    for line in lines:
        if "主题" not in line.bare:
            continue
        for pattern in (*_RUNNING, _UNQUOTED):
            for match in islice(pattern.finditer(line.bare), 20):
                around = line.bare[max(0, match.start() - 24) : match.end() + 10]
                if (
                    _ASKED.search(around)
                    or _NOT_THEME.search(line.bare[match.start() : match.start() + 6])
                    or _is_of_part(line.bare, match)
                ):
                    continue
                words = [_words(line, *match.span("words"))]
                end = match.end()
                while more := _AND_MORE.match(line.bare[end:]):
                    words.append(_words(line, end + more.start("words"), end + more.end("words")))
                    end += more.end()
                rank = 2 if re.search(r"宣传周|活动周|本届|今年|本次|宣传月|周活动|年度", around) else 1
                if re.search(r"世界知识产权日的?(?:活动)?$", line.bare[max(0, match.start() - 12) : match.start()]):
                    rank = 0
                sentence = line.sentence(*match.span())
                if best is None or rank > best[0]:
                    best = (rank, words, sentence)
                elif rank == best[0] and sentence == best[2] and rank:
                    best = (rank, [*best[1], *words], sentence)
    return ("；".join(dict.fromkeys(best[1])), best[2]) if best else None


def _is_of_part(text: str, match: re.Match[str]) -> bool:
    """Whether the theme is only that of one lecture, forum or the like, or one of last year."""
    before = re.split(r"[。;]", text[max(0, match.start() - 30) : match.start()])[-1]
    after = text[match.end() : match.end() + 14]
    return bool(
        re.search(r"(?:讲座|论坛|沙龙|征文|展览|竞赛|比赛|演讲|研讨会|座谈会|去年|上一?年|上届)[^,。]{0,12}$", before)
        or re.match(r"^的?(?:[\u4e00-\u9fff]{0,4})(?:讲座|论坛|沙龙|征文|展览|竞赛|比赛|演讲|研讨|座谈|党日|班会|培训)", after)
    )


def _words(line: Line, start: int, end: int) -> str:
    """The theme's words, the break between two halves kept as one blank."""
    raw = line.raw(start, end)
    printed = line.text_between(start, end)
    words = spaced(re.sub(r"\s*\n\s*", "", printed) if "\n" in raw else printed)
    words = re.sub(r"(?<=[\u4e00-\u9fff])\s+(?=[0-9])|(?<=[0-9])\s+(?=[\u4e00-\u9fff])", "", words)
    return words.strip('“”"「」『』。；;，,：: ')
