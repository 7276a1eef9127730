"""While we wait for a person: a reminder on day 3 and on day 7, and an end on day 30.

Each reminder is written once, whichever worker looks; after a long stop of the worker one reminder
makes up for those that were missed. Whoever gets no mail from us is called instead: the inquiry
comes up in the list, and its next action says so (``next_action``).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from intake.audit import trail
from intake.audit.models import SYSTEM
from intake.desk.models import InformationRequest
from intake.desk.office import Case, Office
from intake.desk.writing import tell_person
from intake.inquiries.models import Inquiry, Status
from intake.inquiries.news import REMINDED
from intake.inquiries.references import inquiry_named

REMINDER_DAYS = (3, 7)
TO_BE_CALLED = "inquiry.reminder_by_phone"
ROUND_MAX = 200


@dataclass(frozen=True, slots=True)
class Reminder:
    """A reminder that is due; ``number`` counts from 1."""

    request_id: int
    public_id: str
    reference: str
    sent: int
    number: int


def over(session: Session, *, at: datetime) -> Sequence[str]:
    """Return the references of those we have waited for long enough; reads only."""
    return session.scalars(
        select(Inquiry.reference)
        .join(InformationRequest, InformationRequest.inquiry_id == Inquiry.id)
        .where(
            InformationRequest.ended_at.is_(None),
            InformationRequest.ends_at <= at,
            Inquiry.status == Status.WAITING_ON_PATIENT.value,
        )
        .order_by(InformationRequest.ends_at)
        .limit(ROUND_MAX)
    ).all()


def is_over(session: Session, reference: str, *, at: datetime) -> bool:
    """Whether we still wait and have waited long enough; holds the inquiry's row."""
    inquiry = inquiry_named(session, reference, lock=True)
    ends_at = session.scalar(
        select(InformationRequest.ends_at).where(
            InformationRequest.inquiry_id == inquiry.id, InformationRequest.ended_at.is_(None)
        )
    )
    waits = inquiry.status == Status.WAITING_ON_PATIENT.value
    return waits and ends_at is not None and ends_at <= at


def due_reminders(session: Session, *, at: datetime) -> Sequence[Reminder]:
    """Return the reminders whose day has come; reads only."""
    asked = InformationRequest.asked_at
    rows = session.execute(
        select(InformationRequest, Inquiry.reference)
        .join(Inquiry, Inquiry.id == InformationRequest.inquiry_id)
        .where(
            InformationRequest.ended_at.is_(None),
            InformationRequest.ends_at > at,
            Inquiry.status == Status.WAITING_ON_PATIENT.value,
            or_(
                *(
                    (InformationRequest.reminders < number) & (asked <= at - timedelta(days=days))
                    for number, days in enumerate(REMINDER_DAYS, start=1)
                )
            ),
        )
        .order_by(InformationRequest.id)
        .limit(ROUND_MAX)
    )
    return [
        Reminder(row.id, row.public_id, reference, row.reminders, _number(row.asked_at, at))
        for row, reference in rows
    ]


def _number(asked_at: datetime, at: datetime) -> int:
    return sum(at >= asked_at + timedelta(days=days) for days in REMINDER_DAYS)


def remind(session: Session, office: Office, reminder: Reminder, *, at: datetime) -> bool:
    """Write a reminder, unless another worker was faster or the answer came."""
    inquiry = inquiry_named(session, reminder.reference, lock=True)
    taken = session.execute(
        update(InformationRequest)
        .where(
            InformationRequest.id == reminder.request_id,
            InformationRequest.reminders == reminder.sent,
            InformationRequest.ended_at.is_(None),
        )
        .values(reminders=reminder.number)
        .returning(InformationRequest.id)
    ).first()
    if taken is None or inquiry.status != Status.WAITING_ON_PATIENT.value:
        return False
    case = Case(session, office, inquiry, SYSTEM, at)
    told = tell_person(case, REMINDED, f"{reminder.public_id}:{reminder.number}")
    if not told:
        inquiry.due_at = min(inquiry.due_at, office.hours.next_open(at))
        session.flush()
    trail.record(
        session,
        REMINDED if told else TO_BE_CALLED,
        actor=SYSTEM,
        subject=inquiry.public_id,
        at=at,
        detail={"number": reminder.number},
    )
    return True


def last_reminded(asked_at: datetime, reminders: int) -> datetime | None:
    """Return the day of the last reminder that was due, None before the first."""
    if not reminders:
        return None
    return asked_at + timedelta(days=REMINDER_DAYS[min(reminders, len(REMINDER_DAYS)) - 1])
