"""Business time around closures: to the minute, over midnight, and when clocks change."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.clinic.hours import BusinessHours, business_hours
from intake.settings import ClinicSettings

WEEK = {day: ["09:00-17:00"] for day in ("monday", "tuesday", "wednesday", "thursday", "friday")}
ALWAYS = {day: ["00:00-24:00"] for day in (*WEEK, "saturday", "sunday")}
HOUR = timedelta(hours=1)
MADE = datetime(2026, 1, 5, tzinfo=UTC)  # long before
TUESDAY = ("2026-11-17T00:00", "2026-11-18T00:00")


def new_york(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo("America/New_York"))


def hours(*closures: tuple[str, str], **changes: Any) -> BusinessHours:  # noqa: ANN401 - settings
    settings: dict[str, Any] = {
        "name": "C",
        "message_name": "C",
        "phone": "+1 305 555 0100",
        "hours": WEEK,
        "state": "FL",
        "holidays": False,
        **changes,
    }
    spans = ((new_york(start), new_york(end)) for start, end in closures)
    return business_hours(ClinicSettings(**settings), spans)


@pytest.mark.parametrize(
    ("instant", "is_open"),
    [
        ("2026-11-17T11:59", True),
        ("2026-11-17T12:00", False),  # the closure's first minute is closed
        ("2026-11-17T13:59", False),
        ("2026-11-17T14:00", True),  # and its end is open
    ],
)
def test_a_closure_takes_its_minutes_and_no_others(instant: str, is_open: bool) -> None:
    noon = hours(("2026-11-17T12:00", "2026-11-17T14:00"))

    assert noon.is_open(new_york(instant)) is is_open


@pytest.mark.parametrize(
    ("received", "due"),
    [
        ("2026-11-16T16:00", "2026-11-18T16:00"),  # Monday; Tuesday is no business day
        ("2026-11-17T10:00", "2026-11-19T09:00"),  # while closed: counts as Wednesday's opening
        ("2026-11-16T17:30", "2026-11-19T09:00"),
        ("2026-11-18T10:00", "2026-11-19T10:00"),
        ("2026-11-13T10:00", "2026-11-16T10:00"),
    ],
)
def test_what_comes_in_is_promised_for_after_the_closure(received: str, due: str) -> None:
    assert hours(TUESDAY).due_after(new_york(received), 1) == new_york(due)


@pytest.mark.parametrize(
    ("promised", "kept"),
    [
        ("2026-11-16T17:00", "2026-11-16T17:00"),  # at closing, before it
        ("2026-11-17T09:00", "2026-11-18T09:00"),
        ("2026-11-17T16:00", "2026-11-18T16:00"),
        ("2026-11-17T17:00", "2026-11-18T17:00"),
        ("2026-11-18T09:00", "2026-11-18T09:00"),  # the moment of reopening, made on Monday noon
        ("2026-11-18T09:01", "2026-11-18T09:01"),  # falls into no closure
        ("2026-11-19T10:00", "2026-11-19T10:00"),
    ],
)
def test_a_promise_in_a_closure_has_the_time_that_was_left_when_it_began(
    promised: str, kept: str
) -> None:
    monday = new_york("2026-11-16T12:00")

    assert hours(TUESDAY).kept_after_closures(new_york(promised), monday) == new_york(kept)


def test_what_came_overnight_has_lost_the_closed_day() -> None:
    overnight, opening = new_york("2026-11-16T20:00"), new_york("2026-11-18T09:00")
    assert hours().due_after(overnight, 1) == opening

    kept = hours(TUESDAY).kept_after_closures(opening, overnight)

    assert kept == new_york("2026-11-18T17:00")


@pytest.mark.parametrize(
    ("closure", "promised", "kept"),
    [
        # The storm came at noon: two of the four hours were left at 2 pm.
        (("2026-11-17T12:00", "2026-11-18T12:00"), "2026-11-17T14:00", "2026-11-18T14:00"),
        (("2026-11-17T12:00", "2026-11-18T12:00"), "2026-11-17T12:00", "2026-11-17T12:00"),
        # Closed until Sunday is closed until Monday 9 am.
        (("2026-11-20T00:00", "2026-11-22T12:00"), "2026-11-20T15:00", "2026-11-23T15:00"),
        # Longer than a day is left.
        (("2026-11-17T08:00", "2026-11-20T09:00"), "2026-11-18T11:00", "2026-11-23T11:00"),
    ],
)
def test_half_days_and_weekends(closure: tuple[str, str], promised: str, kept: str) -> None:
    assert hours(closure).kept_after_closures(new_york(promised), MADE) == new_york(kept)


def test_a_promise_is_moved_over_one_closure_after_the_other() -> None:
    both = hours(TUESDAY, ("2026-11-18T08:00", "2026-11-19T08:00"))
    apart = hours(TUESDAY, ("2026-11-19T00:00", "2026-11-20T00:00"))

    assert both.kept_after_closures(new_york("2026-11-17T15:00"), MADE) == new_york(
        "2026-11-19T15:00"
    )
    assert apart.kept_after_closures(new_york("2026-11-17T15:00"), MADE) == new_york(
        "2026-11-18T15:00"
    )
    assert apart.due_after(new_york("2026-11-18T15:00"), 1) == new_york("2026-11-20T15:00")


def test_closures_that_touch_or_overlap_are_one() -> None:
    touching = hours(
        ("2026-11-17T12:00", "2026-11-17T15:00"),
        ("2026-11-17T09:00", "2026-11-17T12:00"),
        ("2026-11-17T10:00", "2026-11-17T11:00"),
    )

    assert touching.closures == ((new_york("2026-11-17T09:00"), new_york("2026-11-17T15:00")),)
    assert touching.next_open(new_york("2026-11-17T09:30")) == new_york("2026-11-17T15:00")


def test_a_closure_over_midnight_where_it_is_always_open() -> None:
    night = hours(("2026-11-17T22:00", "2026-11-18T02:00"), hours=ALWAYS)

    assert night.business_time_between(
        new_york("2026-11-17T20:00"), new_york("2026-11-18T04:00")
    ) == timedelta(hours=4)
    assert night.add_business_time(new_york("2026-11-17T21:00"), 2 * HOUR) == new_york(
        "2026-11-18T03:00"
    )
    assert night.kept_after_closures(new_york("2026-11-18T00:00"), MADE) == new_york(
        "2026-11-18T04:00"
    )


@pytest.mark.parametrize(
    ("closure", "promised", "kept"),
    [
        # Clocks go forward at 2 am: the closure lasts three real hours, not four.
        (("2026-03-08T00:00", "2026-03-08T04:00"), "2026-03-08T03:30", "2026-03-08T06:30"),
        # Clocks go back at 2 am: it lasts five, and four and a half of them were left at 3:30.
        (("2026-11-01T00:00", "2026-11-01T04:00"), "2026-11-01T03:30", "2026-11-01T08:30"),
    ],
)
def test_a_closure_over_a_clock_change_counts_real_hours(
    closure: tuple[str, str], promised: str, kept: str
) -> None:
    around = hours(closure, hours=ALWAYS)

    assert around.kept_after_closures(new_york(promised), MADE) == new_york(kept)


def test_a_closure_over_the_weekend_of_a_clock_change_keeps_the_wall_time() -> None:
    friday = hours(("2026-03-06T00:00", "2026-03-09T00:00"))

    assert friday.kept_after_closures(new_york("2026-03-06T15:00"), MADE) == new_york(
        "2026-03-09T15:00"
    )


instants = st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 28)).map(  # noqa: DTZ001 - UTC next
    lambda one: one.replace(second=0, microsecond=0, tzinfo=UTC)
)
spans = st.tuples(instants, st.integers(1, 14 * 24 * 60)).map(
    lambda pair: (pair[0], pair[0] + timedelta(minutes=pair[1]))
)


@given(closures=st.lists(spans, max_size=4), received=instants, days=st.integers(1, 3))
def test_no_promise_is_ever_in_a_closure_or_earlier_than_it_was(
    closures: list[tuple[datetime, datetime]], received: datetime, days: int
) -> None:
    plain = hours()
    closed = business_hours(_settings(), closures)
    promised = plain.due_after(received, days)

    kept = closed.kept_after_closures(promised, received)

    assert kept >= promised
    assert not any(start < kept < end for start, end in closed.closures)
    made_knowing_of_them = closed.due_after(received, days)
    assert made_knowing_of_them >= promised
    assert closed.kept_after_closures(made_knowing_of_them, received) == made_knowing_of_them


def _settings() -> ClinicSettings:
    return ClinicSettings(
        name="C",
        message_name="C",
        phone="+1 305 555 0100",
        hours=WEEK,
        state="FL",
        holidays=False,
    )
