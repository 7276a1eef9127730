"""Our worker: how long a committed message waits, and how fast a full outbox drains."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from sqlalchemy import text
from sqlalchemy.orm import Session

from intake.clinic.profile import profile
from intake.notifications.channels.base import Letter
from intake.notifications.outbox import NewMessage, enqueue
from intake.notifications.outcome import Outcome, Result
from intake.notifications.recipient import ClaimedMessage, Recipient
from intake.notifications.worker import Worker
from intake.settings import load_settings
from intake.storage.database import Database
from tests.notifications import conftest

CLINIC = {"en": profile(load_settings().clinic, "en")}


class Stopwatch:
    """A channel that does nothing, and the time each try began.

    ``recipient_of`` is the first line of ours that a try runs, as a task's first line is for other
    queues. What a program is told (``is_event``) needs no words; what a member reads is written.
    """

    kind = "mailbox"
    deadline_seconds = 25.0

    def __init__(self, *, is_event: bool = True) -> None:
        self.begun: list[float] = []
        self.calls: list[float] = []
        self._is_event = is_event

    def recipient_of(self, session: Session, message: ClaimedMessage, at: datetime) -> Recipient:
        self.begun.append(time.perf_counter())
        if self._is_event:
            return Recipient("hooks.clinic.example", "en", {"version": 1}, secrets=("whsec_bench",))
        return conftest.recipient_of(session, message, at)

    def send(self, _letter: Letter) -> Result:
        self.calls.append(time.perf_counter())
        return Result(Outcome.DELIVERED)


@contextmanager
def working(database: Database, watch: Stopwatch, *, slots: int = 4) -> Iterator[None]:
    """Run a worker while the block runs."""
    stop = threading.Event()
    worker = Worker(database, {"email": watch}, watch.recipient_of, clinic=CLINIC, slots=slots)
    thread = threading.Thread(target=worker.run, args=(stop,))
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def fill(database: Database, first: int, count: int) -> None:
    """Commit messages that are due now."""
    with database.write() as session:
        enqueue(
            session,
            [
                NewMessage(None, "staff:1", "email", "inquiry.submitted", f"b:{first + n}")
                for n in range(count)
            ],
            at=datetime.now(UTC),
        )


def waits_ms(database: Database, other: Database, rounds: int) -> list[float]:
    """Return how long after its commit each message's sending began, while the worker was idle.

    ``other`` writes: on PostgreSQL it must not share this process's bell.
    """
    watch = Stopwatch()
    waits = []
    with working(database, watch):
        time.sleep(1.0)
        for number in range(rounds):
            fill(other, number, 1)
            committed = time.perf_counter()
            while len(watch.begun) <= number:
                time.sleep(0.0002)
            waits.append(max(0.0, watch.begun[number] - committed) * 1000)
            time.sleep(0.02)
    return waits


_first = iter(range(1_000_000, 10**12, 1_000_000))


def drain(database: Database, count: int, *, slots: int, is_event: bool = True) -> float:
    """Return how many messages a second left a full outbox, outcomes and tries written."""
    fill(database, next(_first), count)
    started = time.perf_counter()
    watch = Stopwatch(is_event=is_event)
    with working(database, watch, slots=slots):
        while len(watch.calls) < count or _waiting(database):
            time.sleep(0.005)
        took = time.perf_counter() - started
    return count / took


def _waiting(database: Database) -> int:
    with database.read() as session:
        query = text("SELECT count(*) FROM outbox_messages WHERE due_at IS NOT NULL")
        return int(session.execute(query).scalar_one())
