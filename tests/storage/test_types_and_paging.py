"""Instants, flags and JSON come back as they went in; cursors are ours or refused."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.errors import InvalidInput
from intake.storage.paging import read_cursor, write_cursor
from intake.storage.types import from_millis, to_millis


@given(
    st.datetimes(
        min_value=datetime(1970, 1, 1),  # noqa: DTZ001 - hypothesis adds the zone
        max_value=datetime(2200, 1, 1),  # noqa: DTZ001 - as above
        timezones=st.just(UTC),
    )
)
def test_an_instant_survives_to_the_millisecond(instant: datetime) -> None:
    assert abs(from_millis(to_millis(instant)) - instant) < timedelta(milliseconds=1)


def test_another_zone_is_the_same_instant() -> None:
    here = datetime(2026, 11, 23, 12, tzinfo=timezone(timedelta(hours=-5)))

    assert from_millis(to_millis(here)) == here


def test_a_naive_instant_is_refused() -> None:
    with pytest.raises(ValueError, match="naive"):
        to_millis(datetime(2026, 1, 1))  # noqa: DTZ001 - this is the point


@given(st.lists(st.integers(-(2**62), 2**62), min_size=2, max_size=2))
def test_a_cursor_comes_back(key: list[int]) -> None:
    assert read_cursor(write_cursor(*key), 2) == tuple(key)


@pytest.mark.parametrize(
    "cursor",
    ["", "x", "é", "W10", write_cursor(1), write_cursor(1, 2, 3), "WyJhIiwiYiJd", "W1tb" * 2000],
)
def test_a_cursor_that_is_not_ours_is_refused(cursor: str) -> None:
    with pytest.raises(InvalidInput):
        read_cursor(cursor, 2)
