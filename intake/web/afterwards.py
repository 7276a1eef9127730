"""Work that follows an answer: on a thread of its own, a moment later.

What a request sets off would tell by its length whether anything matched: the next request of the
same connection waits for all that its answer set off, and a write holds up every other. So the
work begins at a moment nobody can foretell, and the same for every request. Where the process dies
first, a chore of the worker does it (``bootstrap.Intake.worker``).
"""

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Lock, Timer
from typing import cast

import structlog
from flask import Flask, current_app

KEY = "intake_afterwards"
AT_LEAST_SECONDS = 0.3
AT_MOST_SECONDS = 2.0

log = structlog.get_logger()


@dataclass(slots=True)
class Afterwards:
    """One piece of work that follows answers; however often it is asked for, one waits at most.

    Args:
        work: Looks for everything that is to be done, and does it.
        later: Makes the thread; a test gives one that waits for nobody.
    """

    work: Callable[[], None]
    later: Callable[[float, Callable[[], None]], Timer] = Timer
    _waits: bool = False
    _lock: Lock = field(default_factory=Lock, repr=False)

    def soon(self) -> None:
        """Let the work begin within moments."""
        with self._lock:
            if self._waits:
                return
            self._waits = True
        try:
            timer = self.later(_moments(), self._run)
            timer.daemon = True
            timer.start()
        except Exception as fault:  # noqa: BLE001 - no room for a thread: the worker does it
            self._waits = False
            log.warning("afterwards_not_begun", error=type(fault).__name__)

    def _run(self) -> None:
        with self._lock:  # first: what is asked for from now on needs another look
            self._waits = False
        try:
            self.work()
        except Exception as fault:  # noqa: BLE001 - nobody waits for it; the worker tries again
            log.warning("afterwards_failed", error=type(fault).__name__)


def install(app: Flask, work: Callable[[], None]) -> None:
    """Give the application its work that follows answers."""
    app.extensions[KEY] = Afterwards(work)


def afterwards() -> Afterwards:
    """Return that of the running application."""
    return cast("Afterwards", current_app.extensions[KEY])


def _moments() -> float:
    span = AT_MOST_SECONDS - AT_LEAST_SECONDS
    return AT_LEAST_SECONDS + secrets.randbelow(1000) / 1000 * span
