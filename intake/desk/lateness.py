"""Says once that we are late, with a new promise that our own record lets us keep.

When the promised time has passed and nobody has reached the person, they are told so, with a new
time. The first promise stays what is measured: late counts as late, on the ladder, in the work
list and in the numbers; the new one stands beside it. It is made once. Should it pass as well, the
private page says that too and promises nothing more.

What waits in quarantine is not written to: that would be our mail to an address a robot typed.

Source: PRODUCT.md 2 (3) and 3; content/microcopy.md 9, late.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from intake.audit import trail
from intake.audit.models import SYSTEM
from intake.desk.numbers.answer_times import AnswerTimes
from intake.desk.office import Case, Office
from intake.desk.writing import tell_person
from intake.inquiries.models import Inquiry, Status
from intake.inquiries.news import LATE
from intake.inquiries.references import inquiry_named

PROMISED_AGAIN = "inquiry.promised_again"
OWED_IN = (Status.NEW.value, Status.CONTACTING.value)
ROUND_MAX = 200


def overdue(session: Session, *, at: datetime) -> Sequence[str]:
    """Return the references of those whose promise has passed unkept; reads only."""
    owed = and_(
        Inquiry.closed_at.is_(None),
        Inquiry.status.in_(OWED_IN),
        Inquiry.first_responded_at.is_(None),
        Inquiry.new_promise_at.is_(None),
        Inquiry.first_response_due_at < at,
    )
    return session.scalars(
        select(Inquiry.reference)
        .where(owed)
        .order_by(Inquiry.first_response_due_at, Inquiry.id)
        .limit(ROUND_MAX)
    ).all()


def promise_again(
    session: Session, office: Office, reference: str, times: AnswerTimes | None, *, at: datetime
) -> bool:
    """Tell one person that we are late; ``False`` where another worker did, or it was answered."""
    inquiry = inquiry_named(session, reference, lock=True)
    is_owed = inquiry.status in OWED_IN and inquiry.first_responded_at is None
    if not is_owed or inquiry.new_promise_at is not None or inquiry.first_response_due_at >= at:
        return False
    inquiry.new_promise_at = new_promise(office, inquiry.received_at, times, at=at)
    session.flush()
    case = Case(session, office, inquiry, SYSTEM, at)
    detail = {"told": tell_person(case, LATE, inquiry.public_id)}
    trail.record(
        session, PROMISED_AGAIN, actor=SYSTEM, subject=inquiry.public_id, at=at, detail=detail
    )
    return True


def new_promise(
    office: Office, received_at: datetime, times: AnswerTimes | None, *, at: datetime
) -> datetime:
    """Return a time that we may promise in good faith: the later of two, within opening hours.

    As long again as we always promise, from now; and when nine of ten were answered in the last 30
    days. Where so many wait that nobody can say when that is, twice as long.

    Args:
        office: The clinic's hours and its promise.
        received_at: Of the inquiry.
        times: What ``numbers.answer_times`` says; None where too few were answered to say.
        at: Now.
    """
    days, hours = office.clinic.reply_business_days, office.hours
    if times is None:
        return hours.due_after(at, days)
    if times.nine_minutes is None:
        return hours.due_after(at, 2 * days)
    usual = hours.next_open(received_at + timedelta(minutes=times.nine_minutes))
    return max(hours.due_after(at, days), usual)
