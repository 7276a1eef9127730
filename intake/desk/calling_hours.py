"""When somebody may be called, where they live, and what part of the day it is there.

Both walls count: the person's for what is decent, the clinic's for who could call. Times are a
setting; 8 am to 8 pm is the stricter of the two rules we looked up. Both are for sales calls, and
we answer people who asked us to: keeping to them is our choice.

Source: 47 CFR 64.1200(c)(1) (no telephone solicitation before 8 am or after 9 pm, local time at the
called party's location); Florida Statutes 501.616(6)(a), as of chapter 2021-185 (no commercial
telephone solicitation before 8 am or after 8 pm in the called person's time zone).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from intake.clinic.hours import BusinessHours
from intake.desk.models import DayPart
from intake.settings import DeskSettings

PARTS = (
    (DayPart.MORNING, time(0), time(12)),
    (DayPart.AFTERNOON, time(12), time(17)),
    (DayPart.EVENING, time(17), time.max),
)
LOOKS_AHEAD_DAYS = 7


@dataclass(frozen=True, slots=True)
class Window:
    """A part of a day in which the person may be called."""

    opens_at: datetime
    closes_at: datetime
    local_on: str
    part: DayPart


def local_day(at: datetime, zone: str) -> str:
    """Return the date on the person's wall."""
    return at.astimezone(ZoneInfo(zone)).date().isoformat()


def day_part(at: datetime, zone: str) -> DayPart:
    """Return the part of the day where the person lives."""
    wall = at.astimezone(ZoneInfo(zone)).time()
    return next(part for part, start, end in reversed(PARTS) if wall >= start)


def may_call(at: datetime, zone: str, rules: DeskSettings) -> bool:
    """Say whether it is a decent hour there; the closing minute itself is too late."""
    wall = at.astimezone(ZoneInfo(zone)).time()
    return time.fromisoformat(rules.call_from) <= wall < time.fromisoformat(rules.call_until)


@lru_cache(maxsize=64)
def windows(
    at: datetime, zone: str, rules: DeskSettings, hours: BusinessHours
) -> tuple[Window, ...]:
    """Return the windows from now on, those first in which the clinic is open, a week ahead.

    Kept for the moment: a work list asks for the same few zones on each of its lines.
    """
    found = [(window, _staffed(window, hours)) for window in _windows(at, zone, rules)]
    staffed = [cut for _, cut in found if cut is not None]
    return (*staffed, *(window for window, cut in found if cut is None))


def _windows(at: datetime, zone: str, rules: DeskSettings) -> Iterator[Window]:
    first = at.astimezone(ZoneInfo(zone)).date()
    begins, ends = time.fromisoformat(rules.call_from), time.fromisoformat(rules.call_until)
    for ahead in range(LOOKS_AHEAD_DAYS):
        day = first + timedelta(days=ahead)
        for part, start, end in PARTS:
            opens, closes = max(start, begins), min(end, ends)
            if opens >= closes:
                continue
            opens_at, closes_at = _instant(day, opens, zone), _instant(day, closes, zone)
            if closes_at > at:
                yield Window(max(opens_at, at), closes_at, day.isoformat(), part)


def _staffed(window: Window, hours: BusinessHours) -> Window | None:
    """Return the part of a window in which somebody is at work, if there is one."""
    opens_at = hours.next_open(window.opens_at)
    if opens_at >= window.closes_at:
        return None
    return Window(opens_at, window.closes_at, window.local_on, window.part)


def _instant(day: date, wall: time, zone: str) -> datetime:
    return datetime.combine(day, wall, tzinfo=ZoneInfo(zone)).astimezone(UTC)
