"""Closing the clinic out of turn, and opening it again early.

A closure is a fact with two instants and a fixed reason; what it means for promises is worked out
from it (``clinic/hours``, ``closed_promises``), so taking it back needs no undo of its own.

Source: PRODUCT.md 92.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from intake.audit import trail
from intake.clinic.closure_models import ClinicClosure, ClosureReason
from intake.clinic.closures import stored_closures, stretches
from intake.clinic.hours import joined_stretches
from intake.crypto.tokens import new_public_id
from intake.desk.models import Appointment
from intake.desk.office import DeskMember
from intake.errors import Conflict, InvalidInput, NotFound, NotPermitted, Problem
from intake.inquiries.models import Inquiry
from intake.staff.models import Staff
from intake.staff.permissions import Permission
from intake.storage.turns import one_at_a_time
from intake.storage.types import to_millis

CLOSED = "clinic.closed"
OPENED_EARLY = "clinic.opened_early"
LONGEST = timedelta(days=180)  # closed for half a year is no closure, it is other hours
BACK_MAX = timedelta(hours=24)  # a storm is told of when somebody has time
BOOKED_MAX = 50


@dataclass(frozen=True, slots=True)
class ClosureRow:
    """One closure with who set it and who took it back, by name."""

    public_id: str
    starts_at: datetime
    ends_at: datetime
    reason: ClosureReason
    set_by: str
    set_at: datetime
    ended_by: str
    ended_at: datetime | None

    def is_over(self, at: datetime) -> bool:
        """Say whether it holds no more."""
        return self.ended_at is not None or self.ends_at <= at


def close_clinic(
    session: Session,
    *,
    starts_at: datetime,
    ends_at: datetime,
    reason: ClosureReason,
    by: DeskMember,
    at: datetime,
) -> str:
    """Say that the clinic is closed from one instant until another; return the public id.

    Raises:
        NotPermitted: ``role``.
        InvalidInput: ``starts_at``: ``past``, more than a day ago. ``ends_at``: ``order``, not
            after the beginning; ``past``; ``too_long``, more than half a year from now or in one
            go with other closures.
        Conflict: ``closure_exists``: the very same one holds already.
    """
    _check_role(by)
    problems = _problems(session, starts_at, ends_at, at)
    if problems:
        raise InvalidInput(problems)
    one_at_a_time(session, CLOSED)  # or a second press would leave a closure that nobody ends
    if (starts_at, ends_at) in stretches(stored_closures(session)):
        raise Conflict("closure_exists")
    row = ClinicClosure(
        public_id=new_public_id(),
        starts_at=starts_at,
        ends_at=ends_at,
        reason=reason.value,
        set_by=by.id,
        set_at=at,
    )
    session.add(row)
    session.flush()
    trail.record(
        session,
        CLOSED,
        actor=by.actor,
        subject=row.public_id,
        at=at,
        detail={
            "starts_at": to_millis(starts_at),
            "ends_at": to_millis(ends_at),
            "reason": reason.value,
        },
    )
    return row.public_id


def open_early(session: Session, public_id: str, *, by: DeskMember, at: datetime) -> None:
    """End a closure now, or call it off before it begins.

    Raises:
        NotPermitted: ``role``.
        NotFound: ``closure_unknown``.
        Conflict: ``closure_over``: it ended already.
    """
    _check_role(by)
    row = session.scalars(
        select(ClinicClosure).where(ClinicClosure.public_id == public_id).with_for_update()
    ).one_or_none()
    if row is None:
        raise NotFound("closure_unknown")
    if row.ended_at is not None or row.ends_at <= at:
        raise Conflict("closure_over")
    row.ended_at, row.ended_by = at, by.id
    session.flush()
    trail.record(session, OPENED_EARLY, actor=by.actor, subject=public_id, at=at)


def closures_told(session: Session) -> tuple[ClosureRow, ...]:
    """Return every closure that was ever set, the latest first."""
    names = {row.id: row.full_name for row in session.execute(select(Staff.id, Staff.full_name))}
    rows = session.scalars(select(ClinicClosure).order_by(ClinicClosure.starts_at.desc()))
    return tuple(
        ClosureRow(
            row.public_id,
            row.starts_at,
            row.ends_at,
            ClosureReason(row.reason),
            names.get(row.set_by or 0, ""),
            row.set_at,
            names.get(row.ended_by or 0, ""),
            row.ended_at,
        )
        for row in rows
    )


def booked_in(session: Session, row: ClosureRow, *, at: datetime) -> Sequence[tuple[str, datetime]]:
    """Return what is booked while we are closed, reference and time: somebody has to be called.

    A booking is agreed with a person, so no closure moves it.
    """
    found = session.execute(
        select(Inquiry.reference, Appointment.starts_at)
        .join(Inquiry, Inquiry.id == Appointment.inquiry_id)
        .where(
            Appointment.ended_at.is_(None),
            Inquiry.closed_at.is_(None),
            Appointment.starts_at >= max(row.starts_at, at),
            Appointment.starts_at < row.ends_at,
        )
        .order_by(Appointment.starts_at)
        .limit(BOOKED_MAX)
    )
    return [(reference, starts_at) for reference, starts_at in found]


def _check_role(by: DeskMember) -> None:
    if not by.may(Permission.SET_CLOSURES):
        raise NotPermitted("role")


def _problems(
    session: Session, starts_at: datetime, ends_at: datetime, at: datetime
) -> tuple[Problem, ...]:
    problems = []
    if starts_at < at - BACK_MAX:
        problems.append(Problem("starts_at", "past"))
    if ends_at <= starts_at:
        problems.append(Problem("ends_at", "order"))
    elif ends_at <= at:
        problems.append(Problem("ends_at", "past"))
    elif ends_at > at + LONGEST or _in_one_go(session, starts_at, ends_at) > LONGEST:
        problems.append(Problem("ends_at", "too_long"))
    return tuple(problems)


def _in_one_go(session: Session, starts_at: datetime, ends_at: datetime) -> timedelta:
    """Return how long we would be closed together with the closures it touches."""
    together = (*stretches(stored_closures(session)), (starts_at, ends_at))
    return next(
        end - start for start, end in joined_stretches(together) if start <= starts_at < end
    )
