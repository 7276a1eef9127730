"""Nobody's telephone rings at night: 8 to 21 o'clock where the person lives."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from intake.clinic.texting_hours import next_texting
from intake.clinic.zones import PersonZone

NEW_YORK = PersonZone("America/New_York", is_certain=True)


def at(text: str, zone: str = "America/New_York") -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


@pytest.mark.parametrize(
    ("now", "until"),
    [
        ("2026-11-23T07:59:59", "2026-11-23T08:00"),
        ("2026-11-23T08:00", None),
        ("2026-11-23T20:59:59", None),
        ("2026-11-23T21:00", "2026-11-24T08:00"),
        ("2026-11-23T23:59", "2026-11-24T08:00"),
        ("2026-11-24T00:00", "2026-11-24T08:00"),
        ("2026-03-07T22:00", "2026-03-08T08:00"),  # the clocks go forward that night
        ("2026-10-31T22:00", "2026-11-01T08:00"),  # and back
    ],
)
def test_texts_go_out_from_8_to_21_where_the_zone_is_sure(now: str, until: str | None) -> None:
    found = next_texting(NEW_YORK, at(now), knows_state=True)

    assert found == (at(until) if until else None)
    assert found is None or found - at(now) <= timedelta(hours=11)


@pytest.mark.parametrize(
    ("knows_state", "first", "last"), [(True, 9, 19), (False, 11, 17)], ids=["state", "country"]
)
def test_where_the_clock_is_a_guess_the_hours_are_narrower(
    knows_state: bool, first: int, last: int
) -> None:
    guess = PersonZone("America/Chicago", is_certain=False)
    allowed = [
        hour
        for hour in range(24)
        if next_texting(guess, at(f"2026-11-23T{hour:02}:30", guess.name), knows_state=knows_state)
        is None
    ]

    assert (allowed[0], allowed[-1]) == (first, last)
