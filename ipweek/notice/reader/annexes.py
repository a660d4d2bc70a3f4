"""The annexes: their numbers and titles, the headings of their tables, and the fields over them."""

from __future__ import annotations

import re

from ipweek.notice.reader import headings
from ipweek.notice.reader.cut_headings import MOST_LINES, continued
from ipweek.notice.reader.document import Table
from ipweek.notice.reader.facts import AnnexFacts, NoticeFacts
from ipweek.notice.reader.layout import AnnexPart, Layout
from ipweek.notice.reader.lines import Line, plain_figures, tidy
from ipweek.notice.reader.numerals import number

_ITEM = re.compile(r"(?:^|(?<=[^0-9]))(?P<n>[0-9]{1,2}|[一二三四五六七八九十]{1,2})[.、:](?![0-9]{1,2}[^0-9年])")
_PREFIX = re.compile(
    r"^[-(〔]?(?:相关)?(?:附 ?(?:件|表|录)|附)(?:下载|材料|清单)?"
    r"[(]?(?P<n>[0-9](?=20[0-9]{2}年)|[0-9]{1,2}(?![0-9])|[一二三四五六七八九十]{1,2})?[)]?[:.、]?"
)
_FILE_TAIL = re.compile(r"(?:[(（][0-9]{1,2}[)）])?\s*\.(?:docx?|xlsx?|pdf|wps|et|zip|rar|ofd|pptx?|jpe?g|png)\b.*$", re.IGNORECASE)
_LINK_TAIL = re.compile(
    r"(?:[(（\[【〔](?:点击)?(?:下载|查看|附件下载|点击下载)?[^)）\]】〕]{0,6}?"
    r"(?:下载|[KM]B|点击)[^)）\]】〕]{0,8}[)）\]】〕]|点击下载|下载附件|[0-9.]+ ?[KM]B)\s*$",
    re.IGNORECASE,
)
_SEPARATE = "(?:各|见|另|略|共)"


def read_annexes(layout: Layout, facts: NoticeFacts) -> None:
    """Fill in annexes: those listed at the end of the text and those printed behind it, by number."""
    listed = _listed(layout.listed)
    printed = [_printed(part) for part in layout.annexes]
    evidence: list[str] = [line.said() for line in layout.listed]
    done: dict[int, AnnexFacts] = {}
    for order, (n, title) in enumerate(listed, 1):
        done[n or order] = AnnexFacts(n or order, title)
    for order, annex in enumerate(printed, 1):
        n = annex.number or (order if order not in done or not done[order].columns else max(done, default=0) + 1)
        known = done.get(n)
        if known and known.columns:
            continue
        title = annex.title or (known.title if known else "")
        if known and re.fullmatch(rf"{re.escape(known.title)}[(（][^()（）]{{1,12}}[)）]", title):
            title = known.title  # with （提纲） or the like in a line under it
        done[n] = AnnexFacts(n, title, annex.columns, annex.fields)
        evidence.append(f"附件{n} {title}".strip())
    facts.annexes = [done[n] for n in sorted(done)]
    if facts.annexes:
        facts.evidence["annexes"] = "\n".join(dict.fromkeys(evidence))[:3000]
    else:
        facts.notes["annexes"] = "没有找到附件。"


# --- the list at the end of the text ---


def _listed(lines: list[Line]) -> list[tuple[int | None, str]]:
    """Numbers and titles of the list; several may stand on one line, one may run over two."""
    found: list[tuple[int | None, str]] = []
    for line in lines:
        text, even = line.text, line.even
        prefix = _PREFIX.match(even.strip().replace("\t", " "))
        lead = len(even) - len(even.lstrip())
        start = lead + prefix.end() if prefix else 0
        own = prefix["n"] if prefix else None
        items = _items(even[start:])
        if own and start < len(even):
            found.append((number(own), _title(text[start:])))
        elif items:
            for place, item in enumerate(items):
                end = items[place + 1].start() if place + 1 < len(items) else len(even) - start
                found.append((number(item["n"]), _title(text[start + item.end() : start + end])))
        elif rest := _title(text[start:]):
            is_new = prefix or not found or (found[-1][1].endswith(("表", ")", "）", "函", "单")) and not rest.startswith(("(", "（")))
            if is_new:
                found.append((None, rest))
            else:
                found[-1] = (found[-1][0], found[-1][1] + rest)
    titles = [(n, title) for n, title in found if title]
    if (titles and all(n is None for n, _ in titles)) or len({n for n, _ in titles}) < len(titles):
        titles = [(order, title) for order, (_, title) in enumerate(titles, 1)]
    return titles


_ITEM_MARK = re.compile(
    r"(?:^|(?P<apart>(?<=[\s;；:：.)）表]))|(?<=[\u4e00-\u9fff》”a-z]))\s*(?P<n>[0-9]{1,2}|[一二三四五六七八九十]{1,2})\s*[.、．:]"
    r"(?!\s*[0-9]{1,2}(?:[^0-9年]|$))"
)


def _items(text: str) -> list[re.Match[str]]:
    """The marks of the items on one line. Without a sign before it (…的通知2.…) a mark must be the next in order."""
    items: list[re.Match[str]] = []
    for mark in _ITEM_MARK.finditer(text):
        is_apart = mark.start() == 0 or mark["apart"] is not None or mark[0][0].isspace()
        if is_apart or (items and number(mark["n"]) == number(items[-1]["n"]) + 1):
            items.append(mark)
    return items


def _title(text: str) -> str:
    """The words of a title, without the tails of file names and links."""
    text = plain_figures(tidy(text))
    text = _FILE_TAIL.sub("", text)
    text = _LINK_TAIL.sub("", text)
    text = _FILE_TAIL.sub("", text)
    text = text.strip(" 。；;，,、.:：-\t")
    return text[1:-1] if re.fullmatch(r"《[^《》]+》", text) else text


# --- the annexes as printed ---


def _printed(part: AnnexPart) -> AnnexFacts:  # noqa: C901 - one pass over what is printed
    """Title, headings and fields of one printed annex."""
    title = _title(part.title)
    title_lines: list[str] = []
    fields: list[tuple[str, str]] = []
    columns: tuple[str, ...] = ()
    pending: list[Line] = []
    for place, item in enumerate(part.content):
        if isinstance(item, Table):
            table_title, table_fields, columns = read_table(item)
            fields += table_fields
            if table_title and not title and not title_lines:
                title_lines = [table_title]
            if columns:
                columns = _over_page(columns, item, part.content[place + 1 : place + 2])
                break
            continue
        for line in [piece for part in _fields_apart(item) for piece in headings.unfolded(part)]:
            if columns := headings.typed(line):
                break
            pending.append(line)
        if columns:
            for below in part.content[place + 1 : place + MOST_LINES]:
                columns = continued(columns, below) if isinstance(below, Line) else columns
            break
    if not columns:
        columns, pending = headings.stacked(pending)
    for line in pending[:12]:
        if found := read_fields(line.text):
            fields += found
        elif fields and not re.search(r"[。:：]", line.text) and len(line.bare) <= 30 and not fields[-1][1]:
            fields[-1] = (fields[-1][0], line.said())
        elif (
            not fields
            and not title
            and len(title_lines) < 3
            and not re.search(r"。|^[一二三四五六七八九十]{1,3}、|^[（(][一二三四五六七八九十]{1,3}[)）]", line.text)
            and len(line.bare) <= 80
            and not _ends(title_lines)
        ):
            title_lines.append(line.said())
    if not columns:  # 时间：4月20日 in running text is no field to fill
        fields = [(label, suffix) for label, suffix in fields if re.match(rf"{headings.KNOWN_FIELD}(?:[(（]|$)", label)]
    return AnnexFacts(part.number or 0, title or _title("".join(title_lines)), columns, tuple(dict(fields).items()))


def _over_page(columns: tuple[str, ...], table: Table, following: list[Line | Table]) -> tuple[str, ...]:
    """The headings of a *table* that a page's end cut in its first row, with the rest of them from the table on the next page."""
    rest = following[0] if following and len(table.rows) == 1 else None
    if not isinstance(rest, Table) or not rest.rows or len(rest.rows[0]) != len(table.rows[0]):
        return columns
    return continued(columns, Line("\t".join(_one_line(cell.text) for cell in rest.rows[0])))


_BEFORE_FIELD = re.compile(
    rf"(?<=[\u4e00-\u9fff）)])(?<!单位)(?<!填表)(?<!填报)(?<!报送)(?<!上报)(?<!申报)(?<!推荐)\s*"
    rf"(?={headings.KNOWN_FIELD}(?:[(（][^()（）]{{1,8}}[)）])?\s*[:：])"
)


def _fields_apart(line: Line) -> list[Line]:
    """The line, cut before its first field where a title or the suffix of the field over it runs into that."""
    if len(line.text) > 200 or read_fields(line.text):
        return [line]
    return [Line(piece) for piece in _BEFORE_FIELD.split(line.text, maxsplit=1) if piece.strip()]


def _ends(lines: list[str]) -> bool:
    return bool(lines) and bool(re.search(r"(?:表|单|函|书|回执|方案|模板|总结|报告)(?:[（(][^）)]{1,20}[）)])?$", lines[-1]))


_FIELD = re.compile(r"(?P<label>[\u4e00-\u9fffA-Za-z]{2,12}(?:[(（][^()（）]{1,20}[)）])?)\s*[:：]")


def read_fields(text: str) -> list[tuple[str, str]]:
    """The fields in a line over a table, as (label, printed suffix). The line may hold several (单位名称：__区办公室 填表时间：)."""
    flat = re.sub(r"(?<=[\u4e00-\u9fff])[ \t]+(?=[\u4e00-\u9fff](?:[ \t]+[\u4e00-\u9fff])*\s*[:：])", "", text)
    flat = re.sub(rf"(?<=[\u4e00-\u9fff])(?<!单位)(?<!填表)(?<!填报)(?={headings.KNOWN_FIELD}\s*[:：])", " ", flat)
    found = list(_FIELD.finditer(flat))
    if not found or flat[: found[0].start()].strip(" \t_-(（"):
        return []
    fields = []
    for place, match in enumerate(found):
        end = found[place + 1].start() if place + 1 < len(found) else len(flat)
        suffix = re.sub(r"^[\s_＿—-]+|[\s_＿—-]+$", "", flat[match.end() : end])
        fields.append((match["label"], tidy(re.sub(r"[_＿]+", " ", suffix))))
    return [] if any(re.match(r"^(?:说明|备注|注|附件|填表说明|单位|填写说明|例|示例)$", label) for label, _ in fields) else fields


# --- tables ---


def read_table(table: Table) -> tuple[str, list[tuple[str, str]], tuple[str, ...]]:
    """(title, fields, headings) of a form. Rows over the headings that hold a title or fields are told from them."""
    grid = _grid(table)
    title = ""
    fields: list[tuple[str, str]] = []
    for place, row in enumerate(grid):
        cells = _distinct(row)
        filled = [text for text, _ in cells if text]
        if not filled:
            continue
        if place < len(grid) - 1 or len(filled) < 2:
            found = [field for text in filled for field in read_fields(text)]
            if found and len(found) >= len(filled):
                fields += found
                continue
            if len(filled) == 1 and (len(cells) == 1 or (len(row) > 2 and cells[0][1] >= len(row) - 1)):
                title = title or tidy(filled[0])
                continue
        return title, fields, _headings(grid, place)
    return title, fields, ()


_Spot = tuple[str, tuple[int, int]]


def _grid(table: Table) -> list[list[_Spot]]:
    """Each row in full: every place holds its cell's text and where that cell starts."""
    grid: list[list[_Spot]] = []
    carried: dict[int, tuple[_Spot, int]] = {}
    for y, row in enumerate(table.rows[:40]):
        line: list[_Spot] = []
        cells = iter(row)
        while True:
            x = len(line)
            if x in carried:
                spot, left = carried.pop(x)
                line.append(spot)
                if left > 1:
                    carried[x] = (spot, left - 1)
                continue
            cell = next(cells, None)
            if cell is None:
                if any(column > x for column in carried):
                    line.append(("", (y, x)))
                    continue
                break
            text = _one_line(cell.text)
            for offset in range(min(cell.across, 200)):
                line.append((text, (y, x)))
                if cell.down > 1:
                    carried[x + offset] = ((text, (y, x)), cell.down - 1)
        grid.append(line)
    return grid


def _one_line(text: str) -> str:
    """The cell's words on one line; a blank stays only where the cell itself has one within a line."""
    lines = [re.sub(r"\s+", " ", line.strip()) for line in text.split("\n")]
    joined = ""
    for line in lines:
        joined += (
            " " if joined and joined[-1].isascii() and joined[-1].isalnum() and line[:1].isascii() and line[:1].isalnum() else ""
        ) + line
    if re.fullmatch(r"(?:[\u4e00-\u9fff] ?)+", joined):
        joined = joined.replace(" ", "")
    return joined


def _distinct(row: list[_Spot]) -> list[tuple[str, int]]:
    """The cells of a row, each once, with the number of columns it covers."""
    cells: list[tuple[str, int]] = []
    seen: list[tuple[int, int]] = []
    for text, origin in row:
        if seen and seen[-1] == origin:
            cells[-1] = (text, cells[-1][1] + 1)
        else:
            cells.append((text, 1))
            seen.append(origin)
    return cells


def _headings(grid: list[list[_Spot]], place: int) -> tuple[str, ...]:
    """The headings that begin in row *place*: one row, two with merged cells, or the labels of a form."""
    row = grid[place]
    if _is_label_form(grid, place):
        return tuple(dict.fromkeys(text for line in grid[place:] for text, _ in _labels(line)))
    below = grid[place + 1] if place + 1 < len(grid) else []
    merged_across = any(row[x][1] == row[x - 1][1] for x in range(1, len(row)))
    reaches_down = any(x < len(below) and below[x][1] == spot[1] for x, spot in enumerate(row))
    two_rows = merged_across and len(below) == len(row) and any(below[x][0] and below[x][1] != row[x][1] for x in range(len(row)))
    if not (two_rows and (reaches_down or all(text for text, _ in below))):
        return tuple(text for text, _ in _distinct(row) if text)
    labels: list[str] = []
    last: tuple[tuple[int, int], tuple[int, int]] | None = None
    for x, (text, origin) in enumerate(row):
        under, under_origin = below[x]
        if (origin, under_origin) == last:
            continue
        last = (origin, under_origin)
        is_group = sum(spot[1] == origin for spot in row) > 1
        labels.append(text if under_origin == origin or not under else f"{text} {under}" if text and is_group else text or under)
    return tuple(label for label in labels if label)


def _is_label_form(grid: list[list[_Spot]], place: int) -> bool:
    """Whether rows hold labels beside blanks rather than headings over blanks."""
    rows = [_distinct(row) for row in grid[place:]]
    beside = sum(
        1
        for row in rows
        if len(row) >= 2 and row[0][0] and not row[1][0] and not re.fullmatch(r"[0-9一二三四五六七八九十]{1,3}", row[0][0])
    )
    first = rows[0]
    return bool(beside >= 2 and beside * 2 >= len(rows) and (not first[-1][0] or not all(text for text, _ in first)))


def _labels(line: list[_Spot]) -> list[tuple[str, int]]:
    cells = _distinct(line)
    return [
        (text, width)
        for place, (text, width) in enumerate(cells)
        if text
        and (place + 1 == len(cells) or not cells[place + 1][0] or place % 2 == 0)
        and len(text) <= 30
        and not re.search(r"[。]|年\s*月\s*日|^[（(]\s*(?:盖\s*章|公\s*章|签\s*[字名章])", text)
    ]
