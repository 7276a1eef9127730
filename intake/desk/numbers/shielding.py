"""Hides groups of fewer than five, and whatever would let a reader work them out.

Three states: a count is told, it is ``SMALL`` (1 to 4, told as "under 5"), or it is a ``COVER``
(5 or more, told as "hidden" because a total and the rest would give a small one away). The promise
is checked by a test that plays the reader: from everything that is told, each small count can
still be 1, 2, 3 or 4. Where that cannot be had, the whole table is withheld. Nobody is told by a
zero, so zeros stay.
"""

from collections.abc import Sequence
from enum import StrEnum
from itertools import product

SMALLEST_TOLD = 5

Line = Sequence[int]


class Shown(StrEnum):
    """What becomes of a count."""

    TOLD = "told"
    SMALL = "small"
    COVER = "cover"


def is_small(count: int) -> bool:
    """Whether so few people must not be told."""
    return 0 < count < SMALLEST_TOLD


def shield_line(counts: Line) -> list[Shown] | None:
    """Say what may be told of counts whose sum is told too; None when nothing may.

    The small ones are hidden; so are the smallest of the others, until what is left of the total
    fits every value that a small one could have.
    """
    shown = [Shown.SMALL if is_small(count) else Shown.TOLD for count in counts]
    small = [count for count in counts if is_small(count)]
    if not small:
        return shown
    slack = sum(small) - len(small) - (SMALLEST_TOLD - 2)
    fits_above = sum(small) - 1 <= (SMALLEST_TOLD - 1) * (len(small) - 1)
    if slack >= 0 and fits_above:
        return shown
    others = sorted((count, place) for place, count in enumerate(counts) if count >= SMALLEST_TOLD)
    for count, place in others:
        shown[place] = Shown.COVER
        slack += count - SMALLEST_TOLD
        if slack >= 0:
            return shown
    return None


def shield_grid(rows: Sequence[Line]) -> list[list[Shown]] | None:
    """Say what may be told of a table whose row and column sums are told too; None: nothing.

    Each small count gets a rectangle whose other three corners are covers: moving people round its
    corners keeps every sum, so the small count could as well be any other from 1 to 4.
    """
    shown = [[Shown.SMALL if is_small(count) else Shown.TOLD for count in row] for row in rows]
    places = [
        (i, j) for i, row in enumerate(rows) for j, count in enumerate(row) if is_small(count)
    ]
    for place in places:
        corners = _cheapest_corners(rows, shown, place)
        if corners is None:
            return None
        for i, j in corners:
            shown[i][j] = Shown.COVER
    return shown


def _cheapest_corners(
    rows: Sequence[Line], shown: Sequence[Sequence[Shown]], place: tuple[int, int]
) -> tuple[tuple[int, int], ...] | None:
    """Return the three other corners that hide the fewest people more."""
    i, j = place
    count = rows[i][j]
    falls, rises = SMALLEST_TOLD - 1 - count, count - 1  # how far it could be higher, and lower
    best: tuple[int, tuple[tuple[int, int], ...]] | None = None
    for k, m in product(range(len(rows)), range(len(rows[i]))):
        beside, opposite = (rows[i][m], rows[k][j]), rows[k][m]
        if k == i or m == j or opposite < SMALLEST_TOLD + rises:
            continue
        if min(beside) < SMALLEST_TOLD + falls:
            continue
        corners = ((i, m), (k, j), (k, m))
        cost = sum(rows[a][b] for a, b in corners if shown[a][b] is Shown.TOLD)
        if best is None or cost < best[0]:
            best = cost, corners
    return None if best is None else best[1]
