from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from intake.clinic.hours import BusinessHours, business_hours
from intake.errors import Misconfigured
from intake.settings import ClinicSettings

WEEK = {day: ["09:00-17:00"] for day in ("monday", "tuesday", "wednesday", "thursday", "friday")}
ALWAYS = {day: ["00:00-24:00"] for day in (*WEEK, "saturday", "sunday")}


def hours(**changes: Any) -> BusinessHours:  # noqa: ANN401 - any setting of a clinic
    settings: dict[str, Any] = {
        "name": "C",
        "message_name": "C",
        "phone": "+1 305 555 0100",
        "hours": WEEK,
        "state": "FL",
        **changes,
    }
    return business_hours(ClinicSettings(**settings))


def new_york(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo("America/New_York"))


@pytest.mark.parametrize(
    ("received", "due"),
    [
        ("2026-11-23T14:10", "2026-11-24T14:10"),  # Monday to Tuesday
        ("2026-11-20T16:00", "2026-11-23T16:00"),  # Friday to Monday
        ("2026-11-21T10:00", "2026-11-24T09:00"),  # Saturday counts as Monday's opening
        ("2026-11-20T17:00", "2026-11-24T09:00"),  # at closing it is closed
        ("2026-11-20T16:59", "2026-11-23T16:59"),
        ("2026-11-23T00:00", "2026-11-24T09:00"),  # midnight belongs to the day that begins
        ("2026-11-22T23:59", "2026-11-24T09:00"),
        ("2026-11-25T12:00", "2026-11-30T12:00"),  # over Thanksgiving, Florida's Friday after it
        ("2026-12-24T12:00", "2026-12-28T12:00"),  # over Christmas, a Friday
        ("2026-07-02T12:00", "2026-07-06T12:00"),  # the Fourth is a Saturday, observed on Friday
    ],
)
def test_one_business_day_is_the_same_wall_time_on_the_next_open_day(
    received: str, due: str
) -> None:
    assert hours().due_after(new_york(received), 1) == new_york(due)


@pytest.mark.parametrize(
    ("received", "due", "real_hours"),
    [
        ("2026-03-06T12:00", "2026-03-09T12:00", 71),  # clocks went forward on Sunday
        ("2026-10-30T12:00", "2026-11-02T12:00", 73),  # clocks went back on Sunday
    ],
)
def test_a_promise_keeps_its_wall_time_when_clocks_change(
    received: str, due: str, real_hours: int
) -> None:
    start = new_york(received)

    promised = hours().due_after(start, 1)

    assert promised == new_york(due)
    assert promised.astimezone(UTC) - start.astimezone(UTC) == timedelta(hours=real_hours)


def test_several_business_days_skip_weekends_and_holidays() -> None:
    assert hours().due_after(new_york("2026-11-24T10:00"), 3) == new_york("2026-12-01T10:00")


def test_a_shorter_day_is_due_at_its_closing() -> None:
    short_friday = hours(hours={**WEEK, "friday": ["09:00-12:00"]}, holidays=False)

    assert short_friday.due_after(new_york("2026-11-19T15:00"), 1) == new_york("2026-11-20T12:00")


def test_a_day_that_opens_later_is_due_at_its_opening() -> None:
    late = hours(hours={"monday": ["08:00-16:00"], "tuesday": ["12:00-18:00"]}, holidays=False)

    assert late.due_after(new_york("2026-11-23T08:30"), 1) == new_york("2026-11-24T12:00")


def test_a_promise_that_falls_into_the_lunch_break_is_due_before_it() -> None:
    lunch = hours(
        hours={"monday": ["09:00-17:00"], "tuesday": ["09:00-12:00", "13:00-17:00"]},
        holidays=False,
    )

    assert lunch.due_after(new_york("2026-11-23T12:30"), 1) == new_york("2026-11-24T12:00")


def test_days_the_clinic_closes_on_are_skipped() -> None:
    closed = hours(closed_on=(date(2026, 11, 24),))

    assert closed.due_after(new_york("2026-11-23T10:00"), 1) == new_york("2026-11-25T10:00")


def test_holidays_can_be_off() -> None:
    assert hours(holidays=False).is_open(new_york("2026-12-25T10:00"))
    assert not hours().is_open(new_york("2026-12-25T10:00"))


@pytest.mark.parametrize(
    ("zone", "country", "state"),
    [
        ("America/Los_Angeles", "US", "CA"),
        ("Europe/Madrid", "ES", ""),
        ("America/Mexico_City", "MX", ""),
        ("Asia/Kolkata", "IN", ""),
        ("Australia/Sydney", "AU", "NSW"),
        ("Pacific/Auckland", "NZ", ""),
    ],
)
def test_the_clinic_lives_in_its_own_zone(zone: str, country: str, state: str) -> None:
    there = hours(zone=zone, country=country, state=state)
    tuesday = datetime(2026, 11, 17, 16, 30, tzinfo=ZoneInfo(zone))

    assert there.is_open(tuesday)
    assert not there.is_open(tuesday + timedelta(minutes=30))
    assert there.due_after(tuesday, 1) == tuesday + timedelta(days=1)


def test_an_unknown_country_has_no_holidays_and_an_unknown_state_those_of_its_country() -> None:
    assert hours(country="ZZ").is_open(new_york("2026-12-25T10:00"))
    assert not hours(state="XX").is_open(new_york("2026-12-25T10:00"))


def test_business_time_runs_while_the_clinic_is_open_only() -> None:
    week = hours()
    friday = new_york("2026-11-20T16:00")

    assert week.add_business_time(friday, timedelta(hours=1)) == new_york("2026-11-20T17:00")
    assert week.add_business_time(friday, timedelta(hours=2)) == new_york("2026-11-23T10:00")
    assert week.add_business_time(friday, timedelta()) == friday
    assert week.add_business_time(new_york("2026-11-21T12:00"), timedelta()) == new_york(
        "2026-11-23T09:00"
    )
    assert week.business_time_between(friday, new_york("2026-11-23T10:00")) == timedelta(hours=2)
    assert week.business_time_between(new_york("2026-11-23T10:00"), friday) == timedelta()


def test_adding_business_time_and_measuring_it_agree_across_a_year() -> None:
    week = hours()
    start = new_york("2026-01-02T13:37")

    for steps in range(1, 60):
        step = timedelta(hours=7, minutes=13) * steps
        assert week.business_time_between(start, week.add_business_time(start, step)) == step


@pytest.mark.parametrize(("day", "real_hours"), [("2026-03-08", 23), ("2026-11-01", 25)])
def test_a_day_that_clocks_change_on_has_23_or_25_open_hours(day: str, real_hours: int) -> None:
    always = hours(hours=ALWAYS, holidays=False)
    start = new_york(f"{day}T00:00")
    end = start + timedelta(days=1)

    assert always.business_time_between(start, end) == timedelta(hours=real_hours)


def test_a_span_that_ends_in_the_hour_that_comes_twice_stays_open_through_both() -> None:
    night = hours(hours={"sunday": ["00:00-01:30"]}, holidays=False)
    start = new_york("2026-11-01T00:00")

    open_for = night.business_time_between(start, start + timedelta(days=1))

    assert open_for == timedelta(hours=2, minutes=30)


def test_spans_that_touch_or_overlap_are_one() -> None:
    joined = hours(hours={"monday": ["12:00-17:00", "09:00-12:00", "10:00-11:00"]})

    assert joined.add_business_time(new_york("2026-11-23T11:30"), timedelta(hours=1)) == new_york(
        "2026-11-23T12:30"
    )
    assert joined.business_time_between(
        new_york("2026-11-23T00:00"), new_york("2026-11-23T23:00")
    ) == timedelta(hours=8)


def test_a_clinic_that_never_opens_is_told_so_and_does_not_hang() -> None:
    days = tuple(date(2026, 1, 1) + timedelta(days=number) for number in range(900))
    shut = hours(closed_on=days)

    with pytest.raises(Misconfigured, match=r"clinic\.hours"):
        shut.due_after(new_york("2026-01-05T10:00"), 1)


LUNCH = {day: ["09:00-12:00", "13:00-17:00"] for day in WEEK}
NIGHTS = {day: ["20:00-24:00"] for day in ALWAYS} | {
    "saturday": ["00:00-04:00", "20:00-24:00"],
    "sunday": ["00:00-04:00", "20:00-24:00"],
}


@pytest.mark.parametrize(
    ("week", "start", "minutes", "end"),
    [
        (LUNCH, "2026-11-23T11:30", 60, "2026-11-23T13:30"),  # over the lunch break
        (LUNCH, "2026-11-23T12:00", 30, "2026-11-23T13:30"),  # at its first minute it is closed
        (LUNCH, "2026-11-23T11:30", 30, "2026-11-23T12:00"),  # to its first minute exactly
        (WEEK, "2026-11-25T16:00", 120, "2026-11-30T10:00"),  # over Thanksgiving and a weekend
        (NIGHTS, "2026-03-07T23:30", 210, "2026-03-08T04:00"),  # 2:00 to 3:00 is missing
        (NIGHTS, "2026-03-07T23:30", 240, "2026-03-08T20:30"),
        (NIGHTS, "2026-10-31T23:30", 240, "2026-11-01T02:30"),  # 1:00 to 2:00 comes twice
        (NIGHTS, "2026-10-31T23:30", 330, "2026-11-01T04:00"),
    ],
)
def test_a_pause_moves_a_due_time_over_breaks_holidays_and_clock_changes(
    week: dict[str, list[str]], start: str, minutes: int, end: str
) -> None:
    clinic = hours(hours=week)
    length = timedelta(minutes=minutes)

    found = clinic.add_business_time(new_york(start), length)

    assert found == new_york(end)
    assert clinic.business_time_between(new_york(start), found) == length


def test_a_clinic_open_over_midnight_counts_both_sides_once() -> None:
    clinic = hours(hours=NIGHTS)

    measured = clinic.business_time_between(
        new_york("2026-11-20T23:00"), new_york("2026-11-21T01:00")
    )

    assert measured == timedelta(hours=2)


@pytest.mark.parametrize("zone", ["Australia/Lord_Howe", "Asia/Kathmandu", "America/St_Johns"])
def test_odd_zones_measure_what_they_add(zone: str) -> None:
    clinic = hours(zone=zone, country="NP", state="", hours=LUNCH)
    start = datetime(2026, 4, 3, 2, 17, tzinfo=UTC)

    for step in range(40):
        length = timedelta(minutes=97 * step)
        end = clinic.add_business_time(start, length)
        assert clinic.business_time_between(start, end) == length
