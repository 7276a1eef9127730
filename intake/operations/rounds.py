"""The rounds a worker makes for people: the urgent, the ladder, what fails in silence, who waits.

New inquiries are given out here as well, and promises kept around closures.

Each reads first and opens the write door only for news, so that an idle worker never writes. All
are safe in several workers at once: a step is taken by whoever writes its row.
"""

from dataclasses import dataclass
from datetime import datetime

import structlog

from intake.audit.models import SYSTEM
from intake.clinic.closures import hours_now
from intake.desk import escalation, lateness, waiting, watch
from intake.desk.audience import audience
from intake.desk.closed_promises import keep_promises, to_move
from intake.desk.moves import stop_waiting
from intake.desk.numbers.answer_times import answer_times
from intake.desk.office import Office
from intake.desk.reached import run_again, unsent_answers
from intake.desk.routing_round import leave_alone, route, to_route
from intake.desk.snooze import is_over, to_wake, wake
from intake.errors import Conflict, NotFound, NotPermitted
from intake.settings import Settings
from intake.storage.database import Database

log = structlog.get_logger()
URGENT_SECONDS = 5.0
LADDER_SECONDS = 60.0
WATCH_SECONDS = 60.0
DESK_SECONDS = 30.0
ROUTING_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Rounds:
    """What the rounds need; ``at`` is given to each, as nothing here reads a clock."""

    database: Database
    settings: Settings

    def alert_urgent(self, at: datetime) -> int:
        """Tell of urgent inquiries that just came in; return how many."""
        with self.database.read() as session:
            hours = hours_now(session, self.settings.clinic)
            found = escalation.unheard_urgent(session, hours)
        if not found:
            return 0
        with self.database.write() as session:
            readers = audience(session, self.settings.escalation)
            return escalation.alert_urgent(session, found, readers, at=at)

    def climb(self, at: datetime) -> int:
        """Take the steps of the ladder whose time has come; return how many."""
        with self.database.read() as session:
            hours = hours_now(session, self.settings.clinic)
            found = escalation.due_climbs(session, hours, at=at)
        if not found:
            return 0
        with self.database.write() as session:
            readers = audience(session, self.settings.escalation)
            return escalation.climb(session, found, readers, at=at)

    def watch(self, at: datetime) -> bool:
        """Raise, tell and clear alarms; return whether there was anything to do."""
        with self.database.read() as session:
            readers = audience(session, self.settings.escalation)
            hours = hours_now(session, self.settings.clinic)
            found = watch.look(session, hours, self.settings.escalation, readers, at=at)
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

    def keep_promises(self, at: datetime) -> int:
        """Move promises out of closures, or put them back; return how many inquiries changed."""
        with self.database.read() as session:
            found = to_move(session, self.office, at=at)
        count = 0
        for reference in found:
            with self.database.write() as session:
                count += keep_promises(session, self.office, reference, at=at)
        return count

    def run_again(self, at: datetime) -> int:
        """Run first responses again that a message had stopped which never left; return how many.

        Before anybody is told that we are late: then they are told with the others.
        """
        with self.database.read() as session:
            found = unsent_answers(session, at=at)
        count = 0
        for inquiry_id, message in found:
            with self.database.write() as session:
                count += run_again(session, inquiry_id, message, at=at)
        return count

    def give_out(self, at: datetime) -> int:
        """Give new inquiries out by the rules; return how many were given to somebody."""
        with self.database.read() as session:
            found = to_route(session)
        return sum(self._give_out(reference, at) for reference in found)

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
        """Make all rounds; return how much there was to do.

        Promises first: who was promised a time at which we are closed is not told that we are late.
        """
        rounds = (
            self.keep_promises,
            self.wake,
            self.end_waiting,
            self.remind,
            self.run_again,
            self.say_late,
        )
        return sum(make(at) for make in rounds)

    def _give_out(self, reference: str, at: datetime) -> bool:
        try:
            with self.database.write() as session:
                return route(session, self.office, reference, at=at)
        except (NotFound, NotPermitted, Conflict) as refused:
            # It stays nobody's, as without rules, and is no reason to leave the others waiting.
            log.warning("not_routed", reference=reference, code=refused.code)
            with self.database.write() as session:
                leave_alone(session, reference, at=at)
            return False

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
