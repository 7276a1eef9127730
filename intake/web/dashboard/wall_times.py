"""What somebody typed as a day and a time, read as an instant in the zone it was meant in.

A clock that goes forward skips an hour, and one that goes back shows an hour twice: a time that
does not exist is refused, and of one that exists twice the first is meant.
"""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from intake.errors import InvalidInput, Problem
from intake.web.dashboard.times import clock_time, day_and_time

PERSON_ZONES = (
    "America/New_York",
    "America/Chicago",
    "America/Denver",
    "America/Phoenix",
    "America/Los_Angeles",
    "America/Anchorage",
    "Pacific/Honolulu",
    "America/Puerto_Rico",
)
MORNING = time(9)
MONDAY = 0


def instant_of(typed: str, zone: str, field: str) -> datetime:
    """Return the instant that ``2026-11-24T09:00`` is in a zone.

    Raises:
        InvalidInput: ``field`` is ``missing``, of no known ``format``, or a ``skipped`` hour.
    """
    if not typed.strip():
        raise InvalidInput((Problem(field, "missing"),))
    try:
        wall = datetime.fromisoformat(typed.strip().replace(" ", "T", 1))
    except ValueError:
        raise InvalidInput((Problem(field, "format"),)) from None
    if wall.tzinfo is not None or not 2000 <= wall.year <= 9000:
        raise InvalidInput((Problem(field, "format"),))
    instant = wall.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
    if instant.astimezone(ZoneInfo(zone)).replace(tzinfo=None) != wall:
        raise InvalidInput((Problem(field, "skipped"),))
    return instant


def next_morning(at: datetime, zone: str, *, weekday: int | None = None) -> datetime:
    """Return nine o'clock of the next day, or of the next such weekday, in a zone."""
    day = at.astimezone(ZoneInfo(zone)).date() + timedelta(days=1)
    while weekday is not None and day.weekday() != weekday:
        day += timedelta(days=1)
    return datetime.combine(day, MORNING, tzinfo=ZoneInfo(zone)).astimezone(UTC)


def place_of(zone: str) -> str:
    """Return ``Denver``."""
    return zone.rpartition("/")[2].replace("_", " ")


def both_clocks(instant: datetime, theirs: str, ours: str) -> str:
    """Return ``Nov 24, 9:00 am in Denver (11:00 am here)``."""
    there = f"{instant.astimezone(ZoneInfo(theirs)):%A} {day_and_time(instant, theirs)}"
    if instant.astimezone(ZoneInfo(theirs)).utcoffset() == (
        instant.astimezone(ZoneInfo(ours)).utcoffset()
    ):
        return f"{there}, the same time here"
    same_day = (
        instant.astimezone(ZoneInfo(theirs)).date() == instant.astimezone(ZoneInfo(ours)).date()
    )
    here = clock_time(instant, ours) if same_day else day_and_time(instant, ours)
    return f"{there} in {place_of(theirs)} ({here} here)"


def wall_value(instant: datetime, zone: str) -> str:
    """Return an instant as a field of days and times holds it."""
    return f"{instant.astimezone(ZoneInfo(zone)):%Y-%m-%dT%H:%M}"
