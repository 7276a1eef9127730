"""What a closure moves besides promises and clocks: our next step, and the promise of the late.

A step is ours alone: the list is put right and nothing is noted, nor put back when we open early.
The new promise of somebody whom we told that we are late moves as the first one does, with an event
on the inquiry; it is not put back either, as we would break it for nothing. What is booked is
agreed with a person and never moved.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from intake.audit import trail
from intake.audit.models import SYSTEM
from intake.clinic.hours import BusinessHours
from intake.desk import clocks
from intake.desk.models import Appointment, Clock
from intake.desk.office import Case
from intake.inquiries.models import Inquiry, Status
from intake.inquiries.promise import is_unanswered
from intake.storage.types import to_millis

NEW_PROMISE = "new_promise"
Shut = Sequence[tuple[datetime, datetime]]  # from when a closure began until we open again
Dates = InstrumentedAttribute[datetime] | InstrumentedAttribute[datetime | None]
STEPS_IN = (Status.CONTACTING.value, Status.IN_DISCUSSION.value)


def within(due_at: Dates, shut: Shut) -> ColumnElement[bool]:
    """Say which instants fall into a closure."""
    return or_(*(and_(due_at > starts, due_at <= opens) for starts, opens in shut))


def to_move_besides(
    session: Session, hours: BusinessHours, shut: Shut, *, at: datetime
) -> Iterator[str]:
    """Give the references of inquiries whose step or new promise falls into a closure."""
    booked = select(Appointment.id).where(
        Appointment.inquiry_id == Inquiry.id, Appointment.ended_at.is_(None)
    )
    owed = select(Clock.id).where(
        Clock.inquiry_id == Inquiry.id, Clock.stopped_at.is_(None), Clock.paused_since.is_(None)
    )
    steps = session.execute(
        select(Inquiry.reference, Inquiry.due_at, Inquiry.received_at).where(
            Inquiry.closed_at.is_(None),
            Inquiry.status.in_(STEPS_IN),
            within(Inquiry.due_at, shut),
            ~booked.exists(),
            ~owed.exists(),
        )
    )
    late = session.execute(
        select(Inquiry.reference, Inquiry.new_promise_at, Inquiry.first_response_due_at).where(
            is_unanswered(), Inquiry.new_promise_at > at, within(Inquiry.new_promise_at, shut)
        )
    )
    for reference, due_at, made_at in (*steps, *late):
        if due_at is not None and hours.kept_after_closures(due_at, made_at) != due_at:
            yield reference


def keep_step(case: Case) -> None:
    """Move the follow-up out of a closure; other steps are worked out anew by ``settle``."""
    if clocks.is_followed_up(case):
        one = case.inquiry
        one.due_at = case.office.hours.kept_after_closures(one.due_at, one.received_at)


def keep_new_promise(case: Case) -> bool:
    """Move the new promise out of a closure, where it is still ahead; say whether it was."""
    one = case.inquiry
    promised = one.new_promise_at
    if promised is None or promised <= case.at or one.first_responded_at is not None:
        return False
    due_at = case.office.hours.kept_after_closures(promised, one.first_response_due_at)
    if due_at == promised:
        return False
    one.new_promise_at = due_at
    trail.record(
        case.session,
        "inquiry.promise_moved",
        actor=SYSTEM,
        subject=one.public_id,
        at=case.at,
        detail={
            "clock": NEW_PROMISE,
            "was_due_at": to_millis(promised),
            "due_at": to_millis(due_at),
        },
    )
    return True
