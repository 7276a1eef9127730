"""How soon people heard from us in the last 30 days, as they are told before they write.

Their own time, by the wall: nights and weekends count, because they waited through them. Everybody
who got a first answer in these days counts, and so does who still waits: from how long they have
waited so far (the product-limit estimate), or a clinic that answers the easy half at once would
look quick. Rounded up to whole hours or days, so that the figure flatters nobody.

Not counted: spam, tests, made-up inquiries, what is in quarantine, and callers, who were talking
with us already. Under ten answers nothing is told.

Source: PRODUCT.md 11.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil

from sqlalchemy import ColumnElement, and_, delete, or_, select
from sqlalchemy.orm import Session

from intake.desk.numbers.endings import NEVER_COUNTED
from intake.desk.numbers.models import AnswerTime
from intake.inquiries.models import Inquiry, Outcome, Status
from intake.inquiries.promise import is_unanswered
from intake.storage.database import Database
from intake.storage.upsert import insert_into

DAYS = 30
ANSWERS_MIN = 10
HALF, NINE_OF_TEN = 0.5, 0.9
HOUR_MINUTES, DAY_MINUTES = 60, 1440
# Written anew once a day, and believed for two: without a worker "the last 30 days" would be old.
WRITTEN_EVERY = timedelta(days=1)
BELIEVED_FOR = timedelta(days=2)
CALLED = "phone"
JOINED = (*NEVER_COUNTED, Outcome.DUPLICATE.value)


@dataclass(frozen=True, slots=True)
class AnswerTimes:
    """Within how many minutes half, and nine of ten, heard from us.

    None where so many still wait that it cannot be said; both None: more than half do.
    """

    half_minutes: int | None
    nine_minutes: int | None


def heard_within(
    answered: Sequence[timedelta], still_waiting: Sequence[timedelta], share: float
) -> timedelta | None:
    """Return within which time ``share`` of the people heard; None if too many still wait.

    Args:
        answered: How long each answer took.
        still_waiting: How long the others have waited so far.
        share: 0 to 1.
    """
    left, silent = len(answered) + len(still_waiting), 1.0
    for time, is_answer in sorted(
        [(one, True) for one in answered] + [(one, False) for one in still_waiting],
        key=lambda one: (one[0], not one[1]),  # who waited as long as an answer took, still waited
    ):
        if is_answer:
            silent *= 1 - 1 / left
            if silent <= 1 - share + 1e-9:
                return time
        left -= 1
    return None


def rounded_up(time: timedelta | None) -> int | None:
    """Return whole hours up to a day, whole days beyond it, in minutes."""
    if time is None:
        return None
    minutes = time / timedelta(minutes=1)
    unit = HOUR_MINUTES if minutes <= DAY_MINUTES else DAY_MINUTES
    return max(1, ceil(minutes / unit)) * unit


def count_answer_times(session: Session, *, at: datetime) -> AnswerTimes | None:
    """Count the last 30 days; None under ten answers. Reads only."""
    since, connection = at - timedelta(days=DAYS), session.connection()
    answered = [
        row.first_responded_at - row.received_at
        for row in connection.execute(
            select(Inquiry.received_at, Inquiry.first_responded_at).where(
                Inquiry.first_responded_at > since, Inquiry.first_responded_at <= at, _counts()
            )
        )
    ]
    if len(answered) < ANSWERS_MIN:
        return None
    unanswered = [
        (row.closed_at or at) - row.received_at
        for silent in (is_unanswered(), _ended_unheard(since))  # an index for each, no OR of both
        for row in connection.execute(
            select(Inquiry.received_at, Inquiry.closed_at).where(silent, _counts())
        )
    ]
    half, nine = (heard_within(answered, unanswered, share) for share in (HALF, NINE_OF_TEN))
    return AnswerTimes(rounded_up(half), rounded_up(nine))


def keep_answer_times(database: Database, *, at: datetime) -> bool:
    """Count anew, and write where it changed or is a day old; return whether it was written."""
    with database.read() as session:
        found = count_answer_times(session, at=at)
        row = session.get(AnswerTime, DAYS)
        before = None if row is None else AnswerTimes(row.half_minutes, row.nine_minutes)
        is_old = row is not None and abs(at - row.counted_at) >= WRITTEN_EVERY
    if found == before and not is_old:
        return False
    with database.write() as session:
        _write(session, found, at)
    return True


def answer_times(session: Session, *, at: datetime) -> AnswerTimes | None:
    """Return what the worker counted last; None where it is too old to be "the last 30 days"."""
    row = session.get(AnswerTime, DAYS)
    if row is None or abs(at - row.counted_at) > BELIEVED_FOR:
        return None
    return AnswerTimes(row.half_minutes, row.nine_minutes)


def _counts() -> ColumnElement[bool]:
    """Return the condition of what is counted at all."""
    return and_(
        Inquiry.status != Status.QUARANTINED.value,
        Inquiry.source != CALLED,
        or_(Inquiry.outcome.is_(None), Inquiry.outcome.not_in(NEVER_COUNTED)),
    )


def _ended_unheard(since: datetime) -> ColumnElement[bool]:
    """Return the condition of who came in these days and ended before they heard from us."""
    return and_(
        Inquiry.status == Status.CLOSED.value,
        Inquiry.received_at > since,
        Inquiry.first_responded_at.is_(None),
        Inquiry.outcome.not_in(JOINED),
    )


def _write(session: Session, found: AnswerTimes | None, at: datetime) -> None:
    if found is None:
        session.execute(delete(AnswerTime).where(AnswerTime.days == DAYS))
        return
    values = {
        "half_minutes": found.half_minutes,
        "nine_minutes": found.nine_minutes,
        "counted_at": at,
    }
    statement = insert_into(session.get_bind().dialect.name, AnswerTime)
    session.connection().execute(
        statement.on_conflict_do_update(index_elements=["days"], set_=values),
        {"days": DAYS, **values},
    )
