"""What a process remembers of the database and reads anew once in a while.

For what every page or promise asks and what seldom changes: no query for each request, and a
database that does not answer changes nothing. Not for what must be true at once.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from threading import Lock
from typing import Generic, TypeVar

import structlog

Known = TypeVar("Known")

log = structlog.get_logger()


class Remembered(Generic[Known]):
    """One thing that was read, and when; safe from several threads.

    Args:
        name: What it is, for the log.
        read: Reads it, at the time that it is given.
        known: What stands until it was read for the first time.
        seconds: How old it may become.
    """

    def __init__(
        self, name: str, read: Callable[[datetime], Known], known: Known, *, seconds: int
    ) -> None:
        self._name, self._read, self._known = name, read, known
        self._lock = Lock()
        self._lasts = timedelta(seconds=seconds)
        self._read_at: datetime | None = None

    def at(self, now: datetime) -> Known:
        """Return it, read anew where that was done longer ago; one thread reads, none waits."""
        if self._is_old(now) and self._lock.acquire(blocking=False):
            try:
                self._read_at = now
                self._known = self._read(now)
            except Exception as fault:  # noqa: BLE001 - no page and no promise may fail for it
                log.warning("not_read_anew", doing=self._name, error=type(fault).__name__)
            finally:
                self._lock.release()
        return self._known

    def forget(self) -> None:
        """Read anew at the next question: whoever changed it wants to see it."""
        self._read_at = None

    def _is_old(self, now: datetime) -> bool:
        # A clock that was put back must not keep what is old for ever.
        return self._read_at is None or abs(now - self._read_at) >= self._lasts
