"""A real worker on a clock that a test turns, and what staff read of how it fared.

The worker has its own threads and real sockets; only the hours between two tries are skipped. The
clock is turned when nothing is in hand, so that no lease runs out under a sender.
"""

import socket
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import func, select

from intake.clinic.profile import ClinicProfile
from intake.notifications.bell import bell_of
from intake.notifications.channels.base import Channel
from intake.notifications.leases import look
from intake.notifications.models import DeliveryAttempt
from intake.notifications.queries import channel_health, dead_letters
from intake.notifications.recipient import RecipientOf
from intake.notifications.worker import Worker
from intake.storage.database import Database
from tests.conftest import NOON
from tests.fakes import StoppedClock, eventually
from tests.notifications.rows import channel_id, rows
from tests.notifications.test_worker import working

Talk = Callable[[socket.socket], None]
LEAP = timedelta(hours=18)  # a message is given up after 72 hours and five tries: four leaps
TRIES_MAX = 8
# Only a server that hangs needs a short deadline; a busy machine must not make others look slow.
SHORT_SECONDS, LONG_SECONDS = 0.8, 10.0
HANG_SECONDS = 1.2


@dataclass
class Moods:
    """A server that talks as its mood is; a test changes it while the worker runs."""

    talk: Talk
    visits: int = 0

    def __call__(self, connection: socket.socket) -> None:
        self.visits += 1
        self.talk(connection)


@dataclass
class Shift:
    """One worker, one channel, one message: turn the clock and look what staff see."""

    database: Database
    clock: StoppedClock
    channel: str
    ended: int = 0

    def tries(self) -> int:
        """How often the message was tried so far."""
        with self.database.read() as session:
            return session.scalar(select(func.count()).select_from(DeliveryAttempt)) or 0

    def next_try(self) -> None:
        """Turn the clock to the next try, or by a leap if that is later, and wait for its end."""
        if self.ended:  # the first try is at once, and may be over already
            number = channel_id(self.database, self.channel)
            with self.database.read() as session:
                seen = look(session, number, at=self.clock())
            assert seen.next_at is not None, "nothing waits"
            self.clock.at = max(seen.next_at, self.clock() + LEAP)
        bell_of(self.database.writer).ring_here()
        eventually(lambda: self.tries() > self.ended and not self._is_in_hand())
        self.ended = self.tries()

    def work_until_it_ends(self) -> str:
        """Skip from try to try until the message has its final state, and return that."""
        while rows(self.database)[0].due_at is not None:
            assert self.tries() < TRIES_MAX, "it is tried for ever"
            self.next_try()
        return rows(self.database)[0].state

    def dead_reason(self) -> str | None:
        """What the health page says of the one dead letter."""
        with self.database.read() as session:
            (one,) = dead_letters(session)
        return one.reason

    def failing_reason(self) -> str | None:
        """What the health page says of the channel; None while it works."""
        with self.database.read() as session:
            health = channel_health(session, day_start=NOON)
        return next(one.failing_reason for one in health if one.name == self.channel)

    def _is_in_hand(self) -> bool:
        return any(row.state == "sending" for row in rows(self.database))


@contextmanager
def a_shift(
    database: Database,
    name: str,
    channel: Channel,
    recipient_of: RecipientOf,
    clinic: Mapping[str, ClinicProfile],
) -> Iterator[Shift]:
    """Let a real worker serve one channel while the block runs."""
    clock = StoppedClock(NOON)
    worker = Worker(database, {name: channel}, recipient_of, clock, clinic=clinic, slots=1)
    with working(worker):
        yield Shift(database, clock, name)


def drip(connection: socket.socket, seconds: float = 4.0) -> None:
    """Send one byte at a time, and stop when the other side has enough."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        connection.sendall(b"2")
        time.sleep(0.02)
