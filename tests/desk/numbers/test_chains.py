"""Stages tell no small group, neither by themselves nor by what can be subtracted."""

from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from intake.desk.numbers.chains import Chain, chain_of, chains_by_group
from intake.desk.numbers.form_pages import in_order
from intake.desk.numbers.shielding import Shown

HIDDEN, SMALL = Shown.COVER, Shown.SMALL


def test_stages_of_many_are_told_with_how_many_went_no_further() -> None:
    assert chain_of([40, 30, 30, 20]) == Chain((40, 30, 30, 20), (10, 0, 10))


def test_a_small_loss_hides_the_next_smallest_and_the_stages_between() -> None:
    # 2 went no further at the first stage; 28 alone would tell it.
    assert chain_of([30, 28, 20, 10]) == Chain((30, HIDDEN, 20, 10), (SMALL, HIDDEN, 10))


def test_a_small_end_is_told_as_under_five() -> None:
    found = chain_of([30, 20, 3])

    assert found is not None
    assert (found.reached[0], found.reached[-1]) == (30, SMALL)
    assert HIDDEN in found.left


def test_fewer_than_five_are_not_told_at_all() -> None:
    assert chain_of([4, 2, 0]) is None
    assert chain_of([6, 6, 1]) is None


def test_nobody_is_told_as_nobody() -> None:
    assert chain_of([0, 0, 0]) == Chain((0, 0, 0), (0, 0))


def test_groups_beside_each_other_tell_no_small_one() -> None:
    found = chains_by_group({"en": [40, 30, 20], "es": [30, 20, 10]})
    assert found == {"en": Chain((40, 30, 20), (10, 10)), "es": Chain((30, 20, 10), (10, 10))}

    assert chains_by_group({"en": [40, 30, 20], "es": [3, 2, 1]}) == {}
    assert chains_by_group({}) == {}


def test_a_later_page_with_more_lifts_the_ones_before_it() -> None:
    assert in_order({"a": 5, "b": 9, "c": 7}, ("a", "b", "c", "d")) == [9, 9, 7, 0]


FALLS = st.lists(st.one_of(st.integers(0, 9), st.integers(0, 40)), min_size=3, max_size=6)


PAIRS = st.integers(3, 5).flatmap(
    lambda n: st.tuples(*[st.lists(st.integers(0, 30), min_size=n, max_size=n)] * 2)
)


def stages(falls: list[int]) -> list[int]:
    """Return stages whose losses, and what is left at the end, are these."""
    return [sum(falls[place:]) for place in range(len(falls))]


def demand_nothing_small(chain: Chain) -> None:
    told = [one for one in chain.reached if isinstance(one, int) and not isinstance(one, Shown)]
    for one in (*told, *(b - a for a, b in pairwise(reversed(told)))):
        assert one == 0 or one >= 5, chain
    for left in chain.left:
        assert isinstance(left, Shown) or left == 0 or left >= 5, chain


@settings(max_examples=300, deadline=None)
@given(FALLS)
def test_no_stage_nor_difference_of_two_is_small(falls: list[int]) -> None:
    chain = chain_of(stages(falls))

    if chain is not None:
        demand_nothing_small(chain)


@settings(max_examples=300, deadline=None)
@given(PAIRS)
def test_neither_a_group_nor_what_it_leaves_of_all_is_small(
    falls: tuple[list[int], list[int]],
) -> None:
    rows = {name: stages(one) for name, one in zip(("en", "es"), falls, strict=True)}
    together = chain_of([sum(pair) for pair in zip(*rows.values(), strict=True)])

    groups = chains_by_group(rows)

    for chain in groups.values():
        assert together is not None
        demand_nothing_small(chain)
        for all_of_them, mine in zip(
            (*together.reached, *together.left), (*chain.reached, *chain.left), strict=True
        ):
            if isinstance(all_of_them, Shown) or isinstance(mine, Shown):
                continue
            rest = all_of_them - mine
            assert rest == 0 or rest >= 5, (rows, groups)
