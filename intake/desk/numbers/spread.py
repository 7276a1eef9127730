"""How long first answers took, kept so that a median over any days can still be told.

Medians of days cannot be added, counts can: each answer falls into a bucket of business minutes.
A figure read from buckets is off by less than one bucket: 5 minutes below an hour, 15 minutes
below 8 hours, 1 hour below 40 hours, 8 hours below 400. Longer than that is told as 400 hours.
"""

from bisect import bisect_right
from collections.abc import Mapping
from math import ceil

_STEPS = ((0, 60, 5), (60, 480, 15), (480, 2400, 60), (2400, 24000, 480))
LOWER_MINUTES: tuple[int, ...] = (
    *(minute for start, end, step in _STEPS for minute in range(start, end, step)),
    24000,
)


def bucket_of(minutes: float) -> int:
    """Return the number of the bucket that so many business minutes fall into."""
    return max(0, bisect_right(LOWER_MINUTES, minutes) - 1)


def width_of(bucket: int) -> int:
    """Return how many minutes wide a bucket is: the error of what is read from it."""
    if bucket + 1 >= len(LOWER_MINUTES):
        return 0
    return LOWER_MINUTES[bucket + 1] - LOWER_MINUTES[bucket]


def quantile(spread: Mapping[int, int], share: float) -> float | None:
    """Return the minutes within which ``share`` of the answers came; None without answers.

    The rank is the nearest one at or above the share; inside its bucket answers are taken to lie
    evenly.
    """
    total = sum(spread.values())
    if not total:
        return None
    rank, before = max(1, ceil(share * total)), 0
    for bucket in sorted(spread):
        count = spread[bucket]
        if before + count >= rank:
            part = (rank - before - 0.5) / count
            return LOWER_MINUTES[bucket] + part * width_of(bucket)
        before += count
    raise AssertionError  # the rank is at most the total


def within(spread: Mapping[int, int], edges: tuple[int, ...]) -> list[int]:
    """Return how many answers came before each edge (bucket bounds, in minutes), and after all."""
    counts = [0] * (len(edges) + 1)
    for bucket, count in spread.items():
        counts[bisect_right(edges, LOWER_MINUTES[bucket])] += count
    return counts
