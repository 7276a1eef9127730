"""One channel in a worker: a thread that claims, and as many that send as there are slots.

Each channel has a lane of its own, so a mail server that hangs starves no other way out. A slot is
free again only when the outcome is written: so no more is claimed than can be carried, and one
crash can repeat no more than the slots.
"""

import threading
from collections.abc import Callable, Sequence
from queue import Empty, SimpleQueue

import structlog
from sqlalchemy.orm import Session

from intake.notifications.channels.base import Channel
from intake.notifications.delivery import Postman
from intake.notifications.leases import Look, give_back, look
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
        self._stopped = False
        self._lock = threading.Lock()
        self._todo: SimpleQueue[Flight | None] = SimpleQueue()
        self._claimer = threading.Thread(target=self._claim_on, name="claimer", daemon=True)

    def start(self) -> None:
        """Start the threads; they are daemons, as a sender may hang in the network."""
        self._claimer.start()
        for _ in range(self._slots):
            threading.Thread(target=self._send_on, name="sender", daemon=True).start()

    def claim_in(self, session: Session, limit: int) -> tuple[Look, list[ClaimedMessage]]:
        """Claim up to ``limit`` due messages in a write that is open; :meth:`take` them after it.

        Also what the channel looked like, so that who got nothing knows how long to wait.
        """
        shift = self._shift
        seen = look(session, self.channel_id, at=shift.at())
        take_lost = shift.doubt.notice(seen.now)
        if not seen.is_due:
            return seen, []
        claimed = claim(
            session,
            self.channel_id,
            limit=limit,
            owner=shift.owner,
            at=shift.at(),
            busy=[message.id for message in shift.flights.live()],
            take_lost=take_lost,
            gate=seen.gate,
        )
        return seen, claimed

    def take(self, claimed: Sequence[ClaimedMessage], *, freed: int = 0) -> None:
        """Carry what was claimed; ``freed`` outcomes were written in the same transaction."""
        with self._lock:
            self._busy += len(claimed) - freed
            if not self._stopped:
                for flight in self._shift.flights.add(claimed, self._channel.deadline_seconds):
                    self._todo.put(flight)
                claimed = ()
        if claimed:  # the worker ended meanwhile: nobody is here to send them
            with self._shift.database.write() as session:
                give_back(session, claimed, at=self._shift.at())

    def freed(self, count: int, claimed: Sequence[ClaimedMessage] = ()) -> None:
        """Take note that ``count`` outcomes were written, and carry what was claimed with them."""
        self.take(claimed, freed=count)
        if len(claimed) < count:
            self.wake.set()

    def stop(self) -> list[ClaimedMessage]:
        """End the threads; return what was claimed and never begun. ``stopping`` must be set."""
        self.wake.set()
        self._claimer.join(timeout=10)
        with self._lock:
            self._stopped = True
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

    def end_if_idle(self) -> bool:
        """End the threads of a channel that was switched off; not while a message is in hand.

        What the claimer may be taking this moment is given back by :meth:`take`.
        """
        with self._lock:
            if self._busy or self._stopped:
                return self._stopped
            self._stopped = True
        self.wake.set()
        for _ in range(self._slots):
            self._todo.put(None)
        return True

    def _claim_on(self) -> None:
        while not (self._shift.stopping.is_set() or self._stopped):
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
        if shift.database.dialect == "sqlite":  # the look that needs no write lock
            with shift.database.read() as session:
                seen = look(session, self.channel_id, at=shift.at())
            if not seen.is_due:
                return self._wait_after(seen)
        with shift.database.write() as session:
            seen, claimed = self.claim_in(session, free)
        self.take(claimed)
        if claimed:
            return 0.0
        # Due and yet not ours: a doubtful lease, an older one of its group, another's probe.
        return self._longest_wait() if seen.is_due else self._wait_after(seen)

    def _wait_after(self, seen: Look) -> float:
        if seen.next_at is None:
            return self._longest_wait()
        return min((seen.next_at - seen.now).total_seconds(), self._longest_wait())

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
