"""The numbers of a span of days, read from the days' tallies: a page costs days, not inquiries."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from intake.desk.numbers.counting import Counting
from intake.desk.numbers.form_pages import visits_of
from intake.desk.numbers.keeping import add_opened
from intake.desk.numbers.models import NumberDay, NumberMark
from intake.desk.numbers.tally import Tally
from intake.desk.numbers.waiting import Waiting, waiting_now


@dataclass(frozen=True, slots=True)
class Numbers:
    """What came in from ``first`` to ``last``, both included, and who waits now.

    Attributes:
        first: A day of the clinic's calendar.
        last: Today there.
        received: By day; days on which nothing came in are missing.
        received_before: In as many days before ``first``.
        tally: All days added up. Pass it through ``breakdown``: it holds small groups.
        pages: How often each page of the form was reached, by language. Through ``chains``.
        waiting: Right now, whatever the span.
        counted_at: When a day of the span was last counted; None before the first time.
        to_count: How many days changed since.
    """

    first: date
    last: date
    received: Mapping[date, int]
    received_before: int
    tally: Tally
    pages: Mapping[str, Mapping[str, int]]
    waiting: Waiting
    counted_at: datetime | None
    to_count: int


def numbers_of(session: Session, counting: Counting, days: int, *, at: datetime) -> Numbers:
    """Return the numbers of the last ``days`` days, today included.

    Raises:
        SealBroken: A tally was changed, or the keys are others; a rebuild mends it.
    """
    last = counting.day_of(at)
    first = last - timedelta(days=days - 1)
    connection = session.connection()
    rows = connection.execute(
        select(
            NumberDay.day,
            NumberDay.received,
            NumberDay.tally,
            NumberDay.counted_at,
            NumberDay.marks,
            NumberDay.counted,
        ).where(NumberDay.day.between(first.isoformat(), last.isoformat()))
    ).all()
    tally = Tally()
    for row in rows:
        if row.tally is not None:
            add_opened(tally, counting, row.day, row.tally)
    return Numbers(
        first=first,
        last=last,
        received={date.fromisoformat(row.day): row.received for row in rows if row.received},
        received_before=_received(session, first - timedelta(days=days), first),
        tally=tally,
        pages=visits_of(session, first, last),
        waiting=waiting_now(session, counting.hours, at=at),
        counted_at=max((row.counted_at for row in rows if row.counted_at), default=None),
        to_count=sum(row.marks != row.counted for row in rows),
    )


def is_kept(session: Session) -> bool:
    """Whether a worker has ever looked at the days."""
    return session.scalar(select(func.count()).select_from(NumberMark)) != 0


def _received(session: Session, since: date, before: date) -> int:
    counted = select(func.sum(NumberDay.received)).where(
        NumberDay.day >= since.isoformat(), NumberDay.day < before.isoformat()
    )
    return int(session.scalar(counted) or 0)
