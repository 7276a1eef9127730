"""One channel in a worker: a thread that claims, and as many that send as there are slots.

Each channel has a lane of its own, so a mail server that hangs starves no other way out. A slot is
free again only when the outcome is written: so no more is claimed than can be carried, and one
crash can repeat no more than the slots.
"""

import threading
from collections.abc import Callable
from queue import Empty, SimpleQueue

import structlog

from intake.notifications.channels.base import Channel
from intake.notifications.delivery import Postman
from intake.notifications.leases import look
from intake.notifications.outbox import claim
from intake.notifications.outcome import Finished
from intake.notifications.recipient import ClaimedMessage
from intake.notifications.shift import Flight, Shift

TROUBLE_SECONDS = 1.0

log = structlog.get_logger(__name__)


class Lane:
    """The way of one channel's messages through one worker."""

    def __init__(
        self,
        channel_id: int,
        channel: Channel,
        *,
        shift: Shift,
        postman: Postman,
        slots: int,
        longest_wait: Callable[[], float],
    ) -> None:
        self.channel_id = channel_id
        self.wake = threading.Event()
        self._channel = channel
        self._shift = shift
        self._postman = postman
        self._slots = slots
        self._longest_wait = longest_wait
        self._busy = 0
        self._lock = threading.Lock()
        self._todo: SimpleQueue[Flight | None] = SimpleQueue()
        self._claimer = threading.Thread(target=self._claim_on, name="claimer", daemon=True)

    def start(self) -> None:
        """Start the threads; they are daemons, as a sender may hang in the network."""
        self._claimer.start()
        for _ in range(self._slots):
            threading.Thread(target=self._send_on, name="sender", daemon=True).start()

    def freed(self, count: int) -> None:
        """Take note that ``count`` outcomes were written."""
        with self._lock:
            self._busy -= count
        self.wake.set()

    def stop(self) -> list[ClaimedMessage]:
        """End the threads; return what was claimed and never begun. ``stopping`` must be set."""
        self.wake.set()
        self._claimer.join(timeout=10)
        unbegun = []
        while True:
            try:
                flight = self._todo.get_nowait()
            except Empty:
                break
            if flight is not None:
                unbegun.append(flight.message)
        for _ in range(self._slots):
            self._todo.put(None)
        return unbegun

    def _claim_on(self) -> None:
        while not self._shift.stopping.is_set():
            self.wake.clear()
            try:
                wait = self._claim()
            except Exception as trouble:  # noqa: BLE001 - the database comes back, the worker stays
                log.warning("claim_failed", error_class=type(trouble).__name__)
                wait = TROUBLE_SECONDS
            if wait > 0 and not self._shift.stopping.is_set():
                self.wake.wait(wait)

    def _claim(self) -> float:
        """Claim for the free slots; return how many seconds nothing can be due."""
        shift = self._shift
        with self._lock:
            free = self._slots - self._busy
        if free <= 0:
            return self._longest_wait()  # a written outcome wakes us
        with shift.database.read() as session:
            seen = look(session, self.channel_id, at=shift.at())
        take_lost = shift.doubt.notice(seen.now)
        if not seen.is_due:
            if seen.next_at is None:
                return self._longest_wait()
            return min((seen.next_at - seen.now).total_seconds(), self._longest_wait())
        busy = [message.id for message in shift.flights.live()]
        with shift.database.write() as session:
            claimed = claim(
                session,
                self.channel_id,
                limit=free,
                owner=shift.owner,
                at=shift.at(),
                busy=busy,
                take_lost=take_lost,
            )
        with self._lock:
            self._busy += len(claimed)
        for flight in shift.flights.add(claimed, self._channel.deadline_seconds):
            self._todo.put(flight)
        # Due and yet not ours: a doubtful lease, an older one of its group, another's probe.
        return 0.0 if claimed else self._longest_wait()

    def _send_on(self) -> None:
        while (flight := self._todo.get()) is not None:
            self._shift.outcomes.put(self._send(flight))

    def _send(self, flight: Flight) -> Finished:
        return self._postman.deliver(
            flight.message,
            self._channel,
            self._shift.wall(),
            still_ours=lambda: not flight.is_lost,
        )
