"""Which inquiries still wait for a first answer, and until when.

The first-response clock runs until something reached the person (``first_responded_at``); a bounce
sets that back to NULL and so starts it again. It stands still while we wait for them, and once a
consultation is booked. An urgent inquiry is to be answered within two open hours, whatever was
promised; the person is told the promise only.

Source: PRODUCT.md 3; STEP 2, escalation.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, ColumnExpressionArgument, and_, select
from sqlalchemy.orm import Session

from intake.clinic.hours import BusinessHours
from intake.inquiries.models import Inquiry, Status
from intake.inquiries.promise_models import MovedPromise

CLOCK_RUNS = (
    Status.NEW,
    Status.QUARANTINED,
    Status.CONTACTING,
    Status.IN_DISCUSSION,
    Status.CLINICAL_REVIEW,
)


@dataclass(frozen=True, slots=True)
class Promised:
    """An inquiry that waits for its first answer."""

    id: int
    public_id: str
    reference: str
    received_at: datetime
    due_at: datetime  # for staff: sooner than the promise where it is urgent
    urgent: bool
    assignee_id: int | None
    new_promise_at: datetime | None  # what the person was told once we were late


def is_unanswered() -> ColumnElement[bool]:
    """Return the condition that a first answer is still owed."""
    return and_(
        Inquiry.closed_at.is_(None),
        Inquiry.first_responded_at.is_(None),
        Inquiry.status.in_([status.value for status in CLOCK_RUNS]),
    )


def unanswered(
    session: Session, hours: BusinessHours, *conditions: ColumnExpressionArgument[bool]
) -> tuple[Promised, ...]:
    """Return what still waits for a first answer and meets the conditions, by row id."""
    rows = session.execute(
        select(
            Inquiry.id,
            Inquiry.public_id,
            Inquiry.reference,
            Inquiry.received_at,
            Inquiry.first_response_due_at,
            Inquiry.urgent,
            Inquiry.assignee_id,
            Inquiry.new_promise_at,
        )
        .where(is_unanswered(), *conditions)
        .order_by(Inquiry.id)
    )
    return tuple(
        Promised(
            id=row.id,
            public_id=row.public_id,
            reference=row.reference,
            received_at=row.received_at,
            due_at=hours.answer_due(row.received_at, row.first_response_due_at, urgent=row.urgent),
            urgent=row.urgent,
            assignee_id=row.assignee_id,
            new_promise_at=row.new_promise_at,
        )
        for row in rows
    )


def still_unanswered(
    session: Session, hours: BusinessHours, ids: Sequence[int]
) -> Mapping[int, Promised]:
    """Return which of these inquiries still wait, by row id."""
    return {one.id: one for one in unanswered(session, hours, Inquiry.id.in_(ids))}


def first_promise(session: Session, inquiry_id: int, due_at: datetime) -> datetime | None:
    """Return what was promised before a closure moved the first answer, None where none did."""
    return session.scalar(
        select(MovedPromise.promised_at)
        .where(
            MovedPromise.inquiry_id == inquiry_id,
            MovedPromise.clock_id.is_(None),
            MovedPromise.ended_at.is_(None),
            MovedPromise.moved_to == due_at,
        )
        .limit(1)
    )
