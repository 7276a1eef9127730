import random
import statistics
from collections import Counter
from math import ceil

import pytest

from intake.desk.numbers.spread import LOWER_MINUTES, bucket_of, quantile, width_of, within


def test_buckets_begin_where_they_say() -> None:
    assert [bucket_of(minutes) for minutes in (0, 4.9, 5, 59.9, 60, 74, 75)] == [
        0,
        0,
        1,
        11,
        12,
        12,
        13,
    ]
    assert bucket_of(10**6) == len(LOWER_MINUTES) - 1
    assert [width_of(bucket_of(minutes)) for minutes in (3, 100, 1000, 5000, 10**6)] == [
        5,
        15,
        60,
        480,
        0,
    ]


@pytest.mark.parametrize("share", [0.5, 0.9])
@pytest.mark.parametrize("seed", range(5))
def test_a_figure_is_off_by_less_than_its_bucket(share: float, seed: int) -> None:
    dice = random.Random(seed)
    minutes = sorted(dice.expovariate(1 / 200) for _ in range(dice.randrange(1, 400)))
    exact = minutes[max(1, ceil(share * len(minutes))) - 1]

    told = quantile(Counter(bucket_of(one) for one in minutes), share)

    assert told is not None
    assert abs(told - exact) < width_of(bucket_of(exact))


def test_days_add_up() -> None:
    days = [[10, 20, 30], [200, 210], [15]]
    together = sum((Counter(bucket_of(one) for one in day) for day in days), Counter[int]())

    told = quantile(together, 0.5)

    assert told is not None
    assert abs(told - statistics.median_low([one for day in days for one in day])) < 5


def test_nobody_answered_has_no_median() -> None:
    assert quantile({}, 0.5) is None


def test_answers_are_counted_between_edges() -> None:
    spread = Counter(bucket_of(one) for one in (10, 59, 60, 130, 480, 5000))

    assert within(spread, (60, 120, 480)) == [2, 1, 1, 2]
