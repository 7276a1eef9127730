"""Putting an inquiry aside until a time, when it comes back by itself; clocks run on meanwhile."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from intake.audit.models import SYSTEM
from intake.desk import acts
from intake.desk.done import Done, done
from intake.desk.lifecycle import Verb
from intake.desk.office import By, Office
from intake.desk.refusals import refuse
from intake.inquiries.models import Inquiry
from intake.inquiries.references import inquiry_named

SNOOZE_MAX_DAYS = 90


def snooze(
    session: Session,
    office: Office,
    reference: str,
    version: int,
    *,
    until: datetime,
    by: By,
    at: datetime,
) -> Done:
    """Hide an inquiry from the work list until a time.

    Raises:
        InvalidInput: ``until`` is ``past`` or ``far`` (90 days).
    """
    case = acts.begin(session, office, reference, version, verb=Verb.SNOOZE, by=by, at=at)
    acts.leaving_status(case, Verb.SNOOZE)
    if until <= at:
        raise refuse("until", "past")
    if until > at + timedelta(days=SNOOZE_MAX_DAYS):
        raise refuse("until", "far")
    move = acts.write(case, Verb.SNOOZE)
    case.inquiry.snoozed_until = until
    session.flush()
    return done(case, move)


def wake(
    session: Session,
    office: Office,
    reference: str,
    version: int | None,
    *,
    by: By = SYSTEM,
    at: datetime,
) -> Done:
    """Bring a snoozed inquiry back now; harmless to repeat."""
    case = acts.begin(session, office, reference, version, verb=Verb.WAKE, by=by, at=at)
    acts.leaving_status(case, Verb.WAKE)
    if case.inquiry.snoozed_until is None:
        return done(case, None)
    move = acts.write(case, Verb.WAKE)
    case.inquiry.snoozed_until = None
    session.flush()
    return done(case, move)


def is_over(session: Session, reference: str, *, at: datetime) -> bool:
    """Whether an open inquiry's snooze has come to its end; holds the inquiry's row."""
    inquiry = inquiry_named(session, reference, lock=True)
    until = inquiry.snoozed_until
    return inquiry.closed_at is None and until is not None and until <= at


def to_wake(session: Session, *, at: datetime, limit: int = 200) -> Sequence[str]:
    """Return the references whose time has come; reads only."""
    return session.scalars(
        select(Inquiry.reference)
        .where(Inquiry.snoozed_until <= at, Inquiry.closed_at.is_(None))
        .order_by(Inquiry.snoozed_until)
        .limit(limit)
    ).all()
