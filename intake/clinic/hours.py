"""Business time: when the clinic is open, and what "within one business day" means.

Promises are made in business time and kept by the clock on the wall of the clinic, so everything
here goes through the clinic's zone: a day has 23 or 25 hours when clocks change, a holiday has
none. Instants come in and go out aware; nothing here reads a clock. A closure ("closed from ..
until ..", ``clinic/closures``) takes its time away from the days it falls on, to the minute.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import Literal
from zoneinfo import ZoneInfo

import holidays

from intake.errors import Misconfigured
from intake.settings import DAYS, ClinicSettings

# A clinic that is shut for longer than this has hours that were typed wrong.
LONGEST_CLOSURE_DAYS = 400
NEVER_OPEN = (
    f"clinic.hours: the clinic is closed for more than {LONGEST_CLOSURE_DAYS} days in a row;"
    " check clinic.hours and clinic.closed_on"
)
MIDNIGHT = time(0)
ONE_DAY = timedelta(days=1)
URGENT_ANSWER = timedelta(hours=2)  # business time; the answer somebody urgent waits for

Span = tuple[time, time]  # wall times; an end at midnight means the end of that day
Stretch = tuple[datetime, datetime]  # from an instant until another, which is not in it


@dataclass(frozen=True, slots=True)
class BusinessHours:
    """The clinic's week, its closed days, closures and zone; build with :func:`business_hours`."""

    zone: ZoneInfo
    week: tuple[tuple[Span, ...], ...]  # Monday first
    closed_on: frozenset[date]
    holiday_country: str | None
    holiday_state: str
    closures: tuple[Stretch, ...] = ()  # in order, none touching another

    def is_open(self, instant: datetime) -> bool:
        """Whether the clinic is open at ``instant``; the closing minute itself is closed."""
        return any(start <= instant < end for start, end in self._open_on(self._day_of(instant)))

    def next_open(self, instant: datetime) -> datetime:
        """Return ``instant`` when the clinic is open, else the moment it opens next."""
        start, _ = next(self._open_from(instant))
        return start

    def add_business_time(self, start: datetime, time_open: timedelta) -> datetime:
        """Return the moment when the clinic has been open for ``time_open`` since ``start``.

        Hours are real hours: a span that a clock change falls into is an hour shorter or longer.
        A negative or zero time gives the next open moment.
        """
        left = time_open
        for opens, closes in self._open_from(start):
            if left <= closes - opens:
                return opens + max(left, timedelta())
            left -= closes - opens
        raise AssertionError  # the iterator above never ends; it raises Misconfigured

    def business_time_between(self, start: datetime, end: datetime) -> timedelta:
        """Return how long the clinic was open from ``start`` to ``end``; zero when reversed."""
        total = timedelta()
        if end <= start:
            return total
        day, last = self._day_of(start), self._day_of(end)
        while day <= last:
            for opens, closes in self._open_on(day):
                total += max(timedelta(), min(closes, end) - max(opens, start))
            day += ONE_DAY
        return total

    def due_after(self, received: datetime, business_days: int) -> datetime:
        """Return the promised time, ``business_days`` after ``received``.

        The rule: what arrives while the clinic is open is due at the same wall time on the n-th
        open day after; what arrives while it is closed counts as arriving when it opens next. If
        that day is closed at that wall time, it is due at the closing before it, or at the opening
        where nothing closes before it. So a Friday 4 pm request is due Monday 4 pm, a Saturday one
        Tuesday at opening, and a promise never falls into the night.
        """
        counted_from = self.next_open(received).astimezone(self.zone)
        day = counted_from.date()
        for _ in range(business_days):
            day = self._next_open_day(day)
        wanted = self._instant(day, counted_from.time())
        return self._into_open_hours(wanted, self._open_on(day))

    def answer_due(self, received: datetime, promised: datetime, *, urgent: bool) -> datetime:
        """Return when staff must have answered: by the promise, an urgent one in 2 open hours."""
        if not urgent:
            return promised
        return min(promised, self.add_business_time(received, URGENT_ANSWER))

    def kept_after_closures(self, promised: datetime, made_at: datetime) -> datetime:
        """Return when something is due that was promised for a time at which we are closed.

        The time that was left when the closure began is left when we open again: closed on Tuesday,
        what was promised for Tuesday 4 pm is due on Wednesday 4 pm. A promise for the very moment
        of reopening stands only if we were open at all since ``made_at``: what came overnight, to
        be answered within a day, has lost that day. All others stay as they are.
        """
        for starts, ends in self.closures:
            opens = self.next_open(ends)
            if not starts < promised <= opens:
                continue
            if promised == opens and self.business_time_between(made_at, promised):
                continue
            left = replace(self, closures=()).business_time_between(starts, promised)
            promised = self.add_business_time(ends, left)
        return promised

    @staticmethod
    def _into_open_hours(
        wanted: datetime, spans: tuple[tuple[datetime, datetime], ...]
    ) -> datetime:
        if any(start <= wanted <= end for start, end in spans):
            return wanted
        return max((end for _, end in spans if end <= wanted), default=spans[0][0])

    def _next_open_day(self, day: date) -> date:
        for ahead in range(1, LONGEST_CLOSURE_DAYS):
            if self._open_on(day + ahead * ONE_DAY):
                return day + ahead * ONE_DAY
        raise _never_open()

    def _open_from(self, instant: datetime) -> Iterator[tuple[datetime, datetime]]:
        """Give open spans in order, the first cut to begin at ``instant`` at the earliest."""
        day = self._day_of(instant)
        while True:
            for start, end in self._open_on(day):
                if end > instant:
                    yield max(start, instant), end
            day = self._next_open_day(day)

    def _open_on(self, day: date) -> tuple[tuple[datetime, datetime], ...]:
        """Return the open spans of a day of the clinic's calendar as UTC instants."""
        if self._is_closed(day):
            return ()
        spans = tuple(
            (self._instant(day, start), self._closing(day, end))
            for start, end in self.week[day.weekday()]
        )
        return tuple(_outside(spans, self.closures)) if self.closures else spans

    def _closing(self, day: date, end: time) -> datetime:
        # Of a wall time that comes twice, closing means the second.
        on = day + ONE_DAY if end == MIDNIGHT else day
        return max(self._instant(on, end, fold=0), self._instant(on, end, fold=1))

    def _instant(self, day: date, wall: time, *, fold: Literal[0, 1] = 0) -> datetime:
        return datetime.combine(day, wall.replace(fold=fold), tzinfo=self.zone).astimezone(UTC)

    def _day_of(self, instant: datetime) -> date:
        return instant.astimezone(self.zone).date()

    def _is_closed(self, day: date) -> bool:
        if day in self.closed_on or not self.week[day.weekday()]:
            return True
        if self.holiday_country is None:
            return False
        return day in public_holidays(self.holiday_country, self.holiday_state, day.year)


def business_hours(clinic: ClinicSettings, closures: Iterable[Stretch] = ()) -> BusinessHours:
    """Return the business hours that the settings describe, without the time of the closures."""
    return BusinessHours(
        zone=ZoneInfo(clinic.zone),
        week=tuple(tuple(_spans(clinic.hours.get(day, []))) for day in DAYS),
        closed_on=frozenset(clinic.closed_on),
        holiday_country=clinic.country if clinic.holidays else None,
        holiday_state=clinic.state,
        closures=tuple(joined_stretches(closures)),
    )


def joined_stretches(stretches: Iterable[Stretch]) -> Iterator[Stretch]:
    """Give the stretches in order, those that touch or overlap as one, and none that is empty."""
    begun: Stretch | None = None
    for starts, ends in sorted(stretches):
        if starts >= ends:
            continue
        if begun is None or starts > begun[1]:
            if begun is not None:
                yield begun
            begun = (starts, ends)
        else:
            begun = (begun[0], max(begun[1], ends))
    if begun is not None:
        yield begun


def _outside(spans: Iterable[Stretch], closures: Iterable[Stretch]) -> Iterator[Stretch]:
    """Give what is left of open spans beside the closures, which are in order."""
    for span in spans:
        start, end = span
        for shut, opens in closures:
            if opens <= start or shut >= end:
                continue
            if shut > start:
                yield start, shut
            start = opens
        if start < end:
            yield start, end


def _spans(written: list[str]) -> Iterator[Span]:
    """Give the spans of a day in order, those that touch or overlap joined."""
    start = end = ""
    for span in sorted(written):
        opens, _, closes = span.partition("-")
        if start and opens <= end:
            end = max(end, closes)
            continue
        if start:
            yield _wall(start), _wall(end)
        start, end = opens, closes
    if start:
        yield _wall(start), _wall(end)


def _wall(written: str) -> time:
    return MIDNIGHT if written == "24:00" else time.fromisoformat(written)


@cache
def public_holidays(country: str, state: str, year: int) -> frozenset[date]:
    """Return the public holidays of a year, with the days they are observed on.

    A state the library does not know falls back to its country, an unknown country to none:
    a wrong guess here would move promises, so an operator can list days in ``closed_on``.

    Source: the ``holidays`` package.
    """
    for subdivision in (state or None, None):
        try:
            found = holidays.country_holidays(country, subdiv=subdivision, years=year)
        except NotImplementedError:
            continue
        return frozenset(day for day in found if day.year == year)
    return frozenset()


def _never_open() -> Misconfigured:
    return Misconfigured((NEVER_OPEN,))
