"""Who waits for a first answer right now, by how long in business time.

Asked live, as it is a handful of open rows; staff see each of them in the work list anyway, so
small counts are told here.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from intake.clinic.hours import LONGEST_CLOSURE_DAYS, BusinessHours
from intake.inquiries.models import Inquiry, Status
from intake.inquiries.promise import CLOCK_RUNS, is_unanswered

AGE_HOURS = (4, 8, 24)
# A list, not "all but quarantine": so an index finds them, and quarantine is never fetched.
IN_THE_QUEUE = [one.value for one in CLOCK_RUNS if one is not Status.QUARANTINED]
PRECISION = timedelta(seconds=1)
STRIDE = timedelta(days=3)


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many wait, under each age and above the last; ``oldest`` is in business time."""

    by_age: tuple[int, ...]
    oldest: timedelta | None

    @property
    def total(self) -> int:
        """All who wait."""
        return sum(self.by_age)


def waiting_now(session: Session, hours: BusinessHours, *, at: datetime) -> Waiting:
    """Count who waits for a first answer, by age; those in quarantine are not in the queue yet."""
    cuts = [latest_of_age(hours, timedelta(hours=age), at) for age in AGE_HOURS]
    older = [func.sum(case((Inquiry.received_at <= cut, 1), else_=0)) for cut in cuts]
    total, oldest_at, *counts = session.execute(
        select(func.count(), func.min(Inquiry.received_at), *older).where(
            is_unanswered(), Inquiry.status.in_(IN_THE_QUEUE)
        )
    ).one()
    at_least = [total, *(int(count or 0) for count in counts), 0]
    return Waiting(
        tuple(more - fewer for more, fewer in pairwise(at_least)),
        None if oldest_at is None else hours.business_time_between(oldest_at, at),
    )


def latest_of_age(hours: BusinessHours, age: timedelta, at: datetime) -> datetime:
    """Return the latest moment since which the clinic was open for ``age``, to a second."""
    old, young = at - age, at
    for _ in range(LONGEST_CLOSURE_DAYS):
        if hours.business_time_between(old, at) >= age:
            break
        old, young = old - STRIDE, old
    while young - old > PRECISION:
        between = old + (young - old) / 2
        if hours.business_time_between(between, at) >= age:
            old = between
        else:
            young = between
    return old
