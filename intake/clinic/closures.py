"""When the clinic is closed out of turn: read from the database, and known to each process.

Every promise, clock and public page asks, so a process reads the few rows once in a while and keeps
them (:func:`known_closures`): a page costs no query, and a closure is on all pages and in all
promises within ``REFRESH_SECONDS``. A promise that was made in these seconds is moved by the
worker's round like those made before the closure (``desk/closed_promises``).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from sqlalchemy import select
from sqlalchemy.orm import Session

from intake.clinic.closure_models import ClinicClosure, ClosureReason
from intake.clinic.hours import BusinessHours, Stretch, business_hours
from intake.settings import ClinicSettings
from intake.storage.database import Database
from intake.storage.remembered import Remembered

REFRESH_SECONDS = 20


@dataclass(frozen=True, slots=True)
class Closure:
    """One closure as it holds: until it was to end, or until it was taken back."""

    public_id: str
    starts_at: datetime
    ends_at: datetime
    reason: ClosureReason

    def holds(self, at: datetime) -> bool:
        """Say whether we are closed by it at ``at``."""
        return self.starts_at <= at < self.ends_at


KnownClosures: TypeAlias = Remembered[tuple[Closure, ...]]


def stored_closures(session: Session) -> tuple[Closure, ...]:
    """Return every closure that holds, held or will hold, in the order they begin."""
    rows = session.scalars(select(ClinicClosure).order_by(ClinicClosure.starts_at))
    found = (
        Closure(
            row.public_id,
            row.starts_at,
            row.ends_at if row.ended_at is None else min(row.ends_at, row.ended_at),
            ClosureReason(row.reason),
        )
        for row in rows
    )
    return tuple(one for one in found if one.starts_at < one.ends_at)


def stretches(closures: Iterable[Closure]) -> tuple[Stretch, ...]:
    """Return the closures as business hours take them."""
    return tuple((one.starts_at, one.ends_at) for one in closures)


def hours_now(session: Session, clinic: ClinicSettings) -> BusinessHours:
    """Return the clinic's hours with every closure that stands in the database."""
    return business_hours(clinic, stretches(stored_closures(session)))


def known_closures(database: Database) -> KnownClosures:
    """Return what one process knows of the closures."""

    def read(_now: datetime) -> tuple[Closure, ...]:
        with database.read() as session:
            return stored_closures(session)

    return Remembered("closures", read, (), seconds=REFRESH_SECONDS)
