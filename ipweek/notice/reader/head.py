"""What stands over and under the text: document number, title, issuer, date of issue."""

from __future__ import annotations

import re
from datetime import date

from ipweek.notice.reader.facts import NoticeFacts
from ipweek.notice.reader.layout import Layout
from ipweek.notice.reader.lines import Line, plain_figures, tidy
from ipweek.notice.reader.looks import DATE, KINDS, NUMBER, ORGANISATION, is_issuer, is_meta, is_seal_for
from ipweek.notice.reader.numerals import DAY, MONTH, made_date, number, year
from ipweek.notice.reader.offices import SEAL, offices

_PREFIX = r"(?P<prefix>[\u4e00-\u9fff]{1,40}(?:\([\u4e00-\u9fffA-Za-z]{1,6}\)[\u4e00-\u9fff]{0,4})?)"
_WIDE = str.maketrans({"(": "（", ")": "）"})
_SQUARE = str.maketrans({"[": "〔", "]": "〕"})
_OWN_NUMBER = re.compile(rf"{_PREFIX}(?:{NUMBER}|[(](?P<year2>(?:19|20)[0-9]{{2}})[)]第?(?P<count2>[0-9]{{1,4}})号)")
_LABEL = re.compile(r"(?:发文字号|发文文号|发布文号|文件编号|文件字号|公文编号|文号|字号)[:\]〕】]?")


def read_head(layout: Layout, facts: NoticeFacts) -> None:
    """Fill in doc_number, title, issuer and issue_date, each with its evidence, or a note why not."""
    _read_title(layout, facts)
    _read_number(layout, facts)
    _read_signature(layout, facts)


# --- document number ---


def _read_number(layout: Layout, facts: NoticeFacts) -> None:
    labelled_empty = False
    for line in [*layout.head, *layout.closing]:
        text = line.bare.translate(_SQUARE)
        for label in _LABEL.finditer(text):
            if found := _OWN_NUMBER.match(text, label.end()):
                _set_number(facts, line, found)
                return
            labelled_empty = True
    for line in layout.head:
        text = line.bare.translate(_SQUARE)
        for found in _OWN_NUMBER.finditer(text):
            if not _is_cited(text, found, line):
                _set_number(facts, line, found)
                return
    if (opening := layout.body[:1]) and not layout.head:
        text = opening[0].bare.translate(_SQUARE)
        if (found := _OWN_NUMBER.match(text)) and not _is_cited(text, found, opening[0]):
            _set_number(facts, opening[0], found)
            return
    facts.notes["doc_number"] = "发文字号栏是空的。" if labelled_empty else "没有找到本通知自己的发文字号。"


def _is_cited(text: str, found: re.Match[str], line: Line) -> bool:
    """Whether the number at *found* is another document's: inside 《》, after it in brackets, after 根据 and the like."""
    before, after = text[: found.start()], text[found.end() :]
    if before.count("《") > before.count("》"):
        return True
    bracketed = before.endswith("(") and after.startswith(")")
    if bracketed and before[:-1].endswith("》"):
        return True
    if bracketed and re.match(r"^\)(?:的|精神|要求|文件|和|、)", after):
        return True
    if re.search(r"(?:根据|按照|依据|遵照|转发|印发|贯彻|落实|执行|参照|废止)$", before) or re.match(
        r"^(?:根据|按照|依据|遵照|转发)", found["prefix"]
    ):
        return True
    if re.search(r"关于|转发|印发|落实", found["prefix"]) and not re.search(r"(?:通知|函|方案)", found["prefix"]):
        return True
    return bool(re.match(r"^(?:文件?精神|文件?要求|文的?通知|文件)", after)) or (line.from_table and len(text) > 200)


def _set_number(facts: NoticeFacts, line: Line, found: re.Match[str]) -> None:
    years, count = found["year"] or found["year2"], found["count"] or found["count2"]
    facts.doc_number = f"{_own_prefix(found, line)}〔{year(years)}〕{number(count)}号"
    facts.evidence["doc_number"] = line.said()[:300]


def _own_prefix(found: re.Match[str], line: Line) -> str:
    """The office's letters, without what stands glued before them."""
    prefix = found["prefix"]
    raw = re.split(r"[〔\[(]\s*(?:[12二])", line.raw(found.start("prefix"), found.end()))[0].strip()
    tokens = raw.split()
    if len(tokens) > 1:
        # Letters set apart from one another belong together, words do not.
        last = tokens.pop()
        while tokens and len(last) + len(tokens[-1]) <= 6 and (len(tokens[-1]) == 1 or len(last) == 1):
            last = tokens.pop() + last
        prefix = last
    prefix = re.sub(r"^.*(?:文件|号:|字号|文号|通知|编号)(?=.{2})", "", prefix)
    if len(prefix) > 9:
        prefix = re.sub(
            rf"^.*(?:办公室|办公厅|委员会|人民政府|领导小组|管理局|产权局|监管局|{ORGANISATION})(?=[\u4e00-\u9fff]{{2,8}}(?:\(|$))",
            "",
            prefix,
            count=1,
        )
    return prefix.translate(_WIDE)


# --- title ---

_TITLE_END = re.compile(rf"(?:{KINDS})(?:\((?:第[一二三四五六七八九十0-9]+号|[\u4e00-\u9fff、]{{2,12}})\))?$")
_BALD = re.compile(r"(?:紧急|补充|更正|延期|预)?(?:通知|函|公告|通告|启事)")
_SITE_BEHIND = re.compile(rf"(?:{KINDS})-{{1,2}}[\u4e00-\u9fff]{{2,20}}$")
_TITLE_START = re.compile(r"关于|[12][0-9]{3}年|二[〇○零OoΟ0]")
_BY_LABEL = re.compile(r"^(?:名称|标题|文件名称|信息名称|(?:邮件)?主题(?=:关于))[:]?(?P<title>.{6,120})$")


def _read_title(layout: Layout, facts: NoticeFacts) -> None:
    lines = [line for line in layout.head if not line.in_margin]
    signers = tuple(line.bare for line in layout.closing)
    best: tuple[str, str] | None = None
    for first in range(len(lines)):
        if not _may_title(lines[first]) or _is_letterhead(lines, first, signers):
            continue
        for last in range(first, min(first + 5, len(lines))):
            if last > first and not _may_title(lines[last]):
                break
            words = "".join(line.bare for line in lines[first : last + 1])
            if len(words) > 160:
                break
            if _is_title(words):
                best = (_printed(lines[first : last + 1]), "\n".join(line.said() for line in lines[first : last + 1]))
                start = _organisation_over(lines, first, words)
                if start < first:
                    best = (_printed(lines[start : last + 1]), "\n".join(line.said() for line in lines[start : last + 1]))
                break
        if best:
            break
    if best is None:
        best = (
            _labelled_title(layout)
            or _page_title(layout.page_title)
            or next(filter(None, (_page_title(line.text) for line in lines)), None)
        )
    if best is None and (bald := next((line for line in lines if _BALD.fullmatch(line.bare)), None)):
        best = (bald.bare, bald.said())
    if best is None:
        facts.notes["title"] = "没有找到通知的标题。"
        return
    facts.title = best[0]
    facts.evidence["title"] = best[1]


def _is_letterhead(lines: list[Line], place: int, signers: tuple[str, ...]) -> bool:
    """Whether an office's name stands over a title that names its office itself, on its first line or in all.

    It does not where only both lines together are an office, such as one of the *signers*: 苏州市知识产权局 / 办公室关于….
    """
    over = lines[place].bare
    below = lines[place + 1].bare if place + 1 < len(lines) else ""
    office = over + below[: below.find("关于")]
    if below.find("关于") > 0 and (not re.search(rf"{ORGANISATION}$", over) or any(line.startswith(office) for line in signers)):
        return False
    return is_issuer(over) and (below.find("关于") > 0 or below == over)


def _may_title(line: Line) -> bool:
    bare = line.bare
    return (
        not is_meta(line)
        and not re.search(r"[。_|]", bare)
        and len(bare) <= 120
        and not _OWN_NUMBER.fullmatch(bare.strip("()").translate(_SQUARE))
        and not re.match(r"^(?:附件|抄送|联系|第?\d{1,3}号?$)", bare)
        and "签发人" not in bare
        and not _SITE_BEHIND.search(bare)
        and re.search(r"[\u4e00-\u9fff]", bare) is not None
        and not bare.endswith(("文件", ":", ";"))
        and not (line.from_table and not _is_title(bare))
    )


def _is_title(words: str) -> bool:
    """Whether *words* are a whole title: they end with 通知 or its like outside of 《》, and say what it is about."""
    words = _without_number(words)
    if words.count("《") != words.count("》") or words.count("(") != words.count(")"):
        return False
    end = _TITLE_END.search(words)
    return (
        end is not None
        and len(words) >= 6
        and bool(_TITLE_START.search(words) or re.search(r"(?:周|月|日|年|活动|工作)[^,]{0,20}$", words))
    )


def _without_number(words: str) -> str:
    """*words* without the own document number behind or before them."""
    words = _NUMBER_BEHIND.sub(r"\1", words)
    words = re.sub(r"\(?[\u4e00-\u9fff]{2,12}[〔\[(][12][0-9]{3}[〕\])]第?[0-9]{1,4}号\)?$", "", words)
    return re.sub(r"^[\u4e00-\u9fff]{2,12}[〔\[(][12][0-9]{3}[〕\])]第?[0-9]{1,4}号(?=.)", "", words)


_NUMBER_BEHIND = re.compile(  # …的通知甲知〔2026〕3号
    rf"^(.*(?:{KINDS}))[\u4e00-\u9fff]{{2,12}}[〔﹝\[（(【［][12]\d{{3}}[〕﹞\]）)】］]第?\d{{1,4}}号$"
)


def _organisation_over(lines: list[Line], first: int, words: str) -> int:
    """Where the title really starts: an office's name right over 关于…, below the document number, belongs to it."""
    start = first
    if not words.startswith("关于"):
        return first
    while (
        start > 0
        and first - start < 8
        and is_issuer(lines[start - 1].bare)
        and not lines[start - 1].bare.endswith("文件")
        and lines[start - 1].bare not in [line.bare for line in lines[start:first]]
        and not is_meta(lines[start - 1])
        and not lines[start - 1].from_table
    ):
        start -= 1
    if start == first:
        return first
    over = lines[start - 1].bare if start else ""
    if start and (_OWN_NUMBER.search(over.translate(_SQUARE)) or not re.search(r"文件$", over)):
        return start
    return start if start == 0 and len(lines) > first else first


def _printed(lines: list[Line]) -> str:
    words = "".join(tidy(line.text) for line in lines)
    return _clean_title(words)


def _clean_title(words: str) -> str:
    words = re.sub(r"^(?:(?:信息|文件|公文)?(?:名称|标题)|(?:邮件)?主题)[:：]\s*(?=.{6})", "", words)
    words = re.sub(r"^[【\[〔［][\u4e00-\u9fff]{1,4}[】\]〕］]", "", plain_figures(words))
    if (twice := re.match(rf"^(.{{8,}}?(?:{KINDS}))(.{{8,}})$", words)) and twice[1].endswith(twice[2]):
        words = twice[1]  # a page that prints its title twice
    words = _NUMBER_BEHIND.sub(r"\1", words)
    words = re.sub(r"\s+(?=[\u4e00-\u9fff《》“”（）0-9])|(?<=[\u4e00-\u9fff《》“”（）0-9])\s+", "", words)
    words = re.sub(r"[（(]?[\u4e00-\u9fff]{2,12}[〔﹝\[（(【［][12]\d{3}[〕﹞\]）)】］]第?\d{1,4}号[)）]?$", "", words)
    words = re.sub(r"^[\u4e00-\u9fff]{2,12}[〔﹝\[（(【［][12]\d{3}[〕﹞\]）)】］]第?\d{1,4}号(?=.)", "", words)
    return re.sub(r"^签发人[:：]\s*(?:[×xX*]{2,3}|[\u4e00-\u9fff]{2,3}(?=\s))\s*", "", words)


def _labelled_title(layout: Layout) -> tuple[str, str] | None:
    for line in layout.head:
        found = _BY_LABEL.match(line.bare)
        if found and _is_title(found["title"]):
            return _clean_title(line.said(found.start("title"))), line.said()
    return None


def _page_title(text: str) -> tuple[str, str] | None:
    """The title in the head of a web page, without the site's name behind it."""
    line = Line(text)
    for piece in re.split(r"[_|]|-{1,2}(?=[\u4e00-\u9fff])", line.bare):
        if _is_title(piece):
            return _clean_title(piece), line.said()
    return None


# --- issuer and date of issue ---

_ISSUE_LABEL = re.compile(rf"(?:成文日期|发文日期|成文时间|发文时间|印发日期|签发日期|制发日期)[:\]〕】]*(?P<date>{DATE})")
_ISSUER_LABEL = re.compile(
    r"^(?:发文机关|发文单位|制发机关|发布机构|发布单位|发文部门|发布部门)[:\]〕】]*(?P<who>[\u4e00-\u9fff、 ]{2,60})$"
)


def _read_signature(layout: Layout, facts: NoticeFacts) -> None:
    signed = layout.signed
    if signed is not None and (found := re.search(rf"{DATE}|{MONTH}月{DAY}日", signed.bare)):
        facts.issue_date = read_date(found[0], facts.doc_number)
        facts.evidence["issue_date"] = signed.said()[:300]
        _set_issuer(layout, signed, found.start(), facts)
    if facts.issue_date is None:
        for line in [*layout.head, *layout.closing]:
            if label := _ISSUE_LABEL.search(line.bare):
                facts.issue_date = read_date(label["date"])
                facts.evidence["issue_date"] = line.said()[:300]
                break
    if facts.issue_date is None:
        _read_imprint(layout, facts)
    if facts.issue_date is None:
        facts.evidence.pop("issue_date", None)
        facts.notes["issue_date"] = "没有找到落款日期（网页的发布时间不算）。"
    if facts.issuer is None:
        _issuer_elsewhere(layout, facts)


_IMPRINT = re.compile(rf"(?P<date>{DATE})印发[.。]?(?:\(.{{0,12}}\))?$")


def _read_imprint(layout: Layout, facts: NoticeFacts) -> None:
    """The day in the imprint at the end (某办公室 2024年4月3日印发), with a note, where no date of signature stands.

    GB/T 9704-2012 tells the two apart: 成文日期 is the day on which the notice was signed (7.3.5), 印发日期 the day on which it went to
    print (7.4.3), mostly some days later. So the imprint never outranks a signature; standing alone it is the only day of issue
    that the paper itself gives, and the note has the office confirm it.
    """
    for line in reversed([*layout.closing, *layout.listed, *layout.body]):
        if (found := _IMPRINT.search(line.bare)) and (day := read_date(found["date"])):
            facts.issue_date, facts.evidence["issue_date"] = day, line.said()[:300]
            facts.notes["issue_date"] = "取自版记的印发日期，不是成文日期，请核对。"
            return


def _set_issuer(layout: Layout, signed: Line, date_at: int, facts: NoticeFacts) -> None:
    """The offices in the date's own line, or in the lines right over it."""
    if before := SEAL.sub("", signed.bare[:date_at]).strip("(,:"):
        if is_issuer(before):
            facts.issuer = "、".join(offices(signed.text_between(0, date_at)))
            facts.evidence["issuer"] = signed.said()[:300]
        return
    own = layout.own
    place = next((n for n, line in enumerate(own) if line is signed), None)
    names: list[str] = []
    evidence: list[str] = []
    while place and len(names) < 30:
        place -= 1
        line = own[place]
        if is_seal_for(line.bare):
            continue
        if not is_issuer(line.bare) or place < len(layout.head) or line.from_table:
            break
        names[:0] = offices(line.text)
        if len(names) > 1 and evidence and not re.search(rf"(?:{ORGANISATION}|[)])$", line.bare):
            names[:2] = [names[0] + names[1]]  # a long name on two lines
        evidence.insert(0, line.said())
    if names:
        facts.issuer = "、".join(dict.fromkeys(names))
        facts.evidence["issuer"] = "\n".join(evidence)[:600]


def _issuer_elsewhere(layout: Layout, facts: NoticeFacts) -> None:
    """No dated signature: offices that stand alone at the end, the page's label, the office before 关于 in the title, the letterhead."""
    ending: list[Line] = []
    for line in reversed([*layout.body, *layout.closing]):
        if is_issuer(line.bare) and re.search(rf"{ORGANISATION}$", line.bare) and not line.from_table:
            ending.insert(0, line)
        elif ending or not re.match(r"^\(?(?:联系|此件|电话|传真|邮箱|抄送|本件)", line.bare):
            break
    if ending and len(ending) <= 30:
        facts.issuer = "、".join(dict.fromkeys(name for line in ending for name in offices(line.text)))
        facts.evidence["issuer"] = "\n".join(line.said() for line in ending)[:600]
        return
    for line in layout.head:
        if found := _ISSUER_LABEL.match(line.bare):
            facts.issuer, facts.evidence["issuer"] = found["who"], line.said()
            return
    if facts.title and (found := re.match(rf"^(?P<who>[\u4e00-\u9fff、]{{3,60}}?{ORGANISATION})(?:关于|转发|印发)", facts.title)):
        facts.issuer, facts.evidence["issuer"] = "、".join(offices(found["who"])), facts.evidence["title"]
        return
    for line in layout.head:
        name = re.sub(r"文件$", "", line.bare)
        if (name != line.bare or re.search(r"(?:办公室|局|委员会|政府|厅|组委会)$", name)) and is_issuer(name) and not is_meta(line):
            facts.issuer, facts.evidence["issuer"] = "、".join(offices(name)), line.said()
            return
    facts.notes["issuer"] = "没有找到落款单位。"


def read_date(text: str, doc_number: str | None = None) -> date | None:
    """The date in *text*, which DATE matched; None where there is no such day. A missing year is that of the document number."""
    if "月" in text and "年" not in text:
        numbered = re.search(r"〔(\d{4})〕", doc_number or "")
        if numbered is None:
            return None
        text = f"{numbered[1]}年{text}"
    if "年" in text:
        years, rest = text.split("年")
        months, rest = rest.split("月")
        return made_date(year(years), number(months), number(rest.rstrip("日号")))
    years, months, days = re.split(r"[-./]", text)
    return made_date(int(years), int(months), int(days))
