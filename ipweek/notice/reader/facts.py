"""What a notice says, fact by fact, each with the sentence it was read from."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, time
from typing import Any, Literal

from ipweek.notice import schema

Kind = Literal["plan", "summary", "other"]


@dataclass(frozen=True)
class Deadline:
    """One thing to be sent. ``rule`` such as ``5 working days after ends_on``; ``due_time`` None is 24:00 of ``due_on``.

    ``due_on`` is None where the text names no day (each activity has its own), or where the calendar lacks the year.
    ``annex`` is the number of the one annex that it is for, if the text says so.
    """

    kind: Kind
    phrase: str
    rule: str | None = None
    due_on: date | None = None
    due_time: time | None = None
    note: str = ""
    annex: int | None = None
    sentence: str = ""


@dataclass(frozen=True)
class AnnexFacts:
    """One annex as printed. ``fields`` are (label, printed suffix); a form of labels and blanks has its labels as columns."""

    number: int
    title: str
    columns: tuple[str, ...] = ()
    fields: tuple[tuple[str, str], ...] = ()

    def as_schema(self) -> schema.Annex:
        """The form that units fill, with its keys."""
        return schema.annex(self.number, self.title, self.columns, self.fields)


@dataclass
class NoticeFacts:
    """All that was read. None, "" and empty lists: the text does not say; ``notes`` tells why, by fact name."""

    doc_number: str | None = None
    title: str | None = None
    issuer: str | None = None
    issue_date: date | None = None
    starts_on: date | None = None
    ends_on: date | None = None
    theme: str | None = None
    deadlines: list[Deadline] = field(default_factory=list)
    contacts: list[str] = field(default_factory=list)
    phones: list[str] = field(default_factory=list)
    fax: str | None = None
    email: str | None = None
    annexes: list[AnnexFacts] = field(default_factory=list)
    supplements: str | None = None
    evidence: dict[str, str] = field(default_factory=dict)
    notes: dict[str, str] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """The facts as plain data; dates as ``2024-04-20``, times as ``17:00``."""
        return {
            "doc_number": self.doc_number,
            "title": self.title,
            "issuer": self.issuer,
            "issue_date": _iso(self.issue_date),
            "starts_on": _iso(self.starts_on),
            "ends_on": _iso(self.ends_on),
            "theme": self.theme,
            "deadlines": [
                {
                    "kind": deadline.kind,
                    "phrase": deadline.phrase,
                    "rule": deadline.rule,
                    "due_on": _iso(deadline.due_on),
                    "due_time": deadline.due_time.strftime("%H:%M") if deadline.due_time else None,
                    "note": deadline.note,
                    "annex": deadline.annex,
                    "sentence": deadline.sentence,
                }
                for deadline in self.deadlines
            ],
            "contacts": self.contacts,
            "phones": self.phones,
            "fax": self.fax,
            "email": self.email,
            "annexes": [
                {
                    "number": annex.number,
                    "title": annex.title,
                    "columns": list(annex.columns),
                    "header_fields": [label for label, _ in annex.fields],
                    "header_suffixes": {label: suffix for label, suffix in annex.fields if suffix},
                }
                for annex in self.annexes
            ],
            "supplements": self.supplements,
            "evidence": self.evidence,
            "notes": self.notes,
        }


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None
