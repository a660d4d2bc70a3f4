"""Where rows stand: positions with gaps, so that most moves touch one row. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from ipweek.annexes.ops import GAP, Change
from ipweek.annexes.reach import POS

Order = Sequence[tuple[int, int]]
"""Row ids and positions, in order."""


def moved(order: Order, here: int, there: int, *, alone: bool) -> list[Change]:
    """The moves that bring the row at *here* to *there*: of it *alone* where a place is free, else each takes the place of the next."""
    rest = [*order[:here], *order[here + 1 :]]
    above = rest[there - 1][1] if there else 0
    below = rest[there][1] if there < len(rest) else above + 2 * GAP
    if alone and below - above > 1:
        return [Change(order[here][0], POS, str(order[here][1]), str((above + below) // 2))]
    wanted = [*rest[:there], order[here], *rest[there:]]
    places = [pos for _, pos in order]
    if len(set(places)) < len(places):  # rows of one import may stand at one place
        return spread(wanted)
    return [Change(row_id, POS, str(pos), str(new)) for (row_id, pos), new in zip(wanted, places, strict=True) if pos != new]


def has_room_behind(order: Order, after: int | None) -> bool:
    """Whether a row fits behind *after* without moving another."""
    return not make_place(order, after)


def make_place(order: Order, after: int | None) -> list[Change]:
    """The moves that leave a gap behind *after*; none when there is one."""
    ids = [row_id for row_id, _ in order]
    if after is None or after not in ids or after == ids[-1]:
        return []
    here = ids.index(after)
    return spread(order) if order[here + 1][1] - order[here][1] < 2 else []


def place(order: Order, after: int | None, moved: Sequence[Change]) -> int:
    """The position for a new row behind *after*, or at the end."""
    places = dict(order) | {change.activity_id: int(change.new) for change in moved}
    ids = [row_id for row_id, _ in order]
    if after is None or after not in ids or after == ids[-1]:
        return max(places.values(), default=0) + GAP
    here = ids.index(after)
    return (places[ids[here]] + places[ids[here + 1]]) // 2


def spread(order: Order) -> list[Change]:
    """The moves that put the rows, in this order, at even distances."""
    return [Change(row_id, POS, str(pos), str(n * GAP)) for n, (row_id, pos) in enumerate(order, 1) if pos != n * GAP]


def swapped(order: Order, here: int, there: int) -> list[tuple[int, int]]:
    swapped = list(order)
    swapped[here], swapped[there] = swapped[there], swapped[here]
    return swapped
