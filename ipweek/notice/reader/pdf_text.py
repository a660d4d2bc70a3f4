"""Pieces of text on a page of a PDF, each in its place: one order may show several, with gaps that the text itself does not tell."""

from __future__ import annotations

from dataclasses import dataclass

from pypdf.generic import ArrayObject, ByteStringObject, FloatObject, NumberObject, TextStringObject


@dataclass(frozen=True)
class Chunk:
    """Letters that stand together: where they begin, and how large they are, in points."""

    text: str
    x: float
    y: float
    size: float

    @property
    def right(self) -> float:
        """Where they end; Chinese letters are as wide as they are high, others about half of it."""
        return self.x + sum(1.0 if ord(letter) > 0x2000 else 0.5 for letter in self.text) * self.size


@dataclass(frozen=True)
class Shown:
    """One order to show text: where, and its pieces as (bytes, gap behind it in parts of the size)."""

    x: float
    pieces: list[tuple[int, float]]


def pieces(operand: object) -> list[tuple[int, float]]:
    """The pieces of an order's operand, as in ``Shown``."""
    found: list[tuple[int, float]] = []
    for part in (operand if isinstance(operand, ArrayObject) else [operand])[:2_000]:
        if isinstance(part, TextStringObject | ByteStringObject):
            found.append((len(part.original_bytes), 0.0))
        elif found and isinstance(part, FloatObject | NumberObject):
            found[-1] = (found[-1][0], found[-1][1] - float(part) / 1000)
    return found


WIDE_GAP = 0.2
"""Of a letter's size. A gap that is wider parts two pieces."""


def apart(text: str, shown: list[Shown], y: float, size: float) -> list[Chunk]:
    """The pieces of *text* each in its own place, where one order shows them with wide gaps; nothing where it has none or is unclear."""
    if not any(gap > WIDE_GAP for order in shown for _, gap in order.pieces):
        return []
    lengths = [count for order in shown for count, _ in order.pieces]
    words = next((found for width in (1, 2) if (found := _aligned(text, lengths, width)) is not None), None)
    if words is None:
        return []
    is_chinese = any(ord(letter) > 0x2E80 for letter in text)
    chunks: list[Chunk] = []
    taken = iter(words)
    for order in shown:
        x, said, right = order.x, "", order.x
        for (_, gap), word in zip(order.pieces, taken, strict=False):
            said += word
            right += sum(_advance(letter, is_chinese=is_chinese) for letter in word) * size
            if gap > WIDE_GAP:
                chunks.append(Chunk(said.strip(), x, y, size))
                x, said = right + gap * size, ""
            right += gap * size
        chunks.append(Chunk(said.strip(), x, y, size))
    return [chunk for chunk in chunks if chunk.text]


def _advance(letter: str, *, is_chinese: bool) -> float:
    """How far a letter takes the pen. “ and ” are narrow in a font that shows no Chinese beside them."""
    if letter == " ":
        return 0.5 if is_chinese else 0.25
    return 0.5 if ord(letter) <= 0x2000 else 1.0 if is_chinese or ord(letter) > 0x2E80 else 0.44


def effort(text: str, shown: list[Shown]) -> int:
    """How much work it is to part *text*, in orders to draw: nothing worth counting but for texts made to take long."""
    return sum(len(order.pieces) for order in shown) * text.count(" ") // 40


def _aligned(text: str, lengths: list[int], width: int) -> list[str] | None:
    """The words of each piece, *lengths* in bytes with *width* to a letter; None where they don't fit.

    The text has blanks more than the pieces where the library put one in for a gap; a blank may also be a piece's own.
    """
    if any(length % width for length in lengths) or len(text) > MOST_LETTERS:
        return None
    counts = [length // width for length in lengths]
    spare = len(text) - sum(counts)
    if spare < 0 or sum(counts) < len("".join(text.split())):
        return None
    steps: list[dict[int, int]] = []  # for each piece: blanks passed over up to it, by those up to the one before
    at, ways = 0, {0}
    for count in counts:
        step: dict[int, int] = {}
        for before in sorted(ways):
            for passed in range(before, spare + 1):
                step.setdefault(passed, before)
                if not text[at + passed : at + passed + 1].isspace():
                    break
        steps.append(step)
        at, ways = at + count, set(step)
    last = max((passed for passed in ways if not text[at + passed :].strip()), default=None)
    if last is None:
        return None
    words: list[str] = []
    for count, step in zip(reversed(counts), reversed(steps), strict=True):
        at -= count
        words.append(text[at + last : at + last + count])
        last = step[last]
    return words[::-1]


MOST_LETTERS = 400
"""Letters of one order. A line of a notice has some 40."""
