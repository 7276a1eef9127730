"""A reader who knows every rule and every sum still cannot tell a small group."""

from collections.abc import Iterator, Sequence
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from intake.desk.numbers.shielding import Shown, shield_grid, shield_line

COUNTS = st.integers(0, 14)
SMALL = range(1, 5)


def possible_lines(counts: Sequence[int], shown: Sequence[Shown]) -> Iterator[tuple[int, ...]]:
    """Give every line that would have been told in the same way."""
    total = sum(counts)
    choices = [
        [count] if one is Shown.TOLD else SMALL if one is Shown.SMALL else range(5, total + 1)
        for count, one in zip(counts, shown, strict=True)
    ]
    return (line for line in product(*choices) if sum(line) == total)


@settings(max_examples=150, deadline=None)
@given(st.lists(COUNTS, min_size=1, max_size=5))
def test_each_small_count_of_a_line_could_be_any_small_number(counts: list[int]) -> None:
    shown = shield_line(counts)

    if shown is None or Shown.SMALL not in shown:
        return
    lines = list(possible_lines(counts, shown))
    for place, one in enumerate(shown):
        if one is Shown.SMALL:
            assert {line[place] for line in lines} >= set(SMALL)


@given(st.lists(COUNTS, min_size=1, max_size=8))
def test_no_small_count_is_ever_told_and_no_zero_hidden(counts: list[int]) -> None:
    for count, one in zip(counts, shield_line(counts) or [Shown.SMALL] * len(counts), strict=True):
        if 0 < count < 5:
            assert one is Shown.SMALL
        if one is Shown.COVER:
            assert count >= 5


@pytest.mark.parametrize(
    ("counts", "told"),
    [
        ([61, 14, 9, 3], ["told", "told", "cover", "small"]),
        ([61, 14, 5, 1], ["told", "cover", "cover", "small"]),
        ([7, 2], ["cover", "small"]),
        ([20, 2, 2, 2], ["told", "small", "small", "small"]),
        ([12, 0, 8], ["told", "told", "told"]),
        ([], []),
    ],
)
def test_the_smallest_others_cover_a_small_one(counts: list[int], told: list[str]) -> None:
    assert shield_line(counts) == told


@pytest.mark.parametrize("counts", [[6, 1], [4, 3], [3], [5, 1]])
def test_what_a_total_would_reveal_is_withheld_whole(counts: list[int]) -> None:
    assert shield_line(counts) is None


def moved(rows: Sequence[Sequence[int]], corners: Sequence[tuple[int, int]], by: int) -> bool:
    """Whether people can be moved round a rectangle without any told thing changing."""
    _, (c, d), (e, f), (g, h) = corners
    return all(count >= 5 for count in (rows[c][d] - by, rows[e][f] - by, rows[g][h] + by))


@settings(max_examples=300, deadline=None)
@given(
    st.integers(2, 5).flatmap(
        lambda width: st.lists(
            st.lists(st.integers(0, 40), min_size=width, max_size=width), min_size=2, max_size=5
        )
    )
)
def test_each_small_count_of_a_grid_could_be_any_small_number(rows: list[list[int]]) -> None:
    shown = shield_grid(rows)

    if shown is None:
        return
    hidden = {
        (i, j) for i, row in enumerate(shown) for j, one in enumerate(row) if one is Shown.COVER
    }
    for i, row in enumerate(rows):
        for j, count in enumerate(row):
            assert (0 < count < 5) is (shown[i][j] is Shown.SMALL)
            if shown[i][j] is not Shown.SMALL:
                continue
            rectangles = [
                ((i, j), (i, m), (k, j), (k, m))
                for k in range(len(rows))
                for m in range(len(row))
                if {(i, m), (k, j), (k, m)} <= hidden
            ]
            for other in SMALL:
                by = other - count
                assert any(moved(rows, corners, by) for corners in rectangles), (i, j, other)


def test_a_grid_too_thin_to_hide_in_is_withheld() -> None:
    assert shield_grid([[3, 0], [0, 9]]) is None
    assert shield_grid([[3, 9], [9, 9]]) == [["small", "cover"], ["cover", "cover"]]
