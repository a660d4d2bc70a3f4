"""The theme of the week: the words that are given, never ones that are asked for."""

from __future__ import annotations

import re
from itertools import islice

from ipweek.notice.reader.facts import NoticeFacts
from ipweek.notice.reader.lines import Line, spaced
from ipweek.notice.reader.numerals import DAY, MONTH, WEEKDAY

_NUMBERED = r"(?:[一二三四五六七八九十]{1,3}[、.]|\([一二三四五六七八九十0-9]{1,3}\)|[0-9]{1,2}[.、)]|[①-⑳])?"
_NAME = r"(?:[12][0-9]{3}年)?(?:[\u4e00-\u9fff“”·.]{0,16}?)(?:活动|宣传|年度|周|月|日|节)?的?主题(?:口号|内容|与口号|和口号|及口号)?"
_HEADING = re.compile(
    rf"^{_NUMBERED}〔?(?:时间和|时间与|时间及|时间、)?(?P<name>{_NAME})(?:和时间|与时间|及时间|、时间)?〕?(?:\(.{{0,20}}\))?[:：]?$"
)
_LABEL = re.compile(rf"^(?P<number>{_NUMBERED})〔?(?P<name>{_NAME})(?P<sign>〕:?|[:。]|为:|是:|确?定?为|是)(?P<rest>.+)$")
_HEADED = re.compile(
    rf"^{_NUMBERED}(?P<name>(?:活动|宣传|宣传周|活动周|宣传周活动|年度)?主题)(?:\((?:口号|标语)\))?(?P<rest>[^词教活宣党讲班式性化征确自演展日的及和与、。:].+)$"
)
_NEXT_ITEM = re.compile(r"^(?:[①-⑳]|[一二三四五六七八九十]{1,3}、|\([一二三四五六七八九十]{1,3}\))")
_QUOTED = r"“(?P<words>[^“”]{2,80})”"
_RUNNING = (
    re.compile(rf"主题(?:口号)?(?:分别)?(?:确?定)?(?:为|是|:)+(?:\(.{{0,12}}\))?{_QUOTED}"),
    re.compile(
        rf"(?:以|围绕|紧扣|突出|聚焦|按照|依据|秉持|弘扬)(?:着)?{_QUOTED}(?:(?:这一|的|为|这个|作为)?(?:[\u4e00-\u9fff]{{0,8}}))?(?:活动|宣传|年度|宣传周)?主题(?![教词])"
    ),
    re.compile(rf"主题{_QUOTED}"),
    re.compile(r"(?:活动|宣传周|本次|今年|本届)[^,。;“”]{0,6}以(?P<words>[^“”,。;:]{4,30}?)为(?:活动|宣传)?主题(?![教词])"),
    re.compile(r"(?:^|[,。;、])以(?P<words>[^“”,。;:]{4,30}?)为主题,?(?:组织|集中|广泛)?(?:开展|举办|举行)[^,。;]{0,12}活动"),
    re.compile(rf"{_QUOTED}(?:为|这一|的)(?:[\u4e00-\u9fff]{{0,6}})主题(?![教词])"),
)
_AND_MORE = re.compile(r"^(?:、|和|及|与|,|;|以及){1,2}“(?P<words>[^“”]{2,80})”")
_UNQUOTED = re.compile(
    r"(?:(?:活动|宣传周?|今年|本次|本届|年度|周|月|日)的?主题(?:确?定)?(?:为|是):?|(?<=[。;,])(?:本届|今年|本次)?(?:活动|宣传|宣传周|年度)?主题(?:确?定)?(?:为|是)?:)(?P<words>(?:[^“”,。;!?\n]|,(?=[A-Za-z])){4,60}?)(?=[。;!?]|$|,(?:旨|目|活动|时间|各|通过|将|围绕|[^,。;]{0,8}主题))"
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
    of_the_day: tuple[str, str] | None = None  # the theme of 世界知识产权日, which a week's own theme outranks
    for place, line in enumerate(lines):
        bare = line.bare
        if "主题" not in bare[:40] or _NOT_THEME.match(re.sub(rf"^{_NUMBERED}〔?", "", bare)):
            continue
        for pattern in (_HEADING, _LABEL, _HEADED):
            match = pattern.match(bare)
            if match is None or not _is_label(bare, match):
                continue
            found = _below(lines, place) if pattern is _HEADING else _labelled(lines, place, match)
            if found and "世界知识产权日" in match["name"]:
                of_the_day = of_the_day or found
            elif found:
                return found
            break
    return of_the_day


def _labelled(lines: list[Line], place: int, match: re.Match[str]) -> tuple[str, str] | None:
    """The theme behind its label, with those of the lines below that have labels of their own (全国主题：…, 本市主题：…)."""
    line = lines[place]
    given = _given(line, match.start("rest"), len(line.bare), under_heading=True)
    if not given:
        return None
    themes, said = [given], [line.said()[:400]]
    for below in lines[place + 1 : place + 4]:
        another = _LABEL.match(below.bare)
        if another is None or not _is_label(below.bare, another) or "世界知识产权日" in another["name"] + match["name"]:
            break
        if given := _given(below, another.start("rest"), len(below.bare), under_heading=True):
            themes.append(given)
            said.append(below.said()[:400])
    return "；".join(dict.fromkeys(themes)), "\n".join(said)


def _is_label(bare: str, match: re.Match[str]) -> bool:
    """Whether what matched names the theme of the whole, and is no sentence about a lecture or the like."""
    name = match["name"]
    if _NOT_THEME.search(name + bare[match.end("name") : match.end("name") + 2]) or (len(name) > 14 and "," in name):
        return False
    if match.re is _LABEL and match["sign"] == "。" and not match["number"]:
        return False
    return not re.match(r"(?:举办|召开|组织|开展|举行|参加|开设|制作|去年|上年|往年|历年|上届)", name)


_LISTED = re.compile(r"^(?:[0-9]{1,2}[.、)]|\([0-9一二三四五六七八九十]{1,2}\))(?![0-9])")
_OTHER_LABEL = re.compile(rf"^{_NUMBERED}(?:活动|举办|宣传|集中)?(?:时间|日期|地点|口号|对象|内容|形式|范围)[:为是。]")


_NO_THEME = re.compile(
    r"^(?:(?:活动|举办|主办|责任|承办|具体)?(?:时间|日期|地点|场所|内容|名称|对象|形式|单位|部门|备注|人数|规模|联系人|序号)"
    rf"|(?:{MONTH}月{DAY}[日号]|[-~至到、,()0-9:年]|{WEEKDAY})+)$"
)
"""Another head of a table, or a day under it."""


def _below(lines: list[Line], place: int) -> tuple[str, str] | None:
    """The theme in the lines under its heading: one, one cut in two, or a numbered list of several."""
    following = lines[place + 1 : place + 5]
    if not following or _LABEL.match(following[0].bare) or _OTHER_LABEL.match(following[0].bare):
        return None
    if "\t" in lines[place].text.strip() or _NO_THEME.match(following[0].bare):
        return None  # the head of a column
    first = following[0]
    if _LISTED.match(first.bare):
        listed = [line for line in islice(following, 4) if _LISTED.match(line.bare) and not _LABEL.match(line.bare)]
        themes = [_given(line, found.end(), len(line.bare), under_heading=True) for line in listed if (found := _LISTED.match(line.bare))]
        said = "\n".join(line.said()[:200] for line in [lines[place], *listed])
        return ("；".join(themes), said) if themes and all(themes) else None
    if _NEXT_ITEM.match(first.bare):
        return None
    if len(following) > 1 and _is_cut(first.bare, following[1].bare, following[2].bare if len(following) > 2 else ""):
        between = "" if first.bare.endswith((",", "、")) or first.bare.count("“") > first.bare.count("”") else " "
        first = Line(first.text.strip() + between + following[1].text.strip())
    given = _given(first, 0, len(first.bare), under_heading=True)
    return (given, f"{lines[place].said()}\n{first.said()[:400]}") if given else None


def _is_cut(first: str, second: str, third: str) -> bool:
    """Whether a theme stands on two lines: a quotation or a clause is open, or two short halves fill the room up to the next item."""
    if (
        re.search(r"[0-9一二三四五六七八九十][月日]", second)
        or _NEXT_ITEM.match(second)
        or _LISTED.match(second)
        or _OTHER_LABEL.match(second)
        or len(first) > 60
        or len(second) > 60
    ):
        return False
    if first.count("“") > first.count("”") and "”" in second:
        return True
    if re.search(r"[。;:!?]", first) or re.search(r"[。;:!?].", second) or _LABEL.match(second):
        return False
    halves = max(len(first), len(second)) <= 16 and not re.search("[,“”]", first + second)
    return first.endswith((",", "、")) or (halves and bool(_NEXT_ITEM.match(third)))


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
    if re.match(r"1[.、].+2[.、]", whole):
        items = re.finditer(r"[1-9][.、](?P<words>(?:(?![1-9][.、])[^。;])+)", whole)
        return "；".join(_words(line, start + item.start("words"), start + item.end("words")) for item in items)
    if ("。" not in whole and 2 <= len(whole) <= 70 and not re.search(r"活动|宣传周.*为|围绕", whole)) or (
        under_heading and len(sentence) <= 50 and "主题" not in sentence
    ):
        whole = whole if "。" not in whole and len(whole) <= 70 else sentence
        return _words(line, start, start + len(whole))
    return ""


def _running(lines: list[Line]) -> tuple[str, str] | None:
    best: tuple[int, list[tuple[int, str]], str] | None = None  # its rank; place and words of each theme; the sentence
    for line in lines:
        if "主题" not in line.bare:
            continue
        for pattern in (*_RUNNING, _UNQUOTED):
            for match in islice(pattern.finditer(line.bare), 20):
                before, after = line.bare[max(0, match.start() - 24) : match.start()], line.bare[match.start() : match.end() + 10]
                if (
                    _ASKED.search(re.split(r"[。;,)]", before)[-1] + after)
                    or _NOT_THEME.search(line.bare[match.start() : match.start() + 6])
                    or _is_of_part(line.bare, match)
                ):
                    continue
                words = [(match.start("words"), _words(line, *match.span("words")))]
                end = match.end()
                while more := _AND_MORE.match(line.bare[end:]):
                    words.append((end, _words(line, end + more.start("words"), end + more.end("words"))))
                    end += more.end()
                rank = 2 if re.search(r"宣传周|活动周|本届|今年|本次|宣传月|周活动|年度", before + after) else 1
                if re.search(r"世界知识产权日的?(?:活动)?$", line.bare[max(0, match.start() - 12) : match.start()]):
                    rank = 0
                sentence = line.sentence(*match.span())
                if best is None or rank > best[0]:
                    best = (rank, words, sentence)
                elif rank == best[0] and sentence == best[2] and rank:
                    best = (rank, [*best[1], *words], sentence)
    return ("；".join(dict.fromkeys(words for _, words in sorted(best[1]))), best[2]) if best else None


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
    words = words.strip('“”"「」『』。；;，,：: ')
    return words[1:-1] if re.fullmatch(r"《[^《》]+》", words) else words
