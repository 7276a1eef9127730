"""The clocks of an inquiry: started once, paused only while we wait for the person, never reset.

The first response and two-way contact stand in the inquiry's own columns (the submission writes
them, a bounce runs them again: ``inquiries/returned_mail``); a clinician's answer and our reply to
the person are rows. A pause moves the due time by the business time it lasted, so that nobody loses
an hour to a night. ``due_at``, what the work list sorts by, is the nearest thing that is owed.

Source: PRODUCT.md 3 and 52.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from intake.desk.models import (
    Appointment,
    AppointmentKind,
    Clock,
    ClockKind,
    ContactAttempt,
    InformationRequest,
)
from intake.desk.office import Case, Office
from intake.inquiries.models import Inquiry, Status

KEPT = "kept"
CLOSED = "closed"
MILLISECOND = timedelta(milliseconds=1)
ANSWER_OWED_IN = frozenset({Status.NEW, Status.QUARANTINED, Status.CONTACTING})


@dataclass(frozen=True, slots=True)
class Reading:
    """One clock as a page shows it; it runs where it is neither stopped nor paused."""

    kind: ClockKind
    started_at: datetime
    due_at: datetime
    stopped_at: datetime | None
    paused_since: datetime | None
    paused_ms: int = 0

    @property
    def runs(self) -> bool:
        """Whether time is being counted."""
        return self.stopped_at is None and self.paused_since is None


def start(case: Case, kind: ClockKind, business_days: int) -> None:
    """Start a clock from now; one that runs already goes on as it is."""
    if _running(case, kind) is None:
        case.session.add(
            Clock(
                inquiry_id=case.inquiry.id,
                kind=kind.value,
                started_at=case.at,
                due_at=case.office.hours.due_after(case.at, business_days),
                paused_ms=0,
            )
        )
        case.session.flush()


def stop(case: Case, kind: ClockKind, how: str = KEPT) -> None:
    """Stop a clock, where one runs."""
    clock = _running(case, kind)
    if clock is not None:
        clock.stopped_at, clock.stopped_how = case.at, how


def stop_all(case: Case) -> None:
    """Stop everything: the inquiry is closed."""
    for kind in (ClockKind.CLINICIAN_ANSWER, ClockKind.REPLY):
        stop(case, kind, CLOSED)


def pause_all(case: Case) -> None:
    """Let the clocks stand still: we wait for the person now."""
    for clock in _all_running(case):
        clock.paused_since = clock.paused_since or case.at


def resume_all(case: Case) -> None:
    """Let the clocks go on, each later by the business time that the pause took."""
    hours = case.office.hours
    for clock in _all_running(case):
        if clock.paused_since is None:
            continue
        waited = hours.business_time_between(clock.paused_since, case.at)
        if waited:
            clock.due_at = hours.add_business_time(clock.due_at, waited)
        clock.paused_ms += waited // MILLISECOND
        clock.paused_since = None


def note_contact(case: Case, at: datetime, *, two_way: bool) -> None:
    """Stop the first response: something reached the person; two-way contact if they answered."""
    if case.inquiry.first_responded_at is None:
        case.inquiry.first_responded_at = at
    if two_way and case.inquiry.contact_made_at is None:
        case.inquiry.contact_made_at = at


def settle(case: Case) -> None:
    """Set what the work list sorts by; call it last, after everything an act changed."""
    case.session.flush()
    if case.status not in {Status.CLOSED, Status.ERASED}:
        case.inquiry.due_at = _due(case)
        case.session.flush()


def _due(case: Case) -> datetime:
    """Return when the nearest thing is owed: a promise, a running clock, or the next step."""
    owed = [clock.due_at for clock in _all_running(case) if clock.paused_since is None]
    one = case.inquiry
    if one.first_responded_at is None and case.status in ANSWER_OWED_IN:
        owed.append(
            case.office.hours.answer_due(
                one.received_at, one.first_response_due_at, urgent=one.urgent
            )
        )
    step = _next_step(case, anything_owed=bool(owed))
    return min([*owed, *([step] if step else [])], default=one.due_at)


def _next_step(case: Case, *, anything_owed: bool) -> datetime | None:
    booked = _booked(case)
    rules, hours = case.office.rules, case.office.hours
    if case.status is Status.SCHEDULED or booked is not None:
        return booked
    if case.status is Status.WAITING_ON_PATIENT:
        return _waiting_ends(case)
    if case.status is Status.CONTACTING:
        last = _last_attempt(case) or case.at
        return hours.due_after(last, rules.next_attempt_business_days)
    if case.status is Status.IN_DISCUSSION and not anything_owed:
        return hours.due_after(case.at, rules.follow_up_business_days)
    return None


def is_followed_up(case: Case) -> bool:
    """Whether nothing is owed or booked, so that our own follow-up is what comes next."""
    if case.status is not Status.IN_DISCUSSION or _booked(case) is not None:
        return False
    return all(clock.paused_since is not None for clock in _all_running(case))


def _running(case: Case, kind: ClockKind) -> Clock | None:
    return next((clock for clock in _all_running(case) if clock.kind == kind.value), None)


def _all_running(case: Case) -> list[Clock]:
    found = case.session.scalars(
        select(Clock)
        .where(Clock.inquiry_id == case.inquiry.id, Clock.stopped_at.is_(None))
        .order_by(Clock.id)
        .execution_options(populate_existing=True)
    )
    return list(found)


def _booked(case: Case) -> datetime | None:
    callback = Appointment.kind == AppointmentKind.CALLBACK.value
    kind = ~callback if case.status is Status.SCHEDULED else callback
    return case.session.scalar(
        select(Appointment.starts_at)
        .where(Appointment.inquiry_id == case.inquiry.id, Appointment.ended_at.is_(None), kind)
        .order_by(Appointment.starts_at)
        .limit(1)
    )


def _waiting_ends(case: Case) -> datetime | None:
    return case.session.scalar(
        select(InformationRequest.ends_at)
        .where(
            InformationRequest.inquiry_id == case.inquiry.id, InformationRequest.ended_at.is_(None)
        )
        .order_by(InformationRequest.id.desc())
        .limit(1)
    )


def _last_attempt(case: Case) -> datetime | None:
    return case.session.scalar(
        select(ContactAttempt.at)
        .where(ContactAttempt.inquiry_id == case.inquiry.id, ContactAttempt.voided_at.is_(None))
        .order_by(ContactAttempt.at.desc())
        .limit(1)
    )


def clocks_of(session: Session, office: Office, inquiry: Inquiry) -> tuple[Reading, ...]:
    """Return every clock of an inquiry: the two of its columns first, then the rows as started."""
    ends = inquiry.closed_at
    contact_due = office.hours.due_after(inquiry.received_at, office.rules.contact_business_days)
    first = Reading(
        ClockKind.FIRST_RESPONSE,
        inquiry.received_at,
        office.hours.answer_due(
            inquiry.received_at, inquiry.first_response_due_at, urgent=inquiry.urgent
        ),
        inquiry.first_responded_at or ends,
        None,
    )
    contact = Reading(
        ClockKind.CONTACT_MADE,
        inquiry.received_at,
        contact_due,
        inquiry.contact_made_at or ends,
        None,
    )
    rows = session.scalars(select(Clock).where(Clock.inquiry_id == inquiry.id).order_by(Clock.id))
    return (
        first,
        contact,
        *(
            Reading(
                ClockKind(row.kind),
                row.started_at,
                row.due_at,
                row.stopped_at,
                row.paused_since,
                row.paused_ms,
            )
            for row in rows
        ),
    )
