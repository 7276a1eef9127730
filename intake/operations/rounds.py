"""The rounds a worker makes for people: urgent inquiries, the ladder, and what fails in silence.

Each reads first and opens the write door only for news, so that an idle worker never writes. All
are safe in several workers at once: a step is taken by whoever writes its row.
"""

from dataclasses import dataclass
from datetime import datetime

from intake.clinic.hours import BusinessHours, business_hours
from intake.desk import escalation, watch
from intake.desk.audience import audience
from intake.settings import Settings
from intake.storage.database import Database

URGENT_SECONDS = 5.0
LADDER_SECONDS = 60.0
WATCH_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Rounds:
    """What the rounds need; ``at`` is given to each, as nothing here reads a clock."""

    database: Database
    settings: Settings

    @property
    def hours(self) -> BusinessHours:
        """The clinic's week."""
        return business_hours(self.settings.clinic)

    def alert_urgent(self, at: datetime) -> int:
        """Tell of urgent inquiries that just came in; return how many."""
        with self.database.read() as session:
            found = escalation.unheard_urgent(session, self.hours)
        if not found:
            return 0
        with self.database.write() as session:
            readers = audience(session, self.settings.escalation)
            return escalation.alert_urgent(session, found, readers, at=at)

    def climb(self, at: datetime) -> int:
        """Take the steps of the ladder whose time has come; return how many."""
        with self.database.read() as session:
            found = escalation.due_climbs(session, self.hours, at=at)
        if not found:
            return 0
        with self.database.write() as session:
            readers = audience(session, self.settings.escalation)
            return escalation.climb(session, found, readers, at=at)

    def watch(self, at: datetime) -> bool:
        """Raise, tell and clear alarms; return whether there was anything to do."""
        with self.database.read() as session:
            readers = audience(session, self.settings.escalation)
            found = watch.look(session, self.hours, self.settings.escalation, readers, at=at)
        if not found:
            return False
        with self.database.write() as session:
            watch.act(session, found, readers, at=at)
        return True
