"""Whether this service can do its work right now: for load balancers, ``/readyz`` and staff.

Figures and moments only; nothing about a person can be asked here.
"""

from dataclasses import dataclass
from datetime import datetime

from intake.errors import Unavailable
from intake.notifications.queries import workers_seen
from intake.storage.database import Database


@dataclass(frozen=True, slots=True)
class Readiness:
    """What was found: whether the database answers, and whether any worker lives."""

    database_answers: bool
    worker_is_alive: bool

    @property
    def is_ready(self) -> bool:
        """Whether inquiries can be taken: a silent worker delays messages but loses nothing."""
        return self.database_answers


def readiness(database: Database, *, at: datetime) -> Readiness:
    """Ask the database whether it answers and who works; never raises for its being away."""
    try:
        workers = workers_seen(database, at=at)
    except Unavailable:
        return Readiness(database_answers=False, worker_is_alive=False)
    return Readiness(
        database_answers=True, worker_is_alive=any(worker.is_alive for worker in workers)
    )
