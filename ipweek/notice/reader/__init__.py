"""Reading a notice: any file to a document, a document to facts. Pure functions; nothing is stored, nothing else is opened."""

from ipweek.notice.reader.document import Document, Unreadable
from ipweek.notice.reader.facts import AnnexFacts, Deadline, NoticeFacts
from ipweek.notice.reader.files import MAX_BYTES, read_document
from ipweek.notice.reader.notice import read_notice
from ipweek.notice.reader.plain import from_text

__all__ = ["MAX_BYTES", "AnnexFacts", "Deadline", "Document", "NoticeFacts", "Unreadable", "from_text", "read_document", "read_notice"]
