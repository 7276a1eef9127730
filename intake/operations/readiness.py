"""Whether this service can do its work right now: for load balancers, ``/readyz`` and staff.

Figures and moments only; nothing about a person can be asked here.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select

from intake.errors import Unavailable
from intake.notifications.models import WorkerSeen
from intake.storage.database import Database

WORKER_SILENT_AFTER = timedelta(minutes=2)


@dataclass(frozen=True, slots=True)
class Readiness:
    """What was found: the database answers, and when a worker last said it is alive."""

    database_answers: bool
    worker_seen_at: datetime | None
    checked_at: datetime

    @property
    def worker_is_alive(self) -> bool:
        """Whether a worker was seen within the last two minutes."""
        if self.worker_seen_at is None:
            return False
        return self.checked_at - self.worker_seen_at <= WORKER_SILENT_AFTER

    @property
    def is_ready(self) -> bool:
        """Whether inquiries can be taken: a silent worker delays messages but loses nothing."""
        return self.database_answers


def readiness(database: Database, *, at: datetime) -> Readiness:
    """Ask the database whether it answers and who was seen; never raises for its being away."""
    try:
        with database.read() as session:
            seen = session.scalar(select(func.max(WorkerSeen.seen_at)))
    except Unavailable:
        return Readiness(database_answers=False, worker_seen_at=None, checked_at=at)
    return Readiness(database_answers=True, worker_seen_at=seen, checked_at=at)
