"""Call-backs: booked for an hour at which the person may be called, where they live."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import available_timezones

from sqlalchemy.orm import Session

from intake.crypto.tokens import new_public_id
from intake.desk import acts, clocks
from intake.desk.attempts import may_use
from intake.desk.calling_hours import may_call
from intake.desk.done import Done, done
from intake.desk.endings import end_callbacks
from intake.desk.guards import FUTURE_MAX_DAYS
from intake.desk.lifecycle import Verb
from intake.desk.models import Appointment, AppointmentKind, Channel
from intake.desk.office import By, Case, Office, member_id
from intake.desk.refusals import refuse


@dataclass(frozen=True, slots=True)
class Callback:
    """A booked call-back with both clocks: show ``starts_at`` in each zone."""

    done: Done
    starts_at: datetime
    zone: str
    zone_is_certain: bool
    clinic_zone: str


def book_callback(
    session: Session,
    office: Office,
    reference: str,
    version: int,
    *,
    starts_at: datetime,
    zone: str = "",
    by: By,
    at: datetime,
) -> Callback:
    """Book a call-back; a second one takes the place of the first.

    Args:
        session: A session of ``Database.write()``.
        office: What the verbs need.
        reference: Of the inquiry.
        version: What the caller read.
        starts_at: When, aware.
        zone: Where they are then, if they said so; the zone of their home otherwise.
        by: Who books.
        at: Now.

    Raises:
        InvalidInput: ``starts_at`` is ``past``, ``far`` or ``outside_hours`` there; ``zone`` is
            none; ``channel`` ``not_permitted``: they want no calls.
    """
    verb = Verb.BOOK_CALLBACK
    case = acts.begin(session, office, reference, version, verb=verb, by=by, at=at)
    acts.leaving_status(case, verb)
    where = zone or case.zone
    _check(case, starts_at, where)
    move = acts.write(case, verb)
    end_callbacks(case, "replaced")
    session.add(
        Appointment(
            public_id=new_public_id(),
            inquiry_id=case.inquiry.id,
            kind=AppointmentKind.CALLBACK.value,
            starts_at=starts_at,
            zone=where,
            booked_by=member_id(by),
            booked_at=at,
        )
    )
    case.inquiry.snoozed_until = None
    clocks.settle(case)
    label = case.label
    is_certain = bool(zone) or (label is not None and label.zone_is_certain)
    return Callback(done(case, move), starts_at, where, is_certain, office.clinic.zone)


def cancel_callback(
    session: Session, office: Office, reference: str, version: int, *, by: By, at: datetime
) -> Done:
    """Take a call-back off; harmless where none is booked."""
    verb = Verb.CANCEL_CALLBACK
    case = acts.begin(session, office, reference, version, verb=verb, by=by, at=at)
    acts.leaving_status(case, verb)
    move = acts.write(case, verb)
    end_callbacks(case, "cancelled")
    clocks.settle(case)
    return done(case, move)


def _check(case: Case, starts_at: datetime, zone: str) -> None:
    if zone not in available_timezones():
        raise refuse("zone", "choice")
    if not may_use(case, Channel.CALL):
        raise refuse("channel", "not_permitted")
    if starts_at <= case.at:
        raise refuse("starts_at", "past")
    if starts_at > case.at + timedelta(days=FUTURE_MAX_DAYS):
        raise refuse("starts_at", "far")
    if not may_call(starts_at, zone, case.office.rules):
        raise refuse("starts_at", "outside_hours")
