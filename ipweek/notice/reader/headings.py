"""Headings of a form that were typed or pasted as text: parted by tabs or blanks, one under another, or run together."""

from __future__ import annotations

import re

from ipweek.notice.reader.lines import Line

_KNOWN = [
    "序号",
    "编号",
    "单位",
    "区",
    "主办单位",
    "承办单位",
    "协办单位",
    "协办部门",
    "主办部门",
    "责任单位",
    "责任部门",
    "牵头单位",
    "牵头部门",
    "配合单位",
    "参与单位",
    "参加单位",
    "举办单位",
    "组织单位",
    "主办方",
    "实施单位",
    "重点活动名称",
    "活动名称",
    "活动主题",
    "项目名称",
    "名称",
    "活动项目",
    "活动类型",
    "活动类别",
    "活动形式",
    "活动方式",
    "活动内容",
    "主要内容",
    "内容",
    "内容简介",
    "活动简介",
    "活动内容简介",
    "内容和形式",
    "内容及形式",
    "活动时间",
    "举办时间",
    "开展时间",
    "时间",
    "时间安排",
    "完成时间",
    "活动日期",
    "活动地点",
    "举办地点",
    "地点",
    "活动地址",
    "活动场所",
    "出席范围",
    "参加范围",
    "参与范围",
    "参加对象",
    "参与对象",
    "活动对象",
    "面向对象",
    "参加人员",
    "参与人员",
    "出席领导",
    "活动规模",
    "规模",
    "参与人数",
    "参加人数",
    "预计人数",
    "预计参与人数",
    "覆盖人数",
    "受众人数",
    "场次",
    "人数",
    "联系人",
    "联络人",
    "负责人",
    "联系人及电话",
    "联系人及联系方式",
    "联系人及联系电话",
    "联系电话",
    "联系方式",
    "电话",
    "手机",
    "邮箱",
    "备注",
    "经费",
    "预算",
    "经费预算",
    "媒体报道",
    "宣传方式",
    "活动成效",
    "活动亮点",
    "发放资料数",
    "新媒体宣传",
    "是否公开",
]
_HEADING = re.compile(rf"(?:{'|'.join(sorted(_KNOWN, key=len, reverse=True))})(?:\s*[(（][^()（）\n]{{1,14}}[)）])?")
_RUN = re.compile(rf"(?:{_HEADING.pattern}\s*){{3,30}}")
_TITLE = re.compile(r"^(?P<title>[^\s:：][^:：]{3,60}?(?:表|清单|回执)(?:\s*[（(][^）)]{1,20}[）)])?)\s*(?=\S)")
KNOWN_FIELD = r"(?:单位名称|(?:填[表报]|报送|上报|申报|推荐)(?:单位|时间|日期|人)|(?:单位)?负责人|联系人|联系电话|审核人|日期)"
_FIELD = re.compile(rf"(?<=[\s)）:：_])(?=[\u4e00-\u9fff]{{2,6}}(?:[(（][^()（）]{{1,8}}[)）])?\s*[:：])|(?={KNOWN_FIELD}\s*[:：])")


def unfolded(line: Line) -> list[Line]:
    """The title, fields and headings in a line where they run on, each as a line of its own; most lines come back whole."""
    text = line.text.strip()
    if "\t" in text and typed(line):
        return [line]
    run = next(
        (
            found
            for found in _RUN.finditer(text)
            if not re.match(r"[\u4e00-\u9fff]", text[: found.start()][-1:]) or text[found.start() - 1] in "表单"
        ),
        None,
    )
    if run is None or run.start() == 0:
        return [line]
    before, headings = text[: run.start()].strip(), text[run.start() :].strip()
    pieces: list[str] = []
    if title := _TITLE.match(before + " "):
        pieces.append(title["title"])
        before = before[title.end("title") :].strip()
    pieces += [piece.strip() for piece in _FIELD.split(before) if piece.strip()]
    return [Line(piece) for piece in [*pieces, headings]]


def typed(line: Line) -> tuple[str, ...]:
    """The headings on one line, parted by tabs or wide blanks, or known ones run together; nothing if it is no such line."""
    text = line.text.strip()
    if re.search(r"[。:：，]", text):
        return ()
    if re.fullmatch(_RUN, text) and not re.search(r"\t|\s{2,}", text):
        return tuple(re.sub(r"\s+", " ", found[0]) for found in _HEADING.finditer(text))
    parts = [part.strip() for part in (text.split("\t") if "\t" in text else re.split(r"\s{2,}", text))]
    if len(parts) < 3 and len(narrow := text.split(" ")) >= 4:
        parts = narrow
    parts = [part for part in parts if part]
    if len(parts) >= 3 and all(1 < len(part) <= 24 for part in parts) and sum(len(part) for part in parts) / len(parts) >= 2:
        return tuple(_with_brackets(parts))
    return ()


def stacked(lines: list[Line]) -> tuple[tuple[str, ...], list[Line]]:
    """Headings that stand one under another, as tables copied from a page come out, and the lines before them."""
    run: list[Line] = []
    start = 0
    for place, line in enumerate(lines):
        if 1 <= len(line.bare) <= 16 and not re.search(
            r"[。:,;]|^[一二三四五六七八九十]{1,3}、|^\([一二三四五六七八九十]{1,3}\)", line.bare
        ):
            run.append(line)
            continue
        if len(run) >= 4:
            break
        run, start = [], place + 1
    if len(run) < 4 or not any(_HEADING.fullmatch(line.text.strip()) for line in run):
        return (), lines
    run = _mended(run)
    if any(len(line.bare) < 2 for line in run):
        return (), lines
    # A title or a suffix may stand right over the first heading that is known.
    known = next((n for n, line in enumerate(run) if _HEADING.fullmatch(line.text.strip())), 0)
    if len(run) - known >= 4:
        run, start = run[known:], start + known
    return tuple(line.said() for line in run), lines[:start]


def _mended(run: list[Line]) -> list[Line]:
    """Headings that the width of a column cut (重点活动名 / 称, 活动规模 / （人数）) whole again."""
    whole: list[Line] = []
    for line in run:
        text = line.text.strip()
        over = whole[-1].text.strip() if whole else ""
        joined = over + text
        is_rest = text.startswith(("(", "（")) or len(line.bare) == 1
        both_known = _HEADING.fullmatch(over) and _HEADING.fullmatch(text)
        if whole and (is_rest or (_HEADING.fullmatch(joined) and not both_known)):
            whole[-1] = Line(joined)
        else:
            whole.append(line)
    return whole


def continued(columns: tuple[str, ...], line: Line) -> tuple[str, ...]:
    """*columns* with the ends of headings that stand on the *line* under them (名称 under 重点活动, （人数） under 活动规模).

    Each end goes to the next heading that it completes; unchanged where one completes none.
    """
    ends = [part for part in re.split(r"\t|\s{2,}", line.text.strip()) if part.strip()]
    if not ends or len(ends) > len(columns) or any(len(end) > 12 for end in ends):
        return columns
    whole = list(columns)
    place = 0
    for end in ends:
        while place < len(columns) and not _completes(columns[place], end):
            place += 1
        if place == len(columns):
            return columns
        whole[place] += end
        place += 1
    return tuple(whole)


def _completes(heading: str, end: str) -> bool:
    if end.startswith(("(", "（")):
        return not heading.endswith((")", "）")) and ("人" not in end or re.search(r"规模|人数|对象|范围", heading) is not None)
    return _HEADING.fullmatch(heading + end) is not None and _HEADING.fullmatch(heading) is None


def _with_brackets(parts: list[str]) -> list[str]:
    """A heading whose bracket stands apart (活动规模 (人数)) is one heading."""
    joined: list[str] = []
    for part in parts:
        if joined and part.startswith(("(", "（")):
            joined[-1] = f"{joined[-1]} {part}"
        else:
            joined.append(part)
    return joined
