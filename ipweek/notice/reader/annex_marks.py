"""Where annexes begin in a document: their headings among its lines, and forms that have none."""

from __future__ import annotations

import re

from ipweek.notice.reader.document import Table
from ipweek.notice.reader.headings import typed
from ipweek.notice.reader.lines import Line
from ipweek.notice.reader.looks import ANNEX, ANNEX_NUMBER, CONTACT, DATE_LINE, SIGNED
from ipweek.notice.reader.numerals import number as value_of

_ANNEX_ALONE = re.compile(rf"^[(〔]?(?:{ANNEX}|附)[-:]?[(〔]?(?P<n>{ANNEX_NUMBER})?[)〕]?[-:.、]?[)〕]?$")
_ANNEX_TITLED = re.compile(rf"^[(〔]?{ANNEX}:?[(〔]?(?P<n>{ANNEX_NUMBER})[)〕]?[-:.、]*(?P<title>[^。]{{2,80}})$")


def annex_starts(items: list[Line | Table]) -> list[tuple[int, int | None, str]]:
    """Where annexes begin: place, number, words on the same line.

    A list of annexes looks the same as their headings where each has its own 附件N. It is a heading if a table, or fields
    to fill, come before the next one, or if the same number stood before.
    """
    marks: list[tuple[int, int | None, str, bool]] = []
    for place, item in enumerate(items):
        if isinstance(item, Table) or place == 0 or len(item.text) > 200:
            continue
        bare = item.bare
        if alone := _ANNEX_ALONE.match(bare):
            colon = bare.endswith(":")
            marks.append((place, _annex_number(alone["n"]), "", not colon and (alone["n"] is not None or bare.startswith("附件"))))
        elif titled := _ANNEX_TITLED.match(bare):
            marks.append((place, _annex_number(titled["n"]), item.said(titled.start("title"), titled.end("title")), False))
    last_signed = max(
        (place for place, item in enumerate(items) if isinstance(item, Line) and (DATE_LINE.match(item.bare) or SIGNED.match(item.bare))),
        default=-1,
    )
    starts: list[tuple[int, int | None, str]] = []
    seen: set[int | None] = set()
    for index, (place, number, title, is_alone) in enumerate(marks):
        following = marks[index + 1][0] if index + 1 < len(marks) else len(items)
        between = items[place + 1 : following]
        has_form = any(isinstance(item, Table) and is_form(item) for item in between) or any(
            isinstance(item, Line) and (_is_field(item) or ("\t" in item.text.strip() and len(typed(item)) > 2)) for item in between[:6]
        )
        listed_next = bool(between) and isinstance(between[0], Line) and re.match(r"^(?:1|一)[.、]", between[0].bare) is not None
        signed_after = last_signed > place
        is_start = (is_alone and not (listed_next and not has_form)) or (
            (has_form or number in seen) and (title or not listed_next) and (not signed_after or number in seen or bool(title))
        )
        if is_alone and not starts and signed_after and not has_form and number not in seen and title == "":
            is_start = False
        if is_start and (starts or not signed_after or number in seen or has_form):
            starts.append((place, number, title))
        seen.add(number)
    return starts


FIELD = re.compile(
    r"(?:^|[)_ ])(?:单位名称|填报单位|填表单位|报送单位|上报单位|申报单位"
    r"|填表时间|填表日期|填报时间|填报日期|填表人|填报人)(?:\([^)]{1,12}\))?:"
)


def _is_field(line: Line) -> bool:
    return FIELD.search(line.bare) is not None and CONTACT.search(line.bare) is None


def is_form(table: Table) -> bool:
    """Whether *table* is a form to fill: a row of headings with empty cells under it, or labels beside blanks."""
    cells = [cell for row in table.rows for cell in row]
    filled = [cell for cell in cells if cell.text.strip()]
    return (
        len(cells) >= 3 and any(1 <= len(cell.text.strip()) <= 40 for cell in filled) and (len(filled) < len(cells) or len(table.rows) == 1)
    )


def _annex_number(text: str | None) -> int | None:
    return value_of(text) if text else None
