"""Questions about what was done at the desk: attempts, appointments, moves, requests, reviews.

Nothing here opens a sealed text; ``intake.desk.reading`` does, after the reading was recorded.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from intake.desk.models import (
    Appointment,
    AppointmentKind,
    Channel,
    ContactAttempt,
    DayPart,
    Disposition,
    DispositionCode,
    InformationRequest,
    InquiryMove,
    Result,
)
from intake.notifications.models import OutboxMessage, State


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try, without its note; ``arrived`` is false once what was written came back."""

    public_id: str
    inquiry_id: int
    channel: Channel
    result: Result
    incoming: bool
    at: datetime
    local_on: str
    day_part: DayPart
    staff_id: int | None
    arrived: bool


@dataclass(frozen=True, slots=True)
class Booked:
    """A call-back or an appointment, open or ended."""

    public_id: str
    inquiry_id: int
    kind: AppointmentKind
    starts_at: datetime
    zone: str
    ended_at: datetime | None
    ended_how: str | None


@dataclass(frozen=True, slots=True)
class Asked:
    """A request to the person that is open."""

    public_id: str
    inquiry_id: int
    asked_at: datetime
    ends_at: datetime
    reminders: int


@dataclass(frozen=True, slots=True)
class Move:
    """One act, as a timeline shows it; ``undone`` when another move took it back."""

    id: int
    verb: str
    from_status: str
    to_status: str
    outcome: str | None
    reason: str | None
    detail: Mapping[str, Any]
    actor_kind: str
    actor_id: str
    at: datetime
    version: int
    undone: bool


def attempts_of(session: Session, ids: Iterable[int]) -> Mapping[int, tuple[Attempt, ...]]:
    """Return the attempts that count, by inquiry and in order."""
    rows = session.execute(
        select(ContactAttempt, OutboxMessage.bounced_at, OutboxMessage.state)
        .outerjoin(OutboxMessage, OutboxMessage.public_id == ContactAttempt.message_public_id)
        .where(ContactAttempt.inquiry_id.in_(list(ids)), ContactAttempt.voided_at.is_(None))
        .order_by(ContactAttempt.inquiry_id, ContactAttempt.at, ContactAttempt.id)
    )
    found: dict[int, list[Attempt]] = {}
    for row, bounced_at, state in rows:
        arrived = bounced_at is None and state not in {State.DEAD.value, State.CANCELLED.value}
        found.setdefault(row.inquiry_id, []).append(_attempt(row, arrived=arrived))
    return {one: tuple(those) for one, those in found.items()}


def _attempt(row: ContactAttempt, *, arrived: bool) -> Attempt:
    return Attempt(
        public_id=row.public_id,
        inquiry_id=row.inquiry_id,
        channel=Channel(row.channel),
        result=Result(row.result),
        incoming=row.incoming,
        at=row.at,
        local_on=row.local_on,
        day_part=DayPart(row.day_part),
        staff_id=row.staff_id,
        arrived=arrived,
    )


def booked_for(session: Session, ids: Iterable[int]) -> Mapping[int, Booked]:
    """Return what is booked next, by inquiry."""
    rows = session.scalars(
        select(Appointment)
        .where(Appointment.inquiry_id.in_(list(ids)), Appointment.ended_at.is_(None))
        .order_by(Appointment.starts_at.desc(), Appointment.id.desc())
    )
    return {row.inquiry_id: _booked(row) for row in rows}


def _booked(row: Appointment) -> Booked:
    return Booked(
        public_id=row.public_id,
        inquiry_id=row.inquiry_id,
        kind=AppointmentKind(row.kind),
        starts_at=row.starts_at,
        zone=row.zone,
        ended_at=row.ended_at,
        ended_how=row.ended_how,
    )


def asked_of(session: Session, ids: Iterable[int]) -> Mapping[int, Asked]:
    """Return the open request, by inquiry."""
    rows = session.scalars(
        select(InformationRequest)
        .where(InformationRequest.inquiry_id.in_(list(ids)), InformationRequest.ended_at.is_(None))
        .order_by(InformationRequest.id)
    )
    return {
        row.inquiry_id: Asked(
            row.public_id, row.inquiry_id, row.asked_at, row.ends_at, row.reminders
        )
        for row in rows
    }


def last_disposition(session: Session, inquiry_id: int) -> DispositionCode | None:
    """Return what a clinician decided last."""
    code = session.scalar(
        select(Disposition.code)
        .where(Disposition.inquiry_id == inquiry_id, Disposition.voided_at.is_(None))
        .order_by(Disposition.id.desc())
        .limit(1)
    )
    return DispositionCode(code) if code else None


def moves_of(session: Session, inquiry_id: int) -> tuple[Move, ...]:
    """Return every act on an inquiry, oldest first."""
    rows = session.scalars(
        select(InquiryMove).where(InquiryMove.inquiry_id == inquiry_id).order_by(InquiryMove.id)
    ).all()
    undone = {row.undoes_id for row in rows}
    return tuple(
        Move(
            id=row.id,
            verb=row.verb,
            from_status=row.from_status,
            to_status=row.to_status,
            outcome=row.outcome,
            reason=row.reason,
            detail=row.detail,
            actor_kind=row.actor_kind,
            actor_id=row.actor_id,
            at=row.at,
            version=row.version,
            undone=row.id in undone,
        )
        for row in rows
    )
