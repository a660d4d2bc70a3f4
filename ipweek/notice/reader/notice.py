"""From a document to the facts of a notice."""

from __future__ import annotations

import re
from dataclasses import replace

from ipweek.notice.calendar import WorkCalendar, seeded
from ipweek.notice.reader.annexes import read_annexes
from ipweek.notice.reader.contacts import read_contacts
from ipweek.notice.reader.deadlines import read_deadlines
from ipweek.notice.reader.document import Document
from ipweek.notice.reader.facts import NoticeFacts
from ipweek.notice.reader.head import read_head
from ipweek.notice.reader.layout import lay_out
from ipweek.notice.reader.schedule import read_schedules
from ipweek.notice.reader.theme import read_theme
from ipweek.notice.reader.week import read_week
from ipweek.notice.reader.years import find_years

_SUPPLEMENT = re.compile(r"补充通知|更正|延期|调整.{0,20}的通知|变更.{0,20}的通知|延长.{0,20}的通知")


def read_notice(document: Document, calendar: WorkCalendar | None = None, *, year: int | None = None) -> NoticeFacts:
    """The facts of the notice in *document*, each with the sentence it was read from.

    *year* is that of the campaign a supplementary notice belongs to: dates without a year are of it where the text tells none.

    Where the text does not say, the fact is None or empty and ``notes`` tells why; nothing is concluded that the text does
    not give, except years (from the title, the date of issue or the document number) and due days by *calendar*
    (by default the one that chinesecalendar seeds). Accepts any document; never raises for its content.
    """
    layout = lay_out(document)
    facts = NoticeFacts()
    read_head(layout, facts)
    told = layout.body + layout.issued
    text = told + layout.closing
    years = find_years(facts.title, facts.issue_date, facts.doc_number, "\n".join(line.bare for line in told))
    if years.of_week is None and years.issued_in is None:
        years = replace(years, of_week=year)
    read_week(told, years, facts)
    read_theme(told, facts)
    if layout.attached and facts.starts_on is None:
        read_week(layout.attached, years, facts, attached=True)
    if facts.starts_on is None:
        read_schedules(layout, years, facts)
    if layout.attached and facts.theme is None:
        read_theme(layout.attached, facts, attached=True)
    read_annexes(layout, facts)
    titles = {annex.number: annex.title for annex in facts.annexes}
    read_deadlines(text, years, calendar or seeded(), titles, facts)
    read_contacts(text, facts)
    if facts.title and _SUPPLEMENT.search(facts.title):
        cited = re.search(r"《([^》]{6,120})》", "".join(line.said() for line in layout.body[:3]) + facts.title)
        facts.supplements = cited[1] if cited else facts.title
    return facts
