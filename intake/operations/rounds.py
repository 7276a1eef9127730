"""The rounds a worker makes for people: the urgent, the ladder, what fails in silence, who waits.

Each reads first and opens the write door only for news, so that an idle worker never writes. All
are safe in several workers at once: a step is taken by whoever writes its row.
"""

from dataclasses import dataclass
from datetime import datetime

from intake.audit.models import SYSTEM
from intake.clinic.hours import BusinessHours, business_hours
from intake.desk import escalation, lateness, waiting, watch
from intake.desk.audience import audience
from intake.desk.moves import stop_waiting
from intake.desk.numbers.answer_times import answer_times
from intake.desk.office import Office
from intake.desk.snooze import is_over, to_wake, wake
from intake.settings import Settings
from intake.storage.database import Database

URGENT_SECONDS = 5.0
LADDER_SECONDS = 60.0
WATCH_SECONDS = 60.0
DESK_SECONDS = 30.0


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


@dataclass(frozen=True, slots=True)
class DeskRounds:
    """What comes back to the desk by itself; each inquiry in a write of its own."""

    database: Database
    office: Office

    def wake(self, at: datetime) -> int:
        """Bring back what was snoozed until now; return how many."""
        with self.database.read() as session:
            found = to_wake(session, at=at)
        return sum(self._wake(reference, at) for reference in found)

    def end_waiting(self, at: datetime) -> int:
        """Give back what we have waited for long enough; return how many."""
        with self.database.read() as session:
            found = waiting.over(session, at=at)
        return sum(self._end_waiting(reference, at) for reference in found)

    def remind(self, at: datetime) -> int:
        """Write the reminders whose day has come; return how many."""
        with self.database.read() as session:
            found = waiting.due_reminders(session, at=at)
        count = 0
        for reminder in found:
            with self.database.write() as session:
                count += waiting.remind(session, self.office, reminder, at=at)
        return count

    def say_late(self, at: datetime) -> int:
        """Tell those whose promise has passed, with a new one; return how many."""
        with self.database.read() as session:
            found = lateness.overdue(session, at=at)
            times = answer_times(session, at=at) if found else None
        count = 0
        for reference in found:
            with self.database.write() as session:
                count += lateness.promise_again(session, self.office, reference, times, at=at)
        return count

    def make(self, at: datetime) -> int:
        """Make all four rounds; return how much there was to do."""
        return self.wake(at) + self.end_waiting(at) + self.remind(at) + self.say_late(at)

    def _wake(self, reference: str, at: datetime) -> bool:
        with self.database.write() as session:
            if not is_over(session, reference, at=at):
                return False  # closed, or put aside for longer, since we looked
            return wake(session, self.office, reference, None, at=at).move_id is not None

    def _end_waiting(self, reference: str, at: datetime) -> bool:
        with self.database.write() as session:
            if not waiting.is_over(session, reference, at=at):
                return False  # answered since we looked
            stop_waiting(session, self.office, reference, None, by=SYSTEM, at=at, how="expired")
        return True
