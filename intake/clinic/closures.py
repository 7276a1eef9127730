"""When the clinic is closed out of turn: read from the database, and known to each process.

Every promise, clock and public page asks, so a process reads the few rows once in a while and keeps
them (:class:`KnownClosures`): a page costs no query, and a closure is on all pages and in all
promises within ``REFRESH_SECONDS``. A promise that was made in these seconds is moved by the
worker's round like those made before the closure (``desk/closed_promises``).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock

import structlog
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from intake.clinic.closure_models import ClinicClosure, ClosureReason
from intake.clinic.hours import BusinessHours, Stretch, business_hours
from intake.errors import Unavailable
from intake.settings import ClinicSettings
from intake.storage.database import Database

REFRESH_SECONDS = 20
log = structlog.get_logger()


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


class KnownClosures:
    """What one process knows of the closures; safe from several threads.

    A database that is away leaves what was known: a page must not fail for a banner.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._lock = Lock()
        self._known: tuple[Closure, ...] = ()
        self._read_at: datetime | None = None

    def at(self, now: datetime) -> tuple[Closure, ...]:
        """Return the closures, read anew where that was done longer ago; one thread reads."""
        if self._is_old(now) and self._lock.acquire(blocking=False):
            try:
                self._read_at = now
                with self._database.read() as session:
                    self._known = stored_closures(session)
            except (Unavailable, SQLAlchemyError) as away:
                log.warning("closures_unread", error=type(away).__name__)
            finally:
                self._lock.release()
        return self._known

    def forget(self) -> None:
        """Read anew at the next question; for who has just changed them."""
        self._read_at = None

    def _is_old(self, now: datetime) -> bool:
        # A clock that was put back must not keep an old closure on every page.
        before = self._read_at
        return before is None or abs(now - before) >= timedelta(seconds=REFRESH_SECONDS)
