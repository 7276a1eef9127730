"""What the threads of one worker share: its name, its clock, its leases in hand, its doubts."""

import threading
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from queue import SimpleQueue

import structlog

from intake.notifications.outcome import Finished
from intake.notifications.recipient import ClaimedMessage
from intake.storage.database import Database

log = structlog.get_logger(__name__)

# A sender that hangs longer than its deadline and this much loses its lease: nobody extends it.
HANGING_GRACE_SECONDS = 10.0
JUMP_SECONDS = 5.0
DOUBT_SECONDS = 25.0  # a heartbeat and a little: until then every live worker has extended


@dataclass(slots=True)
class Flight:
    """A message under our lease, from the claim until its outcome is written."""

    message: ClaimedMessage
    deadline_seconds: float
    since: float = field(default_factory=time.monotonic)
    is_lost: bool = False

    def is_live(self) -> bool:
        """Whether its sender may still be believed to come back."""
        age = time.monotonic() - self.since
        return not self.is_lost and age < self.deadline_seconds + HANGING_GRACE_SECONDS


class Flights:
    """All messages in hand; safe to use from every thread of the worker."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._flights: dict[tuple[int, str], Flight] = {}

    def add(self, messages: Iterable[ClaimedMessage], deadline_seconds: float) -> list[Flight]:
        """Take claimed messages in hand."""
        flights = [Flight(message, deadline_seconds) for message in messages]
        with self._lock:
            self._flights.update({_key(flight.message): flight for flight in flights})
        return flights

    def drop(self, messages: Iterable[ClaimedMessage]) -> None:
        """Let go of messages whose outcome is written, or that were given back."""
        with self._lock:
            for message in messages:
                self._flights.pop(_key(message), None)

    def live(self) -> list[ClaimedMessage]:
        """Return the messages whose leases are to be extended, and not to be claimed again."""
        with self._lock:
            return [flight.message for flight in self._flights.values() if flight.is_live()]

    def all(self) -> list[ClaimedMessage]:
        """Return every message in hand."""
        with self._lock:
            return [flight.message for flight in self._flights.values()]

    def lose(self, messages: Sequence[ClaimedMessage]) -> None:
        """Remember that these leases are gone: what was not sent yet must not be sent."""
        with self._lock:
            for message in messages:
                flight = self._flights.get(_key(message))
                if flight is not None:
                    flight.is_lost = True


def _key(message: ClaimedMessage) -> tuple[int, str]:
    return message.id, message.lease_token


class Doubt:
    """Notices that the database's clock jumped; expired leases are then not believed for a while.

    After a jump forward all leases look expired, though their senders are still talking. Within
    one heartbeat every live worker has extended its own, and what is still expired is truly lost.
    """

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._last: tuple[datetime, float] | None = None
        self._until = 0.0

    def notice(self, now: datetime) -> bool:
        """Take one look at the clock; return whether expired leases may be believed."""
        moment = self._monotonic()
        with self._lock:
            if self._last is not None:
                passed = (now - self._last[0]).total_seconds() - (moment - self._last[1])
                if passed > JUMP_SECONDS:
                    self._until = moment + DOUBT_SECONDS
            self._last = (now, moment)
            return moment >= self._until


@dataclass(slots=True)
class Shift:
    """One run of a worker."""

    database: Database
    owner: str
    clock: Callable[[], datetime] | None
    flights: Flights = field(default_factory=Flights)
    doubt: Doubt = field(default_factory=Doubt)
    stopping: threading.Event = field(default_factory=threading.Event)
    outcomes: "SimpleQueue[Finished | None]" = field(default_factory=SimpleQueue)

    def at(self) -> datetime | None:
        """Return the instant a given clock shows; ``None`` lets the database say."""
        return None if self.clock is None else self.clock()

    def wall(self) -> datetime:
        """Return the time for what is shown to people and written into letters."""
        return datetime.now(UTC) if self.clock is None else self.clock()


def attempt(name: str, call: Callable[[], object]) -> bool:
    """Return whether ``call`` went well; one thing that fails must not end the worker."""
    try:
        call()
    except Exception as trouble:  # noqa: BLE001 - as the docstring says
        log.warning("worker_trouble", doing=name, error_class=type(trouble).__name__)
        return False
    return True
