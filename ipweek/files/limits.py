"""How large an uploaded file may be in every respect, and the refusal of one that is larger."""

from __future__ import annotations

from dataclasses import dataclass

from ipweek.errors import Invalid


class TooLarge(Invalid):
    """The file is larger than anything a person fills in here; nothing was stored."""

    status = 413


@dataclass(frozen=True)
class Limits:
    """The limits of the gate. An annex of the largest district has some 60 rows; a notice with its annexes, 200 KB.

    Rows and columns count where something is written; formatted but empty cells are only counted in all, since
    people format whole columns.
    """

    file_bytes: int = 5 << 20
    unpacked_bytes: int = 50 << 20
    """What all parts of a .docx or .xlsx may come to, as really read."""
    entries: int = 500
    """Parts in the package. A summary with a hundred photos has some 130."""
    ratio: int = 100
    """How many times its packed size one part may have …"""
    ratio_from: int = 1 << 20
    """… once it is larger than this, in bytes: small parts may pack well (the notice's styles: 32 times)."""
    elements: int = 1_500_000
    """XML elements in all parts together."""
    depth: int = 200
    """How deep elements may nest; a table within a table takes about six."""
    rows: int = 2_000
    columns: int = 64
    row_elements: int = 20_000
    """Rows of one sheet that are written down, empty ones too."""
    cells: int = 200_000
    """Cells of one sheet that are written down, empty ones too."""
    merges: int = 500
    merged_cells: int = 20_000
    """How many cells the merges of one sheet may cover together."""
    cell_characters: int = 32_767
    """What Excel itself stores in a cell. What the annexes take (4,000) is a check, not a refusal of the file."""
    text_characters: int = 5_000_000
    """The text of all cells, shared strings counted as often as they are used."""
