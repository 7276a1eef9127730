"""What a worker does every 20 seconds: extend its leases, show that it lives, mind the clock."""

import time

from intake.notifications import leases
from intake.notifications.presence import Presence, record_seen
from intake.notifications.shift import Shift, attempt

HEARTBEAT_SECONDS = 20.0
CLAMP_SECONDS = 60.0
SEEN_SECONDS = 60.0


class Heartbeat:
    """One worker's heartbeat; ``is_news`` says that something moved since it was recorded."""

    def __init__(self, shift: Shift, presence: Presence, *, seconds: float, version: str) -> None:
        self.is_news = True
        self._shift = shift
        self._presence = presence
        self._seconds = seconds
        self._version = version
        self._started_at = shift.wall()

    def beat_on(self) -> None:
        """Beat until the worker stops."""
        clamped = seen = time.monotonic()
        # An idle worker must not write to a SQLite file: there its lock file says that it lives.
        records_idle = self._shift.database.dialect != "sqlite"
        while not self._shift.stopping.wait(self._seconds):
            attempt("extend", self._extend)
            attempt("touch", self._presence.touch)
            if time.monotonic() - clamped >= CLAMP_SECONDS:
                clamped = time.monotonic()
                attempt("clamp", self._clamp)
            if self.is_news or (records_idle and time.monotonic() - seen >= SEEN_SECONDS):
                seen = time.monotonic()
                attempt("record", self.record)

    def record(self) -> None:
        """Write that this worker lives and how much it carries."""
        self.is_news = False
        with self._shift.database.write() as session:
            record_seen(
                session,
                self._shift.owner,
                started_at=self._started_at,
                at=self._shift.wall(),
                version=self._version,
                busy=len(self._shift.flights.all()),
            )

    def _extend(self) -> None:
        """Extend what is in hand in one statement; what is not ours any more is not to be sent."""
        messages = self._shift.flights.live()
        if not messages:
            return
        with self._shift.database.write() as session:
            held = leases.extend(session, messages, at=self._shift.at())
        self._shift.flights.lose([one for one in messages if one.id not in held])

    def _clamp(self) -> None:
        with self._shift.database.read() as session:
            if not leases.waits_too_long(session, at=self._shift.at()):
                return
        with self._shift.database.write() as session:
            leases.clamp(session, at=self._shift.at())
