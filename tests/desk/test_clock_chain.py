"""Merges into one inquiry come out again in any order, and leave it as it was."""

from collections.abc import Mapping
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from intake.desk.clock_chain import (
    DUE,
    FIELDS,
    FIRST_DUE,
    OWNER,
    PAUSED,
    REPLY,
    SNOOZED,
    URGENT,
    joined,
    taken_back,
)

INSTANTS = st.integers(min_value=1, max_value=20)
CLOCKS = st.fixed_dictionaries(
    {
        FIRST_DUE: INSTANTS,
        DUE: INSTANTS,
        REPLY: st.none() | INSTANTS,
        PAUSED: st.none() | INSTANTS,
        SNOOZED: st.none() | INSTANTS,
        URGENT: st.integers(0, 1),
        OWNER: st.none() | st.integers(1, 3),
    }
)
BROUGHT = st.fixed_dictionaries(
    {
        FIRST_DUE: st.none() | INSTANTS,
        DUE: st.none() | INSTANTS,
        REPLY: st.none() | INSTANTS,
        PAUSED: st.none() | INSTANTS,
        SNOOZED: st.none() | INSTANTS,
        URGENT: st.integers(0, 1),
        OWNER: st.none() | st.integers(1, 3),
    }
)


@given(own=CLOCKS, brought=st.lists(BROUGHT, max_size=5), data=st.data())
def test_all_merges_taken_back_in_any_order_leave_what_was_there_before(
    own: dict[str, int | None], brought: list[dict[str, int | None]], data: st.DataObject
) -> None:
    now: Mapping[str, int | None] = own
    held = []
    for one in brought:
        held.append(joined(now, one))
        now = held[-1].left

    while held:
        place = data.draw(st.integers(0, len(held) - 1))
        now, later = taken_back(now, held[place], held[place + 1 :])
        held[place:] = later

    assert now == own


@given(own=CLOCKS, brought=st.lists(BROUGHT, min_size=1, max_size=5), data=st.data())
def test_one_taken_back_leaves_what_the_others_alone_would_have_left(
    own: dict[str, int | None], brought: list[dict[str, int | None]], data: st.DataObject
) -> None:
    held, now = [], dict(own)
    for one in brought:
        held.append(joined(now, one))
        now = dict(held[-1].left)
    place = data.draw(st.integers(0, len(held) - 1))

    without, _ = taken_back(now, held[place], held[place + 1 :])

    expected = dict(own)
    for one in brought[:place] + brought[place + 1 :]:
        expected = dict(joined(expected, one).left)
    assert without == expected


@given(own=CLOCKS, one=BROUGHT, name=st.sampled_from([FIRST_DUE, DUE, REPLY, OWNER]))
def test_what_was_set_by_hand_since_stays(
    own: dict[str, int | None], one: dict[str, int | None], name: str
) -> None:
    joining = joined(own, one)
    by_hand = {**joining.left, name: 99}

    now, _ = taken_back(by_hand, joining, [])

    assert now == {**own, name: 99}


@given(own=CLOCKS, one=BROUGHT)
def test_a_merge_moves_no_clock_back_and_loses_neither_urgency_nor_owner(
    own: dict[str, Any], one: dict[str, Any]
) -> None:
    left = joined(own, one).left

    assert set(left) == set(FIELDS)
    for name in (FIRST_DUE, DUE):
        found, brought, value = own[name], one[name], left[name]
        assert value == (found if brought is None else min(found, brought))
    assert left[REPLY] == min((x for x in (own[REPLY], one[REPLY]) if x), default=None)
    assert left[SNOOZED] == (own[SNOOZED] if one[SNOOZED] is None else None)
    assert left[URGENT] == max(own[URGENT], one[URGENT] or 0)
    assert left[OWNER] == (own[OWNER] or one[OWNER])
